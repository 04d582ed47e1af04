package plugins_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
	"provbox/provd/ident"
	"provbox/provd/plugin"
	"provbox/provd/plugins"
	"provbox/provd/provdtest"
)

const (
	ciscoSIP  = "provbox-cisco-sip"
	ciscoSCCP = "provbox-cisco-sccp"
)

func TestOwnCiscoRender(t *testing.T) {
	t.Parallel()
	testOwn(t, ciscoSIP, []ownRender{
		{"8851-autoprov", "8851", autoprov},
		{"8851-full", "8851", full},
		{"8851-hostile", "8851", ownHostile},
		{"SPA504G-full", "SPA504G", full},
		{"SPA122-full", "SPA122", full},
		{"ATA192-full", "ATA192", full},
		{"9861-full", "9861", full},
		{"SPA232D-full", "SPA232D", full},
		{"unknown-full", "9899", full},
		{"unknown-SPA-full", "SPA599G", full},
		{"nomodel-empty", "", "{}"},
	})
}

func TestOwnCiscoInjection(t *testing.T) {
	t.Parallel()
	checkOwnXML(t, ownFiles(t, ciscoSIP, "8851"))
	checkOwnXML(t, ownFiles(t, ciscoSIP, "SPA122"))
}

func TestOwnCiscoIdentification(t *testing.T) {
	t.Parallel()
	query := func(query string) provd.Request {
		req := http("/", "Cisco/ATA191-MPP-11-1-0-MSR4 (FCH2443D9R4)")
		req.Query = query
		return req
	}
	testOwnIdentification(t, ciscoSIP, []ownExtract{
		{"SPA", http("/0002fdff2103.xml", "Cisco/SPA508G-7.4.4 (0002FDFF2103)(CBT141400UK)"), provd.Info{"vendor": "Cisco", "model": "SPA508G", "version": "7.4.4", "mac": "00:02:fd:ff:21:03", "sn": "CBT141400UK"}},
		{"SPA with a serial number alone", http("/", "Cisco/SPA525G-7.4.7 (CBT141900G7)"), provd.Info{"vendor": "Cisco", "model": "SPA525G", "version": "7.4.7", "sn": "CBT141900G7"}},
		{"MAC of the path", http("/0002fdff2103.xml", "Linksys/SPA-942-6.1.5(a) (88019FA42805)"), provd.Info{"vendor": "Cisco", "model": "SPA942", "version": "6.1.5(a)", "sn": "88019FA42805", "mac": "00:02:fd:ff:21:03"}},
		{"PAP2T", http("/", "Linksys/PAP2T-5.1.6(LS) (000E08D0D1D2)"), provd.Info{"vendor": "Cisco", "model": "PAP2T", "version": "5.1.6(LS)", "sn": "000E08D0D1D2"}},
		{"no address where it should be", http("/", "Cisco/SPA508G-7.4.4 (none)(CBT141400UK)"), provd.Info{"vendor": "Cisco", "model": "SPA508G", "version": "7.4.4", "sn": "CBT141400UK"}},
		{"adapter", http("/", "Cisco/ATA192-MPP-11.1.0 (88755678aabc)"), provd.Info{"vendor": "Cisco", "model": "ATA192", "version": "11.1.0", "sn": "88755678aabc"}},
		{"MPP", http("/8851-3PCC.xml", "Cisco-CP-8851-3PCC/12.0.7 (00562B043617)"), provd.Info{"vendor": "Cisco", "model": "8851", "version": "12.0.7", "mac": "00:56:2b:04:36:17"}},
		{"PhoneOS", http("/", "Cisco-DP-9861/3.0.1 (00562B043619)"), provd.Info{"vendor": "Cisco", "model": "9861", "version": "3.0.1", "mac": "00:56:2b:04:36:19"}},
		{"PhoneOS by the path", http("/Cisco/DP-9861/00562b043619.cfg", ""), provd.Info{"vendor": "Cisco", "model": "9861", "mac": "00:56:2b:04:36:19"}},
		{"zero address", http("/000000000000.xml", "Cisco/SPA525G-7.4.7 (CBT141900G7)"), provd.Info{"vendor": "Cisco", "model": "SPA525G", "version": "7.4.7", "sn": "CBT141900G7"}},
		{"another vendor", http("/0002fdff2103.xml", "Mozilla/5.0"), nil},
		{"no agent", http("/0002fdff2103.xml", ""), nil},
		{"not ASCII", http("/", "Cisco/SPA508G\xe9-7.4.4 (x)"), nil},
		{"MPP by the path", http("/Cisco/CP-7841-3PCC/00562b043616.cfg", ""), provd.Info{"vendor": "Cisco", "model": "7841", "mac": "00:56:2b:04:36:16"}},
		{"address in the query", query("mac=4CBC4804DD7A"), provd.Info{"vendor": "Cisco", "model": "ATA191", "version": "11-1-0-MSR4", "sn": "FCH2443D9R4", "mac": "4c:bc:48:04:dd:7a"}},
		{"no address in the query", query("mac=zz&mac=4CBC4804DD7A"), provd.Info{"vendor": "Cisco", "model": "ATA191", "version": "11-1-0-MSR4", "sn": "FCH2443D9R4"}},
		{"TFTP, old adapter", tftp("ATA001AA2B3C4D5.cnf.xml"), provd.Info{"vendor": "Cisco", "model": "ATA190", "mac": "00:1a:a2:b3:c4:d5"}},
		{"TFTP, second port of an old adapter", tftp("ATA1AA2B3C4D501.cnf.xml"), provd.Info{"vendor": "Cisco", "model": "ATA190"}},
		{"DHCP, old adapter", dhcp("CISCO ATA190"), provd.Info{"vendor": "Cisco", "model": "ATA190"}},
		{"TFTP", tftp("/spa508G.cfg"), provd.Info{"vendor": "Cisco", "model": "SPA508G"}},
		{"TFTP, PAP2T", tftp("init.cfg"), provd.Info{"vendor": "Cisco", "model": "PAP2T"}},
		{"TFTP, MPP", tftp("/Cisco/CP-7841-3PCC/00562b043616.cfg"), provd.Info{"vendor": "Cisco", "model": "7841", "mac": "00:56:2b:04:36:16"}},
		{"TFTP, another file", tftp("SEP001AA2B3C4D5.cnf.xml"), nil},
		{"TFTP, no text", tftp("\xff\xfe"), nil},
		{"DHCP, SPA9", dhcp("LINKSYS SPA-942"), provd.Info{"vendor": "Cisco", "model": "SPA942"}},
		{"DHCP, SPA5", dhcp("Cisco SPA525g"), provd.Info{"vendor": "Cisco", "model": "SPA525G"}},
		{"DHCP, adapter", dhcp("CISCO ATA191-MPP"), provd.Info{"vendor": "Cisco", "model": "ATA191"}},
		{"DHCP, MPP", dhcp("CP-7841-3PCC"), provd.Info{"vendor": "Cisco", "model": "7841"}},
		{"DHCP, PhoneOS", dhcp("DP-9861"), provd.Info{"vendor": "Cisco", "model": "9861"}},
		{"DHCP, SCCP", dhcp("Cisco Systems, Inc. IP Phone CP-7941G\x00"), nil},
		{"DHCP without a class", dhcp(""), nil},
	})
}

