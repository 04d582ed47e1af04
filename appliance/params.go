package appliance

import (
	"context"
	"log/slog"
	"strings"

	"provbox/appliance/journal"
	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/plugin"
)

// liveParams are the service's parameters; packages see changed proxies.
type liveParams struct {
	*provd.Manager

	plugins *plugin.Set
}

func (p liveParams) SetParam(ctx context.Context, tenant, id string, value any) error {
	if err := p.Manager.SetParam(ctx, tenant, id, value); err != nil {
		return err
	}
	if strings.HasSuffix(id, "_proxy") {
		p.plugins.Forget()
	}
	return nil
}

// proxies are those of the moment by scheme, as packages expect them: what clients
// set, else what the settings file has.
func (a *App) proxies() *document.Object {
	doc := document.New()
	for _, p := range []struct{ scheme, file string }{
		{"http", a.s.Proxy.HTTP}, {"https", a.s.Proxy.HTTPS}, {"ftp", a.s.Proxy.FTP},
	} {
		value := p.file
		// The packages are loaded before the parameters can be read, and again when
		// there are any.
		if a.manager != nil {
			if set, err := a.manager.Param(context.Background(), "", p.scheme+"_proxy"); err == nil {
				if text, ok := set.Value.(string); ok {
					value = text
				}
			}
		}
		if value != "" {
			doc.Set(p.scheme, value)
		}
	}
	return doc
}

// locale is the one that clients set for descriptions, "" for English.
func (a *App) locale(ctx context.Context) string {
	p, err := a.manager.Param(ctx, "", "locale")
	if err != nil {
		return "" // the store has told its own trouble
	}
	text, _ := p.Value.(string)
	return text
}

// pluginSettings are the parameters that one plugin has of its own, for
// rest.Settings.
type pluginSettings struct {
	app    *App
	plugin *plugin.Plugin
}

func (s pluginSettings) Params(ctx context.Context) ([]provd.Param, error) {
	language, _, _ := strings.Cut(s.app.locale(ctx), "_")
	list, err := s.plugin.Params(ctx, language)
	if err != nil {
		return nil, err
	}
	params := make([]provd.Param, len(list))
	for i, p := range list {
		if params[i], err = s.Param(ctx, p.Name); err != nil {
			return nil, err
		}
		params[i].Description = p.Description
	}
	return params, nil
}

func (s pluginSettings) Param(ctx context.Context, id string) (provd.Param, error) {
	value, set, err := s.plugin.Param(ctx, id)
	if err != nil {
		return provd.Param{}, err
	}
	p := provd.Param{ID: id}
	if set {
		p.Value = value
	}
	return p, nil
}

func (s pluginSettings) SetParam(ctx context.Context, id string, value *string) error {
	if err := s.plugin.SetParam(ctx, id, value); err != nil {
		return err
	}
	// The value may be a password.
	s.app.journal.Record(journal.Event{Topic: "plugin", Text: "plugin setting changed", Attrs: []slog.Attr{
		slog.String("plugin", s.plugin.ID()), slog.String("setting", id),
	}})
	return nil
}
