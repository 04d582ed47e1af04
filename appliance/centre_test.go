package appliance_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"provbox/appliance"
	"provbox/appliance/central/centraltest"
	"provbox/appliance/settings"
)

// centre is a stand-in stack with a broker, and boxes that are joined to it.
type centre struct {
	t      *testing.T
	stack  *centraltest.Stack
	broker *centraltest.Broker
	http   string // host:port of the stack
	bus    int    // port of the broker
	dir    string
}

func newCentre(t *testing.T) *centre {
	t.Helper()
	c := &centre{t: t, stack: centraltest.New(), dir: t.TempDir()}
	s := httptest.NewServer(c.stack)
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	t.Cleanup(s.Close)
	c.http = s.Listener.Addr().String()
	b, err := centraltest.NewBroker()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	c.broker, c.bus = b, b.Port()
	return c
}

const joined = loopback + `
auth: {host: %s, port: %s, username: provbox, password: secret}
amid: {host: %[2]s, port: %[3]s}
confd: {enabled: true, host: %[2]s, port: %[3]s}
bus: {enabled: true, host: 127.0.0.1, port: %[4]d}
`

// start starts a box that is joined to the centre; more replaces text of the
// settings, in pairs.
func (c *centre) start(replace ...string) *appliance.App {
	c.t.Helper()
	host, port, err := net.SplitHostPort(c.http)
	if err != nil {
		c.t.Fatal(err)
	}
	text := strings.NewReplacer(replace...).Replace(fmt.Sprintf(joined, c.dir, host, port, c.bus))
	s, err := settings.Parse([]byte(text))
	if err != nil {
		c.t.Fatal(err)
	}
	app := appliance.New(appliance.Options{Settings: s, Logger: slog.New(slog.DiscardHandler), Version: "test"})
	if err := app.Start(context.Background()); err != nil {
		c.t.Fatal(err)
	}
	return app
}

// run is start for a box that ends with the test.
func (c *centre) run(replace ...string) *appliance.App {
	c.t.Helper()
	app := c.start(replace...)
	c.t.Cleanup(func() { stop(c.t, app) })
	return app
}

func stop(t *testing.T, app *appliance.App) {
	t.Helper()
	if err := app.Stop(); err != nil {
		t.Error(err)
	}
}

// call makes a REST call as a token.
func (c *centre) call(app *appliance.App, token, method, path, body string) (status int, location, answer string) {
	c.t.Helper()
	req, err := http.NewRequest(method, "http://"+app.REST().String()+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("X-Auth-Token", token)
	req.Header.Set("Content-Type", "application/vnd.proformatique.provd+json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return resp.StatusCode, resp.Header.Get("Location"), string(b)
}

// devices returns the devices that a token of the master tenant sees, once there
// are so many: the box has to learn first which tenant that is.
func (c *centre) devices(app *appliance.App, n int) (list []map[string]any) {
	c.t.Helper()
	until(c.t, fmt.Sprint(n, " devices"), func() bool {
		list = c.visible(app)
		return len(list) == n
	})
	return list
}

func (c *centre) visible(app *appliance.App) []map[string]any {
	c.t.Helper()
	status, _, body := c.call(app, "root", "GET", "/0.2/dev_mgr/devices?recurse=true", "")
	var answer struct {
		Devices []map[string]any `json:"devices"`
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || status != 200 {
		c.t.Fatalf("devices: %d %s", status, body)
	}
	return answer.Devices
}

// synchronize asks for it over REST and returns where the operation is.
func (c *centre) synchronize(app *appliance.App, id string) (location string) {
	c.t.Helper()
	status, location, body := c.call(app, "root", "POST", "/0.2/dev_mgr/synchronize", fmt.Sprintf(`{"id":%q}`, id))
	if status != 201 {
		c.t.Fatalf("synchronize: %d %s", status, body)
	}
	return location
}

// outcomeWait bounds what a test waits for; it is only reached when it fails.
const outcomeWait = 3 * time.Minute

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(outcomeWait); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s did not come", what)
		}
	}
}

// testPhone is a phone with an address of its own on the loopback interface.
type testPhone int

