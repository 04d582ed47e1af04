package uplink

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"

	"provbox/appliance/netcfg/rtnl"
)

// Resolver finds the addresses of a peer's name; *net.Resolver does.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Deps are what an uplink works with.
type Deps struct {
	// Dir is the folder that the private key is kept in; it is made if need be.
	Dir string
	// Local are the networks of the branch, which the tunnel must not capture.
	Local []Local
	// Resolver finds the peers; nil is the machine's.
	Resolver Resolver
	// Record is told in one line when a peer is reached or lost; nil is nobody. It
	// must not block.
	Record func(text string, attrs ...slog.Attr)
	Now    func() time.Time // nil is time.Now
	Logger *slog.Logger     // nil discards
}

// system is where the interface is made. linux is the real one.
type system interface {
	// Open makes the interface, down and without an address.
	Open(name string, mtu int) (tunnel, error)
	State(name string) (kernelState, error)
	Do(c change) error
	// Watch returns a channel that gets a value after links, addresses or routes
	// have changed, and is closed when ctx ends or the notifications break off.
	Watch(ctx context.Context) (<-chan struct{}, error)
}

// tunnel is a WireGuard interface.
type tunnel interface {
	Kind() string
	Configure(cfg wgtypes.Config) error
	Device() (*wgtypes.Device, error)
	// Done is closed when the interface has ended by itself.
	Done() <-chan struct{}
	// Close removes the interface.
	Close() error
}

// Uplink makes the interface and keeps it. Its methods are safe for concurrent
// use; Serve may be called once.
type Uplink struct {
	cfg  Config
	deps Deps
	log  *slog.Logger
	now  func() time.Time
	sys  system

	mu     sync.Mutex
	status Status
}

// New returns an uplink for settings that have passed Validate.
func New(cfg Config, d Deps) *Uplink {
	u := &Uplink{cfg: cfg, deps: d, log: d.Logger, now: d.Now, sys: linux{log: d.Logger}}
	if u.log == nil {
		u.log = slog.New(slog.DiscardHandler)
		u.sys = linux{log: u.log}
	}
	if u.now == nil {
		u.now = time.Now
	}
	if u.deps.Resolver == nil {
		u.deps.Resolver = net.DefaultResolver
	}
	if u.deps.Record == nil {
		u.deps.Record = func(string, ...slog.Attr) {}
	}
	u.status = Status{State: Off, Interface: cfg.Name(), Address: cfg.Address}
	return u
}

// The waits between two tries to make the interface.
const (
	retryFirst = time.Second
	retryMost  = time.Minute
)