func TestOwnCiscoFacts(t *testing.T) {
	t.Parallel()
	testOwnFacts(t, ciscoSIP, "8851", ownFacts{
		trigger:   "001565aabbcc.xml",
		sensitive: map[string]bool{"001565aabbcc.xml": true, "001565AABBCC.xml": true, "ATA001565AABBCC.cnf.xml": true, "toolong001565aabbcc.xml": false, "8851-3PCC.xml": false, "spa508G.cfg": false},
		scores: []ownScore{
			{provd.Info{}, 200},
			{provd.Info{"vendor": "Cisco"}, 200},
			{provd.Info{"vendor": "Cisco", "model": "8851", "version": "12.0.7"}, 400},
			{provd.Info{"vendor": "Cisco", "model": "SPA599G"}, 300},
			{provd.Info{"vendor": "Cisco", "model": "9871"}, 400},
			{provd.Info{"vendor": "Cisco", "model": "9899"}, 300},
			{provd.Info{"vendor": "Cisco", "model": "7941G"}, 100},
			{provd.Info{"vendor": "Cisco", "model": "8941"}, 100},
			{provd.Info{"vendor": "Yealink", "model": "T46U"}, 100},
		},
	})
}

// TestOwnCiscoManagedRender renders what speaks SIP of the phones that are made for
// a call manager.
func TestOwnCiscoManagedRender(t *testing.T) {
	t.Parallel()
	testOwn(t, ciscoSCCP, []ownRender{
		{"8945-autoprov", "8945", autoprov},
		{"8945-full", "8945", full},
		{"8945-hostile", "8945", ownHostile},
		{"8945-servers", "8945", `{"sip_dtmf_mode": "RTP-in-band", "funckeys": {"1": {"type": "blf", "value": "taken"}, "4": {"type": "blf", "value": "4"}, "5": {"type": "blf", "value": "none"}},
			"sip_lines": {"1": {"username": "u1", "password": "p1", "display_name": "One", "number": "1001", "proxy_ip": "192.0.2.21"},
			"2": {"username": "u2", "password": "p2", "display_name": "Two", "number": "1002", "proxy_ip": "192.0.2.22"}}}`},
		{"8945-SCCP", "8945", `{"protocol": "SCCP", "sccp_call_managers": {"1": {"ip": "192.0.2.20"}}}`},
		{"7941G-SIP", "7941G", `{"protocol": "SIP", "sip_lines": {"1": {"username": "u1", "password": "p1", "display_name": "One", "number": "1001", "proxy_ip": "192.0.2.21"}}}`},
		{"ATA190-full", "ATA190", full},
		{"ATA190-hostile", "ATA190", ownHostile},
		{"ATA190-ports", "ATA190", `{"sip_lines": {"1": {"username": "u1", "password": "p1", "display_name": "One", "number": "1001", "proxy_ip": "192.0.2.21"},
			"2": {"username": "u2", "password": "p2", "display_name": "Two", "number": "1002", "proxy_ip": "192.0.2.22"}}}`},
	})
}

