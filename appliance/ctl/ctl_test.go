package ctl_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/appliance/boxtest"
	"provbox/appliance/ctl"
)

// run executes one command line; the environment names the box.
func run(t *testing.T, url, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	env := map[string]string{"PROVBOX_URL": url, "PROVBOX_TOKEN": "root"}
	code = ctl.Run(t.Context(), args, ctl.Config{
		Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &errs, Getenv: func(name string) string { return env[name] },
	})
	return code, out.String(), errs.String()
}

// A day of an integrator, on a real box.
func TestBox(t *testing.T) {
	t.Parallel()
	url := boxtest.Start(t, "")
	dir := t.TempDir()
	config := filepath.Join(dir, "config.json")
	if err := os.WriteFile(config, []byte(`{"id":"site","parent_ids":[],"label":"Site","X_type":"device","raw_config":{"ntp_enabled":true,"ntp_ip":"192.0.2.1"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	steps := []struct {
		line, stdin    string
		code           int
		stdout, stderr string // parts of
	}{
		{line: "status", stdout: `"rest_api": "ok"`},
		{line: "configs create --file " + config, stdout: "site\n"},
		{line: "configs list", stdout: "site                 device     Site"},
		{line: "configs raw site", stdout: `"ntp_ip": "192.0.2.1"`},
		{line: "configs update site --file " + config},
		{line: "devices create id=one mac=00:15:65:aa:bb:01 vendor=Yealink model=T46S plugin=provbox-yealink config=site", stdout: "one\n"},
		{line: "devices create id=two mac=00:15:65:aa:bb:02 vendor=Yealink model=T42S plugin=provbox-yealink config=site", stdout: "two\n"},
		{line: "devices create id=three mac=00:15:65:aa:bb:02:03 plugin=provbox-yealink", code: 1, stderr: "Non-normalized MAC address"},
		{line: "devices list --model T46S --json", stdout: `"id": "one"`},
		{line: "devices list --mac 00-15-65-AA-BB-02", stdout: "two  00:15:65:aa:bb:02      Yealink  T42S"},
		{line: "devices list --fields id --sort mac --desc --limit 1 --offset 1", stdout: `"id": "one"`},
		{line: "devices show one", stdout: `"configured": true`},
		{line: "devices set one description=Reception", stdout: ""},
		{line: "devices show one", stdout: `"description": "Reception"`},
		{line: "devices reconfigure --plugin provbox-yealink", stdin: "y\n", stdout: "reconfigure: 2 of 2 devices", stderr: "reconfigure 2 devices? [y/N]"},
		{line: "devices reconfigure --plugin provbox-yealink", stdin: "n\n", code: 1, stderr: "nothing was changed"},
		{line: "devices reconfigure --plugin provbox-yealink", code: 1, stderr: "nobody answered; --yes answers for you"},
		{line: "devices reconfigure", code: 1, stderr: "which devices?"},
		{line: "devices reconfigure one --all", code: 1, stderr: "name devices or select them, not both"},
		{line: "devices reconfigure --model T99", code: 1, stderr: "no device matches"},
		{line: "devices reconfigure one nobody", code: 1, stdout: "invalid device ID", stderr: "failed for 1 of 2 devices"},
		{line: "devices synchronize one", code: 1, stderr: "synchronize failed for 1 of 1 devices"},
		{line: "devices plugin provbox-nothing --all --yes", code: 1, stderr: "plugin provbox-nothing is not loaded"},
		{line: "devices plugin provbox-snom --model T42S --yes", stdout: "change plugin: 1 of 1 devices"},
		{line: "devices list --plugin provbox-snom", stdout: "00:15:65:aa:bb:02"},
		{line: "params set locale fr_FR"},
		{line: "params get locale", stdout: "fr_FR\n"},
		{line: "params set NAT 1"},
		{line: "params list", stdout: "NAT               1"},
		{line: "params set locale nonsense", code: 1, stderr: "Invalid locale"},
		{line: "params unset locale"},
		{line: "params get locale", stdout: "-\n"},
		{line: "plugins loaded", stdout: "provbox-yealink\n"},
		{line: "plugins list", stdout: "provbox-snom"},
		{line: "plugins info provbox-snom", stdout: `"capabilities"`},
		{line: "plugins info nothing", code: 1, stderr: "there is no such thing"},
		{line: "plugins reload provbox-snom"},
		{line: "plugins install nothing", code: 1, stderr: "nothing: POST /0.2/pg_mgr/install/install"},
		{line: "operations show /0.2/pg_mgr/install/install/7", code: 1, stderr: "there is no such thing"},
		{line: "operations wait elsewhere", code: 1, stderr: "is not a location"},
		{line: "devices delete --all --yes", stdout: "delete: 2 of 2 devices"},
		{line: "configs delete site", stdin: "yes\n"},
		{line: "configs show site", code: 1, stderr: "No such resource"},
		{line: "devices list --token-file " + filepath.Join(dir, "none"), code: 1, stderr: "no such file"},
		{line: "devices list --url nonsense", code: 1, stderr: "not of the form"},
	}
	for _, step := range steps {
		code, stdout, stderr := run(t, url, step.stdin, strings.Fields(step.line)...)
		if code != step.code || !strings.Contains(stdout, step.stdout) || !strings.Contains(stderr, step.stderr) {
			t.Errorf("%s: status %d\n%s%s", step.line, code, stdout, stderr)
		}
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		line           string
		code           int
		stdout, stderr string
	}{
		{line: "help", stdout: "devices synchronize"},
		{line: "devices --help", stdout: "devices synchronize"},
		{line: "nothing --help", code: 2, stderr: `unknown command "nothing"`},
		{line: "", code: 2, stderr: "usage: provbox ctl COMMAND"},
		{line: "devices fly", code: 2, stderr: `unknown command "devices fly"`},
		{line: "devices", code: 2, stderr: "devices synchronize"},
		{line: "devicse list", code: 2, stderr: `unknown command "devicse"; "provbox ctl help" lists`},
		{line: "--json devices list", code: 2, stderr: "--json stands before the command"},
		{line: "devices list --nope", code: 2, stderr: "flag provided but not defined"},
		{line: "devices list -h", code: 2, stderr: "usage: provbox ctl devices list"},
		{line: "devices list extra", code: 1, stderr: `unexpected argument "extra"`},
		{line: "devices show", code: 1, stderr: "want 1 arguments (ID), got 0"},
	} {
		code, stdout, stderr := run(t, "http://127.0.0.1:1", "", strings.Fields(tt.line)...)
		if code != tt.code || !strings.Contains(stdout, tt.stdout) || !strings.Contains(stderr, tt.stderr) {
			t.Errorf("%q: status %d\n%s%s", tt.line, code, stdout, stderr)
		}
	}
}

// An operation is followed to its end, and forgotten.
func TestFollow(t *testing.T) {
	t.Parallel()
	texts := []string{
		"install|progress", "install|progress(download|progress;50/200)", "install|progress(download|success;200/200)", "install|success(download|success;200/200)",
	}
	var asked []string
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.Path)
		switch r.Method {
		case http.MethodPost:
			w.Header().Set("Location", "/0.2/pg_mgr/install/install/1")
			w.WriteHeader(http.StatusCreated)
		case http.MethodGet:
			fmt.Fprintf(w, `{"status":%q}`, texts[0])
			texts = texts[1:]
		}
	}))
	defer server.Close()
	print := fmt.Sprintf("%x", sha256.Sum256(server.Certificate().Raw))
	code, stdout, stderr := run(t, server.URL, "", "plugins", "install", "wazo-x", "--fingerprint", print)
	want := "install progress\n[#######.......................]  25 % download progress\ninstall progress\ninstall success\n"
	if code != 0 || stdout != "" || stderr != want {
		t.Errorf("status %d, %q\n%s", code, stdout, stderr)
	}
	const place = "/0.2/pg_mgr/install/install/1"
	if diff := cmp.Diff([]string{"POST /0.2/pg_mgr/install/install", "GET " + place, "GET " + place, "GET " + place, "GET " + place, "DELETE " + place}, asked); diff != "" {
		t.Error(diff)
	}
	code, _, stderr = run(t, server.URL, "", "status", "--fingerprint", strings.Repeat("0", 64))
	if code != 1 || !strings.Contains(stderr, "not the one given") {
		t.Errorf("wrong fingerprint: status %d, %s", code, stderr)
	}
	code, _, stderr = run(t, server.URL, "", "status")
	if code != 1 || !strings.Contains(stderr, "certificate") {
		t.Errorf("unknown authority: status %d, %s", code, stderr)
	}
}

// What a peer answers is not trusted: neither its escape sequences nor its shapes.
func TestHostilePeer(t *testing.T) {
	t.Parallel()
	answers := map[string]string{
		"/0.2/dev_mgr/devices":          `{"devices":[{"id":"a","vendor":"\u001b[2J\u202eevil","model":7},"text",null]}`,
		"/0.2/configure":                `{"params":{"a":1}}`,
		"/0.2/configure/x":              `{"param":[]}`,
		"/0.2/pg_mgr/plugins/x/info":    `[1]`,
		"/0.2/dev_mgr/synchronize/1":    `{"status":"progress;99999999999999999999"}`,
		"/0.2/dev_mgr/synchronize/2":    `{"status":"progress((((((((((((((((((((success"}`,
		"/0.2/dev_mgr/synchronize/3":    `{"status":"success;9223372036854775807/9223372036854775807"}`,
		"/0.2/pg_mgr/install/update":    ``,
		"/0.2/pg_mgr/install/installed": `no JSON`,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(answers[r.URL.Path])) }))
	defer server.Close()
	for _, tt := range []struct {
		line           string
		code           int
		stdout, stderr string
	}{
		{line: "devices list", stdout: "a            ?[2J?evil"},
		{line: "params list", stdout: "NAME"},
		{line: "params get x", stdout: "-"},
		{line: "plugins info x", code: 1, stderr: "is no object"},
		{line: "plugins list", code: 1, stderr: "is no JSON"},
		{line: "plugins update", code: 1, stderr: "as the operation's place"},
		{line: "operations wait /0.2/dev_mgr/synchronize/1", code: 1, stderr: "value out of range"},
		{line: "operations wait /0.2/dev_mgr/synchronize/2", code: 1, stderr: "no state at"},
		{line: "operations wait /0.2/dev_mgr/synchronize/3", stderr: "[##############################] 100 % success"},
	} {
		code, stdout, stderr := run(t, server.URL, "", strings.Fields(tt.line)...)
		if code != tt.code || !strings.Contains(stdout, tt.stdout) || !strings.Contains(stderr, tt.stderr) || strings.Contains(stdout+stderr, "\x1b") {
			t.Errorf("%s: status %d\n%q%q", tt.line, code, stdout, stderr)
		}
	}
}
