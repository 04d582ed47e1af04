package pluginctl_test

import (
	"archive/tar"
	"compress/bzip2"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"provbox/provd/plugins"
)

// built builds a package and returns its path.
func built(t *testing.T, dir, out string) string {
	t.Helper()
	must(t, "build", dir, "-o", out)
	for _, name := range names(t, out) {
		if strings.HasPrefix(name, strings.ReplaceAll(filepath.Base(dir), "_", "-")) {
			return filepath.Join(out, name)
		}
	}
	t.Fatalf("no package in %s", out)
	return ""
}

// TestBuildOwn builds each of our own packages by its id, and checks that what comes
// out is whole: it loads without the others, and a repository lists it.
func TestBuildOwn(t *testing.T) {
	t.Parallel()
	out := t.TempDir()
	for _, id := range plugins.IDs() {
		path := built(t, id, out)
		if printed := must(t, "render", path, "--common"); printed == "" && id != "provbox-gigaset" {
			t.Errorf("%s has no common files", id)
		}
		if fromID, fromArchive := must(t, "render", id, "--common"), must(t, "render", path, "--common"); fromID != fromArchive {
			t.Errorf("%s and its archive render other files", id)
		}
	}
	printed := must(t, "repo", out)
	for _, id := range plugins.IDs() {
		if !strings.Contains(printed, id) {
			t.Errorf("%s is not in the repository:\n%s", id, printed)
		}
	}
}

