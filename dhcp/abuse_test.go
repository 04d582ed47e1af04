package dhcp

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"provbox/dhcp/message"
	"provbox/dhcp/wire"

	"github.com/google/go-cmp/cmp"
)

func TestConflict(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, testConfig(), &memStore{})
		r.conn.Squat(ip("10.0.0.50"), "02:00:00:00:00:99")
		r.conn.Squat(ip("10.0.0.51"), "02:00:00:00:00:98")
		r.expect("steps over addresses in use", r.one(discover(phoneMAC)), "OFFER 10.0.0.52")
		r.expect("asked about once", r.one(discover(phoneMAC)), "OFFER 10.0.0.52")
		r.one(selecting(phoneMAC, "10.0.0.52"))
		r.expect("the owner's is not asked about", r.one(discover(phoneMAC)), "OFFER 10.0.0.52")
		if d := cmp.Diff("[10.0.0.50 10.0.0.51 10.0.0.52]", fmt.Sprint(r.conn.Probes())); d != "" {
			t.Error(d)
		}
		r.expect("nor can it be had by name", r.one(discover(otherMAC, addrOpt(50, "10.0.0.50"))), "OFFER 10.0.0.53")
		if u := r.Usage()[0]; u.Blocked != 2 {
			t.Errorf("usage: %+v", u)
		}
		for i := 54; i < 60; i++ {
			r.conn.Squat(ip(fmt.Sprintf("10.0.0.%d", i)), "x")
		}
		r.expect("too many in use for one DISCOVER", r.one(discover([]byte{0, 0x15, 0x65, 9, 9, 9})), "")
		r.stop()
		if !strings.Contains(r.rec.lines(), "CONFLICT||10.0.0.50|||address is in use by 02:00:00:00:00:99; not offered") {
			t.Errorf("journal:\n%s", r.rec.lines())
		}
	})
}

func TestDeclineAbuse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, testConfig(), &memStore{})
		n := 0
		for range 10 {
			r.deliver(discover(phoneMAC))
			for _, m := range r.replies() {
				a := m.YourIPAddr.String()
				r.deliver(selecting(phoneMAC, a))
				r.replies()
				r.deliver(req{t: message.Decline, mac: phoneMAC, opts: []message.Option{addrOpt(50, a)}})
				n++
			}
			time.Sleep(time.Second)
		}
		if u := r.Usage()[0]; n != 5 || u.Declined != 5 {
			t.Errorf("%d declines, %+v: want 5", n, u)
		}
		r.expect("others are served", r.one(discover(otherMAC)), "OFFER 10.0.0.55")
		time.Sleep(11 * time.Minute)
		r.expect("and so is it, later", r.one(discover(phoneMAC, addrOpt(50, "10.0.0.57"))), "OFFER 10.0.0.57")
		r.stop()
	})
}

func TestRatePerClient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, testConfig(), &memStore{})
		for range 50 {
			r.deliver(discover(phoneMAC))
		}
		if got := len(r.replies()); got != 10 {
			t.Errorf("%d answers within a second, want 10", got)
		}
		time.Sleep(time.Second)
		r.expect("later", r.one(discover(phoneMAC)), "OFFER 10.0.0.50")
		if got := r.Stats().Limited; got != 40 {
			t.Errorf("limited %d", got)
		}
		r.stop()
	})
}

// Test B1: strangers cost no writes and bounded memory, and a known phone
// still renews.
//
// Alone, because it measures the heap.
func TestDiscoverFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := testConfig()
		c.Interfaces[0].Subnets[0].Serve = ServeAll
		c.Interfaces[0].Subnets[0].Pools[0].End = ip("10.0.0.199") // 150
		r := start(t, c, &memStore{})
		r.one(discover(phoneMAC))
		r.one(selecting(phoneMAC, "10.0.0.50"))
		leases, puts := r.store.count()
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		for i := range 10000 {
			r.deliver(discover([]byte{0x12, 0x34, byte(i >> 16), byte(i >> 8), byte(i), 1}))
			if i%1000 == 999 {
				r.replies()
				r.expect("known phone renews in the flood", r.one(renewing(phoneMAC, "10.0.0.50")), "ACK 10.0.0.50")
			}
			if i%100 == 99 {
				r.replies()
				time.Sleep(600 * time.Millisecond)
			}
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		if l, p := r.store.count(); l != leases || p != puts {
			t.Errorf("10,000 DISCOVERs wrote: %d leases, %d transactions", l-leases, p-puts)
		}
		if u := r.Usage()[0]; u.Offered > 150/4 {
			t.Errorf("%d addresses on offer to strangers", u.Offered)
		}
		r.rec.mu.Lock()
		r.rec.events = nil
		r.rec.mu.Unlock()
		if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 20<<20 {
			t.Errorf("heap grew by %d bytes", grown)
		}
		time.Sleep(time.Minute)
		if got := r.one(discover(otherMAC)); !strings.HasPrefix(got, "OFFER") {
			t.Errorf("honest newcomer afterwards: %q", got)
		}
		if u := r.Usage()[0]; u.Offered != 1 {
			t.Errorf("a minute later %d addresses are still on offer", u.Offered)
		}
		r.stop()
	})
}

