// Package wire moves DHCP packets: one UDP socket per interface, raw frames to
// clients that have no address yet, and probes for addresses in use. It knows
// nothing of DHCP beyond its ports. Fake is the same without a network.
package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"github.com/mdlayher/packet"
	"golang.org/x/sys/unix"
)

// Meta is what is known about a received packet besides its bytes.
type Meta struct {
	// Src is who sent it; 0.0.0.0 for a client without an address.
	Src netip.AddrPort
	// Dst is the address it was sent to, the broadcast address or one of ours.
	Dst netip.Addr
}

// Dest is where a reply goes.
type Dest struct {
	// To is the address and port. The limited broadcast address is allowed.
	To netip.AddrPort
	// HW, if it has six bytes, is the Ethernet address the frame is sent to
	// without asking ARP, because the client cannot answer it yet (RFC 2131
	// 4.1).
	HW []byte
	// From is the source address: the server identifier.
	From netip.Addr
}

// Options of a Conn.
type Options struct {
	// Port is where the server listens, 67 unless zero.
	Port uint16
	// Unprivileged leaves out everything that needs capabilities: binding to
	// the device, raw frames and probes. It is for runs on loopback.
	Unprivileged bool
	// ReceiveBuffer is the size of the socket's receive buffer in bytes, 4 MiB
	// unless zero: the kernel's default loses a third of the packets when
	// hundreds of phones start at once (spec/libraries.md).
	ReceiveBuffer int
}

// Conn serves one interface. Read is for one goroutine; the rest is safe for
// concurrent use.
type Conn struct {
	name string
	opts Options
	udp  *net.UDPConn
	oob  []byte
	prob *prober
	ears *listener

	mu    sync.Mutex
	ifi   net.Interface
	raw   *packet.Conn
	addrs []netip.Prefix
}

// Open starts listening on an interface. It fails while the interface does not
// exist; whether it is up or has an address does not matter.
func Open(name string, opts Options) (*Conn, error) {
	if opts.Port == 0 {
		opts.Port = 67
	}
	if opts.ReceiveBuffer == 0 {
		opts.ReceiveBuffer = 4 << 20
	}
	ifi, err := net.InterfaceByName(name)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	fd, err := socket(name, opts)
	if err != nil {
		return nil, fmt.Errorf("open %s: port %d: %w", name, opts.Port, err)
	}
	f := os.NewFile(uintptr(fd), "dhcp-"+name)
	pc, err := net.FilePacketConn(f)
	_ = f.Close() // FilePacketConn holds a duplicate
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	udp, ok := pc.(*net.UDPConn)
	if !ok {
		_ = pc.Close()
		return nil, fmt.Errorf("open %s: not a UDP socket", name)
	}
	c := &Conn{name: name, opts: opts, udp: udp, oob: make([]byte, 128), ifi: *ifi}
	if !opts.Unprivileged {
		// Protocol 0 receives nothing: this socket only sends.
		if c.raw, err = packet.Listen(ifi, packet.Raw, 0, nil); err != nil {
			_ = udp.Close()
			return nil, fmt.Errorf("open %s: raw socket: %w", name, err)
		}
		c.prob = newProber(*ifi)
	}
	c.addrs = addresses(ifi)
	return c, nil
}

func socket(name string, opts Options) (fd int, err error) {
	fd, err = unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return -1, err
	}
	defer func() {
		if err != nil {
			_ = unix.Close(fd)
		}
	}()
	set := func(level, opt, v int) {
		if e := unix.SetsockoptInt(fd, level, opt, v); e != nil && err == nil {
			err = os.NewSyscallError("setsockopt", e)
		}
	}
	set(unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
	set(unix.SOL_SOCKET, unix.SO_BROADCAST, 1)
	set(unix.IPPROTO_IP, unix.IP_PKTINFO, 1)
	if err != nil {
		return -1, err
	}
	// The limit of net.core.rmem_max needs a capability to pass; without it
	// the kernel gives what it allows.
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, opts.ReceiveBuffer) != nil {
		set(unix.SOL_SOCKET, unix.SO_RCVBUF, opts.ReceiveBuffer)
	}
	if !opts.Unprivileged {
		if e := unix.BindToDevice(fd, name); e != nil {
			return -1, os.NewSyscallError("bind to device", e)
		}
	}
	if e := unix.Bind(fd, &unix.SockaddrInet4{Port: int(opts.Port)}); e != nil {
		return -1, os.NewSyscallError("bind", e)
	}
	return fd, err
}

