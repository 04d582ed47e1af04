// Package client plays the client side of DHCP (RFC 2131 section 4.4) for
// virtual phones: enough to get a lease with a vendor's options on a LAN where
// the server is under test. It asks for broadcast answers, so that it needs no
// raw socket.
package client

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"
	"golang.org/x/sys/unix"
)

// Config says how a client asks.
type Config struct {
	// Interface is bound to when not empty; Server and Port are then broadcast
	// and 67. Otherwise packets go to Server, for runs over loopback.
	Interface string
	Server    netip.AddrPort
	// MAC is the hardware address to ask for.
	MAC net.HardwareAddr
	// VendorClass is option 60, empty for none; Parameters is option 55.
	VendorClass string
	Parameters  []byte
	Hostname    string
	// Retry is how long an answer is waited for before the packet is sent
	// again; default 2 s.
	Retry time.Duration
}

// Lease is what a client was given.
type Lease struct {
	IP     netip.Addr
	Prefix netip.Prefix
	Router netip.Addr
	Server netip.Addr
	Time   time.Duration
	// Options are the answer's options by code, in raw bytes.
	Options map[byte][]byte
}

// ErrNak is returned when the server refuses the address.
var ErrNak = errors.New("the server refused the address")

// Client asks one server for leases. It is not safe for concurrent use.
type Client struct {
	cfg  Config
	conn net.PacketConn
	to   net.Addr
}

// Open opens the client's socket.
func Open(ctx context.Context, cfg Config) (*Client, error) {
	if cfg.Retry <= 0 {
		cfg.Retry = 2 * time.Second
	}
	c := &Client{cfg: cfg, to: net.UDPAddrFromAddrPort(cfg.Server)}
	lc, local := net.ListenConfig{}, "127.0.0.1:0"
	if cfg.Interface != "" {
		c.to, local = &net.UDPAddr{IP: net.IPv4bcast, Port: 67}, "0.0.0.0:68"
		lc.Control = func(_, _ string, raw syscall.RawConn) error {
			var err error
			cerr := raw.Control(func(fd uintptr) {
				err = errors.Join(
					unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_BROADCAST, 1),
					unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEADDR, 1),
					unix.BindToDevice(int(fd), cfg.Interface),
				)
			})
			return errors.Join(cerr, err)
		}
	}
	var err error
	if c.conn, err = lc.ListenPacket(ctx, "udp4", local); err != nil {
		return nil, fmt.Errorf("dhcp client: %w", err)
	}
	return c, nil
}

// Close closes the socket.
func (c *Client) Close() error { return c.conn.Close() }

// Acquire gets a lease: DISCOVER, OFFER, REQUEST, ACK. It repeats itself until
// ctx ends.
func (c *Client) Acquire(ctx context.Context) (Lease, error) {
	discover, err := dhcpv4.NewDiscovery(c.cfg.MAC, c.modifiers()...)
	if err != nil {
		return Lease{}, fmt.Errorf("dhcp client: %w", err)
	}
	offer, err := c.exchange(ctx, discover, dhcpv4.MessageTypeOffer)
	if err != nil {
		return Lease{}, fmt.Errorf("dhcp client: DISCOVER: %w", err)
	}
	request, err := dhcpv4.NewRequestFromOffer(offer, c.modifiers()...)
	if err != nil {
		return Lease{}, fmt.Errorf("dhcp client: %w", err)
	}
	ack, err := c.exchange(ctx, request, dhcpv4.MessageTypeAck)
	if err != nil {
		return Lease{}, fmt.Errorf("dhcp client: REQUEST: %w", err)
	}
	return lease(ack), nil
}

// Reboot asks for a lease again as a client in state INIT-REBOOT does (RFC 2131
// section 4.3.2): only a server that has the lease on record confirms it.
func (c *Client) Reboot(ctx context.Context, l Lease) (Lease, error) {
	request, err := dhcpv4.New(append(c.modifiers(),
		dhcpv4.WithMessageType(dhcpv4.MessageTypeRequest), dhcpv4.WithHwAddr(c.cfg.MAC),
		dhcpv4.WithOption(dhcpv4.OptRequestedIPAddress(l.IP.AsSlice())),
	)...)
	if err != nil {
		return Lease{}, fmt.Errorf("dhcp client: %w", err)
	}
	ack, err := c.exchange(ctx, request, dhcpv4.MessageTypeAck)
	if err != nil {
		return Lease{}, fmt.Errorf("dhcp client: reboot: %w", err)
	}
	return lease(ack), nil
}

func (c *Client) modifiers() []dhcpv4.Modifier {
	m := []dhcpv4.Modifier{
		dhcpv4.WithBroadcast(true),
		dhcpv4.WithOption(dhcpv4.OptGeneric(dhcpv4.OptionParameterRequestList, c.cfg.Parameters)),
	}
	if c.cfg.VendorClass != "" {
		m = append(m, dhcpv4.WithOption(dhcpv4.OptClassIdentifier(c.cfg.VendorClass)))
	}
	if c.cfg.Hostname != "" {
		m = append(m, dhcpv4.WithOption(dhcpv4.OptHostName(c.cfg.Hostname)))
	}
	return m
}

// exchange sends a packet until its answer comes.
func (c *Client) exchange(ctx context.Context, m *dhcpv4.DHCPv4, want dhcpv4.MessageType) (*dhcpv4.DHCPv4, error) {
	stop := context.AfterFunc(ctx, func() { _ = c.conn.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	buf := make([]byte, 1500)
	for ctx.Err() == nil {
		if _, err := c.conn.WriteTo(m.ToBytes(), c.to); err != nil {
			return nil, err
		}
		if err := c.conn.SetReadDeadline(time.Now().Add(c.cfg.Retry)); err != nil {
			return nil, err
		}
		for ctx.Err() == nil {
			n, _, err := c.conn.ReadFrom(buf)
			if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, unix.EAGAIN) {
				break
			}
			if ne, ok := errors.AsType[net.Error](err); ok && ne.Timeout() {
				break
			}
			if err != nil {
				return nil, err
			}
			answer, err := dhcpv4.FromBytes(buf[:n])
			if err != nil || answer.TransactionID != m.TransactionID || answer.OpCode != dhcpv4.OpcodeBootReply {
				continue
			}
			switch answer.MessageType() {
			case want:
				return answer, nil
			case dhcpv4.MessageTypeNak:
				return nil, ErrNak
			}
		}
	}
	return nil, fmt.Errorf("no answer: %w", context.Cause(ctx))
}

func lease(m *dhcpv4.DHCPv4) Lease {
	l := Lease{Time: m.IPAddressLeaseTime(0), Options: make(map[byte][]byte, len(m.Options))}
	l.IP, _ = netip.AddrFromSlice(m.YourIPAddr.To4())
	l.Server, _ = netip.AddrFromSlice(m.ServerIdentifier().To4())
	if ones, bits := m.SubnetMask().Size(); bits == 32 && l.IP.IsValid() {
		l.Prefix = netip.PrefixFrom(l.IP, ones)
	}
	if r := m.Router(); len(r) > 0 {
		l.Router, _ = netip.AddrFromSlice(r[0].To4())
	}
	for code, value := range m.Options {
		l.Options[code] = value
	}
	return l
}
