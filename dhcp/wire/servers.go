package wire

import (
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

// listener hears what DHCP servers send to clients on a link.
type listener struct {
	conn *packet.Conn
	done sync.WaitGroup
}

// toClients passes unfragmented UDP packets to port 68, offsets being those of
// the IP header.
var toClients = []unix.SockFilter{
	{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: 9},
	{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.IPPROTO_UDP, Jf: 6},
	{Code: unix.BPF_LD | unix.BPF_H | unix.BPF_ABS, K: 6},
	{Code: unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, K: 0x3fff, Jt: 4},
	{Code: unix.BPF_LDX | unix.BPF_B | unix.BPF_MSH, K: 0},
	{Code: unix.BPF_LD | unix.BPF_H | unix.BPF_IND, K: 2},
	{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: 68, Jf: 1},
	{Code: unix.BPF_RET | unix.BPF_K, K: 0xffff},
	{Code: unix.BPF_RET | unix.BPF_K, K: 0},
}

func hear(ifi *net.Interface, f func(net.HardwareAddr, netip.Addr, []byte)) (*listener, error) {
	c, err := packet.Listen(ifi, packet.Datagram, unix.ETH_P_IP, nil)
	if err != nil {
		return nil, err
	}
	raw, err := c.SyscallConn()
	if err == nil {
		prog := &unix.SockFprog{Len: uint16(len(toClients)), Filter: &toClients[0]}
		cerr := raw.Control(func(fd uintptr) {
			err = os.NewSyscallError("attach filter", unix.SetsockoptSockFprog(int(fd), unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, prog))
		})
		err = errors.Join(err, cerr)
	}
	if err != nil {
		_ = c.Close()
		return nil, err
	}
	l := &listener{conn: c}
	l.done.Go(func() { l.read(f) })
	return l, nil
}

func (l *listener) read(f func(net.HardwareAddr, netip.Addr, []byte)) {
	b := make([]byte, 2048)
	for {
		n, from, err := l.conn.ReadFrom(b)
		if err != nil {
			if errors.Is(err, unix.ENETDOWN) {
				continue
			}
			return
		}
		src, payload, ok := udpToClient(b[:n])
		if a, isPacket := from.(*packet.Addr); ok && isPacket {
			f(a.HardwareAddr, src, payload)
		}
	}
}

// udpToClient takes an IP packet apart. The filter has looked at it already,
// but packets that came before it was attached are queued.
func udpToClient(b []byte) (src netip.Addr, payload []byte, ok bool) {
	if len(b) < 20 || b[0]>>4 != 4 || b[9] != unix.IPPROTO_UDP {
		return src, nil, false
	}
	head := int(b[0]&15) * 4
	if head < 20 || len(b) < head+8 || b[head+2] != 0 || b[head+3] != 68 {
		return src, nil, false
	}
	return netip.AddrFrom4([4]byte(b[12:])), b[head+8:], true
}

func (l *listener) close() error {
	err := l.conn.Close()
	l.done.Wait()
	return err
}

// HearServers calls f for everything that is sent to DHCP clients on the link
// and can be heard here, from one goroutine, until Close: the sender's hardware
// and IP address, and the message, which is only good until f returns. It must
// be called once, and returns at once. Without privileges it hears nothing.
func (c *Conn) HearServers(f func(net.HardwareAddr, netip.Addr, []byte)) error {
	if c.prob == nil {
		return nil
	}
	c.mu.Lock()
	ifi := c.ifi
	c.mu.Unlock()
	l, err := hear(&ifi, f)
	if err != nil {
		return fmt.Errorf("listen for DHCP servers on %s: %w", c.name, err)
	}
	c.ears = l
	return nil
}

// AskServers broadcasts a message as a client without an address would. It
// does nothing without privileges.
func (c *Conn) AskServers(b []byte) error {
	c.mu.Lock()
	raw, hw := c.raw, c.ifi.HardwareAddr
	c.mu.Unlock()
	if raw == nil || len(hw) != 6 {
		return nil
	}
	return askServers(raw, hw, b)
}

func askServers(raw *packet.Conn, hw net.HardwareAddr, b []byte) error {
	everybody := net.HardwareAddr{255, 255, 255, 255, 255, 255}
	f := frame(b, hw, everybody,
		netip.AddrPortFrom(netip.IPv4Unspecified(), 68), netip.AddrPortFrom(netip.AddrFrom4([4]byte{255, 255, 255, 255}), 67))
	if _, err := raw.WriteTo(f, &packet.Addr{HardwareAddr: everybody}); err != nil {
		return fmt.Errorf("ask for DHCP servers: %w", err)
	}
	return nil
}

// SeekServers broadcasts messages on an interface that nobody serves yet, and
// calls f like HearServers for the given time.
func SeekServers(name string, ask [][]byte, wait time.Duration, f func(net.HardwareAddr, netip.Addr, []byte)) error {
	ifi, err := net.InterfaceByName(name)
	if err != nil {
		return fmt.Errorf("interface %s: %w", name, err)
	}
	if len(ifi.HardwareAddr) != 6 {
		return fmt.Errorf("interface %s: not an Ethernet", name)
	}
	l, err := hear(ifi, f)
	if err != nil {
		return fmt.Errorf("listen for DHCP servers on %s: %w", name, err)
	}
	raw, err := packet.Listen(ifi, packet.Raw, 0, nil)
	if err != nil {
		return errors.Join(fmt.Errorf("ask for DHCP servers on %s: %w", name, err), l.close())
	}
	for _, b := range ask {
		err = errors.Join(err, askServers(raw, ifi.HardwareAddr, b))
	}
	if err == nil {
		time.Sleep(wait)
	}
	return errors.Join(err, raw.Close(), l.close())
}
