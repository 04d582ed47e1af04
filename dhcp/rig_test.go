package dhcp

import (
	"bytes"
	"context"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"provbox/dhcp/lease"
	"provbox/dhcp/message"
	"provbox/dhcp/wire"

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
