//go:build e2e

package image_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"provbox/appliance/perm"
)

// vm is a virtual machine that is running.
type vm struct {
	cmd *exec.Cmd
	qmp string // socket of QEMU's control protocol
}

// boot starts a machine with the disk on the LAN's tap. The console goes to the
// end of the file console. Software emulation, because KVM is not to be had in
// many places where this runs (spec/image.md, "Virtual machines").
func (l *lan) boot(t *testing.T, disk, console string) *vm {
	t.Helper()
	v := &vm{qmp: filepath.Join(t.TempDir(), "qmp")}
	v.cmd = l.command(t.Context(), "qemu-system-x86_64",
		"-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "512",
		"-display", "none", "-no-reboot",
		"-chardev", "file,id=console,append=on,path="+console, "-serial", "chardev:console",
		"-qmp", "unix:"+v.qmp+",server=on,wait=off",
		"-drive", "format=raw,if=virtio,file="+disk,
		"-netdev", "tap,id=lan,script=no,downscript=no,ifname="+tap,
		"-device", "virtio-net-pci,netdev=lan,mac=52:54:00:77:00:01")
	var log strings.Builder
	v.cmd.Stdout, v.cmd.Stderr = &log, &log
	if err := v.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		v.cutPower()
		if t.Failed() && log.Len() > 0 {
			t.Logf("QEMU says:\n%s", log.String())
		}
	})
	return v
}

// cutPower ends the machine as a pulled plug does: what the guest has not had
// flushed to the disk is gone.
func (v *vm) cutPower() {
	_ = v.cmd.Process.Kill() // may have ended
	_ = v.cmd.Wait()
}

// pressPower asks the guest to shut down and waits until it has.
func (v *vm) pressPower(t *testing.T) {
	t.Helper()
	conn, err := net.Dial("unix", v.qmp)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	d := json.NewDecoder(conn)
	var msg any
	if err := d.Decode(&msg); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"qmp_capabilities", "system_powerdown"} {
		if _, err := fmt.Fprintf(conn, "{\"execute\": %q}\n", command); err != nil {
			t.Fatal(err)
		}
	}
	// QEMU closes the connection when it ends.
	for d.Decode(&msg) == nil {
	}
	if err := v.cmd.Wait(); err != nil {
		t.Errorf("after the power button: QEMU: %v", err)
	}
}

// partition is where an image has its fourth partition, in bytes.
type partition struct {
	file         string
	offset, size int64
}

// permOf reads the partition table (UEFI specification, section 5.3: the table
// begins at sector 2 with 128 bytes an entry; first and last sector at 32).
func permOf(t *testing.T, file string) partition {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	entry := make([]byte, 128)
	if _, err := f.ReadAt(entry, 2*512+3*128); err != nil {
		t.Fatal(err)
	}
	first := int64(binary.LittleEndian.Uint64(entry[32:]))
	last := int64(binary.LittleEndian.Uint64(entry[40:]))
	if first == 0 || last <= first {
		t.Fatalf("partition 4 of %s is from sector %d to %d", file, first, last)
	}
	return partition{file: file, offset: first * 512, size: (last - first + 1) * 512}
}

// content is what the box's own probe says.
func (p partition) content(t *testing.T) perm.Content {
	t.Helper()
	f, err := os.Open(p.file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	c, err := perm.Probe(io.NewSectionReader(f, p.offset, p.size), p.size)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// uuid tells one file system from another made later in the same place: 16
// bytes at 104 of the superblock.
func (p partition) uuid(t *testing.T) string {
	t.Helper()
	f, err := os.Open(p.file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	id := make([]byte, 16)
	if _, err := f.ReadAt(id, p.offset+1024+104); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", id)
}

// e2fs runs a program of e2fsprogs on the partition inside the image.
func (p partition) e2fs(t *testing.T, name string, args ...string) {
	t.Helper()
	args = append(args, fmt.Sprintf("%s?offset=%d", p.file, p.offset))
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v\n%s", name, err, out)
	}
}
