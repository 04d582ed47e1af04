package plugin

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/python/stdlib"
)

// SetConfig is what a Set is made from.
type SetConfig struct {
	// Dir holds the installed packages, a folder each, named by the plugin's id.
	// Nil for none.
	Dir *os.Root
	// Site holds a folder for each plugin with the files the box keeps for it,
	// see Config.Site. Nil for none.
	Site *os.Root
	// Embedded are the ids of the packages built into the program, and EmbeddedFS
	// gives their files. An installed package of the same id hides one.
	Embedded   []string
	EmbeddedFS func(id string) fs.FS
	// Plugin is what every package is loaded with; its ID, Package, Site and
	// Specific are set for each.
	Plugin Config
	// Specific gives a package's own settings; nil is empty for all.
	Specific func(id string) *document.Object
}

// Set holds the packages of a box. It implements provd.Plugins and is safe for
// concurrent use. Loading never blocks those who use what is loaded.
type Set struct {
	cfg    SetConfig
	log    *slog.Logger
	events provd.Recorder

	edit    sync.Mutex // one change of custom templates at a time
	origins sync.Mutex // and of what they were made from
	change  sync.Mutex // one load, reload or unload at a time publishes
	now     atomic.Pointer[state]
	told    map[string][]string // changed originals of custom templates with their hashes, by plugin; guarded by change
}

// state is an immutable snapshot.
type state struct {
	plugins []*Plugin // by id
	failed  map[string]error
}

// maxPackages bounds how many packages are loaded; upstream publishes 114.
const maxPackages = 1024

// loaders bounds how many packages are loaded at the same time: compiling takes
// memory, and a small board has few cores.
const loaders = 4

