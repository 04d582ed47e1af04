package firmware

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"hash/crc32"
	"io"
	"testing"
	"unicode/utf16"

	"github.com/dsnet/compress/bzip2"
	"github.com/ulikunitz/xz"
)

// member is one file of an archive that a test makes.
type member struct {
	name, content string
	mode          byte // a type of package tar; 0 is a file
}

func makeZip(t testing.TB, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range members {
		h := &zip.FileHeader{Name: m.name, Method: zip.Deflate}
		if m.mode == tar.TypeSymlink {
			h.SetMode(0o777 | 1<<27) // fs.ModeSymlink
		}
		w, err := z.CreateHeader(h)
		must(t, err)
		_, err = io.WriteString(w, m.content)
		must(t, err)
	}
	must(t, z.Close())
	return b.Bytes()
}

func makeTar(t testing.TB, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, m := range members {
		h := &tar.Header{Name: m.name, Typeflag: m.mode, Mode: 0o644, Size: int64(len(m.content))}
		if m.mode == 0 {
			h.Typeflag = tar.TypeReg
		} else {
			h.Linkname, h.Size, m.content = m.content, 0, ""
		}
		must(t, w.WriteHeader(h))
		_, err := io.WriteString(w, m.content)
		must(t, err)
	}
	must(t, w.Close())
	return b.Bytes()
}

func compressWith(t testing.TB, format string, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	var err error
	switch format {
	case "gz":
		w = gzip.NewWriter(&b)
	case "bz2":
		w, err = bzip2.NewWriter(&b, nil)
	case "xz":
		w, err = xz.NewWriter(&b)
	}
	must(t, err)
	_, err = w.Write(data)
	must(t, err)
	must(t, w.Close())
	return b.Bytes()
}

// makeRar makes a RAR 1.5 archive of stored members.
func makeRar(members ...member) []byte {
	var b bytes.Buffer
	b.WriteString("Rar!\x1a\x07\x00")
	block := func(kind byte, flags uint16, rest []byte) {
		h := []byte{kind}
		h = binary.LittleEndian.AppendUint16(h, flags)
		h = binary.LittleEndian.AppendUint16(h, uint16(7+len(rest)))
		h = append(h, rest...)
		b.Write(binary.LittleEndian.AppendUint16(nil, uint16(crc32.ChecksumIEEE(h))))
		b.Write(h)
	}
	block(0x73, 0, make([]byte, 6))
	for _, m := range members {
		var h []byte
		h = binary.LittleEndian.AppendUint32(h, uint32(len(m.content)))
		h = binary.LittleEndian.AppendUint32(h, uint32(len(m.content)))
		h = append(h, 3)
		h = binary.LittleEndian.AppendUint32(h, crc32.ChecksumIEEE([]byte(m.content)))
		h = append(h, 0, 0, 0, 0, 20, 0x30)
		h = binary.LittleEndian.AppendUint16(h, uint16(len(m.name)))
		h = binary.LittleEndian.AppendUint32(h, 0o100644)
		block(0x74, 0x8000, append(h, m.name...))
		b.WriteString(m.content)
	}
	block(0x7b, 0x4000, nil)
	return b.Bytes()
}

// make7z makes a 7z archive of one stored member with less than 128 bytes.
func make7z(m member) []byte {
	n := byte(len(m.content))
	h := []byte{1, 4, 6, 0, 1, 9, n, 0, 7, 0x0b, 1, 0, 1, 1, 0, 0x0c, n, 0x0a, 1}
	h = binary.LittleEndian.AppendUint32(h, crc32.ChecksumIEEE([]byte(m.content)))
	h = append(h, 0, 0, 5, 1)
	name := []byte{0}
	for _, u := range append(utf16.Encode([]rune(m.name)), 0) {
		name = binary.LittleEndian.AppendUint16(name, u)
	}
	h = append(append(append(h, 0x11, byte(len(name))), name...), 0, 0)
	return build7z(m.content, string(h))
}

// build7z makes a 7z archive of packed streams and a header.
func build7z(packed, header string) []byte {
	var start []byte
	start = binary.LittleEndian.AppendUint64(start, uint64(len(packed)))
	start = binary.LittleEndian.AppendUint64(start, uint64(len(header)))
	start = binary.LittleEndian.AppendUint32(start, crc32.ChecksumIEEE([]byte(header)))
	b := []byte("7z\xbc\xaf\x27\x1c\x00\x04")
	b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(start))
	return append(append(append(b, start...), packed...), header...)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
