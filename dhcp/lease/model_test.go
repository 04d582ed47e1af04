package lease

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"
)

// Whatever happens to a book, a newcomer gets an address exactly if there is one
// for it, no address is promised twice, and the counts are right.
func TestBookUnderRandomUse(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 7))
		if err := randomUse(r, 400); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
	}
}

// randomPools are two subnets with small pools and a few reservations in and out
// of them, different each time.
func randomPools(r *rand.Rand) []Pool {
	var out []Pool
	for i := range 1 + r.IntN(2) {
		at := func(n int) netip.Addr { return netip.AddrFrom4([4]byte{10, byte(i), 0, byte(n)}) }
		first := 10 + r.IntN(3)
		p := Pool{Prefix: netip.PrefixFrom(at(0), 24), Ranges: []Range{{at(first), at(first + r.IntN(4))}, {at(20), at(20 + r.IntN(3))}}}
		taken := map[int]bool{}
		for n := range r.IntN(4) {
			if h := 8 + r.IntN(16); !taken[h] {
				taken[h] = true
				p.Reservations = append(p.Reservations, Reservation{MAC: FormatMAC(randomMAC(n)), IP: at(h)})
			}
		}
		p.Exclude = []netip.Addr{at(11)}
		out = append(out, p)
	}
	return out
}

func randomMAC(n int) []byte { return []byte{2, 0, 0, 0, 0, byte(n)} }

type underway struct {
	l     Lease
	until time.Time
}

func randomUse(r *rand.Rand, steps int) error {
	now := time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
	pools := randomPools(r)
	limits := Limits{Offers: 3, PerMAC: 2}
	book := New(pools, limits)
	var waiting []underway
	for step := range steps {
		p := pools[r.IntN(len(pools))]
		n := r.IntN(12)
		l := Lease{MAC: FormatMAC(randomMAC(n)), HType: 1, State: Bound, Granted: now, Expires: now.Add(2 * time.Hour), Seconds: 3600, Known: r.IntN(8) == 0}
		if r.IntN(3) == 0 {
			l.ClientID = []byte{0, byte(r.IntN(4))}
		}
		ask := Ask{Client: l.Client(), MAC: l.MAC}
		ask.Fixed, ask.HasFixed = book.Reserved(p.Prefix, randomMAC(n), l.ClientID)
		book.Tick(now)
		c := book.Pick(p.Prefix, ask, now)
		if err := checkPick(book, p, ask, c, now); err != nil {
			return fmt.Errorf("step %d: %w", step, err)
		}
		l.IP = c.IP
		switch what := r.IntN(12); {
		case what < 2:
			now = now.Add(time.Duration(r.IntN(5400)) * time.Second)
		case what == 2:
			now = now.Add(8 * 24 * time.Hour)
		case what == 3 && len(waiting) == 0:
			if r.IntN(2) == 0 {
				pools = randomPools(r)
			}
			book = book.With(pools, limits, now)
		case what == 4:
			book.Forget([]netip.Addr{p.Ranges[0].Start})
		case what == 5:
			book.Block(p.Ranges[1].Start, now.Add(time.Minute))
		case !c.IP.IsValid():
		case what < 8:
			book.Offer(c.IP, ask.Client, now)
		case what == 8 && book.byIP[c.IP] != nil && book.byIP[c.IP].has:
			l.State = []State{Released, Declined}[r.IntN(2)]
			l.Expires = now.Add(10 * time.Minute)
			book.Put(l, map[State]time.Time{Released: now, Declined: l.Expires}[l.State])
		default:
			book.Prepare(l, ask.Client)
			waiting = append(waiting, underway{l, now.Add(time.Hour)})
		}
		for len(waiting) > 0 && r.IntN(3) > 0 {
			w := waiting[0]
			waiting = waiting[1:]
			if r.IntN(5) == 0 {
				book.Abort(w.l.IP)
			} else {
				book.Commit(w.l, w.until)
			}
		}
		if err := checkBook(book, now); err != nil {
			return fmt.Errorf("step %d: %w", step, err)
		}
	}
	return nil
}

// checkPick holds a choice against every address that there is.
func checkPick(book *Allocator, p Pool, ask Ask, c Choice, now time.Time) error {
	var free []netip.Addr
	for _, rg := range p.Ranges {
		for a := rg.Start; a.Compare(rg.End) <= 0; a = a.Next() {
			if book.Standing(p.Prefix, a, ask.Client, ask.Fixed, ask.HasFixed, now) == Free {
				free = append(free, a)
			}
		}
	}
	switch {
	case c.IP.IsValid():
		st := book.Standing(p.Prefix, c.IP, ask.Client, ask.Fixed, ask.HasFixed, now)
		// The oldest offer to a stranger may be taken back.
		if !st.Usable() && (len(free) > 0 || book.byIP[c.IP].offer == "") {
			return fmt.Errorf("picked %s (%s), which is %s", c.IP, c.Why, st)
		}
	case c.Why == "exhausted" && len(free) > 0:
		return fmt.Errorf("exhausted, but free are %s", free)
	case c.Why == "limited" && !book.Limited(p.Prefix, ask.MAC, ask.Relay, now):
		return errors.New("limited without having reached a limit")
	}
	return nil
}

func checkBook(book *Allocator, now time.Time) error {
	for _, p := range book.pools {
		if p.size < 0 {
			return fmt.Errorf("a pool of %d", p.size)
		}
		for _, e := range p.used.e {
			if !p.dynamic(e.ip) {
				return fmt.Errorf("%s waits for a newcomer, who cannot have it", e.ip)
			}
		}
	}
	for _, u := range book.Usage(now) {
		if u.Taken > u.Size || u.Taken < 0 {
			return fmt.Errorf("usage: %+v", u)
		}
	}
	have := map[share]int{}
	for _, e := range book.byIP {
		if e.pool != nil && e.has && e.lease.State == Bound {
			have[share{pool: e.pool, who: e.lease.MAC}]++
		}
		if e.pool != nil && e.has && e.lease.State != Declined && e.pool.owners[e.owner] != e {
			return fmt.Errorf("%s has a record of a client that has another", e.ip)
		}
	}
	for k, h := range book.shares {
		if len(h.bound) != have[k] || h.pending < 0 || len(h.bound)+h.pending == 0 {
			return fmt.Errorf("%s: %d bound and %d on the way, want %d", k.who, len(h.bound), h.pending, have[k])
		}
	}
	if len(have) > len(book.shares) {
		return errors.New("a bound record counts for nobody")
	}
	return nil
}
