package option

import (
	"encoding/json"
	"flag"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func exportValues() Values {
	return Values{URI: "http://192.168.77.1:8667", TFTPHost: "192.168.77.1", TFTPIP: netip.MustParseAddr("192.168.77.1")}
}

// What the box would need another server to send, as golden files, each
// checked by the server it is for where that is installed.
func TestExport(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("testdata", "operators.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	operators := merged(t, string(text))
	for name, tab := range map[string]*Table{"builtin": builtinTable(t), "operators": operators, "empty": {}} {
		for _, format := range Formats() {
			t.Run(name+"-"+format, func(t *testing.T) {
				t.Parallel()
				got, err := tab.Export(format, exportValues())
				if err != nil {
					t.Fatal(err)
				}
				file := filepath.Join("testdata", "export-"+name+"."+format)
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
				checkSyntax(t, format, got)
			})
		}
	}
	if _, err := builtinTable(t).Export("windows", exportValues()); err == nil {
		t.Error("an unknown format is written")
	}
	for _, format := range Formats() {
		hostile := exportValues()
		hostile.URI = "http://box/\n\"} ; \\ ' , # // é"
		got, err := builtinTable(t).Export(format, hostile)
		if err != nil {
			t.Fatal(err)
		}
		checkSyntax(t, format, got)
	}
	short, err := builtinTable(t).Export("isc", Values{TFTPHost: "10.0.0.1"})
	if err != nil || strings.Contains(short, "{URI}") || !strings.Contains(short, "is not known") {
		t.Errorf("without a URL: %v", err)
	}
}

// checkSyntax has the server itself read the text.
func checkSyntax(t *testing.T, format, text string) {
	t.Helper()
	if format == "kea" {
		var lines []string
		for l := range strings.Lines(text) {
			if !strings.HasPrefix(strings.TrimSpace(l), "//") {
				lines = append(lines, l)
			}
		}
		if !json.Valid([]byte(strings.Join(lines, ""))) {
			t.Error("not JSON")
		}
	}
	program := map[string][]string{"isc": {"dhcpd", "-t", "-cf"}, "kea": {"kea-dhcp4", "-t"}, "dnsmasq": {"dnsmasq", "--test", "-C"}}[format]
	path, err := exec.LookPath(program[0])
	if err != nil {
		t.Logf("%s is not installed: the syntax of its file is not checked", program[0])
		return
	}
	file := filepath.Join(t.TempDir(), "conf")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, append(program[1:], file)...)
	cmd.Env = append(os.Environ(), "KEA_LOCKFILE_DIR=none", "KEA_PIDFILE_DIR="+filepath.Dir(file))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", program[0], err, out)
	}
}
