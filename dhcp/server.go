package dhcp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"provbox/dhcp/lease"
	"provbox/dhcp/wire"
)

// Conn is one interface as the server needs it; wire.Conn and wire.Fake are
// such.
type Conn interface {
	// Read waits for a packet; net.ErrClosed after Close.
	Read(b []byte) (int, wire.Meta, error)
	// Write sends a packet. It must be safe for concurrent use.
	Write(b []byte, to wire.Dest) error
	// Addrs and MTU describe the interface as it is now.
	Addrs() []netip.Prefix
	MTU() int
	// Check looks at the interface again; an error means the Conn must be
	// opened anew.
	Check() error
	// Probe reports who uses an address, "" if nobody answers in time.
	Probe(ip netip.Addr, wait time.Duration) (string, error)
	Close() error
}

// Deps are what the server needs from outside.
type Deps struct {
	// Store keeps the leases. Required.
	Store lease.Store
	// Reservations may be nil; MakeFixed fails then.
	Reservations Reservations
	// Observer and Journal may be nil.
	Observer Observer
	Journal  Journal
	// Log may be nil. Packets are the journal's matter; the log has what an
	// operator must know.
	Log *slog.Logger
	// Now is the clock, time.Now if nil. Its monotonic reading is what leases
	// run by, so that setting the wall clock expires nobody.
	Now func() time.Time
	// Open opens an interface; the kernel's if nil.
	Open func(name string) (Conn, error)
	// Tick returns a channel that ticks every d, and what stops it; the real
	// thing if nil. It paces looking at the interfaces.
	Tick func(d time.Duration) (<-chan time.Time, func())
	// Random makes up clients and moments, for several goroutines at a time; a
	// generator seeded by the system if nil.
	Random func() uint64
}

// Server is a DHCP server. Its methods are safe for concurrent use.
type Server struct {
	deps  Deps
	log   *slog.Logger
	count counters

	applying sync.Mutex // serializes changes of the configuration

	mu      sync.Mutex
	set     *settings
	book    *lease.Allocator
	guard   *guard
	probing map[netip.Addr]lease.Client // who waits for the answer
	conns   map[string]Conn
	nearly  map[netip.Prefix]bool // pools that are nearly full
	seen    map[string]time.Time  // what ARP told in observe mode
	rogues  []Rogue
	asking  map[string][2][6]byte // who asked last on each interface
	nonces  map[netip.Addr]*nonce
	forcing map[netip.Addr]bool // who is to renew
	// replayed is the last value of the replay counter.
	replayed uint64
	checked  map[string]time.Time // when that was

	serving  atomic.Bool
	failing  atomic.Bool // the store
	changed  chan struct{}
	queue    chan *arrival
	jobs     chan *job
	out      chan *job
	forgets  chan *forgetting
	stopping chan struct{}
	observed *pump[Observation]
	events   *pump[Event]
	probes   sync.WaitGroup
}

const (
	maxJobs   = 4096 // binds waiting for the store
	maxEvents = 4096 // observations and events waiting for their receivers
)

// New returns a server for a valid configuration. It starts nothing.
func New(c Config, deps Deps) (*Server, error) {
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("dhcp configuration: %w", err)
	}
	if deps.Store == nil {
		return nil, errors.New("dhcp: no lease store")
	}
	set, err := compile(c)
	if err != nil {
		return nil, fmt.Errorf("dhcp configuration: %w", err)
	}
	s := &Server{
		deps: deps, log: deps.Log, set: set, guard: newGuard(),
		book:    lease.New(set.pools(), set.Limits),
		probing: map[netip.Addr]lease.Client{}, conns: map[string]Conn{},
		nearly: map[netip.Prefix]bool{}, seen: map[string]time.Time{},
		nonces: map[netip.Addr]*nonce{}, forcing: map[netip.Addr]bool{},
		asking: map[string][2][6]byte{}, checked: map[string]time.Time{},
		changed: make(chan struct{}, 1),
		queue:   make(chan *arrival, set.Queue), jobs: make(chan *job, maxJobs), out: make(chan *job, maxJobs),
		forgets: make(chan *forgetting), stopping: make(chan struct{}),
		observed: newPump[Observation](maxEvents), events: newPump[Event](maxEvents),
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.deps.Now == nil {
		s.deps.Now = time.Now
	}
	if s.deps.Random == nil {
		s.deps.Random = rand.Uint64
	}
	if s.deps.Open == nil {
		s.deps.Open = func(name string) (Conn, error) {
			set := s.settings()
			c, err := wire.Open(name, wire.Options{Port: set.Port, Unprivileged: set.Loopback})
			if err != nil {
				return nil, err
			}
			return c, nil
		}
	}
	if s.deps.Tick == nil {
		s.deps.Tick = func(d time.Duration) (<-chan time.Time, func()) {
			t := time.NewTicker(d)
			return t.C, t.Stop
		}
	}
	return s, nil
}

