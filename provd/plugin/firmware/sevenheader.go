package firmware

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
)

// Property ids of a header of a 7z archive (7zFormat.txt of the 7-Zip LZMA SDK,
// "Property IDs").
const (
	id7zEnd = iota
	id7zHeader
	id7zArchiveProperties
	id7zAdditionalStreams
	id7zMainStreams
	id7zFiles
	id7zPackInfo
	id7zUnpackInfo
	id7zSubStreams
	id7zSize
	id7zCRC
	id7zFolder
	id7zUnpackSize
	id7zNumUnpackStream
	id7zEmptyStream
	id7zEmptyFile
	id7zAnti
	id7zName
	id7zCTime
	id7zATime
	id7zMTime
	id7zAttributes
	id7zComment
	id7zEncodedHeader
	id7zStartPos
	id7zDummy
)

// The archives that 7-Zip makes have four coders in a folder at most, and the one
// of BCJ2 has four inputs.
const (
	maxCoders7z = 8
	maxInputs7z = 4
)

var errShort7z = errors.New("7z: the header ends early")

// cursor7z reads a header. Its first error stays; after it everything read is 0.
type cursor7z struct {
	b   []byte
	err error
}

func (c *cursor7z) fail(format string, args ...any) {
	if c.err == nil {
		c.b, c.err = nil, fmt.Errorf("7z: "+format, args...)
	}
}

func (c *cursor7z) take(n uint64) []byte {
	if n > uint64(len(c.b)) {
		if c.err == nil {
			c.b, c.err = nil, errShort7z
		}
		return nil
	}
	taken := c.b[:n:n]
	c.b = c.b[n:]
	return taken
}

func (c *cursor7z) byte() byte {
	if b := c.take(1); b != nil {
		return b[0]
	}
	return 0
}

// number reads a NUMBER: the ones that the first byte begins with tell how many
// bytes follow, the rest of it are the highest bits.
func (c *cursor7z) number() uint64 {
	first := c.byte()
	more := bits.LeadingZeros8(^first)
	var v uint64
	for i, b := range c.take(uint64(more)) {
		v |= uint64(b) << (8 * i)
	}
	if more < 7 {
		v |= uint64(first&(1<<(7-more)-1)) << (8 * more)
	}
	return v
}

// count reads how many there are of something.
func (c *cursor7z) count(what string, most int) int {
	n := c.number()
	if n > uint64(most) {
		c.fail("%d %s, more than %d", n, what, most)
		return 0
	}
	return int(n)
}

// described is count for what takes a byte at least for each one.
func (c *cursor7z) described(what string) int { return c.count(what, len(c.b)) }

// want reads a byte that must be the given one.
func (c *cursor7z) want(b byte, what string) {
	if got := c.byte(); got != b {
		c.fail("no %s where it has to be", what)
	}
}

// bitmap reads n bits and returns how many are set.
func (c *cursor7z) bitmap(n int) int {
	set := 0
	for i, b := range c.take(uint64(n+7) / 8) {
		if rest := n - 8*i; rest < 8 {
			b &^= 0xff >> rest
		}
		set += bits.OnesCount8(b)
	}
	return set
}

// defined reads which of n have a value and returns how many do.
func (c *cursor7z) defined(n int) int {
	if c.byte() != 0 {
		return n
	}
	return c.bitmap(n)
}

func (c *cursor7z) digests(n int) { c.take(4 * uint64(c.defined(n))) }

// streams7z is what a header says about packed streams.
type streams7z struct {
	position uint64   // of the first, from the end of the start header
	packed   []uint64 // sizes
	folders  []folder7z
	files    int // in the folders
}

type coder7z struct {
	method string
	props  []byte
	inputs int
	size   uint64 // of what it makes
}

// folder7z is one chain of coders; the last one makes its content.
type folder7z struct {
	coders []coder7z
	packed int
}

func (f *folder7z) size() uint64 { return f.coders[len(f.coders)-1].size }

// streams reads a Streams Info. There are entries files in it at most and space
// bytes of packed streams.
func (c *cursor7z) streams(entries int, space uint64) *streams7z {
	s := new(streams7z)
	id := c.byte()
	if id == id7zPackInfo {
		c.packInfo(s, space)
		id = c.byte()
	}
	if id == id7zUnpackInfo {
		c.unpackInfo(s, entries)
		id = c.byte()
	}
	packed := 0
	for i := range s.folders {
		packed += s.folders[i].packed
	}
	if packed != len(s.packed) {
		c.fail("%d packed streams, and the folders need %d", len(s.packed), packed)
	}
	s.files = len(s.folders)
	switch {
	case id == id7zSubStreams:
		c.subStreams(s, entries)
		id = c.byte()
	case len(s.folders) > 1:
		c.fail("several folders and nothing about the files in them")
	}
	if id != id7zEnd {
		c.fail("property %d is none of streams", id)
	}
	return s
}

func (c *cursor7z) packInfo(s *streams7z, space uint64) {
	s.position = c.number()
	n := c.described("packed streams")
	end := s.position
	id := c.byte()
	if id == id7zSize {
		for range n {
			size := c.number()
			if end > space || size > space-end {
				c.fail("a packed stream leads out of the archive")
				break
			}
			end += size
			s.packed = append(s.packed, size)
		}
		id = c.byte()
	}
	if id == id7zCRC {
		c.digests(n)
		id = c.byte()
	}
	if len(s.packed) != n || id != id7zEnd {
		c.fail("invalid sizes of packed streams")
	}
}

