package migrate_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/appliance/boxtest"
	"provbox/appliance/central/centraltest"
	"provbox/appliance/migrate"
	"provbox/provd/document"
)

// files is a folder's content by name.
type files map[string]string

func (f files) write(t *testing.T, dir string) {
	t.Helper()
	for name, content := range f {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func read(t *testing.T, dir string) files {
	t.Helper()
	f := make(files)
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(filepath.Join(dir, name))
		f[name] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// branch is the state directory of a branch with n phones, as wazo-provd leaves it.
func branch(n int) files {
	f := files{
		"app.json":                                       `{"NAT": "1", "locale": "fr_FR", "http_proxy": null, "tenants": {"` + centraltest.Sub1 + `": {"provisioning_key": "secret-key-1"}}}`,
		"jsondb/configs/base":                            `{"id":"base","X_type":"internal","deletable":false,"parent_ids":[],"raw_config":{"ntp_enabled":true,"ntp_ip":"10.0.0.1","X_xivo_phonebook_ip":"10.0.0.1"}}`,
		"jsondb/configs/default":                         `{"id":"default","X_type":"registrar","deletable":false,"displayname":"local","parent_ids":[],"raw_config":{"X_key":"xivo"},"proxy_main":"10.0.0.1","registrar_main":"10.0.0.1"}`,
		"jsondb/configs/defaultconfigdevice":             `{"id":"defaultconfigdevice","X_type":"device","deletable":false,"label":"Default config device","parent_ids":[],"raw_config":{"admin_password":"p","admin_username":"admin"}}`,
		"jsondb/configs/autoprov":                        `{"id":"autoprov","X_type":"internal","role":"autocreate","deletable":false,"parent_ids":["base","defaultconfigdevice"],"raw_config":{"sip_lines":{"1":{"username":"apabcdefgh","password":"x","display_name":"Autoprov","number":"autoprov","proxy_ip":"10.0.0.1","registrar_ip":"10.0.0.1"}},"sccp_call_managers":{"1":{"ip":"10.0.0.1"}}}}`,
		"plugins/provbox-yealink/plugin-info":            `{"version":"1.0","description":"x","capabilities":{}}`,
		"plugins/provbox-yealink/var/templates/T46S.tpl": "{% include 'base.tpl' %}\n# ours\n",
	}
	for i := range n {
		id := fmt.Sprintf("%032x", i)
		f["jsondb/devices/"+id] = fmt.Sprintf(`{"id":%q,"mac":"00:15:65:00:%02x:%02x","ip":"10.0.%d.%d","vendor":"Yealink","model":"T42S","version":"66.86","plugin":"provbox-yealink","config":%q,"configured":true,"is_new":false,"added":"auto","tenant_uuid":%q,"options":{"switchboard":false},"X_note":"é%d","remote_state_sip_username":"user%d"}`,
			id, i/256, i%256, i/200, i%200+1, id, centraltest.Sub1, i, i)
		f["jsondb/configs/"+id] = fmt.Sprintf(`{"id":%q,"configdevice":"defaultconfigdevice","parent_ids":["base","defaultconfigdevice"],"deletable":true,"raw_config":{"X_key":"","config_version":1,"protocol":"SIP","exten_park":null,"sip_lines":{"1":{"username":"u%d","password":"p&<>\"'","display_name":"Zoë %d","number":"%d","registrar_ip":"10.0.0.1","proxy_ip":"10.0.0.1","proxy_port":"5060"}}}}`,
			id, i, i, 1000+i)
	}
	return f
}

type command func(args ...string) (code int, stdout, stderr string)

func commands(t *testing.T, url, stdin string) (imp, exp command) {
	cfg := func(out, errs *bytes.Buffer) migrate.Config {
		env := map[string]string{"PROVBOX_URL": url, "PROVBOX_TOKEN": "root", "PROVBOX_FROM_TOKEN": "root"}
		return migrate.Config{Stdin: strings.NewReader(stdin), Stdout: out, Stderr: errs, Getenv: func(n string) string { return env[n] }}
	}
	return func(args ...string) (int, string, string) {
			var out, errs bytes.Buffer
			code := migrate.Import(t.Context(), args, cfg(&out, &errs))
			return code, out.String(), errs.String()
		}, func(args ...string) (int, string, string) {
			var out, errs bytes.Buffer
			code := migrate.Export(t.Context(), args, cfg(&out, &errs))
			return code, out.String(), errs.String()
		}
}

// What is imported from a folder and exported again says the same, all of it.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	const phones = 1000
	source, target := t.TempDir(), filepath.Join(t.TempDir(), "export")
	before := branch(phones)
	before.write(t, source)
	imp, exp := commands(t, boxtest.Start(t, ""), "")
	code, stdout, stderr := imp(source)
	if code != 1 || !strings.Contains(stderr, "nothing was changed") {
		t.Errorf("unanswered: status %d\n%s%s", code, stdout, stderr)
	}
	for _, want := range []string{"configs     create   1000", "configs     replace  4 ", "devices     create   1000", "templates   set      1", "parameters  set      3"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("the plan has no %q:\n%s", want, stdout)
		}
	}
	if code, stdout, stderr = imp("--yes", source); code != 0 {
		t.Fatalf("import: status %d\n%s%s", code, stdout, stderr)
	}
	if code, stdout, stderr = imp(source, "--dry-run"); code != 0 || !strings.Contains(stdout, "0 steps; ") {
		t.Errorf("again: status %d\n%s%s", code, stdout, stderr)
	}
	if code, stdout, stderr = exp(target); code != 0 || !strings.Contains(stdout, "1000 devices, 1004 configs") {
		t.Fatalf("export: status %d\n%s%s", code, stdout, stderr)
	}
	after := read(t, target)
	for _, name := range slices.Sorted(maps.Keys(before)) {
		switch {
		case strings.HasSuffix(name, ".tpl"):
			if after[name] != before[name] {
				t.Errorf("%s: %q", name, after[name])
			}
		case strings.HasSuffix(name, "plugin-info"): // the box has its own version of it
		default:
			if diff := cmp.Diff(decode(t, before[name]), decode(t, after[name])); diff != "" {
				t.Fatalf("%s: (-imported +exported)\n%s", name, diff)
			}
		}
		delete(after, name)
	}
	for name := range after {
		if strings.HasPrefix(name, "jsondb/") {
			t.Errorf("%s has been added", name)
		}
	}
}

// decode turns JSON into what cmp compares. In app.json a null is an unset parameter,
// and the plugin server is the box's own default.
func decode(t *testing.T, text string) map[string]string {
	t.Helper()
	d, err := document.Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	m := make(map[string]string)
	for k, v := range d.All() {
		b, err := document.Encode(v)
		if err != nil {
			t.Fatal(err)
		}
		if k != "http_proxy" && k != "plugin_server" {
			m[k] = string(b)
		}
	}
	return m
}

// A box takes what it is told from another one: first what confd expects, then a
// device with its config, then all.
func TestFromPeer(t *testing.T) {
	t.Parallel()
	source := t.TempDir()
	branch(3).write(t, source)
	old := boxtest.Start(t, "")
	imp, _ := commands(t, old, "")
	if code, stdout, stderr := imp("--yes", source); code != 0 {
		t.Fatalf("status %d\n%s%s", code, stdout, stderr)
	}
	imp, _ = commands(t, boxtest.Start(t, ""), "yes\n")
	code, stdout, stderr := imp("--from", old)
	if code != 0 || !strings.Contains(stdout, "configs  replace  4  config base, config default, config defaultconfigdevice, config autoprov") {
		t.Errorf("base configs: status %d\n%s%s", code, stdout, stderr)
	}
	code, stdout, stderr = imp("--from", old, "--device", "00:15:65:00:00:01")
	if code != 0 || !strings.Contains(stdout, "configs    create  1  config 00000000000000000000000000000001") || !strings.Contains(stdout, "devices    create  1") {
		t.Errorf("one device: status %d\n%s%s", code, stdout, stderr)
	}
	code, stdout, stderr = imp("--from", old, "--all")
	if code != 0 || !strings.Contains(stdout, "devices     create  2") {
		t.Errorf("all: status %d\n%s%s", code, stdout, stderr)
	}
	code, stdout, stderr = imp("--from", old, "--device", "nobody")
	if code != 1 || !strings.Contains(stderr, `no device with the id or MAC address "nobody"`) {
		t.Errorf("unknown device: status %d\n%s%s", code, stdout, stderr)
	}
}

// What cannot be moved is named, and the rest is moved.
func TestDamage(t *testing.T) {
	t.Parallel()
	source := t.TempDir()
	f := branch(2)
	f["jsondb/devices/broken"] = `{"id":`
	f["jsondb/devices/list"] = `[]`
	f["jsondb/devices/badmac"] = `{"id":"badmac","mac":"xx"}`
	f["jsondb/devices/other"] = `{"id":"another","plugin":"wazo-none"}`
	f["jsondb/configs/invalid"] = `{"id":"invalid","parent_ids":[],"raw_config":{"foo":1}}`
	f["app.json"] = `{"NAT": "7", "colour": "blue"}`
	f["plugins/wazo-none/entry.py"] = ``
	f["plugins/wazo-gone/plugin-info"] = `{"version":"1","description":"","capabilities":{}}`
	f["plugins/wazo-gone/var/installed/fw\x1b[2J"] = `{}`
	f.write(t, source)
	for link, to := range map[string]string{"jsondb/devices/link": "/etc/passwd", "plugins/escape": "/etc"} {
		if err := os.Symlink(to, filepath.Join(source, link)); err != nil {
			t.Fatal(err)
		}
	}
	imp, _ := commands(t, boxtest.Start(t, ""), "")
	code, stdout, stderr := imp("--yes", source)
	if code != 1 {
		t.Errorf("status %d", code)
	}
	for _, want := range []string{
		"not moved: device broken: jsondb/devices/broken is not a JSON object",
		"not moved: device list: jsondb/devices/list is not a JSON object",
		"not moved: device badmac: POST /0.2/dev_mgr/devices: Non-normalized MAC address",
		"note: device other: has the id another inside",
		"not moved: devices link: is neither a file nor a folder",
		"not moved: plugins escape: is neither a file nor a folder",
		"not moved: config invalid: POST /0.2/cfg_mgr/configs: 1 validation error",
		"not moved: parameter colour: the box has no such parameter",
		"not moved: parameter NAT: PUT /0.2/configure/NAT",
		"not moved: plugin wazo-gone: POST /0.2/pg_mgr/install/install",
		"not moved: firmware fw?[2J of wazo-gone",
		"not moved: plugin wazo-none: has no plugin-info",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q", want)
		}
	}
	if t.Failed() || strings.Contains(stdout, "/etc") {
		t.Errorf("%s%s", stdout, stderr)
	}
	if code, stdout, _ := imp(filepath.Join(source, "plugins")); code != 1 || strings.Contains(stdout, "steps") {
		t.Errorf("no state directory: status %d, %s", code, stdout)
	}
}

