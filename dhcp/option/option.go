// Package option decides which provisioning options a phone is sent. The
// rules are data (table.yaml, built in; operators add their own): a match on
// vendor class, user class, relay information or address block, and the
// options to set. Deciding is a pure function from packet facts and the box's
// addresses to options and the names of the rules that fired.
package option

import (
	_ "embed"
	"net/netip"
	"slices"
)

// Client is what a packet says about its sender, as far as rules ask.
type Client struct {
	// MAC is the hardware address; rules on address blocks match it only if
	// it is an Ethernet address (six bytes).
	MAC []byte
	// Get returns the raw bytes of an option of the packet and whether the
	// packet has it. It must not be nil.
	Get func(code byte) ([]byte, bool)
}

// Values are the addresses the rules are filled with. A rule whose value
// needs one that is empty sets nothing.
type Values struct {
	// URI is {URI}: the base URL of the file plane as phones are told, without
	// a trailing slash, with the tenant's key in it where one is in use.
	URI string
	// TFTPHost is {TFTPHOST}: the TFTP server as text.
	TFTPHost string
	// TFTPIP is {TFTPIP}: the TFTP server as an address.
	TFTPIP netip.Addr
}

// Option is one DHCP option in wire form, without its header.
type Option struct {
	Code byte
	Data []byte
}

// Result is what a client is sent.
type Result struct {
	// Rules names the rules that fired, in the order of the table.
	Rules []string
	// Vendor is that of the first rule that fired or whose address block
	// holds the client, "" for a client that is no phone we know.
	Vendor string
	// Phone tells that a class matched or the address block is a phone
	// vendor's: such clients are served where only phones are.
	Phone bool
	// Options in the order they were set, no code twice.
	Options []Option
	// NextServer and Filename are the BOOTP fields, unset if invalid or "".
	NextServer netip.Addr
	Filename   string
	// Sent is the provisioning address in text form, for people: the first of
	// options 66, 160, 43, 114, 161, 67 and 150 that was set.
	Sent string
}

// Table is an ordered list of rules. It is immutable and safe for concurrent
// use.
type Table struct {
	rules []rule
}

type rule struct {
	name, vendor string
	class        cond // for a class rule
	oui          map[[3]byte]bool
	when         cond
	otherwise    bool
	set          []action
	// extra is a rule that an operator added: `otherwise` does not look at it,
	// so that an option more does not take the built-in ones away.
	extra bool
	// noPhone rules send options and say nothing of what the client is.
	noPhone bool
	// own rules are an operator's, put before or after another if they say so.
	own           bool
	before, after string
}

// verdict is how a rule stands towards a client.
type verdict int

const (
	fired    verdict = iota
	settled          // an `otherwise` rule, and a class above matched
	noBlock          // not of the rule's address blocks
	noClass          // the class does not match
	excepted         // the class or block does, but `when` does not
)

func (r *rule) judge(who *subject, classed bool) verdict {
	switch {
	case r.otherwise && classed:
		return settled
	case r.oui != nil:
		if len(who.MAC) != 6 || !r.oui[[3]byte(who.MAC)] {
			return noBlock
		}
	case !r.class.match(who):
		return noClass
	}
	if r.when != nil && !r.when.match(who) {
		return excepted
	}
	return fired
}

//go:embed table.yaml
var builtin []byte

// Builtin returns the rules that are part of the program.
func Builtin() (*Table, error) { return Parse("table.yaml", builtin) }

// With returns a table in which the rules of other come first; a rule of the
// same name is replaced. Rules of operators are merged by Merge.
func (t *Table) With(other *Table) *Table {
	if other == nil {
		return t
	}
	out := &Table{rules: slices.Clone(other.rules)}
	for _, r := range t.rules {
		if !slices.ContainsFunc(other.rules, func(o rule) bool { return o.name == r.name }) {
			out.rules = append(out.rules, r)
		}
	}
	return out
}

// Names lists the rules in order.
func (t *Table) Names() []string {
	out := make([]string, len(t.rules))
	for i, r := range t.rules {
		out[i] = r.name
	}
	return out
}

// Decide applies the table to a client.
func (t *Table) Decide(c Client, v Values) Result { return t.decide(c, v, nil) }

// decide is Decide; trace, if not nil, is told how every rule stands.
func (t *Table) decide(c Client, v Values, trace func(*rule, verdict)) Result {
	var out Result
	classed := false
	who := newSubject(c)
	for i := range t.rules {
		r := &t.rules[i]
		verdict := r.judge(who, classed)
		if trace != nil {
			trace(r, verdict)
		}
		if verdict != fired && verdict != excepted {
			continue
		}
		out.Phone = out.Phone || !r.noPhone
		classed = classed || r.oui == nil && !r.extra
		if out.Vendor == "" && (verdict == fired || r.oui != nil) {
			out.Vendor = r.vendor
		}
		if verdict == excepted {
			continue
		}
		out.Rules = append(out.Rules, r.name)
		for _, a := range r.set {
			a.apply(&out, v)
		}
	}
	out.Options = slices.DeleteFunc(out.Options, func(o Option) bool { return len(o.Data) == 0 })
	out.Sent = out.sent()
	return out
}

func (r *Result) sent() string {
	for _, code := range []byte{66, 160, 43, 114, 161, 67, 150} {
		for _, o := range r.Options {
			if o.Code == code {
				return text(o)
			}
		}
	}
	if r.NextServer.IsValid() {
		return "tftp://" + r.NextServer.String() + "/" + r.Filename
	}
	return ""
}

// text shows an option value to people.
func text(o Option) string {
	d := o.Data
	switch {
	case o.Code == 150 && len(d) >= 4:
		return netip.AddrFrom4([4]byte(d[:4])).String()
	case o.Code == 43 && len(d) > 2 && int(d[1]) <= len(d)-2 && d[0] < ' ':
		return string(d[2 : 2+d[1]])
	}
	return string(d)
}
