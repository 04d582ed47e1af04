package oracle_test

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"provbox/provd/plugin"
	"provbox/provd/plugin/oracle"
)

// entry is a package that does a little of everything that is recorded.
const entry = `
import os
import re
from twisted.internet import defer, threads
from wazo_provd import synchronize
from wazo_provd.devices.pgasso import BasePgAssociator, DeviceSupport
from wazo_provd.plugins import StandardPlugin, TemplatePluginHelper
from wazo_provd.servers.http import HTTPNoListingFileService

class Extractor:
    def extract(self, request, request_type):
        agent = request.getHeader(b'User-Agent')
        if agent and agent.startswith(b'Acme '):
            return defer.succeed({'vendor': 'Acme', 'model': agent[5:].decode('ascii')})
        return defer.succeed(None)

class Associator(BasePgAssociator):
    def _do_associate(self, vendor, model, version):
        return DeviceSupport.COMPLETE if vendor == 'Acme' else DeviceSupport.IMPROBABLE

class AcmePlugin(StandardPlugin):
    IS_PLUGIN = True
    http_dev_info_extractor = Extractor()
    pg_associator = Associator()

    def __init__(self, *args):
        super().__init__(*args)
        self._tpl = TemplatePluginHelper(self._plugin_dir)
        self.http_service = HTTPNoListingFileService(self._tftpboot_dir)

    def _dump(self, raw_config, name):
        self._tpl.dump(self._tpl.get_template('base.tpl'), raw_config, self._tftpboot_dir + '/' + name, 'ISO-8859-1')

    def configure_common(self, raw_config):
        self._dump(raw_config, 'common.cfg')

    def configure(self, device, raw_config):
        if 'mac' not in device:
            raise Exception('no MAC')
        self._dump(raw_config, device['mac'].replace(':', ''))

    def deconfigure(self, device):
        if 'mac' not in device:
            return
        os.remove(self._tftpboot_dir + '/' + device['mac'].replace(':', ''))

    def synchronize(self, device, raw_config):
        if device.get('model') == 'T1':
            return threads.deferToThread(self._telnet, device['ip'])
        return synchronize.standard_sip_synchronize(device, extra_vars=['X=1'])

    def _telnet(self, ip):
        raise Exception('not in a check')

    def get_remote_state_trigger_filename(self, device):
        return device['mac'].replace(':', '') if 'mac' in device else None

    def is_sensitive_filename(self, filename):
        return bool(re.match('^[0-9a-f]{12}$', filename))
`

const (
	index = `{"frozen_time": 1750000000.0, "base_raw_config": {"ip": "192.0.2.10", "http_port": 8667}, "configs": {
		"minimal": {"sip_lines": {"1": {"username": "é", "proxy_ip": "192.0.2.1"}}}, "full_us_tls": {}, "bad": {"locale": "nowhere"}}}`
	inputs = `{"user_agents": {"Acme T1": "", "Acme \u00ff": "", "curl": ""}, "paths": ["/001a2b3c4d5e", "x/001a2b3c4d5e", "y"],
		"tftp_filenames": ["a"], "dhcp": [{"mac": "00:1a:2b:3c:4d:5e", "options": {"60": "Acme"}}],
		"query_requests": [["Acme T2", "/?a=b"]], "association": [["Acme", null, null], ["Other", "X", "1"], [null, null, null]]}`
	recording = `{"plugin": "acme", "load_error": null, "loaded_with_shim": false,
		"common_files": {"common.cfg": "ip=192.0.2.10 user="}, "static_tftpboot": {"s.txt": "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3"},
		"info": {"version": "1", "description": "Acme", "capabilities": {}}, "http_service": "HTTPNoListingFileService", "tftp_service": null,
		"services": {},
		"cases": {
			"T1/minimal": {"device": {"id": "dev1", "mac": "00:1a:2b:3c:4d:5e", "ip": "198.51.100.7", "model": "T1"},
				"files": {"001a2b3c4d5e": {"latin1": "ip=192.0.2.10 user=\u00e9"}}},
			"T2/minimal": {"device": {"id": "dev1", "mac": "00:1a:2b:3c:4d:5f", "ip": "198.51.100.7", "model": "T2"},
				"files": {"001a2b3c4d5f": {"latin1": "ip=192.0.2.10 user=\u00e9"}}},
			"T2/bad": {"device": {"id": "dev1", "mac": "00:1a:2b:3c:4d:5f", "ip": "198.51.100.7", "model": "T2"}, "files": {}, "validation_error": "refused"},
			"@no_mac/minimal": {"device": {"id": "dev1", "model": "T1"}, "files": {"x.cfg.tmp": ""}, "remaining_after_deconfigure": ["x.cfg.tmp"], "configure_error": "Exception: no MAC"}},
		"remote_state_trigger": {"T1": "001a2b3c4d5e", "@no_mac": null},
		"synchronize": {
			"T1": {"by_ip": {"calls": [{"thread_call": "AcmePlugin._telnet", "args": ["198.51.100.7"], "kwargs": {}}], "ok": true},
				"no_ip": {"calls": [], "ok": false, "raised": "KeyError: 'ip'"}},
			"T2": {"by_ip": {"calls": [{"amid_action": "PJSIPNotify", "params": {"Variable": ["Event=check-sync", "X=1"], "URI": "sip:anonymous@198.51.100.7"}}], "ok": true},
				"by_peer": {"calls": [{"amid_action": "PJSIPNotify", "params": {"Variable": ["Event=check-sync", "X=1"], "Endpoint": "user1"}}], "ok": true},
				"autoprov_peer": {"calls": [{"amid_action": "PJSIPNotify", "params": {"Variable": ["Event=check-sync", "X=1"], "URI": "sip:anonymous@198.51.100.7"}}], "ok": true},
				"no_ip": {"calls": [], "ok": false, "error": "SynchronizeException: not enough information to synchronize device"}}},
		"http_extract": [["Acme T1", "/", {"vendor": "Acme", "model": "T1"}], ["Acme T2", "/?a=b", {"vendor": "Acme", "model": "T2"}],
			["Acme \u00ff", "/", {"__error__": "UnicodeDecodeError: 'ascii' codec can't decode byte 0xff in position 0: ordinal not in range(128)"}]],
		"tftp_extract": [], "dhcp_extract": [],
		"association_scores": {"500": [["Acme", null, null]], "__counts": {"100": 1, "200": 1}},
		"sensitive_filenames": ["/001a2b3c4d5e", "x/001a2b3c4d5e"]}`
)

