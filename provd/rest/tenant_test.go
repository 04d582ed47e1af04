package rest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"provbox/provd/document"
	"provbox/provd/query"
)

// snapshot is a tenant's devices as they are stored.
func (f full) snapshot(t *testing.T, tenant string) string {
	t.Helper()
	docs, err := f.manager.Devices(t.Context(), query.Query{}, []string{tenant})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, d := range docs {
		text, err := document.Encode(d)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(text)
		b.WriteString("\n")
	}
	return b.String()
}

// Two tenants never see or change each other's devices: every row of the table is
// asked for a device of one tenant with the tokens of the other, with and without
// naming tenants (spec/rest.md sections 2.3 and 5).
func TestTenantsAreApart(t *testing.T) {
	t.Parallel()
	f := newFull(t)
	const secret = "canary"
	var victims, events string
	for i := range f.rows {
		id := fmt.Sprintf("v%d-%s", i, secret)
		if a := f.do(t, request{method: "POST", path: "/0.2/dev_mgr/devices", tenant: sub2, body: fmt.Sprintf(
			`{"device":{"id":%q,"mac":"00:15:65:00:01:%02x","plugin":"test","config":"c","description":"%s"}}`, id, i, secret)}); a.code != http.StatusCreated {
			t.Fatalf("%d %s", a.code, a.body)
		}
	}
	victims, events = f.snapshot(t, sub2), f.snapshot(t, master)
	own := f.snapshot(t, sub1)
	for _, who := range []struct{ name, token, tenant string }{
		{"the other tenant's token", "one", ""},
		{"the other tenant's token that names its tenant", "one", sub1},
		{"the other tenant's token that names the victim's", "one", sub2},
		{"the other tenant's token that names the master", "one", master},
		{"a master token that acts for the other tenant", "root", sub1},
	} {
		t.Run(who.name, func(t *testing.T) {
			for i, row := range f.rows {
				if strings.HasSuffix(row.Path, "{oip}") {
					continue // operations have no tenant, and tell of no device (section 2.3)
				}
				device := fmt.Sprintf("v%d-%s", i, secret)
				r := f.request(t, row, device)
				r.token, r.tenant = who.token, who.tenant
				for _, q := range []string{"", "?recurse=true", "?recurse=True&q=" + `%7B%22tenant_uuid%22%3A%22` + sub2 + `%22%7D`} {
					if q != "" && (row.Method != http.MethodGet || !strings.HasSuffix(row.Path, "/devices") && !strings.HasSuffix(row.Path, "/events")) {
						continue
					}
					if strings.HasSuffix(row.Path, "/events") && strings.Contains(q, "&q=") {
						continue
					}
					tried := r
					tried.path += q
					a := f.do(t, tried)
					if strings.Contains(a.body, secret) && !strings.Contains(r.path, secret) && !strings.Contains(r.body, secret) {
						t.Errorf("%s %s tells of another tenant's device: %s", r.method, tried.path, a.body)
					}
					if strings.Contains(row.Path, "{device_id}") && a.code != http.StatusNotFound && a.code != http.StatusUnauthorized {
						t.Errorf("%s %s: %d %s", r.method, tried.path, a.code, a.body)
					}
					if strings.Contains(r.body, secret) && strings.HasPrefix(row.Path, "/dev_mgr") && a.code < 300 && !strings.HasSuffix(row.Path, "/bulk") {
						t.Errorf("%s %s with the id of another tenant's device: %d", r.method, tried.path, a.code)
					}
				}
			}
		})
	}
	if got := f.snapshot(t, sub2); got != victims {
		t.Errorf("the devices of the tenant changed:\n%s\nbefore:\n%s", got, victims)
	}
	if got := f.snapshot(t, master); got != events {
		t.Errorf("the devices of the master tenant changed:\n%s\nbefore:\n%s", got, events)
	}
	if got := f.snapshot(t, sub1); !strings.HasPrefix(got, "{") || len(got) < len(own) {
		t.Errorf("the caller's own devices: %s", got)
	}
}
