package dhcp

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"provbox/dhcp/option"
)

// rulesEnv names the file of an operator's rules for the server of the test.
const rulesEnv = helperEnv + "_RULES"

// tableOf is the built-in table with an operator's rules from a file, if one is
// named.
func tableOf(file string) (*option.Table, error) {
	t, err := option.Builtin()
	if err != nil || file == "" {
		return t, err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	own, err := option.ParseRules("rules", text)
	if err != nil {
		return nil, err
	}
	return t.Merge("rules", own)
}

// operatorRules are rules of every kind.
const operatorRules = "option/testdata/operators.yaml"

// tableCases asks as every class and every address block of a rules file.
func tableCases(t *testing.T, file string) []asked {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var groups []struct {
		Name    string
		OUI     []string `yaml:"oui"`
		Match   any
		Classes map[string]any
	}
	if err := yaml.Unmarshal(text, &groups); err != nil {
		t.Fatal(err)
	}
	var out []asked
	add := func(a asked) {
		a.Params = askWide
		a.MAC += fmt.Sprintf(":01:%02x:%02x", len(out)>>8, len(out)&0xff)
		out = append(out, a)
	}
	for _, g := range groups {
		for _, oui := range g.OUI {
			add(asked{Name: g.Name + " " + oui, MAC: oui})
			add(asked{Name: g.Name + " " + oui + " other", MAC: oui, Class: "other"})
		}
		if g.Match != nil {
			g.Classes = map[string]any{g.Name: g.Match}
		}
		for name, match := range g.Classes {
			for n, a := range samples(match) {
				a.Name, a.MAC = fmt.Sprintf("%s %d%s", name, n, a.Name), "02:00:00"
				add(a)
			}
		}
	}
	return out
}

// longer marks a client whose class begins like one that a rule wants whole.
const longer = ", longer"

// samples are clients that each leaf of a match, as yaml, is about.
func samples(match any) []asked {
	switch m := match.(type) {
	case string:
		return []asked{{Class: m}, {Class: m + "-x", Name: longer}}
	case []any:
		var out []asked
		for _, e := range m {
			out = append(out, samples(e)...)
		}
		return out
	case map[string]any:
		if all, ok := m["all"]; ok {
			var merged asked
			for _, s := range all.([]any) {
				for _, a := range samples(s)[:1] {
					merged.Class, merged.User, merged.Host, merged.Agent = merged.Class+a.Class, merged.User+a.User, merged.Host+a.Host, append(merged.Agent, a.Agent...)
				}
			}
			return append(samples(all), merged)
		}
		if not, ok := m["not"]; ok {
			return samples(not)
		}
		var texts []string
		for key, v := range m {
			text, _ := v.(string)
			switch key {
			case "is":
				at, _ := m["at"].(int)
				texts = append(texts, strings.Repeat("-", at)+text)
			case "starts":
				texts = append(texts, text, text+"-x")
			case "ends":
				texts = append(texts, "x-"+text, text)
			case "present":
				texts = append(texts, "x")
			}
		}
		out := []asked{{}}
		for _, text := range texts {
			nested := func(sub byte) []byte { return append([]byte{sub, byte(len(text))}, text...) }
			switch fmt.Sprint(m["option"]) {
			case "<nil>":
				out = append(out, asked{Class: text})
			case "77":
				out = append(out, asked{User: text})
			case "12":
				out = append(out, asked{Host: text})
			case "82.1":
				out = append(out, asked{Agent: nested(1)})
			case "82.2":
				out = append(out, asked{Agent: nested(2)})
			case "43.5":
				out = append(out, asked{Own: nested(5)})
			}
		}
		return out[min(1, len(out)-1):]
	}
	return nil
}

// everyOption writes rules that set every option there is to values of every
// kind, a few options each, and the clients that ask for them.
func everyOption(t *testing.T) (file string, cases []asked) {
	t.Helper()
	var text strings.Builder
	for kind, value := range map[string]string{
		"bytes": "{hex: 6566676869}", "more": "{hex: 0a01ff00}", "text": "hello", "digits": `"12"`, "address": "{ip: 10.0.0.77}", "byte": "{u8: 65}", "word": "{u16: 300}",
	} {
		for first := 1; first < 255; first += 16 {
			name := fmt.Sprintf("every-%s-%d", kind, first)
			var set []string
			var params []byte
			for code := first; code < min(first+16, 255); code++ {
				one := fmt.Sprintf("{name: x, match: x, set: {%d: %s}}", code, value)
				if _, err := option.ParseRules("", []byte("- "+one)); err != nil {
					continue // the server's own
				}
				params, set = append(params, byte(code)), append(set, fmt.Sprintf("%d: %s", code, value))
			}
			fmt.Fprintf(&text, "- {name: %s, match: %s, set: {%s}}\n", name, name, strings.Join(set, ", "))
			cases = append(cases, asked{Name: name, MAC: fmt.Sprintf("02:00:00:02:00:%02x", len(cases)), Class: name, Params: params})
		}
	}
	file = filepath.Join(t.TempDir(), "every.yaml")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file, cases
}
