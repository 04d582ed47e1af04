package option

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// Listed is a rule of a table for people to read and change.
type Listed struct {
	// Name and Vendor are the rule's names; Vendor may be "".
	Name, Vendor string
	// Match says in words which clients the rule is for, as Explain does.
	Match string
	// Phone tells that a client that matches counts as a phone.
	Phone bool
	// Otherwise tells that the rule is only for phones that no class above
	// matches.
	Otherwise bool
	// Own tells that the rule is an operator's, in the place of a built-in one
	// or besides them.
	Own bool
	// Before and After name the rule that an operator put it before or after;
	// at most one of them is set.
	Before, After string
	// Sets lists what is sent, in order, with {URI} and the like not filled in.
	Sets []Setting
	// Source is the rule as YAML: one element of the list that ParseRules reads.
	// Read again and merged it makes the same rule.
	Source string
}

// List shows the rules in order.
func (t *Table) List() []Listed {
	out := make([]Listed, len(t.rules))
	for i := range t.rules {
		r := &t.rules[i]
		out[i] = Listed{
			Name: r.name, Vendor: r.vendor, Match: r.words(), Phone: !r.noPhone, Otherwise: r.otherwise,
			Own: r.own, Before: r.before, After: r.after, Source: r.source(),
		}
		for _, a := range r.set {
			out[i].Sets = append(out[i].Sets, Setting{What: a.name(), Value: unfilled(a.value, a.code)})
		}
	}
	return out
}

// words says whom a rule is for.
func (r *rule) words() string {
	out := ""
	switch blocks := r.blocks(); {
	case r.oui == nil:
		out = describe(r.class)
	case len(blocks) == 0:
		out = "no hardware address"
	case len(blocks) == 1:
		out = "the hardware address begins with " + blocks[0]
	case len(blocks) == 2:
		out = "the hardware address begins with " + blocks[0] + " or " + blocks[1]
	default:
		out = fmt.Sprintf("the hardware address begins with %s or one of %d other blocks", blocks[0], len(blocks)-1)
	}
	if r.when != nil {
		out += ", and " + describe(r.when)
	}
	return out
}

// unfilled writes a value for people; code is 0 inside sub-options.
func unfilled(v value, code int) string {
	switch v := v.(type) {
	case template:
		return strconv.Quote(string(v))
	case addresses:
		parts := make([]string, len(v))
		for i, t := range v {
			parts[i] = string(t)
		}
		return strings.Join(parts, ", ")
	case fixed:
		switch {
		case v.as == asFlag:
			return strconv.FormatBool(v.data[0] != 0)
		case v.as == asNumber:
			return strconv.FormatUint(v.number(), 10)
		case code == codeNextServer || code == codeFilename:
			return strconv.Quote(string(v.data))
		}
		return Format(Option{Code: byte(code), Data: v.data})
	case subOptions:
		parts := make([]string, len(v))
		for i, s := range v {
			parts[i] = fmt.Sprintf("%d: %s", s.code, unfilled(s.value, 0))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case enterprise:
		return fmt.Sprintf("enterprise %d %s", v.number, unfilled(v.subs, 0))
	}
	return "nothing"
}

// number is the value of one that was written as a number.
func (f fixed) number() uint64 {
	var b [8]byte
	copy(b[8-len(f.data):], f.data)
	return binary.BigEndian.Uint64(b[:])
}
