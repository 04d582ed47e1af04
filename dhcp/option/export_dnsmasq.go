package option

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// dnsmasq writes tags. It can compare an option with how a value begins (in
// hexadecimal) and with a text anywhere in it, so that "is" becomes "begins
// with, and with nothing longer that the table knows", and "ends with" becomes
// "contains". Of several lines for one option the last one counts, so the rules
// are written last first.
func (x *exporter) dnsmasq() {
	x.mark, x.tags = "#", map[string]string{}
	x.about("For dnsmasq 2.90: put it into /etc/dnsmasq.d. A range for phones only says:",
		"dhcp-range=tag:provbox,...")
	x.note("dnsmasq cannot test for a whole value or for its end: where the box does, it sees how the value begins, or whether the text is in it.")
	var body []string
	tags := make([]string, len(x.t.rules))
	for i := range x.t.rules {
		tags[i] = x.dnsRule(i)
	}
	for i := len(x.t.rules) - 1; i >= 0; i-- {
		r := &x.t.rules[i]
		if tags[i] == "" {
			continue
		}
		named := false
		for _, s := range x.sets(r) {
			set, why := x.dnsSet(tags[i], s)
			if why != "" {
				x.note("rule %s: %s.", r.label(), why)
				continue
			}
			if !named {
				named, body = true, append(body, "# "+r.label())
			}
			body = append(body, set)
		}
	}
	x.line("\n%s", strings.Join(dnsJoin(body), "\n"))
}

// dnsJoin puts the two BOOTP fields, which are one setting there, together.
func dnsJoin(lines []string) []string {
	var out []string
	for _, l := range lines {
		if n := len(out) - 1; n >= 0 && strings.HasPrefix(l, "dhcp-boot=") && strings.HasPrefix(out[n], "dhcp-boot=") {
			tag, file, _ := strings.Cut(strings.TrimPrefix(l, "dhcp-boot="), ",")
			if prev, host, ok := strings.Cut(strings.TrimPrefix(out[n], "dhcp-boot="), ",,,"); ok && prev == tag {
				out[n] = "dhcp-boot=" + tag + "," + strings.TrimSuffix(file, ",,") + ",," + host
				continue
			}
		}
		out = append(out, l)
	}
	return out
}

// dnsRule writes the tags of a rule and returns the one that says it fires.
func (x *exporter) dnsRule(i int) string {
	r := &x.t.rules[i]
	member := ""
	x.line("\n# %s", r.label())
	if r.oui != nil {
		member = x.dnsTag("", false)
		for _, b := range r.blocks() {
			x.line("dhcp-mac=set:%s,%s:*:*:*", member, b)
		}
	} else if member = x.dnsCond(r, r.class); member == "" {
		return ""
	}
	if !r.noPhone {
		x.line("tag-if=set:provbox,tag:%s", member)
	}
	needs := "tag:" + member
	if r.when != nil {
		when := x.dnsCond(r, r.when)
		if when == "" {
			return ""
		}
		needs += ",tag:" + when
	}
	for _, o := range x.t.above(i) {
		if not := x.dnsCond(o, o.class); not != "" {
			needs += ",tag:!" + not
		}
	}
	if needs == "tag:"+member {
		return member
	}
	tag := x.dnsTag("", false)
	x.line("tag-if=set:%s,%s", tag, needs)
	return tag
}

// dnsTag returns the tag of a condition that has one already, or a new one.
func (x *exporter) dnsTag(key string, keep bool) string {
	tag := "pb" + strconv.Itoa(len(x.tags)+1)
	if !keep {
		key = "\x00" + tag
	}
	x.tags[key] = tag
	return tag
}

