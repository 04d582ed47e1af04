package perm

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// disk is a partition in memory that records what is written to it, so that a
// test can cut the power at any write.
type disk struct {
	data []byte
	ops  []op
	fail int // the write that fails, counted from 1; 0 for none
}

// op is one write, or a sync if data is nil.
type op struct {
	off  int64
	data []byte
}

var errFull = errors.New("medium error")

func (d *disk) ReadAt(p []byte, off int64) (int, error) {
	if off >= int64(len(d.data)) {
		return 0, io.EOF
	}
	n := copy(p, d.data[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (d *disk) WriteAt(p []byte, off int64) (int, error) {
	if d.fail > 0 && len(d.ops)+1 >= d.fail {
		return 0, errFull
	}
	d.ops = append(d.ops, op{off, bytes.Clone(p)})
	return copy(d.data[off:], p), nil
}

func (d *disk) Sync() error  { d.ops = append(d.ops, op{}); return nil }
func (d *disk) Close() error { return nil }

const testSize = minSize

// fsck says whether a file system is clean in the eyes of e2fsck, where there
// is one.
func fsck(t *testing.T, image []byte) {
	t.Helper()
	e2fsck, err := exec.LookPath("e2fsck")
	if err != nil {
		e2fsck = "/sbin/e2fsck"
		if _, err := os.Stat(e2fsck); err != nil {
			t.Log("no e2fsck here (Debian package e2fsprogs): file system not checked")
			return
		}
	}
	file := filepath.Join(t.TempDir(), "perm.img")
	if err := os.WriteFile(file, image, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(e2fsck, "-fn", file).CombinedOutput(); err != nil {
		t.Errorf("e2fsck: %v\n%s", err, out)
	}
}

func TestFormat(t *testing.T) {
	t.Parallel()
	noise := make([]byte, 150<<20+1536)
	r := rand.NewChaCha8([32]byte{1})
	if _, err := r.Read(noise); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		data []byte
	}{
		{"smallest", make([]byte, minSize)},
		{"odd size", make([]byte, testSize+3*sectorSize)},
		{"erased flash", bytes.Repeat([]byte{0xff}, testSize)},
		{"two block groups full of old data", noise},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := &disk{data: tt.data}
			if err := Format(d, int64(len(d.data))); err != nil {
				t.Fatal(err)
			}
			if got, err := Probe(d, int64(len(d.data))); got != Ext || err != nil {
				t.Errorf("Probe after Format = %v, %v; want %v", got, err, Ext)
			}
			fsck(t, d.data)
		})
	}
}

func TestFormatRefusesTinyPartition(t *testing.T) {
	t.Parallel()
	d := &disk{data: make([]byte, minSize-1)}
	if err := Format(d, int64(len(d.data))); err == nil {
		t.Error("Format of a partition that is too small succeeded")
	}
	if len(d.ops) != 0 {
		t.Errorf("Format wrote %d times to a partition that it refused", len(d.ops))
	}
}

// TestPowerCut cuts the power at every write of a format, with the writes since
// the last sync lost or kept at random, as a disk's cache does, and the last one
// torn at a sector.
func TestPowerCut(t *testing.T) {
	t.Parallel()
	whole := &disk{data: make([]byte, testSize)}
	if err := Format(whole, testSize); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	durable := make([]byte, testSize)
	synced := 0
	counts := make(map[Content]int)
	for cut := 0; cut <= len(whole.ops); cut++ {
		if cut > 0 && whole.ops[cut-1].data == nil {
			for _, o := range whole.ops[synced:cut] {
				copy(durable[o.off:], o.data)
			}
			synced = cut
		}
		d := &disk{data: bytes.Clone(durable)}
		for _, o := range whole.ops[synced:cut] {
			if r.IntN(2) == 0 {
				copy(d.data[o.off:], o.data[:r.IntN(len(o.data)/sectorSize+1)*sectorSize])
			}
		}
		got, err := Probe(d, testSize)
		if err != nil {
			t.Fatal(err)
		}
		counts[got]++
		switch {
		case got == Ext && cut < len(whole.ops)-1:
			t.Fatalf("power cut after write %d of %d: looks like a whole file system", cut, len(whole.ops))
		case got == Foreign:
			t.Fatalf("power cut after write %d of %d: would never be formatted", cut, len(whole.ops))
		case got == Ext:
			if !bytes.Equal(d.data, whole.data) {
				t.Fatalf("power cut after write %d of %d: file system is not whole", cut, len(whole.ops))
			}
		case cut%4 == 0:
			d.ops = nil
			if err := Format(d, testSize); err != nil {
				t.Fatal(err)
			}
			fsck(t, d.data)
		}
	}
	if counts[Interrupted] == 0 || counts[Ext] == 0 || counts[Blank] == 0 {
		t.Errorf("states seen: %v, want some of each", counts)
	}
}

func TestFormatOnBadMedium(t *testing.T) {
	t.Parallel()
	whole := &disk{data: make([]byte, testSize)}
	if err := Format(whole, testSize); err != nil {
		t.Fatal(err)
	}
	for fail := 1; fail < len(whole.ops); fail += 7 {
		d := &disk{data: make([]byte, testSize), fail: fail}
		if err := Format(d, testSize); !errors.Is(err, errFull) {
			t.Fatalf("write %d failed: Format = %v, want %v", fail, err, errFull)
		}
		if got, _ := Probe(d, testSize); got == Ext {
			t.Fatalf("write %d failed: looks like a whole file system", fail)
		}
	}
}

func TestStaged(t *testing.T) {
	t.Parallel()
	const size = 4 * superSize
	r := rand.New(rand.NewPCG(3, 4))
	d := &disk{data: make([]byte, size)}
	st, want := &staged{dev: d}, make([]byte, size)
	for range 2000 {
		off := r.IntN(size)
		p := make([]byte, r.IntN(size-off)+1)
		for i := range p {
			p[i] = byte(r.Uint32())
		}
		if n, err := st.WriteAt(p, int64(off)); n != len(p) || err != nil {
			t.Fatalf("WriteAt(%d bytes at %d) = %d, %v", len(p), off, n, err)
		}
		copy(want[off:], p)
		got := make([]byte, size)
		if _, err := st.ReadAt(got, 0); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("after writing %d bytes at %d: what is read differs from what was written", len(p), off)
		}
		if !bytes.Equal(d.data[superOffset:superOffset+superSize], make([]byte, superSize)) {
			t.Fatalf("after writing %d bytes at %d: the superblock reached the device", len(p), off)
		}
	}
}
