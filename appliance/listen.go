package appliance

import (
	"fmt"
	"net"
	"strconv"

	"github.com/coreos/go-systemd/v22/activation"
)

// sockets are the ones that systemd or a parent handed over, by the
// FileDescriptorName of their unit: http, rest, tftp. What was not handed over
// is opened.
type sockets struct {
	streams map[string][]net.Listener
	packets []net.PacketConn
}

// inherited takes over the sockets of the environment. It may be called once
// per process.
func inherited() (*sockets, error) {
	files := activation.Files(true)
	s := &sockets{streams: make(map[string][]net.Listener)}
	for _, f := range files {
		// A file descriptor of either kind: the one that does not fit refuses.
		if l, err := net.FileListener(f); err == nil {
			s.streams[f.Name()] = append(s.streams[f.Name()], l)
		} else if p, perr := net.FilePacketConn(f); perr == nil {
			s.packets = append(s.packets, p)
		} else {
			return nil, fmt.Errorf("socket %q handed over by the parent: %w", f.Name(), err)
		}
		_ = f.Close() // the listener has a copy of its own
	}
	return s, nil
}

// listen returns the stream socket of a name.
func (s *sockets) listen(name, host string, port int) (net.Listener, error) {
	if l := s.streams[name]; len(l) > 0 {
		s.streams[name] = l[1:]
		return l[0], nil
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return nil, fmt.Errorf("listen for %s: %w", name, err)
	}
	return l, nil
}

// tftp returns the TFTP socket; the only packet socket there is.
func (s *sockets) tftp(host string, port int) (*net.UDPConn, error) {
	if len(s.packets) > 0 {
		conn, ok := s.packets[0].(*net.UDPConn)
		if !ok {
			return nil, fmt.Errorf("socket tftp handed over by the parent: want UDP, got %T", s.packets[0])
		}
		s.packets = s.packets[1:]
		return conn, nil
	}
	network := "udp"
	if ip := net.ParseIP(host); ip != nil && ip.To4() != nil {
		network = "udp4" // the library tells the phone's link from the IPv4 header
	}
	addr, err := net.ResolveUDPAddr(network, net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return nil, fmt.Errorf("listen for tftp: %w", err)
	}
	conn, err := net.ListenUDP(network, addr)
	if err != nil {
		return nil, fmt.Errorf("listen for tftp: %w", err)
	}
	return conn, nil
}
