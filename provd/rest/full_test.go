package rest_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"provbox/provd"
	"provbox/provd/rest"
)

// full is a server with every route there is.
type full struct {
	server
	rows    []rest.Row
	handler http.Handler
}

func newFull(t *testing.T) full {
	t.Helper()
	s := newOwnServer(t)
	s.Close()
	cfg := rest.Config{
		Auth: s.auth, Devices: s.manager, Configs: s.manager, Params: s.manager, Plugins: plugins{}, Observer: s.observed,
		Own:       &rest.Own{Files: s.manager, Bulks: s.manager, Renderings: s.manager, Journal: s.journal, Closing: s.closing},
		Installer: &installer{op: provd.NewOperation("install")}, Services: &services{op: provd.NewOperation("install_pkg")},
		Templates: templates{map[string]string{"common/a.tpl": "x"}}, Uplink: tunnel{}, DHCP: newDHCPServer(true),
	}
	close(s.closing) // streams end at once
	f := full{server: s.server, rows: rest.Table(cfg), handler: rest.New(cfg)}
	f.described = &described{}
	f.Server = httptest.NewServer(f.handler)
	t.Cleanup(f.Close)
	f.fill(t)
	return f
}

// bodies are requests' documents that are accepted, by row. Others take {}.
func bodies(device string) map[string]string {
	dev := fmt.Sprintf(`{"id":%q}`, device)
	all := map[string]string{
		"PUT /configure/{param_id}":                             `{"param":{"value":"1"}}`,
		"POST /dev_mgr/devices":                                 `{"device":{"mac":"00:15:65:01:02:03"}}`,
		"PUT /dev_mgr/devices/{device_id}":                      `{"device":{"plugin":"test","config":"c","mac":"00:15:65:00:00:77"}}`,
		"POST /dev_mgr/synchronize":                             dev,
		"POST /dev_mgr/reconfigure":                             dev,
		"POST /dev_mgr/dhcpinfo":                                `{"dhcp_info":{"op":"commit","ip":"10.0.0.5","mac":"00:15:65:AA:BB:CC","options":["06059.65"]}}`,
		"POST /cfg_mgr/configs":                                 `{"config":{"parent_ids":[],"raw_config":{}}}`,
		"PUT /cfg_mgr/configs/{config_id}":                      `{"config":{"parent_ids":[],"raw_config":{"X_a":1}}}`,
		"POST /pg_mgr/install/install":                          `{"id":"new"}`,
		"POST /pg_mgr/install/upgrade":                          `{"id":"old"}`,
		"POST /pg_mgr/install/uninstall":                        `{"id":"old"}`,
		"POST /pg_mgr/reload":                                   `{"id":"test"}`,
		"POST /pg_mgr/plugins/{plugin_id}/install/install":      `{"id":"fw"}`,
		"POST /pg_mgr/plugins/{plugin_id}/install/uninstall":    `{"id":"fw"}`,
		"PUT /pg_mgr/plugins/{plugin_id}/configure/{param_id}":  `{"param":{"value":"x"}}`,
		"PUT /pg_mgr/plugins/{package_id}/templates/{template}": `{"template":{"content":"x"}}`,
		"POST /dev_mgr/devices/{device_id}/preview":             `{"raw_config":{"X_v":"2"},"parent_ids":["parent"]}`,
		"POST /dev_mgr/bulk":                                    `{"action":"reconfigure","ids":["` + device + `"],"recurse":true}`,
		"PUT /pg_mgr/plugins/{plugin_id}/install/files/{file}":  `a file`,
	}
	maps.Copy(all, dhcpBodies())
	return all
}

// path fills in the names of a row. Operations are begun for it.
func (f full) path(t *testing.T, row rest.Row, device string) string {
	t.Helper()
	param := "NAT"
	if strings.HasPrefix(row.Path, "/pg_mgr") {
		param = "user"
	}
	path := strings.NewReplacer(
		"{device_id}", device, "{config_id}", "k"+device, "{plugin_id}", "wazo-x-3.3.1", "{package_id}", "broken-1.0",
		"{template}", "common%2Fa.tpl", "{file}", "f%20(1).rom", "{param_id}", param, "{rendering}", "1",
	).Replace(dhcpNames.Replace(row.Path))
	if row.Method == http.MethodDelete {
		path = strings.ReplaceAll(path, "f%20(1).rom", "f.rom")
	}
	for _, name := range []string{"/{oip}", "/{bulk}"} {
		collection, rest, ok := strings.Cut(path, name)
		if !ok {
			continue
		}
		template, _, _ := strings.Cut(row.Path, name)
		body := bodies("d.1")["POST "+template]
		if body == "" {
			body = `{}`
		}
		a := f.do(t, request{method: "POST", path: "/0.2" + collection, body: body})
		// Bulk changes that were begun before may still be under way.
		for end := time.Now().Add(2 * time.Minute); a.code == http.StatusServiceUnavailable && time.Now().Before(end); {
			time.Sleep(5 * time.Millisecond)
			a = f.do(t, request{method: "POST", path: "/0.2" + collection, body: body})
		}
		if a.code != http.StatusCreated {
			t.Fatalf("begin %s: %d %s", collection, a.code, a.body)
		}
		path = strings.TrimPrefix(a.header.Get("Location"), "/0.2") + rest
	}
	return "/0.2" + path
}