// dnsCond writes a match and returns its tag, "" if it cannot be said.
func (x *exporter) dnsCond(r *rule, c cond) string {
	key := describe(c)
	if t := x.tags[key]; t != "" {
		return t
	}
	w, leaf := place(c)
	if leaf && w.nested && (w.code != 82 || w.sub != 1 && w.sub != 2) {
		x.note("rule %s: %s cannot be looked at.", r.label(), w)
		return ""
	}
	switch c := c.(type) {
	case disjunction:
		var parts []string
		for _, o := range c {
			if t := x.dnsCond(r, o); t != "" {
				parts = append(parts, t)
			}
		}
		tag := x.dnsTag(key, true)
		for _, p := range parts {
			x.line("tag-if=set:%s,tag:%s", tag, p)
		}
		return tag
	case conjunction:
		var parts []string
		for _, o := range c {
			t := x.dnsCond(r, o)
			if t == "" {
				return ""
			}
			parts = append(parts, "tag:"+t)
		}
		tag := x.dnsTag(key, true)
		x.line("tag-if=set:%s,%s", tag, strings.Join(parts, ","))
		return tag
	case negation:
		of := x.dnsCond(r, c.of)
		if of == "" {
			return ""
		}
		tag := x.dnsTag(key, true)
		x.line("tag-if=set:%s,tag:!%s", tag, of)
		return tag
	}
	return x.dnsLeaf(r, c, w, key)
}

// dnsLeaf writes a single test.
func (x *exporter) dnsLeaf(r *rule, c cond, w where, key string) string {
	if _, there := c.(present); !there && !w.nested && (dnsAddrs[w.code] || dnsTexts[w.code]) {
		return x.dnsIn(r, c, w, key)
	}
	match := func(tag, value string) {
		switch {
		case value == "": // begins with nothing: is there
			x.line("dhcp-match=set:%s,%d", tag, w.code)
		case w.nested:
			x.line("%s=set:%s,%s", map[byte]string{1: "dhcp-circuitid", 2: "dhcp-remoteid"}[w.sub], tag, value)
		default:
			x.line("dhcp-match=set:%s,%d,%s", tag, w.code, value)
		}
	}
	switch c := c.(type) {
	case whole:
		if w.nested && len(c.text) == 0 {
			x.note("rule %s: %s cannot be tested for.", r.label(), describe(c))
			return ""
		}
		tag := x.dnsTag(key, true)
		if w.nested {
			match(tag, hexBytes(c.text, ":"))
			return tag
		}
		longer := x.longer(r, c)
		if len(strings.Join(longer, "")) > 1000 {
			// Its lines have at most 1,024 bytes.
			x.note("rule %s: %s cannot be tested for, as too many classes begin so.", r.label(), describe(c))
			x.tags[key] = ""
			return ""
		}
		if len(longer) == 0 {
			match(tag, dnsBegins(c.text))
			return tag
		}
		start := x.dnsTag("", false)
		match(start, dnsBegins(c.text))
		x.line("tag-if=set:%s,tag:%s%s", tag, start, strings.Join(longer, ""))
		return tag
	case prefix:
		if w.nested {
			x.note("rule %s: %s cannot be tested for.", r.label(), describe(c))
			return ""
		}
		tag := x.dnsTag(key, true)
		match(tag, dnsBegins(c.text))
		return tag
	case suffix:
		text := bytes.TrimRight(c.text, "\x00")
		if !plain(text) || bytes.ContainsAny(text, ",:") || isNumber(text) || w.nested || len(text) == 0 && len(c.text) > 0 {
			x.note("rule %s: %s cannot be tested for.", r.label(), describe(c))
			return ""
		}
		tag := x.dnsTag(key, true)
		match(tag, string(text))
		return tag
	case part:
		if w.nested {
			x.note("rule %s: %s cannot be tested for.", r.label(), describe(c))
			return ""
		}
		tag := x.dnsTag(key, true)
		match(tag, strings.Repeat("*:", c.at)+dnsBegins(c.text))
		return tag
	case present:
		if !c.want {
			there := x.dnsCond(r, present{w, true})
			if there == "" {
				return ""
			}
			tag := x.dnsTag(key, true)
			x.line("tag-if=set:%s,tag:!%s", tag, there)
			return tag
		}
		if w.nested {
			x.note("rule %s: %s cannot be tested for.", r.label(), describe(c))
			return ""
		}
		tag := x.dnsTag(key, true)
		x.line("dhcp-match=set:%s,%d", tag, w.code)
		return tag
	}
	return ""
}

