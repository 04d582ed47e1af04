package option

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

// merged is the built-in table with an operator's rules.
func merged(t *testing.T, text string) *Table {
	t.Helper()
	r, err := ParseRules("rules", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	tab, err := builtinTable(t).Merge("rules", r)
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

// sends decides for a client and writes what it is sent.
func sends(tab *Table, mac []byte, class string) string {
	res := tab.Decide(Client{MAC: mac, Get: func(code byte) ([]byte, bool) {
		return []byte(class), code == 60 && class != ""
	}}, Values{URI: "http://box", TFTPHost: "10.0.0.2", TFTPIP: netip.MustParseAddr("10.0.0.2")})
	var out []string
	for _, o := range res.Options {
		out = append(out, Name(o.Code)+"="+Format(o))
	}
	if res.Phone {
		out = append(out, "phone")
	}
	return strings.Join(append(res.Rules, out...), " ")
}

func TestMerge(t *testing.T) {
	t.Parallel()
	yealink := []byte{0, 0x15, 0x65, 1, 2, 3}
	other := []byte{2, 0, 0, 0, 0, 1}
	for name, tc := range map[string]struct {
		rules string
		mac   []byte
		class string
		want  string
	}{
		"none":                  {"", yealink, "yealink", "yealink-oui yealink-class 66 tftp-server-name=\"http://box\" phone"},
		"JSON":                  {`[{"name":"vlan","match":{"starts":"yealink"},"set":{"132":"40"}}]`, yealink, "yealink", "vlan yealink-oui yealink-class 132 vlan-id=\"40\" 66 tftp-server-name=\"http://box\" phone"},
		"an option more":        {"- {name: vlan, match: {starts: yealink}, set: {132: '40'}}", other, "yealink", "vlan yealink-class 132 vlan-id=\"40\" 66 tftp-server-name=\"http://box\" phone"},
		"first wins":            {"- {name: mine, oui: ['00:15:65'], set: {66: 'https://x/{TFTPIP}'}}", yealink, "", "mine yealink-oui 66 tftp-server-name=\"https://x/10.0.0.2\" phone"},
		"replaced in place":     {"- {name: yealink-oui, oui: ['02:00:00'], set: {66: a}}", other, "", "yealink-oui 66 tftp-server-name=\"a\" phone"},
		"the old one is gone":   {"- {name: yealink-oui, oui: ['02:00:00'], set: {66: a}}", yealink, "", ""},
		"disabled":              {"- {name: yealink-oui, disabled: true}", yealink, "yealink", "yealink-class 66 tftp-server-name=\"http://box\" phone"},
		"withheld":              {"- {name: no-dns, match: {starts: snom}, set: {6: null}}", other, "snomD120", "no-dns SnomD120 66 tftp-server-name=\"http://box\" phone"},
		"not a phone":           {"- {name: wpad, match: {starts: MSFT}, phone: false, set: {252: 'http://x'}}", other, "MSFT 5.0", "wpad 252=\"http://x\""},
		"after":                 {"- {name: late, match: {starts: yealink}, after: yealink-class, set: {66: b, 160: b}}", yealink, "yealink", "yealink-oui yealink-class late 66 tftp-server-name=\"http://box\" 160=\"b\" phone"},
		"before another own":    {"- {name: a, match: x, set: {66: a}}\n- {name: b, match: x, before: a, set: {66: b}}", other, "x", "b a 66 tftp-server-name=\"b\" phone"},
		"several, in order":     {"- {name: a, match: x, set: {66: a}}\n- {name: b, match: x, set: {66: b}}", other, "x", "a b 66 tftp-server-name=\"a\" phone"},
		"moved":                 {"- {name: snom-oui, oui: ['00:15:65'], before: yealink-oui, set: {66: c}}", yealink, "", "snom-oui yealink-oui 66 tftp-server-name=\"c\" phone"},
		"disabled and replaced": {"- {name: a, match: x, set: {66: a}}\n- {name: yealink-oui, disabled: true}\n- {name: b, match: x, set: {67: b}}", other, "x", "a b 66 tftp-server-name=\"a\" 67 boot-file-name=\"b\" phone"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if d := cmp.Diff(tc.want, sends(merged(t, tc.rules), tc.mac, tc.class)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestMergeKeepsTheTable(t *testing.T) {
	t.Parallel()
	tab := builtinTable(t)
	before := tab.Names()
	r, err := ParseRules("rules", []byte("- {name: a, match: x, set: {66: a}}\n- {name: yealink-oui, disabled: true}\n- {name: snom-oui, oui: ['00:00:01']}"))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"a", "yealink-oui", "snom-oui"}, r.Names()); d != "" {
		t.Error(d)
	}
	more, err := tab.Merge("rules", r)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(before, tab.Names()); d != "" {
		t.Errorf("the table changed:\n%s", d)
	}
	if got := more.Names(); got[0] != "a" || slices.Contains(got, "yealink-oui") || len(got) != len(before) {
		t.Errorf("merged: %v", got)
	}
}

// Every problem is named at once, with the rule that has it.
func TestRulesProblems(t *testing.T) {
	t.Parallel()
	_, err := ParseRules("dhcp.rules", []byte(`
- {name: a, match: x, set: {51: 5, 66: "{WHAT}"}}
- {match: x, set: {66: a}}
- {name: a, oui: [zz]}
- {name: c, oui: ["00:11:22"], match: x}
- {name: d, disabled: true, set: {66: x}}
- {name: e, match: x, before: f, after: g}
- hello
- {name: h, match: x, colour: red}
- {name: i, set: {next-server: null}}
- {name: "j\nk", match: x, set: {51: x}}
`))
	want := []string{
		`dhcp.rules[0] (a): cannot set "51": expected an option number that rules may set, next-server or filename`,
		`dhcp.rules[0] (a): unknown value {WHAT}; there are {URI}, {TFTPHOST} and {TFTPIP}`,
		`dhcp.rules[1]: a rule with match needs a name`,
		`dhcp.rules[2] (a): address block "zz": expected three bytes like 00:15:65`,
		`dhcp.rules[2] (a): rule "a" exists already`,
		`dhcp.rules[3] (c): a rule has one of match, oui and classes`,
		`dhcp.rules[4] (d): disabled goes with a name and nothing else`,
		`dhcp.rules[5] (e): before and after: one place, please`,
		`dhcp.rules[6]: expected a rule: a mapping`,
		`dhcp.rules[7] (h): unknown key "colour"`,
		`dhcp.rules[8] (i): expected a text`,
		`dhcp.rules[8] (i): a group needs classes or oui`,
		`dhcp.rules[9]: cannot set "51": expected an option number that rules may set, next-server or filename`,
	}
	if err == nil {
		t.Fatal("no problems")
	}
	if d := cmp.Diff(want, strings.Split(err.Error(), "\n")); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}

	r, err := ParseRules("rules", []byte("- {name: nobody, disabled: true}\n- {name: x, match: x, before: nowhere}"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = builtinTable(t).Merge("rules", r)
	want = []string{`rules[0] (nobody): there is no rule "nobody" to disable`, `rules[1] (x): there is no rule "nowhere" to be put before or after`}
	if err == nil || cmp.Diff(want, strings.Split(err.Error(), "\n")) != "" {
		t.Errorf("merge: %v", err)
	}
	for _, bad := range []string{"a: b", "- [", "x", strings.Repeat("- {name: a}\n", MaxTable/10)} {
		if _, err := ParseRules("rules", []byte(bad)); err == nil {
			t.Errorf("%.20q is taken", bad)
		}
	}
}

func TestReadOptions(t *testing.T) {
	t.Parallel()
	read := func(text string) ([]Option, error) {
		var n yaml.Node
		if err := yaml.Unmarshal([]byte(text), &n); err != nil {
			t.Fatal(err)
		}
		return ReadOptions("options", n.Content[0])
	}
	got, err := read("{66: 'http://x', 42: 10.0.0.1, 128: {u16: 5}}")
	want := []Option{{66, []byte("http://x")}, {42, []byte{10, 0, 0, 1}}, {128, []byte{0, 5}}}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("%v %s", err, d)
	}
	_, err = read("{51: x, 66: '{URI}/x', filename: y, 43: null, 12: 5}")
	if err == nil || strings.Count(err.Error(), "\n") != 4 {
		t.Errorf("problems: %v", err)
	}
}

func FuzzParseRules(f *testing.F) {
	f.Add([]byte("- {name: a, match: {all: [{starts: x}, {not: y}]}, phone: false, before: yealink-oui, set: {66: a, 43: {1: {u8: 4}}, 6: null}}"))
	f.Add([]byte(`[{"name":"yealink-oui","disabled":true},{"name":"b","oui":["00:11:22"],"after":"snom-oui"}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := ParseRules("rules", data)
		if err != nil {
			return
		}
		tab, err := builtinTable(t).Merge("rules", r)
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, n := range tab.Names() {
			if n == "" || seen[n] {
				t.Fatalf("rule %q twice or without a name", n)
			}
			seen[n] = true
		}
		for _, l := range tab.List() {
			if l.Own {
				again(t, tab, l)
			}
		}
		sends(tab, []byte{0, 0x15, 0x65, 1, 2, 3}, "yealink")
	})
}

// YAML's other words for true and false mean the same in a test.
func TestFlagWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"absent: true": true, "absent: True": true, "absent: FALSE": false, "present: TRUE": false, "present: False": true} {
		tab := merged(t, "[{name: a, match: {option: 77, "+text+"}, set: {66: x}}]")
		none := Client{Get: func(byte) ([]byte, bool) { return nil, false }}
		if got := tab.Decide(none, exportValues()).Phone; got != want {
			t.Errorf("%s: a client without option 77 matches: %v", text, got)
		}
	}
}

// Matches of nothing and names of anything leave a file that the other server
// reads.
func TestExportOddRules(t *testing.T) {
	t.Parallel()
	tab := merged(t, `[
		{name: "x\"; } include \"/etc/passwd\"; class \"y", match: {starts: ""}, set: {66: "a\nb"}},
		{name: "new\nline", match: {is: ""}, set: {67: "{URI}"}},
		{name: "a/b", match: {ends: "\0"}, set: {160: x}},
		{name: a_b, match: {option: 82.1, is: ""}, set: {160: x}},
		{name: é, match: {option: 82.2, is: "Gi0/7, \"x\""}, set: {160: x}}]`)
	for _, format := range Formats() {
		got, err := tab.Export(format, exportValues())
		if err != nil {
			t.Fatal(err)
		}
		checkSyntax(t, format, got)
	}
}
