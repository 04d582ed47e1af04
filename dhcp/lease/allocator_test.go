package lease

import (
	"fmt"
	"net/netip"
	"testing"
	"time"
)

// book is an allocator with short words for what tests do.
type book struct {
	*Allocator
	t   *testing.T
	now time.Time
}

func newBook(t *testing.T, size int, limits Limits, fixed ...Reservation) *book {
	t.Helper()
	p := Pool{Prefix: net, Ranges: []Range{{ip("10.0.0.10"), address(number(ip("10.0.0.10")) + uint32(size) - 1)}}, Reservations: fixed}
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	return &book{New([]Pool{p}, limits), t, day}
}

func mac(n int) []byte { return []byte{2, 0, 0, 0, byte(n >> 8), byte(n)} }

func client(n int) Client { return ClientOf(1, mac(n), nil) }

func (b *book) wait(d time.Duration) { b.now = b.now.Add(d); b.Tick(b.now) }

func (b *book) ask(n int, want string) Ask {
	a := Ask{Client: client(n), MAC: FormatMAC(mac(n))}
	if want != "" {
		a.Want = ip(want)
	}
	a.Fixed, a.HasFixed = b.Reserved(net, mac(n), nil)
	return a
}

// offer picks and holds, and returns the address or the reason for none.
func (b *book) offer(n int, want string) string {
	c := b.Pick(net, b.ask(n, want), b.now)
	if !c.IP.IsValid() {
		return c.Why
	}
	b.Offer(c.IP, client(n), b.now)
	return c.IP.String() + " " + c.Why
}

func (b *book) lease(n int, addr string) Lease {
	return Lease{IP: ip(addr), MAC: FormatMAC(mac(n)), HType: 1, State: Bound, Granted: b.now, Expires: b.now.Add(2 * time.Hour), Seconds: 3600}
}

func (b *book) bind(n int, addr string) {
	b.Prepare(Lease{IP: ip(addr)}, client(n))
	b.Commit(b.lease(n, addr), b.now.Add(time.Hour))
}

func (b *book) standing(n int, addr string) Standing {
	a := b.ask(n, "")
	return b.Standing(net, ip(addr), a.Client, a.Fixed, a.HasFixed, b.now)
}