func zipped(t *testing.T, s string) *fstest.MapFile {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return &fstest.MapFile{Data: b.Bytes()}
}

func check(t *testing.T, recording, entry string) *oracle.Report {
	t.Helper()
	rec, err := oracle.Read(fstest.MapFS{
		"o/index.json.gz": zipped(t, index), "o/inputs.json.gz": zipped(t, inputs), "o/acme.json.gz": zipped(t, recording),
	}, "o/acme.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	report, err := oracle.Check(t.Context(), plugin.Config{ID: "acme", Package: fstest.MapFS{
		"plugin-info":        {Data: []byte(`{"version": "1", "description": "Acme", "description_fr": "X", "capabilities": {}}`)},
		"entry.py":           {Data: []byte(entry)},
		"templates/base.tpl": {Data: []byte("ip={{ ip }} user={{ sip_lines['1'].username if sip_lines }}")},
		"var/tftpboot/s.txt": {Data: []byte("test")},
	}}, rec)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestEqual(t *testing.T) {
	t.Parallel()
	report := check(t, recording, entry)
	for _, d := range report.Differences {
		t.Error(d)
	}
	if report.Checked < 30 || report.Equal() != report.Checked || report.Cases != 4 {
		t.Errorf("%d comparisons, %d equal, of %d cases", report.Checked, report.Equal(), report.Cases)
	}
	skipped := map[string]int{"temporary files that a failed rendering left behind: none is made here": 1}
	if diff := cmp.Diff(skipped, report.Skipped); diff != "" {
		t.Error(diff)
	}
}

