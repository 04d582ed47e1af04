package provd_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/provdtest"
	"provbox/provd/query"
)

const (
	master = "eeeeeeee-eeee-eeee-eeee-eeeeeeeeeee1"
	sub1   = "eeeeeeee-eeee-eeee-eeee-eeeeeeeeeee2"
	sub2   = "eeeeeeee-eeee-eeee-eeee-eeeeeeeeeee3"
)

var (
	asMaster = provd.Scope{Tenant: master, Tenants: []string{master, sub1, sub2}}
	asSub1   = provd.Scope{Tenant: sub1, Tenants: []string{sub1}}
	asSub2   = provd.Scope{Tenant: sub2, Tenants: []string{sub2}}
)

type box struct {
	*provd.Manager
	store  *provdtest.Store
	plugin *provdtest.Plugin
}

func newBox(t *testing.T, change func(*provd.ManagerConfig)) box {
	t.Helper()
	b := box{store: &provdtest.Store{}, plugin: &provdtest.Plugin{}}
	cfg := provd.ManagerConfig{
		Store: b.store, Plugins: provdtest.Plugins{"test": b.plugin},
		BaseRawConfig: document.New("http_base_url", "http://192.168.77.1:8667", "tftp_port", document.Number(69)),
	}
	if change != nil {
		change(&cfg)
	}
	var err error
	if b.Manager, err = provd.NewManager(cfg); err != nil {
		t.Fatal(err)
	}
	if err := b.SetMasterTenant(master); err != nil {
		t.Fatal(err)
	}
	return b
}

