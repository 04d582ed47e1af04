package dhcp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"provbox/dhcp/lease"
	"provbox/dhcp/message"
	"provbox/dhcp/wire"

	"github.com/google/go-cmp/cmp"
	"github.com/insomniacslk/dhcp/dhcpv4"
)

// memStore is a lease store in memory.
type memStore struct {
	mu      sync.Mutex
	leases  map[netip.Addr]lease.Lease
	puts    int
	err     error
	loadErr error
	block   chan struct{} // if set, every Put waits for a value
}

func (s *memStore) LoadLeases(context.Context) ([]lease.Lease, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []lease.Lease
	for _, l := range s.leases {
		out = append(out, l)
	}
	return out, s.loadErr
}

func (s *memStore) PutLeases(ctx context.Context, ls []lease.Lease) error {
	if s.block != nil {
		select {
		case <-s.block:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.puts++
	if s.err != nil {
		return s.err
	}
	if s.leases == nil {
		s.leases = map[netip.Addr]lease.Lease{}
	}
	for _, l := range ls {
		if err := l.Validate(); err != nil {
			return err
		}
		s.leases[l.IP] = l
	}
	return nil
}

func (s *memStore) DeleteLeases(_ context.Context, ips []netip.Addr) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range ips {
		delete(s.leases, a)
	}
	return s.err
}

func (s *memStore) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

func (s *memStore) get(a string) (lease.Lease, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, ok := s.leases[ip(a)]
	return l, ok
}

func (s *memStore) count() (leases, puts int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.leases), s.puts
}

// recorder collects observations and events.
type recorder struct {
	mu     sync.Mutex
	obs    []Observation
	events []Event
	block  chan struct{}
}

func (r *recorder) Observe(_ context.Context, o Observation) {
	if r.block != nil {
		<-r.block
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.obs = append(r.obs, o)
}

func (r *recorder) DHCP(_ context.Context, e Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
}

func (r *recorder) lines() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []string
	for _, e := range r.events {
		s := strings.Join([]string{e.Message, e.Reply, e.IP.String(), strings.Join(e.Rules, "+"), e.Sent, e.Reason}, "|")
		out = append(out, strings.ReplaceAll(s, "invalid IP", ""))
	}
	return strings.Join(out, "\n")
}

// rig is a running server on a fake interface, in a synctest bubble.
type rig struct {
	*Server
	t     *testing.T
	store *memStore
	rec   *recorder
	conn  *wire.Fake
	stop  func()
	log   bytes.Buffer
}

// start runs a server; everything has settled when it returns.
func start(t *testing.T, c Config, store *memStore) *rig {
	t.Helper()
	r := &rig{t: t, store: store, rec: &recorder{}, conn: wire.NewFake(lan...)}
	r.run(c)
	return r
}

