package image_test

import (
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/modfile"

	"provbox/appliance/settings"
	"provbox/image"
)

const root = ".."

func load(t *testing.T, board string) *image.Config {
	t.Helper()
	c, err := image.Load(root, board)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// board is what differs between the boards.
var boards = map[string]struct {
	arch, kernel, firmware, eeprom, console string
}{
	"amd64": {arch: "amd64", kernel: "github.com/gokrazy/kernel.amd64", console: "ttyS0,115200"},
	"rpi": {
		arch: "arm64", kernel: "github.com/gokrazy/kernel.rpi", console: "serial0,115200",
		firmware: "github.com/gokrazy/firmware", eeprom: "github.com/gokrazy/rpi-eeprom",
	},
}

func TestConfig(t *testing.T) {
	t.Parallel()
	if len(boards) != len(image.Boards()) {
		t.Errorf("boards are %v, the test knows %d", image.Boards(), len(boards))
	}
	for _, board := range image.Boards() {
		t.Run(board, func(t *testing.T) {
			t.Parallel()
			b := boards[board]
			want := &image.Config{
				Hostname: "provbox",
				// Without this gokrazy's web page, which can replace the
				// software, is on port 80 of every private address.
				Update:      image.Update{NoPassword: true},
				Environment: []string{"GOOS=linux", "GOARCH=" + b.arch},
				Packages:    []string{image.Program},
				PackageConfig: map[string]image.PackageConfig{image.Program: {
					GoBuildFlags:     []string{"-trimpath", "-ldflags=-s -w"},
					CommandLineFlags: []string{"serve", "--config", image.SettingsPath},
					ExtraFilePaths:   map[string]string{image.SettingsPath: "image/settings.yml"},
				}},
				SerialConsole: b.console,
				// gokrazy/cmd/dhcp is a DHCP client: it would fight with netcfg
				// over the interface's address. heartbeat calls home.
				GokrazyPackages: []string{"github.com/gokrazy/gokrazy/cmd/ntp", "github.com/gokrazy/gokrazy/cmd/randomd"},
				KernelPackage:   b.kernel,
				FirmwarePackage: b.firmware,
				EEPROMPackage:   b.eeprom,
				KernelExtraArgs: []string{"rootdelay=0", "rootwait", "quiet", "loglevel=4"},
			}
			if diff := cmp.Diff(want, load(t, board)); diff != "" {
				t.Errorf("config.json (-want +got):\n%s", diff)
			}
		})
	}
}

// TestPins compares go.mod with the versions that have been booted together
// (spec/image.md, "Building"). Change both after booting the new ones.
func TestPins(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	mod, err := modfile.Parse("go.mod", data, nil)
	if err != nil {
		t.Fatal(err)
	}
	pinned := make(map[string]string)
	for _, r := range mod.Require {
		pinned[r.Mod.Path] = r.Mod.Version
	}
	want := map[string]string{
		"github.com/bradfitz/monogok":     "v0.0.0-20260630033929-b1eef977b41f",
		"github.com/diskfs/go-diskfs":     "v1.9.4",
		"github.com/gokrazy/gokrazy":      "v0.0.0-20260418085648-c38c3134b8a7",
		"github.com/gokrazy/kernel.amd64": "v0.0.0-20260705070735-de680abf072b",
		"github.com/gokrazy/kernel.rpi":   "v0.0.0-20251127164438-9778ec0261de",
		"github.com/gokrazy/firmware":     "v0.0.0-20260522070551-527ce0ed43cf",
		"github.com/gokrazy/rpi-eeprom":   "v0.0.0-20260518070910-95f7328a8228",
	}
	got := make(map[string]string)
	for path := range want {
		got[path] = pinned[path]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("go.mod (-booted together +pinned):\n%s", diff)
	}
	for _, r := range mod.Replace {
		if strings.Contains(r.Old.Path, "gokrazy") {
			t.Errorf("go.mod replaces %s: an image would not be what its pins say", r.Old.Path)
		}
	}
}

// TestDeps keeps deps.go, without which go mod tidy drops what only an image
// needs, in step with the boards.
func TestDeps(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "deps.go", nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, i := range file.Imports {
		path, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, path)
	}
	want := []string{"github.com/gokrazy/gokrazy"} // the packer generates init from it
	for _, board := range image.Boards() {
		c := load(t, board)
		for _, p := range slices.Concat(c.GokrazyPackages, []string{c.KernelPackage, c.FirmwarePackage, c.EEPROMPackage}) {
			if p != "" {
				want = append(want, p)
			}
		}
	}
	slices.Sort(want)
	want = slices.Compact(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("imports of deps.go (-boards +deps.go):\n%s", diff)
	}
}

// TestSettings reads the factory settings as the program in the image will.
func TestSettings(t *testing.T) {
	t.Parallel()
	s, err := settings.Load("settings.yml")
	if err != nil {
		t.Fatal(err)
	}
	if s.DHCP.Mode != "off" {
		t.Errorf("dhcp.mode is %q: a box must not start a DHCP server by itself", s.DHCP.Mode)
	}
	if !strings.HasPrefix(s.General.BaseStorageDir, "/perm/") {
		t.Errorf("general.base_storage_dir is %q, and only /perm can be written on the box", s.General.BaseStorageDir)
	}
	if !s.Network.Enabled() {
		t.Error("network names no interface: nobody else gives the box an address")
	}
}

// TestKernelsHaveWireGuard looks for what docs/uplink.md promises: nothing on the
// box loads modules.
func TestKernelsHaveWireGuard(t *testing.T) {
	t.Parallel()
	for _, board := range image.Boards() {
		t.Run(board, func(t *testing.T) {
			t.Parallel()
			kernel := load(t, board).KernelPackage
			out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", kernel).Output()
			dir := strings.TrimSpace(string(out))
			if err != nil || dir == "" {
				t.Skipf("%s is not downloaded: %v", kernel, err)
			}
			lists, err := filepath.Glob(filepath.Join(dir, "lib", "modules", "*", "modules.builtin"))
			if err != nil || len(lists) != 1 {
				t.Fatalf("modules.builtin of %s: %v, %v", kernel, lists, err)
			}
			builtin, err := os.ReadFile(lists[0])
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(builtin), "kernel/drivers/net/wireguard/wireguard.ko\n") {
				t.Errorf("%s has no WireGuard built in", kernel)
			}
		})
	}
}
