package rest_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/rest"
)

// installer knows the package "new" and has "old" installed; everything it begins
// ends when the test says so.
type installer struct {
	noServer bool
	op       *provd.Operation
	removed  []string
}

func (i *installer) Install(_ context.Context, id string) (*provd.Operation, error) {
	switch id {
	case "old":
		return nil, provd.Errorf(provd.Invalid, "plugin old is already installed")
	case "busy":
		return nil, provd.Errorf(provd.Conflict, "an install/upgrade operation for plugin busy is already in progress")
	case "new":
		return i.op, nil
	}
	return nil, provd.Errorf(provd.Invalid, "'%s'", id)
}

func (i *installer) Upgrade(_ context.Context, id string) (*provd.Operation, error) {
	if id != "old" {
		return nil, provd.Errorf(provd.Invalid, "plugin %s is not already installed", id)
	}
	return i.op, nil
}

func (i *installer) Uninstall(_ context.Context, id string) error {
	if id != "old" {
		return provd.Errorf(provd.Invalid, "plugin not found")
	}
	i.removed = append(i.removed, id)
	return nil
}

func (i *installer) Update(context.Context) (*provd.Operation, error) {
	if i.noServer {
		return nil, provd.Errorf(provd.Denied, "'server' has no value set")
	}
	return i.op, nil
}

func (i *installer) Installed(context.Context) (*document.Object, error) {
	return document.New("old", document.New("version", "1")), nil
}

func (i *installer) Installable(context.Context) (*document.Object, error) {
	return document.New("new", document.New("version", "2", "dsize", document.Number(3))), nil
}

func newInstaller(t *testing.T, i *installer) server {
	t.Helper()
	s := newServer(t)
	i.op = provd.NewOperation("install", provd.NewOperation("download"))
	h := rest.New(rest.Config{
		Auth: s.auth, Devices: s.manager, Configs: s.manager, Params: s.manager,
		Plugins: plugins{}, Observer: s.observed, Installer: i,
	})
	s.Server = httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func TestInstallRoutes(t *testing.T) {
	t.Parallel()
	const base = "/0.2/pg_mgr/install"
	tests := []struct {
		name, method, path, body string
		code                     int
		want, acl, location      string
	}{
		{"pg_mgr", "GET", "/0.2/pg_mgr", "", 200, `{"links":[{"rel":"srv.install","href":"/0.2/pg_mgr/install"},{"rel":"pg.plugins","href":"/0.2/pg_mgr/plugins"},{"rel":"pg.reload","href":"/0.2/pg_mgr/reload"}]}`, "provd.pg_mgr.read", ""},
		{"links", "GET", base, "", 200, `{"links":[{"rel":"srv.install.install","href":"/0.2/pg_mgr/install/install"},{"rel":"srv.install.uninstall","href":"/0.2/pg_mgr/install/uninstall"},{"rel":"srv.install.installed","href":"/0.2/pg_mgr/install/installed"},{"rel":"srv.install.installable","href":"/0.2/pg_mgr/install/installable"},{"rel":"srv.install.upgrade","href":"/0.2/pg_mgr/install/upgrade"},{"rel":"srv.install.update","href":"/0.2/pg_mgr/install/update"}]}`, "provd.pg_mgr.install.read", ""},
		{"install", "POST", base + "/install", `{"id":"new"}`, 201, ``, "provd.pg_mgr.install.install.create", base + "/install/1"},
		{"install without id", "POST", base + "/install", `{}`, 400, `Missing "id" key`, "", ""},
		{"install a list", "POST", base + "/install", `[]`, 400, `Missing "id" key`, "", ""},
		{"install unknown", "POST", base + "/install", `{"id":"wazo-x"}`, 400, `'wazo-x'`, "", ""},
		{"install twice", "POST", base + "/install", `{"id":"old"}`, 400, `plugin old is already installed`, "", ""},
		{"install while busy", "POST", base + "/install", `{"id":"busy"}`, 400, `an install/upgrade operation for plugin busy is already in progress`, "", ""},
		{"upgrade", "POST", base + "/upgrade", `{"id":"old"}`, 201, ``, "provd.pg_mgr.install.upgrade.create", base + "/upgrade/1"},
		{"upgrade nothing", "POST", base + "/upgrade", `{"id":"wazo-x"}`, 400, `plugin wazo-x is not already installed`, "", ""},
		{"uninstall", "POST", base + "/uninstall", `{"id":"old"}`, 204, ``, "provd.pg_mgr.install.uninstall.create", ""},
		{"uninstall nothing", "POST", base + "/uninstall", `{"id":"new"}`, 400, `plugin not found`, "", ""},
		{"update", "POST", base + "/update", `{}`, 201, ``, "provd.pg_mgr.install.update.create", base + "/update/1"},
		{"installed", "GET", base + "/installed", "", 200, `{"pkgs":{"old":{"version":"1"}}}`, "provd.pg_mgr.install.installed.read", ""},
		{"installable", "GET", base + "/installable", "", 200, `{"pkgs":{"new":{"version":"2","dsize":3}}}`, "provd.pg_mgr.install.installable.read", ""},
		{"nothing to get", "GET", base + "/install", "", 405, "", "", ""},
		{"no such operation", "GET", base + "/upgrade/1", "", 404, "", "", ""},
		{"uninstall has no operations", "GET", base + "/uninstall/1", "", 404, "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			i := &installer{}
			s := newInstaller(t, i)
			a := s.do(t, request{method: tt.method, path: tt.path, body: tt.body})
			if a.code != tt.code || a.header.Get("Location") != tt.location {
				t.Fatalf("got %d %s, location %q", a.code, a.body, a.header.Get("Location"))
			}
			if diff := cmp.Diff(tt.want, a.body); diff != "" && tt.code != 404 && tt.code != 405 {
				t.Error(diff)
			}
			if tt.acl != "" && !slices.Contains(s.auth.acls, tt.acl) {
				t.Errorf("checked %q, not %q", s.auth.acls, tt.acl)
			}
			if denied := s.do(t, request{method: tt.method, path: tt.path, body: tt.body, token: "none"}); tt.acl != "" && denied.code != 401 {
				t.Errorf("without a token: %d", denied.code)
			}
			if want := tt.name == "uninstall"; want != (len(i.removed) == 1) {
				t.Errorf("removed %q", i.removed)
			}
		})
	}
}

