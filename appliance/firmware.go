package appliance

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"provbox/provd/document"
	"provbox/provd/plugin"
	"provbox/provd/plugin/firmware"
	"provbox/provd/rest"
)

// firmwares keeps an installer for each loaded plugin that has firmware.
type firmwares struct {
	app *App
	// site and cache hold a folder for each plugin: what is installed, and what was
	// downloaded or uploaded for it.
	site, cache *os.Root
	space       *firmware.Space

	change sync.Mutex // one plugin comes or goes at a time

	mu       sync.Mutex
	byPlugin map[string]*pluginFirmware
}

// pluginFirmware is the firmware of one plugin.
type pluginFirmware struct {
	*firmware.Installer

	app         *App
	db          *firmware.DB
	dir         string
	plugin      atomic.Pointer[plugin.Plugin] // the one that is loaded
	site, cache *os.Root
}

// firmwareIdle ends a download that brings nothing.
const firmwareIdle = 30 * time.Second

// openFirmware finishes what was being installed when the box stopped, and removes
// what belongs to plugins that are gone. It comes after the plugins are loaded.
func (a *App) openFirmware(site *os.Root) error {
	cache, err := a.openCache("firmware")
	if err != nil {
		return err
	}
	f := &firmwares{app: a, site: site, cache: cache, byPlugin: make(map[string]*pluginFirmware)}
	f.space = firmware.NewSpace(int64(a.s.General.FirmwareQuotaMB)<<20, func() (total int64, err error) {
		for _, root := range []*os.Root{site, cache} {
			n, err := firmware.Usage(root, ".")
			if err != nil {
				return 0, err
			}
			total += n
		}
		return total, nil
	})
	a.firmware = f
	a.stack.onStop("firmware", f.close)
	if err := f.sweep(); err != nil {
		a.log.Error("firmware of plugins that are gone not removed", "err", err)
	}
	for _, p := range a.plugins.Loaded() {
		if err := f.follow(p.ID()); err != nil {
			a.log.Error("firmware of a plugin cannot be used", "plugin", p.ID(), "err", err)
		}
	}
	return nil
}

// openCache opens a folder for what can be downloaded again. One that the settings
// name and that cannot be used must not cost the service: the box's own is used.
func (a *App) openCache(name string) (root *os.Root, err error) {
	own := storageDir(a.s, "cache")
	for _, dir := range []string{a.s.General.CacheDir, own} {
		if dir == "" {
			continue
		}
		if root, err = openDir(dir, name); err == nil {
			a.stack.onStop("cache of "+name, root.Close)
			return root, nil
		}
		if dir != own {
			a.log.Error("general.cache_dir cannot be used, the box's own folder is", "dir", dir, "err", err)
		}
	}
	return nil, fmt.Errorf("folder for the cache of %s: %w", name, err)
}

// follow makes the firmware of a plugin agree with the package that is loaded. What
// is being installed goes on when the new package describes the same firmware.
func (f *firmwares) follow(id string) error {
	f.change.Lock()
	defer f.change.Unlock()
	p, loaded := f.app.plugins.Get(id)
	old := f.get(id)
	if loaded && p.HasFirmware() && old != nil {
		if db, dir := p.Firmware(); dir == old.dir && reflect.DeepEqual(db, old.db) {
			old.plugin.Store(p)
			return nil
		}
	}
	var errs []error
	if old != nil {
		errs = append(errs, f.drop(id))
	}
	if loaded && p.HasFirmware() {
		errs = append(errs, f.add(p))
	}
	return errors.Join(errs...)
}

func (f *firmwares) get(id string) *pluginFirmware {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.byPlugin[id]
}

// add begins with a plugin. The caller holds change.
func (f *firmwares) add(p *plugin.Plugin) (err error) {
	pf := &pluginFirmware{app: f.app}
	pf.db, pf.dir = p.Firmware()
	pf.plugin.Store(p)
	defer func() {
		if err != nil {
			err = errors.Join(err, pf.closeRoots())
		}
	}()
	for _, place := range []struct {
		in *os.Root
		to **os.Root
	}{{f.site, &pf.site}, {f.cache, &pf.cache}} {
		if err := place.in.MkdirAll(p.ID(), 0o755); err != nil {
			return err
		}
		if *place.to, err = place.in.OpenRoot(p.ID()); err != nil {
			return err
		}
	}
	pf.Installer, err = firmware.NewInstaller(firmware.InstallerConfig{
		DB: pf.db, Dir: pf.dir, Site: pf.site, Cache: pf.cache, Space: f.space,
		Shipped:     func(name string) (fs.File, error) { return pf.plugin.Load().Shipped(name) },
		Downloaders: map[string]firmware.Downloader{"default": downloader{f.app, nil}, "auth": downloader{f.app, pf}},
		Plugin:      p.ID(), Recorder: recorder{f.app.journal}, Logger: f.app.log.With("plugin", p.ID()),
	})
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.byPlugin[p.ID()] = pf
	return nil
}

// drop ends what is under way for a plugin. The caller holds change.
func (f *firmwares) drop(id string) error {
	pf := f.get(id)
	if pf == nil {
		return nil
	}
	pf.Close()
	f.mu.Lock()
	delete(f.byPlugin, id)
	f.mu.Unlock()
	return pf.closeRoots()
}

