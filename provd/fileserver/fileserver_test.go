package fileserver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pin/tftp/v3"

	"provbox/provd"
	"provbox/provd/document"
)

const secret = "SECRET OUTSIDE THE ROOT"

var modified = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// site is a plugin's tree inside a larger one, as if every plugin and the
// system lay beside each other.
func site() fstest.MapFS {
	big := bytes.Repeat([]byte("0123456789abcdef"), 4096) // 64 KiB, a multiple of 512
	return fstest.MapFS{
		"etc/passwd":                          {Data: []byte(secret)},
		"plugins/other/001565aabbcc.cfg":      {Data: []byte(secret)},
		"plugins/a-sibling/x":                 {Data: []byte(secret)},
		"plugins/a/entry.py":                  {Data: []byte(secret)},
		"plugins/a/tftpboot/001565aabbcc.cfg": {Data: []byte("account.1.user_name = u1\n"), ModTime: modified},
		"plugins/a/tftpboot/firmware/t.rom":   {Data: big, ModTime: modified},
		"plugins/a/tftpboot/a b.cfg":          {Data: []byte("blank"), ModTime: modified},
		"plugins/a/tftpboot/y.cfg":            {Data: []byte("y"), ModTime: modified},
	}
}

// files serves plugin "a" and records the names it was asked for.
type files struct {
	mu    sync.Mutex
	names []string
}

func (f *files) Open(_ context.Context, dev provd.Device, _ provd.Request, name string) (File, error) {
	f.mu.Lock()
	f.names = append(f.names, name)
	f.mu.Unlock()
	if dev.Plugin() != "a" {
		return nil, ErrNoService
	}
	file, err := site().Open("plugins/a/tftpboot/" + name)
	if err != nil {
		return nil, err
	}
	if info, err := file.Stat(); err != nil || info.IsDir() {
		return nil, errors.Join(ErrDirectory, err)
	}
	return file.(File), nil
}

// phones gives 192.0.2.66 no plugin, 192.0.2.67 another, 192.0.2.68 an error,
// and everybody else plugin "a".
type phones struct {
	mu   sync.Mutex
	seen []provd.Request
}

func (p *phones) Identify(_ context.Context, req provd.Request) (provd.Device, error) {
	p.mu.Lock()
	p.seen = append(p.seen, req)
	p.mu.Unlock()
	switch req.IP {
	case "192.0.2.66":
		return provd.NewDevice("id", "d"), nil
	case "192.0.2.67":
		return provd.NewDevice("id", "d", "plugin", "gone"), nil
	case "192.0.2.68":
		return provd.Device{}, errors.New("disk failed")
	}
	return provd.NewDevice("id", "d", "plugin", "a", "mac", "00:15:65:aa:bb:cc"), nil
}

type events struct {
	mu   sync.Mutex
	list []provd.Event
}

func (e *events) Record(ev provd.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list = append(e.list, ev)
}

func (e *events) String() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return fmt.Sprint(e.list)
}

type keys string

func (k keys) HasKey(key string) bool { return key != "" && key == string(k) }

type rig struct {
	phones *phones
	files  *files
	events *events
	router *Router
}

func newRig(k Keys) rig {
	r := rig{phones: &phones{}, files: &files{}, events: &events{}}
	r.router = NewRouter(Config{Identifier: r.phones, Files: r.files, Keys: k, Recorder: r.events})
	return r
}

func (r rig) http(proxies int) http.Handler {
	return NewHTTP(HTTPConfig{Router: r.router, TrustedProxies: proxies}).Handler
}

