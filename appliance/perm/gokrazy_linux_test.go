package perm

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPartition(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		root  string   // the root partition, as the kernel names it
		parts []string // directory and partition number
		want  string
	}{
		{"SATA", "sda2", []string{"sda1 1", "sda2 2", "sda3 3", "sda4 4"}, "/dev/sda4"},
		{"SD card, second root", "mmcblk0p3", []string{"mmcblk0p1 1", "mmcblk0p2 2", "mmcblk0p3 3", "mmcblk0p4 4"}, "/dev/mmcblk0p4"},
		{"more partitions than a gokrazy disk has", "vda2", []string{"vda2 2", "vda14 14", "vda4 4"}, "/dev/vda4"},
		{"no fourth partition", "sda2", []string{"sda1 1", "sda2 2", "sda14 14"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			disk := filepath.Join(root, "sys/devices/pci0/block/disk")
			mkdir(t, filepath.Join(disk, "queue"))
			for _, p := range tt.parts {
				name, number, _ := strings.Cut(p, " ")
				mkdir(t, filepath.Join(disk, name))
				write(t, filepath.Join(disk, name, "partition"), number+"\n")
			}
			mkdir(t, filepath.Join(root, "sys/dev/block"))
			if err := os.Symlink(filepath.Join("../../devices/pci0/block/disk", tt.root),
				filepath.Join(root, "sys/dev/block/8:2")); err != nil {
				t.Fatal(err)
			}
			g := Gokrazy{Root: root, RootDevice: func() (uint32, uint32, error) { return 8, 2, nil }}
			got, err := g.Partition()
			if strings.TrimPrefix(got, root) != tt.want || (err == nil) != (tt.want != "") {
				t.Errorf("Partition = %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}

func TestPartitionNotOnDisk(t *testing.T) {
	t.Parallel()
	g := Gokrazy{Root: t.TempDir(), RootDevice: func() (uint32, uint32, error) { return 0, 23, nil }}
	if got, err := g.Partition(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Partition = %q, %v; want %v", got, err, fs.ErrNotExist)
	}
}

func TestMounted(t *testing.T) {
	t.Parallel()
	const table = "21 1 8:2 / / ro,relatime - squashfs /dev/root ro\n" +
		"22 21 0:19 / /permanent rw - tmpfs tmpfs rw\n"
	const perm = "36 21 8:4 / /perm rw,relatime - ext4 /dev/sda4 rw\n"
	for _, tt := range []struct {
		name, table string
		want        bool
	}{
		{"mounted", table + perm, true},
		{"not mounted", table, false},
		{"empty", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			mkdir(t, filepath.Join(root, "proc/self"))
			write(t, filepath.Join(root, "proc/self/mountinfo"), tt.table)
			got, err := Gokrazy{Root: root}.Mounted(Dir)
			if got != tt.want || err != nil {
				t.Errorf("Mounted = %v, %v; want %v", got, err, tt.want)
			}
		})
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "part")
	write(t, file, strings.Repeat("x", 3000))
	dev, size, err := Gokrazy{}.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	if size != 3000 {
		t.Errorf("size = %d, want 3000", size)
	}
	if err := dev.Close(); err != nil {
		t.Error(err)
	}
	if _, _, err := (Gokrazy{}).Open(file + "x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open of a missing device: %v, want %v", err, fs.ErrNotExist)
	}
}

func TestAnnounce(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	g := Gokrazy{Root: root}
	g.Announce("there is no kernel log here")
	if _, err := os.Stat(filepath.Join(root, "dev/kmsg")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("kernel log was made: %v", err)
	}
	mkdir(t, filepath.Join(root, "dev"))
	write(t, filepath.Join(root, "dev/kmsg"), "")
	g.Announce("partition is damaged")
	got, err := os.ReadFile(filepath.Join(root, "dev/kmsg"))
	if want := "<3>provbox: partition is damaged\n"; string(got) != want || err != nil {
		t.Errorf("kernel log has %q, %v; want %q", got, err, want)
	}
}

func mkdir(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
