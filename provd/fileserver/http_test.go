package fileserver

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

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
