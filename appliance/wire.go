package appliance

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"strings"

	"provbox/appliance/journal"
	"provbox/appliance/settings"
	"provbox/dhcp"
	"provbox/dhcp/option"
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

// dhcpJournal puts the DHCP server's events into the journal.
type dhcpJournal struct{ *journal.Journal }

func (j dhcpJournal) DHCP(_ context.Context, e dhcp.Event) {
	text := strings.TrimSpace(e.Message + " " + e.Reply)
	ev := journal.Event{Time: e.Time, MAC: e.MAC, Topic: "dhcp", Text: text}
	if e.IP.IsValid() {
		ev.IP = e.IP.String()
	}
	for _, a := range []slog.Attr{
		slog.String("rule", strings.Join(e.Rules, " ")), slog.String("sent", e.Sent),
		slog.String("reason", e.Reason), slog.String("interface", e.Interface),
	} {
		if a.Value.String() != "" {
			ev.Attrs = append(ev.Attrs, a)
		}
	}
	if e.Err != nil {
		ev.Attrs = append(ev.Attrs, slog.Any("err", e.Err))
	}
	j.Record(ev)
}

// observer hands completed DHCP exchanges to identification, in the place of
// dxtorc and dxtora.
type observer struct{ ident *ident.Identifier }

func (o observer) Observe(_ context.Context, ob dhcp.Observation) {
	o.ident.Observe(provd.Request{Kind: provd.DHCP, IP: ob.IP.String(), MAC: ob.MAC, Phone: ob.Phone, Options: ob.Options})
}

// dhcpValues fills the vendor rules: with the advertised URL, or with one that
// follows the address that the phone's own subnet knows the box by.
func dhcpValues(s *settings.Settings, http net.Addr) func(netip.Prefix, netip.Addr) option.Values {
	return func(_ netip.Prefix, server netip.Addr) option.Values {
		return option.Values{URI: baseURL(s, server, http), TFTPHost: server.String(), TFTPIP: server}
	}
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
