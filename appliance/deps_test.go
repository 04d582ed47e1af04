package appliance_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// owners says below which folders a dependency may be imported: each big one
// lives in one place, and the parts meet only in package appliance.
var owners = map[string][]string{
	"go.etcd.io/bbolt":                      {"appliance/store"},
	"github.com/insomniacslk/dhcp":          {"dhcp"},
	"github.com/mdlayher/packet":            {"dhcp"},
	"github.com/pin/tftp":                   {"provd/fileserver"},
	"github.com/emiago/sipgo":               {"provd/notify"},
	"github.com/rabbitmq/amqp091-go":        {"appliance/central"},
	"github.com/a-h/templ":                  {"webui"},
	"github.com/coreos/go-systemd":          {"appliance"},
	"github.com/vishvananda/netlink":        {"appliance", "dhcp"},
	"golang.zx2c4.com/wireguard":            {"appliance/uplink"},
	"github.com/diskfs/go-diskfs":           {"appliance/perm", "image"},
	"github.com/gokrazy":                    {"image", "appliance/update"},
	"provbox/appliance":                     {"appliance", "image"},
	"provbox/dhcp":                          {"dhcp", "appliance"},
	"provbox/provd":                         {"provd", "appliance", "webui"},
	"provbox/webui":                         {"webui", "appliance"},
	"provbox/provd/python":                  {"provd/python", "provd/template", "provd/plugin"},
	"provbox/provd/plugin":                  {"provd/plugin", "appliance"},
	"provbox/appliance/cmd":                 {},
	"provbox/appliance/boxtest":             {},
	"provbox/provd/provdtest":               {},
	"provbox/appliance/uplink/uplinktest":   {},
	"provbox/appliance/central/centraltest": {"appliance/cmd/demo", "appliance/boxtest"},
}

func TestDependencies(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "provbox/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; seen++ {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		for _, imported := range p.Imports {
			for dep, folders := range owners {
				if below(imported, dep) && !allowed(p.ImportPath, folders) {
					t.Errorf("%s imports %s, which belongs to %v", p.ImportPath, imported, folders)
				}
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d packages were looked at", seen)
	}
}

func below(path, folder string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }

func allowed(path string, folders []string) bool {
	for _, f := range folders {
		if below(path, "provbox/"+f) {
			return true
		}
	}
	return false
}
