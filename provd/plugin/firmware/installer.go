package firmware

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"sync"

	"provbox/provd"
)

// InstallerConfig is what an Installer is made from.
type InstallerConfig struct {
	// DB is what can be installed, and Dir, relative to Site, where it is
	// installed, for example "var/tftpboot". Required.
	DB  *DB
	Dir string
	// Site is the folder the box keeps for the plugin: what is installed, the
	// records of it in var/installed, and what is being made ready in
	// var/firmware. Required; must not be closed before the Installer.
	Site *os.Root
	// Cache holds the downloaded files, and the ones an operator has put there.
	// Required; it may be on another disk.
	Cache *os.Root
	// Downloaders are by the name that files ask for; "default" is for most.
	Downloaders map[string]Downloader
	Limits      Limits
	Logger      *slog.Logger // nil discards
}

// Installer installs and removes the firmware packages of one plugin. It is safe
// for concurrent use; one package is installed at a time.
type Installer struct {
	cfg InstallerConfig
	log *slog.Logger

	life       context.Context
	end        context.CancelFunc
	background sync.WaitGroup

	turn chan struct{} // held while files are changed

	mu      sync.Mutex
	running map[string]bool // ids of packages being installed
	closed  bool
}

// maxRunning bounds how many installs wait for their turn.
const maxRunning = 16

// NewInstaller returns an Installer after finishing what an earlier one did not
// come to finish. That this failed is logged and does not prevent other installs.
func NewInstaller(cfg InstallerConfig) (*Installer, error) {
	if cfg.DB == nil || cfg.Site == nil || cfg.Cache == nil || !fs.ValidPath(cfg.Dir) {
		return nil, errors.New("firmware: database, folder, site or cache is missing")
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	cfg.Limits = cfg.Limits.withDefaults()
	in := &Installer{cfg: cfg, log: cfg.Logger, turn: make(chan struct{}, 1), running: make(map[string]bool)}
	in.life, in.end = context.WithCancel(context.Background())
	if err := in.recover(); err != nil {
		in.log.Error("interrupted install cannot be finished", "err", err)
	}
	return in, nil
}

// Close breaks off what is being installed and waits for it. A package is then in
// place whole or not at all.
func (in *Installer) Close() {
	in.mu.Lock()
	in.closed = true
	in.mu.Unlock()
	in.end()
	in.background.Wait()
}

// Installable returns the packages that can be installed, installed or not.
func (in *Installer) Installable() []Package { return in.cfg.DB.Packages }

// DownloadSize is DB.DownloadSize.
func (in *Installer) DownloadSize(p Package) int64 { return in.cfg.DB.DownloadSize(p) }

// Installed returns the packages that are installed, by id. The error is about
// records that cannot be read; the others are returned all the same.
func (in *Installer) Installed() ([]Record, error) { return readRecords(in.cfg.Site) }

// Install begins to install a package, or to install it again, with those it
// depends on. The operation is labelled as in spec/rest.md section 10; its Reason
// is what an operator needs. Errors are a provd.Error: NotFound for a package there
// is none of, Conflict for one that is being installed, Invalid for one that can
// never be, Unavailable when too many are waiting.
func (in *Installer) Install(id string) (*provd.Operation, error) {
	packages, err := in.cfg.DB.closure(id)
	if err != nil {
		return nil, err
	}
	packages = slices.DeleteFunc(packages, func(p Package) bool {
		if p.ID == id {
			return false
		}
		_, err := readRecord(in.cfg.Site, p.ID)
		return err == nil
	})
	// A file that has its size already counts as there; when its hash is wrong it
	// is downloaded without an operation of its own.
	files := make(map[string]*provd.Operation)
	var subs []*provd.Operation
	for _, p := range packages {
		for _, fid := range p.Files {
			f := in.cfg.DB.Files[fid]
			if err := checkFile(f); err != nil {
				return nil, err
			}
			if files[fid] == nil && f.URL != "" && !in.cached(f) {
				files[fid] = provd.NewOperation("")
				files[fid].Count(0, f.Size)
				subs = append(subs, files[fid])
			}
		}
	}
	download, install := provd.NewOperation("download", subs...), provd.NewOperation("install")
	op := provd.NewOperation("install_pkg", download, install)
	in.mu.Lock()
	defer in.mu.Unlock()
	switch {
	case in.closed:
		return nil, provd.Errorf(provd.Unavailable, "the service is stopping")
	case in.running[id]:
		return nil, provd.Errorf(provd.Conflict, "package %s is being installed already", id)
	case len(in.running) >= maxRunning:
		return nil, provd.Errorf(provd.Unavailable, "%d packages are being installed; try again later", maxRunning)
	}
	in.running[id] = true
	in.background.Go(func() {
		defer func() {
			in.mu.Lock()
			defer in.mu.Unlock()
			delete(in.running, id)
		}()
		j := &job{in: in, id: id, packages: packages, files: files}
		err := in.locked(in.life, func() error { return j.run(in.life, download, install) })
		// Parts that were not come to have failed as well.
		for _, o := range append(subs, download, install) {
			o.Finish(err)
		}
		if err != nil {
			in.log.Error("firmware was not installed", "package", id, "err", err)
		} else {
			in.log.Info("firmware installed", "package", id)
		}
		op.Finish(err)
	})
	return op, nil
}

// Uninstall removes a package. One that is not installed is a provd.Error with
// NotFound whose message is the id.
func (in *Installer) Uninstall(ctx context.Context, id string) error {
	return in.locked(ctx, func() error {
		if !validID.MatchString(id) {
			return provd.Errorf(provd.NotFound, "%s", id)
		}
		r, err := readRecord(in.cfg.Site, id)
		if errors.Is(err, fs.ErrNotExist) {
			return &provd.Error{Code: provd.NotFound, Message: id, Err: err}
		}
		if err == nil {
			r.ID = id
			err = in.remove(r)
		}
		if err != nil {
			return fmt.Errorf("uninstall %s: %w", id, err)
		}
		in.log.Info("firmware removed", "package", id)
		return nil
	})
}

// locked runs fn while nothing else changes files.
func (in *Installer) locked(ctx context.Context, fn func() error) error {
	select {
	case in.turn <- struct{}{}:
		defer func() { <-in.turn }()
		return fn()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// closure returns a package after those it depends on.
func (db *DB) closure(id string) (packages []Package, err error) {
	seen := make(map[string]bool)
	var add func(id string) error
	add = func(id string) error {
		if seen[id] {
			return nil
		}
		seen[id] = true
		i := slices.IndexFunc(db.Packages, func(p Package) bool { return p.ID == id })
		if i < 0 {
			return provd.Errorf(provd.NotFound, "package not found")
		}
		if !validID.MatchString(id) {
			return provd.Errorf(provd.Invalid, "%q cannot be the id of a package", id)
		}
		for _, d := range db.Packages[i].Depends {
			if err := add(d); err != nil {
				return err
			}
		}
		packages = append(packages, db.Packages[i])
		return nil
	}
	return packages, add(id)
}
