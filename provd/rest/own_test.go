package rest_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/provdtest"
	"provbox/provd/rest"
)

// journal is one in a slice that keeps everything.
type journal struct {
	mu      sync.Mutex
	entries []rest.Entry
	wake    chan struct{}
	forgot  uint64 // so many of the oldest are not remembered
}

func (j *journal) Record(e provd.Event) {
	j.mu.Lock()
	defer j.mu.Unlock()
	seq := uint64(len(j.entries) + 1)
	j.entries = append(j.entries, rest.Entry{Seq: seq, Time: time.Date(2026, 11, 22, 14, 0, int(seq), 0, time.UTC), Event: e})
	if j.wake != nil {
		close(j.wake)
		j.wake = nil
	}
}

func (*journal) Boot() string { return "boot" }

func (j *journal) Last() uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return uint64(len(j.entries))
}

func (j *journal) Device(id string) (list []rest.Entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, e := range j.entries {
		if e.Device == id {
			list = append(list, e)
		}
	}
	return list
}

func (j *journal) After(seq uint64, n int) ([]rest.Entry, bool, <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	missed := seq < j.forgot
	seq = max(seq, j.forgot)
	if seq >= uint64(len(j.entries)) {
		if j.wake == nil {
			j.wake = make(chan struct{})
		}
		return nil, missed, j.wake
	}
	list := j.entries[seq:]
	return list[:min(n, len(list))], missed, nil
}

// shower shows one text file and one that is not text.
type shower struct{ *provdtest.Plugin }

func (p shower) Show(_ context.Context, dev provd.Device, raw *document.Object) ([]provd.File, error) {
	if raw.String("X_v") == "bad" {
		return nil, fmt.Errorf("entry.py:3: no codec")
	}
	return []provd.File{
		{Name: dev.ID() + ".cfg", Template: "base.tpl", Sensitive: true, Content: []byte("v " + raw.String("X_v") + raw.String("X_parent"))},
		{Name: "logo.bin", Content: []byte{0xff}},
	}, nil
}

type ownServer struct {
	server
	journal *journal
	closing chan struct{}
}

