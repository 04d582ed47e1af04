// Package ruleform turns a DHCP vendor rule into the fields of a form and back.
//
// A rule's source is YAML (docs/dhcp.md). What most rules are, one match and a few
// options, has fields; whatever else a rule says is kept as text. The two never
// lose anything: a source that the fields cannot hold is not put into them.
package ruleform

import (
	"bytes"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Form is a rule as fields.
type Form struct {
	Name, Vendor string
	// Match is one of Matches, and Text what it compares with; for address blocks a
	// list with commas.
	Match, Text string
	// Phone tells that what matches counts as a phone.
	Phone bool
	// Sets are the options, in the order of the rule.
	Sets []Set
	// Source is the whole rule as YAML; where it is not empty it holds, and the
	// fields but Name do not.
	Source string
}

// Set is one option of a rule.
type Set struct {
	// Option is a number, next-server or filename.
	Option string
	// Kind is one of Kinds. Value is empty for none.
	Kind, Value string
}

// Kinds of matches that have fields.
const (
	ClassIs     = "class_is"
	ClassStarts = "class_starts"
	ClassEnds   = "class_ends"
	NoClass     = "class_absent"
	MAC         = "mac"
	UserClass   = "user_class"
	Circuit     = "circuit"
	Remote      = "remote"
)

// Matches are the kinds of matches, in the order they are offered.
func Matches() []string {
	return []string{ClassIs, ClassStarts, ClassEnds, NoClass, MAC, UserClass, Circuit, Remote}
}

// Kinds of values that have fields.
const (
	Text    = "text"
	IP      = "ip"
	Hex     = "hex"
	U8      = "u8"
	U16     = "u16"
	U32     = "u32"
	Yes     = "yes"
	No      = "no"
	Nothing = "none"
)

// Kinds are the kinds of values, in the order they are offered.
func Kinds() []string { return []string{Text, IP, Hex, U8, U16, U32, Yes, No, Nothing} }

// Bounds of a form that a browser sends.
const (
	maxSets   = 64
	maxSource = 16 << 10
)

// Parse reads what a browser sent.
func Parse(values url.Values) (Form, error) {
	f := Form{
		Name: strings.TrimSpace(values.Get("name")), Vendor: strings.TrimSpace(values.Get("vendor")),
		Match: values.Get("match"), Text: strings.TrimSpace(values.Get("text")), Phone: values.Get("phone") != "",
		Source: strings.ReplaceAll(values.Get("source"), "\r\n", "\n"),
	}
	if strings.TrimSpace(f.Source) == "" {
		f.Source = ""
	}
	if len(f.Source) > maxSource {
		return f, fmt.Errorf("a rule of %d bytes, at most %d are read", len(f.Source), maxSource)
	}
	options, kinds, texts := values["option"], values["kind"], values["value"]
	if len(options) > maxSets {
		return f, fmt.Errorf("%d options, at most %d are read", len(options), maxSets)
	}
	at := func(list []string, i int) string {
		if i < len(list) {
			return strings.TrimSpace(list[i])
		}
		return ""
	}
	for i := range options {
		s := Set{at(options, i), at(kinds, i), at(texts, i)}
		if s.Option != "" || s.Value != "" {
			f.Sets = append(f.Sets, s)
		}
	}
	return f, nil
}

// YAML returns the rule's source. The server checks it; here only what has no
// place in a source is an error.
func (f Form) YAML() (string, error) {
	if f.Source != "" {
		return f.Source, nil
	}
	n := mapping()
	add(n, "name", text(f.Name))
	if f.Vendor != "" {
		add(n, "vendor", text(f.Vendor))
	}
	switch f.Match {
	case ClassIs:
		add(n, "match", text(f.Text))
	case ClassStarts:
		add(n, "match", pair("starts", text(f.Text)))
	case ClassEnds:
		add(n, "match", pair("ends", text(f.Text)))
	case NoClass:
		add(n, "match", pair("absent", flag(true)))
	case MAC:
		list := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		for _, block := range strings.FieldsFunc(f.Text, func(r rune) bool { return r == ',' || r == ' ' }) {
			list.Content = append(list.Content, text(block))
		}
		add(n, "oui", list)
	case UserClass, Circuit, Remote:
		add(n, "match", &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle, Content: []*yaml.Node{
			text("option"), text(options[f.Match]), text("is"), text(f.Text),
		}})
	default:
		return "", fmt.Errorf("there is no match %q", f.Match)
	}
	if !f.Phone {
		add(n, "phone", flag(false))
	}
	sets := mapping()
	for _, s := range f.Sets {
		v, err := s.node()
		if err != nil {
			return "", err
		}
		add(sets, s.Option, v)
	}
	if len(sets.Content) > 0 {
		add(n, "set", sets)
	}
	return encode(n)
}

