package lease

import (
	"net/netip"
	"slices"
	"time"
)

// share keys what one hardware address, or one value of option 82, has of a
// pool.
type share struct {
	pool  *pool
	relay bool
	who   string
}

// held is what a share has: bound records, whether in time or not, and binds
// under way that are none of these.
type held struct {
	bound   []*entry
	pending int
}

// maxRelayInfo is how much of option 82 tells ports apart: what a record holds.
const maxRelayInfo = 255

// Limited reports whether a hardware address or relay value holds as many
// leases of a pool as it may. Binds under way count: exchanges side by side are
// not to have more than those one after the other. It only reads.
func (a *Allocator) Limited(prefix netip.Prefix, mac string, relay []byte, now time.Time) bool {
	p := a.byNet[prefix]
	if p == nil {
		return true
	}
	for _, k := range a.sharesOf(p, mac, relay) {
		limit := a.limits.PerMAC
		if k.relay {
			limit = a.limits.PerRelay
		}
		if h := a.shares[k]; h != nil && h.count(now) >= limit {
			return true
		}
	}
	return false
}

func (h *held) count(now time.Time) int {
	n := h.pending
	for _, e := range h.bound {
		if e.inTime(now) {
			n++
		}
	}
	return n
}

// sharesOf lists the shares that a client takes from.
func (a *Allocator) sharesOf(p *pool, mac string, relay []byte) []share {
	out := []share{{pool: p, who: mac}}
	if a.limits.PerRelay > 0 && len(relay) > 0 {
		out = append(out, share{pool: p, relay: true, who: string(relay[:min(len(relay), maxRelayInfo)])})
	}
	return out
}

// take notes that e has a bound record.
func (a *Allocator) take(e *entry) {
	for _, k := range a.sharesOf(e.pool, e.lease.MAC, e.lease.RelayInfo) {
		h := a.shares[k]
		if h == nil {
			h = &held{}
			a.shares[k] = h
		}
		h.bound = append(h.bound, e)
	}
}

// giveBack undoes take.
func (a *Allocator) giveBack(e *entry) {
	for _, k := range a.sharesOf(e.pool, e.lease.MAC, e.lease.RelayInfo) {
		if h := a.shares[k]; h != nil {
			h.bound = slices.DeleteFunc(h.bound, func(o *entry) bool { return o == e })
			a.tidy(k, h)
		}
	}
}

// promise notes that e is being bound for a share, until all binds of e are
// settled.
func (a *Allocator) promise(e *entry, k share) {
	h := a.shares[k]
	if h == nil {
		h = &held{}
		a.shares[k] = h
	}
	// One that it has already, or is getting twice, counts once.
	if slices.Contains(h.bound, e) || slices.Contains(e.pendingOf, k) {
		return
	}
	h.pending++
	e.pendingOf = append(e.pendingOf, k)
}

// settled takes one from the binds of e under way.
func (a *Allocator) settled(e *entry) {
	if e.pending--; e.pending > 0 {
		return
	}
	for _, k := range e.pendingOf {
		if h := a.shares[k]; h != nil {
			h.pending--
			a.tidy(k, h)
		}
	}
	e.pendingOf = nil
}

func (a *Allocator) tidy(k share, h *held) {
	if len(h.bound) == 0 && h.pending == 0 {
		delete(a.shares, k)
	}
}
