package appliance

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A package with every filter is installed over REST; phones get its files over HTTP
// and TFTP at once, and nothing of it is left when it is uninstalled.
func TestFirmware(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	big := bytes.Repeat([]byte("firmware"), 5000)
	for name, data := range map[string][]byte{
		"z.zip": zipOf(t, "fw/a.bin", "A", "fw/b.txt", "B"), "t.tgz": tarOf(t, "t.bin", "tar"),
		"s.sgn": append([]byte("signature"), tarOf(t, "s.bin", "signed")...),
		"r.rar": unbase64(t, rarred), "n.7z": unbase64(t, sevenZips), "big(1),2.rom": big,
	} {
		v.file(name, "/fw/"+name, data, data)
	}
	v.pkg("every", "z t s r n big(1),2",
		"a-b: unzip z.zip", "b-c: include fw/*.bin", "b-d: exclude fw/*.bin",
		"a-e: untar t.tgz", "a-f: unsign s.sgn s.tgz", "f-g: untar s.tgz",
		"a-h: unrar r.rar", "a-i: 7z n.7z", "a-j: cp $FILE6 roms/", "a-k: null",
	)
	v.file("plain.rom", "/fw/plain.rom", []byte("plain"), []byte("plain"))
	v.pkg("plain", "plain", "a-b: cp $FILE1 roms/")
	b := newFirmBox(t, v, "")
	b.want("GET", "/0.2/pg_mgr/plugins/firm/install", "", 404, "<html>\n  <head><title>404 - No Such Resource</title></head>\n  <body>\n    <h1>No Such Resource</h1>\n    <p>Sorry. No luck finding that resource.</p>\n  </body>\n</html>\n")
	b.installPlugin()
	b.want("GET", "/0.2/pg_mgr/plugins/firm", "", 200, `{"links":[{"rel":"pg.info","href":"/0.2/pg_mgr/plugins/firm/info"},{"rel":"srv.install","href":"/0.2/pg_mgr/plugins/firm/install"},{"rel":"srv.configure","href":"/0.2/pg_mgr/plugins/firm/configure"}]}`)
	b.want("GET", firmPath, "", 200, `{"links":[{"rel":"srv.install.install","href":"/0.2/pg_mgr/plugins/firm/install/install"},{"rel":"srv.install.uninstall","href":"/0.2/pg_mgr/plugins/firm/install/uninstall"},{"rel":"srv.install.installed","href":"/0.2/pg_mgr/plugins/firm/install/installed"},{"rel":"srv.install.installable","href":"/0.2/pg_mgr/plugins/firm/install/installable"}]}`)
	b.want("POST", firmPath+"/install", `{"id":"none"}`, 400, "package not found")
	b.want("POST", firmPath+"/install", `{}`, 400, `Missing "id" key`)
	b.want("POST", firmPath+"/uninstall", `{"id":"every"}`, 400, "'every'")
	b.want("POST", firmPath+"/upgrade", `{"id":"every"}`, 404, "<html>\n  <head><title>404 - No Such Resource</title></head>\n  <body>\n    <h1>No Such Resource</h1>\n    <p>Sorry. No luck finding that resource.</p>\n  </body>\n</html>\n")
	b.want("GET", firmPath+"/installed", "", 200, `{"pkgs":{}}`)

	got := b.install("every")
	if !strings.HasPrefix(got, "install_pkg|success(download|success(success;") || !strings.HasSuffix(got, ")(install|success)") || strings.Count(got, "(success;") != 6 {
		t.Errorf("status %s", got)
	}
	for name, want := range map[string][]byte{
		"fw/a.bin": []byte("A"), "fw/b.txt": []byte("B"), "t.bin": []byte("tar"), "s.bin": []byte("signed"),
		"r.bin": []byte("rar"), "z.bin": []byte("seven"), "roms/big(1),2.rom": big,
	} {
		b.serves(name, want)
	}
	if got, want := b.install("plain"), "install_pkg|success(download|success(success;5/5))(install|success)"; got != want {
		t.Errorf("status %s, want %s", got, want)
	}
	if got, want := b.install("plain"), "install_pkg|success(download|success)(install|success)"; got != want {
		t.Errorf("installed again: %s, want %s", got, want)
	}
	b.want("PUT", "/0.2/configure/locale", `{"param":{"value":"fr_FR"}}`, 204, "")
	b.want("GET", firmPath+"/installed", "", 200, `{"pkgs":{"every":{"version":"1","description":"Logiciel every"},"plain":{"version":"1","description":"Logiciel plain"}}}`)
	if _, text, _ := b.call("GET", firmPath+"/installable", ""); !strings.Contains(text, `"plain":{"version":"1","description":"Logiciel plain","dsize":5}`) {
		t.Error(text)
	}

	// An upgrade of the plugin keeps its firmware.
	v.offer("2")
	b.finish(b.begin("/0.2/pg_mgr/install/update", "{}"))
	if got := b.finish(b.begin("/0.2/pg_mgr/install/upgrade", `{"id":"firm"}`)); !strings.HasPrefix(got, "install|success") {
		t.Error(got)
	}
	b.serves("t.bin", []byte("tar"))
	b.want("POST", firmPath+"/uninstall", `{"id":"every"}`, 204, "")
	if diff := cmp.Diff([]string{"installed/plain", "tftpboot/roms/plain.rom"}, b.tree("site", "firm", "var")); diff != "" {
		t.Errorf("after uninstalling one (-want +got):\n%s", diff)
	}
	b.serves("t.bin", nil)
	b.serves("roms/plain.rom", []byte("plain"))
	if len(b.tree("cache", "firmware", "firm")) != 7 {
		t.Errorf("cache: %q", b.tree("cache", "firmware"))
	}
	// Its removal takes it away.
	b.want("POST", "/0.2/pg_mgr/install/uninstall", `{"id":"firm"}`, 204, "")
	if diff := cmp.Diff([][]string{{}, {}}, [][]string{b.tree("site", "firm"), b.tree("cache", "firmware")}); diff != "" {
		t.Errorf("after the plugin (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"firmware installed", "firmware installed", "firmware installed", "firmware removed"}, b.events("firmware")); diff != "" {
		t.Errorf("journal (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"plugin installed", "plugin upgraded", "plugin uninstalled"}, b.events("plugin")); diff != "" {
		t.Errorf("journal (-want +got):\n%s", diff)
	}
}

// Downloads that are slow, break off, need credentials or bring the wrong content.
func TestFirmwareDownloads(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	data := bytes.Repeat([]byte("0123456789"), 1000)
	for _, name := range []string{"slow", "breaks", "wrong", "secret", "gone"} {
		path, served := "/fw/"+name+".rom", data
		var options []string
		switch name {
		case "wrong":
			served = bytes.Repeat([]byte("012345678X"), 1000)
		case "secret":
			path, options = "/secret/secret.rom", []string{"downloader: auth"}
		}
		v.file(name+".rom", path, data, served, options...)
		v.pkg(name, name, "a-b: cp $FILE1 roms/")
	}
	delete(v.files, "/fw/gone.rom")
	b := newFirmBox(t, v, "")
	b.installPlugin()

	slow := b.begin(firmPath+"/install", `{"id":"slow"}`)
	b.poll(slow, func(s string) bool {
		return s == "install_pkg|progress(download|progress(progress;5000/10000))(install|waiting)"
	})
	b.want("POST", firmPath+"/install", `{"id":"slow"}`, 400, "package slow is being installed already")
	second := b.begin(firmPath+"/install", `{"id":"breaks"}`)
	b.poll(second, func(s string) bool { return s == "install_pkg|progress(download|waiting)(install|waiting)" })
	b.serves("roms/slow.rom", nil)
	close(v.gate)
	if got, want := b.finish(slow), "install_pkg|success(download|success(success;10000/10000))(install|success)"; got != want {
		t.Errorf("slow: %s, want %s", got, want)
	}
	b.serves("roms/slow.rom", data)
	b.finish(second)
	b.serves("roms/breaks.rom", data)
	if diff := cmp.Diff([]string{"", "bytes=5000-"}, v.asked("/fw/breaks.rom")); diff != "" {
		t.Errorf("ranges (-want +got):\n%s", diff)
	}

	for _, id := range []string{"wrong", "gone", "secret"} {
		if got := b.install(id); !strings.HasPrefix(got, "install_pkg|fail(download|fail(fail;") || !strings.HasSuffix(got, ")(install|fail)") {
			t.Errorf("%s: %s", id, got)
		}
		b.serves("roms/"+id+".rom", nil)
	}
	const configure = "/0.2/pg_mgr/plugins/firm/configure"
	b.want("GET", configure, "", 200, `{"params":[{"id":"username","description":"The user","value":null,"links":[{"rel":"srv.configure.param","href":"/0.2/pg_mgr/plugins/firm/configure/username"}]},{"id":"password","description":"The password","value":null,"links":[{"rel":"srv.configure.param","href":"/0.2/pg_mgr/plugins/firm/configure/password"}]}]}`)
	b.want("GET", configure+"/none", "", 404, "No such resource")
	b.want("PUT", configure+"/none", `{"param":{"value":"x"}}`, 404, "No such resource")
	b.want("PUT", configure+"/username", `{"param":{}}`, 400, "Wrong information in entity")
	b.want("PUT", configure+"/username", `{"param":{"value":1}}`, 400, "the value of a plugin's parameter is a string or null")
	b.want("PUT", configure+"/username", `{"param":{"value":"me"}}`, 204, "")
	b.want("PUT", configure+"/password", `{"param":{"value":"pass"}}`, 204, "")
	b.want("GET", configure+"/username", "", 200, `{"param":{"value":"me"}}`)
	b.want("PUT", "/0.2/configure/locale", `{"param":{"value":"fr_FR"}}`, 204, "")
	if _, text, _ := b.call("GET", configure, ""); !strings.Contains(text, `"description":"Le compte","value":"me"`) {
		t.Error(text)
	}
	// They are kept.
	b.want("POST", "/0.2/pg_mgr/reload", `{"id":"firm"}`, 204, "")
	if got := b.install("secret"); !strings.HasPrefix(got, "install_pkg|success") {
		t.Errorf("with credentials: %s", got)
	}
	b.serves("roms/secret.rom", data)

	// The journal says why, for an operation cannot.
	reasons := make(map[string]string)
	for _, e := range b.Journal().Recent(1000) {
		if e.Text == "firmware not installed" {
			reasons[e.Attrs[1].Value.String()] = e.Attrs[2].String()
		}
	}
	for id, want := range map[string]string{"wrong": "SHA-1", "gone": "404 Not Found", "secret": "401 Unauthorized"} {
		if !strings.Contains(reasons[id], want) {
			t.Errorf("%s: the journal says %q, want %q in it", id, reasons[id], want)
		}
	}
}

// Firmware comes through a proxy as soon as one is set, and never from a service of
// the box's own machine.
func TestFirmwareAddresses(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	victim := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s was reached", r.URL)
	}))
	defer victim.Close()
	data := []byte("firmware")
	for id, address := range map[string]string{"far": "http://vendor.example/far.rom", "near": victim.URL + "/near.rom", "link": "http://169.254.169.254/link.rom", "ftp": "ftp://vendor.example/ftp.rom"} {
		fmt.Fprintf(&v.pkgs, "[file_%s]\nurl: %s\nsize: %d\nsha1sum: %x\n", id, address, len(data), sha1.Sum(data))
		v.pkg(id, id, "a-b: cp $FILE1 roms/")
	}
	var mu sync.Mutex
	var asked []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, r.URL.String())
		_, _ = w.Write(data)
	}))
	defer proxy.Close()
	b := newFirmBox(t, v, "")
	b.installPlugin()
	if got := b.install("near"); !strings.HasPrefix(got, "install_pkg|fail") {
		t.Errorf("without a proxy: %s", got)
	}
	b.want("PUT", "/0.2/configure/http_proxy", `{"param":{"value":"`+proxy.URL+`"}}`, 204, "")
	for id, want := range map[string]string{"far": "success", "near": "fail", "link": "fail", "ftp": "fail"} {
		if got := b.install(id); !strings.HasPrefix(got, "install_pkg|"+want) {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
	b.serves("roms/far.rom", data)
	mu.Lock()
	defer mu.Unlock()
	if diff := cmp.Diff([]string{"http://vendor.example/far.rom"}, asked); diff != "" {
		t.Errorf("the proxy was asked for (-want +got):\n%s", diff)
	}
}

// Files that the vendor gives to customers only are uploaded, within the quota.
func TestFirmwareUploads(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	data := bytes.Repeat([]byte("x"), 600_000)
	v.file("own.rom", "", data, nil)
	v.pkg("own", "own", "a-b: cp $FILE1 roms/")
	huge := make([]byte, 2<<20)
	v.file("huge.rom", "/fw/huge.rom", huge, huge)
	v.pkg("huge", "huge", "a-b: cp $FILE1 roms/")
	v.file("zeros.zip", "/fw/zeros.zip", zipOf(t, "zeros", string(make([]byte, 1<<20))), zipOf(t, "zeros", string(make([]byte, 1<<20))))
	v.pkg("zeros", "zeros", "a-b: unzip $FILE1")
	b := newFirmBox(t, v, "  firmware_quota_mb: 1\n  cache_dir: "+t.TempDir())
	b.installPlugin()

	state := func(present bool) string {
		return fmt.Sprintf(`{"filename":"own.rom","size":600000,"sha1sum":"%x","packages":["own"],"present":%v,"upload":true}`, sha1.Sum(data), present)
	}
	shows := func(want string) {
		t.Helper()
		if code, text, _ := b.call("GET", firmPath+"/files", ""); code != 200 || !strings.Contains(text, want) {
			t.Errorf("%d %s, want %s in it", code, text, want)
		}
	}
	shows(state(false))
	if got := b.install("own"); got != "install_pkg|fail(download|fail)(install|fail)" {
		t.Errorf("without the file: %s", got)
	}
	file := firmPath + "/files/own.rom"
	b.want("PUT", firmPath+"/files/other.rom", "x", 404, `no firmware package of the plugin needs a file named "other.rom"`)
	b.want("PUT", file, "short", 400, "file own.rom: not the file that the plugin package means: it has 5 bytes, not 600000")
	b.want("PUT", file, string(data)+"more", 400, "file own.rom: not the file that the plugin package means: it has 600001 bytes, not 600000")
	wrong := "y" + string(data[1:])
	b.want("PUT", file, wrong, 400, fmt.Sprintf("file own.rom: not the file that the plugin package means: its SHA-1 is %x, not %x", sha1.Sum([]byte(wrong)), sha1.Sum(data)))
	b.want("DELETE", file, "", 404, "file own.rom is not there")
	b.want("PUT", file, string(data), 204, "")
	shows(state(true))
	if diff := cmp.Diff([]string{}, b.tree("cache", "firmware")); diff != "" {
		t.Errorf("the box's own cache (-want +got):\n%s", diff)
	}
	b.want("POST", firmPath+"/install", `{"id":"huge"}`, 400, "no room for firmware: 2.0 MB more are needed, 600000 bytes of the quota of 1.0 MB are used; remove firmware packages or files, or raise the quota")
	if got := b.install("zeros"); !strings.HasSuffix(got, "(install|fail)") {
		t.Errorf("over the quota: %s", got)
	}
	if diff := cmp.Diff([]string{}, b.tree("site", "firm", "var")); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
	b.want("DELETE", firmPath+"/files/zeros.zip", "", 204, "")
	if got := b.install("own"); !strings.HasSuffix(got, "(install|fail)") {
		t.Errorf("a second copy has no room: %s", got)
	}
	b.want("DELETE", file, "", 204, "")
	shows(state(false))
	if diff := cmp.Diff([]string{"firmware not installed", "firmware file uploaded", "firmware not installed", "firmware file removed", "firmware not installed", "firmware file removed"}, b.events("firmware")); diff != "" {
		t.Errorf("journal (-want +got):\n%s", diff)
	}
}

// A box that starts again keeps the firmware of its plugins, and removes that of one
// that was gone when it stopped.
func TestFirmwareAfterRestart(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	v.file("plain.rom", "/fw/plain.rom", []byte("plain"), []byte("plain"))
	v.pkg("plain", "plain", "a-b: cp $FILE1 roms/")
	b := newFirmBox(t, v, "  cache_plugin: false")
	b.installPlugin()
	b.install("plain")
	if diff := cmp.Diff([]string{"firmware/firm/plain.rom"}, b.tree("cache")); diff != "" {
		t.Errorf("cache (-want +got):\n%s", diff)
	}
	restart := func() {
		t.Helper()
		if err := b.Stop(); err != nil {
			t.Fatal(err)
		}
		b.App = New(Options{Settings: b.s, Logger: slog.New(slog.DiscardHandler), Version: "test"})
		if err := b.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	restart()
	b.want("GET", firmPath+"/installed", "", 200, `{"pkgs":{"plain":{"version":"1","description":"Firmware plain"}}}`)
	b.serves("roms/plain.rom", []byte("plain"))

	custom := filepath.Join(b.dir, "site", "firm", "var", "templates", "base.tpl")
	if err := errors.Join(os.MkdirAll(filepath.Dir(custom), 0o700), os.WriteFile(custom, nil, 0o600), os.RemoveAll(filepath.Join(b.dir, "plugins", "firm"))); err != nil {
		t.Fatal(err)
	}
	restart()
	if diff := cmp.Diff([][]string{{"var/templates/base.tpl"}, {}}, [][]string{b.tree("site", "firm"), b.tree("cache", "firmware")}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Whether a package for another interface version is taken is a setting.
func TestCompatSettings(t *testing.T) {
	t.Parallel()
	for general, want := range map[string]string{"": "install|fail", "  check_compat_min: false": "install|success", "  check_compat_max: false": "install|fail"} {
		v := newVendor(t)
		archive, line := packInfo(t, "firm", "1", `"version":"1","description":"x","capabilities":{},"plugin_iface_version_min":0.3`, map[string]string{"entry.py": strings.ReplaceAll(firmPlugin, "SERVER", v.URL)})
		v.files["/firm-1.tar.bz2"], v.files["/plugins.db"] = archive, []byte(line)
		b := newFirmBox(t, v, general)
		b.finish(b.begin("/0.2/pg_mgr/install/update", "{}"))
		if got := b.finish(b.begin("/0.2/pg_mgr/install/install", `{"id":"firm"}`)); !strings.HasPrefix(got, want+"(") {
			t.Errorf("%q: %s, want %s", general, got, want)
		}
	}
}

// Packages see their own settings, and the proxies as clients change them.
func TestPluginSeesSettings(t *testing.T) {
	t.Parallel()
	b := newFirmBox(t, newVendor(t), "")
	b.installPlugin()
	b.serves("seen", []byte(`[]{'colour': 'blue'}`))
	b.want("PUT", "/0.2/configure/https_proxy", `{"param":{"value":"proxy.example:3128"}}`, 204, "")
	b.want("POST", "/0.2/dev_mgr/reconfigure", `{"id":"d"}`, 204, "")
	b.serves("seen", []byte(`[('https', 'proxy.example:3128')]{'colour': 'blue'}`))
}

func zipOf(t *testing.T, members ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		w, err := z.Create(members[i])
		if err == nil {
			_, err = io.WriteString(w, members[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func tarOf(t *testing.T, name, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	err := w.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Size: int64(len(content)), Mode: 0o644})
	if err == nil {
		_, err = io.WriteString(w, content)
	}
	if err == nil {
		err = w.Close()
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func unbase64(t *testing.T, s string) []byte {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
