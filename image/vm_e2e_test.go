//go:build e2e

package image_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"provbox/appliance/perm"
)

// vm is a virtual machine that is running.
type vm struct {
	cmd   *exec.Cmd
	qmp   string        // socket of QEMU's control protocol
	ended chan struct{} // closed when cmd has been waited for
}

// console collects what the machines say on their serial ports.
type console struct {
	mu   sync.Mutex
	text []byte
	from int // where the text of the running machine begins
	// waiting has what somebody waits for, and is told by closing the channel.
	waiting map[string]chan struct{}
}

// initLine is the first that comes from the root file system.
const initLine = "gokrazy build timestamp"

func (c *console) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.text = append(c.text, p...)
	for text, told := range c.waiting {
		if bytes.Contains(c.text[c.from:], []byte(text)) {
			close(told)
			delete(c.waiting, text)
		}
	}
	return len(p), nil
}

// next begins the text of another machine. The channel is closed when that has
// said something.
func (c *console) next(text string) <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	told := make(chan struct{})
	c.from, c.waiting = len(c.text), map[string]chan struct{}{text: told}
	return told
}

// find returns what the pattern's group matches in what the running machine has
// said, "" for nothing.
func (c *console) find(pattern *regexp.Regexp) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if m := pattern.FindSubmatch(c.text[c.from:]); m != nil {
		return string(m[1])
	}
	return ""
}

// show prints the end of what the boxes said, if the test has failed.
func (c *console) show(t *testing.T) {
	if !t.Failed() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	lines := strings.Split(strings.ReplaceAll(string(c.text), "\r", ""), "\n")
	t.Logf("end of the console:\n%s", strings.Join(lines[max(0, len(lines)-120):], "\n"))
}

// bootLimits are how long each try of a machine to boot may take. The emulated
// BIOS of a busy machine has been seen to stop before it loads the kernel, and the
// kernel to fail while it patches its own code for the processor, when nothing of
// ours has run yet; then the machine is switched on again. A machine that is only
// slow gets more time with every try.
var bootLimits = [...]time.Duration{100 * time.Second, 200 * time.Second, 400 * time.Second}

// boot starts a machine with the disk on the LAN's tap and returns when its
// kernel runs.
func (l *lan) boot(t *testing.T, disk string, c *console) *vm {
	t.Helper()
	return l.bootUntil(t, disk, c, initLine)
}

// bootUntil returns when the console has shown the text.
func (l *lan) bootUntil(t *testing.T, disk string, c *console, text string) *vm {
	t.Helper()
	for _, limit := range bootLimits {
		started := c.next(text)
		v := l.power(t, disk, c)
		select {
		case <-started:
			return v
		case <-v.ended:
			t.Logf("QEMU ended before the machine showed %q, starting it again", text)
		case <-time.After(limit):
			t.Logf("no %q after %v, switching the machine off and on", text, limit)
			v.cutPower()
		}
	}
	t.Fatal("the machine does not boot")
	return nil
}

// power starts QEMU with software emulation, because KVM is not to be had in
// many places where this runs (spec/image.md, "Virtual machines"). It has one
// processor: with two emulated ones the kernel has been seen to run into an
// instruction that it was just patching.
func (l *lan) power(t *testing.T, disk string, c *console) *vm {
	t.Helper()
	v := &vm{qmp: filepath.Join(t.TempDir(), "qmp"), ended: make(chan struct{})}
	v.cmd = l.command(t.Context(), "qemu-system-x86_64",
		"-accel", "tcg", "-cpu", "max", "-smp", "1", "-m", "512",
		"-display", "none", "-no-reboot", "-serial", "stdio",
		"-qmp", "unix:"+v.qmp+",server=on,wait=off",
		"-drive", "format=raw,if=virtio,file="+disk,
		"-netdev", "tap,id=lan,script=no,downscript=no,ifname="+tap,
		"-device", "virtio-net-pci,netdev=lan,mac=52:54:00:77:00:01")
	var log bytes.Buffer
	v.cmd.Stdout, v.cmd.Stderr = c, &log
	if err := v.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(v.ended)
		_ = v.cmd.Wait() // killed, as a rule
	}()
	t.Cleanup(func() {
		v.cutPower()
		if t.Failed() && log.Len() > 0 {
			t.Logf("QEMU says:\n%s", log.Bytes())
		}
	})
	return v
}

// cutPower ends the machine as a pulled plug does: what the guest has not had
// flushed to the disk is gone.
func (v *vm) cutPower() {
	_ = v.cmd.Process.Kill() // may have ended
	<-v.ended
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
	<-v.ended
	if !v.cmd.ProcessState.Success() {
		t.Errorf("after the power button: QEMU: %v", v.cmd.ProcessState)
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

// flip inverts one byte of the partition.
func (p partition) flip(t *testing.T, offset int64) {
	t.Helper()
	f, err := os.OpenFile(p.file, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b := make([]byte, 1)
	if _, err := f.ReadAt(b, p.offset+offset); err != nil {
		t.Fatal(err)
	}
	b[0] = ^b[0]
	if _, err := f.WriteAt(b, p.offset+offset); err != nil {
		t.Fatal(err)
	}
}

// sum is a checksum of everything on the partition.
func (p partition) sum(t *testing.T) string {
	t.Helper()
	f, err := os.Open(p.file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(f, p.offset, p.size)); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
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
