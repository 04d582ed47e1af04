package dhcp

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"provbox/dhcp/lease"
	"provbox/dhcp/message"
	"provbox/dhcp/wire"
)

func has(s *Server, a string) (lease.Lease, bool) {
	for _, l := range s.Leases() {
		if l.IP == ip(a) {
			return l, true
		}
	}
	return lease.Lease{}, false
}

// small is a LAN for everybody with two dynamic addresses and a reservation.
func small() Config {
	c := testConfig()
	c.Interfaces[0].Subnets[0].Serve = ServeAll
	c.Interfaces[0].Subnets[0].Pools[0].End = ip("10.0.0.51")
	return c
}

func (r *rig) bind(mac []byte, a string, opts ...message.Option) {
	r.t.Helper()
	r.expect("offer", r.one(discover(mac, opts...)), "OFFER "+a)
	r.expect("bind", r.one(selecting(mac, a, opts...)), "ACK "+a)
}

// A pool has room for newcomers when its leases have ended, whatever ended
// first outside of it: a reserved client's lease, or one of a former range.
func TestReclaim(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]func(*rig){
		"after a reserved lease": func(r *rig) { r.bind(receptionMAC, "10.0.0.20") },
		"after one of a former range": func(r *rig) {
			c := small()
			c.Interfaces[0].Subnets[0].Pools[0] = lease.Range{Start: ip("10.0.0.60"), End: ip("10.0.0.61")}
			if err := r.Apply(c); err != nil {
				r.t.Fatal(err)
			}
			r.bind([]byte{2, 0, 0, 0, 9, 9}, "10.0.0.60")
			if err := r.Apply(small()); err != nil {
				r.t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := start(t, small(), &memStore{})
				before(r)
				time.Sleep(time.Second)
				r.bind([]byte{2, 0, 0, 0, 0, 1}, "10.0.0.50")
				time.Sleep(time.Second)
				r.bind([]byte{2, 0, 0, 0, 0, 2}, "10.0.0.51")
				r.expect("full", r.one(discover([]byte{2, 0, 0, 0, 0, 3})), "")
				time.Sleep(3 * time.Hour)
				r.expect("room again", r.one(discover([]byte{2, 0, 0, 0, 0, 3})), "OFFER 10.0.0.50")
				r.stop()
			})
		})
	}
}

// How full a pool is depends on what newcomers can have.
func TestFullness(t *testing.T) {
	t.Parallel()
	mac := func(i int) string { return fmt.Sprintf("00:15:65:00:01:%02x", i) }
	for name, tc := range map[string]struct {
		reserved int // from 10.0.0.%d on
		from     int
		dynamic  int // leases of newcomers
		want     int // times
	}{
		"reservations outside":                 {reserved: 12, from: 100, want: 0},
		"reservations inside that nobody uses": {reserved: 5, from: 55, dynamic: 5, want: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := testConfig()
				n := &c.Interfaces[0].Subnets[0]
				n.Serve, n.Reservations = ServeAll, nil
				for i := range tc.reserved {
					n.Reservations = append(n.Reservations, lease.Reservation{MAC: mac(i), IP: ip(fmt.Sprintf("10.0.0.%d", tc.from+i))})
				}
				r := start(t, c, &memStore{})
				if tc.dynamic == 0 {
					for i := range tc.reserved {
						r.bind([]byte{0, 0x15, 0x65, 0, 1, byte(i)}, fmt.Sprintf("10.0.0.%d", tc.from+i))
					}
				}
				for i := range tc.dynamic {
					r.bind([]byte{2, 0, 0, 0, 4, byte(i)}, fmt.Sprintf("10.0.0.%d", 50+i))
				}
				time.Sleep(time.Minute)
				r.stop()
				if n := strings.Count(r.rec.lines(), "is nearly full"); n != tc.want {
					t.Errorf("said %d times that the pool is nearly full, want %d:\n%s", n, tc.want, r.rec.lines())
				}
			})
		})
	}
}

