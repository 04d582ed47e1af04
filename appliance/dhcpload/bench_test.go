package dhcpload

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"provbox/appliance/lan"
	"provbox/appliance/store"
	"provbox/dhcp"
	"provbox/dhcp/lease"
	"provbox/dhcp/option"
)

// roleVar makes the test binary play a part: hold a network namespace, be the
// server, or be the phones.
const roleVar = "PROVBOX_TEST_DHCPLOAD"

func TestMain(m *testing.M) {
	role, arg, _ := strings.Cut(os.Getenv(roleVar), " ")
	var err error
	switch role {
	case "":
		os.Exit(m.Run())
	case "hold":
		fmt.Println("ready")
		_, _ = io.Copy(io.Discard, os.Stdin) // until the other end is closed
	case "server":
		err = serve(arg)
	case "phones":
		err = phones()
	case "disk":
		err = disk(arg)
	}
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// phones plays every plan that comes in.
func phones() error {
	fmt.Println("ready")
	for in := json.NewDecoder(os.Stdin); ; {
		var p struct {
			Plan
			Attack *Attack
		}
		if err := in.Decode(&p); err != nil {
			return nil
		}
		var r Result
		var err error
		if p.Attack != nil {
			r, err = Launch(context.Background(), *p.Attack)
		} else {
			r, err = Play(context.Background(), p.Plan)
		}
		if err != nil {
			return err
		}
		if err := json.NewEncoder(os.Stdout).Encode(r); err != nil {
			return err
		}
	}
}

var (
	lanPrefix  = netip.MustParsePrefix("10.77.0.0/16")
	serverAddr = netip.MustParseAddr("10.77.0.1")
	relayAddr  = netip.MustParseAddr("10.77.0.2")
)

// config is the box's own: all vendor rules, phones only.
func config(first, last string) dhcp.Config {
	return dhcp.Config{
		Interfaces: []dhcp.Interface{{Name: "br0", Subnets: []dhcp.Subnet{{
			Prefix: lanPrefix, Routers: []netip.Addr{serverAddr}, DNS: []netip.Addr{serverAddr},
			Pools: []lease.Range{{Start: netip.MustParseAddr(first), End: netip.MustParseAddr(last)}},
		}}}},
		Values: func(_ netip.Prefix, ip netip.Addr) option.Values {
			return option.Values{URI: "http://" + ip.String() + ":8667", TFTPHost: ip.String(), TFTPIP: ip}
		},
	}
}

// serve is the box's DHCP server with the box's store. "small DIR" has a pool of
// 150 addresses, and prints its totals at the end.
func serve(arg string) error {
	cfg := config("10.77.16.0", "10.77.255.250")
	dir, small := strings.CutPrefix(arg, "small ")
	if small {
		cfg = config("10.77.0.50", "10.77.0.199")
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	st, _, err := store.Open(ctx, store.Config{Dir: dir})
	if err != nil {
		return err
	}
	defer st.Close()
	s, err := dhcp.New(cfg, dhcp.Deps{Store: st, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	go func() {
		for ctx.Err() == nil && len(s.Listening()) == 0 {
			time.Sleep(10 * time.Millisecond)
		}
		fmt.Println("listening")
	}()
	err = s.Serve(ctx)
	if small {
		b, _ := json.Marshal(s.Stats())
		fmt.Printf("stats %s\n", b)
	}
	return err
}

// site is a LAN with a place for a server, and phones.
type site struct {
	t      testing.TB
	hold   *exec.Cmd
	phones *exec.Cmd
	in     *json.Encoder
	out    *json.Decoder
	number uint32
}

func newSite(t testing.TB) *site {
	t.Helper()
	if err := lan.Permitted(); err != nil {
		t.Skip(err)
	}
	if _, err := exec.LookPath("nsenter"); err != nil {
		t.Skip("nsenter is not installed")
	}
	s := &site{t: t, number: 1}
	s.hold, _, _ = s.child("hold")
	if err := lan.Bridge(s.hold.Process.Pid, "br0", netip.PrefixFrom(serverAddr, 16)); err != nil {
		t.Fatal(err)
	}
	c, in, out := s.child("phones")
	if err := lan.Plug(s.hold.Process.Pid, "br0", c.Process.Pid, "02:00:00:00:00:01"); err != nil {
		t.Fatal(err)
	}
	s.phones, s.in, s.out = c, json.NewEncoder(in), json.NewDecoder(out)
	return s
}

// child starts this program in a namespace of its own.
func (s *site) child(role string) (*exec.Cmd, io.WriteCloser, io.Reader) {
	s.t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), roleVar+"="+role)
	lan.Isolate(cmd)
	in, err := cmd.StdinPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	r := bufio.NewReader(out)
	if line, err := r.ReadString('\n'); err != nil || line != "ready\n" {
		s.t.Fatalf("%s: %q %v", role, line, err)
	}
	return cmd, in, r
}

// server starts a server and returns what ends it.
func (s *site) server(kind, dir string) (stop func()) {
	s.t.Helper()
	_, stop = s.start(kind, dir)
	return stop
}

// start is server that also tells the process.
func (s *site) start(kind, dir string) (pid int, stop func()) {
	s.t.Helper()
	var cmd *exec.Cmd
	ready := ""
	switch kind {
	case "provbox":
		cmd, ready = lan.Enter(s.hold.Process.Pid, os.Args[0]), "listening"
		cmd.Env = append(os.Environ(), roleVar+"=server "+dir)
	case "dnsmasq":
		if _, err := exec.LookPath(kind); err != nil {
			s.t.Skip("dnsmasq is not installed")
		}
		cmd, ready = lan.Enter(s.hold.Process.Pid, "dnsmasq", "-k", "--conf-file=/dev/null", "--port=0", "--user=root", "--interface=br0", "--bind-interfaces", "--no-ping", "--quiet-dhcp",
			"--dhcp-authoritative", "--log-facility=-", "--dhcp-lease-max=70000", "--dhcp-range=10.77.16.0,10.77.255.250,255.255.0.0,1h",
			"--dhcp-option=66,http://10.77.0.1:8667", "--dhcp-option=6,10.77.0.1", "--dhcp-leasefile="+filepath.Join(dir, "leases")), "sockets bound"
	case "isc":
		if _, err := exec.LookPath("dhcpd"); err != nil {
			s.t.Skip("ISC dhcpd is not installed")
		}
		s.write(dir, "dhcpd.conf", `authoritative; ping-check false; default-lease-time 3600;
subnet 10.77.0.0 netmask 255.255.0.0 { range 10.77.16.0 10.77.255.250; option routers 10.77.0.1; option domain-name-servers 10.77.0.1; option tftp-server-name "http://10.77.0.1:8667"; }`)
		s.write(dir, "leases", "")
		// It can only log every packet, to stderr with -d and else to syslog, so it
		// gets a syslog that is none.
		cmd, ready = lan.Enter(s.hold.Process.Pid, "unshare", "-m", "sh", "-c", `[ ! -e /dev/log ] || mount --bind /dev/null /dev/log; exec dhcpd "$@"`, "dhcpd",
			"-f", "-4", "-cf", filepath.Join(dir, "dhcpd.conf"), "-lf", filepath.Join(dir, "leases"), "-pf", filepath.Join(dir, "pid"), "br0"), "Socket/fallback"
	case "kea":
		if _, err := exec.LookPath("kea-dhcp4"); err != nil {
			s.t.Skip("Kea is not installed")
		}
		s.write(dir, "kea.json", `{"Dhcp4": {"interfaces-config": {"interfaces": ["br0"], "service-sockets-max-retries": 100, "service-sockets-retry-wait-time": 100}, "lease-database": {"type": "memfile", "persist": true, "lfc-interval": 0, "name": "`+filepath.Join(dir, "leases")+`"},
"loggers": [{"name": "kea-dhcp4", "severity": "INFO", "output_options": [{"output": "stdout"}]}, {"name": "kea-dhcp4.leases", "severity": "WARN", "output_options": [{"output": "stdout"}]}],
"multi-threading": {"enable-multi-threading": true, "thread-pool-size": 2, "packet-queue-size": 64},
"valid-lifetime": 3600, "option-data": [{"name": "tftp-server-name", "data": "http://10.77.0.1:8667"}],
"subnet4": [{"id": 1, "subnet": "10.77.0.0/16", "pools": [{"pool": "10.77.16.0 - 10.77.255.250"}], "option-data": [{"name": "routers", "data": "10.77.0.1"}]}]}}`)
		cmd, ready = lan.Enter(s.hold.Process.Pid, "kea-dhcp4", "-c", filepath.Join(dir, "kea.json")), "DHCP4_STARTED"
		cmd.Env = append(os.Environ(), "KEA_PIDFILE_DIR="+dir, "KEA_LOCKFILE_DIR=none", "KEA_LOGGER_DESTINATION=stdout")
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for {
		if !lines.Scan() {
			s.t.Fatalf("%s ended before it was ready", kind)
		}
		if strings.Contains(lines.Text(), ready) {
			break
		}
	}
	go func() {
		for lines.Scan() {
		}
	}()
	return cmd.Process.Pid, func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	}
}

func (s *site) write(dir, name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// play has the phones play a plan; they are new ones each time.
func (s *site) play(p Plan) Result {
	s.t.Helper()
	if p.Relay.IsValid() {
		if err := lan.SetAddr(s.phones.Process.Pid, "eth0", netip.PrefixFrom(p.Relay, lanPrefix.Bits())); err != nil {
			s.t.Fatal(err)
		}
	}
	p.Interface, p.First = "eth0", s.number
	s.number += uint32(p.Phones)
	if err := s.in.Encode(p); err != nil {
		s.t.Fatal(err)
	}
	var r Result
	if err := s.out.Decode(&r); err != nil {
		s.t.Fatal(err)
	}
	return r
}

var servers = []string{"provbox", "dnsmasq", "isc", "kea"}

// behind are the ways the phones reach the server: by broadcast on its LAN, or
// behind a relay agent that sends unicast, as perfdhcp does by default.
var behind = []struct {
	name string
	plan Plan
}{
	{"", Plan{}},
	{"relayed-", Plan{Relay: relayAddr, Server: serverAddr}},
}

// BenchmarkDORA is whole exchanges of new phones per second over a LAN, 64 or 512 at
// a time, with each server's leases on the disk as it keeps them: ours and ISC
// dhcpd's are synced before the ACK, dnsmasq's file is written anew, Kea's is
// appended to without a sync. The phones use the same processors, hence the
// processor time of either side.
func BenchmarkDORA(b *testing.B) {
	for _, kind := range servers {
		for _, way := range behind {
			for _, window := range []int{64, 512} {
				b.Run(fmt.Sprintf("%s/%s%d", kind, way.name, window), func(b *testing.B) {
					s := newSite(b)
					pid, stop := s.start(kind, b.TempDir())
					defer stop()
					plan := way.plan
					plan.Phones, plan.Window, plan.Retry = b.N, window, 2*time.Second
					before := processTime(b, pid)
					b.ResetTimer()
					r := s.play(plan)
					b.StopTimer()
					if r.Leased != b.N {
						b.Fatal(r)
					}
					n := float64(b.N)
					b.ReportMetric(r.Rate(), "DORA/s")
					b.ReportMetric(float64((processTime(b, pid)-before).Microseconds())/n, "server-cpu-us/op")
					b.ReportMetric(float64(r.CPU.Microseconds())/n, "phones-cpu-us/op")
					b.ReportMetric(100*float64(r.Retries)/n, "repeated-%")
					b.ReportMetric(float64(r.AckP99.Microseconds())/1000, "ack-p99-ms")
					b.ReportMetric(float64(r.OfferP99.Microseconds())/1000, "offer-p99-ms")
					b.ReportMetric(0, "ns/op")
				})
			}
		}
	}
}

// processTime is the processor time of a process, as far as the kernel's clock
// tick of 10 ms tells.
func processTime(tb testing.TB, pid int) time.Duration {
	tb.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		tb.Fatal(err)
	}
	f := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	user, err1 := strconv.Atoi(f[11])
	system, err2 := strconv.Atoi(f[12])
	if err := errors.Join(err1, err2); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(user+system) * 10 * time.Millisecond
}

// BenchmarkSustained is the most new phones per second, come what may, of which 99
// of 100 have their lease without having to repeat anything for a second: what
// perfdhcp measures. BenchmarkDORA's phones wait for one another; these do not. The
// rate is doubled until it is too much, then found in three halvings; every try has
// a server without leases.
func BenchmarkSustained(b *testing.B) {
	const seconds = 3
	for _, kind := range servers {
		for _, way := range behind {
			b.Run(kind+strings.TrimRight("/"+way.name, "/-"), func(b *testing.B) {
				s := newSite(b)
				var best Result
				try := func(rate int) bool {
					stop := s.server(kind, b.TempDir())
					defer stop()
					plan := way.plan
					plan.Phones, plan.Rate, plan.Retry, plan.GiveUp = seconds*rate, rate, time.Second, true
					r := s.play(plan)
					ok := r.Leased*100 >= r.Phones*99 && r.Begun < seconds*time.Second*103/100
					if ok && r.Phones > best.Phones {
						best = r
					}
					return ok
				}
				for range b.N {
					best = Result{}
					rate, step := 250, 0
					for ; rate <= 32000 && try(rate); rate *= 2 {
					}
					rate, step = rate/2, rate/4
					for range 3 {
						if try(rate + step) {
							rate += step
						}
						step /= 2
					}
				}
				b.ReportMetric(float64(best.Leased)/best.Took.Seconds(), "DORA/s")
				b.ReportMetric(float64(best.AckP99.Microseconds())/1000, "ack-p99-ms")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// BenchmarkPowerOn is 500 phones that get their power at once: how long until
// the last one has its lease, and how many packets had to be repeated.
func BenchmarkPowerOn(b *testing.B) {
	for _, kind := range servers {
		b.Run(kind, func(b *testing.B) {
			s := newSite(b)
			var took time.Duration
			retries := 0
			for range b.N {
				stop := s.server(kind, b.TempDir())
				r := s.play(Plan{Phones: 500})
				stop()
				if r.Leased != 500 {
					b.Fatal(r)
				}
				took += r.Took
				retries += r.Retries
			}
			b.ReportMetric(float64(took.Milliseconds())/float64(b.N), "ms-until-last")
			b.ReportMetric(float64(retries)/float64(b.N), "retries")
			b.ReportMetric(0, "ns/op")
		})
	}
}
