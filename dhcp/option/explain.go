package option

import (
	"fmt"
	"strconv"
	"strings"
)

// Step is what one rule made of a client.
type Step struct {
	// Rule and Vendor are the rule's names.
	Rule, Vendor string
	// Fired tells that the rule's options are sent, Near that only its `when`
	// or a rule above kept them back.
	Fired, Near bool
	// Reason says why, in a few words.
	Reason string
	// Sets lists what a rule that fired would send, in its order.
	Sets []Setting
}

// Setting is one option of a rule that fired.
type Setting struct {
	// What names the option or header field; Value shows it decoded.
	What, Value string
	// Lost says why it is not sent after all, "" for one that is.
	Lost string
}

// Explain is Decide with an account of every rule, in the order of the table.
func (t *Table) Explain(c Client, v Values) (Result, []Step) {
	var steps []Step
	who := newSubject(c)
	owner := map[int]string{}
	class := ""
	out := t.decide(c, v, func(r *rule, how verdict) {
		s := Step{Rule: r.name, Vendor: r.vendor, Fired: how == fired}
		switch how {
		case fired:
			s.Reason = r.matched(who)
			s.Sets = r.settings(v, owner)
		case settled:
			s.Near = r.oui == nil && r.class.match(who)
			s.Reason = "only for phones of no other class, and " + class + " matches"
		case noBlock:
			s.Reason = "the hardware address is not of its blocks"
			if len(c.MAC) != 6 {
				s.Reason = "there is no Ethernet address to compare with its blocks"
			}
		case noClass:
			s.Reason = mismatch(r.class, who)
		case excepted:
			s.Near = true
			s.Reason = r.matchedBy(who) + ", but its exception does not hold: " + mismatch(r.when, who)
		}
		if class == "" && r.oui == nil && !r.extra && (how == fired || how == excepted) {
			class = r.name
		}
		steps = append(steps, s)
	})
	return out, steps
}

// settings shows what a rule sends; owner notes who set an option first.
func (r *rule) settings(v Values, owner map[int]string) []Setting {
	var out []Setting
	for _, a := range r.set {
		s := Setting{What: a.name()}
		b, ok := a.value.encode(v)
		_, none := a.value.(withheld)
		switch {
		case !ok:
			s.Lost = "what it is made of is not known here"
		case none:
			s.Value = "nothing, whatever later rules say"
		case a.code == codeNextServer, a.code == codeFilename:
			s.Value = strconv.Quote(string(b))
		default:
			s.Value = Format(Option{Code: byte(a.code), Data: b})
		}
		if by := owner[a.code]; ok && by != "" {
			s.Lost = "rule " + by + " has set it"
		} else if ok {
			owner[a.code] = r.name
		}
		out = append(out, s)
	}
	return out
}

func (a action) name() string {
	switch a.code {
	case codeNextServer:
		return "next-server"
	case codeFilename:
		return "filename"
	}
	return Name(byte(a.code))
}

// matchedBy says what made the client one of the rule's.
func (r *rule) matchedBy(who *subject) string {
	if r.oui != nil {
		return fmt.Sprintf("the hardware address begins with %02x:%02x:%02x", who.MAC[0], who.MAC[1], who.MAC[2])
	}
	return holds(r.class, who)
}

func (r *rule) matched(who *subject) string {
	if r.when == nil {
		return r.matchedBy(who)
	}
	return r.matchedBy(who) + ", and " + holds(r.when, who)
}

// holds describes what of a match that holds makes it hold.
func holds(c cond, who *subject) string {
	switch c := c.(type) {
	case disjunction:
		for _, x := range c {
			if x.match(who) {
				return holds(x, who)
			}
		}
	case conjunction:
		var parts []string
		for _, x := range c {
			parts = append(parts, holds(x, who))
		}
		return strings.Join(parts, " and ")
	}
	return describe(c)
}

// mismatch describes what of a match that does not hold makes it fail.
func mismatch(c cond, who *subject) string {
	if x, ok := c.(conjunction); ok {
		for _, x := range x {
			if !x.match(who) {
				return mismatch(x, who)
			}
		}
	}
	if w, ok := place(c); ok {
		v, there := w.get(who)
		if p, isP := c.(present); isP && !p.want {
			return w.String() + " is there: " + formatBytes(v)
		}
		if !there {
			return w.String() + " is absent; needed: " + describe(c)
		}
	}
	return "needed: " + describe(c)
}

// place is where a plain match looks.
func place(c cond) (where, bool) {
	switch c := c.(type) {
	case whole:
		return c.where, true
	case prefix:
		return c.where, true
	case suffix:
		return c.where, true
	case part:
		return c.where, true
	case present:
		return c.where, true
	}
	return where{}, false
}

func (w where) String() string {
	if w.nested {
		return fmt.Sprintf("option %d.%d", w.code, w.sub)
	}
	return "option " + strconv.Itoa(int(w.code))
}

// describe writes a match in words.
func describe(c cond) string {
	list := func(cs []cond, word string) string {
		parts := make([]string, len(cs))
		for i, x := range cs {
			parts[i] = describe(x)
		}
		return strings.Join(parts, word)
	}
	switch c := c.(type) {
	case whole:
		return fmt.Sprintf("%s is %s", c.where, strconv.Quote(string(c.text)))
	case prefix:
		return fmt.Sprintf("%s begins with %s", c.where, strconv.Quote(string(c.text)))
	case suffix:
		return fmt.Sprintf("%s ends with %s", c.where, strconv.Quote(string(c.text)))
	case part:
		return fmt.Sprintf("bytes %d to %d of %s are %s", c.at, c.at+c.n, c.where, strconv.Quote(string(c.text)))
	case present:
		if c.want {
			return c.where.String() + " is there"
		}
		return c.where.String() + " is absent"
	case negation:
		return "not (" + describe(c.of) + ")"
	case conjunction:
		parts := make([]string, len(c))
		for i, x := range c {
			parts[i] = describe(x)
			if d, ok := x.(disjunction); ok && len(d) > 1 {
				parts[i] = "(" + parts[i] + ")"
			}
		}
		return strings.Join(parts, " and ")
	case disjunction:
		return list(c, " or ")
	}
	return "nothing"
}
