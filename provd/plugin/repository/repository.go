package repository

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"aead.dev/minisign"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/plugin"
	"provbox/provd/plugin/bounded"
)

// Loader takes packages into and out of service. Its methods are not called for
// one plugin at the same time.
type Loader interface {
	// Load loads the package that is in place now, in place of a loaded one, and
	// renders the plugin's devices. On an error the one that was loaded stays.
	Load(ctx context.Context, id string) error
	// Unload is called when an installed package is gone: the built-in one of that
	// id, or none, takes its place.
	Unload(ctx context.Context, id string) error
}

// Settings are what an operator can change at any time.
type Settings struct {
	Server     string // URL of the folder that has plugins.db; "" for none
	HTTPProxy  string // scheme://host[:port] for http URLs; "" for none
	HTTPSProxy string // host:port for https URLs; "" for none
	Locale     string // of descriptions, e.g. fr_FR; "" for English
	// Own are the addresses of this machine; nil asks its interfaces.
	Own func() []netip.Addr
}

// Config is what a Repository is made from.
type Config struct {
	// Dir holds the installed packages, a folder each, and plugins.db. Names that
	// begin with a dot are the repository's own. Required.
	Dir *os.Root
	// Cache holds downloaded archives, nothing else. Required.
	Cache *os.Root
	// Embedded are the packages built into the program, see plugin.SetConfig: a
	// repository that is always there. They count as installed.
	Embedded   []string
	EmbeddedFS func(id string) fs.FS
	// Settings gives the settings of the moment. Required.
	Settings func(ctx context.Context) (Settings, error)
	// Loader is told of what is installed, upgraded and removed. Required.
	Loader Loader
	// Key is the public key of minisign that the server's list must be signed with;
	// "" takes any list.
	Key string
	// DropArchives removes an archive from the cache once it is unpacked.
	DropArchives bool
	// Compat lets packages pass that ask for another interface version.
	Compat   plugin.Compat
	Limits   Limits           // zero fields mean the default
	Recorder provd.Recorder   // of what is installed and removed; nil discards
	Logger   *slog.Logger     // nil discards
	Now      func() time.Time // nil is time.Now
}

// Limits bound what an operation may take.
type Limits struct {
	Download time.Duration // of a whole file; 10 minutes
	Idle     time.Duration // without a byte; 30 seconds
}

func (l Limits) withDefaults() Limits {
	if l.Download == 0 {
		l.Download = 10 * time.Minute
	}
	if l.Idle == 0 {
		l.Idle = 30 * time.Second
	}
	return l
}

// maxRunning bounds the operations under way, workers those that do something:
// the rest waits for its turn.
const (
	maxRunning = 128
	workers    = 2
)

// Names in Config.Dir. A package is unpacked as new; while its successor is tried
// it is called old; gone is what is being removed. See recoverDir for what they
// mean after a crash.
const (
	indexFile  = "plugins.db"
	indexTemp  = ".plugins.db.tmp"
	newPrefix  = ".new-"
	oldPrefix  = ".old-"
	gonePrefix = ".gone-"
)

// errNoServer has wazo-provd's text (spec/rest.md section 11).
var errNoServer = &provd.Error{Code: provd.Invalid, Message: "'server' has no value set"}

// Repository is the box's side of a plugin server. It is safe for concurrent use.
type Repository struct {
	cfg Config
	log *slog.Logger
	key *minisign.PublicKey // nil when lists need not be signed

	index atomic.Pointer[index]

	newest     atomic.Int64 // Unix time of the newest signature that was taken
	life       context.Context
	cancel     context.CancelFunc
	background sync.WaitGroup
	turns      chan struct{}

	mu      sync.Mutex
	running map[string]struct{} // ids under way; updating for an update
	closed  bool
}

// updating stands in Repository.running for an update; it is no plugin's id.
const updating = "/update"

// Open returns a Repository after it has put right what a crash left behind. It
// must be called before the packages are loaded. A plugins.db that cannot be read
// is logged and counts as none.
func Open(cfg Config) (*Repository, error) {
	cfg.Limits = cfg.Limits.withDefaults()
	r := &Repository{cfg: cfg, log: cfg.Logger, turns: make(chan struct{}, workers), running: make(map[string]struct{})}
	if r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	if r.cfg.Recorder == nil {
		r.cfg.Recorder = provd.Discard{}
	}
	if r.cfg.Now == nil {
		r.cfg.Now = time.Now
	}
	if cfg.Key != "" {
		key, err := parseKey(cfg.Key)
		if err != nil {
			return nil, fmt.Errorf("key of the plugin server: %w", err)
		}
		r.key = &key
	}
	r.life, r.cancel = context.WithCancel(context.Background())
	if err := r.recoverDir(); err != nil {
		return nil, fmt.Errorf("clean up the folder of the plugins: %w", err)
	}
	if err := r.sweepCache(); err != nil {
		return nil, fmt.Errorf("clean up the cache of plugin archives: %w", err)
	}
	r.index.Store(&index{})
	data, err := bounded.ReadFile(cfg.Dir.FS(), indexFile, maxIndex)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return r, nil
	case err == nil:
		var s signed
		if s, err = r.verifyKept(data); err == nil {
			err = r.publish(data, s)
		}
	}
	if err != nil {
		r.log.Error("list of plugins cannot be used, update it", "err", err)
	}
	return r, nil
}

