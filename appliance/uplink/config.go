package uplink

import (
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"
)

// Config is the section "uplink" of the settings.
type Config struct {
	// Enabled switches the uplink on. Without it only the key is made.
	Enabled bool `yaml:"enabled"`
	// Interface is the name of the interface to make; empty is DefaultInterface.
	Interface string `yaml:"interface"`
	// Address is the box's own address in the tunnel, such as 10.9.0.2/32.
	Address string `yaml:"address"`
	// ListenPort is the UDP port to send from; 0 lets the kernel pick one.
	ListenPort int `yaml:"listen_port"`
	// MTU is the interface's, in bytes; 0 is DefaultMTU.
	MTU int `yaml:"mtu"`
	// DefaultRoute permits allowed IPs that take in the whole Internet.
	DefaultRoute bool `yaml:"default_route"`
	// Peers are the other ends, one as a rule.
	Peers []Peer `yaml:"peers"`
}

// Peer is the other end of the tunnel.
type Peer struct {
	// PublicKey is the peer's, in base64 as "wg pubkey" prints it.
	PublicKey string `yaml:"public_key"`
	// PresharedKeyFile is a file with a preshared key in base64; empty is none.
	PresharedKeyFile string `yaml:"preshared_key_file"`
	// Endpoint is host:port of the peer. It may be empty when the box has a
	// listen port, and then waits to be called.
	Endpoint string `yaml:"endpoint"`
	// AllowedIPs are the networks that are reached through the peer, and that it
	// may send from.
	AllowedIPs []string `yaml:"allowed_ips"`
	// Keepalive is how often something is sent so that a NAT between the ends
	// keeps its mapping; nil is DefaultKeepalive, 0 is never.
	Keepalive *time.Duration `yaml:"keepalive"`
}

// What holds where the settings are silent. The MTU leaves room for the 80 bytes
// that WireGuard adds over IPv6; the keepalive is the one that wg(8) recommends
// behind NAT.
const (
	DefaultInterface = "wg0"
	DefaultMTU       = 1420
	DefaultKeepalive = 25 * time.Second
)

// Limits of the settings. An interface name is limited by the kernel (IFNAMSIZ
// with its final zero, netdevice(7)), the keepalive by its 16 bits of seconds
// (wg(8)).
const (
	maxName      = 15
	minMTU       = 576
	maxMTU       = 65415
	maxPeers     = 16
	maxAllowed   = 64
	maxKeepalive = 65535 * time.Second
	// wideBits is the length below which a prefix counts as a default route: two
	// halves of the address space are the usual disguise of one.
	wideBits = 8
)

// Local is a network of the branch, with the key of the settings that names it.
type Local struct {
	Key     string
	Network netip.Prefix
}

// Name returns the name of the interface.
func (c Config) Name() string {
	if c.Interface == "" {
		return DefaultInterface
	}
	return c.Interface
}

// Validate returns every problem at once, one a line, each beginning with the key
// it is about. A section that is not enabled has none. Networks of the branch
// must not be captured by the tunnel.
func (c Config) Validate(local []Local) error {
	if !c.Enabled {
		return nil
	}
	_, problems := c.parse(local)
	return errors.Join(problems...)
}

// wanted is Config with its texts understood.
type wanted struct {
	name    string
	address netip.Prefix // with host bits
	port    int
	mtu     int
	peers   []wantedPeer
}

type wantedPeer struct {
	key       wgtypes.Key
	pskFile   string
	host      string // name or address; empty to be called
	port      uint16
	allowed   []netip.Prefix
	keepalive time.Duration
}

// problems collects what is wrong, each with its key.
type problems []error

func (p *problems) add(key, format string, args ...any) {
	*p = append(*p, fmt.Errorf("uplink.%s: %w", key, fmt.Errorf(format, args...)))
}

func (c Config) parse(local []Local) (wanted, problems) {
	var p problems
	w := wanted{name: c.Name(), port: c.ListenPort, mtu: c.MTU}
	if problem := NameProblem(w.name); problem != "" {
		p.add("interface", "%q %s", w.name, problem)
	}
	if w.mtu == 0 {
		w.mtu = DefaultMTU
	}
	if w.mtu < minMTU || w.mtu > maxMTU {
		p.add("mtu", "want %d to %d bytes, not %d", minMTU, maxMTU, w.mtu)
	}
	if w.port < 0 || w.port > 65535 {
		p.add("listen_port", "want a port from 0 (pick one) to 65535, not %d", w.port)
	}
	var err error
	if w.address, err = parseAddress(c.Address); err != nil {
		p.add("address", "%w", err)
	} else if l := overlap(w.address, local); l != nil {
		p.add("address", "%s overlaps %s (%s), which is on the branch LAN", c.Address, l.Network, l.Key)
	}
	if n := len(c.Peers); n < 1 || n > maxPeers {
		p.add("peers", "want 1 to %d peers, not %d", maxPeers, n)
		return w, p
	}
	for i, peer := range c.Peers {
		w.peers = append(w.peers, peer.parse(fmt.Sprintf("peers[%d]", i), c, local, w.peers, &p))
	}
	if c.DefaultRoute && len(p) == 0 && !w.wide() {
		p.add("default_route", "no peer has 0.0.0.0/0 among its allowed_ips; take one of the two away")
	}
	return w, p
}

