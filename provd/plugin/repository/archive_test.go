package repository

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/dsnet/compress/bzip2"
	"github.com/google/go-cmp/cmp"
)

// file returns a member of an archive, a folder when its name ends in a slash.
func file(name, content string) member {
	if strings.HasSuffix(name, "/") {
		return member{tar.Header{Name: name, Typeflag: tar.TypeDir, Mode: 0o755}, ""}
	}
	return member{tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o4777}, content}
}

type member struct {
	tar.Header
	content string
}

func tarball(t *testing.T, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, m := range members {
		m.Size = int64(len(m.content))
		if err := w.WriteHeader(&m.Header); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(m.content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return compress(t, b.Bytes())
}

func compress(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := bzip2.NewWriter(&b, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// tree returns the files and folders below a folder with their contents.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := make(map[string]string)
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		if d.IsDir() {
			found[name+"/"] = ""
			return nil
		}
		b, err := fs.ReadFile(os.DirFS(dir), name)
		found[name] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func openRoot(t *testing.T, dir string) *os.Root {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	return root
}

func TestExtract(t *testing.T) {
	t.Parallel()
	archive := tarball(t,
		file("./p/", ""), file("./p/plugin-info", "{}"), file("./p/var/", ""), file("./p/var/cache/", ""),
		member{tar.Header{Name: "p/templates/second", Linkname: "a b(1).tpl", Typeflag: tar.TypeSymlink}, ""},
		file("./p/templates/a b(1).tpl", "text"), file("./p/templates/", ""),
	)
	dir := t.TempDir()
	if err := extract(t.Context(), bytes.NewReader(archive), int64(len(archive)), openRoot(t, dir), "p", ".new-p"); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		".new-p/": "", ".new-p/plugin-info": "{}", ".new-p/var/": "", ".new-p/var/cache/": "",
		".new-p/templates/": "", ".new-p/templates/a b(1).tpl": "text", ".new-p/templates/second": "text",
	}
	if diff := cmp.Diff(want, tree(t, dir)); diff != "" {
		t.Error(diff)
	}
	info, err := os.Stat(dir + "/.new-p/plugin-info")
	if err != nil || info.Mode()&^0o755 != 0 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestExtractRefuses(t *testing.T) {
	t.Parallel()
	special := func(name, to string, kind byte) member {
		return member{tar.Header{Name: name, Linkname: to, Typeflag: kind, Mode: 0o644}, ""}
	}
	many := make([]member, maxMembers+1)
	for i := range many {
		many[i] = file(fmt.Sprintf("p/%d/", i), "")
	}
	good := tarball(t, file("p/plugin-info", strings.Repeat("not so short ", 1000)))
	wrong := bytes.Clone(good)
	wrong[len(wrong)/2] ^= 0x10
	tests := []struct {
		name    string
		archive []byte
		want    string
	}{
		{"parent", tarball(t, file("p/../../evil", "x")), "no path inside"},
		{"parent of a folder", tarball(t, file("../p/", "")), "no path inside"},
		{"absolute", tarball(t, file("/etc/passwd", "x")), "no path inside"},
		{"dots alone", tarball(t, file("..", "x")), "no path inside"},
		{"backslash", tarball(t, file(`p\..\evil`, "x")), "no path inside"},
		{"doubled slash", tarball(t, file("p//x", "x")), "no path inside"},
		{"symbolic link", tarball(t, special("p/l", "/etc", tar.TypeSymlink)), "neither a file nor a folder"},
		{"through a symbolic link", tarball(t, special("p/l", "..", tar.TypeSymlink), file("p/l/evil", "x")), "neither a file nor a folder"},
		{"link to nothing", tarball(t, special("p/l", "x", tar.TypeSymlink)), "no such file"},
		{"link to itself", tarball(t, special("p/l", "l", tar.TypeSymlink)), "no such file"},
		{"link to a folder", tarball(t, file("p/x/", ""), special("p/l", "x", tar.TypeSymlink)), "that is no file"},
		{"hard link", tarball(t, file("p/a", "x"), special("p/l", "p/a", tar.TypeLink)), "neither a file nor a folder"},
		{"character device", tarball(t, special("p/null", "", tar.TypeChar)), "neither a file nor a folder"},
		{"block device", tarball(t, special("p/sda", "", tar.TypeBlock)), "neither a file nor a folder"},
		{"pipe", tarball(t, special("p/fifo", "", tar.TypeFifo)), "neither a file nor a folder"},
		{"another folder", tarball(t, file("q/x", "x")), "outside of the folder p"},
		{"two folders", tarball(t, file("p/x", "x"), file("q/", "")), "outside of the folder p"},
		{"file beside the folder", tarball(t, file("p/x", "x"), file("x", "x")), "outside of the folder p"},
		{"file in place of the folder", tarball(t, file("p", "x")), "should be a folder"},
		{"name twice", tarball(t, file("p/x", "x"), file("p/x", "y")), "twice"},
		{"name twice, written differently", tarball(t, file("p/x", "x"), file("./p/x", "y")), "twice"},
		{"folder over a file", tarball(t, file("p/x", "x"), file("p/x/y", "y")), "file exists"},
		{"file over a folder", tarball(t, file("p/x/y", "y"), file("p/x", "x")), "exists"},
		{"too deep", tarball(t, file("p/1/2/3/4/5/6/7/8/9", "x")), "folders deep"},
		{"too many", tarball(t, many...), "more than 5000 members"},
		{"bomb of one file", tarball(t, file("p/x", strings.Repeat("\x00", ratioFrom+1))), "times its size"},
		{"bomb after the end", append(tarball(t, file("p/x", "x")), compress(t, make([]byte, ratioFrom+maxMembers*4096+1))...), "times its size"},
		{"empty", tarball(t), "empty"},
		{"no archive", []byte("<html>not found</html>"), "bzip2"},
		{"no tar", compress(t, []byte(strings.Repeat("x", 2048))), "invalid tar header"},
		{"truncated", good[:len(good)-20], "unexpected EOF"},
		{"without the end of the stream", good[:len(good)-4], "unexpected EOF"},
		{"altered", wrong, "bzip2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			above := t.TempDir()
			if err := os.Mkdir(above+"/dir", 0o755); err != nil {
				t.Fatal(err)
			}
			err := extract(t.Context(), bytes.NewReader(tt.archive), int64(len(tt.archive)), openRoot(t, above+"/dir"), "p", ".new-p")
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want …%s…", err, tt.want)
			}
			for name := range tree(t, above) {
				if name != "dir/" && !strings.HasPrefix(name, "dir/.new-p/") {
					t.Errorf("%s was written", name)
				}
			}
		})
	}
}