func (r *rig) run(c Config) {
	r.t.Helper()
	var err error
	r.Server, err = New(c, Deps{
		Store: r.store, Observer: r.rec, Journal: r.rec, Log: slog.New(slog.NewTextHandler(&r.log, nil)),
		Open: func(name string) (Conn, error) {
			if name != "eth0" {
				return wire.NewFake(prefix("10.5.0.1/24")), nil
			}
			return r.conn, nil
		},
	})
	if err != nil {
		r.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(r.t.Context())
	done := make(chan error, 1)
	go func() { done <- r.Serve(ctx) }()
	r.stop = func() {
		cancel()
		if err := <-done; err != nil {
			r.t.Errorf("Serve: %v", err)
		}
	}
	synctest.Wait()
}

// deliver sends a packet and waits for all that follows from it.
func (r *rig) deliver(q req) {
	meta := wire.Meta{Src: netip.MustParseAddrPort("0.0.0.0:68"), Dst: broadcast}
	if q.ciaddr != "" {
		meta = wire.Meta{Src: netip.AddrPortFrom(ip(q.ciaddr), 68), Dst: ip("10.0.0.2")}
	}
	if q.giaddr != "" {
		meta = wire.Meta{Src: netip.AddrPortFrom(ip(q.giaddr), 67), Dst: ip("10.0.0.2")}
	}
	r.conn.Deliver(q.bytes(), meta)
	synctest.Wait()
}

// replies takes what was sent, read by the packet library.
func (r *rig) replies() []*dhcpv4.DHCPv4 {
	r.t.Helper()
	var out []*dhcpv4.DHCPv4
	for {
		select {
		case s := <-r.conn.Sent:
			m, err := dhcpv4.FromBytes(s.Data)
			if err != nil {
				r.t.Fatalf("unreadable reply: %v", err)
			}
			out = append(out, m)
		default:
			return out
		}
	}
}

// one delivers a packet and returns the only reply in short form, "" for none.
func (r *rig) one(q req) string {
	r.t.Helper()
	r.deliver(q)
	var out []string
	for _, m := range r.replies() {
		out = append(out, m.MessageType().String()+" "+m.YourIPAddr.String())
	}
	return strings.Join(out, ", ")
}

func (r *rig) expect(what, got, want string) {
	r.t.Helper()
	if got != want {
		r.t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func discover(mac []byte, opts ...message.Option) req {
	return req{t: message.Discover, mac: mac, opts: opts}
}

func selecting(mac []byte, addr string, opts ...message.Option) req {
	return req{t: message.Request, mac: mac, opts: append([]message.Option{addrOpt(54, "10.0.0.2"), addrOpt(50, addr)}, opts...)}
}

func renewing(mac []byte, addr string) req {
	return req{t: message.Request, mac: mac, ciaddr: addr}
}

func TestServerLifeOfALease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, testConfig(), &memStore{})
		class := message.Option{Code: 60, Data: []byte("yealink\x00")}
		r.expect("DISCOVER", r.one(discover(phoneMAC, class)), "OFFER 10.0.0.50")
		if n, puts := r.store.count(); n+puts != 0 {
			t.Errorf("a DISCOVER wrote %d leases in %d transactions", n, puts)
		}
		r.expect("REQUEST", r.one(selecting(phoneMAC, "10.0.0.50", class)), "ACK 10.0.0.50")
		if l, ok := r.store.get("10.0.0.50"); !ok || l.State != lease.Bound || l.MAC != "00:15:65:01:02:03" {
			t.Errorf("stored: %+v", l)
		}
		r.expect("renewal", r.one(renewing(phoneMAC, "10.0.0.50")), "ACK 10.0.0.50")
		if got := r.Usage()[0]; got.Bound != 1 || got.Size != 10 || got.Reserved != 1 {
			t.Errorf("usage: %+v", got)
		}
		r.expect("RELEASE", r.one(req{t: message.Release, mac: phoneMAC, ciaddr: "10.0.0.50"}), "")
		if l, _ := r.store.get("10.0.0.50"); l.State != lease.Released {
			t.Errorf("stored after RELEASE: %+v", l)
		}
		r.expect("another wants it", r.one(discover(otherMAC, addrOpt(50, "10.0.0.50"))), "OFFER 10.0.0.50")
		r.expect("and has it", r.one(selecting(otherMAC, "10.0.0.50")), "ACK 10.0.0.50")
		r.expect("DECLINE", r.one(req{t: message.Decline, mac: otherMAC, opts: []message.Option{addrOpt(50, "10.0.0.50")}}), "")
		if l, _ := r.store.get("10.0.0.50"); l.State != lease.Declined {
			t.Errorf("stored after DECLINE: %+v", l)
		}
		r.expect("nobody gets it", r.one(discover(phoneMAC, addrOpt(50, "10.0.0.50"))), "OFFER 10.0.0.51")
		r.expect("INFORM", r.one(req{t: message.Inform, mac: phoneMAC, ciaddr: "10.0.0.99"}), "ACK 0.0.0.0")
		r.stop()
		want := `DISCOVER|OFFER|10.0.0.50|yealink-oui+yealink-class|http://10.0.0.2:8667|offered
REQUEST|ACK|10.0.0.50|yealink-oui+yealink-class|http://10.0.0.2:8667|offered
REQUEST|ACK|10.0.0.50|yealink-oui|http://10.0.0.2:8667|renewed
RELEASE||10.0.0.50|||released
DISCOVER|OFFER|10.0.0.50|polycom-oui|http://10.0.0.2:8667/000000000000.cfg|asked
REQUEST|ACK|10.0.0.50|polycom-oui|http://10.0.0.2:8667/000000000000.cfg|offered
DECLINE||10.0.0.50|||declined
DISCOVER|OFFER|10.0.0.51|yealink-oui|http://10.0.0.2:8667|offered
INFORM|ACK|10.0.0.99|yealink-oui|http://10.0.0.2:8667|informed`
		if d := cmp.Diff(want, r.rec.lines()); d != "" {
			t.Errorf("journal (-want +got):\n%s", d)
		}
		var seen []string
		for _, o := range r.rec.obs {
			seen = append(seen, fmt.Sprintf("%s %s %s %q", o.Op, o.MAC, o.IP, o.Options[60]))
		}
		wantSeen := []string{
			`commit 00:15:65:01:02:03 10.0.0.50 "yealink\x00"`, `commit 00:15:65:01:02:03 10.0.0.50 ""`,
			`commit 00:04:f2:0a:0b:0c 10.0.0.50 ""`, `commit 00:15:65:01:02:03 10.0.0.99 ""`,
		}
		if d := cmp.Diff(wantSeen, seen); d != "" {
			t.Errorf("observations (-want +got):\n%s", d)
		}
		if got := r.Stats(); got.Acks != 4 || got.Offers != 3 || got.Received != 9 || got.Panics != 0 || got.Writes != 4 {
			t.Errorf("stats: %+v", got)
		}
	})
}

