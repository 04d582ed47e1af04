package pluginctl_test

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"provbox/appliance/pluginctl"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// provbox runs a command and returns what it printed.
func provbox(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	return provboxEnv(t, nil, args...)
}

func provboxEnv(t *testing.T, env map[string]string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = pluginctl.Run(t.Context(), args, pluginctl.Env{
		Stdout: &out, Stderr: &errs, Getenv: func(name string) string { return env[name] },
		Now: func() time.Time { return time.Unix(1_800_000_000, 0) },
	})
	return status, out.String(), errs.String()
}

// must runs a command that has to succeed.
func must(t *testing.T, args ...string) string {
	t.Helper()
	status, stdout, stderr := provbox(t, args...)
	if status != 0 || stderr != "" {
		t.Fatalf("%v: status %d: %s%s", args, status, stdout, stderr)
	}
	return stdout
}

// golden compares text with a file below testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		write(t, file, got)
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// source copies the package of testdata into a new folder of that name.
func source(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	if err := os.CopyFS(dir, os.DirFS("testdata/acme_1")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// edit replaces a text of a file.
func edit(t *testing.T, file, old, text string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), old) {
		t.Fatalf("no %q in %s", old, file)
	}
	write(t, file, strings.Replace(string(data), old, text, 1))
}

// names lists the files below a folder, folders with a slash.
func names(t *testing.T, dir string) (all []string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			name += "/"
		}
		if name != "./" {
			all = append(all, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestUsage(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name           string
		args           []string
		status         int
		stdout, stderr string
	}{
		{"nothing", nil, 2, "", "usage:"},
		{"help", []string{"-h"}, 0, "provbox plugin check ", ""},
		{"help of a command", []string{"build", "-h"}, 0, "usage: provbox plugin build DIR", ""},
		{"help of a command after arguments", []string{"repo", "x", "--help"}, 0, "usage: provbox plugin repo DIR", ""},
		{"help command", []string{"help", "render"}, 0, "usage: provbox plugin render PACKAGE", ""},
		{"unknown command", []string{"fly"}, 2, "", `unknown command "fly"`},
		{"unknown flag", []string{"build", "x", "--fast"}, 2, "", "not defined: -fast"},
		{"no folder", []string{"build"}, 2, "", "DIR is missing"},
		{"two folders", []string{"repo", "a", "b"}, 2, "", `"b" is too much`},
		{"not even a folder after --", []string{"repo", "--", "-h"}, 1, "", "no such file"},
		{"device without config", []string{"render", "x", "--device", "d"}, 2, "", "--device and --config go together"},
		{"nothing to render", []string{"render", "x"}, 2, "", "or --common"},
		{"no packages", []string{"check", "--oracle", "x"}, 2, "", "PACKAGE is missing"},
		{"no oracle", []string{"check", "x"}, 2, "", "--oracle is missing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			status, stdout, stderr := provbox(t, tt.args...)
			if status != tt.status || !strings.Contains(stdout, tt.stdout) || !strings.Contains(stderr, tt.stderr) || (stdout == "") != (tt.stdout == "") {
				t.Errorf("status %d, printed %q and %q", status, stdout, stderr)
			}
		})
	}
}
