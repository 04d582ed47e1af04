package appliance_test

import (
	"encoding/json"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// leaseScript is what udhcpc runs.
const leaseScript = `#!/bin/sh
case "$1" in
bound|renew) ip addr replace "$ip/$mask" dev "$interface"; env;;
esac
`

// dhclientConf asks for the options of the vendor class CLASS.
const dhclientConf = `
option tftp150 code 150 = array of ip-address;
send vendor-class-identifier "CLASS";
request subnet-mask, routers, tftp-server-name, tftp150;
`

// dhclientScript sets the address and shows what came.
const dhclientScript = `#!/bin/sh
case "$reason" in
BOUND|RENEW|REBOOT) ip addr replace "$new_ip_address/24" dev "$interface"; env > "$OUT";;
esac
`

// dhclient gets a lease with Debian's DHCP client and returns what it was given.
func (s *site) dhclient(host *exec.Cmd, class string) string {
	s.t.Helper()
	dir := s.t.TempDir()
	out, pid := filepath.Join(dir, "env"), filepath.Join(dir, "pid")
	s.run(host, "dhclient", "-1", "-cf", script(s.t, "conf", strings.ReplaceAll(dhclientConf, "CLASS", class)),
		"-sf", script(s.t, "script", dhclientScript), "-lf", filepath.Join(dir, "leases"), "-pf", pid, "-e", "OUT="+out, "eth0")
	// It stays in the background to renew; the last thing it hears is from us.
	s.t.Cleanup(func() {
		if text, err := os.ReadFile(pid); err == nil {
			if n, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
				_ = syscall.Kill(n, syscall.SIGKILL)
			}
		}
	})
	env, err := os.ReadFile(out)
	if err != nil {
		s.t.Fatalf("%v\nbox:\n%s", err, s.log)
	}
	return string(env)
}

func script(t *testing.T, name, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	// A process that another test starts meanwhile must not have it open for
	// writing: it could not be run then.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := os.WriteFile(file, []byte(content), 0o700); err != nil {
		t.Fatal(err)
	}
	return file
}

