package settings

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCentre(t *testing.T) {
	t.Parallel()
	s, err := Parse([]byte(`
general: {sync_service_type: sip}
auth: {host: a, token_cache: 0s, outage_grace: 10m}
bus: {host: b}
confd: {enabled: true, host: c, cache: 30s}
notify: {rate: 0.5, max_age: 1h, sip_address: 192.168.77.1, sip_timeout: 2s}
`))
	if err != nil {
		t.Fatal(err)
	}
	if !s.Bus.On() || s.Confd.Port != 9486 || s.Notify.Rate != 0.5 || s.Auth.TokenCache != 0 || s.Auth.OutageGrace.String() != "10m0s" {
		t.Errorf("got %+v", s)
	}
	for text, on := range map[string]bool{"": false, "bus: {enabled: false, host: b}": false, "bus: {username: u}": false, "bus: {enabled: true}": true} {
		if s, err := Parse([]byte(text)); err != nil || s.Bus.On() != on {
			t.Errorf("%q: %v", text, err)
		}
	}
	_, err = Parse([]byte(`
auth: {host: a, token_cache: 2m, outage_grace: 48h}
amid: {port: 70000}
bus: {enabled: true, port: 0, exchange_name: "", exchange_type: topic}
confd: {enabled: true, host: "", port: -1, cache: -1s}
notify: {rate: 0, max_age: 1s, sip_address: 0.0.0.0, sip_timeout: 1h}
`))
	var problems Problems
	if !errors.As(err, &problems) {
		t.Fatalf("got %v", err)
	}
	var keys []string
	for _, p := range problems {
		key, _, _ := strings.Cut(p, ": ")
		keys = append(keys, key)
	}
	want := []string{
		"auth.token_cache", "auth.outage_grace", "amid.port", "bus.port", "bus.exchange_name", "bus.exchange_type",
		"confd.host", "confd.port", "confd.cache", "notify.rate", "notify.max_age", "notify.sip_timeout", "notify.sip_address",
	}
	if diff := cmp.Diff(want, keys); diff != "" {
		t.Error(diff)
	}
}
