package option

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Formats lists what Export can write.
func Formats() []string { return []string{"isc", "kea", "dnsmasq"} }

// Export writes the table as configuration of another DHCP server, for sites
// that keep theirs: "isc" (ISC dhcpd 4.4), "kea" (Kea 2) or "dnsmasq" (2.90).
// Options are filled with v; a rule that needs a value v does not have is left
// out. What the other server cannot say is named in the text's head, one line
// each.
func (t *Table) Export(format string, v Values) (string, error) {
	write := map[string]func(*exporter){"isc": (*exporter).isc, "kea": (*exporter).kea, "dnsmasq": (*exporter).dnsmasq}[format]
	if write == nil {
		return "", fmt.Errorf("export: unknown format %q; there are %s", format, strings.Join(Formats(), ", "))
	}
	x := &exporter{t: t, v: v}
	write(x)
	return x.text(), nil
}

// exporter collects one export.
type exporter struct {
	t     *Table
	v     Values
	head  []string // comment lines, without the mark
	notes []string
	body  strings.Builder
	mark  string // begins a comment

	tags   map[string]string // dnsmasq: condition to tag
	custom map[byte]bool     // isc: options to define
}

func (x *exporter) line(format string, a ...any) { fmt.Fprintf(&x.body, format+"\n", a...) }

func (x *exporter) note(format string, a ...any) {
	if n := fmt.Sprintf(format, a...); !slices.Contains(x.notes, n) {
		x.notes = append(x.notes, n)
	}
}

func (x *exporter) text() string {
	var b strings.Builder
	for _, l := range x.head {
		// A URL can hold what would end the line.
		l = strings.Map(func(c rune) rune {
			if c < ' ' {
				return '?'
			}
			return c
		}, l)
		b.WriteString(strings.TrimRight(x.mark+" "+l, " ") + "\n")
	}
	if len(x.notes) > 0 {
		b.WriteString(x.mark + "\n" + x.mark + " Differences from the box's own answers:\n")
		for _, n := range x.notes {
			b.WriteString(x.mark + "  - " + n + "\n")
		}
	}
	return b.String() + x.body.String()
}

// sent is an option of a rule, ready to be written.
type sent struct {
	code int // as in action
	data []byte
}

// sets returns what a rule sends.
func (x *exporter) sets(r *rule) []sent {
	var out []sent
	for _, a := range r.set {
		b, ok := a.value.encode(x.v)
		if _, none := a.value.(withheld); none {
			x.note("rule %s keeps option %d from being sent; take it out of the rules below by hand.", r.label(), a.code)
			continue
		}
		if a.code == codeNextServer && ok {
			if ip, err := netip.ParseAddr(string(b)); err != nil || !ip.Is4() {
				b, ok = []byte(ipText(x.v.TFTPIP)), x.v.TFTPIP.IsValid()
			}
		}
		if !ok {
			x.note("rule %s: what %s is made of is not known.", r.label(), a.name())
			continue
		}
		if _, addrs := formatAddrs(b); len(b) > 0 && !addrs && a.code < codeNextServer && knownOptions[byte(a.code)].kind == kindAddrs {
			x.note("rule %s: other servers take only addresses for %s.", r.label(), a.name())
			continue
		}
		if len(b) > 0 {
			out = append(out, sent{a.code, b})
		}
	}
	return out
}

// phones lists the rules that make a client a phone.
func (x *exporter) phones() []*rule {
	var out []*rule
	for i := range x.t.rules {
		if r := &x.t.rules[i]; !r.noPhone {
			out = append(out, r)
		}
	}
	return out
}

// above lists the class rules before rule i that can match the same client as
// it: an `otherwise` rule gives way to them.
func (t *Table) above(i int) []*rule {
	var out []*rule
	if !t.rules[i].otherwise {
		return nil
	}
	for j := range i {
		r := &t.rules[j]
		if r.oui == nil && !r.extra && (t.rules[i].oui != nil || overlap(r.class, t.rules[i].class)) {
			out = append(out, r)
		}
	}
	return out
}

// overlap reports whether two matches can hold for one client, true if that
// cannot be told.
func overlap(a, b cond) bool {
	if d, ok := a.(disjunction); ok {
		for _, x := range d {
			if overlap(x, b) {
				return true
			}
		}
		return false
	}
	if d, ok := b.(disjunction); ok {
		return overlap(d, a)
	}
	wa, oka := place(a)
	wb, okb := place(b)
	if !oka || !okb || wa != wb {
		return true
	}
	if w, ok := a.(whole); ok {
		return b.match(holding(wa, w.text))
	}
	if w, ok := b.(whole); ok {
		return a.match(holding(wa, w.text))
	}
	if p, ok := a.(prefix); ok {
		if q, ok := b.(prefix); ok {
			return bytes.HasPrefix(p.text, q.text) || bytes.HasPrefix(q.text, p.text)
		}
	}
	return true
}

// holding is a client with one option.
func holding(w where, text []byte) *subject {
	if w.nested {
		text = append([]byte{w.sub, byte(len(text))}, text...)
	}
	return newSubject(Client{Get: func(code byte) ([]byte, bool) { return text, code == w.code }})
}

// blocks lists the address blocks of a rule in order, as aa:bb:cc.
func (r *rule) blocks() []string {
	var out []string
	for b := range r.oui {
		out = append(out, hexBytes(b[:], ":"))
	}
	slices.Sort(out)
	return out
}

func hexBytes(b []byte, sep string) string {
	parts := make([]string, len(b))
	for i, c := range b {
		parts[i] = hex.EncodeToString([]byte{c})
	}
	return strings.Join(parts, sep)
}

// plain reports whether a text can be written between quotes anywhere.
func plain(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return len(b) > 0
}

// label is a rule's name for a comment, which ends with the line.
func (r *rule) label() string {
	if !plain([]byte(r.name)) {
		return strconv.QuoteToASCII(r.name)
	}
	return r.name
}

// quote writes a text for ISC dhcpd.
func quote(b []byte) string {
	var out strings.Builder
	out.WriteByte('"')
	for _, c := range b {
		switch {
		case c == '"' || c == '\\':
			out.WriteString(`\` + string(c))
		case c < ' ' || c > '~':
			fmt.Fprintf(&out, `\%03o`, c)
		default:
			out.WriteByte(c)
		}
	}
	return out.String() + `"`
}

// show is a value for a comment.
func (s sent) show() string {
	if s.code >= codeNextServer {
		return strconv.Quote(string(s.data))
	}
	return Format(Option{Code: byte(s.code), Data: s.data})
}

// about is the head that all formats share.
func (x *exporter) about(what ...string) {
	uri, host := x.v.URI, x.v.TFTPHost
	if uri == "" {
		uri = "none"
	}
	x.head = append(x.head, "What phones are sent for provisioning: the rules of Provbox for another DHCP", "server. HTTP "+uri+", TFTP "+host+".", "Made by \"provbox dhcp export\"; make it again after a change of the rules.", "")
	x.head = append(x.head, what...)
}

// joined writes the parts of a match with a word between them, in brackets; false
// when one of them cannot be written.
func joined(cs []cond, word string, part func(cond) (string, bool)) (string, bool) {
	var parts []string
	for _, c := range cs {
		p, ok := part(c)
		if !ok {
			return "", false
		}
		parts = append(parts, p)
	}
	return "(" + strings.Join(parts, " "+word+" ") + ")", len(parts) > 0
}
