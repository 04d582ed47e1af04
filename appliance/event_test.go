package appliance_test

import "testing"

// Every event about a device says whose the device was then: when it moves to
// another tenant, that one is not shown what was before.
func TestEventsHaveTheTenant(t *testing.T) {
	t.Parallel()
	d := newFrontDoor(t, packages{"good": {"entry.py": source(t, "good.py"), "templates/base.tpl": "{{ X_greeting }}"}})
	d.device("d", "00:15:65:aa:bb:01", "127.0.0.61", "good")
	tenant := d.member("d", "tenant_uuid")
	if resp, body, err := d.http("127.0.0.62", "GET", "/001565aabb02.cfg", "Good 00:15:65:aa:bb:02", ""); err != nil {
		t.Fatalf("a new phone: %v %s, %v", resp, body, err)
	}
	if resp, body, err := d.http("127.0.0.61", "GET", "/001565aabb01.cfg", "Good 00:15:65:aa:bb:01", ""); err != nil || resp.StatusCode != 200 {
		t.Fatalf("%s, %v", body, err)
	}
	if body, err := d.tftp("127.0.0.61", "001565aabb01.cfg"); body != "hello" {
		t.Fatalf("%q, %v", body, err)
	}
	d.must("PUT", "/pg_mgr/plugins/good/templates/base.tpl", `{"template":{"content":"{{ 1 / 0 }}"}}`)
	seen := make(map[string]bool)
	for _, e := range d.app.Journal().Recent(1 << 20) {
		if e.Device == "" {
			continue
		}
		seen[e.Topic] = true
		if e.Tenant != tenant {
			t.Errorf("%s %q of %s has the tenant %q, not %q", e.Topic, e.Text, e.Device, e.Tenant, tenant)
		}
	}
	for _, topic := range []string{"device", "ident", "config", "http", "tftp", "plugin"} {
		if !seen[topic] {
			t.Errorf("no event of %s", topic)
		}
	}
}
