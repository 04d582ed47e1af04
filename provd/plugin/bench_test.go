package plugin_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/plugin"
	"provbox/provd/plugins"
	"provbox/provd/rawconfig"
)

// benchPackages are the packages that are measured: ours, or when PROVBOX_PACKAGES
// names a folder of installed packages, those in it.
func benchPackages(b *testing.B) (ids []string, files func(id string) fs.FS) {
	b.Helper()
	dir := os.Getenv("PROVBOX_PACKAGES")
	if dir == "" {
		return plugins.IDs(), plugins.FS
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		b.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			ids = append(ids, e.Name())
		}
	}
	return ids, func(id string) fs.FS { return os.DirFS(filepath.Join(dir, id)) }
}

func benchCommon() *document.Object {
	return document.New("ip", "192.0.2.10", "http_port", 8667, "tftp_port", 69, "http_base_url", "http://192.0.2.10:8667")
}

// benchConfig is a desk phone with two lines and a page of keys.
func benchConfig(b *testing.B) *document.Object {
	b.Helper()
	raw, err := document.Decode([]byte(`{"ip": "192.0.2.10", "http_port": 8667, "tftp_port": 69, "http_base_url": "http://192.0.2.10:8667",
		"locale": "fr_FR", "timezone": "Europe/Paris", "ntp_enabled": true, "ntp_ip": "192.0.2.40", "vlan_enabled": true, "vlan_id": 100,
		"admin_username": "admin", "admin_password": "99887", "user_username": "user", "user_password": "1234",
		"exten_dnd": "*25", "exten_park": "700", "exten_pickup_call": "*8", "exten_voicemail": "*98",
		"X_xivo_phonebook_ip": "192.0.2.30", "X_xivo_user_uuid": "0d5f1e2c-7a3b-4c7e-9d52-1f0a4b8c6e11",
		"sip_proxy_ip": "192.0.2.20", "sip_registrar_ip": "192.0.2.20", "sip_dtmf_mode": "SIP-INFO", "sip_transport": "udp", "protocol": "SIP",
		"sccp_call_managers": {"1": {"ip": "192.0.2.20"}, "2": {"ip": "192.0.2.21"}},
		"sip_lines": {
			"1": {"username": "user1", "password": "secret1", "display_name": "User 1", "number": "1001", "proxy_ip": "192.0.2.20", "registrar_ip": "192.0.2.20"},
			"2": {"username": "user2", "password": "secret2", "display_name": "User 2", "number": "1002", "proxy_ip": "192.0.2.20", "registrar_ip": "192.0.2.20"}},
		"funckeys": {}}`))
	if err != nil {
		b.Fatal(err)
	}
	keys := raw.Object("funckeys")
	for n := 1; n <= 10; n++ {
		kind := []string{"blf", "speeddial"}[n%2]
		keys.Set(fmt.Sprint(n), document.New("type", kind, "value", fmt.Sprint(1100+n), "label", fmt.Sprint("Key ", n), "line", 1))
	}
	rawconfig.SetDefaults(raw)
	return raw
}

// benchDevice is the first phone that the package says it supports.
func benchDevice(info plugin.Info) provd.Device {
	dev := provd.NewDevice("id", "dev1", "ip", "198.51.100.7", "mac", "00:15:65:aa:bb:cc", "uuid", "11111111-2222-3333-4444-555555555555")
	if models := info.Models(); len(models) > 0 && models[0].Model != "*" {
		dev.Set("vendor", models[0].Vendor)
		dev.Set("model", models[0].Model)
		if models[0].Version != "*" {
			dev.Set("version", models[0].Version)
		}
	}
	return dev
}

func benchSet(b *testing.B, ids []string, files func(string) fs.FS) *plugin.Set {
	b.Helper()
	set := plugin.NewSet(plugin.SetConfig{
		Embedded: ids, EmbeddedFS: files,
		Plugin: plugin.Config{BaseRawConfig: benchCommon()},
	})
	if err := set.Load(b.Context()); err != nil {
		b.Fatal(err)
	}
	for id, err := range set.Failed() {
		// One of the published packages fails wherever it is loaded.
		if os.Getenv("PROVBOX_PACKAGES") == "" {
			b.Fatalf("%s: %v", id, err)
		}
	}
	return set
}

