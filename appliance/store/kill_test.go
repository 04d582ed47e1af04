package store

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"provbox/dhcp/lease"
	"provbox/provd"
	"provbox/provd/document"
)

// childDir names, in the environment of a child process, the store it is to
// write until it is killed.
const childDir = "PROVBOX_TEST_STORE"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		writeForEver(dir)
	}
	if dir := os.Getenv(diskDir); dir != "" {
		if err := tryDisk(dir); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("good")
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// writeForEver binds leases and writes configs, each with a device, in turn and prints the number of
// each once it was acknowledged.
func writeForEver(dir string) {
	s, _, err := Open(context.Background(), Config{Dir: dir})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	leases, err := s.LoadLeases(context.Background())
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	for n := len(leases) + 1; ; n++ {
		if err := s.PutLeases(context.Background(), []lease.Lease{testLease(n)}); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		fmt.Println("lease", n)
		err := s.Update(func(tx provd.Tx) error {
			if err := tx.Configs().Put("c", document.New("id", "c", "n", document.Number(n), "role", "autocreate")); err != nil {
				return err
			}
			return tx.Devices().Put("d", document.New("id", "d", "n", document.Number(n), "config", "c"))
		})
		if err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		fmt.Println("config", n)
	}
}

// Test R2: kill -9 at 200 moments; nothing that was acknowledged is lost.
func TestKill(t *testing.T) {
	t.Parallel()
	rounds := 200
	if testing.Short() {
		rounds = 20
	}
	dir := t.TempDir()
	rng := rand.New(rand.NewPCG(5, 6))
	var acked struct{ lease, config int }
	for round := range rounds {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childDir+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// Between two acknowledgements, after a number of them that differs.
		lines, after := bufio.NewScanner(out), rng.IntN(8)
		delay := time.Duration(rng.IntN(1500)) * time.Microsecond
		for i := 0; lines.Scan(); i++ {
			kind, text, _ := strings.Cut(lines.Text(), " ")
			n, err := strconv.Atoi(text)
			if err != nil {
				t.Fatalf("the child says %s %s", kind, text)
			}
			if kind == "lease" {
				acked.lease = n
			} else {
				acked.config = n
			}
			if i == after {
				time.AfterFunc(delay, func() { _ = cmd.Process.Kill() })
			}
		}
		_ = cmd.Wait()

		s, r := mustOpen(t, dir)
		if len(r.Problems()) > 0 {
			t.Fatalf("round %d: %v", round, r.Problems())
		}
		leases, err := s.LoadLeases(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if len(leases) < acked.lease {
			t.Fatalf("round %d: %d leases, %d were acknowledged", round, len(leases), acked.lease)
		}
		written := map[string]int{}
		err = s.View(func(tx provd.Tx) error {
			for _, doc := range tx.Configs().Find("role", "autocreate") {
				written["config"] = numberOf(doc)
			}
			for _, doc := range tx.Devices().Find("config", "c") {
				written["device"] = numberOf(doc)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if written["config"] < acked.config {
			t.Fatalf("round %d: config %d, %d was acknowledged", round, written["config"], acked.config)
		}
		if written["config"] != written["device"] {
			t.Fatalf("round %d: half a transaction: %v", round, written)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d kills, %d leases and %d configs acknowledged and found", rounds, acked.lease, acked.config)
}

func numberOf(doc *document.Object) int {
	v, _ := doc.Get("n")
	n, _ := strconv.Atoi(fmt.Sprint(v))
	return n
}
