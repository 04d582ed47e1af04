package appliance

import (
	"bytes"
	"crypto/sha1"
	"encoding/json"
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
web: {listen: "127.0.0.1:0"}
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