// options are where the matches look that say it.
var options = map[string]string{UserClass: "77", Circuit: "82.1", Remote: "82.2"}

func (s Set) node() (*yaml.Node, error) {
	switch s.Kind {
	case Text:
		return text(s.Value), nil
	case IP:
		list := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		for _, a := range strings.FieldsFunc(s.Value, func(r rune) bool { return r == ',' || r == ' ' }) {
			list.Content = append(list.Content, text(a))
		}
		return pair("ip", list), nil
	case Hex:
		return pair("hex", text(s.Value)), nil
	case U8, U16, U32:
		if _, err := strconv.ParseUint(s.Value, 10, 32); err != nil {
			return nil, fmt.Errorf("option %s: %q is no number", s.Option, s.Value)
		}
		return pair(s.Kind, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: s.Value}), nil
	case Yes, No:
		return flag(s.Kind == Yes), nil
	case Nothing:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}, nil
	}
	return nil, fmt.Errorf("option %s: there is no kind of value %q", s.Option, s.Kind)
}

// Read makes a form of a rule's source. Source is set in it where the fields
// cannot hold the rule.
func Read(source string) Form {
	f, ok := fields(source)
	if ok {
		// Whatever the fields would change, order and spelling apart, is lost.
		again, err := f.YAML()
		ok = err == nil && same(source, again)
	}
	if !ok {
		f.Source = source
	}
	return f
}

// same compares two sources by what they say: spelling and the order of the rule's
// own members are nothing.
func same(a, b string) bool {
	x, y := rule(a), rule(b)
	if x == nil || y == nil {
		return false
	}
	return canonical(x, member) == canonical(y, member)
}

// rule is the one mapping that a source is, nil if it is something else.
func rule(source string) *yaml.Node {
	d := yaml.NewDecoder(strings.NewReader(source))
	var doc, more yaml.Node
	if d.Decode(&doc) != nil || len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode || d.Decode(&more) != io.EOF {
		return nil
	}
	return doc.Content[0]
}

// Where a node of a rule is. Only the values of options are more than their text:
// true, null and numbers mean something there.
type depth int

const (
	member depth = iota // the rule
	option              // the members of set
	value               // what an option is set to
	inner               // all else
)

// canonical writes a node so that two that say the same are written the same.
func canonical(n *yaml.Node, at depth) string {
	var parts []string
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			below := inner
			switch {
			case at == member && n.Content[i].Value == "set":
				below = option
			case at == option:
				below = value
			}
			parts = append(parts, strconv.Quote(n.Content[i].Value)+": "+canonical(n.Content[i+1], below))
		}
		if at == member {
			slices.Sort(parts)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case yaml.SequenceNode:
		for _, c := range n.Content {
			parts = append(parts, canonical(c, inner))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case yaml.ScalarNode:
		if at == value {
			return n.Tag + " " + strconv.Quote(n.Value)
		}
		return strconv.Quote(n.Value)
	}
	return "an alias" // which no rule may have; the server says so
}

func encode(n *yaml.Node) (string, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(n); err != nil {
		return "", fmt.Errorf("write the rule: %w", err)
	}
	return b.String(), e.Close()
}

func mapping() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode} }

func add(n *yaml.Node, key string, value *yaml.Node) { n.Content = append(n.Content, text(key), value) }

func pair(key string, value *yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle, Content: []*yaml.Node{text(key), value}}
}

// text is a string whatever it looks like; the encoder quotes it where it must.
func text(s string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(s)
	return n
}

func flag(b bool) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(b)}
}

func find(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}
