package appliance

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha1"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dsnet/compress/bzip2"
	"github.com/google/go-cmp/cmp"

	"provbox/appliance/settings"
	"provbox/provd"
	"provbox/provd/document"
)

const smallPlugin = `
from wazo_provd.plugins import StandardPlugin
from wazo_provd.servers.http import HTTPNoListingFileService

class Small(StandardPlugin):
    IS_PLUGIN = True
    def __init__(self, *a):
        super().__init__(*a)
        self.http_service = HTTPNoListingFileService(self._tftpboot_dir)
    def configure(self, device, raw_config):
        with open(self._tftpboot_dir + '/' + device['id'], 'w') as f:
            f.write('VERSION')
`

// pack returns a package's archive and its line in plugins.db.
func pack(t *testing.T, version, script string) (archive []byte, line string) {
	t.Helper()
	return packFiles(t, "small", version, map[string]string{"entry.py": strings.ReplaceAll(script, "VERSION", version)})
}

// packFiles is pack for a package with more files, without its plugin-info.
func packFiles(t *testing.T, id, version string, files map[string]string) (archive []byte, line string) {
	t.Helper()
	return packInfo(t, id, version, fmt.Sprintf(`"version":%q,"description":"Small","capabilities":{}`, version), files)
}

// packInfo is packFiles for a plugin-info of one's own, without its braces.
func packInfo(t *testing.T, id, version, info string, files map[string]string) (archive []byte, line string) {
	t.Helper()
	files["plugin-info"] = "{" + info + "}"
	var b bytes.Buffer
	z, err := bzip2.NewWriter(&b, nil)
	if err != nil {
		t.Fatal(err)
	}
	w := tar.NewWriter(z)
	for name, content := range files {
		if err := w.WriteHeader(&tar.Header{Name: id + "/" + name, Typeflag: tar.TypeReg, Size: int64(len(content)), Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), fmt.Sprintf(`{%q:{%s,"dsize":%d,"filename":"%s-%s.tar.bz2","sha1sum":"%x"}}`, id, info, b.Len(), id, version, sha1.Sum(b.Bytes()))
}

// A device of a plugin follows it through installation, upgrade, an upgrade that
// does not load, and removal.
func TestInstallPlugin(t *testing.T) {
	t.Parallel()
	files := make(map[string][]byte)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write(files[r.URL.Path]) }))
	defer server.Close()
	dir := t.TempDir()
	s, err := settings.Parse(fmt.Appendf(nil, `
general:
  base_storage_dir: %s
  plugin_server: %s
  http_proxied_listen_interface: 127.0.0.1
  http_proxied_listen_port: 0
  tftp_listen_interface: 127.0.0.1
  tftp_port: 0
rest_api: {ip: 127.0.0.1, port: 0}
web: {listen: "127.0.0.1:0"}
`, dir, server.URL))
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	app := New(Options{Settings: s, Logger: slog.New(slog.DiscardHandler), Version: "test"})
	if err := app.Start(ctx); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := app.Stop(); err != nil {
			t.Error(err)
		}
	}()
	const tenant = "eeeeeeee-eeee-eeee-eeee-eeeeeeeeeee1"
	scope := provd.Scope{Tenant: tenant, Tenants: []string{tenant}}
	if _, err := app.manager.CreateConfig(ctx, document.New("id", "c", "parent_ids", []any{}, "raw_config", document.New())); err != nil {
		t.Fatal(err)
	}
	dev := provd.Device{Object: document.New("id", "d", "mac", "00:15:65:aa:bb:cc", "plugin", "small", "config", "c")}
	if _, err := app.manager.CreateDevice(ctx, dev, scope); err != nil {
		t.Fatal(err)
	}

	finish := func(op *provd.Operation, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		<-op.Done()
		state, _, _ := strings.Cut(op.String(), "(")
		state, _, _ = strings.Cut(state, ";")
		return state
	}
	offer := func(version, script string) {
		t.Helper()
		archive, line := pack(t, version, script)
		files["/small-"+version+".tar.bz2"], files["/plugins.db"] = archive, []byte(line)
		if got := finish(app.repository.Update(ctx)); got != "update|success" {
			t.Fatal(got)
		}
	}
	check := func(when, want string) {
		t.Helper()
		stored, err := app.manager.Device(ctx, "d", scope)
		if err != nil {
			t.Fatal(err)
		}
		if stored.Configured() != (want != "") {
			t.Errorf("%s: configured is %v", when, stored.Configured())
		}
		p, ok := app.plugins.Get("small")
		if !ok {
			if want != "" {
				t.Errorf("%s: not loaded", when)
			}
			return
		}
		f, err := p.Open(ctx, provd.Request{Kind: provd.HTTP}, "d")
		if err != nil {
			t.Fatalf("%s: %v", when, err)
		}
		defer f.Close()
		content := make([]byte, 10)
		if n, _ := f.Read(content); string(content[:n]) != want {
			t.Errorf("%s: the phone's file is %q", when, content[:n])
		}
	}

	check("before", "")
	offer("1", smallPlugin)
	if got := finish(app.repository.Install(ctx, "small")); got != "install|success" {
		t.Error(got)
	}
	check("installed", "1")
	offer("2", smallPlugin)
	if got := finish(app.repository.Upgrade(ctx, "small")); got != "install|success" {
		t.Error(got)
	}
	check("upgraded", "2")
	offer("3", smallPlugin+"\nraise ValueError('no')\n")
	if got := finish(app.repository.Upgrade(ctx, "small")); got != "install|fail" {
		t.Error(got)
	}
	check("after a bad upgrade", "2")
	if n := len(app.plugins.Failed()); n != 0 {
		t.Errorf("%d plugins failed to load", n)
	}
	custom := filepath.Join(dir, "site", "small", "var", "templates", "base.tpl")
	if err := os.MkdirAll(filepath.Dir(custom), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(custom, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := app.repository.Uninstall(ctx, "small"); err != nil {
		t.Error(err)
	}
	check("uninstalled", "")
	if _, err := os.Stat(filepath.Join(dir, "plugins", "small")); !os.IsNotExist(err) {
		t.Errorf("the package's folder: %v", err)
	}
	if _, err := os.Stat(custom); err != nil {
		t.Errorf("the custom template: %v", err)
	}
	offer("1", smallPlugin)
	if got := finish(app.repository.Install(ctx, "small")); got != "install|success" {
		t.Error(got)
	}
	check("installed again", "1")
	var told []string
	for _, e := range app.journal.Recent(1 << 10) {
		if strings.Contains(e.Text, "custom templates") {
			told = append(told, fmt.Sprint(e.Text, e.Attrs))
		}
	}
	if diff := cmp.Diff([]string{"the site's custom templates are used again[plugin=small templates=base.tpl]"}, told); diff != "" {
		t.Error(diff)
	}
}

// What clients set comes before the settings file, and is used at once.
func TestRepositorySettings(t *testing.T) {
	t.Parallel()
	s, err := settings.Parse(fmt.Appendf(nil, `
general: {base_storage_dir: %s, plugin_server: "http://repository.example/", http_proxied_listen_interface: 127.0.0.1, http_proxied_listen_port: 0, tftp_listen_interface: 127.0.0.1, tftp_port: 0}
rest_api: {ip: 127.0.0.1, port: 0}
web: {listen: "127.0.0.1:0"}
proxy: {http: "http://file.example:3128"}
`, t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	app := New(Options{Settings: s, Logger: slog.New(slog.DiscardHandler)})
	if err := app.Start(ctx); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = app.Stop() }()
	for id, value := range map[string]any{"https_proxy": "set.example:8080", "locale": "fr_FR"} {
		if err := app.manager.SetParam(ctx, "", id, value); err != nil {
			t.Fatal(err)
		}
	}
	got, err := app.repositorySettings(ctx)
	if err != nil || got.Server != "http://repository.example/" || got.HTTPProxy != "http://file.example:3128" || got.HTTPSProxy != "set.example:8080" || got.Locale != "fr_FR" {
		t.Errorf("got %+v, %v", got, err)
	}
}
