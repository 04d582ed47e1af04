package dhcpload

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"provbox/appliance/lan"
	"provbox/dhcp"
)

// usage is what a process has used so far.
type usage struct{ memory, written int } // KiB of resident memory, KiB written to disks

func usageOf(t *testing.T, pid int) usage {
	t.Helper()
	read := func(file, key string) int {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(b)) {
			if rest, ok := strings.CutPrefix(line, key+":"); ok {
				n, err := strconv.Atoi(strings.Fields(rest)[0])
				if err != nil {
					t.Fatal(err)
				}
				return n
			}
		}
		t.Fatalf("no %s in %s", key, file)
		return 0
	}
	return usage{read("status", "VmRSS"), read("io", "write_bytes") >> 10}
}

// Tests B1 and B2 over a LAN: 20 known phones on a pool of 150 renew while a port
// floods the server. With PROVBOX_SOAK the floods take a minute each, as the
// target has it; without, they come as fast as the port can.
func TestAbuse(t *testing.T) {
	s := newSite(t)
	// Where the floods come as fast as they can on a machine that has other work
	// to do, packets are dropped; a phone repeats itself until it is answered, and
	// has half its lease time for that.
	over, renew, tries := time.Duration(0), 4*time.Second, 60
	if os.Getenv(soakVar) != "" {
		over, renew, tries = time.Minute, 62*time.Second, 3
	}
	attacker, in, out := s.child("phones")
	if err := lan.Plug(s.hold.Process.Pid, "br0", attacker.Process.Pid, "02:00:00:00:00:02"); err != nil {
		t.Fatal(err)
	}
	cmd := lan.Enter(s.hold.Process.Pid, os.Args[0])
	cmd.Env = append(os.Environ(), roleVar+"=server small "+t.TempDir())
	text, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(text)
	if !lines.Scan() || lines.Text() != "listening" {
		t.Fatalf("server: %q", lines.Text())
	}
	if r := s.play(Plan{Phones: 20}); r.Leased != 20 {
		t.Fatal(r)
	}
	s.number = 1 // the same phones from now on
	orders, reports := json.NewEncoder(in), json.NewDecoder(out)
	for _, kind := range []string{"discover", "malformed", "starve"} {
		before := usageOf(t, cmd.Process.Pid)
		if err := orders.Encode(map[string]Attack{"Attack": {Interface: "eth0", Kind: kind, Count: 10000, Over: over}}); err != nil {
			t.Fatal(err)
		}
		r := s.play(Plan{Phones: 20, Renew: renew, Tries: tries})
		s.number = 1
		var a Result
		if err := reports.Decode(&a); err != nil {
			t.Fatal(err)
		}
		after := usageOf(t, cmd.Process.Pid)
		t.Logf("%-9s %5d in %5.1f s, %3d leases taken; known phones: %d renewals, %d lost, p50 %v, p99 %v; memory %+d KiB, disk %+d KiB",
			kind, a.Phones, a.Took.Seconds(), a.Leased, r.Renewals, r.Lost, r.RenewP50.Round(10*time.Microsecond), r.RenewP99.Round(10*time.Microsecond),
			after.memory-before.memory, after.written-before.written)
		if r.Leased != 20 || r.Renewals < 20 || r.Lost > 0 {
			t.Errorf("%s: known phones: %v, %d of %d renewals lost", kind, r, r.Lost, r.Renewals)
		}
		if grown := after.memory - before.memory; grown > 20<<10 {
			t.Errorf("%s: memory grew by %d KiB", kind, grown)
		}
		if written := after.written - before.written; kind != "starve" && written > 256 || written > 16<<10 {
			t.Errorf("%s: %d KiB written", kind, written)
		}
		if kind == "starve" && (a.Leased == 0 || a.Leased > 130) {
			t.Errorf("%d leases of a pool that has 130 left", a.Leased)
		}
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), "stats "); ok {
			var st dhcp.Stats
			if err := json.Unmarshal([]byte(rest), &st); err != nil {
				t.Fatal(err)
			}
			t.Logf("%+v", st)
			if st.Panics > 0 || st.Malformed == 0 {
				t.Errorf("stats: %+v", st)
			}
		}
	}
	if err := cmd.Wait(); err != nil {
		if _, ok := err.(*exec.ExitError); ok {
			t.Error(err)
		}
	}
}