func decode(t *testing.T, s string) *document.Object {
	t.Helper()
	o, err := document.Decode([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func (b box) mustConfig(t *testing.T, s string) {
	t.Helper()
	if _, err := b.CreateConfig(context.Background(), decode(t, s)); err != nil {
		t.Fatal(err)
	}
}

func (b box) mustDevice(t *testing.T, s string, scope provd.Scope) string {
	t.Helper()
	id, err := b.CreateDevice(context.Background(), provd.Device{Object: decode(t, s)}, scope)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (b box) device(t *testing.T, id string) provd.Device {
	t.Helper()
	dev, err := b.Device(context.Background(), id, asMaster)
	if err != nil {
		t.Fatal(err)
	}
	return dev
}

const (
	phoneDoc = `{"id":"d1","mac":"00:15:65:aa:bb:cc","ip":"192.168.77.50","plugin":"test","config":"c1"}`
	lineDoc  = `{"id":"c1","parent_ids":["base"],"raw_config":{"sip_lines":{"1":{"username":"u1","password":"p","proxy_ip":"10.0.0.1"}}}}`
)

func TestDeviceIsConfiguredWhenItsConfigArrives(t *testing.T) {
	t.Parallel()
	b := newBox(t, nil)
	id := b.mustDevice(t, phoneDoc, asSub1)
	if dev := b.device(t, id); dev.Configured() || !strings.Contains(dev.String("X_provbox_error"), "c1") {
		t.Fatalf("before its config exists: %v", dev.Keys())
	}
	b.mustConfig(t, lineDoc)
	dev := b.device(t, id)
	if !dev.Configured() || dev.Has("X_provbox_error") || dev.Tenant() != sub1 || dev.IsNew() {
		t.Fatalf("after its config arrived: %v", dev.Keys())
	}
	file, _ := b.plugin.File("001565aabbcc.cfg")
	for _, want := range []string{`"username":"u1"`, `"sip_transport":"udp"`, `"registrar_ip":"10.0.0.1"`, `"http_base_url":"http://192.168.77.1:8667"`} {
		if !strings.Contains(file, want) {
			t.Errorf("no %s in %s", want, file)
		}
	}
}

func TestParentChangeRendersDescendants(t *testing.T) {
	t.Parallel()
	b := newBox(t, nil)
	b.mustConfig(t, `{"id":"base","parent_ids":[],"raw_config":{"ntp_ip":"10.0.0.9","locale":"fr_FR"}}`)
	b.mustConfig(t, `{"id":"mid","parent_ids":["base"],"raw_config":{"locale":"en_US"}}`)
	b.mustConfig(t, `{"id":"c1","parent_ids":["base","mid"],"raw_config":{}}`)
	b.mustDevice(t, phoneDoc, asSub1)
	if err := b.UpdateConfig(context.Background(), "base", decode(t, `{"parent_ids":["c1"],"raw_config":{"ntp_ip":"10.0.0.8","locale":"de_DE"}}`)); err != nil {
		t.Fatal(err)
	}
	file, _ := b.plugin.File("001565aabbcc.cfg")
	if !strings.Contains(file, `"ntp_ip":"10.0.0.8"`) || !strings.Contains(file, `"locale":"en_US"`) {
		t.Errorf("got %s", file)
	}
	if err := b.DeleteConfig(context.Background(), "c1"); err != nil {
		t.Fatal(err)
	}
	if dev := b.device(t, "d1"); dev.Configured() {
		t.Error("still configured after its config was deleted")
	}
}

func TestFailedRenderKeepsTheLastGoodFile(t *testing.T) {
	t.Parallel()
	b := newBox(t, nil)
	b.mustConfig(t, lineDoc)
	b.mustDevice(t, phoneDoc, asSub1)
	good, _ := b.plugin.File("001565aabbcc.cfg")
	b.plugin.SetConfigureErr(errors.New("test: entry.py:12: no such key"))
	bad := decode(t, lineDoc)
	bad.Object("raw_config").Object("sip_lines").Object("1").Set("username", "u2")
	if err := b.UpdateConfig(context.Background(), "c1", bad); err != nil {
		t.Fatal(err)
	}
	dev := b.device(t, "d1")
	if dev.Configured() || !strings.Contains(dev.String("X_provbox_error"), "entry.py:12") {
		t.Errorf("device does not say why: %v", dev.String("X_provbox_error"))
	}
	if now, _ := b.plugin.File("001565aabbcc.cfg"); now != good {
		t.Errorf("the last good file is gone: %s", now)
	}
}

func TestInvalidRawConfigIsNamed(t *testing.T) {
	t.Parallel()
	b := newBox(t, nil)
	_, err := b.CreateConfig(context.Background(), decode(t, `{"id":"c1","parent_ids":[],"raw_config":{"http_port":"x","nonsense":1}}`))
	if provd.CodeOf(err) != provd.Invalid || !strings.Contains(err.Error(), "http_port") || !strings.Contains(err.Error(), "nonsense") {
		t.Errorf("got %v", err)
	}
}

func TestUpdateDevice(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		stored string // extra members
		body   string
		as     provd.Scope
		code   provd.Code
		fails  bool
		tenant string
		isNew  bool
	}{
		{name: "any tenant claims a new device", stored: master, body: `{"mac":"00:15:65:aa:bb:cc"}`, as: asSub1, tenant: sub1},
		{name: "the body cannot claim it for another", stored: master, body: `{"tenant_uuid":"` + sub2 + `"}`, as: asSub1, tenant: sub1},
		{name: "a foreign device does not exist", stored: sub2, body: `{}`, as: asSub1, fails: true, code: provd.NotFound},
		{name: "a body without tenant keeps it", stored: sub1, body: `{}`, as: asMaster, tenant: sub1},
		{name: "back to the master tenant", stored: sub1, body: `{"tenant_uuid":"` + master + `"}`, as: asSub1, tenant: master, isNew: true},
		{name: "to a tenant below the caller's", stored: sub1, body: `{"tenant_uuid":"` + sub2 + `"}`, as: asMaster, tenant: sub2},
		{name: "to a foreign tenant", stored: sub1, body: `{"tenant_uuid":"` + sub2 + `"}`, as: asSub1, fails: true, code: provd.Invalid},
		{name: "bad mac", stored: sub1, body: `{"mac":"00-15-65-AA-BB-CC"}`, as: asSub1, fails: true, code: provd.Invalid},
		{name: "bad ip", stored: sub1, body: `{"ip":"10.0.0.256"}`, as: asSub1, fails: true, code: provd.Invalid},
		{name: "wrong type", stored: sub1, body: `{"plugin":[3]}`, as: asSub1, fails: true, code: provd.Invalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBox(t, nil)
			b.mustDevice(t, phoneDoc, provd.Scope{Tenant: tt.stored})
			before := b.device(t, "d1")
			err := b.UpdateDevice(context.Background(), "d1", provd.Device{Object: decode(t, tt.body)}, tt.as)
			after := b.device(t, "d1")
			if tt.fails {
				if provd.CodeOf(err) != tt.code || !document.Equal(before.Object, after.Object) {
					t.Fatalf("got %v, device changed: %v", err, !document.Equal(before.Object, after.Object))
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if after.Tenant() != tt.tenant || after.IsNew() != tt.isNew {
				t.Errorf("tenant %s, is_new %v", after.Tenant(), after.IsNew())
			}
		})
	}
}

func TestUnchangedDeviceIsNotWritten(t *testing.T) {
	t.Parallel()
	b := newBox(t, nil)
	b.mustConfig(t, lineDoc)
	b.mustDevice(t, phoneDoc, asSub1)
	doc := b.device(t, "d1")
	doc.Set("configured", false) // the server's, whatever a client says
	if err := b.UpdateDevice(context.Background(), "d1", doc, asSub1); err != nil {
		t.Fatal(err)
	}
	if !b.device(t, "d1").Configured() {
		t.Error("a client changed configured")
	}
}

func TestTransientConfigGoesWithItsLastDevice(t *testing.T) {
	t.Parallel()
	b := newBox(t, nil)
	b.mustConfig(t, `{"id":"t1","parent_ids":[],"raw_config":{},"transient":true}`)
	b.mustDevice(t, `{"id":"d1","config":"t1"}`, asSub1)
	b.mustDevice(t, `{"id":"d2","config":"t1"}`, asSub1)
	ctx := context.Background()
	if err := b.DeleteDevice(ctx, "d1", asSub1); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Config(ctx, "t1"); err != nil {
		t.Fatalf("gone while a device uses it: %v", err)
	}
	if err := b.UpdateDevice(ctx, "d2", provd.NewDevice("config", "other"), asSub1); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Config(ctx, "t1"); provd.CodeOf(err) != provd.NotFound {
		t.Errorf("still there: %v", err)
	}
}

func TestAutocreate(t *testing.T) {
	t.Parallel()
	b := newBox(t, nil)
	ctx := context.Background()
	if _, err := b.Autocreate(ctx); provd.CodeOf(err) != provd.NotFound {
		t.Fatalf("without a source: %v", err)
	}
	b.mustConfig(t, `{"id":"autoprov","role":"autocreate","deletable":false,"parent_ids":["base"],"raw_config":{"sip_lines":{"1":{"username":"apabcdefgh"}}}}`)
	id, err := b.Autocreate(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(id, "autoprov") || len(id) != len("autoprov")+36 {
		t.Errorf("id %q", id)
	}
	doc, err := b.Config(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	want := decode(t, `{"id":"`+id+`","parent_ids":["autoprov"],"raw_config":{"sip_lines":{"1":{"username":"apabcdefgh"}}},"transient":true}`)
	if !document.Equal(want, doc) {
		t.Errorf("got %v", doc.Keys())
	}
	if err := b.DeleteConfig(ctx, "autoprov"); provd.CodeOf(err) != provd.Denied {
		t.Errorf("deleting a config that is not deletable: %v", err)
	}
}

func TestOwnAutoprovSetIsReplacedByAClients(t *testing.T) {
	t.Parallel()
	b := newBox(t, func(c *provd.ManagerConfig) {
		c.Autoprov = provd.AutoprovConfigs(provd.AutoprovSettings{Registrar: "10.0.0.1", NTP: "10.0.0.2"})
	})
	ctx := context.Background()
	raw, err := b.RawConfig(ctx, "autoprov")
	if err != nil {
		t.Fatal(err)
	}
	line := raw.Object("sip_lines").Object("1")
	if user := line.String("username"); !strings.HasPrefix(user, "ap") || len(user) != 10 || line.String("registrar_ip") != "10.0.0.1" || raw.String("ntp_ip") != "10.0.0.2" {
		t.Errorf("own autoprov line: %v", line.Keys())
	}
	b.mustConfig(t, `{"id":"autoprov","role":"autocreate","parent_ids":[],"raw_config":{"sip_lines":{"1":{"username":"central"}}}}`)
	_, err = b.CreateConfig(ctx, decode(t, `{"id":"autoprov","parent_ids":[],"raw_config":{}}`))
	if provd.CodeOf(err) != provd.Conflict || err.Error() != "autoprov" {
		t.Errorf("the client's own document was replaced: %v", err)
	}
}

func TestRemoteState(t *testing.T) {
	t.Parallel()
	b := newBox(t, nil)
	b.mustConfig(t, lineDoc)
	b.mustDevice(t, phoneDoc, asSub1)
	for _, step := range []struct{ file, want string }{
		{"/firmware.rom", ""},
		{"/001565aabbcc.cfg", "u1"},
	} {
		if err := b.Requested("d1", step.file); err != nil {
			t.Fatal(err)
		}
		if got := b.device(t, "d1").String("remote_state_sip_username"); got != step.want {
			t.Errorf("after %s: %q", step.file, got)
		}
	}
}

func TestSynchronize(t *testing.T) {
	t.Parallel()
	b := newBox(t, nil)
	ctx := context.Background()
	b.mustDevice(t, phoneDoc, asSub1)
	op, err := b.Synchronize(ctx, "d1", asSub1)
	if err != nil {
		t.Fatal(err)
	}
	if <-op.Done(); op.String() != "fail" || op.Reason() == "" {
		t.Errorf("not configured: %s, %s", op, op.Reason())
	}
	b.mustConfig(t, lineDoc)
	b.plugin.Wait = make(chan struct{})
	if op, err = b.Synchronize(ctx, "d1", asSub1); err != nil {
		t.Fatal(err)
	}
	if op.String() != "progress" {
		t.Errorf("while it runs: %s", op)
	}
	b.plugin.Wait <- struct{}{}
	if <-op.Done(); op.String() != "success" || b.plugin.Syncs() != 1 {
		t.Errorf("after: %s, %d calls", op, b.plugin.Syncs())
	}
	if _, err := b.Synchronize(ctx, "d1", asSub2); provd.CodeOf(err) != provd.NotFound {
		t.Errorf("foreign tenant: %v", err)
	}
}

func TestBrokenDiskIsAnError(t *testing.T) {
	t.Parallel()
	b := newBox(t, nil)
	b.mustConfig(t, lineDoc)
	b.mustDevice(t, phoneDoc, asSub1)
	b.store.Broken = errors.New("disk full")
	if err := b.DeleteDevice(context.Background(), "d1", asSub1); !errors.Is(err, b.store.Broken) {
		t.Errorf("got %v", err)
	}
	if _, ok := b.plugin.File("001565aabbcc.cfg"); !ok {
		t.Error("the file is gone although the device is not")
	}
}

func TestPluginChangeMovesFiles(t *testing.T) {
	t.Parallel()
	other := &provdtest.Plugin{Name: "other"}
	b := newBox(t, func(c *provd.ManagerConfig) {
		c.Plugins = provdtest.Plugins{"test": c.Plugins.(provdtest.Plugins)["test"], "other": other}
	})
	b.mustConfig(t, lineDoc)
	b.mustDevice(t, phoneDoc, asSub1)
	dev := b.device(t, "d1")
	dev.Set("plugin", "other")
	if err := b.UpdateDevice(context.Background(), "d1", dev, asSub1); err != nil {
		t.Fatal(err)
	}
	_, old := b.plugin.File("001565aabbcc.cfg")
	_, now := other.File("001565aabbcc.cfg")
	if old || !now {
		t.Errorf("in the old plugin: %v, in the new: %v", old, now)
	}
}

func TestDevicesQuery(t *testing.T) {
	t.Parallel()
	b := newBox(t, nil)
	b.mustDevice(t, `{"id":"a","vendor":"x"}`, asSub1)
	b.mustDevice(t, `{"id":"b","vendor":"y"}`, asSub1)
	b.mustDevice(t, `{"id":"c","vendor":"x"}`, asSub2)
	docs, err := b.Devices(context.Background(), query.Query{Selector: document.New("vendor", "x")}, []string{sub1})
	if err != nil || len(docs) != 1 || docs[0].String("id") != "a" {
		t.Errorf("got %v, %v", docs, err)
	}
}
