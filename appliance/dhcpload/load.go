// Package dhcpload plays many phones at once against a DHCP server on a private
// LAN, and measures how they fare. It is for benchmarks and abuse tests.
package dhcpload

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Plan is what to play.
type Plan struct {
	// Interface is where the phones are.
	Interface string
	// Phones boot once each: DISCOVER, REQUEST, until the ACK.
	Phones int
	// Window is how many of them boot at one time; all if 0.
	Window int
	// Rate has so many of them begin to boot each second, however the others fare;
	// Window does not count then.
	Rate int
	// First numbers the first phone; its hardware address follows from that.
	First uint32
	// Retry is how long a phone waits before it repeats itself; 4 s if 0 (RFC
	// 2131 4.1), without the growing and the jitter.
	Retry time.Duration
	// Renew is how long the phones ask for their leases again and again, once
	// all have one; each asks at least once.
	Renew time.Duration
	// Tries are how often a phone asks before its renewal is lost, a second
	// apart; 3 if 0.
	Tries int
	// GiveUp has a phone that is not answered leave its place to the next one.
	GiveUp bool
	// Relay, if valid, puts the phones behind a relay agent at this address of
	// the interface, which asks Server and nobody else: packets are unicast both
	// ways (RFC 2131 4.1). Renew is not played then.
	Relay, Server netip.Addr
	// Limit ends the play whatever happens; 2 minutes if 0.
	Limit time.Duration
}

// Result is how the phones fared.
type Result struct {
	Phones, Leased int
	// Retries are packets that were sent again; Naks are refusals.
	Retries, Naks int
	// Renewals were asked for, of which Lost were refused, or not answered as often
	// as the phone tried.
	Renewals, Lost int
	// Took is the time from the first DISCOVER to the last ACK, Begun that to the
	// last phone's first one.
	Took, Begun time.Duration
	// CPU is the processor time of the phones.
	CPU time.Duration
	// Offer and Ack are the times to the answers of packets that were not
	// repeated: the medians and the 99th percentiles.
	OfferP50, OfferP99, AckP50, AckP99 time.Duration
	RenewP50, RenewP99                 time.Duration
}

// Rate is boots per second.
func (r Result) Rate() float64 { return float64(r.Leased) / r.Took.Seconds() }

func (r Result) String() string {
	return fmt.Sprintf("%d of %d phones in %v (%.0f/s), offer p50 %v p99 %v, ack p50 %v p99 %v, %d retries, %d naks",
		r.Leased, r.Phones, r.Took.Round(time.Millisecond), r.Rate(), r.OfferP50.Round(10*time.Microsecond), r.OfferP99.Round(10*time.Microsecond),
		r.AckP50.Round(10*time.Microsecond), r.AckP99.Round(10*time.Microsecond), r.Retries, r.Naks)
}

// phone is one that is booting.
type phone struct {
	packet    []byte
	requested bool
	done      bool
	retried   bool
	sent      time.Time
	ip        netip.Addr
}

// Play runs a plan. It needs to be root in the network namespace of the
// interface.
func Play(ctx context.Context, p Plan) (Result, error) {
	if p.Window <= 0 {
		p.Window = p.Phones
	}
	if p.Retry <= 0 {
		p.Retry = 4 * time.Second
	}
	if p.Limit <= 0 {
		p.Limit = 2 * time.Minute
	}
	if p.Tries <= 0 {
		p.Tries = 3
	}
	if p.Relay.IsValid() {
		return playRelayed(ctx, p)
	}
	before := processorTime()
	conn, err := open(ctx, p.Interface)
	if err != nil {
		return Result{}, fmt.Errorf("play phones: %w", err)
	}
	defer conn.Close()
	g := &play{Plan: p, conn: conn, phones: make([]phone, 0, p.Phones)}
	if err := g.run(ctx); err != nil {
		return Result{}, fmt.Errorf("play phones: %w", err)
	}
	g.CPU = processorTime() - before
	g.OfferP50, g.OfferP99 = quantiles(g.offers)
	g.AckP50, g.AckP99 = quantiles(g.acks)
	g.keep(ctx)
	g.RenewP50, g.RenewP99 = quantiles(g.renewed)
	return g.Result, nil
}

func open(ctx context.Context, name string) (*net.UDPConn, error) {
	lc := net.ListenConfig{Control: func(_, _ string, raw syscall.RawConn) error {
		var err error
		cerr := raw.Control(func(fd uintptr) {
			_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 16<<20) // the kernel's default is less exact
			err = errors.Join(unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_BROADCAST, 1), unix.BindToDevice(int(fd), name))
		})
		return errors.Join(cerr, err)
	}}
	c, err := lc.ListenPacket(ctx, "udp4", "0.0.0.0:68")
	if err != nil {
		return nil, err
	}
	return c.(*net.UDPConn), nil
}

type play struct {
	Plan
	Result
	conn         *net.UDPConn
	phones       []phone
	offers, acks []time.Duration
	renewed      []time.Duration
	gone         int // phones that gave up
	buf          [2048]byte
}

var everybody = &net.UDPAddr{IP: net.IPv4bcast, Port: 67}

