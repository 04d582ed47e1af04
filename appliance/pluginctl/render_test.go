package pluginctl_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRender(t *testing.T) {
	t.Parallel()
	dir := source(t, "acme_1")
	args := []string{"--device", "testdata/device.json", "--config", "testdata/config.json", "--common"}
	printed := must(t, append([]string{"render", dir}, args...)...)
	golden(t, "render.golden", printed)
	// An archive does the same.
	archive := built(t, dir, t.TempDir())
	if diff := cmp.Diff(printed, must(t, append([]string{"render", archive}, args...)...)); diff != "" {
		t.Errorf("the archive (-folder +archive):\n%s", diff)
	}
}

func TestRenderIntoFolder(t *testing.T) {
	t.Parallel()
	dir, out := source(t, "acme_1"), filepath.Join(t.TempDir(), "new")
	// A custom template comes first.
	write(t, filepath.Join(dir, "var/templates/A1.tpl"), "custom {{ X_site }}")
	write(t, filepath.Join(dir, "config.json"), `{"X_site": "north"}`)
	printed := must(t, "render", dir, "--device", "testdata/device.json", "--config", filepath.Join(dir, "config.json"), "-o", out)
	if !strings.HasSuffix(printed, "001a2b3c4d5e.cfg  12 bytes\n") {
		t.Errorf("printed %q", printed)
	}
	if diff := cmp.Diff([]string{"001a2b3c4d5e.cfg"}, names(t, out)); diff != "" {
		t.Error(diff)
	}
	if data, err := os.ReadFile(filepath.Join(out, "001a2b3c4d5e.cfg")); err != nil || string(data) != "custom north" {
		t.Errorf("got %q, %v", data, err)
	}
}

func TestRenderFails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		write(t, path, content)
		return path
	}
	broken := source(t, "acme_1")
	write(t, filepath.Join(broken, "templates/A1.tpl"), "a\n{{ nothing.at.all }}\n")
	hostile := source(t, "acme_1")
	edit(t, filepath.Join(hostile, "entry.py"), "        name = self._file(device)\n", "        while True: pass\n")
	stuck := source(t, "acme_1")
	if err := errors.Join(os.Remove(filepath.Join(stuck, "entry.py")), syscall.Mkfifo(filepath.Join(stuck, "entry.py"), 0o600)); err != nil {
		t.Fatal(err)
	}
	good := source(t, "acme_1")
	const dev, config = "testdata/device.json", "testdata/config.json"
	tests := []struct{ name, pack, device, config, want string }{
		{"no package", filepath.Join(dir, "none"), dev, config, "no such file"},
		{"folder without a package", dir, dev, config, "there is no plugin-info in it"},
		{"no device", good, filepath.Join(dir, "none"), config, "no such file"},
		{"device is no JSON", good, file("a.json", "{"), config, "a.json: "},
		{"device is no object", good, file("b.json", "[]"), config, "b.json: "},
		{"config is refused", good, dev, file("c.json", `{"raw_config": {"http_port": "x"}}`), "c.json: a box refuses this config: 1 validation error"},
		{"exception", good, file("d.json", "{}"), config, "plugin acme_1: configure: entry.py:24: Exception: MAC address needed"},
		{"error in a template", broken, dev, config, "plugin acme_1: configure: A1.tpl:2: UndefinedError: 'nothing' is undefined"},
		{"pipe", stuck, dev, config, "entry.py: it is neither a file nor a folder"},
		{"endless loop", hostile, dev, config, "plugin acme_1: configure: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			status, stdout, stderr := provbox(t, "render", tt.pack, "--device", tt.device, "--config", tt.config)
			if status != 1 || !strings.Contains(stderr, tt.want) || stdout != "" {
				t.Errorf("status %d, printed %q and %q", status, stdout, stderr)
			}
		})
	}
}
