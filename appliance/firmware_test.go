package appliance

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"provbox/appliance/central/centraltest"
	"provbox/appliance/phone"
	"provbox/appliance/settings"
)

// firmPlugin serves what is installed, and shows the settings it was loaded with.
const firmPlugin = `
import os
from wazo_provd.plugins import FetchfwPluginHelper, StandardPlugin
from wazo_provd.servers.http import HTTPNoListingFileService
from wazo_provd.servers.tftp.service import TFTPFileService
from wazo_provd.services import JsonConfigPersister, PersistentConfigureServiceDecorator

class Login:
    def __init__(self, downloader, uri):
        self._downloader = downloader
        self._uri = uri
        self._values = {'username': None, 'password': None}
    def get(self, name):
        return self._values[name]
    def set(self, name, value):
        if name not in self._values:
            raise KeyError(name)
        self._values[name] = value
        if self._values['username'] and self._values['password']:
            self._downloader.add_password(None, self._uri, self._values['username'], self._values['password'])
    description = [('username', 'The user'), ('password', 'The password')]
    description_fr = [('username', 'Le compte'), ('password', 'Le mot de passe')]

class Firm(StandardPlugin):
    IS_PLUGIN = True
    def __init__(self, app, plugin_dir, gen_cfg, spec_cfg):
        super().__init__(app, plugin_dir, gen_cfg, spec_cfg)
        self._seen = repr(sorted(gen_cfg['proxies'].items())) + repr(spec_cfg)
        downloaders = FetchfwPluginHelper.new_downloaders(gen_cfg.get('proxies'))
        login = Login(downloaders['auth'], 'SERVER/secret/')
        persister = JsonConfigPersister(os.path.join(plugin_dir, 'var', 'config.json'))
        self.services = {
            'configure': PersistentConfigureServiceDecorator(login, persister),
            'install': FetchfwPluginHelper(plugin_dir, downloaders),
        }
        self.http_service = HTTPNoListingFileService(self._tftpboot_dir)
        self.tftp_service = TFTPFileService(self._tftpboot_dir)
    def configure(self, device, raw_config):
        with open(self._tftpboot_dir + '/seen', 'w') as f:
            f.write(self._seen)
`

// Archives of the formats that no Go package writes, each with one member.
const (
	rarred    = "UmFyIRoHAM+QcwAADQAAAAAAAACkz3QAgCcAAwAAAAMAAAAD2i/ZagAAAAAUMAcApIEAAHgvci5iaW5yYXLEPXsAQAcA"
	sevenZips = "N3q8ryccAASCi2JCBQAAAAAAAAAwAAAAAAAAAFDuMwJzZXZlbgEEBgABCQUABwsBAAEBAAwFCgFsrVSWAAAFARERAHgALwB6AC4AYgBpAG4AAAAAAA=="
)

// vendor is a vendor's server and the plugin server at once.
type vendor struct {
	*httptest.Server

	t     *testing.T
	pkgs  strings.Builder   // pkgs.db
	files map[string][]byte // by URL path; not changed once the box asks

	mu     sync.Mutex
	ranges map[string][]string // Range headers by URL path
	gate   chan struct{}       // slow.rom stops halfway until it is closed
}

func newVendor(t *testing.T) *vendor {
	t.Helper()
	v := &vendor{t: t, files: make(map[string][]byte), ranges: make(map[string][]string), gate: make(chan struct{})}
	v.Server = httptest.NewServer(v)
	t.Cleanup(v.Close)
	return v
}

func (v *vendor) asked(path string) []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.ranges[path])
}

