package session

import (
	"fmt"
	"net/netip"
	"sync"
	"time"
)

// Throttled tells somebody who guesses to wait, or anybody when too many wait for
// their turn. Nothing was hashed or counted.
type Throttled struct {
	// Wait is how long; more than zero.
	Wait time.Duration
}

// Error tells the wait in seconds.
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
	// Wrong claim codes of all hosts together: whoever has a network has many
	// addresses, and a code is shorter than a password.
	maxCodes   = 20
	codeWindow = time.Minute
)

// limiter slows down hosts that guess.
type limiter struct {
	mu    sync.Mutex
	hosts map[netip.Prefix]*guesses
	codes [maxCodes]time.Time // when the last wrong codes came, a ring
	next  int                 // of codes: the oldest
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

// wait is an error for a host that has to. A clock that was set back makes nobody
// wait for longer than usual.
func (l *limiter) wait(host string, now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if g := l.hosts[who(host)]; g != nil && now.Before(g.until) {
		return &Throttled{min(g.until.Sub(now), longWait)}
	}
	return nil
}

// waitCode is an error while there were too many wrong claim codes.
func (l *limiter) waitCode(now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	oldest := l.codes[l.next]
	if until := oldest.Add(codeWindow); !oldest.IsZero() && now.Before(until) {
		return &Throttled{min(until.Sub(now), codeWindow)}
	}
	return nil
}

func (l *limiter) failedCode(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.codes[l.next] = now
	l.next = (l.next + 1) % maxCodes
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
