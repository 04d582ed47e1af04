package plugin_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/plugin"
	"provbox/provd/plugin/host"
)

// server is a phone whose every port is one test server.
type server struct {
	address string
	dialed  *[]string
}

func (s server) Dial(ctx context.Context, host string, port int) (net.Conn, error) {
	*s.dialed = append(*s.dialed, fmt.Sprintf("%s:%d", host, port))
	if host != "198.51.100.7" {
		return nil, fmt.Errorf("not the phone")
	}
	var d net.Dialer
	return d.DialContext(ctx, "tcp", s.address)
}

// synchronizing is a package whose synchronize runs a script with the phone's
// address.
func synchronizing(script string) string {
	return testPlugin + `    def synchronize(self, device, raw_config):
        from twisted.internet import threads
        return threads.deferToThread(self._work, device['ip'])
    def _work(self, ip):
        ` + strings.ReplaceAll(strings.TrimSpace(script), "\n", "\n        ") + "\n"
}

func synchronize(t *testing.T, script string, device host.Device) error {
	t.Helper()
	p, err := load(t.Context(), "test", pack("entry.py", synchronizing(script)), func(cfg *plugin.Config) {
		cfg.Device = func(string) host.Device { return device }
	})
	if err != nil {
		t.Fatal(err)
	}
	return p.Synchronize(t.Context(), phone, document.New())
}

