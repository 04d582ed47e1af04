package uplink

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"
)

// ParsePublicKey reads a peer's key as wg(8) prints it.
func ParsePublicKey(s string) (wgtypes.Key, error) {
	k, err := wgtypes.ParseKey(strings.TrimSpace(s))
	switch {
	case s == "":
		return wgtypes.Key{}, errors.New("want the peer's public key")
	case err != nil || k == wgtypes.Key{}:
		// What was written is not repeated: it may be a private key's remains.
		return wgtypes.Key{}, errors.New("is not a key of 32 bytes in base64, as wg pubkey prints it")
	}
	return k, nil
}

func parseAddress(s string) (netip.Prefix, error) {
	n, err := netip.ParsePrefix(s)
	switch {
	case err != nil:
		return netip.Prefix{}, fmt.Errorf("%q is not an address with a prefix length, such as 10.9.0.2/32", s)
	case n.Bits() == 0 || !hostAddr(n.Addr()):
		return netip.Prefix{}, fmt.Errorf("%s is not an address for an interface", s)
	case n.Addr().Is4() && n.Bits() < 31 && n.Addr() == n.Masked().Addr():
		return netip.Prefix{}, fmt.Errorf("%s is the network, not an address in it", s)
	}
	return n, nil
}

// parseNetwork reads an allowed IP: a network, or one address. Host bits are
// dropped, as wg(8) does.
func parseNetwork(s string) (netip.Prefix, error) {
	n, err := netip.ParsePrefix(s)
	if a, aerr := netip.ParseAddr(s); err != nil && aerr == nil && a.Zone() == "" {
		n, err = netip.PrefixFrom(a, a.BitLen()), nil
	}
	switch {
	case err != nil || n.Addr().Is4In6():
		return netip.Prefix{}, fmt.Errorf("%q is not a network, such as 10.9.0.0/24", s)
	case n.Bits() >= wideBits && !hostAddr(n.Addr()):
		return netip.Prefix{}, fmt.Errorf("%s cannot be routed into a tunnel", s)
	}
	return n.Masked(), nil
}

// hostAddr reports whether a machine elsewhere can have the address.
func hostAddr(a netip.Addr) bool {
	return a.IsValid() && !a.Is4In6() && !a.IsUnspecified() && !a.IsLoopback() && !a.IsMulticast() &&
		!a.IsLinkLocalUnicast() && a.Zone() == "" && a != netip.AddrFrom4([4]byte{255, 255, 255, 255})
}

// maxHost is the longest name there is (RFC 1035 section 2.3.4).
const maxHost = 253

func parseEndpoint(s string) (host string, port uint16, err error) {
	host, text, err := net.SplitHostPort(s)
	if err != nil {
		return "", 0, fmt.Errorf("%q is not host:port, such as wazo.example.org:51820 or [2001:db8::1]:51820", s)
	}
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || n == 0 {
		return "", 0, fmt.Errorf("want a port from 1 to 65535, not %q", text)
	}
	if a, err := netip.ParseAddr(host); err == nil {
		if !hostAddr(a) {
			return "", 0, fmt.Errorf("%s is not the address of a machine elsewhere", host)
		}
		return a.String(), uint16(n), nil
	}
	if !hostName(host) {
		return "", 0, fmt.Errorf("%q is neither a name nor an address", host)
	}
	return host, uint16(n), nil
}

func hostName(s string) bool {
	if s == "" || len(s) > maxHost || strings.HasPrefix(s, "-") || strings.HasPrefix(s, ".") {
		return false
	}
	letter := false
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
			letter = true
		case r >= '0' && r <= '9', r == '-', r == '.', r == '_':
		default:
			return false
		}
	}
	return letter // 10.0.0.300 is a slip, not a name
}
