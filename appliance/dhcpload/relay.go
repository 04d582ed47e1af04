package dhcpload

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// relayPlay plays the phones behind a relay agent (RFC 2131 4.1): one socket,
// packets that are made in place, many of them in one system call. It is meant
// to leave the processors to the server that it measures.
type relayPlay struct {
	Plan
	Result
	fd       int
	in, out  []unixMessage
	inBufs   [][2048]byte
	outBufs  [][512]byte
	vectors  []unix.Iovec
	queued   int // packets in out
	booted   int
	window   int // grows with every ACK up to Plan.Window, so that no queue is flooded at the start
	lost     int // phones given up
	phones   []relayed
	given    map[[4]byte]bool
	offers   []time.Duration
	acks     []time.Duration
	template [2][]byte // a DISCOVER, and a REQUEST with 50 and 54 last
	oldest   int       // phones before it are done
}

// relayed is one phone of a relayPlay.
type relayed struct {
	sent   int64 // nanoseconds since the start
	ip     [4]byte
	server [4]byte
	state  byte
	tries  byte
}

const (
	wantsOffer = 1
	wantsAck   = 2
	leased     = 3
	givenUp    = 4
	// perCall is how many packets one system call takes.
	perCall = 64
)

// unixMessage is struct mmsghdr.
type unixMessage struct {
	hdr unix.Msghdr
	len uint32
	_   [4]byte
}

// playRelayed is Play with a relay: Plan.Relay is the address of the relay (this
// host's), Plan.Server who it asks.
func playRelayed(ctx context.Context, p Plan) (Result, error) {
	g := &relayPlay{Plan: p, phones: make([]relayed, p.Phones), given: make(map[[4]byte]bool, p.Phones)}
	g.Result.Phones = p.Phones
	if err := g.open(); err != nil {
		return Result{}, fmt.Errorf("play phones behind a relay: %w", err)
	}
	defer unix.Close(g.fd)
	before := processorTime()
	if err := g.run(ctx); err != nil {
		return Result{}, fmt.Errorf("play phones behind a relay: %w", err)
	}
	g.CPU = processorTime() - before
	g.OfferP50, g.OfferP99 = quantiles(g.offers)
	g.AckP50, g.AckP99 = quantiles(g.acks)
	return g.Result, nil
}

// processorTime is what this process has used so far.
func processorTime() time.Duration {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func (g *relayPlay) open() (err error) {
	g.fd, err = unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = unix.Close(g.fd)
		}
	}()
	_ = unix.SetsockoptInt(g.fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 16<<20) // the kernel's default is less exact
	wait := unix.NsecToTimeval(int64(100 * time.Millisecond))
	if err := errors.Join(
		unix.SetsockoptTimeval(g.fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &wait),
		unix.BindToDevice(g.fd, g.Interface),
		unix.Bind(g.fd, &unix.SockaddrInet4{Port: 67, Addr: g.Relay.As4()}),
		unix.Connect(g.fd, &unix.SockaddrInet4{Port: 67, Addr: g.Server.As4()}),
	); err != nil {
		return err
	}
	g.in, g.out = make([]unixMessage, perCall), make([]unixMessage, perCall)
	g.inBufs, g.outBufs = make([][2048]byte, perCall), make([][512]byte, perCall)
	g.vectors = make([]unix.Iovec, 2*perCall)
	for i := range perCall {
		g.vectors[i].Base = &g.inBufs[i][0]
		g.vectors[i].SetLen(len(g.inBufs[i]))
		g.in[i].hdr.Iov = &g.vectors[i]
		g.in[i].hdr.SetIovlen(1)
		v := &g.vectors[perCall+i]
		v.Base = &g.outBufs[i][0]
		g.out[i].hdr.Iov = v
		g.out[i].hdr.SetIovlen(1)
	}
	for i, kind := range []byte{1, 3} {
		b := Packet(kind, 0, 0)
		b[3], b[10] = 1, 0
		a := g.Relay.As4()
		copy(b[24:], a[:])
		if kind == 3 {
			b = append(b, 50, 4, 0, 0, 0, 0, 54, 4, 0, 0, 0, 0)
		}
		g.template[i] = append(b, 255)
	}
	return nil
}

func (g *relayPlay) run(ctx context.Context) error {
	g.window = min(32, g.Window)
	start := time.Now()
	last, look := start, start
	for g.Leased+g.lost < g.Plan.Phones && time.Since(start) < g.Limit && ctx.Err() == nil {
		now := time.Since(start)
		for g.booted < g.Plan.Phones && g.next(now) {
			g.phones[g.booted] = relayed{state: wantsOffer}
			if err := g.send(g.booted, now); err != nil {
				return err
			}
			g.booted++
			g.Begun = now
		}
		if err := g.flush(); err != nil {
			return err
		}
		n, err := g.receive()
		if err != nil {
			return err
		}
		before := g.Leased
		now = time.Since(start)
		for i := range n {
			if err := g.heard(g.inBufs[i][:g.in[i].len], now); err != nil {
				return err
			}
		}
		if g.Leased > before {
			last = start.Add(now)
		}
		if start.Add(now).Sub(look) >= 100*time.Millisecond {
			look = start.Add(now)
			if err := g.repeat(now); err != nil {
				return err
			}
		}
	}
	g.Took = last.Sub(start)
	return ctx.Err()
}

