package repository

import (
	"context"
	"crypto/sha1"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
	"provbox/provd/document"
)

// loader remembers what it was told, with the version that was in place.
type loader struct {
	dir string

	mu    sync.Mutex
	calls []string
	fail  string // version that cannot be loaded
}

func (l *loader) Load(_ context.Context, id string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, err := os.ReadFile(filepath.Join(l.dir, id, "version"))
	if errors.Is(err, fs.ErrNotExist) {
		b, err = []byte("built in"), nil
	}
	l.calls = append(l.calls, fmt.Sprintf("load %s %s", id, b))
	if l.fail != "" && string(b) == l.fail {
		return fmt.Errorf("plugin %s: entry.py:1: no", id)
	}
	return err
}

func (l *loader) Unload(_ context.Context, id string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = append(l.calls, "unload "+id)
	return nil
}

// box is a repository with a server that offers what the test puts there.
type box struct {
	*Repository
	dir, cache string
	loader     *loader
	server     *httptest.Server
	settings   Settings

	mu      sync.Mutex
	files   map[string][]byte // of the server
	index   []string          // members of plugins.db
	gets    []string
	handler http.HandlerFunc // in place of the files when not nil
}

func newBox(t *testing.T) *box {
	t.Helper()
	b := &box{dir: t.TempDir(), cache: t.TempDir(), files: make(map[string][]byte)}
	b.loader = &loader{dir: b.dir}
	b.server = httptest.NewServer(http.HandlerFunc(b.serve))
	t.Cleanup(b.server.Close)
	b.settings.Server = b.server.URL + "/plugins/stable/"
	b.open(t)
	return b
}

