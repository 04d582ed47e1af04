package dhcp

import (
	"fmt"
	"testing"
	"time"

	"provbox/dhcp/lease"
	"provbox/dhcp/wire"
)

func TestGuardIsBounded(t *testing.T) {
	t.Parallel()
	g := newGuard()
	for i := range 3 * maxPackets {
		if !g.pass(fmt.Sprint(i), 1, day) {
			t.Fatalf("client %d was refused its first packet", i)
		}
	}
	if len(g.packets) > maxPackets {
		t.Errorf("%d clients counted", len(g.packets))
	}
	if g.pass("0", 1, day) || !g.pass("0", 1, day.Add(time.Second)) || !g.pass("0", 1, day.Add(-time.Hour)) {
		t.Error("the count does not begin anew with the second, or when the clock goes back")
	}
	for i := range 3 * maxDeclines {
		g.declined(fmt.Sprint(i), 2, time.Minute, day)
	}
	if len(g.declines) != maxDeclines {
		t.Errorf("%d clients remembered", len(g.declines))
	}
	if g.declined("new", 1, time.Minute, day) {
		t.Error("a client past the bound was shut out")
	}
	later := day.Add(2 * time.Minute)
	if !g.declined("new", 1, time.Minute, later) || !g.ignored("new", later) || len(g.declines) != 1 {
		t.Errorf("after the others were forgotten: %d remembered", len(g.declines))
	}
	if g.ignored("new", later.Add(time.Minute)) {
		t.Error("shut out for ever")
	}
}

// Without workers the queue fills up: the newest packets are kept.
func TestQueueDropsTheOldest(t *testing.T) {
	t.Parallel()
	c := testConfig()
	c.Queue = 2
	s, err := New(c, Deps{Store: &memStore{}})
	if err != nil {
		t.Fatal(err)
	}
	f := wire.NewFake(lan...)
	done := make(chan error)
	go func() { done <- s.read(f, "eth0") }()
	for i := range 5 {
		f.Deliver([]byte{byte(i)}, wire.Meta{})
	}
	_ = f.Close()
	<-done
	if got := s.Stats(); got.QueueDropped != 3 || got.Received != 5 {
		t.Errorf("stats: %+v", got)
	}
	if a, b := <-s.queue, <-s.queue; a.buf[0] != 3 || b.buf[0] != 4 {
		t.Errorf("kept packets %d and %d, want 3 and 4", a.buf[0], b.buf[0])
	}
}

// A store that is hopelessly behind costs answers, not memory.
func TestJobsAreBounded(t *testing.T) {
	t.Parallel()
	s, err := New(testConfig(), Deps{Store: &memStore{}})
	if err != nil {
		t.Fatal(err)
	}
	for range maxJobs {
		s.submit(&job{effect: free})
	}
	client := lease.ClientOf(1, phoneMAC, nil)
	s.book.Prepare(lease.Lease{IP: ip("10.0.0.50")}, client)
	s.submit(&job{effect: bind, lease: lease.Lease{IP: ip("10.0.0.50")}})
	if got := s.Stats().StoreBusy; got != 1 {
		t.Errorf("%d answers given up, want 1", got)
	}
	if st := s.book.Standing(prefix("10.0.0.0/24"), ip("10.0.0.50"), "other", lease.Reservation{}, false, day); st != lease.Free {
		t.Errorf("the address is %s, want free", st)
	}
}
