package rest_test

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/rest"
)

const dhcpStart = `{"mode":"server","interfaces":[{"name":"eth0","subnets":[{"subnet":"10.0.0.0/24","pools":[{"start":"10.0.0.50","end":"10.0.0.99"}],` +
	`"reservations":[{"mac":"00:15:65:AA:BB:CC","ip":"10.0.0.7"},{"client_id":"FF01","ip":"10.0.0.8"}]}]},` +
	`{"name":"eth1","subnets":[{"subnet":"10.0.1.0/24","reservations":[{"mac":"00-15-65-11-11-11","ip":"10.0.1.7"}]}]}],"rules":[{"name":"a"}],"blocked":["00:15:65:00:00:66"]}`

// dhcpServer keeps settings in memory and takes them all; with reset it forgets each
// change at once.
type dhcpServer struct {
	now    *document.Object
	reset  bool
	stored bool
	master string
}

func newDHCPServer(reset bool) *dhcpServer {
	doc, err := document.Decode([]byte(dhcpStart))
	if err != nil {
		panic(err)
	}
	return &dhcpServer{now: doc, reset: reset, master: master}
}

func (d *dhcpServer) MasterTenant() string               { return d.master }
func (d *dhcpServer) Settings() (*document.Object, bool) { return d.now.Clone(), d.stored }
func (d *dhcpServer) Status() *document.Object {
	return document.New("mode", "server", "stored", d.stored)
}
func (d *dhcpServer) Forget(context.Context, netip.Addr) error { return nil }

func (d *dhcpServer) Change(_ context.Context, force bool, edit func(*document.Object) (*document.Object, error)) ([]string, error) {
	doc, err := edit(d.now.Clone())
	if err != nil {
		return nil, err
	}
	if !d.reset {
		d.now, d.stored = doc, true
	}
	if force {
		return nil, nil
	}
	return []string{"there is another one"}, nil
}

func (d *dhcpServer) Interfaces() (map[string][]netip.Prefix, error) {
	return map[string][]netip.Prefix{
		"eth0": {netip.MustParsePrefix("10.0.0.1/24")}, "eth1": {netip.MustParsePrefix("10.0.1.1/24")}, "eth2": {netip.MustParsePrefix("10.0.2.1/24")}, "tun0": {},
	}, nil
}

func (d *dhcpServer) Leases() iter.Seq2[string, *document.Object] {
	return func(yield func(string, *document.Object) bool) {
		for i := range 3 {
			ip := fmt.Sprintf("10.0.0.5%d", i)
			if !yield(ip, document.New("id", ip, "ip", ip, "state", "bound", "expires", "2026-11-23T00:00:00Z", "fixed", i == 1)) {
				return
			}
		}
	}
}

func (d *dhcpServer) Fix(_ context.Context, ip netip.Addr) (*document.Object, error) {
	if ip.String() != "10.0.0.50" {
		return nil, provd.Errorf(provd.NotFound, "no client has a lease of it")
	}
	return document.New("mac", "00:15:65:00:00:01", "ip", ip.String()), nil
}

// dhcpBodies are as bodies.
func dhcpBodies() map[string]string {
	return map[string]string{
		"PUT /dhcp":                       `{"dhcp":{"mode":"off"}}`,
		"PUT /dhcp/confd":                 `{"active":false}`,
		"POST /dhcp/subnets":              `{"subnet":{"interface":"eth0","subnet":"10.0.5.0/24"}}`,
		"PUT /dhcp/subnets/{subnet}":      `{"subnet":{}}`,
		"POST /dhcp/reservations":         `{"reservation":{"mac":"00:15:65:00:00:01","ip":"10.0.0.9"}}`,
		"PUT /dhcp/reservations/{client}": `{"reservation":{"mac":"00:15:65:aa:bb:cc","ip":"10.0.0.9"}}`,
		"PUT /dhcp/rules":                 `{"rules":[]}`,
		"PUT /dhcp/blocked":               `{"blocked":[]}`,
	}
}

// dhcpNames fill the names of the paths.
var dhcpNames = strings.NewReplacer("{subnet}", "10.0.0.0%2F24", "{client}", "00:15:65:aa:bb:cc", "{ip}", "10.0.0.50", "{mac}", "00:15:65:00:00:66")

func newDHCP(t *testing.T) (server, *dhcpServer) {
	t.Helper()
	s := newServer(t)
	s.Close()
	d := newDHCPServer(false)
	s.Server = httptest.NewServer(rest.New(rest.Config{
		Auth: s.auth, Devices: s.manager, Configs: s.manager, Params: s.manager, Plugins: plugins{}, Observer: s.observed, DHCP: d,
	}))
	t.Cleanup(s.Close)
	s.described = &described{}
	return s, d
}

