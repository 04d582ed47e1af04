package settings

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const full = `
general:
  base_storage_dir: /perm/provbox
  advertised_http_url: http://192.168.77.1:8667
  http_proxied_listen_interface: 0.0.0.0
  http_proxied_listen_port: 8667
  http_proxied_trusted_proxies_count: 0
  tftp_listen_interface: 0.0.0.0
  tftp_port: 69
  plugin_server: http://provd.wazo.community/plugins/2/stable/
  base_raw_config: {z: 1, a: [true, null, "x", 1.5], m: {y: 2026-01-01}}
  sync_service_type: asterisk_ami
  syncdb: {interval_sec: 86400, start_sec: 60}
  http_auth_strategy: null
  verbose: false
rest_api:  {ip: 0.0.0.0, port: 8666, ssl: false, ssl_certfile: null, ssl_keyfile: null}
auth:      {host: wazo.example.org, port: 9497, https: true, prefix: null, verify_certificate: true, key_file: null, username: null, password: null}
amid:      {host: wazo.example.org, port: 9491, https: true, prefix: null, verify_certificate: true}
bus:       {enabled: true, host: wazo.example.org, port: 5672, username: guest, password: guest, exchange_name: wazo-headers, exchange_type: headers}
plugin_config: {}
proxy: {}
dhcp:
  mode: "off"
  interfaces:
    - name: eth0
      subnets:
        - subnet: 192.168.77.0/24
          pools: [{start: 192.168.77.50, end: 192.168.77.199}]
          router: 192.168.77.1
          dns: [192.168.77.1]
          ntp: [192.168.77.1]
          domain: branch.example.org
          lease_time: 1h
          serve: phones
          reservations: [{mac: "00:15:65:aa:bb:cc", ip: 192.168.77.20, hostname: reception}]
web:
  listen: 0.0.0.0:80
`

func TestDocumentedFile(t *testing.T) {
	t.Parallel()
	s, err := Parse([]byte(full))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := s.General.BaseRawConfig.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(`{"z":1,"a":[true,null,"x",1.5],"m":{"y":"2026-01-01"}}`, string(raw)); diff != "" {
		t.Error(diff)
	}
	sub := s.DHCP.Interfaces[0].Subnets[0]
	if sub.Pools[0].End.String() != "192.168.77.199" || sub.LeaseTime.String() != "1h0m0s" || sub.Reservations[0].Hostname != "reception" {
		t.Errorf("subnet: %+v", sub)
	}
}

// The shipped config.yml of a wazo-provd 24 server.
func TestWazoFile(t *testing.T) {
	t.Parallel()
	_, err := Parse([]byte(`
general: {advertised_http_url: "http://127.0.0.1:8667", cache_dir: /var/cache/wazo-provd, request_config_dir: /etc/wazo-provd, cache_plugin: true, check_compat_min: true}
database: {type: json, generator: default, ensure_common_indexes: true, json_db_dir: jsondb}
rest_api: {ip: 127.0.0.1, port: 8666}
bus: {username: guest, password: guest, host: localhost, port: 5672, exchange_name: wazo-headers}
tenants: {}
`))
	if err != nil {
		t.Error(err)
	}
}

