package appliance_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"provbox/appliance/central/centraltest"
	"provbox/appliance/lan"
)

// roleVar makes the test binary, run again in a namespace, play a part there.
const roleVar = "PROVBOX_TEST_ROLE"

func TestMain(m *testing.M) {
	role := os.Getenv(roleVar)
	if how, ok := strings.CutPrefix(role, lostRole); ok {
		playLost(how)
	}
	switch role {
	case "":
		os.Exit(run(m))
	case "central":
		playCentral()
	case "hammer":
		playHammer()
	case "flood":
		playFlood()
	case "swarm":
		playSwarm()
	case "centre":
		playCentre()
	case "nat":
		playNAT()
	}
}

// binaryDir is where the program under test is.
var binaryDir string

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "provbox-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binaryDir = dir
	// Nothing here is behind the proxy of whoever runs the tests.
	for _, name := range []string{"http_proxy", "https_proxy", "all_proxy"} {
		_, _ = os.Unsetenv(name), os.Unsetenv(strings.ToUpper(name))
	}
	return m.Run()
}

// playCentral is the stand-in for the central stack.
func playCentral() {
	l, err := net.Listen("tcp", "127.0.0.1:9497")
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	fmt.Println("ready")
	fmt.Println("error", (&http.Server{Handler: centraltest.New(), ReadHeaderTimeout: time.Second}).Serve(l))
}

// binary is the program under test, built once in a folder that TestMain removes.
var binary = sync.OnceValues(func() (string, error) {
	file := filepath.Join(binaryDir, "provbox")
	out, err := exec.Command("go", "build", "-o", file, "./cmd/provbox").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return file, nil
})

// site is a LAN with a box that runs as its own process.
type site struct {
	t               *testing.T
	settings        string
	dir             string
	switchHost, box *exec.Cmd
	log             *logFile
}

// logFile collects what a process prints and can be asked for a line.
type logFile struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logFile) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logFile) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

const siteSettings = `
general:
  base_storage_dir: %s
  advertised_http_url: http://192.168.77.1:8667
  base_raw_config: {sip_registrar_ip: 192.168.77.1}
auth: {host: 127.0.0.1, port: 9497, username: provbox, password: secret}
amid: {host: 127.0.0.1, port: 9497}
dhcp:
  mode: server
  interfaces:
    - name: lan0
      subnets:
        - {subnet: 192.168.77.0/24, pools: [{start: 192.168.77.50, end: 192.168.77.249}], router: 192.168.77.1, serve: all}
`

// newSite makes the LAN with a box on it, or skips the test where that is not
// permitted.
func newSite(t *testing.T) *site {
	t.Helper()
	s := newLAN(t, siteSettings)
	s.start()
	return s
}

// newLAN makes the LAN without the box, which is to have these settings.
func newLAN(t *testing.T, settings string) *site {
	t.Helper()
	if testing.Short() {
		t.Skip("plays against a box in namespaces; skipped with -short")
	}
	if os.Getuid() != 0 {
		t.Skip("needs root to make network namespaces")
	}
	if err := lan.Permitted(); err != nil {
		t.Skip(err)
	}
	s := &site{t: t, dir: t.TempDir()}
	s.settings = filepath.Join(s.dir, "config.yml")
	if err := os.WriteFile(s.settings, fmt.Appendf(nil, settings, filepath.Join(s.dir, "data")), 0o600); err != nil {
		t.Fatal(err)
	}
	// The namespace outlives the box, which is killed and started again.
	s.switchHost = s.idle()
	if err := lan.Bridge(s.switchHost.Process.Pid, "lan0", netip.MustParsePrefix("192.168.77.1/24")); err != nil {
		t.Fatal(err)
	}
	s.role(s.switchHost, "central")
	return s
}

// idle starts a host that does nothing by itself.
func (s *site) idle() *exec.Cmd {
	s.t.Helper()
	cmd := exec.Command("sleep", "1000")
	lan.Isolate(cmd)
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { end(cmd) })
	return cmd
}

