//go:build e2e

package image_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// namespace is a network namespace that lives as long as a process of ours does
// nothing in it. It has no name that could be left behind: when the test ends,
// in whatever way, the kernel ends that process, and the namespace with all
// that is in it goes with the last process in it.
type namespace struct {
	pid int
}

func newNamespace(t *testing.T) namespace {
	t.Helper()
	// busybox and coreutils both have it.
	cmd := exec.Command("sleep", "infinity")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Skipf("skipped: no network namespaces here: %v", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it cannot have ended
		_ = cmd.Wait()
	})
	n := namespace{pid: cmd.Process.Pid}
	n.must(t, "ip", "link", "set", "lo", "up")
	return n
}

// command is a program that runs in the namespace and not longer than the test.
func (n namespace) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "nsenter", append([]string{"-t", strconv.Itoa(n.pid), "-n", name}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

// must runs a program to its end and returns what it prints.
func (n namespace) must(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := n.try(t, name, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (n namespace) try(t *testing.T, name string, args ...string) (string, error) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := n.command(t.Context(), name, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s%s", name, strings.Join(args, " "), err, stdout.Bytes(), stderr.Bytes())
	}
	return stdout.String(), nil
}

// lan is an Ethernet with a bridge, to which a virtual machine is plugged by a
// tap and phones by virtual cables.
type lan struct {
	namespace
	ports int
}

const tap = "tap0"

func newLAN(t *testing.T) *lan {
	t.Helper()
	l := &lan{namespace: newNamespace(t)}
	// A port that waits half a minute before it forwards, as the spanning tree
	// protocol does, is not what is tested.
	l.must(t, "ip", "link", "add", "br0", "type", "bridge", "stp_state", "0", "forward_delay", "0")
	l.must(t, "ip", "tuntap", "add", tap, "mode", "tap")
	for _, dev := range []string{"br0", tap} {
		l.must(t, "ip", "link", "set", dev, "up")
	}
	l.must(t, "ip", "link", "set", tap, "master", "br0")
	return l
}

// phone is a machine on the LAN with stock programs for a phone's firmware.
type phone struct {
	namespace
	mac         string // as 00:15:65:aa:bb:01
	vendorClass string
	dir         string
}

func (l *lan) newPhone(t *testing.T, mac, vendorClass string) *phone {
	t.Helper()
	p := &phone{namespace: newNamespace(t), mac: mac, vendorClass: vendorClass, dir: t.TempDir()}
	l.ports++
	port := fmt.Sprintf("port%d", l.ports)
	l.must(t, "ip", "link", "add", port, "type", "veth", "peer", "name", "eth0", "address", mac, "netns", strconv.Itoa(p.pid))
	l.must(t, "ip", "link", "set", port, "master", "br0", "up")
	p.must(t, "ip", "link", "set", "eth0", "up")
	return p
}

// macName is the MAC address as phones write it into file names.
func (p *phone) macName() string { return strings.ReplaceAll(p.mac, ":", "") }

// leaseScript is what udhcpc runs with what it learned in the environment.
const leaseScript = `#!/bin/sh
[ "$1" = bound ] || exit 0
ip addr flush dev "$interface" && ip addr add "$ip/$mask" dev "$interface" || exit 1
env >"$(dirname "$0")/lease"
`

// dhcp gets an address with Debian's DHCP client, waiting for a server as long
// as a booting box takes, and returns the client's variables: ip, router, tftp
// for option 66 and so on.
func (p *phone) dhcp(t *testing.T) map[string]string {
	t.Helper()
	script := filepath.Join(p.dir, "script")
	if err := os.WriteFile(script, []byte(leaseScript), 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(p.dir, "lease")
	if err := os.RemoveAll(file); err != nil {
		t.Fatal(err)
	}
	// Without an empty -V the client sends its own vendor class too.
	p.must(t, "udhcpc", "-i", "eth0", "-f", "-q", "-n", "-t", "60", "-T", "2", "-s", script, "-V", "",
		"-O", "tftp", "-O", "150", "-x", fmt.Sprintf("0x3c:%x", p.vendorClass))
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lease := make(map[string]string)
	for line := range strings.Lines(string(data)) {
		if name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "="); ok {
			lease[name] = value
		}
	}
	return lease
}

// httpGet fetches with curl as a phone of the given User-Agent and returns
// status and body.
func (p *phone) httpGet(t *testing.T, agent, url string) (status, body string) {
	t.Helper()
	file := filepath.Join(p.dir, "body")
	// The box answers DHCP a moment before it serves files, and a phone comes
	// back too.
	status = p.must(t, "curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", "20",
		"--retry", "15", "--retry-connrefused", "--retry-delay", "1",
		"--user-agent", agent, "--output", file, "--write-out", "%{http_code}", url)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return status, string(data)
}

// tftpGet fetches with Debian's TFTP client.
func (p *phone) tftpGet(t *testing.T, host, name string) string {
	t.Helper()
	file := filepath.Join(p.dir, "tftp")
	if err := os.RemoveAll(file); err != nil {
		t.Fatal(err)
	}
	// Its exit status is 0 whatever happens; the file tells.
	out := p.must(t, "tftp", "-m", "binary", host, "-c", "get", name, file)
	data, err := os.ReadFile(file)
	if err != nil || len(data) == 0 {
		t.Fatalf("TFTP gave no %s: %v\n%s", name, err, out)
	}
	return string(data)
}
