package repository

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
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
	key        string           // of Config
	now        func() time.Time // of Config

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
		Limits:   Limits{Idle: time.Minute}, Key: b.key, Now: b.now,
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
	second := ""
	if b.key != "" {
		second = fmt.Sprintf(`,"sha256sum":"%x"`, sha256.Sum256(archive))
	}
	b.mu.Lock()
	b.files[name] = archive
	b.index = slices.DeleteFunc(b.index, func(m string) bool { return strings.HasPrefix(m, `"`+id+`"`) })
	b.index = append(b.index, fmt.Sprintf(`%q:{%s,"dsize":%d,"filename":%q,"sha1sum":"%x"%s}`, id, description, len(archive), name, sha1.Sum(archive), second))
	b.mu.Unlock()
	if b.key != "" {
		return // the test signs
	}
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
