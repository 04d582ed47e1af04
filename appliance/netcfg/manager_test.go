package netcfg

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// fakeKernel behaves as Linux does where Plan has to know about it.
type fakeKernel struct {
	mu     sync.Mutex
	state  State
	events chan struct{}
	fail   error // what Do returns
	done   int
}

func (k *fakeKernel) clone() State {
	s := State{Routes: slices.Clone(k.state.Routes)}
	for _, l := range k.state.Links {
		l.Addresses = slices.Clone(l.Addresses)
		s.Links = append(s.Links, l)
	}
	return s
}

func (k *fakeKernel) State() (State, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.clone(), nil
}

func (k *fakeKernel) Do(c Change) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fail != nil {
		return k.fail
	}
	k.done++
	l := k.state.link(c.Link)
	if l == nil {
		return fmt.Errorf("no link %s", c.Link)
	}
	switch c.Op {
	case LinkUp:
		l.Up = true
	case AddAddress:
		if !slices.Contains(l.Addresses, c.Address) {
			l.Addresses = append(l.Addresses, c.Address)
		}
	case RemoveAddress:
		k.removeAddress(l, c.Address)
	case SetRoute:
		reachable := slices.ContainsFunc(l.Addresses, func(p netip.Prefix) bool { return p.Contains(c.Gateway) })
		if !reachable || !l.Up {
			return errors.New("network is unreachable")
		}
		k.state.Routes = []Route{{Link: c.Link, Gateway: c.Gateway}}
	case RemoveRoute:
		k.state.Routes = slices.DeleteFunc(k.state.Routes, func(r Route) bool {
			return r == Route{Link: c.Link, Gateway: c.Gateway}
		})
	}
	return nil
}

// removeAddress takes the secondary addresses of a primary one along, and the
// routes through gateways that no address reaches any more.
func (k *fakeKernel) removeAddress(l *Link, a netip.Prefix) {
	i := slices.Index(l.Addresses, a)
	if i < 0 {
		return
	}
	same := func(p netip.Prefix) bool { return p.Masked() == a.Masked() }
	primary := !slices.ContainsFunc(l.Addresses[:i], same)
	l.Addresses = slices.Delete(l.Addresses, i, i+1)
	if primary {
		l.Addresses = slices.DeleteFunc(l.Addresses, same)
	}
	k.state.Routes = slices.DeleteFunc(k.state.Routes, func(r Route) bool {
		return r.Link == l.Name && !slices.ContainsFunc(l.Addresses, func(p netip.Prefix) bool { return p.Contains(r.Gateway) })
	})
}

func (k *fakeKernel) Watch(ctx context.Context) (<-chan struct{}, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	events := make(chan struct{})
	k.events = make(chan struct{}, 1)
	go func(in <-chan struct{}) {
		defer close(events)
		for {
			select {
			case <-ctx.Done():
				return
			case _, ok := <-in:
				if !ok {
					return
				}
				events <- struct{}{}
			}
		}
	}(k.events)
	return events, nil
}

// plug adds an interface as hot-plugging one does.
func (k *fakeKernel) plug(l Link) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.state.Links = append(k.state.Links, l)
	k.events <- struct{}{}
}

func (k *fakeKernel) addresses(link string) []netip.Prefix {
	k.mu.Lock()
	defer k.mu.Unlock()
	if l := k.state.link(link); l != nil {
		return slices.Clone(l.Addresses)
	}
	return nil
}

