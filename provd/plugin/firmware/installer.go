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
	// Shipped opens a file of the package's own var/cache, where some packages have
	// what cannot be downloaded (spec/plugins.md section 1); nil for none.
	Shipped func(name string) (fs.File, error)
	// Downloaders are by the name that files ask for; "default" is for most.
	Downloaders map[string]Downloader
	Limits      Limits
	// Space is what the plugin shares with others; nil is Limits.Quota for it alone.
	Space *Space
	// Plugin is the plugin's id, for what is recorded.
	Plugin   string
	Recorder provd.Recorder // of what is installed and removed; nil discards
	Logger   *slog.Logger   // nil discards
}

// Installer installs and removes the firmware packages of one plugin. It is safe
// for concurrent use; one file is downloaded and one package installed at a time.
type Installer struct {
	cfg   InstallerConfig
	log   *slog.Logger
	space *Space

	life       context.Context
	end        context.CancelFunc
	background sync.WaitGroup

	downloads chan struct{} // held while files are downloaded
	turn      chan struct{} // held while installed files are changed

	mu      sync.Mutex
	running map[string]bool // ids of packages being installed, and files being uploaded
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
	if cfg.Recorder == nil {
		cfg.Recorder = provd.Discard{}
	}
	in := &Installer{
		cfg: cfg, log: cfg.Logger, space: cfg.Space,
		downloads: make(chan struct{}, 1), turn: make(chan struct{}, 1), running: make(map[string]bool),
	}
	if in.space == nil {
		in.space = NewSpace(cfg.Limits.Quota, in.usage)
	}
	in.life, in.end = context.WithCancel(context.Background())
	if err := errors.Join(in.recover(), in.sweep()); err != nil {
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

// enter makes Close wait for the caller until leave was called.
func (in *Installer) enter() (leave func(), err error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed {
		return nil, provd.Errorf(provd.Unavailable, "the plugin's firmware is being taken out of service; try again")
	}
	in.background.Add(1)
	return in.background.Done, nil
}

// mark notes what is under way, and reports false for what is already.
func (in *Installer) mark(id string) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.running[id] {
		return false
	}
	in.running[id] = true
	return true
}

func (in *Installer) unmark(id string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	delete(in.running, id)
}

// busy returns how much is under way.
func (in *Installer) busy() int {
	in.mu.Lock()
	defer in.mu.Unlock()
	return len(in.running)
}

// event records what happened; the pairs are names and texts.
func (in *Installer) event(text string, err error, pairs ...string) {
	e := provd.Event{Topic: "firmware", Text: text, Attrs: []slog.Attr{slog.String("plugin", in.cfg.Plugin)}}
	for i := 0; i+1 < len(pairs); i += 2 {
		e.Attrs = append(e.Attrs, slog.String(pairs[i], pairs[i+1]))
	}
	if err != nil {
		e.Attrs = append(e.Attrs, slog.Any("err", err))
	}
	in.cfg.Recorder.Record(e)
}

// Install begins to install a package, or to install it again, with those it
// depends on. The operation is labelled as in spec/rest.md section 10; its Reason
// is what an operator needs. Errors are a provd.Error: NotFound for a package there
// is none of, Conflict for one that is being installed or has no room, Invalid for
// one that can never be, Unavailable when too many are waiting.
func (in *Installer) Install(id string) (op *provd.Operation, err error) {
	leave, err := in.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
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
	for _, p := range packages {
		for _, f := range p.Files {
			if err := checkFile(in.cfg.DB.Files[f]); err != nil {
				return nil, err
			}
		}
	}
	if in.busy() >= maxRunning {
		return nil, provd.Errorf(provd.Unavailable, "%d packages are being installed; try again later", maxRunning)
	}
	if !in.mark(id) {
		return nil, provd.Errorf(provd.Conflict, "package %s is being installed already", id)
	}
	j := &job{in: in, id: id, packages: packages, have: make(map[string]int64)}
	if err := j.claimRoom(); err != nil {
		in.unmark(id)
		return nil, err
	}
	j.download, j.put = provd.NewWaiting("download"), provd.NewWaiting("install")
	op = provd.NewOperation("install_pkg", j.download, j.put)
	in.background.Go(func() {
		err := j.run(in.life)
		j.room.release()
		in.unmark(id) // first: whoever sees the end may begin something else
		if err != nil {
			in.event("firmware not installed", err, "package", id)
		} else {
			in.event("firmware installed", nil, "package", id, "version", packages[len(packages)-1].Version)
		}
		// Parts that were not come to have failed as well.
		for _, o := range []*provd.Operation{j.download, j.put, op} {
			o.Finish(err)
		}
	})
	return op, nil
}

// Uninstall removes a package. One that is not installed is a provd.Error with
// NotFound whose message is the id.
func (in *Installer) Uninstall(ctx context.Context, id string) error {
	leave, err := in.enter()
	if err != nil {
		return err
	}
	defer leave()
	if !validID.MatchString(id) {
		return provd.Errorf(provd.NotFound, "%.200s", id)
	}
	err = locked(ctx, in.turn, func() error {
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
		return nil
	})
	if err == nil {
		in.event("firmware removed", nil, "package", id)
	}
	return err
}

// RemoveAll removes everything that is installed below dir of a plugin's site
// folder, with what is being installed. It is for a plugin that is gone and must not
// be called while there is an Installer.
func RemoveAll(site *os.Root, dir string) error {
	in := &Installer{cfg: InstallerConfig{Site: site, Dir: dir}, log: slog.New(slog.DiscardHandler)}
	errs := []error{in.recover()}
	records, err := in.Installed()
	errs = append(errs, err)
	for _, r := range records {
		errs = append(errs, in.remove(r))
	}
	return errors.Join(append(errs, site.RemoveAll(workDir), site.RemoveAll(recordDir))...)
}

// locked runs fn while it holds a lock.
func locked(ctx context.Context, lock chan struct{}, fn func() error) error {
	select {
	case lock <- struct{}{}:
		defer func() { <-lock }()
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
