package dhcp

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// place is where a client is, and what it gets there.
type place struct{ ns, mac, ip, router, dns, ntp, domain string }

// near is on the server's link, far behind a relay.
var (
	near = place{"c", "00:15:65:00:00:11", "10.0.0.50", "10.0.0.1", "10.0.0.1 10.0.0.2", "10.0.0.1", "branch.example.org"}
	far  = place{ns: "d", mac: "00:15:65:00:00:22", ip: "10.1.0.50", router: "10.1.0.1"}
)

// Test A4: stock clients bind, renew, come back after a crash of the server,
// and release, on its link and behind a relay.
func TestRealClients(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*testing.T){}
	for name, run := range map[string]func(*lanTest, place){"udhcpc": udhcpc, "dhclient": dhclient, "dhcpcd": dhcpcd} {
		tests[name] = func(t *testing.T) {
			l := newLAN(t)
			l.serve()
			run(l, near)
		}
		tests[name+" behind a relay"] = func(t *testing.T) {
			l := newLAN(t)
			l.serve()
			l.startRelay()
			run(l, far)
		}
	}
	together(t, tests)
}

// Test A4: they also renew when it is time to, and rebind with a server that
// came back under an address they do not know.
func TestRebinding(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*testing.T){}
	for _, c := range []struct {
		name, lease, bound, renewed, server string
		start                               func(*lanTest) chan string
	}{
		{"udhcpc", "24s", "bound ip=", "renew ip=", "opt150=0a000003", func(l *lanTest) chan string { out, _ := startUdhcpc(l, near); return out }},
		{"dhclient", "1h", "BOUND ip=", "RENEW ip=", "http://10.0.0.3:8667", func(l *lanTest) chan string {
			// Its moments of asking again would skip the rebinding of a short lease.
			out, _ := startDhclient(l, near, "supersede dhcp-renewal-time 4; supersede dhcp-rebinding-time 6;")
			return out
		}},
	} {
		tests[c.name] = func(t *testing.T) {
			l := newLAN(t)
			l.env = []string{helperEnv + "_LEASE=" + c.lease}
			l.serve()
			out := c.start(l)
			for _, said := range []string{c.bound, c.renewed} {
				l.await(l.journal, "event REQUEST/ACK "+near.mac+" "+near.ip)
				l.await(out, said+near.ip)
			}
			l.moveServer()
			l.await(l.journal, "event REQUEST/ACK "+near.mac+" "+near.ip)
			l.await(out, c.renewed+near.ip, c.server) // which is what they call it
		}
	}
	together(t, tests)
}

func startUdhcpc(l *lanTest, at place) (chan string, *exec.Cmd) {
	l.t.Helper()
	script := l.script("udhcpc.sh", `
case "$1" in
bound|renew) ip addr flush dev $interface; ip addr add $ip/$mask dev $interface; ip route replace default via $router ;;
deconfig) ip addr flush dev $interface ;;
esac
echo "$1 ip=$ip mask=$mask router=$router dns=$dns lease=$lease domain=$domain opt150=$opt150 siaddr=$siaddr"
`)
	return l.program(at.ns, "udhcpc", "-f", "-i", "phone0", "-s", script, "-T", "2",
		"-V", "Cisco Systems, Inc. IP Phone CP-9999", "-O", "150")
}

func udhcpc(l *lanTest, at place) {
	client := func() (chan string, *exec.Cmd) { return startUdhcpc(l, at) }
	out, cmd := client()
	l.await(out, "bound", "ip="+at.ip+" ", "mask=24", "router="+at.router+" ", "dns="+at.dns+" ", "lease=3600", "domain="+at.domain+" ", "opt150=0a000002")
	l.await(l.journal, "event DISCOVER/OFFER "+at.mac+" "+at.ip)
	l.await(l.journal, "event REQUEST/ACK "+at.mac+" "+at.ip)
	_ = cmd.Process.Signal(syscall.SIGUSR1)
	l.await(out, "renew", "ip="+at.ip)
	l.await(l.journal, "event REQUEST/ACK "+at.mac+" "+at.ip)
	// The server dies and comes back; the client's next renewal is answered.
	l.crash()
	l.serve()
	_ = cmd.Process.Signal(syscall.SIGUSR1)
	l.await(out, "renew", "ip="+at.ip)
	l.know(at.ns, "10.0.0.2")
	_ = cmd.Process.Signal(syscall.SIGUSR2)
	l.await(l.journal, "event RELEASE/ "+at.mac+" "+at.ip)
	_ = cmd.Process.Kill()
	out, _ = client()
	l.await(out, "bound", "ip="+at.ip)
}