// wide reports whether a peer takes the default route.
func (w wanted) wide() bool {
	return slices.ContainsFunc(w.peers, func(p wantedPeer) bool { return slices.ContainsFunc(p.allowed, isWide) })
}

func (peer Peer) parse(at string, c Config, local []Local, others []wantedPeer, p *problems) wantedPeer {
	var w wantedPeer
	var err error
	if w.key, err = ParsePublicKey(peer.PublicKey); err != nil {
		p.add(at+".public_key", "%w", err)
	}
	for j, o := range others {
		if err == nil && o.key == w.key {
			p.add(at+".public_key", "is the one of peers[%d] already", j)
		}
	}
	if w.pskFile = peer.PresharedKeyFile; w.pskFile != "" && !filepath.IsAbs(w.pskFile) {
		p.add(at+".preshared_key_file", "want an absolute path, not %q", w.pskFile)
	}
	w.keepalive = DefaultKeepalive
	if peer.Keepalive != nil {
		w.keepalive = *peer.Keepalive
	}
	if w.keepalive < 0 || w.keepalive > maxKeepalive || w.keepalive%time.Second != 0 {
		p.add(at+".keepalive", "want whole seconds from 0 (never) to %v, not %v", maxKeepalive, w.keepalive)
	}
	switch {
	case peer.Endpoint != "":
		if w.host, w.port, err = parseEndpoint(peer.Endpoint); err != nil {
			p.add(at+".endpoint", "%w", err)
		}
	case c.ListenPort == 0:
		p.add(at+".endpoint", "want host:port of the peer; only with a listen_port can the box wait to be called")
	}
	w.parseAllowed(at, peer.AllowedIPs, c.DefaultRoute, local, others, p)
	return w
}

func (w *wantedPeer) parseAllowed(at string, texts []string, wide bool, local []Local, others []wantedPeer, p *problems) {
	if n := len(texts); n < 1 || n > maxAllowed {
		p.add(at+".allowed_ips", "want 1 to %d networks, not %d", maxAllowed, n)
		return
	}
	host, _ := netip.ParseAddr(w.host) // invalid for a name, which is in no network
	for k, text := range texts {
		key := fmt.Sprintf("%s.allowed_ips[%d]", at, k)
		n, err := parseNetwork(text)
		if err != nil {
			p.add(key, "%w", err)
			continue
		}
		taken := slices.Contains(w.allowed, n)
		for _, o := range others {
			taken = taken || slices.Contains(o.allowed, n)
		}
		switch l := overlap(n, local); {
		case taken:
			p.add(key, "%s is there twice; one peer has each network", n)
		case isWide(n) && !wide:
			p.add(key, "%s would take the default route; set uplink.default_route if that is meant", n)
		case isWide(n): // the box's own networks and the endpoint have routes of their own
		case l != nil:
			p.add(key, "%s overlaps %s (%s), which is on the branch LAN", n, l.Network, l.Key)
		case n.Contains(host):
			p.add(key, "%s holds the endpoint %s, which cannot be reached through the tunnel itself", n, host)
		}
		w.allowed = append(w.allowed, n)
	}
}

func isWide(n netip.Prefix) bool { return n.Bits() < wideBits }

func overlap(n netip.Prefix, local []Local) *Local {
	for i, l := range local {
		if l.Network.Masked().Overlaps(n.Masked()) {
			return &local[i]
		}
	}
	return nil
}

// NameProblem says what is wrong with the name of an interface, or nothing.
func NameProblem(name string) string {
	switch {
	case name == "":
		return "is not an interface; give the kernel's name, such as eth0"
	case name == "lo":
		return "is the loopback"
	case len(name) > maxName:
		return fmt.Sprintf("is longer than the %d characters that the kernel allows", maxName)
	// The kernel takes % for a pattern when an interface is made.
	case name == "." || name == ".." || strings.ContainsAny(name, "/:% \t\r\n") || strings.ContainsRune(name, 0):
		return "is not a name that the kernel allows"
	}
	return ""
}
