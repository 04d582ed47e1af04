package repository

import (
	"archive/tar"
	"bytes"
	"io/fs"
	"os"
	"strings"
	"testing"
)

// FuzzMembers unpacks tar streams: nothing may appear outside of the folder, and
// nothing in it but files and folders. It begins behind bzip2, whose checksums
// would hide the rest.
func FuzzMembers(f *testing.F) {
	for _, h := range []tar.Header{
		{Name: "p/x", Typeflag: tar.TypeReg, Mode: 0o644},
		{Name: "p/../../x", Typeflag: tar.TypeReg, Mode: 0o644},
		{Name: "p/l", Linkname: "/etc", Typeflag: tar.TypeSymlink},
		{Name: "./p/" + strings.Repeat("d/", 60), Typeflag: tar.TypeDir, Mode: 0o755, Format: tar.FormatPAX},
	} {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		if w.WriteHeader(&h) != nil || w.Close() != nil {
			f.Fatal(h.Name)
		}
		f.Add(b.Bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		above := t.TempDir()
		if err := os.MkdirAll(above+"/dir/new", 0o755); err != nil {
			t.Fatal(err)
		}
		x := &extractor{root: openRoot(t, above+"/dir"), id: "p", to: "new", left: 1 << 16, seen: make(map[string]bool)}
		_ = x.all(tar.NewReader(bytes.NewReader(data))) // most are refused
		err := fs.WalkDir(os.DirFS(above), ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if name != "." && name != "dir" && name != "dir/new" && !strings.HasPrefix(name, "dir/new/") {
				t.Errorf("%q was written", name)
			}
			if !d.IsDir() && !d.Type().IsRegular() {
				t.Errorf("%q is neither a file nor a folder", name)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzParseIndex looks for a plugins.db that panics, or that gives an archive a
// name or a package an id that could leave its folder.
func FuzzParseIndex(f *testing.F) {
	f.Add([]byte(`{"a":{` + info + `,"dsize":3,"filename":"a-1.tar.bz2","sha1sum":"0123456789abcdef0123456789abcdef01234567"}}`))
	f.Add([]byte(`{"a":3,"../b":{}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		ix, _, err := parseIndex(data)
		if err != nil {
			return
		}
		if len(ix.ids) != len(ix.entries) {
			t.Errorf("%d ids, %d entries", len(ix.ids), len(ix.entries))
		}
		for id, e := range ix.entries {
			if strings.ContainsAny(id+e.filename, "/\\\x00") || id[0] == '.' || e.filename[0] == '.' || e.size <= 0 || e.size > maxTarball {
				t.Errorf("%q: %+v", id, e)
			}
			_ = e.listing("fr_FR")
		}
	})
}