func (b *book) expect(what, got, want string) {
	b.t.Helper()
	if got != want {
		b.t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func TestPickOrder(t *testing.T) {
	t.Parallel()
	b := newBook(t, 4, Limits{})
	b.expect("first newcomer", b.offer(1, ""), "10.0.0.10 fresh")
	b.expect("asks again", b.offer(1, ""), "10.0.0.10 offered")
	b.bind(1, "10.0.0.10")
	b.expect("bound client", b.offer(1, "10.0.0.12"), "10.0.0.10 same")
	b.expect("asks for a free one", b.offer(2, "10.0.0.12"), "10.0.0.12 asked")
	b.expect("asks for a taken one", b.offer(3, "10.0.0.10"), "10.0.0.11 fresh")
	b.expect("asks for one outside", b.offer(4, "10.0.0.99"), "10.0.0.13 fresh")
	b.expect("pool full", b.offer(5, ""), "exhausted")
	b.wait(3 * time.Second)
	b.expect("oldest offer goes to the next", b.offer(5, ""), "10.0.0.12 vacant")
	b.wait(31 * time.Second)
	b.expect("offers lapse", b.offer(6, ""), "10.0.0.11 vacant")
	b.wait(2 * time.Hour)
	b.expect("expired client gets its own", b.offer(1, ""), "10.0.0.10 same")
}

func TestReclaimTakesTheLongestFree(t *testing.T) {
	t.Parallel()
	b := newBook(t, 3, Limits{})
	for i, a := range []string{"10.0.0.12", "10.0.0.10", "10.0.0.11"} {
		b.bind(i, a)
		b.wait(time.Minute)
	}
	b.expect("nobody is in time", b.offer(9, ""), "exhausted")
	b.wait(2 * time.Hour)
	b.expect("first", b.offer(9, ""), "10.0.0.12 reclaimed")
	b.expect("second", b.offer(8, ""), "10.0.0.10 reclaimed")
	b.expect("third", b.offer(7, ""), "10.0.0.11 reclaimed")
	b.expect("its owner while it is offered to another", b.offer(0, ""), "exhausted")
	b.bind(9, "10.0.0.12")
	if _, ok := b.Binding(net, client(0)); ok {
		t.Error("the former owner still has a record")
	}
}

func TestStanding(t *testing.T) {
	t.Parallel()
	fixed := Reservation{MAC: FormatMAC(mac(7)), IP: ip("10.0.0.5")}
	inside := Reservation{MAC: FormatMAC(mac(8)), IP: ip("10.0.0.13")}
	for name, tc := range map[string]struct {
		do   func(*book)
		n    int
		addr string
		want Standing
	}{
		"never used":                  {func(*book) {}, 1, "10.0.0.10", Free},
		"not in the pool":             {func(*book) {}, 1, "10.0.0.99", Foreign},
		"not in the subnet":           {func(*book) {}, 1, "10.0.1.10", Foreign},
		"network address":             {func(*book) {}, 1, "10.0.0.0", Foreign},
		"on offer to the client":      {func(b *book) { b.offer(1, "") }, 1, "10.0.0.10", Offered},
		"on offer to another":         {func(b *book) { b.offer(1, "") }, 2, "10.0.0.10", Taken},
		"offer lapsed":                {func(b *book) { b.offer(1, ""); b.wait(time.Minute) }, 2, "10.0.0.10", Free},
		"offer lapsed, not yet swept": {func(b *book) { b.offer(1, ""); b.now = b.now.Add(time.Minute) }, 2, "10.0.0.10", Free},
		"bound to the client":         {func(b *book) { b.bind(1, "10.0.0.10") }, 1, "10.0.0.10", Own},
		"bound to another":            {func(b *book) { b.bind(1, "10.0.0.10") }, 2, "10.0.0.10", Taken},
		"being bound to the client":   {func(b *book) { b.Prepare(Lease{IP: ip("10.0.0.10")}, client(1)) }, 1, "10.0.0.10", Own},
		"being bound to another":      {func(b *book) { b.Prepare(Lease{IP: ip("10.0.0.10")}, client(1)) }, 2, "10.0.0.10", Taken},
		"bind failed":                 {func(b *book) { b.Prepare(Lease{IP: ip("10.0.0.10")}, client(1)); b.Abort(ip("10.0.0.10")) }, 2, "10.0.0.10", Free},
		"expired, the client's":       {func(b *book) { b.bind(1, "10.0.0.10"); b.wait(2 * time.Hour) }, 1, "10.0.0.10", Own},
		"expired, another's":          {func(b *book) { b.bind(1, "10.0.0.10"); b.wait(2 * time.Hour) }, 2, "10.0.0.10", Free},
		"expired, on offer to another": {func(b *book) {
			b.bind(1, "10.0.0.10")
			b.wait(2 * time.Hour)
			b.Offer(ip("10.0.0.10"), client(2), b.now)
		}, 1, "10.0.0.10", Taken},
		"reserved for the client": {func(*book) {}, 7, "10.0.0.5", Fixed},
		"reserved for another":    {func(*book) {}, 1, "10.0.0.5", Forbidden},
		"reserved in the pool":    {func(*book) {}, 1, "10.0.0.13", Forbidden},
		"reserved, bound under another id": {func(b *book) {
			l := b.lease(8, "10.0.0.13")
			l.ClientID = []byte("boot loader")
			b.Put(l, b.now.Add(time.Hour))
		}, 8, "10.0.0.13", Fixed},
		"reserved, still with another": {func(b *book) { b.Put(b.lease(1, "10.0.0.13"), b.now.Add(time.Hour)) }, 8, "10.0.0.13", Taken},
		"declined":                     {func(b *book) { b.declined(1, "10.0.0.10") }, 1, "10.0.0.10", Taken},
		"quarantine over":              {func(b *book) { b.declined(1, "10.0.0.10"); b.wait(11 * time.Minute) }, 1, "10.0.0.10", Free},
		"released, the client's":       {func(b *book) { b.released(1, "10.0.0.10") }, 1, "10.0.0.10", Own},
		"released, another's":          {func(b *book) { b.released(1, "10.0.0.10") }, 2, "10.0.0.10", Free},
		"blocked":                      {func(b *book) { b.Block(ip("10.0.0.10"), b.now.Add(time.Hour)) }, 1, "10.0.0.10", Taken},
		"known client's, expired":      {func(b *book) { b.known(1, "10.0.0.10"); b.wait(2 * time.Hour) }, 2, "10.0.0.10", Taken},
		"known client's, long expired": {func(b *book) { b.known(1, "10.0.0.10"); b.wait(9 * 24 * time.Hour) }, 2, "10.0.0.10", Free},
		"known client's own, expired":  {func(b *book) { b.known(1, "10.0.0.10"); b.wait(2 * time.Hour) }, 1, "10.0.0.10", Own},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBook(t, 4, Limits{}, fixed, inside)
			tc.do(b)
			if got := b.standing(tc.n, tc.addr); got != tc.want {
				t.Errorf("%s of client %d is %s, want %s", tc.addr, tc.n, got, tc.want)
			}
		})
	}
}

