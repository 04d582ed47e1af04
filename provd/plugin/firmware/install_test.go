package firmware

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
)

// fakeServer is a Downloader with files by URL.
type fakeServer struct {
	files   map[string][]byte
	offsets []int64 // that were asked for
	cut     int     // breaks the first answer off after so many bytes; 0 does not
}

func (s *fakeServer) Download(_ context.Context, url string, offset int64) (io.ReadCloser, int64, error) {
	s.offsets = append(s.offsets, offset)
	data, ok := s.files[url]
	if !ok {
		return nil, 0, errors.New("no such file")
	}
	r := io.Reader(bytes.NewReader(data[offset:]))
	if s.cut > 0 {
		r = io.MultiReader(bytes.NewReader(data[offset:][:s.cut]), errReader{})
		s.cut = 0
	}
	return io.NopCloser(r), offset, nil
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, errors.New("connection lost") }

// box is where a test installs.
type box struct {
	t           testing.TB
	site, cache *os.Root
	shipped     fstest.MapFS // the package's var/cache
	server      *fakeServer
	db          string
	limits      Limits
	space       *Space // nil for one of its own
}

func newBox(t testing.TB) *box {
	t.Helper()
	b := &box{t: t, shipped: make(fstest.MapFS), server: &fakeServer{files: make(map[string][]byte)}}
	for _, r := range []**os.Root{&b.site, &b.cache} {
		root, err := os.OpenRoot(t.TempDir())
		must(t, err)
		t.Cleanup(func() { _ = root.Close() })
		*r = root
	}
	return b
}

// file adds a file that the server has.
func (b *box) file(id, name string, data []byte) {
	b.db += fmt.Sprintf("[file_%s]\nurl: u/%s\nfilename: %s\nsize: %d\nsha1sum: %x\n", id, id, name, len(data), sha1.Sum(data))
	b.server.files["u/"+id] = data
}

// pkg adds a package of the file f with an install of its own.
func (b *box) pkg(id, files string, steps ...string) {
	b.db += fmt.Sprintf("[pkg_%s]\nversion: 1\ndescription: d\ndescription_fr: f\nfiles: %s\ninstall: i%s\n[install_i%s]\n%s\n", id, files, id, id, strings.Join(steps, "\n"))
}

func (b *box) installer() *Installer {
	b.t.Helper()
	db, err := Parse(b.db)
	must(b.t, err)
	in, err := NewInstaller(InstallerConfig{
		DB: db, Dir: "var/tftpboot", Site: b.site, Cache: b.cache, Limits: b.limits, Space: b.space, Shipped: b.shipped.Open,
		Downloaders: map[string]Downloader{"default": b.server},
	})
	must(b.t, err)
	b.t.Cleanup(in.Close)
	return in
}

func (b *box) install(in *Installer, id string) *provd.Operation {
	b.t.Helper()
	op, err := in.Install(id)
	must(b.t, err)
	if got, want := op.String(), "install_pkg|"; !strings.HasPrefix(got, want) {
		b.t.Errorf("status %s, want %s first", got, want)
	}
	<-op.Done()
	return op
}

// installed lists what is below var/tftpboot with its content.
func (b *box) installed() map[string]string {
	b.t.Helper()
	return b.list("var/tftpboot")
}

func (b *box) list(dir string) map[string]string {
	b.t.Helper()
	files := make(map[string]string)
	err := fs.WalkDir(b.site.FS(), dir, func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() {
			return err
		}
		data, err := b.site.ReadFile(name)
		files[strings.TrimPrefix(name, dir+"/")] = string(data)
		return err
	})
	must(b.t, err)
	return files
}

