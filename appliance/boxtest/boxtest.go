// Package boxtest starts whole boxes for the tests of what drives them.
package boxtest

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http/httptest"
	"testing"

	"provbox/appliance"
	"provbox/appliance/central/centraltest"
	"provbox/appliance/settings"
)

// Start starts a box on loopback with a wazo-auth of its own, where the token "root"
// may do everything, and stops both at the end of the test. It returns the URL of
// the REST API, without /0.2. extra are further lines of the settings file.
func Start(t testing.TB, extra string) (url string) {
	t.Helper()
	stack := httptest.NewServer(centraltest.New())
	t.Cleanup(stack.Close)
	host, port, err := net.SplitHostPort(stack.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	s, err := settings.Parse(fmt.Appendf(nil, `
general: {base_storage_dir: %s, http_proxied_listen_interface: 127.0.0.1, http_proxied_listen_port: 0, tftp_listen_interface: 127.0.0.1, tftp_port: 0}
rest_api: {ip: 127.0.0.1, port: 0}
web: {listen: "127.0.0.1:0"}
auth: {host: %s, port: %s, https: false}
%s`, t.TempDir(), host, port, extra))
	if err != nil {
		t.Fatal(err)
	}
	app := appliance.New(appliance.Options{Settings: s, Logger: slog.New(slog.DiscardHandler), Version: "test"})
	if err := app.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := app.Stop(); err != nil {
			t.Error(err)
		}
	})
	return "http://" + app.REST().String()
}
