package store

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"provbox/dhcp/lease"
	"provbox/provd"
	"provbox/provd/document"
)

// diskDir names, in the environment of a child process, the directory over which
// it is to mount a small disk of its own and try what a full and a read-only
// disk do.
const diskDir = "PROVBOX_TEST_STORE_DISK"

// Test R5: a disk that is really full, and one that is read-only, in a mount
// namespace of a child process.
func TestDisk(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), diskDir+"="+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	if len(out) == 0 && err != nil || strings.HasPrefix(string(out), "mount: ") {
		t.Skipf("no namespaces for a disk of our own here: %v %s", err, out)
	}
	if err != nil || string(out) != "good\n" {
		t.Fatalf("%v\n%s", err, out)
	}
}

// tryDisk is what the child does.
func tryDisk(dir string) error {
	if err := unix.Mount("none", dir, "tmpfs", 0, "size=1m"); err != nil {
		return fmt.Errorf("mount: %w", err)
	}
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 200<<10), 0o600); err != nil {
		return err
	}
	s, _, err := Open(context.Background(), Config{Dir: dir, Now: clock()})
	if err != nil {
		return err
	}
	if err := fill(s, func() error { return os.Remove(ballast) }); err != nil {
		return fmt.Errorf("full disk: %w", err)
	}
	if _, err := s.Backup(context.Background()); err == nil {
		return fmt.Errorf("a backup on a full disk")
	}
	if err := s.Close(); err != nil {
		return err
	}

	// It starts on the full disk as well.
	s, r, err := Open(context.Background(), Config{Dir: dir, Now: clock()})
	if err != nil || len(r.Problems()) != 0 {
		return fmt.Errorf("start on the full disk: %w, %v", err, r.Problems())
	}
	if err := serves(s); err != nil {
		return fmt.Errorf("start on the full disk: %w", err)
	}
	if err := s.Close(); err != nil {
		return err
	}

	if err := unix.Mount("none", dir, "", unix.MS_REMOUNT|unix.MS_RDONLY, "size=1m"); err != nil {
		return fmt.Errorf("remount read-only: %w", err)
	}
	s, r, err = Open(context.Background(), Config{Dir: dir, Now: clock()})
	if err != nil || !r.ReadOnly || len(r.Problems()) != 1 {
		return fmt.Errorf("start on the read-only disk: %w, %v", err, r.Problems())
	}
	if err := serves(s); err != nil {
		return fmt.Errorf("read-only disk: %w", err)
	}
	if err := refuses(s); err != nil {
		return fmt.Errorf("read-only disk: %w", err)
	}
	return s.Close()
}

// fill writes until the disk is full, and again after some room was made.
func fill(s *Store, makeRoom func() error) error {
	if err := s.PutLeases(context.Background(), []lease.Lease{testLease(1)}); err != nil {
		return err
	}
	write := func(id string, size int) error {
		return s.Update(func(tx provd.Tx) error {
			return tx.Devices().Put(id, document.New("id", id, "mac", id, "pad", strings.Repeat("x", size)))
		})
	}
	if err := write("first", 10); err != nil {
		return err
	}
	var full error
	n := 0
	for ; full == nil && n < 10000; n++ {
		full = write(fmt.Sprint("big", n), 20000)
	}
	if provd.CodeOf(full) != provd.Unavailable || !strings.Contains(full.Error(), "no space left") {
		return fmt.Errorf("writing went on, or failed with %w", full)
	}
	n--
	if err := serves(s); err != nil {
		return err
	}
	// What could not be written is not there.
	err := s.View(func(tx provd.Tx) error {
		if _, err := tx.Devices().Get(fmt.Sprint("big", n)); provd.CodeOf(err) != provd.NotFound {
			return fmt.Errorf("the document that did not fit: %w", err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := makeRoom(); err != nil {
		return err
	}
	if err := write("later", 20000); err != nil {
		return fmt.Errorf("after room was made: %w", err)
	}
	for i := 0; ; i++ {
		if err := write(fmt.Sprint("fill", i), 20000); err != nil {
			return nil
		}
	}
}

// serves checks what fill wrote first.
func serves(s *Store) error {
	found := 0
	err := s.View(func(tx provd.Tx) error {
		for range tx.Devices().Find("mac", "first") {
			found++
		}
		return nil
	})
	leases, lerr := s.LoadLeases(context.Background())
	if err != nil || lerr != nil || found != 1 || len(leases) != 1 {
		return fmt.Errorf("reads do not go on: %d documents, %d leases, %w, %w", found, len(leases), err, lerr)
	}
	return nil
}

// refuses checks that every kind of write fails as a disk that is away for now.
func refuses(s *Store) error {
	for name, err := range map[string]error{
		"update": s.Update(func(tx provd.Tx) error { return tx.Devices().Put("x", document.New("id", "x")) }),
		"lease":  s.PutLeases(context.Background(), []lease.Lease{testLease(2)}),
	} {
		if provd.CodeOf(err) != provd.Unavailable {
			return fmt.Errorf("%s: got %w", name, err)
		}
	}
	return nil
}
