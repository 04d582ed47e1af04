package pluginctl_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"provbox/appliance/pluginctl"
)

// recordings puts the recording of testdata into a new folder.
func recordings(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"index", "inputs", "acme_1"} {
		data, err := os.ReadFile(filepath.Join("testdata/oracle", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write(data); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name+".json.gz"), b.String())
	}
	return dir
}

// packages makes a folder of packages: one with a recording as a folder, one
// without as an archive, and one that cannot be loaded.
func packages(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	built(t, source(t, "acme_2"), dir)
	for _, name := range []string{"acme_1", "acme_3"} {
		if err := os.CopyFS(filepath.Join(dir, name), os.DirFS("testdata/acme_1")); err != nil {
			t.Fatal(err)
		}
	}
	edit(t, filepath.Join(dir, "acme_3/entry.py"), "import os", "import none")
	return dir
}

func TestCheck(t *testing.T) {
	t.Parallel()
	status, stdout, stderr := provbox(t, "check", packages(t), "--oracle", recordings(t))
	if status != 1 || stderr != "" {
		t.Errorf("status %d, %s", status, stderr)
	}
	golden(t, "check.golden", stdout)
	status, stdout, stderr = provbox(t, "check", "--all", filepath.Join(packages(t), "acme?[12]*"), "--oracle", filepath.Join(recordings(t), "acme_1.json.gz"))
	if status != 1 || stderr != "" {
		t.Errorf("status %d, %s", status, stderr)
	}
	golden(t, "check-all.golden", stdout)
}

func TestCheckEqual(t *testing.T) {
	t.Parallel()
	dir := source(t, "acme_1")
	edit(t, filepath.Join(dir, "entry.py"), "        self._tpl_helper.dump(tpl, raw_config, os.path.join(self._tftpboot_dir, name), 'UTF-8')\n",
		"        if device['model'] == 'A2':\n            raw_config['sip_transport'] = 'tls'\n            open(os.path.join(self._tftpboot_dir, 'other.cfg'), 'w').close()\n"+
			"        self._tpl_helper.dump(tpl, raw_config, os.path.join(self._tftpboot_dir, name), 'UTF-8')\n")
	edit(t, filepath.Join(dir, "entry.py"), "        os.remove(os.path.join(self._tftpboot_dir, self._file(device)))\n",
		"        os.remove(os.path.join(self._tftpboot_dir, self._file(device)))\n        if device['model'] == 'A2':\n            os.remove(os.path.join(self._tftpboot_dir, 'other.cfg'))\n")
	printed := must(t, "check", dir, "--oracle", recordings(t))
	if !strings.Contains(printed, "packages: 1, compared: 1, without a recording: 0, failed: 0") {
		t.Errorf("printed:\n%s", printed)
	}
}

func TestCheckIsInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	status := pluginctl.Run(ctx, []string{"check", packages(t), "--oracle", recordings(t)}, pluginctl.Env{Stdout: &out, Stderr: &errs, Getenv: os.Getenv, Now: time.Now})
	if status != 1 || !strings.Contains(errs.String(), "context canceled") || strings.Contains(out.String(), "total") {
		t.Errorf("status %d, printed %q and %q", status, out.String(), errs.String())
	}
}

func TestCheckFails(t *testing.T) {
	t.Parallel()
	all, records := packages(t), recordings(t)
	broken := recordings(t)
	write(t, filepath.Join(broken, "acme_1.json.gz"), "{}")
	write(t, filepath.Join(all, "other/x.tar.bz2"), "x")
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"nothing recorded", []string{filepath.Join(all, "acme_3"), "--oracle", records}, "nothing was compared"},
		{"broken recording", []string{filepath.Join(all, "acme_1"), "--oracle", broken}, "cannot be compared: read recording: acme_1.json.gz"},
		{"no archive", []string{filepath.Join(all, "other"), filepath.Join(all, "acme_1"), "--oracle", records}, "packages: 2, compared: 1, without a recording: 0, failed: 1"},
		{"no package", []string{filepath.Join(all, "none*"), "--oracle", records}, "no such file"},
		{"folder without packages", []string{t.TempDir(), "--oracle", records}, "is no plugin package and holds none"},
		{"no recordings", []string{all, "--oracle", filepath.Join(records, "none")}, "no such file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			status, stdout, stderr := provbox(t, append([]string{"check"}, tt.args...)...)
			if status != 1 || !strings.Contains(stdout+stderr, tt.want) {
				t.Errorf("status %d, printed %q and %q", status, stdout, stderr)
			}
		})
	}
}