func (p testPhone) mac() string { return fmt.Sprintf("00:15:65:aa:%02x:%02x", int(p)>>8, int(p)&255) }

func (p testPhone) ip() net.IP { return net.IPv4(127, 0, 1, byte(p)+1) }

func (p testPhone) account() string { return strings.ReplaceAll(p.mac(), ":", "") + ".cfg" }

func (p testPhone) fetch(app *appliance.App, name string) (body string, err error) {
	client := http.Client{Timeout: outcomeWait, Transport: &http.Transport{
		DisableKeepAlives: true, DialContext: (&net.Dialer{LocalAddr: &net.TCPAddr{IP: p.ip()}}).DialContext,
	}}
	req, err := http.NewRequest(http.MethodGet, "http://"+app.HTTP().String()+"/"+name, nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("User-Agent", "Yealink SIP-T46S 66.86.0.15 "+p.mac())
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", name, resp.Status)
	}
	return string(b), err
}

// bootAll has that many phones fetch their files at once; each must get its
// account.
func bootAll(t *testing.T, app *appliance.App, phones int) {
	t.Helper()
	var wait sync.WaitGroup
	for i := range phones {
		wait.Go(func() {
			p := testPhone(i)
			if _, err := p.fetch(app, "y000000000066.cfg"); err != nil {
				t.Error(err)
			}
			if body, err := p.fetch(app, p.account()); err != nil || !strings.Contains(body, "account.1.user_name") {
				t.Errorf("%v in %q", err, body)
			}
		})
	}
	wait.Wait()
}

// With any part of the centre away, slow or talking nonsense for all of the
// time, 50 phones boot and fetch their files.
func TestPhonesBootWithoutTheCentre(t *testing.T) {
	t.Parallel()
	modes := map[string]centraltest.Mode{"away": {Away: true}, "slow": {Delay: time.Hour}, "nonsense": {Nonsense: true}, "forbids": {Status: 403}}
	for _, service := range []centraltest.Service{centraltest.Auth, centraltest.Amid, centraltest.Confd} {
		for name, mode := range modes {
			t.Run(string(service)+" "+name, func(t *testing.T) {
				t.Parallel()
				c := newCentre(t)
				c.stack.Set(mode, service)
				bootAll(t, c.run(), 50)
			})
		}
	}
	for name, breakIt := range map[string]func(*centre){
		"away":   func(c *centre) { c.broker.SetAway(true) },
		"silent": func(c *centre) { c.broker.SetSilent(true) },
		"nonsense": func(c *centre) { // it is spoken to in AMQP and answers in HTTP
			_, port, _ := net.SplitHostPort(c.http)
			_, _ = fmt.Sscan(port, &c.bus)
		},
	} {
		t.Run("bus "+name, func(t *testing.T) {
			t.Parallel()
			c := newCentre(t)
			breakIt(c)
			app := c.run()
			bootAll(t, app, 50)
			if _, _, body := c.call(app, "root", "GET", "/0.2/status", ""); !strings.Contains(body, `"bus_consumer":{"status":"fail"}`) {
				t.Errorf("status: %s", body)
			}
		})
	}
}

// While wazo-auth is away REST answers who was checked lately, and tells others
// why it does not.
func TestRESTWithoutAuth(t *testing.T) {
	t.Parallel()
	for name, mode := range map[string]centraltest.Mode{"away": {Away: true}, "errors": {Status: 502}, "nonsense": {Nonsense: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCentre(t)
			c.stack.AddToken("other", centraltest.Token{Tenant: centraltest.Master, ACLs: []string{"#"}})
			app := c.run("auth: {", "auth: {token_cache: 0s, outage_grace: 5m, ")
			if status, _, body := c.call(app, "root", "GET", "/0.2/status", ""); status != 200 {
				t.Fatalf("%d %s", status, body)
			}
			c.stack.Set(mode)
			if status, _, body := c.call(app, "root", "GET", "/0.2/status", ""); status != 200 {
				t.Errorf("known: %d %s", status, body)
			}
			for token, path := range map[string]string{"other": "/0.2/status", "root": "/0.2/dev_mgr"} {
				status, _, body := c.call(app, token, "GET", path, "")
				if status != 503 || !strings.Contains(body, "the token cannot be checked: wazo-auth") || strings.Contains(body, token) {
					t.Errorf("%s %s: %d %s", token, path, status, body)
				}
			}
			bootAll(t, app, 1)
		})
	}
}