func TestOwnCiscoManagedInjection(t *testing.T) {
	t.Parallel()
	checkOwnXML(t, ownFiles(t, ciscoSCCP, "8945"))
	checkOwnXML(t, ownFiles(t, ciscoSCCP, "ATA190"))
}

func TestOwnCiscoManagedFacts(t *testing.T) {
	t.Parallel()
	testOwnFacts(t, ciscoSCCP, "ATA190", ownFacts{
		trigger:   "ATA001565AABBCC.cnf.xml",
		sensitive: map[string]bool{"ATA001565AABBCC.cnf.xml": true, "ATA1565AABBCC01.cnf.xml": true, "SEP001565AABBCC.cnf.xml": true, "dialplan.xml": false},
		scores: []ownScore{
			{provd.Info{"vendor": "Cisco", "model": "ATA190"}, 400},
			{provd.Info{"vendor": "Cisco", "model": "8941"}, 400},
			{provd.Info{"vendor": "Cisco", "model": "8961"}, 400},
			{provd.Info{"vendor": "Cisco", "model": "ATA192"}, 100},
		},
	})
}

// TestOwnCiscoPorts checks that the file of the second port of an adapter goes
// with its account and with the device.
func TestOwnCiscoPorts(t *testing.T) {
	t.Parallel()
	p := load(t, ciscoSCCP)
	dev := provd.NewDevice("id", "dev1", "mac", "00:15:65:aa:bb:cc", "model", "ATA190")
	const line = `{"username": "u", "password": "p", "display_name": "d", "number": "1", "proxy_ip": "192.0.2.21"}`
	for _, tt := range []struct {
		config string
		want   []string
	}{
		{`{"sip_lines": {"1": ` + line + `, "2": ` + line + `}}`, []string{"ATA001565AABBCC.cnf.xml", "ATA1565AABBCC01.cnf.xml"}},
		{`{"sip_lines": {"1": ` + line + `}}`, []string{"ATA001565AABBCC.cnf.xml"}},
		{`{"sip_lines": {"2": ` + line + `}}`, []string{"ATA001565AABBCC.cnf.xml", "ATA1565AABBCC01.cnf.xml"}},
	} {
		if err := p.Configure(t.Context(), dev, config(t, tt.config)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, slices.Sorted(maps.Keys(p.DeviceFiles("dev1")))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.config, diff)
		}
	}
	if err := p.Deconfigure(t.Context(), dev); err != nil {
		t.Fatal(err)
	}
	if files := p.DeviceFiles("dev1"); len(files) > 0 {
		t.Errorf("%d files are left", len(files))
	}
}

