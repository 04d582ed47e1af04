package dhcp

import (
	"context"
	"net/netip"
	"sync"
	"testing"
	"time"

	"provbox/dhcp/lease"
	"provbox/dhcp/message"
	"provbox/dhcp/wire"
)

// fuzzOracle is the world around a server under fuzzing: its clock, store,
// interfaces and receivers. It sees all that is promised and checks it.
type fuzzOracle struct {
	t *testing.T

	mu        sync.Mutex
	clock     time.Time
	floor     time.Time // no packet under way was decided before
	waiting   int       // goroutines of the server that hang in this world
	observing bool
	refuses   error // of LoadLeases

	store   int
	gate    chan struct{} // closed when the store works again
	leases  map[netip.Addr]lease.Lease
	durable map[held]durable

	tickers    []chan time.Time
	conns      map[string]*fuzzConn
	link       int
	sendFails  bool
	fixFails   bool
	squatter   func(netip.Addr) (string, error)
	slowProbes bool
	ear        chan struct{} // closed when the receivers go on
	fixed      map[netip.Addr]bool
	promised   map[netip.Addr]promise
	ending     map[held]bool // leases that a packet or an operator ends
	left       map[held]bool // leases that a client has left for another address
	offered    map[netip.Addr]lease.Client
	failed     bool // a write was refused
}

// held is an address of a client; of anybody, for the empty client.
type held struct {
	ip     netip.Addr
	client lease.Client
}

// durable is a record on disk: until when, and whether it was replaced since
// the server was last at rest.
type durable struct {
	until time.Time
	gone  bool
}

// promise is what an ACK says.
type promise struct {
	client lease.Client
	mac    string
	until  time.Time
}

func newFuzzOracle(t *testing.T) *fuzzOracle {
	gate, ear := make(chan struct{}), make(chan struct{})
	close(gate)
	close(ear)
	return &fuzzOracle{
		t: t, clock: day, floor: day, gate: gate, ear: ear,
		leases: map[netip.Addr]lease.Lease{}, durable: map[held]durable{}, conns: map[string]*fuzzConn{},
		promised: map[netip.Addr]promise{}, ending: map[held]bool{}, left: map[held]bool{}, offered: map[netip.Addr]lease.Client{},
		fixed: map[netip.Addr]bool{ip("10.0.0.20"): true, ip("10.0.0.51"): true},
	}
}

// fill puts the records of a state into the store.
func (o *fuzzOracle) fill(c Config, state byte) {
	set := testSettings(o.t, c)
	book := lease.New(set.pools(), set.Limits)
	fuzzStates(book, state)
	for _, l := range book.Snapshot(day) {
		o.leases[l.IP] = l
		if l.State == lease.Bound {
			o.durable[held{l.IP, l.Client()}] = durable{until: l.Expires}
		}
	}
}

// poison adds records that mean nothing: an impossible one, one that a newer
// one replaces, and one of a subnet that was given up long ago.
func (o *fuzzOracle) poison() {
	old := day.Add(-60 * 24 * time.Hour)
	for i, l := range []lease.Lease{
		{IP: ip("10.0.0.57"), State: "lost", Granted: day, Expires: day},
		{IP: ip("10.0.0.58"), MAC: "00:15:65:00:00:77", HType: 1, State: lease.Bound, Granted: old, Expires: old.Add(time.Hour)},
		{IP: ip("10.0.0.59"), MAC: "00:15:65:00:00:77", HType: 1, State: lease.Bound, Granted: old.Add(time.Minute), Expires: old.Add(time.Hour)},
		{IP: ip("192.168.9.9"), MAC: "00:15:65:00:00:78", HType: 1, State: lease.Bound, Granted: old, Expires: old.Add(time.Hour)},
	} {
		if _, taken := o.leases[l.IP]; !taken || i == 3 {
			o.leases[l.IP] = l
		}
	}
}

func (o *fuzzOracle) now() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.clock
}

func (o *fuzzOracle) pass(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.clock = o.clock.Add(d)
}

// tick makes the server look at its interfaces.
func (o *fuzzOracle) tick() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, ch := range o.tickers {
		select {
		case ch <- o.clock:
		default:
		}
	}
}

