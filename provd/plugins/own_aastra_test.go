package plugins_test

import (
	"strings"
	"testing"

	"provbox/provd"
)

const aastra = "provbox-aastra"

func TestOwnAastraRender(t *testing.T) {
	t.Parallel()
	testOwn(t, aastra, []ownRender{
		{"6867i-autoprov", "6867i", autoprov},
		{"6867i-full", "6867i", full},
		{"6867i-hostile", "6867i", ownHostile},
		{"6865i-full", "6865i", full},
		{"6731i-full", "6731i", full},
		{"unknown-full", "6999", full},
		{"nomodel-empty", "", "{}"},
	})
}

func TestOwnAastraInjection(t *testing.T) {
	t.Parallel()
	for name, content := range ownFiles(t, aastra, "6867i") {
		seen := make(map[string]bool)
		for line := range strings.Lines(string(content)) {
			line = strings.TrimSpace(line)
			if line == "" {
				continue
			}
			key, _, ok := strings.Cut(line, ":")
			if !ok || strings.HasPrefix(line, "evil") {
				t.Errorf("%s: line %q is no parameter of ours", name, line)
			}
			if seen[key] {
				t.Errorf("%s: parameter %s is there twice", name, key)
			}
			seen[key] = true
		}
		if !seen["sip line1 password"] {
			t.Errorf("%s has no line", name)
		}
	}
}

func TestOwnAastraIdentification(t *testing.T) {
	t.Parallel()
	testOwnIdentification(t, aastra, []ownExtract{
		{"Aastra", http("/Aastra/aastra.cfg", "Aastra6731i MAC:00-08-5D-23-74-29 V:3.2.0.70-SIP"), provd.Info{"vendor": "Aastra", "model": "6731i", "version": "3.2.0.70", "mac": "00:08:5d:23:74:29"}},
		{"Mitel", http("/", "Mitel6920 MAC:14-00-E9-1F-03-EA V:6.4.0.140-SIP"), provd.Info{"vendor": "Aastra", "model": "6920", "version": "6.4.0.140", "mac": "14:00:e9:1f:03:ea"}},
		{"51i", http("/", "Aastra51i MAC:00-08-5D-23-74-29 V:2.6.0.66-SIP"), provd.Info{"vendor": "Aastra", "model": "6751i", "version": "2.6.0.66", "mac": "00:08:5d:23:74:29"}},
		{"53i", http("/", "Aastra53i MAC:00-08-5D-23-74-29 V:2.6.0.66-SIP"), provd.Info{"vendor": "Aastra", "model": "6753i", "version": "2.6.0.66", "mac": "00:08:5d:23:74:29"}},
		{"55i", http("/", "Aastra55i MAC:00-08-5D-23-74-29 V:2.6.0.66-SIP"), provd.Info{"vendor": "Aastra", "model": "6755i", "version": "2.6.0.66", "mac": "00:08:5d:23:74:29"}},
		{"57i", http("/", "Aastra57i MAC:00-08-5D-23-74-29 V:2.6.0.66-SIP"), provd.Info{"vendor": "Aastra", "model": "6757i", "version": "2.6.0.66", "mac": "00:08:5d:23:74:29"}},
		{"no MAC address", http("/", "Aastra57i MAC:none V:2.6.0.66-SIP"), nil},
		{"browser", http("/Aastra/00085D237429.cfg", "Mozilla/5.0"), nil},
		{"no agent", http("/Aastra/00085D237429.cfg", ""), nil},
		{"not ASCII", http("/", "Aastra57i MAC:00-08-5D-23-74-2\xe9 V:2.6.0.66-SIP"), nil},
		{"TFTP", tftp("aastra.cfg"), nil},
		{"DHCP", dhcp("AastraIPPhone6731i"), nil},
	})
}

func TestOwnAastraFacts(t *testing.T) {
	t.Parallel()
	testOwnFacts(t, aastra, "6867i", ownFacts{
		trigger: "001565AABBCC.cfg",
		sensitive: map[string]bool{
			"001565AABBCC.cfg": true, "001565aabbcc.cfg": false, "aastra.cfg": false, "001565AABBCC.cfg.x": false,
		},
		scores: []ownScore{
			{provd.Info{}, 200},
			{provd.Info{"vendor": "Aastra"}, 300},
			{provd.Info{"vendor": "Aastra", "model": "6867i", "version": "5.1.0"}, 400},
			{provd.Info{"vendor": "Aastra", "model": "6999"}, 300},
			{provd.Info{"vendor": "Snom", "model": "D785"}, 100},
		},
	})
}
