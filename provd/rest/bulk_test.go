package rest_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
)

// bulkID starts a bulk change and waits for its end.
func (s ownServer) bulk(t *testing.T, tenant, body string) (path, status string) {
	t.Helper()
	a := s.must(t, "POST", "/0.2/dev_mgr/bulk", tenant, body)
	path = a.header.Get("Location")
	if a.code != 201 || !strings.HasPrefix(path, "/0.2/dev_mgr/bulk/") {
		t.Fatalf("%d, Location %s", a.code, path)
	}
	var n int
	if _, err := fmt.Sscanf(path, "/0.2/dev_mgr/bulk/%d", &n); err != nil {
		t.Fatal(err)
	}
	b, err := s.manager.Bulk(n, provd.Scope{Tenants: []string{master, sub1, sub2}})
	if err != nil {
		t.Fatal(err)
	}
	<-b.Operation.Done()
	var got struct{ Status string }
	if err := json.Unmarshal([]byte(s.must(t, "GET", path, tenant, "").body), &got); err != nil {
		t.Fatal(err)
	}
	return path, got.Status
}

func (s ownServer) results(t *testing.T, path string) map[string]string {
	t.Helper()
	var got struct {
		Results []struct{ ID, State, Reason string }
	}
	if err := json.Unmarshal([]byte(s.must(t, "GET", path+"/results", "", "").body), &got); err != nil {
		t.Fatal(err)
	}
	m := make(map[string]string)
	for _, r := range got.Results {
		m[r.ID] = strings.TrimSpace(r.State + " " + r.Reason)
	}
	return m
}

func TestBulk(t *testing.T) {
	t.Parallel()
	s := newOwnServer(t)
	s.must(t, "POST", "/0.2/dev_mgr/devices", sub1, `{"device":{"id":"nomac","plugin":"test","config":"c"}}`)
	steps := []struct {
		name, tenant, body, status string
		want                       map[string]string
	}{
		{
			"plugin of a tenant's devices", sub1, `{"action":"plugin","plugin":"other","selector":{"plugin":"test"}}`, "fail;3/3",
			map[string]string{"d0": "success", "d1": "success", "nomac": "fail MAC address needed to configure device"},
		},
		{
			"with those below", "", `{"action":"reconfigure","recurse":true,"selector":{"mac":{"$exists":true}},"synchronize":true}`, "success;3/3",
			map[string]string{"d0": "success", "d1": "success", "d2": "success"},
		},
		{
			"a foreign device by id", sub1, `{"action":"synchronize","ids":["d2","d0","d0","nope"]}`, "fail;3/3",
			map[string]string{"d0": "success", "d2": "fail No such resource", "nope": "fail No such resource"},
		},
		{"delete", sub1, `{"action":"delete","selector":{}}`, "success;3/3", map[string]string{"d0": "success", "d1": "success", "nomac": "success"}},
		{"none", sub1, `{"action":"delete","selector":{}}`, "success;0", map[string]string{}},
	}
	for _, tt := range steps {
		t.Run(tt.name, func(t *testing.T) {
			path, status := s.bulk(t, tt.tenant, tt.body)
			if status != tt.status {
				t.Errorf("status %s, want %s", status, tt.status)
			}
			if d := cmp.Diff(tt.want, s.results(t, path)); d != "" {
				t.Error(d)
			}
			// Foreign tenants see nothing of it.
			if a := s.do(t, request{method: "GET", path: path + "/results", token: "one"}); (a.code == 200) != (tt.tenant == sub1) {
				t.Errorf("as tenant one: %d", a.code)
			}
		})
	}
	if a := s.do(t, request{method: "GET", path: "/0.2/dev_mgr/devices/d0"}); a.code != 404 {
		t.Errorf("a deleted device: %d", a.code)
	}
	if a := s.do(t, request{method: "GET", path: "/0.2/dev_mgr/devices/d2"}); !strings.Contains(a.body, `"plugin":"test"`) {
		t.Errorf("the other tenant's device: %s", a.body)
	}
	// One that has ended is forgotten when it is deleted.
	s.must(t, "DELETE", "/0.2/dev_mgr/bulk/1", "", "")
	if a := s.do(t, request{method: "GET", path: "/0.2/dev_mgr/bulk/1"}); a.code != 404 {
		t.Errorf("a forgotten one: %d", a.code)
	}
}

func TestBulkRefusals(t *testing.T) {
	t.Parallel()
	s := newOwnServer(t)
	for name, tt := range map[string]struct{ body, text string }{
		"no action":           {`{"selector":{}}`, "the action is missing"},
		"unknown action":      {`{"action":"reboot","selector":{}}`, `"action": want`},
		"neither":             {`{"action":"delete"}`, "either ids or a selector"},
		"both":                {`{"action":"delete","ids":[],"selector":{}}`, "either ids or a selector"},
		"no plugin":           {`{"action":"plugin","selector":{}}`, "needs the member plugin"},
		"no such plugin":      {`{"action":"plugin","plugin":"gone","selector":{}}`, "plugin 'gone' is not loaded"},
		"plugin of no use":    {`{"action":"delete","plugin":"x","selector":{}}`, "for the action plugin only"},
		"ids that are none":   {`{"action":"delete","ids":[1]}`, `"ids": want`},
		"unknown member":      {`{"action":"delete","ids":[],"dry_run":true}`, `"dry_run": want`},
		"selector that fails": {`{"action":"delete","selector":{"a":{"$nope":1}}}`, "$nope"},
		"list":                {`[]`, "the body must be"},
	} {
		t.Run(name, func(t *testing.T) {
			if a := s.do(t, request{method: "POST", path: "/0.2/dev_mgr/bulk", body: tt.body}); a.code != 400 || !strings.Contains(a.body, tt.text) {
				t.Errorf("%d %s", a.code, a.body)
			}
		})
	}
	s.do(t, request{method: "POST", path: "/0.2/dev_mgr/bulk", body: `{"action":"delete","ids":[]}`})
	s.auth.mu.Lock()
	defer s.auth.mu.Unlock()
	if last := s.auth.acls[len(s.auth.acls)-1]; last != "provd.dev_mgr.bulk.delete.create" {
		t.Errorf("the last ACL asked for is %s", last)
	}
}

// A bulk change that is cancelled keeps what was done, and can still be read.
func TestBulkCancelled(t *testing.T) {
	t.Parallel()
	s := newOwnServer(t)
	s.plugin.Wait = make(chan struct{})
	a := s.must(t, "POST", "/0.2/dev_mgr/bulk", sub1, `{"action":"synchronize","selector":{}}`)
	path := a.header.Get("Location")
	s.plugin.Wait <- struct{}{} // one of the two phones is asked
	b, err := s.manager.Bulk(1, provd.Scope{Tenants: []string{sub1}})
	if err != nil {
		t.Fatal(err)
	}
	// The one that was asked is told before the other is cancelled.
	for done := false; !done; runtime.Gosched() {
		for _, r := range b.Results() {
			done = done || r.State == provd.Success
		}
	}
	s.must(t, "DELETE", path, sub1, "")
	<-b.Operation.Done()
	close(s.plugin.Wait)
	states := make(map[string]int)
	for _, r := range s.results(t, path) {
		states[r]++
	}
	want := map[string]int{"success": 1, "fail cancelled while the phone was being asked": 1}
	if d := cmp.Diff(want, states); d != "" {
		t.Error(d)
	}
	if a = s.must(t, "GET", path, sub1, ""); a.body != `{"status":"fail;2/2"}` {
		t.Error(a.body)
	}
}