func (b *book) declined(n int, addr string) {
	b.bind(n, addr)
	l := b.lease(n, addr)
	l.State, l.Expires = Declined, b.now.Add(10*time.Minute)
	b.Put(l, l.Expires)
}

func (b *book) released(n int, addr string) {
	b.bind(n, addr)
	l := b.lease(n, addr)
	l.State, l.Expires = Released, b.now
	b.Put(l, b.now)
}

func (b *book) known(n int, addr string) {
	b.Prepare(Lease{IP: ip(addr)}, client(n))
	l := b.lease(n, addr)
	l.Known = true
	b.Commit(l, b.now.Add(time.Hour))
}

func TestReservedClient(t *testing.T) {
	t.Parallel()
	b := newBook(t, 4, Limits{}, Reservation{MAC: FormatMAC(mac(1)), IP: ip("10.0.0.5")})
	b.expect("reserved", b.offer(1, "10.0.0.10"), "10.0.0.5 fixed")
	b.declined(1, "10.0.0.5")
	b.expect("declined reserved address", b.offer(1, ""), "10.0.0.10 fresh")
	b.wait(11 * time.Minute)
	b.expect("after the quarantine", b.offer(1, ""), "10.0.0.5 fixed")
}

func TestOffersAreBounded(t *testing.T) {
	t.Parallel()
	b := newBook(t, 100, Limits{Offers: 10})
	for n := range 10000 {
		b.offer(n, "")
		b.wait(time.Millisecond)
	}
	if u := b.Usage(b.now)[0]; u.Offered != 10 {
		t.Errorf("%d addresses on offer, want 10", u.Offered)
	}
	if n := len(b.byIP); n > 100 {
		t.Errorf("%d entries for 100 addresses", n)
	}
	if n := len(b.pools[0].offers); n != 10 {
		t.Errorf("%d clients remembered, want 10", n)
	}
	b.wait(time.Minute)
	if u := b.Usage(b.now)[0]; u.Offered != 0 || b.pools[0].vacant.Len() != 100 {
		t.Errorf("after the offers lapsed: %+v, %d vacant", u, b.pools[0].vacant.Len())
	}
}

func TestLimitPerMAC(t *testing.T) {
	t.Parallel()
	b := newBook(t, 50, Limits{PerMAC: 3, PerRelay: 2})
	for i := range 3 {
		l := b.lease(1, fmt.Sprintf("10.0.0.%d", 20+i))
		l.ClientID = []byte{0, byte(i)}
		b.Put(l, b.now.Add(time.Hour))
	}
	b.expect("fourth identity of one address", b.offer(1, ""), "limited")
	b.wait(2 * time.Hour)
	b.expect("after they expired", b.offer(1, ""), "10.0.0.10 fresh")
	for i := range 2 {
		l := b.lease(30+i, fmt.Sprintf("10.0.0.%d", 30+i))
		l.RelayInfo = []byte("port 7")
		b.Put(l, b.now.Add(time.Hour))
	}
	a := b.ask(40, "")
	a.Relay = []byte("port 7")
	if c := b.Pick(net, a, b.now); c.Why != "limited" {
		t.Errorf("third client of one port: %+v", c)
	}
	a.Relay = []byte("port 8")
	if c := b.Pick(net, a, b.now); !c.IP.IsValid() {
		t.Errorf("client of another port: %+v", c)
	}
}

