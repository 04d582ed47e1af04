package option

import (
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// mapping is a YAML mapping that is being written.
type mapping struct{ *yaml.Node }

func newMapping(style yaml.Style) mapping {
	return mapping{&yaml.Node{Kind: yaml.MappingNode, Style: style}}
}

// put adds a key. A number that is there already, which two rules of one option
// written 66 and 066 come to, gets a zero in front: keys must differ.
func (m mapping) put(key string, v *yaml.Node) {
	for i := 0; i < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			m.put("0"+key, v)
			return
		}
	}
	m.Content = append(m.Content, literal(key), v)
}

// literal is a scalar written as it stands: a key, a number, true, null.
func literal(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: s} }

// unquoted are texts that need no quotes, unless they are words like true.
var unquoted = regexp.MustCompile(`^[A-Za-z]([A-Za-z0-9 ._/-]*[A-Za-z0-9._/-])?$`)

// quoted is a text, which stays one when it is read.
func quoted(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	if !unquoted.MatchString(s) {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

func sequence[T any](elems []T, node func(T) *yaml.Node) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, e := range elems {
		n.Content = append(n.Content, node(e))
	}
	return n
}

// source writes a rule as an element of the list that ParseRules reads.
func (r *rule) source() string {
	m := newMapping(0)
	m.put("name", quoted(r.name))
	if r.vendor != "" {
		m.put("vendor", quoted(r.vendor))
	}
	if r.oui != nil {
		m.put("oui", sequence(r.blocks(), quoted))
	} else {
		m.put("match", condNode(r.class))
	}
	if r.when != nil {
		m.put("when", condNode(r.when))
	}
	if r.otherwise {
		m.put("otherwise", literal("true"))
	}
	if r.noPhone {
		m.put("phone", literal("false"))
	}
	if r.before != "" {
		m.put("before", quoted(r.before))
	}
	if r.after != "" {
		m.put("after", quoted(r.after))
	}
	if len(r.set) > 0 {
		set := newMapping(0)
		for _, a := range r.set {
			key := strconv.Itoa(a.code)
			switch a.code {
			case codeNextServer:
				key = "next-server"
			case codeFilename:
				key = "filename"
			}
			set.put(key, valueNode(a.value, a.code))
		}
		m.put("set", set.Node)
	}
	var out strings.Builder
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	// A builder takes everything, and the nodes are well formed.
	_ = e.Encode(m.Node)
	_ = e.Close()
	return out.String()
}

func condNode(c cond) *yaml.Node {
	switch c := c.(type) {
	case whole:
		if c.where == (where{code: vendorClass}) {
			return quoted(string(c.text))
		}
	case disjunction:
		return sequence(c, condNode)
	}
	m := newMapping(yaml.FlowStyle)
	m.test(c)
	return m.Node
}

// test adds the keys of a match.
func (m mapping) test(c cond) {
	at := func(w where) {
		switch {
		case w.nested:
			m.put("option", literal(fmt.Sprintf("%d.%d", w.code, w.sub)))
		case w.code != vendorClass:
			m.put("option", literal(strconv.Itoa(int(w.code))))
		}
	}
	switch c := c.(type) {
	case whole:
		at(c.where)
		m.put("is", quoted(string(c.text)))
	case prefix:
		at(c.where)
		m.put("starts", quoted(string(c.text)))
	case suffix:
		at(c.where)
		m.put("ends", quoted(string(c.text)))
	case part:
		at(c.where)
		m.put("at", literal(strconv.Itoa(c.at)))
		m.put("len", literal(strconv.Itoa(c.n)))
		m.put("is", quoted(string(c.text)))
	case present:
		at(c.where)
		if c.want {
			m.put("present", literal("true"))
		} else {
			m.put("absent", literal("true"))
		}
	case negation:
		m.put("not", condNode(c.of))
	case conjunction:
		if !c.single() {
			m.put("all", sequence(c, condNode))
			return
		}
		for _, x := range c {
			if all, ok := x.(conjunction); ok {
				m.put("all", sequence(all, condNode))
			} else {
				m.test(x)
			}
		}
	}
}

// single tells whether a conjunction is what the parser makes of one mapping with
// several tests. It is written as one again: a level more each time could be too
// deep to be read.
func (m conjunction) single() bool {
	not, all := 0, 0
	for i, x := range m {
		switch x.(type) {
		case negation:
			not++
		case conjunction:
			all++
		case disjunction:
			return false
		default:
			if i != len(m)-1 {
				return false
			}
		}
	}
	return len(m) > 1 && not < 2 && all < 2
}

// valueNode writes a value; code is 0 inside sub-options.
func valueNode(v value, code int) *yaml.Node {
	m := newMapping(yaml.FlowStyle)
	subs := func(list subOptions) {
		for _, s := range list {
			m.put(strconv.Itoa(int(s.code)), valueNode(s.value, 0))
		}
	}
	switch v := v.(type) {
	case template:
		return quoted(string(v))
	case addresses:
		if len(v) == 1 && addressLists[code] {
			return quoted(string(v[0]))
		}
		m.put("ip", sequence(v, func(t template) *yaml.Node { return quoted(string(t)) }))
	case fixed:
		switch v.as {
		case asFlag:
			return literal(strconv.FormatBool(v.data[0] != 0))
		case asNumber:
			m.put(fmt.Sprintf("u%d", 8*len(v.data)), literal(strconv.FormatUint(v.number(), 10)))
		case asHex:
			m.put("hex", quoted(hex.EncodeToString(v.data)))
		}
	case subOptions:
		subs(v)
	case enterprise:
		m.put("enterprise", literal(strconv.FormatUint(uint64(v.number), 10)))
		subs(v.subs)
	default: // withheld
		return literal("null")
	}
	return m.Node
}
