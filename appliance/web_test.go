package appliance_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"provbox/appliance"
	"provbox/appliance/settings"
)

// browser is somebody with a browser.
type browser struct {
	t   *testing.T
	url string
	http.Client
}

func newBrowser(t *testing.T, app *appliance.App) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, url: "http://" + app.Web().String()}
	b.Jar = jar
	t.Cleanup(b.CloseIdleConnections)
	return b
}

func (b *browser) answer(resp *http.Response, err error) (int, string) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func (b *browser) open(path string) string {
	b.t.Helper()
	status, body := b.answer(b.Get(b.url + path))
	if status != http.StatusOK {
		b.t.Fatalf("%s: %d %s", path, status, body)
	}
	return body
}

func (b *browser) send(path string, values url.Values) (int, string) {
	b.t.Helper()
	return b.answer(b.PostForm(b.url+path, values))
}

// webBox is a box on loopback with a page and a subnet.
func webBox(t *testing.T, dir, web string, log io.Writer) *appliance.App {
	t.Helper()
	text := strings.Replace(fmt.Sprintf(loopback, dir), `web: {listen: "127.0.0.1:0"}`, `web: {listen: "127.0.0.1:0"`+web+`}`, 1)
	s, err := settings.Parse([]byte(text + `
dhcp: {mode: "off", interfaces: [{name: eth0, subnets: [{subnet: 192.168.77.0/24, pools: [{start: 192.168.77.50, end: 192.168.77.99}], router: 192.168.77.1}]}]}
`))
	if err != nil {
		t.Fatal(err)
	}
	app := appliance.New(appliance.Options{Settings: s, Logger: slog.New(slog.NewTextHandler(log, nil)), Version: "test"})
	if err := app.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	return app
}

var claimCode = regexp.MustCompile(`claim_code=(\S+)`)

const password = "correct horse battery"

// An installer claims the box, comes back after a restart with the password, and
// after forgetting it with a new word in the settings.
func TestPageClaim(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log := &logFile{}
	app := webBox(t, dir, "", log)
	b := newBrowser(t, app)
	if got := b.open("/dhcp/rules"); !strings.Contains(got, `action="/claim"`) {
		t.Errorf("a box of nobody shows %s", got)
	}
	claim := func(code, password string) (int, string) {
		return b.send("/claim", url.Values{"code": {code}, "password": {password}, "again": {password}})
	}
	if status, body := claim("0000-0000", password); status != http.StatusForbidden || !strings.Contains(body, "not the box&#39;s claim code") {
		t.Errorf("wrong code: %d %s", status, body)
	}
	m := claimCode.FindStringSubmatch(log.String())
	if m == nil {
		t.Fatalf("no code in %s", log.String())
	}
	if status, body := claim(m[1], "123456789012"); status != http.StatusUnprocessableEntity || !strings.Contains(body, `aria-invalid="true"`) {
		t.Errorf("bad password: %d %s", status, body)
	}
	if status, body := claim(strings.ToLower(m[1]), password); status != http.StatusOK || !strings.Contains(body, "The box is yours.") {
		t.Errorf("claim: %d %s", status, body)
	}
	if code := app.ClaimCode(); code != "" {
		t.Errorf("a claimed box has the code %q", code)
	}
	if status, body := newBrowser(t, app).send("/claim", url.Values{"code": {m[1]}, "password": {password}, "again": {password}}); status != http.StatusConflict {
		t.Errorf("claimed twice: %d %s", status, body)
	}
	if err := app.Stop(); err != nil {
		t.Fatal(err)
	}

	app = webBox(t, dir, "", io.Discard)
	b = newBrowser(t, app)
	if got := b.open("/dhcp/rules?mac=00:15:65:00:00:01"); !strings.Contains(got, `action="/login"`) {
		t.Errorf("without a session: %s", got)
	}
	if status, _ := b.send("/login", url.Values{"password": {"incorrect horse"}}); status != http.StatusForbidden {
		t.Errorf("wrong password: %d", status)
	}
	if status, body := b.send("/login", url.Values{"password": {password}, "to": {"/dhcp/rules?mac=00:15:65:00:00:01"}}); status != http.StatusOK || !strings.Contains(body, "yealink-oui") {
		t.Errorf("login: %d %s", status, body)
	}
	if status, body := b.send("/logout", nil); status != http.StatusOK || !strings.Contains(body, `action="/login"`) {
		t.Errorf("logout: %d %s", status, body)
	}
	if err := app.Stop(); err != nil {
		t.Fatal(err)
	}

	app = webBox(t, dir, ", reset: spring", io.Discard)
	defer func() {
		if err := app.Stop(); err != nil {
			t.Error(err)
		}
	}()
	b = newBrowser(t, app)
	code := app.ClaimCode()
	if code == "" || code == m[1] {
		t.Fatalf("after a reset the code is %q, and was %q", code, m[1])
	}
	if status, body := claim(code, "another horse battery"); status != http.StatusOK {
		t.Errorf("claim again: %d %s", status, body)
	}
}

