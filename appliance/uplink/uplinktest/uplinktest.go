// Package uplinktest has what an uplink is tried against, for tests between
// network namespaces: the other end of the tunnel, and a NAT between the two.
package uplinktest

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"syscall"

	"github.com/vishvananda/netlink"
	"golang.zx2c4.com/wireguard/conn"
	"golang.zx2c4.com/wireguard/device"
	"golang.zx2c4.com/wireguard/tun"
	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"
)

// Centre is the other end of a box's tunnel. It never calls the box: it answers
// where the box was heard from last, as a centre does for boxes behind NAT.
type Centre struct {
	Interface  string
	Address    string // with the length of the prefix
	Port       int
	PrivateKey string // base64
	Box        string // the box's public key, base64
	BoxAddress string // a network
	Preshared  string // a key in base64, or empty
}

// Run makes the centre's interface in the network namespace of the process, which
// it lasts as long as. It is made without the code that is being tried.
func (c Centre) Run() error {
	private, err := hexKey(c.PrivateKey)
	if err != nil {
		return err
	}
	box, err := hexKey(c.Box)
	if err != nil {
		return err
	}
	t, err := tun.CreateTUN(c.Interface, device.DefaultMTU)
	if err != nil {
		return err
	}
	dev := device.NewDevice(t, conn.NewDefaultBind(), device.NewLogger(device.LogLevelSilent, ""))
	set := []string{
		"private_key=" + private, fmt.Sprintf("listen_port=%d", c.Port),
		"public_key=" + box, "allowed_ip=" + c.BoxAddress,
	}
	if c.Preshared != "" {
		psk, err := hexKey(c.Preshared)
		if err != nil {
			return err
		}
		set = append(set, "preshared_key="+psk)
	}
	if err := dev.IpcSet(strings.Join(set, "\n")); err != nil {
		return err
	}
	link, err := netlink.LinkByName(c.Interface)
	if err != nil {
		return err
	}
	addr, err := netlink.ParseAddr(c.Address)
	if err != nil {
		return err
	}
	if err := netlink.AddrAdd(link, addr); err != nil {
		return err
	}
	return netlink.LinkSetUp(link)
}

func hexKey(base64 string) (string, error) {
	k, err := wgtypes.ParseKey(base64)
	return hex.EncodeToString(k[:]), err
}

// NAT forwards datagrams as a router with NAT does: whoever sends to it is seen
// by the target under a port of the NAT's own, and hears from the target only
// while the NAT remembers him.
type NAT struct {
	conn *net.UDPConn

	mu       sync.Mutex
	target   netip.AddrPort
	mappings map[netip.AddrPort]*net.UDPConn
}

// NewNAT returns a NAT that listens for its inside and forwards to target.
func NewNAT(inside, target netip.AddrPort) (*NAT, error) {
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(inside))
	if err != nil {
		return nil, err
	}
	return &NAT{conn: c, target: target, mappings: make(map[netip.AddrPort]*net.UDPConn)}, nil
}

// maxDatagram is the largest that there is, in bytes.
const maxDatagram = 1 << 16

// Serve forwards until the process ends or the socket fails.
func (n *NAT) Serve() error {
	buf := make([]byte, maxDatagram)
	for {
		size, from, err := n.conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return err
		}
		out, err := n.mapping(from)
		if err != nil {
			return err
		}
		_, _ = out.Write(buf[:size]) // a target that is away is no concern of a NAT
	}
}

// mapping returns the socket that a sender is seen under.
func (n *NAT) mapping(from netip.AddrPort) (*net.UDPConn, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if c := n.mappings[from]; c != nil {
		return c, nil
	}
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(n.target))
	if err != nil {
		return nil, err
	}
	n.mappings[from] = c
	go func() {
		buf := make([]byte, maxDatagram)
		for {
			size, err := c.Read(buf)
			if errors.Is(err, syscall.ECONNREFUSED) {
				continue // the target is away; it may come back
			}
			if err != nil {
				return
			}
			_, _ = n.conn.WriteToUDPAddrPort(buf[:size], from) // who has gone hears nothing
		}
	}()
	return c, nil
}

// Forget drops every mapping, as a NAT does with one that was silent for too
// long, or when it restarts.
func (n *NAT) Forget() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for from, c := range n.mappings {
		_ = c.Close() // nothing is owed to it
		delete(n.mappings, from)
	}
}

// To forwards to another target from now on.
func (n *NAT) To(target netip.AddrPort) {
	n.mu.Lock()
	n.target = target
	n.mu.Unlock()
	n.Forget()
}
