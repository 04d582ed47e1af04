package uplink

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Listener accepts TCP connections on the addresses of one network interface and
// through that interface alone: a connection that comes in elsewhere is refused,
// even to the same address. It waits for the interface, and follows it when it
// goes, comes back, or changes its addresses. It is a net.Listener, safe for
// concurrent use.
type Listener struct {
	iface string
	log   *slog.Logger
	watch interfaces

	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once

	mu      sync.Mutex
	port    int
	sockets map[socketKey]net.Listener
	problem string // what was logged last
}

// interfaces knows the machine's interfaces. linux is the real one.
type interfaces interface {
	// Addresses returns the number of an interface, which a new one of the same
	// name does not have, and its addresses; none when it is not there or down.
	Addresses(name string) (index int, addrs []netip.Addr, err error)
	Watch(ctx context.Context) (<-chan struct{}, error)
}

// socketKey is what a socket is bound to.
type socketKey struct {
	index int
	addr  netip.Addr
}

// maxSockets bounds the addresses of an interface that are listened on.
const maxSockets = 16

// relisten is how often an address that could not be had is tried again.
const relisten = 5 * time.Second

// Listen returns a listener on an interface that need not be there yet. A port of
// 0 is picked when the first address is there, and kept. Nothing is accepted
// before Serve runs.
func Listen(iface string, port int, log *slog.Logger) *Listener {
	return &Listener{
		iface: iface, port: port, log: log, watch: linux{log: log}, conns: make(chan net.Conn),
		closed: make(chan struct{}), sockets: make(map[socketKey]net.Listener),
	}
}

// Serve follows the interface until ctx or Close ends it, and closes the
// listener. Its error is always nil: what goes wrong is logged and tried again.
func (l *Listener) Serve(ctx context.Context) error {
	defer l.Close()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var workers sync.WaitGroup
	defer workers.Wait()
	defer l.Close() // ends the workers
	for ctx.Err() == nil {
		events, err := l.watch.Watch(ctx)
		if err != nil {
			events = nil // the timer goes on
		}
		l.tell(errors.Join(err, l.follow(&workers)))
		for ok := true; ok; {
			timer := time.NewTimer(relisten)
			select {
			case <-ctx.Done():
			case <-l.closed:
				stop()
			case <-timer.C:
			case _, ok = <-events:
			}
			timer.Stop()
			if ctx.Err() != nil {
				return nil
			}
			l.tell(l.follow(&workers))
		}
		pause(ctx, relisten) // the kernel stops notifying a reader that is too slow
	}
	return nil
}

// tell logs a problem that is news.
func (l *Listener) tell(err error) {
	text := ""
	if err != nil {
		text = err.Error()
	}
	l.mu.Lock()
	news := text != l.problem
	l.problem = text
	l.mu.Unlock()
	if news && err != nil {
		l.log.Warn("not listening as in the settings", "interface", l.iface, "err", err)
	}
}

// follow opens and closes sockets so that they are the interface's addresses.
func (l *Listener) follow(workers *sync.WaitGroup) error {
	index, addrs, err := l.watch.Addresses(l.iface)
	if err != nil {
		return fmt.Errorf("read the addresses of %s: %w", l.iface, err)
	}
	want := make(map[socketKey]bool)
	for _, a := range addrs[:min(len(addrs), maxSockets)] {
		want[socketKey{index, a}] = true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for k, s := range l.sockets {
		if !want[k] {
			delete(l.sockets, k)
			_ = s.Close() // its address is gone, nothing can be lost
			l.log.Info("stopped listening", "interface", l.iface, "addr", s.Addr())
		}
	}
	var errs []error
	for k := range want {
		if l.sockets[k] != nil || l.isClosed() {
			continue
		}
		s, err := l.bind(k.addr)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		l.sockets[k] = s
		l.log.Info("listening", "interface", l.iface, "addr", s.Addr())
		workers.Go(func() { l.pass(s) })
	}
	return errors.Join(errs...)
}

// bind opens a socket that hears its interface alone. An address by itself is not
// enough: Linux answers for it on every interface.
func (l *Listener) bind(a netip.Addr) (net.Listener, error) {
	cfg := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		var err error
		cerr := c.Control(func(fd uintptr) { err = unix.BindToDevice(int(fd), l.iface) })
		return errors.Join(cerr, err)
	}}
	s, err := cfg.Listen(context.Background(), "tcp", netip.AddrPortFrom(a, uint16(l.port)).String())
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", l.iface, err)
	}
	if t, ok := s.Addr().(*net.TCPAddr); ok {
		l.port = t.Port
	}
	return s, nil
}

// acceptPause lets a shortage of files pass.
const acceptPause = 100 * time.Millisecond

// pass hands on the connections of one socket until it is closed.
func (l *Listener) pass(s net.Listener) {
	for {
		c, err := s.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			select {
			case <-l.closed:
				return
			case <-time.After(acceptPause):
			}
			continue
		}
		select {
		case l.conns <- c:
		case <-l.closed:
			_ = c.Close() // nobody is there to serve it
		}
	}
}

// Accept waits for a connection.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close stops listening. Closing again does nothing.
func (l *Listener) Close() error {
	var errs []error
	l.once.Do(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		close(l.closed)
		for _, s := range l.sockets {
			errs = append(errs, s.Close())
		}
	})
	return errors.Join(errs...)
}

func (l *Listener) isClosed() bool {
	select {
	case <-l.closed:
		return true
	default:
		return false
	}
}

// Addr returns where the listener listens at present: address:port, or
// interface:port while there is no address.
func (l *Listener) Addr() net.Addr {
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []string
	for k := range l.sockets {
		list = append(list, netip.AddrPortFrom(k.addr, uint16(l.port)).String())
	}
	if len(list) == 0 {
		return interfaceAddr(net.JoinHostPort(l.iface, strconv.Itoa(l.port)))
	}
	return interfaceAddr(strings.Join(list, ","))
}

// interfaceAddr is a net.Addr in words.
type interfaceAddr string

// Network is TCP's.
func (interfaceAddr) Network() string { return "tcp" }

func (a interfaceAddr) String() string { return string(a) }
