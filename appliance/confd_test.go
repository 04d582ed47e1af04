package appliance_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"provbox/appliance/central/centraltest"
)

// The life of one device, from the wizard on. At the end of each step the phone is
// asked to load its file, and does.
func TestConfdSequences(t *testing.T) {
	t.Parallel()
	const autoprov, sub1, sub2 = "apbcdfghjk", centraltest.Sub1, centraltest.Sub2
	c := newConfd(t, autoprov)
	for _, n := range c.must(200, "GET", "/cfg_mgr/needed", "", nil)["needed"].([]any) {
		if n := n.(doc); n["present"] != true || n["own"] != false {
			t.Errorf("after the wizard: %v", n)
		}
	}
	p := testPhone(1)
	user := func(name string) []string { return []string{"account.1.user_name=" + name + "\n"} }

	// Cold start: nobody has claimed the phone.
	c.loads(p, append(user(autoprov), "wizard-admin"))
	dev := c.byIP(p)
	id := dev["id"].(string)
	if dev["tenant_uuid"] != centraltest.Master || dev["is_new"] != true || dev["remote_state_sip_username"] != autoprov || dev["configured"] != true {
		t.Fatalf("the new device: %v", dev)
	}
	first := dev["config"].(string)
	if !strings.HasPrefix(first, "autoprov") {
		t.Errorf("its config is %s", first)
	}

	// Autoprov by code.
	c.associate(id, sub1, lines(id, "alice", "10.0.0.1", doc{}))
	if code, _ := c.do("GET", "/cfg_mgr/configs/"+first, "", nil); code != 404 {
		t.Errorf("the transient config: %d", code)
	}
	if n := c.synchronize(id, sub1); n.Endpoint != "" || n.URI != "sip:anonymous@"+p.ip().String() || !slices.Equal(n.Variable, []string{"Event=check-sync"}) {
		t.Errorf("while it has the shared account it is asked by address: %+v", n)
	}
	c.loads(p, user("alice"), autoprov)
	dev = c.device(id, sub1)
	if dev["tenant_uuid"] != sub1 || dev["is_new"] != false || dev["configured"] != true || dev["remote_state_sip_username"] != "alice" {
		t.Errorf("after the code: %v", dev)
	}

	// Another line. confd writes the device first, then its config.
	dev["description"] = "desk"
	c.putDevice(dev, sub1)
	c.putConfig(lines(id, "bob", "10.0.0.1", doc{}))
	if n := c.synchronize(id, sub1); n.Endpoint != "alice" || n.URI != "" {
		t.Errorf("the phone is known by the account it has: %+v", n)
	}
	c.loads(p, append(user("bob"), "account.1.password=secret-bob\n"), "alice")

	// Function keys.
	keys := doc{
		"1": doc{"type": "blf", "value": "1002", "label": "Carol & \"Co\"", "line": 1},
		"2": doc{"type": "speeddial", "value": "*98", "label": "", "line": 1},
	}
	c.putDevice(c.device(id, sub1), sub1)
	c.putConfig(lines(id, "bob", "10.0.0.1", keys))
	if n := c.synchronize(id, sub1); n.Endpoint != "bob" {
		t.Errorf("function keys: %+v", n)
	}
	c.loads(p, append(user("bob"), "1002", "*98", "Carol"))

	// A template of its own (PUT /devices/{id}), which goes before what it inherits.
	c.must(201, "POST", "/cfg_mgr/configs", "", doc{"config": doc{"id": "tpl", "X_type": "device", "label": "Template", "parent_ids": []any{}, "raw_config": doc{"admin_password": "template-admin"}}})
	config := c.config(id)
	config["configdevice"], config["parent_ids"] = "tpl", []any{"base", "tpl"}
	c.putDevice(c.device(id, sub1), sub1)
	c.putConfig(config)
	c.synchronize(id, sub1)
	c.loads(p, append(user("bob"), "template-admin"), "wizard-admin")

	// Back to autoprov, in the two passes that confd makes of it.
	c.reset(id)
	between := c.device(id, sub1)["config"].(string)
	c.reset(id)
	dev = c.device(id, sub1)
	if now := dev["config"].(string); now == between || !strings.HasPrefix(now, "autoprov") || dev["tenant_uuid"] != sub1 || dev["configured"] != true {
		t.Errorf("after the reset: %v", dev)
	}
	for _, gone := range []string{id, between} {
		if code, _ := c.do("GET", "/cfg_mgr/configs/"+gone, "", nil); code != 404 {
			t.Errorf("config %s: %d", gone, code)
		}
	}
	if n := c.synchronize(id, sub1); n.Endpoint != "bob" {
		t.Errorf("the reset: %+v", n)
	}
	c.loads(p, user(autoprov), "secret-bob", "template-admin")
	if dev = c.device(id, sub1); dev["remote_state_sip_username"] != autoprov {
		t.Errorf("the phone has %v", dev["remote_state_sip_username"])
	}

	// Another tenant: through the master, where any may claim it.
	dev["tenant_uuid"] = centraltest.Master
	c.putDevice(dev, sub1)
	if dev = c.device(id, ""); dev["is_new"] != true {
		t.Errorf("given back: %v", dev)
	}
	found := false
	for _, d := range c.must(200, "GET", "/dev_mgr/devices", "", nil)["devices"].([]any) {
		found = found || d.(doc)["id"] == id
	}
	if !found {
		t.Error("it is not among the unallocated devices")
	}
	c.putDevice(dev, sub2)
	c.putConfig(c.config(dev["config"].(string)))
	if dev = c.device(id, sub2); dev["tenant_uuid"] != sub2 || dev["is_new"] != false {
		t.Errorf("claimed: %v", dev)
	}
	if code, _ := c.do("GET", "/dev_mgr/devices/"+id, sub1, nil); code != 404 {
		t.Errorf("as the tenant that had it: %d", code)
	}
	if n := c.synchronize(id, sub2); n.URI != "sip:anonymous@"+p.ip().String() {
		t.Errorf("the claimed device: %+v", n)
	}
	c.loads(p, user(autoprov))
	c.associate(id, sub2, lines(id, "dave", "10.0.0.1", doc{}))
	c.synchronize(id, sub2)
	c.loads(p, user("dave"))

	// Deleted.
	if n := c.synchronize(id, sub2); n.Endpoint != "dave" {
		t.Errorf("before it is deleted: %+v", n)
	}
	c.must(204, "DELETE", "/dev_mgr/devices/"+id, sub2, nil)
	c.must(204, "DELETE", "/cfg_mgr/configs/"+id, "", nil)
	if code, _ := c.do("POST", "/dev_mgr/synchronize", sub2, doc{"id": id}); code != 404 {
		t.Errorf("synchronize of a deleted device: %d", code)
	}
	// The phone is new again, and has none of what it had.
	c.loads(p, user(autoprov), "dave")
	if again := c.byIP(p); again["id"] == id || again["tenant_uuid"] != centraltest.Master {
		t.Errorf("after it was deleted: %v", again)
	}
}

