package appliance

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"

	"provbox/appliance/journal"
	"provbox/provd/plugin/repository"
	"provbox/provd/plugins"
)

// openRepository puts right what a crash left in the folder of the packages, so it
// comes before they are loaded.
func (a *App) openRepository(dir *os.Root) error {
	cache, err := a.openCache("plugins")
	if err != nil {
		return err
	}
	a.repository, err = repository.Open(repository.Config{
		Dir: dir, Cache: cache, Embedded: plugins.IDs(), EmbeddedFS: plugins.FS,
		Settings: a.repositorySettings, Loader: packageLoader{a},
		Key:          a.s.General.PluginServerKey,
		DropArchives: !a.s.General.CachePlugin, Compat: a.compat(), Recorder: recorder{a.journal}, Logger: a.log,
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
	_, was := l.app.plugins.Get(id)
	err := l.app.reloadPlugin(ctx, id)
	if err == nil && !was {
		l.app.tellKept(id)
	}
	return err
}

// tellKept tells which custom templates a package that is installed finds from
// before it was uninstalled.
func (a *App) tellKept(id string) {
	list, err := a.plugins.Templates(id)
	if err != nil {
		a.log.Warn("custom templates cannot be listed", "plugin", id, "err", err)
		return
	}
	var names []string
	for _, t := range list {
		if t.Custom && len(names) < maxTold {
			names = append(names, t.Name)
		}
	}
	if len(names) > 0 {
		a.journal.Record(journal.Event{Topic: "plugin", Text: "the site's custom templates are used again", Attrs: []slog.Attr{
			slog.String("plugin", id), slog.String("templates", strings.Join(names, " ")),
		}})
	}
}

// maxTold bounds the names in one event.
const maxTold = 20

func (l packageLoader) Unload(ctx context.Context, id string) error {
	if slices.Contains(plugins.IDs(), id) {
		return l.app.reloadPlugin(ctx, id) // the built-in one
	}
	l.app.plugins.Unload(id)
	var err error
	if l.app.firmware != nil {
		err = l.app.firmware.remove(id)
	}
	return errors.Join(err, l.app.manager.PluginChanged(ctx, id))
}
