package provd

import (
	"context"
	"net"
	"net/url"
	"regexp"
	"strings"

	"provbox/provd/document"
)

// Param is one of the service's parameters as clients see it.
type Param struct {
	ID          string
	Description string // in the service's locale
	Value       any    // a document value
}

// param is how one parameter is described, checked and shown.
type param struct {
	id, en, fr string
	// check refuses a value, nil is never given to it.
	check func(v any) error
	// show turns the stored value into the one that GET answers; nil shows it
	// as it is.
	show func(v any) any
}

// params in the order in which they are listed (spec/rest.md section 12).
// provisioning_key, one per tenant, is handled apart.
var params = [...]param{
	{id: "plugin_server", en: "The plugins repository URL", fr: "L'URL du dépôt de plugins", check: checkServer},
	{id: "http_proxy", en: "The proxy for HTTP requests, scheme://host[:port]", fr: "Le proxy des requêtes HTTP, scheme://hôte[:port]", check: checkProxy},
	{id: "ftp_proxy", en: "The proxy for FTP requests, scheme://host[:port]", fr: "Le proxy des requêtes FTP, scheme://hôte[:port]", check: checkProxy},
	{id: "https_proxy", en: "The proxy for HTTPS requests, host:port", fr: "Le proxy des requêtes HTTPS, hôte:port", check: checkHTTPSProxy},
	{id: "locale", en: "The locale of descriptions, e.g. fr_FR", fr: "La langue des descriptions, p. ex. fr_FR", check: checkLocale, show: emptyIsNull},
	{id: "NAT", en: "Set to 1 if all the devices are behind a NAT", fr: "Mettre à 1 si tous les terminaux sont derrière un NAT", check: checkNAT, show: showNAT},
}

const provisioningKey = "provisioning_key"

// tenantParams holds what belongs to each tenant, under the name that
// wazo-provd's app.json has for it: {tenant: {"provisioning_key": key}}.
const tenantParams = "tenants"

// Params returns the parameters in their fixed order, the provisioning key as
// the given tenant has it.
func (m *Manager) Params(_ context.Context, tenant string) (list []Param, err error) {
	err = m.cfg.Store.View(func(tx Tx) error {
		for _, p := range params {
			list = append(list, m.param(tx, p))
		}
		list = append(list, keyParam(tx, tenant))
		return nil
	})
	return list, err
}

// Param returns one parameter, or an *Error with NotFound.
func (m *Manager) Param(_ context.Context, tenant, id string) (found Param, err error) {
	err = m.cfg.Store.View(func(tx Tx) error {
		if id == provisioningKey {
			found = keyParam(tx, tenant)
			return nil
		}
		if id == tenantParams && tenant == m.MasterTenant() {
			found = Param{ID: id, Description: "The settings of every tenant", Value: tenants(tx)}
			return nil
		}
		for _, p := range params {
			if p.id == id {
				found = m.param(tx, p)
				return nil
			}
		}
		return noSuchResource()
	})
	return found, err
}

// SetParam checks and stores a parameter; nil unsets it. The devices of a
// tenant whose provisioning key changes are rendered again, for their URLs hold
// it.
func (m *Manager) SetParam(ctx context.Context, tenant, id string, value any) error {
	if id == provisioningKey {
		return m.setKey(ctx, tenant, value)
	}
	if id == tenantParams && tenant == m.MasterTenant() {
		return m.setTenants(ctx, value)
	}
	for _, p := range params {
		if p.id != id {
			continue
		}
		if value != nil {
			if err := p.check(value); err != nil {
				return err
			}
		}
		return m.cfg.Store.Update(func(tx Tx) error {
			return tx.Params().Put(id, document.New("value", value))
		})
	}
	return noSuchResource()
}

// NAT reports whether several devices may share one address (spec/ident.md
// section 7).
func NAT(tx Tx) bool { return stored(tx, "NAT") == any("1") }

func stored(tx Tx, id string) any {
	doc, err := tx.Params().Get(id)
	if err != nil {
		return nil
	}
	v, _ := doc.Get("value")
	return v
}

func (m *Manager) param(tx Tx, p param) Param {
	v := stored(tx, p.id)
	if p.id == "plugin_server" && v == nil && m.cfg.PluginServer != "" {
		v = m.cfg.PluginServer
	}
	if p.show != nil {
		v = p.show(v)
	}
	return Param{ID: p.id, Description: describe(tx, p.en, p.fr), Value: v}
}

func describe(tx Tx, en, fr string) string {
	if locale, _ := stored(tx, "locale").(string); strings.HasPrefix(locale, "fr") {
		return fr
	}
	return en
}

func keyParam(tx Tx, tenant string) Param {
	p := Param{ID: provisioningKey, Description: describe(tx, "The provisioning key of the tenant, part of its phones' URLs", "La clé de provisionnement du tenant, dans l'URL de ses terminaux")}
	if key := tenantKey(tx, tenant); key != "" {
		p.Value = key
	}
	return p
}

func tenants(tx Tx) *document.Object {
	o, _ := stored(tx, tenantParams).(*document.Object)
	if o == nil {
		return document.New()
	}
	return o
}

// tenantKey returns a tenant's provisioning key, or "".
func tenantKey(tx Tx, tenant string) string {
	return tenants(tx).Object(tenant).String(provisioningKey)
}

// KeyOfTenant returns a tenant's provisioning key, or "".
func KeyOfTenant(tx Tx, tenant string) string { return tenantKey(tx, tenant) }

