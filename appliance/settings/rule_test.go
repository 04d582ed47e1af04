package settings

import (
	"strings"
	"testing"

	"provbox/provd/document"
)

func TestReadRule(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ source, want, problem string }{
		"plain":      {"name: a\nmatch: {starts: x}\nset: {66: '{URI}', 43: {1: {u8: 4}}}", `{"name":"a","match":{"starts":"x"},"set":{"66":"{URI}","43":{"1":{"u8":4}}}}`, ""},
		"JSON":       {`{"name":"a","match":"x\u0000"}`, `{"name":"a","match":"x\u0000"}`, ""},
		"digits":     {"{name: 007, match: {option: 82.10, is: 1_0}, set: {128: {hex: 010203}, 129: {hex: 1e10}, 130: {hex: 11223344556677889900}, 2: {u8: 08}}}", `{"name":"007","match":{"option":82.10,"is":"1_0"},"set":{"128":{"hex":"010203"},"129":{"hex":1e10},"130":{"hex":11223344556677889900},"2":{"u8":"08"}}}`, ""},
		"off":        {"{name: snom-oui, disabled: true}", `{"name":"snom-oui","disabled":true}`, ""},
		"empty":      {"", "", "the rule is empty"},
		"a comment":  {"# nothing\n", "", "the rule is empty"},
		"null":       {"~", "", "expected a rule"},
		"a text":     {"hello", "", "expected a rule"},
		"a list":     {"- {name: a, match: x}", "", "without the dash"},
		"documents":  {"{name: a, match: x}\n---\n{name: b, match: x}", "", "one rule at a time"},
		"broken":     {"{name: a", "", "line 1"},
		"anchor":     {"{name: a, match: &x [b]}", "", "line 1: anchors and aliases are not supported"},
		"alias":      {"name: &a b\nmatch: *a", "", "anchors and aliases"},
		"merge":      {"{name: a, match: b, <<: {set: {66: x}}}", "", `unknown key "<<"`},
		"tag":        {"{name: a, match: !!binary aGVsbG8=}", "", "tags like !!binary"},
		"classes":    {"{classes: {a: b}}", "", "one rule at a time"},
		"nameless":   {"{match: b}", "", "a rule with match needs a name"},
		"two wrongs": {"{name: a, match: b, colour: red, set: {51: x}}", "", "unknown key \"colour\"\ncannot set \"51\""},
		"too large":  {"{name: a, match: '" + strings.Repeat("x", maxRule) + "'}", "", "at most 16384 are read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, err := ReadRule([]byte(tc.source))
			if tc.problem != "" {
				if err == nil || !strings.Contains(err.Error(), tc.problem) || strings.HasPrefix(err.Error(), "[0]") {
					t.Errorf("%v, want %s", err, tc.problem)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got, err := document.Encode(doc); err != nil || string(got) != tc.want {
				t.Errorf("%s, want %s; %v", got, tc.want, err)
			}
			// The settings read it as it was meant.
			if _, err := ReadDHCP(document.New("mode", "off", "rules", []any{doc})); err != nil {
				t.Error(err)
			}
		})
	}
}

// The document of a file has the digits of its rules and options, so that a change
// of something else does not change them.
func TestDHCPDocumentDigits(t *testing.T) {
	t.Parallel()
	s, err := Parse([]byte(`
dhcp:
  leases_per_port: 010
  rules: [{name: a, match: {option: 82.10, is: x}, set: {128: {hex: 010203}}}]
  interfaces: [{name: eth0, subnets: [{subnet: 10.0.0.0/24, options: {128: {hex: 0010}}}]}]
`))
	if err != nil {
		t.Fatal(err)
	}
	got, err := document.Encode(s.DHCP.Document)
	want := `{"leases_per_port":8,"rules":[{"name":"a","match":{"option":82.10,"is":"x"},"set":{"128":{"hex":"010203"}}}],` +
		`"interfaces":[{"name":"eth0","subnets":[{"subnet":"10.0.0.0/24","options":{"128":{"hex":"0010"}}}]}]}`
	if err != nil || string(got) != want {
		t.Errorf("%s\nwant\n%s\n%v", got, want, err)
	}
}
