package option

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// element makes a rule's source an element of a list.
func element(source string) string {
	return "- " + strings.ReplaceAll(strings.TrimSpace(source), "\n", "\n  ") + "\n"
}

// ruleOf finds a rule of a table.
func ruleOf(t *testing.T, tab *Table, name string) rule {
	t.Helper()
	for _, r := range tab.rules {
		if r.name == name {
			return r
		}
	}
	t.Fatalf("there is no rule %q", name)
	return rule{}
}

// again reads the source of a listed rule and expects the rule it is of.
func again(t *testing.T, tab *Table, l Listed) {
	t.Helper()
	r, err := ParseRules("rules", []byte(element(l.Source)))
	if err != nil || len(r.list) != 1 {
		t.Fatalf("%v in\n%s", err, l.Source)
	}
	got, want := r.list[0].rule, ruleOf(t, tab, l.Name)
	want.own, want.extra = true, false // what reading says, and what merging does
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("another rule is read:\n%#v\n%#v\n%s", got, want, l.Source)
	}
}

// Every rule's source makes the same rule in the same place.
func TestListBuiltin(t *testing.T) {
	t.Parallel()
	tab := builtinTable(t)
	list := tab.List()
	if len(list) != len(tab.rules) || len(list) < 150 {
		t.Fatalf("%d listed of %d", len(list), len(tab.rules))
	}
	var all strings.Builder
	for _, l := range list {
		again(t, tab, l)
		r, err := ParseRules("rules", []byte(element(l.Source)))
		if err != nil {
			t.Fatal(err)
		}
		more, err := tab.Merge("rules", r)
		if err != nil {
			t.Fatal(err)
		}
		for i, m := range more.rules {
			if m.own != (m.name == l.Name) {
				t.Errorf("own of %s: %v", m.name, m.own)
			}
			m.own = false
			if !reflect.DeepEqual(m, tab.rules[i]) {
				t.Errorf("%s in the table of\n%s", m.name, l.Source)
			}
		}
		if l.Own || !l.Phone {
			t.Errorf("%+v", l)
		}
		all.WriteString(element(l.Source))
	}
	// All together, as an operator who copied the whole table would have them.
	r, err := ParseRules("rules", []byte(all.String()))
	if err != nil {
		t.Fatal(err)
	}
	more, err := tab.Merge("rules", r)
	if err != nil || cmp.Diff(tab.Names(), more.Names()) != "" {
		t.Error(err)
	}
}

// ownRules has every form that a match and a value can have.
const ownRules = `
- {name: exact, vendor: "a \"vendor\"", match: "phone\0", set: {66: "{URI}/a b"}}
- {name: words, match: "true", when: "~", set: {66: "null", 67: "40", 132: "", 114: " x"}}
- {name: starts, match: {starts: yealink}, set: {43: {1: "{TFTPIP}", 2: {3: {u8: 4}}}}}
- {name: ends, match: {ends: "Ünicode\n\u2028"}, set: {6: 10.0.0.1, 42: {ip: ["{TFTPIP}", 10.0.0.3]}, 128: {ip: 10.0.0.4}}}
- {name: part, match: {option: 77, at: 2, len: 15, is: x}, set: {128: {hex: 0a0b}, 129: {hex: "0010"}, 43: {hex: "0103616263"}, 130: {hex: ""}}}
- {name: absent, match: {absent: true}, set: {132: {u8: 7}, 133: {u16: 700}, 2: {u32: 70000}, 26: {u16: 1500}}}
- {name: present, match: {option: 61, present: true}, set: {19: true, 20: false}}
- {name: not, match: {not: {option: 77, is: x}}, set: {6: null}}
- {name: all, match: {all: [{starts: a}, [b, {ends: c}], {not: [d]}]}}
- {name: any, match: [a, {all: [{starts: a}]}, [b]], when: [{absent: true}, {is: "1"}]}
- {name: one of several, match: {not: a, all: [b, c], option: 60.7, starts: d}}
- {name: deep, match: {not: {not: {not: {not: {not: {not: {not: {not: {is: a, not: b}, is: c}, is: d}, is: e}, is: f}, is: g}, is: h}, is: i}, is: j}}
- {name: agent, match: {option: 82.1, is: "Gi0/7"}, phone: false, set: {next-server: "{TFTPHOST}", filename: a.bin}}
- {name: agent 10, match: {option: 82.10, present: true}}
- {name: blocks, oui: [80-5E-FF, "001565"], when: {starts: x}, otherwise: true}
- {name: no block, oui: []}
- {name: enterprise, match: x, set: {125: {enterprise: 3561, 1: a, 02: true}}}
- {name: enterprise alone, match: x, set: {125: {enterprise: 4294967295}}}
- {name: twice, match: x, set: {66: "{URI}", 066: plain}}
- {name: put, match: x, before: yealink-oui}
- {name: put too, match: x, after: starts}
- {name: yealink-oui, vendor: yealink, oui: ["00:15:65"], after: snom-oui, set: {66: x}}
- vendor: group
  classes: {class a: a, class b: {starts: b}}
  set: {160: "{URI}"}
`

func TestListOwn(t *testing.T) {
	t.Parallel()
	tab := merged(t, ownRules)
	var got strings.Builder
	for _, l := range tab.List() {
		if !l.Own {
			continue
		}
		again(t, tab, l)
		fmt.Fprintf(&got, "%s# %s; phone %v, otherwise %v\n", element(l.Source), l.Match, l.Phone, l.Otherwise)
		for _, s := range l.Sets {
			fmt.Fprintf(&got, "#   %s = %s\n", s.What, s.Value)
		}
	}
	file := filepath.Join("testdata", "list.golden")
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got.String()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	// The golden file is rules itself, and those are the same once more.
	r, err := ParseRules("rules", want)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := builtinTable(t).Merge("rules", r); err != nil {
		t.Error(err)
	}
}

func TestListWords(t *testing.T) {
	t.Parallel()
	words := map[string]string{}
	for _, l := range builtinTable(t).List() {
		words[l.Name] = l.Match
	}
	for name, want := range map[string]string{
		"SnomD120":      `option 60 is "snomD120"`,
		"gigaset-oui":   "the hardware address begins with 7c:2f:80",
		"snom-oui":      "the hardware address begins with 00:04:13 or 00:08:7b, and option 60 is absent",
		"yealink-oui":   "the hardware address begins with 00:15:65 or one of 11 other blocks",
		"SiemensC470IP": `option 60 begins with "C470IP" or option 60 is "C470_IP"`,
	} {
		if words[name] != want {
			t.Errorf("%s: %s, want %s", name, words[name], want)
		}
	}
}
