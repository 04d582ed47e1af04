// Package lan makes private LANs out of network namespaces, for trying a box and
// for tests with stock clients. A host of such a LAN is a process in a network
// namespace of its own; its cables vanish with it, so nothing has to be cleaned
// up on the machine.
//
// It needs root, or a user namespace in which the program is root.
package lan

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"syscall"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
)

// Isolate makes a command start in a network namespace of its own, without any
// interface but a loopback that is down, and end when this process does.
func Isolate(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWNET
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
}

// Enter returns a command that runs in the namespace of a host.
func Enter(pid int, name string, args ...string) *exec.Cmd {
	cmd := exec.Command("nsenter", append([]string{"-t", strconv.Itoa(pid), "-n", "--", name}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

// Permitted reports whether this process may make network namespaces.
func Permitted() error {
	cmd := exec.Command("true")
	Isolate(cmd)
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("network namespaces are not permitted: %w", err)
	}
	return nil
}

// at returns a handle on the network of a host.
func at(pid int) (*netlink.Handle, error) {
	ns, err := netns.GetFromPid(pid)
	if err != nil {
		return nil, fmt.Errorf("network namespace of process %d: %w", pid, err)
	}
	defer ns.Close()
	return netlink.NewHandleAt(ns)
}

// Bridge gives a host a switch with an address of its own, to which Plug
// connects others. pid 0 is this process.
func Bridge(pid int, name string, addr netip.Prefix) error {
	if pid == 0 {
		pid = os.Getpid()
	}
	h, err := at(pid)
	if err != nil {
		return err
	}
	defer h.Close()
	if err := up(h, "lo"); err != nil {
		return err
	}
	attrs := netlink.NewLinkAttrs()
	attrs.Name = name
	link := &netlink.Bridge{LinkAttrs: attrs}
	if err := h.LinkAdd(link); err != nil {
		return fmt.Errorf("bridge %s: %w", name, err)
	}
	if err := setAddr(h, name, addr); err != nil {
		return err
	}
	return up(h, name)
}

// Plug connects a host to the switch of another: the host gets an interface
// eth0 with the given hardware address and no IP address.
func Plug(switchPid int, bridge string, hostPid int, mac string) error {
	if switchPid == 0 {
		switchPid = os.Getpid()
	}
	hw, err := net.ParseMAC(mac)
	if err != nil {
		return err
	}
	sw, err := at(switchPid)
	if err != nil {
		return err
	}
	defer sw.Close()
	host, err := at(hostPid)
	if err != nil {
		return err
	}
	defer host.Close()
	br, err := sw.LinkByName(bridge)
	if err != nil {
		return fmt.Errorf("bridge %s: %w", bridge, err)
	}
	attrs := netlink.NewLinkAttrs()
	attrs.Name = "port" + strconv.Itoa(hostPid)
	attrs.MasterIndex = br.Attrs().Index
	veth := &netlink.Veth{LinkAttrs: attrs, PeerName: "eth0", PeerHardwareAddr: hw, PeerNamespace: netlink.NsPid(hostPid)}
	if err := sw.LinkAdd(veth); err != nil {
		return fmt.Errorf("cable to process %d: %w", hostPid, err)
	}
	return errors.Join(up(sw, attrs.Name), up(host, "lo"), up(host, "eth0"))
}

// SetAddr gives a host's interface an address.
func SetAddr(pid int, name string, addr netip.Prefix) error {
	h, err := at(pid)
	if err != nil {
		return err
	}
	defer h.Close()
	return setAddr(h, name, addr)
}

func setAddr(h *netlink.Handle, name string, addr netip.Prefix) error {
	link, err := h.LinkByName(name)
	if err != nil {
		return fmt.Errorf("interface %s: %w", name, err)
	}
	ipnet := &net.IPNet{IP: addr.Addr().AsSlice(), Mask: net.CIDRMask(addr.Bits(), addr.Addr().BitLen())}
	if err := h.AddrReplace(link, &netlink.Addr{IPNet: ipnet}); err != nil {
		return fmt.Errorf("address %s of %s: %w", addr, name, err)
	}
	return nil
}

func up(h *netlink.Handle, name string) error {
	link, err := h.LinkByName(name)
	if err != nil {
		return fmt.Errorf("interface %s: %w", name, err)
	}
	if err := h.LinkSetUp(link); err != nil {
		return fmt.Errorf("interface %s up: %w", name, err)
	}
	return nil
}
