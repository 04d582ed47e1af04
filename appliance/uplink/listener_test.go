package uplink

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"testing"
)

// card is an interface whose addresses a test changes.
type card struct {
	mu     sync.Mutex
	index  int
	addrs  []netip.Addr
	err    error
	events chan struct{}
	looked chan struct{} // gets a value each time the addresses were asked for
}

func (c *card) Addresses(string) (int, []netip.Addr, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer func() {
		select {
		case c.looked <- struct{}{}:
		default:
		}
	}()
	return c.index, c.addrs, c.err
}

func (c *card) Watch(context.Context) (<-chan struct{}, error) { return c.events, nil }

// set gives the interface these addresses and returns when the listener has seen
// them: it looks again only after it has followed what it saw.
func (c *card) set(index int, err error, addrs ...string) {
	c.mu.Lock()
	c.index, c.err, c.addrs = index, err, nil
	for _, a := range addrs {
		c.addrs = append(c.addrs, netip.MustParseAddr(a))
	}
	c.mu.Unlock()
	c.events <- struct{}{}
	c.events <- struct{}{} // taken when the first has been dealt with
}

func TestListenerFollowsTheInterface(t *testing.T) {
	t.Parallel()
	c := &card{events: make(chan struct{}), looked: make(chan struct{}, 1)}
	l := Listen("lo", 0, slog.New(slog.DiscardHandler))
	l.watch = c
	if got := l.Addr().String(); got != "lo:0" {
		t.Errorf("before Serve: %s", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- l.Serve(ctx) }()
	served := make(chan error)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				served <- err
				return
			}
			_, _ = io.WriteString(conn, conn.LocalAddr().String()) // the client reads it, or fails the test
			_ = conn.Close()
		}
	}()
	port := ""
	check := func(when string, addr string, want bool) {
		t.Helper()
		conn, err := net.Dial("tcp", net.JoinHostPort(addr, port))
		if !want {
			if err == nil {
				_ = conn.Close()
				t.Errorf("%s: %s is listened on", when, addr)
			}
			return
		}
		if err != nil {
			t.Errorf("%s: %v", when, err)
			return
		}
		defer conn.Close()
		if got, err := io.ReadAll(conn); err != nil || string(got) != net.JoinHostPort(addr, port) {
			t.Errorf("%s: answered %q, %v", when, got, err)
		}
	}

	c.set(1, nil, "127.0.0.1")
	_, port, _ = net.SplitHostPort(l.Addr().String())
	if n, err := strconv.Atoi(port); err != nil || n == 0 {
		t.Fatalf("listens at %s", l.Addr())
	}
	check("first address", "127.0.0.1", true)
	check("first address", "127.0.0.2", false)
	c.set(1, nil, "127.0.0.2", "127.0.0.3")
	check("other addresses", "127.0.0.1", false)
	check("other addresses", "127.0.0.2", true)
	check("other addresses", "127.0.0.3", true)
	c.set(0, nil)
	check("interface gone", "127.0.0.2", false)
	if got := l.Addr().String(); got != "lo:"+port {
		t.Errorf("interface gone: listens at %s", got)
	}
	c.set(2, nil, "127.0.0.2")
	check("another interface of the name", "127.0.0.2", true)
	c.set(2, errors.New("no buffer"), "127.0.0.2")
	check("addresses could not be read", "127.0.0.2", true)

	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := <-served; !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept ended with %v", err)
	}
	check("closed", "127.0.0.2", false)
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

// A listener that is closed before it was served must not be stuck.
func TestListenerClosedAtOnce(t *testing.T) {
	t.Parallel()
	l := Listen("lo", 0, slog.New(slog.DiscardHandler))
	l.watch = &card{}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("got %v", err)
	}
	if err := l.Serve(t.Context()); err != nil {
		t.Error(err)
	}
}
