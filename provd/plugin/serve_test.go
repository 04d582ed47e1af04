package plugin_test

import (
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
	"provbox/provd/plugin"
)

// counting answers every request with the number of requests it has read so far,
// after looking at what the query names.
const counting = testPlugin + `
class Extractor:
    def __init__(self):
        self.calls = 0
    def extract(self, request, request_type):
        from twisted.internet import defer
        self.calls += 1
        kind = request_type.value
        if kind == 'http':
            ua = request.getHeader(b'User-Agent')
            if ua == b'path':
                request.path
            if ua == b'query':
                request.args.get(b'mac')
        elif kind == 'tftp':
            request['packet']['filename']
        else:
            if 60 in request['options']:
                request['options'][60]
        return defer.succeed({'sn': str(self.calls), 'version': None})

for kind in ('http', 'tftp', 'dhcp'):
    setattr(TestPlugin, kind + '_dev_info_extractor', Extractor())
`

func TestExtractionsAreRememberedForWhatWasRead(t *testing.T) {
	t.Parallel()
	http := func(ua, path, query string) provd.Request {
		return provd.Request{Kind: provd.HTTP, IP: "198.51.100.1", Path: path, Query: query, UserAgent: ua, HasUserAgent: ua != ""}
	}
	tftp := func(path, ip string) provd.Request { return provd.Request{Kind: provd.TFTP, Path: path, IP: ip} }
	dhcp := func(mac string, options map[byte][]byte) provd.Request {
		return provd.Request{Kind: provd.DHCP, MAC: mac, Options: options}
	}
	tests := map[string]struct {
		requests []provd.Request
		want     string // the number of the call that answered each
	}{
		"only the agent":      {[]provd.Request{http("a", "/1", ""), http("a", "/2", "x=1"), http("b", "/1", ""), http("a", "/3", "")}, "1121"},
		"no agent and empty":  {[]provd.Request{http("", "/1", ""), {Kind: provd.HTTP, HasUserAgent: true}, http("", "/2", "")}, "121"},
		"agent, then path":    {[]provd.Request{http("path", "/1", ""), http("path", "/2", ""), http("path", "/1", "x=1"), http("a", "/1", "")}, "1213"},
		"agent, then query":   {[]provd.Request{http("query", "/1", "mac=1"), http("query", "/2", "mac=1"), http("query", "/1", "mac=2")}, "112"},
		"file name":           {[]provd.Request{tftp("a", "198.51.100.1"), tftp("a", "198.51.100.2"), tftp("b", "198.51.100.1")}, "112"},
		"option 60":           {[]provd.Request{dhcp("m1", map[byte][]byte{60: []byte("x"), 12: []byte("h1")}), dhcp("m2", map[byte][]byte{60: []byte("x"), 12: []byte("h2")}), dhcp("m1", map[byte][]byte{60: []byte("y")})}, "112"},
		"no option 60":        {[]provd.Request{dhcp("m1", nil), dhcp("m2", map[byte][]byte{12: []byte("h")}), dhcp("m3", map[byte][]byte{60: nil})}, "112"},
		"too long to be kept": {[]provd.Request{http(strings.Repeat("a", 2000), "/", ""), http(strings.Repeat("a", 2000), "/", "")}, "12"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := mustLoad(t, pack("entry.py", counting))
			var got strings.Builder
			for _, req := range tt.requests {
				info, err := p.Extract(t.Context(), req)
				if err != nil {
					t.Fatal(err)
				}
				got.WriteString(info["sn"])
				if _, ok := info["version"]; ok {
					t.Errorf("a key without a value is in %v", info)
				}
				info["sn"] = "changed by the caller"
			}
			if got.String() != tt.want {
				t.Errorf("answered by calls %s, want %s", got.String(), tt.want)
			}
		})
	}
}

func TestMemoryOfExtractionsIsBounded(t *testing.T) {
	t.Parallel()
	p := mustLoad(t, pack("entry.py", counting))
	agent := func(i int) provd.Request {
		return provd.Request{Kind: provd.HTTP, UserAgent: strings.Repeat("x", i), HasUserAgent: true}
	}
	for i := range 3000 {
		if _, err := p.Extract(t.Context(), agent(i%450+1)); err != nil {
			t.Fatal(err)
		}
	}
	// 450 agents of up to 450 bytes fit; each was read once.
	if info, err := p.Extract(t.Context(), agent(1)); err != nil || info["sn"] != "1" {
		t.Errorf("%v, %v", info, err)
	}
}

