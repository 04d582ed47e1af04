package firmware

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestFoldersTakeBoundedMemory(t *testing.T) {
	t.Parallel()
	folder := func(coders ...coder7z) folder7z {
		for i := range coders {
			coders[i].inputs = max(1, coders[i].inputs)
		}
		return folder7z{coders: coders}
	}
	bcj2 := func(size uint64) folder7z {
		lzma := coder7z{method: lzma7z, props: []byte("\x5d\x00\x00\x00\x04"), size: size}
		small := coder7z{method: lzma7z, props: []byte("\x5d\x00\x00\x10\x00"), size: 1 << 20}
		return folder(small, small, lzma, coder7z{method: bcj27z, inputs: 4, size: size})
	}
	times := func(n int, f folder7z) (folders []folder7z) {
		for range n {
			folders = append(folders, f)
		}
		return folders
	}
	for name, tt := range map[string]struct {
		folders []folder7z
		want    string // in the error; empty for none
	}{
		"a program":                    {times(1, bcj2(20<<20)), ""},
		"a large program":              {times(1, bcj2(40<<20)), "bytes of memory"},
		"files that are not solid":     {times(100, folder(coder7z{method: lzma27z, props: []byte{0x12}, size: 1 << 20})), ""},
		"dictionaries without content": {times(100, folder(coder7z{method: lzma27z, props: []byte{0x18}, size: 1 << 10})), "dictionaries of"},
		"dictionary above the content": {times(1, folder(coder7z{method: lzma7z, props: []byte("\x5d\x00\x00\x00\x40"), size: 1 << 20})), ""},
		"small folders":                {times(1000, folder(coder7z{method: bzip27z, size: 1})), ""},
		"inputs":                       {times(1, folder(coder7z{method: lzma27z, inputs: 4, props: []byte{0}})), "with 4 inputs"},
		"a step above the budget":      {times(1, folder(coder7z{method: copy7z, size: 1 << 40}, coder7z{method: copy7z, size: 1})), "more than is allowed"},
		"folders above the budget":     {times(3, folder(coder7z{method: copy7z, size: 200 << 20})), "more than is allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &streams7z{folders: tt.folders}
			err := s.check(&budget{what: "the archive", bytes: 512 << 20})
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q in it", err, tt.want)
			}
		})
	}
}

func TestPieces(t *testing.T) {
	t.Parallel()
	p := &pieces{[]byte("start"), io.NewSectionReader(bytes.NewReader([]byte("xpackedx")), 1, 6), []byte("header")}
	const want = "startpackedheader"
	must(t, iotest.TestReader(io.NewSectionReader(p, 0, int64(len(want))), []byte(want)))
	// Readers may ask for more than there is.
	if got, err := io.ReadAll(io.NewSectionReader(p, 0, 1<<10)); err != nil || string(got) != want {
		t.Errorf("read %q, %v", got, err)
	}
}