func TestBuild(t *testing.T) {
	t.Parallel()
	dir, out := source(t, "acme_1"), t.TempDir()
	write(t, filepath.Join(dir, ".git/config"), "x")
	write(t, filepath.Join(dir, "__pycache__/entry.pyc"), "x")
	write(t, filepath.Join(dir, "templates/base.tpl~"), "{%")
	write(t, filepath.Join(dir, "var/installed/a1-fw"), "x")
	write(t, filepath.Join(dir, "var/cache/a2.rom"), "firmware that no server has")
	if err := os.Symlink("base.tpl", filepath.Join(dir, "templates/A3.tpl")); err != nil {
		t.Fatal(err)
	}
	printed := must(t, "build", dir, "-o", out)
	for _, want := range []string{"plugin    acme_1\n", "version   1.2\n", `left out  ".git"`, `left out  "__pycache__"`, `left out  "templates/base.tpl~"`, `left out  "var/installed/a1-fw"`} {
		if !strings.Contains(printed, want) {
			t.Errorf("%q is not in:\n%s", want, printed)
		}
	}
	if diff := cmp.Diff([]string{"acme-1-1.2.tar.bz2"}, names(t, out)); diff != "" {
		t.Fatal(diff)
	}
	f, err := os.Open(filepath.Join(out, "acme-1-1.2.tar.bz2"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var members []string
	for r := tar.NewReader(bzip2.NewReader(f)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		members = append(members, h.Name)
		if want := int64(0o644); h.Mode != want && h.Typeflag != tar.TypeDir || h.Uid != 0 || h.Typeflag != tar.TypeReg && h.Typeflag != tar.TypeDir {
			t.Errorf("%s: mode %o, owner %d, type %q", h.Name, h.Mode, h.Uid, h.Typeflag)
		}
	}
	want := []string{
		"acme_1/", "acme_1/pkgs/", "acme_1/templates/", "acme_1/templates/common/", "acme_1/var/", "acme_1/var/cache/",
		"acme_1/var/installed/", "acme_1/var/templates/", "acme_1/var/tftpboot/",
		"acme_1/entry.py", "acme_1/pkgs/pkgs.db", "acme_1/plugin-info", "acme_1/templates/A2.tpl", "acme_1/templates/A3.tpl",
		"acme_1/templates/base.tpl", "acme_1/templates/common/acme.cfg.tpl", "acme_1/var/cache/a2.rom", "acme_1/var/tftpboot/logo.txt",
	}
	if diff := cmp.Diff(want, members); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBuildIsReproducible(t *testing.T) {
	t.Parallel()
	content := func(path string) string {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	one, other := source(t, "acme_1"), source(t, "acme_1")
	old := time.Unix(1_000_000_000, 0)
	if err := errors.Join(os.Chtimes(filepath.Join(other, "entry.py"), old, old), os.Chmod(filepath.Join(other, "entry.py"), 0o700)); err != nil {
		t.Fatal(err)
	}
	first := content(built(t, one, t.TempDir()))
	if first != content(built(t, other, t.TempDir())) {
		t.Error("the same files gave other bytes")
	}
	// A package in the source folder is not packed with it.
	if built(t, one, one); first != content(built(t, one, one)) {
		t.Error("the second build in the folder itself gave other bytes")
	}
	dated := filepath.Join(t.TempDir(), "x.tar.bz2")
	if status, _, stderr := provboxEnv(t, map[string]string{"SOURCE_DATE_EPOCH": "1750000000"}, "build", "-o", dated, one); status != 0 {
		t.Fatal(stderr)
	}
	if first == content(dated) {
		t.Error("the date changes nothing")
	}
	if status, _, stderr := provboxEnv(t, map[string]string{"SOURCE_DATE_EPOCH": "today"}, "build", one); status != 1 || !strings.Contains(stderr, "seconds since 1970") {
		t.Errorf("status %d, %s", status, stderr)
	}
}

func TestBuildRefuses(t *testing.T) {
	t.Parallel()
	link := func(to, name string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			t.Helper()
			if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	file := func(name, content string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) { t.Helper(); write(t, filepath.Join(dir, name), content) }
	}
	replace := func(name, old, text string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) { t.Helper(); edit(t, filepath.Join(dir, name), old, text) }
	}
	tests := []struct {
		name  string
		spoil func(t *testing.T, dir string)
		want  string
	}{
		{"link out", link("../../x", "templates/x.tpl"), "templates/x.tpl: the link leads out"},
		{"absolute link", link("/etc/passwd", "passwd"), "passwd: the link leads out"},
		{"link to a folder out", link("/etc", "etc"), "etc: the link leads out"},
		{"link to nothing", link("none", "x"), "or to nothing"},
		{"link to itself", link("x", "x"), "or to nothing"},
		{"link to a folder", link("templates", "x"), "does not lead to a file"},
		{"pipe", func(t *testing.T, dir string) {
			t.Helper()
			if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "pipe: it is neither a file nor a folder"},
		{"backslash", file(`a\b`, ""), "this name is not possible"},
		{"too deep", file("1/2/3/4/5/6/7/8/9", ""), "1/2/3/4/5/6/7/8/9: it is in more than 8 folders"},
		{"bomb", file("var/tftpboot/zeros", strings.Repeat("\x00", 5<<20)), "a box would not take this package"},
		{"plugin-info is no JSON", file("plugin-info", "{"), "invalid plugin info of acme_1"},
		{"nothing in plugin-info", file("plugin-info", "{}"), "missing description key in acme_1"},
		{"version with a separator", replace("plugin-info", `"1.2"`, `"../1.2"`), `version "../1.2"`},
		{"empty version", replace("plugin-info", `"1.2"`, `""`), `version ""`},
		{"newer interface", replace("plugin-info", "{", `{"plugin_iface_version_min": 9,`), "plugin min compat not satisfied"},
		{"syntax of the code", replace("entry.py", "import os", "import os os"), "entry.py:1"},
		{"code that fails", replace("entry.py", "class AcmePlugin", "x = 1 / 0\n\nclass AcmePlugin"), "entry.py:7: ZeroDivisionError"},
		{"no code", func(t *testing.T, dir string) {
			t.Helper()
			if err := os.Remove(filepath.Join(dir, "entry.py")); err != nil {
				t.Fatal(err)
			}
		}, "there is no entry.py"},
		{"no plugin class", replace("entry.py", "IS_PLUGIN = True", "IS_PLUGIN = False"), "no class with IS_PLUGIN"},
		{"common files that fail", replace("entry.py", "common/acme", "common/none"), "TemplateNotFound: common/none.cfg.tpl"},
		{"template that nothing uses", file("templates/common/other.tpl", "a\n{% if %}\n"), "templates/common/other.tpl:2: TemplateSyntaxError"},
		{"two bad templates", func(t *testing.T, dir string) {
			t.Helper()
			write(t, filepath.Join(dir, "templates/X1.tpl"), "{{ 1 + }}")
			write(t, filepath.Join(dir, "var/templates/X2.tpl"), "a\n\n{{ x|nofilter }}")
		}, "templates/X1.tpl:1: TemplateSyntaxError: unexpected 'end of print statement'\nprovbox plugin build: plugin acme_1: var/templates/X2.tpl:3: TemplateAssertionError: No filter"},
		{"pkgs.db", replace("pkgs/pkgs.db", "files: a1", "files: a2"), "plugin acme_1: pkgs: firmware package a1-fw: unknown file a2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir, out := source(t, "acme_1"), t.TempDir()
			tt.spoil(t, dir)
			status, stdout, stderr := provbox(t, "build", dir, "-o", out)
			if status != 1 || !strings.Contains(stderr, tt.want) || stdout != "" {
				t.Errorf("status %d, printed %q and %q", status, stdout, stderr)
			}
			if left := names(t, out); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestBuildTarget(t *testing.T) {
	t.Parallel()
	good := source(t, "acme_1")
	tests := []struct{ name, dir, out, want string }{
		{"no package", t.TempDir(), "", "no plugin package: there is no plugin-info in it"},
		{"name that is no id", source(t, "acme 1"), "", `"acme 1" cannot be the id of a plugin`},
		{"no such folder", good, filepath.Join(t.TempDir(), "none") + "/", "does not exist; make it first"},
		{"other ending", good, filepath.Join(t.TempDir(), "x.zip"), "ends in .tar.bz2"},
		{"no folder for the file", good, filepath.Join(t.TempDir(), "none/x.tar.bz2"), "no such file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if status, _, stderr := provbox(t, "build", tt.dir, "-o", tt.out); status != 1 || !strings.Contains(stderr, tt.want) {
				t.Errorf("status %d, %s", status, stderr)
			}
		})
	}
}
