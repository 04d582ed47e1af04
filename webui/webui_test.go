package webui

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"provbox/provd/document"
	"provbox/webui/box"
	"provbox/webui/session"
)

// hostile is what every text of a phone or a package may be.
const hostile = `"><script>alert(1)</script><b onmouseover='x'>&amp;{{x}}`

type fakeBox struct{ err error }

func (fakeBox) Overview(context.Context) []box.Group {
	return []box.Group{{Key: "box", Facts: []box.Fact{
		{Key: "version", Value: hostile}, {Key: "fingerprint", Value: hostile, Copy: true}, {Key: "auth", Word: "down", Kind: "bad", Value: hostile},
	}}}
}

func (f fakeBox) Rules() ([]box.Rule, error) {
	sets := []box.Setting{{What: "66", Value: hostile}}
	return []box.Rule{
		{Name: hostile, Vendor: hostile, Match: hostile, Origin: box.Own, Phone: true, Sets: sets, Source: "{name: a, match: " + `"b"` + "}"},
		{Name: "changed", Origin: box.Changed, Sets: sets, Source: hostile},
		{Name: "off", Origin: box.Off},
		{Name: "plain", Origin: box.BuiltIn, Phone: true, Source: "{name: plain, match: b, set: {66: x}}"},
	}, f.err
}

func (f fakeBox) PutRule(_ context.Context, _, source string) error {
	return errors.New(hostile + "\nof " + source)
}
func (fakeBox) DeleteRule(context.Context, string) error  { return errors.New(hostile) }
func (fakeBox) DisableRule(context.Context, string) error { return nil }

func (fakeBox) Explain(q box.Question) (box.Explanation, error) {
	if q.MAC == "bad" {
		return box.Explanation{}, errors.New(hostile)
	}
	sets := []box.Setting{{What: hostile, Value: hostile}, {What: "x", Lost: hostile}}
	return box.Explanation{
		Vendor: hostile, Phone: q.MAC != "pc", Answered: q.MAC != "pc", Why: hostile, Subnet: q.Subnet, Reserved: hostile,
		Steps:   []box.Step{{Rule: hostile, Fired: true, Reason: hostile, Sets: sets}, {Rule: "n", Near: true, Reason: hostile}, {Rule: "o", Reason: hostile}},
		Options: []box.Option{{Name: hostile, Value: hostile}}, Dropped: []string{hostile}, NextServer: hostile, Filename: hostile,
	}, nil
}

type memory struct{ doc *document.Object }

func (m *memory) Load(context.Context) (*document.Object, error)     { return m.doc, nil }
func (m *memory) Save(_ context.Context, doc *document.Object) error { m.doc = doc; return nil }

// site is a page in a test, with a browser that keeps cookies.
type site struct {
	*testing.T
	*httptest.Server
	sessions *session.Guard
	client   *http.Client
	log      *bytes.Buffer
}

