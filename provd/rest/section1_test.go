package rest_test

import (
	"strings"
	"testing"
)

// Sections 1 to 4.2: what is the same for all routes.
func TestSection1(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.fill(t)
	const html, text = "text/html; charset=utf-8", "text/plain; charset=ascii"
	accept := func(v string) map[string]string { return map[string]string{"Accept": v} }
	kind := func(v string) map[string]string { return map[string]string{"Content-Type": v} }
	for _, tt := range []struct {
		name string
		request
		code         int
		contentType  string
		want         string            // part of the body
		header       map[string]string // of the answer
		notInTheBody string
	}{
		{"1 JSON: compact, non-ASCII escaped", read(configs + "/c.1"), 200, prov, `"username":"\u00e9"`, nil, "\n"},
		{"1 OPTIONS: any path", request{method: "OPTIONS", path: "/anything/at%20all", token: "none"}, 200, "", "", nil, ""},
		{"1 root: above it", read("/").by("none"), 404, html, "404 - No Such Resource", nil, ""},
		{"1 root: /0.1", read("/0.1").by("none"), 404, html, "", nil, ""},
		{"1 public URL", read("/api/provd/0.2/status"), 200, prov, "", nil, ""},
		{"1 public URL: prefix alone", read("/api/provd").by("none"), 404, html, "", nil, ""},
		{"1 public URL: once", read("/api/provd/api/provd/0.2/status").by("none"), 404, html, "", nil, ""},
		{"1 X-Script-Name: prefix stripped already", request{method: "GET", path: "/0.2/status", header: map[string]string{"X-Script-Name": "/api/provd"}}, 200, prov, "", nil, ""},
		{"1 X-Script-Name: prefix not stripped", request{method: "GET", path: "/deep/er/0.2/status", header: map[string]string{"X-Script-Name": "/deep/er/"}}, 200, prov, "", nil, ""},
		{"1 X-Script-Name: part of a segment", request{method: "GET", path: "/deeper/0.2/status", header: map[string]string{"X-Script-Name": "/deep"}}, 404, html, "", nil, ""},
		{"1 X-Script-Name: nonsense", request{method: "GET", path: "/0.2/status", header: map[string]string{"X-Script-Name": "%zz"}}, 200, prov, "", nil, ""},
		{"1 trailing slash", read("/0.2/").by("none"), 404, html, "", nil, ""},
		{"1 path ids: decoded by segment", read(devices + "/d%2E1"), 200, prov, `"id":"d.1"`, nil, ""},
		{"1 path ids: bad encoding of a slash", read(devices + "/a%2fb"), 404, text, "No such resource", nil, ""},
		{"1.1 path before token", read("/0.2/pg_mgr/plugins/nope/info").by("none"), 404, html, "", nil, ""},
		{"1.1 method before token: GET", read("/0.2/dev_mgr/synchronize").by("none"), 405, html, "", map[string]string{"Allow": "POST"}, ""},
		{"1.1 method before token: POST", post(devices+"/d.1", "{}").by("none"), 405, html, "", map[string]string{"Allow": "DELETE, GET, HEAD, PUT"}, ""},
		{"1.1 method before token: DELETE", remove("/0.2/status").by("none"), 501, html, "", nil, ""},
		{"1.1 method before token: PATCH", request{method: "PATCH", path: devices, token: "none"}, 501, html, "", nil, ""},
		{"1.1 token before content type", request{method: "POST", path: devices, token: "none", header: kind("x/y")}, 401, "text/html", "Unauthorized", nil, ""},
		{"1.1 content type before JSON", request{method: "POST", path: devices, body: "{", header: kind("x/y")}, 415, text, `Entity must be in media type "` + prov + `".`, nil, ""},
		{"1.2 unauthorized", read(devices).by("none"), 401, "text/html", "Unauthorized", nil, ""},
		{"1.2 non-ASCII in an error", post(devices, `{"device":{"mac":"é"}}`), 400, "text/plain; charset=utf-8", "'é'", nil, ""},
		{"2.2 recurse: yes", read(devices + "?fields=&recurse=yes"), 200, prov, `{"devices":[{"id":"new"}]}`, nil, ""},
		{"2.2 recurse: 1", read(devices + "?fields=&recurse=1"), 200, prov, `{"devices":[{"id":"new"}]}`, nil, ""},
		{"2.2 recurse: the first counts", read(devices + "?fields=&recurse=no&recurse=true"), 200, prov, `{"devices":[{"id":"new"}]}`, nil, ""},
		{"2.1 d wazo-auth away", read(devices).by("down"), 503, text, "wazo-auth", nil, ""},
		{"3 content type: absent", request{method: "POST", path: devices, body: `{"device":{}}`, header: kind("")}, 415, text, "", nil, ""},
		{"3 content type: charset", request{method: "POST", path: devices, body: `{"device":{}}`, header: kind(prov + "; charset=utf-8")}, 201, prov, "", nil, ""},
		{"3 accept: */* with q", request{method: "GET", path: devices, header: accept("text/html, */*;q=0.1")}, 200, prov, "", nil, ""},
		{"3 accept: q=0 is ignored", request{method: "GET", path: devices, header: accept(prov + ";q=0")}, 200, prov, "", nil, ""},
		{"3 accept: application/*", request{method: "GET", path: devices, header: accept("application/*")}, 200, prov, "", nil, ""},
		{"3 accept: another", request{method: "GET", path: devices, header: accept("text/*")}, 406, text, `You must accept the "` + prov + `" MIME type.`, nil, ""},
		{"3 accept: status does not care", request{method: "GET", path: "/0.2/status", header: accept("text/html")}, 200, prov, "", nil, ""},
		{"3 malformed JSON", post(devices, `{"a":`), 400, text, "Invalid JSON document: ", nil, "b'"},
		{"4 /api", read("/0.2/api").by("none"), 405, html, "", map[string]string{"Allow": "HEAD"}, ""},
		{"4 description: open", read("/0.2/api/api.yml").by("none"), 200, html, `"openapi": "3.1.0"`, nil, ""},
		{"4 no upgrade of firmware", post("/0.2/pg_mgr/plugins/test/install/upgrade", "{}").by("none"), 404, html, "", nil, ""},
		{"4.2 Location: escaped", post(devices, `{"device":{"id":"é %"}}`), 201, prov, `{"id":"\u00e9 %"}`, map[string]string{"Location": devices + "/%C3%A9%20%25"}, ""},
		{"4.2 Location: autocreate", post("/0.2/cfg_mgr/autocreate", `{}`), 201, prov, "", nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := s.send(t, tt.request)
			if a.code != tt.code || !strings.Contains(a.body, tt.want) || tt.notInTheBody != "" && strings.Contains(a.body, tt.notInTheBody) {
				t.Errorf("%d %s", a.code, a.body)
			}
			if got := a.header.Get("Content-Type"); tt.contentType != "" && got != tt.contentType {
				t.Errorf("content type %q, want %q", got, tt.contentType)
			}
			for name, want := range tt.header {
				if got := a.header.Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
		})
	}
}
