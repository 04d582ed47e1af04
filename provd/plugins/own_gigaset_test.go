package plugins_test

import (
	"fmt"
	"strings"
	"testing"

	"provbox/provd"
)

const gigaset = "provbox-gigaset"

// handsets is a config with as many accounts, each at a handset of its own.
func handsets(count int) string {
	lines := make([]string, count)
	for i := range lines {
		lines[i] = fmt.Sprintf(`"%d": {"username": "u%[1]d", "password": "p%[1]d", "display_name": "Handset %[1]d", "number": "%d", "proxy_ip": "192.0.2.20"}`, i+1, 1001+i)
	}
	return `{"sip_lines": {` + strings.Join(lines, ", ") + `}}`
}

func TestOwnGigasetRender(t *testing.T) {
	t.Parallel()
	testOwn(t, gigaset, []ownRender{
		{"N870-autoprov", "N870 IP PRO", autoprov},
		{"N870-full", "N870 IP PRO", full},
		{"N870-hostile", "N870 IP PRO", ownHostile},
		{"N510-full", "N510 IP PRO", full},
		{"N510-hostile", "N510 IP PRO", ownHostile},
		{"N510-pin", "N510 IP PRO", `{"admin_password": "1234"}`},
		{"N720-full", "N720 DM PRO", full},
		{"N610-handsets", "N610 IP PRO", handsets(10)},
		{"N970-full", "N970 IP PRO", full},
		{"unknown-full", "N999 IP PRO", full},
		{"nomodel-empty", "", "{}"},
	})
}

func TestOwnGigasetInjection(t *testing.T) {
	t.Parallel()
	for _, model := range []string{"N870 IP PRO", "N510 IP PRO", "N720 DM PRO"} {
		checkOwnXML(t, ownFiles(t, gigaset, model))
	}
}

func TestOwnGigasetIdentification(t *testing.T) {
	t.Parallel()
	testOwnIdentification(t, gigaset, []ownExtract{
		{"N510", http("/42/2/7C2F806257D7.xml", "N510 IP PRO/42.258.00.000.000;7C2F806257D7"), provd.Info{"vendor": "Gigaset", "model": "N510 IP PRO", "version": "42.258", "mac": "7c:2f:80:62:57:d7"}},
		{"N510 without a MAC", http("/", "N510 IP PRO/42.258.00.000.000"), provd.Info{"vendor": "Gigaset", "model": "N510 IP PRO", "version": "42.258"}},
		{"N720", http("/", "Gigaset N720 DM PRO/70.108.00.000.000;7C2F80CA21E5"), provd.Info{"vendor": "Gigaset", "model": "N720 DM PRO", "version": "70.108", "mac": "7c:2f:80:ca:21:e5"}},
		{"N870", http("/", "Gigaset N870 IP PRO/83.V2.11.0+build.a546b91;7C2F80E0D605"), provd.Info{"vendor": "Gigaset", "model": "N870 IP PRO", "version": "83.V2.11.0", "mac": "7c:2f:80:e0:d6:05"}},
		{"N870 in quotation marks", http("/", `"Gigaset N870E IP PRO/83.V2.62.1+build.8d5ea36;7C2F80E0D608;Handset=2"`), provd.Info{"vendor": "Gigaset", "model": "N870E IP PRO", "version": "83.V2.62.1", "mac": "7c:2f:80:e0:d6:08"}},
		{"N610", http("/", "Gigaset N610 IP PRO/83.V2.65.0+build.8504c90;7C2F80E0D606"), provd.Info{"vendor": "Gigaset", "model": "N610 IP PRO", "version": "83.V2.65.0", "mac": "7c:2f:80:e0:d6:06"}},
		{"virtual integrator", http("/", "Gigaset N870 VI PRO/83.V2.65.0+build.8504c90;7C2F80E0D607"), provd.Info{"vendor": "Gigaset", "model": "N870 VI PRO", "version": "83.V2.65.0", "mac": "7c:2f:80:e0:d6:07"}},
		{"N970", http("/", "Gigaset N970 IP PRO/83.V2.65.0+build.8504c90;7C2F80E0D609"), provd.Info{"vendor": "Gigaset", "model": "N970 IP PRO", "version": "83.V2.65.0", "mac": "7c:2f:80:e0:d6:09"}},
		{"another vendor", http("/7C2F806257D7.xml", "Mozilla/5.0"), nil},
		{"no agent", http("/7C2F806257D7.xml", ""), nil},
		{"DHCP", dhcp("Gigaset_N720_DM_PRO"), provd.Info{"vendor": "Gigaset", "model": "N720 DM PRO"}},
		{"DHCP without the vendor", dhcp("N510_IP_PRO"), provd.Info{"vendor": "Gigaset", "model": "N510 IP PRO"}},
		{"DHCP of others", dhcp("C470_IP"), nil},
		{"DHCP without a class", dhcp(""), nil},
		{"TFTP", tftp("7C2F806257D7.xml"), nil},
	})
}

func TestOwnGigasetFacts(t *testing.T) {
	t.Parallel()
	testOwnFacts(t, gigaset, "N870 IP PRO", ownFacts{
		sensitive: map[string]bool{"001565aabbcc.xml": true, "001565AABBCC.xml": true, "master.bin": false},
		scores: []ownScore{
			{provd.Info{}, 200},
			{provd.Info{"vendor": "Gigaset"}, 300},
			{provd.Info{"vendor": "Gigaset", "model": "N510 IP PRO", "version": "42.258"}, 400},
			{provd.Info{"vendor": "Gigaset", "model": "N999 IP PRO"}, 300},
			{provd.Info{"vendor": "Snom", "model": "M900"}, 100},
		},
	})
}

// TestOwnGigasetFolders checks that the older models find their files below the
// folders that they put in front.
func TestOwnGigasetFolders(t *testing.T) {
	t.Parallel()
	p := load(t, gigaset)
	for name, want := range map[string]string{
		"42/2/7C2F806257D7.xml":   "7C2F806257D7.xml",
		"70/222/7C2F80CA21E4.xml": "7C2F80CA21E4.xml",
		"7c2f80e0d605.xml":        "7c2f80e0d605.xml",
		"x/2/7C2F806257D7.xml":    "x/2/7C2F806257D7.xml",
	} {
		got, err := p.Preprocess(t.Context(), http("/"+name, "N510 IP PRO/42.258.00.000.000"), name)
		if err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, want)
		}
	}
}
