package session

import (
	"fmt"
	"net/netip"
	"sync"
	"time"
)

// Throttled tells somebody who guesses to wait.
type Throttled struct {
	Wait time.Duration
}

func (t *Throttled) Error() string {
	return fmt.Sprintf("too many tries: wait %v", t.Wait.Round(time.Second))
}

// Bounds of guessing. A claim code has 40 bits and a password at least twelve
// characters: one guess a minute does not get far.
const (
	freeTries = 5
	firstWait = time.Second
	longWait  = time.Minute
	maxHosts  = 1024
)

// limiter slows down hosts that guess.
type limiter struct {
	mu    sync.Mutex
	hosts map[netip.Prefix]*guesses
}

type guesses struct {
	failed int
	last   time.Time
	until  time.Time
}

// who is what counts as one host: of IPv6 the network, in which anybody has many
// addresses. What is no address is one host for all.
func who(host string) netip.Prefix {
	a, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Prefix{}
	}
	bits := 32
	if a = a.Unmap().WithZone(""); a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits) // the bits fit the address
	return p
}

// wait is an error for a host that has to.
func (l *limiter) wait(host string, now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if g := l.hosts[who(host)]; g != nil && now.Before(g.until) {
		return &Throttled{g.until.Sub(now)}
	}
	return nil
}

func (l *limiter) failed(host string, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.hosts == nil {
		l.hosts = make(map[netip.Prefix]*guesses)
	}
	g := l.hosts[who(host)]
	if g == nil {
		l.makeRoom()
		g = &guesses{}
		l.hosts[who(host)] = g
	}
	g.failed++
	g.last = now
	if over := g.failed - freeTries; over >= 0 {
		wait := longWait
		if over < 6 {
			wait = firstWait << over
		}
		g.until = now.Add(wait)
	}
}

// makeRoom forgets the host that failed longest ago.
func (l *limiter) makeRoom() {
	if len(l.hosts) < maxHosts {
		return
	}
	var oldest netip.Prefix
	first := true
	for p, g := range l.hosts {
		if first || g.last.Before(l.hosts[oldest].last) {
			oldest, first = p, false
		}
	}
	delete(l.hosts, oldest)
}

func (l *limiter) clear(host string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.hosts, who(host))
}
