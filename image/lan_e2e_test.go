//go:build e2e

package image_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
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

// udhcpc gets an address with busybox's DHCP client, waiting for a server as
// long as a booting box takes, and returns what it learned: ip, router, tftp for
// option 66 and so on.
func (p *phone) udhcpc(t *testing.T) map[string]string {
	t.Helper()
	script := p.write(t, "udhcpc.sh", 0o700, `#!/bin/sh
[ "$1" = bound ] || exit 0
ip addr flush dev "$interface" && ip addr add "$ip/$mask" dev "$interface" || exit 1
echo "lease{"; env; echo "}lease"
`)
	// Without an empty -V the client sends its own vendor class too.
	out := p.must(t, "udhcpc", "-i", "eth0", "-f", "-q", "-n", "-t", "240", "-T", "2", "-s", script, "-V", "",
		"-O", "tftp", "-O", "150", "-x", fmt.Sprintf("0x3c:%x", p.vendorClass))
	return readLease(strings.NewReader(out), "}lease")
}

// dhclient does the same with ISC's client, which remembers its address and asks
// a box that comes back to confirm it: reason is then REBOOT. (udhcpc remembers
// nothing, and shows no option 66 that holds a URL.)
func (p *phone) dhclient(t *testing.T) map[string]string {
	t.Helper()
	script := p.write(t, "dhclient.sh", 0o700, `#!/bin/sh
case $reason in BOUND | REBOOT) ;; *) exit 0 ;; esac
ip addr flush dev "$interface" && ip addr add "$new_ip_address/$new_subnet_mask" dev "$interface" || exit 1
echo "lease{"
echo "reason=$reason"
echo "ip=$new_ip_address"
echo "router=$new_routers"
echo "serverid=$new_dhcp_server_identifier"
echo "domain=$new_domain_name"
echo "tftp=$new_tftp_server_name"
echo "}lease"
`)
	conf := p.write(t, "dhclient.conf", 0o600, fmt.Sprintf(`
timeout 480; retry 1; reboot 120; initial-interval 1; backoff-cutoff 3; select-timeout 0;
send vendor-class-identifier %q;
request subnet-mask, routers, domain-name, tftp-server-name;
`, p.vendorClass))
	// A copy, because Debian's AppArmor profile for the program in its own place
	// forbids it files like these.
	program, err := exec.LookPath("dhclient")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	program = p.write(t, "dhclient", 0o700, string(data))

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	cmd := p.command(ctx, program, "-4", "-1", "-d", "-sf", script, "-cf", conf,
		"-lf", filepath.Join(p.dir, "leases"), "-pf", filepath.Join(p.dir, "pid"), "eth0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	// It writes its lease down after the script, and says so last.
	lease := readLease(io.TeeReader(out, &log), "bound to ")
	stop() // it would go on to renew
	_ = cmd.Wait()
	if len(lease) == 0 {
		t.Fatalf("dhclient got no lease:\n%s", log.Bytes())
	}
	return lease
}

// readLease reads what the clients' scripts print, up to a line that begins with
// last.
func readLease(r io.Reader, last string) map[string]string {
	lease := make(map[string]string)
	inside := false
	lines := bufio.NewScanner(r)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), last) {
		switch name, value, _ := strings.Cut(lines.Text(), "="); {
		case name == "lease{":
			inside = true
		case name == "}lease":
			inside = false
		case inside:
			lease[name] = value
		}
	}
	return lease
}

// write puts a file into the phone's folder.
func (p *phone) write(t *testing.T, name string, mode os.FileMode, text string) (file string) {
	t.Helper()
	file = filepath.Join(p.dir, name)
	if err := os.WriteFile(file, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	return file
}

// httpGet fetches with curl as a phone of the given User-Agent and returns
// status and body.
func (p *phone) httpGet(t *testing.T, agent, url string) (status, body string) {
	t.Helper()
	file := filepath.Join(p.dir, "body")
	// The box answers DHCP a moment before it serves files, and a phone comes
	// back too.
	status = p.must(t, "curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", "60",
		"--retry", "240", "--retry-connrefused", "--retry-delay", "1",
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
	// Its exit status is 0 whatever happens; the file tells. It gives up after half
	// a minute, and the box answers DHCP a moment before it serves files.
	for end := time.Now().Add(patience); ; {
		out := p.must(t, "tftp", "-m", "binary", host, "-c", "get", name, file)
		data, err := os.ReadFile(file)
		if err == nil && len(data) > 0 {
			return string(data)
		}
		if !strings.Contains(out, "timed out") || time.Now().After(end) {
			t.Errorf("TFTP gave no %s: %v\n%s", name, err, out)
			return ""
		}
	}
}