func (v *vendor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	first := len(v.ranges[r.URL.Path]) == 0
	v.ranges[r.URL.Path] = append(v.ranges[r.URL.Path], r.Header.Get("Range"))
	v.mu.Unlock()
	data, ok := v.files[r.URL.Path]
	user, password, _ := r.BasicAuth()
	half := func() {
		w.Header().Set("Content-Length", fmt.Sprint(len(data)))
		_, _ = w.Write(data[:len(data)/2])
		_ = http.NewResponseController(w).Flush()
	}
	switch {
	case !ok:
		http.NotFound(w, r)
	case strings.HasPrefix(r.URL.Path, "/secret/") && (user != "me" || password != "pass"):
		w.Header().Set("WWW-Authenticate", `Basic realm="customers"`)
		w.WriteHeader(http.StatusUnauthorized)
	case strings.HasSuffix(r.URL.Path, "/breaks.rom") && first:
		half()
		panic(http.ErrAbortHandler)
	case strings.HasSuffix(r.URL.Path, "/slow.rom"):
		half()
		select {
		case <-v.gate:
		case <-r.Context().Done():
			return
		}
		_, _ = w.Write(data[len(data)/2:])
	default:
		http.ServeContent(w, r, "f", time.Time{}, bytes.NewReader(data))
	}
}

// file adds a file to pkgs.db; served is what the server has instead of it, nil for
// a file that has to be uploaded.
func (v *vendor) file(name, path string, data, served []byte, options ...string) {
	url := ""
	if served != nil {
		url = v.URL + path
		v.files[path] = served
	}
	id, _, _ := strings.Cut(name, ".")
	fmt.Fprintf(&v.pkgs, "[file_%s]\nurl: %s\nfilename: %s\nsize: %d\nsha1sum: %x\n%s\n", id, url, name, len(data), sha1.Sum(data), strings.Join(options, "\n"))
}

func (v *vendor) pkg(id, files string, steps ...string) {
	fmt.Fprintf(&v.pkgs, "[pkg_%[1]s]\ndescription: Firmware %[1]s\ndescription_fr: Logiciel %[1]s\nversion: 1\nfiles: %[2]s\ninstall: %[1]s\n[install_%[1]s]\n%[3]s\n", id, files, strings.Join(steps, "\n"))
}

// offer publishes the plugin.
func (v *vendor) offer(version string) {
	archive, line := packFiles(v.t, "firm", version, map[string]string{
		"entry.py": strings.ReplaceAll(firmPlugin, "SERVER", v.URL), "pkgs/pkgs.db": v.pkgs.String(),
	})
	v.files["/firm-"+version+".tar.bz2"], v.files["/plugins.db"] = archive, []byte(line)
}

// firmBox is a box with the plugin, and a device of it at the test's own address.
type firmBox struct {
	*App

	t      *testing.T
	dir    string
	vendor *vendor
}

