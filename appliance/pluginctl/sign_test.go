package pluginctl_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aead.dev/minisign"

	"provbox/provd"
	"provbox/provd/plugin/repository"
)

// TestSign makes a key, signs a list with it, and takes the list as a box does.
func TestSign(t *testing.T) {
	t.Parallel()
	served, key := t.TempDir(), filepath.Join(t.TempDir(), "repo.key")
	built(t, source(t, "acme_1"), served)
	public := strings.TrimSpace(strings.TrimPrefix(must(t, "key", key), "general.plugin_server_key: "))
	if err := repository.CheckKey(public); err != nil {
		t.Fatalf("%q: %v", public, err)
	}
	if info, err := os.Stat(key); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the secret key: %v, %v", info.Mode(), err)
	}
	if data, err := os.ReadFile(key + ".pub"); err != nil || !strings.HasSuffix(string(data), "\n"+public+"\n") {
		t.Errorf("the public key: %s, %v", data, err)
	}
	must(t, "repo", served, "--sign", key, "--days", "2")

	server := httptest.NewServer(http.FileServer(http.Dir(served)))
	t.Cleanup(server.Close)
	now, dir := time.Unix(1_800_000_000, 0), t.TempDir()
	r, err := repository.Open(repository.Config{
		Dir: openRoot(t, dir), Cache: openRoot(t, t.TempDir()), Loader: loader{dir}, Key: public, Now: func() time.Time { return now },
		Settings: func(context.Context) (repository.Settings, error) {
			return repository.Settings{Server: server.URL}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	update := func() string {
		op, err := r.Update(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		<-op.Done()
		if op.State() == provd.Success {
			return ""
		}
		return op.Reason()
	}
	if got := update(); got != "" {
		t.Error(got)
	}
	now = now.AddDate(0, 0, 3)
	if got := update(); !strings.Contains(got, "until 2027-01-17") {
		t.Errorf("after three days: %q", got)
	}

	status, _, stderr := provbox(t, "repo", served)
	if status != 0 || !strings.Contains(stderr, "plugins.db.minisig is not of this list") {
		t.Errorf("without the key: status %d, %s", status, stderr)
	}
}

func TestSignRefuses(t *testing.T) {
	t.Parallel()
	served, dir := t.TempDir(), t.TempDir()
	built(t, source(t, "acme_1"), served)
	key := filepath.Join(dir, "repo.key")
	must(t, "key", key)
	half := filepath.Join(dir, "half")
	write(t, half+".pub", "mine")
	for _, tt := range []struct {
		name   string
		args   []string
		status int
		want   string
	}{
		{"key that is there", []string{"key", key}, 1, "file exists"},
		{"public key that is there", []string{"key", half}, 1, "half.pub: file exists"},
		{"no name", []string{"key"}, 2, "FILE is missing"},
		{"no key", []string{"repo", served, "--sign", filepath.Join(dir, "none")}, 1, "no such file"},
		{"public key", []string{"repo", served, "--sign", key + ".pub"}, 1, "no secret key of minisign"},
		{"days alone", []string{"repo", served, "--days", "3"}, 2, "--days goes with --sign"},
		{"days before", []string{"repo", served, "--sign", key, "--days", "-3"}, 2, "1 to 36500"},
	} {
		if status, stdout, stderr := provbox(t, tt.args...); status != tt.status || !strings.Contains(stderr, tt.want) || stdout != "" {
			t.Errorf("%s: status %d, %s%s", tt.name, status, stdout, stderr)
		}
	}
	if _, err := os.Stat(half); !os.IsNotExist(err) {
		t.Errorf("half a pair was left: %v", err)
	}
	for _, name := range names(t, served) {
		if strings.HasPrefix(name, "plugins.db") {
			t.Errorf("%s was written", name)
		}
	}
}

// A key with a password. It was made so that it can be tried at once; a try of one
// that minisign -G made takes a gigabyte and some seconds.
func TestSignWithPassword(t *testing.T) {
	t.Parallel()
	const locked, public = "testdata/locked.key", "RWRmzjnD4zfC+VXEFqhGuifOl/iPdlSyA3NTFbuYLC0AZs4fP0wSBguv"
	served := t.TempDir()
	built(t, source(t, "acme_1"), served)
	for password, want := range map[string]string{"": "has a password; put it into PROVBOX_KEY_PASSWORD", "wrong": "another password"} {
		status, _, stderr := provboxEnv(t, map[string]string{"PROVBOX_KEY_PASSWORD": password}, "repo", served, "--sign", locked)
		if status != 1 || !strings.Contains(stderr, want) {
			t.Errorf("password %q: status %d, %s", password, status, stderr)
		}
	}
	if status, _, stderr := provboxEnv(t, map[string]string{"PROVBOX_KEY_PASSWORD": "pass word"}, "repo", served, "--sign", locked); status != 0 {
		t.Fatalf("status %d, %s", status, stderr)
	}
	var key minisign.PublicKey
	if err := key.UnmarshalText([]byte(public)); err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadFile(filepath.Join(served, "plugins.db"))
	if err != nil {
		t.Fatal(err)
	}
	signature, err := os.ReadFile(filepath.Join(served, "plugins.db.minisig"))
	if err != nil || !minisign.Verify(key, list, signature) {
		t.Errorf("signature %s, %v", signature, err)
	}
}
