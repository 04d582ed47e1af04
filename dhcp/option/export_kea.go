package option

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
)

// keaClass is a client class of kea-dhcp4.
type keaClass struct {
	Name       string      `json:"name"`
	Test       string      `json:"test"`
	NextServer string      `json:"next-server,omitempty"`
	BootFile   string      `json:"boot-file-name,omitempty"`
	Defs       []keaDef    `json:"option-def,omitempty"`
	Options    []keaOption `json:"option-data,omitempty"`
}

// keaDef says what an option holds; a class may do so for option 43.
type keaDef struct {
	Name string `json:"name"`
	Code int    `json:"code"`
	Type string `json:"type"`
}

type keaOption struct {
	Code   int    `json:"code"`
	Space  string `json:"space,omitempty"`
	CSV    bool   `json:"csv-format"`
	Data   string `json:"data"`
	Always bool   `json:"always-send,omitempty"`
	show   string
}

// kea writes client classes. Of several that set an option the first one
// counts, as it does here.
func (x *exporter) kea() {
	x.mark = "//"
	x.about("For kea-dhcp4 (Kea 2): put the client classes into the Dhcp4 section. A pool",
		`for phones only says: "client-class": "provbox-phones".`, "Options of a host, pool, subnet or network come before these; global ones give way.", "Data is written in hexadecimal where Kea would read a text as something else.")
	var classes []keaClass
	var members []string
	used := map[string]bool{"provbox-phones": true}
	for i := range x.t.rules {
		r := &x.t.rules[i]
		member, ok := x.keaMember(r)
		if !ok {
			continue
		}
		test := member
		if r.when != nil {
			when, ok := x.keaCond(r, r.when)
			if !ok {
				continue
			}
			test += " and " + when
		}
		for _, o := range x.t.above(i) {
			if not, ok := x.keaCond(o, o.class); ok {
				test += " and not " + not
			}
		}
		c := keaClass{Name: className(r.name, used), Test: test}
		for _, s := range x.sets(r) {
			x.keaSet(r, &c, s)
		}
		if !r.noPhone {
			if r.when == nil && !r.otherwise {
				member = "member('" + c.Name + "')"
			}
			members = append(members, member)
		}
		if len(c.Options) > 0 || c.NextServer != "" || c.BootFile != "" || r.when == nil && !r.otherwise && !r.noPhone {
			classes = append(classes, c)
		}
	}
	if len(members) == 0 {
		members = []string{"'no' == 'rule'"}
	}
	classes = append(classes, keaClass{Name: "provbox-phones", Test: strings.Join(members, " or ")})
	x.line("{\n  \"Dhcp4\": {\n    \"client-classes\": [")
	for i, c := range classes {
		comma := ","
		if i == len(classes)-1 {
			comma = ""
		}
		for _, o := range c.Options {
			if !o.CSV {
				x.line("      // %s: %s", c.Name, o.show)
			}
		}
		// Marshal of plain values cannot fail.
		b, _ := marshal(c)
		x.line("      %s%s", b, comma)
	}
	x.line("    ]\n  }\n}")
}

// className names a rule's class. It is written between quotes in expressions,
// where nothing can be escaped.
func className(rule string, used map[string]bool) string {
	name := "provbox-" + strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("-_.", c) {
			return c
		}
		return '_'
	}, rule)
	for base, n := name, 2; used[name]; n++ {
		name = fmt.Sprintf("%s.%d", base, n)
	}
	used[name] = true
	return name
}

// marshal is json.Marshal that leaves <, > and & alone.
func marshal(v any) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}

func (x *exporter) keaMember(r *rule) (string, bool) {
	if r.oui == nil {
		return x.keaCond(r, r.class)
	}
	var parts []string
	for _, b := range r.blocks() {
		parts = append(parts, "substring(pkt4.mac, 0, 3) == 0x"+strings.ReplaceAll(b, ":", ""))
	}
	return "(" + strings.Join(parts, " or ") + ")", len(parts) > 0
}

func (x *exporter) keaSet(r *rule, c *keaClass, s sent) {
	switch s.code {
	case codeNextServer:
		c.NextServer = string(s.data)
		return
	case codeFilename:
		c.BootFile = string(s.data)
		return
	}
	vendor, ok := []keaOption(nil), true
	if s.code == 125 {
		vendor, ok = keaVendor(s)
	}
	if !ok || !keaTakes(s) {
		x.note("rule %s: Kea does not take this value for option %s.", r.label(), Name(byte(s.code)))
		return
	}
	if vendor != nil {
		c.Options = append(c.Options, vendor...)
		return
	}
	o := keaOption{Code: s.code, Data: hex.EncodeToString(s.data), show: Name(byte(s.code)) + " = " + s.show()}
	switch s.code {
	case 66, 67: // strings in every version; a comma would end one
		if plain(s.data) && !strings.Contains(string(s.data), ",") && strings.TrimSpace(string(s.data)) == string(s.data) {
			o.CSV, o.Data = true, string(s.data)
		}
	case 3, 6, 42:
		if a, ok := formatAddrs(s.data); ok {
			o.CSV, o.Data = true, a
		}
	}
	if s.code == 43 {
		// Kea would take it for sub-options, which for some phones it is not.
		c.Defs = append(c.Defs, keaDef{"vendor-encapsulated-options", s.code, "binary"})
	}
	c.Options = append(c.Options, o)
}

// keaConst writes a constant of Kea's expressions.
func keaConst(b []byte) string {
	if len(b) == 0 {
		return "''"
	}
	if plain(b) && !strings.ContainsRune(string(b), '\'') {
		return "'" + string(b) + "'"
	}
	return "0x" + hex.EncodeToString(b)
}

func (x *exporter) keaCond(r *rule, c cond) (string, bool) {
	write := func(o cond) (string, bool) { return x.keaCond(r, o) }
	switch c := c.(type) {
	case disjunction:
		return joined(c, "or", write)
	case conjunction:
		return joined(c, "and", write)
	case negation:
		s, ok := x.keaCond(r, c.of)
		return "not " + s, ok
	}
	w, _ := place(c)
	opt := fmt.Sprintf("option[%d]", w.code)
	switch {
	case w.nested && w.code == 82:
		opt = fmt.Sprintf("relay4[%d]", w.sub)
	case w.nested && w.code == 43:
		// What is in it depends on other settings of Kea's.
		x.note("rule %s: %s cannot be looked at.", r.label(), w)
		return "", false
	case w.nested:
		opt += fmt.Sprintf(".option[%d]", w.sub)
	}
	switch c := c.(type) {
	case whole:
		return fmt.Sprintf("(%s.hex == %s)", opt, keaConst(x.keaSeen(w, c.text))), true
	case prefix:
		return fmt.Sprintf("(substring(%s.hex, 0, %d) == %s)", opt, len(c.text), keaConst(c.text)), true
	case suffix:
		text := x.keaSeen(w, c.text)
		if len(text) == 0 {
			return "(" + opt + ".exists)", true
		}
		return fmt.Sprintf("(substring(%s.hex, -%d, all) == %s)", opt, len(text), keaConst(text)), true
	case part:
		return fmt.Sprintf("(substring(%s.hex, %d, %d) == %s)", opt, c.at, c.n, keaConst(c.text)), true
	case present:
		if c.want {
			return "(" + opt + ".exists)", true
		}
		return "(not " + opt + ".exists)", true
	}
	return "", false
}
