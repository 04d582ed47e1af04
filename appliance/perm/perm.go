package perm

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"syscall"
)

// Errors that Ensure wraps. In both cases nothing was changed.
var (
	// ErrDamaged is an ext4 partition that the kernel refuses to mount.
	ErrDamaged = errors.New("file system is damaged and was left as it is; " +
		"repair it on another computer with e2fsck, or make a new one with mkfs.ext4")
	// ErrForeign is a partition that holds something that is not ours to
	// overwrite.
	ErrForeign = errors.New("partition is neither blank nor ext4 and was left as it is; " +
		"make a file system on it on another computer with mkfs.ext4")
)

// System is the machine as Ensure needs it. Gokrazy is the real one.
type System interface {
	// Mounted reports whether a file system is mounted on dir.
	Mounted(dir string) (bool, error)
	// Partition is the path of the device that is to be mounted.
	Partition() (string, error)
	// Open opens that device for reading and writing, for nobody else to use,
	// and says how many bytes it has.
	Open(path string) (DeviceCloser, int64, error)
	// Mount mounts the ext4 on device at dir.
	Mount(device, dir string) error
	// Announce shows one line to whoever looks at the box's screen or serial
	// port: without the partition there may be no other way to be heard.
	Announce(line string)
}

// DeviceCloser is an opened Device.
type DeviceCloser interface {
	Device
	io.Closer
}

// Outcome says what Ensure found or did.
type Outcome int

const (
	// Failed comes with an error.
	Failed Outcome = iota
	// Ready means that the system had mounted it already: every boot but the
	// first.
	Ready
	// Mounted means that there was a file system and Ensure mounted it.
	Mounted
	// Formatted means that Ensure made the file system and mounted it.
	Formatted
)

// String is the word used in logs.
func (o Outcome) String() string {
	switch o {
	case Ready:
		return "ready"
	case Mounted:
		return "mounted"
	case Formatted:
		return "formatted"
	default:
		return "failed"
	}
}

// Ensure sees to it that a file system is mounted on dir, formatting the
// partition if it is blank or a format of it was interrupted. Call it before
// anything is written below dir. The error wraps ErrDamaged or ErrForeign where
// a person has to act, and is announced.
func Ensure(sys System, dir string, log *slog.Logger) (Outcome, error) {
	outcome, err := ensure(sys, dir, log)
	if err != nil {
		sys.Announce(strings.ReplaceAll(err.Error(), "\n", ": "))
	}
	return outcome, err
}

func ensure(sys System, dir string, log *slog.Logger) (Outcome, error) {
	mounted, err := sys.Mounted(dir)
	if err != nil {
		return Failed, fmt.Errorf("prepare %s: %w", dir, err)
	}
	if mounted {
		return Ready, nil
	}
	path, err := sys.Partition()
	if err != nil {
		return Failed, fmt.Errorf("prepare %s: find its partition: %w", dir, err)
	}
	found, err := formatIfBlank(sys, path, log)
	if err != nil {
		return Failed, fmt.Errorf("prepare %s: %s: %w", dir, path, err)
	}
	if err := sys.Mount(path, dir); err != nil {
		if found == Ext && refused(err) {
			err = errors.Join(ErrDamaged, err)
		}
		return Failed, fmt.Errorf("prepare %s: mount %s: %w", dir, path, err)
	}
	if found == Ext {
		return Mounted, nil
	}
	return Formatted, nil
}

// refused reports whether a mount failed because of what is on the partition,
// and not because of the machine: these are what ext4 answers for a superblock
// that makes no sense, a wrong checksum, an inconsistency, an unreadable block.
func refused(err error) bool {
	for _, errno := range []syscall.Errno{syscall.EINVAL, syscall.EBADMSG, syscall.EUCLEAN, syscall.EIO} {
		if errors.Is(err, errno) {
			return true
		}
	}
	return false
}

// formatIfBlank returns what was on the partition before.
func formatIfBlank(sys System, path string, log *slog.Logger) (found Content, err error) {
	dev, size, err := sys.Open(path)
	if err != nil {
		return Foreign, err
	}
	// The device has to be closed before it can be mounted, and a close that
	// fails may be a write that failed.
	defer func() { err = errors.Join(err, dev.Close()) }()

	found, err = Probe(dev, size)
	if err != nil {
		return found, err
	}
	switch found {
	case Ext:
		return found, nil
	case Foreign:
		return found, ErrForeign
	}
	log.Info("formatting persistent partition", "device", path, "bytes", size, "found", found.String())
	return found, Format(dev, size)
}