func end(cmd *exec.Cmd) {
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}

// phone plugs a host with this hardware address into the LAN.
func (s *site) phone(mac string) *exec.Cmd {
	s.t.Helper()
	host := s.idle()
	if err := lan.Plug(s.switchHost.Process.Pid, "lan0", host.Process.Pid, mac); err != nil {
		s.t.Fatal(err)
	}
	return host
}

// role runs the test binary in a host and returns what it prints after "ready".
func (s *site) role(host *exec.Cmd, role string) *bufio.Scanner {
	s.t.Helper()
	_, lines := s.play(host, role, nil)
	return lines
}

// play is role with a process that can be ended and has this input.
func (s *site) play(host *exec.Cmd, role string, in io.Reader, env ...string) (*exec.Cmd, *bufio.Scanner) {
	s.t.Helper()
	self, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := lan.Enter(host.Process.Pid, self)
	cmd.Env = append(append(os.Environ(), roleVar+"="+role), env...)
	cmd.Stdin, cmd.Stderr = in, os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { end(cmd) })
	lines := bufio.NewScanner(out)
	if !lines.Scan() || lines.Text() != "ready" {
		s.t.Fatalf("%s: %s", role, lines.Text())
	}
	return cmd, lines
}

// start starts the box and waits until it is ready.
func (s *site) start() {
	s.t.Helper()
	s.startIn()
}

// startIn is start with a command that the box's follows.
func (s *site) startIn(before ...string) {
	s.t.Helper()
	file, err := binary()
	if err != nil {
		s.t.Fatal(err)
	}
	s.log = &logFile{}
	command := slices.Concat(before, []string{file, "serve", "--config", s.settings})
	s.box = lan.Enter(s.switchHost.Process.Pid, command[0], command[1:]...)
	out, err := s.box.StderrPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.box.Start(); err != nil {
		s.t.Fatal(err)
	}
	box := s.box
	s.t.Cleanup(func() { end(box) })
	ready := make(chan bool, 1)
	go func() {
		for lines := bufio.NewScanner(io.TeeReader(out, s.log)); lines.Scan(); {
			if strings.Contains(lines.Text(), " msg=ready ") {
				ready <- true
			}
		}
		ready <- false
	}()
	if !<-ready {
		s.t.Fatalf("the box did not start:\n%s", s.log)
	}
}

// kill ends the box as a power cut does.
func (s *site) kill() {
	s.t.Helper()
	_ = s.box.Process.Signal(syscall.SIGKILL)
	_ = s.box.Wait()
}

// run runs a stock program in a host and returns what it prints.
func (s *site) run(host *exec.Cmd, name string, args ...string) string {
	s.t.Helper()
	out, err := s.try(host, name, args...)
	if err != nil {
		s.t.Fatalf("%s %s: %v\n%s\nbox:\n%s", name, strings.Join(args, " "), err, out, s.log)
	}
	return out
}

func (s *site) try(host *exec.Cmd, name string, args ...string) (string, error) {
	s.t.Helper()
	out, err := lan.Enter(host.Process.Pid, name, args...).CombinedOutput()
	return string(out), err
}

// needs skips the test when a stock program is missing.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("needs %s", p)
		}
	}
}

// rest calls the REST API with curl and returns the status and the body.
func (s *site) rest(method, path, body string) (status, answer string) {
	s.t.Helper()
	out := s.run(s.switchHost, "curl", "-sS", "-m", "180", "-X", method, "-H", "X-Auth-Token: root",
		"-H", "Content-Type: application/vnd.proformatique.provd+json", "-d", body,
		"-w", "\n%{http_code}", "http://127.0.0.1:8666/0.2"+path)
	i := strings.LastIndexByte(out, '\n')
	return out[i+1:], out[:max(i, 0)]
}
