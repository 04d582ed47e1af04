package appliance_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/appliance/central"
	"provbox/appliance/central/centraltest"
)

// What a REST call asks wazo-auth, in which order, and what its answers come to
// (spec/rest.md section 2.1).
func TestRESTAsksAuth(t *testing.T) {
	t.Parallel()
	c := newCentre(t)
	c.stack.AddToken("sub", centraltest.Token{Tenant: centraltest.Sub1, ACLs: []string{"provd.#"}})
	c.stack.AddToken("reader", centraltest.Token{Tenant: centraltest.Master, ACLs: []string{"provd.#.read", "!provd.status.read"}})
	app := c.run("auth: {", "auth: {token_cache: 0s, ")
	c.devices(app, 0)
	until(t, "the box's token", func() bool {
		return slices.ContainsFunc(app.Centre(), func(s central.Status) bool { return s.Name == "wazo-auth login" && s.Up })
	})
	const devices, sub1, sub2 = "/0.2/dev_mgr/devices", centraltest.Sub1, centraltest.Sub2
	scope := "?scope=provd.dev_mgr.devices.read"
	tests := []struct {
		name, token, tenant, path string
		status                    int
		calls                     []string
	}{
		{name: "no token", path: devices, status: 401},
		{name: "own tenant", token: "sub", path: devices, status: 200, calls: []string{"GET /0.1/token/sub", "HEAD /0.1/token/sub" + scope}},
		{name: "named tenant", token: "root", tenant: sub2, path: devices, status: 200, calls: []string{
			"HEAD /0.1/token/root?tenant=" + sub2, "HEAD /0.1/token/root" + scope + "&tenant=" + sub2,
		}},
		{name: "recurse", token: "root", path: devices + "?recurse=True", status: 200, calls: []string{
			"GET /0.1/token/root", "HEAD /0.1/token/root" + scope, "GET /0.1/tenants",
		}},
		{name: "recurse spelt otherwise", token: "root", path: devices + "?recurse=1", status: 200, calls: []string{
			"GET /0.1/token/root", "HEAD /0.1/token/root" + scope,
		}},
		{name: "recurse without the right to list tenants", token: "sub", path: devices + "?recurse=true", status: 200, calls: []string{
			"GET /0.1/token/sub", "HEAD /0.1/token/sub" + scope, "GET /0.1/tenants",
		}},
		{name: "unknown token", token: "nobody", path: devices, status: 401, calls: []string{"GET /0.1/token/nobody"}},
		{name: "foreign tenant", token: "sub", tenant: sub2, path: devices, status: 401, calls: []string{"HEAD /0.1/token/sub?tenant=" + sub2}},
		{name: "tenant that does not exist", token: "root", tenant: "x", path: devices, status: 401, calls: []string{"HEAD /0.1/token/root?tenant=x"}},
		{name: "not granted", token: "reader", path: "/0.2/status", status: 401, calls: []string{
			"GET /0.1/token/reader", "HEAD /0.1/token/reader?scope=provd.status.read",
		}},
		{name: "tenant in the ACL", token: "sub", path: "/0.2/configure/NAT", status: 200, calls: []string{
			"GET /0.1/token/sub", "HEAD /0.1/token/sub?scope=provd.configure." + sub1 + ".NAT.read",
		}},
		{name: "one device", token: "sub", path: devices + "/a.b", status: 404, calls: []string{
			"GET /0.1/token/sub", "HEAD /0.1/token/sub?scope=provd.dev_mgr.devices.a_b.read", "GET /0.1/tenants",
		}},
		{name: "unknown path", token: "root", path: "/0.2/nothing", status: 404},
		{name: "path in the token", token: "../tenants", path: devices, status: 401},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				c.stack.Calls()
				req, err := http.NewRequest(method, "http://"+app.REST().String()+tt.path, nil)
				if err != nil {
					t.Fatal(err)
				}
				for name, value := range map[string]string{"X-Auth-Token": tt.token, "Wazo-Tenant": tt.tenant} {
					if value != "" {
						req.Header.Set(name, value)
					}
				}
				resp, err := http.DefaultClient.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				_ = resp.Body.Close()
				if diff := cmp.Diff(tt.calls, c.stack.Calls()); diff != "" || resp.StatusCode != tt.status {
					t.Errorf("%s is answered %d, want %d\n%s", method, resp.StatusCode, tt.status, diff)
				}
			}
		})
	}
	if text := strings.Join(c.stack.Calls(), " "); text != "" {
		t.Errorf("asked later: %s", text)
	}
}