// Test R5: nothing is acknowledged that is not durable.
func TestStoreFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, testConfig(), &memStore{})
		r.one(discover(phoneMAC))
		r.one(selecting(phoneMAC, "10.0.0.50"))
		r.store.fail(errors.New("no space left on device"))
		r.expect("OFFER needs no store", r.one(discover(otherMAC)), "OFFER 10.0.0.51")
		r.expect("ACK does", r.one(selecting(otherMAC, "10.0.0.51")), "")
		r.expect("a renewal that the record covers does not", r.one(renewing(phoneMAC, "10.0.0.50")), "ACK 10.0.0.50")
		r.expect("a release is heard all the same", r.one(req{t: message.Release, mac: phoneMAC, ciaddr: "10.0.0.50"}), "")
		if u := r.Usage()[0]; u.Bound != 0 {
			t.Errorf("usage: %+v", u)
		}
		r.store.fail(nil)
		r.expect("the client asks again", r.one(selecting(otherMAC, "10.0.0.51")), "ACK 10.0.0.51")
		r.stop()
		if !strings.Contains(r.log.String(), "no space left on device") {
			t.Error("the log does not say why")
		}
		if s := r.Stats(); s.StoreErrors != 2 {
			t.Errorf("stats: %+v", s)
		}
	})
}

// A store that is slow delays the ACKs that need it, and nothing else; what
// waits goes in one transaction.
func TestGroupCommit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &memStore{block: make(chan struct{}, 1)}
		c := testConfig()
		c.Interfaces[0].Subnets[0].Serve = ServeAll
		r := start(t, c, store)
		for i := range 5 {
			mac := []byte{2, 0, 0, 0, 2, byte(i)}
			r.expect("DISCOVER while the store hangs", r.one(discover(mac)), fmt.Sprintf("OFFER 10.0.0.%d", 50+i))
			r.expect("no ACK yet", r.one(selecting(mac, fmt.Sprintf("10.0.0.%d", 50+i))), "")
		}
		r.deliver(selecting([]byte{2, 0, 0, 0, 2, 4}, "10.0.0.54")) // sent again
		store.block <- struct{}{}
		store.block <- struct{}{}
		synctest.Wait()
		if n, puts := store.count(); n != 5 || puts != 2 {
			t.Errorf("%d leases in %d transactions, want 5 in 2", n, puts)
		}
		if got := r.replies(); len(got) != 6 {
			t.Errorf("%d ACKs, want 6", len(got))
		}
		r.stop()
	})
}

// The observer is told late rather than the client.
func TestSlowObserver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, testConfig(), &memStore{})
		r.rec.block = make(chan struct{})
		r.one(discover(phoneMAC))
		r.one(selecting(phoneMAC, "10.0.0.50"))
		for range maxEvents + 10 {
			r.expect("ACK", r.one(renewing(phoneMAC, "10.0.0.50")), "ACK 10.0.0.50")
			time.Sleep(150 * time.Millisecond)
		}
		// One is being delivered, maxEvents wait.
		if got := r.Stats().ObservationsDropped; got != 10 {
			t.Errorf("%d observations dropped, want 10", got)
		}
		close(r.rec.block)
		r.stop()
	})
}

