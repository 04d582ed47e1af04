package appliance

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/dhcp/option"
	"provbox/provd"
	"provbox/provd/document"
	"provbox/webui/box"
)

// siteRules has own rules of every kind: added, in the place of a built-in one,
// put elsewhere, a group, and one that is off.
const siteRules = `[
	{"name":"voice-vlan","match":{"starts":"yealink"},"set":{"132":"40"}},
	{"vendor":"ours","classes":{"a":"phone a","b":{"starts":"phone b"},"c":"phone c"},"set":{"66":"{URI}"},"phone":false},
	{"name":"SnomD120","match":"snomD120","set":{"66":"http://x"}},
	{"name":"unidata-oui","disabled":true},
	{"name":"late","match":"x","after":"voice-vlan"}
]`

// newWebBench has these rules and a server that is off.
func newWebBench(t *testing.T, rules string) (*bench, webDHCP) {
	t.Helper()
	b := newBench(t, `{"mode":"off","interfaces":[{"name":"nowhere0","subnets":[{"subnet":"10.0.0.0/24","pools":[{"start":"10.0.0.5","end":"10.0.0.9"}]}]}],"rules":`+rules+`}`)
	if len(b.events) > 0 {
		t.Fatal(b.events)
	}
	return b, webDHCP{restDHCP{dhcpBox: b.dhcpBox}}
}

// stored is the list of own rules on the disk.
func (b *bench) rules(t *testing.T) string {
	t.Helper()
	b.state(t) // what is on the disk is what holds
	doc, _ := b.Settings()
	out, err := document.Encode(doc.List("rules"))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func listed(t *testing.T, w webDHCP) []box.Rule {
	t.Helper()
	list, err := w.Rules()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func rule(t *testing.T, w webDHCP, name string) box.Rule {
	t.Helper()
	list := listed(t, w)
	i := slices.IndexFunc(list, func(r box.Rule) bool { return r.Name == name })
	if i < 0 {
		t.Fatalf("no rule %q", name)
	}
	return list[i]
}

func TestWebRules(t *testing.T) {
	t.Parallel()
	_, w := newWebBench(t, siteRules)
	table, err := option.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	origins := map[string]box.Origin{}
	for _, r := range listed(t, w) {
		names = append(names, r.Name)
		if r.Origin != box.BuiltIn {
			origins[r.Name] = r.Origin
		}
	}
	if d := cmp.Diff(append([]string{"voice-vlan", "late", "a", "b", "c"}, table.Names()...), names); d != "" {
		t.Error(d)
	}
	want := map[string]box.Origin{"voice-vlan": box.Own, "late": box.Own, "a": box.Own, "b": box.Own, "c": box.Own, "SnomD120": box.Changed, "unidata-oui": box.Off}
	if d := cmp.Diff(want, origins); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(box.Rule{
		Name: "b", Vendor: "ours", Match: `option 60 begins with "phone b"`, Origin: box.Own,
		Sets:   []box.Setting{{What: "66 tftp-server-name", Value: `"{URI}"`}},
		Source: "name: b\nvendor: ours\nmatch: {starts: phone b}\nphone: false\nset:\n  66: \"{URI}\"\n",
	}, rule(t, w, "b")); d != "" {
		t.Error(d)
	}
	if r := rule(t, w, "SnomD120"); !strings.Contains(r.Builtin, "vendor: snom") || !strings.Contains(r.Source, "http://x") {
		t.Errorf("%+v", r)
	}
}

// Those that are off are where they would be, whatever else was moved or is off.
func TestWebRulesOff(t *testing.T) {
	t.Parallel()
	_, w := newWebBench(t, `[
		{"name":"own","match":"x"},
		{"name":"Aastra6730i","disabled":true},
		{"name":"Aastra6731i","disabled":true},
		{"name":"Aastra6735i","match":"x","after":"gigaset-class"},
		{"name":"Aastra6737i","disabled":true},
		{"name":"gigaset-class","disabled":true}
	]`)
	// gigaset-class was there when the rule was put after it, and is off since.
	var names []string
	for _, r := range listed(t, w) {
		names = append(names, r.Name)
	}
	if d := cmp.Diff([]string{"own", "Aastra6730i", "Aastra6731i", "Aastra6737i", "Aastra6739i"}, names[:5]); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"grandstream-class", "gigaset-class", "Aastra6735i"}, names[len(names)-3:]); d != "" {
		t.Error(d)
	}
}

