package perm

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// machine is a System whose kernel mounts whatever looks like ext4.
type machine struct {
	*disk
	mounted  bool
	mountErr error
	noDisk   error
	openErr  error
	mounts   int
	said     []string
}

func (m *machine) Announce(line string) { m.said = append(m.said, line) }

func (m *machine) Mounted(string) (bool, error) { return m.mounted, nil }
func (m *machine) Partition() (string, error)   { return "/dev/sda4", m.noDisk }

func (m *machine) Open(string) (DeviceCloser, int64, error) {
	if m.openErr != nil {
		return nil, 0, m.openErr
	}
	return m.disk, int64(len(m.data)), nil
}

func (m *machine) Mount(string, string) error {
	if m.mountErr == nil {
		m.mounts++
	}
	return m.mountErr
}

func formatted(t *testing.T) []byte {
	t.Helper()
	d := &disk{data: make([]byte, testSize)}
	if err := Format(d, testSize); err != nil {
		t.Fatal(err)
	}
	return d.data
}

func patched(data []byte, off int, with string) []byte {
	data = bytes.Clone(data)
	copy(data[off:], with)
	return data
}

func TestEnsure(t *testing.T) {
	t.Parallel()
	ext := formatted(t)
	blank := make([]byte, testSize)
	errNoDisk := errors.New("no disk")
	for _, tt := range []struct {
		name    string
		sys     machine
		want    Outcome
		wantErr error
	}{
		{name: "mounted by init", sys: machine{mounted: true, disk: &disk{data: ext}}, want: Ready},
		{name: "first boot", sys: machine{disk: &disk{data: blank}}, want: Formatted},
		{name: "first boot from erased flash", sys: machine{disk: &disk{data: bytes.Repeat([]byte{0xff}, testSize)}}, want: Formatted},
		{name: "interrupted format", sys: machine{disk: &disk{data: patched(ext, superOffset, marker)}}, want: Formatted},
		{name: "not mounted by init", sys: machine{disk: &disk{data: ext}}, want: Mounted},
		{name: "damaged", sys: machine{disk: &disk{data: ext}, mountErr: syscall.EUCLEAN}, wantErr: ErrDamaged},
		{name: "checksum wrong", sys: machine{disk: &disk{data: ext}, mountErr: syscall.EBADMSG}, wantErr: ErrDamaged},
		{name: "no mount point", sys: machine{disk: &disk{data: ext}, mountErr: syscall.ENOENT}, wantErr: syscall.ENOENT},
		{name: "FAT", sys: machine{disk: &disk{data: patched(blank, 3, "mkfs.fat")}}, wantErr: ErrForeign},
		{name: "bcachefs or btrfs, deep in the head", sys: machine{disk: &disk{data: patched(blank, 65536+64, "_BHRfS_M")}}, wantErr: ErrForeign},
		{name: "RAID member", sys: machine{disk: &disk{data: patched(blank, testSize-65536, "\xfc\x4e\x2b\xa9")}}, wantErr: ErrForeign},
		{name: "ext4 with its superblock zeroed", sys: machine{disk: &disk{data: patched(ext, superOffset, string(make([]byte, superSize)))}}, wantErr: ErrForeign},
		{name: "ext4 of 1 KiB blocks with its head zeroed", sys: machine{
			disk: &disk{data: patched(blank, 8193*1024+magicOffset, "\x53\xef")}, mountErr: syscall.EINVAL,
		}, wantErr: ErrDamaged},
		{name: "no partition", sys: machine{noDisk: errNoDisk}, wantErr: errNoDisk},
		{name: "partition in use", sys: machine{openErr: syscall.EBUSY}, wantErr: syscall.EBUSY},
		{name: "medium fails", sys: machine{disk: &disk{data: blank, fail: 5}}, wantErr: errFull},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			sys := &tt.sys
			var before []byte
			if sys.disk != nil {
				sys.data = bytes.Clone(sys.data)
				before = bytes.Clone(sys.data)
			}
			got, err := Ensure(sys, Dir, slog.New(slog.DiscardHandler))
			if got != tt.want || !errors.Is(err, tt.wantErr) {
				t.Errorf("Ensure = %v, %v; want %v, %v", got, err, tt.want, tt.wantErr)
			}
			if tt.wantErr == nil && err != nil {
				t.Errorf("Ensure: %v", err)
			}
			var wantSaid []string
			if err != nil {
				wantSaid = []string{strings.ReplaceAll(err.Error(), "\n", ": ")}
			}
			if diff := cmp.Diff(wantSaid, sys.said); diff != "" {
				t.Errorf("announced (-want +got):\n%s", diff)
			}
			wantMounts := 0
			if tt.want == Formatted || tt.want == Mounted {
				wantMounts = 1
			}
			if sys.mounts != wantMounts {
				t.Errorf("mounted %d times, want %d", sys.mounts, wantMounts)
			}
			if sys.disk == nil || errors.Is(tt.wantErr, errFull) {
				return
			}
			if tt.want == Formatted {
				fsck(t, sys.data)
			} else if !bytes.Equal(sys.data, before) {
				t.Error("Ensure changed a partition that it must leave alone")
			}
		})
	}
}

// TestEnsureTwice is the second boot: what the first one made is kept.
func TestEnsureTwice(t *testing.T) {
	t.Parallel()
	sys := &machine{disk: &disk{data: make([]byte, testSize)}}
	log := slog.New(slog.DiscardHandler)
	if got, err := Ensure(sys, Dir, log); got != Formatted || err != nil {
		t.Fatalf("first Ensure = %v, %v; want %v", got, err, Formatted)
	}
	before := bytes.Clone(sys.data)
	if got, err := Ensure(sys, Dir, log); got != Mounted || err != nil {
		t.Fatalf("second Ensure = %v, %v; want %v", got, err, Mounted)
	}
	if !bytes.Equal(sys.data, before) {
		t.Error("second Ensure changed the file system")
	}
}

func FuzzProbe(f *testing.F) {
	f.Add([]byte(marker), int64(superOffset))
	f.Add([]byte{0x53, 0xef}, int64(superOffset+magicOffset))
	f.Add([]byte{0x53, 0xef}, int64(8193*1024+magicOffset))
	f.Add([]byte{1}, int64(testSize-1))
	const size = 9 << 20
	zero := make([]byte, size)
	f.Fuzz(func(t *testing.T, b []byte, off int64) {
		d := &disk{data: bytes.Clone(zero)}
		if off < 0 || off >= size {
			return
		}
		copy(d.data[off:], b)
		got, err := Probe(d, size)
		if err != nil {
			t.Fatal(err)
		}
		// Blank is the one answer that costs data, so nothing that is not
		// uniform in head or tail may get it.
		head, tail := d.data[:headSize], d.data[size-tailSize:]
		if got == Blank && (!uniform(head) || !uniform(tail)) {
			t.Errorf("Probe = %v with %d bytes written at %d", got, len(b), off)
		}
	})
}