// LocalPort is the UDP port in use.
func (c *Conn) LocalPort() uint16 {
	if a, ok := c.udp.LocalAddr().(*net.UDPAddr); ok {
		return a.AddrPort().Port()
	}
	return c.opts.Port
}

// Read waits for a packet. An interface that goes down is no error: Read waits
// on. After Close the error is net.ErrClosed.
func (c *Conn) Read(b []byte) (int, Meta, error) {
	for {
		n, oobn, _, src, err := c.udp.ReadMsgUDPAddrPort(b, c.oob)
		if err != nil {
			// Pending socket errors (the interface went down, an ICMP error
			// to an earlier reply) are reported once and change nothing.
			if errors.Is(err, unix.ENETDOWN) || errors.Is(err, unix.ECONNREFUSED) || errors.Is(err, unix.EHOSTUNREACH) || errors.Is(err, unix.ENETUNREACH) {
				continue
			}
			return 0, Meta{}, err
		}
		return n, Meta{Src: netip.AddrPortFrom(src.Addr().Unmap(), src.Port()), Dst: destination(c.oob[:oobn])}, nil
	}
}

// destination finds the IP_PKTINFO message: struct in_pktinfo is the interface
// index, the local address and the header's destination, four bytes each.
func destination(oob []byte) netip.Addr {
	for len(oob) >= unix.CmsgLen(0) {
		h, data, rest, err := unix.ParseOneSocketControlMessage(oob)
		if err != nil {
			break
		}
		if h.Level == unix.IPPROTO_IP && h.Type == unix.IP_PKTINFO && len(data) >= 12 {
			return netip.AddrFrom4([4]byte(data[8:12]))
		}
		oob = rest
	}
	return netip.Addr{}
}

// Write sends a packet.
func (c *Conn) Write(b []byte, d Dest) error {
	c.mu.Lock()
	raw, hw := c.raw, c.ifi.HardwareAddr
	c.mu.Unlock()
	if len(d.HW) == 6 && len(hw) == 6 && raw != nil {
		frame := frame(b, hw, d.HW, netip.AddrPortFrom(d.From, c.opts.Port), d.To)
		if _, err := raw.WriteTo(frame, &packet.Addr{HardwareAddr: d.HW}); err != nil {
			return fmt.Errorf("send to %s at %s on %s: %w", d.To, net.HardwareAddr(d.HW), c.name, err)
		}
		return nil
	}
	if _, _, err := c.udp.WriteMsgUDPAddrPort(b, source(d.From), d.To); err != nil {
		return fmt.Errorf("send to %s on %s: %w", d.To, c.name, err)
	}
	return nil
}

// source is the control message that makes ip the source address.
func source(ip netip.Addr) []byte {
	if !ip.Is4() {
		return nil
	}
	b := ip.As4()
	return unix.PktInfo4(&unix.Inet4Pktinfo{Spec_dst: b})
}

// frame writes Ethernet, IPv4 and UDP headers before a payload.
func frame(payload, srcHW, dstHW []byte, from, to netip.AddrPort) []byte {
	f := make([]byte, 42+len(payload))
	copy(f, dstHW)
	copy(f[6:], srcHW)
	binary.BigEndian.PutUint16(f[12:], unix.ETH_P_IP)
	b := f[14:]
	b[0], b[8], b[9] = 0x45, 64, unix.IPPROTO_UDP
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)))
	src, dst := from.Addr().As4(), to.Addr().As4()
	copy(b[12:], src[:])
	copy(b[16:], dst[:])
	binary.BigEndian.PutUint16(b[10:], ^sum(b[:20], 0))
	u := b[20:]
	binary.BigEndian.PutUint16(u, from.Port())
	binary.BigEndian.PutUint16(u[2:], to.Port())
	binary.BigEndian.PutUint16(u[4:], uint16(len(u)))
	copy(u[8:], payload)
	// Pseudo header of RFC 768: addresses, protocol, length.
	check := ^sum(u, uint32(sum(b[12:20], unix.IPPROTO_UDP))+uint32(len(u)))
	if check == 0 {
		check = 0xffff
	}
	binary.BigEndian.PutUint16(u[6:], check)
	return f
}

