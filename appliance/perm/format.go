package perm

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/diskfs/go-diskfs/backend"
	"github.com/diskfs/go-diskfs/filesystem/ext4"
)

// Device is the partition as Format needs it. *os.File is one.
type Device interface {
	io.ReaderAt
	io.WriterAt
	// Sync returns when everything written is on the medium.
	Sync() error
}

const (
	blockSize = 4096
	// minSize leaves room for the smallest journal and some data. The smallest
	// /perm of an image is 100 MB.
	minSize = 16 << 20
	// label is the volume name, seen when the card is read on a PC.
	label = "provbox"
)

// Format makes an empty ext4 file system of size bytes on dev, whatever is on
// it: the caller has asked Probe. When it returns nil the file system is whole
// and on the medium. When it returns an error, or never returns, Probe says
// Interrupted, or what it said before if nothing was written yet.
func Format(dev Device, size int64) error {
	if size < minSize {
		return fmt.Errorf("format: partition has %d bytes, at least %d are needed", size, minSize)
	}
	size -= size % blockSize

	var mark [sectorSize]byte
	copy(mark[:], marker)
	if err := writeSync(dev, mark[:], superOffset); err != nil {
		return fmt.Errorf("format: mark: %w", err)
	}

	st := &staged{dev: dev}
	_, err := ext4.Create(st, size, 0, sectorSize, &ext4.Params{
		SectorsPerBlock: blockSize / sectorSize,
		InodeRatio:      inodeRatio(size),
		VolumeName:      label,
		Features: []ext4.FeatureOpt{
			ext4.WithFeatureMetadataChecksums(true),
			// go-diskfs lays the resize inode out for 1 KiB blocks only.
			ext4.WithFeatureReservedGDTBlocksForExpansion(false),
		},
	})
	// go-diskfs does not pass every error of the medium on.
	if err := errors.Join(err, st.err); err != nil {
		return fmt.Errorf("format: make ext4: %w", err)
	}
	if !isSuper(st.super[:]) {
		return errors.New("format: make ext4: no superblock was written")
	}
	// The superblock is two sectors and only one sector is written atomically,
	// so its second half goes first, together with all that was written above:
	// while the marker stands in the first half none of it means anything.
	for _, off := range []int64{sectorSize, 0} {
		if err := writeSync(dev, st.super[off:off+sectorSize], superOffset+off); err != nil {
			return fmt.Errorf("format: superblock: %w", err)
		}
	}
	return nil
}

// inodeRatio is bytes per inode. Inode tables are written out in full, so on a
// large card the usual ratio would cost the first boot minutes.
func inodeRatio(size int64) int64 {
	if size > 2<<30 {
		return 64 << 10
	}
	return 16 << 10
}

func writeSync(dev Device, b []byte, off int64) error {
	if _, err := dev.WriteAt(b, off); err != nil {
		return err
	}
	return dev.Sync()
}

// staged passes go-diskfs's reads and writes on to the device, except for the
// primary superblock, which it keeps until Format writes it last.
type staged struct {
	dev   Device
	super [superSize]byte
	err   error // the first write that failed
}

var _ backend.WritableFile = (*staged)(nil)

// ReadAt reads through to the device, with the kept superblock in its place.
func (s *staged) ReadAt(p []byte, off int64) (int, error) {
	n, err := s.dev.ReadAt(p, off)
	if dst, src, ok := overlap(p[:n], off); ok {
		copy(dst, s.super[src:])
	}
	return n, err
}

// WriteAt writes through to the device, around the superblock.
func (s *staged) WriteAt(p []byte, off int64) (int, error) {
	end := off + int64(len(p))
	if part, at, ok := overlap(p, off); ok {
		copy(s.super[at:], part)
	}
	if off < superOffset {
		if n, err := s.through(p[:min(end, superOffset)-off], off); err != nil {
			return n, err
		}
	}
	if end > superOffset+superSize {
		from := max(off, superOffset+superSize)
		if n, err := s.through(p[from-off:], from); err != nil {
			return int(from-off) + n, err
		}
	}
	return len(p), nil
}

func (s *staged) through(p []byte, off int64) (int, error) {
	n, err := s.dev.WriteAt(p, off)
	if err != nil && s.err == nil {
		s.err = fmt.Errorf("write %d bytes at %d: %w", len(p), off, err)
	}
	return n, err
}

// overlap returns the part of p, which lies at off, that falls on the
// superblock, and where in the superblock that part begins.
func overlap(p []byte, off int64) (part []byte, at int64, ok bool) {
	from := max(off, superOffset)
	to := min(off+int64(len(p)), superOffset+superSize)
	if from >= to {
		return nil, 0, false
	}
	return p[from-off : to-off], from - superOffset, true
}

// Writable is part of go-diskfs's storage interface.
func (s *staged) Writable() (backend.WritableFile, error) { return s, nil }

// Sys has no file to give: syncing is Format's business.
func (s *staged) Sys() (*os.File, error) { return nil, backend.ErrNotSuitable }

// Path is part of go-diskfs's storage interface.
func (s *staged) Path() string { return "" }

// Stat, Read, Seek and Close are part of go-diskfs's storage interface; making
// an ext4 uses none of them.
func (s *staged) Stat() (fs.FileInfo, error) { return nil, backend.ErrNotSuitable }

// Read is not used, see Stat.
func (s *staged) Read([]byte) (int, error) { return 0, backend.ErrNotSuitable }

// Seek is not used, see Stat.
func (s *staged) Seek(int64, int) (int64, error) { return 0, backend.ErrNotSuitable }

// Close is not used, see Stat.
func (s *staged) Close() error { return nil }
