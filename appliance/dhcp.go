package appliance

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"provbox/appliance/journal"
	"provbox/appliance/settings"
	"provbox/dhcp"
	"provbox/dhcp/option"
	"provbox/provd"
)

// dhcpJournal puts the DHCP server's events into the journal.
type dhcpJournal struct {
	*journal.Journal
	key func() string // the provisioning key in URLs, which no event may show
}

func (j dhcpJournal) DHCP(_ context.Context, e dhcp.Event) {
	text := strings.TrimSpace(e.Message + " " + e.Reply)
	if e.Message == "" || e.Message == dhcp.MessageServer {
		// The server's own, not an exchange: the reason is the event.
		text, e.Reason = strings.TrimSpace(e.Reply+" "+e.Reason), ""
	}
	ev := journal.Event{Time: e.Time, MAC: e.MAC, Topic: "dhcp", Text: text}
	if e.IP.IsValid() {
		ev.IP = e.IP.String()
	}
	sent := e.Sent
	if key := j.key(); key != "" {
		sent = strings.ReplaceAll(sent, key, "KEY")
	}
	for _, a := range []slog.Attr{
		slog.String("rule", strings.Join(e.Rules, " ")), slog.String("sent", sent),
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

// keyFor is how long a provisioning key is used before it is looked up again,
// so that a changed one reaches phones without a restart.
const keyFor = 5 * time.Second

// siteKey knows the provisioning key that phones of this box are told: that of
// the tenant which the settings name, or of the master tenant. One DHCP server
// speaks for one tenant (spec/dhcp.md section 3).
type siteKey struct {
	manager *provd.Manager
	tenant  func() string // returns "" for the master tenant
	now     func() time.Time

	mu   sync.Mutex
	key  string
	read time.Time
}

// get returns the key, "" if there is none.
func (k *siteKey) get() string {
	if k == nil {
		return ""
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if now := k.now(); k.read.IsZero() || now.Sub(k.read) >= keyFor {
		k.read = now
		tenant := k.tenant()
		if tenant == "" {
			tenant = k.manager.MasterTenant()
		}
		// Without a store that can be read the last key is as good as any.
		_ = k.manager.View(func(tx provd.Tx) error {
			k.key = provd.KeyOfTenant(tx, tenant)
			return nil
		})
	}
	return k.key
}

// dhcpValues fills the vendor rules: with the advertised URL, or with one that
// follows the address that the phone's own subnet knows the box by. Where keys
// are in use and there is none yet, there is no URL: one without a key would be
// refused.
func dhcpValues(s *settings.Settings, http net.Addr, key *siteKey) func(netip.Prefix, netip.Addr) option.Values {
	return func(_ netip.Prefix, server netip.Addr) option.Values {
		v := option.Values{URI: baseURL(s, server, http), TFTPHost: server.String(), TFTPIP: server}
		if key != nil {
			if k := key.get(); k != "" {
				v.URI += "/" + k
			} else {
				v.URI = ""
			}
		}
		return v
	}
}

// prepareDHCP reads the settings that hold, so that they can be asked for before
// the server runs.
func (a *App) prepareDHCP(ctx context.Context) error {
	var key *siteKey
	if a.urlKey() {
		key = &siteKey{manager: a.manager, now: time.Now, tenant: func() string {
			d, _ := a.dhcp.current()
			return d.Tenant
		}}
	}
	a.dhcp = &dhcpBox{
		file: a.s.DHCP, store: a.store, record: a.journal.Record, log: a.log,
		deps: dhcp.Deps{Store: a.store, Observer: observer{a.ident}, Journal: dhcpJournal{a.journal, key.get}, Log: a.log},
		config: func(d settings.DHCP) dhcp.Config {
			cfg := d.Server()
			cfg.Values = dhcpValues(a.s, a.http.Addr(), key)
			if a.opts.DHCP != nil {
				a.opts.DHCP(&cfg)
			}
			return cfg
		},
	}
	// Without privileges nobody can be asked.
	if !a.dhcp.config(settings.DHCP{}).Loopback {
		a.dhcp.find = func(name string) ([]dhcp.Rogue, error) { return dhcp.FindServers(name, findFor, rand.Uint64) }
	}
	return a.dhcp.load(ctx)
}

func (a *App) startDHCP(context.Context) error {
	a.stack.start("dhcp", a.dhcp.serve)
	return nil
}
