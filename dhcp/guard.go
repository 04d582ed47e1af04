package dhcp

import "time"

// guard keeps misbehaving clients from taking more than their share. It is
// used under the server's lock; its tables are bounded.
type guard struct {
	second  time.Time
	packets map[string]int

	declines map[string]*declines
}

// declines counts one client's DECLINEs.
type declines struct {
	since   time.Time
	count   int
	ignored time.Time // until when
}

const (
	// maxPackets bounds the clients counted in one second. Beyond it packets
	// pass: the queue is the limit then.
	maxPackets = 16384
	// maxDeclines bounds the clients whose DECLINEs are remembered.
	maxDeclines = 1024
)

func newGuard() *guard {
	return &guard{packets: map[string]int{}, declines: map[string]*declines{}}
}

// pass counts a packet of a client and reports whether it is within the rate.
func (g *guard) pass(client string, limit int, now time.Time) bool {
	if d := now.Sub(g.second); d >= time.Second || d < 0 {
		g.second = now
		clear(g.packets)
	}
	n, ok := g.packets[client]
	if !ok && len(g.packets) >= maxPackets {
		return true
	}
	g.packets[client] = n + 1
	return n < limit
}

// declined counts a DECLINE; it reports true when the client has just sent
// more of them in a minute than it may.
func (g *guard) declined(client string, limit int, hold time.Duration, now time.Time) bool {
	d := g.declines[client]
	if d == nil {
		if len(g.declines) >= maxDeclines {
			g.sweep(now)
		}
		if len(g.declines) >= maxDeclines {
			return false
		}
		d = &declines{since: now}
		g.declines[client] = d
	}
	if now.Sub(d.since) > time.Minute {
		d.since, d.count = now, 0
	}
	if d.count++; d.count < limit {
		return false
	}
	d.ignored = now.Add(hold)
	d.count = 0
	return true
}

// ignored reports whether the client's DECLINEs have shut it out.
func (g *guard) ignored(client string, now time.Time) bool {
	d := g.declines[client]
	return d != nil && d.ignored.After(now)
}

func (g *guard) sweep(now time.Time) {
	for k, d := range g.declines {
		if now.Sub(d.since) > time.Minute && !d.ignored.After(now) {
			delete(g.declines, k)
		}
	}
}
