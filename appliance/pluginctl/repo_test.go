package pluginctl_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/plugin"
	"provbox/provd/plugin/repository"
)

// loader loads what is installed, as a box does.
type loader struct{ dir string }

func (l loader) Load(ctx context.Context, id string) error {
	_, err := plugin.Load(ctx, plugin.Config{ID: id, Package: os.DirFS(filepath.Join(l.dir, id))})
	return err
}

func (loader) Unload(context.Context, string) error { return nil }

func openRoot(t *testing.T, dir string) *os.Root {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	return root
}

// TestInstall builds two packages, publishes them, and installs one as a box does.
func TestInstall(t *testing.T) {
	t.Parallel()
	served, dir := t.TempDir(), t.TempDir()
	built(t, source(t, "acme_1"), served)
	built(t, source(t, "acme_2"), served)
	printed := must(t, "repo", served)
	for _, want := range []string{"PLUGIN", "acme_1", "acme-2-1.2.tar.bz2", "plugins.db: 2 plugins\n"} {
		if !strings.Contains(printed, want) {
			t.Errorf("%q is not in:\n%s", want, printed)
		}
	}
	server := httptest.NewServer(http.FileServer(http.Dir(served)))
	t.Cleanup(server.Close)
	r, err := repository.Open(repository.Config{
		Dir: openRoot(t, dir), Cache: openRoot(t, t.TempDir()), Loader: loader{dir},
		Settings: func(context.Context) (repository.Settings, error) {
			return repository.Settings{Server: server.URL}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	wait := func(op *provd.Operation, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if <-op.Done(); op.State() != provd.Success {
			t.Fatal(op, op.Reason())
		}
	}
	wait(r.Update(t.Context()))
	wait(r.Install(t.Context(), "acme_1"))
	want := []string{
		"entry.py", "pkgs/", "pkgs/pkgs.db", "plugin-info", "templates/", "templates/A2.tpl", "templates/base.tpl", "templates/common/",
		"templates/common/acme.cfg.tpl", "var/", "var/cache/", "var/installed/", "var/templates/", "var/tftpboot/", "var/tftpboot/logo.txt",
	}
	if diff := cmp.Diff(want, names(t, filepath.Join(dir, "acme_1"))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// index reads a plugins.db.
func index(t *testing.T, dir string) *document.Object {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "plugins.db"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := document.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestRepoListsTheHighestVersion(t *testing.T) {
	t.Parallel()
	served, dir := t.TempDir(), source(t, "acme_1")
	built(t, dir, served)
	for _, version := range [][2]string{{"1.2", "1.10"}, {"1.10", "1.9"}} {
		edit(t, filepath.Join(dir, "plugin-info"), version[0], version[1])
		must(t, "build", dir, "-o", served)
	}
	printed := must(t, "repo", served)
	for _, want := range []string{"not listed: acme-1-1.2.tar.bz2", "not listed: acme-1-1.9.tar.bz2"} {
		if !strings.Contains(printed, want) {
			t.Errorf("%q is not in:\n%s", want, printed)
		}
	}
	entry := index(t, served).Object("acme_1")
	stat, err := os.Stat(filepath.Join(served, entry.String("filename")))
	if err != nil {
		t.Fatal(err)
	}
	size, _ := entry.Get("dsize")
	if entry.String("version") != "1.10" || !document.Equal(size, document.Number(int(stat.Size()))) || len(entry.String("sha1sum")) != 40 {
		t.Errorf("got %v", entry)
	}
	for _, key := range []string{"description", "description_fr", "capabilities"} {
		if !entry.Has(key) {
			t.Errorf("no %s", key)
		}
	}
}

func TestRepoRefuses(t *testing.T) {
	t.Parallel()
	served := t.TempDir()
	if status, _, stderr := provbox(t, "repo", served); status != 1 || !strings.Contains(stderr, "has no packages") {
		t.Errorf("empty folder: status %d, %s", status, stderr)
	}
	good := built(t, source(t, "acme_1"), served)
	must(t, "repo", served)
	before := index(t, served)
	data, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, file, content, want string }{
		{"truncated", "acme-3-1.tar.bz2", string(data[:len(data)/2]), "acme-3-1.tar.bz2"},
		{"no archive", "acme-3-1.tar.bz2", "<html>", "unpack"},
		{"odd name", "acme 3.tar.bz2", string(data), "letters, digits"},
		{"same version twice", "acme-other.tar.bz2", string(data), "are both version 1.2 of acme_1"},
	} {
		bad := filepath.Join(served, tt.file)
		write(t, bad, tt.content)
		if status, stdout, stderr := provbox(t, "repo", served); status != 1 || !strings.Contains(stderr, tt.want) || stdout != "" {
			t.Errorf("%s: status %d, %s%s", tt.name, status, stdout, stderr)
		}
		if err := os.Remove(bad); err != nil {
			t.Fatal(err)
		}
		if !document.Equal(before, index(t, served)) {
			t.Errorf("%s: plugins.db changed", tt.name)
		}
	}
	if diff := cmp.Diff([]string{"acme-1-1.2.tar.bz2", "plugins.db"}, names(t, served)); diff != "" {
		t.Error(diff)
	}
}
