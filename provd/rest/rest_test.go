package rest_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/provdtest"
	"provbox/provd/rest"
)

const (
	master = "eeeeeeee-eeee-eeee-eeee-eeeeeeeeeee1"
	sub1   = "eeeeeeee-eeee-eeee-eeee-eeeeeeeeeee2"
	sub2   = "eeeeeeee-eeee-eeee-eeee-eeeeeeeeeee3"
	prov   = "application/vnd.proformatique.provd+json"
)

// auth knows the tokens "root" (master tenant, everything), "one" (tenant
// sub1), "reader" (master, only *.read) and "down" (wazo-auth is away).
type auth struct {
	mu   sync.Mutex
	acls []string
}

func (a *auth) Tenant(_ context.Context, token, wanted string) (string, error) {
	own, ok := map[string]string{"root": master, "reader": master, "one": sub1}[token]
	switch {
	case token == "down":
		return "", provd.Errorf(provd.Unavailable, "wazo-auth cannot be reached")
	case !ok, wanted == "unknown", wanted != "" && own == sub1 && wanted != sub1:
		return "", provd.Errorf(provd.Denied, "no")
	case wanted != "":
		return wanted, nil
	}
	return own, nil
}

func (a *auth) Check(_ context.Context, token, acl, _ string) error {
	a.mu.Lock()
	a.acls = append(a.acls, acl)
	a.mu.Unlock()
	if token == "reader" && !strings.HasSuffix(acl, ".read") {
		return provd.Errorf(provd.Denied, "no")
	}
	return nil
}

func (a *auth) Tenants(_ context.Context, _, tenant string) ([]string, error) {
	if tenant == master {
		return []string{master, sub1, sub2}, nil
	}
	return nil, provd.Errorf(provd.Denied, "may not list tenants")
}

type observed struct{ requests []provd.Request }

func (o *observed) Observe(r provd.Request) { o.requests = append(o.requests, r) }

type plugins struct{}

func (plugins) IDs() []string { return []string{"test", "wazo-x-3.3.1"} }

func (p plugins) Info(id string) (*document.Object, bool) {
	if !slices.Contains(p.IDs(), id) {
		return nil, false
	}
	return document.New("version", "1.0", "description", "Test", "capabilities", document.New()), true
}

func (plugins) Failed() map[string]string {
	return map[string]string{"wazo-broken-1": "entry.py:3: ValueError: no"}
}

func (p plugins) Reload(_ context.Context, id string) error {
	if _, ok := p.Info(id); !ok {
		return provd.Errorf(provd.Invalid, "plugin %s is not installed", id)
	}
	return nil
}

type server struct {
	*httptest.Server
	manager  *provd.Manager
	plugin   *provdtest.Plugin
	auth     *auth
	observed *observed
	// described is nil for a server that answers one request.
	described *described
}

