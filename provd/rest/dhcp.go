package rest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"provbox/provd"
	"provbox/provd/document"
)

// DHCP is the box's DHCP server as the routes below /dhcp need it. Documents are
// as the dhcp section of the settings file has them (docs/dhcp.md).
type DHCP interface {
	// MasterTenant is the one that may use the routes: a LAN belongs to no tenant.
	// It is "" on a box that does not know it yet.
	MasterTenant() string
	// Settings returns a copy of the settings in force, and whether they are an
	// operator's and not the file's.
	Settings() (settings *document.Object, stored bool)
	// Change checks as a whole what edit makes of a copy of the settings, stores it
	// and puts it to work; nil goes back to the file's. An error has changed
	// nothing. No other change comes between. force leaves out the look for other
	// DHCP servers before this one is switched on; what that finds are warnings.
	Change(ctx context.Context, force bool, edit func(settings *document.Object) (*document.Object, error)) (warnings []string, err error)
	// Interfaces are the box's network interfaces with their IPv4 addresses.
	Interfaces() (map[string][]netip.Prefix, error)
	// Leases are the leases, by address; each has its address as id and ip.
	Leases() iter.Seq2[string, *document.Object]
	// Forget deletes a lease; NotFound if there is none.
	Forget(ctx context.Context, ip netip.Addr) error
	// Fix makes a reservation of a lease and returns it.
	Fix(ctx context.Context, ip netip.Addr) (*document.Object, error)
	// Status tells how the server is.
	Status() *document.Object
}

// Paths of the DHCP server.
const (
	dhcpPath        = "/dhcp"
	dhcpSubnet      = dhcpPath + "/subnets/{subnet}"
	dhcpReservation = dhcpPath + "/reservations/{client}"
	dhcpLease       = dhcpPath + "/leases/{ip}"
	dhcpBlocked     = dhcpPath + "/blocked/{mac}"
	etagHeader      = "ETag"
	ifMatchHeader   = "If-Match"
	maxDHCPWarnings = 64
)

// dhcpRows are the routes of the DHCP server, which wazo-provd does not have.
func dhcpRows() []row {
	const (
		get, post, put, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
		acl                 = "provd.dhcp"
	)
	rows := []row{
		{get, dhcpPath, acl + ".read", (*call).getDHCP},
		{put, dhcpPath, acl + ".update", (*call).putDHCP},
		{del, dhcpPath, acl + ".delete", (*call).deleteDHCP},
		{get, dhcpPath + "/confd", acl + ".confd.read", (*call).getDHCPConfd},
		{put, dhcpPath + "/confd", acl + ".confd.update", (*call).putDHCPConfd},
		{get, dhcpPath + "/status", acl + ".status.read", (*call).dhcpStatus},
		{get, dhcpPath + "/subnets", acl + ".subnets.read", (*call).listSubnets},
		{post, dhcpPath + "/subnets", acl + ".subnets.create", (*call).createSubnet},
		{get, dhcpSubnet, acl + ".subnets.{subnet}.read", (*call).getSubnet},
		{put, dhcpSubnet, acl + ".subnets.{subnet}.update", (*call).putSubnet},
		{del, dhcpSubnet, acl + ".subnets.{subnet}.delete", (*call).deleteSubnet},
		{get, dhcpPath + "/reservations", acl + ".reservations.read", (*call).listReservations},
		{post, dhcpPath + "/reservations", acl + ".reservations.create", (*call).createReservation},
		{get, dhcpReservation, acl + ".reservations.{client}.read", (*call).getReservation},
		{put, dhcpReservation, acl + ".reservations.{client}.update", (*call).putReservation},
		{del, dhcpReservation, acl + ".reservations.{client}.delete", (*call).deleteReservation},
		{get, dhcpPath + "/leases", acl + ".leases.read", (*call).listLeases},
		{get, dhcpLease, acl + ".leases.{ip}.read", (*call).getLease},
		{del, dhcpLease, acl + ".leases.{ip}.delete", (*call).deleteLease},
		{post, dhcpLease + "/fix", acl + ".leases.{ip}.fix.create", (*call).fixLease},
		{get, dhcpPath + "/rules", acl + ".rules.read", (*call).getRules},
		{put, dhcpPath + "/rules", acl + ".rules.update", (*call).putRules},
		{get, dhcpPath + "/blocked", acl + ".blocked.read", (*call).getBlocked},
		{put, dhcpPath + "/blocked", acl + ".blocked.update", (*call).putBlocked},
		{put, dhcpBlocked, acl + ".blocked.{mac}.update", (*call).block},
		{del, dhcpBlocked, acl + ".blocked.{mac}.delete", (*call).unblock},
	}
	for i := range rows {
		handle := rows[i].handle
		rows[i].handle = func(c *call) error {
			switch master := c.cfg.DHCP.MasterTenant(); {
			case master == "":
				return provd.Errorf(provd.Unavailable, "the box does not know the master tenant yet; try again")
			case c.tenant != master:
				return provd.Errorf(provd.Denied, "the DHCP server is the master tenant's")
			}
			return handle(c)
		}
	}
	return rows
}

// revision names a state of the settings.
func revision(settings *document.Object) string {
	b, _ := document.Encode(settings) // what is in force was encoded before
	sum := sha256.Sum256(b)
	return `"` + hex.EncodeToString(sum[:8]) + `"`
}

// dhcpSettings returns the settings in force and tells the client their revision.
func (c *call) dhcpSettings() (settings *document.Object, stored bool) {
	settings, stored = c.cfg.DHCP.Settings()
	c.w.Header().Set(etagHeader, revision(settings))
	return settings, stored
}

