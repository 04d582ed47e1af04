package image

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestApply(t *testing.T) {
	t.Parallel()
	settings := filepath.Join(t.TempDir(), "mine.yml")
	if err := os.WriteFile(settings, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	board := func() *Config {
		return &Config{
			Packages: []string{Program},
			PackageConfig: map[string]PackageConfig{Program: {
				GoBuildFlags:   []string{"-trimpath", "-ldflags=-s -w"},
				ExtraFilePaths: map[string]string{SettingsPath: "image/settings.yml"},
			}},
		}
	}
	for _, tt := range []struct {
		name    string
		options Options
		change  func(*Config, *PackageConfig)
		wantErr string
	}{
		{name: "as the board says"},
		{name: "version", options: Options{Version: "v1.2-3-gabc"}, change: func(_ *Config, p *PackageConfig) {
			p.GoBuildFlags = []string{"-trimpath", "-ldflags=-s -w -X main.version=v1.2-3-gabc"}
		}},
		{name: "settings", options: Options{Settings: settings}, change: func(_ *Config, p *PackageConfig) {
			p.ExtraFilePaths = map[string]string{SettingsPath: settings}
		}},
		{name: "packages", options: Options{Packages: []string{"provbox/image/consolelog"}}, change: func(c *Config, _ *PackageConfig) {
			c.Packages = []string{Program, "provbox/image/consolelog"}
		}},
		{name: "size", options: Options{Size: 4 << 30}},
		{name: "too small", options: Options{Size: 1 << 30}, wantErr: "want a multiple of 512 of at least 1258299392 bytes"},
		{name: "half a sector", options: Options{Size: DefaultSize + 256}, wantErr: "want a multiple of 512"},
		{name: "version with an argument in it", options: Options{Version: "v1 -X main.x=y"}, wantErr: "want one word"},
		{name: "no settings", options: Options{Settings: settings + "x"}, wantErr: "no such file"},
		{name: "settings are a folder", options: Options{Settings: filepath.Dir(settings)}, wantErr: "not a file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, want := board(), board()
			err := tt.options.apply(got)
			if tt.wantErr != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wantErr) {
					t.Errorf("apply = %v, want %q", err, tt.wantErr)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if tt.change != nil {
				p := want.PackageConfig[Program]
				tt.change(want, &p)
				want.PackageConfig[Program] = p
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("configuration (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, json, wantErr string }{
		{"good", `{"Hostname": "x", "Update": {"NoPassword": true}}`, ""},
		{"key that the packer would ignore", `{"Update": {"NoPasword": true}}`, "NoPasword"},
		{"two configurations", `{} {}`, "something follows"},
		{"cut off", `{"Hostname": `, "unexpected EOF"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := parse([]byte(tt.json))
			if tt.wantErr == "" {
				if err != nil {
					t.Error(err)
				}
			} else if err == nil || !strings.Contains(err.Error(), tt.wantErr) {
				t.Errorf("parse = %v, want %q", err, tt.wantErr)
			}
		})
	}
}

func TestLoadUnknownBoard(t *testing.T) {
	t.Parallel()
	_, err := Load("..", "vax")
	if err == nil || !strings.Contains(err.Error(), "amd64") {
		t.Errorf("Load of an unknown board: %v, want an error that names the known ones", err)
	}
}

// TestPackLeavesNothing stops before anything is built.
func TestPackLeavesNothing(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "x.img")
	if err := Pack(t.Context(), Options{Root: "..", Board: "vax", Out: out}); err == nil {
		t.Error("packing for an unknown board succeeded")
	}
	if _, err := os.Stat(out); !os.IsNotExist(err) {
		t.Errorf("after a failure there is %s: %v", out, err)
	}
}
