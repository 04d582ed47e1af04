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
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"provbox/appliance"
	"provbox/appliance/central/centraltest"
	"provbox/appliance/journal"
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
const outcomeWait = time.Minute

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

// assign gives a device a line of its own, as wazo-confd does.
func (c *centre) assign(app *appliance.App, dev map[string]any, username string) {
	c.t.Helper()
	id := dev["id"].(string)
	dev["config"] = id
	doc, err := json.Marshal(map[string]any{"device": dev})
	if err != nil {
		c.t.Fatal(err)
	}
	if status, _, body := c.call(app, "root", "PUT", "/0.2/dev_mgr/devices/"+id, string(doc)); status != 204 {
		c.t.Fatalf("PUT device: %d %s", status, body)
	}
	config := fmt.Sprintf(`{"config":{"id":%q,"parent_ids":["base","defaultconfigdevice"],"raw_config":{"protocol":"SIP",`+
		`"sip_lines":{"1":{"username":%q,"password":"p","display_name":"A","number":"1","proxy_ip":"127.0.0.1","registrar_ip":"127.0.0.1"}}}}}`, id, username)
	if status, _, body := c.call(app, "root", "POST", "/0.2/cfg_mgr/configs", config); status != 201 {
		c.t.Fatalf("POST config: %d %s", status, body)
	}
}

// What was asked for while wazo-amid is away is sent once when it is back, in
// its newest form, also by a box that was restarted meanwhile.
func TestNotifiesAreKept(t *testing.T) {
	t.Parallel()
	for name, mode := range map[string]centraltest.Mode{"away": {Away: true}, "errors": {Status: 503}, "nonsense": {Nonsense: true}} {
		for _, restart := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, restart %v", name, restart), func(t *testing.T) {
				t.Parallel()
				c := newCentre(t)
				app := c.start()
				defer func() { stop(t, app) }()
				bootAll(t, app, 2)
				c.stack.Set(mode, centraltest.Amid)
				devices := c.devices(app, 2)
				ops := []string{c.synchronize(app, devices[0]["id"].(string)), c.synchronize(app, devices[1]["id"].(string))}
				c.assign(app, devices[0], "alice")
				phone := testPhone(0)
				if phone.mac() != devices[0]["mac"] {
					phone = 1
				}
				if _, err := phone.fetch(app, phone.account()); err != nil {
					t.Fatal(err)
				}
				ops = append(ops, c.synchronize(app, devices[0]["id"].(string)))
				until(t, "the queue", func() bool {
					job, ok := app.Notifies().Waiting(devices[0]["id"].(string))
					s := app.Notifies().Status()
					return ok && job.Messages[0].Endpoint == "alice" && s.Waiting == 2 && s.Away
				})
				for _, op := range ops {
					if status, _, body := c.call(app, "root", "GET", op, ""); status != 200 || body != `{"status":"progress"}` {
						t.Errorf("operation: %d %s", status, body)
					}
				}
				if restart {
					stop(t, app)
					app = c.start()
				}
				c.stack.Set(centraltest.Mode{})
				until(t, "the NOTIFYs", func() bool {
					app.Notifies().Retry() // its own next try may be half a minute away
					return app.Notifies().Status().Waiting == 0 && len(c.stack.Notifies()) > 1
				})
				got := c.stack.Notifies()
				slices.SortFunc(got, func(a, b centraltest.Notify) int { return strings.Compare(b.Endpoint, a.Endpoint) })
				want := []centraltest.Notify{
					{Variable: []string{"Event=check-sync"}, Endpoint: "alice"}, {Variable: []string{"Event=check-sync"}, URI: "sip:anonymous@" + (1 - phone).ip().String()},
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Error(diff)
				}
				for _, op := range ops {
					status, _, body := c.call(app, "root", "GET", op, "")
					if !restart && (status != 200 || body != `{"status":"success"}`) || restart && status != 404 {
						t.Errorf("operation: %d %s", status, body)
					}
				}
				for _, dev := range devices {
					if !journalHas(app, dev["id"].(string), "asked the phone to reload") {
						t.Errorf("the journal of %s does not say that it was asked to reload", dev["id"])
					}
				}
			})
		}
	}
}

func journalHas(app *appliance.App, device, text string) bool {
	return slices.ContainsFunc(app.Journal().Recent(10000), func(e journal.Event) bool {
		return e.Device == device && strings.Contains(e.Text, text)
	})
}

// A refusal by Asterisk is the outcome, with its reason in the journal.
func TestNotifyRefused(t *testing.T) {
	t.Parallel()
	c := newCentre(t)
	app := c.run()
	bootAll(t, app, 1)
	c.stack.FailNotify("Unable to retrieve endpoint")
	id := c.devices(app, 1)[0]["id"].(string)
	op := c.synchronize(app, id)
	until(t, "the outcome", func() bool { _, _, body := c.call(app, "root", "GET", op, ""); return body == `{"status":"fail"}` })
	i := slices.IndexFunc(app.Journal().Device(id), func(e journal.Event) bool { return e.Text == "could not ask the phone to reload" })
	if i < 0 || !strings.Contains(fmt.Sprint(app.Journal().Device(id)[i].Attrs), "Unable to retrieve endpoint") {
		t.Errorf("the journal: %v", app.Journal().Device(id))
	}
}

// With sync_service_type sip the box asks the phone itself.
func TestNotifyFromTheBox(t *testing.T) {
	t.Parallel()
	phone, err := net.ListenUDP("udp4", &net.UDPAddr{IP: testPhone(0).ip()})
	if err != nil {
		t.Fatal(err)
	}
	defer phone.Close()
	c := newCentre(t)
	app := c.run("general:\n", "general:\n  sync_service_type: sip\n")
	bootAll(t, app, 1)
	dev := c.devices(app, 1)[0]
	dev["X_provbox_sip_port"] = phone.LocalAddr().(*net.UDPAddr).Port
	c.assign(app, dev, "alice")
	op := c.synchronize(app, dev["id"].(string))
	if err := phone.SetReadDeadline(time.Now().Add(outcomeWait)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 4096)
	n, from, err := phone.ReadFromUDP(buf)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(buf[:n]), "\r\n")
	if !strings.HasPrefix(lines[0], "NOTIFY sip:") || !slices.Contains(lines, "Event: check-sync") {
		t.Errorf("the phone gets\n%s", buf[:n])
	}
	answer := []string{"SIP/2.0 401 Unauthorized"}
	for _, line := range lines {
		for _, name := range []string{"Via:", "From:", "To:", "Call-ID:", "CSeq:"} {
			if strings.HasPrefix(line, name) {
				answer = append(answer, line)
			}
		}
	}
	if _, err := phone.WriteToUDP([]byte(strings.Join(append(answer, "Content-Length: 0", "", ""), "\r\n")), from); err != nil {
		t.Fatal(err)
	}
	until(t, "the outcome", func() bool { _, _, body := c.call(app, "root", "GET", op, ""); return body == `{"status":"fail"}` })
	if !slices.ContainsFunc(app.Journal().Device(dev["id"].(string)), func(e journal.Event) bool {
		return strings.Contains(fmt.Sprint(e.Attrs), "wants a password for NOTIFY (401)")
	}) {
		t.Errorf("the journal: %v", app.Journal().Device(dev["id"].(string)))
	}
	if n := len(c.stack.Notifies()); n != 0 {
		t.Errorf("%d NOTIFYs went to the centre as well", n)
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
