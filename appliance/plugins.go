package appliance

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"provbox/appliance/settings"
	"provbox/provd/plugin"
	"provbox/provd/plugin/host"
	"provbox/provd/plugins"
)

// startPlugins loads the box's own packages and the installed ones.
func (a *App) startPlugins(ctx context.Context) error {
	dirs := make(map[string]*os.Root)
	for _, name := range []string{"plugins", "site"} {
		root, err := openDir(a.s.General.BaseStorageDir, name)
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
		Proxies:       a.proxies,
		Compat:        a.compat(),
		Device:        host.NewDevice,
		Recorder:      recorder{a.journal},
		Logger:        a.log,
		Limits:        a.opts.PluginLimits,
	}
	if a.links.notifies != nil {
		cfg.Notifier = notifier{a.links.notifies}
	}
	a.plugins = plugin.NewSet(plugin.SetConfig{
		Dir: dirs["plugins"], Site: dirs["site"],
		Embedded: plugins.IDs(), EmbeddedFS: plugins.FS, Plugin: cfg, Specific: a.s.PluginConfig.Object.Object,
	})
	// A package that does not load harms its own phones only; the Set has logged
	// it.
	if err := a.plugins.Load(ctx); err != nil {
		a.log.Error("plugin packages not loaded", "err", err)
	}
	// Nor does it cost more than the firmware itself when that cannot be installed.
	if err := a.openFirmware(dirs["site"]); err != nil {
		a.log.Error("firmware cannot be installed", "err", err)
	}
	return ctx.Err()
}

// compat is what the settings say of packages for another interface version.
func (a *App) compat() plugin.Compat {
	return plugin.Compat{IgnoreMin: !a.s.General.CheckCompatMin, IgnoreMax: !a.s.General.CheckCompatMax}
}

// storageDir is a folder of the box.
func storageDir(s *settings.Settings, name string) string {
	return filepath.Join(s.General.BaseStorageDir, name)
}

// openDir opens a folder below dir, which it makes if need be.
func openDir(dir, name string) (*os.Root, error) {
	full := filepath.Join(dir, name)
	if err := os.MkdirAll(full, 0o700); err != nil {
		return nil, err
	}
	return os.OpenRoot(full)
}

// reloadPlugin loads a plugin's package again and renders the plugin's devices. When
// it cannot be loaded the one that was stays.
func (a *App) reloadPlugin(ctx context.Context, id string) error {
	if err := a.plugins.Reload(ctx, id); err != nil {
		return err
	}
	return a.pluginChanged(ctx, id)
}

// pluginChanged makes everything follow a package that was loaded again.
func (a *App) pluginChanged(ctx context.Context, id string) error {
	if a.firmware != nil {
		if err := a.firmware.follow(id); err != nil {
			a.log.Error("firmware of a plugin cannot be used", "plugin", id, "err", err)
		}
	}
	return a.manager.PluginChanged(ctx, id)
}
