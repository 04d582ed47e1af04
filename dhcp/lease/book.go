package lease

import (
	"container/list"
	"fmt"
	"net/netip"
	"slices"
	"time"
)

// Tick takes back the offers whose time is over. The server calls it before
// each decision; it costs nothing when there is nothing to do.
func (a *Allocator) Tick(now time.Time) {
	for _, p := range a.pools {
		for _, l := range []*list.List{p.strangers, p.friends} {
			for el := l.Front(); el != nil && !el.Value.(*entry).offerUntil.After(now); el = l.Front() {
				a.withdraw(el.Value.(*entry))
			}
		}
	}
}

// Offer holds ip for client c. It takes back the client's other offer and,
// past the bound of Limits.Offers, the oldest offer to a stranger.
func (a *Allocator) Offer(ip netip.Addr, c Client, now time.Time) {
	e := a.entry(ip)
	p := e.pool
	if p == nil {
		return
	}
	if old := p.offers[c]; old != nil && old != e {
		a.withdraw(old)
	}
	if e.offer != "" {
		a.withdraw(e)
	}
	l := p.friends
	if e.stranger = p.owners[c] == nil && p.reserved[ip] == nil; e.stranger {
		l = p.strangers
		if l.Len() >= a.limits.offers(p.size) {
			a.withdraw(l.Front().Value.(*entry))
		}
	}
	e.offer, e.offerUntil = c, now.Add(a.limits.OfferHold)
	e.offerAt = l.PushBack(e)
	p.offers[c] = e
	p.place(e)
}

func (a *Allocator) withdraw(e *entry) {
	if e.offer == "" {
		return
	}
	l := e.pool.friends
	if e.stranger {
		l = e.pool.strangers
	}
	l.Remove(e.offerAt)
	if e.pool.offers[e.offer] == e {
		delete(e.pool.offers, e.offer)
	}
	e.offer, e.offerAt = "", nil
	e.pool.place(e)
}

// Withdraw takes back the offer to a client that chose another server
// (RFC 2131 4.3.2). It reports whether there was one.
func (a *Allocator) Withdraw(prefix netip.Prefix, c Client) bool {
	p := a.byNet[prefix]
	if p == nil || p.offers[c] == nil {
		return false
	}
	a.withdraw(p.offers[c])
	return true
}

// Checked notes that a probe found nobody at ip.
func (a *Allocator) Checked(ip netip.Addr, now time.Time) {
	if e := a.byIP[ip]; e != nil {
		e.checked = now
	}
}

// Block keeps ip from everybody, even from who has it reserved, until the given
// time because somebody unknown uses it, or because it is the server's own. The
// former owner is forgotten.
func (a *Allocator) Block(ip netip.Addr, until time.Time) {
	p := a.poolOf(ip)
	if p == nil || !p.dynamic(ip) && p.reserved[ip] == nil {
		return
	}
	e := a.entry(ip)
	a.withdraw(e)
	a.unrecord(e)
	e.stuck, e.until = true, until
	p.place(e)
}

// Prepare marks the address of l as being bound to c while the store writes l.
// Every Prepare is followed by one Commit or one Abort.
func (a *Allocator) Prepare(l Lease, c Client) {
	e := a.entry(l.IP)
	if e.pool == nil {
		return
	}
	a.withdraw(e)
	for _, k := range a.sharesOf(e.pool, l.MAC, l.RelayInfo) {
		a.promise(e, k)
	}
	e.pending++
	e.pendingFor = c
	e.pool.place(e)
}

// Abort undoes a Prepare whose record could not be written.
func (a *Allocator) Abort(ip netip.Addr) {
	if e := a.byIP[ip]; e != nil && e.pending > 0 {
		a.settled(e)
		if e.pool != nil {
			e.pool.place(e)
		}
	}
}

// Commit ends a Prepare: the bound record is durable and the client may be
// told. until is the end of the promise on the running clock. It returns the
// address of the client's former record in the pool, which this one replaces,
// invalid if there was none.
func (a *Allocator) Commit(l Lease, until time.Time) (former netip.Addr) {
	e := a.entry(l.IP)
	if e.pending > 0 {
		a.settled(e)
	}
	return a.record(e, l, until)
}

// Renew moves the end of a promise that the stored record already covers.
func (a *Allocator) Renew(ip netip.Addr, until time.Time) {
	if e := a.byIP[ip]; e != nil && e.has && e.pool != nil {
		a.withdraw(e)
		e.until = until
		e.pool.place(e)
	}
}

// Put takes over a released or declined record; until is the release or the
// end of the quarantine on the running clock.
func (a *Allocator) Put(l Lease, until time.Time) {
	e := a.entry(l.IP)
	a.withdrawIfPooled(e)
	a.record(e, l, until)
}

func (a *Allocator) withdrawIfPooled(e *entry) {
	if e.pool != nil {
		a.withdraw(e)
	}
}

// record makes l the record of its address and, unless declined, the one
// record of its client in the pool. It returns the address of a former one.
func (a *Allocator) record(e *entry, l Lease, until time.Time) (former netip.Addr) {
	a.unrecord(e)
	e.lease, e.until, e.has, e.stuck = l, until, true, false
	p := e.pool
	if p == nil {
		return former
	}
	if l.State != Declined {
		e.owner = l.Client()
		if old := p.owners[e.owner]; old != nil && old != e {
			a.unrecord(old)
			p.place(old)
			former = old.ip
		}
		p.owners[e.owner] = e
	}
	if l.State == Bound {
		a.take(e)
	}
	p.place(e)
	return former
}

