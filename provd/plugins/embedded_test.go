package plugins_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/ident"
	"provbox/provd/plugin"
	"provbox/provd/plugin/repository"
	"provbox/provd/plugins"
	"provbox/provd/provdtest"
)

// upstream is a package that knows a firmware of Yealink's, as those of a
// repository do.
const upstream = `
from wazo_provd.devices.pgasso import BasePgAssociator, DeviceSupport
from wazo_provd.plugins import StandardPlugin

class Associator(BasePgAssociator):
    def _do_associate(self, vendor, model, version):
        if vendor != 'Yealink':
            return DeviceSupport.IMPROBABLE
        if model == 'T46U' and version == '108.86.0.90':
            return DeviceSupport.EXACT
        if model == 'T46U':
            return DeviceSupport.COMPLETE
        return DeviceSupport.UNKNOWN

class TestPlugin(StandardPlugin):
    IS_PLUGIN = True
    pg_associator = Associator()
    def configure(self, device, raw_config):
        pass
`

// freshBox is a folder of installed packages, none but for those given.
func freshBox(t *testing.T, packages map[string]string) *os.Root {
	t.Helper()
	dir := t.TempDir()
	for id, entry := range packages {
		files := fstest.MapFS{
			"entry.py":    {Data: []byte(entry)},
			"plugin-info": {Data: []byte(`{"version": "1.0", "description": "Upstream", "capabilities": {}}`)},
		}
		if err := os.CopyFS(filepath.Join(dir, id), files); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root
}

func loadAll(t *testing.T, installed map[string]string) *plugin.Set {
	t.Helper()
	set := plugin.NewSet(plugin.SetConfig{
		Dir: freshBox(t, installed), Embedded: plugins.IDs(), EmbeddedFS: plugins.FS,
		Plugin: plugin.Config{BaseRawConfig: base(), Now: func() time.Time { return time.Date(2025, 6, 15, 15, 6, 40, 0, time.UTC) }},
	})
	if err := set.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if failed := set.Failed(); len(failed) > 0 {
		t.Fatal(failed)
	}
	return set
}

// TestTakeover identifies phones on a box with our packages alone, and on one
// with a package that scores higher for one model (spec/ident.md section 6).
func TestTakeover(t *testing.T) {
	t.Parallel()
	own, both := loadAll(t, nil), loadAll(t, map[string]string{"wazo-yealink-v86": upstream})
	for _, tt := range []struct {
		name      string
		req       provd.Request
		own, both string
	}{
		{"its firmware", http("/001565aabb01.cfg", "Yealink SIP-T46U 108.86.0.90 00:15:65:aa:bb:01"), "provbox-yealink", "wazo-yealink-v86"},
		{"its model", http("/001565aabb02.cfg", "Yealink SIP-T46U 108.85.0.1 00:15:65:aa:bb:02"), "provbox-yealink", "wazo-yealink-v86"},
		{"another model", http("/001565aabb03.cfg", "Yealink SIP-T54W 96.86.0.45 00:15:65:aa:bb:03"), "provbox-yealink", "provbox-yealink"},
		{"Snom", http("/snomD785.htm", "Mozilla/4.0 (compatible; snomD785-SIP 10.1.33.33 x 000413922D24)"), "provbox-snom", "provbox-snom"},
		{"Poly", http("/0004f2aabbcc.cfg", "FileTransport PolyEdge-Edge_E350-UA/8.0.0.1234"), "provbox-polycom", "provbox-polycom"},
		{"Grandstream", http("/cfg000b82632815.xml", "Grandstream Model HW GRP2670 SW 1.0.5.48 DevId 000b82632815"), "provbox-grandstream", "provbox-grandstream"},
		{"Fanvil", http("/0c383e2cd782.cfg", "Fanvil X6U Pro 0.0.10 0c383e2cd782"), "provbox-fanvil", "provbox-fanvil"},
		{"Mitel", http("/aastra.cfg", "Mitel6920 MAC:14-00-E9-1F-03-EA V:6.4.0.140-SIP"), "provbox-aastra", "provbox-aastra"},
		{"Cisco SPA", http("/0002fdff2103.xml", "Cisco/SPA508G-7.4.4 (0002FDFF2103)(CBT141400UK)"), "provbox-cisco-sip", "provbox-cisco-sip"},
		{"Cisco MPP", http("/8851-3PCC.xml", "Cisco-CP-8851-3PCC/12.0.7 (00562B043617)"), "provbox-cisco-sip", "provbox-cisco-sip"},
		{"Cisco by DHCP", dhcp("Cisco Systems, Inc. IP Phone CP-8941\x00"), "provbox-cisco-sccp", "provbox-cisco-sccp"},
		{"Cisco's old adapter", tftp("ATA001AA2B3C4D6.cnf.xml"), "provbox-cisco-sccp", "provbox-cisco-sccp"},
		{"Cisco SCCP", tftp("SEP001AA2B3C4D5.cnf.xml"), "provbox-cisco-sccp", "provbox-cisco-sccp"},
		{"Gigaset", http("/7c2f80e0d605.xml", "Gigaset N870 IP PRO/83.V2.11.0+build.a546b91;7C2F80E0D605"), "provbox-gigaset", "provbox-gigaset"},
		{"a browser", http("/", "Mozilla/5.0"), "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for set, want := range map[*plugin.Set]string{own: tt.own, both: tt.both} {
				if got := associate(t, set, tt.req); got != want {
					t.Errorf("with %d packages: %q, want %q", len(set.Loaded()), got, want)
				}
			}
		})
	}
}

