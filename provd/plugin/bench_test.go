package plugin_test

import (
	"fmt"
	"testing"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/plugin"
	"provbox/provd/plugins"
	"provbox/provd/rawconfig"
)

func own(b *testing.B) *plugin.Plugin {
	b.Helper()
	p, err := plugin.Load(b.Context(), plugin.Config{
		ID: "provbox-yealink", Package: plugins.FS("provbox-yealink"),
		BaseRawConfig: document.New("ip", "192.0.2.10", "http_port", 8667),
	})
	if err != nil {
		b.Fatal(err)
	}
	return p
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		own(b)
	}
}

func BenchmarkConfigure(b *testing.B) {
	p := own(b)
	dev := provd.NewDevice("id", "dev1", "mac", "00:15:65:aa:bb:cc", "model", "T46U")
	raw := document.New("ip", "192.0.2.10", "http_port", 8667, "timezone", "Europe/Paris",
		"sip_lines", document.New("1", document.New("username", "u", "password", "p", "proxy_ip", "192.0.2.20")))
	rawconfig.SetDefaults(raw)
	for b.Loop() {
		if err := p.Configure(b.Context(), dev, raw); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkExtract is one request through 20 packages: from a phone seen before,
// and from one whose User-Agent is new.
func BenchmarkExtract(b *testing.B) {
	var all []*plugin.Plugin
	for range 20 {
		all = append(all, own(b))
	}
	extract := func(agent string) {
		req := provd.Request{Kind: provd.HTTP, Path: "/001565aabbcc.cfg", UserAgent: agent, HasUserAgent: true}
		for _, p := range all {
			if _, err := p.Extract(b.Context(), req); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.Run("known", func(b *testing.B) {
		for b.Loop() {
			extract("Yealink SIP-T46U 108.86.0.90 80:5e:c0:d5:7d:45")
		}
	})
	b.Run("new", func(b *testing.B) {
		n := 0
		for b.Loop() {
			n++
			extract(fmt.Sprintf("Yealink SIP-T46U 108.86.%d 80:5e:c0:d5:7d:45", n))
		}
	})
}
