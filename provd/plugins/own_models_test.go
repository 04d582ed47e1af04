package plugins_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/plugin"
	"provbox/provd/plugins"
)

// asks is how a phone of each vendor shows its model (spec/ident.md section 14).
func asks(vendor, model string) provd.Request {
	switch vendor {
	case "Yealink":
		return http("/", "Yealink SIP-"+model+" 108.86.0.90 00:15:65:aa:bb:cc")
	case "Snom":
		if strings.HasPrefix(model, "M") && model != "MP" {
			return http("/", "Mozilla/4.0 (compatible; Snom "+model+" 05.20.0001 001565aabbcc)")
		}
		return http("/", "Mozilla/4.0 (compatible; snom"+model+"-SIP 10.1.33.33 2010.12 001565AABBCC)")
	case "Polycom":
		at := strings.IndexAny(model, "0123456789")
		if strings.HasPrefix(model, "Edge") || model == "TrioC60" {
			at--
		}
		return http("/001565aabbcc.cfg", "FileTransport PolyAny-"+model[:at]+"_"+model[at:]+"-UA/5.9.0.1234 Type/Application")
	case "Grandstream":
		if model == "GXP2000" {
			return http("/", "Grandstream GXP2000 (gxp2000e.bin:1.2.5.3/boot55e.bin:1.1.6.9) DevId 001565aabbcc")
		}
		return http("/", "Grandstream Model HW "+model+" V1.0A SW 1.0.3.5 DevId 001565aabbcc")
	case "Fanvil":
		return http("/", "Fanvil "+strings.Replace(model, "-Pro", " Pro", 1)+" 2.12.1 001565aabbcc")
	case "Aastra":
		return http("/", "Mitel"+model+" MAC:00-15-65-AA-BB-CC V:6.4.0.140-SIP")
	case "Gigaset":
		return http("/", "Gigaset "+model+"/83.V2.65.0+build.8504c90;001565AABBCC")
	}
	switch {
	case model == "CIPC":
		return http("/Communicator/x", "")
	case model == "ATA190":
		return dhcp("CISCO ATA190")
	case strings.HasPrefix(model, "SPA"), strings.HasPrefix(model, "PAP"), strings.HasPrefix(model, "ATA"):
		return http("/", "Cisco/"+model+"-7.4.4 (001565AABBCC)(CBT141400UK)")
	default:
		return dhcp("Cisco Systems, Inc. IP Phone " + map[bool]string{true: "", false: "CP-"}[model == "7920"] + model + "\x00")
	}
}

// TestEveryModel checks that every model that a package says it knows is recognised
// by what it sends, and that no other of our packages would take it.
func TestEveryModel(t *testing.T) {
	t.Parallel()
	loaded := make(map[string]*plugin.Plugin)
	for _, id := range plugins.IDs() {
		loaded[id] = load(t, id)
	}
	for _, id := range plugins.IDs() {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			info, err := plugin.ReadInfo(id, plugins.FS(id))
			if err != nil {
				t.Fatal(err)
			}
			v, _ := info.Localized("").Get("capabilities")
			capabilities, ok := v.(*document.Object)
			if !ok {
				t.Fatal("no capabilities")
			}
			for key := range capabilities.All() {
				vendor, model := triple(t, key)
				req := asks(vendor, model)
				if id == ciscoSIP && req.Kind == provd.DHCP {
					req = http("/", "Cisco-CP-"+model+"-3PCC/12.0.7 (001565AABBCC)")
				}
				got, err := loaded[id].Extract(t.Context(), req)
				if err != nil || got["vendor"] != vendor || got["model"] != model {
					t.Errorf("%s is taken for %v, %v", key, got, err)
					continue
				}
				scores := make(map[string]int)
				for other, p := range loaded {
					if scores[other], err = p.Score(t.Context(), got); err != nil {
						t.Error(err)
					}
				}
				best := slices.MaxFunc(slices.Sorted(maps.Keys(scores)), func(a, b string) int { return scores[a] - scores[b] })
				if best != id || scores[id] != 400 {
					t.Errorf("%s goes to %s: %v", key, best, scores)
				}
			}
		})
	}
}

// TestEveryModelOtherwise does so for what models send over DHCP, and for the files
// that they ask for over TFTP.
func TestEveryModelOtherwise(t *testing.T) {
	t.Parallel()
	for _, id := range []string{ciscoSIP, gigaset} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			p := load(t, id)
			info, err := plugin.ReadInfo(id, plugins.FS(id))
			if err != nil {
				t.Fatal(err)
			}
			v, _ := info.Localized("").Get("capabilities")
			capabilities, ok := v.(*document.Object)
			if !ok {
				t.Fatal("no capabilities")
			}
			for key := range capabilities.All() {
				vendor, model := triple(t, key)
				for _, class := range classes(vendor, model) {
					got, err := p.Extract(t.Context(), dhcp(class))
					if err != nil || got["vendor"] != vendor || got["model"] != model {
						t.Errorf("%s with the class %q is taken for %v, %v", key, class, got, err)
					}
				}
			}
			for name := range p.CommonFiles() {
				got, err := p.Extract(t.Context(), tftp("/"+name))
				if err != nil || !capabilities.Has("Cisco, "+got["model"]+", *") {
					t.Errorf("who asks for %s is taken for %v, %v", name, got, err)
				}
			}
		})
	}
}

// classes are the vendor classes of a model (spec/ident.md section 14).
func classes(vendor, model string) []string {
	switch {
	case vendor == "Gigaset":
		underlined := strings.ReplaceAll(model, " ", "_")
		return []string{"Gigaset_" + underlined, underlined}
	case strings.HasPrefix(model, "SPA"):
		return []string{"Cisco " + model, "LINKSYS SPA-" + strings.TrimPrefix(model, "SPA")}
	case strings.HasPrefix(model, "PAP"):
		return []string{"LINKSYS " + model}
	case strings.HasPrefix(model, "ATA"):
		return []string{"CISCO " + model, "CISCO " + model + "-MPP"}
	case strings.HasPrefix(model, "98"):
		return []string{"DP-" + model}
	default:
		return []string{"CP-" + model + "-3PCC\x00"}
	}
}