func TestProbeOnlyWhereNeeded(t *testing.T) {
	t.Parallel()
	b := newBook(t, 1, Limits{})
	if c := b.Pick(net, b.ask(1, ""), b.now); !c.Probe {
		t.Error("a never used address is offered unchecked")
	}
	b.offer(1, "")
	b.Checked(ip("10.0.0.10"), b.now)
	if c := b.Pick(net, b.ask(1, ""), b.now); c.Probe || c.Why != "offered" {
		t.Errorf("just checked: %+v", c)
	}
	b.bind(1, "10.0.0.10")
	b.wait(2 * time.Hour)
	if c := b.Pick(net, b.ask(1, ""), b.now); c.Probe {
		t.Errorf("the last owner's address is asked about: %+v", c)
	}
	if c := b.Pick(net, b.ask(2, ""), b.now); !c.Probe {
		t.Errorf("another client's former address is offered unchecked: %+v", c)
	}
}

func TestMovedClientFreesItsOldAddress(t *testing.T) {
	t.Parallel()
	b := newBook(t, 4, Limits{})
	b.bind(1, "10.0.0.10")
	b.bind(1, "10.0.0.12")
	b.expect("old address", b.standing(2, "10.0.0.10").String(), "free")
	b.expect("binding", b.offer(1, ""), "10.0.0.12 same")
	if got := len(b.Snapshot(b.now)); got != 1 {
		t.Errorf("%d records, want 1", got)
	}
	b.Renew(ip("10.0.0.12"), b.now.Add(5*time.Hour))
	if got := b.Snapshot(b.now)[0].Expires; !got.Equal(b.now.Add(5 * time.Hour)) {
		t.Errorf("renewed until %s", got)
	}
}

func TestExcludedAndEdges(t *testing.T) {
	t.Parallel()
	p := Pool{
		Prefix: net, Ranges: []Range{{ip("10.0.0.0"), ip("10.0.0.2")}, {ip("10.0.0.254"), ip("10.0.0.255")}},
		Exclude: []netip.Addr{ip("10.0.0.1")},
	}
	b := &book{New([]Pool{p}, Limits{}), t, day}
	b.expect("neither network nor router", b.offer(1, ""), "10.0.0.2 fresh")
	b.expect("next range", b.offer(2, ""), "10.0.0.254 fresh")
	b.expect("not the broadcast address", b.offer(3, ""), "exhausted")
	last := Pool{Prefix: netip.MustParsePrefix("255.255.255.0/24"), Ranges: []Range{{ip("255.255.255.254"), ip("255.255.255.255")}}}
	e := New([]Pool{last}, Limits{})
	if c := e.Pick(last.Prefix, Ask{Client: "x"}, day); c.IP != ip("255.255.255.254") {
		t.Errorf("last subnet: %+v", c)
	}
}

func BenchmarkPickOfferBind(b *testing.B) {
	p := Pool{Prefix: netip.MustParsePrefix("10.0.0.0/16"), Ranges: []Range{{ip("10.0.0.1"), ip("10.0.255.250")}}}
	a := New([]Pool{p}, Limits{})
	now := day
	for i := 0; b.Loop(); i++ {
		n := i % 60000
		m := []byte{2, 0, 0, byte(n >> 16), byte(n >> 8), byte(n)}
		c := ClientOf(1, m, nil)
		now = now.Add(time.Millisecond)
		a.Tick(now)
		pick := a.Pick(p.Prefix, Ask{Client: c, MAC: FormatMAC(m)}, now)
		if !pick.IP.IsValid() {
			b.Fatal(pick.Why)
		}
		a.Offer(pick.IP, c, now)
		a.Prepare(Lease{IP: pick.IP}, c)
		a.Commit(Lease{IP: pick.IP, MAC: FormatMAC(m), HType: 1, State: Bound, Granted: now, Expires: now.Add(2 * time.Hour)}, now.Add(time.Hour))
	}
}
