package firmware

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/ulikunitz/xz/lzma"
)

// number7z writes a NUMBER in its longest form.
func number7z(n uint64) string {
	return string(binary.LittleEndian.AppendUint64([]byte{0xff}, n))
}

// coder7zOf writes a coder with one input.
func coder7zOf(method, props string) string {
	if props == "" {
		return string(byte(len(method))) + method
	}
	return string([]byte{byte(0x20 | len(method))}) + method + number7z(uint64(len(props))) + props
}

// pack7z packs a stream as a 7z archive has it and returns its coder.
func pack7z(t testing.TB, method, content string) (packed, coder string) {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	var err error
	switch method {
	case lzma7z:
		w, err = lzma.WriterConfig{SizeInHeader: true, Size: int64(len(content))}.NewWriter(&b)
	case lzma27z:
		w, err = lzma.Writer2Config{DictCap: 1 << 20}.NewWriter2(&b)
	default:
		return content, coder7zOf(method, "")
	}
	must(t, err)
	_, err = io.WriteString(w, content)
	must(t, err)
	must(t, w.Close())
	if method == lzma27z {
		return b.String(), coder7zOf(method, "\x10")
	}
	return b.String()[lzma.HeaderLen:], coder7zOf(method, b.String()[:5])
}

// streams7zOf writes a Streams Info of one packed stream and one folder.
func streams7zOf(position, packed int, coders string, sizes ...uint64) string {
	s := "\x06" + number7z(uint64(position)) + "\x01\x09" + number7z(uint64(packed)) + "\x00\x07\x0b\x01\x00" + coders + "\x0c"
	for _, n := range sizes {
		s += number7z(n)
	}
	return s + "\x00"
}

// encode7z packs the header of an archive.
func encode7z(t testing.TB, method string, archive []byte) []byte {
	t.Helper()
	at := 32 + binary.LittleEndian.Uint64(archive[12:])
	content, header := string(archive[32:at]), string(archive[at:])
	packed, coder := pack7z(t, method, header)
	return build7z(content+packed, "\x17"+streams7zOf(len(content), len(packed), "\x01"+coder, uint64(len(header)))+"\x00")
}

// unpack7z unpacks an archive with the default limits and returns the files that
// it makes and how much it allocates.
func unpack7z(t *testing.T, filter string, data []byte) (files map[string]string, memory uint64, err error) {
	t.Helper()
	dir := t.TempDir()
	must(t, os.WriteFile(dir+"/f", data, 0o644))
	must(t, os.Mkdir(dir+"/node", 0o755))
	root, err := os.OpenRoot(dir)
	must(t, err)
	defer root.Close()
	w := &work{root: root, limits: DefaultLimits(), total: &budget{what: "all", bytes: 1 << 30, entries: 10_000}}
	run, _, _, err := lookupFilter(filter)
	must(t, err)
	before := allocated()
	err = run(context.Background(), w, &tree{root: root, dir: "."}, &tree{root: root, dir: "node"}, []string{"f"})
	memory = allocated() - before
	entries, e := os.ReadDir(dir + "/node")
	must(t, e)
	files = make(map[string]string)
	for _, entry := range entries {
		content, e := os.ReadFile(dir + "/node/" + entry.Name())
		must(t, e)
		files[entry.Name()] = string(content)
	}
	return files, memory, err
}

// xzBlock begins an xz stream with a block that has a dictionary.
func xzBlock(dictionary byte) []byte {
	header := []byte{2, 0, 0x21, 1, dictionary, 0, 0, 0}
	stream := append([]byte("\xfd7zXZ\x00\x00\x04\xe6\xd6\xb4\x46"), header...)
	return append(binary.LittleEndian.AppendUint32(stream, crc32.ChecksumIEEE(header)), "\x01\x00\x00x"...)
}

// files7z is a Files Info of two files, x and y.
const files7z = "\x05\x02\x11\x09\x00x\x00\x00\x00y\x00\x00\x00\x00"

func TestUnpack7z(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("content ", 500)
	want := map[string]string{"x": content[:1000], "y": content[1000:]}
	for name, method := range map[string]string{"copy": copy7z, "lzma": lzma7z, "lzma2": lzma27z} {
		packed, coder := pack7z(t, method, content)
		// Folder, files in folders with the size of the first, files with a time, an
		// attribute and padding.
		header := "\x01\x04" + streams7zOf(0, len(packed), "\x01"+coder, uint64(len(content))) +
			"\x08\x0d\x02\x09\x83\xe8\x0a\x01" + "\x00\x00\x00\x00\x00\x00\x00\x00" + "\x00\x00" +
			files7z[:len(files7z)-1] + "\x14\x0b\x00\x80\x00" + "12345678" + "\x15\x0a\x01\x00" + "\x20\x00\x00\x00\x20\x00\x00\x00" + "\x19\x02\x00\x00" + "\x00\x00"
		plain := build7z(packed, header)
		for kind, archive := range map[string][]byte{
			"plain": plain, "copied header": encode7z(t, copy7z, plain),
			"lzma header": encode7z(t, lzma7z, plain), "lzma2 header": encode7z(t, lzma27z, plain),
		} {
			t.Run(name+" with "+kind, func(t *testing.T) {
				t.Parallel()
				files, _, err := unpack7z(t, "7z", archive)
				must(t, err)
				if d := cmp.Diff(want, files); d != "" {
					t.Error(d)
				}
			})
		}
	}
}