// dnsText writes a text, which commas, quotes and marks would end; false for
// control characters that have no escape: dnsmasq uses them for itself.
func dnsText(b []byte) (string, bool) {
	for _, c := range b {
		if c < ' ' && !strings.ContainsRune("\b\t\n\r\x1b", rune(c)) {
			return "", false
		}
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`, "\r", `\r`, "\b", `\b`, "\x1b", `\e`).Replace(string(b)) + `"`, true
}

// dnsIn writes a test of an option that dnsmasq takes only texts for: it looks
// for them anywhere in the value.
func (x *exporter) dnsIn(r *rule, c cond, w where, key string) string {
	var text []byte
	switch c := c.(type) {
	case whole:
		text = c.text
	case prefix:
		text = c.text
	case suffix:
		text = c.text
	}
	quoted, ok := dnsText(text)
	if len(text) == 0 || !ok || !dnsTexts[w.code] {
		x.note("rule %s: %s cannot be tested for.", r.label(), describe(c))
		return ""
	}
	tag := x.dnsTag(key, true)
	x.line("dhcp-match=set:%s,%d,%s", tag, w.code, quoted)
	return tag
}

// dnsBegins is a text as hexadecimal, which dnsmasq compares with how a value
// begins. One byte would be read as a number.
func dnsBegins(b []byte) string {
	s := hexBytes(b, ":")
	if len(b) == 1 {
		s += ":*"
	}
	return s
}

func isNumber(b []byte) bool {
	_, err := strconv.ParseUint(string(b), 10, 64)
	return err == nil
}

// longer lists, as ",tag:!...", the texts of the table that begin like a whole
// one and go on: they are of other models.
func (x *exporter) longer(r *rule, c whole) []string {
	seen := map[string]bool{}
	var out []string
	var walk func(o cond)
	walk = func(o cond) {
		var text []byte
		switch o := o.(type) {
		case disjunction:
			for _, y := range o {
				walk(y)
			}
			return
		case conjunction:
			for _, y := range o {
				walk(y)
			}
			return
		case whole:
			text = o.text
		case prefix:
			text = o.text
		}
		w, ok := place(o)
		if !ok || w != c.where || len(text) <= len(c.text) || !bytes.HasPrefix(text, c.text) || seen[string(text)] {
			return
		}
		seen[string(text)] = true
		if t := x.dnsCond(r, prefix{w, text}); t != "" {
			out = append(out, ",tag:!"+t)
		}
	}
	for i := range x.t.rules {
		if o := &x.t.rules[i]; o.oui == nil {
			walk(o.class)
		}
	}
	return out
}

// Options that dnsmasq 2.90 knows too well to take bytes for them.
var (
	dnsAddrs = map[byte]bool{
		1: true, 3: true, 6: true, 7: true, 9: true, 16: true, 21: true, 28: true, 32: true, 33: true, 41: true, 42: true, 44: true, 45: true,
		48: true, 49: true, 65: true, 68: true, 69: true, 70: true, 71: true, 74: true, 150: true,
	}
	dnsTexts = map[byte]bool{12: true, 15: true, 17: true, 18: true, 40: true, 64: true, 66: true, 67: true, 100: true, 101: true}
)

// dnsSet writes what is sent under a tag, or why it cannot be.
func (x *exporter) dnsSet(tag string, s sent) (line, why string) {
	switch s.code {
	case codeNextServer:
		return fmt.Sprintf("dhcp-boot=tag:%s,,,%s", tag, s.data), ""
	case codeFilename:
		text, ok := dnsText(s.data)
		if !ok {
			return "", "dnsmasq has no way to write its filename"
		}
		return fmt.Sprintf("dhcp-boot=tag:%s,%s,,", tag, text), ""
	}
	set := fmt.Sprintf("dhcp-option=tag:%s,%d,", tag, s.code)
	code := byte(s.code)
	switch addrs, ok := formatAddrs(s.data); {
	case dnsAddrs[code] && !ok:
		return "", "dnsmasq takes only addresses for option " + Name(code)
	case dnsAddrs[code]:
		return set + strings.ReplaceAll(addrs, " ", ""), ""
	case dnsTexts[code]:
		text, ok := dnsText(s.data)
		if !ok {
			return "", "dnsmasq has no way to write its option " + Name(code)
		}
		return set + text, ""
	case code == 81:
		return "", "dnsmasq answers option 81 itself"
	case code == 119:
		return "", "dnsmasq takes only names for option " + Name(code)
	case len(s.data) == 1:
		return set + strconv.Itoa(int(s.data[0])) + "b", ""
	case code != 120 && plain(s.data):
		return set + `"` + string(s.data) + `"`, ""
	}
	return set + dnsBegins(s.data) + " # " + s.show(), ""
}