func (g *play) run(ctx context.Context) error {
	g.Result.Phones = g.Plan.Phones
	start := time.Now()
	last := start
	for look := start; g.Leased+g.gone < g.Plan.Phones && time.Since(start) < g.Limit && ctx.Err() == nil; {
		wait := 100 * time.Millisecond
		for len(g.phones) < g.Plan.Phones && g.next(time.Since(start)) {
			if err := g.boot(); err != nil {
				return err
			}
			g.Begun = time.Since(start)
		}
		if g.Plan.Rate > 0 && len(g.phones) < g.Plan.Phones {
			wait = time.Millisecond
		}
		_ = g.conn.SetReadDeadline(time.Now().Add(wait))
		n, _, err := g.conn.ReadFromUDPAddrPort(g.buf[:])
		now := time.Now()
		if err == nil {
			if g.heard(g.buf[:n], now) {
				last = now
			}
		} else if ne := net.Error(nil); !errors.As(err, &ne) || !ne.Timeout() {
			return err
		}
		if now.Sub(look) >= 100*time.Millisecond {
			look = now
			if err := g.repeat(now); err != nil {
				return err
			}
		}
	}
	g.Took = last.Sub(start)
	return ctx.Err()
}

// next tells whether it is the next phone's turn.
func (g *play) next(since time.Duration) bool {
	if g.Plan.Rate > 0 {
		return len(g.phones) <= int(since.Seconds()*float64(g.Plan.Rate))
	}
	return len(g.phones)-g.Leased-g.gone < g.Window
}

// boot sends the DISCOVER of the next phone.
func (g *play) boot() error {
	i := uint32(len(g.phones))
	g.phones = append(g.phones, phone{packet: Packet(1, i, g.First+i), sent: time.Now()})
	return g.send(&g.phones[i])
}

func (g *play) send(p *phone) error {
	for {
		_, err := g.conn.WriteToUDP(p.packet, everybody)
		if errors.Is(err, unix.ENOBUFS) || errors.Is(err, unix.EAGAIN) {
			time.Sleep(time.Millisecond) // the link's queue is full
			continue
		}
		return err
	}
}

// heard takes an answer; it reports true for the ACK of a phone.
func (g *play) heard(b []byte, now time.Time) bool {
	if len(b) < 250 || b[0] != 2 || b[240] != 53 {
		return false
	}
	i := binary.BigEndian.Uint32(b[4:])
	if int(i) >= len(g.phones) {
		return false
	}
	p := &g.phones[i]
	if p.done || string(b[28:34]) != string(p.packet[28:34]) {
		return false
	}
	switch kind := b[242]; {
	case kind == 2 && !p.requested:
		if !p.retried {
			g.offers = append(g.offers, now.Sub(p.sent))
		}
		server := find(b, 54)
		if len(server) != 4 {
			return false
		}
		p.packet = append(Packet(3, i, g.First+i), 50, 4, b[16], b[17], b[18], b[19], 54, 4, server[0], server[1], server[2], server[3], 255)
		p.requested, p.retried, p.sent = true, false, now
		_ = g.send(p) // lost packets are repeated
	case kind == 5 && p.requested:
		if !p.retried {
			g.acks = append(g.acks, now.Sub(p.sent))
		}
		p.done, p.ip = true, netip.AddrFrom4([4]byte(b[16:20]))
		g.Leased++
		return true
	case kind == 6 && p.requested:
		g.Naks++
		p.packet, p.requested, p.retried, p.sent = Packet(1, i, g.First+i), false, true, now
		_ = g.send(p)
	}
	return false
}

func (g *play) repeat(now time.Time) error {
	for i := range g.phones {
		p := &g.phones[i]
		if p.done || now.Sub(p.sent) < g.Retry {
			continue
		}
		if g.GiveUp {
			p.done = true
			g.gone++
			continue
		}
		g.Retries++
		p.retried, p.sent = true, now
		if err := g.send(p); err != nil {
			return err
		}
	}
	return nil
}

// Packet is a message of a phone without an END, so that options can follow:
// kind is option 53, number makes the hardware address.
func Packet(kind byte, xid, number uint32) []byte {
	b := make([]byte, 240, 320)
	b[0], b[1], b[2] = 1, 1, 6
	binary.BigEndian.PutUint32(b[4:], xid)
	b[10] = 0x80
	copy(b[28:], []byte{0x00, 0x15, 0x65, byte(number >> 16), byte(number >> 8), byte(number)})
	copy(b[236:], []byte{99, 130, 83, 99, 53, 1})
	b = append(b, 53, 1, kind)
	b = append(b, 60, 7)
	b = append(b, "yealink"...)
	return append(b, 55, 9, 1, 3, 6, 12, 15, 42, 43, 66, 67)
}

// find returns an option of the options field.
func find(b []byte, code byte) []byte {
	for i := 240; i+1 < len(b) && b[i] != 255; {
		if b[i] == 0 {
			i++
			continue
		}
		end := i + 2 + int(b[i+1])
		if end > len(b) {
			return nil
		}
		if b[i] == code {
			return b[i+2 : end]
		}
		i = end
	}
	return nil
}

func quantiles(d []time.Duration) (p50, p99 time.Duration) {
	if len(d) == 0 {
		return 0, 0
	}
	slices.Sort(d)
	return d[len(d)/2], d[len(d)*99/100]
}