func newServer(t *testing.T) server {
	t.Helper()
	s := server{plugin: &provdtest.Plugin{}, auth: &auth{}, observed: &observed{}, described: &described{}}
	var err error
	s.manager, err = provd.NewManager(provd.ManagerConfig{
		Store: &provdtest.Store{}, Plugins: provdtest.Plugins{"test": s.plugin},
		BaseRawConfig: document.New("http_base_url", "http://box:8667"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.manager.SetMasterTenant(master); err != nil {
		t.Fatal(err)
	}
	h := rest.New(rest.Config{
		Auth: s.auth, Devices: s.manager, Configs: s.manager, Params: s.manager,
		Plugins: plugins{}, Observer: s.observed,
	})
	s.Server = httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

type request struct {
	method, path, token, tenant, body string
	header                            map[string]string
}

type answer struct {
	code   int
	body   string
	header http.Header
}

// send sends a request.
func (s server) send(t *testing.T, r request) answer {
	t.Helper()
	req, err := http.NewRequest(r.method, s.URL+r.path, strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	if r.token == "" {
		r.token = "root"
	}
	if r.token != "none" {
		req.Header.Set("X-Auth-Token", r.token)
	}
	if r.tenant != "" {
		req.Header.Set("Wazo-Tenant", r.tenant)
	}
	if r.method == "POST" || r.method == "PUT" {
		req.Header.Set("Content-Type", prov)
	}
	for k, v := range r.header {
		req.Header.Set(k, v)
	}
	resp, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, string(b), resp.Header}
}

// fill stores what the table's rows refer to.
func (s server) fill(t *testing.T) {
	t.Helper()
	for _, r := range []request{
		{method: "POST", path: "/0.2/cfg_mgr/configs", body: `{"config":{"id":"base","parent_ids":[],"deletable":false,"raw_config":{"ntp_ip":"10.0.0.1","locale":"fr_FR"}}}`},
		{method: "POST", path: "/0.2/cfg_mgr/configs", body: `{"config":{"id":"c.1","parent_ids":["base"],"raw_config":{"locale":"en_US","sip_lines":{"1":{"username":"é"}}}}}`},
		{method: "POST", path: "/0.2/cfg_mgr/configs", body: `{"config":{"id":"autoprov","role":"autocreate","parent_ids":["base"],"raw_config":{"sip_lines":{"1":{"username":"apabcdefgh"}}}}}`},
		{method: "POST", path: "/0.2/dev_mgr/devices", tenant: sub1, body: `{"device":{"id":"d.1","mac":"00:15:65:aa:bb:cc","plugin":"test","config":"c.1"}}`},
		{method: "POST", path: "/0.2/dev_mgr/devices", body: `{"device":{"id":"new","mac":"00:15:65:aa:bb:dd","ip":"10.0.0.9"}}`},
	} {
		if a := s.do(t, r); a.code != http.StatusCreated {
			t.Fatalf("%s: %d %s", r.path, a.code, a.body)
		}
	}
}

func TestContract(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		request
		code     int
		want     string // whole body, or a part of it between dots: …part…
		acl      string
		location string
	}{
		{"root", request{method: "GET", path: "/0.2"}, 200, `{"links":[{"rel":"dev","href":"/0.2/dev_mgr"},{"rel":"cfg","href":"/0.2/cfg_mgr"},{"rel":"pg","href":"/0.2/pg_mgr"},{"rel":"status","href":"/0.2/status"},{"rel":"srv.configure","href":"/0.2/configure"}]}`, "provd.read", ""},
		{"behind nginx", request{method: "GET", path: "/api/provd/0.2/status"}, 200, `{"bus_consumer":{"status":"fail"},"rest_api":"ok"}`, "provd.status.read", ""},
		{"status", request{method: "GET", path: "/0.2/status"}, 200, `{"bus_consumer":{"status":"fail"},"rest_api":"ok"}`, "provd.status.read", ""},
		{"params", request{method: "GET", path: "/0.2/configure"}, 200, `…"id":"NAT"…`, "provd.configure.read", ""},
		{"param", request{method: "GET", path: "/0.2/configure/NAT", tenant: sub1}, 200, `{"param":{"value":0}}`, "provd.configure." + sub1 + ".NAT.read", ""},
		{"unknown param", request{method: "GET", path: "/0.2/configure/x"}, 404, `No such resource`, "", ""},
		{"put param", request{method: "PUT", path: "/0.2/configure/NAT", body: `{"param":{"value":"1"}}`}, 204, ``, "provd.configure." + master + ".NAT.update", ""},
		{"put bad param", request{method: "PUT", path: "/0.2/configure/NAT", body: `{"param":{"value":1}}`}, 400, `1`, "", ""},
		{"put param without value", request{method: "PUT", path: "/0.2/configure/NAT", body: `{"param":null}`}, 400, `Wrong information in entity`, "", ""},

		{"dev_mgr", request{method: "GET", path: "/0.2/dev_mgr"}, 200, `…"rel":"dev.synchronize"…`, "provd.dev_mgr.read", ""},
		{"devices of the tenant", request{method: "GET", path: "/0.2/dev_mgr/devices?fields=id"}, 200, `{"devices":[{"id":"new"}]}`, "provd.dev_mgr.devices.read", ""},
		{"devices, recurse", request{method: "GET", path: "/0.2/dev_mgr/devices?fields=id&recurse=True"}, 200, `{"devices":[{"id":"d.1"},{"id":"new"}]}`, "", ""},
		{"recurse is exact", request{method: "GET", path: "/0.2/dev_mgr/devices?fields=id&recurse=TRUE"}, 200, `{"devices":[{"id":"new"}]}`, "", ""},
		{"devices by selector", request{method: "GET", path: "/0.2/dev_mgr/devices?recurse=true&fields=id&q=" + url.QueryEscape(`{"mac":"00:15:65:aa:bb:cc"}`)}, 200, `{"devices":[{"id":"d.1"}]}`, "", ""},
		{"sort and limit", request{method: "GET", path: "/0.2/dev_mgr/devices?recurse=true&fields=id&sort=mac&sort_ord=DESC&limit=1"}, 200, `{"devices":[{"id":"new"}]}`, "", ""},
		{"bad selector", request{method: "GET", path: "/0.2/dev_mgr/devices?q=" + url.QueryEscape(`{"mac":{"$in":3}}`)}, 400, ``, "", ""},
		{"create device", request{method: "POST", path: "/0.2/dev_mgr/devices", body: `{"device":{"id":"x y"}}`}, 201, `{"id":"x y"}`, "provd.dev_mgr.devices.create", "/0.2/dev_mgr/devices/x%20y"},
		{"create device twice", request{method: "POST", path: "/0.2/dev_mgr/devices", body: `{"device":{"id":"new"}}`}, 400, `new`, "", ""},
		{"create with bad mac", request{method: "POST", path: "/0.2/dev_mgr/devices", body: `{"device":{"mac":"AA"}}`}, 400, `…Non-normalized MAC address 'AA'…`, "", ""},
		{"create without wrapper", request{method: "POST", path: "/0.2/dev_mgr/devices", body: `{}`}, 400, `missing "device" in the body`, "", ""},
		{"create from a list", request{method: "POST", path: "/0.2/dev_mgr/devices", body: `[]`}, 400, ``, "", ""},
		{"create from text", request{method: "POST", path: "/0.2/dev_mgr/devices", body: `{"device":"x"}`}, 400, `"device" must be an object`, "", ""},
		{"bad JSON", request{method: "POST", path: "/0.2/dev_mgr/devices", body: `{`}, 400, `…Invalid JSON document: …`, "", ""},
		{"device", request{method: "GET", path: "/0.2/dev_mgr/devices/d.1"}, 200, `…"configured":true…`, "provd.dev_mgr.devices.d_1.read", ""},
		{"unknown device", request{method: "GET", path: "/0.2/dev_mgr/devices/nope"}, 404, `No such resource`, "", ""},
		{"device of another tenant", request{method: "GET", path: "/0.2/dev_mgr/devices/new", token: "one"}, 404, `No such resource`, "", ""},
		{"put device", request{method: "PUT", path: "/0.2/dev_mgr/devices/new", token: "one", body: `{"device":{"mac":"00:15:65:aa:bb:dd"}}`}, 204, ``, "provd.dev_mgr.devices.new.update", ""},
		{"put unknown device", request{method: "PUT", path: "/0.2/dev_mgr/devices/nope", body: `{"device":{}}`}, 404, `No such resource`, "", ""},
		{"put bad device", request{method: "PUT", path: "/0.2/dev_mgr/devices/d.1", body: `{"device":{"ip":"x"}}`}, 400, `…Non-normalized IP address 'x'…`, "", ""},
		{"delete device", request{method: "DELETE", path: "/0.2/dev_mgr/devices/d.1"}, 204, ``, "provd.dev_mgr.devices.d_1.delete", ""},
		{"delete foreign device", request{method: "DELETE", path: "/0.2/dev_mgr/devices/new", token: "one"}, 404, `No such resource`, "", ""},
		{"synchronize", request{method: "POST", path: "/0.2/dev_mgr/synchronize", body: `{"id":"d.1"}`}, 201, ``, "provd.dev_mgr.synchronize.create", "/0.2/dev_mgr/synchronize/1"},
		{"synchronize nothing", request{method: "POST", path: "/0.2/dev_mgr/synchronize", body: `{}`}, 400, `Missing "id" key`, "", ""},
		{"synchronize unknown", request{method: "POST", path: "/0.2/dev_mgr/synchronize", body: `{"id":"nope"}`}, 404, `No such resource`, "", ""},
		{"unknown operation", request{method: "GET", path: "/0.2/dev_mgr/synchronize/77", token: "none"}, 404, `…Sorry. No luck finding that resource.…`, "", ""},
		{"reconfigure", request{method: "POST", path: "/0.2/dev_mgr/reconfigure", body: `{"id":"new"}`}, 204, ``, "provd.dev_mgr.reconfigure.create", ""},
		{"reconfigure unknown", request{method: "POST", path: "/0.2/dev_mgr/reconfigure", body: `{"id":"nope"}`}, 400, `invalid device ID "nope"`, "", ""},
		{"reconfigure foreign", request{method: "POST", path: "/0.2/dev_mgr/reconfigure", token: "one", body: `{"id":"new"}`}, 400, `Tenant invalid for device`, "", ""},

		{"cfg_mgr", request{method: "GET", path: "/0.2/cfg_mgr"}, 200, `{"links":[{"rel":"cfg.configs","href":"/0.2/cfg_mgr/configs"},{"rel":"cfg.autocreate","href":"/0.2/cfg_mgr/autocreate"}]}`, "provd.cfg_mgr.read", ""},
		{"configs", request{method: "GET", path: "/0.2/cfg_mgr/configs?fields=id,parent_ids&sort=id"}, 200, `{"configs":[{"id":"autoprov","parent_ids":["base"]},{"id":"base","parent_ids":[]},{"id":"c.1","parent_ids":["base"]}]}`, "provd.cfg_mgr.configs.read", ""},
		{"config", request{method: "GET", path: "/0.2/cfg_mgr/configs/c.1"}, 200, `{"config":{"id":"c.1","parent_ids":["base"],"raw_config":{"locale":"en_US","sip_lines":{"1":{"username":"\u00e9"}}}}}`, "provd.cfg_mgr.configs.c_1.read", ""},
		{"raw config", request{method: "GET", path: "/0.2/cfg_mgr/configs/c.1/raw"}, 200, `{"raw_config":{"http_base_url":"http://box:8667","ntp_ip":"10.0.0.1","locale":"en_US","sip_lines":{"1":{"username":"\u00e9"}}}}`, "provd.cfg_mgr.configs.c_1.raw.read", ""},
		{"unknown raw config", request{method: "GET", path: "/0.2/cfg_mgr/configs/nope/raw"}, 404, `No such resource`, "", ""},
		{"create config", request{method: "POST", path: "/0.2/cfg_mgr/configs", body: `{"config":{"id":"n","parent_ids":[],"raw_config":{}}}`}, 201, `{"id":"n"}`, "provd.cfg_mgr.configs.create", "/0.2/cfg_mgr/configs/n"},
		{"create config twice", request{method: "POST", path: "/0.2/cfg_mgr/configs", body: `{"config":{"id":"base","parent_ids":[],"raw_config":{}}}`}, 400, `base`, "", ""},
		{"create config without parents", request{method: "POST", path: "/0.2/cfg_mgr/configs", body: `{"config":{"raw_config":{}}}`}, 400, `…missing "parent_ids" field in config…`, "", ""},
		{"put config", request{method: "PUT", path: "/0.2/cfg_mgr/configs/c.1", body: `{"config":{"parent_ids":[],"raw_config":{}}}`}, 204, ``, "provd.cfg_mgr.configs.c_1.update", ""},
		{"put unknown config", request{method: "PUT", path: "/0.2/cfg_mgr/configs/nope", body: `{"config":{"parent_ids":[],"raw_config":{}}}`}, 404, `No such resource`, "", ""},
		{"put bad config", request{method: "PUT", path: "/0.2/cfg_mgr/configs/c.1", body: `{"config":{"parent_ids":[],"raw_config":{"http_port":"x"}}}`}, 400, `…http_port…`, "", ""},
		{"delete config", request{method: "DELETE", path: "/0.2/cfg_mgr/configs/c.1"}, 204, ``, "provd.cfg_mgr.configs.c_1.delete", ""},
		{"delete undeletable", request{method: "DELETE", path: "/0.2/cfg_mgr/configs/base"}, 403, `The document base is not deletable`, "", ""},
		{"delete unknown config", request{method: "DELETE", path: "/0.2/cfg_mgr/configs/nope"}, 404, `No such resource`, "", ""},
		{"autocreate", request{method: "POST", path: "/0.2/cfg_mgr/autocreate", body: `{}`}, 201, `…{"id":"autoprov…`, "provd.cfg_mgr.autocreate.create", ""},

		{"pg_mgr", request{method: "GET", path: "/0.2/pg_mgr"}, 200, `…pg.plugins…`, "provd.pg_mgr.read", ""},
		{"plugins", request{method: "GET", path: "/0.2/pg_mgr/plugins"}, 200, `…"wazo-x-3.3.1":{"links":[{"rel":"pg.plugin","href":"/0.2/pg_mgr/plugins/wazo-x-3.3.1"}]}…`, "provd.pg_mgr.plugins.read", ""},
		{"plugin", request{method: "GET", path: "/0.2/pg_mgr/plugins/wazo-x-3.3.1"}, 200, `{"links":[{"rel":"pg.info","href":"/0.2/pg_mgr/plugins/wazo-x-3.3.1/info"}]}`, "provd.pg_mgr.plugins.wazo-x-3_3_1.read", ""},
		{"plugin info", request{method: "GET", path: "/0.2/pg_mgr/plugins/test/info"}, 200, `{"plugin_info":{"version":"1.0","description":"Test","capabilities":{}}}`, "provd.pg_mgr.plugins.test.info.read", ""},
		{"plugins that failed", request{method: "GET", path: "/0.2/pg_mgr/plugins"}, 200, `…,"X_provbox_failed":{"wazo-broken-1":{"error":"entry.py:3: ValueError: no"}}}…`, "", ""},
		{"unknown plugin", request{method: "GET", path: "/0.2/pg_mgr/plugins/nope", token: "none"}, 404, `…No luck…`, "", ""},
		{"reload", request{method: "POST", path: "/0.2/pg_mgr/reload", body: `{"id":"test"}`}, 204, ``, "provd.pg_mgr.reload.create", ""},
		{"reload unknown", request{method: "POST", path: "/0.2/pg_mgr/reload", body: `{"id":"nope"}`}, 400, `plugin nope is not installed`, "", ""},

		{"no token", request{method: "GET", path: "/0.2/dev_mgr/devices", token: "none"}, 401, `Unauthorized`, "", ""},
		{"unknown token", request{method: "GET", path: "/0.2/dev_mgr/devices", token: "stolen"}, 401, `Unauthorized`, "", ""},
		{"tenant not the token's", request{method: "GET", path: "/0.2/dev_mgr/devices", token: "one", tenant: sub2}, 401, `Unauthorized`, "", ""},
		{"right missing", request{method: "DELETE", path: "/0.2/dev_mgr/devices/new", token: "reader"}, 401, `Unauthorized`, "", ""},
		{"wazo-auth away", request{method: "GET", path: "/0.2/dev_mgr/devices", token: "down"}, 503, `wazo-auth cannot be reached`, "", ""},
		{"unknown path", request{method: "GET", path: "/0.2/nope", token: "none"}, 404, `…404 - No Such Resource…`, "", ""},
		{"above the root", request{method: "GET", path: "/", token: "none"}, 404, ``, "", ""},
		{"older version", request{method: "GET", path: "/0.1/dev_mgr/devices"}, 404, ``, "", ""},
		{"trailing slash", request{method: "GET", path: "/0.2/dev_mgr/"}, 404, ``, "", ""},
		{"slash in an id", request{method: "GET", path: "/0.2/dev_mgr/devices/a%2Fb"}, 404, `No such resource`, "provd.dev_mgr.devices.a/b.read", ""},
		{"method missing", request{method: "POST", path: "/0.2/status", token: "none", body: `{}`}, 405, ``, "", ""},
		{"other method missing", request{method: "PUT", path: "/0.2/dev_mgr/devices", token: "none", body: `{}`}, 501, ``, "", ""},
		{"options", request{method: "OPTIONS", path: "/nope", token: "none"}, 200, ``, "", ""},
		{"content type", request{method: "POST", path: "/0.2/dev_mgr/devices", body: `{}`, header: map[string]string{"Content-Type": "application/json"}}, 415, `Entity must be in media type "` + prov + `".`, "", ""},
		{"content type with charset", request{method: "POST", path: "/0.2/dev_mgr/devices", body: `{"device":{"id":"cs"}}`, header: map[string]string{"Content-Type": prov + "; charset=utf-8"}}, 201, `{"id":"cs"}`, "", ""},
		{"accept", request{method: "GET", path: "/0.2/dev_mgr/devices", header: map[string]string{"Accept": "text/html"}}, 406, `You must accept the "` + prov + `" MIME type.`, "", ""},
		{"accept anything", request{method: "GET", path: "/0.2/dev_mgr", header: map[string]string{"Accept": "text/html, */*;q=0.1"}}, 200, `…links…`, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			s.fill(t)
			a := s.do(t, tt.request)
			if a.code != tt.code {
				t.Fatalf("got %d %s", a.code, a.body)
			}
			if part, ok := strings.CutPrefix(tt.want, "…"); ok {
				if !strings.Contains(a.body, strings.TrimSuffix(part, "…")) {
					t.Errorf("no %q in %s", part, a.body)
				}
			} else if tt.want != "" || tt.code == 204 {
				if diff := cmp.Diff(tt.want, a.body); diff != "" {
					t.Error(diff)
				}
			}
			if tt.acl != "" && !slices.Contains(s.auth.acls, tt.acl) {
				t.Errorf("checked %q, not %q", s.auth.acls[len(s.auth.acls)-1], tt.acl)
			}
			if tt.location != "" && a.header.Get("Location") != tt.location {
				t.Errorf("location %q", a.header.Get("Location"))
			}
			if tt.code == 200 && tt.method == "GET" && a.header.Get("Content-Type") != prov {
				t.Errorf("content type %q", a.header.Get("Content-Type"))
			}
			if a.header.Get("Access-Control-Allow-Origin") != "*" || a.header.Get("Access-Control-Expose-Headers") != "Location" {
				t.Error("no CORS headers")
			}
		})
	}
}

func TestHead(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	if a := s.do(t, request{method: "HEAD", path: "/0.2/status"}); a.code != 200 || a.body != "" {
		t.Errorf("got %d %q", a.code, a.body)
	}
	a := s.do(t, request{method: "HEAD", path: "/0.2/dev_mgr/synchronize"})
	if a.code != 405 || a.header.Get("Allow") != "POST" {
		t.Errorf("got %d, allow %q", a.code, a.header.Get("Allow"))
	}
}

func TestOperationLife(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.plugin.Wait = make(chan struct{})
	s.fill(t)
	loc := s.do(t, request{method: "POST", path: "/0.2/dev_mgr/synchronize", body: `{"id":"d.1"}`}).header.Get("Location")
	if a := s.do(t, request{method: "GET", path: loc}); a.body != `{"status":"progress"}` {
		t.Errorf("while it runs: %s", a.body)
	}
	s.plugin.Wait <- struct{}{}
	for s.do(t, request{method: "GET", path: loc}).body != `{"status":"success"}` {
	}
	if a := s.do(t, request{method: "DELETE", path: loc}); a.code != 204 {
		t.Errorf("delete: %d", a.code)
	}
	if a := s.do(t, request{method: "GET", path: loc}); a.code != 404 {
		t.Errorf("after delete: %d", a.code)
	}
}

func TestOperationsAreBounded(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.fill(t)
	for range 600 {
		if a := s.do(t, request{method: "POST", path: "/0.2/dev_mgr/synchronize", body: `{"id":"new"}`}); a.code != 201 {
			t.Fatalf("got %d", a.code)
		}
	}
	if a := s.do(t, request{method: "GET", path: "/0.2/dev_mgr/synchronize/1"}); a.code != 404 {
		t.Errorf("the oldest: %d", a.code)
	}
	if a := s.do(t, request{method: "GET", path: "/0.2/dev_mgr/synchronize/600"}); a.body != `{"status":"fail"}` {
		t.Errorf("the newest: %d %s", a.code, a.body)
	}
}

func TestLargeBodyIsRefused(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	a := s.do(t, request{method: "POST", path: "/0.2/cfg_mgr/configs", body: `{"config":"` + strings.Repeat("x", 5<<20) + `"}`})
	if a.code != http.StatusRequestEntityTooLarge {
		t.Errorf("got %d %s", a.code, a.body)
	}
}
