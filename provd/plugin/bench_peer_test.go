package plugin_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"provbox/provd/document"
)

// peerQuestion is what testdata/peer.py reads, see there.
type peerQuestion struct {
	Packages []string         `json:"packages"`
	Device   *document.Object `json:"device,omitempty"`
	Config   *document.Object `json:"config,omitempty"`
	Common   *document.Object `json:"common"`
	Agents   []string         `json:"agents,omitempty"`
	Seconds  float64          `json:"seconds"`
}

// peerAnswer is in seconds, of one run of the program or the best of several.
type peerAnswer struct {
	Load      []float64 `json:"load"`
	Configure float64   `json:"configure"`
	Extract   float64   `json:"extract"`
}

// cpuTime is the processor time that this process took so far. Beside others on
// the machine it says more than the time on the clock.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// loop measures step on the clock, and on the processor: the best mean of some
// time, garbage collection included, as the peer does it.
func loop(b *testing.B, step func(n int)) {
	b.Helper()
	const some = 50 * time.Millisecond
	var best float64
	n, first := 0, cpuTime(b)
	from, before, began := 0, first, time.Now()
	for b.Loop() {
		n++
		step(n)
		if time.Since(began) < some {
			continue
		}
		now := cpuTime(b)
		if mean := float64(now-before) / float64(n-from); best == 0 || mean < best {
			best = mean
		}
		from, before, began = n, now, time.Now()
	}
	if best == 0 {
		best = float64(cpuTime(b)-first) / float64(n)
	}
	b.ReportMetric(best, "cpu-ns/op")
}

// withPeer runs a row in CPython, when PEER_PYTHON is one that has Jinja2;
// scripts/bench.sh looks for it.
func withPeer(b *testing.B, row func(*testing.B)) {
	b.Helper()
	if os.Getenv("PEER_PYTHON") != "" {
		b.Run("cpython", row)
	}
}

func askPeer(b *testing.B, q peerQuestion) (best peerAnswer) {
	b.Helper()
	for first := true; b.Loop(); first = false {
		a := askPeerOnce(b, q)
		if first {
			best = a
			continue
		}
		best.Configure, best.Extract = min(best.Configure, a.Configure), min(best.Extract, a.Extract)
		for i := range a.Load {
			best.Load[i] = min(best.Load[i], a.Load[i])
		}
	}
	return best
}

func askPeerOnce(b *testing.B, q peerQuestion) peerAnswer {
	b.Helper()
	q.Common = benchCommon()
	in, err := json.Marshal(q)
	if err != nil {
		b.Fatal(err)
	}
	var out, stderr bytes.Buffer
	cmd := exec.CommandContext(b.Context(), os.Getenv("PEER_PYTHON"), "testdata/peer.py")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(in), &out, &stderr
	if err := cmd.Run(); err != nil {
		b.Skipf("CPython cannot run it: %v\n%s", err, stderr.Bytes())
	}
	var answer peerAnswer
	if err := json.Unmarshal(out.Bytes(), &answer); err != nil {
		b.Fatalf("%v: %s", err, out.Bytes())
	}
	return answer
}

// onDisk writes packages where CPython can read them.
func onDisk(b *testing.B, ids []string, files func(string) fs.FS) []string {
	b.Helper()
	dir := b.TempDir()
	var folders []string
	for _, id := range ids {
		to := filepath.Join(dir, id)
		if _, err := os.Stat(to); err != nil {
			if err := os.CopyFS(to, files(id)); err != nil {
				b.Fatal(err)
			}
		}
		folders = append(folders, to)
	}
	return folders
}