// calm is called when nothing moves. If nothing hangs either, everything that
// was asked for has been done, and it returns true.
// What the book says then is what is on disk, but for what could not be
// written.
func (o *fuzzOracle) calm(book []lease.Lease) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.waiting > 0 {
		return false
	}
	for _, l := range book {
		if d := o.leases[l.IP]; (l.State == lease.Bound || !o.failed) && (d.State != l.State || d.Client() != l.Client()) {
			o.t.Errorf("%s is %s for %x, but on disk it is %s for %x", l.IP, l.State, l.Client(), d.State, d.Client())
		}
	}
	o.floor = o.clock
	for h, d := range o.durable {
		if d.gone {
			delete(o.durable, h)
		}
	}
	for h := range o.ending {
		if p := o.promised[h.ip]; p.client == h.client || h.client == "" {
			delete(o.promised, h.ip)
		}
	}
	clear(o.ending)
	return true
}

// hang waits in the world's stead of working.
func (o *fuzzOracle) hang(ctx context.Context, gate <-chan struct{}) error {
	o.mu.Lock()
	o.waiting++
	o.mu.Unlock()
	defer func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.waiting--
	}()
	select {
	case <-gate:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// asked reads what a client sends, for leases that it ends.
func (o *fuzzOracle) asked(b []byte) {
	m, err := message.Parse(b)
	if err != nil || m.Type != message.Release && m.Type != message.Decline {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, a := range []netip.Addr{m.CIAddr, m.Addr(message.OptRequestedIP)} {
		o.ending[held{a, identity(m)}] = true
	}
}

func (o *fuzzOracle) forget(a netip.Addr) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ending[held{a, ""}] = true
}

// identity is who a message is from or to.
func identity(m *message.Message) lease.Client {
	id, _ := m.Option(message.OptClientID)
	if len(id) < 2 {
		id = nil
	}
	return lease.ClientOf(m.HType, m.CHAddr, id)
}

// sent holds a packet of the server against the rules.
func (o *fuzzOracle) sent(b []byte, to wire.Dest) {
	m, err := message.ParseReply(b)
	if err != nil || len(b) < 300 || len(b) > 1472 {
		o.t.Errorf("sent %d bytes: %v", len(b), err)
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	switch seconds, leased := m.Uint32(message.OptLeaseTime); {
	case o.observing:
		o.t.Errorf("%s sent in observe mode", m.Type)
	case m.Type == message.ForceRenew:
		if auth, _ := m.Option(message.OptAuth); len(auth) != 28 || auth[11] != nonceDigest || to.To.Addr() != m.CIAddr {
			o.t.Errorf("FORCERENEW to %s, authenticated by %x", to.To, auth)
		}
	case m.Type == message.Ack && leased:
		o.acked(m, time.Duration(seconds)*time.Second)
	case !m.YIAddr.IsUnspecified():
		o.offered[m.YIAddr] = identity(m)
		o.free(m)
	case leased:
		o.t.Errorf("%s with a lease of nothing", m.Type)
	}
}

// free checks that nobody else has the address of a reply.
func (o *fuzzOracle) free(m *message.Message) {
	p, ok := o.promised[m.YIAddr]
	c := identity(m)
	if l := o.leases[m.YIAddr]; l.State == lease.Declined && l.Expires.After(o.clock) && len(o.ending) == 0 {
		o.t.Errorf("%s %s to %x, which was declined", m.Type, m.YIAddr, c)
	}
	switch {
	case !ok || p.client == c || !o.clock.Before(p.until):
	case o.ending[held{m.YIAddr, p.client}] || o.ending[held{m.YIAddr, ""}]:
	case o.fixed[m.YIAddr] && p.mac == lease.FormatMAC(m.CHAddr):
		// A reservation is for a phone under whatever name.
	default:
		o.t.Errorf("%s %s to %x (%s), while %x (%s) has it until %s and it is %s",
			m.Type, m.YIAddr, c, lease.FormatMAC(m.CHAddr), p.client, p.mac, p.until, o.clock)
	}
}

// acked checks an ACK against what is durable, and remembers its promise. What
// was decided while the clock was set on ends by the earlier time.
func (o *fuzzOracle) acked(m *message.Message, term time.Duration) {
	o.free(m)
	h := held{m.YIAddr, identity(m)}
	until := o.floor.Add(term)
	if o.ending[h] {
		return // its client is gone already, and so may be the record
	}
	// Records are kept to the millisecond.
	if d, ok := o.durable[h]; !ok || d.until.Before(until.Truncate(time.Millisecond)) {
		o.t.Errorf("ACK %s to %x until %s, but the store has %+v", m.YIAddr, h.client, until, d)
	}
	l := o.leases[m.YIAddr]
	if l.State != lease.Bound || l.Client() != h.client || o.ending[held{m.YIAddr, ""}] {
		return // it was ended meanwhile
	}
	o.promised[m.YIAddr] = promise{h.client, lease.FormatMAC(m.CHAddr), until}
}