// A device that is made before its phone is there.
func TestConfdCreatesADevice(t *testing.T) {
	t.Parallel()
	const sub1 = centraltest.Sub1
	c := newConfd(t, "apbcdfghjk")
	p := testPhone(2)
	cid := c.must(201, "POST", "/cfg_mgr/autocreate", "", doc{})["id"].(string)
	id := c.must(201, "POST", "/dev_mgr/devices", sub1, doc{"device": doc{"config": cid}})["id"].(string)
	dev, config := c.device(id, sub1), c.config(cid)
	dev["mac"], dev["plugin"], dev["vendor"], dev["model"], dev["options"] = p.mac(), "provbox-yealink", "Yealink", "T46S", doc{"switchboard": false}
	c.putDevice(dev, sub1)
	c.putConfig(config)
	c.associate(id, sub1, lines(id, "erin", "10.0.0.1", doc{}))
	c.loads(p, []string{"account.1.user_name=erin\n"})
	if dev = c.byIP(p); dev["id"] != id || dev["tenant_uuid"] != sub1 || dev["remote_state_sip_username"] != "erin" {
		t.Errorf("the phone came as %v", dev)
	}
	if n := c.synchronize(id, sub1); n.Endpoint != "erin" {
		t.Errorf("%+v", n)
	}
}