// Test B2: a limit holds for exchanges side by side as for one after the other.
func TestStarvationSideBySide(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		perRelay int
		client   func(i int) req
		want     int
	}{
		"a relay's port": {4, func(i int) req {
			return req{mac: []byte{0, 0x15, 0x65, 5, 5, byte(i)}, giaddr: "10.1.0.1", opts: []message.Option{opt(82, 1, 1, 7)}}
		}, 4},
		"one hardware address": {0, func(i int) req {
			return req{mac: pcMAC, giaddr: "10.1.0.1", opts: []message.Option{opt(61, 0, 'x', byte(i))}}
		}, 8},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, slow := range []bool{false, true} {
				synctest.Test(t, func(t *testing.T) {
					c := testConfig()
					c.Limits.PerRelay, c.RatePerClient = tc.perRelay, 1000
					store := &memStore{}
					if slow {
						store.block = make(chan struct{}, 100)
					}
					r := start(t, c, store)
					offers := map[int]string{}
					for i := range 10 {
						q := tc.client(i)
						q.t = message.Discover
						r.deliver(q)
						for _, m := range r.replies() {
							offers[i] = m.YourIPAddr.String()
						}
					}
					for i, a := range offers {
						q := tc.client(i)
						q.t, q.opts = message.Request, append(q.opts, addrOpt(50, a), addrOpt(54, "10.0.0.2"))
						r.deliver(q)
					}
					if slow {
						close(store.block)
						synctest.Wait()
					}
					if got := r.Usage()[1].Bound; got != tc.want {
						t.Errorf("%d of %d offers became leases, want %d", got, len(offers), tc.want)
					}
					r.stop()
				})
			}
		})
	}
}

// The box's own address is nobody else's, from the first packet after a change
// that puts it into a pool, and not even by reservation.
func TestOwnAddress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, testConfig(), &memStore{})
		c := testConfig()
		n := &c.Interfaces[0].Subnets[0]
		n.Pools = []lease.Range{{Start: ip("10.0.0.2"), End: ip("10.0.0.9")}}
		n.Reservations = append(n.Reservations, lease.Reservation{MAC: "00:04:f2:0a:0b:0c", IP: ip("10.0.0.2")})
		if err := r.Apply(c); err != nil {
			t.Fatal(err)
		}
		r.expect("reserved by mistake", r.one(discover(otherMAC)), "OFFER 10.0.0.3")
		n.Reservations = n.Reservations[:1]
		if err := r.Apply(c); err != nil {
			t.Fatal(err)
		}
		r.expect("in the pool", r.one(discover(phoneMAC)), "OFFER 10.0.0.4")
		r.expect("asked for", r.one(discover([]byte{0, 0x15, 0x65, 9, 9, 9}, addrOpt(50, "10.0.0.2"))), "OFFER 10.0.0.5")
		r.stop()
	})
}

// A client that still answers from the address it asks for is no conflict.
func TestProbeMeetsTheClient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, testConfig(), &memStore{})
		r.conn.Squat(ip("10.0.0.55"), lease.FormatMAC(phoneMAC))
		r.expect("itself", r.one(discover(phoneMAC, addrOpt(50, "10.0.0.55"))), "OFFER 10.0.0.55")
		r.expect("and binds", r.one(selecting(phoneMAC, "10.0.0.55")), "ACK 10.0.0.55")
		r.stop()
	})
}

// What a change takes out of the pool, a client learns when it comes back
// (RFC 2131 4.3.2: its notion of its address is incorrect).
func TestShrunkPool(t *testing.T) {
	t.Parallel()
	for name, ask := range map[string]req{
		"INIT-REBOOT": {t: message.Request, mac: phoneMAC, opts: []message.Option{addrOpt(50, "10.0.0.50")}},
		"RENEWING":    renewing(phoneMAC, "10.0.0.50"),
		"SELECTING":   selecting(phoneMAC, "10.0.0.50"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := start(t, testConfig(), &memStore{})
				r.bind(phoneMAC, "10.0.0.50")
				c := testConfig()
				c.Interfaces[0].Subnets[0].Pools[0].Start = ip("10.0.0.55")
				if err := r.Apply(c); err != nil {
					t.Fatal(err)
				}
				r.expect("told", r.one(ask), "NAK 0.0.0.0")
				r.bind(phoneMAC, "10.0.0.55")
				// Undone in time, the change has cost nobody else anything.
				if err := r.Apply(testConfig()); err != nil {
					t.Fatal(err)
				}
				r.expect("stays", r.one(renewing(phoneMAC, "10.0.0.55")), "ACK 10.0.0.55")
				r.stop()
			})
		})
	}
}

// Test R9: a client that was moved while the clock was wrong has one lease,
// its last, after a restart.
func TestMovedWithWrongClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &memStore{}
		r := start(t, testConfig(), store)
		off := 30 * 365 * 24 * time.Hour
		now := func() time.Time { return time.Now().Add(off) }
		r.deps.Now = now
		r.bind(phoneMAC, "10.0.0.50")
		off = 0 // the clock goes back
		c := testConfig()
		c.Interfaces[0].Subnets[0].Pools[0].Start = ip("10.0.0.55")
		if err := r.Apply(c); err != nil {
			t.Fatal(err)
		}
		r.bind(phoneMAC, "10.0.0.55")
		r.stop()
		r.conn = wire.NewFake(lan...)
		r.run(c)
		if _, ok := has(r.Server, "10.0.0.55"); !ok {
			t.Error("the lease that was acknowledged last is gone")
		}
		if _, ok := store.get("10.0.0.50"); ok {
			t.Error("its former lease is still stored")
		}
		r.stop()
	})
}

