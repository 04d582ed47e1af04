package dhcp

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"provbox/dhcp/lease"
)

// The environment variable that turns the test binary into the server inside
// the namespace; its value is the lease file.
const helperEnv = "PROVBOX_TEST_DHCP_SERVER"

// fileStore appends records to a file and syncs it.
type fileStore struct {
	mu   sync.Mutex
	path string
}

func (s *fileStore) LoadLeases(context.Context) ([]lease.Lease, error) {
	data, err := os.ReadFile(s.path)
	if os.IsNotExist(err) {
		return nil, nil
	}
	all := map[netip.Addr]lease.Lease{}
	for _, line := range strings.Split(string(data), "\n") {
		var l lease.Lease
		if json.Unmarshal([]byte(line), &l) == nil {
			all[l.IP] = l
		}
	}
	var out []lease.Lease
	for _, l := range all {
		out = append(out, l)
	}
	return out, err
}

func (s *fileStore) PutLeases(_ context.Context, ls []lease.Lease) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := os.OpenFile(s.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	for _, l := range ls {
		b, err := json.Marshal(l)
		if err != nil {
			return err
		}
		if _, err := f.Write(append(b, '\n')); err != nil {
			return err
		}
	}
	return f.Sync()
}

func (s *fileStore) DeleteLeases(context.Context, []netip.Addr) error { return nil }

// stdoutJournal prints what clients were answered.
type stdoutJournal struct{}

func (stdoutJournal) DHCP(_ context.Context, e Event) {
	fmt.Printf("event %s/%s %s %s %s\n", e.Message, e.Reply, e.MAC, e.IP, e.Sent)
}