// Close ends what is under way and waits for it. What was not finished is undone.
func (r *Repository) Close() error {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.cancel()
	r.background.Wait()
	return nil
}

// publish parses a plugins.db and makes it the one that is used.
func (r *Repository) publish(data []byte, s signed) error {
	ix, bad, err := parseIndex(data)
	if err != nil {
		return err
	}
	if ix.signed = s; r.key != nil {
		bad = append(bad, ix.onlyHashed()...)
	}
	for _, problem := range bad {
		r.log.Warn("plugin of the server is left out", "err", problem)
	}
	r.index.Store(ix)
	r.newest.Store(s.at)
	return nil
}

// recoverDir brings the folder of the packages to a state before or after the
// operation that a crash cut off: a package whose successor was not proven to load
// is put back, for the crash may be the successor's doing.
func (r *Repository) recoverDir() error {
	entries, err := fs.ReadDir(r.cfg.Dir.FS(), ".")
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		id, wasOld := strings.CutPrefix(e.Name(), oldPrefix)
		if !wasOld {
			continue
		}
		r.log.Warn("upgrade was cut off, the version before is put back", "plugin", id)
		errs = append(errs, r.putBack(id))
	}
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, newPrefix) || strings.HasPrefix(name, gonePrefix) || name == indexTemp || name == signatureTemp {
			errs = append(errs, r.cfg.Dir.RemoveAll(name))
		}
	}
	return errors.Join(append(errs, syncPath(r.cfg.Dir, "."))...)
}

// putBack puts the old version of a package in the place of the current one.
func (r *Repository) putBack(id string) error {
	dir := r.cfg.Dir
	errs := []error{dir.RemoveAll(gonePrefix + id)}
	if err := dir.Rename(id, gonePrefix+id); err != nil && !errors.Is(err, fs.ErrNotExist) {
		errs = append(errs, err)
	}
	errs = append(errs, dir.Rename(oldPrefix+id, id), syncPath(dir, "."), dir.RemoveAll(gonePrefix+id))
	return errors.Join(errs...)
}

// onDisk reports whether a package is installed, the built-in ones not counted.
func (r *Repository) onDisk(id string) bool {
	if !validID.MatchString(id) {
		return false
	}
	info, err := r.cfg.Dir.Stat(id)
	return err == nil && info.IsDir()
}

func (r *Repository) embedded(id string) bool { return slices.Contains(r.cfg.Embedded, id) }

// Installed returns the installed and built-in packages as {id: plugin-info}
// (spec/rest.md section 11). One whose description cannot be read is left out.
func (r *Repository) Installed(ctx context.Context) (*document.Object, error) {
	s, err := r.cfg.Settings(ctx)
	if err != nil {
		return nil, err
	}
	entries, err := fs.ReadDir(r.cfg.Dir.FS(), ".")
	if err != nil {
		return nil, fmt.Errorf("list installed plugins: %w", err)
	}
	files := make(map[string]fs.FS)
	for _, id := range r.cfg.Embedded {
		files[id] = r.cfg.EmbeddedFS(id)
	}
	for _, e := range entries {
		if !e.IsDir() || !validID.MatchString(e.Name()) {
			continue
		}
		sub, err := fs.Sub(r.cfg.Dir.FS(), e.Name())
		if err != nil {
			return nil, fmt.Errorf("list installed plugins: %w", err)
		}
		files[e.Name()] = sub
	}
	all := document.New()
	for _, id := range sortedKeys(files) {
		info, err := plugin.ReadInfo(id, files[id])
		if err != nil {
			r.log.Warn("installed plugin cannot be described", "err", err)
			continue
		}
		all.Set(id, info.Localized(s.Locale))
	}
	return all, nil
}

// Installable returns what the server offered at the last update, and the built-in
// packages that it does not offer, as {id: plugin-info with dsize and sha1sum}.
// Built-in ones have "repository": "embedded", a dsize of 0, for there is nothing
// to download, and an empty sha1sum.
func (r *Repository) Installable(ctx context.Context) (*document.Object, error) {
	s, err := r.cfg.Settings(ctx)
	if err != nil {
		return nil, err
	}
	all := document.New()
	ix := r.index.Load()
	for _, id := range ix.ids {
		all.Set(id, ix.entries[id].listing(s.Locale))
	}
	for _, id := range r.cfg.Embedded {
		if all.Has(id) {
			continue
		}
		info, err := plugin.ReadInfo(id, r.cfg.EmbeddedFS(id))
		if err != nil {
			return nil, fmt.Errorf("list built-in plugins: %w", err)
		}
		doc := info.Localized(s.Locale)
		doc.Set("dsize", document.Number(0))
		doc.Set("sha1sum", "")
		doc.Set("repository", "embedded")
		all.Set(id, doc)
	}
	return all, nil
}

func sortedKeys(m map[string]fs.FS) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
