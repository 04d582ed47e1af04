package perm

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// Dir is where gokrazy mounts the persistent partition.
const Dir = "/perm"

// partition is the number of the persistent partition on a gokrazy disk
// (spec/image.md, "Disk and /perm").
const partition = "4"

// OnGokrazy reports whether this is a gokrazy image rather than an ordinary
// Linux, so that the same binary leaves the disks and the network of a server
// alone.
func OnGokrazy() bool {
	st, err := os.Lstat("/gokrazy/init")
	return err == nil && st.Mode().IsRegular()
}

// Gokrazy is the System of a booted gokrazy image. The zero value is ready to
// use; it needs root.
type Gokrazy struct {
	// Root is put before /proc, /sys and /dev; empty outside tests.
	Root string
	// RootDevice gives major and minor number of the device the root file
	// system is on; nil means to look.
	RootDevice func() (major, minor uint32, err error)
}

// Mounted looks dir up in the mount table of this process.
func (g Gokrazy) Mounted(dir string) (bool, error) {
	f, err := os.Open(g.Root + "/proc/self/mountinfo")
	if err != nil {
		return false, fmt.Errorf("read mount table: %w", err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		// "36 35 8:4 / /perm rw,relatime - ext4 /dev/sda4 rw" (proc(5)).
		fields := strings.Fields(lines.Text())
		if len(fields) > 4 && fields[4] == dir {
			return true, nil
		}
	}
	if err := lines.Err(); err != nil {
		return false, fmt.Errorf("read mount table: %w", err)
	}
	return false, nil
}

// Partition finds the disk that the root file system was booted from and on it
// the fourth partition. It asks the kernel rather than the partition table or
// the device's name: names differ between SD cards, NVMe and virtual disks.
func (g Gokrazy) Partition() (string, error) {
	look := g.RootDevice
	if look == nil {
		look = rootDevice
	}
	major, minor, err := look()
	if err != nil {
		return "", err
	}
	link := fmt.Sprintf("%s/sys/dev/block/%d:%d", g.Root, major, minor)
	root, err := filepath.EvalSymlinks(link)
	if err != nil {
		return "", fmt.Errorf("the root file system is not on a disk: %w", err)
	}
	disk := filepath.Dir(root)
	entries, err := os.ReadDir(disk)
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		n, err := os.ReadFile(filepath.Join(disk, e.Name(), "partition"))
		if err == nil && strings.TrimSpace(string(n)) == partition {
			return g.Root + "/dev/" + e.Name(), nil
		}
	}
	return "", fmt.Errorf("disk %s has no partition %s", filepath.Base(disk), partition)
}

func rootDevice() (major, minor uint32, err error) {
	var st unix.Stat_t
	if err := unix.Stat("/", &st); err != nil {
		return 0, 0, fmt.Errorf("stat /: %w", err)
	}
	return unix.Major(st.Dev), unix.Minor(st.Dev), nil
}

// Open opens the partition exclusively: it fails if the partition is mounted
// or another process is at work on it.
func (g Gokrazy) Open(path string) (DeviceCloser, int64, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_EXCL, 0)
	if err != nil {
		return nil, 0, err
	}
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, size, nil
}

// Mount mounts with the same flags as gokrazy's init does at every later boot.
func (g Gokrazy) Mount(device, dir string) error {
	return unix.Mount(device, dir, "ext4", 0, "")
}

// Announce writes to the kernel's log, with a level that reaches every console
// in spite of the image's loglevel=4 (syslog(2): 3 is an error).
func (g Gokrazy) Announce(line string) {
	f, err := os.OpenFile(g.Root+"/dev/kmsg", os.O_WRONLY, 0)
	if err != nil {
		return // nobody is left to tell
	}
	defer f.Close()
	_, _ = fmt.Fprintf(f, "<3>provbox: %s\n", line)
}
