package lease

import (
	"container/heap"
	"container/list"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"time"
)

// Range is an inclusive run of IPv4 addresses.
type Range struct {
	Start, End netip.Addr
}

// Contains reports whether ip lies in the range.
func (r Range) Contains(ip netip.Addr) bool {
	return ip.Is4() && r.Start.Compare(ip) <= 0 && ip.Compare(r.End) <= 0
}

// Size is the number of addresses in the range.
func (r Range) Size() int { return int(number(r.End)-number(r.Start)) + 1 }

func (r Range) String() string { return r.Start.String() + "-" + r.End.String() }

// Reservation fixes an address for one client, inside or outside the ranges.
type Reservation struct {
	// MAC selects the client by its Ethernet address, whatever client
	// identifier it sends. Either MAC or ClientID is set.
	MAC string
	// ClientID selects the client by option 61, in raw bytes.
	ClientID []byte
	// IP is the fixed address; it must lie in the pool's prefix.
	IP netip.Addr
	// Hostname is sent as option 12 when not empty.
	Hostname string
}

// Pool is what one subnet gives out.
type Pool struct {
	// Prefix is the subnet; it is also the name of the pool.
	Prefix netip.Prefix
	// Ranges hold the dynamic addresses, lowest given first.
	Ranges []Range
	// Reservations are addresses of single clients.
	Reservations []Reservation
	// Exclude lists addresses of the ranges that are never given: the
	// router's, the server's own.
	Exclude []netip.Addr
}

// MaxPool bounds the dynamic addresses of one pool, and with them the memory
// the server can be made to use.
const MaxPool = 1 << 16

// Validate reports every problem of the pool.
func (p Pool) Validate() error {
	var errs []error
	bad := func(format string, a ...any) { errs = append(errs, fmt.Errorf(format, a...)) }
	if !p.Prefix.Addr().Is4() || p.Prefix.Bits() < 8 || p.Prefix.Bits() > 30 {
		bad("subnet %s: not an IPv4 subnet between /8 and /30", p.Prefix)
		return errors.Join(errs...)
	}
	if a := p.Prefix.Addr(); a.IsMulticast() || a.As4()[0] == 0 || a.As4()[0] >= 240 {
		bad("subnet %s: no network has such addresses", p.Prefix)
	}
	if p.Prefix.Masked() != p.Prefix {
		bad("subnet %s: has host bits, did you mean %s", p.Prefix, p.Prefix.Masked())
	}
	total := 0
	for i, r := range p.Ranges {
		switch {
		case !r.Start.Is4() || !r.End.Is4():
			bad("subnet %s: pool %s: not IPv4 addresses", p.Prefix, r)
			continue
		case r.End.Compare(r.Start) < 0:
			bad("subnet %s: pool %s: ends before it starts", p.Prefix, r)
			continue
		case !p.Prefix.Contains(r.Start) || !p.Prefix.Contains(r.End):
			bad("subnet %s: pool %s: outside the subnet", p.Prefix, r)
		}
		total += r.Size()
		for _, o := range p.Ranges[:i] {
			if o.Start.Compare(r.End) <= 0 && r.Start.Compare(o.End) <= 0 {
				bad("subnet %s: pool %s: overlaps pool %s", p.Prefix, r, o)
			}
		}
	}
	if total > MaxPool {
		bad("subnet %s: pools hold %d addresses, at most %d are possible", p.Prefix, total, MaxPool)
	}
	ips, who := map[netip.Addr]bool{}, map[string]bool{}
	for _, r := range p.Reservations {
		if !p.Prefix.Contains(r.IP) || r.IP == p.Prefix.Addr() || r.IP == Broadcast(p.Prefix) {
			bad("subnet %s: reservation %s: not a host address of the subnet", p.Prefix, r.IP)
		}
		if ips[r.IP] {
			bad("subnet %s: reservation %s: address reserved twice", p.Prefix, r.IP)
		}
		ips[r.IP] = true
		key := "id:" + string(r.ClientID)
		if r.MAC != "" {
			b, err := ParseMAC(r.MAC)
			if err != nil {
				bad("subnet %s: reservation %s: %w", p.Prefix, r.IP, err)
			} else if len(b) == 6 && b[0]&1 != 0 {
				bad("subnet %s: reservation %s: hardware address %s is a group's", p.Prefix, r.IP, FormatMAC(b))
			}
			key = "mac:" + string(b)
		}
		if (r.MAC == "") == (len(r.ClientID) == 0) {
			bad("subnet %s: reservation %s: needs a mac or a client id, and not both", p.Prefix, r.IP)
		} else if who[key] {
			bad("subnet %s: reservation %s: this client has another reservation", p.Prefix, r.IP)
		}
		who[key] = true
	}
	return errors.Join(errs...)
}

// Broadcast is the last address of a subnet.
func Broadcast(p netip.Prefix) netip.Addr {
	return address(number(p.Masked().Addr()) | ^uint32(0)>>p.Bits())
}

func number(ip netip.Addr) uint32 { b := ip.As4(); return binary.BigEndian.Uint32(b[:]) }

func address(n uint32) netip.Addr {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], n)
	return netip.AddrFrom4(b)
}