// Another registrar for 500 devices: the registrar, then every device, then the
// autoprov config.
func TestConfdChangesARegistrar(t *testing.T) {
	t.Parallel()
	const n, sub1, oldHost, newHost = 500, centraltest.Sub1, "10.0.0.1", "10.9.9.9"
	c := newConfd(t, "apbcdfghjk")
	for i := range n {
		p := manyPhone(i)
		id := fmt.Sprintf("d%03d", i)
		c.must(201, "POST", "/cfg_mgr/configs", "", doc{"config": lines(id, fmt.Sprintf("u%03d", i), oldHost, doc{})})
		c.must(201, "POST", "/dev_mgr/devices", sub1, doc{"device": doc{
			"id": id, "mac": p.mac(), "vendor": "Yealink", "model": "T46S", "version": "66.86.0.15", "plugin": "provbox-yealink", "config": id,
		}})
	}
	unclaimed := testPhone(3)
	c.loads(unclaimed, []string{oldHost})

	c.must(201, "POST", "/cfg_mgr/configs", "", doc{"config": doc{
		"id": "reg", "X_type": "registrar", "parent_ids": []any{}, "raw_config": doc{"X_key": "wazo"}, "displayname": "second", "registrar_main": oldHost, "proxy_main": oldHost,
	}})
	q := url.QueryEscape(`{"X_type":"registrar","id":"reg"}`)
	list := c.must(200, "GET", "/cfg_mgr/configs?q="+q+"&sort=displayname&sort_ord=ASC", "", nil)["configs"].([]any)
	if len(list) != 1 {
		t.Fatalf("registrars: %v", list)
	}
	registrar := list[0].(doc)
	registrar["registrar_main"], registrar["proxy_main"] = newHost, newHost
	c.putConfig(registrar)
	for i := range n {
		id := fmt.Sprintf("d%03d", i)
		c.putDevice(c.device(id, sub1), sub1)
		c.putConfig(lines(id, fmt.Sprintf("u%03d", i), newHost, doc{}))
	}
	autoprov := c.config("autoprov")
	line := autoprov["raw_config"].(doc)["sip_lines"].(doc)["1"].(doc)
	line["registrar_ip"], line["proxy_ip"] = newHost, newHost
	for _, key := range []string{"registrar_port", "proxy_port", "backup_registrar_ip", "backup_registrar_port", "backup_proxy_ip", "backup_proxy_port", "outbound_proxy_ip", "outbound_proxy_port"} {
		line[key] = nil
	}
	autoprov["raw_config"].(doc)["sccp_call_managers"] = doc{"1": doc{"ip": newHost}}
	c.putConfig(autoprov)

	for i := range n {
		c.loads(manyPhone(i), []string{fmt.Sprintf("account.1.user_name=u%03d\n", i), newHost}, "account.1.sip_server.1.address="+oldHost, "account.1.sip_server.1.address = "+oldHost)
	}
	if n := c.synchronize("d007", sub1); n.Endpoint != "u007" {
		t.Errorf("%+v", n)
	}
	// What has its own copy of the autoprov line keeps it until confd or the phone
	// makes a new one, as with wazo-provd; a phone that comes now gets the new one.
	c.loads(testPhone(4), []string{newHost})
}

// manyPhone is one of more phones than testPhone has addresses for: some share one.
func manyPhone(i int) testPhone { return testPhone(1000 + i) }
