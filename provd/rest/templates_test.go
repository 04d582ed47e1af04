package rest_test

import (
	"context"
	"net/http/httptest"
	"slices"
	"testing"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/provdtest"
	"provbox/provd/rest"
)

// templates are those of the package "broken-1.0", which does not load.
type templates struct{ custom map[string]string }

func (s templates) find(id string) error {
	if id != "broken-1.0" {
		return provd.Errorf(provd.NotFound, "plugin %q is not installed", id)
	}
	return nil
}

func (s templates) Templates(_ context.Context, id string) ([]*document.Object, error) {
	var list []*document.Object
	for name := range s.custom {
		list = append(list, document.New("name", name, "custom", true, "packaged", true, "changed", false, "size", document.Number(1)))
	}
	return list, s.find(id)
}

func (s templates) Template(_ context.Context, id, name string) (*document.Object, error) {
	if s.custom[name] == "" {
		return nil, provd.Errorf(provd.NotFound, "no template %s", name)
	}
	return document.New("name", name, "content", s.custom[name]), s.find(id)
}

func (s templates) SetTemplate(_ context.Context, id, name, content string) error {
	if content == "{%" {
		return provd.Errorf(provd.Invalid, "%s:1: TemplateSyntaxError", name)
	}
	s.custom[name] = content
	return s.find(id)
}

func (s templates) DeleteTemplate(_ context.Context, id, name string) error {
	delete(s.custom, name)
	return s.find(id)
}

func TestTemplates(t *testing.T) {
	t.Parallel()
	const base, path = "provd.pg_mgr.plugins.broken-1_0.templates", "/0.2/pg_mgr/plugins/broken-1.0/templates"
	a := &auth{}
	m, err := provd.NewManager(provd.ManagerConfig{Store: &provdtest.Store{}, Plugins: provdtest.Plugins{}})
	if err != nil {
		t.Fatal(err)
	}
	s := server{auth: a, Server: httptest.NewServer(rest.New(rest.Config{
		Auth: a, Devices: m, Configs: m, Params: m, Plugins: plugins{}, Observer: &observed{}, Templates: templates{map[string]string{}},
	}))}
	t.Cleanup(s.Close)
	for _, tt := range []struct {
		request
		code int
		want string
		acl  string
	}{
		{request{method: "GET", path: path}, 200, `{"templates":[]}`, base + ".read"},
		{request{method: "GET", path: "/0.2/pg_mgr/plugins/none/templates"}, 404, `plugin "none" is not installed`, ""},
		{request{method: "PUT", path: path + "/common%2Fa.tpl", body: `{"template":{"content":"x"}}`}, 204, "", base + ".common/a_tpl.update"},
		{request{method: "GET", path: path + "/common%2Fa.tpl"}, 200, `{"template":{"name":"common/a.tpl","content":"x"}}`, base + ".common/a_tpl.read"},
		{request{method: "GET", path: path}, 200, `{"templates":[{"name":"common/a.tpl","custom":true,"packaged":true,"changed":false,"size":1}]}`, ""},
		{request{method: "PUT", path: path + "/b.tpl", body: `{"template":{"content":"{%"}}`}, 400, "b.tpl:1: TemplateSyntaxError", ""},
		{request{method: "PUT", path: path + "/b.tpl", body: `{"template":{"content":1}}`}, 400, `the body must be {"template": {"content": "…"}}`, ""},
		{request{method: "PUT", path: path + "/b.tpl", body: `{"content":"x"}`}, 400, `missing "template" in the body`, ""},
		{request{method: "PUT", path: path + "/b.tpl", token: "reader", body: `{"template":{"content":"x"}}`}, 401, "Unauthorized", ""},
		{request{method: "DELETE", path: path + "/common%2Fa.tpl", token: "reader"}, 401, "Unauthorized", ""},
		{request{method: "DELETE", path: path + "/common%2Fa.tpl"}, 204, "", base + ".common/a_tpl.delete"},
		{request{method: "GET", path: path + "/common%2Fa.tpl"}, 404, "no template common/a.tpl", ""},
	} {
		got := s.do(t, tt.request)
		if got.code != tt.code || got.body != tt.want {
			t.Errorf("%s %s: %d %q", tt.method, tt.path, got.code, got.body)
		}
		if tt.acl != "" && !slices.Contains(a.acls, tt.acl) {
			t.Errorf("%s %s asked for %v", tt.method, tt.path, a.acls)
		}
	}
}
