package plugin

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// SetConfig is what a Set is made from.
type SetConfig struct {
	// Embedded are the packages that are part of the program, by id.
	Embedded map[string]fs.FS
	// Dir has one folder for each installed package; its name is the id. An
	// installed package hides an embedded one of the same id. "" is none.
	Dir string
	// SiteDir has one folder for each package with the files the box keeps for
	// it, see Config.Site. "" is none.
	SiteDir string
	// Template is what every package is loaded with; ID, Package and Site are
	// filled in.
	Template Config
	Logger   *slog.Logger // nil discards
}

// Set holds the loaded packages. It is safe for concurrent use; readers never
// wait for a load.
type Set struct {
	cfg SetConfig
	log *slog.Logger

	loading sync.Mutex // one load at a time

	mu     sync.RWMutex
	loaded map[string]*Plugin
	sorted []*Plugin // by id
	failed map[string]error
}

// NewSet returns a Set without any package loaded.
func NewSet(cfg SetConfig) *Set {
	s := &Set{cfg: cfg, log: cfg.Logger, loaded: make(map[string]*Plugin), failed: make(map[string]error)}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	return s
}

// LoadAll loads every package there is. One that cannot be loaded is logged and
// passed over, so that it harms no phone but its own.
func (s *Set) LoadAll(ctx context.Context) {
	ids, err := s.available()
	if err != nil {
		s.log.Error("cannot list the installed plugin packages", "dir", s.cfg.Dir, "err", err)
	}
	for _, id := range ids {
		if ctx.Err() != nil {
			return
		}
		if err := s.Reload(ctx, id); err != nil {
			s.log.Error("plugin package not loaded", "plugin", id, "err", err)
		}
	}
}

// maxPackages bounds the packages that are loaded. Wazo publishes 114.
const maxPackages = 256

// available lists the ids of all packages, in order.
func (s *Set) available() ([]string, error) {
	ids := maps.Clone(s.cfg.Embedded)
	if ids == nil {
		ids = make(map[string]fs.FS)
	}
	var err error
	if s.cfg.Dir != "" {
		var entries []os.DirEntry
		entries, err = os.ReadDir(s.cfg.Dir)
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		for _, e := range entries {
			if e.IsDir() && !strings.HasPrefix(e.Name(), ".") && len(ids) < maxPackages {
				ids[e.Name()] = nil
			}
		}
	}
	return slices.Sorted(maps.Keys(ids)), err
}

// Reload loads a package, or loads it again. When that fails the one that was
// loaded stays, and the error says why.
func (s *Set) Reload(ctx context.Context, id string) error {
	s.loading.Lock()
	defer s.loading.Unlock()
	cfg := s.cfg.Template
	cfg.ID = id
	var err error
	if cfg.Package, err = s.files(id); err == nil {
		if s.cfg.SiteDir != "" {
			cfg.Site, err = openRoot(filepath.Join(s.cfg.SiteDir, id))
		}
	}
	var p *Plugin
	if err == nil {
		p, err = Load(ctx, cfg)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.failed[id] = err
		return err
	}
	delete(s.failed, id)
	s.loaded[id] = p
	s.sort()
	return nil
}

// files returns the files of a package.
func (s *Set) files(id string) (fs.FS, error) {
	if id == "" || id != filepath.Base(id) || strings.HasPrefix(id, ".") {
		return nil, fmt.Errorf("plugin %q is not installed", id)
	}
	if s.cfg.Dir != "" {
		if files, err := openRoot(filepath.Join(s.cfg.Dir, id)); files != nil || err != nil {
			return files, err
		}
	}
	if files, ok := s.cfg.Embedded[id]; ok {
		return files, nil
	}
	return nil, fmt.Errorf("plugin %s is not installed", id)
}

// openRoot returns the files below a directory, nil when there is none. No name
// and no link leads out of it.
func openRoot(dir string) (fs.FS, error) {
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return root.FS(), nil
}

// sort renews the sorted list. The caller holds mu.
func (s *Set) sort() {
	s.sorted = make([]*Plugin, 0, len(s.loaded))
	for _, id := range slices.Sorted(maps.Keys(s.loaded)) {
		s.sorted = append(s.sorted, s.loaded[id])
	}
}

// Unload forgets a package; devices keep its id.
func (s *Set) Unload(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.loaded, id)
	delete(s.failed, id)
	s.sort()
}

// Get returns a loaded package.
func (s *Set) Get(id string) (*Plugin, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	p, ok := s.loaded[id]
	return p, ok
}

// Loaded returns the loaded packages in the order of their ids. The slice must
// not be changed.
func (s *Set) Loaded() []*Plugin {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.sorted
}

// Failed returns why packages are not loaded, or not as they are on the disk, by
// id.
func (s *Set) Failed() map[string]error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return maps.Clone(s.failed)
}
