package option

import (
	"fmt"
	"slices"
	"strings"
)

// iscNames are the options dhcpd 4.4 knows by a name that has not changed.
var iscNames = map[byte]string{
	3: "routers", 4: "time-servers", 6: "domain-name-servers", 7: "log-servers", 12: "host-name", 15: "domain-name", 42: "ntp-servers",
	43: "vendor-encapsulated-options", 44: "netbios-name-servers", 53: "dhcp-message-type", 55: "dhcp-parameter-request-list",
	60: "vendor-class-identifier", 61: "dhcp-client-identifier", 66: "tftp-server-name", 67: "bootfile-name", 69: "smtp-server",
	70: "pop-server", 77: "user-class",
}

// iscSpaces are the options whose parts dhcpd reads as options of their own. A
// definition of ours would take their place, and with it whatever else the
// configuration does with them.
var iscSpaces = map[byte]bool{63: true, 81: true, 82: true}

// isc writes two classes: one that pools can allow, and one that every client
// is in. Statements that are executed later win there, so the rules are written
// last first.
func (x *exporter) isc() {
	x.mark, x.custom = "#", map[byte]bool{}
	x.about("Include it at the top level of dhcpd.conf (ISC dhcpd 4.4). A pool for phones",
		`only says: allow members of "provbox-phones";`, "Options of a subnet or pool give way to these.")
	var tests, body []string
	for _, r := range x.phones() {
		if test, ok := x.iscMember(r); ok {
			tests = append(tests, test)
		}
	}
	for i := len(x.t.rules) - 1; i >= 0; i-- {
		body = append(body, x.iscRule(i)...)
	}
	if len(tests) == 0 {
		tests = []string{`"no" = "rule"`}
	}
	codes := make([]byte, 0, len(x.custom))
	for c := range x.custom {
		codes = append(codes, c)
	}
	slices.Sort(codes)
	for _, c := range codes {
		kind := "string"
		switch knownOptions[c].kind {
		case kindText:
			kind = "text"
		case kindAddrs:
			kind = "array of ip-address"
		}
		x.line("option provbox-%d code %d = %s;", c, c, kind)
	}
	x.line("\nclass \"provbox-phones\" {\n  match if\n    %s;\n}\n", strings.Join(tests, "\n    or "))
	x.line("class \"provbox-options\" {\n  match if exists dhcp-message-type;\n%s\n}", strings.Join(body, "\n"))
}

// iscMember is the expression for the clients of a rule, whatever its `when`
// says.
func (x *exporter) iscMember(r *rule) (string, bool) {
	if r.oui == nil {
		return x.iscCond(r, r.class)
	}
	var parts []string
	for _, b := range r.blocks() {
		parts = append(parts, "substring(hardware, 0, 4) = 1:"+b)
	}
	return "(" + strings.Join(parts, "\n      or ") + ")", len(parts) > 0
}

func (x *exporter) iscRule(i int) []string {
	r := &x.t.rules[i]
	sets := x.sets(r)
	if len(sets) == 0 {
		return nil
	}
	member, ok := x.iscMember(r)
	if !ok {
		return nil
	}
	test := member
	if r.when != nil {
		when, ok := x.iscCond(r, r.when)
		if !ok {
			return nil
		}
		test += "\n      and " + when
	}
	for _, o := range x.t.above(i) {
		if not, ok := x.iscNot(o, o.class); ok {
			test += "\n      and " + not
		}
	}
	if test != member {
		// dhcpd takes a bracket after "if" for one around the whole condition.
		test = "(" + test + ")"
	}
	out := []string{"\n  # " + r.label(), "  if " + test + " {"}
	for _, s := range sets {
		if s.code < codeNextServer && iscSpaces[byte(s.code)] {
			x.note("rule %s: option %d cannot be set.", r.label(), s.code)
			continue
		}
		out = append(out, "    "+x.iscSet(s))
	}
	return append(out, "  }")
}

func (x *exporter) iscSet(s sent) string {
	switch s.code {
	case codeNextServer:
		return "next-server " + string(s.data) + ";"
	case codeFilename:
		return "filename " + quote(s.data) + ";"
	}
	kind := knownOptions[byte(s.code)].kind
	value, comment := hexBytes(s.data, ":"), " # "+s.show()
	if addrs, ok := formatAddrs(s.data); kind == kindAddrs && ok {
		value, comment = addrs, ""
	} else if kind == kindText || kind != kindSubs && s.code != 43 && plain(s.data) {
		value, comment = quote(s.data), ""
	}
	return "option " + x.iscName(byte(s.code)) + " " + value + ";" + comment
}

func (x *exporter) iscName(code byte) string {
	if n := iscNames[code]; n != "" {
		return n
	}
	x.custom[code] = true
	return fmt.Sprintf("provbox-%d", code)
}

// iscNot writes that a match does not hold. Only single tests are negated: for
// dhcpd an "and" whose first part is false has no value, and neither has the
// "not" of that.
func (x *exporter) iscNot(r *rule, c cond) (string, bool) {
	write := func(o cond) (string, bool) { return x.iscNot(r, o) }
	switch c := c.(type) {
	case disjunction:
		return joined(c, "and", write)
	case conjunction:
		return joined(c, "or", write)
	case negation:
		return x.iscCond(r, c.of)
	case present:
		c.want = !c.want
		return x.iscCond(r, c)
	}
	s, ok := x.iscCond(r, c)
	return "(not " + s + ")", ok
}

// iscCond writes a match, in brackets where it needs them.
func (x *exporter) iscCond(r *rule, c cond) (string, bool) {
	write := func(o cond) (string, bool) { return x.iscCond(r, o) }
	switch c := c.(type) {
	case disjunction:
		return joined(c, "or", write)
	case conjunction:
		return joined(c, "and", write)
	case negation:
		return x.iscNot(r, c.of)
	}
	w, _ := place(c)
	name := ""
	switch {
	case w == where{code: 82, sub: 1, nested: true}:
		name = "agent.circuit-id"
	case w == where{code: 82, sub: 2, nested: true}:
		name = "agent.remote-id"
	case w.nested, iscSpaces[w.code]:
		x.note("rule %s: %s cannot be looked at.", r.label(), w)
		return "", false
	default:
		name = x.iscName(w.code)
	}
	switch c := c.(type) {
	case whole:
		return fmt.Sprintf("(option %s = %s)", name, quote(c.text)), true
	case prefix:
		return fmt.Sprintf("(substring(option %s, 0, %d) = %s)", name, len(c.text), quote(c.text)), true
	case suffix:
		return fmt.Sprintf("(suffix(option %s, %d) = %s)", name, len(c.text), quote(c.text)), true
	case part:
		return fmt.Sprintf("(substring(option %s, %d, %d) = %s)", name, c.at, c.n, quote(c.text)), true
	case present:
		if c.want {
			return "(exists " + name + ")", true
		}
		return "(not exists " + name + ")", true
	}
	return "", false
}