// open opens the repository, again after a crash.
func (b *box) open(t *testing.T) {
	t.Helper()
	var err error
	b.Repository, err = Open(Config{
		Dir: openRoot(t, b.dir), Cache: openRoot(t, b.cache), Loader: b.loader,
		Embedded: []string{"own"}, EmbeddedFS: func(string) fs.FS {
			return fstest.MapFS{"plugin-info": {Data: []byte(`{"version":"0.1","description":"Own","capabilities":{}}`)}}
		},
		Settings: func(context.Context) (Settings, error) { return b.settings, nil },
		Limits:   Limits{Idle: time.Minute},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
}

func (b *box) serve(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	name := strings.TrimPrefix(r.URL.Path, "/plugins/stable/")
	b.gets = append(b.gets, name)
	data, ok := b.files[name]
	if name == "plugins.db" {
		data, ok = []byte("{"+strings.Join(b.index, ",")+"}"), true
	}
	handler := b.handler
	b.mu.Unlock()
	switch {
	case handler != nil:
		handler(w, r)
	case !ok:
		http.NotFound(w, r)
	default:
		_, _ = w.Write(data)
	}
}

// offer puts a version of a package on the server in place of any other.
func (b *box) offer(t *testing.T, id, version string, members ...member) {
	t.Helper()
	description := fmt.Sprintf(`"version":%q,"description":"A","description_fr":"B","capabilities":{}`, version)
	archive := tarball(t, append([]member{file(id+"/plugin-info", "{"+description+"}"), file(id+"/version", version)}, members...)...)
	name := id + "-" + version + ".tar.bz2"
	b.mu.Lock()
	b.files[name] = archive
	b.index = slices.DeleteFunc(b.index, func(m string) bool { return strings.HasPrefix(m, `"`+id+`"`) })
	b.index = append(b.index, fmt.Sprintf(`%q:{%s,"dsize":%d,"filename":%q,"sha1sum":"%x"}`, id, description, len(archive), name, sha1.Sum(archive)))
	b.mu.Unlock()
	if got := run(t, b.Update); !strings.HasPrefix(got, "update|success;") {
		t.Fatalf("update: %s", got)
	}
}

// run starts an operation and returns its last status.
func run(t *testing.T, start func(context.Context) (*provd.Operation, error)) string {
	t.Helper()
	op, err := start(t.Context())
	if err != nil {
		return err.Error()
	}
	<-op.Done()
	return op.String()
}

func (b *box) install(t *testing.T, id string) string {
	t.Helper()
	return run(t, func(ctx context.Context) (*provd.Operation, error) { return b.Install(ctx, id) })
}

func (b *box) upgrade(t *testing.T, id string) string {
	t.Helper()
	return run(t, func(ctx context.Context) (*provd.Operation, error) { return b.Upgrade(ctx, id) })
}

// same compares the folder of the packages, without plugins.db, and the calls of
// the loader since the last time.
func (b *box) same(t *testing.T, want map[string]string, calls ...string) {
	t.Helper()
	got := tree(t, b.dir)
	delete(got, "plugins.db")
	for name, content := range got {
		if strings.HasSuffix(name, "/plugin-info") && content != "" {
			delete(got, name)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("folder: %s", diff)
	}
	if diff := cmp.Diff(calls, b.loader.calls); diff != "" {
		t.Errorf("loader: %s", diff)
	}
	b.loader.calls = nil
	for name := range tree(t, b.cache) {
		if !strings.HasSuffix(name, ".tar.bz2") {
			t.Errorf("cache has %s", name)
		}
	}
}

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

// A failed upgrade leaves the version that was there, a failed installation
// nothing, whatever failed.
func TestFailures(t *testing.T) {
	t.Parallel()
	cut := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = w.Write([]byte("only this"))
	}
	tests := []struct {
		name   string
		spoil  func(b *box)
		status string // without counts
		reason string
	}{
		{"server error", func(b *box) {
			b.handler = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }
		}, "install|fail(download|fail)", "502 Bad Gateway"},
		{"gone", func(b *box) { delete(b.files, "p-2.tar.bz2") }, "install|fail(download|fail)", "404 Not Found"},
		{"cut off", func(b *box) { b.handler = cut }, "install|fail(download|fail)", "unexpected EOF"},
		{"unreachable", func(b *box) { b.server.Close() }, "install|fail(download|fail)", "connection refused"},
		{"altered", func(b *box) { b.files["p-2.tar.bz2"][5] ^= 1 }, "install|fail(download|fail)", "it was altered"},
		{"too short", func(b *box) { b.files["p-2.tar.bz2"] = b.files["p-2.tar.bz2"][:50] }, "install|fail(download|fail)", "does not have the"},
		{"too long", func(b *box) { b.files["p-2.tar.bz2"] = append(b.files["p-2.tar.bz2"], 0) }, "install|fail(download|fail)", "bytes, at most"},
		{"endless", func(b *box) {
			b.handler = func(w http.ResponseWriter, _ *http.Request) {
				for {
					if _, err := w.Write(make([]byte, 4096)); err != nil {
						return
					}
				}
			}
		}, "install|fail(download|fail)", "more than"},
		{"stalled", func(b *box) {
			b.cfg.Limits.Idle = time.Millisecond
			b.handler = func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(http.StatusOK)
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
			}
		}, "install|fail(download|fail)", "sent nothing for 1ms"},
		{"slow", func(b *box) {
			b.cfg.Limits.Download = 20 * time.Millisecond
			b.handler = func(w http.ResponseWriter, r *http.Request) {
				_, _ = w.Write([]byte{'x'})
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
			}
		}, "install|fail(download|fail)", "not done after 20ms"},
		{"redirect to a file", func(b *box) {
			b.handler = func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Location", "file:///etc/passwd")
				w.WriteHeader(http.StatusFound)
			}
		}, "install|fail(download|fail)", "redirect to a file URL"},
		{"redirects without end", func(b *box) {
			b.handler = func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }
		}, "install|fail(download|fail)", "more than 5 redirects"},
		{"does not load", func(b *box) { b.loader.fail = "2" }, "install|fail(download|success)", "entry.py:1: no"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBox(t)
			b.offer(t, "p", "1")
			b.install(t, "p")
			b.offer(t, "p", "2", file("p/more", "x"))
			b.loader.calls = nil
			b.mu.Lock()
			tt.spoil(b)
			b.mu.Unlock()
			op, err := b.Upgrade(t.Context(), "p")
			if err != nil {
				t.Fatal(err)
			}
			<-op.Done()
			var status strings.Builder
			for i, part := range strings.Split(op.String(), ";") {
				if i > 0 {
					part = part[strings.Index(part, ")"):]
				}
				status.WriteString(part)
			}
			if status.String() != tt.status || !strings.Contains(op.Reason(), tt.reason) {
				t.Errorf("got %s, %s", status.String(), op.Reason())
			}
			var calls []string
			if b.loader.fail != "" {
				calls = []string{"load p 2", "load p 1"}
			}
			b.same(t, map[string]string{"p/": "", "p/version": "1"}, calls...)
		})
	}
}

