package plugin_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

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

// peerAnswer is in seconds.
type peerAnswer struct {
	Load      []float64 `json:"load"`
	Configure float64   `json:"configure"`
	Extract   float64   `json:"extract"`
}

// withPeer runs a row in CPython, when PEER_PYTHON is one that has Jinja2;
// scripts/bench.sh looks for it.
func withPeer(b *testing.B, row func(*testing.B)) {
	b.Helper()
	if os.Getenv("PEER_PYTHON") != "" {
		b.Run("cpython", row)
	}
}

func askPeer(b *testing.B, q peerQuestion) peerAnswer {
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
