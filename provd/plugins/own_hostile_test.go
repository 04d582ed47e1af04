package plugins_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/plugins"
	"provbox/provd/rawconfig"
)

// hostileModels are models of every package, one for each form of file.
func hostileModels() map[string][]string {
	return map[string][]string{
		aastra:               {"6867i", "6731i", ""},
		"provbox-cisco-sccp": {"7941G", "8945", "ATA190", ""},
		ciscoSIP:             {"8851", "SPA504G", "SPA122", "ATA192", ""},
		fanvil:               {"X6U", "X4", ""},
		gigaset:              {"N870 IP PRO", "N510 IP PRO", "N720 DM PRO", ""},
		grandstream:          {"GXP2170", "GXP1630", "HT802", "HT818", "DP750", "GXV3370", ""},
		polycom:              {"VVX450", "SPIP335", ""},
		snom:                 {"D785", "M900", ""},
		"provbox-yealink":    {"T46U", "W70B", "T28P", ""},
	}
}

// hostileValues are what people and attackers write where a name is asked for.
// No line of them, and no part between signs, is a key of a benign file.
func hostileValues() []string {
	return []string{
		`"`, `'`, `&`, `]]>`, `<evil/></a>]]><evil/><![CDATA[x]]>--><!-- evil --><?evil?>&evil;&#10;evil = 1`,
		`" evil="1"/><evil a="`, `' evil='1'/><evil a='`,
		"a\nevil = 1\nevil: 1\n[evil]\n", "\r\nevil = 1\revil: 1\v\fevil = 1", "\nevil = 1",
		"\x00", "a\x00b\x1b[31m\x7f\u0085evil = 1\u2028evil = 1\u2029evil: 1\ufffe\uffff", "  \t",
		`=`, `#evil = 1`, `;fnc=evil;evil=1|evil@evil$Tinvite$$evil$/evil`, `\`, `\"\n`, `evil: 1 = 1`,
		`%s%d%n%EMPTY%0Aevil=1 ${evil} $MA {{ 7*7 }}{% include 'evil' %}{#`, "Zoë Çelik 漢字 📞 \u202eevil",
	}
}

// everyText is a raw config whose texts that are free are all value, but for the
// user's own line breaks nothing that a benign one could not hold.
func everyText(t *testing.T, value string) *document.Object {
	t.Helper()
	raw := base()
	for k, v := range config(t, full).All() {
		raw.Set(k, v)
	}
	for _, name := range []string{
		"ntp_ip", "dns_ip", "syslog_ip", "admin_username", "admin_password", "user_username", "user_password",
		"exten_dnd", "exten_fwd_unconditional", "exten_fwd_no_answer", "exten_fwd_busy", "exten_fwd_disable_all",
		"exten_park", "exten_pickup_group", "exten_pickup_call", "exten_voicemail",
		"sip_proxy_ip", "sip_registrar_ip", "sip_backup_proxy_ip", "sip_backup_registrar_ip", "sip_outbound_proxy_ip",
		"X_xivo_phonebook_ip", "X_xivo_phonebook_scheme", "X_xivo_phonebook_profile", "X_xivo_user_uuid", "X_xivo_extra",
	} {
		raw.Set(name, value)
	}
	lines := document.New()
	for _, no := range []string{"1", "2"} {
		line := document.New()
		for _, name := range []string{
			"username", "auth_username", "password", "display_name", "number", "voicemail",
			"proxy_ip", "registrar_ip", "backup_proxy_ip", "backup_registrar_ip", "outbound_proxy_ip",
		} {
			line.Set(name, value)
		}
		// Numbers may come as texts.
		line.Set("proxy_port", "5062")
		lines.Set(no, line)
	}
	raw.Set("sip_lines", lines)
	keys := document.New()
	for i, kind := range []string{"blf", "speeddial", "park"} {
		for _, first := range []int{3, 60} {
			keys.Set(fmt.Sprint(first+i), document.New("type", kind, "value", value, "label", value, "line", "1"))
		}
	}
	raw.Set("funckeys", keys)
	raw.Set("sccp_call_managers", document.New("1", document.New("ip", value)))
	raw.Set("vlan_id", "10")
	rawconfig.SetDefaults(raw)
	if err := rawconfig.Validate(raw); err != nil {
		t.Fatalf("%q: %v", value, err)
	}
	return raw
}