// Serve keeps the uplink until ctx ends, and has removed it when it returns. What
// goes wrong is in Status and is tried again: the error is always nil.
func (u *Uplink) Serve(ctx context.Context) error {
	for wait := retryFirst; ctx.Err() == nil; wait = min(2*wait, retryMost) {
		up, err := u.run(ctx)
		if ctx.Err() != nil {
			break
		}
		if up {
			wait = retryFirst
		}
		u.failed(err)
		pause(ctx, wait)
	}
	u.set(func(s *Status) { s.State, s.Kind, s.ListenPort, s.Error, s.Peers = Off, "", 0, "", nil })
	return nil
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

func (u *Uplink) set(change func(*Status)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	change(&u.status)
}

// failed reports that there is no interface.
func (u *Uplink) failed(err error) {
	u.problem(err)
	u.set(func(s *Status) { s.State, s.Kind, s.ListenPort, s.Peers = Failed, "", 0, nil })
}

// problem shows what is wrong, and logs it when it is news.
func (u *Uplink) problem(err error) {
	text := ""
	if err != nil {
		text = err.Error()
	}
	before := ""
	u.set(func(s *Status) { before, s.Error = s.Error, text })
	switch {
	case text == before:
	case err != nil:
		u.log.Warn("uplink", "err", err)
	default:
		u.log.Info("uplink as in the settings again")
	}
}

// run makes the interface and tends it until ctx or the interface ends. up says
// whether it was made.
func (u *Uplink) run(ctx context.Context) (up bool, err error) {
	key, err := ownKey(u.deps.Dir)
	if err != nil {
		return false, err
	}
	u.showKey(key.PublicKey())
	if !u.cfg.Enabled {
		u.problem(nil)
		<-ctx.Done()
		return false, nil
	}
	w, ps := u.cfg.parse(u.deps.Local)
	if len(ps) > 0 {
		return false, errors.Join(ps...)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	events, err := u.sys.Watch(ctx)
	if err != nil {
		return false, fmt.Errorf("watch the network: %w", err)
	}
	t, err := u.sys.Open(w.name, w.mtu)
	if err != nil {
		return false, err
	}
	s := &session{Uplink: u, want: w, tunnel: t}
	for _, p := range w.peers {
		s.peers = append(s.peers, &callee{wantedPeer: p})
	}
	err = s.tend(ctx, key, events)
	return true, errors.Join(err, s.close())
}

func (u *Uplink) showKey(k wgtypes.Key) {
	text := k.String()
	news := false
	u.set(func(s *Status) { news, s.PublicKey = s.PublicKey != text, text })
	if news {
		u.log.Info("uplink key", "public_key", text)
	}
}

// session is one life of the interface.
type session struct {
	*Uplink
	want   wanted
	tunnel tunnel
	peers  []*callee
}

// How often the interface is looked at, and how long a burst of changes in the
// kernel is let pass first.
const (
	lookConnected  = 5 * time.Second
	lookConnecting = time.Second
	settle         = 200 * time.Millisecond
)

// tend configures the interface and keeps it as the settings ask. It returns an
// error when the interface is lost, nil when ctx has ended.
func (s *session) tend(ctx context.Context, key secret, events <-chan struct{}) error {
	if err := s.configure(ctx, key); err != nil {
		return err
	}
	s.set(func(st *Status) { st.State, st.Kind = Connecting, s.tunnel.Kind() })
	s.log.Info("uplink interface made", "interface", s.want.name, "kind", s.tunnel.Kind())
	for {
		connected, err := s.look(ctx)
		if err != nil || ctx.Err() != nil {
			return err
		}
		wait := lookConnecting
		if connected {
			wait = lookConnected
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-s.tunnel.Done():
			err = s.ended()
		case _, ok := <-events:
			if !ok {
				events = nil // the timer goes on
			}
			pause(ctx, settle)
		}
		timer.Stop()
		if err != nil || ctx.Err() != nil {
			return err
		}
	}
}

func (s *session) ended() error {
	return fmt.Errorf("interface %s has ended by itself; it is made again", s.want.name)
}

// configure gives the interface its key and peers.
func (s *session) configure(ctx context.Context, key secret) error {
	cfg := wgtypes.Config{PrivateKey: &key.Key, ListenPort: &s.want.port, ReplacePeers: true}
	own := key.PublicKey()
	for _, p := range s.peers {
		if p.key == own {
			return errors.New("uplink.peers: public_key is the box's own; want the one of the centre")
		}
		peer := wgtypes.PeerConfig{PublicKey: p.key, PersistentKeepaliveInterval: &p.keepalive, ReplaceAllowedIPs: true}
		for _, n := range p.allowed {
			peer.AllowedIPs = append(peer.AllowedIPs, *rtnl.IPNet(n))
		}
		if p.pskFile != "" {
			psk, err := presharedKey(p.pskFile)
			if err != nil {
				return err
			}
			peer.PresharedKey = &psk.Key
		}
		p.find(ctx, s.deps.Resolver, s.now())
		peer.Endpoint = p.choose(netip.AddrPort{})
		cfg.Peers = append(cfg.Peers, peer)
	}
	if err := s.tunnel.Configure(cfg); err != nil {
		return fmt.Errorf("configure interface %s: %w", s.want.name, err)
	}
	return nil
}

// look compares the interface with the settings, mends it, calls stale peers
// anew, and refreshes the status. It reports whether all peers are connected.
func (s *session) look(ctx context.Context) (connected bool, err error) {
	select {
	case <-s.tunnel.Done():
		return false, s.ended()
	default:
	}
	dev, err := s.tunnel.Device()
	if err != nil {
		return false, fmt.Errorf("interface %s is gone: %w", s.want.name, err)
	}
	now := s.now()
	status := make([]PeerStatus, len(s.peers))
	var endpoints []netip.Prefix
	connected = true
	for i, p := range s.peers {
		status[i] = p.status(dev)
		status[i].age(now)
		s.note(p, &status[i])
		if err := s.call(ctx, p, &status[i], now); err != nil {
			return false, err
		}
		status[i].doubtClock(now)
		if a, err := netip.ParseAddrPort(status[i].Address); err == nil {
			endpoints = append(endpoints, netip.PrefixFrom(a.Addr(), a.Addr().BitLen()))
		}
		connected = connected && status[i].Connected
	}
	s.set(func(st *Status) { st.ListenPort, st.Peers = dev.ListenPort, status })
	lost, err := s.mend(endpoints)
	if lost {
		return false, err
	}
	s.problem(err)
	return connected, nil
}

// mend makes the changes that are needed. The interface being lost is one error,
// anything else another.
func (s *session) mend(endpoints []netip.Prefix) (lost bool, err error) {
	state, err := s.sys.State(s.want.name)
	if err != nil {
		return false, fmt.Errorf("read the state of the network: %w", err)
	}
	if state.Link == nil {
		return true, fmt.Errorf("interface %s was removed by somebody; it is made again", s.want.name)
	}
	changes, conflicts := plan(state, s.want, endpoints, s.branch())
	var errs []error
	for _, c := range changes {
		if err := s.sys.Do(c); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", c, err))
			continue
		}
		s.log.Info("uplink changed", "change", c.String())
	}
	if len(conflicts) > 0 {
		errs = append(errs, errors.New(strings.Join(conflicts, "; ")))
	}
	return false, errors.Join(errs...)
}

func (s *session) branch() []netip.Prefix {
	var list []netip.Prefix
	for _, l := range s.deps.Local {
		if n := l.Network.Masked(); n.IsValid() && !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	return list
}

// close removes the interface, its routes with it, and those past the tunnel.
func (s *session) close() error {
	errs := []error{s.tunnel.Close()}
	if state, err := s.sys.State(s.want.name); err == nil {
		for _, r := range state.Routes {
			if r.Own && r.Link != s.want.name {
				errs = append(errs, s.sys.Do(change{Op: removeRoute, Link: r.Link, Route: r}))
			}
		}
	}
	return errors.Join(errs...)
}
