package plugins_test

import (
	"context"
	"flag"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/plugin"
	"provbox/provd/plugins"
	"provbox/provd/rawconfig"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func base() *document.Object {
	return document.New("ip", "192.0.2.10", "http_port", 8667, "tftp_port", 69, "http_base_url", "http://192.0.2.10:8667")
}

func load(t *testing.T, id string) *plugin.Plugin {
	t.Helper()
	p, err := plugin.Load(t.Context(), plugin.Config{
		ID: id, Package: plugins.FS(id), BaseRawConfig: base(),
		Now: func() time.Time { return time.Date(2025, 6, 15, 15, 6, 40, 0, time.UTC) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// config merges a JSON object over the base config and sets the defaults.
func config(t *testing.T, src string) *document.Object {
	t.Helper()
	doc, err := document.Decode([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	raw := base()
	for k, v := range doc.All() {
		raw.Set(k, v)
	}
	rawconfig.SetDefaults(raw)
	if err := rawconfig.Validate(raw); err != nil {
		t.Fatal(err)
	}
	return raw
}

// golden compares files with those of a folder below testdata.
func golden(t *testing.T, folder string, got map[string][]byte) {
	t.Helper()
	dir := filepath.Join("testdata", folder)
	if *update {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, content := range got {
			if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := make(map[string]string)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		want[e.Name()] = string(content)
	}
	text := make(map[string]string, len(got))
	for name, content := range got {
		text[name] = string(content)
	}
	if diff := cmp.Diff(want, text); diff != "" {
		t.Errorf("%s (-want +got):\n%s", folder, diff)
	}
}

const (
	autoprov = `{
  "ntp_enabled": true, "ntp_ip": "192.0.2.20", "X_xivo_phonebook_ip": "192.0.2.20",
  "admin_username": "admin", "admin_password": "a1", "user_username": "user", "user_password": "u1",
  "sccp_call_managers": {"1": {"ip": "192.0.2.20"}},
  "sip_lines": {"1": {"username": "apmy3dCQDw", "password": "p", "display_name": "Autoprov", "number": "autoprov",
    "proxy_ip": "192.0.2.20", "registrar_ip": "192.0.2.20"}}}`
	full = `{
  "locale": "fr_FR", "timezone": "Europe/Paris", "ntp_enabled": true, "ntp_ip": "192.0.2.40",
  "dns_enabled": true, "dns_ip": "192.0.2.53", "vlan_enabled": true, "vlan_id": 10, "vlan_priority": 5, "vlan_pc_port_id": 20,
  "syslog_enabled": true, "syslog_ip": "192.0.2.50", "syslog_level": "error",
  "admin_username": "root", "admin_password": "S3cr3t", "user_username": "user", "user_password": "1234",
  "sip_transport": "tls", "sip_srtp_mode": "required", "sip_dtmf_mode": "SIP-INFO", "sip_subscribe_mwi": true,
  "exten_park": "700", "exten_pickup_group": "*7", "exten_pickup_call": "*8", "exten_voicemail": "*98", "config_version": 3,
  "X_xivo_phonebook_ip": "192.0.2.30", "X_xivo_phonebook_scheme": "https", "X_xivo_phonebook_port": 443, "X_xivo_user_uuid": "u-1",
  "sccp_call_managers": {"2": {"ip": "192.0.2.21", "port": 2001}, "1": {"ip": "192.0.2.20"}},
  "sip_lines": {
    "1": {"username": "u1", "auth_username": "a1", "password": "p1", "display_name": "Alice Émile", "number": "1001",
      "proxy_ip": "192.0.2.20", "registrar_ip": "192.0.2.20", "registrar_port": 5061, "backup_registrar_ip": "192.0.2.21",
      "backup_proxy_ip": "192.0.2.21", "outbound_proxy_ip": "192.0.2.22", "outbound_proxy_port": 5070},
    "3": {"username": "u3", "password": "p3", "display_name": "Bob", "number": "1003", "proxy_ip": "192.0.2.20",
      "dtmf_mode": "RTP-in-band", "srtp_mode": "preferred", "voicemail": "*99"}},
  "funckeys": {
    "2": {"type": "blf", "value": "1102", "label": "Bob", "line": "1"},
    "4": {"type": "speeddial", "value": "0123456789"},
    "5": {"type": "park", "value": "701", "label": "Park"},
    "30": {"type": "blf", "value": "1130", "label": "On the module"}}}`
	hostile = `{
  "timezone": "Asia/Kathmandu", "locale": "xx_YY",
  "admin_password": "a\nstatic.network.vlan.internet_port_enable = 1", "user_password": "]]><x/>",
  "sccp_call_managers": {"1": {"ip": "h\"<&'>\n"}},
  "sip_lines": {"1": {"username": "u\r\naccount.2.enable = 1", "password": "a b\u0000c\u001b\u0085\u2028d", "number": "</a>&amp;",
    "display_name": "\"Q\" & <b>'x'</b> ]]> {{ 7*7 }}\naccount.1.user_name = evil", "proxy_ip": "192.0.2.20"}},
  "funckeys": {"1": {"type": "blf", "value": "1\n2", "label": "l\u2029m"}}}`
)

func TestRender(t *testing.T) {
	t.Parallel()
	tests := []struct{ plugin, name, model, config string }{
		{"provbox-yealink", "T46U-autoprov", "T46U", autoprov},
		{"provbox-yealink", "T46U-full", "T46U", full},
		{"provbox-yealink", "T46U-hostile", "T46U", hostile},
		{"provbox-yealink", "T31P-full", "T31P", full},
		{"provbox-yealink", "T28P-full", "T28P", full},
		{"provbox-yealink", "T28P-hostile", "T28P", hostile},
		{"provbox-yealink", "T77U-full", "T77U", full},
		{"provbox-yealink", "W70B-full", "W70B", full},
		{"provbox-yealink", "unknown-full", "T99X", full},
		{"provbox-yealink", "nomodel-empty", "", "{}"},
		{"provbox-cisco-sccp", "7941G-autoprov", "7941G", autoprov},
		{"provbox-cisco-sccp", "7941G-full", "7941G", full},
		{"provbox-cisco-sccp", "7941G-hostile", "7941G", hostile},
		{"provbox-cisco-sccp", "nomodel-empty", "", "{}"},
	}
	for _, tt := range tests {
		t.Run(tt.plugin+"/"+tt.name, func(t *testing.T) {
			t.Parallel()
			p := load(t, tt.plugin)
			dev := provd.NewDevice("id", "dev1", "mac", "00:15:65:aa:bb:cc")
			if tt.model != "" {
				dev.Set("model", tt.model)
			}
			if err := p.Configure(t.Context(), dev, config(t, tt.config)); err != nil {
				t.Fatal(err)
			}
			golden(t, tt.plugin+"-"+tt.name, p.DeviceFiles("dev1"))
		})
	}
}

func TestCommonFiles(t *testing.T) {
	t.Parallel()
	for _, id := range plugins.IDs() {
		files := load(t, id).CommonFiles()
		// The base stations of Gigaset ask for their own files alone.
		if (len(files) == 0) != (id == gigaset) {
			t.Errorf("%s writes %d", id, len(files))
		}
		if len(files) == 0 {
			continue
		}
		// They are all the same for one vendor; one stands for them.
		keep := make(map[string][]byte)
		for _, name := range []string{
			"y000000000108.cfg", "y000000000000.cfg", "XMLDefault.cnf.xml", "snomD785.htm", "common.cfg",
			"Grandstream/cfg.xml", "Fanvil/F0V0V6700000.cfg", "Aastra/aastra.cfg", "8851-3PCC.xml",
		} {
			if content, ok := files[name]; ok {
				keep[path.Base(name)] = content
			}
		}
		golden(t, id+"-common", keep)
	}
}

// TestNoInjection checks what the golden files of the hostile config show: no
// value makes a line or an element of its own.
func TestNoInjection(t *testing.T) {
	t.Parallel()
	dev := provd.NewDevice("id", "dev1", "mac", "00:15:65:aa:bb:cc", "model", "T46U")
	p := load(t, "provbox-yealink")
	files, err := p.Preview(t.Context(), dev, config(t, hostile))
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	for line := range strings.Lines(string(files["001565aabbcc.cfg"])) {
		key, _, ok := strings.Cut(strings.TrimSpace(line), " =")
		if !ok && !strings.HasPrefix(line, "#") && strings.TrimSpace(line) != "" {
			t.Errorf("line %q is no parameter", line)
		}
		// The two passwords of different users share a key.
		if ok && seen[key] && key != "static.security.user_password" {
			t.Errorf("parameter %s is there twice", key)
		}
		seen[key] = true
	}
}

func TestTriggers(t *testing.T) {
	t.Parallel()
	dev := provd.NewDevice("id", "dev1", "mac", "00:15:65:aa:bb:cc", "model", "T46U")
	for id, want := range map[string]string{"provbox-yealink": "001565aabbcc.cfg", "provbox-cisco-sccp": ""} {
		p := load(t, id)
		if got, err := p.RemoteStateTrigger(t.Context(), dev); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", id, got, err, want)
		}
		if got, err := p.RemoteStateTrigger(t.Context(), provd.NewDevice("id", "x")); err != nil || got != "" {
			t.Errorf("%s without MAC: %q, %v", id, got, err)
		}
	}
	yealink, cisco := load(t, "provbox-yealink"), load(t, "provbox-cisco-sccp")
	for _, tt := range []struct {
		p    *plugin.Plugin
		name string
		want bool
	}{
		{yealink, "001565aabbcc.cfg", true},
		{yealink, "y000000000108.cfg", false},
		{yealink, "001565AABBCC.cfg", false},
		{cisco, "SEP001565AABBCC.cnf.xml", true},
		{cisco, "XMLDefault.cnf.xml", false},
	} {
		if got, err := tt.p.Sensitive(t.Context(), tt.name); err != nil || got != tt.want {
			t.Errorf("%s: %v, %v", tt.name, got, err)
		}
	}
}

func TestSynchronize(t *testing.T) {
	t.Parallel()
	dev := provd.NewDevice("id", "dev1", "mac", "00:15:65:aa:bb:cc", "ip", "198.51.100.7")
	var got []plugin.Notification
	p, err := plugin.Load(t.Context(), plugin.Config{
		ID: "provbox-yealink", Package: plugins.FS("provbox-yealink"), BaseRawConfig: base(), Notifier: notifier{&got},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Synchronize(t.Context(), dev, config(t, "{}")); err != nil {
		t.Fatal(err)
	}
	want := []plugin.Notification{{URI: "sip:anonymous@198.51.100.7", Variables: []string{"Event=check-sync"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := load(t, "provbox-cisco-sccp").Synchronize(t.Context(), dev, config(t, "{}")); err == nil {
		t.Error("SCCP phones cannot be notified, but no error")
	}
}

type notifier struct{ got *[]plugin.Notification }

func (n notifier) Notify(_ context.Context, x plugin.Notification) error {
	*n.got = append(*n.got, x)
	return nil
}
