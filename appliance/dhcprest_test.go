package appliance_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"provbox/appliance"
	"provbox/appliance/central/centraltest"
	"provbox/appliance/settings"
	"provbox/dhcp"
	"provbox/dhcp/client"
)

const dhcpFile = `
dhcp:
  mode: server
  interfaces:
    - name: lo
      subnets:
        - {subnet: 127.0.0.0/8, pools: [{start: 127.77.0.1, end: 127.77.0.99}], serve: all}
`

// dhcpSite is a box on loopback with its DHCP server on an unprivileged port.
type dhcpSite struct {
	t      *testing.T
	app    *appliance.App
	server netip.AddrPort
	config string
	stack  *centraltest.Stack
}

func newDHCPSite(t *testing.T, file string) *dhcpSite {
	t.Helper()
	s := &dhcpSite{t: t, stack: centraltest.New()}
	stack := httptest.NewServer(s.stack)
	t.Cleanup(stack.Close)
	host, port, _ := net.SplitHostPort(stack.Listener.Addr().String())
	s.server = freePort(t)
	s.config = fmt.Sprintf(loopback, t.TempDir()) + fmt.Sprintf("auth: {host: %s, port: %s, https: false, username: provbox, password: secret}\n", host, port) + file
	s.start()
	t.Cleanup(func() { s.stop() })
	return s
}

// freePort finds a port of this machine for a server that is started again on the
// same one: none of those that the kernel gives to whoever asks for any, which may
// be taken when the server comes back.
func freePort(t *testing.T) netip.AddrPort {
	t.Helper()
	for range 1000 {
		port := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(15000+rand.IntN(15000)))
		if probe, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(port)); err == nil {
			_ = probe.Close()
			return port
		}
	}
	t.Fatal("no port is free")
	return netip.AddrPort{}
}

