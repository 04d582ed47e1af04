package dhcp

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// Test A4: stock clients bind, renew, come back after a crash, and release.
func TestRealClients(t *testing.T) {
	for name, run := range map[string]func(*lanTest){"udhcpc": udhcpc, "dhclient": dhclient, "dhcpcd": dhcpcd, "relay": relay} {
		t.Run(name, func(t *testing.T) {
			l := newLAN(t)
			l.serve()
			run(l)
		})
	}
}

func udhcpc(l *lanTest) {
	script := l.script("udhcpc.sh", `
case "$1" in
bound|renew) ip addr flush dev $interface; ip addr add $ip/$mask dev $interface; ip route replace default via $router ;;
deconfig) ip addr flush dev $interface ;;
esac
echo "$1 ip=$ip mask=$mask router=$router dns=$dns lease=$lease domain=$domain opt150=$opt150 siaddr=$siaddr"
`)
	client := func() (chan string, *exec.Cmd) {
		return l.program("c", "udhcpc", "-f", "-i", "phone0", "-s", script, "-T", "2",
			"-V", "Cisco Systems, Inc. IP Phone CP-9999", "-O", "150")
	}
	out, cmd := client()
	l.await(out, "bound", "ip=10.0.0.50", "mask=24", "router=10.0.0.1", "dns=10.0.0.1 10.0.0.2", "lease=3600", "domain=branch.example.org", "opt150=0a000002")
	l.await(l.journal, "event DISCOVER/OFFER 00:15:65:00:00:11 10.0.0.50")
	l.await(l.journal, "event REQUEST/ACK 00:15:65:00:00:11 10.0.0.50")
	_ = cmd.Process.Signal(syscall.SIGUSR1)
	l.await(out, "renew", "ip=10.0.0.50")
	l.await(l.journal, "event REQUEST/ACK 00:15:65:00:00:11 10.0.0.50")
	// The server dies and comes back; the client's next renewal is answered.
	l.crash()
	l.serve()
	_ = cmd.Process.Signal(syscall.SIGUSR1)
	l.await(out, "renew", "ip=10.0.0.50")
	_ = cmd.Process.Signal(syscall.SIGUSR2)
	l.await(l.journal, "event RELEASE/ 00:15:65:00:00:11 10.0.0.50")
	_ = cmd.Process.Kill()
	out, _ = client()
	l.await(out, "bound", "ip=10.0.0.50")
}

func dhclient(l *lanTest) {
	script := l.script("dhclient.sh", `
case "$reason" in
BOUND|RENEW|REBIND|REBOOT) ip addr flush dev $interface; ip addr add $new_ip_address/24 dev $interface ;;
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
`), 0o600); err != nil {
		l.t.Fatal(err)
	}
	args := func(more ...string) []string {
		return append([]string{"dhclient", "-4", "-d", "-cf", conf, "-sf", script, "-lf", filepath.Join(l.dir, "dhclient.leases"), "-pf", filepath.Join(l.dir, "dhclient.pid")}, more...)
	}
	out, cmd := l.program("c", args("phone0")...)
	l.await(out, "BOUND", "ip=10.0.0.50", "url=http://10.0.0.2:8667", "ntp=10.0.0.1")
	l.await(out, "bound to 10.0.0.50")
	_ = cmd.Process.Kill()
	l.crash()
	l.serve()
	out, cmd = l.program("c", args("phone0")...)
	l.await(out, "REBOOT", "ip=10.0.0.50", "url=http://10.0.0.2:8667") // INIT-REBOOT after the crash
	_ = cmd.Process.Kill()
	out, _ = l.program("c", args("-r", "phone0")...)
	l.await(l.journal, "event RELEASE/ 00:15:65:00:00:11 10.0.0.50")
	l.await(out, "RELEASE")
}

func dhcpcd(l *lanTest) {
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
exec dhcpcd -4 -B -f `+conf+` -c `+script+` -t 20 phone0
`)
	out, cmd := l.program("c", start)
	l.await(out, "BOUND", "ip=10.0.0.50", "tftp=10.0.0.2", "router=10.0.0.1")
	l.await(l.journal, "event REQUEST/ACK 00:15:65:00:00:11 10.0.0.50")
	// It is controlled through a socket that only its mount namespace has.
	control := func(flag string) {
		l.must("nsenter", "-t", strconv.Itoa(cmd.Process.Pid), "-m", "-n", "dhcpcd", "-4", "-f", conf, "-c", script, flag, "phone0")
	}
	// The next command comes only after the client itself has acted on the ACK.
	control("-N") // renew
	l.await(l.journal, "event REQUEST/ACK 00:15:65:00:00:11 10.0.0.50")
	l.await(out, "RENEW", "ip=10.0.0.50")
	l.crash()
	l.serve()
	control("-n") // rebind
	l.await(l.journal, "event REQUEST/ACK 00:15:65:00:00:11 10.0.0.50")
	l.await(out, "rebinding lease of 10.0.0.50")
	l.await(out, "RENEW", "ip=10.0.0.50") // what it calls an unchanged lease
	// It waits for the client to be gone, which it is not before this test has reaped
	// it; what counts is the RELEASE.
	_ = exec.CommandContext(l.ctx, "nsenter", "-t", strconv.Itoa(cmd.Process.Pid), "-m", "-n", "dhcpcd", "-4", "-f", conf, "-c", script, "-k", "phone0").Run()
	l.await(l.journal, "event RELEASE/ 00:15:65:00:00:11 10.0.0.50")
}

func relay(l *lanTest) {
	script := l.script("udhcpc.sh", `
[ "$1" = deconfig ] || { ip addr flush dev $interface; ip addr add $ip/$mask dev $interface; ip route replace default via $router; }
echo "$1 ip=$ip router=$router opt150=$opt150 siaddr=$siaddr"
`)
	l.startRelay()
	out, cmd := l.program("d", "udhcpc", "-f", "-i", "phone0", "-s", script, "-T", "2", "-V", "Cisco Systems, Inc. IP Phone CP-9999", "-O", "150")
	l.await(out, "bound", "ip=10.1.0.50", "router=10.1.0.1", "opt150=0a000002")
	_ = cmd.Process.Signal(syscall.SIGUSR1) // unicast, past the relay
	l.await(out, "renew", "ip=10.1.0.50")
	_ = cmd.Process.Signal(syscall.SIGUSR2)
	l.await(l.journal, "event RELEASE/ 00:15:65:00:00:22 10.1.0.50")
}
