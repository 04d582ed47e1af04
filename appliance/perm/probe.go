package perm

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Content is what a partition holds, as far as deciding whether it may be
// formatted goes.
type Content int

const (
	// Foreign is anything that is not recognised as one of the others. It is
	// the zero value so that a probe that was not made never leads to a format.
	Foreign Content = iota
	// Blank is a partition nobody has written to: erased flash or a written
	// image.
	Blank
	// Interrupted is a format by this package that did not come to its end.
	Interrupted
	// Ext is an ext2, ext3 or ext4 file system, whole or damaged.
	Ext
)

// String is the word used in logs and errors.
func (c Content) String() string {
	switch c {
	case Blank:
		return "blank"
	case Interrupted:
		return "interrupted format"
	case Ext:
		return "ext4"
	default:
		return "unknown content"
	}
}

// The ext4 superblock is 1024 bytes at offset 1024, its magic number 0xEF53 in
// little endian at offset 56 of it (Linux, Documentation/filesystems/ext4,
// "The Super Block").
const (
	superOffset = 1024
	superSize   = 1024
	sectorSize  = 512
	magicOffset = 56
	magic       = 0xEF53
)

// marker stands in the first sector of the superblock while a format is going
// on. Its first 58 bytes are text, so that no ext4 magic number can be in it.
const marker = "provbox: formatting this partition, not yet a file system\n"

const (
	headSize = 1 << 20
	tailSize = 128 << 10
)

// Probe reads what the partition of the given size holds and changes nothing.
// Only a uniform head and tail count as blank: boot sectors, LUKS, LVM, swap,
// FAT, XFS, btrfs and bcachefs all put something into the first MiB, and MD RAID
// into the last sectors.
func Probe(dev io.ReaderAt, size int64) (Content, error) {
	head, err := readUpTo(dev, 0, min(headSize, size))
	if err != nil {
		return Foreign, err
	}
	if len(head) < superOffset+superSize {
		return Foreign, nil
	}
	super := head[superOffset : superOffset+superSize]
	if isSuper(super) {
		return Ext, nil
	}
	if bytes.HasPrefix(super, []byte(marker)) {
		return Interrupted, nil
	}
	if !uniform(head) {
		return Foreign, nil
	}
	// A file system whose beginning was wiped still has copies of the
	// superblock: the first is in block group 1, for every block size.
	for _, block := range []int64{1 << 10, 2 << 10, 4 << 10} {
		off := 8 * block * block
		if block == 1<<10 {
			off += block // with 1 KiB blocks the first data block is 1
		}
		if off+superSize > size {
			continue
		}
		backup, err := readUpTo(dev, off, superSize)
		if err != nil {
			return Foreign, err
		}
		if isSuper(backup) {
			return Ext, nil
		}
	}
	tail, err := readUpTo(dev, max(0, size-tailSize), min(tailSize, size))
	if err != nil {
		return Foreign, err
	}
	if !uniform(tail) {
		return Foreign, nil
	}
	return Blank, nil
}

func isSuper(super []byte) bool {
	return binary.LittleEndian.Uint16(super[magicOffset:]) == magic
}

// uniform reports whether b is all zeros or all ones; erased flash reads as one
// or the other, depending on the card.
func uniform(b []byte) bool {
	if len(b) == 0 {
		return true
	}
	if b[0] != 0x00 && b[0] != 0xff {
		return false
	}
	// Comparing the slice with itself moved by one is a loop in assembler.
	return bytes.Equal(b[1:], b[:len(b)-1])
}

func readUpTo(dev io.ReaderAt, off, n int64) ([]byte, error) {
	b := make([]byte, n)
	got, err := dev.ReadAt(b, off)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read %d bytes at %d: %w", n, off, err)
	}
	return b[:got], nil
}