func TestPackagesTalkHTTPToTheirPhone(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "session", Value: r.FormValue("password")})
		http.Redirect(w, r, "/home", http.StatusSeeOther)
	})
	mux.HandleFunc("GET /home", func(w http.ResponseWriter, r *http.Request) {
		c, err := r.Cookie("session")
		if err != nil {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		io.WriteString(w, "hello "+c.Value)
	})
	mux.HandleFunc("POST /auth", func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "admin" || password != "pw" {
			w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		io.WriteString(w, "in")
	})
	mux.HandleFunc("GET /away", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://192.0.2.99/", http.StatusFound)
	})
	mux.HandleFunc("GET /huge", func(w http.ResponseWriter, r *http.Request) {
		for range 3000 {
			io.WriteString(w, strings.Repeat("x", 1000))
		}
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	tests := map[string]struct{ script, want string }{
		"cookies and redirects": {`
import http.cookiejar, urllib.request
from contextlib import closing
jar = http.cookiejar.CookieJar()
opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
with closing(opener.open('http://' + ip + '/login', b'password=0000', timeout=15)) as f:
    assert f.read() == b'hello 0000' and f.geturl().endswith('/home') and f.getcode() == 200
jar.clear()
try:
    opener.open('http://' + ip + '/home')
    assert False
except urllib.error.HTTPError as e:
    assert e.code == 403, e`, ""},
		"password": {`
import urllib.request
manager = urllib.request.HTTPPasswordMgrWithDefaultRealm()
manager.add_password(None, 'http://' + ip, 'admin', 'pw')
opener = urllib.request.build_opener(urllib.request.HTTPBasicAuthHandler(manager))
f = opener.open('http://' + ip + '/auth', b'message=Reboot', 15)
try:
    assert f.read(1) == b'i' and f.read() == b'n'
finally:
    f.close()`, ""},
		"another host": {`
import urllib.request
urllib.request.urlopen('http://192.0.2.99/')`, "URLError: <urlopen error not the phone>"},
		"a redirect to another host": {`
import urllib.request
urllib.request.urlopen('http://' + ip + '/away')`, "URLError"},
		"too much": {`
import urllib.request
urllib.request.urlopen('http://' + ip + '/huge')`, "answer of more than 1048576 bytes"},
		"text as data": {`
import urllib.request
urllib.request.urlopen('http://' + ip + '/login', 'text')`, "TypeError: POST data should be bytes"},
		"a file": {`
import urllib.request
urllib.request.urlopen('file:///etc/passwd')`, "ValueError: unknown url type"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var dialed []string
			err := synchronize(t, tt.script, server{srv.Listener.Addr().String(), &dialed})
			switch {
			case tt.want == "" && err != nil:
				t.Error(err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// telnetd plays a phone's Telnet dialogue once and reports what it was told.
func telnetd(t *testing.T, dialogue func(c net.Conn, r *bufio.Reader) string) (string, <-chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	told := make(chan string, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			close(told)
			return
		}
		defer c.Close()
		told <- dialogue(c, bufio.NewReader(c))
	}()
	return l.Addr().String(), told
}

func TestPackagesTalkTelnetToTheirPhone(t *testing.T) {
	t.Parallel()
	address, told := telnetd(t, func(c net.Conn, r *bufio.Reader) string {
		io.WriteString(c, "\xff\xfd\x18\xff\xfb\x01Welcome\r\nPassword ? ")
		refusals := make([]byte, 6)
		if _, err := io.ReadFull(r, refusals); err != nil {
			return err.Error()
		}
		password, err := r.ReadString('\n')
		if err != nil {
			return err.Error()
		}
		io.WriteString(c, "Login accepted\r\n> ")
		command, err := r.ReadString('\n')
		if err != nil {
			return err.Error()
		}
		return fmt.Sprintf("% x %q %q", refusals, password, command)
	})
	var dialed []string
	err := synchronize(t, `
import pexpect
child = pexpect.spawn('telnet', [ip.encode('ascii')], timeout=5)
try:
    child.expect('Password ?')
    child.sendline(b'0000')
    child.expect('Login accepted')
    child.sendline('reset soft')
finally:
    child.close(force=True)`, server{address, &dialed})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := <-told, `ff fc 18 ff fe 01 "0000\r\n" "reset soft\r\n"`; got != want {
		t.Errorf("the phone was told %s, want %s", got, want)
	}
	if len(dialed) != 1 || dialed[0] != "198.51.100.7:23" {
		t.Errorf("dialed %v", dialed)
	}
}

func TestTelnetEndsEarly(t *testing.T) {
	t.Parallel()
	address, _ := telnetd(t, func(c net.Conn, r *bufio.Reader) string { return "" })
	var dialed []string
	err := synchronize(t, `
import pexpect
pexpect.spawn('telnet', [ip]).expect('Password')`, server{address, &dialed})
	if err == nil || !strings.Contains(err.Error(), "EOF: End Of File (EOF).") {
		t.Errorf("got %v", err)
	}
	err = synchronize(t, `
import pexpect
pexpect.spawn('sh', ['-c', 'id'])`, server{address, &dialed})
	if err == nil || !strings.Contains(err.Error(), "ExceptionPexpect: The command was not found") {
		t.Errorf("got %v", err)
	}
}

func TestNoWayToOthers(t *testing.T) {
	t.Parallel()
	d := host.NewDevice("127.0.0.1")
	for _, tt := range []struct {
		host string
		port int
		want string
	}{
		{"192.0.2.1", 80, "may only talk to its own phone"},
		{"localhost", 80, "may only talk to its own phone"},
		{"127.0.0.2", 80, "may only talk to its own phone"},
		{"127.0.0.1", 22, "may not talk to port 22"},
		{"127.0.0.1", 5060, "may not talk to port 5060"},
	} {
		if c, err := d.Dial(t.Context(), tt.host, tt.port); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s:%d: %v, %v", tt.host, tt.port, c, err)
		}
	}
	if _, err := host.NewDevice("").Dial(t.Context(), "127.0.0.1", 80); err == nil {
		t.Error("a phone without an address was dialed")
	}
	err := synchronize(t, "import urllib.request\nurllib.request.urlopen('http://' + ip)", nil)
	if err == nil || !strings.Contains(err.Error(), "may not talk to phones here") {
		t.Errorf("without a device: %v", err)
	}
}

func TestWhatAPackageLearnsOfItsPhone(t *testing.T) {
	t.Parallel()
	src := testPlugin + `    def __init__(self, app, *a):
        super().__init__(app, *a)
        self._app = app
    def synchronize(self, device, raw_config):
        from twisted.internet import reactor, defer
        device.update({'version': '2.0', 'mac': '00:1a:2b:3c:4d:5e'})
        reactor.callFromThread(self._app.dev_update, device)
        return defer.succeed(None)
`
	var from string
	var got provd.Info
	p, err := load(t.Context(), "test", pack("entry.py", src), func(cfg *plugin.Config) {
		cfg.Learn = func(device string, info provd.Info) { from, got = device, info }
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Synchronize(t.Context(), phone, document.New()); err != nil {
		t.Fatal(err)
	}
	if from != "dev1" || got["version"] != "2.0" {
		t.Errorf("learned %v of %q", got, from)
	}
}