func newSite(t *testing.T, b fakeBox) *site {
	t.Helper()
	s := &site{T: t, log: new(bytes.Buffer)}
	log := slog.New(slog.NewTextHandler(s.log, nil))
	var err error
	if s.sessions, err = session.New(t.Context(), session.Config{Vault: &memory{}, Now: time.Now, Logger: log, Cost: session.Cost{Time: 1, MemoryKiB: 64}}); err != nil {
		t.Fatal(err)
	}
	h, err := New(Config{Sessions: s.sessions, Box: b, Rules: b, Logger: log, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	s.Server = httptest.NewServer(h)
	t.Cleanup(s.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	s.client = &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return s
}

const password = "correct horse battery"

// claim makes the box the browser's.
func (s *site) claim() {
	s.Helper()
	resp, _ := s.do("POST", "/claim", url.Values{"code": {s.sessions.Code()}, "password": {password}, "again": {password}}, nil)
	if resp.StatusCode != http.StatusSeeOther {
		s.Fatalf("claim: %d", resp.StatusCode)
	}
}

func (s *site) do(method, path string, form url.Values, header http.Header) (*http.Response, string) {
	s.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(s.Context(), method, s.URL+path, body)
	if err != nil {
		s.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for k, v := range header {
		req.Header[k] = v
	}
	resp, err := s.client.Do(req)
	if err != nil {
		s.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		s.Fatal(err)
	}
	return resp, string(text)
}

// Whatever texts come from phones, packages and mistakes, they stay texts: no page
// has a script of theirs, an inline one or a style, or something of another host.
// Every field has a label, every id is there once, and the keyboard gets everywhere.
func TestPagesAreSound(t *testing.T) {
	t.Parallel()
	s := newSite(t, fakeBox{})
	q := func(s string) string { return url.QueryEscape(s) }
	check := func(method, path string, form url.Values) {
		t.Helper()
		for _, language := range []string{"en", "fr"} {
			resp, text := s.do(method, path, form, http.Header{"Accept-Language": {language}})
			if resp.StatusCode == http.StatusSeeOther {
				t.Errorf("%s %s is sent to %s", method, path, resp.Header.Get("Location"))
				continue
			}
			if resp.StatusCode == http.StatusInternalServerError {
				t.Errorf("%s %s: %s", method, path, s.log)
			}
			for _, problem := range problemsOf(text, language) {
				t.Errorf("%s %s (%s): %s", method, path, language, problem)
			}
		}
	}
	check("GET", "/claim", nil)
	check("POST", "/claim", url.Values{"code": {hostile}, "password": {"x"}, "again": {"y"}})
	check("POST", "/claim", url.Values{"code": {hostile}, "password": {password}, "again": {password}})
	s.claim()
	check("GET", "/", nil)
	check("GET", "/dhcp/rules", nil)
	check("GET", "/dhcp/rules?mac="+q(hostile)+"&user="+q(hostile)+"&subnet="+q(hostile), nil)
	check("GET", "/dhcp/rules?mac=pc&subnet=x", nil)
	check("GET", "/dhcp/rules?mac=bad", nil)
	check("GET", "/dhcp/rules/edit", nil)
	check("GET", "/dhcp/rules/edit?name="+q(hostile), nil)
	check("GET", "/dhcp/rules/edit?name=changed", nil)
	check("GET", "/dhcp/rules/edit?name=plain", nil)
	check("POST", "/dhcp/rules/edit", url.Values{"was": {hostile}, "name": {hostile}, "match": {"class_is"}, "text": {hostile}, "option": {hostile}, "kind": {"text"}, "value": {hostile}})
	check("POST", "/dhcp/rules/edit", url.Values{"was": {"plain"}, "source": {hostile}})
	check("POST", "/dhcp/rules/edit", url.Values{"match": {hostile}})
	check("POST", "/dhcp/rules/edit", url.Values{"name": {"x"}, "match": {"class_is"}, "do": {"source"}})
	check("POST", "/dhcp/rules/delete", url.Values{"name": {hostile}})
	check("GET", "/password", nil)
	check("POST", "/password", url.Values{"old": {"wrong"}, "password": {password + "!"}, "again": {password + "!"}})
	check("GET", "/nothing", nil)
	s.client.Jar, _ = cookiejar.New(nil)
	check("GET", "/login?to="+q(hostile), nil)
	check("POST", "/login", url.Values{"password": {"wrong"}, "to": {hostile}})
}

// problemsOf looks through a page.
func problemsOf(text, language string) (problems []string) {
	bad := func(s string) { problems = append(problems, s) }
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		return []string{err.Error()}
	}
	ids, labels, wants := map[string]int{}, map[string]bool{}, map[string]string{}
	h1 := 0
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		attr := map[string]string{}
		for _, a := range n.Attr {
			attr[a.Key] = a.Val
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
				bad("<" + n.Data + "> has " + a.Key)
			}
			if (a.Key == "src" || a.Key == "href" || a.Key == "action") && !strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "#") {
				bad("<" + n.Data + "> leads to " + a.Val)
			}
		}
		if id := attr["id"]; id != "" {
			ids[id]++
		}
		switch n.Data {
		case "html":
			if attr["lang"] != language {
				bad("is in " + attr["lang"])
			}
		case "script":
			if attr["src"] == "" || n.FirstChild != nil {
				bad("has a script of its own")
			}
		case "style", "iframe", "object", "b":
			bad("has a <" + n.Data + ">")
		case "h1":
			h1++
		case "label":
			labels[attr["for"]] = true
		case "img":
			if _, ok := attr["alt"]; !ok {
				bad("an image says nothing")
			}
		case "input", "select", "textarea":
			inLabel := n.Parent.Data == "label"
			if attr["type"] != "hidden" && attr["aria-label"] == "" && !inLabel {
				wants[attr["id"]] = n.Data + " " + attr["name"]
			}
		}
	}
	for id, n := range ids {
		if n > 1 {
			bad("has the id " + id + " more than once")
		}
	}
	for id, what := range wants {
		if id == "" || !labels[id] {
			bad(what + " has no label")
		}
	}
	if h1 != 1 {
		bad("has not one heading")
	}
	return problems
}