func TestRestart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &memStore{leases: map[netip.Addr]lease.Lease{
			ip("10.0.0.77"):    {IP: ip("10.0.0.77"), State: "nonsense"},
			ip("192.168.9.9"):  {IP: ip("192.168.9.9"), MAC: "02:00:00:00:00:07", HType: 1, State: lease.Bound, Granted: day, Expires: day.Add(time.Hour)},
			ip("192.168.9.10"): {IP: ip("192.168.9.10"), MAC: "02:00:00:00:00:08", HType: 1, State: lease.Bound, Granted: day.AddDate(0, 2, 0), Expires: day.AddDate(0, 2, 1)},
		}}
		// A bubble begins in the year 2000: let the clock be set.
		time.Sleep(time.Until(day.AddDate(0, 2, 0)))
		r := start(t, testConfig(), store)
		r.one(discover(phoneMAC))
		r.one(selecting(phoneMAC, "10.0.0.50"))
		r.stop()
		r.conn = wire.NewFake(lan...)
		r.run(testConfig())
		if _, ok := store.get("192.168.9.9"); ok {
			t.Error("a lease of a subnet that is long gone is still stored")
		}
		if _, ok := store.get("192.168.9.10"); !ok {
			t.Error("a lease of a subnet that was taken out lately is gone")
		}
		if got := r.Stats().BadLeases; got != 1 {
			t.Errorf("%d bad leases, want 1", got)
		}
		if got := r.Leases(); len(got) != 2 || got[0].IP != ip("10.0.0.50") {
			t.Errorf("leases: %v", got)
		}
		r.expect("a stranger", r.one(discover(otherMAC, addrOpt(50, "10.0.0.50"))), "OFFER 10.0.0.51")
		r.expect("the owner", r.one(req{t: message.Request, mac: phoneMAC, opts: []message.Option{addrOpt(50, "10.0.0.50")}}), "ACK 10.0.0.50")
		r.stop()
		if err := r.Serve(t.Context()); err == nil {
			t.Error("Serve ran twice")
		}
	})
}