func newOwnServer(t *testing.T) ownServer {
	t.Helper()
	s := ownServer{
		server:  server{plugin: &provdtest.Plugin{}, auth: &auth{}, observed: &observed{}},
		journal: &journal{}, closing: make(chan struct{}),
	}
	var err error
	s.manager, err = provd.NewManager(provd.ManagerConfig{
		Store: &provdtest.Store{}, Plugins: provdtest.Plugins{"test": shower{s.plugin}, "other": &provdtest.Plugin{Name: "other"}},
		BaseRawConfig: document.New("http_base_url", "http://box:8667"), Recorder: s.journal,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.manager.SetMasterTenant(master); err != nil {
		t.Fatal(err)
	}
	s.Server = httptest.NewServer(rest.New(rest.Config{
		Auth: s.auth, Devices: s.manager, Configs: s.manager, Params: s.manager, Plugins: plugins{}, Observer: s.observed,
		Own: &rest.Own{Files: s.manager, Bulks: s.manager, Renderings: s.manager, Journal: s.journal, Closing: s.closing},
	}))
	t.Cleanup(s.Close)
	for _, c := range []string{
		`{"id":"parent","parent_ids":[],"raw_config":{"X_parent":" p"}}`,
		`{"id":"c","parent_ids":["parent"],"raw_config":{"X_v":"1"}}`,
	} {
		s.must(t, "POST", "/0.2/cfg_mgr/configs", "", `{"config":`+c+`}`)
	}
	for i, tenant := range []string{sub1, sub1, sub2} {
		s.must(t, "POST", "/0.2/dev_mgr/devices", tenant,
			fmt.Sprintf(`{"device":{"id":"d%d","mac":"00:15:65:00:00:0%[1]d","plugin":"test","config":"c"}}`, i))
	}
	return s
}

func (s ownServer) must(t *testing.T, method, path, tenant, body string) answer {
	t.Helper()
	a := s.do(t, request{method: method, path: path, tenant: tenant, body: body})
	if a.code >= 300 {
		t.Fatalf("%s %s: %d %s", method, path, a.code, a.body)
	}
	return a
}

func TestFilesAndPreview(t *testing.T) {
	t.Parallel()
	s := newOwnServer(t)
	const d0 = "/0.2/dev_mgr/devices/d0"
	file := func(content string) string {
		return `{"files":[{"name":"d0.cfg","template":"base.tpl","custom":false,"sensitive":true,"size":` + fmt.Sprint(len(content)) +
			`,"content":"` + content + `"},{"name":"logo.bin","template":null,"custom":false,"sensitive":false,"size":1,"content_base64":"/w=="}]}`
	}
	tests := []struct {
		name string
		r    request
		code int
		body string
	}{
		{"files", request{method: "GET", path: d0 + "/files"}, 200, file("v 1 p")},
		{"files of a foreign tenant", request{method: "GET", path: "/0.2/dev_mgr/devices/d2/files", token: "one"}, 404, "No such resource"},
		{"files of no device", request{method: "GET", path: "/0.2/dev_mgr/devices/nope/files"}, 404, "No such resource"},
		{"preview", request{method: "POST", path: d0 + "/preview", body: `{"raw_config":{"X_v":"2"}}`}, 200, file("v 2")},
		{"preview with parents", request{method: "POST", path: d0 + "/preview", body: `{"raw_config":{"X_v":"2"},"parent_ids":["parent"]}`}, 200, file("v 2 p")},
		{"preview that fails", request{method: "POST", path: d0 + "/preview", body: `{"raw_config":{"X_v":"bad"}}`}, 400, "entry.py:3: no codec"},
		{"preview without a config", request{method: "POST", path: d0 + "/preview", body: `{"X_v":"2"}`}, 400, `the body must be {"raw_config": {…}}, with "parent_ids" if it inherits`},
		{"preview of a foreign tenant", request{method: "POST", path: "/0.2/dev_mgr/devices/d2/preview", token: "one", body: `{"raw_config":{}}`}, 404, "No such resource"},
		{"preview is not for readers", request{method: "POST", path: d0 + "/preview", token: "reader", body: `{"raw_config":{}}`}, 401, "Unauthorized"},
		{"journal of a foreign tenant", request{method: "GET", path: "/0.2/dev_mgr/devices/d2/journal", token: "one"}, 404, "No such resource"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := s.do(t, tt.r)
			if a.code != tt.code || a.body != tt.body {
				t.Errorf("got %d %s\nwant %d %s", a.code, a.body, tt.code, tt.body)
			}
		})
	}
	// Nothing of a preview is stored, and nothing of it reaches the phone.
	if a := s.must(t, "GET", "/0.2/cfg_mgr/configs/c", "", ""); !strings.Contains(a.body, `"X_v":"1"`) {
		t.Errorf("the config is %s", a.body)
	}
	if f, _ := s.plugin.File("001565000000.cfg"); !strings.Contains(f, `"X_v":"1"`) {
		t.Errorf("the phone's file is %s", f)
	}
	s.auth.mu.Lock()
	defer s.auth.mu.Unlock()
	all := strings.Join(s.auth.acls, "\n")
	for _, acl := range []string{"provd.dev_mgr.devices.d0.files.read", "provd.dev_mgr.devices.d0.preview.create", "provd.dev_mgr.devices.d2.journal.read"} {
		if !strings.Contains(all, acl) {
			t.Errorf("%s was not asked for", acl)
		}
	}
}

func TestDeviceJournal(t *testing.T) {
	t.Parallel()
	s := newOwnServer(t)
	s.journal.Record(provd.Event{Device: "d0", Tenant: sub2, Topic: "config", Text: "from when it was another's"})
	s.journal.Record(provd.Event{Device: "d0", Topic: "http", Text: "OK", Attrs: []slog.Attr{slog.Int("bytes", 7), slog.Bool("sensitive", true), slog.Duration("took", time.Second)}})
	a := s.do(t, request{method: "GET", path: "/0.2/dev_mgr/devices/d0/journal", token: "one"})
	var got struct {
		Events []struct {
			ID, Text, MAC string
			Attrs         map[string]any
		}
	}
	if err := json.Unmarshal([]byte(a.body), &got); err != nil || a.code != 200 {
		t.Fatalf("%d %s %v", a.code, a.body, err)
	}
	var texts []string
	for _, e := range got.Events {
		texts = append(texts, e.Text)
	}
	if d := cmp.Diff([]string{"added", "configured", "OK"}, texts); d != "" {
		t.Error(d)
	}
	last := got.Events[len(got.Events)-1]
	if last.ID != fmt.Sprintf("boot-%d", s.journal.Last()) || last.Attrs["bytes"] != 7.0 || last.Attrs["sensitive"] != true || last.Attrs["took"] != "1s" {
		t.Errorf("%+v", last)
	}
}

func TestRenderings(t *testing.T) {
	t.Parallel()
	s := newOwnServer(t)
	for i := range 12 {
		s.must(t, "POST", "/0.2/dev_mgr/devices", sub1, fmt.Sprintf(`{"device":{"id":"m%d","mac":"00:15:65:00:01:%02[1]d","plugin":"test","config":"c"}}`, i))
	}
	a := s.must(t, "PUT", "/0.2/cfg_mgr/configs/parent", "", `{"config":{"parent_ids":[],"raw_config":{"X_parent":"q"}}}`)
	if a.code != 204 || a.header.Get("X-Provbox-Rendering") != "/0.2/dev_mgr/renderings/1" {
		t.Fatalf("PUT: %d %v", a.code, a.header)
	}
	want := `{"id":"1","cause":"config parent","state":"success","devices":15,"done":15,"failed":0}`
	if a = s.must(t, "GET", "/0.2/dev_mgr/renderings/1", "", ""); a.body != `{"status":"success;15/15","rendering":`+want+`}` {
		t.Error(a.body)
	}
	if a = s.must(t, "GET", "/0.2/dev_mgr/renderings", "", ""); a.body != `{"renderings":[`+want+`]}` {
		t.Error(a.body)
	}
	if a = s.do(t, request{method: "GET", path: "/0.2/dev_mgr/renderings/2"}); a.code != 404 {
		t.Errorf("one that never was: %d", a.code)
	}
	// A change of one device is none of many.
	if a = s.must(t, "PUT", "/0.2/dev_mgr/devices/d0", sub1, `{"device":{"mac":"00:15:65:00:00:00","plugin":"test","config":"parent"}}`); a.header.Get("X-Provbox-Rendering") != "" {
		t.Errorf("PUT device: %v", a.header)
	}
}

func TestNeededConfigs(t *testing.T) {
	t.Parallel()
	s := newOwnServer(t)
	s.must(t, "POST", "/0.2/cfg_mgr/configs", "", `{"config":{"id":"base","parent_ids":[],"raw_config":{}}}`)
	a := s.must(t, "GET", "/0.2/cfg_mgr/needed", "", "")
	for _, want := range []string{`{"id":"base","present":true,"own":false,"without":"`, `{"id":"autoprov","present":false,"own":false,"without":"a phone that nobody has claimed`} {
		if !strings.Contains(a.body, want) {
			t.Errorf("no %s in %s", want, a.body)
		}
	}
}

// events reads a stream. The function it returns gives the next block.
func (s ownServer) events(t *testing.T, query, token, last string) (next func() string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, "GET", s.URL+"/0.2/dev_mgr/events"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Auth-Token", token)
	req.Header.Set("Accept", "text/event-stream")
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	resp, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%s %v", resp.Status, resp.Header)
	}
	lines := bufio.NewScanner(resp.Body)
	next = func() string {
		var block []string
		for lines.Scan() {
			if lines.Text() != "" {
				block = append(block, lines.Text())
			} else if len(block) > 0 {
				return strings.Join(block, "\n")
			}
		}
		return "closed"
	}
	if got := next(); got != "retry: 5000" {
		t.Fatalf("begins with %q", got)
	}
	return next
}