// change changes the settings, unless they are others than the client knows.
func (c *call) change(edit func(settings *document.Object) (*document.Object, error)) ([]string, error) {
	force := c.r.URL.Query().Get("force")
	warnings, err := c.cfg.DHCP.Change(c.background(), force == "true" || force == "True", func(settings *document.Object) (*document.Object, error) {
		if !c.matches(revision(settings)) {
			return nil, &status{http.StatusPreconditionFailed, "the settings have changed meanwhile: read them again"}
		}
		return edit(settings)
	})
	if err != nil {
		return nil, err
	}
	c.dhcpSettings()
	return warnings, nil
}

// matches reports whether If-Match allows a change of that revision (RFC 9110
// 13.1.1).
func (c *call) matches(revision string) bool {
	wants := c.r.Header.Values(ifMatchHeader)
	for want := range strings.SplitSeq(strings.Join(wants, ","), ",") {
		if want = strings.TrimSpace(want); want == "*" || want == revision {
			return true
		}
	}
	return len(wants) == 0
}

// edit is change for an edit that works on the settings themselves.
func (c *call) edit(edit func(settings *document.Object) error) error {
	_, err := c.change(func(settings *document.Object) (*document.Object, error) {
		return settings, edit(settings)
	})
	return err
}

func (c *call) getDHCP() error {
	settings, stored := c.dhcpSettings()
	return c.answer(http.StatusOK, document.New("dhcp", settings, "stored", stored))
}

func (c *call) putDHCP() error {
	doc, err := c.object("dhcp")
	if err != nil {
		return err
	}
	return c.changed(func(*document.Object) (*document.Object, error) { return doc, nil })
}

func (c *call) deleteDHCP() error {
	return c.changed(func(*document.Object) (*document.Object, error) { return nil, nil })
}

// changed answers with the new settings and what the operator should know.
func (c *call) changed(edit func(*document.Object) (*document.Object, error)) error {
	warnings, err := c.change(edit)
	if err != nil {
		return err
	}
	settings, stored := c.dhcpSettings()
	list := []any{}
	for _, w := range warnings[:min(len(warnings), maxDHCPWarnings)] {
		list = append(list, w)
	}
	return c.answer(http.StatusOK, document.New("dhcp", settings, "stored", stored, "warnings", list))
}

func (c *call) dhcpStatus() error {
	return c.json(http.StatusOK, "status", c.cfg.DHCP.Status())
}

func (c *call) listLeases() error {
	q, err := c.query()
	if err != nil {
		return err
	}
	docs, err := q.Apply(c.cfg.DHCP.Leases())
	if err != nil {
		return &provd.Error{Code: provd.Invalid, Message: err.Error()}
	}
	return c.json(http.StatusOK, "leases", objects(docs))
}

// leased is the address that the path names.
func (c *call) leased() (netip.Addr, error) {
	ip, err := netip.ParseAddr(c.params["ip"])
	if err != nil || !ip.Is4() {
		return ip, provd.Errorf(provd.NotFound, "%q is not an IPv4 address", c.params["ip"])
	}
	return ip, nil
}

func (c *call) getLease() error {
	ip, err := c.leased()
	if err != nil {
		return err
	}
	for at, doc := range c.cfg.DHCP.Leases() {
		if at == ip.String() {
			return c.json(http.StatusOK, "lease", doc)
		}
	}
	return provd.Errorf(provd.NotFound, "no client has a lease of %s", ip)
}

func (c *call) deleteLease() error {
	ip, err := c.leased()
	if err != nil {
		return err
	}
	if err := c.cfg.DHCP.Forget(c.background(), ip); err != nil {
		return err
	}
	return c.noContent()
}

func (c *call) fixLease() error {
	ip, err := c.leased()
	if err != nil {
		return err
	}
	doc, err := c.cfg.DHCP.Fix(c.background(), ip)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, "reservation", doc)
}

func (c *call) getRules() error {
	settings, _ := c.dhcpSettings()
	return c.json(http.StatusOK, "rules", listIn(settings, "rules"))
}

func (c *call) putRules() error { return c.putList("rules") }

func (c *call) getBlocked() error {
	settings, _ := c.dhcpSettings()
	return c.json(http.StatusOK, "blocked", listIn(settings, "blocked"))
}

func (c *call) putBlocked() error { return c.putList("blocked") }

// putList replaces one list of the settings.
func (c *call) putList(name string) error {
	body, _ := c.body.(*document.Object)
	if v, _ := body.Get(name); !isList(v) {
		return provd.Errorf(provd.Invalid, `the body must be {%q: […]}`, name)
	}
	if err := c.edit(func(settings *document.Object) error {
		settings.Set(name, body.List(name))
		return nil
	}); err != nil {
		return err
	}
	return c.noContent()
}

func (c *call) block() error {
	return c.setBlocked(func(all []any, mac string) ([]any, error) {
		if indexMAC(all, mac) < 0 {
			all = append(all, mac)
		}
		return all, nil
	})
}

func (c *call) unblock() error {
	return c.setBlocked(func(all []any, mac string) ([]any, error) {
		// All of them: it may be there twice, written in two ways.
		kept := slices.DeleteFunc(slices.Clone(all), func(v any) bool { return indexMAC([]any{v}, mac) == 0 })
		if len(kept) == len(all) {
			return nil, provd.Errorf(provd.NotFound, "%s is not blocked", mac)
		}
		return kept, nil
	})
}

func (c *call) setBlocked(set func(all []any, mac string) ([]any, error)) error {
	if err := c.edit(func(settings *document.Object) error {
		all, err := set(listIn(settings, "blocked"), c.params["mac"])
		settings.Set("blocked", all)
		return err
	}); err != nil {
		return err
	}
	return c.noContent()
}
