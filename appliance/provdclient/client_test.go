package provdclient_test

import (
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"provbox/appliance/provdclient"
	"provbox/provd/document"
)

func open(t *testing.T, url string) *provdclient.Client {
	t.Helper()
	c, err := (&provdclient.Connection{URL: url, Token: "secret"}).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The token goes to the peer that was named and nowhere else.
func TestRedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s %s with the token %q", r.Method, r.URL, r.Header.Get("X-Auth-Token"))
	}))
	defer elsewhere.Close()
	for _, status := range []int{http.StatusFound, http.StatusTemporaryRedirect} {
		peer := httptest.NewServer(http.RedirectHandler(elsewhere.URL+"/x", status))
		defer peer.Close()
		c := open(t, peer.URL)
		if _, err := c.Get(t.Context(), "/0.2/status", nil, ""); err == nil || !strings.Contains(err.Error(), elsewhere.URL) {
			t.Errorf("get: %v", err)
		}
		if _, _, err := c.Send(t.Context(), http.MethodPost, "/0.2/dev_mgr/devices", document.New("device", document.New())); err == nil {
			t.Error("post: no error")
		}
	}
}

// What a wazo-provd answers is understood by what it says, for the type that it
// gives to it is often wrong (spec/rest.md sections 1 and 3).
func TestAnswers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, mediaType, body string
		status                int
		id, err               string
	}{
		{name: "created", mediaType: "text/html", body: `{"id": "4711"}`, status: 201, id: "4711"},
		{name: "created without a body", mediaType: "text/html", status: 201},
		{name: "page", mediaType: "text/html", body: "<html><body>Processing Failed</body></html>", status: 500, err: "500 Internal Server Error; the log"},
		{name: "page without a type", body: "\n<!DOCTYPE html>", status: 502, err: "502 Bad Gateway"},
		{name: "text under the type of a page", mediaType: "text/html", body: "Invalid locale", status: 400, err: "Invalid locale"},
		{name: "no words", status: 400, err: "400 Bad Request"},
		{name: "gone", mediaType: "text/html", body: "<html>", status: 404, err: "there is no such thing"},
		{name: "token", mediaType: "text/html", body: "Unauthorized", status: 401, err: "the token is not accepted"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			peer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Content-Type"] = []string{tt.mediaType}
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, tt.body)
			}))
			defer peer.Close()
			id, _, err := open(t, peer.URL).Send(t.Context(), http.MethodPost, "/0.2/x", document.New())
			if id != tt.id || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("id %q, %v", id, err)
			}
		})
	}
}

// An operation that ended well stays well when somebody else forgets it first.
func TestWaitForOperationThatIsForgotten(t *testing.T) {
	t.Parallel()
	peer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodDelete {
			http.NotFound(w, r)
			return
		}
		_, _ = io.WriteString(w, `{"status": "download|success;9223372036854775807/9223372036854775807"}`)
	}))
	defer peer.Close()
	if err := open(t, peer.URL).Wait(t.Context(), "/0.2/pg_mgr/install/install/1", func(provdclient.Status) {}); err != nil {
		t.Error(err)
	}
}

// Errors name the flags and the variable of the connection that they are about.
func TestFlagsInErrors(t *testing.T) {
	t.Parallel()
	none := func(string) string { return "" }
	flags := flag.NewFlagSet("test", flag.ContinueOnError)
	to, from := provdclient.Flags(flags, none), provdclient.FromFlags(flags, none)
	for _, tt := range []struct {
		c    *provdclient.Connection
		url  string
		want string
	}{
		{to, "nonsense", "--url"},
		{from, "nonsense", "--from"},
		{to, "http://127.0.0.1:1", "set PROVBOX_TOKEN, or use --token-file"},
		{from, "http://127.0.0.1:1", "set PROVBOX_FROM_TOKEN, or use --from-token-file"},
	} {
		tt.c.URL = tt.url
		if _, err := tt.c.Open(t.Context()); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("want %q: %v", tt.want, err)
		}
	}
}

// A token that is got with a service's key is used; a key that cannot be read is
// named by its flag.
func TestLogin(t *testing.T) {
	t.Parallel()
	peer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if id, key, ok := r.BasicAuth(); ok && r.URL.Path == "/api/auth/0.1/token" && id == "cli" && key == "canary" {
			_, _ = io.WriteString(w, `{"data":{"token":"fresh"}}`)
			return
		}
		_, _ = io.WriteString(w, `{"token":"`+r.Header.Get("X-Auth-Token")+`"}`)
	}))
	defer peer.Close()
	good, bad := filepath.Join(t.TempDir(), "key.yml"), filepath.Join(t.TempDir(), "bad.yml")
	for name, content := range map[string]string{good: "service_id: cli\nservice_key: canary\n", bad: "service_key: canary\n"} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := &provdclient.Connection{URL: peer.URL, AuthURL: peer.URL + "/api/auth", KeyFile: good}
	client, err := c.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if token, err := client.Get(t.Context(), "/0.2/x", nil, "token"); token != "fresh" || err != nil {
		t.Errorf("token %v, %v", token, err)
	}
	c.KeyFile = bad
	if _, err := c.Open(t.Context()); err == nil || !strings.Contains(err.Error(), "--key-file") || strings.Contains(err.Error(), "canary") {
		t.Errorf("without a service: %v", err)
	}
}
