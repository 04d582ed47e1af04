package rest_test

import (
	"context"
	"io"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/rest"
)

// services are those of the plugin wazo-x-3.3.1; test has none.
type services struct {
	op       *provd.Operation
	uploaded string
}

func (s *services) Firmware(plugin string) (rest.Firmware, bool) { return s, plugin == "wazo-x-3.3.1" }

func (s *services) Settings(plugin string) (rest.Settings, bool) {
	return settings{}, plugin == "wazo-x-3.3.1"
}

func (s *services) Install(id string) (*provd.Operation, error) {
	switch id {
	case "fw":
		return s.op, nil
	case "full":
		return nil, provd.Errorf(provd.Conflict, "no room")
	}
	return nil, provd.Errorf(provd.NotFound, "nothing")
}

func (s *services) Uninstall(_ context.Context, id string) error {
	if id != "fw" {
		return provd.Errorf(provd.NotFound, "nothing")
	}
	return nil
}

func (s *services) Installed(context.Context) (*document.Object, error) {
	return document.New("fw", document.New("version", "1", "description", "d")), nil
}

func (s *services) Installable(context.Context) (*document.Object, error) {
	return document.New("fw", document.New("version", "1", "description", "d", "dsize", document.Number(3))), nil
}

func (s *services) Files() []any { return []any{document.New("filename", "f.rom")} }

func (s *services) Upload(_ context.Context, name string, content io.Reader) error {
	data, err := io.ReadAll(content)
	if s.uploaded = string(data); name != "f (1).rom" {
		return provd.Errorf(provd.NotFound, "no file %s", name)
	}
	return err
}

func (s *services) RemoveFile(name string) error {
	if name != "f.rom" {
		return provd.Errorf(provd.NotFound, "no file %s", name)
	}
	return nil
}

type settings struct{}

func (settings) Params(context.Context) ([]provd.Param, error) {
	return []provd.Param{{ID: "user", Description: "Who", Value: "me"}}, nil
}

func (settings) Param(_ context.Context, id string) (provd.Param, error) {
	if id != "user" {
		return provd.Param{}, provd.Errorf(provd.NotFound, "no %s", id)
	}
	return provd.Param{ID: id}, nil
}

func (settings) SetParam(_ context.Context, id string, value *string) error {
	switch {
	case id != "user":
		return provd.Errorf(provd.NotFound, "no %s", id)
	case value != nil && *value == "bad":
		return provd.Errorf(provd.Invalid, "too bad")
	}
	return nil
}

