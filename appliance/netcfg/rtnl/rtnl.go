// Package rtnl is what every user of rtnetlink needs around the netlink library.
package rtnl

import (
	"errors"
	"net"
	"net/netip"

	"github.com/vishvananda/netlink"
)

// dumpTries bounds how often a listing is asked for again.
const dumpTries = 5

// Dump lists something, again when the kernel says that it changed while it was
// read (NLM_F_DUMP_INTR, netlink(7)).
func Dump[T any](list func() ([]T, error)) ([]T, error) {
	var err error
	for range dumpTries {
		var got []T
		if got, err = list(); err == nil {
			return got, nil
		}
		if !errors.Is(err, netlink.ErrDumpInterrupted) {
			break
		}
	}
	return nil, err
}

// Unless drops the error that says that a change was made already.
func Unless(err, done error) error {
	if errors.Is(err, done) {
		return nil
	}
	return err
}

// Prefix turns an address as the library has it into a prefix with its host bits;
// IPv4 addresses are never mapped ones. False is for nil and for odd masks.
func Prefix(n *net.IPNet) (netip.Prefix, bool) {
	if n == nil {
		return netip.Prefix{}, false
	}
	a, ok := netip.AddrFromSlice(n.IP)
	ones, bits := n.Mask.Size()
	if a = a.Unmap(); !ok || bits != a.BitLen() {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, ones), true
}

// IPNet is the reverse of Prefix.
func IPNet(p netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
}
