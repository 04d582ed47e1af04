package provd

import (
	"context"
	"log/slog"

	"provbox/provd/document"
	"provbox/provd/rawconfig"
)

// File is one file that a plugin writes for a device.
type File struct {
	// Name is the path by which the phone asks for it, without a leading slash.
	Name string
	// Template is the name of the template that it was rendered from, "" when the
	// plugin writes it without one. Custom is true when that is one of the site.
	Template string
	Custom   bool
	// Sensitive tells that the file may hold passwords, as its plugin says.
	Sensitive bool
	Content   []byte
}

// Shower is a Plugin that can show what it would write.
type Shower interface {
	// Show returns the files that Configure would write, and keeps nothing.
	Show(ctx context.Context, dev Device, raw *document.Object) ([]File, error)
}

// Files returns the files that a device would get now, rendered anew. Why it gets
// none is an *Error with Invalid.
func (m *Manager) Files(ctx context.Context, id string, s Scope) ([]File, error) {
	return m.show(ctx, id, s, "files shown", func(tx Tx, dev Device) (*document.Object, error) { return m.rawConfig(tx, dev) })
}

// Preview returns the files that a device would get with a config document in the
// place of its own: parent_ids, which may be missing, and raw_config. Nothing is
// stored, and the phone gets nothing of it.
func (m *Manager) Preview(ctx context.Context, id string, config *document.Object, s Scope) ([]File, error) {
	config = config.Clone()
	config.SetDefault("parent_ids", []any{})
	rawconfig.StripNulls(config)
	if err := rawconfig.CheckConfig(config); err != nil {
		return nil, &Error{Code: Invalid, Message: err.Error()}
	}
	return m.show(ctx, id, s, "files previewed", func(tx Tx, dev Device) (*document.Object, error) {
		if dev.Plugin() == "" {
			return nil, errNoPlugin()
		}
		raw := m.cfg.BaseRawConfig.Clone()
		merge(tx, raw, config, make(map[string]struct{}))
		return m.completed(tx, dev, raw)
	})
}

// show renders the files of a device with what config returns, and tells the
// journal: they hold what phones know, passwords included.
func (m *Manager) show(ctx context.Context, id string, s Scope, text string, config func(Tx, Device) (*document.Object, error)) ([]File, error) {
	var dev Device
	var raw *document.Object
	err := m.cfg.Store.View(func(tx Tx) (err error) {
		if dev, err = m.visible(tx, id, s); err != nil {
			return err
		}
		if raw, err = config(tx, dev); err != nil {
			return &Error{Code: Invalid, Message: err.Error()}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	plugin, err := m.plugin(dev)
	if err != nil {
		return nil, &Error{Code: Invalid, Message: err.Error()}
	}
	shower, ok := plugin.(Shower)
	if !ok {
		return nil, Errorf(Invalid, "plugin %s cannot show its files", quote(plugin.ID()))
	}
	files, err := shower.Show(ctx, dev, raw)
	if err != nil {
		return nil, &Error{Code: Invalid, Message: err.Error()}
	}
	m.events.Record(Event{
		Device: dev.ID(), MAC: dev.MAC(), IP: dev.IP(), Tenant: dev.Tenant(), Topic: "device", Text: text,
		Attrs: []slog.Attr{slog.String("plugin", dev.Plugin()), slog.Int("files", len(files))},
	})
	return files, nil
}