func TestPathsAreRewritten(t *testing.T) {
	t.Parallel()
	src := `
import os.path
from wazo_provd.plugins import StandardPlugin
from wazo_provd.servers.http import HTTPNoListingFileService

class Service(HTTPNoListingFileService):
    def path_preprocess(self, request):
        request.path = os.path.normpath(request.path)
        request.postpath = request.path.decode('ascii').split('/')[3:]

class TestPlugin(StandardPlugin):
    IS_PLUGIN = True
    def __init__(self, *a):
        super().__init__(*a)
        self.http_service = Service(self._tftpboot_dir)
`
	p := mustLoad(t, pack("entry.py", src, "var/tftpboot/a.xml", "x", "var/tftpboot/sub/b.xml", "y"))
	for name, want := range map[string]string{
		"42/2/a.xml": "x", "42/2/sub/b.xml": "y", "42//2/a.xml": "x", "a.xml": "", "42/2/../../../../a.xml": "", "42/2/nothing": "",
	} {
		f, err := p.Open(t.Context(), provd.Request{Kind: provd.HTTP, Path: "/" + name}, name)
		got := ""
		if err == nil && !f.IsDir {
			b, err := io.ReadAll(f)
			if err != nil {
				t.Error(err)
			}
			f.Close()
			got = string(b)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestServes(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]map[provd.Kind]bool{
		"pass": {},
		"self.tftp_service = TFTPFileService(self._tftpboot_dir)":                                      {provd.TFTP: true},
		"self.http_service = HTTPNoListingFileService(self._tftpboot_dir)":                             {provd.HTTP: true},
		"self.http_service = NoResource('m')\n        self.tftp_service = TFTPNullService(errmsg='m')": {},
	} {
		p := mustLoad(t, pack("entry.py", `
from twisted.web.resource import NoResource
from wazo_provd.servers.http import HTTPNoListingFileService
from wazo_provd.servers.tftp.service import TFTPFileService, TFTPNullService
`+testPlugin+`
    def __init__(self, *a):
        super().__init__(*a)
        `+src+"\n", "var/tftpboot/a", "x"))
		got := make(map[provd.Kind]bool)
		for _, kind := range []provd.Kind{provd.HTTP, provd.TFTP, provd.DHCP} {
			if p.Serves(kind) {
				got[kind] = true
			}
			f, err := p.Open(t.Context(), provd.Request{Kind: kind}, "a")
			if (err == nil) != want[kind] {
				t.Errorf("%s over %s: %v", src, kind, err)
			}
			if err == nil {
				f.Close()
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", src, diff)
		}
	}
}

func TestServicesOfTheirOwn(t *testing.T) {
	t.Parallel()
	src := `
import os.path
from twisted.web.resource import Resource
from wazo_provd.plugins import StandardPlugin

class Leaf(Resource):
    isLeaf = True
    def __init__(self, directory):
        super().__init__()
        self._directory = directory
    def render_POST(self, request):
        name = request.args[b'uuid'][0].decode('ascii')
        try:
            with open(os.path.join(self._directory, name)) as f:
                content = f.read()
        except OSError:
            request.setResponseCode(404)
            return b'no'
        request.setHeader(b'Content-Type', b'text/plain')
        return content

class TestPlugin(StandardPlugin):
    IS_PLUGIN = True
    def __init__(self, *a):
        super().__init__(*a)
        self.http_service = Resource()
        self.http_service.putChild(b'jitsi', Leaf(self._tftpboot_dir))
`
	p := mustLoad(t, pack("entry.py", src, "var/tftpboot/u1", "config"))
	if !p.OwnService() || !p.Serves(provd.HTTP) {
		t.Error("it has a service of its own")
	}
	for _, tt := range []struct {
		method, path, query string
		status              int
		body                string
	}{
		{"POST", "/jitsi", "uuid=u1", 200, "config"},
		{"POST", "/jitsi/below", "uuid=u1", 200, "config"},
		{"POST", "/jitsi", "uuid=none", 404, "no"},
		{"POST", "/jitsi", "uuid=../../../other/entry.py", 404, "no"},
		{"GET", "/jitsi", "uuid=u1", 405, ""},
		{"POST", "/other", "", 404, ""},
		{"POST", "/" + strings.Repeat("a/", 100), "", 404, ""},
	} {
		resp, err := p.Respond(t.Context(), provd.Device{}, provd.Request{Kind: provd.HTTP, Method: tt.method, Path: tt.path, Query: tt.query}, tt.path)
		if err != nil || resp.Status != tt.status || string(resp.Body) != tt.body {
			t.Errorf("%s %s?%s: %d %q, %v", tt.method, tt.path, tt.query, resp.Status, resp.Body, err)
		}
		if tt.status == 200 && resp.Header["Content-Type"] != "text/plain" {
			t.Errorf("header %v", resp.Header)
		}
	}
	if _, err := p.Respond(t.Context(), provd.Device{}, provd.Request{Kind: provd.HTTP, Method: "POST", Path: "/jitsi"}, "/jitsi"); err == nil || !strings.Contains(err.Error(), "KeyError") {
		t.Errorf("without the argument: %v", err)
	}
	if resp, err := mustLoad(t, pack("entry.py", testPlugin)).Respond(t.Context(), provd.Device{}, provd.Request{}, "/"); err != nil || resp.Status != 404 {
		t.Errorf("a package without a service: %v, %v", resp, err)
	}
}

func TestInfo(t *testing.T) {
	t.Parallel()
	info, err := plugin.ParseInfo("x", []byte(`{"version": "1.2", "description": "English", "description_fr": "Français", "description_fr_CA": "Québécois",
		"capabilities": {"B, 2, 1.0": {"lines": 2}, "A, 6920(w), *": {}, "odd": {}}, "plugin_iface_version_min": 0.2}`))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]plugin.Model{{Vendor: "B", Model: "2", Version: "1.0"}, {Vendor: "A", Model: "6920(w)", Version: "*"}}, info.Models()); diff != "" {
		t.Errorf("models (-want +got):\n%s", diff)
	}
	for locale, want := range map[string]string{"": "English", "de_DE": "English", "fr_FR": "Français", "fr": "Français", "fr_CA": "Québécois"} {
		doc := info.Localized(locale)
		if got := doc.String("description"); got != want || doc.Has("description_fr") {
			t.Errorf("%s: %q", locale, got)
		}
	}
	if err := info.Compatible(plugin.Compat{}); err != nil {
		t.Error(err)
	}
	for src, want := range map[string]string{
		`[]`: "not a JSON object",
		`{}`: "missing capabilities key in x",
		`{"version": 1, "description": "", "capabilities": []}`:                                   "version is not a string",
		`{"version": "", "description": "", "capabilities": {"a": 1}}`:                            `capability "a" is not an object`,
		`{"version": "", "description": "", "capabilities": {}, "plugin_iface_version_min": "a"}`: "plugin_iface_version_min is no number",
	} {
		if _, err := plugin.ParseInfo("x", []byte(src)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", src, err, want)
		}
	}
	for src, want := range map[string]string{
		`"plugin_iface_version_min": 0.3`: "plugin min compat not satisfied",
		`"plugin_iface_version_max": 0.1`: "plugin max compat not satisfied",
	} {
		files := pack("entry.py", testPlugin)
		files["plugin-info"].Data = []byte(`{"version": "", "description": "", "capabilities": {}, ` + src + `}`)
		if _, err := load(t.Context(), "test", files); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", src, err)
		}
	}
}

