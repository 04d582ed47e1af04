package uplink

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"
)

// machine is a system that remembers what it was told.
type machine struct {
	mu     sync.Mutex
	open   error // why no interface can be made
	opened []time.Time
	state  kernelState
	tunnel *fakeTunnel
	events chan struct{}
}

func (m *machine) Open(string, int) (tunnel, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.opened = append(m.opened, time.Now())
	if m.open != nil {
		return nil, m.open
	}
	m.state.Link = &link{MTU: 1420}
	m.tunnel = &fakeTunnel{machine: m, done: make(chan struct{})}
	return m.tunnel, nil
}

func (m *machine) State(string) (kernelState, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.state
	s.Routes = append([]route(nil), s.Routes...)
	if s.Link != nil {
		l := *s.Link
		s.Link = &l
	}
	return s, nil
}

func (m *machine) Do(c change) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch c.Op {
	case addAddress:
		m.state.Link.Addresses = append(m.state.Link.Addresses, c.Address)
	case linkUp:
		m.state.Link.Up = true
	case addRoute:
		m.state.Routes = append(m.state.Routes, c.Route)
	case removeRoute:
		kept := m.state.Routes[:0]
		for _, r := range m.state.Routes {
			if r != c.Route {
				kept = append(kept, r)
			}
		}
		m.state.Routes = kept
	default:
		return errors.New("not expected: " + c.String())
	}
	return nil
}

func (m *machine) Watch(context.Context) (<-chan struct{}, error) { return m.events, nil }

// do changes the machine behind the uplink's back.
func (m *machine) do(change func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change()
}

type fakeTunnel struct {
	machine *machine
	dev     wgtypes.Device
	closed  bool
	done    chan struct{}
}

func (*fakeTunnel) Kind() string            { return UserSpace }
func (t *fakeTunnel) Done() <-chan struct{} { return t.done }

func (t *fakeTunnel) Configure(c wgtypes.Config) error {
	t.machine.mu.Lock()
	defer t.machine.mu.Unlock()
	if c.ReplacePeers {
		t.dev = wgtypes.Device{PrivateKey: *c.PrivateKey, ListenPort: *c.ListenPort}
	}
	for _, p := range c.Peers {
		if !p.UpdateOnly {
			t.dev.Peers = append(t.dev.Peers, wgtypes.Peer{PublicKey: p.PublicKey, Endpoint: p.Endpoint, AllowedIPs: p.AllowedIPs, PersistentKeepaliveInterval: *p.PersistentKeepaliveInterval})
			continue
		}
		for i := range t.dev.Peers {
			if t.dev.Peers[i].PublicKey == p.PublicKey {
				t.dev.Peers[i].Endpoint = p.Endpoint
			}
		}
	}
	return nil
}

func (t *fakeTunnel) Device() (*wgtypes.Device, error) {
	t.machine.mu.Lock()
	defer t.machine.mu.Unlock()
	d := t.dev
	d.Peers = append([]wgtypes.Peer(nil), d.Peers...)
	return &d, nil
}

func (t *fakeTunnel) Close() error {
	t.machine.mu.Lock()
	defer t.machine.mu.Unlock()
	t.closed, t.machine.state.Link = true, nil
	return nil
}

// names is a resolver whose answers can change.
type names struct {
	mu    sync.Mutex
	addrs []string
	asked int
}

func (n *names) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked++
	if len(n.addrs) == 0 {
		return nil, &net.DNSError{Err: "no such host", Name: "wazo.example.org", IsNotFound: true}
	}
	var list []netip.Addr
	for _, a := range n.addrs {
		list = append(list, netip.MustParseAddr(a))
	}
	return list, nil
}

func (n *names) set(addrs ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.addrs = addrs
}

// count is how often a name was asked for.
func (n *names) count() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.asked
}

// logText is a log, or whatever else is told line by line.
type logText struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// trial is an uplink on a machine, run until the test ends.
type trial struct {
	*Uplink
	machine *machine
	names   *names
	dir     string
	ahead   time.Duration // of the bubble's clock, which begins in the year 2000
	events  logText       // recorded
	log     logText
	stop    func()
}

func try(t *testing.T, cfg Config, prepare func(*trial)) *trial {
	t.Helper()
	x := &trial{machine: &machine{events: make(chan struct{})}, names: &names{addrs: []string{"203.0.113.1"}}, dir: t.TempDir(), ahead: 26 * 366 * 24 * time.Hour}
	if prepare != nil {
		prepare(x)
	}
	x.Uplink = New(cfg, Deps{
		Now: func() time.Time { return time.Now().Add(x.ahead) },
		Dir: x.dir, Resolver: x.names, Record: func(text string, _ ...slog.Attr) { _, _ = fmt.Fprintln(&x.events, text) },
		Logger: slog.New(slog.NewTextHandler(&x.log, nil)),
	})
	x.sys = x.machine
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- x.Serve(ctx) }()
	x.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(x.stop)
	return x
}

// handshake makes the centre answer now, from where it is called or from there.
func (x *trial) handshake(from string) {
	x.machine.do(func() {
		p := &x.machine.tunnel.dev.Peers[0]
		p.LastHandshakeTime = time.Now().Add(x.ahead)
		if from != "" {
			p.Endpoint = net.UDPAddrFromAddrPort(netip.MustParseAddrPort(from))
		}
	})
}

// after lets time pass, and everything come to rest.
func after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}