func TestEvents(t *testing.T) {
	t.Parallel()
	s := newOwnServer(t)
	own, all := s.events(t, "", "one", ""), s.events(t, "?recurse=true&topics=device,http", "root", "")
	s.must(t, "PUT", "/0.2/dev_mgr/devices/d2", sub2, `{"device":{"mac":"00:15:65:00:00:02","plugin":"test","config":"c","description":"x"}}`)
	s.journal.Record(provd.Event{Device: "d0", Topic: "http", Text: "OK"})
	s.must(t, "DELETE", "/0.2/dev_mgr/devices/d0", sub1, "")
	if got := own(); !strings.Contains(got, "event: device\n") || !strings.Contains(got, `"text":"deleted","device":"d0"`) {
		t.Errorf("the tenant's own: %s", got)
	}
	var last string
	for _, want := range []string{`"text":"changed","device":"d2"`, `"text":"OK","device":"d0"`, `"text":"deleted","device":"d0"`} {
		got := all()
		if !strings.Contains(got, want) {
			// What is about a device that is gone, and says no tenant, is told to nobody.
			if want == `"text":"OK","device":"d0"` && strings.Contains(got, `"text":"deleted"`) {
				break
			}
			t.Fatalf("got %s, want %s", got, want)
		}
		last, _, _ = strings.Cut(strings.TrimPrefix(got, "id: "), "\n")
	}
	if !strings.HasPrefix(last, "boot-") {
		t.Errorf("id %q", last)
	}
	// Continuing after an id, and after one that is not remembered.
	s.journal.Record(provd.Event{Tenant: sub1, Topic: "device", Text: "while away"})
	if got := s.events(t, "?topics=device", "one", fmt.Sprintf("boot-%d", s.journal.Last()-1))(); !strings.Contains(got, `"text":"while away"`) {
		t.Errorf("continued with %s", got)
	}
	for _, id := range []string{"earlier-7", "boot-999999", "nonsense"} {
		if got := s.events(t, "", "one", id)(); got != "event: missed\ndata: {}" {
			t.Errorf("after %s: %s", id, got)
		}
	}
	s.journal.mu.Lock()
	s.journal.forgot = 3
	s.journal.mu.Unlock()
	if got := s.events(t, "", "one", "boot-1")(); got != "event: missed\ndata: {}" {
		t.Errorf("after one that is gone: %s", got)
	}
	if got := own(); !strings.Contains(got, `"text":"while away"`) {
		t.Errorf("the stream that was there: %s", got)
	}
	close(s.closing)
	if got := own(); got != "event: end\ndata: {\"reason\":\"the box is stopping\"}" {
		t.Errorf("at the end: %s", got)
	}
	if got := own(); got != "closed" {
		t.Errorf("after the end: %s", got)
	}
}