// sum is the Internet checksum before the complement (RFC 1071).
func sum(b []byte, s uint32) uint16 {
	for ; len(b) > 1; b = b[2:] {
		s += uint32(b[0])<<8 | uint32(b[1])
	}
	if len(b) == 1 {
		s += uint32(b[0]) << 8
	}
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return uint16(s)
}

// Addrs are the IPv4 addresses the interface has, as of the last Check.
func (c *Conn) Addrs() []netip.Prefix {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.addrs
}

// MTU is the link's, as of the last Check.
func (c *Conn) MTU() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ifi.MTU
}

// Check looks at the interface again. An error means that this Conn is of no
// use any more, because the interface is gone or is another one of the same
// name; it should be closed and opened again. The server calls it every few
// seconds.
func (c *Conn) Check() error {
	ifi, err := net.InterfaceByName(c.name)
	if err != nil {
		return fmt.Errorf("interface %s: %w", c.name, err)
	}
	addrs := addresses(ifi)
	c.mu.Lock()
	defer c.mu.Unlock()
	// The hardware address may change on a link that stays the same: a bridge
	// takes the lowest of its ports'.
	if ifi.Index != c.ifi.Index {
		return fmt.Errorf("interface %s: replaced by another one", c.name)
	}
	c.ifi, c.addrs = *ifi, addrs
	return nil
}

func addresses(ifi *net.Interface) []netip.Prefix {
	as, err := ifi.Addrs()
	if err != nil {
		return nil
	}
	var out []netip.Prefix
	for _, a := range as {
		if n, ok := a.(*net.IPNet); ok {
			ip, ok4 := netip.AddrFromSlice(n.IP.To4())
			if ones, bits := n.Mask.Size(); ok4 && bits == 32 {
				out = append(out, netip.PrefixFrom(ip, ones))
			}
		}
	}
	return out
}

// Probe asks whether somebody uses ip, at most for the given time: by ARP when
// the interface has an address of its subnet, by ICMP echo otherwise. who is
// the hardware or IP address that answered, "" if nobody did.
func (c *Conn) Probe(ip netip.Addr, wait time.Duration) (who string, err error) {
	if c.prob == nil {
		return "", nil
	}
	c.mu.Lock()
	addrs, hw := c.addrs, c.ifi.HardwareAddr
	c.mu.Unlock()
	for _, a := range addrs {
		if a.Contains(ip) {
			return c.prob.arp(ip, a.Addr(), hw, wait)
		}
	}
	return c.prob.echo(ip, wait)
}

// WatchARP calls f for the sender of every ARP packet on the link, from one
// goroutine, until Close. It must be called once, before any Probe, and returns
// at once. Without privileges it hears nothing.
func (c *Conn) WatchARP(f func(net.HardwareAddr, netip.Addr)) error {
	if c.prob == nil {
		return nil
	}
	c.prob.watch = f
	if _, err := c.prob.listenARP(); err != nil {
		return fmt.Errorf("listen to ARP on %s: %w", c.name, err)
	}
	return nil
}

// Close ends Read and every probe.
func (c *Conn) Close() error {
	errs := []error{c.udp.Close()}
	if c.raw != nil {
		errs = append(errs, c.raw.Close())
	}
	if c.prob != nil {
		errs = append(errs, c.prob.close())
	}
	if c.ears != nil {
		errs = append(errs, c.ears.close())
	}
	return errors.Join(errs...)
}