func TestWebRuleChanges(t *testing.T) {
	t.Parallel()
	const (
		vlan  = `{"name":"voice-vlan","match":{"starts":"yealink"},"set":{"132":"40"}}`
		group = `{"vendor":"ours","classes":{"a":"phone a","b":{"starts":"phone b"},"c":"phone c"},"set":{"66":"{URI}"},"phone":false}`
		snom  = `{"name":"SnomD120","match":"snomD120","set":{"66":"http://x"}}`
		off   = `{"name":"unidata-oui","disabled":true}`
		late  = `{"name":"late","match":"x","after":"voice-vlan"}`
	)
	ctx := context.Background()
	put := func(name, source string) func(webDHCP) error {
		return func(w webDHCP) error { return w.PutRule(ctx, name, source) }
	}
	remove := func(name string) func(webDHCP) error {
		return func(w webDHCP) error { return w.DeleteRule(ctx, name) }
	}
	disable := func(name string) func(webDHCP) error {
		return func(w webDHCP) error { return w.DisableRule(ctx, name) }
	}
	for name, tc := range map[string]struct {
		do   func(webDHCP) error
		want []string
	}{
		"add":                       {put("", "{name: new, match: y, set: {6: null, 128: {hex: 0010}, 2: {u8: 010}}}"), []string{vlan, group, snom, off, late, `{"name":"new","match":"y","set":{"6":null,"128":{"hex":"0010"},"2":{"u8":"010"}}}`}},
		"add for a sub-option":      {put("", "{name: new, match: {option: 82.10, is: y}}"), []string{vlan, group, snom, off, late, `{"name":"new","match":{"option":82.10,"is":"y"}}`}},
		"change":                    {put("voice-vlan", "name: voice-vlan\nmatch: y\nset:\n  132: '41'\n"), []string{`{"name":"voice-vlan","match":"y","set":{"132":"41"}}`, group, snom, off, late}},
		"rename":                    {put("voice-vlan", "{name: vlan, match: y}"), []string{`{"name":"vlan","match":"y"}`, group, snom, off, `{"name":"late","match":"x","after":"vlan"}`}},
		"change one of a group":     {put("b", "{name: b, match: y}"), []string{vlan, `{"vendor":"ours","classes":{"a":"phone a"},"set":{"66":"{URI}"},"phone":false}`, `{"name":"b","match":"y"}`, `{"vendor":"ours","classes":{"c":"phone c"},"set":{"66":"{URI}"},"phone":false}`, snom, off, late}},
		"rename in a group":         {put("a", "{name: a1, match: y}"), []string{vlan, `{"name":"a1","match":"y"}`, `{"vendor":"ours","classes":{"b":{"starts":"phone b"},"c":"phone c"},"set":{"66":"{URI}"},"phone":false}`, snom, off, late}},
		"delete one of a group":     {remove("c"), []string{vlan, `{"vendor":"ours","classes":{"a":"phone a","b":{"starts":"phone b"}},"set":{"66":"{URI}"},"phone":false}`, snom, off, late}},
		"override":                  {put("snom-oui", "{name: snom-oui, oui: [00:04:13]}"), []string{vlan, group, snom, off, late, `{"name":"snom-oui","oui":["00:04:13"]}`}},
		"override without its name": {put("", "{name: snom-oui, oui: [00:04:13]}"), []string{vlan, group, snom, off, late, `{"name":"snom-oui","oui":["00:04:13"]}`}},
		"copy of a built-in rule":   {put("snom-oui", "{name: mine, oui: [00:04:13]}"), []string{vlan, group, snom, off, late, `{"name":"mine","oui":["00:04:13"]}`}},
		"override one that is off":  {put("unidata-oui", "{name: unidata-oui, oui: []}"), []string{vlan, group, snom, `{"name":"unidata-oui","oui":[]}`, late}},
		"take the name of one off":  {put("voice-vlan", "{name: unidata-oui, oui: []}"), []string{`{"name":"unidata-oui","oui":[]}`, group, snom, `{"name":"late","match":"x","after":"unidata-oui"}`}},
		"copy of one that is off":   {put("unidata-oui", "{name: mine, oui: []}"), []string{vlan, group, snom, off, late, `{"name":"mine","oui":[]}`}},
		"change an override":        {put("SnomD120", "{name: SnomD120, match: y}"), []string{vlan, group, `{"name":"SnomD120","match":"y"}`, off, late}},
		"rename an override":        {put("SnomD120", "{name: mine, match: y}"), []string{vlan, group, `{"name":"mine","match":"y"}`, off, late}},
		"delete":                    {remove("late"), []string{vlan, group, snom, off}},
		"delete an override":        {remove("SnomD120"), []string{vlan, group, off, late}},
		"enable":                    {remove("unidata-oui"), []string{vlan, group, snom, late}},
		"disable":                   {disable("snom-oui"), []string{vlan, group, snom, off, late, `{"name":"snom-oui","disabled":true}`}},
		"disable an override":       {disable("SnomD120"), []string{vlan, group, `{"name":"SnomD120","disabled":true}`, off, late}},
		"disable once more":         {disable("unidata-oui"), []string{vlan, group, snom, off, late}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, w := newWebBench(t, siteRules)
			if err := tc.do(w); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff("["+strings.Join(tc.want, ",")+"]", b.rules(t)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
	for name, tc := range map[string]struct {
		do   func(webDHCP) error
		code provd.Code
		text string
	}{
		"unknown to change":  {put("nobody", "{name: nobody, match: y}"), provd.NotFound, `there is no rule "nobody"`},
		"unknown to delete":  {remove("nobody"), provd.NotFound, `there is no rule "nobody"`},
		"unknown to disable": {disable("nobody"), provd.NotFound, `there is no rule "nobody"`},
		"nameless":           {remove(""), provd.NotFound, `there is no rule ""`},
		"built in":           {remove("snom-oui"), provd.Conflict, "is built in"},
		"own to disable":     {disable("late"), provd.Conflict, "is not built in: delete it"},
		"taken":              {put("", "{name: b, match: y}"), provd.Conflict, `there is a rule "b" already`},
		"renamed to another": {put("late", "{name: voice-vlan, match: y}"), provd.Conflict, `there is a rule "voice-vlan" already`},
		"needed by another":  {remove("voice-vlan"), provd.Invalid, `there is no rule "voice-vlan" to be put before or after`},
		"bad in two ways":    {put("late", "{name: late, match: {}, set: {51: x}}"), provd.Invalid, "a match that tests nothing\ncannot set \"51\": expected an option number that rules may set, next-server or filename"},
		"put nowhere":        {put("late", "{name: late, match: y, after: nobody}"), provd.Invalid, `there is no rule "nobody" to be put`},
		"no rule to be off":  {put("late", "{name: late, disabled: true}"), provd.Invalid, `there is no rule "late" to disable`},
		"not stored":         {put("", "{name: new, match: y}"), provd.Unavailable, "disk full"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, w := newWebBench(t, siteRules)
			before := b.state(t)
			b.disk.fail = name == "not stored"
			if err := tc.do(w); provd.CodeOf(err) != tc.code || err == nil || !strings.Contains(err.Error(), tc.text) {
				t.Errorf("got %v", err)
			}
			if d := cmp.Diff(before, b.state(t)); d != "" {
				t.Error(d)
			}
		})
	}
}

// Each listed source, put back, changes nothing about what is listed.
func TestWebRuleSources(t *testing.T) {
	t.Parallel()
	_, w := newWebBench(t, siteRules)
	before := listed(t, w)
	for _, r := range before {
		if r.Origin == box.Off || r.Origin == box.BuiltIn && !strings.HasSuffix(r.Name, "-class") {
			continue
		}
		if err := w.PutRule(context.Background(), r.Name, r.Source); err != nil {
			t.Fatal(r.Name, err)
		}
	}
	after := listed(t, w)
	for i := range after {
		if after[i].Origin == box.Changed && before[i].Origin == box.BuiltIn {
			after[i].Origin, after[i].Builtin = box.BuiltIn, ""
		}
	}
	if d := cmp.Diff(before, after); d != "" {
		t.Error(d)
	}
}

func TestWebExplain(t *testing.T) {
	t.Parallel()
	_, w := newWebBench(t, siteRules)
	e, err := w.Explain(box.Question{MAC: "00:04:13:11:22:33", VendorClass: "snomD120", Parameters: "1, 66"})
	if err != nil {
		t.Fatal(err)
	}
	if !e.Answered || !e.Phone || e.Subnet != "10.0.0.0/24" || e.Server != "10.0.0.1" || !slices.Contains(e.Options, box.Option{Name: "66 tftp-server-name", Value: `"http://x"`}) {
		t.Errorf("%+v", e)
	}
	step := func(name string) (out box.Step) {
		for _, s := range e.Steps {
			if s.Rule == name {
				out = s
			}
		}
		return out
	}
	if s := step("SnomD120"); !s.Fired || s.Reason != `option 60 is "snomD120"` || len(s.Sets) != 1 || s.Sets[0].Value != `"http://x"` {
		t.Errorf("%+v", s)
	}
	if s := step("snom-oui"); s.Fired || !s.Near {
		t.Errorf("%+v", s)
	}
	if s := step("unidata-oui"); s.Rule != "" {
		t.Errorf("%+v", s)
	}
	if e, err = w.Explain(box.Question{VendorClass: `Cisco Systems, Inc. IP Phone CP-7941G\0`}); err != nil || !step("CiscoCP-7941G").Fired {
		t.Errorf("%v %+v", err, e)
	}
	_, err = w.Explain(box.Question{MAC: "x", VendorClass: `\q`, ClientID: strings.Repeat("x", 256), Parameters: "x", Subnet: "x"})
	if provd.CodeOf(err) != provd.Invalid || err == nil || strings.Count(err.Error(), "\n") != 4 {
		t.Errorf("%v", err)
	}
	if _, err = w.Explain(box.Question{Subnet: "10.9.0.0/24"}); provd.CodeOf(err) != provd.Invalid || err == nil || err.Error() != "subnet 10.9.0.0/24 is not configured" {
		t.Errorf("%v", err)
	}

	// A server that is on says the same.
	b := newBench(t, `{"mode":"server","interfaces":[{"name":"nowhere0","subnets":[{"subnet":"10.0.0.0/24"}]}],"rules":`+siteRules+`}`)
	on, err := webDHCP{restDHCP{dhcpBox: b.dhcpBox}}.Explain(box.Question{CircuitID: "1", RemoteID: "2", VendorClass: "snomD120"})
	if err != nil || b.running() == nil || len(on.Steps) != len(e.Steps) || on.Answered || on.Why == "" {
		t.Errorf("%v %+v", err, on)
	}

	// And a box that nobody has told about subnets says what the rules come to.
	b = newBench(t, `{"mode":"off"}`)
	e, err = webDHCP{restDHCP{dhcpBox: b.dhcpBox}}.Explain(box.Question{VendorClass: "snomD120"})
	if err != nil || e.Answered || e.Subnet != "" || e.Server == "" || !e.Phone || e.Why == "" || len(e.Steps) == 0 {
		t.Errorf("%v %+v", err, e)
	}
}