func (pf *pluginFirmware) closeRoots() error {
	var errs []error
	for _, r := range []*os.Root{pf.site, pf.cache} {
		if r != nil {
			errs = append(errs, r.Close())
		}
	}
	return errors.Join(errs...)
}

// remove removes all firmware of a plugin that is gone, but not the site's own
// templates and settings.
func (f *firmwares) remove(id string) error {
	f.change.Lock()
	defer f.change.Unlock()
	dir := defaultFirmwareDir
	if pf := f.get(id); pf != nil {
		dir = pf.dir
	}
	errs := []error{f.drop(id), f.cache.RemoveAll(id)}
	site, err := f.site.OpenRoot(id)
	switch {
	case err == nil:
		errs = append(errs, firmware.RemoveAll(site, dir), site.Close())
	case !errors.Is(err, fs.ErrNotExist):
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("remove the firmware of plugin %s: %w", id, err)
	}
	return nil
}

// defaultFirmwareDir is where packages install their firmware.
const defaultFirmwareDir = "var/tftpboot"

// sweep removes what a crash between the removal of a plugin and that of its firmware
// left.
func (f *firmwares) sweep() error {
	installed, err := f.app.plugins.Installed()
	if err != nil {
		return nil //nolint:nilerr // already logged by the load; nothing is known to be gone
	}
	var errs []error
	for _, root := range []*os.Root{f.site, f.cache} {
		entries, err := fs.ReadDir(root.FS(), ".")
		errs = append(errs, err)
		for _, e := range entries {
			if e.IsDir() && !slices.Contains(installed, e.Name()) {
				errs = append(errs, f.remove(e.Name()))
			}
		}
	}
	return errors.Join(errs...)
}

func (f *firmwares) close() error {
	f.change.Lock()
	defer f.change.Unlock()
	f.mu.Lock()
	var ids []string
	for id := range f.byPlugin {
		ids = append(ids, id)
	}
	f.mu.Unlock()
	var errs []error
	for _, id := range ids {
		errs = append(errs, f.drop(id))
	}
	return errors.Join(errs...)
}

// downloader downloads with the settings of the moment; from is nil for downloads
// without credentials.
type downloader struct {
	app  *App
	from *pluginFirmware
}

func (d downloader) Download(ctx context.Context, address string, offset int64) (io.ReadCloser, int64, error) {
	s, err := d.app.repositorySettings(ctx)
	if err != nil {
		return nil, 0, err
	}
	var trusted []*url.URL
	if u, err := url.Parse(s.Server); err == nil && u.Host != "" {
		trusted = append(trusted, u)
	}
	client, err := s.Client(trusted...)
	if err != nil {
		return nil, 0, err
	}
	if d.from != nil {
		credentials, err := d.from.plugin.Load().Credentials(ctx)
		if err != nil {
			return nil, 0, err
		}
		client.Transport = firmware.AuthTransport{Base: client.Transport, Credentials: credentials}
	}
	return firmware.HTTPDownloader{Client: client, Idle: firmwareIdle}.Download(ctx, address, offset)
}

// Installed is for rest.Firmware.
func (pf *pluginFirmware) Installed(ctx context.Context) (*document.Object, error) {
	records, err := pf.Installer.Installed()
	if err != nil {
		pf.app.log.Warn("records of installed firmware cannot be read", "plugin", pf.plugin.Load().ID(), "err", err)
	}
	locale := pf.app.locale(ctx)
	all := document.New()
	for _, r := range records {
		all.Set(r.ID, document.New("version", r.Version, "description", r.Localized(locale)))
	}
	return all, nil
}

// Installable is for rest.Firmware.
func (pf *pluginFirmware) Installable(ctx context.Context) (*document.Object, error) {
	locale := pf.app.locale(ctx)
	all := document.New()
	for _, p := range pf.Installer.Installable() {
		all.Set(p.ID, document.New("version", p.Version, "description", p.Localized(locale), "dsize", document.Number(int(pf.DownloadSize(p)))))
	}
	return all, nil
}

// Files is for rest.Firmware.
func (pf *pluginFirmware) Files() []any {
	files := pf.Installer.Files()
	list := make([]any, len(files))
	for i, f := range files {
		packages := make([]any, len(f.Packages))
		for j, p := range f.Packages {
			packages[j] = p
		}
		list[i] = document.New("filename", f.Name, "size", document.Number(int(f.Size)), "sha1sum", hex.EncodeToString(f.SHA1),
			"packages", packages, "present", f.Cached, "upload", f.URL == "")
	}
	return list
}

// pluginServices is for rest.Services.
type pluginServices struct{ app *App }

func (s pluginServices) Firmware(id string) (rest.Firmware, bool) {
	if s.app.firmware == nil {
		return nil, false
	}
	pf := s.app.firmware.get(id)
	return pf, pf != nil
}

func (s pluginServices) Settings(id string) (rest.Settings, bool) {
	p, ok := s.app.plugins.Get(id)
	if !ok || !p.HasParams() {
		return nil, false
	}
	return pluginSettings{s.app, p}, true
}
