package firmware

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/bodgit/sevenzip"
	"github.com/ulikunitz/xz/lzma"
)

// The header of a 7z archive is at its end and says how much of everything there
// is. The decoder makes room for all that before it has seen any of it, so that an
// archive of 62 bytes can ask for gigabytes. Here the header is read first, by the
// public description of the format (7zFormat.txt of the 7-Zip LZMA SDK), and
// nothing but what was read and found reasonable is given to the decoder: a packed
// header is unpacked here and put in the place of the packed one.

const (
	// maxHeader7z bounds the header, packed and unpacked; one of 5000 files with
	// long names is below.
	maxHeader7z = 1 << 20
	start7z     = 32 // bytes of the start header
	// small7z is the memory of a folder that is not worth counting.
	small7z = 4 << 20
)

func un7z(ctx context.Context, s *sink, a *archive) error {
	plain, size, err := plain7z(a, s.budget)
	if err != nil {
		return err
	}
	z, err := sevenzip.NewReader(plain, size)
	if err != nil {
		return err
	}
	for _, f := range z.File {
		mode := f.Mode().Type()
		if mode.IsDir() && f.UncompressedSize > 0 {
			// A file that is not read keeps the dictionary of its folder in memory.
			return fmt.Errorf("member %.200q is a directory with content", f.Name)
		}
		if mode.IsDir() {
			continue
		}
		r, err := f.Open()
		if err == nil {
			err = errors.Join(s.flat(ctx, f.Name, mode, &moving{r: r}), r.Close())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// moving ends a stream that gives neither bytes nor an error for ever, as the
// decoder's filters do when the stream below them is too short.
type moving struct {
	r     io.Reader
	empty int
}

func (m *moving) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	if n > 0 || err != nil || len(p) == 0 {
		m.empty = 0
		return n, err
	}
	if m.empty++; m.empty > 100 {
		return 0, io.ErrNoProgress
	}
	return 0, nil
}

// plain7z checks an archive and returns it with a header that is not packed.
func plain7z(a *archive, b *budget) (io.ReaderAt, int64, error) {
	var start [start7z]byte
	if _, err := a.ReadAt(start[:], 0); err != nil {
		return nil, 0, fmt.Errorf("7z: read the start header: %w", err)
	}
	if !bytes.HasPrefix(start[:], []byte("7z\xbc\xaf\x27\x1c")) {
		return nil, 0, errors.New("7z: not a 7z archive")
	}
	if binary.LittleEndian.Uint32(start[8:]) != crc32.ChecksumIEEE(start[12:]) {
		return nil, 0, errors.New("7z: the start header has another checksum")
	}
	at, size := binary.LittleEndian.Uint64(start[12:]), binary.LittleEndian.Uint64(start[20:])
	if room := uint64(a.size) - start7z; at > room || size > room-at {
		return nil, 0, errors.New("7z: the header is not in the archive, which may be cut off")
	}
	if size == 0 || size > maxHeader7z {
		return nil, 0, fmt.Errorf("7z: a header of %d bytes", size)
	}
	header := make([]byte, size)
	if _, err := a.ReadAt(header, start7z+int64(at)); err != nil {
		return nil, 0, fmt.Errorf("7z: read the header: %w", err)
	}
	if crc32.ChecksumIEEE(header) != binary.LittleEndian.Uint32(start[28:]) {
		return nil, 0, errors.New("7z: the header has another checksum")
	}
	if header[0] == id7zEncodedHeader {
		var err error
		if header, err = decode7z(a, header[1:], at); err != nil {
			return nil, 0, err
		}
	}
	if err := check7z(header, at, b); err != nil {
		return nil, 0, err
	}
	binary.LittleEndian.PutUint64(start[20:], uint64(len(header)))
	binary.LittleEndian.PutUint32(start[28:], crc32.ChecksumIEEE(header))
	binary.LittleEndian.PutUint32(start[8:], crc32.ChecksumIEEE(start[12:]))
	p := &pieces{start[:], io.NewSectionReader(a, start7z, int64(at)), header}
	return p, start7z + int64(at) + int64(len(header)), nil
}

// decode7z unpacks a header. space is how many bytes of packed streams there are.
func decode7z(a *archive, info []byte, space uint64) ([]byte, error) {
	c := &cursor7z{b: info}
	s := c.streams(1, space)
	if c.err != nil {
		return nil, fmt.Errorf("packed header: %w", c.err)
	}
	if len(c.b) > 0 || len(s.folders) != 1 || len(s.folders[0].coders) != 1 || len(s.packed) != 1 {
		return nil, errors.New("7z: the header is packed in more than one step")
	}
	coder := s.folders[0].coders[0]
	if coder.size == 0 || coder.size > maxHeader7z {
		return nil, fmt.Errorf("7z: a packed header of %d bytes", coder.size)
	}
	if _, err := coder.memory(); err != nil {
		return nil, fmt.Errorf("packed header: %w", err)
	}
	var r io.Reader = io.NewSectionReader(a, start7z+int64(s.position), int64(s.packed[0]))
	var err error
	switch coder.method {
	case copy7z:
	case lzma7z:
		// The header of a .lzma file is the properties and the size.
		head := binary.LittleEndian.AppendUint64(bytes.Clone(coder.props), coder.size)
		r, err = lzma.ReaderConfig{}.NewReader(io.MultiReader(bytes.NewReader(head), r))
	case lzma27z:
		// Nothing is further back than the header is long.
		r, err = lzma.Reader2Config{DictCap: max(lzma.MinDictCap, int(coder.size))}.NewReader2(r)
	default:
		err = fmt.Errorf("method %x is not for headers", coder.method)
	}
	header := make([]byte, coder.size)
	if err == nil {
		_, err = io.ReadFull(r, header)
	}
	if err != nil {
		return nil, fmt.Errorf("7z: unpack the header: %w", err)
	}
	return header, nil
}

// check7z checks a header that is not packed: that it describes what there is, no
// more than the budget allows and what can be unpacked in bounded memory.
func check7z(header []byte, space uint64, b *budget) error {
	c := &cursor7z{b: header}
	c.want(id7zHeader, "header")
	s, files := new(streams7z), 0
	id := c.byte()
	if id == id7zMainStreams {
		s = c.streams(b.entries, space)
		id = c.byte()
	}
	if id == id7zFiles {
		files = c.filesInfo(b.entries)
		id = c.byte()
	}
	if id != id7zEnd {
		c.fail("property %d is none of an archive", id)
	}
	switch {
	case c.err != nil:
		return c.err
	case len(c.b) > 0:
		return errors.New("7z: something follows the header")
	case files != s.files:
		return fmt.Errorf("7z: %d files with content, and content of %d", files, s.files)
	}
	return s.check(b)
}

// check refuses folders that take more memory than they should. Each may have a
// dictionary; all together as much as their content is worth.
func (s *streams7z) check(b *budget) error {
	var size, all uint64
	for _, f := range s.folders {
		var memory uint64
		for i, c := range f.coders {
			if c.size > uint64(max(b.bytes, 0)) {
				return fmt.Errorf("%s unpacks to more than is allowed", b.what)
			}
			if filter7z(c.method) && i != len(f.coders)-1 {
				// What reads from it may wait for ever.
				return fmt.Errorf("7z: method %x is not the last", c.method)
			}
			m, err := c.memory()
			if err != nil {
				return err
			}
			memory += m
		}
		if memory > maxDictionary+small7z {
			return fmt.Errorf("7z: unpacking takes %d bytes of memory", memory)
		}
		if size += f.size(); size > uint64(b.bytes) {
			return fmt.Errorf("%s unpacks to more than is allowed", b.what)
		}
		all += memory - min(memory, small7z)
	}
	if all > maxDictionary+2*size {
		return fmt.Errorf("7z: dictionaries of %d bytes for a content of %d", all, size)
	}
	return nil
}

// pieces is a start header, packed streams and a header, one after the other.
type pieces struct {
	start  []byte
	packed *io.SectionReader
	header []byte
}

// ReadAt implements io.ReaderAt.
func (p *pieces) ReadAt(to []byte, at int64) (n int, err error) {
	header := int64(len(p.start)) + p.packed.Size()
	for n < len(to) {
		var m int
		switch at := at + int64(n); {
		case at < int64(len(p.start)):
			m = copy(to[n:], p.start[at:])
		case at < header:
			m, err = p.packed.ReadAt(to[n:], at-int64(len(p.start)))
			if errors.Is(err, io.EOF) && m > 0 {
				err = nil
			}
		case at-header < int64(len(p.header)):
			m = copy(to[n:], p.header[at-header:])
		default:
			err = io.EOF
		}
		if n += m; err != nil {
			break
		}
	}
	return n, err
}