func (s *dhcpSite) start() {
	s.t.Helper()
	conf, err := settings.Parse([]byte(s.config))
	if err != nil {
		s.t.Fatal(err)
	}
	s.app = appliance.New(appliance.Options{Settings: conf, Logger: slog.New(slog.DiscardHandler), DHCP: func(c *dhcp.Config) {
		c.Loopback, c.Port, c.ProbeWait, c.RatePerClient = true, s.server.Port(), -1, 1<<20
	}})
	if err := s.app.Start(context.Background()); err != nil {
		s.t.Fatal(err)
	}
	for { // the master tenant comes with the first token
		if code, _, _ := s.call("GET", "/status", ""); code == http.StatusOK {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (s *dhcpSite) stop() {
	if err := s.app.Stop(); err != nil {
		s.t.Error(err)
	}
}

func (s *dhcpSite) call(method, path, body string, header ...string) (int, string, http.Header) {
	s.t.Helper()
	req, err := http.NewRequest(method, "http://"+s.app.REST().String()+"/0.2/dhcp"+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("X-Auth-Token", "root")
	req.Header.Set("Content-Type", "application/vnd.proformatique.provd+json")
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, string(b), resp.Header
}

// must calls and wants this status.
func (s *dhcpSite) must(code int, method, path, body string, header ...string) string {
	s.t.Helper()
	got, answer, _ := s.call(method, path, body, header...)
	if got != code {
		s.t.Fatalf("%s %s: %d %s, want %d", method, path, got, answer, code)
	}
	return answer
}

// acquire gets a lease. A lost packet is an error: nothing is sent twice.
func (s *dhcpSite) acquire(mac string, params ...byte) (client.Lease, error) {
	hw, _ := net.ParseMAC(mac)
	c, err := client.Open(context.Background(), client.Config{Server: s.server, MAC: hw, Retry: time.Hour, Parameters: params, VendorClass: "snom300"})
	if err != nil {
		return client.Lease{}, err
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(context.Background(), outcomeWait)
	defer cancel()
	return c.Acquire(ctx)
}

// awake waits until the server answers, after it was switched on.
func (s *dhcpSite) awake() {
	s.t.Helper()
	for s.app.DHCP() == nil || len(s.app.DHCP().Listening()) == 0 {
		time.Sleep(2 * time.Millisecond)
	}
}

// What is changed over REST holds at once, wins over the file after a restart, and
// goes away with DELETE.
func TestDHCPSettingsOverREST(t *testing.T) {
	t.Parallel()
	s := newDHCPSite(t, dhcpFile)
	s.awake()
	if got := s.must(200, "GET", "", ""); !strings.Contains(got, `"stored":false`) || !strings.Contains(got, `"start":"127.77.0.1"`) {
		t.Fatal(got)
	}
	a, err := s.acquire("02:00:00:00:00:01")
	if err != nil || a.IP.String() != "127.77.0.1" {
		t.Fatal(a, err)
	}
	const reservations = "/reservations"
	s.must(201, "POST", reservations, `{"reservation":{"mac":"02-00-00-00-00-02","ip":"127.88.0.7","hostname":"reception"}}`)
	s.must(204, "PUT", "/rules", `{"rules":[{"name":"Mine","match":{"is":"snom300"},"set":{"66":"tftp://site"}}]}`)
	s.must(204, "PUT", "/blocked/02:00:00:00:00:bb", `{}`)
	fixed := s.must(200, "POST", "/leases/127.77.0.1/fix", `{}`)
	if fixed != `{"reservation":{"mac":"02:00:00:00:00:01","ip":"127.77.0.1"}}` {
		t.Error(fixed)
	}
	check := func(when string) {
		t.Helper()
		b, err := s.acquire("02:00:00:00:00:02", 66)
		if err != nil || b.IP.String() != "127.88.0.7" || string(b.Options[66]) != "tftp://site" {
			t.Errorf("%s: %v %q %v", when, b.IP, b.Options[66], err)
		}
		doc := s.must(200, "GET", "", "")
		for _, want := range []string{`"stored":true`, "127.88.0.7", "Mine", "02:00:00:00:00:bb", `{"mac":"02:00:00:00:00:01","ip":"127.77.0.1"}`} {
			if !strings.Contains(doc, want) {
				t.Errorf("%s: no %s in %s", when, want, doc)
			}
		}
		leases := s.must(200, "GET", "/leases?q="+url.QueryEscape(`{"fixed":true,"mac":"02:00:00:00:00:01"}`), "")
		if !strings.Contains(leases, `"ip":"127.77.0.1"`) || strings.Contains(leases, "127.88") {
			t.Errorf("%s: %s", when, leases)
		}
	}
	check("at once")
	s.stop()
	s.start()
	s.awake()
	check("after a restart")
	s.must(204, "DELETE", "/leases/127.88.0.7", "")
	s.must(404, "GET", "/leases/127.88.0.7", "")
	s.must(204, "DELETE", reservations+"/02:00:00:00:00:02", "")
	if b, err := s.acquire("02:00:00:00:00:02", 66); err != nil || b.IP.String() == "127.88.0.7" {
		t.Error(b, err)
	}
	if got := s.must(200, "DELETE", "", ""); !strings.Contains(got, `"stored":false`) || strings.Contains(got, "Mine") {
		t.Error(got)
	}
	s.stop()
	s.start()
	if got := s.must(200, "GET", "", ""); !strings.Contains(got, `"stored":false`) {
		t.Error(got)
	}
}

// Everything that is wrong is said at once and changes nothing.
func TestDHCPSettingsRefused(t *testing.T) {
	t.Parallel()
	s := newDHCPSite(t, dhcpFile)
	before := s.must(200, "GET", "", "")
	for name, tc := range map[string]struct {
		method, path, body string
		code               int
		want               []string
	}{
		"overlaps and strays": {"PUT", "", `{"dhcp":{"mode":"server","interfaces":[{"name":"lo","subnets":[
			{"subnet":"10.0.0.0/24","pools":[{"start":"10.0.0.9","end":"10.0.1.20"},{"start":"10.0.0.5","end":"10.0.0.10"}],"router":"10.9.0.1"},
			{"subnet":"10.0.0.0/16","reservations":[{"mac":"02:00:00:00:00:01","ip":"10.7.0.1"}]}]}]}}`, 400, []string{
			"pool 10.0.0.9-10.0.1.20: outside the subnet", "pool 10.0.0.5-10.0.0.10: overlaps pool 10.0.0.9-10.0.1.20", "router: 10.9.0.1 is outside the subnet",
			"dhcp.interfaces[0].subnets[1]: subnet 10.0.0.0/16 overlaps subnet 10.0.0.0/24", "reservation 10.7.0.1: not a host address of the subnet",
		}},
		"keys and values": {"PUT", "", `{"dhcp":{"mode":"on","what":1,"blocked":["x"],"interfaces":[{"name":"lo","subnets":[{"subnet":"127.0.0.0/8","serve":"some","lease_time":"1s"}]}]}}`, 400, []string{
			"what: unknown key", "dhcp.mode: want one of", `dhcp.blocked[0]: "x" is not a MAC address`, "subnets[0].serve", "subnets[0].lease_time",
		}},
		"bad rule":            {"PUT", "/rules", `{"rules":[{"name":"Mine","set":{"66":1,"zap":"x"}}]}`, 400, []string{"dhcp.rules"}},
		"rules are no list":   {"PUT", "/rules", `{"rules":{}}`, 400, []string{`the body must be {"rules": […]}`}},
		"stray reservation":   {"POST", "/reservations", `{"reservation":{"mac":"02:00:00:00:00:01","ip":"10.0.0.1"}}`, 400, []string{"10.0.0.1 is outside every subnet"}},
		"subnet twice":        {"POST", "/subnets", `{"subnet":{"interface":"lo","subnet":"127.0.0.0/8"}}`, 400, []string{"there is a subnet 127.0.0.0/8 already"}},
		"unknown subnet":      {"GET", "/subnets/10.0.0.0%2F24", "", 404, []string{"there is no subnet 10.0.0.0/24"}},
		"last subnet":         {"DELETE", "/subnets/127.0.0.0%2F8", "", 400, []string{"switch the server off"}},
		"no lease to fix":     {"POST", "/leases/127.1.2.3/fix", "{}", 404, []string{"no client has a lease"}},
		"not blocked":         {"DELETE", "/blocked/02:00:00:00:00:01", "", 404, []string{"is not blocked"}},
		"confd: no interface": {"PUT", "/confd", `{"active":true,"pool_start":"10.0.0.1","pool_end":"10.0.0.2","network_interfaces":["eth9"]}`, 400, []string{"Invalid network interfaces: eth9"}},
		"confd: order":        {"PUT", "/confd", `{"active":true,"pool_start":"10.0.0.2","pool_end":"10.0.0.1","network_interfaces":[]}`, 400, []string{"pool_start must be less than pool_end"}},
		"confd: missing":      {"PUT", "/confd", `{"active":true}`, 400, []string{"missing key: pool_start", "missing key: pool_end"}},
		"confd: address":      {"PUT", "/confd", `{"active":true,"pool_start":"x","pool_end":"10.0.0.1"}`, 400, []string{"pool_start: invalid IP address: x"}},
		"confd: stray":        {"PUT", "/confd", `{"active":true,"pool_start":"10.0.0.1","pool_end":"10.0.0.9","network_interfaces":["lo"]}`, 400, []string{"10.0.0.1 to 10.0.0.9 is not within a subnet of lo"}},
	} {
		code, got, _ := s.call(tc.method, tc.path, tc.body)
		if code != tc.code {
			t.Errorf("%s: %d", name, code)
		}
		for _, want := range tc.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q is not in\n%s", name, want, got)
			}
		}
	}
	s.must(412, "PUT", "/blocked", `{"blocked":[]}`, "If-Match", `"other"`)
	s.must(403, "GET", "", "", "Wazo-Tenant", centraltest.Sub1)
	if d := cmp.Diff(before, s.must(200, "GET", "", "")); d != "" {
		t.Error(d)
	}
	_, _, header := s.call("GET", "", "")
	s.must(204, "PUT", "/blocked", `{"blocked":["02:00:00:00:00:01"]}`, "If-Match", header.Get("ETag"))
	s.must(412, "PUT", "/blocked", `{"blocked":[]}`, "If-Match", header.Get("ETag"))
}

// The four members of wazo-confd, and switching off and on with leases kept.
func TestDHCPConfd(t *testing.T) {
	t.Parallel()
	s := newDHCPSite(t, "")
	if got := s.must(200, "GET", "/confd", ""); got != `{"active":false,"pool_start":null,"pool_end":null,"network_interfaces":[]}` {
		t.Error(got)
	}
	body := `{"active":true,"pool_start":"127.77.0.10","pool_end":"127.77.0.20","network_interfaces":["lo"]}`
	s.must(204, "PUT", "/confd", body)
	if got := s.must(200, "GET", "/confd", ""); got != body {
		t.Error(got)
	}
	if got := s.must(200, "GET", "/subnets", ""); got != `{"subnets":[{"interface":"lo","subnet":"127.0.0.0/8","router":"127.0.0.1","pools":[{"start":"127.77.0.10","end":"127.77.0.20"}]}]}` {
		t.Error(got)
	}
	s.awake()
	a, err := s.acquire("02:00:00:00:00:01")
	if err != nil || a.IP.String() != "127.77.0.10" {
		t.Fatal(a, err)
	}
	s.must(204, "PUT", "/confd", `{"active":false,"pool_start":null,"pool_end":null,"network_interfaces":[]}`)
	if s.app.DHCP() != nil {
		t.Error("still on")
	}
	if got := s.must(200, "GET", "/confd", ""); got != strings.Replace(body, "true", "false", 1) {
		t.Error(got)
	}
	s.must(404, "DELETE", "/leases/127.77.0.10", "")
	s.must(204, "PUT", "/confd", `{"active":true,"pool_start":"127.77.5","pool_end":"127.77.0.20","network_interfaces":[]}`)
	s.awake()
	if got := s.must(200, "GET", "/leases?fields=ip,mac", ""); got != `{"leases":[{"id":"127.77.0.10","ip":"127.77.0.10","mac":"02:00:00:00:00:01"}]}` {
		t.Error(got)
	}
	var status struct {
		Status struct{ Usage []map[string]any }
	}
	if err := json.Unmarshal([]byte(s.must(200, "GET", "/status", "")), &status); err != nil || len(status.Status.Usage) != 1 || status.Status.Usage[0]["size"] != 16. {
		t.Error(status, err)
	}
}

// Phones get and keep their leases while the settings change under them; no packet
// is lost, since none is sent twice.
func TestDHCPChangesUnderTraffic(t *testing.T) {
	t.Parallel()
	s := newDHCPSite(t, dhcpFile)
	s.awake()
	var phones sync.WaitGroup
	var done atomic.Bool
	var renewals atomic.Int64
	for n := range 16 {
		phones.Go(func() {
			mac := net.HardwareAddr{2, 0, 0, 0, 1, byte(n)}
			c, err := client.Open(context.Background(), client.Config{Server: s.server, MAC: mac, Retry: time.Hour})
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			ctx, cancel := context.WithTimeout(context.Background(), 10*outcomeWait) // of all changes
			defer cancel()
			l, err := c.Acquire(ctx)
			for err == nil && !done.Load() {
				var again client.Lease
				if again, err = c.Reboot(ctx, l); err == nil && again.IP != l.IP {
					err = fmt.Errorf("%s became %s", l.IP, again.IP)
				}
				renewals.Add(1)
			}
			if err != nil {
				t.Errorf("phone %d: %v", n, err)
			}
		})
	}
	for n := range 40 {
		s.must(204, "PUT", "/rules", fmt.Sprintf(`{"rules":[{"name":"Mine","match":{"is":"snom300"},"set":{"66":"v%d"}}]}`, n))
		s.must(204, "PUT", "/subnets/127.0.0.0%2F8", fmt.Sprintf(`{"subnet":{"pools":[{"start":"127.77.0.1","end":"127.77.0.%d"}],"serve":"all","lease_time":"%dm"}}`, 60+n%2*30, 60+n))
		s.must(204, "PUT", fmt.Sprintf("/blocked/02:00:00:00:02:%02x", n), `{}`)
	}
	done.Store(true)
	phones.Wait()
	stats := s.app.DHCP().Stats()
	if stats.QueueDropped+stats.Limited+stats.Naks+stats.SendErrors > 0 {
		t.Errorf("%+v", stats)
	}
	if got := len(s.app.DHCP().Leases()); got != 16 {
		t.Errorf("%d leases", got)
	}
	t.Logf("120 changes, %d renewals", renewals.Load())
}
