package appliance

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"time"

	"provbox/appliance/central"
	"provbox/appliance/journal"
	"provbox/appliance/settings"
	"provbox/provd"
	"provbox/provd/notify"
	"provbox/provd/notify/direct"
	"provbox/provd/plugin"
)

// links are the box's connections to the central stack. No phone waits for any
// of them.
type links struct {
	board    *central.Board
	auth     *central.Auth
	confd    *central.Confd // nil when it is switched off
	bus      *central.Bus   // nil when it is switched off
	notifies *notify.Queue  // nil with general.sync_service_type none
	tenants  *tenantSync
}

// Centre returns which links to the central stack work.
func (a *App) Centre() []central.Status { return a.links.board.Links() }

// Confd returns what reads names from wazo-confd for pages, nil when that is
// switched off.
func (a *App) Confd() *central.Confd { return a.links.confd }

// Notifies returns the queue of SIP NOTIFYs, nil when none are sent.
func (a *App) Notifies() *notify.Queue { return a.links.notifies }

// startCentral makes the clients. They are served once the devices are there
// (startLinks).
func (a *App) startCentral(context.Context) error {
	l := &a.links
	l.board = central.NewBoard(time.Now, a.linkChanged)
	l.auth = central.NewAuth(central.AuthConfig{
		Endpoint: a.endpoint(a.s.Auth.Service), Credentials: a.credentials, Logger: a.log,
		Cache: a.s.Auth.TokenCache, Grace: a.s.Auth.OutageGrace,
		OnMaster: func(tenant string) {
			if err := a.manager.SetMasterTenant(tenant); err != nil {
				a.log.Error("could not store the master tenant", "err", err)
			}
			if l.notifies != nil {
				l.notifies.Retry() // what waited for a token has one
			}
		},
	})
	if a.s.Confd.Enabled {
		l.confd = central.NewConfd(central.ConfdConfig{Endpoint: a.endpoint(a.s.Confd.Service), Cache: a.s.Confd.Cache}, l.auth)
	}
	if b := a.s.Bus; b.On() {
		l.bus = central.NewBus(central.BusConfig{
			Host: b.Host, Port: b.Port, Username: b.Username, Password: string(b.Password),
			Exchange: b.ExchangeName, ExchangeType: b.ExchangeType,
			OnTenantDeleted: a.tenantDeleted, OnReconnect: func() { l.tenants.soon() },
			Board: l.board, Logger: a.log,
		})
	}
	if sender := a.sender(); sender != nil {
		l.notifies = notify.New(notify.Config{
			Sender: sender, Store: a.store, Rate: a.s.Notify.Rate, MaxAge: a.s.Notify.MaxAge,
			Device: a.device, Recorder: recorder{a.journal}, Logger: a.log,
		})
	}
	return nil
}

// startLinks begins to talk with the centre.
func (a *App) startLinks(context.Context) error {
	l := &a.links
	db := a.s.General.SyncDB
	l.tenants = newTenantSync(l.auth, a.manager, time.Duration(db.StartSec)*time.Second, time.Duration(db.IntervalSec)*time.Second, a.log)
	if a.hasCredentials() {
		a.stack.start("wazo-auth", l.auth.Serve)
		a.stack.start("tenants", l.tenants.serve)
	}
	if l.notifies != nil {
		a.stack.start("notify", l.notifies.Serve)
	}
	if l.bus != nil {
		a.stack.start("bus", l.bus.Serve)
	}
	return nil
}

// linkChanged tells the journal, and has what waits for the centre tried again.
func (a *App) linkChanged(s central.Status) {
	e := journal.Event{Topic: "box", Text: s.Name + " works"}
	if !s.Up {
		e.Text = s.Name + " does not work"
		e.Attrs = []slog.Attr{slog.String("reason", s.Problem)}
	}
	a.journal.Record(e)
	if s.Up && a.links.notifies != nil {
		a.links.notifies.Retry()
	}
}

// tenantDeleted does what the bus tells of.
func (a *App) tenantDeleted(ctx context.Context, tenant string) {
	n, err := a.manager.DeleteTenant(ctx, tenant)
	if err != nil {
		a.log.Error("could not delete what belongs to a deleted tenant", "tenant", tenant, "err", err)
		a.links.tenants.soon()
		return
	}
	a.journal.Record(journal.Event{Topic: "box", Text: "a tenant was deleted", Attrs: []slog.Attr{slog.String("tenant", tenant), slog.Int("devices", n)}})
}

// device returns a device as it is now. One that cannot be read counts as being
// there: a disk that fails is no reason to forget a phone.
func (a *App) device(id string) (dev provd.Device, ok bool) {
	err := a.manager.View(func(tx provd.Tx) error {
		doc, err := tx.Devices().Get(id)
		dev = provd.Device{Object: doc}
		return err
	})
	if err != nil {
		dev = provd.NewDevice("id", id)
	}
	return dev, provd.CodeOf(err) != provd.NotFound || err == nil
}

func (a *App) endpoint(s settings.Service) central.Endpoint {
	return central.Endpoint{
		Host: s.Host, Port: s.Port, HTTPS: s.HTTPS, Prefix: s.Prefix,
		Insecure: s.VerifyCertificate != nil && !*s.VerifyCertificate, Board: a.links.board,
	}
}

func (a *App) hasCredentials() bool { return a.s.Auth.KeyFile != "" || a.s.Auth.Username != "" }

func (a *App) credentials() (id, key string, err error) {
	switch {
	case a.s.Auth.KeyFile != "":
		if id, key, err = central.KeyFile(a.s.Auth.KeyFile); err != nil {
			err = fmt.Errorf("auth.key_file: %w", err)
		}
		return id, key, err
	case a.s.Auth.Username == "":
		return "", "", errNoCredentials()
	}
	return a.s.Auth.Username, string(a.s.Auth.Password), nil
}

func errNoCredentials() error {
	return provd.Errorf(provd.Invalid, "neither auth.key_file nor auth.username is set, so the box cannot speak with the central stack")
}

// sender returns what carries NOTIFYs, nil for nothing.
func (a *App) sender() notify.Sender {
	switch a.s.General.SyncServiceType {
	case "asterisk_ami":
		return amidSender{central.NewAmid(a.endpoint(a.s.Amid), a.links.auth), a.hasCredentials()}
	case "sip":
		from, err := netip.ParseAddr(a.s.Notify.SIPAddress)
		if err != nil {
			from = netip.Addr{} // the settings were checked: it is empty
		}
		return direct.New(direct.Config{Address: from, Timeout: a.s.Notify.SIPTimeout})
	}
	return nil
}

// amidSender sends NOTIFYs through wazo-amid.
type amidSender struct {
	amid   *central.Amid
	usable bool // false on a box that has no credentials at all
}

func (s amidSender) Send(ctx context.Context, _ notify.Job, m notify.Message) error {
	if !s.usable {
		return errNoCredentials()
	}
	err := s.amid.PJSIPNotify(ctx, m.Endpoint, m.URI, m.Variables)
	if err != nil && (provd.CodeOf(err) == provd.Unavailable || errors.Is(err, context.DeadlineExceeded)) {
		return fmt.Errorf("%w: %w", notify.ErrAway, err)
	}
	return err
}

// notifier hands a package's notifications to the queue.
type notifier struct{ queue *notify.Queue }

func (n notifier) Notify(ctx context.Context, m plugin.Notification) error {
	return n.queue.Notify(ctx, notify.Message{Endpoint: m.Endpoint, URI: m.URI, Variables: m.Variables})
}
