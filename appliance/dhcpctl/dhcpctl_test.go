package dhcpctl

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const config = `
general: {http_auth_strategy: url_key}
network: {interfaces: [{name: eth0, address: 192.168.77.1/24}]}
dhcp:
  mode: server
  blocked: ["00:15:65:00:00:66"]
  rules:
    - {name: lobby, match: {option: 82.1, is: port 7}, set: {132: "40"}}
  interfaces:
    - name: eth0
      subnets:
        - subnet: 192.168.77.0/24
          pools: [{start: 192.168.77.50, end: 192.168.77.199}]
          router: 192.168.77.1
          reservations: [{mac: "00:15:65:aa:bb:cc", ip: 192.168.77.20, hostname: reception}]
`

// run runs a command line, with CONFIG standing for the settings above.
func run(t *testing.T, args ...string) (status int, out string) {
	t.Helper()
	for i, a := range args {
		if a == "CONFIG" {
			args[i] = filepath.Join(t.TempDir(), "settings.yml")
			if err := os.WriteFile(args[i], []byte(config), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	var stdout, stderr bytes.Buffer
	status = Run(args, Env{Stdout: &stdout, Stderr: &stderr})
	return status, stdout.String() + stderr.String()
}

func TestExplain(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"snom":        {"--vendor-class", "snomD120", "--mac", "00:04:13:11:22:33"},
		"cisco":       {"--vendor-class", `Cisco Systems, Inc. IP Phone CP-7941G\0`, "--server", "10.0.0.2", "--url", "https://box.example.org/"},
		"reserved":    {"--config", "CONFIG", "--mac", "00:15:65:aa:bb:cc", "--vendor-class", "yealink", "--parameters", "66,12,3", "--key", "abcdefgh"},
		"operator":    {"--config", "CONFIG", "--mac", "00:0b:82:00:00:01", "--circuit-id", "port 7"},
		"blocked":     {"--config", "CONFIG", "--mac", "00:15:65:00:00:66"},
		"unknown":     {"--config", "CONFIG", "--vendor-class", "MSFT 5.0"},
		"known block": {"--mac", "00:90:33:00:00:01"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, got := run(t, append([]string{"explain"}, args...)...)
			if status != 0 {
				t.Errorf("status %d", status)
			}
			golden(t, "explain-"+strings.ReplaceAll(name, " ", "-"), got)
		})
	}
	_, all := run(t, "explain", "--vendor-class", "snomD120", "--all")
	if !strings.Contains(all, `rule Panasonic does not fire: needed: option 60 is "Panasonic"`) {
		t.Errorf("--all:\n%s", all)
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestExport(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"isc", "kea", "dnsmasq"} {
		status, got := run(t, "export", "--format", format, "--config", "CONFIG", "--key", "abcdefgh")
		if status != 0 || !strings.Contains(got, "http://192.168.77.1:8667/abcdefgh") {
			t.Errorf("%s: status %d\n%.300s", format, status, got)
		}
	}
}

func TestCommandLine(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		args   []string
		status int
		says   string
	}{
		"nothing":      {nil, 2, "usage:"},
		"help":         {[]string{"help"}, 0, "usage:"},
		"unknown":      {[]string{"dance"}, 2, `unknown command "dance"`},
		"flags":        {[]string{"explain", "-h"}, 0, "-vendor-class"},
		"bad flag":     {[]string{"explain", "--nope"}, 2, "nope"},
		"argument":     {[]string{"explain", "x"}, 2, `unexpected argument "x"`},
		"bad mac":      {[]string{"explain", "--mac", "x"}, 2, "MAC address"},
		"bad escape":   {[]string{"explain", "--vendor-class", `a\q`}, 2, "backslash"},
		"bad hex":      {[]string{"explain", "--vendor-class", `a\xzz`}, 2, "hexadecimal"},
		"bad list":     {[]string{"explain", "--parameters", "1,x"}, 2, `"x"`},
		"bad subnet":   {[]string{"explain", "--subnet", "x"}, 2, "subnet \"x\""},
		"no subnet":    {[]string{"explain", "--subnet", "10.9.0.0/24"}, 1, "not configured"},
		"bad server":   {[]string{"explain", "--server", "x"}, 2, "--server"},
		"no file":      {[]string{"explain", "--config", "/nowhere"}, 1, "/nowhere"},
		"no interface": {[]string{"servers"}, 2, "--interface"},
		"bad wait":     {[]string{"servers", "--interface", "x", "--wait", "1h"}, 2, "--wait"},
		"not there":    {[]string{"servers", "--interface", "nowhere0"}, 1, "nowhere0"},
		"no format":    {[]string{"export", "--server", "10.0.0.1"}, 2, "--format"},
		"bad format":   {[]string{"export", "--server", "10.0.0.1", "--format", "x"}, 2, "unknown format"},
		"no address":   {[]string{"export", "--format", "isc"}, 2, "--server"},
		"much option":  {[]string{"explain", "--vendor-class", strings.Repeat("x", 256)}, 2, "256 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, got := run(t, tc.args...)
			if status != tc.status || !strings.Contains(got, tc.says) {
				t.Errorf("status %d, want %d, and %q in:\n%s", status, tc.status, tc.says, got)
			}
		})
	}
}
