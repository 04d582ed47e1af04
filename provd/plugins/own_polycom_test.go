package plugins_test

import (
	"strings"
	"testing"

	"provbox/provd"
)

const polycom = "provbox-polycom"

func TestOwnPolycomRender(t *testing.T) {
	t.Parallel()
	testOwn(t, polycom, []ownRender{
		{"VVX450-autoprov", "VVX450", autoprov},
		{"VVX450-full", "VVX450", full},
		{"VVX450-hostile", "VVX450", ownHostile},
		{"SPIP335-full", "SPIP335", full},
		{"unknown-full", "VVX999", full},
		{"nomodel-empty", "", "{}"},
	})
}

func TestOwnPolycomInjection(t *testing.T) {
	t.Parallel()
	files := ownFiles(t, polycom, "VVX450")
	checkOwnXML(t, files)
	for name, content := range files {
		macros := 0
		for line := range strings.Lines(string(content)) {
			if !strings.Contains(line, ".action.string=") {
				continue
			}
			macros++
			if strings.Count(line, "$") != 2 {
				t.Errorf("%s: a speed dial has another step of a macro: %s", name, line)
			}
		}
		if macros != 2 {
			t.Errorf("%s has %d macros", name, macros)
		}
	}
}

func TestOwnPolycomIdentification(t *testing.T) {
	t.Parallel()
	const (
		vvx  = "FileTransport PolycomVVX-VVX_400-UA/4.1.4.7430 Type/Application"
		spip = "FileTransport PolycomSoundPointIP-SPIP_335-UA/3.2.1.0078"
	)
	testOwnIdentification(t, polycom, []ownExtract{
		{"first request", http("/0004f2aabbcc.cfg", spip), provd.Info{"vendor": "Polycom", "model": "SPIP335", "mac": "00:04:f2:aa:bb:cc"}},
		{"common file of the boot ROM", http("/000000000000.cfg", spip), provd.Info{"vendor": "Polycom", "model": "SPIP335"}},
		{"configuration", http("/0004f2aabbcc-user.cfg", vvx), provd.Info{"vendor": "Polycom", "model": "VVX400", "mac": "00:04:f2:aa:bb:cc"}},
		{"common file of the application", http("/common.cfg", vvx), provd.Info{"vendor": "Polycom", "model": "VVX400", "version": "4.1.4.7430"}},
		{"Poly", http("/0004f2aabbcc.cfg", "FileTransport PolyEdge-Edge_E350-UA/8.0.0.1234"), provd.Info{"vendor": "Polycom", "model": "EdgeE350", "mac": "00:04:f2:aa:bb:cc"}},
		{"CCX", http("/0004f2aabbcc.cfg", "FileTransport PolycomCCX-CCX_505-UA/8.1.2.0345"), provd.Info{"vendor": "Polycom", "model": "CCX505", "mac": "00:04:f2:aa:bb:cc"}},
		{"Trio, long name", http("/common.cfg", "FileTransport PolycomRealPresenceTrio-Trio_8500-UA/5.9.5.3182"), provd.Info{"vendor": "Polycom", "model": "Trio8500", "version": "5.9.5.3182"}},
		{"Trio", http("/common.cfg", "FileTransport PolycomTrio-Trio_8800-UA/6.4.3.5678"), provd.Info{"vendor": "Polycom", "model": "Trio8800", "version": "6.4.3.5678"}},
		{"sip.cfg", http("/x/sip.cfg", vvx), provd.Info{"vendor": "Polycom", "model": "VVX400", "version": "4.1.4.7430"}},
		{"phone1.cfg", http("/phone1.cfg", vvx), provd.Info{"vendor": "Polycom", "model": "VVX400", "version": "4.1.4.7430"}},
		{"boot log", http("/0004f2aabbcc-boot.log", vvx), provd.Info{"vendor": "Polycom", "model": "VVX400", "mac": "00:04:f2:aa:bb:cc"}},
		{"application log", http("/0004f2aabbcc-app.log", vvx), provd.Info{"vendor": "Polycom", "model": "VVX400", "version": "4.1.4.7430", "mac": "00:04:f2:aa:bb:cc"}},
		{"overrides", http("/0004f2aabbcc-phone.cfg", vvx), provd.Info{"vendor": "Polycom", "model": "VVX400", "version": "4.1.4.7430", "mac": "00:04:f2:aa:bb:cc"}},
		{"license", http("/0004f2aabbcc-license.cfg", vvx), provd.Info{"vendor": "Polycom", "model": "VVX400", "version": "4.1.4.7430", "mac": "00:04:f2:aa:bb:cc"}},
		{"contacts", http("/0004f2aabbcc-directory.xml", vvx), provd.Info{"vendor": "Polycom", "model": "VVX400", "version": "4.1.4.7430", "mac": "00:04:f2:aa:bb:cc"}},
		{"contacts of all", http("/000000000000-directory.xml", vvx), provd.Info{"vendor": "Polycom", "model": "VVX400", "version": "4.1.4.7430"}},
		{"conference phone", http("/", "FileTransport PolycomSoundStationIP-SSIP_6000-UA/4.0.4.2906 Type/Application"), provd.Info{"vendor": "Polycom", "model": "SSIP6000"}},
		{"browser", http("/0004f2aabbcc.cfg", "Mozilla/5.0"), nil},
		{"no agent", http("/0004f2aabbcc.cfg", ""), nil},
		{"not ASCII", http("/\xe9", "FileTransport Polycom\xe9"), nil},
		{"TFTP", tftp("0004f2aabbcc.cfg"), nil},
	})
}

func TestOwnPolycomFacts(t *testing.T) {
	t.Parallel()
	testOwnFacts(t, polycom, "VVX450", ownFacts{
		trigger: "001565aabbcc-user.cfg",
		sensitive: map[string]bool{
			"001565aabbcc-user.cfg": true, "001565AABBCC-user.cfg": false, "001565aabbcc.cfg": false, "common.cfg": false,
		},
		scores: []ownScore{
			{provd.Info{}, 200},
			{provd.Info{"vendor": "Polycom"}, 300},
			{provd.Info{"vendor": "Polycom", "model": "VVX450", "version": "6.4.6"}, 400},
			{provd.Info{"vendor": "Polycom", "model": "VVX999"}, 300},
			{provd.Info{"vendor": "Snom", "model": "D785"}, 100},
		},
	})
}