func newFirmBox(t *testing.T, v *vendor, general string) *firmBox {
	t.Helper()
	b := &firmBox{t: t, dir: t.TempDir(), vendor: v}
	stack := httptest.NewServer(centraltest.New())
	t.Cleanup(stack.Close)
	host, port, err := net.SplitHostPort(strings.TrimPrefix(stack.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := settings.Parse(fmt.Appendf(nil, `
general:
  base_storage_dir: %s
  plugin_server: %s
  http_proxied_listen_interface: 127.0.0.1
  http_proxied_listen_port: 0
  tftp_listen_interface: 127.0.0.1
  tftp_port: 0
%s
rest_api: {ip: 127.0.0.1, port: 0}
auth: {host: %s, port: %s, https: false, username: provbox, password: secret}
plugin_config: {firm: {colour: blue}}
`, b.dir, v.URL, general, host, port))
	if err != nil {
		t.Fatal(err)
	}
	b.App = New(Options{Settings: s, Logger: slog.New(slog.DiscardHandler), Version: "test"})
	if err := b.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Stop(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// rest calls the REST API and returns the answer's status, body and Location.
func (b *firmBox) call(method, path, body string) (code int, answer, location string) {
	b.t.Helper()
	req, err := http.NewRequest(method, "http://"+b.REST().String()+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("X-Auth-Token", "root")
	req.Header.Set("Content-Type", "application/vnd.proformatique.provd+json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return resp.StatusCode, string(data), resp.Header.Get("Location")
}

// want is call that checks the status and the body.
func (b *firmBox) want(method, path, body string, code int, answer string) {
	b.t.Helper()
	got, text, _ := b.call(method, path, body)
	if diff := cmp.Diff(answer, text); got != code || diff != "" {
		b.t.Errorf("%s %s: %d (-want +got):\n%s", method, path, got, diff)
	}
}

// begin starts an operation and returns its path.
func (b *firmBox) begin(path, body string) string {
	b.t.Helper()
	code, text, location := b.call("POST", path, body)
	if code != 201 {
		b.t.Fatalf("POST %s %s: %d %s", path, body, code, text)
	}
	return location
}

// poll asks for an operation until the text satisfies done.
func (b *firmBox) poll(location string, done func(string) bool) string {
	b.t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		code, text, _ := b.call("GET", location, "")
		var answer struct{ Status string }
		if err := json.Unmarshal([]byte(text), &answer); err != nil || code != 200 {
			b.t.Fatalf("GET %s: %d %s", location, code, text)
		}
		if done(answer.Status) {
			return answer.Status
		}
		select {
		case <-tick.C:
		case <-b.t.Context().Done():
			b.t.Fatalf("%s stays %s", location, answer.Status)
		}
	}
}

// finish follows an operation to its end and deletes it.
func (b *firmBox) finish(location string) string {
	b.t.Helper()
	status := b.poll(location, func(s string) bool {
		s, _, _ = strings.Cut(s, "(")
		return strings.Contains(s, "success") || strings.Contains(s, "fail")
	})
	b.want("DELETE", location, "", 204, "")
	if code, _, _ := b.call("GET", location, ""); code != 404 {
		b.t.Errorf("%s is there after DELETE: %d", location, code)
	}
	return status
}

const firmPath = "/0.2/pg_mgr/plugins/firm/install"

// installPlugin puts the plugin and its device into the box.
func (b *firmBox) installPlugin() {
	b.t.Helper()
	b.vendor.offer("1")
	b.finish(b.begin("/0.2/pg_mgr/install/update", "{}"))
	if got := b.finish(b.begin("/0.2/pg_mgr/install/install", `{"id":"firm"}`)); !strings.HasPrefix(got, "install|success(") {
		b.t.Fatal(got)
	}
	for path, doc := range map[string]string{
		"cfg_mgr/configs": `{"config":{"id":"c","parent_ids":[],"raw_config":{}}}`,
		"dev_mgr/devices": `{"device":{"id":"d","mac":"00:15:65:aa:bb:cc","ip":"127.0.0.1","plugin":"firm","config":"c"}}`,
	} {
		if code, text, _ := b.call("POST", "/0.2/"+path, doc); code != 201 {
			b.t.Fatalf("%s: %d %s", path, code, text)
		}
	}
}

// install installs a firmware package and returns how that ended.
func (b *firmBox) install(id string) string {
	b.t.Helper()
	return b.finish(b.begin(firmPath+"/install", `{"id":"`+id+`"}`))
}

// fetch gets a file as the device does, over HTTP and over TFTP; nil is none.
func (b *firmBox) fetch(name string) (http, tftp []byte) {
	b.t.Helper()
	http, httpErr := phone.Kind{Name: "web"}.Fetch(b.t.Context(), "http://"+b.HTTP().String(), name)
	tftp, tftpErr := phone.Kind{Name: "tftp", TFTP: true}.Fetch(b.t.Context(), b.TFTP().String(), name)
	if (httpErr == nil) != (tftpErr == nil) {
		b.t.Errorf("%s: HTTP %v, TFTP %v", name, httpErr, tftpErr)
	}
	return http, tftp
}

// serves checks that both services give a file with this content.
func (b *firmBox) serves(name string, want []byte) {
	b.t.Helper()
	web, tftp := b.fetch(name)
	if !bytes.Equal(web, want) || !bytes.Equal(tftp, want) {
		b.t.Errorf("%s: %d bytes over HTTP, %d over TFTP, want %d", name, len(web), len(tftp), len(want))
	}
}

// tree lists the files below a folder of the box.
func (b *firmBox) tree(dir ...string) []string {
	b.t.Helper()
	names := []string{}
	root := filepath.Join(append([]string{b.dir}, dir...)...)
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, e := filepath.Rel(root, name)
			names, err = append(names, rel), e
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		b.t.Fatal(err)
	}
	return names
}

// events returns what the journal says of a topic.
func (b *firmBox) events(topic string) (texts []string) {
	for _, e := range b.Journal().Recent(1000) {
		if e.Topic == topic {
			texts = append(texts, e.Text)
		}
	}
	return texts
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