// An operator asks what a phone gets, changes that, and goes back.
func TestPageRules(t *testing.T) {
	t.Parallel()
	app := webBox(t, t.TempDir(), "", io.Discard)
	t.Cleanup(func() {
		if err := app.Stop(); err != nil {
			t.Error(err)
		}
	})
	b := newBrowser(t, app)
	if status, body := b.send("/claim", url.Values{"code": {app.ClaimCode()}, "password": {password}, "again": {password}}); status != http.StatusOK {
		t.Fatalf("claim: %d %s", status, body)
	}
	const phone = "/dhcp/rules?mac=00%3A15%3A65%3A00%3A00%3A01&class=lobby-phone"
	has := func(page, want string, is bool) {
		t.Helper()
		if strings.Contains(page, want) != is {
			t.Errorf("%q in the page: %v, want %v\n%s", want, !is, is, page)
		}
	}
	has(b.open(phone), "https://lobby.example.org/", false)
	rule := url.Values{
		"name": {"lobby"}, "match": {"class_starts"}, "text": {"lobby"}, "phone": {"yes"},
		"option": {"66", "132"}, "kind": {"text", "text"}, "value": {"https://lobby.example.org/", "40"},
	}
	status, body := b.send("/dhcp/rules/edit", rule)
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	has(body, "The rule lobby is saved and holds.", true)
	has(b.open(phone), "https://lobby.example.org/", true)
	has(b.open("/dhcp/rules/edit?name=lobby"), `value="https://lobby.example.org/"`, true)

	// A mistake keeps what was typed, and changes nothing.
	bad := url.Values{"was": {"lobby"}, "name": {"lobby"}, "match": {"class_starts"}, "text": {"lobby"}, "option": {"53"}, "kind": {"text"}, "value": {"<script>x"}}
	if status, body = b.send("/dhcp/rules/edit", bad); status != http.StatusUnprocessableEntity {
		t.Errorf("%d", status)
	}
	has(body, "cannot set", true)
	has(body, `value="&lt;script&gt;x"`, true)
	has(b.open(phone), "https://lobby.example.org/", true)

	// A built-in rule is changed as text, and goes back.
	status, body = b.send("/dhcp/rules/edit", url.Values{"was": {"yealink-oui"}, "source": {"{name: yealink-oui, vendor: yealink, oui: ['00:15:65'], set: {66: 'https://changed.example.org/'}}"}})
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	has(b.open("/dhcp/rules?mac=001565000001"), "https://changed.example.org/", true)
	if status, body = b.send("/dhcp/rules/delete", url.Values{"name": {"yealink-oui"}}); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	has(body, "as it was built in", true)
	has(b.open("/dhcp/rules?mac=001565000001"), "https://changed.example.org/", false)

	if _, body = b.send("/dhcp/rules/disable", url.Values{"name": {"yealink-oui"}}); !strings.Contains(body, "is switched off") {
		t.Errorf("%s", body)
	}
	has(b.open("/dhcp/rules?mac=001565000001"), "no phone that the rules know", true)
	_, _ = b.send("/dhcp/rules/delete", url.Values{"name": {"yealink-oui"}})
	_, body = b.send("/dhcp/rules/delete", url.Values{"name": {"lobby"}})
	has(body, "The rule lobby is deleted.", true)
	has(b.open(phone), "https://lobby.example.org/", false)
	if status, _ = b.answer(b.Get(b.url + "/dhcp/rules?mac=nonsense")); status != http.StatusUnprocessableEntity {
		t.Errorf("nonsense as MAC: %d", status)
	}
	has(b.open("/"), "Overview", true)
}