// device returns the device with this MAC.
func (s *site) device(mac string) map[string]any {
	s.t.Helper()
	status, body := s.rest("GET", "/dev_mgr/devices?recurse=true&q="+url.QueryEscape(`{"mac":"`+mac+`"}`), "")
	var answer struct {
		Devices []map[string]any `json:"devices"`
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || len(answer.Devices) != 1 {
		s.t.Fatalf("device %s: %s %s\nbox:\n%s", mac, status, body, s.log)
	}
	return answer.Devices[0]
}

// assign gives a device a line in the order in which wazo-confd does it.
func (s *site) assign(dev map[string]any, raw string) {
	s.t.Helper()
	id := dev["id"].(string)
	dev["config"] = id
	doc, err := json.Marshal(map[string]any{"device": dev})
	if err != nil {
		s.t.Fatal(err)
	}
	if status, body := s.rest("PUT", "/dev_mgr/devices/"+id, string(doc)); status != "204" {
		s.t.Fatalf("PUT device: %s %s", status, body)
	}
	config := `{"config":{"id":"` + id + `","parent_ids":["base","defaultconfigdevice"],"raw_config":` + raw + `}}`
	if status, body := s.rest("POST", "/cfg_mgr/configs", config); status != "201" {
		s.t.Fatalf("POST config: %s %s", status, body)
	}
}

// A phone over HTTP: dhclient gets the address and option 66, curl the files.
func TestYealinkBoots(t *testing.T) {
	t.Parallel()
	needs(t, "dhclient", "udhcpc", "curl", "nsenter", "ip")
	s := newSite(t)
	const mac = "00:15:65:aa:bb:01"
	host := s.phone(mac)
	got := s.dhclient(host, "yealink")
	if !strings.Contains(got, "new_tftp_server_name=http://192.168.77.1:8667\n") || !regexp.MustCompile(`(?m)^new_ip_address=192\.168\.77\.\d+$`).MatchString(got) {
		t.Fatalf("the lease: %s", got)
	}
	fetch := func() string {
		return s.run(host, "curl", "-sS", "-f", "-A", "Yealink SIP-T46S 66.86.0.15 "+mac, "http://192.168.77.1:8667/001565aabb01.cfg")
	}
	user := func(file string) string {
		m := regexp.MustCompile(`(?m)^account\.1\.user_name\s*=\s*(\S+)`).FindStringSubmatch(file)
		if m == nil {
			t.Fatalf("no account in the file:\n%s", file)
		}
		return m[1]
	}
	before := user(fetch())
	dev := s.device(mac)
	if !strings.HasPrefix(before, "ap") || len(before) != 10 || dev["remote_state_sip_username"] != before || dev["plugin"] != "provbox-yealink" || dev["model"] != "T46S" {
		t.Errorf("before assignment: user %s, device %v", before, dev)
	}
	s.assign(dev, `{"protocol":"SIP","sip_lines":{"1":{"username":"alice","password":"canary-password","display_name":"Alice \"the\" A & B","number":"1001","proxy_ip":"192.168.77.1","registrar_ip":"192.168.77.1"}}}`)
	if dev := s.device(mac); dev["configured"] != true || dev["remote_state_sip_username"] != before {
		t.Errorf("after assignment: %v", dev)
	}
	file := fetch()
	if user(file) != "alice" || !strings.Contains(file, "canary-password") {
		t.Errorf("after assignment the file is\n%s", file)
	}
	if dev := s.device(mac); dev["remote_state_sip_username"] != "alice" {
		t.Errorf("remote state: %v", dev["remote_state_sip_username"])
	}
	// A host that is no phone of ours, with another client, gets an address, and
	// is not served what belongs to another's plugin.
	other := s.phone("02:00:5e:00:53:09")
	s.run(other, "udhcpc", "-i", "eth0", "-n", "-q", "-f", "-t", "40", "-s", script(t, "lease", leaseScript))
	if out, err := s.try(other, "curl", "-sS", "-f", "-A", "curl", "http://192.168.77.1:8667/y000000000066.cfg"); err == nil {
		t.Errorf("a stranger was served %s", out)
	}
	if strings.Contains(s.log.String(), "canary") {
		t.Error("a password is in the log")
	}
}

// A phone over TFTP: dhclient gets options 66 and 150, tftp-hpa the file.
func TestCiscoBoots(t *testing.T) {
	t.Parallel()
	needs(t, "dhclient", "tftp", "curl", "nsenter", "ip")
	s := newSite(t)
	const mac = "00:1e:7a:aa:bb:02"
	host := s.phone(mac)
	env := s.dhclient(host, `Cisco Systems, Inc. IP Phone CP-7941G\000`)
	for _, want := range []string{"new_tftp_server_name=192.168.77.1\n", "new_tftp150=192.168.77.1\n"} {
		if !strings.Contains(env, want) {
			t.Errorf("no %q in\n%s", want, env)
		}
	}
	fetch := func() string {
		file := filepath.Join(t.TempDir(), "file")
		s.run(host, "tftp", "-m", "octet", "192.168.77.1", "-c", "get", "SEP001E7AAABB02.cnf.xml", file)
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatalf("%v\nbox:\n%s", err, s.log)
		}
		return string(content)
	}
	if file := fetch(); !strings.Contains(file, "<processNodeName>192.168.77.1</processNodeName>") {
		t.Errorf("before assignment:\n%s", file)
	}
	s.assign(s.device(mac), `{"protocol":"SCCP","sccp_call_managers":{"1":{"ip":"192.168.77.7"}}}`)
	if file := fetch(); !strings.Contains(file, "<processNodeName>192.168.77.7</processNodeName>") {
		t.Errorf("after assignment:\n%s", file)
	}
}
