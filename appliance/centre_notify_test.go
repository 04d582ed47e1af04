package appliance_test

import (
	"encoding/json"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"provbox/appliance"
	"provbox/appliance/central/centraltest"
	"provbox/appliance/journal"
)

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

// With sync_service_type none nothing is sent, and the operation says so.
func TestNotifyNone(t *testing.T) {
	t.Parallel()
	c := newCentre(t)
	app := c.run("general:\n", "general:\n  sync_service_type: none\n")
	bootAll(t, app, 1)
	op := c.synchronize(app, c.devices(app, 1)[0]["id"].(string))
	until(t, "the outcome", func() bool { _, _, body := c.call(app, "root", "GET", op, ""); return body == `{"status":"fail"}` })
	if app.Notifies() != nil || len(c.stack.Notifies()) != 0 {
		t.Errorf("sent %v", c.stack.Notifies())
	}
}
