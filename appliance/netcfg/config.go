package netcfg

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// Config is the section "network" of the settings. Without interfaces the
// network is left as the operating system set it.
type Config struct {
	// Interfaces are the interfaces to set, each once.
	Interfaces []Interface `yaml:"interfaces" json:"interfaces"`
}

// Interface is one network interface with a static address.
type Interface struct {
	// Name is the kernel's name for it, such as eth0.
	Name string `yaml:"name" json:"name"`
	// Address is the IPv4 address of the box with the length of the network's
	// prefix, such as 192.168.77.1/24.
	Address string `yaml:"address" json:"address"`
	// Gateway is the router towards other networks, an address in the network
	// of Address. Empty means none; only one interface may have one.
	Gateway string `yaml:"gateway,omitempty" json:"gateway,omitempty"`
	// DNS are the name servers that the box itself asks, at most three over all
	// interfaces. What phones are told is set in the section dhcp.
	DNS []string `yaml:"dns,omitempty" json:"dns,omitempty"`
}

// Limits of the kernel and of the resolver: IFNAMSIZ with its final zero
// (netdevice(7)), MAXNS (resolver(5)).
const (
	maxName = 15
	maxDNS  = 3
)

// Enabled reports whether the settings ask for anything to be set.
func (c Config) Enabled() bool { return len(c.Interfaces) > 0 }

// Validate returns every problem at once, one a line, each beginning with the
// key it is about.
func (c Config) Validate() error {
	_, err := c.parse()
	return err
}

// wanted is Config with its texts understood.
type wanted struct {
	interfaces []wantedInterface
	dns        []netip.Addr
}

type wantedInterface struct {
	name    string
	address netip.Prefix // with host bits
	gateway netip.Addr   // invalid for none
}

func (c Config) parse() (wanted, error) {
	var w wanted
	var errs []error
	gatewayAt := ""
	for i, in := range c.Interfaces {
		key := fmt.Sprintf("network.interfaces[%d]", i)
		bad := func(field, format string, args ...any) {
			errs = append(errs, fmt.Errorf("%s.%s: %w", key, field, fmt.Errorf(format, args...)))
		}
		if problem := nameProblem(in.Name); problem != "" {
			bad("name", "%q %s", in.Name, problem)
		}
		for _, other := range w.interfaces {
			if other.name == in.Name {
				bad("name", "%s is there twice; each interface has one entry", in.Name)
			}
		}
		wi := wantedInterface{name: in.Name}

		prefix, err := parseAddress(in.Address)
		if err != nil {
			bad("address", "%w", err)
		}
		wi.address = prefix
		for _, other := range w.interfaces {
			if prefix.IsValid() && other.address.IsValid() && prefix.Overlaps(other.address) {
				bad("address", "%s is in the network of %s of %s; give each interface a network of its own",
					in.Address, other.address, other.name)
			}
		}
		if in.Gateway != "" {
			if gatewayAt != "" {
				bad("gateway", "%s has one already; only one interface leads out", gatewayAt)
			}
			gatewayAt = key
			wi.gateway, err = parseGateway(in.Gateway, prefix)
			if err != nil {
				bad("gateway", "%w", err)
			}
		}
		for j, s := range in.DNS {
			addr, err := netip.ParseAddr(s)
			if err != nil || addr.Zone() != "" || addr.IsUnspecified() {
				bad(fmt.Sprintf("dns[%d]", j), "%q is not the address of a name server", s)
				continue
			}
			w.dns = append(w.dns, addr)
		}
		w.interfaces = append(w.interfaces, wi)
	}
	if len(w.dns) > maxDNS {
		errs = append(errs, fmt.Errorf("network.interfaces: %d name servers, the resolver asks at most %d", len(w.dns), maxDNS))
	}
	return w, errors.Join(errs...)
}

func nameProblem(name string) string {
	switch {
	case name == "":
		return "is not an interface; give the kernel's name, such as eth0"
	case name == "lo":
		return "is the loopback, which is set by itself"
	case len(name) > maxName:
		return fmt.Sprintf("is longer than the %d characters that the kernel allows", maxName)
	case name == "." || name == ".." || strings.ContainsAny(name, "/: \t\n") || strings.ContainsRune(name, 0):
		return "is not a name that the kernel allows"
	default:
		return ""
	}
}

func parseAddress(s string) (netip.Prefix, error) {
	const example = "such as 192.168.77.1/24"
	p, err := netip.ParsePrefix(s)
	switch {
	case err != nil:
		return netip.Prefix{}, fmt.Errorf("%q is not an address with a prefix length, %s", s, example)
	case !p.Addr().Is4():
		return netip.Prefix{}, fmt.Errorf("%s is not IPv4, %s", s, example)
	case p.Bits() == 0 || !usable(p.Addr()):
		return netip.Prefix{}, fmt.Errorf("%s is not an address for an interface", s)
	case p.Bits() < 31 && p.Addr() == p.Masked().Addr():
		return netip.Prefix{}, fmt.Errorf("%s is the network, not an address in it", s)
	case p.Bits() < 31 && p.Addr() == broadcast(p):
		return netip.Prefix{}, fmt.Errorf("%s is the broadcast address of its network", s)
	}
	return p, nil
}

// parseGateway checks against the network only if that is known to be right, so
// that one mistake is reported once.
func parseGateway(s string, network netip.Prefix) (netip.Addr, error) {
	a, err := netip.ParseAddr(s)
	switch {
	case err != nil || !a.Is4() || !usable(a):
		return netip.Addr{}, fmt.Errorf("%q is not the IPv4 address of a router", s)
	case !network.IsValid():
		return a, nil
	case a == network.Addr():
		return netip.Addr{}, fmt.Errorf("%s is the box itself", s)
	case !network.Contains(a):
		return netip.Addr{}, fmt.Errorf("%s is not in the network %s", s, network.Masked())
	case network.Bits() < 31 && (a == network.Masked().Addr() || a == broadcast(network)):
		return netip.Addr{}, fmt.Errorf("%s is not an address of a machine in %s", s, network.Masked())
	}
	return a, nil
}

func usable(a netip.Addr) bool {
	return !a.IsUnspecified() && !a.IsLoopback() && !a.IsMulticast() &&
		a != netip.AddrFrom4([4]byte{255, 255, 255, 255})
}

// broadcast is the last address of an IPv4 network.
func broadcast(p netip.Prefix) netip.Addr {
	a := p.Masked().Addr().As4()
	for i := range a {
		host := min(8, max(0, 8*(i+1)-p.Bits()))
		a[i] |= byte(1<<host - 1)
	}
	return netip.AddrFrom4(a)
}