// Streams are bounded, and do not keep others from the API.
func TestEventStreamsAreBounded(t *testing.T) {
	t.Parallel()
	s := newOwnServer(t)
	for range 16 {
		s.events(t, "", "one", "")
	}
	a := s.do(t, request{method: "GET", path: "/0.2/dev_mgr/events"})
	if a.code != 503 || !strings.Contains(a.body, "16 event streams are open") {
		t.Errorf("one more: %d %s", a.code, a.body)
	}
	s.must(t, "GET", "/0.2/dev_mgr/devices", "", "")
	if a = s.do(t, request{method: "GET", path: "/0.2/dev_mgr/events", token: "none"}); a.code != 401 {
		t.Errorf("without a token: %d", a.code)
	}
}

// Over HTTPS browsers speak HTTP/2, where a stream is one of many on a connection.
func TestEventsOverHTTP2(t *testing.T) {
	t.Parallel()
	s := newOwnServer(t)
	tls := httptest.NewUnstartedServer(s.Config.Handler)
	tls.EnableHTTP2 = true
	tls.StartTLS()
	t.Cleanup(tls.Close)
	plain := s
	s.Server = tls
	next := s.events(t, "", "one", "")
	plain.must(t, "DELETE", "/0.2/dev_mgr/devices/d1", sub1, "")
	if got := next(); !strings.Contains(got, `"text":"deleted","device":"d1"`) {
		t.Error(got)
	}
	close(s.closing)
	if got := next(); !strings.HasPrefix(got, "event: end\n") {
		t.Error(got)
	}
}
