package rest_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"provbox/provd/rest/resttest"
)

// described is what a server says of itself, read once for each.
type described struct {
	mu   sync.Mutex
	url  string
	spec *resttest.Spec
}

// spec reads what the server says of itself.
func (s server) spec(t *testing.T) *resttest.Spec {
	t.Helper()
	d := s.described
	if d == nil {
		d = &described{}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.url == s.URL {
		return d.spec
	}
	a := s.send(t, request{method: "GET", path: "/0.2/api/api.yml", token: "none"})
	if a.code != http.StatusOK || a.header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Fatalf("the description: %d %q", a.code, a.header.Get("Content-Type"))
	}
	spec, err := resttest.Parse([]byte(a.body))
	if err != nil {
		t.Fatal(err)
	}
	d.url, d.spec = s.URL, spec
	return spec
}

// do sends a request; an answer that is not as the server describes it fails the
// test.
func (s server) do(t *testing.T, r request) answer {
	t.Helper()
	a := s.send(t, r)
	path := strings.TrimPrefix(r.path, r.header["X-Script-Name"])
	err := s.spec(t).Check(resttest.Exchange{Method: r.method, Path: path, Request: r.body, Code: a.code, Header: a.header, Answer: a.body})
	if err != nil {
		t.Error(err)
	}
	return a
}