func TestInstallOperation(t *testing.T) {
	t.Parallel()
	i := &installer{}
	s := newInstaller(t, i)
	const loc = "/0.2/pg_mgr/install/install/1"
	s.do(t, request{method: "POST", path: "/0.2/pg_mgr/install/install", body: `{"id":"new"}`})
	if a := s.do(t, request{method: "GET", path: loc}); a.body != `{"status":"install|progress(download|progress)"}` || !slices.Contains(s.auth.acls, "provd.operation.read") {
		t.Errorf("got %s", a.body)
	}
	i.op.Finish(nil)
	if a := s.do(t, request{method: "GET", path: loc}); !strings.Contains(a.body, "install|success") {
		t.Errorf("got %s", a.body)
	}
	if a := s.do(t, request{method: "DELETE", path: loc}); a.code != 204 || !slices.Contains(s.auth.acls, "provd.operation.delete") {
		t.Errorf("got %d", a.code)
	}
	if a := s.do(t, request{method: "GET", path: loc}); a.code != 404 {
		t.Errorf("got %d", a.code)
	}
}

func TestUpdateWithoutServer(t *testing.T) {
	t.Parallel()
	s := newInstaller(t, &installer{noServer: true})
	a := s.do(t, request{method: "POST", path: "/0.2/pg_mgr/install/update", body: `{}`})
	if a.code != http.StatusInternalServerError || a.body != "'server' has no value set" {
		t.Errorf("got %d %s", a.code, a.body)
	}
}

// Without an installer there are neither the routes nor a link to them.
func TestNoInstaller(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for _, path := range []string{"", "/installed", "/installable"} {
		if a := s.do(t, request{method: "GET", path: "/0.2/pg_mgr/install" + path}); a.code != 404 {
			t.Errorf("%s: %d", path, a.code)
		}
	}
	want := `{"links":[{"rel":"pg.plugins","href":"/0.2/pg_mgr/plugins"},{"rel":"pg.reload","href":"/0.2/pg_mgr/reload"}]}`
	if a := s.do(t, request{method: "GET", path: "/0.2/pg_mgr"}); a.body != want {
		t.Error(a.body)
	}
}
