package lease

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"time"
)

// Limits bounds what strangers can make the server hold. A zero field means
// its default.
type Limits struct {
	// OfferHold is how long an offered address waits for its REQUEST;
	// default 30 s.
	OfferHold time.Duration
	// Offers is how many addresses of a pool may be on offer to clients
	// without a record; default a quarter of the pool, at least 16. One more
	// takes back the oldest such offer, so that a flood of made-up clients
	// cannot keep an honest one from its offer.
	Offers int
	// KnownHold is how long the address of a known client (Lease.Known) is
	// kept from newcomers after the lease ended; default 7 days.
	KnownHold time.Duration
	// PerMAC is how many leases clients of one hardware address may hold in a
	// pool (they can invent client identifiers); default 8.
	PerMAC int
	// PerRelay is how many leases may be held behind one value of option 82
	// in a pool; 0 for no limit, because many relays send the same value for
	// a whole building.
	PerRelay int
}

func (l Limits) withDefaults() Limits {
	if l.OfferHold <= 0 {
		l.OfferHold = 30 * time.Second
	}
	if l.KnownHold <= 0 {
		l.KnownHold = 7 * 24 * time.Hour
	}
	if l.PerMAC <= 0 {
		l.PerMAC = 8
	}
	return l
}

func (l Limits) offers(size int) int {
	if l.Offers > 0 {
		return l.Offers
	}
	return max(16, size/4)
}

// Allocator is the address book of all pools. Its methods must not be called
// concurrently; those that only read are marked and leave no trace.
type Allocator struct {
	limits Limits
	pools  []*pool
	byNet  map[netip.Prefix]*pool
	byIP   map[netip.Addr]*entry
	shares map[share]*held
}

// New returns an empty book. The pools must be valid and must not overlap.
func New(pools []Pool, limits Limits) *Allocator {
	a := &Allocator{
		limits: limits.withDefaults(), byNet: map[netip.Prefix]*pool{}, byIP: map[netip.Addr]*entry{},
		shares: map[share]*held{},
	}
	for i, p := range pools {
		np := newPool(p, i, a.limits.KnownHold)
		a.pools = append(a.pools, np)
		a.byNet[p.Prefix] = np
		np.advance(a.hasEntry)
	}
	return a
}

func (a *Allocator) hasEntry(ip netip.Addr) bool { return a.byIP[ip] != nil }

func (a *Allocator) poolOf(ip netip.Addr) *pool {
	for _, p := range a.pools {
		if p.Prefix.Contains(ip) {
			return p
		}
	}
	return nil
}

// entry returns the entry of ip, making one if there is none.
func (a *Allocator) entry(ip netip.Addr) *entry {
	e := a.byIP[ip]
	if e == nil {
		e = &entry{ip: ip, pool: a.poolOf(ip), index: -1}
		a.byIP[ip] = e
		if e.pool != nil {
			e.pool.advance(a.hasEntry)
		}
	}
	return e
}

// Reserved returns the reservation of a client in a pool. It only reads.
func (a *Allocator) Reserved(prefix netip.Prefix, chaddr, clientID []byte) (Reservation, bool) {
	p := a.byNet[prefix]
	if p == nil {
		return Reservation{}, false
	}
	if len(clientID) > 0 {
		if r := p.byID[string(clientID)]; r != nil {
			return *r, true
		}
	}
	if r := p.byMAC[string(chaddr)]; r != nil && len(chaddr) > 0 {
		return *r, true
	}
	return Reservation{}, false
}

// Binding returns the record of a client in a pool, whether it is still in
// time or not. It only reads.
func (a *Allocator) Binding(prefix netip.Prefix, c Client) (Lease, bool) {
	if p := a.byNet[prefix]; p != nil {
		if e := p.owners[c]; e != nil {
			return e.lease, true
		}
	}
	return Lease{}, false
}

// Standing says how an address stands towards one client.
type Standing int

// The possible standings.
const (
	Foreign   Standing = iota // not an address this pool can give to the client
	Free                      // nobody's: the client could have it
	Offered                   // on offer to the client
	Own                       // the client's own, by record or by a bind under way
	Taken                     // somebody else's, on offer to somebody else, or blocked
	Fixed                     // reserved for the client, and not in use by another
	Forbidden                 // reserved for somebody else
)

// Standing tells how ip stands towards client c, who matches the reservation
// res when fixed is set. It only reads.
func (a *Allocator) Standing(prefix netip.Prefix, ip netip.Addr, c Client, res Reservation, fixed bool, now time.Time) Standing {
	p := a.byNet[prefix]
	if p == nil || !prefix.Contains(ip) {
		return Foreign
	}
	mine := fixed && res.IP == ip
	if p.reserved[ip] != nil && !mine {
		return Forbidden
	}
	if !mine && !p.dynamic(ip) {
		return Foreign
	}
	e := a.byIP[ip]
	switch {
	case e == nil && mine:
		return Fixed
	case e == nil:
		return Free
	case e.pending > 0 && e.pendingFor != c && !mine:
		return Taken
	case e.stuck && e.until.After(now):
		return Taken
	case e.has && e.lease.State == Declined && e.until.After(now):
		return Taken
	case e.has && e.owner == c && (e.inTime(now) || !e.offeredToOther(c, now)):
		return Own
	case e.pending > 0 && e.pendingFor == c:
		return Own
	case e.inTime(now) && !(mine && res.matches(e.lease)):
		return Taken
	case e.offer == c && e.offerUntil.After(now):
		return Offered
	case mine:
		return Fixed
	case e.offeredToOther(c, now):
		return Taken
	case p.used.freeAt(e).After(now) && e.has:
		return Taken
	}
	return Free
}