func do(h http.Handler, method, target string, header ...string) *http.Response {
	req := &http.Request{Method: method, RequestURI: target, Header: http.Header{}, RemoteAddr: "192.0.2.10:4000", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "peer" {
			req.RemoteAddr = header[i+1] + ":4000"
			continue
		}
		req.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestHTTP(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, method, target string
		header               []string
		status               int
		want                 string // part of the body
	}{
		{name: "file", target: "/001565aabbcc.cfg", status: 200, want: "user_name = u1"},
		{name: "query is not the name", target: "/y.cfg?mac=zz", status: 200, want: "y"},
		{name: "escaped blank", target: "/a%20b.cfg", status: 200, want: "blank"},
		{name: "range", target: "/firmware/t.rom", header: []string{"Range", "bytes=16-19"}, status: 206, want: "0123"},
		{name: "not modified", target: "/y.cfg", header: []string{"If-Modified-Since", "Fri, 02 Jan 2026 03:04:05 GMT"}, status: 304},
		{name: "missing", target: "/nope.cfg", status: 404, want: "File not found."},
		{name: "case matters", target: "/Y.cfg", status: 404},
		{name: "directory", target: "/firmware", status: 403, want: "Directory listing not permitted."},
		{name: "directory with slash", target: "/firmware/", status: 403},
		{name: "root", target: "/", status: 403},
		{name: "empty segment", target: "//y.cfg", status: 403},
		{name: "head", method: "HEAD", target: "/y.cfg", status: 405},
		{name: "upload", method: "PUT", target: "/y.cfg", status: 405, want: "Method not allowed."},
		{name: "no plugin", target: "/y.cfg", header: []string{"peer", "192.0.2.66"}, status: 404, want: "Nowhere to route this request."},
		{name: "plugin not loaded", target: "/y.cfg", header: []string{"peer", "192.0.2.67"}, status: 404, want: "Nowhere to route this request."},
		{name: "box broken", target: "/y.cfg", header: []string{"peer", "192.0.2.68"}, status: 500, want: "Internal processing error"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.method == "" {
				tt.method = http.MethodGet
			}
			r := do(newRig(nil).http(0), tt.method, tt.target, tt.header...)
			b := body(t, r)
			if r.StatusCode != tt.status || !strings.Contains(b, tt.want) {
				t.Errorf("got %d %q", r.StatusCode, b)
			}
		})
	}
}

func TestContentTypes(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"001565aabbcc.cfg": "text/plain; charset=utf-8", "SEP001122334455.cnf.xml": "text/xml",
		"T46-66.ROM": "application/octet-stream", "x": "application/octet-stream", "a.png": "image/png",
	} {
		if got := contentType(name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestHTTPOnTheWire(t *testing.T) {
	t.Parallel()
	r := newRig(nil)
	s := NewHTTP(HTTPConfig{Router: r.router})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.Serve(Limit(l)) }()
	t.Cleanup(func() { _ = s.Close() })
	for _, target := range []string{"/y.cfg", "http://other.example/y.cfg"} {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", target)
		got, err := io.ReadAll(c)
		_ = c.Close()
		if err != nil || !strings.HasPrefix(string(got), "HTTP/1.1 200") || !strings.HasSuffix(string(got), "\r\n\r\ny") {
			t.Errorf("%s: %v\n%s", target, err, got)
		}
	}
	if got := r.phones.seen[0]; got.HasUserAgent || got.IP != "127.0.0.1" {
		t.Errorf("identified from %+v", got)
	}
}

func TestClientAddress(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		proxies int
		header  string
		want    string
		status  int
	}{
		{"no proxy ignores the header", 0, "198.51.100.1", "192.0.2.10", 200},
		{"one proxy", 1, "203.0.113.9", "203.0.113.9", 200},
		{"one proxy and a lying client", 1, "10.0.0.1, 203.0.113.9", "203.0.113.9", 200},
		{"two proxies", 2, "10.0.0.1, 203.0.113.9, 192.0.2.5", "203.0.113.9", 200},
		{"fewer than promised", 2, "203.0.113.9", "203.0.113.9", 200},
		{"missing", 1, "", "", 400},
		{"not an address", 1, "unknown", "", 400},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(nil)
			resp := do(r.http(tt.proxies), "GET", "/y.cfg", "X-Forwarded-For", tt.header)
			if resp.StatusCode != tt.status {
				t.Fatalf("got %d", resp.StatusCode)
			}
			if tt.want != "" && r.phones.seen[0].IP != tt.want {
				t.Errorf("got %s", r.phones.seen[0].IP)
			}
		})
	}
}

func TestURLKey(t *testing.T) {
	t.Parallel()
	r := newRig(keys("s3cret$key"))
	h := r.http(0)
	for target, status := range map[string]int{
		"/s3cret$key/y.cfg": 200, "/s3cret%24key/y.cfg": 200, "/y.cfg": 404, "/wrong/y.cfg": 404, "//y.cfg": 404, "/s3cret$key": 403, "/": 404,
	} {
		if got := do(h, "GET", target).StatusCode; got != status {
			t.Errorf("%s: %d", target, got)
		}
	}
	if strings.Contains(r.events.String(), "s3cret") {
		t.Errorf("the key is in the journal: %s", r.events)
	}
}

