package appliance_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"provbox/appliance/central/centraltest"
)

// follow reads the box's event stream and returns a function that waits for an event
// whose data has all of these texts.
func (c *confd) follow(query, tenant string) (await func(texts ...string) string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*outcomeWait)
	c.t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, "GET", "http://"+c.app.REST().String()+"/0.2/dev_mgr/events"+query, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("X-Auth-Token", "root")
	if tenant != "" {
		req.Header.Set("Wazo-Tenant", tenant)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode != 200 {
		c.t.Fatalf("events: %v %v", resp, err)
	}
	c.t.Cleanup(func() { _ = resp.Body.Close() })
	lines := bufio.NewScanner(resp.Body)
	return func(texts ...string) string {
		c.t.Helper()
		for lines.Scan() {
			data, ok := strings.CutPrefix(lines.Text(), "data: ")
			for _, text := range texts {
				ok = ok && strings.Contains(data, text)
			}
			if ok {
				return data
			}
		}
		c.t.Fatalf("no event with %q", texts)
		return ""
	}
}

// A change of a config that 1,000 devices inherit from: readers and phones go on
// meanwhile, how far it is can be followed, and a device that cannot be rendered
// keeps its last good files and says why.
func TestChangeOfASharedParent(t *testing.T) {
	t.Parallel()
	const n = 1000
	box := newFullBox(t, n)
	c := &confd{centre: &centre{t: t}, app: box.app}
	tell := c.follow("?recurse=true", "")
	base := func(raw doc) doc {
		return doc{"config": doc{"id": "base", "X_type": "internal", "deletable": false, "parent_ids": []any{}, "raw_config": raw}}
	}
	phone := func(i int) string {
		t.Helper()
		code, file := get(t, box.app, "Yealink SIP-T46S 66.86.0.15 "+fullMAC(i), strings.ReplaceAll(fullMAC(i), ":", "")+".cfg")
		if code != 200 {
			t.Fatalf("phone %d: %d %s", i, code, file)
		}
		return file
	}

	// One device will not do with what it is about to inherit: a name server that is
	// enabled and that it says is none.
	bad := fullID(7)
	config := c.config(bad)
	config["raw_config"].(doc)["dns_ip"] = nil
	c.putConfig(config)
	before := phone(7)

	// While it goes on there are readers and phones.
	var ended atomic.Bool
	var answer http.Header
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer ended.Store(true)
		b, _ := json.Marshal(base(doc{"dns_enabled": true, "dns_ip": "10.0.0.53"}))
		req, err := http.NewRequest("PUT", "http://"+box.app.REST().String()+"/0.2/cfg_mgr/configs/base", strings.NewReader(string(b)))
		if err != nil {
			t.Error(err)
			return
		}
		req.Header.Set("X-Auth-Token", "root")
		req.Header.Set("Content-Type", "application/vnd.proformatique.provd+json")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Error(err)
			return
		}
		_ = resp.Body.Close()
		if answer = resp.Header; resp.StatusCode != 204 {
			t.Errorf("PUT of the parent: %s", resp.Status)
		}
	}()
	tell(`"rendering devices"`, `"cause":"config base"`, `"done":0`)
	during := 0
	for i := 0; !ended.Load() && i < n; i++ {
		c.device(fullID(i), centraltest.Sub1)
		if !strings.Contains(phone(i), "account.1.user_name") {
			t.Errorf("phone %d got no account meanwhile", i)
		}
		if !ended.Load() {
			during++
		}
	}
	if during == 0 {
		t.Error("nobody was served while the devices were rendered")
	}
	<-done
	path := answer.Get("X-Provbox-Rendering")
	got := c.must(200, "GET", strings.TrimPrefix(path, "/0.2"), "", nil)
	if r, _ := got["rendering"].(doc); got["status"] != fmt.Sprintf("success;%d/%[1]d", n) || r["failed"] != 1.0 || r["cause"] != "config base" {
		t.Errorf("%s: %v", path, got)
	}
	tell(`"rendered devices"`, fmt.Sprintf(`"done":%d`, n))

	dev := c.device(bad, centraltest.Sub1)
	if reason, _ := dev["X_provbox_error"].(string); dev["configured"] != false || !strings.Contains(reason, "dns") {
		t.Errorf("the device that failed: %v", dev)
	}
	if after := phone(7); after != before {
		t.Errorf("its files changed:\n%s", after)
	}
	c.must(204, "PUT", "/cfg_mgr/configs/base", "", base(doc{"syslog_enabled": true, "syslog_ip": "10.0.0.9"}))
	if dev = c.device(bad, centraltest.Sub1); dev["configured"] != true || dev["X_provbox_error"] != nil {
		t.Errorf("when it works again: %v", dev)
	}
	if !strings.Contains(phone(7), "10.0.0.9") {
		t.Error("its files are not the new ones")
	}
}