func TestPoolNearlyFull(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := testConfig()
		c.Interfaces[0].Subnets[0].Serve = ServeAll
		r := start(t, c, &memStore{})
		for i := range 9 {
			mac, a := []byte{2, 0, 0, 0, 4, byte(i)}, fmt.Sprintf("10.0.0.%d", 50+i)
			r.one(discover(mac))
			r.expect("bind", r.one(selecting(mac, a)), "ACK "+a)
		}
		time.Sleep(5 * time.Minute)
		r.stop()
		if n := strings.Count(r.rec.lines(), "pool of 10.0.0.0/24 is nearly full: 9 of 10 addresses in use"); n != 1 {
			t.Errorf("said %d times, want once:\n%s", n, r.rec.lines())
		}
	})
}

// panicking is an interface that breaks in the middle of an answer.
type panicking struct{ *wire.Fake }

func (panicking) MTU() int { panic("bug") }

func TestPanicIsContained(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		f := wire.NewFake(lan...)
		s, err := New(testConfig(), Deps{
			Store: &memStore{}, Log: slog.New(slog.NewTextHandler(&log, nil)),
			Open: func(string) (Conn, error) { return panicking{f}, nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- s.Serve(ctx) }()
		for range 20 {
			f.Deliver(discover(phoneMAC).bytes(), wire.Meta{Dst: broadcast})
		}
		f.Deliver([]byte("x"), wire.Meta{})
		synctest.Wait()
		if got := s.Stats(); got.Panics != 10 || got.Malformed != 1 || got.Limited != 10 {
			t.Errorf("stats: %+v", got)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if !strings.Contains(log.String(), "panic=bug") {
			t.Error("the panic is not in the log")
		}
	})
}

// Test B2: one port of a relay gets its share and no more; the journal says so,
// other ports notice nothing, and what it holds already is renewed.
func TestPortStarvation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := testConfig()
		c.Limits.PerRelay = 4
		r := start(t, c, &memStore{})
		port := func(n byte, mac []byte, want string) req {
			q := req{t: message.Discover, mac: mac, giaddr: "10.1.0.1", opts: []message.Option{opt(82, 1, 1, n)}}
			if want != "" {
				q.t, q.opts = message.Request, append(q.opts, addrOpt(50, want), addrOpt(54, "10.0.0.2"))
			}
			return q
		}
		leased := 0
		for i := range 50 {
			mac := []byte{0, 0x15, 0x65, 5, 5, byte(i)}
			r.deliver(port(7, mac, ""))
			for _, m := range r.replies() {
				if strings.HasPrefix(r.one(port(7, mac, m.YourIPAddr.String())), "ACK") {
					leased++
				}
			}
		}
		if leased != 4 {
			t.Errorf("the port took %d leases, want 4", leased)
		}
		r.expect("a known address does not help", r.one(port(7, []byte{0, 0x15, 0x65, 5, 5, 40}, "10.1.0.57")), "NAK 0.0.0.0")
		r.expect("what it has it keeps", r.one(port(7, []byte{0, 0x15, 0x65, 5, 5, 0}, "10.1.0.50")), "ACK 10.1.0.50")
		r.expect("another port", r.one(port(8, otherMAC, "")), "OFFER 10.1.0.54")
		r.stop()
		if !strings.Contains(r.rec.lines(), "|limited") {
			t.Errorf("the journal does not say why:\n%s", r.rec.lines())
		}
	})
}