func TestServiceRoutes(t *testing.T) {
	t.Parallel()
	const (
		plugin = "/0.2/pg_mgr/plugins/wazo-x-3.3.1"
		acl    = "provd.pg_mgr.plugins.wazo-x-3_3_1."
		param  = "provd.configure." + master + "."
	)
	tests := []struct {
		name, method, path, body string
		code                     int
		want, acl, location      string
	}{
		{"links", "GET", plugin, "", 200, `{"links":[{"rel":"pg.info","href":"` + plugin + `/info"},{"rel":"srv.install","href":"` + plugin + `/install"},{"rel":"srv.configure","href":"` + plugin + `/configure"}]}`, "provd.pg_mgr.plugins.wazo-x-3_3_1.read", ""},
		{"links without services", "GET", "/0.2/pg_mgr/plugins/test", "", 200, `{"links":[{"rel":"pg.info","href":"/0.2/pg_mgr/plugins/test/info"}]}`, "", ""},
		{"install links", "GET", plugin + "/install", "", 200, `{"links":[{"rel":"srv.install.install","href":"` + plugin + `/install/install"},{"rel":"srv.install.uninstall","href":"` + plugin + `/install/uninstall"},{"rel":"srv.install.installed","href":"` + plugin + `/install/installed"},{"rel":"srv.install.installable","href":"` + plugin + `/install/installable"}]}`, acl + "install.read", ""},
		{"install", "POST", plugin + "/install/install", `{"id":"fw"}`, 201, "", acl + "install.install.create", plugin + "/install/install/1"},
		{"install without id", "POST", plugin + "/install/install", `{}`, 400, `Missing "id" key`, "", ""},
		{"install unknown", "POST", plugin + "/install/install", `{"id":"x"}`, 400, "package not found", "", ""},
		{"install without room", "POST", plugin + "/install/install", `{"id":"full"}`, 400, "no room", "", ""},
		{"uninstall", "POST", plugin + "/install/uninstall", `{"id":"fw"}`, 204, "", acl + "install.uninstall.create", ""},
		{"uninstall nothing", "POST", plugin + "/install/uninstall", `{"id":"x"}`, 400, "'x'", "", ""},
		{"installed", "GET", plugin + "/install/installed", "", 200, `{"pkgs":{"fw":{"version":"1","description":"d"}}}`, acl + "install.installed.read", ""},
		{"installable", "GET", plugin + "/install/installable", "", 200, `{"pkgs":{"fw":{"version":"1","description":"d","dsize":3}}}`, acl + "install.installable.read", ""},
		{"no upgrade", "POST", plugin + "/install/upgrade", `{"id":"fw"}`, 404, "", "", ""},
		{"no update", "POST", plugin + "/install/update", `{}`, 404, "", "", ""},
		{"files", "GET", plugin + "/install/files", "", 200, `{"files":[{"filename":"f.rom"}]}`, acl + "install.files.read", ""},
		{"upload", "PUT", plugin + "/install/files/f%20(1).rom", "not JSON", 204, "", acl + "install.files.update", ""},
		{"upload of something else", "PUT", plugin + "/install/files/x", "x", 404, "no file x", "", ""},
		{"upload of a path", "PUT", plugin + "/install/files/..%2f..%2fx", "x", 404, "no file ../../x", "", ""},
		{"remove file", "DELETE", plugin + "/install/files/f.rom", "", 204, "", acl + "install.files.delete", ""},
		{"remove no file", "DELETE", plugin + "/install/files/x", "", 404, "no file x", "", ""},
		{"settings", "GET", plugin + "/configure", "", 200, `{"params":[{"id":"user","description":"Who","value":"me","links":[{"rel":"srv.configure.param","href":"` + plugin + `/configure/user"}]}]}`, acl + "configure.read", ""},
		{"setting", "GET", plugin + "/configure/user", "", 200, `{"param":{"value":null}}`, param + "user.read", ""},
		{"no setting", "GET", plugin + "/configure/x", "", 404, "No such resource", "", ""},
		{"set", "PUT", plugin + "/configure/user", `{"param":{"value":"you"}}`, 204, "", param + "user.update", ""},
		{"unset", "PUT", plugin + "/configure/user", `{"param":{"value":null}}`, 204, "", "", ""},
		{"set nothing", "PUT", plugin + "/configure/user", `{"value":"x"}`, 400, "Wrong information in entity", "", ""},
		{"set badly", "PUT", plugin + "/configure/user", `{"param":{"value":"bad"}}`, 400, "too bad", "", ""},
		{"set another", "PUT", plugin + "/configure/x", `{"param":{"value":"x"}}`, 404, "No such resource", "", ""},
		{"no firmware", "GET", "/0.2/pg_mgr/plugins/test/install", "", 404, "", "", ""},
		{"no firmware to install", "POST", "/0.2/pg_mgr/plugins/test/install/install", `{"id":"fw"}`, 404, "", "", ""},
		{"no settings", "GET", "/0.2/pg_mgr/plugins/test/configure/user", "", 404, "", "", ""},
		{"no plugin", "GET", "/0.2/pg_mgr/plugins/none/install", "", 404, "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, offered := newServer(t), &services{op: provd.NewOperation("install_pkg", provd.NewWaiting("download"), provd.NewWaiting("install"))}
			s.Server = httptest.NewServer(rest.New(rest.Config{
				Auth: s.auth, Devices: s.manager, Configs: s.manager, Params: s.manager,
				Plugins: plugins{}, Observer: s.observed, Services: offered,
			}))
			t.Cleanup(s.Close)
			a := s.do(t, request{method: tt.method, path: tt.path, body: tt.body})
			if a.code != tt.code || a.header.Get("Location") != tt.location {
				t.Fatalf("got %d %s, location %q", a.code, a.body, a.header.Get("Location"))
			}
			if diff := cmp.Diff(tt.want, a.body); diff != "" && !strings.Contains(a.body, "No luck finding") {
				t.Error(diff)
			}
			if tt.acl != "" && !slices.Contains(s.auth.acls, tt.acl) {
				t.Errorf("checked %q, not %q", s.auth.acls, tt.acl)
			}
			if denied := s.do(t, request{method: tt.method, path: tt.path, body: tt.body, token: "none"}); tt.acl != "" && denied.code != 401 {
				t.Errorf("without a token: %d", denied.code)
			}
			if tt.name == "upload" && offered.uploaded != tt.body {
				t.Errorf("uploaded %q", offered.uploaded)
			}
			if tt.name == "install" {
				if a := s.do(t, request{method: "GET", path: tt.location}); a.body != `{"status":"install_pkg|progress(download|waiting)(install|waiting)"}` {
					t.Errorf("operation: %s", a.body)
				}
				if a := s.do(t, request{method: "DELETE", path: tt.location}); a.code != 204 {
					t.Errorf("delete operation: %d", a.code)
				}
			}
		})
	}
}