// TestNamespaceServer is not a test: it is the server of the namespace tests.
func TestNamespaceServer(t *testing.T) {
	path := os.Getenv(helperEnv)
	if path == "" {
		t.Skip("only runs as the server of TestRealClients")
	}
	c := testConfig()
	s, err := New(c, Deps{Store: &fileStore{path: path}, Journal: stdoutJournal{}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	go func() {
		for ctx.Err() == nil && len(s.Listening()) == 0 {
			time.Sleep(10 * time.Millisecond)
		}
		fmt.Println("event ready")
	}()
	if err := s.Serve(ctx); err != nil {
		t.Fatal(err)
	}
}

// lanTest is a private LAN of network namespaces: the server, a client, and a
// client behind a relay.
type lanTest struct {
	t       *testing.T
	ctx     context.Context
	prefix  string
	dir     string
	server  *exec.Cmd
	journal chan string
}

func (l *lanTest) ns(name string) string { return l.prefix + name }

func (l *lanTest) command(ns string, args ...string) *exec.Cmd {
	return exec.CommandContext(l.ctx, "ip", append([]string{"netns", "exec", l.ns(ns)}, args...)...)
}

func (l *lanTest) must(args ...string) {
	l.t.Helper()
	if out, err := exec.CommandContext(l.ctx, args[0], args[1:]...).CombinedOutput(); err != nil {
		l.t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func newLAN(t *testing.T) *lanTest {
	t.Helper()
	if testing.Short() {
		t.Skip("real clients in network namespaces: left out with -short")
	}
	if os.Getuid() != 0 {
		t.Skip("real clients need network namespaces: run as root")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("real clients need network namespaces: install iproute2")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	l := &lanTest{t: t, ctx: ctx, prefix: fmt.Sprintf("pbd%d", os.Getpid()), dir: t.TempDir()}
	names := []string{"s", "c", "r", "d"}
	t.Cleanup(func() {
		for _, n := range names {
			// Clients that fork leave processes behind.
			pids, _ := exec.Command("ip", "netns", "pids", l.ns(n)).Output()
			for _, f := range strings.Fields(string(pids)) {
				if pid, err := strconv.Atoi(f); err == nil {
					_ = syscall.Kill(pid, syscall.SIGKILL)
				}
			}
			_ = exec.Command("ip", "netns", "del", l.ns(n)).Run()
		}
	})
	for _, n := range names {
		if out, err := exec.CommandContext(ctx, "ip", "netns", "add", l.ns(n)).CombinedOutput(); err != nil {
			t.Skipf("network namespaces are not permitted here: %s", strings.TrimSpace(string(out)))
		}
		l.must("ip", "-n", l.ns(n), "link", "set", "lo", "up")
	}
	// The server's interface is a bridge that the phone and the relay are on.
	l.must("ip", "-n", l.ns("s"), "link", "add", "eth0", "type", "bridge", "forward_delay", "0")
	l.must("ip", "-n", l.ns("s"), "addr", "add", "10.0.0.2/24", "dev", "eth0")
	plug := func(ns, dev, port string) {
		l.must("ip", "link", "add", dev, "netns", l.ns(ns), "type", "veth", "peer", "name", port, "netns", l.ns("s"))
		l.must("ip", "-n", l.ns("s"), "link", "set", port, "master", "eth0", "up")
	}
	plug("c", "phone0", "port1")
	plug("r", "up0", "port2")
	l.must("ip", "-n", l.ns("c"), "link", "set", "phone0", "address", "00:15:65:00:00:11", "up")
	l.must("ip", "-n", l.ns("s"), "link", "set", "eth0", "up")
	l.must("ip", "link", "add", "phone0", "netns", l.ns("d"), "type", "veth", "peer", "name", "down0", "netns", l.ns("r"))
	l.must("ip", "-n", l.ns("d"), "link", "set", "phone0", "address", "00:15:65:00:00:22", "up")
	l.must("ip", "-n", l.ns("r"), "addr", "add", "10.0.0.1/24", "dev", "up0")
	l.must("ip", "-n", l.ns("r"), "addr", "add", "10.1.0.1/24", "dev", "down0")
	for _, dev := range []string{"up0", "down0"} {
		l.must("ip", "-n", l.ns("r"), "link", "set", dev, "up")
	}
	l.must("ip", "netns", "exec", l.ns("r"), "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")
	l.must("ip", "-n", l.ns("s"), "route", "add", "10.1.0.0/24", "via", "10.0.0.1")
	return l
}

// serve starts the server in its namespace and waits until it listens.
func (l *lanTest) serve() {
	l.t.Helper()
	exe, err := os.Executable()
	if err != nil {
		l.t.Fatal(err)
	}
	l.server = l.command("s", exe, "-test.run=^TestNamespaceServer$")
	l.server.Env = append(os.Environ(), helperEnv+"="+filepath.Join(l.dir, "leases"))
	out, err := l.server.StdoutPipe()
	if err != nil {
		l.t.Fatal(err)
	}
	l.server.Stderr = os.Stderr
	if err := l.server.Start(); err != nil {
		l.t.Fatal(err)
	}
	l.journal = lines(out)
	l.t.Cleanup(func() { l.crash() })
	l.await(l.journal, "event ready")
}

// crash ends the server the hard way.
func (l *lanTest) crash() {
	if l.server != nil {
		_ = l.server.Process.Kill()
		_ = l.server.Wait()
		l.server = nil
	}
}

func lines(r io.Reader) chan string {
	ch := make(chan string, 1000)
	go func() {
		defer close(ch)
		for sc := bufio.NewScanner(r); sc.Scan(); {
			ch <- sc.Text()
		}
	}()
	return ch
}

// await reads lines until one contains all parts, and returns it.
func (l *lanTest) await(ch chan string, parts ...string) string {
	l.t.Helper()
	var seen []string
	timeout := time.After(30 * time.Second)
	for {
		select {
		case s, ok := <-ch:
			seen = append(seen, s)
			if !ok {
				l.t.Fatalf("waiting for %q, but the program ended; it said:\n%s", parts, strings.Join(seen, "\n"))
			}
			found := true
			for _, p := range parts {
				found = found && strings.Contains(s, p)
			}
			if found {
				return s
			}
		case <-timeout:
			l.t.Fatalf("nothing with %q in 30 s; there was:\n%s", parts, strings.Join(seen, "\n"))
		}
	}
}

// program starts a client; the returned function ends it.
func (l *lanTest) program(ns string, args ...string) (chan string, *exec.Cmd) {
	l.t.Helper()
	if _, err := exec.LookPath(args[0]); err != nil {
		l.t.Skipf("%s is not installed", args[0])
	}
	cmd := l.command(ns, args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		l.t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		time.AfterFunc(3*time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
	})
	return lines(out), cmd
}

func (l *lanTest) script(name, body string) string {
	l.t.Helper()
	path := filepath.Join(l.dir, name)
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body), 0o700); err != nil {
		l.t.Fatal(err)
	}
	return path
}

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
	control("-N") // renew
	l.await(l.journal, "event REQUEST/ACK 00:15:65:00:00:11 10.0.0.50")
	l.crash()
	l.serve()
	control("-n") // rebind
	l.await(l.journal, "event REQUEST/ACK 00:15:65:00:00:11 10.0.0.50")
	control("-k")
	l.await(l.journal, "event RELEASE/ 00:15:65:00:00:11 10.0.0.50")
}

func relay(l *lanTest) {
	script := l.script("udhcpc.sh", `
[ "$1" = deconfig ] || { ip addr flush dev $interface; ip addr add $ip/$mask dev $interface; ip route replace default via $router; }
echo "$1 ip=$ip router=$router opt150=$opt150 siaddr=$siaddr"
`)
	log, _ := l.program("r", "dhcrelay", "-4", "-d", "-a", "-id", "down0", "-iu", "up0", "10.0.0.2")
	l.await(log, "Sending on   Socket/fallback")
	out, cmd := l.program("d", "udhcpc", "-f", "-i", "phone0", "-s", script, "-T", "2", "-V", "Cisco Systems, Inc. IP Phone CP-9999", "-O", "150")
	l.await(out, "bound", "ip=10.1.0.50", "router=10.1.0.1", "opt150=0a000002")
	_ = cmd.Process.Signal(syscall.SIGUSR1) // unicast, past the relay
	l.await(out, "renew", "ip=10.1.0.50")
	_ = cmd.Process.Signal(syscall.SIGUSR2)
	l.await(l.journal, "event RELEASE/ 00:15:65:00:00:22 10.1.0.50")
}
