package layer

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
)

var (
	born  = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	later = born.Add(time.Hour)
)

func newFS(limits Limits) *FS {
	site := fstest.MapFS{"var/tftpboot/fw.rom": {Data: []byte("new")}}
	pkg := fstest.MapFS{
		"entry.py":              {Data: []byte("x = 1\n")},
		"var/tftpboot/fw.rom":   {Data: []byte("old")},
		"var/tftpboot/boot.cfg": {Data: []byte("static")},
	}
	return New(limits, born, site, nil, pkg)
}

func read(t *testing.T, f *FS, name string) string {
	t.Helper()
	file, err := f.Open(name)
	if err != nil {
		t.Fatalf("open %s: %v", name, err)
	}
	defer file.Close()
	b, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func commit(t *testing.T, f *FS, owner string, now time.Time, files map[string]string) {
	t.Helper()
	s := f.Scratch(0, 0)
	for p, c := range files {
		if err := s.WriteFile(p, c); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Commit(owner, now); err != nil {
		t.Fatal(err)
	}
}

func TestLayersShadowEachOther(t *testing.T) {
	t.Parallel()
	f := newFS(Limits{})
	if got := read(t, f, "var/tftpboot/fw.rom"); got != "new" {
		t.Errorf("installed file over the package's: got %q", got)
	}
	commit(t, f, Common, later, map[string]string{"var/tftpboot/boot.cfg": "generated"})
	if got := read(t, f, "var/tftpboot/boot.cfg"); got != "generated" {
		t.Errorf("generated file over the package's: got %q", got)
	}
	f.Drop(Common)
	if got := read(t, f, "var/tftpboot/boot.cfg"); got != "static" {
		t.Errorf("after the drop: got %q", got)
	}
	file, err := f.Open("var/tftpboot/fw.rom")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if !file.ModTime.Equal(born) {
		t.Errorf("a file without a time has %v, want %v", file.ModTime, born)
	}
}

func TestOneOwnersFilesChangeTogether(t *testing.T) {
	t.Parallel()
	f := newFS(Limits{})
	commit(t, f, "dev1", born, map[string]string{"var/tftpboot/a.cfg": "1", "var/tftpboot/sub/b.cfg": "1"})
	commit(t, f, "dev2", born, map[string]string{"var/tftpboot/c.cfg": "2"})
	commit(t, f, "dev1", later, map[string]string{"var/tftpboot/a.cfg": "1", "var/tftpboot/d.cfg": "3"})

	if _, err := f.Open("var/tftpboot/sub/b.cfg"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file of the earlier rendering is still there: %v", err)
	}
	if _, err := f.Open("var/tftpboot/sub"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("its directory is still there: %v", err)
	}
	want := map[string]string{"var/tftpboot/a.cfg": "1", "var/tftpboot/d.cfg": "3"}
	if diff := cmp.Diff(want, f.Owned("dev1")); diff != "" {
		t.Errorf("dev1's files (-want +got):\n%s", diff)
	}
	for name, want := range map[string]time.Time{"a.cfg": born, "d.cfg": later} {
		file, err := f.Open("var/tftpboot/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if !file.ModTime.Equal(want) {
			t.Errorf("%s: modified %v, want %v", name, file.ModTime, want)
		}
		file.Close()
	}
	if files, size := f.Size(); files != 3 || size != 3 {
		t.Errorf("size is %d files of %d bytes, want 3 of 3", files, size)
	}
}

func TestAFileMovesToItsLastWriter(t *testing.T) {
	t.Parallel()
	f := newFS(Limits{})
	commit(t, f, "dev1", born, map[string]string{"var/tftpboot/shared": "1"})
	commit(t, f, "dev2", born, map[string]string{"var/tftpboot/shared": "2"})
	f.Drop("dev1")
	if got := read(t, f, "var/tftpboot/shared"); got != "2" {
		t.Errorf("got %q", got)
	}
	if got := f.Owner("var/tftpboot/shared"); got != "dev2" {
		t.Errorf("owner is %q", got)
	}
	f.Drop("dev2")
	if files, size := f.Size(); files != 0 || size != 0 {
		t.Errorf("left %d files of %d bytes", files, size)
	}
}

func TestScratchIsPrivateUntilCommit(t *testing.T) {
	t.Parallel()
	f := newFS(Limits{})
	commit(t, f, "dev1", born, map[string]string{"var/tftpboot/a": "1"})
	s := f.Scratch(0, 0)
	if err := s.WriteFile("var/tftpboot/b.tmp", "2"); err != nil {
		t.Fatal(err)
	}
	if err := s.Rename("var/tftpboot/b.tmp", "var/tftpboot/b"); err != nil {
		t.Fatal(err)
	}
	if err := s.Remove("var/tftpboot/a"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Open("var/tftpboot/a"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("removed file seen by its remover: %v", err)
	}
	names, err := s.ReadDir("var/tftpboot")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"b", "boot.cfg", "fw.rom"}, names); diff != "" {
		t.Errorf("directory (-want +got):\n%s", diff)
	}
	if got := read(t, f, "var/tftpboot/a"); got != "1" {
		t.Errorf("others see %q before the commit", got)
	}
	if err := s.Commit("dev2", later); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Open("var/tftpboot/a"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the removal was not published: %v", err)
	}
	if got := read(t, f, "var/tftpboot/b"); got != "2" {
		t.Errorf("got %q", got)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	t.Run("a full layer keeps what it has", func(t *testing.T) {
		t.Parallel()
		f := newFS(Limits{Files: 2, Bytes: 10})
		commit(t, f, "dev1", born, map[string]string{"var/tftpboot/a": "12345678"})
		for name, content := range map[string]string{"bytes": "123", "files": ""} {
			s := f.Scratch(100, 100)
			for _, p := range []string{"b", "c"} {
				if err := s.WriteFile("var/tftpboot/"+p, content); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Commit("dev2", born); !errors.Is(err, ErrFull) {
				t.Errorf("%s: commit says %v", name, err)
			}
		}
		if files, size := f.Size(); files != 1 || size != 8 {
			t.Errorf("layer holds %d files of %d bytes", files, size)
		}
	})
	t.Run("one call is bounded", func(t *testing.T) {
		t.Parallel()
		s := newFS(Limits{}).Scratch(1, 4)
		if err := s.WriteFile("var/tftpboot/a", "12345"); !errors.Is(err, ErrFull) {
			t.Errorf("bytes: %v", err)
		}
		if err := s.WriteFile("var/tftpboot/a", "1"); err != nil {
			t.Error(err)
		}
		if err := s.WriteFile("var/tftpboot/b", ""); !errors.Is(err, ErrFull) {
			t.Errorf("files: %v", err)
		}
	})
}

// escapes are names that must reach no layer.
var escapes = []string{
	"", "/", "/etc/passwd", "..", "../x", "var/../../x", "var/tftpboot/../../../x", "./var/tftpboot/boot.cfg",
	"var//tftpboot/boot.cfg", "var/tftpboot/boot.cfg/", `var\tftpboot\boot.cfg`, `..\x`, "var/tftpboot/boot.cfg\x00", "\xff\xfe",
	strings.Repeat("a", maxName+1),
}

func TestUnsafeNames(t *testing.T) {
	t.Parallel()
	f := newFS(Limits{})
	for _, name := range escapes {
		if _, err := f.Open(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("open %q: %v", name, err)
		}
	}
	s := f.Scratch(0, 0)
	for _, name := range []string{"entry.py", "../x", "/var/tftpboot/x", "var/../entry.py", "var", "x", "var/a\x00", `var/a\b`} {
		if err := s.WriteFile(name, ""); !errors.Is(err, ErrReadOnly) {
			t.Errorf("write %q: %v", name, err)
		}
		if err := s.Rename("var/tftpboot/boot.cfg", name); err == nil {
			t.Errorf("rename to %q worked", name)
		}
	}
	if err := s.Remove("var/tftpboot/boot.cfg"); !errors.Is(err, ErrReadOnly) {
		t.Errorf("remove of a package's file: %v", err)
	}
	if err := f.ReadOnly().WriteFile("var/tftpboot/x", ""); !errors.Is(err, ErrReadOnly) {
		t.Errorf("write through a read-only view: %v", err)
	}
	if len(s.Files()) != 0 {
		t.Errorf("refused writes left %v", s.Files())
	}
}

func TestDirectories(t *testing.T) {
	t.Parallel()
	f := newFS(Limits{})
	commit(t, f, "dev1", born, map[string]string{"var/tftpboot/gen/a": "1"})
	for _, name := range []string{".", "var", "var/tftpboot", "var/tftpboot/gen"} {
		file, err := f.Open(name)
		if err != nil || !file.IsDir {
			t.Errorf("%s: %+v, %v", name, file, err)
		}
	}
	if err := f.Scratch(0, 0).WriteFile("var/tftpboot/gen", ""); !errors.Is(err, ErrIsDirectory) {
		t.Errorf("write over a directory: %v", err)
	}
}

// FuzzPaths: whatever a package or a phone names, nothing outside the writable
// directory is written and only valid names are opened.
func FuzzPaths(f *testing.F) {
	for _, name := range escapes {
		f.Add(name, "var/tftpboot/ok")
	}
	f.Fuzz(func(t *testing.T, from, to string) {
		l := newFS(Limits{})
		if file, err := l.Open(from); err == nil {
			file.Close()
			if !fs.ValidPath(from) || strings.Contains(from, `\`) {
				t.Fatalf("opened %q", from)
			}
		}
		s := l.Scratch(10, 1000)
		_ = s.WriteFile(from, "x")
		_ = s.Rename(from, to)
		_, _ = s.ReadDir(to)
		_ = s.Remove(from)
		for p := range s.Files() {
			if !Valid(p) || !strings.HasPrefix(p, "var/") || path.Clean(p) != p {
				t.Fatalf("wrote %q", p)
			}
		}
		if err := s.Commit("dev", later); err != nil {
			t.Fatal(err)
		}
		files, size := l.Size()
		if files != len(l.Owned("dev")) || size != int64(len(l.Owned("dev"))) {
			t.Fatalf("accounts for %d files of %d bytes, has %v", files, size, l.Owned("dev"))
		}
	})
}

// An owner that writes the same files again takes a shorter way; nobody can tell.
func TestTheSameFilesAgain(t *testing.T) {
	t.Parallel()
	const a, b, other = "var/tftpboot/a", "var/tftpboot/b", "var/tftpboot/other"
	tests := map[string]struct {
		files  map[string]string
		remove []string
		want   map[string]string // with the time it has
		err    error
	}{
		"nothing changed":       {files: map[string]string{a: "1", b: "22"}, want: map[string]string{a: "1 old", b: "22 old", other: "o old"}},
		"one changed":           {files: map[string]string{a: "1", b: "333"}, want: map[string]string{a: "1 old", b: "333 new", other: "o old"}},
		"one is empty":          {files: map[string]string{a: "", b: "22"}, want: map[string]string{a: " new", b: "22 old", other: "o old"}},
		"too much":              {files: map[string]string{a: "1", b: "2345678901"}, want: map[string]string{a: "1 old", b: "22 old", other: "o old"}, err: ErrFull},
		"all there is room for": {files: map[string]string{a: "1", b: "23456789"}, want: map[string]string{a: "1 old", b: "23456789 new", other: "o old"}},
		"another's is removed":  {files: map[string]string{a: "1", b: "22"}, remove: []string{other}, want: map[string]string{a: "1 old", b: "22 old"}},
		"another's is taken":    {files: map[string]string{a: "1", other: "o"}, want: map[string]string{a: "1 old", other: "o old"}},
		"another name":          {files: map[string]string{a: "1", "var/tftpboot/c": "22"}, want: map[string]string{a: "1 old", "var/tftpboot/c": "22 new", other: "o old"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFS(Limits{Bytes: 10})
			commit(t, f, "dev2", born, map[string]string{other: "o"})
			commit(t, f, "dev1", born, map[string]string{a: "1", b: "22"})
			s := f.Scratch(0, 100)
			for p, c := range tt.files {
				if err := s.WriteFile(p, c); err != nil {
					t.Fatal(err)
				}
			}
			for _, p := range tt.remove {
				if err := s.Remove(p); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Commit("dev1", later); !errors.Is(err, tt.err) {
				t.Errorf("commit says %v", err)
			}
			got, size := make(map[string]string), 0
			for p, n := range f.files {
				got[p] = n.content + map[time.Time]string{born: " old", later: " new"}[n.mod]
				size += len(n.content)
				if (n.owner == "dev2") != (p == other && tt.files[other] == "") {
					t.Errorf("%s is of %s", p, n.owner)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
			if files, bytes := f.Size(); files != len(got) || bytes != int64(size) {
				t.Errorf("it accounts for %d files of %d bytes, and has %d of %d", files, bytes, len(got), size)
			}
			if n := len(f.Owned("dev1")) + len(f.Owned("dev2")); n != len(got) {
				t.Errorf("%d files have an owner of %d", n, len(got))
			}
		})
	}
}
