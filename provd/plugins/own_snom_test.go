package plugins_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd"
	"provbox/provd/plugin"
	"provbox/provd/plugins"
)

const snom = "provbox-snom"

func TestOwnSnomRender(t *testing.T) {
	t.Parallel()
	testOwn(t, snom, []ownRender{
		{"D785-autoprov", "D785", autoprov},
		{"D785-full", "D785", full},
		{"D785-hostile", "D785", ownHostile},
		{"D140-full", "D140", full},
		{"M900-full", "M900", full},
		{"M300-hostile", "M300", ownHostile},
		{"unknown-full", "D999", full},
		{"nomodel-empty", "", "{}"},
	})
}

func TestOwnSnomInjection(t *testing.T) {
	t.Parallel()
	checkOwnXML(t, ownFiles(t, snom, "D785"))
	checkOwnXML(t, ownFiles(t, snom, "M900"))
}

func TestOwnSnomIdentification(t *testing.T) {
	t.Parallel()
	const agent = "Mozilla/4.0 (compatible; snom710-SIP 8.7.5.35 1.1.5-IFX-05.01.12 000413741767)"
	withQuery := http("/snom320.htm", "Mozilla/4.0 (compatible; snom320-SIP 8.4.18 1.1.3-s)")
	withQuery.Query = "mac=000413AABBCC"
	badQuery := http("/snom320.htm", "Mozilla/4.0 (compatible; snom320-SIP 8.4.18 1.1.3-s)")
	badQuery.Query = "mac=no"
	browser := http("/", "Mozilla/5.0")
	browser.Query = "mac=000413AABBCC"
	testOwnIdentification(t, snom, []ownExtract{
		{"with MAC", http("/snom710.htm", agent), provd.Info{"vendor": "Snom", "model": "710", "version": "8.7.5.35", "mac": "00:04:13:74:17:67"}},
		{"MAC not last", http("/", "Mozilla/4.0 (compatible; snomD785-SIP 10.1.33.33 2010.12-00004-g9ba52f5 000413922D24 SXM:0 UXM:0)"), provd.Info{"vendor": "Snom", "model": "D785", "version": "10.1.33.33", "mac": "00:04:13:92:2d:24"}},
		{"old, MAC in the path", http("/snom370-000413AABBCC.htm", "Mozilla/4.0 (compatible; snom370-SIP 7.3.30 1.1.3-u)"), provd.Info{"vendor": "Snom", "model": "370", "version": "7.3.30", "mac": "00:04:13:aa:bb:cc"}},
		{"old, MAC in the query", withQuery, provd.Info{"vendor": "Snom", "model": "320", "version": "8.4.18", "mac": "00:04:13:aa:bb:cc"}},
		{"bad query", badQuery, provd.Info{"vendor": "Snom", "model": "320", "version": "8.4.18"}},
		{"D in the name", http("/", "Mozilla/4.0 (compatible; snomD725-SIP 10.1.54.13 2010.12 000413922D25)"), provd.Info{"vendor": "Snom", "model": "D725", "version": "10.1.54.13", "mac": "00:04:13:92:2d:25"}},
		{"loudspeaker", http("/", "Mozilla/4.0 (compatible; snomPA1-SIP 8.4.35 1.1.3-s)"), provd.Info{"vendor": "Snom", "model": "PA1", "version": "8.4.35"}},
		{"base station", http("/", "Mozilla/4.0 (compatible; Snom M900 05.20.0001 000413b60680)"), provd.Info{"vendor": "Snom", "model": "M900", "version": "05.20.0001", "mac": "00:04:13:b6:06:80"}},
		{"browser with a query", browser, nil},
		{"no agent", http("/snom370-000413AABBCC.htm", ""), nil},
		{"not ASCII", http("/", "snom\xe9"), nil},
		{"TFTP", tftp("snom370.htm"), nil},
		{"DHCP", dhcp("snom370"), nil},
	})
}

func TestOwnSnomFacts(t *testing.T) {
	t.Parallel()
	testOwnFacts(t, snom, "D785", ownFacts{
		trigger: "001565AABBCC.xml",
		sensitive: map[string]bool{
			"001565AABBCC.xml": true, "001565aabbcc.xml": false, "snomD785-001565AABBCC.htm": false, "snomD785.htm": false,
		},
		scores: []ownScore{
			{provd.Info{}, 200},
			{provd.Info{"vendor": "Snom"}, 300},
			{provd.Info{"vendor": "Snom", "model": "D785", "version": "10.1.184.15"}, 400},
			{provd.Info{"vendor": "Snom", "model": "D999", "version": "10.1.184.15"}, 300},
			{provd.Info{"vendor": "Snom", "model": "320", "version": "6.5.20"}, 0},
			{provd.Info{"vendor": "Snom", "model": "M900", "version": "05.20.0001"}, 400},
			{provd.Info{"vendor": "Yealink", "model": "T46U"}, 100},
		},
	})
	dev := provd.NewDevice("id", "dev1", "mac", "00:15:65:aa:bb:cc")
	if got, err := load(t, snom).RemoteStateTrigger(t.Context(), dev); err != nil || got != "" {
		t.Errorf("trigger without model: %q, %v", got, err)
	}
}

func TestOwnSnomSynchronize(t *testing.T) {
	t.Parallel()
	var got []plugin.Notification
	p, err := plugin.Load(t.Context(), plugin.Config{ID: snom, Package: plugins.FS(snom), BaseRawConfig: base(), Notifier: notifier{&got}})
	if err != nil {
		t.Fatal(err)
	}
	for _, model := range []string{"D785", "M900"} {
		dev := provd.NewDevice("id", "dev1", "mac", "00:15:65:aa:bb:cc", "ip", "198.51.100.7", "model", model)
		if err := p.Synchronize(t.Context(), dev, config(t, "{}")); err != nil {
			t.Fatal(err)
		}
	}
	want := []plugin.Notification{
		{URI: "sip:anonymous@198.51.100.7", Variables: []string{"Event=check-sync;reboot=false"}},
		{URI: "sip:anonymous@198.51.100.7", Variables: []string{"Event=check-sync;reboot=true"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
