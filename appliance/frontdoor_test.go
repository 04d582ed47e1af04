package appliance_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"provbox/appliance"
	"provbox/appliance/central/centraltest"
	"provbox/appliance/settings"
)

// frontDoor is a box with packages of the test's own, seen only through its sockets
// and the folder it writes to.
type frontDoor struct {
	t   *testing.T
	app *appliance.App
	dir string
}

// packages are the files of one package by name.
type packages map[string]map[string]string

// newFrontDoor starts a box with these packages installed.
func newFrontDoor(t *testing.T, install packages, change ...func(*appliance.Options)) *frontDoor {
	t.Helper()
	d := &frontDoor{t: t, dir: t.TempDir()}
	for id, files := range install {
		for name, content := range files {
			d.install(id, name, content)
		}
	}
	stack := httptest.NewServer(centraltest.New())
	t.Cleanup(stack.Close)
	s, err := settings.Parse(fmt.Appendf(nil, loopback+`
auth: {host: 127.0.0.1, port: %d, https: false, username: provbox, password: secret}
amid: {host: 127.0.0.1, port: %[2]d, https: false}
`, d.dir, stack.Listener.Addr().(*net.TCPAddr).Port))
	if err != nil {
		t.Fatal(err)
	}
	opts := appliance.Options{Settings: s, Logger: slog.New(slog.DiscardHandler), Version: "test"}
	for _, c := range change {
		c(&opts)
	}
	d.app = appliance.New(opts)
	if err := d.app.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.app.Stop(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// install writes one file of a package. Every package has a plugin-info.
func (d *frontDoor) install(id, name, content string) {
	d.t.Helper()
	for name, content := range map[string]string{name: content, "plugin-info": `{"version":"1","description":"Test","capabilities":{}}`} {
		file := filepath.Join(d.dir, "plugins", id, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			d.t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			d.t.Fatal(err)
		}
	}
}

// source returns a package's entry.py from testdata.
func source(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// http sends a request as the phone at an address of the loopback network.
func (d *frontDoor) http(from, method, path, agent, body string) (*http.Response, string, error) {
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	client := &http.Client{Timeout: outcomeWait, Transport: &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true}}
	req, err := http.NewRequest(method, "http://"+d.app.HTTP().String()+path, strings.NewReader(body))
	if err != nil {
		return nil, "", err
	}
	req.Header.Set("User-Agent", agent)
	if body != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp, string(b), err
}

// tftp reads a file of one block as the phone at an address.
func (d *frontDoor) tftp(from, name string) (string, error) {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(from)})
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(outcomeWait)); err != nil {
		return "", err
	}
	if _, err := conn.WriteTo([]byte("\x00\x01"+name+"\x00octet\x00"), d.app.TFTP()); err != nil {
		return "", err
	}
	buf := make([]byte, 600)
	n, peer, err := conn.ReadFrom(buf)
	if err != nil {
		return "", err
	}
	if !bytes.HasPrefix(buf, []byte("\x00\x03\x00\x01")) {
		return "", fmt.Errorf("answer %q", buf[:n])
	}
	_, err = conn.WriteTo([]byte("\x00\x04\x00\x01"), peer)
	return string(buf[4:n]), err
}

