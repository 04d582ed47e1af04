package repository

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

func TestForbidden(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"127.0.0.1": true, "127.9.9.9": true, "::1": true, "::ffff:127.0.0.1": true, "169.254.169.254": true, "fe80::1%eth0": true,
		"0.0.0.0": true, "0.1.2.3": true, "::": true, "224.0.0.1": true, "ff02::1": true, "255.255.255.255": true,
		"192.0.2.1": false, "10.0.0.1": false, "2001:db8::1": false,
	} {
		if got := forbidden(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// victim is a service of this machine that must not be reached.
func victim(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s was reached", r.URL)
	}))
	t.Cleanup(s.Close)
	return s
}

func get(t *testing.T, s Settings) error {
	t.Helper()
	c, err := newClient(s, Limits{}.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	return c.get(t.Context(), "plugins.db", 100, io.Discard, func(int64, int64) {})
}

// A server on this machine that the operator chose may be used, but it does not
// open the other services of the machine.
func TestRedirectToOwnMachine(t *testing.T) {
	t.Parallel()
	_, port, _ := strings.Cut(strings.TrimPrefix(victim(t).URL, "http://"), ":")
	for _, host := range []string{"127.0.0.1", "localhost", "LOCALHOST.", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "169.254.1.1", "2130706433", "0x7f000001", "127.1", "0177.0.0.1"} {
		from := httptest.NewServer(http.RedirectHandler("http://"+host+":"+port+"/x", http.StatusFound))
		err := get(t, Settings{Server: from.URL})
		from.Close()
		if !errors.Is(err, errForbidden) {
			t.Errorf("%s: %v", host, err)
		}
	}
}

// What a name stands for is looked at when it is dialed.
func TestNameOfOwnMachine(t *testing.T) {
	t.Parallel()
	c, err := newClient(Settings{Server: "http://repository.example/"}, Limits{}.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	dial := c.http.Transport.(guard).RoundTripper.(*http.Transport).DialContext
	for _, address := range []string{strings.TrimPrefix(victim(t).URL, "http://"), "localhost:9"} {
		conn, err := dial(t.Context(), "tcp", address)
		if !errors.Is(err, errForbidden) {
			t.Errorf("%s: %v, %v", address, conn, err)
		}
	}
}

// The addresses that this machine has on a LAN are its own as well: only the server
// that the operator named may be there.
func TestAddressOnTheLAN(t *testing.T) {
	t.Parallel()
	lan := func() []netip.Addr { return []netip.Addr{netip.MustParseAddr("192.0.2.7")} }
	for _, location := range []string{"http://192.0.2.7:8666/x", "http://[::ffff:192.0.2.7]/"} {
		from := httptest.NewServer(http.RedirectHandler(location, http.StatusFound))
		if err := get(t, Settings{Server: from.URL, Own: lan}); !errors.Is(err, errForbidden) {
			t.Errorf("%s: %v", location, err)
		}
		if err := get(t, Settings{Server: "http://repository.example/", HTTPProxy: from.URL, Own: lan}); !errors.Is(err, errForbidden) {
			t.Errorf("%s through a proxy: %v", location, err)
		}
		from.Close()
	}
	// The name of a server may lead there, the name of anything else may not.
	s := Settings{Own: lan}
	for address, want := range map[string]bool{"192.0.2.7:80": true, "192.0.2.8:80": false, "127.0.0.1:80": true} {
		if err := checkAddress(s.foreign)("tcp", address, nil); errors.Is(err, errForbidden) != want {
			t.Errorf("%s: %v", address, err)
		}
	}
	if err := checkAddress(forbidden)("tcp", "192.0.2.7:80", nil); err != nil {
		t.Error(err)
	}
	if len(interfaceAddrs()) == 0 {
		t.Error("this machine has no address, not even 127.0.0.1")
	}
}

// A proxy on this machine is the operator's choice; it is not asked for this
// machine's services.
func TestProxy(t *testing.T) {
	t.Parallel()
	var asked string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked = r.URL.String(); r.URL.Host == "redirect.example" {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
		}
	}))
	defer proxy.Close()
	if err := get(t, Settings{Server: "http://repository.example/p", HTTPProxy: proxy.URL}); err != nil || asked != "http://repository.example/p/plugins.db" {
		t.Errorf("asked for %q, %v", asked, err)
	}
	if err := get(t, Settings{Server: "http://redirect.example/", HTTPProxy: proxy.URL}); !errors.Is(err, errForbidden) {
		t.Errorf("got %v", err)
	}
	if err := get(t, Settings{Server: "https://repository.example/", HTTPSProxy: strings.TrimPrefix(proxy.URL, "http://")}); err == nil || asked != "//repository.example:443" {
		t.Errorf("asked for %q, %v", asked, err)
	}
}

func TestNewClientRefuses(t *testing.T) {
	t.Parallel()
	for _, s := range []Settings{
		{},
		{Server: "ftp://host/"},
		{Server: "file:///etc"},
		{Server: "http://"},
		{Server: "http://h/\x00"},
		{Server: "http://h/", HTTPProxy: "http://%zz"},
	} {
		if _, err := newClient(s, Limits{}); err == nil {
			t.Errorf("%+v: no error", s)
		}
	}
}
