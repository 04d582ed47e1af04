package rtnl_test

import (
	"errors"
	"net"
	"net/netip"
	"testing"

	"github.com/vishvananda/netlink"

	"provbox/appliance/netcfg/rtnl"
)

func TestDump(t *testing.T) {
	t.Parallel()
	other := errors.New("no permission")
	for _, tt := range []struct {
		name  string
		errs  []error // of each try
		tries int
		err   error
	}{
		{"at once", []error{nil}, 1, nil},
		{"interrupted twice", []error{netlink.ErrDumpInterrupted, netlink.ErrDumpInterrupted, nil}, 3, nil},
		{"always interrupted", []error{5: nil, 0: netlink.ErrDumpInterrupted, 1: netlink.ErrDumpInterrupted, 2: netlink.ErrDumpInterrupted, 3: netlink.ErrDumpInterrupted, 4: netlink.ErrDumpInterrupted}, 5, netlink.ErrDumpInterrupted},
		{"refused", []error{other}, 1, other},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tries := 0
			got, err := rtnl.Dump(func() ([]int, error) {
				tries++
				return []int{1}, tt.errs[tries-1]
			})
			if !errors.Is(err, tt.err) || tries != tt.tries || (err == nil) != (len(got) == 1) {
				t.Errorf("%v, %v after %d tries", got, err, tries)
			}
		})
	}
}

func TestPrefix(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"192.0.2.7/24", "192.0.2.7/32", "2001:db8::1/64", "0.0.0.0/0"} {
		want := netip.MustParsePrefix(text)
		if got, ok := rtnl.Prefix(rtnl.IPNet(want)); !ok || got != want {
			t.Errorf("%s: %v, %v", text, got, ok)
		}
	}
	mapped := &net.IPNet{IP: net.ParseIP("192.0.2.7"), Mask: net.CIDRMask(24, 32)} // 16 bytes
	if got, ok := rtnl.Prefix(mapped); !ok || got != netip.MustParsePrefix("192.0.2.7/24") {
		t.Errorf("mapped: %v, %v", got, ok)
	}
	for name, n := range map[string]*net.IPNet{
		"nil": nil, "empty": {}, "mask of the other family": {IP: net.IP{192, 0, 2, 7}, Mask: net.CIDRMask(64, 128)},
	} {
		if got, ok := rtnl.Prefix(n); ok {
			t.Errorf("%s: %v", name, got)
		}
	}
}
