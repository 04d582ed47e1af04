package appliance_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"provbox/appliance"
	"provbox/appliance/central/centraltest"
)

// confd drives a box as wazo-confd does: the calls of spec/wazo-link.md section 7,
// in their order, with the documents of its sections 5 and 7.1.
type confd struct {
	*centre
	app *appliance.App
}

type doc = map[string]any

// do makes one call for a tenant, "" for none, and returns the status and the answer.
func (c *confd) do(method, path, tenant string, body any) (int, doc) {
	c.t.Helper()
	text := ""
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			c.t.Fatal(err)
		}
		text = string(b)
	}
	req, err := http.NewRequest(method, "http://"+c.app.REST().String()+"/0.2"+path, strings.NewReader(text))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("X-Auth-Token", "root")
	if tenant != "" {
		req.Header.Set("Wazo-Tenant", tenant)
	}
	if method == "POST" || method == "PUT" {
		req.Header.Set("Content-Type", "application/vnd.proformatique.provd+json")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	answer := doc{}
	if len(b) > 0 && b[0] == '{' {
		if err := json.Unmarshal(b, &answer); err != nil {
			c.t.Fatalf("%s %s: %v in %s", method, path, err, b)
		}
	}
	if l := resp.Header.Get("Location"); l != "" {
		answer["Location"] = l
	}
	return resp.StatusCode, answer
}

// must is do that wants one status.
func (c *confd) must(code int, method, path, tenant string, body any) doc {
	c.t.Helper()
	got, answer := c.do(method, path, tenant, body)
	if got != code {
		c.t.Fatalf("%s %s: %d, want %d: %v", method, path, got, code, answer)
	}
	return answer
}

func (c *confd) device(id, tenant string) doc {
	c.t.Helper()
	return c.must(200, "GET", "/dev_mgr/devices/"+id, tenant, nil)["device"].(doc)
}

func (c *confd) config(id string) doc {
	c.t.Helper()
	return c.must(200, "GET", "/cfg_mgr/configs/"+id, "", nil)["config"].(doc)
}

func (c *confd) putDevice(dev doc, tenant string) {
	c.t.Helper()
	c.must(204, "PUT", "/dev_mgr/devices/"+dev["id"].(string), tenant, doc{"device": dev})
}

func (c *confd) putConfig(config doc) {
	c.t.Helper()
	c.must(204, "PUT", "/cfg_mgr/configs/"+config["id"].(string), "", doc{"config": config})
}

// wizard posts the configs that everything else stands on.
func (c *confd) wizard(autoprovUser string) {
	c.t.Helper()
	if status := c.must(200, "GET", "/status", "", nil); status["rest_api"] != "ok" {
		c.t.Fatalf("status %v", status)
	}
	const ip = "10.0.0.1"
	line := doc{"display_name": "Autoprov", "number": "autoprov", "password": "12345678", "proxy_ip": ip, "registrar_ip": ip, "username": autoprovUser}
	for _, config := range []doc{
		{"id": "base", "X_type": "internal", "deletable": false, "parent_ids": []any{}, "raw_config": doc{"ntp_enabled": true, "ntp_ip": ip, "X_xivo_phonebook_ip": ip}},
		{
			"id": "default", "X_type": "registrar", "deletable": false, "displayname": "local", "parent_ids": []any{},
			"raw_config": doc{"X_key": "xivo"}, "proxy_main": ip, "registrar_main": ip,
		},
		{
			"id": "defaultconfigdevice", "X_type": "device", "deletable": false, "label": "Default config device", "parent_ids": []any{},
			"raw_config": doc{
				"ntp_enabled": true, "ntp_ip": ip, "sip_dtmf_mode": "RTP-out-of-band", "admin_username": "admin", "admin_password": "wizard-admin",
				"user_username": "user", "user_password": "wizard-user",
			},
		},
		{
			"id": "autoprov", "X_type": "internal", "role": "autocreate", "deletable": false, "parent_ids": []any{"base", "defaultconfigdevice"},
			"raw_config": doc{"sccp_call_managers": doc{"1": doc{"ip": ip}}, "sip_lines": doc{"1": line}},
		},
	} {
		if id := c.must(201, "POST", "/cfg_mgr/configs", "", doc{"config": config})["id"]; id != config["id"] {
			c.t.Errorf("POST config %v: id %v", config["id"], id)
		}
	}
}