func TestUnreadableStore(t *testing.T) {
	t.Parallel()
	s, err := New(testConfig(), Deps{Store: &memStore{loadErr: errors.New("damaged")}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Serve(t.Context()); err == nil || !strings.Contains(err.Error(), "load leases: damaged") {
		t.Errorf("Serve: %v", err)
	}
}

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
func TestDiscoverFlood(t *testing.T) {
	t.Parallel()
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

func TestInterfaceComesAndGoes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var conn *wire.Fake
		opened := 0
		s, err := New(testConfig(), Deps{Store: &memStore{}, Open: func(string) (Conn, error) {
			mu.Lock()
			defer mu.Unlock()
			if conn == nil {
				return nil, errors.New("no such interface")
			}
			opened++
			return conn, nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		plug := func(c *wire.Fake) { mu.Lock(); conn = c; mu.Unlock(); time.Sleep(2 * lookEvery) }
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- s.Serve(ctx) }()
		time.Sleep(time.Minute)
		if len(s.Listening()) != 0 {
			t.Error("listening on nothing")
		}
		first := wire.NewFake()
		plug(first)
		first.Deliver(discover(phoneMAC).bytes(), wire.Meta{Dst: broadcast})
		synctest.Wait()
		if len(first.Sent) != 0 {
			t.Error("answered without an address to answer from")
		}
		first.SetAddrs(lan...)
		first.Deliver(discover(phoneMAC).bytes(), wire.Meta{Dst: broadcast})
		synctest.Wait()
		if len(first.Sent) != 1 {
			t.Error("no answer once there is an address")
		}
		first.Break(errors.New("gone"))
		plug(nil)
		second := wire.NewFake(lan...)
		plug(second)
		second.Deliver(discover(phoneMAC).bytes(), wire.Meta{Dst: broadcast})
		synctest.Wait()
		if len(second.Sent) != 1 || opened != 2 {
			t.Errorf("after replugging: %d answers, opened %d times", len(second.Sent), opened)
		}
		if d := cmp.Diff(fmt.Sprint(map[string][]netip.Prefix{"eth0": lan}), fmt.Sprint(s.Listening())); d != "" {
			t.Error(d)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestApply(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, testConfig(), &memStore{})
		r.one(discover(phoneMAC))
		r.one(selecting(phoneMAC, "10.0.0.50"))
		observe := testConfig()
		observe.Mode = ModeObserve
		if err := r.Apply(observe); err == nil {
			t.Error("the mode was changed")
		}
		if err := r.Apply(Config{}); err == nil {
			t.Error("an empty configuration was accepted")
		}
		c := testConfig()
		c.Interfaces[0].Subnets[0].Pools = []lease.Range{{Start: ip("10.0.0.40"), End: ip("10.0.0.60")}}
		c.Interfaces = append(c.Interfaces, Interface{Name: "eth1", Subnets: []Subnet{{Prefix: prefix("10.5.0.0/24")}}})
		if err := r.Apply(c); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if n := len(r.Listening()); n != 2 {
			t.Errorf("listening on %d interfaces, want 2", n)
		}
		r.expect("lease survives", r.one(renewing(phoneMAC, "10.0.0.50")), "ACK 10.0.0.50")
		r.expect("new range", r.one(discover(otherMAC)), "OFFER 10.0.0.40")
		c.Interfaces = c.Interfaces[1:]
		if err := r.Apply(c); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if _, ok := r.Listening()["eth0"]; ok {
			t.Error("still listening on an interface that was taken out")
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

func TestForget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, testConfig(), &memStore{})
		r.one(discover(phoneMAC))
		r.one(selecting(phoneMAC, "10.0.0.50"))
		if err := r.Forget(t.Context(), []netip.Addr{ip("10.0.0.50"), ip("10.0.0.99")}); err != nil {
			t.Fatal(err)
		}
		if n, _ := r.store.count(); n != 0 || len(r.Leases()) != 0 {
			t.Errorf("%d stored, %d leases", n, len(r.Leases()))
		}
		r.expect("free for others", r.one(discover(otherMAC, addrOpt(50, "10.0.0.50"))), "OFFER 10.0.0.50")
		r.store.fail(errors.New("read-only"))
		if err := r.Forget(t.Context(), []netip.Addr{ip("10.0.0.50")}); err == nil {
			t.Error("no error from a store that fails")
		}
		r.stop()
		if err := r.Forget(t.Context(), []netip.Addr{ip("10.0.0.50")}); err == nil {
			t.Error("no error from a stopped server")
		}
	})
}

func TestObserveMode(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := testConfig()
		c.Mode = ModeObserve
		r := start(t, c, &memStore{loadErr: errors.New("not needed")})
		r.deliver(discover(phoneMAC))
		r.deliver(req{t: message.Request, mac: phoneMAC, opts: []message.Option{addrOpt(54, "10.0.0.99"), addrOpt(50, "10.0.0.7"), {Code: 60, Data: []byte("yealink")}}})
		r.deliver(renewing(phoneMAC, "10.0.0.8"))
		for range 3 {
			r.conn.Sight(otherMAC, ip("10.0.0.9"))
			r.conn.Sight(pcMAC, ip("10.0.0.10"))
		}
		if got := r.replies(); len(got) != 0 {
			t.Errorf("answered: %v", got)
		}
		r.stop()
		if n := len(r.rec.obs); n != 3 || r.rec.obs[2].Op != OpSeen || r.rec.obs[2].IP != ip("10.0.0.9") || r.rec.obs[0].IP != ip("10.0.0.7") || string(r.rec.obs[0].Options[60]) != "yealink" || r.rec.obs[1].IP != ip("10.0.0.8") {
			t.Errorf("observations: %+v", r.rec.obs)
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

func TestExplain(t *testing.T) {
	t.Parallel()
	s, err := New(testConfig(), Deps{Store: &memStore{}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Explain(Question{VendorClass: []byte("snom320")})
	if err != nil || got.Sent != "http://10.0.0.1:8667" || got.Rules[0] != "Snom320" {
		t.Errorf("by class: %+v %v", got, err)
	}
	got, err = s.Explain(Question{MAC: "001565010203", Server: ip("10.1.0.1")})
	if err != nil || got.Sent != "http://10.1.0.1:8667" || !got.Phone {
		t.Errorf("by address: %+v %v", got, err)
	}
	if got, err = s.Explain(Question{MAC: "02:00:00:00:00:01"}); err != nil || got.Phone {
		t.Errorf("no phone: %+v %v", got, err)
	}
	if _, err = s.Explain(Question{MAC: "nonsense"}); err == nil {
		t.Error("nonsense explained")
	}
}
