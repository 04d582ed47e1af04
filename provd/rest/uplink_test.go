package rest_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/provdtest"
	"provbox/provd/rest"
)

type tunnel struct{}

func (tunnel) Describe() *document.Object {
	return document.New("state", "connected", "public_key", "x")
}

func TestUplink(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	if got := s.do(t, request{method: "GET", path: "/0.2/uplink"}); got.code != http.StatusNotFound {
		t.Errorf("without an uplink: %d %s", got.code, got.body)
	}
	s.Close()
	m, err := provd.NewManager(provd.ManagerConfig{Store: &provdtest.Store{}, Plugins: provdtest.Plugins{}, BaseRawConfig: document.New()})
	if err != nil {
		t.Fatal(err)
	}
	s.Server = httptest.NewServer(rest.New(rest.Config{
		Auth: s.auth, Devices: m, Configs: m, Params: m, Plugins: plugins{}, Observer: s.observed, Uplink: tunnel{},
	}))
	t.Cleanup(s.Close)
	got := s.do(t, request{method: "GET", path: "/0.2/uplink"})
	if want := `{"uplink":{"state":"connected","public_key":"x"}}`; got.code != http.StatusOK || strings.Join(strings.Fields(got.body), "") != want {
		t.Errorf("got %d %s, want %s", got.code, got.body, want)
	}
	if !slices.Contains(s.auth.acls, "provd.uplink.read") {
		t.Errorf("asked for %v", s.auth.acls)
	}
	if got := s.do(t, request{method: "GET", path: "/0.2/uplink", token: "none"}); got.code != http.StatusUnauthorized {
		t.Errorf("without a token: %d %s", got.code, got.body)
	}
}