// The additions on a whole box, with a package of ours.
func TestOwnRoutes(t *testing.T) {
	t.Parallel()
	const sub1, sub2 = centraltest.Sub1, centraltest.Sub2
	c := newConfd(t, "apbcdfghjk")
	c.stack.AddToken("narrow", centraltest.Token{Tenant: sub1, ACLs: []string{"provd.dev_mgr.devices.*.read", "provd.dev_mgr.devices.read"}})
	p := testPhone(5)
	c.loads(p, []string{"apbcdfghjk"})
	id := c.byIP(p)["id"].(string)
	tell, foreign := c.follow("", sub1), c.follow("", sub2)
	c.associate(id, sub1, lines(id, "alice", "10.0.0.1", doc{}))
	tell(`"changed"`, id)
	tell(`"text":"configured"`, id)

	// The files as the phone gets them, and the template they come from.
	files := c.must(200, "GET", "/dev_mgr/devices/"+id+"/files", sub1, nil)["files"].([]any)
	own := ""
	for _, f := range files {
		if f := f.(doc); f["name"] == p.account() {
			own, _ = f["content"].(string)
			if f["sensitive"] != true || f["template"] == nil || f["custom"] != false {
				t.Errorf("the account file is %v", f)
			}
		}
	}
	if file, err := p.fetch(c.app, p.account()); err != nil || own == "" || own != file {
		t.Errorf("shown:\n%s\nfetched: %v\n%s", own, err, file)
	}
	// A preview changes nothing.
	preview := c.must(200, "POST", "/dev_mgr/devices/"+id+"/preview", sub1, doc{"parent_ids": []any{"base"}, "raw_config": lines(id, "zoe", "10.0.0.1", doc{})["raw_config"]})
	if b, err := json.Marshal(preview); err != nil || !strings.Contains(string(b), "zoe") {
		t.Errorf("preview: %s", b)
	}
	c.loads(p, []string{"account.1.user_name=alice\n"}, "zoe")
	if code, _ := c.do("POST", "/dev_mgr/devices/"+id+"/preview", sub1, doc{"raw_config": doc{"sip_transport": "pigeon"}}); code != 400 {
		t.Errorf("preview of what is not valid: %d", code)
	}
	// Who may read devices may not read their files.
	if code, _, _ := c.call(c.app, "narrow", "GET", "/0.2/dev_mgr/devices/"+id, ""); code != 200 {
		t.Errorf("the device: %d", code)
	}
	for _, path := range []string{"/files", "/journal"} {
		if code, _, _ := c.call(c.app, "narrow", "GET", "/0.2/dev_mgr/devices/"+id+path, ""); code != 401 {
			t.Errorf("%s: %d", path, code)
		}
		if code, _ := c.do("GET", "/dev_mgr/devices/"+id+path, sub2, nil); code != 404 {
			t.Errorf("%s of a foreign tenant: %d", path, code)
		}
	}
	events, err := json.Marshal(c.must(200, "GET", "/dev_mgr/devices/"+id+"/journal", sub1, nil))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"files shown"`, `"files previewed"`, `"phone takes its account"`, p.account()} {
		if !strings.Contains(string(events), want) {
			t.Errorf("no %s in the journal: %s", want, events)
		}
	}
	if strings.Contains(string(events), "secret-alice") {
		t.Errorf("a password is in the journal: %s", events)
	}

	// Many devices at once, through the centre.
	location := c.must(201, "POST", "/dev_mgr/bulk", sub1, doc{"action": "plugin", "plugin": "provbox-yealink", "selector": doc{}, "synchronize": true})["Location"].(string)
	path := strings.TrimPrefix(location, "/0.2")
	until(t, "the end of the bulk change", func() bool { return c.must(200, "GET", path, sub1, nil)["status"] == "success;1/1" })
	if all := c.stack.Notifies(); len(all) != 1 || all[0].Endpoint != "alice" {
		t.Errorf("NOTIFYs %+v", all)
	}
	if code, _ := c.do("GET", path+"/results", sub2, nil); code != 404 {
		t.Errorf("results for a foreign tenant: %d", code)
	}
	c.must(201, "POST", "/dev_mgr/bulk", sub2, doc{"action": "delete", "selector": doc{}})
	c.device(id, sub1) // another tenant's bulk change does not reach it

	// The foreign tenant was told of nothing but what is its own.
	c.must(201, "POST", "/dev_mgr/devices", sub2, doc{"device": doc{"id": "theirs"}})
	if first := foreign(); !strings.Contains(first, "bulk change ended") && !strings.Contains(first, "theirs") {
		t.Errorf("the foreign tenant was told %s", first)
	}
}
