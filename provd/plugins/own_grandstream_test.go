package plugins_test

import (
	"testing"

	"provbox/provd"
)

const grandstream = "provbox-grandstream"

// ownServers has an account at each of three servers, and two at the first.
const ownServers = `{"sip_lines": {
  "1": {"username": "u1", "password": "p1", "display_name": "One", "number": "1001", "proxy_ip": "192.0.2.21"},
  "2": {"username": "u2", "password": "p2", "display_name": "Two", "number": "1002", "proxy_ip": "192.0.2.22"},
  "3": {"username": "u3", "password": "autoprov", "display_name": "Three", "number": "1003", "proxy_ip": "192.0.2.21"},
  "4": {"username": "u4", "password": "p4", "display_name": "Four", "number": "1004", "proxy_ip": "192.0.2.23"}}}`

func TestOwnGrandstreamRender(t *testing.T) {
	t.Parallel()
	testOwn(t, grandstream, []ownRender{
		{"GXP2170-autoprov", "GXP2170", autoprov},
		{"GXP2170-full", "GXP2170", full},
		{"GXP2170-hostile", "GXP2170", ownHostile},
		{"GXP1630-full", "GXP1630", full},
		{"GRP2614-keys", "GRP2614", `{"funckeys": {"16": {"type": "blf", "value": "16"}, "17": {"type": "blf", "value": "17", "label": "first beside the screen"},
			"24": {"type": "park", "value": "24"}, "34": {"type": "speeddial", "value": "34"}, "40": {"type": "blf", "value": "40"}, "41": {"type": "blf", "value": "41"}}}`},
		{"GXV3370-keys", "GXV3370", `{"funckeys": {"1": {"type": "blf", "value": "1"}, "160": {"type": "park", "value": "160", "line": "2"}, "161": {"type": "blf", "value": "161"}}}`},
		{"HT801-autoprov", "HT801", autoprov},
		{"HT802-full", "HT802", full},
		{"HT813-full", "HT813", full},
		{"HT818-full", "HT818", full},
		{"HT818-hostile", "HT818", ownHostile},
		{"HT814-servers", "HT814", ownServers},
		{"DP750-full", "DP750", full},
		{"DP752-hostile", "DP752", ownHostile},
		{"DP750-servers", "DP750", ownServers},
		{"unknown-HT", "HT899", full},
		{"unknown-DP", "DP799", full},
		{"unknown-full", "GXP9999", full},
		{"nomodel-empty", "", "{}"},
		{"no-password", "GXP1610", `{"sip_lines": {"1": {"username": "u", "password": "autoprov", "display_name": "d", "proxy_ip": "192.0.2.20"}}}`},
	})
}

func TestOwnGrandstreamInjection(t *testing.T) {
	t.Parallel()
	checkOwnXML(t, ownFiles(t, grandstream, "GXP2170"))
	for _, model := range []string{"HT802", "HT818", "DP750"} {
		checkOwnXML(t, ownFiles(t, grandstream, model))
	}
}

func TestOwnGrandstreamIdentification(t *testing.T) {
	t.Parallel()
	testOwnIdentification(t, grandstream, []ownExtract{
		{"with a revision", http("/", "Grandstream Model HW GXV3240 V1.6B SW 1.0.1.27 DevId 000b82632815"), provd.Info{"vendor": "Grandstream", "model": "GXV3240", "version": "1.0.1.27", "mac": "00:0b:82:63:28:15"}},
		{"two spaces", http("/", "Grandstream Model HW GXV3350  V1.3A SW 1.0.1.8 DevId c074ad150b88"), provd.Info{"vendor": "Grandstream", "model": "GXV3350", "version": "1.0.1.8", "mac": "c0:74:ad:15:0b:88"}},
		{"without a revision", http("/", "Grandstream Model HW GXP1628 SW 1.0.4.138 DevId c074ad2bd859"), provd.Info{"vendor": "Grandstream", "model": "GXP1628", "version": "1.0.4.138", "mac": "c0:74:ad:2b:d8:59"}},
		{"adapter", http("/", "Grandstream Model HW HT801 V1.1A SW 1.0.17.5 DevId c074ad273a10"), provd.Info{"vendor": "Grandstream", "model": "HT801", "version": "1.0.17.5", "mac": "c0:74:ad:27:3a:10"}},
		{"eight ports", http("/", "Grandstream Model HW HT818 V1.0A SW 1.0.10.6 DevId 000b82aabb01"), provd.Info{"vendor": "Grandstream", "model": "HT818", "version": "1.0.10.6", "mac": "00:0b:82:aa:bb:01"}},
		{"second hardware", http("/", "Grandstream Model HW HT802V2 V1.0A SW 1.0.3.5 DevId 000b82aabb02"), provd.Info{"vendor": "Grandstream", "model": "HT802V2", "version": "1.0.3.5", "mac": "00:0b:82:aa:bb:02"}},
		{"base station", http("/", "Grandstream Model HW DP750 V1.0A SW 1.0.13.1 DevId 000b82aabb03"), provd.Info{"vendor": "Grandstream", "model": "DP750", "version": "1.0.13.1", "mac": "00:0b:82:aa:bb:03"}},
		{"hotel phone", http("/", "Grandstream Model HW GHP611W SW 1.0.1.49 DevId 000b82aabb04"), provd.Info{"vendor": "Grandstream", "model": "GHP611W", "version": "1.0.1.49", "mac": "00:0b:82:aa:bb:04"}},
		{"Wi-Fi phone", http("/", "Grandstream Model HW WP826 V1.0B SW 1.0.1.44 DevId 000b82aabb05"), provd.Info{"vendor": "Grandstream", "model": "WP826", "version": "1.0.1.44", "mac": "00:0b:82:aa:bb:05"}},
		{"GXP2000", http("/", "Grandstream GXP2000 (gxp2000e.bin:1.2.5.3/boot55e.bin:1.1.6.9) DevId 000b822726c8"), provd.Info{"vendor": "Grandstream", "model": "GXP2000", "version": "1.1.6.9", "mac": "00:0b:82:27:26:c8"}},
		{"no MAC address", http("/", "Grandstream Model HW GXP1628 SW 1.0.4.138 DevId none"), nil},
		{"browser", http("/cfg000b82632815.xml", "Mozilla/5.0"), nil},
		{"no agent", http("/cfg000b82632815.xml", ""), nil},
		{"not ASCII", http("/", "Grandstream Model HW GXP1628 SW 1 DevId c074ad2bd85\xe9"), nil},
		{"TFTP", tftp("cfg000b82632815.xml"), nil},
	})
}

func TestOwnGrandstreamFacts(t *testing.T) {
	t.Parallel()
	testOwnFacts(t, grandstream, "GXP2170", ownFacts{
		trigger:   "cfg001565aabbcc.xml",
		sensitive: map[string]bool{"cfg001565aabbcc.xml": false, "cfg.xml": false},
		scores: []ownScore{
			{provd.Info{}, 200},
			{provd.Info{"vendor": "Grandstream"}, 300},
			{provd.Info{"vendor": "Grandstream", "model": "GXP2170", "version": "1.0.11.85"}, 400},
			{provd.Info{"vendor": "Grandstream", "model": "HT818", "version": "1.0.10.6"}, 400},
			{provd.Info{"vendor": "Grandstream", "model": "DP752", "version": "1.0.13.1"}, 400},
			{provd.Info{"vendor": "Grandstream", "model": "GXP9999"}, 300},
			{provd.Info{"vendor": "Snom", "model": "D785"}, 100},
		},
	})
}