// nothingLeft checks that a failed install left nothing.
func (b *box) nothingLeft() {
	b.t.Helper()
	for _, dir := range []string{"var/tftpboot", workDir, recordDir} {
		if files := b.list(dir); len(files) > 0 {
			b.t.Errorf("left in %s: %v", dir, files)
		}
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	members := []member{{name: "fw/a.bin", content: "A"}, {name: "fw/sub/b.bin", content: "B"}, {name: "c.txt", content: "C"}}
	zipped, tarred := makeZip(t, members...), makeTar(t, members...)
	all := map[string]string{"fw/a.bin": "A", "fw/sub/b.bin": "B", "c.txt": "C"}
	signed := append([]byte("signature\x1f\x8b?"), compressWith(t, "gz", tarred)...)
	for name, tt := range map[string]struct {
		file, data string
		steps      []string
		want       map[string]string
	}{
		"unzip":             {"f.zip", string(zipped), []string{"a-b: unzip $FILE1"}, all},
		"untar":             {"f.tar", string(tarred), []string{"a-b: untar *.tar"}, all},
		"untar gz":          {"f", string(compressWith(t, "gz", tarred)), []string{"a-b: untar $FILE1"}, all},
		"untar bz2":         {"f", string(compressWith(t, "bz2", tarred)), []string{"a-b: untar $FILE1"}, all},
		"untar xz":          {"f", string(compressWith(t, "xz", tarred)), []string{"a-b: untar $FILE1"}, all},
		"unrar flattens":    {"f.rar", string(makeRar(members...)), []string{"a-b: unrar $FILE1"}, map[string]string{"a.bin": "A", "b.bin": "B", "c.txt": "C"}},
		"7z flattens":       {"f.7z", string(make7z(member{name: "x/y.bin", content: "Y"})), []string{"a-b: 7z $FILE1"}, map[string]string{"y.bin": "Y"}},
		"unsign":            {"f.sgn", string(signed), []string{"a-b: unsign $FILE1 f.tgz", "b-c: untar f.tgz"}, all},
		"cp into directory": {"T46S(T48S,T42S)-[1].rom", "R", []string{"a-b: cp $FILE1 firmware/"}, map[string]string{"firmware/T46S(T48S,T42S)-[1].rom": "R"}},
		"cp to name":        {"f", "R", []string{"a-b: cp ${FILE1} i18n/fr/name.jar"}, map[string]string{"i18n/fr/name.jar": "R"}},
		"cp to here":        {"f.zip", string(zipped), []string{"a-b: unzip $FILE1", "b-c: cp */*.bin ./"}, map[string]string{"a.bin": "A"}},
		"cp directory":      {"f.zip", string(zipped), []string{"a-b: unzip $FILE1", "b-c: cp fw new"}, map[string]string{"new/a.bin": "A", "new/sub/b.bin": "B"}},
		"cp with directory": {"f.zip", string(zipped), []string{"a-b: unzip $FILE1", "b-c: cp * to/"}, map[string]string{"to/c.txt": "C", "to/fw/a.bin": "A", "to/fw/sub/b.bin": "B"}},
		"include":           {"f.zip", string(zipped), []string{"a-b: unzip $FILE1", "b-c: include */*.bin nothing"}, map[string]string{"fw/a.bin": "A"}},
		"include directory": {"f.zip", string(zipped), []string{"a-b: unzip $FILE1", "b-c: include fw/sub"}, map[string]string{"fw/sub/b.bin": "B"}},
		"exclude":           {"f.zip", string(zipped), []string{"a-b: unzip $FILE1", "b-c: exclude fw/sub c*"}, map[string]string{"fw/a.bin": "A"}},
		"null":              {"f", "R", []string{"a-b: null"}, map[string]string{}},
		"several terminals": {"f.zip", string(zipped), []string{"a-b: unzip $FILE1", "b-d: cp c.txt d", "b-e: cp c.txt e"}, map[string]string{"d": "C", "e": "C"}},
		"archives in an archive": {
			"f.zip", string(makeZip(t, member{name: "1.tar", content: string(makeTar(t, member{name: "x", content: "1"}))}, member{name: "2.tar", content: string(makeTar(t, member{name: "y", content: "2"}))})),
			[]string{"a-b: unzip $FILE1", "b-c: untar *.tar"},
			map[string]string{"x": "1", "y": "2"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBox(t)
			b.file("f", tt.file, []byte(tt.data))
			b.pkg("p", "f", tt.steps...)
			if op := b.install(b.installer(), "p"); op.Reason() != "" {
				t.Fatal(op.Reason())
			}
			if diff := cmp.Diff(tt.want, b.installed()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if left := b.list(workDir); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestAttacks(t *testing.T) {
	t.Parallel()
	good := member{name: "good", content: "G"}
	bomb := strings.Repeat("\x00", 8<<20)
	many := make([]member, 20)
	for i := range many {
		many[i] = member{name: fmt.Sprint(i)}
	}
	zipped, packed := makeZip(t, member{name: "x", content: "content"}), compressWith(t, "gz", makeTar(t, good))
	for name, tt := range map[string]struct {
		data  []byte
		steps string
		want  string
	}{
		"zip slip":          {makeZip(t, good, member{name: "../../evil"}), "a-b: unzip $FILE1", "leads out"},
		"zip absolute":      {makeZip(t, good, member{name: "/etc/evil"}), "a-b: unzip $FILE1", "leads out"},
		"zip backslash":     {makeZip(t, good, member{name: `..\evil`}), "a-b: unzip $FILE1", "leads out"},
		"zip link":          {makeZip(t, good, member{name: "l", content: "/etc/passwd", mode: tar.TypeSymlink}), "a-b: unzip $FILE1", "links and devices"},
		"zip twice":         {makeZip(t, good, good), "a-b: unzip $FILE1", "is there twice"},
		"zip bomb":          {makeZip(t, member{name: "x", content: bomb}), "a-b: unzip $FILE1", "unpacks to more"},
		"zip truncated":     {zipped[:len(zipped)-10], "a-b: unzip $FILE1", "not a valid zip"},
		"zip file as dir":   {makeZip(t, good, member{name: "good/x"}), "a-b: unzip $FILE1", "good"},
		"tar slip":          {makeTar(t, good, member{name: "a/../../evil"}), "a-b: untar $FILE1", "leads out"},
		"tar absolute":      {makeTar(t, good, member{name: "/evil"}), "a-b: untar $FILE1", "leads out"},
		"tar link":          {makeTar(t, member{name: "l", content: "..", mode: tar.TypeSymlink}, member{name: "l/x", content: "X"}), "a-b: untar $FILE1", "links and devices"},
		"tar hard link":     {makeTar(t, good, member{name: "l", content: "good", mode: tar.TypeLink}), "a-b: untar $FILE1", "links and devices"},
		"tar device":        {makeTar(t, member{name: "d", mode: tar.TypeChar}), "a-b: untar $FILE1", "links and devices"},
		"tar bomb":          {compressWith(t, "bz2", makeTar(t, member{name: "x", content: bomb})), "a-b: untar $FILE1", "unpacks to more"},
		"tar end cut off":   {packed[:len(packed)-6], "a-b: untar $FILE1", "unexpected EOF"},
		"too many":          {makeTar(t, many...), "a-b: untar $FILE1", "too many files"},
		"too deep":          {makeTar(t, member{name: "1/2/3/4/5/6/7/8/9"}), "a-b: untar $FILE1", "more than 8"},
		"rar slip":          {makeRar(member{name: "../evil"}), "a-b: unrar $FILE1", "leads out"},
		"rar collision":     {makeRar(member{name: "a/x"}, member{name: "b/x"}), "a-b: unrar $FILE1", "is there twice"},
		"rar truncated":     {makeRar(good)[:40], "a-b: unrar $FILE1", "unrar"},
		"7z slip":           {make7z(member{name: "../evil", content: "x"}), "a-b: 7z $FILE1", "leads out"},
		"7z truncated":      {make7z(good)[:50], "a-b: 7z $FILE1", "7z"},
		"unsigned":          {[]byte("no gzip"), "a-b: unsign $FILE1 x", "no gzip stream"},
		"cp out":            {zipped, "a-b: cp $FILE1 ../x", "not a path below"},
		"cp from out":       {zipped, "a-b: unzip $FILE1\nb-c: cp ../* x/", "not a path below"},
		"include absolute":  {zipped, "a-b: include /etc/*", "not a path below"},
		"no match":          {zipped, "a-b: cp *.rom x/", "nothing matches"},
		"no variable":       {zipped, "a-b: cp $FILE2 x/", `no variable "FILE2"`},
		"several to a name": {makeZip(t, good, member{name: "g2"}), "a-b: unzip $FILE1\nb-c: cp g* x", "2 files match"},
		"unknown filter":    {zipped, "a-b: sh $FILE1", "no filter sh"},
		"arguments":         {zipped, "a-b: unzip", "0 arguments"},
		"no source":         {zipped, "b-c: unzip $FILE1", "no step takes from"},
		"cycle":             {zipped, "a-b: unzip $FILE1\nc-d: cp * x/\nd-c: cp * x/", "does not begin at"},
		"made twice":        {zipped, "a-b: unzip $FILE1\na-c: unzip $FILE1\nc-b: cp * x/", "two steps make"},
		"into the source":   {zipped, "a-b: unzip $FILE1\nb-a: cp * x/", "cannot be a destination"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBox(t)
			b.limits = Limits{Entries: 10}
			b.file("f", "file", tt.data)
			b.pkg("p", "f", tt.steps)
			op := b.install(b.installer(), "p")
			if op.State() != provd.Fail || !strings.Contains(op.Reason(), tt.want) {
				t.Errorf("%s: reason is %q, want %q in it", op, op.Reason(), tt.want)
			}
			b.nothingLeft()
		})
	}
}

func TestRecordAndUninstall(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	b.file("f", "one.rom", []byte("1"))
	b.file("g", "two.rom", []byte("2"))
	b.pkg("p", "f", "a-b: cp $FILE1 firmware/")
	b.pkg("q", "f g", "a-b: cp *.rom firmware/")
	must(t, b.site.MkdirAll("var/tftpboot/firmware", 0o755))
	must(t, b.site.WriteFile("var/tftpboot/firmware/own", []byte("own"), 0o600))
	in := b.installer()
	op := b.install(in, "p")
	if got, want := op.String(), "install_pkg|success(download|success(success;1/1))(install|success)"; got != want {
		t.Errorf("status %s, want %s", got, want)
	}
	if got, want := b.install(in, "q").String(), "install_pkg|success(download|success(success;1/1))(install|success)"; got != want {
		t.Errorf("with one file in the cache: %s, want %s", got, want)
	}
	data, err := b.site.ReadFile("var/installed/p")
	must(t, err)
	var got map[string]any
	must(t, json.Unmarshal(data, &got))
	want := map[string]any{
		"id": "p", "version": "1", "description": "d", "description_fr": "f", "explicit_install": true,
		"files": []any{"firmware/", "firmware/one.rom"}, "depends": []any{},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
	records, err := in.Installed()
	if err != nil || len(records) != 2 || records[0].Localized("fr_FR") != "f" {
		t.Errorf("installed: %+v, %v", records, err)
	}
	must(t, in.Uninstall(t.Context(), "p"))
	if diff := cmp.Diff(map[string]string{"firmware/own": "own", "firmware/one.rom": "1", "firmware/two.rom": "2"}, b.installed()); diff != "" {
		t.Errorf("after removing one (-want +got):\n%s", diff)
	}
	must(t, in.Uninstall(t.Context(), "q"))
	if diff := cmp.Diff(map[string]string{"firmware/own": "own"}, b.installed()); diff != "" {
		t.Errorf("after removing both (-want +got):\n%s", diff)
	}
	for _, id := range []string{"p", "../x"} {
		if err := in.Uninstall(t.Context(), id); provd.CodeOf(err) != provd.NotFound {
			t.Errorf("uninstalling %s: %v", id, err)
		}
	}
	if _, err := in.Install("none"); provd.CodeOf(err) != provd.NotFound {
		t.Errorf("installing none: %v", err)
	}
}

func TestReinstallRemovesWhatIsNotInItAnyMore(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	b.file("f", "one.rom", []byte("1"))
	b.pkg("p", "f", "a-b: cp $FILE1 old/")
	b.install(b.installer(), "p")
	b.db = strings.ReplaceAll(b.db, "old/", "new/")
	if op := b.install(b.installer(), "p"); op.Reason() != "" {
		t.Fatal(op.Reason())
	}
	if diff := cmp.Diff(map[string]string{"new/one.rom": "1"}, b.installed()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestInterrupted(t *testing.T) {
	t.Parallel()
	// prepared returns a box in the state right before anything is moved.
	prepared := func(t *testing.T) (*box, *Installer, *work, Record) {
		b := newBox(t)
		b.file("f", "x.zip", makeZip(t, member{name: "d/1", content: "1"}, member{name: "d/2", content: "2"}))
		b.pkg("p", "f", "a-b: unzip $FILE1")
		in := b.installer()
		must(t, in.fetch(t.Context(), in.cfg.DB.Files["f"], nil))
		w, err := newWork(b.site, "p", in.cfg.Limits)
		must(t, err)
		files, err := w.run(t.Context(), in.cfg.DB, in.cfg.DB.Packages[0], b.cache)
		must(t, err)
		return b, in, w, Record{ID: "p", Files: files}
	}
	t.Run("before the journal", func(t *testing.T) {
		t.Parallel()
		b, _, _, _ := prepared(t)
		b.installer()
		b.nothingLeft()
	})
	t.Run("after the journal", func(t *testing.T) {
		t.Parallel()
		b, in, w, r := prepared(t)
		must(t, in.prepare(w, r))
		must(t, b.site.MkdirAll("var/tftpboot/d", 0o755))
		must(t, b.site.Rename(path.Join(w.stage(), "d/1"), "var/tftpboot/d/1"))
		records, err := b.installer().Installed()
		if err != nil || len(records) != 1 {
			t.Errorf("records %+v, %v", records, err)
		}
		if diff := cmp.Diff(map[string]string{"d/1": "1", "d/2": "2"}, b.installed()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if left := b.list(workDir); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	})
	t.Run("while removing", func(t *testing.T) {
		t.Parallel()
		b, in, w, r := prepared(t)
		must(t, in.prepare(w, r))
		must(t, in.redo(w.dir, r))
		must(t, b.site.Rename("var/installed/p", "var/installed/"+removing+"p"))
		must(t, b.site.Remove("var/tftpboot/d/2"))
		b.installer()
		b.nothingLeft()
	})
}