// FuzzHeader7z gives 7z archives to the decoder whose checksums are right, whatever
// their header is: unpacking them ends, and allocates no more than it should.
func FuzzHeader7z(f *testing.F) {
	for _, method := range []string{copy7z, lzma7z, lzma27z} {
		packed, coder := pack7z(f, method, "content")
		f.Add(packed, "\x01\x04"+streams7zOf(0, len(packed), "\x01"+coder, 7)+"\x08\x0d\x02\x09\x03\x00\x00"+files7z+"\x00")
		again := encode7z(f, method, make7z(member{name: "x", content: packed}))
		at := 32 + binary.LittleEndian.Uint64(again[12:])
		f.Add(string(again[32:at]), string(again[at:]))
	}
	filter := "\x02" + coder7zOf(copy7z, "") + coder7zOf(bcj7z, "") + "\x01\x00"
	f.Add("content", "\x01\x04"+streams7zOf(0, 7, filter, 7, 7)+"\x00\x05\x01\x11\x05\x00x\x00\x00\x00\x00\x00")
	f.Fuzz(func(t *testing.T, packed, header string) {
		if files, memory, _ := unpack7z(t, "7z", build7z(packed, header)); memory > mostMemory || len(files) > 5000 {
			t.Errorf("%d files and %d bytes of memory", len(files), memory)
		}
	})
}

