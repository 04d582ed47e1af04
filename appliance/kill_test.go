package appliance_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"provbox/appliance/lan"
	"provbox/dhcp/client"
)

const (
	hammerRounds = 200
	boxAPI       = "http://192.168.77.1:8666/0.2"
)

// hammerClient is the nth client.
func hammerClient(n int) client.Config {
	return client.Config{
		Interface: "eth0", MAC: net.HardwareAddr{0x02, 0, 0, 0, byte(n >> 8), byte(n)},
		Parameters: []byte{1, 3, 66}, Retry: 400 * time.Millisecond,
	}
}

// playHammer gets a lease and writes a config, 200 times, and says which were
// answered. The box dies meanwhile; what was not answered is tried again. At the
// end it asks for everything that was answered.
func playHammer() {
	must := func(err error) {
		if err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
	}
	must(lan.SetAddr(os.Getpid(), "eth0", netip.MustParsePrefix("192.168.77.2/24")))
	fmt.Println("ready")
	leases := make([]client.Lease, hammerRounds)
	for n := range leases {
		for {
			l, err := acquire(n)
			if err == nil {
				leases[n] = l
				break
			}
		}
		for {
			status, _, err := api(http.MethodPost, "/cfg_mgr/configs", fmt.Sprintf(`{"config":{"id":"c%d","parent_ids":[],"raw_config":{"X_n":%d}}}`, n, n))
			// 400 is the answer to a document whose first answer was lost.
			if err == nil && (status == http.StatusCreated || status == http.StatusBadRequest) {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		fmt.Println("answered", n)
	}
	for n, l := range leases {
		c, err := client.Open(context.Background(), hammerClient(n))
		must(err)
		ctx, cancel := context.WithTimeout(context.Background(), outcomeWait)
		renewed, err := c.Reboot(ctx, l)
		cancel()
		must(err)
		must(c.Close())
		if renewed.IP != l.IP {
			must(fmt.Errorf("client %d was given %s after %s", n, renewed.IP, l.IP))
		}
		status, body, err := read(n)
		must(err)
		if status != http.StatusOK || !strings.Contains(body, fmt.Sprintf(`"X_n":%d`, n)) {
			must(fmt.Errorf("config %d: %d %s", n, status, body))
		}
	}
	fmt.Println("verified", len(leases))
}

// read gets a config. The box may still be killed by the answers that came before.
func read(n int) (status int, body string, err error) {
	for end := time.Now().Add(outcomeWait); time.Now().Before(end); {
		if status, body, err = api(http.MethodGet, "/cfg_mgr/configs/c"+strconv.Itoa(n), ""); err == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	return status, body, err
}

func acquire(n int) (client.Lease, error) {
	c, err := client.Open(context.Background(), hammerClient(n))
	if err != nil {
		return client.Lease{}, err
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(context.Background(), outcomeWait)
	defer cancel()
	return c.Acquire(ctx)
}

func api(method, path, body string) (status int, answer string, err error) {
	req, err := http.NewRequest(method, boxAPI+path, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("X-Auth-Token", "root")
	req.Header.Set("Content-Type", "application/vnd.proformatique.provd+json")
	resp, err := (&http.Client{Timeout: 10 * time.Second}).Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b), err
}

// Kill -9 at any moment of 200 DORAs and config writes: everything that was
// answered is there, through the front doors.
func TestKilledBoxLosesNothing(t *testing.T) {
	t.Parallel()
	needs(t, "nsenter")
	s := newSite(t)
	lines := s.role(s.phone("02:00:00:00:ff:ff"), "hammer")
	rng := rand.New(rand.NewPCG(7, 8))
	kills, next := 0, 3
	for lines.Scan() {
		word, text, _ := strings.Cut(lines.Text(), " ")
		n, err := strconv.Atoi(text)
		switch {
		case word == "error":
			t.Fatalf("%s\nbox:\n%s", lines.Text(), s.log)
		case word == "verified":
			if n != hammerRounds {
				t.Errorf("verified %d of %d", n, hammerRounds)
			}
			t.Logf("%d kills, %d leases and configs answered and found", kills, n)
			return
		case err != nil:
			t.Fatal(lines.Text())
		}
		if n == next && n < hammerRounds-1 {
			// At a moment within the next exchange.
			time.Sleep(time.Duration(rng.IntN(4000)) * time.Microsecond)
			s.kill()
			s.start()
			kills++
			next = n + 1 + rng.IntN(24)
		}
	}
	t.Fatalf("the hammer ended early\nbox:\n%s", s.log)
}

const floods = 10000

// playFlood gets a lease, sends DISCOVERs with random hardware addresses, and
// renews its lease.
func playFlood() {
	l, err := acquire(1)
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	fmt.Println("ready")
	_, _ = os.Stdin.Read(make([]byte, 1)) // until told to go on, or the end
	err = lan.SetAddr(os.Getpid(), "eth0", l.Prefix)
	var conn net.Conn
	if err == nil {
		conn, err = net.Dial("udp4", "192.168.77.1:67")
	}
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	rng := rand.New(rand.NewPCG(9, 10))
	for range floods {
		p := make([]byte, 244)
		copy(p, []byte{1, 1, 6, 0})
		copy(p[4:], []byte{byte(rng.Uint32()), byte(rng.Uint32()), byte(rng.Uint32()), byte(rng.Uint32())})
		copy(p[28:], []byte{0x02, byte(rng.Uint32()), byte(rng.Uint32()), byte(rng.Uint32()), byte(rng.Uint32()), byte(rng.Uint32())})
		copy(p[236:], []byte{99, 130, 83, 99, 53, 1, 1, 255})
		_, _ = conn.Write(p) // a full queue of the kernel drops it
		time.Sleep(50 * time.Microsecond)
	}
	c, err := client.Open(context.Background(), hammerClient(1))
	if err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), outcomeWait)
		defer cancel()
		var again client.Lease
		if again, err = c.Reboot(ctx, l); err == nil && again.IP != l.IP {
			err = fmt.Errorf("was given %s after %s", again.IP, l.IP)
		}
	}
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	fmt.Println("renewed")
}

// Test B1: 10,000 DISCOVERs with random hardware addresses write no lease, stay
// within memory, and keep no known phone from renewing.
func TestDiscoverFlood(t *testing.T) {
	t.Parallel()
	needs(t, "nsenter")
	s := newSite(t)
	host := s.phone("02:00:00:00:ff:fe")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := lan.Enter(host.Process.Pid, self)
	cmd.Env = append(os.Environ(), roleVar+"=flood")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out := &logFile{}
	cmd.Stdout = out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for !strings.Contains(out.String(), "ready") {
		if strings.Contains(out.String(), "error") {
			t.Fatalf("%s\nbox:\n%s", out, s.log)
		}
		time.Sleep(10 * time.Millisecond)
	}
	store := filepath.Join(s.dir, "data", "store", "provbox.db")
	before, err := os.Stat(store)
	if err != nil {
		t.Fatal(err)
	}
	memory := s.memory()
	_ = in.Close()
	if err := cmd.Wait(); err != nil || !strings.Contains(out.String(), "renewed") {
		t.Fatalf("%v %s\nbox:\n%s", err, out, s.log)
	}
	after, err := os.Stat(store)
	if err != nil {
		t.Fatal(err)
	}
	if after.Size() != before.Size() {
		t.Errorf("the store grew from %d to %d bytes", before.Size(), after.Size())
	}
	grown := s.memory() - memory
	t.Logf("%d DISCOVERs: resident memory %+d KiB, store unchanged at %d bytes", floods, grown, after.Size())
	if grown > 64<<10 {
		t.Errorf("resident memory grew by %d KiB", grown)
	}
}

// memory returns the resident memory of the box, in KiB.
func (s *site) memory() int {
	s.t.Helper()
	out, err := exec.Command("sed", "-n", `s/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p`, fmt.Sprintf("/proc/%d/status", s.box.Process.Pid)).Output()
	if err != nil {
		s.t.Fatal(err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}