// entry is what is known about one address. An address without an entry was
// never used. An entry of a dynamic address is in exactly one place: in the
// pool's heap when it has a record or is blocked, else in the vacant list, or in
// neither while it is offered or being bound. Other addresses are in neither:
// they are not for newcomers, and must not stand before those that are.
type entry struct {
	ip   netip.Addr
	pool *pool // nil for an orphan: a lease of a subnet that is not configured
	// lease is the durable record, valid when has is set; until is the end of
	// the client's promise or of the quarantine, on the running clock.
	lease Lease
	has   bool
	owner Client
	until time.Time
	stuck bool // in use by somebody unknown (probe); until says how long

	offer      Client // not empty while offered
	offerUntil time.Time
	stranger   bool // the offer counts against the bound for strangers
	offerAt    *list.Element
	pending    int // binds handed to the store and not yet answered
	pendingFor Client
	pendingOf  []share // whose limits they count for

	checked time.Time // last probe that found the address free
	vacant  *list.Element
	index   int // in the heap, -1 outside
}

// pool is the running state of a Pool.
type pool struct {
	Pool
	index    int
	reserved map[netip.Addr]*Reservation
	byMAC    map[string]*Reservation
	byID     map[string]*Reservation
	excluded map[netip.Addr]bool
	size     int

	owners map[Client]*entry // records, newest per client
	offers map[Client]*entry
	// fresh is the lowest address that was never used; past the end of the
	// last range when there is none.
	freshRange int
	fresh      uint32
	vacant     *list.List // addresses that were only ever offered, oldest first
	used       byFree     // dynamic addresses with a record, the longest free first
	strangers  *list.List // offers to clients without a record, oldest first
	friends    *list.List // all other offers
}

// byFree orders entries by the time from which a newcomer may get them.
type byFree struct {
	e    []*entry
	hold time.Duration
}

func (h byFree) freeAt(e *entry) time.Time {
	if e.has && e.lease.Known && e.lease.State != Declined {
		return e.until.Add(h.hold)
	}
	return e.until
}
func (h byFree) Len() int { return len(h.e) }
func (h byFree) Less(i, j int) bool {
	a, b := h.freeAt(h.e[i]), h.freeAt(h.e[j])
	if a.Equal(b) {
		return h.e[i].ip.Less(h.e[j].ip)
	}
	return a.Before(b)
}

func (h byFree) Swap(i, j int) {
	h.e[i], h.e[j] = h.e[j], h.e[i]
	h.e[i].index, h.e[j].index = i, j
}

func (h *byFree) Push(x any) {
	e := x.(*entry)
	e.index = len(h.e)
	h.e = append(h.e, e)
}

func (h *byFree) Pop() any {
	n := len(h.e) - 1
	e := h.e[n]
	h.e[n] = nil
	h.e = h.e[:n]
	e.index = -1
	return e
}

func newPool(p Pool, index int, hold time.Duration) *pool {
	out := &pool{
		Pool: p, index: index,
		reserved: map[netip.Addr]*Reservation{}, byMAC: map[string]*Reservation{}, byID: map[string]*Reservation{},
		excluded: map[netip.Addr]bool{p.Prefix.Addr(): true, Broadcast(p.Prefix): true},
		owners:   map[Client]*entry{}, offers: map[Client]*entry{},
		vacant: list.New(), strangers: list.New(), friends: list.New(),
		used: byFree{hold: hold},
	}
	for i := range p.Reservations {
		r := &out.Reservations[i]
		out.reserved[r.IP] = r
		if mac, err := ParseMAC(r.MAC); err == nil {
			out.byMAC[string(mac)] = r
		} else {
			out.byID[string(r.ClientID)] = r
		}
	}
	for _, ip := range p.Exclude {
		out.excluded[ip] = true
	}
	for _, r := range p.Ranges {
		out.size += r.Size()
		for ip := range out.excluded {
			if r.Contains(ip) && out.reserved[ip] == nil {
				out.size--
			}
		}
		for ip := range out.reserved {
			if r.Contains(ip) {
				out.size--
			}
		}
	}
	if len(p.Ranges) > 0 {
		out.fresh = number(p.Ranges[0].Start)
	}
	return out
}

// dynamic reports whether ip may be given to any client.
func (p *pool) dynamic(ip netip.Addr) bool {
	if p.excluded[ip] || p.reserved[ip] != nil {
		return false
	}
	for _, r := range p.Ranges {
		if r.Contains(ip) {
			return true
		}
	}
	return false
}

// advance moves fresh to the next address that has no entry and is dynamic.
func (p *pool) advance(has func(netip.Addr) bool) {
	for p.freshRange < len(p.Ranges) {
		r := p.Ranges[p.freshRange]
		for end := number(r.End); p.fresh <= end; p.fresh++ {
			if ip := address(p.fresh); p.dynamic(ip) && !has(ip) {
				return
			}
			if p.fresh == ^uint32(0) {
				break
			}
		}
		p.freshRange++
		if p.freshRange < len(p.Ranges) {
			p.fresh = number(p.Ranges[p.freshRange].Start)
		}
	}
}

// place puts an entry where its state belongs.
func (p *pool) place(e *entry) {
	settled := e.offer == "" && e.pending == 0
	if e.has || e.stuck {
		if e.vacant != nil {
			p.vacant.Remove(e.vacant)
			e.vacant = nil
		}
		switch {
		case e.index >= 0 && settled:
			heap.Fix(&p.used, e.index)
		case e.index >= 0:
			heap.Remove(&p.used, e.index)
		case settled && p.dynamic(e.ip):
			heap.Push(&p.used, e)
		}
		return
	}
	if e.index >= 0 {
		heap.Remove(&p.used, e.index)
	}
	switch {
	case settled && e.vacant == nil && p.dynamic(e.ip):
		e.vacant = p.vacant.PushBack(e)
	case !settled && e.vacant != nil:
		p.vacant.Remove(e.vacant)
		e.vacant = nil
	}
}
