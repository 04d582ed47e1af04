package provd_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
	"provbox/provd/document"
)

func TestParams(t *testing.T) {
	t.Parallel()
	b := newBox(t, func(c *provd.ManagerConfig) { c.PluginServer = "http://p.example/" })
	ctx := context.Background()
	bad := map[string]any{
		"plugin_server": "nohost", "http_proxy": "http://h:1/path", "https_proxy": "https://h:1", "locale": "xx-YY",
		"NAT": document.Number(1), "provisioning_key": "short", "nonsense": "x",
	}
	for id, v := range bad {
		if err := b.SetParam(ctx, sub1, id, v); provd.CodeOf(err) != provd.Invalid && provd.CodeOf(err) != provd.NotFound {
			t.Errorf("%s: %v", id, err)
		}
	}
	for id, v := range map[string]any{"NAT": "1", "https_proxy": "h:1", "locale": "fr_FR", "provisioning_key": "12345678"} {
		if err := b.SetParam(ctx, sub1, id, v); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	if err := b.SetParam(ctx, sub2, "provisioning_key", "12345678"); provd.CodeOf(err) != provd.Invalid {
		t.Errorf("another tenant's key: %v", err)
	}
	list, err := b.Params(ctx, sub1)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	values := map[string]any{}
	for _, p := range list {
		ids = append(ids, p.ID)
		values[p.ID] = p.Value
	}
	if diff := cmp.Diff([]string{"plugin_server", "http_proxy", "ftp_proxy", "https_proxy", "locale", "NAT", "provisioning_key"}, ids); diff != "" {
		t.Error(diff)
	}
	if values["plugin_server"] != "http://p.example/" || values["provisioning_key"] != "12345678" || !document.Equal(values["NAT"], document.Number(1)) {
		t.Errorf("values: %v", values)
	}
}

func TestProvisioningKeyGoesIntoURLs(t *testing.T) {
	t.Parallel()
	b := newBox(t, func(c *provd.ManagerConfig) { c.URLKey = true })
	b.mustConfig(t, lineDoc)
	b.mustDevice(t, phoneDoc, asSub1)
	if b.device(t, "d1").Configured() {
		t.Error("configured although the tenant has no key")
	}
	if err := b.SetParam(context.Background(), sub1, "provisioning_key", "secretkey1"); err != nil {
		t.Fatal(err)
	}
	if file, _ := b.plugin.File("001565aabbcc.cfg"); !strings.Contains(file, `"http_base_url":"http://192.168.77.1:8667/secretkey1"`) {
		t.Errorf("got %s", file)
	}
}
