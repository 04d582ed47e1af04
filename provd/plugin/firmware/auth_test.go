package firmware

import (
	"crypto/md5" //nolint:gosec // what the test server asks for
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// digestServer checks answers to Digest challenges step by step as RFC 7616 section
// 3.4 has it, with nothing of the code under test.
func digestServer(newHash func() hash.Hash, challenge string) http.HandlerFunc {
	sum := func(s string) string {
		h := newHash()
		_, _ = io.WriteString(h, s)
		return fmt.Sprintf("%x", h.Sum(nil))
	}
	return func(w http.ResponseWriter, r *http.Request) {
		got := make(map[string]string)
		for _, p := range strings.Split(strings.TrimPrefix(r.Header.Get("Authorization"), "Digest "), ", ") {
			name, value, _ := strings.Cut(p, "=")
			got[name] = strings.Trim(value, `"`)
		}
		a1, a2 := sum(got["username"]+":a, realm:se=cret"), sum("GET:"+r.RequestURI)
		want := sum(a1 + ":n0nce:" + a2)
		if strings.Contains(challenge, "qop") {
			want = sum(a1 + ":n0nce:" + got["nc"] + ":" + got["cnonce"] + ":auth:" + a2)
		}
		if got["response"] != want || got["uri"] != r.RequestURI || got["opaque"] != "o" || got["username"] != "me" {
			w.Header().Add("WWW-Authenticate", `Basic realm="x"`)
			w.Header().Add("WWW-Authenticate", challenge)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, "in")
	}
}

func TestAuthTransport(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		server http.HandlerFunc
		url    string // what the credentials are for, below the server
		user   string
		want   int
	}{
		"basic":                    {basicServer, "/x/", "me", 200},
		"for everything":           {basicServer, "", "me", 200},
		"another path":             {basicServer, "/y", "me", 401},
		"a path that begins alike": {basicServer, "/x/f", "me", 401},
		"wrong user":               {basicServer, "/", "you", 401},
		"no user":                  {basicServer, "/", "", 401},
		"digest":                   {digestServer(md5.New, `Digest realm="a, realm", nonce="n0nce", qop="auth-int, auth", opaque="o"`), "/", "me", 200},
		"digest SHA-256":           {digestServer(sha256.New, `Digest algorithm=SHA-256, realm="a, realm", nonce="n0nce", qop="auth", opaque="o"`), "/", "me", 200},
		"digest of RFC 2069":       {digestServer(md5.New, `digest realm="a, realm",nonce="n0nce",opaque="o"`), "/", "me", 200},
		"digest of another kind":   {digestServer(md5.New, `Digest realm="a, realm", nonce="n0nce", qop="auth", opaque="o", algorithm=SHA-512-256`), "/", "me", 401},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(tt.server)
			defer srv.Close()
			c := &http.Client{Transport: AuthTransport{Base: http.DefaultTransport, Credentials: []Credentials{{srv.URL + tt.url, tt.user, "se=cret"}}}}
			resp, err := c.Get(srv.URL + "/x/file?q=1")
			must(t, err)
			_ = resp.Body.Close()
			if resp.StatusCode != tt.want {
				t.Errorf("got %s, want %d", resp.Status, tt.want)
			}
		})
	}
}

func basicServer(w http.ResponseWriter, r *http.Request) {
	if user, password, _ := r.BasicAuth(); user == "me" && password == "se=cret" {
		return
	}
	w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
	w.WriteHeader(http.StatusUnauthorized)
}

// A redirect to another host that asks for a login does not get one.
func TestCredentialsStayHome(t *testing.T) {
	t.Parallel()
	var seen []string
	thief := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Get("Authorization"))
		basicServer(w, r)
	}))
	defer thief.Close()
	home := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, _, ok := r.BasicAuth(); !ok {
			basicServer(w, r)
			return
		}
		http.Redirect(w, r, thief.URL, http.StatusFound)
	}))
	defer home.Close()
	c := &http.Client{Transport: AuthTransport{Base: http.DefaultTransport, Credentials: []Credentials{{home.URL, "me", "se=cret"}}}}
	resp, err := c.Get(home.URL)
	must(t, err)
	_ = resp.Body.Close()
	if diff := cmp.Diff([]string{""}, seen); diff != "" {
		t.Errorf("the other host saw (-want +got):\n%s", diff)
	}
}

func TestCovers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		base, url string
		want      bool
	}{
		{"https://h/a/", "https://h/a/b", true},
		{"https://H/a", "https://h/a", true},
		{"https://h/a", "https://h/ab", false},
		{"https://h/a", "http://h/a", false},
		{"https://h", "https://h.evil/", false},
		{"https://h", "https://h:444/", false},
		{"h", "https://h/", false},
		{"://", "https://h/", false},
	} {
		u, err := url.Parse(tt.url)
		must(t, err)
		if got := (Credentials{URL: tt.base}).covers(u); got != tt.want {
			t.Errorf("%s for %s: %v", tt.base, tt.url, got)
		}
	}
}

func FuzzParameters(f *testing.F) {
	for _, s := range []string{`realm="a, b", nonce=x`, `a="\"`, `=`, `a=b=c,,`, `"=",x="`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if n := len(parameters(s)); n > strings.Count(s, "=") {
			t.Errorf("%d parameters in %q", n, s)
		}
	})
}