func heap() float64 {
	runtime.GC()
	runtime.GC() // what finalizers and pools held back
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// BenchmarkLoad is the start of a box with all packages.
func BenchmarkLoad(b *testing.B) {
	ids, files := benchPackages(b)
	b.Run("provbox", func(b *testing.B) {
		loop(b, func(int) { benchSet(b, ids, files) })
	})
	withPeer(b, func(b *testing.B) {
		answer := askPeer(b, peerQuestion{Packages: onDisk(b, ids, files)})
		var sum float64
		for _, s := range answer.Load {
			sum += s
		}
		b.ReportMetric(sum*1e9, "cpu-ns/op")
	})
}

// BenchmarkMemory is what the heap holds more than before for each package, when
// all are loaded, and when each has configured a phone and looked at a request.
func BenchmarkMemory(b *testing.B) {
	ids, files := benchPackages(b)
	raw := benchConfig(b)
	for b.Loop() {
		before := heap()
		set := benchSet(b, ids, files)
		b.ReportMetric((heap()-before)/float64(len(ids))/1024, "KiB/loaded")
		for _, p := range set.Loaded() {
			_ = p.Configure(b.Context(), benchDevice(p.Info()), raw) // some refuse this phone
			_, _ = p.Extract(b.Context(), provd.Request{Kind: provd.HTTP, Path: "/x", UserAgent: "x", HasUserAgent: true})
		}
		b.ReportMetric((heap()-before)/float64(len(ids))/1024, "KiB/in-use")
		runtime.KeepAlive(set)
	}
}

// BenchmarkConfigure renders the files of one phone on a box that has its package
// alone loaded, as the peer has.
func BenchmarkConfigure(b *testing.B) {
	ids, files := benchPackages(b)
	raw := benchConfig(b)
	for _, id := range ids {
		b.Run(id, func(b *testing.B) {
			loaded := benchSet(b, []string{id}, files).Loaded()
			if len(loaded) == 0 {
				b.Skip("it cannot be loaded")
			}
			p := loaded[0]
			dev := benchDevice(p.Info())
			if err := p.Configure(b.Context(), dev, raw); err != nil {
				b.Skip(err)
			}
			b.Run("provbox", func(b *testing.B) {
				loop(b, func(int) {
					if err := p.Configure(b.Context(), dev, raw); err != nil {
						b.Fatal(err)
					}
				})
			})
			withPeer(b, func(b *testing.B) {
				answer := askPeer(b, peerQuestion{Packages: onDisk(b, []string{id}, files), Device: dev.Object, Config: raw, Seconds: 0.3})
				b.ReportMetric(answer.Configure*1e9, "cpu-ns/op")
			})
		})
	}
}

// agents are User-Agents of several vendors, as spec/ident.md section 14 has them.
var agents = []string{
	"Yealink SIP-T46U 108.86.0.%d 80:5e:c0:d5:7d:45",
	"Mozilla/4.0 (compatible; snomD785-SIP 10.1.%d.12 1.1.3-u)",
	"Grandstream Model HW GXP2170 SW 1.0.11.%d DevId 000b82a1b2c3",
	"FileTransport PolycomVVX-VVX_411-UA/5.9.2.%d (SN:64167f112233) Type/Application",
	"Fanvil X6U 2.4.%d 0c383e112233",
	"Aastra6739i MAC:00-08-5D-13-CA-05 V:3.2.1.%d-SIP",
	"curl/8.%d",
}

// BenchmarkExtract is one request through 20 packages: from phones seen before,
// and from ones whose User-Agent is new.
func BenchmarkExtract(b *testing.B) {
	const loaded = 20
	ids, files := benchPackages(b)
	var chosen []string
	var all []*plugin.Plugin
	for i := range loaded {
		id := ids[i*max(len(ids), loaded)/loaded%len(ids)]
		p, err := plugin.Load(b.Context(), plugin.Config{ID: id, Package: files(id), BaseRawConfig: benchCommon(), IgnoreCommon: true})
		if err != nil {
			b.Fatal(err)
		}
		chosen, all = append(chosen, id), append(all, p)
	}
	extract := func(b *testing.B, agent string) {
		req := provd.Request{Kind: provd.HTTP, Path: "/001565aabbcc.cfg", UserAgent: agent, HasUserAgent: true}
		for _, p := range all {
			_, _ = p.Extract(b.Context(), req) // that some package fails on an odd one is their answer
		}
	}
	b.Run("known", func(b *testing.B) {
		loop(b, func(n int) { extract(b, fmt.Sprintf(agents[n%len(agents)], 0)) })
	})
	b.Run("new", func(b *testing.B) {
		loop(b, func(n int) { extract(b, fmt.Sprintf(agents[n%len(agents)], n)) })
	})
	withPeer(b, func(b *testing.B) {
		q := peerQuestion{Packages: onDisk(b, chosen, files), Seconds: 0.3}
		for _, a := range agents {
			q.Agents = append(q.Agents, fmt.Sprintf(a, 0))
		}
		b.ReportMetric(askPeer(b, q).Extract*1e9, "cpu-ns/op")
	})
}