// TenantOfKey returns the tenant that a provisioning key belongs to, or "".
func TenantOfKey(tx Tx, key string) string {
	if key == "" {
		return ""
	}
	for tenant, v := range tenants(tx).All() {
		if o, ok := v.(*document.Object); ok && o.String(provisioningKey) == key {
			return tenant
		}
	}
	return ""
}

var keyPattern = regexp.MustCompile(`^[a-zA-Z0-9\-$~.]*$`)

func (m *Manager) setKey(ctx context.Context, tenant string, value any) error {
	key, err := checkKey(value)
	if err != nil {
		return err
	}
	return m.Change(ctx, func(c *Change) error {
		if other := TenantOfKey(c, key); other != "" && other != tenant {
			return Errorf(Invalid, "another tenant already uses this provisioning key.")
		}
		all := tenants(c)
		if old := all.Object(tenant).String(provisioningKey); old == key {
			return nil
		}
		all.Set(tenant, document.New(provisioningKey, value))
		if m.cfg.URLKey {
			for id := range c.Devices().Find("tenant_uuid", tenant) {
				c.stale[id] = struct{}{}
			}
		}
		return c.Params().Put(tenantParams, document.New("value", all))
	})
}

// checkKey returns a provisioning key, "" for null.
func checkKey(value any) (key string, err error) {
	key, ok := value.(string)
	switch {
	case value == nil:
		return "", nil
	case !ok:
		return "", Errorf(Invalid, "`provisioning_key` should be a string or null.")
	case len(key) < 8 || len(key) > 256:
		return "", Errorf(Invalid, "`provisioning_key` should be [8, 256] characters long.")
	case !keyPattern.MatchString(key):
		return "", Errorf(Invalid, "`provisioning_key` should only contain the following characters: `a-z, A-Z, 0-9, -, $, ~, .`")
	}
	return key, nil
}

// setTenants replaces the settings of all tenants. Only the master tenant has this
// parameter, for it holds everybody's keys; wazo-provd gives it to all and takes
// anything (spec/rest.md section 12).
func (m *Manager) setTenants(ctx context.Context, value any) error {
	all, ok := value.(*document.Object)
	if value == nil {
		all, ok = document.New(), true
	}
	if !ok {
		return Errorf(Invalid, `tenants: want {tenant: {"provisioning_key": key}} or null`)
	}
	owner := make(map[string]string)
	for tenant, v := range all.All() {
		settings, ok := v.(*document.Object)
		if !ok {
			return Errorf(Invalid, `tenants: %s: want {"provisioning_key": key}`, quote(tenant))
		}
		v, _ := settings.Get(provisioningKey)
		key, err := checkKey(v)
		if err != nil {
			return Errorf(Invalid, "tenants: %s: %v", quote(tenant), err)
		}
		if other, taken := owner[key]; taken && key != "" {
			return Errorf(Invalid, "tenants: %s and %s have the same provisioning key.", quote(other), quote(tenant))
		}
		owner[key] = tenant
	}
	return m.Change(ctx, func(c *Change) error {
		before := tenants(c)
		if m.cfg.URLKey {
			for _, tenant := range append(before.Keys(), all.Keys()...) {
				if before.Object(tenant).String(provisioningKey) == all.Object(tenant).String(provisioningKey) {
					continue
				}
				for id := range c.Devices().Find("tenant_uuid", tenant) {
					c.stale[id] = struct{}{}
				}
			}
		}
		return c.Params().Put(tenantParams, document.New("value", all))
	})
}

func text(v any) (string, error) {
	s, ok := v.(string)
	if !ok {
		return "", Errorf(Invalid, "want a string or null")
	}
	return s, nil
}

func checkServer(v any) error {
	s, err := text(v)
	if err != nil {
		return err
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme == "":
		return Errorf(Invalid, "no scheme: %s", s)
	case u.Hostname() == "":
		return Errorf(Invalid, "no hostname: %s", s)
	}
	return nil
}

func checkProxy(v any) error {
	s, err := text(v)
	if err != nil {
		return err
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme == "" || u.Host == "":
		return Errorf(Invalid, "No scheme: %s", s)
	case u.Path != "":
		return Errorf(Invalid, "Path: %s", u.Path)
	}
	return nil
}

func checkHTTPSProxy(v any) error {
	s, err := text(v)
	if err != nil {
		return err
	}
	if s == "" {
		return Errorf(Invalid, "zero-length value")
	}
	if strings.Contains(s, "://") {
		return Errorf(Invalid, "scheme and hostname: %s", s)
	}
	if _, _, err := net.SplitHostPort(s); err != nil {
		return Errorf(Invalid, "want host:port: %s", s)
	}
	return nil
}

var localePattern = regexp.MustCompile(`^[a-z]{2,3}(?:_[A-Z]{2,3})?$`)

func checkLocale(v any) error {
	s, err := text(v)
	if err != nil {
		return err
	}
	if s != "" && !localePattern.MatchString(s) {
		return Errorf(Invalid, "Invalid locale %s", s)
	}
	return nil
}

func checkNAT(v any) error {
	if v == any("0") || v == any("1") {
		return nil
	}
	// The text of the value is the answer; booleans are written as clients know
	// them from wazo-provd.
	switch v {
	case true:
		return Errorf(Invalid, "True")
	case false:
		return Errorf(Invalid, "False")
	}
	b, err := document.Encode(v)
	if err != nil {
		return err
	}
	return Errorf(Invalid, "%s", strings.Trim(string(b), `"`))
}

func emptyIsNull(v any) any {
	if v == any("") {
		return nil
	}
	return v
}

func showNAT(v any) any {
	if v == any("1") {
		return document.Number(1)
	}
	return document.Number(0)
}