// lines is the config of a device with one line.
func lines(id, user, registrar string, funckeys doc) doc {
	return doc{
		"id": id, "configdevice": "defaultconfigdevice", "parent_ids": []any{"base", "defaultconfigdevice"}, "deletable": true,
		"raw_config": doc{
			"X_key": "", "config_version": 1, "X_xivo_user_uuid": "9d5b5d3c", "X_xivo_phonebook_profile": "default",
			"exten_dnd": "*25", "exten_fwd_unconditional": "*21", "exten_park": nil, "exten_pickup_call": "*8", "exten_voicemail": "*98",
			"funckeys": funckeys, "protocol": "SIP",
			"sip_lines": doc{"1": doc{
				"auth_username": user, "username": user, "password": "secret-" + user, "display_name": "User " + user, "number": "1001",
				"registrar_ip": registrar, "proxy_ip": registrar,
			}},
		},
	}
}

// associate gives a device a line: first the device, then its config, which does not
// exist at that time.
func (c *confd) associate(id, tenant string, config doc) {
	c.t.Helper()
	dev := c.device(id, "")
	old := c.config(dev["config"].(string))
	if !slices.Contains(old["parent_ids"].([]any), any("autoprov")) {
		c.t.Errorf("the device is not in autoprov: %v", old)
	}
	dev["config"] = id
	c.putDevice(dev, tenant)
	if code, _ := c.do("PUT", "/cfg_mgr/configs/"+id, "", doc{"config": config}); code != 404 {
		c.t.Errorf("PUT of a config that does not exist: %d", code)
	}
	c.must(201, "POST", "/cfg_mgr/configs", "", doc{"config": config})
}

// reset is one of the two passes by which the last line is taken from a device.
func (c *confd) reset(id string) {
	c.t.Helper()
	dev := c.device(id, "")
	old, tenant := dev["config"].(string), dev["tenant_uuid"].(string)
	next := c.must(201, "POST", "/cfg_mgr/autocreate", "", doc{})["id"].(string)
	config := c.config(next)
	delete(dev, "options")
	dev["config"] = next
	c.putDevice(dev, tenant)
	c.putConfig(config)
	if code, _ := c.do("DELETE", "/cfg_mgr/configs/"+old, "", nil); code != 204 && code != 404 {
		c.t.Errorf("DELETE config %s: %d", old, code)
	}
}

// synchronize asks for it, looks at the operation once, as confd does, and then
// until it has ended. It returns the NOTIFY that came of it.
func (c *confd) synchronize(id, tenant string) centraltest.Notify {
	c.t.Helper()
	before := len(c.stack.Notifies())
	location := c.must(201, "POST", "/dev_mgr/synchronize", tenant, doc{"id": id})["Location"].(string)
	path := strings.TrimPrefix(location, "/0.2")
	until(c.t, "the end of the synchronization", func() bool {
		return c.must(200, "GET", path, "", nil)["status"] == "success"
	})
	all := c.stack.Notifies()
	if len(all) != before+1 {
		c.t.Fatalf("%d NOTIFYs for one synchronization", len(all)-before)
	}
	return all[before]
}

// loads has a phone fetch its file, which must hold these lines and none of those.
func (c *confd) loads(p testPhone, want []string, not ...string) {
	c.t.Helper()
	file, err := p.fetch(c.app, p.account())
	if err != nil {
		c.t.Fatal(err)
	}
	for _, w := range want {
		if !strings.Contains(strings.ReplaceAll(file, " = ", "="), w) {
			c.t.Errorf("no %s in\n%s", w, file)
		}
	}
	for _, n := range not {
		if strings.Contains(file, n) {
			c.t.Errorf("%s is still in\n%s", n, file)
		}
	}
}

// byIP finds the device that calls from an address, as the agid does for a
// provisioning code: there must be exactly one.
func (c *confd) byIP(p testPhone) doc {
	c.t.Helper()
	q := url.QueryEscape(`{"ip":"` + p.ip().String() + `"}`)
	list := c.must(200, "GET", "/dev_mgr/devices?q="+q+"&recurse=True", "", nil)["devices"].([]any)
	if len(list) != 1 {
		c.t.Fatalf("%d devices at %s", len(list), p.ip())
	}
	return list[0].(doc)
}

func newConfd(t *testing.T, autoprovUser string) *confd {
	t.Helper()
	c := &confd{centre: newCentre(t)}
	c.app = c.run("amid: {", "amid: {https: false, ", "auth: {", "auth: {https: false, ")
	// The box has to know which tenant is the master.
	until(t, "the box's own token", func() bool { return c.stack.Logins() > 0 })
	c.wizard(autoprovUser)
	return c
}
