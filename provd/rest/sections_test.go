package rest_test

import (
	"strings"
	"testing"
)

// step is one request of a case and what it comes to. want is the whole body, or
// parts of it after "…" each; "" is not looked at.
type step struct {
	request
	code int
	want string
}

// section runs cases, each of them against a box of its own that fill has filled.
// Their names begin with the section of spec/rest.md and name its row.
func section(t *testing.T, cases map[string][]step) {
	t.Helper()
	for name, steps := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			s.fill(t)
			for i, step := range steps {
				a := s.do(t, step.request)
				if a.code != step.code {
					t.Fatalf("step %d: %s %s: %d %s", i+1, step.method, step.path, a.code, a.body)
				}
				parts, ok := strings.CutPrefix(step.want, "…")
				for part := range strings.SplitSeq(parts, "…") {
					if ok && !strings.Contains(a.body, part) {
						t.Errorf("step %d: %s %s: no %q in %s", i+1, step.method, step.path, part, a.body)
					}
				}
				if !ok && step.want != "" && step.want != a.body {
					t.Errorf("step %d: %s %s: got %s, want %s", i+1, step.method, step.path, a.body, step.want)
				}
			}
		})
	}
}

const (
	devices = "/0.2/dev_mgr/devices"
	configs = "/0.2/cfg_mgr/configs"
)

func put(path, body string) request        { return request{method: "PUT", path: path, body: body} }
func post(path, body string) request       { return request{method: "POST", path: path, body: body} }
func read(path string) request             { return request{method: "GET", path: path} }
func remove(path string) request           { return request{method: "DELETE", path: path} }
func (r request) as(tenant string) request { r.tenant = tenant; return r }
func (r request) by(token string) request  { r.token = token; return r }