var twoLinks = Config{Interfaces: []Interface{
	{Name: "eth0", Address: "192.168.77.1/24", DNS: []string{"192.168.77.254"}},
	{Name: "usb0", Address: "10.0.0.1/24"},
}}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestAwait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := &fakeKernel{state: State{Links: []Link{{Name: "lo"}, {Name: "eth0"}}}}
		m := New(twoLinks, k, "", quiet())
		done := make(chan error)
		go func() { done <- m.Await(t.Context()) }()
		synctest.Wait()
		if got, want := k.addresses("eth0"), pfx("192.168.77.1/24"); !slices.Equal(got, want) {
			t.Errorf("while usb0 is missing, eth0 has %v, want %v", got, want)
		}
		select {
		case err := <-done:
			t.Fatalf("Await returned %v while usb0 is missing", err)
		default:
		}
		k.plug(Link{Name: "usb0"})
		if err := <-done; err != nil {
			t.Errorf("Await: %v", err)
		}
		if got, want := k.addresses("usb0"), pfx("10.0.0.1/24"); !slices.Equal(got, want) {
			t.Errorf("usb0 has %v, want %v", got, want)
		}
	})
}

func TestAwaitGivesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		k := &fakeKernel{state: State{Links: []Link{{Name: "eth0"}}}}
		done := make(chan error)
		go func() { done <- New(twoLinks, k, "", quiet()).Await(ctx) }()
		synctest.Wait()
		cancel()
		if err := <-done; !errors.Is(err, ErrMissing) {
			t.Errorf("Await = %v, want %v", err, ErrMissing)
		}
	})
}

func TestAwaitReportsRefusal(t *testing.T) {
	t.Parallel()
	errDenied := errors.New("operation not permitted")
	k := &fakeKernel{state: State{Links: []Link{{Name: "eth0"}, {Name: "usb0"}}}, fail: errDenied}
	if err := New(twoLinks, k, "", quiet()).Await(t.Context()); !errors.Is(err, errDenied) {
		t.Errorf("Await = %v, want %v", err, errDenied)
	}
}

func TestNothingToDo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := &fakeKernel{state: State{Links: []Link{{Name: "lo"}, {Name: "eth0"}}}}
		m := New(Config{}, k, filepath.Join(t.TempDir(), "resolv.conf"), quiet())
		if err := m.Await(t.Context()); err != nil {
			t.Error(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- m.Serve(ctx) }()
		synctest.Wait()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if k.done != 0 || k.events != nil {
			t.Errorf("without settings: %d changes made, watched: %v", k.done, k.events != nil)
		}
	})
}

func TestServe(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		k := &fakeKernel{state: State{Links: []Link{{Name: "eth0"}}}}
		done := make(chan error)
		go func() { done <- New(twoLinks, k, "", quiet()).Serve(ctx) }()
		synctest.Wait()
		// The kernel cuts a slow reader off; Serve subscribes again.
		close(k.events)
		synctest.Wait()
		k.mu.Lock()
		k.state.Links = []Link{{Name: "usb0"}}
		k.mu.Unlock()
		time.Sleep(time.Minute) // of the bubble's time
		if got, want := k.addresses("usb0"), pfx("10.0.0.1/24"); !slices.Equal(got, want) {
			t.Errorf("usb0 has %v after the notifications broke off, want %v", got, want)
		}
		k.plug(Link{Name: "eth0"})
		synctest.Wait()
		if got, want := k.addresses("eth0"), pfx("192.168.77.1/24"); !slices.Equal(got, want) {
			t.Errorf("eth0 has %v after coming back, want %v", got, want)
		}
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
}

func TestWriteResolvConf(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "resolv.conf")
	// As gokrazy's init leaves it.
	if err := os.Symlink("/proc/net/pnp", file); err != nil {
		t.Fatal(err)
	}
	m := New(twoLinks, &fakeKernel{}, file, quiet())
	for range 2 {
		if err := m.writeResolvConf(); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(ResolvConf(twoLinks)), string(got)); diff != "" {
		t.Errorf("file (-want +got):\n%s", diff)
	}
	st, err := os.Lstat(file)
	if err != nil || st.Mode() != 0o644 {
		t.Errorf("file has mode %v, %v; want a regular file that everybody may read", st.Mode(), err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	m = New(twoLinks, &fakeKernel{}, filepath.Join(dir, "missing", "resolv.conf"), quiet())
	if err := m.writeResolvConf(); err == nil {
		t.Error("writing into a missing directory succeeded")
	}
}
