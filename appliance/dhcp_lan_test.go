package appliance_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"provbox/appliance/lan"
)

// The server is switched on over REST on a LAN where another one answers, serves
// at once, and is still on after a power cut. Its settings change while phones of
// stock clients renew.
func TestDHCPSwitchedOnOverREST(t *testing.T) {
	t.Parallel()
	needs(t, "dnsmasq", "udhcpc", "curl", "nsenter", "ip")
	s := newLAN(t, strings.Replace(siteSettings, "mode: server", `mode: "off"`, 1))
	s.start()
	router := s.phone("02:00:5e:00:53:01")
	s.run(router, "ip", "addr", "add", "192.168.77.2/24", "dev", "eth0")
	dnsmasq := lan.Enter(router.Process.Pid, "dnsmasq", "--keep-in-foreground", "--port=0", "--conf-file=/dev/null", "--interface=eth0", "--bind-interfaces", "--no-ping", "--user=root",
		"--dhcp-range=192.168.77.200,192.168.77.210,2m", "--pid-file="+filepath.Join(s.dir, "pid"), "--dhcp-leasefile="+filepath.Join(s.dir, "leases"))
	if err := dnsmasq.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end(dnsmasq) })
	for { // it writes that once it listens
		if _, err := os.Stat(filepath.Join(s.dir, "pid")); err == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	on := func(query string) string {
		t.Helper()
		status, body := s.rest("PUT", "/dhcp"+query, `{"dhcp":{"mode":"server","interfaces":[{"name":"lan0","subnets":[{"subnet":"192.168.77.0/24","serve":"all",
			"pools":[{"start":"192.168.77.50","end":"192.168.77.99"}]}]}]}}`)
		if status != "200" {
			t.Fatalf("%s %s\nbox:\n%s", status, body, s.log)
		}
		return body
	}
	// It listens for two seconds, in which a busy machine may not get to answer.
	for end := time.Now().Add(outcomeWait); ; {
		got := on("")
		if status, body := s.rest("DELETE", "/dhcp", ""); status != "200" || !strings.Contains(body, `"mode":"off"`) {
			t.Errorf("%s %s", status, body)
		}
		if strings.Contains(got, "there is another DHCP server 192.168.77.2 at 192.168.77.2") {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("no warning: %s", got)
		}
	}
	if got := on("?force=true"); !strings.Contains(got, `"warnings":[]`) {
		t.Errorf("warned: %s", got)
	}
	s.run(router, "ip", "link", "set", "eth0", "down") // it leaves the LAN
	lease := func(mac string) string {
		t.Helper()
		return s.run(s.phone(mac), "udhcpc", "-i", "eth0", "-n", "-q", "-f", "-t", "40", "-s", script(t, "lease", leaseScript))
	}
	if got := lease("02:00:00:00:00:01"); !strings.Contains(got, "192.168.77.50") {
		t.Error(got)
	}
	s.kill()
	s.start()
	if got := lease("02:00:00:00:00:02"); !strings.Contains(got, "192.168.77.51") {
		t.Error(got)
	}
	if status, body := s.rest("POST", "/dhcp/leases/192.168.77.51/fix", `{}`); status != "200" {
		t.Errorf("%s %s", status, body)
	}
	s.kill()
	s.start()
	if _, body := s.rest("GET", "/dhcp/reservations", ""); !strings.Contains(body, `"mac":"02:00:00:00:00:02","ip":"192.168.77.51"`) {
		t.Error(body)
	}
}