// validID is the form of a plugin's id, which names folders.
var validID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$`)

// ValidID reports whether id can be the id of a plugin.
func ValidID(id string) bool { return validID.MatchString(id) }

// NewSet returns a Set that has loaded nothing yet.
func NewSet(cfg SetConfig) *Set {
	s := &Set{cfg: cfg, log: cfg.Plugin.Logger, events: cfg.Plugin.Recorder, told: make(map[string][]string)}
	if s.events == nil {
		s.events = provd.Discard{}
	}
	if s.cfg.Plugin.Modules == nil {
		s.cfg.Plugin.Modules = stdlib.NewPrograms()
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.now.Store(&state{failed: make(map[string]error)})
	return s
}

// Load loads every installed and embedded package. One that fails is logged,
// remembered (see Failed) and skipped. The error is ctx's, or says that the folder
// of the packages cannot be read; what could be loaded is there all the same.
func (s *Set) Load(ctx context.Context) error {
	ids, listErr := s.ids()
	plugins := make([]*Plugin, len(ids))
	errs := make([]error, len(ids))
	var g errgroup.Group
	g.SetLimit(loaders)
	for i, id := range ids {
		g.Go(func() error {
			plugins[i], errs[i] = s.open(ctx, id)
			return nil
		})
	}
	_ = g.Wait() // the functions return no errors, they keep them
	next := &state{failed: make(map[string]error)}
	for i, id := range ids {
		if errs[i] != nil {
			s.notLoaded(id, errs[i])
			next.failed[id] = errs[i]
			continue
		}
		next.plugins = append(next.plugins, plugins[i])
		s.follow(plugins[i])
	}
	s.change.Lock()
	defer s.change.Unlock()
	s.now.Store(next)
	return errors.Join(listErr, ctx.Err())
}

// notLoaded tells the operator. The error has file and line when the package's code
// failed.
func (s *Set) notLoaded(id string, err error) {
	attrs := []slog.Attr{slog.String("plugin", id)}
	if place, _, ok := failure(err); ok {
		attrs = append(attrs, slog.String("file", place.File), slog.Int("line", place.Line))
	}
	attrs = append(attrs, slog.String("err", short(err.Error())))
	s.events.Record(provd.Event{Topic: "plugin", Text: "plugin not loaded", Attrs: attrs})
}

// ids lists the packages there are, in order.
func (s *Set) ids() ([]string, error) {
	ids := slices.Clone(s.cfg.Embedded)
	var err error
	if s.cfg.Dir != nil {
		var entries []fs.DirEntry
		if entries, err = fs.ReadDir(s.cfg.Dir.FS(), "."); err != nil {
			err = fmt.Errorf("list plugins: %w", err)
		}
		for _, e := range entries {
			if !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
				continue
			}
			if !validID.MatchString(e.Name()) {
				s.log.Warn("folder is no plugin: its name cannot be an id", "folder", e.Name())
				continue
			}
			ids = append(ids, e.Name())
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) > maxPackages {
		err = errors.Join(err, fmt.Errorf("list plugins: %d packages, only the first %d are loaded", len(ids), maxPackages))
		ids = ids[:maxPackages]
	}
	return ids, err
}

// open loads one package.
func (s *Set) open(ctx context.Context, id string) (*Plugin, error) {
	cfg, err := s.config(id)
	if err != nil {
		return nil, err
	}
	return Load(ctx, cfg)
}

// config is what one package is loaded with.
func (s *Set) config(id string) (Config, error) {
	if !validID.MatchString(id) {
		return Config{}, &provd.Error{Code: provd.Invalid, Message: fmt.Sprintf("%q cannot be the id of a plugin", id)}
	}
	cfg := s.cfg.Plugin
	cfg.ID = id
	cfg.Package = s.files(id)
	if cfg.Package == nil {
		return Config{}, provd.Errorf(provd.NotFound, "plugin %s is not installed", id)
	}
	if s.cfg.Site != nil {
		cfg.Site = s.site(id)
		cfg.Keep = func(name string, content []byte) error { return keep(s.cfg.Site, path.Join(id, name), content) }
	}
	if s.cfg.Specific != nil {
		cfg.Specific = s.cfg.Specific(id)
	}
	return cfg, nil
}

// site returns a plugin's folder of the site's files; it need not be there.
func (s *Set) site(id string) fs.FS {
	sub, err := fs.Sub(s.cfg.Site.FS(), id)
	if err != nil {
		return nil // an id is always a valid path
	}
	return sub
}

// files returns the files of a package: the installed ones, else the embedded
// ones, else nil.
func (s *Set) files(id string) fs.FS {
	if dir := below(s.cfg.Dir, id); dir != nil {
		return dir
	}
	if slices.Contains(s.cfg.Embedded, id) {
		return s.cfg.EmbeddedFS(id)
	}
	return nil
}

// below returns a folder of root, nil when there is none.
func below(root *os.Root, id string) fs.FS {
	if root == nil {
		return nil
	}
	if info, err := root.Stat(id); err != nil || !info.IsDir() {
		return nil
	}
	sub, err := fs.Sub(root.FS(), id)
	if err != nil {
		return nil
	}
	return sub
}

// tempSuffix is what a file is called while it is written.
const tempSuffix = ".tmp"

// keep writes a file so that after a power cut it is the old or the new one.
func keep(root *os.Root, name string, content []byte) error {
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	temp := name + tempSuffix
	f, err := root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := root.Rename(temp, name); err != nil {
		return err
	}
	dir, err := root.Open(path.Dir(name))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// Get returns a loaded package.
func (s *Set) Get(id string) (*Plugin, bool) {
	plugins := s.now.Load().plugins
	i, ok := slices.BinarySearchFunc(plugins, id, func(p *Plugin, id string) int { return strings.Compare(p.ID(), id) })
	if !ok {
		return nil, false
	}
	return plugins[i], true
}

// Plugin is Get for provd.Plugins.
func (s *Set) Plugin(id string) (provd.Plugin, bool) {
	if p, ok := s.Get(id); ok {
		return p, true
	}
	return nil, false
}

// Loaded returns the loaded packages in the order of their ids. The slice must
// not be changed.
func (s *Set) Loaded() []*Plugin { return s.now.Load().plugins }

// Failed returns why packages could not be loaded, by id. The map must not be
// changed.
func (s *Set) Failed() map[string]error { return s.now.Load().failed }

// Installed returns the ids of the packages there are, loaded or not.
func (s *Set) Installed() ([]string, error) { return s.ids() }

// Reload loads a package again, or for the first time, and puts it in place of
// the one that is loaded. When that fails the one that is loaded stays. The
// files of devices are kept until the caller configures the devices again.
func (s *Set) Reload(ctx context.Context, id string) error {
	p, err := s.open(ctx, id)
	if err != nil {
		s.notLoaded(id, err)
	} else {
		s.follow(p)
	}
	old, err := s.replace(id, p, err)
	if old != nil {
		old.close()
	}
	return err
}

// replace publishes a package that was loaded, or why it was not, and returns the
// one that was in its place, nil for none.
func (s *Set) replace(id string, p *Plugin, err error) (old *Plugin, _ error) {
	s.change.Lock()
	defer s.change.Unlock()
	next := s.copy()
	if err != nil {
		next.failed[id] = err
		s.now.Store(next)
		return nil, err
	}
	old, ok := s.Get(id)
	if ok {
		p.files.Adopt(old.files)
	} else if len(next.plugins) >= maxPackages {
		return nil, provd.Errorf(provd.Unavailable, "%d plugins are loaded, that is all a box takes", maxPackages)
	}
	delete(next.failed, id)
	next.without(id)
	i, _ := slices.BinarySearchFunc(next.plugins, id, func(p *Plugin, id string) int { return strings.Compare(p.ID(), id) })
	next.plugins = slices.Insert(next.plugins, i, p)
	s.now.Store(next)
	return old, nil
}

// Forget makes every package start anew when it is called next, so that it sees
// changed settings. The files it made stay.
func (s *Set) Forget() {
	for _, p := range s.Loaded() {
		p.work.forget()
		p.ask.forget()
		p.talk.forget()
	}
}

// Unload forgets a package, and the files it made. One that is not loaded is no
// error.
func (s *Set) Unload(id string) {
	s.change.Lock()
	old, loaded := s.Get(id)
	next := s.copy()
	next.without(id)
	delete(next.failed, id)
	delete(s.told, id)
	s.now.Store(next)
	s.change.Unlock()
	if loaded {
		old.close()
	}
}

// copy returns the state in a form that may be changed. The caller holds change.
func (s *Set) copy() *state {
	old := s.now.Load()
	next := &state{plugins: slices.Clone(old.plugins), failed: make(map[string]error, len(old.failed))}
	for id, err := range old.failed {
		next.failed[id] = err
	}
	return next
}

func (s *state) without(id string) {
	s.plugins = slices.DeleteFunc(s.plugins, func(p *Plugin) bool { return p.ID() == id })
}