// Nobody who is not logged in sees or changes anything, and no other page can do it
// in the name of somebody who is.
// A question that cannot be answered has not failed to save anything.
func TestQuestionWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	s := newSite(t, fakeBox{})
	s.claim()
	resp, text := s.do("GET", "/dhcp/rules?mac=bad", nil, nil)
	if resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(text, "This cannot be answered:") || strings.Contains(text, "saved") {
		t.Errorf("%d %s", resp.StatusCode, text)
	}
}

func TestOnlyInside(t *testing.T) {
	t.Parallel()
	s := newSite(t, fakeBox{})
	pages := []struct{ method, path string }{
		{"GET", "/"},
		{"GET", "/dhcp/rules"},
		{"GET", "/dhcp/rules/edit"},
		{"POST", "/dhcp/rules/edit"},
		{"POST", "/dhcp/rules/delete"},
		{"POST", "/dhcp/rules/disable"},
		{"POST", "/logout"},
		{"GET", "/password"},
		{"POST", "/password"},
	}
	everywhere := func(header http.Header, status int, where string) {
		t.Helper()
		for _, p := range pages {
			if p.method == "GET" && status == http.StatusForbidden {
				continue
			}
			resp, _ := s.do(p.method, p.path, nil, header)
			if resp.StatusCode != status || !strings.HasPrefix(resp.Header.Get("Location"), where) {
				t.Errorf("%s %s: %d to %q, want %d to %s", p.method, p.path, resp.StatusCode, resp.Header.Get("Location"), status, where)
			}
		}
	}
	everywhere(nil, http.StatusSeeOther, "/claim")
	s.claim()
	mine := s.client.Jar
	s.client.Jar, _ = cookiejar.New(nil)
	everywhere(nil, http.StatusSeeOther, "/login")
	everywhere(http.Header{"Cookie": {"provbox=nonsense"}}, http.StatusSeeOther, "/login")
	s.client.Jar = mine
	everywhere(http.Header{"Sec-Fetch-Site": {"cross-site"}}, http.StatusForbidden, "")
	everywhere(http.Header{"Origin": {"http://evil.example"}}, http.StatusForbidden, "")
	if resp, _ := s.do("GET", "/", nil, nil); resp.StatusCode != http.StatusOK {
		t.Errorf("after it: %d", resp.StatusCode)
	}
}