// Devices of deleted tenants go: on the bus's word, and when the list of tenants
// is compared.
func TestTenantsAreDeleted(t *testing.T) {
	t.Parallel()
	for _, bus := range []bool{true, false} {
		t.Run(fmt.Sprintf("bus %v", bus), func(t *testing.T) {
			t.Parallel()
			c := newCentre(t)
			for i, tenant := range []string{centraltest.Sub1, centraltest.Sub2} {
				c.stack.AddToken(fmt.Sprint("sub", i), centraltest.Token{Tenant: tenant, ACLs: []string{"#"}})
			}
			syncdb := "general:\n  syncdb: {start_sec: 0, interval_sec: 1}\n"
			consuming := c.broker.Consuming()
			if bus {
				syncdb = "general:\n" // its first run is a minute away
			}
			app := c.run("general:\n", syncdb)
			bootAll(t, app, 1)
			for _, token := range []string{"sub0", "sub0", "sub1"} {
				if status, _, body := c.call(app, token, "POST", "/0.2/dev_mgr/devices", `{"device":{}}`); status != 201 {
					t.Fatalf("%d %s", status, body)
				}
			}
			if status, _, body := c.call(app, "sub0", "PUT", "/0.2/configure/provisioning_key", `{"param":{"value":"secret-key"}}`); status != 204 {
				t.Fatalf("%d %s", status, body)
			}
			if bus {
				<-consuming
				until(t, "the bus", func() bool {
					_, _, body := c.call(app, "root", "GET", "/0.2/status", "")
					return strings.Contains(body, `"bus_consumer":{"status":"ok"}`)
				})
				c.broker.Publish("wazo-headers", map[string]string{"name": "auth_tenant_deleted"}, fmt.Appendf(nil, `{"name":"auth_tenant_deleted","data":{"uuid":%q}}`, centraltest.Sub1))
				// The master tenant is not deleted whatever the bus says.
				c.broker.Publish("wazo-headers", map[string]string{"name": "auth_tenant_deleted"}, fmt.Appendf(nil, `{"name":"auth_tenant_deleted","data":{"uuid":%q}}`, centraltest.Master))
			} else {
				c.stack.SetTenants(centraltest.Master, centraltest.Sub2)
			}
			count := func() map[string]int {
				n := make(map[string]int)
				for _, dev := range c.visible(app) {
					n[dev["tenant_uuid"].(string)]++
				}
				return n
			}
			c.stack.AddToken("new", centraltest.Token{Tenant: centraltest.Sub2, ACLs: []string{"#"}})
			until(t, "the end of the devices", func() bool { return len(c.allDevices(app)) == 2 })
			if diff := cmp.Diff(map[string]int{centraltest.Master: 1, centraltest.Sub2: 1}, count()); diff != "" {
				t.Error(diff)
			}
			// Its key is free for others.
			until(t, "the end of the key", func() bool {
				status, _, _ := c.call(app, "new", "PUT", "/0.2/configure/provisioning_key", `{"param":{"value":"secret-key"}}`)
				return status == 204
			})
		})
	}
}

// allDevices returns the ids of all devices, of whatever tenant.
func (c *centre) allDevices(app *appliance.App) (ids []string) {
	c.t.Helper()
	for _, tenant := range []string{centraltest.Master, centraltest.Sub1, centraltest.Sub2} {
		token := "all-" + tenant
		c.stack.AddToken(token, centraltest.Token{Tenant: tenant, ACLs: []string{"provd.#"}})
		_, _, body := c.call(app, token, "GET", "/0.2/dev_mgr/devices", "")
		var answer struct {
			Devices []struct {
				ID string `json:"id"`
			} `json:"devices"`
		}
		if json.Unmarshal([]byte(body), &answer) == nil {
			for _, d := range answer.Devices {
				ids = append(ids, d.ID)
			}
		}
	}
	return ids
}
