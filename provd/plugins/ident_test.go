package plugins_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
)

func http(path, agent string) provd.Request {
	return provd.Request{Kind: provd.HTTP, IP: "198.51.100.7", Path: path, UserAgent: agent, HasUserAgent: agent != ""}
}

func tftp(name string) provd.Request {
	return provd.Request{Kind: provd.TFTP, IP: "198.51.100.7", Path: name}
}

func dhcp(class string) provd.Request {
	req := provd.Request{Kind: provd.DHCP, IP: "198.51.100.7", MAC: "00:15:65:aa:bb:cc", Options: map[byte][]byte{12: []byte("host")}}
	if class != "" {
		req.Options[60] = []byte(class)
	}
	return req
}

// TestIdentification is the table of spec/ident.md section 14 for the vendors of
// our packages.
func TestIdentification(t *testing.T) {
	t.Parallel()
	const agent = "Yealink SIP-T46U 108.86.0.90 80:5e:c0:d5:7d:45"
	tests := []struct {
		plugin, name string
		req          provd.Request
		want         provd.Info
	}{
		{"provbox-yealink", "desk phone", http("/", agent), provd.Info{"vendor": "Yealink", "model": "T46U", "version": "108.86.0.90", "mac": "80:5e:c0:d5:7d:45"}},
		{"provbox-yealink", "model with underscore", http("/", "Yealink SIP-T21P_E2 52.80.0.3 00:15:65:4c:4c:26"), provd.Info{"vendor": "Yealink", "model": "T21P_E2", "version": "52.80.0.3", "mac": "00:15:65:4c:4c:26"}},
		{"provbox-yealink", "base station", http("/", "yealink W60B 77.85.0.20 80:5e:c0:00:00:01"), provd.Info{"vendor": "Yealink", "model": "W60B", "version": "77.85.0.20", "mac": "80:5e:c0:00:00:01"}},
		{"provbox-yealink", "Wi-Fi handset", http("/", "Yealink AX83H 180.86.0.5 80:5e:c0:00:00:02"), provd.Info{"vendor": "Yealink", "model": "AX83H", "version": "180.86.0.5", "mac": "80:5e:c0:00:00:02"}},
		{"provbox-yealink", "video phone", http("/", "Yealink SIP VP-T49G 51.80.0.100 00:15:65:00:00:03"), provd.Info{"vendor": "Yealink", "model": "T49G", "version": "51.80.0.100", "mac": "00:15:65:00:00:03"}},
		{"provbox-yealink", "old desk phone", http("/", "Yealink SIP-T28P 2.73.0.50 00:15:65:00:00:04"), provd.Info{"vendor": "Yealink", "model": "T28P", "version": "2.73.0.50", "mac": "00:15:65:00:00:04"}},
		{"provbox-yealink", "new desk phone", http("/", "Yealink SIP-T77U 188.87.0.34 24:9a:d8:00:00:05"), provd.Info{"vendor": "Yealink", "model": "T77U", "version": "188.87.0.34", "mac": "24:9a:d8:00:00:05"}},
		{"provbox-yealink", "video desk phone", http("/", "Yealink SIP VP-VP59 91.86.0.20 24:9a:d8:00:00:06"), provd.Info{"vendor": "Yealink", "model": "VP59", "version": "91.86.0.20", "mac": "24:9a:d8:00:00:06"}},
		{"provbox-yealink", "conference phone", http("/", "Yealink CP935W 149.86.0.10 24:9a:d8:00:00:07"), provd.Info{"vendor": "Yealink", "model": "CP935W", "version": "149.86.0.10", "mac": "24:9a:d8:00:00:07"}},
		{"provbox-yealink", "DECT manager", http("/", "Yealink W90DM 130.87.0.18 24:9a:d8:00:00:08"), provd.Info{"vendor": "Yealink", "model": "W90DM", "version": "130.87.0.18", "mac": "24:9a:d8:00:00:08"}},
		{"provbox-yealink", "VP530P", http("/", "VP530P 23.70.0.40 00:15:65:31:4b:c0"), provd.Info{"vendor": "Yealink", "model": "VP530P", "version": "23.70.0.40", "mac": "00:15:65:31:4b:c0"}},
		{"provbox-yealink", "oldest form", http("/", "Yealink-T20P 9.72.0.30 9.72.0.30"), provd.Info{"vendor": "Yealink", "model": "T20P", "version": "9.72.0.30"}},
		{"provbox-yealink", "unknown form with a MAC in the path", http("/001565aabbcc.cfg", "Yealink something"), nil},
		{"provbox-yealink", "browser", http("/001565aabbcc.cfg", "Mozilla/5.0"), nil},
		{"provbox-yealink", "not ASCII", http("/", "Yealink SIP-T46S 66.86.0.15 80:5e:c0:d5:7d:4\xe9"), nil},
		{"provbox-yealink", "no agent, own address block", http("/805ec0d57d45.cfg", ""), provd.Info{"vendor": "Yealink", "mac": "80:5e:c0:d5:7d:45"}},
		{"provbox-yealink", "no agent, another address block", http("/0004137abcde.cfg", ""), nil},
		{"provbox-yealink", "no agent, in a folder", http("/x/805ec0d57d45.cfg", ""), nil},
		{"provbox-yealink", "no agent, longer suffix", http("/805ec0d57d45.boot", ""), nil},
		{"provbox-yealink", "empty agent", provd.Request{Kind: provd.HTTP, Path: "/805ec0d57d45.cfg", HasUserAgent: true}, provd.Info{"vendor": "Yealink", "mac": "80:5e:c0:d5:7d:45"}},
		{"provbox-yealink", "TFTP", tftp("805ec0d57d45.cfg"), nil},

		{"provbox-cisco-sccp", "configuration over HTTP", http("/SEP001AA2B3C4D5.cnf.xml", ""), provd.Info{"vendor": "Cisco", "mac": "00:1a:a2:b3:c4:d5"}},
		{"provbox-cisco-sccp", "certificates over HTTP", http("/CTLSEP001AA2B3C4D5.tlv", ""), provd.Info{"vendor": "Cisco", "mac": "00:1a:a2:b3:c4:d5"}},
		{"provbox-cisco-sccp", "trust list over HTTP", http("/ITLSEP001AA2B3C4D5.tlv", "any"), provd.Info{"vendor": "Cisco", "mac": "00:1a:a2:b3:c4:d5"}},
		{"provbox-cisco-sccp", "common trust list", http("/ITLFile.tlv", ""), provd.Info{"vendor": "Cisco"}},
		{"provbox-cisco-sccp", "softphone", http("/Communicator/x", ""), provd.Info{"vendor": "Cisco", "model": "CIPC"}},
		{"provbox-cisco-sccp", "lower case", http("/SEP001aa2b3c4d5.cnf.xml", ""), nil},
		{"provbox-cisco-sccp", "in a folder", http("/x/SEP001AA2B3C4D5.cnf.xml", ""), nil},
		{"provbox-cisco-sccp", "configuration over TFTP", tftp("SEP001AA2B3C4D5.cnf.xml"), provd.Info{"vendor": "Cisco", "mac": "00:1a:a2:b3:c4:d5"}},
		{"provbox-cisco-sccp", "certificates over TFTP", tftp("CTLSEP001AA2B3C4D5.tlv"), provd.Info{"vendor": "Cisco", "mac": "00:1a:a2:b3:c4:d5"}},
		{"provbox-cisco-sccp", "softphone over TFTP", tftp(`Communicator\x`), provd.Info{"vendor": "Cisco", "model": "CIPC"}},
		{"provbox-cisco-sccp", "another file over TFTP", tftp("spa508G.cfg"), nil},
		{"provbox-cisco-sccp", "name that is no text", tftp("\xff\xfe"), nil},
		{"provbox-cisco-sccp", "adapter over TFTP", tftp("ATA001AA2B3C4D5.cnf.xml"), provd.Info{"vendor": "Cisco", "model": "ATA190", "mac": "00:1a:a2:b3:c4:d5"}},
		{"provbox-cisco-sccp", "adapter over HTTP", http("/ATA001AA2B3C4D5.cnf.xml", ""), provd.Info{"vendor": "Cisco", "model": "ATA190", "mac": "00:1a:a2:b3:c4:d5"}},
		{"provbox-cisco-sccp", "second port of an adapter", tftp("ATA1AA2B3C4D501.cnf.xml"), provd.Info{"vendor": "Cisco", "model": "ATA190"}},
		{"provbox-cisco-sccp", "adapter of no address", tftp("ATA000000000000.cnf.xml"), nil},
		{"provbox-cisco-sccp", "DHCP, adapter", dhcp("CISCO ATA190"), provd.Info{"vendor": "Cisco", "model": "ATA190"}},
		{"provbox-cisco-sccp", "DHCP, another adapter", dhcp("CISCO ATA191-MPP"), nil},
		{"provbox-cisco-sccp", "DHCP, SIP", dhcp("Cisco Systems, Inc. IP Phone CP-8945\x00"), provd.Info{"vendor": "Cisco", "model": "8945"}},
		{"provbox-cisco-sccp", "DHCP with G", dhcp("Cisco Systems, Inc. IP Phone CP-7941G\x00"), provd.Info{"vendor": "Cisco", "model": "7941G"}},
		{"provbox-cisco-sccp", "DHCP, old form", dhcp("Cisco Systems, Inc. IP Phone 7912"), provd.Info{"vendor": "Cisco", "model": "7912G"}},
		{"provbox-cisco-sccp", "DHCP, wireless", dhcp("Cisco Systems Inc. Wireless Phone 7921"), provd.Info{"vendor": "Cisco", "model": "7921G"}},
		{"provbox-cisco-sccp", "DHCP, 7920 has no G", dhcp("Cisco Systems, Inc. IP Phone 7920"), provd.Info{"vendor": "Cisco", "model": "7920"}},
		{"provbox-cisco-sccp", "DHCP, four digits", dhcp("Cisco Systems, Inc. IP Phone CP-8961\x00"), provd.Info{"vendor": "Cisco", "model": "8961"}},
		{"provbox-cisco-sccp", "DHCP, bare", dhcp("Cisco Systems, Inc."), provd.Info{"vendor": "Cisco"}},
		{"provbox-cisco-sccp", "DHCP of others", dhcp("LINKSYS SPA-942"), nil},
		{"provbox-cisco-sccp", "DHCP without a class", dhcp(""), nil},
	}
	for _, tt := range tests {
		t.Run(tt.plugin+"/"+tt.name, func(t *testing.T) {
			t.Parallel()
			p := load(t, tt.plugin)
			// The second answer is a remembered one.
			for range 2 {
				got, err := p.Extract(t.Context(), tt.req)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestAssociation(t *testing.T) {
	t.Parallel()
	yealink, cisco := load(t, "provbox-yealink"), load(t, "provbox-cisco-sccp")
	for _, tt := range []struct {
		info           provd.Info
		yealink, cisco int
	}{
		{provd.Info{}, 200, 200},
		{provd.Info{"vendor": "Yealink"}, 300, 100},
		{provd.Info{"vendor": "Yealink", "model": "T46U", "version": "108.86.0.90"}, 400, 100},
		{provd.Info{"vendor": "Yealink", "model": "T28P", "version": "2.73.0.50"}, 400, 100},
		{provd.Info{"vendor": "Yealink", "model": "T999"}, 300, 100},
		{provd.Info{"vendor": "Cisco"}, 100, 300},
		{provd.Info{"vendor": "Cisco", "model": "7941G"}, 100, 400},
		{provd.Info{"vendor": "Cisco", "model": "SPA504G"}, 100, 100},
		{provd.Info{"vendor": "Snom", "model": "D785"}, 100, 100},
	} {
		if got, err := yealink.Score(t.Context(), tt.info); err != nil || got != tt.yealink {
			t.Errorf("%v scores %d, %v with Yealink; want %d", tt.info, got, err, tt.yealink)
		}
		if got, err := cisco.Score(t.Context(), tt.info); err != nil || got != tt.cisco {
			t.Errorf("%v scores %d, %v with Cisco; want %d", tt.info, got, err, tt.cisco)
		}
	}
}
