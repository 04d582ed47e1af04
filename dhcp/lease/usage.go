package lease

import (
	"maps"
	"net/netip"
	"time"
)

// Usage counts one pool.
type Usage struct {
	Prefix netip.Prefix
	// Size is the number of dynamic addresses, those of no reservation; Taken
	// counts those of them that no newcomer can have now.
	Size, Taken int
	// Bound, Offered, Declined and Remembered (ended, but kept for their
	// clients) are counts of addresses, the reserved ones among them. Reserved
	// is the number of reservations. Blocked addresses were found in use by a
	// stranger.
	Bound, Offered, Declined, Remembered, Blocked, Reserved int
}

// Usage counts every pool, in the order of the configuration.
func (a *Allocator) Usage(now time.Time) []Usage {
	out := make([]Usage, len(a.pools))
	for i, p := range a.pools {
		out[i] = Usage{Prefix: p.Prefix, Size: p.size, Reserved: len(p.Reservations), Offered: p.strangers.Len() + p.friends.Len()}
	}
	for e := range maps.Values(a.byIP) {
		if e.pool == nil {
			continue
		}
		u := &out[e.pool.index]
		if e.pool.dynamic(e.ip) && (e.pending > 0 || (e.has || e.stuck) && e.pool.used.freeAt(e).After(now)) {
			u.Taken++
		}
		switch {
		case e.stuck && e.until.After(now):
			u.Blocked++
		case !e.has:
		case e.lease.State == Declined && e.until.After(now):
			u.Declined++
		case e.lease.State == Bound && e.until.After(now):
			u.Bound++
		default:
			u.Remembered++
		}
	}
	return out
}
