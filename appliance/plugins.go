package appliance

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"provbox/provd/document"
	"provbox/provd/plugin"
	"provbox/provd/plugin/host"
	"provbox/provd/plugins"
)

// startPlugins loads the box's own packages and the installed ones.
func (a *App) startPlugins(ctx context.Context) error {
	dirs := make(map[string]*os.Root)
	for _, name := range []string{"plugins", "site"} {
		dir := filepath.Join(a.s.General.BaseStorageDir, name)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("folder for %s: %w", name, err)
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			return fmt.Errorf("folder for %s: %w", name, err)
		}
		dirs[name] = root
		a.stack.onStop(name, root.Close)
	}
	// Without it phones are still provisioned, with the packages there are.
	if err := a.openRepository(dirs["plugins"]); err != nil {
		a.log.Error("plugins cannot be installed", "err", err)
	}
	a.base = baseRawConfig(a.s, baseURL(a.s, ownAddress(a.s), a.http.Addr()), port(a.tftp.LocalAddr()))
	cfg := plugin.Config{
		BaseRawConfig: a.base,
		General:       document.New("proxies", document.New()),
		Device:        host.NewDevice,
		Logger:        a.log,
	}
	if a.s.General.SyncServiceType == "asterisk_ami" {
		cfg.Notifier = notifier{a.amid}
	}
	a.plugins = plugin.NewSet(plugin.SetConfig{
		Dir: dirs["plugins"], Site: dirs["site"],
		Embedded: plugins.IDs(), EmbeddedFS: plugins.FS, Plugin: cfg,
	})
	// A package that does not load harms its own phones only; the Set has logged
	// it.
	if err := a.plugins.Load(ctx); err != nil {
		a.log.Error("plugin packages not loaded", "err", err)
	}
	return ctx.Err()
}
