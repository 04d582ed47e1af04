package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCommands(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, content string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	good := write("good.yml", "general: {verbose: true}\n")
	bad := write("bad.yml", "general: {tftp_port: 70000}\nrest_api: {port: -1}\nnonsense: 1\n")
	tests := []struct {
		name           string
		args           []string
		status         int
		stdout, stderr string
	}{
		{"version", []string{"version"}, 0, "provbox ", ""},
		{"check good", []string{"check", "--config", good}, 0, "", ""},
		{"check bad", []string{"check", "--config", bad}, 1, "line 3: nonsense: unknown key\ngeneral.tftp_port: want a port from 0 (pick one) to 65535, not 70000\nrest_api.port", ""},
		{"check missing", []string{"check", "--config", filepath.Join(dir, "none")}, 1, "", "no such file"},
		{"serve bad", []string{"serve", "--config", bad}, 1, "", "general.tftp_port"},
		{"no command", nil, 2, "", "usage:"},
		{"plugin", []string{"plugin", "-h"}, 0, "provbox plugin build  DIR", ""},
		{"unknown command", []string{"fly"}, 2, "", `unknown command "fly"`},
		{"unknown flag", []string{"check", "--nope"}, 2, "", "flag provided but not defined"},
		{"extra argument", []string{"check", "x"}, 2, "", `unexpected argument "x"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			if got := run(context.Background(), tt.args, &stdout, &stderr); got != tt.status {
				t.Errorf("status %d", got)
			}
			if !strings.Contains(stdout.String(), tt.stdout) || !strings.Contains(stderr.String(), tt.stderr) {
				t.Errorf("printed %q and %q", stdout.String(), stderr.String())
			}
		})
	}
}
