package fileserver

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
)

// services is plugin "a" with code of its own, which says what it was asked.
type services struct {
	answer Response
	err    error
}

func (services) Own(dev provd.Device) bool { return dev.Plugin() == "a" }

func (s services) Respond(_ context.Context, _ provd.Device, req provd.Request, route string) (Response, error) {
	if s.err != nil || s.answer.Status != 0 {
		return s.answer, s.err
	}
	body := fmt.Sprintf("%s %s ? %s: %s %s", req.Method, route, req.Query, req.Header["Content-Type"], req.Body)
	return Response{Status: 200, Header: map[string]string{"content-type": "text/plain", "content-length": "3", "x-own": "yes"}, Body: []byte(body)}, nil
}

func TestOwnService(t *testing.T) {
	t.Parallel()
	site := func(name string) File {
		f, err := site().Open(name)
		if err != nil {
			t.Fatal(err)
		}
		return f.(File)
	}
	const form = "application/x-www-form-urlencoded"
	tests := []struct {
		name, method, target, body string
		key                        string
		services
		status int
		want   string // the whole body, or part of it between dots: …part…
		typ    string
	}{
		{name: "get", target: "/a/b?x=1", status: 200, want: "GET /a/b ? x=1: [] ", typ: "text/plain"},
		{name: "undecoded", target: "/a%2fb/../c//", status: 200, want: "GET /a%2fb/../c// ? : [] "},
		{name: "post", method: "POST", target: "/a", body: "uuid=1", status: 200, want: "POST /a ? : [" + form + "] uuid=1"},
		{name: "put", method: "PUT", target: "/a", body: "log", status: 200, want: "PUT /a ? : [" + form + "] log"},
		{name: "head", method: "HEAD", target: "/a", status: 200, want: ""},
		{name: "largest body", method: "POST", target: "/a", body: strings.Repeat("x", maxBody), status: 200, want: "…xxx…"},
		{name: "too large a body", method: "POST", target: "/a", body: strings.Repeat("x", maxBody+1), status: 413, want: "…65536 bytes…"},
		{name: "key", target: "/s3cret/a", key: "s3cret", status: 200, want: "GET /a ? : [] "},
		{name: "wrong key", target: "/other/a", key: "s3cret", status: 404, want: "…Nowhere to route…"},
		{name: "fails", target: "/a", services: services{err: errors.New("entry.py:3: canary")}, status: 500, want: "…<p>Internal processing error.</p>…"},
		{name: "status", target: "/a", services: services{answer: Response{Status: 418, Body: []byte("tea")}}, status: 418, want: "tea", typ: "text/html"},
		{name: "nothing there", target: "/a", services: services{answer: Response{Status: 404}}, status: 404, want: "…File not found.…"},
		{name: "directory", target: "/a", services: services{answer: Response{Status: 403}}, status: 403, want: "…listing not permitted.…"},
		{name: "no such method", target: "/a", services: services{answer: Response{Status: 405}}, status: 405, want: "…Method not allowed.…"},
		{name: "no content", target: "/a", services: services{answer: Response{Status: 204, Body: []byte("x")}}, status: 204},
		{name: "file", target: "/a", services: services{answer: Response{Status: 200, File: site("plugins/a/tftpboot/y.cfg")}}, status: 200, want: "y", typ: "text/plain; charset=utf-8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(nil)
			r.router.cfg.Services = tt.services
			if tt.key != "" {
				r.router.cfg.Keys = keys(tt.key)
			}
			s := httptest.NewServer(r.http(0))
			defer s.Close()
			req, err := http.NewRequest(tt.method, s.URL, strings.NewReader(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			req.URL.Opaque = "//" + req.URL.Host + tt.target // as it is
			if tt.body != "" {
				req.Header.Set("Content-Type", form)
			}
			resp, err := s.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			b := body(t, resp)
			part, some := strings.CutPrefix(strings.TrimSuffix(tt.want, "…"), "…")
			if resp.StatusCode != tt.status || some && !strings.Contains(b, part) || !some && b != tt.want {
				t.Errorf("got %d %q", resp.StatusCode, b)
			}
			if got := resp.Header.Get("Content-Type"); tt.typ != "" && got != tt.typ {
				t.Errorf("content type %q", got)
			}
			if strings.Contains(b, "canary") {
				t.Error("the phone was told what failed")
			}
		})
	}
}

// secrets says that what begins with the MAC holds secrets.
type secrets struct{}

func (secrets) Sensitive(_ context.Context, dev provd.Device, _ provd.Kind, name string) bool {
	return dev.Plugin() == "a" && strings.HasPrefix(name, "001565aabbcc")
}

type guard []string

func (g *guard) SensitiveFile(ip, name string) { *g = append(*g, ip+" "+name) }

func TestSensitiveRequestsAreLogged(t *testing.T) {
	t.Parallel()
	var got guard
	r := newRig(nil)
	r.router.cfg.Secrets, r.router.cfg.Security = secrets{}, &got
	h := r.http(0)
	for _, f := range [][3]string{
		{"GET", "/001565aabbcc.cfg"},
		{"GET", "/none/001565aabbcc.cfg?x=1/2"},
		{"HEAD", "/001565aabbcc.cfg"},
		{"PUT", "/001565aabbcc-boot.log"},
		{"GET", "/y.cfg"},
		{"GET", "/001565aabbcc.cfg/"},
		{"GET", "/001565aabbcc.cfg", "192.0.2.67"},
	} {
		peer := f[2]
		if peer == "" {
			peer = "192.0.2.10"
		}
		do(h, f[0], f[1], "peer", peer)
	}
	if _, _, err := r.router.open(context.Background(), provd.Request{Kind: provd.TFTP, IP: "192.0.2.10", Path: "/001565aabbcc.tftp"}); err == nil {
		t.Error("it is not there")
	}
	want := guard{
		"192.0.2.10 001565aabbcc.cfg", "192.0.2.10 001565aabbcc.cfg", "192.0.2.10 001565aabbcc.cfg",
		"192.0.2.10 001565aabbcc-boot.log", "192.0.2.10 001565aabbcc.tftp",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !strings.Contains(r.events.String(), "sensitive=true") {
		t.Error("the journal does not say that it was sensitive")
	}
}

// A method that files do not have is refused whether there is such a file or not.
func TestMethodsComeFirst(t *testing.T) {
	t.Parallel()
	h := newRig(nil).http(0)
	for _, name := range []string{"/y.cfg", "/none.cfg", "/firmware", "/../x"} {
		if r := do(h, "PUT", name); r.StatusCode != http.StatusMethodNotAllowed || r.Header.Get("Allow") != "GET" {
			t.Errorf("%s: %d", name, r.StatusCode)
		}
	}
}
