package appliance

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"provbox/provd/plugin/repository"
	"provbox/provd/plugins"
)

// openRepository puts right what a crash left in the folder of the packages, so it
// comes before they are loaded.
func (a *App) openRepository(dir *os.Root) error {
	path := filepath.Join(a.s.General.BaseStorageDir, "cache", "plugins")
	if err := os.MkdirAll(path, 0o700); err != nil {
		return fmt.Errorf("folder for plugin archives: %w", err)
	}
	cache, err := os.OpenRoot(path)
	if err != nil {
		return fmt.Errorf("folder for plugin archives: %w", err)
	}
	a.stack.onStop("plugin archives", cache.Close)
	a.repository, err = repository.Open(repository.Config{
		Dir: dir, Cache: cache, Embedded: plugins.IDs(), EmbeddedFS: plugins.FS,
		Settings: a.repositorySettings, Loader: packageLoader{a}, Logger: a.log,
	})
	return err
}

// repositorySettings are the parameters that clients set; the settings file has the
// proxies that hold until they do.
func (a *App) repositorySettings(ctx context.Context) (repository.Settings, error) {
	s := repository.Settings{HTTPProxy: a.s.Proxy.HTTP, HTTPSProxy: a.s.Proxy.HTTPS}
	for id, to := range map[string]*string{
		"plugin_server": &s.Server, "http_proxy": &s.HTTPProxy, "https_proxy": &s.HTTPSProxy, "locale": &s.Locale,
	} {
		p, err := a.manager.Param(ctx, "", id)
		if err != nil {
			return repository.Settings{}, fmt.Errorf("read parameter %s: %w", id, err)
		}
		if text, ok := p.Value.(string); ok {
			*to = text
		}
	}
	return s, nil
}

// packageLoader puts what the repository installs into service.
type packageLoader struct{ app *App }

func (l packageLoader) Load(ctx context.Context, id string) error {
	if err := l.app.plugins.Reload(ctx, id); err != nil {
		return err
	}
	return l.app.manager.PluginChanged(ctx, id)
}

func (l packageLoader) Unload(ctx context.Context, id string) error {
	var err error
	if slices.Contains(plugins.IDs(), id) {
		err = l.app.plugins.Reload(ctx, id)
	} else {
		l.app.plugins.Unload(id)
	}
	return errors.Join(err, l.app.manager.PluginChanged(ctx, id))
}