func (c *cursor7z) unpackInfo(s *streams7z, entries int) {
	c.want(id7zFolder, "folder")
	n := c.count("folders", min(entries, len(c.b)))
	c.want(0, "folder inside of the header")
	for range n {
		s.folders = append(s.folders, c.folder())
		if c.err != nil {
			s.folders = nil
			return
		}
	}
	c.want(id7zUnpackSize, "size of a folder")
	for _, f := range s.folders {
		for i := range f.coders {
			f.coders[i].size = c.number()
		}
	}
	id := c.byte()
	if id == id7zCRC {
		c.digests(n)
		id = c.byte()
	}
	if id != id7zEnd {
		c.fail("property %d is none of folders", id)
	}
}

func (c *cursor7z) folder() (f folder7z) {
	n := c.count("coders", maxCoders7z)
	if n == 0 {
		c.fail("a folder without coders")
	}
	inputs := 0
	for range n {
		coder := c.coder()
		inputs += coder.inputs
		f.coders = append(f.coders, coder)
	}
	var in, out uint64 // which inputs and outputs are bound
	bind := func(what string, set *uint64, n int) {
		i := c.count(what, n-1)
		if *set&(1<<i) != 0 {
			c.fail("%s %d is bound twice", what, i)
		}
		*set |= 1 << i
	}
	for range n - 1 {
		bind("inputs", &in, inputs)
		bind("outputs", &out, n)
	}
	if n > 0 && out&(1<<(n-1)) != 0 {
		c.fail("the last coder of a folder is not its end")
	}
	if f.packed = inputs - (n - 1); f.packed > 1 {
		for range f.packed {
			bind("inputs", &in, inputs)
		}
	}
	return f
}

func (c *cursor7z) coder() (coder coder7z) {
	flags := c.byte()
	coder.method = string(c.take(uint64(flags & 0x0f)))
	coder.inputs = 1
	if flags&0x10 != 0 {
		coder.inputs = c.count("inputs of a coder", maxInputs7z)
		if outputs := c.number(); outputs != 1 || coder.inputs == 0 {
			c.fail("a coder of %d inputs and %d outputs", coder.inputs, outputs)
		}
	}
	if flags&0x20 != 0 {
		coder.props = c.take(c.number())
	}
	if flags&0xc0 != 0 {
		c.fail("a coder with alternatives")
	}
	return coder
}

func (c *cursor7z) subStreams(s *streams7z, entries int) {
	in := make([]int, len(s.folders))
	id := c.byte()
	s.files = 0
	for i := range in {
		in[i] = 1
		if id == id7zNumUnpackStream {
			in[i] = c.count("files", entries)
		}
		if s.files += in[i]; in[i] == 0 || s.files > entries {
			c.fail("%d files in a folder, %d until it, of at most %d", in[i], s.files, entries)
			return
		}
	}
	if id == id7zNumUnpackStream {
		id = c.byte()
	}
	if id == id7zSize {
		for i, n := range in {
			rest := s.folders[i].size()
			for range n - 1 {
				size := c.number()
				if size > rest {
					c.fail("files larger than their folder")
					return
				}
				rest -= size
			}
		}
		id = c.byte()
	} else if s.files > len(in) {
		c.fail("files without sizes")
	}
	if id == id7zCRC {
		c.digests(s.files)
		id = c.byte()
	}
	if id != id7zEnd {
		c.fail("property %d is none of files in folders", id)
	}
}

// filesInfo reads a Files Info and returns how many of the files have content.
func (c *cursor7z) filesInfo(entries int) int {
	files := c.count("files", entries)
	empty, seen := 0, uint64(0)
	for id := c.byte(); id != id7zEnd; id = c.byte() {
		body := &cursor7z{b: c.take(c.number())}
		if id != id7zDummy && seen&(1<<(id&63)) != 0 {
			c.fail("property %d of files is there twice", id)
		}
		seen |= 1 << (id & 63)
		switch id {
		case id7zEmptyStream:
			empty = body.bitmap(files)
		case id7zEmptyFile:
			body.bitmap(empty)
		case id7zName:
			body.names(files)
		case id7zCTime, id7zATime, id7zMTime:
			n := body.defined(files)
			body.want(0, "times inside of the header")
			body.take(8 * uint64(n))
		case id7zAttributes:
			n := body.defined(files)
			body.want(0, "attributes inside of the header")
			body.take(4 * uint64(n))
		case id7zDummy:
			body.b = nil
		default:
			c.fail("property %d of files is not supported", id)
		}
		if body.err != nil || len(body.b) > 0 {
			c.fail("property %d of %d files is not as long as it says", id, files)
		}
	}
	return files - empty
}

func (c *cursor7z) names(files int) {
	c.want(0, "names inside of the header")
	n := 0
	for len(c.b) > 0 {
		if u := c.take(2); u != nil && binary.LittleEndian.Uint16(u) == 0 {
			n++
		}
	}
	if n != files {
		c.fail("%d names of %d files", n, files)
	}
}