// What real state directories have: other programs' spacing and numbers, names in
// any language, tenants without a device.
func TestOddities(t *testing.T) {
	t.Parallel()
	source := t.TempDir()
	f := branch(1)
	f["app.json"] = `{"NAT": "1", "tenants": {"` + centraltest.Sub2 + `": {"provisioning_key": "secret-key-2"}}}`
	f["jsondb/devices/12"] = "{\"id\": 12, \"mac\": \"00:15:65:0a:00:01\", \"description\": \"Caf\\u00e9 \\ud83d\\ude00\"}\n"
	f["jsondb/devices/Büro №1"] = `{"mac": "00:15:65:0a:00:02", "config": "Küche"}`
	f["jsondb/configs/Küche"] = `{"id": "Küche", "parent_ids": ["base"], "raw_config": {}, "deletable": true}`
	f["jsondb/devices/latin1-\xe9"] = `{"id": "x"}`
	f["plugins/provbox-yealink/var/templates/latin1.tpl"] = "caf\xe9"
	f.write(t, source)
	imp, _ := commands(t, boxtest.Start(t, ""), "")
	code, stdout, stderr := imp("--yes", source)
	for _, want := range []string{
		"latin1-?: its name is not UTF-8", "template latin1.tpl: is not UTF-8", "devices     create   3", "configs     create   2",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q", want)
		}
	}
	if code != 1 || strings.Count(stdout, "not moved:") != 2 || strings.Contains(stdout, "note: device 12") || t.Failed() {
		t.Errorf("status %d\n%s%s", code, stdout, stderr)
	}
	if _, stdout, stderr = imp("--dry-run", source); !strings.Contains(stdout, "0 steps; ") {
		t.Errorf("again:\n%s%s", stdout, stderr)
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	imp, exp := commands(t, "http://127.0.0.1:1", "")
	full := t.TempDir()
	files{"x": ""}.write(t, full)
	for _, tt := range []struct {
		run  command
		args []string
		code int
		text string
	}{
		{imp, nil, 2, "usage: provbox import"},
		{imp, []string{"a", "b"}, 2, `unexpected argument "b"`},
		{imp, []string{"a", "--from", "http://127.0.0.1:1"}, 2, "usage: provbox import"},
		{imp, []string{"--nope"}, 2, "not defined"},
		{imp, []string{"--all", "--device", "x", full}, 1, "exclude each other"},
		{imp, []string{full}, 1, "is not a wazo-provd's state directory"},
		{imp, []string{"--from", "http://127.0.0.1:1"}, 1, "connection refused"},
		{exp, nil, 2, "usage: provbox export"},
		{exp, []string{full}, 1, "connection refused"},
	} {
		if code, _, stderr := tt.run(tt.args...); code != tt.code || !strings.Contains(stderr, tt.text) {
			t.Errorf("%v: status %d\n%s", tt.args, code, stderr)
		}
	}
	_, err := migrate.WriteDir(full, &migrate.State{})
	if err == nil || !strings.Contains(err.Error(), "is not empty") {
		t.Errorf("full folder: %v", err)
	}
}
