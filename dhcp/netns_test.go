package dhcp

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
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
	if os.Getenv(helperEnv+"_ALL") != "" {
		c.Interfaces[0].Subnets[0].Serve = ServeAll
	}
	if d, err := time.ParseDuration(os.Getenv(helperEnv + "_LEASE")); err == nil {
		for i := range c.Interfaces[0].Subnets {
			c.Interfaces[0].Subnets[i].LeaseTime = d
		}
	}
	rules, err := tableOf(os.Getenv(rulesEnv))
	if err != nil {
		t.Fatal(err)
	}
	c.Rules = rules
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
	env     []string // of the server
	server  *exec.Cmd
	journal chan string
	early   []string // what the server said before it was ready
}

// patience is how long a program may take to say what it has to, lanPatience how
// long one LAN is there; they are only reached when a test fails.
const (
	patience    = 2 * time.Minute
	lanPatience = 6 * time.Minute
)

// together runs tests at the same time, however few may run in parallel: they wait
// for the clients' timers and compute little.
func together(t *testing.T, tests map[string]func(*testing.T)) {
	t.Helper()
	var all sync.WaitGroup
	for name, test := range tests {
		all.Go(func() { t.Run(name, test) })
	}
	all.Wait()
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
	ctx, cancel := context.WithTimeout(t.Context(), lanPatience)
	t.Cleanup(cancel)
	l := &lanTest{t: t, ctx: ctx, prefix: fmt.Sprintf("pbd%d-%x", os.Getpid(), rand.Uint32()), dir: t.TempDir()}
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
	l.forward("1")
	l.must("ip", "-n", l.ns("s"), "route", "add", "10.1.0.0/24", "via", "10.0.0.1")
	return l
}

// forward sets whether the relay's machine is a router too: 1 or 0.
func (l *lanTest) forward(on string) {
	l.t.Helper()
	l.must("ip", "netns", "exec", l.ns("r"), "sh", "-c", "echo "+on+" > /proc/sys/net/ipv4/ip_forward")
}

// startRelay runs a relay agent between the far client and the server.
func (l *lanTest) startRelay() *exec.Cmd {
	l.t.Helper()
	log, cmd := l.program("r", "dhcrelay", "-4", "-d", "--no-pid", "-a", "-id", "down0", "-iu", "up0", "10.0.0.2")
	l.await(log, "Sending on   Socket/fallback")
	return cmd
}

// know tells the machine of a client where its packets to a server go. Clients
// take their address from the interface as soon as they have sent a RELEASE,
// and the kernel drops one that still waits for ARP.
func (l *lanTest) know(ns, server string) {
	l.t.Helper()
	hop, at, dev := server, "s", "eth0"
	if ns == "d" {
		hop, at, dev = "10.1.0.1", "r", "down0"
	}
	out, err := exec.CommandContext(l.ctx, "ip", "netns", "exec", l.ns(at), "cat", "/sys/class/net/"+dev+"/address").Output()
	if err != nil {
		l.t.Fatal(err)
	}
	l.must("ip", "-n", l.ns(ns), "neigh", "replace", hop, "lladdr", strings.TrimSpace(string(out)), "dev", "phone0", "nud", "permanent")
}

// serve starts the server in its namespace and waits until it listens.
func (l *lanTest) serve() {
	l.t.Helper()
	exe, err := os.Executable()
	if err != nil {
		l.t.Fatal(err)
	}
	l.server = l.command("s", exe, "-test.run=^TestNamespaceServer$")
	l.server.Env = append(append(os.Environ(), helperEnv+"="+filepath.Join(l.dir, "leases")), l.env...)
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
	l.early = l.awaitAll(l.journal, "event ready")
}

// crash ends the server the hard way.
func (l *lanTest) crash() {
	if l.server != nil {
		_ = l.server.Process.Kill()
		_ = l.server.Wait()
		l.server = nil
	}
}

// moveServer has the server die and come back under another address, so that
// only a broadcast finds it.
func (l *lanTest) moveServer() {
	l.t.Helper()
	l.crash()
	l.must("ip", "-n", l.ns("s"), "addr", "del", "10.0.0.2/24", "dev", "eth0")
	l.must("ip", "-n", l.ns("s"), "addr", "add", "10.0.0.3/24", "dev", "eth0")
	l.serve()
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
	all := l.awaitAll(ch, parts...)
	return all[len(all)-1]
}

// awaitAll is await that returns the lines before, too.
func (l *lanTest) awaitAll(ch chan string, parts ...string) []string {
	l.t.Helper()
	return l.insist(func() {}, ch, parts...)
}

// insist is awaitAll for what follows a command that a client may not have
// listened to, being busy: it is given again now and then.
func (l *lanTest) insist(command func(), ch chan string, parts ...string) []string {
	l.t.Helper()
	var seen []string
	timeout := time.After(patience)
	again := time.NewTicker(patience / 8)
	defer again.Stop()
	command()
	for {
		select {
		case <-again.C:
			command()
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
				return seen
			}
		case <-timeout:
			l.t.Fatalf("nothing with %q in %v; there was:\n%s", parts, patience, strings.Join(seen, "\n"))
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
	text := []byte("#!/bin/sh\n" + body)
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, text) {
		return path // which a client that was ended may still run
	}
	// A program that another test starts in the meantime must not inherit the file,
	// which nobody could run until that had been replaced in the child ("text file
	// busy").
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := os.WriteFile(path, text, 0o700); err != nil {
		l.t.Fatal(err)
	}
	return path
}