// An archive in the cache is not believed: it is checked, and got again.
func TestCacheIsChecked(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	b.offer(t, "p", "1")
	name := filepath.Join(b.cache, "p-1.tar.bz2")
	for what, data := range map[string][]byte{"altered": make([]byte, len(b.files["p-1.tar.bz2"])), "short": nil} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		b.install(t, "p")
		if err := os.Truncate(name, 3); err != nil {
			t.Fatal(err)
		}
		if got := b.upgrade(t, "p"); !strings.HasPrefix(got, "install|success(download|success;") {
			t.Errorf("%s: %s", what, got)
		}
		if err := b.Uninstall(t.Context(), "p"); err != nil {
			t.Error(err)
		}
	}
}

func TestAttackInAnArchiveLeavesNothing(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	b.offer(t, "p", "1", file("p/x", "x"), file("q/x", "x"))
	if got := b.install(t, "p"); !strings.HasPrefix(got, "install|fail(download|success;") {
		t.Error(got)
	}
	b.same(t, map[string]string{})
	b.offer(t, "p", "2", file("p/plugin-info", "{}"))
	if got := b.install(t, "p"); !strings.HasPrefix(got, "install|fail") {
		t.Error(got)
	}
	b.same(t, map[string]string{})
}

func TestUpdateKeepsTheGoodList(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	b.offer(t, "p", "1")
	before := tree(t, b.dir)
	for name, handler := range map[string]http.HandlerFunc{
		"html":  func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>captive portal</html>")) },
		"error": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) },
		"large": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, maxIndex+1)) },
	} {
		b.mu.Lock()
		b.handler = handler
		b.mu.Unlock()
		if got := run(t, b.Update); !strings.HasPrefix(got, "update|fail;") {
			t.Errorf("%s: %s", name, got)
		}
		if diff := cmp.Diff(before, tree(t, b.dir)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if _, ok := b.Repository.index.Load().entries["p"]; !ok {
			t.Errorf("%s: the list is lost", name)
		}
	}
	b.settings.Server = ""
	if _, err := b.Update(t.Context()); provd.CodeOf(err) != provd.Denied || err.Error() != "'server' has no value set" {
		t.Errorf("no server: %v", err)
	}
	if got := b.install(t, "p"); got != "'server' has no value set" {
		t.Errorf("install without a server: %s", got)
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
		{"while updating", []string{".plugins.db.tmp"}, map[string]string{}},
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

func TestCacheIsBounded(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	for i := range maxCached + 3 {
		name := fmt.Sprintf("%s/p%d-1.tar.bz2", b.cache, i)
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if at := time.Unix(int64(i), 0); os.Chtimes(name, at, at) != nil {
			t.Fatal(name)
		}
	}
	if err := b.sweepCache("p0-1.tar.bz2"); err != nil {
		t.Fatal(err)
	}
	got := tree(t, b.cache)
	if len(got) != maxCached {
		t.Errorf("%d archives", len(got))
	}
	for name, want := range map[string]bool{"p0-1.tar.bz2": true, "p1-1.tar.bz2": false, "p3-1.tar.bz2": false, "p4-1.tar.bz2": true} {
		if _, ok := got[name]; ok != want {
			t.Errorf("%s: %v", name, ok)
		}
	}
}
