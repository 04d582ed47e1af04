package repository

import (
	"context"
	"crypto/sha1"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
	"provbox/provd/document"
)

func TestCycle(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	b.offer(t, "p", "1", file("p/templates/base.tpl", "one"), file("p/old.py", "x"))
	size := len(b.files["p-1.tar.bz2"])
	if got, want := b.install(t, "p"), fmt.Sprintf("install|success(download|success;%d/%[1]d)", size); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	one := map[string]string{"p/": "", "p/version": "1", "p/templates/": "", "p/templates/base.tpl": "one", "p/old.py": "x"}
	b.same(t, one, "load p 1")
	if got := b.install(t, "p"); got != "plugin p is already installed" {
		t.Errorf("install again: %s", got)
	}
	if got := b.upgrade(t, "p"); got != "install|success" {
		t.Errorf("upgrade from the cache: %s", got)
	}
	b.same(t, one, "load p 1")

	b.offer(t, "p", "2", file("p/templates/base.tpl", "two"))
	if got := b.upgrade(t, "p"); !strings.HasPrefix(got, "install|success(download|success;") {
		t.Errorf("upgrade: %s", got)
	}
	b.same(t, map[string]string{"p/": "", "p/version": "2", "p/templates/": "", "p/templates/base.tpl": "two"}, "load p 2")

	if err := b.Uninstall(t.Context(), "p"); err != nil {
		t.Error(err)
	}
	b.same(t, map[string]string{}, "unload p")
	if err := b.Uninstall(t.Context(), "p"); err == nil || err.Error() != "plugin not found" || provd.CodeOf(err) != provd.Invalid {
		t.Errorf("uninstall again: %v", err)
	}
	if got := b.upgrade(t, "p"); got != "plugin p is not already installed" {
		t.Errorf("upgrade of nothing: %s", got)
	}
	for _, id := range []string{"q", "../q", ".new-q", ""} {
		if got := b.install(t, id); got != "'"+id+"'" {
			t.Errorf("install %q: %s", id, got)
		}
		if err := b.Uninstall(t.Context(), id); err == nil || err.Error() != "plugin not found" {
			t.Errorf("uninstall %q: %v", id, err)
		}
	}
	b.same(t, map[string]string{})
}

func TestBuiltIn(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	if got := b.install(t, "own"); got != "plugin own is already installed" {
		t.Error(got)
	}
	if got := b.upgrade(t, "own"); got != "'own'" {
		t.Error(got)
	}
	if err := b.Uninstall(t.Context(), "own"); provd.CodeOf(err) != provd.Invalid {
		t.Error(err)
	}
	b.offer(t, "own", "bad")
	b.loader.fail = "bad"
	if got := b.upgrade(t, "own"); !strings.HasPrefix(got, "install|fail(download|success;") {
		t.Error(got)
	}
	b.same(t, map[string]string{}, "load own bad", "load own built in")
	b.offer(t, "own", "2")
	b.upgrade(t, "own")
	b.same(t, map[string]string{"own/": "", "own/version": "2"}, "load own 2")
	if err := b.Uninstall(t.Context(), "own"); err != nil {
		t.Error(err)
	}
	b.same(t, map[string]string{}, "unload own")
}

func TestListings(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	show := func(list func(context.Context) (*document.Object, error)) string {
		doc, err := list(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		text, err := document.Encode(doc)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	const own = `"own":{"version":"0.1","description":"Own","capabilities":{}`
	if diff := cmp.Diff(`{`+own+`,"dsize":0,"sha1sum":"","repository":"embedded"}}`, show(b.Installable)); diff != "" {
		t.Error(diff)
	}
	b.offer(t, "p", "1")
	b.settings.Locale = "fr_FR"
	archive := b.files["p-1.tar.bz2"]
	want := fmt.Sprintf(`{"p":{"version":"1","description":"B","capabilities":{},"dsize":%d,"sha1sum":"%x"},%s,"dsize":0,"sha1sum":"","repository":"embedded"}}`, len(archive), sha1.Sum(archive), own)
	if diff := cmp.Diff(want, show(b.Installable)); diff != "" {
		t.Error(diff)
	}
	b.install(t, "p")
	if err := os.Mkdir(b.dir+"/broken", 0o755); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(`{`+own+`},"p":{"version":"1","description":"B","capabilities":{}}}`, show(b.Installed)); diff != "" {
		t.Error(diff)
	}
	b.open(t) // the list is there after a restart
	if diff := cmp.Diff(want, show(b.Installable)); diff != "" {
		t.Error(diff)
	}
}

func TestOneAtATime(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	b.offer(t, "p", "1")
	arrived, release := make(chan struct{}), make(chan struct{})
	b.mu.Lock()
	b.handler = func(w http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		select {
		case <-release:
		case <-r.Context().Done():
		}
		_, _ = w.Write(b.files["p-1.tar.bz2"])
	}
	b.mu.Unlock()
	op, err := b.Install(t.Context(), "p")
	if err != nil {
		t.Fatal(err)
	}
	<-arrived
	if got, want := op.String(), fmt.Sprintf("install|progress(download|progress;0/%d)", len(b.files["p-1.tar.bz2"])); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	const busy = "an install/upgrade operation for plugin p is already in progress"
	if got := b.install(t, "p"); got != busy {
		t.Error(got)
	}
	if err := b.Uninstall(t.Context(), "p"); err == nil || err.Error() != busy {
		t.Error(err)
	}
	update, err := b.Update(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	<-arrived
	if update.String() != "update|progress;0" {
		t.Error(update)
	}
	if got := run(t, b.Update); got != "an update operation is already in progress" {
		t.Error(got)
	}
	// A box that stops undoes what it has begun.
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	<-op.Done()
	<-update.Done()
	if op.State() != provd.Fail || update.State() != provd.Fail {
		t.Errorf("after the stop: %s, %s", op, update)
	}
	b.same(t, map[string]string{})
	if got := b.install(t, "p"); got != "the box is stopping" {
		t.Error(got)
	}
}

// Whatever step a crash comes after, the next start finds one whole version.
func TestCrash(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		found []string // files after the crash, their folder as content
		want  map[string]string
	}{
		{"while unpacking", []string{".new-p/version"}, map[string]string{}},
		{"while unpacking an upgrade", []string{".new-p/version", "p/version"}, map[string]string{"p/": "", "p/version": "p"}},
		{"after the old one was put aside", []string{".new-p/version", ".old-p/version"}, map[string]string{"p/": "", "p/version": ".old-p"}},
		{"before the new one was loaded", []string{".old-p/version", "p/version", "p/new"}, map[string]string{"p/": "", "p/version": ".old-p"}},
		{"while that was undone", []string{".old-p/version", ".gone-p/version"}, map[string]string{"p/": "", "p/version": ".old-p"}},
		{"after the new one was loaded", []string{".gone-p/version", "p/version"}, map[string]string{"p/": "", "p/version": "p"}},
		{"while uninstalling", []string{".gone-p/version"}, map[string]string{}},
		{"while updating", []string{".plugins.db.tmp", ".plugins.db.minisig.tmp"}, map[string]string{}},
		{"foreign file", []string{".keep"}, map[string]string{".keep": "."}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBox(t)
			for _, name := range tt.found {
				path := filepath.Join(b.dir, name)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(filepath.Dir(name)), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.WriteFile(b.cache+"/p-1.tar.bz2.part", nil, 0o600); err != nil {
				t.Fatal(err)
			}
			b.open(t)
			b.same(t, tt.want)
		})
	}
}