func TestEmptyFileIsDefault(t *testing.T) {
	t.Parallel()
	s, err := Parse(nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.General.HTTPPort != 8667 || s.REST.Port != 8666 || s.DHCP.Mode != "off" {
		t.Errorf("got %+v", s)
	}
}

func TestFileThatIsNoMapping(t *testing.T) {
	t.Parallel()
	_, err := Parse([]byte("- a\n"))
	if err == nil || err.Error() != "line 1: want a mapping" {
		t.Errorf("got %v", err)
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	_, err := Parse([]byte(`
general: {base_storage_dir: relative, advertised_http_url: "ftp://x", tftp_port: 70000, nonsense: 1, sync_service_type: carrier_pigeon}
rest_api: {ssl_certfile: /tmp/a.pem, https_port: 8443, port: "x"}
auth: {port: 0}
dhcp:
  mode: server
  interfaces:
    - name: eth0
      subnets:
        - subnet: "fe80::/64"
          serve: everyone
          lease_time: 3s
          reservations: [{mac: zz, ip: 10.0.0.1}]
web: {listen: "80"}
uplink: {enabled: true, interface: eth0, address: 10.9.0.2, peers: [{public_key: x, endpoint: y, allowed_ips: [z], bogus: 1}]}
surprise: {}
`))
	var problems Problems
	if !errors.As(err, &problems) {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{
		"nonsense: unknown key", "surprise: unknown key",
		"general.base_storage_dir", "general.advertised_http_url", "general.tftp_port", "general.sync_service_type",
		"rest_api.ssl_certfile", "rest_api.https_port", "line 3", "auth.port",
		"dhcp.interfaces[0].subnets[0].subnet", "dhcp.interfaces[0].subnets[0].serve", "dhcp.interfaces[0].subnets[0].lease_time",
		"dhcp.interfaces[0].subnets[0].reservations[0].mac", "web.listen",
		"bogus: unknown key", "uplink.interface: eth0 is dhcp.interfaces[0]", "uplink.address", "uplink.peers[0].public_key",
		"uplink.peers[0].endpoint", "uplink.peers[0].allowed_ips[0]",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no problem names %s in:\n%v", want, err)
		}
	}
}

func TestSecretsDoNotShow(t *testing.T) {
	t.Parallel()
	s, err := Parse([]byte(`auth: {username: u, password: canary-1}
bus: {password: canary-2}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{s.Auth.Password.String(), s.Bus.Password.GoString()} {
		if strings.Contains(shown, "canary") {
			t.Errorf("secret shows: %s", shown)
		}
	}
	if string(s.Auth.Password) != "canary-1" {
		t.Error("secret lost")
	}
}

func TestLoadErrors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := Load(filepath.Join(dir, "missing.yml")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
	bad := filepath.Join(dir, "bad.yml")
	if err := os.WriteFile(bad, []byte("a: [1"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(bad); err == nil {
		t.Error("a file that is not YAML was accepted")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(full))
	f.Fuzz(func(t *testing.T, data []byte) {
		if s, err := Parse(data); err == nil && s == nil {
			t.Fatal("neither settings nor an error")
		}
	})
}

func TestUplink(t *testing.T) {
	t.Parallel()
	const key = "AQIDAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	const good = `
rest_api: {interface: wg0}
network: {interfaces: [{name: eth0, address: 192.168.77.1/24}]}
dhcp: {mode: "off", interfaces: [{name: eth0, subnets: [{subnet: 10.50.0.0/24, pools: [{start: 10.50.0.5, end: 10.50.0.9}]}]}]}
uplink:
  enabled: true
  address: 10.9.0.2/32
  peers: [{public_key: "` + key + `", endpoint: "wazo.example.org:51820", allowed_ips: [10.9.0.0/24], keepalive: 10s}]
`
	s, err := Parse([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if s.REST.Interface != "wg0" || s.Uplink.Name() != "wg0" || *s.Uplink.Peers[0].Keepalive != 10*time.Second {
		t.Errorf("got %+v", s.Uplink)
	}
	for name, tt := range map[string]struct{ old, text, want string }{
		"over the LAN":       {"[10.9.0.0/24]", "[192.168.77.0/24]", "uplink.peers[0].allowed_ips[0]: 192.168.77.0/24 overlaps 192.168.77.1/24 (network.interfaces[0].address)"},
		"over a pool":        {"[10.9.0.0/24]", "[10.0.0.0/8]", "uplink.peers[0].allowed_ips[0]: 10.0.0.0/8 overlaps 10.50.0.0/24 (dhcp.interfaces[0].subnets[0].subnet)"},
		"a LAN's interface":  {"enabled: true", "enabled: true\n  interface: eth0", "uplink.interface: eth0 is network.interfaces[0]"},
		"no interface":       {"{interface: wg0}", "{interface: 'wg 0'}", "rest_api.interface: "},
		"a key that is none": {key, "canary", "uplink.peers[0].public_key: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse([]byte(strings.Replace(good, tt.old, tt.text, 1)))
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "canary") {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

// The rules of the file are merged with the built-in ones, and all their
// problems come with those of the other keys.
func TestDHCPRules(t *testing.T) {
	t.Parallel()
	s, err := Parse([]byte(`
dhcp:
  blocked: ["00:15:65:00:00:01"]
  leases_per_port: 8
  rules:
    - {name: lobby, match: {starts: yealink}, set: {132: "40"}}
    - {name: snom-oui, disabled: true}
  interfaces: [{name: eth0, subnets: [{subnet: 10.0.0.0/24, options: {128: {hex: 0a0b}}}]}]
`))
	if err != nil {
		t.Fatal(err)
	}
	cfg := s.DHCP.Server()
	names := cfg.Rules.Names()
	if names[0] != "lobby" || slices.Contains(names, "snom-oui") || !slices.Contains(names, "yealink-oui") {
		t.Errorf("rules: %v", names)
	}
	if cfg.Limits.PerRelay != 8 || len(cfg.Blocked) != 1 || len(cfg.Interfaces[0].Subnets[0].Options) != 1 {
		t.Errorf("config: %+v", cfg)
	}
	_, err = Parse([]byte(`
dhcp:
  mode: maybe
  rules: [{name: a, match: x, set: {54: 1}}, {name: a, disabled: true}]
  interfaces: [{name: eth0, subnets: [{subnet: 10.0.0.0/24, options: {51: x, 66: "{URI}"}}]}]
`))
	want := Problems{
		`dhcp.mode: want one of ["off" "server" "observe"], not "maybe"`,
		`dhcp.rules[0] (a): cannot set "54": expected an option number that rules may set, next-server or filename`,
		`dhcp.rules[1] (a): rule "a" exists already`,
		`dhcp.interfaces[0].subnets[0].options: cannot set "51": expected an option number that rules may set, next-server or filename`,
		`dhcp.interfaces[0].subnets[0].options: option 66: nothing to send; {URI}, {TFTPHOST} and {TFTPIP} are for rules`,
	}
	if d := cmp.Diff(error(want), err); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	for _, bad := range []string{"dhcp: {blocked: [zz]}", "dhcp: {leases_per_port: -1}"} {
		if _, err := Parse([]byte(bad)); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}