// A service of a package's own may rewrite the path before its tree is walked
// (spec/ident.md section 9), and what it leaves may be no path at all.
func TestPathsOfOwnServicesAreRewritten(t *testing.T) {
	t.Parallel()
	src := `
from twisted.web.resource import Resource
from wazo_provd.plugins import StandardPlugin
from wazo_provd.servers.http import HTTPNoListingFileService

class Leaf(Resource):
    isLeaf = True
    def render_GET(self, request):
        return b'leaf ' + b'/'.join(request.postpath)

class Root(Resource):
    def path_preprocess(self, request):
        if request.postpath[0] == b'raise':
            raise ValueError('no')
        if request.postpath[0] == b'none':
            request.postpath = None
        elif request.postpath[0] == b'42':
            request.postpath = request.postpath[2:]

class TestPlugin(StandardPlugin):
    IS_PLUGIN = True
    def __init__(self, *a):
        super().__init__(*a)
        self.http_service = Root()
        self.http_service.putChild(b'leaf', Leaf())
        self.http_service.putChild(b'files', HTTPNoListingFileService(self._tftpboot_dir))
`
	p := mustLoad(t, pack("entry.py", src, "var/tftpboot/x.cfg", "content"))
	for _, tt := range []struct {
		path       string
		status     int
		body, file string
		err        string
	}{
		{path: "/leaf/a/b", status: 200, body: "leaf a/b"},
		{path: "/42/2/leaf/a/b", status: 200, body: "leaf a/b"},
		{path: "/42/2/files/x.cfg", status: 200, file: "var/tftpboot/x.cfg"},
		{path: "/43/2/leaf/a", status: 404},
		{path: "/raise", err: "ValueError: no"},
		{path: "/none", err: "TypeError"},
	} {
		t.Run(tt.path, func(t *testing.T) {
			t.Parallel()
			resp, err := p.Respond(t.Context(), provd.Device{}, provd.Request{Kind: provd.HTTP, Method: "GET", Path: tt.path}, tt.path)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("got %+v, %v", resp, err)
				}
				return
			}
			if err != nil || resp.Status != tt.status && resp.File == "" || string(resp.Body) != tt.body || resp.File != tt.file {
				t.Errorf("got %+v, %v", resp, err)
			}
		})
	}
}
