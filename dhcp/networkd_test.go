package dhcp

import (
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

const networkdPath = "/lib/systemd/systemd-networkd"

// Test A4: systemd-networkd, whose client takes no orders but those of time:
// with leases of 24 seconds it renews after 12 and rebinds after 21.
func TestNetworkd(t *testing.T) {
	t.Parallel()
	lease := []string{helperEnv + "_LEASE=24s"}
	together(t, map[string]func(*testing.T){"link": func(t *testing.T) {
		l := newLAN(t)
		l.env = lease
		l.serve()
		n := l.startNetworkd("c")
		n.bound("00:15:65:00:00:11", "10.0.0.50", "10.0.0.2")
		l.moveServer()
		n.rebound("00:15:65:00:00:11", "10.0.0.50", "10.0.0.3")
	}, "relay": func(t *testing.T) {
		l := newLAN(t)
		l.env = lease
		l.serve()
		relay := l.startRelay()
		n := l.startNetworkd("d")
		n.bound("00:15:65:00:00:22", "10.1.0.50", "10.0.0.2")
		// No renewal arrives, and the relay is there in time for the rebinding.
		// It must be away: it passes on what it hears of a renewal, too.
		l.crash()
		_ = relay.Process.Kill()
		_ = relay.Wait()
		l.forward("0")
		l.serve()
		n.await(n.log, "REQUEST (renewing)")
		l.startRelay()
		n.rebound("00:15:65:00:00:22", "10.1.0.50", "10.0.0.2")
	}})
}

// networkd is systemd-networkd in the namespaces of one client: the network's,
// and one of mounts where /run is its own, so that nothing of the host's is
// read or changed.
type networkd struct {
	*lanTest
	ns  string
	log chan string
	cmd *exec.Cmd
}

// startNetworkd runs it on phone0. Without a bus, and with a /sys that cannot
// be written, it waits for nobody, as in a container.
func (l *lanTest) startNetworkd(ns string) *networkd {
	l.t.Helper()
	for _, p := range []string{networkdPath, "nsenter", "mount"} {
		if _, err := exec.LookPath(p); err != nil {
			l.t.Skipf("%s is not installed", p)
		}
	}
	if err := exec.CommandContext(l.ctx, "getent", "passwd", "systemd-network").Run(); err != nil {
		l.t.Skip("systemd-networkd is installed without its user systemd-network")
	}
	start := l.script("networkd.sh", `
mount --make-rprivate / && mount -t tmpfs none /run && mount -o remount,bind,ro /sys || exit 1
mkdir -p /run/systemd/network || exit 1
cat > /run/systemd/network/00-phone.network <<'EOF'
[Match]
Name=phone0
[Network]
DHCP=ipv4
LinkLocalAddressing=no
IPv6AcceptRA=no
LLDP=no
[DHCPv4]
ClientIdentifier=mac
VendorClassIdentifier=yealink
RequestOptions=66
SendRelease=yes
UseDNS=no
UseDomains=no
UseHostname=no
EOF
exec env SYSTEMD_LOG_LEVEL=debug SYSTEMD_LOG_TARGET=console `+networkdPath+`
`)
	log, cmd := l.program(ns, start)
	return &networkd{l, ns, log, cmd}
}

// bound waits for the first lease and its renewal.
func (n *networkd) bound(mac, ip, server string) {
	n.t.Helper()
	n.await(n.journal, "event DISCOVER/OFFER "+mac+" "+ip, "http://"+server+":8667")
	n.await(n.journal, "event REQUEST/ACK "+mac+" "+ip)
	n.await(n.log, "DHCPv4 address "+ip+"/24", "acquired from "+server)
	n.await(n.log, "DHCPv4 address and routes set")
	n.lease("ADDRESS="+ip, "SERVER_ADDRESS="+server, "T1=12", "T2=21", "LIFETIME=24")
	n.await(n.log, "REQUEST (renewing)")
	n.await(n.journal, "event REQUEST/ACK "+mac+" "+ip)
	n.await(n.log, "DHCPv4 client: ACK")
}

// rebound waits for the lease to be rebound after the server was away, and
// ends it.
func (n *networkd) rebound(mac, ip, server string) {
	n.t.Helper()
	n.await(n.log, "REQUEST (rebinding)")
	n.await(n.journal, "event REQUEST/ACK "+mac+" "+ip)
	n.await(n.log, "DHCPv4 client: ACK")
	n.lease("ADDRESS="+ip, "SERVER_ADDRESS="+server)
	n.forward("1") // the release goes past a relay
	n.know(n.ns, server)
	_ = n.cmd.Process.Signal(syscall.SIGTERM)
	n.await(n.journal, "event RELEASE/ "+mac+" "+ip)
}

// lease waits until the client's own record of its lease says all of this.
func (n *networkd) lease(lines ...string) {
	n.t.Helper()
	for {
		out, err := exec.CommandContext(n.ctx, "nsenter", "-t", strconv.Itoa(n.cmd.Process.Pid), "-m", "sh", "-c", "cat /run/systemd/netif/leases/*").CombinedOutput()
		found := err == nil
		for _, line := range lines {
			found = found && strings.Contains("\n"+string(out), "\n"+line+"\n")
		}
		if found {
			return
		}
		select {
		case <-n.ctx.Done():
			n.t.Fatalf("no lease with %q; there is:\n%s", lines, out)
		case <-time.After(50 * time.Millisecond):
		}
	}
}