// Test A8: nothing outside the root, over either transport.
var traversal = []string{
	"../../../etc/passwd", "..", "../", "../../a-sibling/x", "../entry.py", "firmware/../../entry.py", "firmware/..",
	"/etc/passwd", "//etc/passwd", "///../etc/passwd", "./../entry.py", ".", "./y.cfg", "firmware/./t.rom",
	"..\\..\\etc\\passwd", "..\\entry.py", "firmware\\t.rom", "C:\\etc\\passwd", "\\\\host\\share",
	"%2e%2e/%2e%2e/etc/passwd", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%2fentry.py", "..%5centry.py", "%252e%252e%252fentry.py",
	"..%00/entry.py", "y.cfg%00.rom", "y.cfg\x00.rom", "\x00", "..%c0%af..%c0%afetc/passwd", "..%ef%bc%8fentry.py",
	"....//....//etc/passwd", "..;/entry.py", "%u002e%u002e/entry.py", "\u2025/entry.py", "\uff0e\uff0e/entry.py",
	"firmware//t.rom", "y.cfg/", "y.cfg/..", "y.cfg/../../entry.py", "~/x", "file:///etc/passwd", "?", "#", "%", "%zz", "%2", strings.Repeat("../", 200) + "etc/passwd",
	strings.Repeat("a/", 300) + "x", strings.Repeat("a", 5000), " ", "..%20/entry.py", "a b.cfg/..", "CON", "y.cfg:stream", "\xff\xfe/../entry.py",
}

func TestTraversalHTTP(t *testing.T) {
	t.Parallel()
	r := newRig(nil)
	h := r.http(0)
	for _, name := range traversal {
		resp := do(h, "GET", "/"+name)
		b := body(t, resp)
		if strings.Contains(b, secret) {
			t.Errorf("%q left the root", name)
		}
		if resp.StatusCode == 200 {
			t.Errorf("%q: served %q", name, b)
		}
	}
	valid(t, r)
}

func valid(t *testing.T, r rig) {
	t.Helper()
	for _, name := range r.files.names {
		if !fs.ValidPath(name) || strings.ContainsAny(name, "\\\x00") {
			t.Errorf("a plugin was asked for %q", name)
		}
	}
}

func (r rig) tftp(t *testing.T) *net.UDPAddr {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- NewTFTP(TFTPConfig{Router: r.router}).Serve(ctx, conn) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return conn.LocalAddr().(*net.UDPAddr)
}

func fetch(t *testing.T, addr *net.UDPAddr, name string, blksize int) (string, int64, error) {
	t.Helper()
	c, err := tftp.NewClient(addr.String())
	if err != nil {
		t.Fatal(err)
	}
	c.SetBlockSize(blksize)
	c.RequestTSize(true)
	w, err := c.Receive(name, "octet")
	if err != nil {
		return "", 0, err
	}
	var size int64
	if in, ok := w.(tftp.IncomingTransfer); ok {
		size, _ = in.Size()
	}
	var b bytes.Buffer
	_, err = w.WriteTo(&b)
	return b.String(), size, err
}

func TestTFTP(t *testing.T) {
	t.Parallel()
	r := newRig(nil)
	addr := r.tftp(t)
	for _, blksize := range []int{512, 1468, 8192} {
		got, size, err := fetch(t, addr, "firmware/t.rom", blksize)
		if err != nil || len(got) != 64<<10 || size != 64<<10 || !strings.HasPrefix(got, "0123456789abcdef01") {
			t.Errorf("blksize %d: %d bytes, tsize %d, %v", blksize, len(got), size, err)
		}
	}
	if got, _, err := fetch(t, addr, "/001565aabbcc.cfg", 512); err != nil || got != "account.1.user_name = u1\n" {
		t.Errorf("leading slash: %q, %v", got, err)
	}
	for name, want := range map[string]string{"nope.cfg": "file not found", "firmware": "file not found", strings.Repeat("x", 300): "invalid filename"} {
		if _, _, err := fetch(t, addr, name, 512); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20s: %v", name, err)
		}
	}
	if !strings.Contains(r.events.String(), "RRQ ok") {
		t.Errorf("journal: %s", r.events)
	}
}

func TestTraversalTFTP(t *testing.T) {
	t.Parallel()
	r := newRig(nil)
	addr := r.tftp(t)
	for _, name := range traversal {
		// A NUL ends the name in the request itself, and what follows is read
		// as the mode; such a request may go unanswered, so the router is asked
		// in its place.
		if strings.Contains(name, "\x00") || len(name) > 400 {
			f, _, err := r.router.open(context.Background(), provd.Request{Kind: provd.TFTP, IP: "192.0.2.10", Path: name})
			if err == nil {
				t.Errorf("%q: opened %v", name, f)
			}
			continue
		}
		got, _, err := fetch(t, addr, name, 512)
		if strings.Contains(got, secret) || err == nil {
			t.Errorf("%q: served %q", name, got)
		}
	}
	valid(t, r)
}

