package lease

import (
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Test R9: what the wall clock does between two starts of the box.
func TestLoadClock(t *testing.T) {
	t.Parallel()
	unset := time.Date(1970, 1, 1, 0, 5, 0, 0, time.UTC)
	for name, tc := range map[string]struct {
		granted, now time.Time
		left         time.Duration // of a record over two hours
	}{
		"same day":                   {day, day.Add(30 * time.Minute), 90 * time.Minute},
		"expired while off":          {day, day.Add(3 * time.Hour), -time.Hour},
		"written before NTP":         {unset, day, 2 * time.Hour},
		"clock not set yet":          {day, unset, 2 * time.Hour},
		"never set":                  {unset, unset.Add(time.Minute), 2 * time.Hour},
		"clock was ten years ahead":  {day.AddDate(10, 0, 0), day, 2 * time.Hour},
		"clock is a little behind":   {day, day.Add(-10 * time.Minute), 2 * time.Hour},
		"clock is half an hour late": {day, day.Add(2*time.Hour + 30*time.Minute), -30 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBook(t, 4, Limits{})
			l := b.lease(1, "10.0.0.10")
			l.Granted, l.Expires = tc.granted, tc.granted.Add(2*time.Hour)
			if out := b.Load([]Lease{l}, tc.now); out.Kept != 1 || len(out.Bad) > 0 {
				t.Fatalf("Load: %+v", out)
			}
			if got := b.byIP[l.IP].until.Sub(tc.now); got != tc.left {
				t.Errorf("protected for %s, want %s", got, tc.left)
			}
		})
	}
}

// Test R4: records that make no sense do not stop the start.
func TestLoadQuarantines(t *testing.T) {
	t.Parallel()
	b := newBook(t, 10, Limits{})
	bad := b.lease(1, "10.0.0.11")
	bad.State = "x"
	noIP := b.lease(2, "10.0.0.11")
	noIP.IP = netip.Addr{}
	older, newer := b.lease(3, "10.0.0.12"), b.lease(3, "10.0.0.13")
	older.Granted = day.Add(-time.Hour)
	twiceA, twiceB := b.lease(4, "10.0.0.14"), b.lease(5, "10.0.0.14")
	twiceB.Granted = day.Add(time.Second)
	orphan := b.lease(6, "192.168.9.9")
	out := b.Load([]Lease{bad, newer, noIP, twiceB, older, orphan, twiceA}, day)
	if out.Kept != 3 || out.Orphans != 1 || len(out.Bad) != 3 {
		t.Errorf("Load: kept %d, orphans %d, bad %v", out.Kept, out.Orphans, out.Bad)
	}
	if d := cmp.Diff([]netip.Addr{ip("10.0.0.12")}, out.Stale, byValue); d != "" {
		t.Errorf("stale (-want +got):\n%s", d)
	}
	b.expect("client with two records", b.offer(3, ""), "10.0.0.13 same")
	b.expect("address with two records", b.standing(5, "10.0.0.14").String(), "own")
	b.expect("the loser", b.standing(4, "10.0.0.14").String(), "taken")
	b.expect("newcomer", b.offer(9, ""), "10.0.0.10 fresh")
	if got := b.Orphans(day.AddDate(0, 1, 0)); len(got) != 1 {
		t.Errorf("orphans: %v", got)
	}
	b.Forget(b.Orphans(day.AddDate(0, 1, 0)))
	if got := len(b.Snapshot(day)); got != 2 {
		t.Errorf("%d records after forgetting orphans, want 2", got)
	}
}

func TestWithKeepsEverything(t *testing.T) {
	t.Parallel()
	b := newBook(t, 10, Limits{})
	b.bind(1, "10.0.0.10")
	b.offer(2, "10.0.0.12")
	b.Prepare(Lease{IP: ip("10.0.0.13")}, client(3))
	b.declined(4, "10.0.0.14")
	b.Block(ip("10.0.0.15"), b.now.Add(time.Hour))
	before := b.Snapshot(b.now)
	wider := Pool{Prefix: net, Ranges: []Range{{ip("10.0.0.8"), ip("10.0.0.40")}}}
	b.Allocator = b.With([]Pool{wider}, Limits{}, b.now)
	if d := cmp.Diff(before, b.Snapshot(b.now), byValue); d != "" {
		t.Errorf("records changed (-before +after):\n%s", d)
	}
	for n, want := range map[string]Standing{
		"10.0.0.10": Taken, "10.0.0.12": Taken, "10.0.0.13": Taken, "10.0.0.14": Taken, "10.0.0.15": Taken, "10.0.0.16": Free,
	} {
		if got := b.standing(9, n); got != want {
			t.Errorf("%s is %s, want %s", n, got, want)
		}
	}
	b.expect("new range", b.offer(9, ""), "10.0.0.8 fresh")
	b.Commit(b.lease(3, "10.0.0.13"), b.now.Add(time.Hour))
	b.expect("bind finished after the change", b.standing(3, "10.0.0.13").String(), "own")
	// A pool that shrinks away from a lease keeps the record, but not for use.
	b.Allocator = b.With([]Pool{{Prefix: net, Ranges: []Range{{ip("10.0.0.30"), ip("10.0.0.40")}}}}, Limits{}, b.now)
	b.expect("lease outside the new range", b.standing(1, "10.0.0.10").String(), "foreign")
	b.expect("its client", b.offer(1, ""), "10.0.0.30 fresh")
}
