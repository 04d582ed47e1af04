package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/mdlayher/packet"
	"golang.org/x/sys/unix"
)

// prober asks the link whether addresses are in use. Its sockets are opened
// with the first question.
type prober struct {
	ifi net.Interface

	mu      sync.Mutex
	closed  bool
	arpConn *packet.Conn
	icmp    *net.IPConn
	waiting map[netip.Addr][]chan string
	readers sync.WaitGroup
	watch   func(net.HardwareAddr, netip.Addr) // set before arpConn is
}

func newProber(ifi net.Interface) *prober {
	return &prober{ifi: ifi, waiting: map[netip.Addr][]chan string{}}
}

const etherARP = 0x0806

// arp sends an ARP request for ip (RFC 826) and waits for a reply. Whoever hears
// it learns that from is at hw, so that must be the interface's address now.
func (p *prober) arp(ip, from netip.Addr, hw net.HardwareAddr, wait time.Duration) (string, error) {
	if len(hw) != 6 {
		return "", nil // no Ethernet: nobody can be asked
	}
	conn, err := p.listenARP()
	if err != nil {
		return "", fmt.Errorf("probe %s: %w", ip, err)
	}
	b := make([]byte, 28)
	binary.BigEndian.PutUint16(b, 1)
	binary.BigEndian.PutUint16(b[2:], unix.ETH_P_IP)
	b[4], b[5], b[7] = 6, 4, 1
	copy(b[8:], hw)
	src, dst := from.As4(), ip.As4()
	copy(b[14:], src[:])
	copy(b[24:], dst[:])
	return p.ask(ip, wait, func() error {
		_, err := conn.WriteTo(b, &packet.Addr{HardwareAddr: net.HardwareAddr{255, 255, 255, 255, 255, 255}})
		return err
	})
}

// listenARP opens the ARP socket if it is not open yet.
func (p *prober) listenARP() (*packet.Conn, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, net.ErrClosed
	}
	if p.arpConn == nil {
		c, err := packet.Listen(&p.ifi, packet.Datagram, etherARP, nil)
		if err != nil {
			return nil, err
		}
		p.arpConn = c
		p.readers.Go(func() { p.readARP(c) })
	}
	return p.arpConn, nil
}

// ask registers for an answer about ip, sends, and waits.
func (p *prober) ask(ip netip.Addr, wait time.Duration, send func() error) (string, error) {
	ch := make(chan string, 1)
	p.mu.Lock()
	p.waiting[ip] = append(p.waiting[ip], ch)
	p.mu.Unlock()
	defer p.forget(ip, ch)
	if err := send(); err != nil {
		return "", fmt.Errorf("probe %s: %w", ip, err)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case who := <-ch:
		return who, nil
	case <-timer.C:
		return "", nil
	}
}

func (p *prober) forget(ip netip.Addr, ch chan string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var rest []chan string
	for _, c := range p.waiting[ip] {
		if c != ch {
			rest = append(rest, c)
		}
	}
	if len(rest) == 0 {
		delete(p.waiting, ip)
	} else {
		p.waiting[ip] = rest
	}
}

func (p *prober) answer(ip netip.Addr, who string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, ch := range p.waiting[ip] {
		select {
		case ch <- who:
		default:
		}
	}
}

func (p *prober) readARP(c *packet.Conn) {
	b := make([]byte, 128)
	for {
		n, _, err := c.ReadFrom(b)
		if err != nil {
			if errors.Is(err, unix.ENETDOWN) {
				continue
			}
			return
		}
		if mac, ip, ok := parseARP(b[:n]); ok {
			p.answer(ip, mac.String())
			if p.watch != nil {
				p.watch(mac, ip)
			}
		}
	}
}

// parseARP returns the sender of an ARP packet. A request tells as much about
// its sender as a reply.
func parseARP(b []byte) (net.HardwareAddr, netip.Addr, bool) {
	if len(b) < 28 || binary.BigEndian.Uint16(b) != 1 || binary.BigEndian.Uint16(b[2:]) != unix.ETH_P_IP || b[4] != 6 || b[5] != 4 {
		return nil, netip.Addr{}, false
	}
	ip := netip.AddrFrom4([4]byte(b[14:]))
	mac := net.HardwareAddr(append([]byte(nil), b[8:14]...))
	return mac, ip, !ip.IsUnspecified() && mac[0]&1 == 0
}

// echoID marks our echo requests; the raw socket sees every echo reply of the
// host, and an answer to somebody else's ping is as good a sign of life.
const echoID = 0x7067

// echo sends an ICMP echo request (RFC 792) and waits for a reply.
func (p *prober) echo(ip netip.Addr, wait time.Duration) (string, error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return "", net.ErrClosed
	}
	if p.icmp == nil {
		c, err := net.ListenIP("ip4:icmp", nil)
		if err != nil {
			p.mu.Unlock()
			return "", fmt.Errorf("probe %s: %w", ip, err)
		}
		p.icmp = c
		p.readers.Go(func() { p.readICMP(c) })
	}
	conn := p.icmp
	p.mu.Unlock()
	b := make([]byte, 16)
	b[0] = 8
	binary.BigEndian.PutUint16(b[4:], echoID)
	binary.BigEndian.PutUint16(b[2:], ^sum(b, 0))
	return p.ask(ip, wait, func() error {
		_, err := conn.WriteToIP(b, &net.IPAddr{IP: ip.AsSlice()})
		return err
	})
}

func (p *prober) readICMP(c *net.IPConn) {
	b := make([]byte, 1500)
	for {
		n, from, err := c.ReadFromIP(b)
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if ne := net.Error(nil); errors.As(err, &ne) && !ne.Timeout() {
				return
			}
			continue
		}
		if ip, ok := netip.AddrFromSlice(from.IP.To4()); ok && n > 0 && b[0] == 0 {
			p.answer(ip, ip.String())
		}
	}
}

func (p *prober) close() error {
	p.mu.Lock()
	p.closed = true
	var errs []error
	if p.arpConn != nil {
		errs = append(errs, p.arpConn.Close())
	}
	if p.icmp != nil {
		errs = append(errs, p.icmp.Close())
	}
	p.mu.Unlock()
	p.readers.Wait()
	return errors.Join(errs...)
}
