package central_test

import (
	"context"
	"errors"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/appliance/central"
	"provbox/appliance/central/centraltest"
	"provbox/provd"
)

func start(t *testing.T) (*centraltest.Stack, central.Endpoint) {
	t.Helper()
	stack := centraltest.New()
	s := httptest.NewServer(stack)
	t.Cleanup(s.Close)
	host, port, err := net.SplitHostPort(s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return stack, central.Endpoint{Host: host, Port: n}
}

func credentials(id, key string) func() (string, string, error) {
	return func() (string, string, error) { return id, key, nil }
}

func TestCheck(t *testing.T) {
	t.Parallel()
	stack, e := start(t)
	stack.AddToken("one", centraltest.Token{Tenant: centraltest.Sub1, ACLs: []string{"provd.dev_mgr.devices.*.read", "!provd.dev_mgr.devices.secret.read"}})
	a := central.NewAuth(central.AuthConfig{Endpoint: e})
	tests := []struct {
		name, token, acl, tenant string
		code                     provd.Code
		ok                       bool
	}{
		{name: "everything", token: "root", acl: "provd.x", ok: true},
		{name: "sub-tenant", token: "root", acl: "provd.x", tenant: centraltest.Sub2, ok: true},
		{name: "granted", token: "one", acl: "provd.dev_mgr.devices.d1.read", ok: true},
		{name: "not granted", token: "one", acl: "provd.dev_mgr.devices.d1.update", code: provd.Denied},
		{name: "denied by name", token: "one", acl: "provd.dev_mgr.devices.secret.read", code: provd.Denied},
		{name: "foreign tenant", token: "one", acl: "provd.dev_mgr.devices.d1.read", tenant: centraltest.Sub2, code: provd.Denied},
		{name: "unknown token", token: "nope", acl: "provd.x", code: provd.Denied},
		{name: "path in the token", token: "../tenants", acl: "provd.x", code: provd.Denied},
		{name: "dots", token: "..", acl: "provd.x", code: provd.Denied},
		{name: "huge token", token: strings.Repeat("x", 1000), acl: "provd.x", code: provd.Denied},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := a.Check(context.Background(), tt.token, tt.acl, tt.tenant)
			if (err == nil) != tt.ok || err != nil && provd.CodeOf(err) != tt.code {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestTenants(t *testing.T) {
	t.Parallel()
	stack, e := start(t)
	stack.AddToken("one", centraltest.Token{Tenant: centraltest.Sub1, ACLs: []string{"provd.#"}})
	a := central.NewAuth(central.AuthConfig{Endpoint: e})
	ctx := context.Background()
	if tenant, err := a.Tenant(ctx, "one", ""); err != nil || tenant != centraltest.Sub1 {
		t.Errorf("own tenant: %s, %v", tenant, err)
	}
	if _, err := a.Tenant(ctx, "one", centraltest.Sub2); provd.CodeOf(err) != provd.Denied {
		t.Errorf("foreign tenant: %v", err)
	}
	list, err := a.Tenants(ctx, "root", centraltest.Master)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{centraltest.Master, centraltest.Sub1, centraltest.Sub2}, list); diff != "" {
		t.Error(diff)
	}
	if _, err := a.Tenants(ctx, "one", centraltest.Sub1); provd.CodeOf(err) != provd.Denied {
		t.Errorf("token without that right: %v", err)
	}
}

func TestOwnToken(t *testing.T) {
	t.Parallel()
	stack, e := start(t)
	master := make(chan string, 8)
	a := central.NewAuth(central.AuthConfig{Endpoint: e, Credentials: credentials(stack.Service, stack.Key), OnMaster: func(s string) { master <- s }})
	if _, err := a.Token(); provd.CodeOf(err) != provd.Unavailable {
		t.Errorf("before login: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- a.Serve(ctx) }()
	if got := <-master; got != centraltest.Master {
		t.Errorf("master tenant %s", got)
	}
	amid := central.NewAmid(e, a)
	if err := amid.PJSIPNotify(ctx, "user1", "", []string{"Event=check-sync"}); err != nil {
		t.Error(err)
	}
	stack.FailNotify("Endpoint not found")
	if err := amid.PJSIPNotify(ctx, "", "sip:anonymous@10.0.0.5", nil); err == nil || !strings.Contains(err.Error(), "Endpoint not found") {
		t.Errorf("got %v", err)
	}
	want := []centraltest.Notify{{Variable: []string{"Event=check-sync"}, Endpoint: "user1"}}
	if diff := cmp.Diff(want, stack.Notifies()); diff != "" {
		t.Error(diff)
	}
	stack.FailNotify("")
	// A token that is refused is replaced at once, and the call made again.
	stack.RemoveToken("own")
	if err := amid.PJSIPNotify(ctx, "user1", "", nil); err != nil || stack.Logins() != 2 {
		t.Errorf("revoked: %v after %d logins", err, stack.Logins())
	}
	// When the new one is refused as well, it is not the token's fault.
	stack.RemoveToken("own2")
	if err := amid.PJSIPNotify(ctx, "user1", "", nil); provd.CodeOf(err) != provd.Denied || stack.Logins() != 2 {
		t.Errorf("revoked again: %v after %d logins", err, stack.Logins())
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestCentreAway(t *testing.T) {
	t.Parallel()
	stack, e := start(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	closed := central.Endpoint{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port}
	stack.Fail(500)
	for name, endpoint := range map[string]central.Endpoint{"500": e, "nobody listens": closed} {
		a := central.NewAuth(central.AuthConfig{Endpoint: endpoint})
		err := a.Check(context.Background(), "canary-token", "provd.x", "")
		if provd.CodeOf(err) != provd.Unavailable || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := a.Tenants(context.Background(), "root", centraltest.Master); provd.CodeOf(err) != provd.Unavailable {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKeyFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, content string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	if id, key, err := central.KeyFile(write("good", "service_id: a\nservice_key: b\n")); err != nil || id != "a" || key != "b" {
		t.Errorf("got %s %s %v", id, key, err)
	}
	if _, _, err := central.KeyFile(write("bad", "service_key: canary\n")); err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("got %v", err)
	}
	if _, _, err := central.KeyFile(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
