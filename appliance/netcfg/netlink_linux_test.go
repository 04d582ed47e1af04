package netcfg

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vishvananda/netlink"
)

const inNamespace = "PROVBOX_TEST_IN_NAMESPACE"

// TestNetlink runs itself again in a network namespace of its own, as the root
// user of a user namespace, where the kernel allows that.
func TestNetlink(t *testing.T) {
	if os.Getenv(inNamespace) != "" {
		testNetlink(t)
		return
	}
	t.Parallel()
	cmd := exec.Command(os.Args[0], "-test.run=^TestNetlink$", "-test.v")
	cmd.Env = append(os.Environ(), inNamespace+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Skipf("no network namespace for an ordinary user here: %v", err)
	}
	if err != nil {
		t.Errorf("in the namespace: %v\n%s", err, out)
	}
}

func testNetlink(t *testing.T) {
	attrs := netlink.NewLinkAttrs()
	attrs.Name = "eth0"
	if err := netlink.LinkAdd(&netlink.Veth{LinkAttrs: attrs, PeerName: "peer"}); err != nil {
		t.Skipf("no veth here: %v", err)
	}
	first := Config{Interfaces: []Interface{{Name: "eth0", Address: "192.168.77.9/24", Gateway: "192.168.77.254"}}}
	second := Config{Interfaces: []Interface{{Name: "eth0", Address: "192.168.77.1/24", Gateway: "192.168.77.254"}}}
	third := Config{Interfaces: []Interface{{Name: "eth0", Address: "192.168.77.1/16"}}}
	for _, tt := range []struct {
		name string
		cfg  Config
		want State
	}{
		{"first", first, State{
			Links:  []Link{{Name: "eth0", Up: true, Addresses: pfx("192.168.77.9/24")}},
			Routes: []Route{route("eth0", "192.168.77.254")},
		}},
		{"address moves within the network", second, State{
			Links:  []Link{{Name: "eth0", Up: true, Addresses: pfx("192.168.77.1/24")}},
			Routes: []Route{route("eth0", "192.168.77.254")},
		}},
		{"same again", second, State{
			Links:  []Link{{Name: "eth0", Up: true, Addresses: pfx("192.168.77.1/24")}},
			Routes: []Route{route("eth0", "192.168.77.254")},
		}},
		{"prefix length changes, gateway goes", third, State{
			Links: []Link{{Name: "eth0", Up: true, Addresses: pfx("192.168.77.1/16")}},
		}},
	} {
		if err := New(tt.cfg, Netlink{}, "", quiet()).Await(t.Context()); err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		got, err := Netlink{}.State()
		if err != nil {
			t.Fatal(err)
		}
		if lo := got.link("lo"); lo == nil || !lo.Up {
			t.Errorf("%s: lo is %+v, want it up", tt.name, lo)
		}
		got.Links = []Link{*got.link("eth0")}
		if diff := cmp.Diff(tt.want, got, compareNetip); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	checkBroadcast(t)
	checkWatch(t)
}

// checkBroadcast looks for the address that DHCP answers are sent to.
func checkBroadcast(t *testing.T) {
	link, err := netlink.LinkByName("eth0")
	if err != nil {
		t.Fatal(err)
	}
	addrs, err := netlink.AddrList(link, netlink.FAMILY_V4)
	if err != nil || len(addrs) != 1 {
		t.Fatalf("addresses: %v, %v", addrs, err)
	}
	if want := net.IPv4(192, 168, 255, 255); !addrs[0].Broadcast.Equal(want) {
		t.Errorf("broadcast address is %v, want %v", addrs[0].Broadcast, want)
	}
}

func checkWatch(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	events, err := Netlink{}.Watch(ctx)
	if err != nil {
		t.Fatal(err)
	}
	link, err := netlink.LinkByName("peer")
	if err != nil {
		t.Fatal(err)
	}
	if err := netlink.LinkSetUp(link); err != nil {
		t.Fatal(err)
	}
	if _, ok := <-events; !ok {
		t.Error("no event when a link came up")
	}
	cancel()
	for range events { // ends, or the test does not
	}
}