// rest calls the API and returns the status and the answer.
func (d *frontDoor) rest(method, path, body string) (int, string) {
	d.t.Helper()
	req, err := http.NewRequest(method, "http://"+d.app.REST().String()+"/0.2"+path, strings.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("X-Auth-Token", "root")
	req.Header.Set("Content-Type", "application/vnd.proformatique.provd+json")
	resp, err := (&http.Client{Timeout: 3 * time.Minute}).Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// must calls the API and wants a success.
func (d *frontDoor) must(method, path, body string) string {
	d.t.Helper()
	code, answer := d.rest(method, path, body)
	if code >= 300 {
		d.t.Fatalf("%s %s: %d %s", method, path, code, answer)
	}
	return answer
}

// device makes a device with a config.
func (d *frontDoor) device(id, mac, ip, plugin string) {
	d.t.Helper()
	d.must("POST", "/cfg_mgr/configs", `{"config":{"id":"`+id+`","parent_ids":[],"raw_config":{"X_greeting":"hello"}}}`)
	d.must("POST", "/dev_mgr/devices", `{"device":{"id":"`+id+`","mac":"`+mac+`","ip":"`+ip+`","plugin":"`+plugin+`","config":"`+id+`"}}`)
}

// member returns a member of a device's document.
func (d *frontDoor) member(id, name string) string {
	d.t.Helper()
	var answer struct{ Device map[string]any }
	if err := json.Unmarshal([]byte(d.must("GET", "/dev_mgr/devices/"+id, "")), &answer); err != nil {
		d.t.Fatal(err)
	}
	return fmt.Sprint(answer.Device[name])
}

// told returns the journal's events of a topic, a line each.
func (d *frontDoor) told(topic string) string {
	var b strings.Builder
	for _, e := range d.app.Journal().Recent(1 << 20) {
		if e.Topic == topic {
			fmt.Fprintln(&b, e.Text, e.Attrs)
		}
	}
	return b.String()
}

const goodTemplate = "{{ X_greeting }} from the package"

// A package with a service of its own is served through the file plane.
func TestServiceOfAPackage(t *testing.T) {
	t.Parallel()
	d := newFrontDoor(t, packages{"service": {"entry.py": source(t, "service.py"), "var/tftpboot/sub/x.cfg": "from a file"}})
	d.must("POST", "/cfg_mgr/configs", `{"config":{"id":"c","parent_ids":[],"raw_config":{}}}`)
	d.must("POST", "/dev_mgr/devices", `{"device":{"id":"d","mac":"00:15:65:aa:bb:01","sn":"s1","plugin":"service","config":"c"}}`)
	tests := []struct {
		name, method, path, body string
		status                   int
		want, typ                string
	}{
		{"get", "GET", "/echo/a/b?serial=s1", "", 203, "GET 00:15:65:aa:bb:01 a b s1", "text/plain; charset=utf-8"},
		{"head", "HEAD", "/echo/a?serial=s1", "", 203, "", "text/plain; charset=utf-8"},
		// The form tells whose request it is, as the query does.
		{"post", "POST", "/echo?x=1", "serial=s1&y=2", 200, "POST serial=s1|x=1|y=2 seria 127.0.0.1", "text/html"},
		{"not there", "GET", "/echo/gone?serial=s1", "", 404, "no /echo/gone?serial=s1", ""},
		{"not in the tree", "GET", "/other?serial=s1", "", 404, "File not found.", ""},
		{"no such method", "DELETE", "/echo?serial=s1", "", 405, "Method not allowed.", ""},
		{"raises", "GET", "/broken?serial=s1", "", 500, "Internal processing error.", ""},
		{"never answers", "POST", "/broken?serial=s1", "", 500, "Internal processing error.", ""},
		{"loops", "PUT", "/broken?serial=s1", "", 500, "Internal processing error.", ""},
		{"a file", "GET", "/files/sub/x.cfg?serial=s1", "", 200, "from a file", "text/plain; charset=utf-8"},
		{"a folder", "GET", "/files/sub?serial=s1", "", 403, "Directory listing not permitted.", ""},
		{"outside", "GET", "/files/..%2f..%2fentry.py?serial=s1", "", 404, "File not found.", ""},
		{"large body", "POST", "/echo?serial=s1", strings.Repeat("x", 70000), 413, "65536 bytes", ""},
		{"another phone", "GET", "/echo?serial=s2", "", 404, "Nowhere to route this request.", ""},
	}
	for _, tt := range tests {
		from := "127.0.0.1"
		if strings.HasSuffix(tt.path, "s2") {
			from = "127.0.0.22"
		}
		resp, body, err := d.http(from, tt.method, tt.path, "Phone", tt.body)
		if err != nil || resp.StatusCode != tt.status || !strings.Contains(body, tt.want) || strings.Contains(body, "canary") {
			t.Errorf("%s: %v %q, %v", tt.name, resp, body, err)
			continue
		}
		if got := resp.Header.Get("Content-Type"); tt.typ != "" && got != tt.typ {
			t.Errorf("%s: content type %q", tt.name, got)
		}
	}
	told := d.told("plugin")
	for _, want := range []string{
		"plugin=service hook=http_service file=entry.py line=36 err=ValueError: canary",
		"hook=http_service file= line=0 err=RuntimeError: the answer to /broken was never finished",
		"hook=http_service file=entry.py line=42 err=limit exceeded (steps)",
	} {
		if !strings.Contains(told, want) {
			t.Errorf("the journal does not say %s:\n%s", want, told)
		}
	}
}

// What fail2ban watches (spec/ident.md section 12).
func TestSecurityLog(t *testing.T) {
	t.Parallel()
	d := newFrontDoor(t, packages{"good": {"entry.py": source(t, "good.py"), "templates/base.tpl": goodTemplate, "var/tftpboot/common.txt": "x"}})
	const agent = "Good 00:15:65:aa:bb:01"
	for _, path := range []string{"/common.txt", "/001565aabb01.cfg", "/none.cfg?x=/y"} {
		if _, _, err := d.http("127.0.0.21", "GET", path, agent, ""); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.tftp("127.0.0.21", "/tftp.cfg"); err == nil {
		t.Error("it is not there")
	}
	b, err := os.ReadFile(filepath.Join(d.dir, "log", "wazo-provd-fail2ban.log"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(string(b)) {
		stamp, rest, _ := strings.Cut(line, "] ")
		if _, err := time.Parse("[2006-01-02 15:04:05,000", stamp); err != nil {
			t.Errorf("%q: %v", line, err)
		}
		got = append(got, strings.TrimSpace(rest))
	}
	want := "Sensitive file requested from 127.0.0.21: 001565aabb01.cfg\nSensitive file requested from 127.0.0.21: none.cfg\nSensitive file requested from 127.0.0.21: tftp.cfg"
	if len(got) != 4 || !strings.HasPrefix(got[0], "New device created automatically from 127.0.0.21: ") || strings.Join(got[1:], "\n") != want {
		t.Errorf("got %q", got)
	}
}

// An operator without a shell replaces a template, is told when an upgrade changes
// what it was made from, and takes it back.
func TestCustomTemplates(t *testing.T) {
	t.Parallel()
	d := newFrontDoor(t, packages{"good": {"entry.py": source(t, "good.py"), "templates/base.tpl": goodTemplate}})
	d.device("d", "00:15:65:aa:bb:01", "127.0.0.31", "good")
	const path = "/pg_mgr/plugins/good/templates"
	want := func(want string) {
		t.Helper()
		if resp, body, err := d.http("127.0.0.31", "GET", "/001565aabb01.cfg", "Good 00:15:65:aa:bb:01", ""); err != nil || resp.StatusCode != 200 || body != want {
			t.Errorf("served %q, %v", body, err)
		}
		if body, err := d.tftp("127.0.0.31", "001565aabb01.cfg"); body != want {
			t.Errorf("served %q over TFTP, %v", body, err)
		}
	}
	want("hello from the package")
	d.must("PUT", path+"/base.tpl", `{"template":{"content":"{{ X_greeting }} from the site"}}`)
	want("hello from the site")
	if code, body := d.rest("PUT", path+"/base.tpl", `{"template":{"content":"{% if %}"}}`); code != 400 || !strings.Contains(body, "base.tpl:1") {
		t.Errorf("a bad one: %d %s", code, body)
	}
	d.must("PUT", path+"/001565aabb01.cfg.tpl", `{"template":{"content":"{{ 1 / 0 }}"}}`)
	if got := d.member("d", "X_provbox_error"); !strings.Contains(got, "001565aabb01.cfg.tpl:1: ZeroDivisionError") {
		t.Errorf("the device says %q", got)
	}
	want("hello from the site") // the last good file
	d.must("DELETE", path+"/001565aabb01.cfg.tpl", "")
	want("hello from the site")

	d.install("good", "templates/base.tpl", "fixed in the package")
	d.must("POST", "/pg_mgr/reload", `{"id":"good"}`)
	want("hello from the site")
	if told := d.told("plugin"); !strings.Contains(told, "the package's templates changed below custom ones [plugin=good version=1 templates=base.tpl]") {
		t.Errorf("the journal says %s", told)
	}
	if got := d.must("GET", path, ""); got != `{"templates":[{"name":"base.tpl","custom":true,"packaged":true,"changed":true,"size":30}]}` {
		t.Errorf("listed as %s", got)
	}
	if got := d.must("GET", path+"/base.tpl", ""); !strings.Contains(got, `"content":"{{ X_greeting }} from the site","original":"fixed in the package"`) {
		t.Errorf("shown as %s", got)
	}
	d.must("DELETE", path+"/base.tpl", "")
	want("fixed in the package")
}