// associate lets an unknown phone ask, and returns the plugin that it gets.
func associate(t *testing.T, set *plugin.Set, req provd.Request) string {
	t.Helper()
	manager, err := provd.NewManager(provd.ManagerConfig{Store: &provdtest.Store{}, Plugins: set})
	if err != nil {
		t.Fatal(err)
	}
	if err := manager.SetMasterTenant("eeeeeeee-eeee-eeee-eeee-eeeeeeeeeee1"); err != nil {
		t.Fatal(err)
	}
	identifier := ident.New(ident.Config{Devices: manager, Plugins: func() []ident.Plugin {
		var list []ident.Plugin
		for _, p := range set.Loaded() {
			list = append(list, p)
		}
		return list
	}})
	dev, err := identifier.Identify(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	return dev.Plugin()
}

// TestRepository checks that a fresh box lists our packages as installed, and as
// the repository that is always there.
func TestRepository(t *testing.T) {
	t.Parallel()
	cache := freshBox(t, nil)
	r, err := repository.Open(repository.Config{
		Dir: freshBox(t, nil), Cache: cache, Embedded: plugins.IDs(), EmbeddedFS: plugins.FS, Loader: noLoader{},
		Settings: func(context.Context) (repository.Settings, error) { return repository.Settings{Locale: "fr_FR"}, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	installed, err := r.Installed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	installable, err := r.Installable(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range plugins.IDs() {
		if !installed.Has(id) {
			t.Errorf("%s is not installed", id)
		}
		v, _ := installable.Get(id)
		doc, ok := v.(*document.Object)
		if !ok {
			t.Errorf("%s is not offered", id)
			continue
		}
		if doc.String("repository") != "embedded" || doc.String("version") == "" || doc.String("description") == "" {
			t.Errorf("%s is offered as %v", id, doc)
		}
	}
	if installed.Len() != len(plugins.IDs()) || installable.Len() != len(plugins.IDs()) {
		t.Errorf("%d packages are installed and %d are offered", installed.Len(), installable.Len())
	}
}

type noLoader struct{}

func (noLoader) Load(context.Context, string) error   { return nil }
func (noLoader) Unload(context.Context, string) error { return nil }

// TestCapabilities checks that each package knows the models that it says it
// knows, and that a box can tell what a phone can do.
func TestCapabilities(t *testing.T) {
	t.Parallel()
	for _, id := range plugins.IDs() {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			p := load(t, id)
			info, err := plugin.ReadInfo(id, plugins.FS(id))
			if err != nil {
				t.Fatal(err)
			}
			v, _ := info.Localized("").Get("capabilities")
			capabilities, ok := v.(*document.Object)
			if !ok || capabilities.Len() == 0 {
				t.Fatal("no capabilities")
			}
			t.Logf("%d models", capabilities.Len())
			for key, v := range capabilities.All() {
				vendor, model := triple(t, key)
				got, err := p.Score(t.Context(), provd.Info{"vendor": vendor, "model": model})
				if err != nil || got != 400 {
					t.Errorf("%s scores %d, %v", key, got, err)
				}
				does, ok := v.(*document.Object)
				if !ok {
					t.Errorf("%s has no object", key)
					continue
				}
				for _, name := range []string{"lines", "function_keys", "expansion_modules", "high_availability", "switchboard", "protocol", "type"} {
					if !does.Has(name) {
						t.Errorf("%s says no %s", key, name)
					}
				}
			}
		})
	}
}

// triple splits the key of a capability (spec/plugins.md section 2.1).
func triple(t *testing.T, key string) (vendor, model string) {
	t.Helper()
	parts := strings.Split(key, ", ")
	if len(parts) != 3 || parts[2] != "*" {
		t.Errorf("capability %q", key)
		return "", ""
	}
	return parts[0], parts[1]
}