// A new password holds for whoever logs in next, and ends the other sessions.
func TestPassword(t *testing.T) {
	t.Parallel()
	s := newSite(t, fakeBox{})
	s.claim()
	mine := s.client.Jar
	s.client.Jar, _ = cookiejar.New(nil)
	login := func(password string) int {
		t.Helper()
		resp, _ := s.do("POST", "/login", url.Values{"password": {password}}, nil)
		return resp.StatusCode
	}
	if status := login(password); status != http.StatusSeeOther {
		t.Fatalf("login: %d", status)
	}
	other := s.client.Jar
	s.client.Jar = mine
	const fresh = "another horse battery"
	for name, test := range map[string]struct {
		old, fresh, again string
		status            int
		field             string
	}{
		"wrong":     {"wrong", fresh, fresh, http.StatusForbidden, "old"},
		"different": {password, fresh, password, http.StatusUnprocessableEntity, "again"},
		"weak":      {password, "short", "short", http.StatusUnprocessableEntity, "password"},
	} {
		resp, text := s.do("POST", "/password", url.Values{"old": {test.old}, "password": {test.fresh}, "again": {test.again}}, nil)
		if resp.StatusCode != test.status || !strings.Contains(text, `id="`+test.field+`-wrong"`) {
			t.Errorf("%s: %d %s", name, resp.StatusCode, text)
		}
	}
	if resp, _ := s.do("POST", "/password", url.Values{"old": {password}, "password": {fresh}, "again": {fresh}}, nil); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("change: %d", resp.StatusCode)
	}
	if resp, text := s.do("GET", "/", nil, nil); resp.StatusCode != http.StatusOK || !strings.Contains(text, "The password is changed.") {
		t.Errorf("after it: %d", resp.StatusCode)
	}
	s.client.Jar = other
	if resp, _ := s.do("GET", "/", nil, nil); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("another session: %d", resp.StatusCode)
	}
	if old, now := login(password), login(fresh); old != http.StatusForbidden || now != http.StatusSeeOther {
		t.Errorf("login with the old password: %d, with the new one: %d", old, now)
	}
}

// A link to the login leads to pages of the box alone.
func TestLoginLeadsInside(t *testing.T) {
	t.Parallel()
	s := newSite(t, fakeBox{})
	s.claim()
	for to, want := range map[string]string{
		"/dhcp/rules?mac=1": "/dhcp/rules?mac=1", "": "/", "//evil.example": "/", "http://evil.example/": "/",
		`/\evil.example`: "/", "/\r\nx: y": "/", "javascript:alert(1)": "/", "/" + strings.Repeat("x", 5000): "/",
	} {
		s.client.Jar, _ = cookiejar.New(nil)
		resp, _ := s.do("POST", "/login", url.Values{"password": {password}, "to": {to}}, nil)
		if got := resp.Header.Get("Location"); got != want {
			t.Errorf("%q leads to %q, want %q", to, got, want)
		}
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	s := newSite(t, fakeBox{})
	s.claim()
	resp, text := s.do("GET", "/", nil, nil)
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
		"X-Content-Type-Options":  "nosniff", "X-Frame-Options": "DENY", "Cache-Control": "no-store",
	} {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	_, at, ok := strings.Cut(text, `rel="stylesheet" href="`)
	at, _, _ = strings.Cut(at, `"`)
	resp, style := s.do("GET", at, nil, nil)
	if !ok || resp.StatusCode != http.StatusOK || !strings.Contains(resp.Header.Get("Cache-Control"), "immutable") || !strings.Contains(style, ".card") {
		t.Errorf("style sheet %q: %d %v", at, resp.StatusCode, resp.Header)
	}
	if resp, _ := s.do("GET", "/assets/assets.go", nil, nil); resp.StatusCode != http.StatusNotFound {
		t.Errorf("a source file: %d", resp.StatusCode)
	}
}

// What a stranger sends is bounded, and a failure of the box tells nothing of it.
func TestFailures(t *testing.T) {
	t.Parallel()
	s := newSite(t, fakeBox{err: errors.New("the secret path")})
	s.claim()
	resp, text := s.do("GET", "/dhcp/rules", nil, nil)
	if resp.StatusCode != http.StatusInternalServerError || strings.Contains(text, "secret") || !strings.Contains(s.log.String(), "the secret path") {
		t.Errorf("%d %s\nlog: %s", resp.StatusCode, text, s.log)
	}
	for name, form := range map[string]url.Values{"large": {"source": {strings.Repeat("x", maxBody)}}} {
		if resp, _ := s.do("POST", "/dhcp/rules/disable", form, nil); resp.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d", name, resp.StatusCode)
		}
	}
	if resp, _ := s.do("PUT", "/dhcp/rules", nil, nil); resp.StatusCode != http.StatusNotFound && resp.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("PUT: %d", resp.StatusCode)
	}
}
