package appliance_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"provbox/appliance"
	"provbox/appliance/settings"
)

const loopback = `
general:
  base_storage_dir: %s
  http_proxied_listen_interface: 127.0.0.1
  http_proxied_listen_port: 0
  tftp_listen_interface: 127.0.0.1
  tftp_port: 0
rest_api: {ip: 127.0.0.1, port: 0}
web: {listen: "127.0.0.1:0"}
`

func newApp(t *testing.T, log io.Writer) *appliance.App {
	t.Helper()
	s, err := settings.Parse(fmt.Appendf(nil, loopback, t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	return appliance.New(appliance.Options{Settings: s, Logger: slog.New(slog.NewTextHandler(log, nil)), Version: "test"})
}

func get(t *testing.T, app *appliance.App, agent, name string) (int, string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, "http://"+app.HTTP().String()+"/"+name, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("User-Agent", agent)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// Two boxes in one process share nothing.
func TestTwoBoxes(t *testing.T) {
	t.Parallel()
	one, two := newApp(t, io.Discard), newApp(t, io.Discard)
	for _, app := range []*appliance.App{one, two} {
		if err := app.Start(context.Background()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := app.Stop(); err != nil {
				t.Error(err)
			}
		})
	}
	const agent, file = "Yealink SIP-T46S 66.86.0.15 00:15:65:aa:bb:01", "001565aabb01.cfg"
	if code, body := get(t, one, agent, file); code != 200 || !strings.Contains(body, "account.1.user_name") {
		t.Fatalf("box one: %d %s", code, body)
	}
	if n := len(one.Journal().Recent(1000)); n == 0 {
		t.Error("box one's journal is empty")
	}
	if n := len(two.Journal().Recent(1000)); n != 0 {
		t.Errorf("box two's journal has %d events of box one", n)
	}
	_, first := get(t, one, agent, file)
	_, second := get(t, two, agent, file)
	user := func(s string) string {
		_, s, _ = strings.Cut(s, "account.1.user_name")
		s, _, _ = strings.Cut(s, "\n")
		return s
	}
	if user(first) == "" || user(first) == user(second) {
		t.Errorf("two boxes have the same account: %q and %q", user(first), user(second))
	}
}

func TestRunStopsCleanly(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	app := newApp(t, &log)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := app.Run(ctx); err != nil && !strings.Contains(err.Error(), "context canceled") {
		t.Error(err)
	}
	app = newApp(t, &log)
	if err := app.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := app.Stop(); err != nil {
		t.Error(err)
	}
	if !strings.Contains(log.String(), "msg=ready") || !strings.Contains(log.String(), "rest=127.0.0.1:") {
		t.Errorf("no ready line in %s", log.String())
	}
}

// A part that cannot start is named, and nothing is left running.
func TestStartFails(t *testing.T) {
	t.Parallel()
	first := newApp(t, io.Discard)
	if err := first.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = first.Stop() }()
	s, err := settings.Parse(fmt.Appendf(nil, strings.Replace(loopback, "http_proxied_listen_port: 0", "http_proxied_listen_port: %d", 1), t.TempDir(), port(first)))
	if err != nil {
		t.Fatal(err)
	}
	second := appliance.New(appliance.Options{Settings: s, Logger: slog.New(slog.DiscardHandler)})
	if err := second.Run(context.Background()); err == nil || !strings.Contains(err.Error(), "start sockets: listen for http") {
		t.Errorf("got %v", err)
	}
}

func port(app *appliance.App) int {
	var n int
	_, text, _ := strings.Cut(app.HTTP().String(), ":")
	_, _ = fmt.Sscan(text, &n)
	return n
}