func TestTFTPRefusesWrites(t *testing.T) {
	t.Parallel()
	addr := newRig(nil).tftp(t)
	c, err := tftp.NewClient(addr.String())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Send("y.cfg", "octet"); err == nil {
		t.Error("a write was accepted")
	}
}

func TestTFTPSurvivesGarbage(t *testing.T) {
	t.Parallel()
	r := newRig(nil)
	addr := r.tftp(t)
	c, err := net.DialUDP("udp4", nil, addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, packet := range []string{
		"", "\x00", "\x00\x01", "\x00\x01y.cfg", "\x00\x01y.cfg\x00", "\x00\x01\x00\x00", "\x00\x09abc", "\x00\x05\x00\x00x\x00",
		"\x00\x01y.cfg\x00octet\x00blksize\x00-1\x00", "\x00\x01y.cfg\x00octet\x00blksize\x0099999999999999999999\x00", "\x00\x01y.cfg\x00octet\x00tsize\x00", "\x00\x03\x00\x01data", "\x00\x04\x00\x01",
	} {
		if _, err := c.Write([]byte(packet)); err != nil {
			t.Fatal(err)
		}
	}
	if got, _, err := fetch(t, addr, "y.cfg", 512); err != nil || got != "y" {
		t.Errorf("after garbage: %q, %v", got, err)
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPlaces()
		ctx := context.Background()
		one := netip.MustParseAddr("192.0.2.10")
		var release []func()
		for range maxTransfersPerHost {
			r, err := p.take(ctx, one)
			if err != nil {
				t.Fatal(err)
			}
			release = append(release, r)
		}
		var waits sync.WaitGroup
		var mu sync.Mutex
		var errs []error
		for range maxWaitingPerHost {
			waits.Go(func() {
				_, err := p.take(ctx, one)
				mu.Lock()
				defer mu.Unlock()
				errs = append(errs, err)
			})
		}
		synctest.Wait()
		if _, err := p.take(ctx, one); !errors.Is(err, errBusyHost) {
			t.Errorf("one more: %v", err)
		}
		for i := range maxTransfers - maxTransfersPerHost {
			host := netip.AddrFrom4([4]byte{198, 51, 100, byte(i)})
			r, err := p.take(ctx, host)
			if err != nil {
				t.Fatal(err)
			}
			release = append(release, r)
		}
		if _, err := p.take(ctx, netip.MustParseAddr("203.0.113.1")); !errors.Is(err, errBusy) {
			t.Errorf("beyond the total: %v", err)
		}
		waits.Wait()
		if diff := cmp.Diff(maxWaitingPerHost, len(errs)); diff != "" {
			t.Error(diff)
		}
		for _, err := range errs {
			if !errors.Is(err, errBusy) {
				t.Errorf("a wait ended with %v", err)
			}
		}
		for _, r := range release {
			r()
		}
		if len(p.hosts) != 0 || p.users != 0 || len(p.free) != 0 {
			t.Errorf("left behind: %d hosts, %d users, %d transfers", len(p.hosts), p.users, len(p.free))
		}
	})
}

func TestLimitListener(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	limited := limitListener(l, 10, 2)
	defer limited.Close()
	accepted := make(chan net.Conn, 10)
	go func() {
		for {
			c, err := limited.Accept()
			if err != nil {
				return
			}
			accepted <- c
		}
	}()
	dial := func() net.Conn {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	a, b := dial(), dial()
	defer a.Close()
	defer b.Close()
	first, second := <-accepted, <-accepted
	defer second.Close()
	third := dial()
	defer third.Close()
	if _, err := third.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("the third connection of one client: %v", err)
	}
	_ = first.Close()
	_ = first.Close() // twice must not give two places back
	fourth, fifth := dial(), dial()
	defer fourth.Close()
	defer fifth.Close()
	_ = (<-accepted).Close
	if _, err := fifth.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("a place was given back twice: %v", err)
	}
}

// FuzzTFTPPath feeds names as a TFTP request has them to the router: whatever
// the name, the plugin is asked only for names below its root.
func FuzzTFTPPath(f *testing.F) {
	for _, name := range traversal {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, kind := range []provd.Kind{provd.TFTP, provd.HTTP} {
			r := newRig(nil)
			file, _, err := r.router.open(context.Background(), provd.Request{Kind: kind, IP: "192.0.2.10", Path: name})
			valid(t, r)
			if err != nil {
				continue
			}
			b, err := io.ReadAll(file)
			if err != nil || strings.Contains(string(b), secret) {
				t.Fatalf("%q: %v %s", name, err, b)
			}
			r.router.record(provd.Request{Kind: kind, Path: name}, provd.Device{Object: document.New()}, "x", 0, 0)
		}
	})
}