// TestOwnCiscoSecondPort checks that what the second port of an adapter asks for is
// the adapter's, not that of a device of its own.
func TestOwnCiscoSecondPort(t *testing.T) {
	t.Parallel()
	set := loadAll(t, nil)
	manager, err := provd.NewManager(provd.ManagerConfig{Store: &provdtest.Store{}, Plugins: set})
	if err != nil {
		t.Fatal(err)
	}
	if err := manager.SetMasterTenant("eeeeeeee-eeee-eeee-eeee-eeeeeeeeeee1"); err != nil {
		t.Fatal(err)
	}
	identifier := ident.New(ident.Config{Devices: manager, Plugins: func() []ident.Plugin {
		var list []ident.Plugin
		for _, p := range set.Loaded() {
			list = append(list, p)
		}
		return list
	}})
	var ids []string
	for _, name := range []string{"ATA001AA2B3C4D5.cnf.xml", "ATA1AA2B3C4D501.cnf.xml"} {
		dev, err := identifier.Identify(t.Context(), tftp(name))
		if err != nil {
			t.Fatal(err)
		}
		if dev.Plugin() != ciscoSCCP {
			t.Errorf("%s goes to %q", name, dev.Plugin())
		}
		ids = append(ids, dev.ID())
	}
	if ids[0] != ids[1] {
		t.Errorf("two devices: %v", ids)
	}
}

// TestOwnCiscoSynchronize checks how each kind of phone is told to read its files.
func TestOwnCiscoSynchronize(t *testing.T) {
	t.Parallel()
	restart := plugin.Notification{URI: "sip:anonymous@198.51.100.7", Variables: []string{
		"Event=service-control", "Content-type=text/plain", "Content=action=restart", "Content=RegisterCallId={}",
		"Content=ConfigVersionStamp={0000000000000000}", "Content=DialplanVersionStamp={0000000000000000}", "Content=SoftkeyVersionStamp={0000000000000000}",
	}}
	check := plugin.Notification{URI: "sip:anonymous@198.51.100.7", Variables: []string{"Event=check-sync"}}
	for _, tt := range []struct {
		model, config string
		want          []plugin.Notification
	}{
		{"8941", "{}", []plugin.Notification{restart}},
		{"7941G", `{"protocol": "SIP"}`, []plugin.Notification{restart}},
		{"ATA190", "{}", []plugin.Notification{check}},
		{"8941", `{"protocol": "SCCP"}`, nil},
		{"7941G", "{}", nil},
	} {
		t.Run(tt.model+tt.config, func(t *testing.T) {
			t.Parallel()
			var got []plugin.Notification
			p, err := plugin.Load(t.Context(), plugin.Config{
				ID: ciscoSCCP, Package: plugins.FS(ciscoSCCP), BaseRawConfig: base(), Notifier: notifier{&got},
			})
			if err != nil {
				t.Fatal(err)
			}
			dev := provd.NewDevice("id", "dev1", "mac", "00:15:65:aa:bb:cc", "ip", "198.51.100.7", "model", tt.model)
			if err := p.Synchronize(t.Context(), dev, config(t, tt.config)); (err != nil) != (tt.want == nil) {
				t.Errorf("error %v", err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