// TestDifferences changes one thing of the recording at a time; exactly that must
// be found.
func TestDifferences(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ old, new, check, name string }{
		"common file":    {`"ip=192.0.2.10 user="}`, `"ip=192.0.2.11 user="}`, "common", "common.cfg"},
		"device file":    {`"001a2b3c4d5f": {"latin1": "ip=192.0.2.10 user=\u00e9"}`, `"001a2b3c4d5f": "x"`, "configure", "T2/minimal 001a2b3c4d5f"},
		"partial file":   {`{"x.cfg.tmp": ""}`, `{"x.cfg.tmp": "", "y": ""}`, "partial", "@no_mac/minimal y"},
		"remaining":      {`"files": {"001a2b3c4d5f"`, `"remaining_after_deconfigure": ["z"], "files": {"001a2b3c4d5f"`, "remaining", "T2/minimal"},
		"removed common": {`"files": {"001a2b3c4d5f"`, `"removed_common": ["common.cfg"], "files": {"001a2b3c4d5f"`, "removed", "T2/minimal"},
		"schema": {`"device": {"id": "dev1", "mac": "00:1a:2b:3c:4d:5f", "ip": "198.51.100.7", "model": "T2"},
				"files"`, `"validation_error": "refused", "device": {"id": "dev1", "mac": "00:1a:2b:3c:4d:5f", "ip": "198.51.100.7", "model": "T2"},
				"files"`, "schema", "T2/minimal"},
		"deconfigure":      {`"files": {"001a2b3c4d5f"`, `"deconfigure_error": "OSError: x", "files": {"001a2b3c4d5f"`, "deconfigure", "T2/minimal"},
		"configure error":  {`"Exception: no MAC"`, `"Exception: no"`, "configure", "@no_mac/minimal"},
		"trigger":          {`"T1": "001a2b3c4d5e"`, `"T1": "no"`, "trigger", "T1"},
		"notify variables": {`"X=1"], "Endpoint"`, `"X=2"], "Endpoint"`, "synchronize", "T2 by_peer"},
		"thread":           {`AcmePlugin._telnet`, `AcmePlugin._ssh`, "synchronize", "T1 by_ip"},
		"raised":           {`KeyError: 'ip'`, `KeyError: 'x'`, "synchronize", "T1 no_ip"},
		"extract":          {`"model": "T1"}], ["Acme T2"`, `"model": "T9"}], ["Acme T2"`, "http", `"Acme T1" /`},
		"extract nothing":  {`"dhcp_extract": []`, `"dhcp_extract": [[{"mac": "00:1a:2b:3c:4d:5e", "options": {"60": "Acme"}}, {"vendor": "Acme"}]]`, "dhcp", `{"mac":"00:1a:2b:3c:4d:5e","options":{"60":"Acme"}}`},
		"score":            {`{"500": [["Acme", null, null]]`, `{"600": [["Acme", null, null]]`, "score", "Acme, null, null"},
		"count":            {`"100": 1`, `"100": 2`, "score", "number of 100"},
		"sensitive":        {`, "x/001a2b3c4d5e"]`, `]`, "sensitive", "x/001a2b3c4d5e"},
		"static":           {`a94a8fe5`, `b94a8fe5`, "static", "s.txt"},
		"info":             {`"description": "Acme"`, `"description": "Acne"`, "info", "plugin-info"},
		"serves":           {`"tftp_service": null`, `"tftp_service": "TFTPFileService"`, "serves", "tftp"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if strings.Count(recording, tt.old) != 1 {
				t.Fatalf("%q is not exactly once in the recording", tt.old)
			}
			var got [][2]string
			for _, d := range check(t, strings.Replace(recording, tt.old, tt.new, 1), entry).Differences {
				got = append(got, [2]string{d.Check, d.Name})
			}
			if diff := cmp.Diff([][2]string{{tt.check, tt.name}}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestWhatIsLeft has a package whose deconfigure removes the wrong file.
func TestWhatIsLeft(t *testing.T) {
	t.Parallel()
	wrong := strings.Replace(entry, `os.remove(self._tftpboot_dir + '/' + device['mac'].replace(':', ''))`, `os.remove(self._tftpboot_dir + '/common.cfg')`, 1)
	var got []string
	for _, d := range check(t, recording, wrong).Differences {
		got = append(got, d.Case+" "+d.Check+" "+d.Got)
	}
	want := []string{
		`T1/minimal remaining "001a2b3c4d5e"`, `T1/minimal removed "common.cfg"`,
		// Now it is gone.
		`T2/minimal deconfigure "FileNotFoundError: [Errno 2] No such file or directory: '/var/lib/wazo-provd/plugins/acme/var/tftpboot/common.cfg'"`,
		`T2/minimal remaining "001a2b3c4d5f"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLoadErrors(t *testing.T) {
	t.Parallel()
	report := check(t, recording, "raise Exception('no')\n")
	if len(report.Differences) != 1 || report.Differences[0].Check != "load" || !strings.Contains(report.Differences[0].String(), "Exception: no") {
		t.Errorf("got %v", report.Differences)
	}
	failing := strings.Replace(recording, `"load_error": null`, `"load_error": "Exception: no"`, 1)
	if report := check(t, failing, "raise Exception('no')\n"); len(report.Differences) != 0 || report.Checked != 1 {
		t.Errorf("the recorded error: %+v", report)
	}
	if report := check(t, failing, entry); len(report.Differences) != 0 {
		t.Errorf("a package that loads after all: %v", report.Differences)
	}
}

func TestUnusableRecordings(t *testing.T) {
	t.Parallel()
	good := fstest.MapFS{"index.json.gz": zipped(t, index), "inputs.json.gz": zipped(t, inputs)}
	for name, f := range map[string]*fstest.MapFile{
		"not compressed": {Data: []byte("{}")},
		"not JSON":       zipped(t, "{"),
		"wrong types":    zipped(t, `{"cases": 1}`),
		"odd text":       zipped(t, `{"common_files": {"a": {}}}`),
	} {
		fsys := fstest.MapFS{"index.json.gz": good["index.json.gz"], "inputs.json.gz": good["inputs.json.gz"], "x.json.gz": f}
		if _, err := oracle.Read(fsys, "x.json.gz"); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := oracle.Read(good, "x.json.gz"); err == nil {
		t.Error("a missing file: no error")
	}
}
