package fileserver

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

func TestPlaces(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPlaces()
		ctx := context.Background()
		one := netip.MustParseAddr("192.0.2.10")
		var release []func()
		for range maxTransfersPerHost {
			r, err := p.take(ctx, one)
			if err != nil {
				t.Fatal(err)
			}
			release = append(release, r)
		}
		var waits sync.WaitGroup
		var mu sync.Mutex
		var errs []error
		for range maxWaitingPerHost {
			waits.Go(func() {
				_, err := p.take(ctx, one)
				mu.Lock()
				defer mu.Unlock()
				errs = append(errs, err)
			})
		}
		synctest.Wait()
		if _, err := p.take(ctx, one); !errors.Is(err, errBusyHost) {
			t.Errorf("one more: %v", err)
		}
		for i := range maxTransfers - maxTransfersPerHost {
			host := netip.AddrFrom4([4]byte{198, 51, 100, byte(i)})
			r, err := p.take(ctx, host)
			if err != nil {
				t.Fatal(err)
			}
			release = append(release, r)
		}
		if _, err := p.take(ctx, netip.MustParseAddr("203.0.113.1")); !errors.Is(err, errBusy) {
			t.Errorf("beyond the total: %v", err)
		}
		waits.Wait()
		if diff := cmp.Diff(maxWaitingPerHost, len(errs)); diff != "" {
			t.Error(diff)
		}
		for _, err := range errs {
			if !errors.Is(err, errBusy) {
				t.Errorf("a wait ended with %v", err)
			}
		}
		for _, r := range release {
			r()
		}
		if len(p.hosts) != 0 || p.users != 0 || len(p.free) != 0 {
			t.Errorf("left behind: %d hosts, %d users, %d transfers", len(p.hosts), p.users, len(p.free))
		}
	})
}

func TestLimitListener(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	limited := limitListener(l, 10, 2)
	defer limited.Close()
	accepted := make(chan net.Conn, 10)
	go func() {
		for {
			c, err := limited.Accept()
			if err != nil {
				return
			}
			accepted <- c
		}
	}()
	dial := func() net.Conn {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	a, b := dial(), dial()
	defer a.Close()
	defer b.Close()
	first, second := <-accepted, <-accepted
	defer second.Close()
	third := dial()
	defer third.Close()
	if _, err := third.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("the third connection of one client: %v", err)
	}
	_ = first.Close()
	_ = first.Close() // twice must not give two places back
	fourth, fifth := dial(), dial()
	defer fourth.Close()
	defer fifth.Close()
	_ = (<-accepted).Close
	if _, err := fifth.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("a place was given back twice: %v", err)
	}
}