func startDhclient(l *lanTest, at place, extra string, more ...string) (chan string, *exec.Cmd) {
	l.t.Helper()
	script := l.script("dhclient.sh", `
case "$reason" in
BOUND|RENEW|REBIND|REBOOT) ip addr flush dev $interface; ip addr add $new_ip_address/24 dev $interface; ip route replace default via $new_routers ;;
EXPIRE|RELEASE|FAIL) ip addr flush dev $interface ;;
esac
echo "$reason ip=$new_ip_address url=$new_tftp_server_name ntp=$new_ntp_servers"
exit 0
`)
	conf := filepath.Join(l.dir, "dhclient.conf")
	if err := os.WriteFile(conf, []byte(`
send vendor-class-identifier "yealink";
send dhcp-client-identifier "one phone";
request subnet-mask, routers, ntp-servers, tftp-server-name;
`+extra), 0o600); err != nil {
		l.t.Fatal(err)
	}
	args := []string{"dhclient", "-4", "-d", "-cf", conf, "-sf", script, "-lf", filepath.Join(l.dir, "dhclient.leases"), "-pf", filepath.Join(l.dir, "dhclient.pid")}
	return l.program(at.ns, append(append(args, more...), "phone0")...)
}

func dhclient(l *lanTest, at place) {
	out, cmd := startDhclient(l, at, "")
	l.await(out, "BOUND", "ip="+at.ip, "url=http://10.0.0.2:8667", "ntp="+at.ntp)
	l.await(out, "bound to "+at.ip)
	_ = cmd.Process.Kill()
	l.crash()
	l.serve()
	out, cmd = startDhclient(l, at, "")
	l.await(out, "REBOOT", "ip="+at.ip, "url=http://10.0.0.2:8667") // INIT-REBOOT after the crash
	_ = cmd.Process.Kill()
	l.know(at.ns, "10.0.0.2")
	out, _ = startDhclient(l, at, "", "-r")
	l.await(l.journal, "event RELEASE/ "+at.mac+" "+at.ip)
	l.await(out, "RELEASE")
}

func dhcpcd(l *lanTest, at place) {
	if _, err := exec.LookPath("dhcpcd"); err != nil {
		l.t.Skip("dhcpcd is not installed")
	}
	script := l.script("dhcpcd.sh", `echo "$reason ip=$new_ip_address tftp=$new_tftp_ips router=$new_routers"`)
	// Its own idea of option 66 is a domain name, so it is asked for 150.
	conf := l.script("dhcpcd.conf", `
define 150 array ipaddress tftp_ips
vendorclassid Cisco Systems, Inc. IP Phone CP-9999
option tftp_ips, routers
`)
	// Its directories are private to the namespace, so nothing of the host's
	// changes.
	start := l.script("dhcpcd-start.sh", `
mkdir -p /run/dhcpcd /var/lib/dhcpcd && mount -t tmpfs none /run/dhcpcd && mount -t tmpfs none /var/lib/dhcpcd || exit 1
exec dhcpcd -4 -B -f `+conf+` -c `+script+` -t 110 phone0
`)
	out, cmd := l.program(at.ns, start)
	l.await(out, "BOUND", "ip="+at.ip, "tftp=10.0.0.2", "router="+at.router)
	l.await(l.journal, "event REQUEST/ACK "+at.mac+" "+at.ip)
	// It is controlled through a socket that only its mount namespace has.
	control := func(flag string) {
		l.must("nsenter", "-t", strconv.Itoa(cmd.Process.Pid), "-m", "-n", "dhcpcd", "-4", "-f", conf, "-c", script, flag, "phone0")
	}
	// The next command comes only after the client itself has acted on the ACK.
	renew, rebind := func() { control("-N") }, func() { control("-n") }
	l.insist(renew, l.journal, "event REQUEST/ACK "+at.mac+" "+at.ip)
	l.await(out, "RENEW", "ip="+at.ip)
	l.crash()
	l.serve()
	l.insist(rebind, l.journal, "event REQUEST/ACK "+at.mac+" "+at.ip)
	l.await(out, "rebinding lease of "+at.ip)
	l.await(out, "RENEW", "ip="+at.ip) // what it calls an unchanged lease
	l.know(at.ns, "10.0.0.2")
	// It waits for the client to be gone, which it is not before this test has reaped
	// it; what counts is the RELEASE.
	_ = exec.CommandContext(l.ctx, "nsenter", "-t", strconv.Itoa(cmd.Process.Pid), "-m", "-n", "dhcpcd", "-4", "-f", conf, "-c", script, "-k", "phone0").Run()
	l.await(out, "releasing lease of "+at.ip)
	l.await(l.journal, "event RELEASE/ "+at.mac+" "+at.ip)
}