func (s *Server) settings() *settings {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.set
}

// Apply changes the configuration of a running server. Leases, offers and
// packets in the queue are kept; Mode, Loopback, ports, Workers and Queue need a
// new server. An invalid configuration changes nothing.
func (s *Server) Apply(c Config) error {
	s.applying.Lock()
	defer s.applying.Unlock()
	return s.apply(c)
}

// apply is Apply for who holds the lock.
func (s *Server) apply(c Config) error {
	if err := c.Validate(); err != nil {
		return fmt.Errorf("dhcp configuration: %w", err)
	}
	set, err := compile(c)
	if err != nil {
		return fmt.Errorf("dhcp configuration: %w", err)
	}
	s.mu.Lock()
	if set.Mode != s.set.Mode {
		s.mu.Unlock()
		return errors.New("dhcp configuration: changing the mode needs a new server")
	}
	s.set = set
	now := s.deps.Now()
	s.book = s.book.With(set.pools(), set.Limits, now)
	for _, conn := range s.conns {
		s.blockOwn(conn, now) // the pools may have them now
	}
	s.forceAll()
	s.mu.Unlock()
	select {
	case s.changed <- struct{}{}:
	default:
	}
	return nil
}

// load reads the leases into the book.
func (s *Server) load(ctx context.Context) error {
	leases, err := s.deps.Store.LoadLeases(ctx)
	if err != nil {
		return fmt.Errorf("load leases: %w", err)
	}
	s.mu.Lock()
	s.book = lease.New(s.set.pools(), s.set.Limits)
	out := s.book.Load(leases, s.deps.Now())
	s.mu.Unlock()
	for _, e := range out.Bad {
		s.log.Warn("stored lease set aside", "err", e)
	}
	s.count.badLeases.Store(uint64(len(out.Bad)))
	if old := append(out.Stale, s.forgotten()...); len(old) > 0 {
		if err := s.remove(ctx, old); err != nil {
			s.log.Warn("leases that mean nothing any more were not deleted; that is tried again at the next start", "leases", len(old), "err", err)
		}
	}
	s.log.Info("leases loaded", "kept", out.Kept, "orphans", out.Orphans, "set_aside", len(out.Bad))
	return nil
}

// orphanAge is how long records of subnets that are not configured any more
// are kept: an operator who took a subnet out by mistake finds its leases
// again.
const orphanAge = 30 * 24 * time.Hour

// forgotten drops the orphans that are too old from the book.
func (s *Server) forgotten() []netip.Addr {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.book.Orphans(s.deps.Now().Add(-orphanAge))
	s.book.Forget(old)
	return old
}

// Serve answers until ctx ends, and returns nil then. It returns an error at
// once if the leases cannot be read. It can be called once.
func (s *Server) Serve(ctx context.Context) error {
	if !s.serving.CompareAndSwap(false, true) {
		return errors.New("dhcp: Serve called twice")
	}
	set := s.settings()
	if set.Mode == ModeServer {
		if err := s.load(ctx); err != nil {
			return err
		}
	}
	// What is started last is stopped first; every stage empties its queue
	// after the stages before it have stopped.
	var receivers, senders, writers, workers, listeners sync.WaitGroup
	// Receivers get a context that outlives ctx only for their last values.
	after, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	receivers.Go(func() { s.observed.run(func(o Observation) { s.observe(after, o) }) })
	receivers.Go(func() { s.events.run(func(e Event) { s.journal(after, e) }) })
	senders.Go(s.sendAll)
	writers.Go(func() { s.writeAll(after) })
	for range set.Workers {
		workers.Go(s.work)
	}
	listeners.Go(func() { s.listenAll(ctx) })

	<-ctx.Done()
	close(s.stopping)
	listeners.Wait()
	close(s.queue)
	workers.Wait()
	s.probes.Wait()
	// A store that hangs must not hang the stop.
	timer := time.AfterFunc(stopLimit, stop)
	defer timer.Stop()
	close(s.jobs)
	writers.Wait()
	close(s.out)
	senders.Wait()
	close(s.observed.ch)
	close(s.events.ch)
	receivers.Wait()
	return nil
}

// stopLimit is what the store and the receivers get to finish with.
const stopLimit = 5 * time.Second

func (s *Server) observe(ctx context.Context, o Observation) {
	if s.deps.Observer != nil && ctx.Err() == nil {
		s.deps.Observer.Observe(ctx, o)
	}
}

func (s *Server) journal(ctx context.Context, e Event) {
	if s.deps.Journal != nil && ctx.Err() == nil {
		s.deps.Journal.DHCP(ctx, e)
	}
}