// next reports whether another phone is to boot.
func (g *relayPlay) next(since time.Duration) bool {
	if g.Plan.Rate > 0 {
		return g.booted <= int(since.Seconds()*float64(g.Plan.Rate))
	}
	return g.booted-g.Leased-g.lost < g.window
}

// send puts the packet that a phone's state calls for into the queue.
func (g *relayPlay) send(n int, now time.Duration) error {
	if g.queued == perCall {
		if err := g.flush(); err != nil {
			return err
		}
	}
	p := &g.phones[n]
	p.sent = int64(now)
	b := g.outBufs[g.queued][:]
	from := g.template[p.state-wantsOffer]
	size := copy(b, from)
	binary.BigEndian.PutUint32(b[4:], uint32(n))
	number := g.First + uint32(n)
	b[31], b[32], b[33] = byte(number>>16), byte(number>>8), byte(number)
	if p.state == wantsAck {
		copy(b[size-11:], p.ip[:])
		copy(b[size-5:], p.server[:])
	}
	g.vectors[perCall+g.queued].SetLen(size)
	g.queued++
	return nil
}

func (g *relayPlay) flush() error {
	for at := 0; at < g.queued; {
		n, _, e := unix.Syscall6(unix.SYS_SENDMMSG, uintptr(g.fd), uintptr(unsafe.Pointer(&g.out[at])), uintptr(g.queued-at), 0, 0, 0)
		switch e {
		case 0:
			at += int(n)
		case unix.EINTR:
		case unix.ENOBUFS, unix.EAGAIN:
			time.Sleep(time.Millisecond) // the link's queue is full
		case unix.ECONNREFUSED: // an ICMP error to an earlier packet, told once
		default:
			return e
		}
	}
	g.queued = 0
	return nil
}

// receive waits for packets, at most for the socket's time limit, or for a
// millisecond while phones are to boot at a rate.
func (g *relayPlay) receive() (int, error) {
	if g.Plan.Rate > 0 && g.booted < g.Plan.Phones {
		wait := unix.NsecToTimespec(int64(time.Millisecond))
		if n, err := unix.Ppoll([]unix.PollFd{{Fd: int32(g.fd), Events: unix.POLLIN}}, &wait, nil); n == 0 || err != nil {
			if err == unix.EINTR {
				err = nil
			}
			return 0, err
		}
	}
	n, _, e := unix.Syscall6(unix.SYS_RECVMMSG, uintptr(g.fd), uintptr(unsafe.Pointer(&g.in[0])), perCall, unix.MSG_WAITFORONE, 0, 0)
	switch e {
	case 0:
		return int(n), nil
	case unix.EAGAIN, unix.EINTR, unix.ECONNREFUSED:
		return 0, nil
	}
	return 0, e
}

// heard takes an answer.
func (g *relayPlay) heard(b []byte, now time.Duration) error {
	if len(b) < 250 || b[0] != 2 || b[240] != 53 {
		return nil
	}
	n := int(binary.BigEndian.Uint32(b[4:]))
	if n >= g.booted {
		return nil
	}
	p, number := &g.phones[n], g.First+uint32(n)
	if [3]byte(b[31:34]) != [3]byte{byte(number >> 16), byte(number >> 8), byte(number)} {
		return nil
	}
	took := now - time.Duration(p.sent)
	ip := [4]byte(b[16:20])
	switch kind := b[242]; {
	case kind == 2 && p.state == wantsOffer:
		server := find(b, 54)
		if len(server) != 4 {
			return nil
		}
		if p.tries == 0 {
			g.offers = append(g.offers, took)
		}
		p.ip, p.server, p.state, p.tries = ip, [4]byte(server), wantsAck, 0
		return g.send(n, now)
	case kind == 5 && p.state == wantsAck:
		if ip != p.ip || g.given[ip] {
			return fmt.Errorf("phone %d was offered %s and given %s, which another phone has: %v",
				n, netip.AddrFrom4(p.ip), netip.AddrFrom4(ip), g.given[ip])
		}
		if p.tries == 0 {
			g.acks = append(g.acks, took)
		}
		g.given[ip] = true
		p.state = leased
		g.Leased++
		if g.window < g.Window {
			g.window++
		}
	case kind == 6 && p.state == wantsAck:
		g.Naks++
		p.state, p.tries = wantsOffer, 1
		return g.send(n, now)
	}
	return nil
}

// repeat has the phones that were not answered send again, or give up.
func (g *relayPlay) repeat(now time.Duration) error {
	for g.oldest < g.booted && g.phones[g.oldest].state >= leased {
		g.oldest++
	}
	for n := g.oldest; n < g.booted; n++ {
		p := &g.phones[n]
		if p.state >= leased || now-time.Duration(p.sent) < g.Retry {
			continue
		}
		if g.GiveUp {
			p.state = givenUp
			g.lost++
			continue
		}
		g.Retries++
		p.tries++
		if err := g.send(n, now); err != nil {
			return err
		}
	}
	return nil
}