// What somebody else got in the meantime is not deleted with the record of the
// client that has moved.
func TestMovedInOneBatch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &memStore{}
		r := start(t, testConfig(), store)
		r.bind(phoneMAC, "10.0.0.50")
		time.Sleep(3 * time.Hour)
		c := testConfig()
		n := &c.Interfaces[0].Subnets[0]
		n.Reservations = append(n.Reservations,
			lease.Reservation{MAC: lease.FormatMAC(phoneMAC), IP: ip("10.0.0.30")}, lease.Reservation{MAC: lease.FormatMAC(otherMAC), IP: ip("10.0.0.50")})
		if err := r.Apply(c); err != nil {
			t.Fatal(err)
		}
		r.expect("first", r.one(discover(phoneMAC)), "OFFER 10.0.0.30")
		r.expect("second", r.one(discover(otherMAC)), "OFFER 10.0.0.50")
		store.block = make(chan struct{}, 9)
		r.deliver(selecting(receptionMAC, "10.0.0.20"))
		r.deliver(selecting(phoneMAC, "10.0.0.30"))
		r.deliver(selecting(otherMAC, "10.0.0.50"))
		close(store.block)
		synctest.Wait()
		if l, ok := store.get("10.0.0.50"); !ok || l.MAC != lease.FormatMAC(otherMAC) {
			t.Errorf("stored: %v %+v", ok, l)
		}
		r.stop()
	})
}

// Applied while a bind waits for the store, a change that takes the subnet out
// is none the worse for the store failing then.
func TestSubnetGoneDuringABind(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &memStore{}
		r := start(t, testConfig(), store)
		r.bind(phoneMAC, "10.0.0.50")
		time.Sleep(2 * time.Hour)
		store.block = make(chan struct{}, 9)
		r.deliver(selecting(phoneMAC, "10.0.0.50"))
		c := testConfig()
		c.Interfaces[0].Subnets = c.Interfaces[0].Subnets[1:]
		if err := r.Apply(c); err != nil {
			t.Fatal(err)
		}
		store.fail(errors.New("disk full"))
		close(store.block)
		synctest.Wait()
		if err := r.Apply(testConfig()); err != nil {
			t.Fatal(err)
		}
		store.fail(nil)
		r.expect("as before", r.one(discover(phoneMAC)), "OFFER 10.0.0.50")
		r.stop()
	})
}

// A server identifier that is no address names nobody: the offer stands, and
// nothing is bound, declined or released.
func TestServerIdentifierOfAWrongLength(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, testConfig(), &memStore{})
		r.expect("offer", r.one(discover(phoneMAC)), "OFFER 10.0.0.50")
		for _, id := range [][]byte{{}, {10, 0, 0}, {10, 0, 0, 2, 2}} {
			r.expect("no bind", r.one(req{t: message.Request, mac: phoneMAC, opts: []message.Option{{Code: 54, Data: id}, addrOpt(50, "10.0.0.50")}}), "")
		}
		r.expect("bind", r.one(selecting(phoneMAC, "10.0.0.50")), "ACK 10.0.0.50")
		bad := opt(54, 10, 0, 0)
		r.one(req{t: message.Release, mac: phoneMAC, ciaddr: "10.0.0.50", opts: []message.Option{bad}})
		r.one(req{t: message.Decline, mac: phoneMAC, opts: []message.Option{bad, addrOpt(50, "10.0.0.50")}})
		if l, _ := has(r.Server, "10.0.0.50"); l.State != lease.Bound {
			t.Errorf("the lease is %s", l.State)
		}
		r.stop()
	})
}

// RFC 1534 2: a BOOTREPLY keeps to the size of BOOTP, without overload.
func TestBOOTPSize(t *testing.T) {
	t.Parallel()
	for size, want := range map[int]string{300: "1 3 6 15 28 42", 512: "1 3 6 15 28 42 12 66"} {
		synctest.Test(t, func(t *testing.T) {
			r := start(t, testConfig(), &memStore{})
			q := req{mac: receptionMAC}.bytes()
			q = append(q, make([]byte, size-len(q))...)
			r.conn.Deliver(q, wire.Meta{Src: netip.MustParseAddrPort("0.0.0.0:68"), Dst: broadcast})
			synctest.Wait()
			sent := (<-r.conn.Sent).Data
			m, err := message.ParseReply(sent)
			if err != nil {
				t.Fatal(err)
			}
			var codes []string
			for _, o := range m.Options {
				codes = append(codes, fmt.Sprint(o.Code))
			}
			if got := strings.Join(codes, " "); len(sent) > size || got != want {
				t.Errorf("%d bytes for a message of %d, with %s; want %s", len(sent), size, got, want)
			}
			r.stop()
		})
	}
}
