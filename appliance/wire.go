package appliance

import (
	"context"

	"provbox/appliance/journal"
	"provbox/dhcp"
	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/ident"
)

// The adapters below let parts that do not know each other meet.

// recorder puts the provisioning service's events into the journal.
type recorder struct{ *journal.Journal }

func (r recorder) Record(e provd.Event) {
	r.Journal.Record(journal.Event{Device: e.Device, MAC: e.MAC, IP: e.IP, Tenant: e.Tenant, Topic: e.Topic, Text: e.Text, Attrs: e.Attrs})
}

// observer hands completed DHCP exchanges to identification, in the place of
// dxtorc and dxtora.
type observer struct{ ident *ident.Identifier }

func (o observer) Observe(_ context.Context, ob dhcp.Observation) {
	o.ident.Observe(provd.Request{Kind: provd.DHCP, IP: ob.IP.String(), MAC: ob.MAC, Phone: ob.Phone, Options: ob.Options})
}

// tenantKeys knows the provisioning keys.
type tenantKeys struct{ manager *provd.Manager }

func (t tenantKeys) HasKey(key string) (ok bool) {
	err := t.manager.View(func(tx provd.Tx) error {
		ok = provd.TenantOfKey(tx, key) != ""
		return nil
	})
	return ok && err == nil
}

func (a *App) identPlugins() []ident.Plugin {
	loaded := a.plugins.Loaded()
	list := make([]ident.Plugin, len(loaded))
	for i, p := range loaded {
		list[i] = p
	}
	return list
}

// restPlugins shows the plugins over REST.
type restPlugins struct{ app *App }

func (r restPlugins) IDs() []string {
	var ids []string
	for _, p := range r.app.plugins.Loaded() {
		ids = append(ids, p.ID())
	}
	return ids
}

func (r restPlugins) Info(id string) (*document.Object, bool) {
	p, ok := r.app.plugins.Get(id)
	if !ok {
		return nil, false
	}
	return p.Info().Localized(r.app.locale(context.Background())), true
}

func (r restPlugins) Failed() map[string]string {
	failed := make(map[string]string)
	for id, err := range r.app.plugins.Failed() {
		failed[id] = err.Error()
	}
	for _, p := range r.app.plugins.Loaded() {
		if err := p.Paused(); err != nil && failed[p.ID()] == "" {
			failed[p.ID()] = err.Error()
		}
	}
	return failed
}

func (r restPlugins) Reload(ctx context.Context, id string) error {
	if err := r.app.plugins.Reload(ctx, id); err != nil {
		return &provd.Error{Code: provd.Invalid, Message: err.Error()}
	}
	return r.app.pluginChanged(ctx, id)
}
