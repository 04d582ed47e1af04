package plugins_test

import (
	"testing"

	"provbox/provd"
)

const fanvil = "provbox-fanvil"

func TestOwnFanvilRender(t *testing.T) {
	t.Parallel()
	testOwn(t, fanvil, []ownRender{
		{"X6U-autoprov", "X6U", autoprov},
		{"X4SG-full", "X4SG", full},
		{"X4G-full", "X4G", full},
		{"X6U-full", "X6U", full},
		{"X6U-hostile", "X6U", ownHostile},
		{"X4-full", "X4", full},
		{"X4-hostile", "X4", ownHostile},
		{"unknown-full", "X999", full},
		{"nomodel-empty", "", "{}"},
		{"no-password", "W610W", `{"sip_lines": {"1": {"username": "u", "password": "autoprov", "display_name": "d", "proxy_ip": "192.0.2.20"}}}`},
	})
}

func TestOwnFanvilInjection(t *testing.T) {
	t.Parallel()
	checkOwnXML(t, ownFiles(t, fanvil, "X6U"))
	checkOwnXML(t, ownFiles(t, fanvil, "X4"))
}

func TestOwnFanvilIdentification(t *testing.T) {
	t.Parallel()
	testOwnIdentification(t, fanvil, []ownExtract{
		{"desk phone", http("/", "Fanvil X4 2.10.2.6887 0c383e07e16c"), provd.Info{"vendor": "Fanvil", "model": "X4", "version": "2.10.2.6887", "mac": "0c:38:3e:07:e1:6c"}},
		{"model with a blank", http("/Fanvil/0c383e2cd782.cfg", "Fanvil X6U Pro 0.0.10 0c383e2cd782"), provd.Info{"vendor": "Fanvil", "model": "X6U-Pro", "version": "0.0.10", "mac": "0c:38:3e:2c:d7:82"}},
		{"second version", http("/", "Fanvil X5U-V2 2.12.16.17 0c383e557eb1"), provd.Info{"vendor": "Fanvil", "model": "X5U-V2", "version": "2.12.16.17", "mac": "0c:38:3e:55:7e:b1"}},
		{"hotel phone", http("/", "Fanvil H2U-V2 2.12.0 0c383e32342e"), provd.Info{"vendor": "Fanvil", "model": "H2U-V2", "version": "2.12.0", "mac": "0c:38:3e:32:34:2e"}},
		{"door phone", http("/", "Fanvil i10SV 2.12.10.1 0c383e2397f4"), provd.Info{"vendor": "Fanvil", "model": "i10SV", "version": "2.12.10.1", "mac": "0c:38:3e:23:97:f4"}},
		{"Wi-Fi handset", http("/", "Fanvil W620W 2.16.10 0c383e7dd216"), provd.Info{"vendor": "Fanvil", "model": "W620W", "version": "2.16.10", "mac": "0c:38:3e:7d:d2:16"}},
		{"Android phone", http("/", "Fanvil A32i 2.6.0.1 0c383e2cd783"), provd.Info{"vendor": "Fanvil", "model": "A32i", "version": "2.6.0.1", "mac": "0c:38:3e:2c:d7:83"}},
		{"loudspeaker", http("/", "Fanvil PA2S 2.4.0 0c383e2cd784"), provd.Info{"vendor": "Fanvil", "model": "PA2S", "version": "2.4.0", "mac": "0c:38:3e:2c:d7:84"}},
		{"two words", http("/", "Fanvil X5U V2 Pro 2.12.1 0c383e2cd785"), provd.Info{"vendor": "Fanvil", "model": "X5U-V2-Pro", "version": "2.12.1", "mac": "0c:38:3e:2c:d7:85"}},
		{"longer words", http("/", "Fanvil X3SG Lite 2.12.1 0c383e2cd786"), provd.Info{"vendor": "Fanvil", "model": "X3SG-Lite", "version": "2.12.1", "mac": "0c:38:3e:2c:d7:86"}},
		{"no model", http("/", "Fanvil phone 2.12.1 0c383e2cd787"), nil},
		{"common file", http("/Fanvil/F0V0V6700000.cfg", ""), provd.Info{"vendor": "Fanvil", "model": "V67"}},
		{"common file and an agent", http("/Fanvil/F0V0V6700000.cfg", "Fanvil V67 2.6.6.187 0c383e2b29e6"), provd.Info{"vendor": "Fanvil", "model": "V67", "version": "2.6.6.187", "mac": "0c:38:3e:2b:29:e6"}},
		{"MAC in the path", http("/Fanvil/0c383e2cd782.cfg", ""), provd.Info{"mac": "0c:38:3e:2c:d7:82"}},
		{"MAC of zeros", http("/000000000000.cfg", ""), nil},
		{"browser", http("/", "Mozilla/5.0"), nil},
		{"not ASCII", http("/\xe9", "Fanvil X4 2.10 0c383e07e16\xe9"), nil},
		{"TFTP", tftp("0c383e2cd782.cfg"), nil},
	})
}

func TestOwnFanvilFacts(t *testing.T) {
	t.Parallel()
	testOwnFacts(t, fanvil, "X6U", ownFacts{
		trigger:   "001565aabbcc.cfg",
		sensitive: map[string]bool{"001565aabbcc.cfg": false, "F0V0V6700000.cfg": false},
		scores: []ownScore{
			{provd.Info{}, 200},
			{provd.Info{"vendor": "Fanvil"}, 300},
			{provd.Info{"vendor": "Fanvil", "model": "X6U-Pro", "version": "2.12"}, 400},
			{provd.Info{"vendor": "Fanvil", "model": "X999"}, 300},
			{provd.Info{"vendor": "Snom", "model": "D785"}, 100},
		},
	})
}
