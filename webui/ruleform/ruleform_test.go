package ruleform

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What has fields goes into them and comes back saying the same.
func TestReadFields(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		source string
		want   Form
	}{
		"class": {"{name: a, vendor: v, match: yealink, set: {66: '{URI}'}}", Form{
			Name: "a", Vendor: "v", Match: ClassIs, Text: "yealink", Phone: true, Sets: []Set{{"66", Text, "{URI}"}},
		}},
		"begins":    {"{name: a, match: {starts: yea}}", Form{Name: "a", Match: ClassStarts, Text: "yea", Phone: true}},
		"ends":      {"{name: a, match: {ends: ink}}", Form{Name: "a", Match: ClassEnds, Text: "ink", Phone: true}},
		"absent":    {"{name: a, match: {absent: true}}", Form{Name: "a", Match: NoClass, Phone: true}},
		"no phone":  {"{match: {starts: MSFT}, phone: false, name: wpad}", Form{Name: "wpad", Match: ClassStarts, Text: "MSFT"}},
		"blocks":    {"{name: a, oui: ['00:15:65', '80:5e:c0']}", Form{Name: "a", Match: MAC, Text: "00:15:65, 80:5e:c0", Phone: true}},
		"port":      {"{name: a, match: {option: 82.1, is: 'Gi0/7'}}", Form{Name: "a", Match: Circuit, Text: "Gi0/7", Phone: true}},
		"a number":  {"{name: '7', match: '12'}", Form{Name: "7", Match: ClassIs, Text: "12", Phone: true}},
		"colon":     {`{name: "a: b", match: "{c}"}`, Form{Name: "a: b", Match: ClassIs, Text: "{c}", Phone: true}},
		"addresses": {"{name: a, match: b, set: {150: {ip: [10.0.0.1, '{TFTPIP}']}}}", Form{Name: "a", Match: ClassIs, Text: "b", Phone: true, Sets: []Set{{"150", IP, "10.0.0.1, {TFTPIP}"}}}},
		"values": {"{name: a, match: b, set: {1: {u8: 5}, 2: {u16: 6}, 7: {u32: 8}, 43: {hex: 0a0b}, 44: true, 45: false, 46: null, filename: x}}", Form{
			Name: "a", Match: ClassIs, Text: "b", Phone: true, Sets: []Set{
				{"1", U8, "5"}, {"2", U16, "6"}, {"7", U32, "8"}, {"43", Hex, "0a0b"}, {"44", Yes, ""}, {"45", No, ""}, {"46", Nothing, ""}, {"filename", Text, "x"},
			},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, Read(test.source)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// What has no fields stays as it was written, with the name to know it by.
func TestReadText(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{
		"when":        "{name: a, match: b, when: {absent: true}}",
		"place":       "{name: a, match: b, before: c}",
		"all":         "{name: a, match: {all: [b, {option: 77, is: c}]}}",
		"either":      "{name: a, match: [b, c]}",
		"other":       "{name: a, match: {option: 55, is: c}}",
		"starts in":   "{name: a, match: {option: 77, starts: c}}",
		"present":     "{name: a, match: {absent: false}}",
		"sub-options": "{name: a, match: b, set: {43: {1: c, 2: d}}}",
		"one":         "{name: a, match: b, set: {43: {1: c}}}",
		"enterprise":  "{name: a, match: b, set: {125: {enterprise: 1, 1: d}}}",
		"classes":     "{name: a, classes: {x: y}}",
		"nothing":     "{name: a}",
		"twice":       "{name: a, name: a, match: b}",
		"no mapping":  "[a]",
		"broken":      "{name: a",
		"two":         "{name: a, match: b}\n---\n{}",
		"list":        "{name: a, match: b, set: [1]}",
		"alias":       "{name: &x a, match: *x}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := Read(source)
			if got, err := f.YAML(); err != nil || f.Source != source || got != source {
				t.Errorf("%+v gives %q, %v", f, got, err)
			}
		})
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	f, err := Parse(url.Values{
		"name": {" lobby "}, "match": {Circuit}, "text": {"Gi0/7"}, "phone": {"yes"}, "source": {" \r\n"},
		"option": {"66", "", "150", "43"}, "kind": {Text, Text, IP}, "value": {"{URI}/x: #y", "", "10.0.0.1 10.0.0.2"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := Form{Name: "lobby", Match: Circuit, Text: "Gi0/7", Phone: true, Sets: []Set{
		{"66", Text, "{URI}/x: #y"}, {"150", IP, "10.0.0.1 10.0.0.2"}, {"43", "", ""},
	}}
	if diff := cmp.Diff(want, f); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if _, err := f.YAML(); err == nil || !strings.Contains(err.Error(), "option 43") {
		t.Errorf("a value of no kind: %v", err)
	}
	f.Sets = f.Sets[:2]
	source, err := f.YAML()
	if err != nil {
		t.Fatal(err)
	}
	f.Sets[1].Value = "10.0.0.1, 10.0.0.2"
	if diff := cmp.Diff(f, Read(source)); diff != "" {
		t.Errorf("%s\n-sent +read again:\n%s", source, diff)
	}
	for name, values := range map[string]url.Values{
		"match":  {"match": {"nonsense"}},
		"number": {"match": {ClassIs}, "option": {"1"}, "kind": {U8}, "value": {"x"}},
	} {
		if f, err := Parse(values); err != nil {
			t.Errorf("%s: %v", name, err)
		} else if y, err := f.YAML(); err == nil {
			t.Errorf("%s: %s", name, y)
		}
	}
	for name, values := range map[string]url.Values{
		"source": {"source": {strings.Repeat("x", maxSource+1)}},
		"sets":   {"option": make([]string, maxSets+1)},
	} {
		if _, err := Parse(values); err == nil {
			t.Errorf("%s: no bound", name)
		}
	}
}

// Whatever a source is, the form says the same or keeps the text.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"{name: a, match: b}", "{name: a, oui: [x], set: {1: {u8: 1}, 2: null}}", "name: [", "&a {name: *a}", "{name: !!binary aGk=, match: b}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		if source == "" {
			return // no text is no rule
		}
		form := Read(source)
		out, err := form.YAML()
		if err != nil {
			t.Fatalf("%q: %v", source, err)
		}
		if form.Source == "" && !same(source, out) {
			t.Fatalf("%q became %q", source, out)
		}
	})
}