func (e *entry) offeredToOther(c Client, now time.Time) bool {
	return e.offer != "" && e.offer != c && e.offerUntil.After(now)
}

// inTime reports whether the address is promised to its owner at present.
func (e *entry) inTime(now time.Time) bool {
	return e.has && e.lease.State == Bound && e.until.After(now)
}

// matches reports whether the record belongs to the client of the reservation,
// if only under another client identifier (boot loader and firmware of one
// phone).
func (r Reservation) matches(l Lease) bool {
	if r.MAC == "" {
		return string(r.ClientID) == string(l.ClientID)
	}
	want, err := ParseMAC(r.MAC)
	return err == nil && FormatMAC(want) == l.MAC
}

// Choice is the outcome of Pick.
type Choice struct {
	IP netip.Addr
	// Why is one of the words fixed, same, offered, asked, fresh, vacant,
	// reclaimed; or, when there is no address, exhausted or limited.
	Why string
	// Probe is set when somebody unknown might use the address: it was never
	// used, or its last owner was somebody else.
	Probe bool
}

// Ask is what Pick needs to know about a client.
type Ask struct {
	Client Client
	// MAC is the hardware address in the form of Lease.MAC, Relay the raw
	// option 82; both for Limits.
	MAC   string
	Relay []byte
	// Fixed is the client's reservation, if HasFixed is set.
	Fixed    Reservation
	HasFixed bool
	// Want is the address of option 50, if any.
	Want netip.Addr
}

// Pick chooses the address for a DISCOVER, in the order of RFC 2131 4.3.1:
// the reserved one, the client's current or former one, the one it asks for,
// a new one. It only reads.
func (a *Allocator) Pick(prefix netip.Prefix, ask Ask, now time.Time) Choice {
	p := a.byNet[prefix]
	if p == nil {
		return Choice{Why: "exhausted"}
	}
	standing := func(ip netip.Addr) Standing {
		return a.Standing(prefix, ip, ask.Client, ask.Fixed, ask.HasFixed, now)
	}
	if ask.HasFixed {
		if s := standing(ask.Fixed.IP); s.Usable() {
			return Choice{IP: ask.Fixed.IP, Why: "fixed"}
		}
	}
	if e := p.owners[ask.Client]; e != nil {
		if s := standing(e.ip); s.Usable() {
			return Choice{IP: e.ip, Why: "same"}
		}
	}
	free := func(ip netip.Addr, why string) Choice {
		e := a.byIP[ip]
		return Choice{IP: ip, Why: why, Probe: e == nil || now.Sub(e.checked) >= checkedFor}
	}
	wanted := ask.Want.IsValid() && standing(ask.Want) == Free
	if a.Limited(prefix, ask.MAC, ask.Relay, now) {
		return Choice{Why: "limited"}
	}
	if e := p.offers[ask.Client]; e != nil && !wanted && standing(e.ip).Usable() {
		return free(e.ip, "offered")
	}
	if wanted {
		return free(ask.Want, "asked")
	}
	if p.freshRange < len(p.Ranges) {
		return free(address(p.fresh), "fresh")
	}
	if el := p.vacant.Front(); el != nil {
		return free(el.Value.(*entry).ip, "vacant")
	}
	if p.used.Len() > 0 {
		if e := p.used.e[0]; standing(e.ip) == Free {
			return free(e.ip, "reclaimed")
		}
	}
	// Everything else is offered. A stranger's offer is soft state (RFC 2131
	// 3.1 step 2): the oldest one goes to whoever asks next, if it had a fair
	// time to answer.
	if el := p.strangers.Front(); el != nil {
		if e := el.Value.(*entry); e.offerUntil.Sub(now) <= a.limits.OfferHold-fairHold {
			return free(e.ip, "vacant")
		}
	}
	return Choice{Why: "exhausted"}
}

const (
	// fairHold is what an offer gets at least when a pool has nothing else.
	fairHold = 2 * time.Second
	// checkedFor is how long the result of a probe is good.
	checkedFor = 30 * time.Second
)

// Snapshot lists the records of all addresses with the running end of their
// promise instead of the stored one, ordered by address.
func (a *Allocator) Snapshot(now time.Time) []Lease {
	out := make([]Lease, 0, len(a.byIP))
	for e := range maps.Values(a.byIP) {
		if !e.has {
			continue
		}
		l := e.lease
		l.Expires = now.Add(e.until.Sub(now)).UTC().Round(0)
		out = append(out, l)
	}
	slices.SortFunc(out, func(x, y Lease) int { return x.IP.Compare(y.IP) })
	return out
}

// Usable reports whether the client may be given the address.
func (s Standing) Usable() bool { return s == Free || s == Offered || s == Own || s == Fixed }

// String describes a standing for logs and test failures.
func (s Standing) String() string {
	names := []string{"foreign", "free", "offered", "own", "taken", "fixed", "forbidden"}
	if int(s) < len(names) {
		return names[s]
	}
	return fmt.Sprintf("standing %d", int(s))
}