// The memory is the one of the program: nothing may run at the same time.
func TestHostileArchivesTakeLittleMemory(t *testing.T) {
	const most = 128 << 20
	huge, large := number7z(1<<62), number7z(1<<28)
	one := func(coders string, sizes ...uint64) []byte {
		return build7z("content", "\x01\x04"+streams7zOf(0, 7, coders, sizes...)+"\x00\x05\x01\x11\x05\x00x\x00\x00\x00\x00\x00")
	}
	headers := func(header string) []byte { return build7z("content", "\x01"+header) }
	files := func(property string) []byte { return headers("\x05\x80\xff" + property + "\x00\x00") }
	sub := func(s string) []byte {
		return headers("\x04" + streams7zOf(0, 7, "\x01\x01\x00", 7) + "\x08" + s + "\x00\x00\x00")
	}
	packedHeader := func(coders string, sizes ...uint64) []byte {
		return build7z("content", "\x17"+streams7zOf(0, 7, coders, sizes...)+"\x00")
	}
	lzma2, bcj := coder7zOf(lzma27z, "\x1c"), coder7zOf(bcj7z, "")
	many := "\x04\x06\x00\x10\x09" + strings.Repeat("\x00", 16) + "\x00\x07\x0b\x10\x00" + strings.Repeat("\x01"+lzma2, 16) + "\x0c" + strings.Repeat("\x01", 16) + "\x00\x08\x00\x00\x05\x10\x00\x00"
	entry := "PK\x01\x02" + strings.Repeat("\x00", 42)
	directory := strings.Repeat(entry, 200_000)
	zipEnd := "PK\x05\x06\x00\x00\x00\x00\x40\x0d\x40\x0d" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(directory)))) + "\x00\x00\x00\x00\x00\x00"
	for _, tt := range []struct {
		name, filter string
		data         []byte
		want         string
	}{
		{"packed streams", "7z", headers("\x04\x06\x00" + large), "packed streams, more than"},
		{"packed stream outside", "7z", headers("\x04\x06\x01\x01\x09\x07\x00"), "leads out"},
		{"no folder for a packed stream", "7z", headers("\x04\x06\x00\x01\x09\x07\x00\x00\x00"), "the folders need 0"},
		{"folders", "7z", headers("\x04\x06\x00\x01\x09\x07\x00\x07\x0b" + large + "\x00"), "folders, more than"},
		{"folder digests", "7z", headers("\x04\x06\x00\x01\x09\x07\x0a\x01"), "ends early"},
		{"coders", "7z", one(large, 1), "coders, more than"},
		{"no coder", "7z", one("\x00", 1), "without coders"},
		{"inputs", "7z", one("\x01\x11\x00"+large+"\x01", 1), "inputs of a coder, more than"},
		{"outputs", "7z", one("\x01\x11\x00\x01"+large, 1), "268435456 outputs"},
		{"properties", "7z", one("\x01\x21\x00"+large, 1), "ends early"},
		{"size", "7z", one("\x01\x01\x00", 1<<62), "more than is allowed"},
		{"bound twice", "7z", one("\x03\x01\x00\x01\x00\x01\x00\x00\x00\x00\x00", 1, 1, 1), "bound twice"},
		{"end", "7z", one("\x02\x01\x00\x01\x00\x00\x01", 1, 1), "is not its end"},
		{"lzma dictionary", "7z", one("\x01"+coder7zOf(lzma7z, "\x5d\xff\xff\xff\x7f"), 4<<20), "lzma"},
		{"lzma header in the properties", "7z", one("\x01"+coder7zOf(lzma7z, "\x5d\xff\xff\xff\x7f\xff\xff\xff\xff\xff\xff\xff\xff"), 1), "invalid properties"},
		{"lzma literals", "7z", one("\x01"+coder7zOf(lzma7z, "\xe0\x00\x00\x01\x00"), 1), "lc and lp"},
		{"lzma2 dictionary", "7z", one("\x01"+coder7zOf(lzma27z, "\x28"), 1), "bytes of memory"},
		{"lzma2 dictionary just allowed", "7z", one("\x01"+lzma2, 1), "lzma"},
		{"two dictionaries", "7z", one("\x02"+lzma2+lzma2+"\x01\x00", 1, 1), "bytes of memory"},
		{"dictionaries of folders", "7z", headers(many), "dictionaries of"},
		{"inputs without streams", "7z", one("\x01\x14"+bcj27z+"\x04\x01\x00\x01\x02\x03", 1<<22), "packed streams"},
		{"delta of 256", "7z", one("\x01"+coder7zOf(delta7z, "\xff"), 7), "delta"},
		{"filter without end", "7z", one("\x01"+bcj, 9), "no data or error"},
		{"delta without end", "7z", one("\x01"+coder7zOf(delta7z, "\x00"), 9), "no data or error"},
		{"filter on delta without end", "7z", one("\x02"+coder7zOf(delta7z, "\x00")+bcj+"\x01\x00", 9, 9), "is not the last"},
		{"filters without end", "7z", one("\x02"+bcj+bcj+"\x01\x00", 9, 9), "is not the last"},
		{"encrypted", "7z", one("\x01"+coder7zOf(aes7z, "\x3f\x00"), 7), "is encrypted"},
		{"foreign method", "7z", one("\x01"+coder7zOf("\x04\xf7\x11\x01", ""), 7), "not supported"},
		{"files in a folder", "7z", sub("\x0d" + large), "files, more than"},
		{"no file in a folder", "7z", sub("\x0d\x00"), "0 files in a folder"},
		{"sizes of files", "7z", sub("\x0d\x02\x09\x08"), "larger than their folder"},
		{"files without sizes", "7z", sub("\x0d\x02"), "without sizes"},
		{"files", "7z", headers("\x05" + huge + "\x00\x00"), "files, more than"},
		{"files without content", "7z", files(""), "255 files with content, and content of 0"},
		{"empty files", "7z", files("\x0e\x01\xff"), "as long as it says"},
		{"times", "7z", files("\x14\x02\x01\x00"), "as long as it says"},
		{"attributes", "7z", files("\x15\x02\x01\x00"), "as long as it says"},
		{"names", "7z", files("\x11\x03\x00\x00\x00"), "as long as it says"},
		{"property twice", "7z", files(strings.Repeat("\x14\x22\x00"+strings.Repeat("\x00", 33), 2)), "there twice"},
		{"padding", "7z", files("\x19" + huge), "ends early"},
		{"start position", "7z", files("\x18\x00"), "not supported"},
		{"large packed header", "7z", packedHeader("\x01"+coder7zOf(lzma7z, "\x5d\xff\xff\xff\xff"), 1<<31), "packed header of"},
		{"header with a dictionary", "7z", packedHeader("\x01"+lzma2, 1<<20), "unpack the header"},
		{"header of several coders", "7z", packedHeader("\x02\x01\x00\x01\x00\x01\x00", 1, 1), "more than one step"},
		{"header in a packed header", "7z", encode7z(t, lzma7z, packedHeader("\x01\x01\x00", 7)), "no header where"},
		{"large header", "7z", build7z("", strings.Repeat("\x01", 2<<20)), "a header of 2097152"},
		{"something after the header", "7z", headers("\x00\x00"), "follows"},
		{"zip directory", "unzip", []byte(directory + zipEnd), "directory of the archive is too large"},
		{"xz dictionary", "untar", xzBlock(0x1e), "exceeds max"},
		{"xz dictionary just allowed", "untar", xzBlock(0x1c), "xz"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, memory, err := unpack7z(t, tt.filter, tt.data)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q in it", err, tt.want)
			}
			t.Logf("%d bytes allocate %d KiB: %v", len(tt.data), memory>>10, err)
			if memory > most {
				t.Errorf("%d bytes allocate %d", len(tt.data), memory)
			}
		})
	}
}