func (f full) request(t *testing.T, row rest.Row, device string) request {
	t.Helper()
	r := request{method: row.Method, path: f.path(t, row, device)}
	if row.Method == http.MethodPost || row.Method == http.MethodPut {
		if r.body = bodies(device)[row.Method+" "+row.Path]; r.body == "" {
			r.body = `{}`
		}
	}
	return r
}

// Everything that the table has is described, and nothing else.
func TestEveryRouteIsDescribed(t *testing.T) {
	t.Parallel()
	f := newFull(t)
	described := rest.Described()
	var want []string
	for _, row := range f.rows {
		if !described[row.Method+" "+row.Path] {
			t.Errorf("%s %s has no description", row.Method, row.Path)
		}
		delete(described, row.Method+" "+row.Path)
		want = append(want, row.Method+" /0.2"+row.Path)
	}
	for row := range described {
		t.Errorf("%q is described and is no row", row)
	}
	slices.Sort(want)
	if got := f.spec(t).Operations(); !slices.Equal(got, want) {
		t.Errorf("served: %v\nwant: %v", got, want)
	}
}

// Every row of the table (spec/rest.md section 4) is asked in every way that the
// order of section 1.1 tells apart; do checks each answer against the description.
func TestEveryRoute(t *testing.T) {
	t.Parallel()
	f := newFull(t)
	for i, row := range f.rows {
		t.Run(row.Method+" "+row.Path, func(t *testing.T) {
			device := fmt.Sprintf("e.%d", i)
			if a := f.do(t, request{method: "POST", path: "/0.2/dev_mgr/devices", body: fmt.Sprintf(`{"device":{"id":%q,"plugin":"test","config":"c"}}`, device)}); a.code != http.StatusCreated {
				t.Fatalf("%d %s", a.code, a.body)
			}
			if a := f.do(t, request{method: "POST", path: "/0.2/cfg_mgr/configs", body: fmt.Sprintf(`{"config":{"id":"k%s","parent_ids":[],"raw_config":{}}}`, device)}); a.code != http.StatusCreated {
				t.Fatalf("%d %s", a.code, a.body)
			}
			body := row.Method == http.MethodPost || row.Method == http.MethodPut
			file := strings.HasSuffix(row.Path, "{file}")
			try := func(name string, change func(*request), want ...int) answer {
				t.Helper()
				r := f.request(t, row, device)
				change(&r)
				a := f.do(t, r)
				if !slices.Contains(want, a.code) {
					t.Errorf("%s: %s %s: %d %s", name, r.method, r.path, a.code, a.body)
				}
				return a
			}
			if row.ACL != "" {
				try("1.1 without a token", func(r *request) { r.token = "none" }, 401)
				try("2.1 with a token that does not exist", func(r *request) { r.token = "stolen" }, 401)
				try("2.1 for a tenant that is not the token's", func(r *request) { r.token, r.tenant = "one", sub2 }, 401)
				try("2.1 d while wazo-auth is away", func(r *request) { r.token = "down" }, 503)
				if row.Method != http.MethodGet && !strings.HasSuffix(row.ACL, ".read") {
					try("2.1 c without the right", func(r *request) { r.token = "reader" }, 401)
				}
			}
			if body && !file {
				try("3 another content type", func(r *request) { r.header = map[string]string{"Content-Type": "application/json"} }, 415)
				try("3 no JSON", func(r *request) { r.body = "{" }, 400)
				try("1 too large", func(r *request) { r.body = `{"a":"` + strings.Repeat("a", 5<<20) + `"}` }, 413)
				if !strings.HasSuffix(row.Path, "/autocreate") && !strings.HasSuffix(row.Path, "/update") &&
					!strings.HasSuffix(row.Path, "/fix") && !strings.HasSuffix(row.Path, "/{mac}") {
					for _, wrong := range []string{`[]`, `null`, `{}`, `"x"`, `{"device":3,"config":[],"param":1,"id":{},"dhcp_info":0,"template":""}`} {
						try("3 without its wrapper: "+wrong, func(r *request) { r.body = wrong }, 400)
					}
				}
			}
			if row.Method == http.MethodGet && row.ACL != "" && row.Path != "/status" && !strings.HasSuffix(row.Path, "/events") {
				try("3 another Accept", func(r *request) { r.header = map[string]string{"Accept": "text/html"} }, 406)
				try("3 Accept among others", func(r *request) {
					r.header = map[string]string{"Accept": "text/html, application/*;q=0"}
				}, 200, 404)
			}
			codes := []int{200, 201, 204}
			if strings.HasSuffix(row.Path, "{rendering}") {
				codes = []int{404} // there is none; TestRenderings has one
			}
			a := try("with all that it takes", func(*request) {}, codes...)
			try("X-Script-Name", func(r *request) {
				r.path = "/prefix" + r.path
				r.header = map[string]string{"X-Script-Name": "/prefix"}
				r.token = "none"
			}, map[bool]int{true: 401, false: 200}[row.ACL != ""])
			if a.header.Get("Access-Control-Allow-Origin") != "*" || a.header.Get("Access-Control-Allow-Methods") != "GET, POST, PUT, DELETE, OPTIONS" ||
				a.header.Get("Access-Control-Allow-Headers") != "Origin, X-Requested-With, Accept, Content-Type, X-Auth-Token, Wazo-Tenant" ||
				a.header.Get("Access-Control-Allow-Credentials") != "false" || a.header.Get("Access-Control-Expose-Headers") != "Location" {
				t.Error("section 1, CORS: headers are missing")
			}
		})
	}
}