func TestDHCPEdits(t *testing.T) {
	t.Parallel()
	const (
		sub = "/subnets/10.0.0.0%2F24"
		res = "/reservations"
	)
	for name, tc := range map[string]struct {
		method, path, body string
		code               int
		// had is what of the settings becomes have; empty for none.
		had, have string
	}{
		"add a subnet": {
			"POST", "/subnets", `{"subnet":{"interface":"eth1","subnet":"10.2.0.0/16"}}`, 201,
			`"ip":"10.0.1.7"}]}]`, `"ip":"10.0.1.7"}]},{"subnet":"10.2.0.0/16"}]`,
		},
		"on a new interface": {
			"POST", "/subnets", `{"subnet":{"interface":"eth2","subnet":"10.2.0.0/16"}}`, 201,
			`}]}],"rules"`, `}]},{"name":"eth2","subnets":[{"subnet":"10.2.0.0/16"}]}],"rules"`,
		},
		"a subnet twice":      {"POST", "/subnets", `{"subnet":{"interface":"eth2","subnet":"10.0.1.0/24"}}`, 400, "", ""},
		"a subnet of nowhere": {"POST", "/subnets", `{"subnet":{"subnet":"10.0.7.0/24"}}`, 400, "", ""},
		"replace a subnet": {
			"PUT", "/subnets/10.0.1.0%2F24", `{"subnet":{"serve":"all"}}`, 204,
			`{"subnet":"10.0.1.0/24","reservations":[{"mac":"00-15-65-11-11-11","ip":"10.0.1.7"}]}`, `{"serve":"all","subnet":"10.0.1.0/24"}`,
		},
		"move a subnet": {
			"PUT", "/subnets/10.0.1.0%2F24", `{"subnet":{"interface":"eth2"}}`, 204,
			`{"name":"eth1","subnets":[{"subnet":"10.0.1.0/24","reservations":[{"mac":"00-15-65-11-11-11","ip":"10.0.1.7"}]}]}`, `{"name":"eth2","subnets":[{"subnet":"10.0.1.0/24"}]}`,
		},
		"remove a subnet": {
			"DELETE", "/subnets/10.0.1.0%2F24", "", 204,
			`,{"name":"eth1","subnets":[{"subnet":"10.0.1.0/24","reservations":[{"mac":"00-15-65-11-11-11","ip":"10.0.1.7"}]}]}`, "",
		},
		"no such subnet":  {"DELETE", "/subnets/10.9.0.0%2F24", "", 404, "", ""},
		"what is none":    {"GET", "/subnets/x", "", 404, "", ""},
		"add by address":  {"POST", res, `{"reservation":{"mac":"00:15:65:00:00:01","ip":"10.0.1.9"}}`, 201, `"10.0.1.7"}`, `"10.0.1.7"},{"mac":"00:15:65:00:00:01","ip":"10.0.1.9"}`},
		"add by subnet":   {"POST", res, `{"reservation":{"client_id":"01","ip":"10.0.1.9","subnet":"10.0.1.0/24"}}`, 201, `"10.0.1.7"}`, `"10.0.1.7"},{"client_id":"01","ip":"10.0.1.9"}`},
		"of nobody":       {"POST", res, `{"reservation":{"ip":"10.0.1.9"}}`, 400, "", ""},
		"outside":         {"POST", res, `{"reservation":{"mac":"00:15:65:00:00:01","ip":"10.9.1.9"}}`, 400, "", ""},
		"no address":      {"POST", res, `{"reservation":{"mac":"00:15:65:00:00:01","ip":"x"}}`, 400, "", ""},
		"no subnet of it": {"POST", res, `{"reservation":{"mac":"00:15:65:00:00:01","ip":"10.0.1.9","subnet":"10.9.0.0/24"}}`, 400, "", ""},
		"change by mac": {
			"PUT", res + "/00-15-65-aa-bb-cc", `{"reservation":{"mac":"00:15:65:aa:bb:cc","ip":"10.0.0.9"}}`, 204,
			`{"mac":"00:15:65:AA:BB:CC","ip":"10.0.0.7"},{"client_id":"FF01","ip":"10.0.0.8"}`, `{"client_id":"FF01","ip":"10.0.0.8"},{"mac":"00:15:65:aa:bb:cc","ip":"10.0.0.9"}`,
		},
		"remove by id":   {"DELETE", res + "/ff01", "", 204, `,{"client_id":"FF01","ip":"10.0.0.8"}`, ""},
		"remove nobody":  {"DELETE", res + "/ff02", "", 404, "", ""},
		"in that subnet": {"DELETE", res + "/ff01?subnet=10.0.1.0%2F24", "", 404, "", ""},
		"rules":          {"PUT", "/rules", `{"rules":[{"name":"b"}]}`, 204, `[{"name":"a"}]`, `[{"name":"b"}]`},
		"rules, no list": {"PUT", "/rules", `{"rules":"b"}`, 400, "", ""},
		"block":          {"PUT", "/blocked/00:15:65:00:00:67", `{}`, 204, `00:00:66"]`, `00:00:66","00:15:65:00:00:67"]`},
		"block again":    {"PUT", "/blocked/00-15-65-00-00-66", `{}`, 204, "", ""},
		"unblock":        {"DELETE", "/blocked/00-15-65-00-00-66", "", 204, `["00:15:65:00:00:66"]`, `[]`},
		"unblock nobody": {"DELETE", "/blocked/00-15-65-00-00-67", "", 404, "", ""},
		"confd: off":     {"PUT", "/confd", `{"active":false}`, 204, `"mode":"server"`, `"mode":"off"`},
		"confd: pool": {
			"PUT", "/confd", `{"active":true,"pool_start":"10.0.0.60","pool_end":"10.0.0.60","network_interfaces":[]}`, 204,
			`{"start":"10.0.0.50","end":"10.0.0.99"}`, `{"start":"10.0.0.60","end":"10.0.0.60"}`,
		},
		"confd: a pool is added": {
			"PUT", "/confd", `{"active":true,"pool_start":"10.0.1.60","pool_end":"10.0.1.61","network_interfaces":["eth1"]}`, 204,
			`[{"name":"eth0","subnets":[{"subnet":"10.0.0.0/24","pools":[{"start":"10.0.0.50","end":"10.0.0.99"}],"reservations":[{"mac":"00:15:65:AA:BB:CC","ip":"10.0.0.7"},{"client_id":"FF01","ip":"10.0.0.8"}]}]},` +
				`{"name":"eth1","subnets":[{"subnet":"10.0.1.0/24","reservations":[{"mac":"00-15-65-11-11-11","ip":"10.0.1.7"}]}]}]`,
			`[{"name":"eth1","subnets":[{"subnet":"10.0.1.0/24","reservations":[{"mac":"00-15-65-11-11-11","ip":"10.0.1.7"}],"pools":[{"start":"10.0.1.60","end":"10.0.1.61"}]}]}]`,
		},
		"confd: an interface is added": {
			"PUT", "/confd", `{"active":true,"pool_start":"10.0.0.50","pool_end":"10.0.0.99","network_interfaces":["eth0","eth1","eth2"]}`, 204,
			`}]}],"rules"`, `}]},{"name":"eth2","subnets":[{"subnet":"10.0.2.0/24","router":"10.0.2.1"}]}],"rules"`,
		},
		"confd: unknown key":  {"PUT", "/confd", `{"active":true,"pool_start":"10.0.0.50","pool_end":"10.0.0.99","lease":1}`, 400, "", ""},
		"confd: no list":      {"PUT", "/confd", `{"active":false,"network_interfaces":"eth0"}`, 400, "", ""},
		"confd: active is no": {"PUT", "/confd", `{"active":"no"}`, 400, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, d := newDHCP(t)
			a := s.send(t, request{method: tc.method, path: "/0.2/dhcp" + tc.path, body: tc.body})
			if a.code != tc.code {
				t.Fatalf("%d %s", a.code, a.body)
			}
			want := dhcpStart
			if tc.had != "" {
				if strings.Count(want, tc.had) != 1 {
					t.Fatalf("%s is not there once", tc.had)
				}
				want = strings.Replace(want, tc.had, tc.have, 1)
			}
			got, _ := document.Encode(d.now)
			if diff := cmp.Diff(want, string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Who may, and against which state.
func TestDHCPGuards(t *testing.T) {
	t.Parallel()
	s, d := newDHCP(t)
	ask := func(want int, r request) answer {
		t.Helper()
		r.path = "/0.2/dhcp" + r.path
		a := s.do(t, r)
		if a.code != want {
			t.Errorf("%s %s: %d %s, want %d", r.method, r.path, a.code, a.body, want)
		}
		return a
	}
	ask(403, request{method: "GET", tenant: sub1})
	ask(403, request{method: "PUT", tenant: sub1, body: `{"dhcp":{}}`})
	first := ask(200, request{method: "GET"}).header.Get("ETag")
	a := ask(200, request{method: "PUT", body: `{"dhcp":{"mode":"observe"}}`, header: map[string]string{"If-Match": first}})
	if a.body != `{"dhcp":{"mode":"observe"},"stored":true,"warnings":["there is another one"]}` || a.header.Get("ETag") == first {
		t.Error(a.body, a.header.Get("ETag"))
	}
	ask(412, request{method: "PUT", path: "/rules", body: `{"rules":[]}`, header: map[string]string{"If-Match": first}})
	ask(200, request{method: "PUT", path: "?force=true", body: `{"dhcp":{"mode":"off"}}`, header: map[string]string{"If-Match": a.header.Get("ETag")}})
	if a := ask(200, request{method: "GET", path: "/leases?sort=ip&sort_ord=DESC&skip=1&limit=1&fields=fixed"}); a.body != `{"leases":[{"id":"10.0.0.51","fixed":true}]}` {
		t.Error(a.body)
	}
	ask(400, request{method: "GET", path: `/leases?q={"ip":{"$x":1}}`})
	ask(404, request{method: "GET", path: "/leases/10.0.0.99"})
	ask(404, request{method: "DELETE", path: "/leases/x"})
	d.master = ""
	if a := ask(http.StatusServiceUnavailable, request{method: "GET"}); !strings.Contains(a.body, "master tenant") {
		t.Error(a.body)
	}
}