// unrecord forgets the record of an entry, without placing the entry anew.
func (a *Allocator) unrecord(e *entry) {
	if !e.has {
		return
	}
	if p := e.pool; p != nil {
		if p.owners[e.owner] == e {
			delete(p.owners, e.owner)
		}
		a.giveBack(e)
	}
	e.lease, e.has, e.owner = Lease{}, false, ""
}

// clockFloor tells a clock that was never set from one that was: no lease of
// this program is older.
var clockFloor = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// Loaded is the outcome of Load.
type Loaded struct {
	// Kept is the number of records taken over, Orphans how many of them
	// belong to no configured pool.
	Kept, Orphans int
	// Stale lists records that a newer one of the same client replaces; they
	// can be deleted.
	Stale []netip.Addr
	// Bad holds one error per record set aside because it makes no sense.
	Bad []error
}

// Load fills an empty book with the stored records. The wall clock is trusted
// only as far as it can be: a record written before the clock was set, or read
// while it is not set, or one that seems to end later than its own length from
// now, protects its address for that length again. So a box that starts in
// 1970 and then learns the time expires nobody.
func (a *Allocator) Load(leases []Lease, now time.Time) Loaded {
	var out Loaded
	leases = slices.Clone(leases)
	// Oldest first, so that the newest record of an address or client wins.
	slices.SortStableFunc(leases, func(x, y Lease) int { return x.Granted.Compare(y.Granted) })
	for _, l := range leases {
		if err := l.Validate(); err != nil {
			out.Bad = append(out.Bad, fmt.Errorf("stored lease %s: %w", l.IP, err))
			continue
		}
		if e := a.byIP[l.IP]; e != nil && e.has {
			out.Bad = append(out.Bad, fmt.Errorf("stored lease %s of %s: a newer record of %s has the address", e.ip, e.lease.MAC, l.MAC))
			out.Kept--
		}
		term := l.Expires.Sub(l.Granted)
		left := l.Expires.Sub(now.Round(0))
		if left > term || l.Granted.Before(clockFloor) || now.Before(clockFloor) {
			left = max(term, 0)
		}
		p := a.poolOf(l.IP)
		if p == nil {
			out.Orphans++
		} else if old := p.owners[l.Client()]; old != nil && l.State != Declined && old.ip != l.IP {
			out.Stale = append(out.Stale, old.ip)
			out.Kept--
		}
		a.record(a.entry(l.IP), l, now.Add(left))
		out.Kept++
	}
	return out
}

// Orphans lists records of no configured pool that ended before the given
// time; Forget drops them.
func (a *Allocator) Orphans(before time.Time) []netip.Addr {
	var out []netip.Addr
	for ip, e := range a.byIP {
		if e.pool == nil && e.until.Before(before) {
			out = append(out, ip)
		}
	}
	slices.SortFunc(out, netip.Addr.Compare)
	return out
}

// Forget drops the records of these addresses.
func (a *Allocator) Forget(ips []netip.Addr) {
	for _, ip := range ips {
		e := a.byIP[ip]
		switch {
		case e == nil:
		case e.pool == nil:
			delete(a.byIP, ip)
		case e.pending == 0:
			a.withdraw(e)
			a.unrecord(e)
			e.pool.place(e)
		}
	}
}

// With returns a book for other pools and limits that knows everything this
// one knows: records, offers, blocked addresses and binds under way. This book
// must not be used any more.
func (a *Allocator) With(pools []Pool, limits Limits, now time.Time) *Allocator {
	b := New(pools, limits)
	for _, e := range a.sorted() {
		n := b.entry(e.ip)
		n.checked, n.stuck, n.until = e.checked, e.stuck, e.until
		n.pending, n.pendingFor = e.pending, e.pendingFor
		if e.has {
			stuck := n.stuck
			b.record(n, e.lease, e.until)
			n.stuck = stuck
		} else if n.pool == nil {
			delete(b.byIP, e.ip)
		} else {
			n.pool.place(n)
		}
		for _, k := range e.pendingOf {
			if k.pool = n.pool; k.pool != nil && (!k.relay || b.limits.PerRelay > 0) {
				b.promise(n, k)
			}
		}
	}
	for _, p := range a.pools {
		for _, l := range []*list.List{p.strangers, p.friends} {
			for el := l.Front(); el != nil; el = el.Next() {
				e := el.Value.(*entry)
				b.Offer(e.ip, e.offer, e.offerUntil.Add(-b.limits.OfferHold))
			}
		}
	}
	b.Tick(now)
	return b
}

func (a *Allocator) sorted() []*entry {
	out := make([]*entry, 0, len(a.byIP))
	for _, e := range a.byIP {
		out = append(out, e)
	}
	slices.SortFunc(out, func(x, y *entry) int {
		if c := x.lease.Granted.Compare(y.lease.Granted); c != 0 {
			return c
		}
		return x.ip.Compare(y.ip)
	})
	return out
}

// Lookup returns the record of an address, whether it is still in time or not.
// It only reads.
func (a *Allocator) Lookup(ip netip.Addr) (Lease, bool) {
	if e := a.byIP[ip]; e != nil && e.has {
		return e.lease, true
	}
	return Lease{}, false
}

// InTime reports whether an address is promised to its owner at present. It
// only reads.
func (a *Allocator) InTime(ip netip.Addr, now time.Time) bool {
	e := a.byIP[ip]
	return e != nil && e.inTime(now)
}