// TestHostileValues puts values that mean something to a file format into every
// text of a raw config, and checks that no file has a key, an element or an
// attribute that it has not with plain values.
func TestHostileValues(t *testing.T) {
	t.Parallel()
	for _, id := range plugins.IDs() {
		models := hostileModels()[id]
		if len(models) == 0 {
			t.Errorf("%s is not tested", id)
		}
		for _, model := range models {
			t.Run(id+"/"+model, func(t *testing.T) {
				t.Parallel()
				p := load(t, id)
				dev := provd.NewDevice("id", "dev1", "mac", "00:15:65:aa:bb:cc")
				if model != "" {
					dev.Set("model", model)
				}
				render := func(value string) map[string]int {
					files, err := p.Preview(t.Context(), dev, everyText(t, value))
					if err != nil {
						t.Fatalf("%q: %v", value, err)
					}
					keys := make(map[string]int)
					for name, content := range files {
						if err := fileKeys(id, name, content, keys); err != nil {
							t.Fatalf("%q: %s: %v\n%s", value, name, err, content)
						}
					}
					return keys
				}
				benign := render("192.0.2.77")
				if len(benign) < 20 {
					t.Fatalf("only %d keys", len(benign))
				}
				for _, value := range hostileValues() {
					for key, count := range render(value) {
						if count > benign[key] {
							t.Errorf("%q: key %q is there %d times, %d with plain values", value, key, count, benign[key])
						}
					}
				}
			})
		}
	}
}

// fileKeys counts the keys of a file in the format that a package writes.
func fileKeys(id, name string, content []byte, keys map[string]int) error {
	if !utf8.Valid(content) {
		return errors.New("no UTF-8")
	}
	for _, r := range string(content) {
		if unicode.IsControl(r) && r != '\n' || r == '\u2028' || r == '\u2029' {
			return fmt.Errorf("control character %U", r)
		}
	}
	switch id {
	case "provbox-yealink":
		return lineKeys(name, string(content), "=", keys)
	case aastra:
		return lineKeys(name, string(content), ":", keys)
	default:
		return xmlKeys(name, content, keys)
	}
}

// lineKeys reads a file of one parameter a line.
func lineKeys(name, content, sign string, keys map[string]int) error {
	for line := range strings.Lines(content) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			keys[name+" "+line]++
			continue
		}
		key, _, ok := strings.Cut(line, sign)
		if !ok {
			return fmt.Errorf("line %q is no parameter", line)
		}
		keys[name+" "+strings.TrimSpace(key)]++
	}
	delete(keys, name+" ")
	return nil
}

// quoted is a value of Gigaset's older models: a text in quotation marks.
var quoted = regexp.MustCompile(`^"[^"\\]*"$`)

// xmlKeys reads an XML file. The path of an element says its key, with the
// attributes that are a part of it.
func xmlKeys(name string, content []byte, keys map[string]int) error {
	d := xmlDecoder(content)
	d.Entity = map[string]string{}
	path := []string{name}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch x := token.(type) {
		case xml.StartElement:
			element := x.Name.Local
			for _, a := range x.Attr {
				switch a.Name.Local {
				case "name", "ID", "idx", "index", "category":
					element += " " + a.Value
				case "value":
					if x.Name.Local == "SYMB_ITEM" && strings.HasPrefix(a.Value, `"`) && !quoted.MatchString(a.Value) {
						return fmt.Errorf("value %s ends before its end", a.Value)
					}
				}
			}
			path = append(path, element)
			here := strings.Join(path, "/")
			keys[here]++
			for _, a := range x.Attr {
				keys[here+"@"+a.Name.Local]++
			}
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.CharData:
			here := strings.Join(path, "/")
			// The functions of a key of Cisco's have parts of their own.
			if text := string(x); strings.HasPrefix(text, "fnc=") {
				for part := range strings.SplitSeq(text, ";") {
					key, _, _ := strings.Cut(part, "=")
					keys[here+" "+key]++
				}
			}
		case xml.Comment, xml.Directive:
			return fmt.Errorf("unexpected %T", x)
		case xml.ProcInst:
			keys[strings.Join(path, "/")+"?"+x.Target]++
		}
	}
}

// TestHostileModels checks that the table of models has every package, and that
// every model in it is one of the package.
func TestHostileModels(t *testing.T) {
	t.Parallel()
	tested := slices.Sorted(maps.Keys(hostileModels()))
	if !slices.Equal(tested, plugins.IDs()) {
		t.Errorf("tested are %v, there are %v", tested, plugins.IDs())
	}
}
