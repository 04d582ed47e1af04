package option

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// Rules are what operators add to a table and change in it (docs/dhcp.md). They
// are immutable and safe for concurrent use; nil is none.
type Rules struct {
	list []custom
}

// custom is one rule of an operator.
type custom struct {
	rule
	at       string // for problems
	disabled bool
}

// MaxRules bounds how many rules operators can add: every packet is held
// against each of them.
const MaxRules = 500

// ParseRules reads an operator's rules: a list in the form of the table
// (table.yaml says what it looks like) whose elements may also say
//
//	match:     a match, for a rule of one class called name
//	phone: false      clients that match do not count as phones for it
//	disabled: true    with a name alone: the table's rule of that name is left out
//	before, after     the name of the rule it is put before or after
//
// and whose values may be null, which keeps later rules from setting an option.
// JSON is YAML enough. The error joins every problem, each beginning with where
// and the rule it is about, like "rules[2] (lobby): ".
func ParseRules(where string, data []byte) (*Rules, error) {
	if len(data) > MaxTable {
		return nil, fmt.Errorf("%s: %d bytes, at most %d are read", where, len(data), MaxTable)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", where, err)
	}
	if len(doc.Content) == 0 {
		return &Rules{}, nil
	}
	return ReadRules(where, doc.Content[0])
}

// ReadRules is ParseRules for a part of a YAML document.
func ReadRules(where string, n *yaml.Node) (*Rules, error) {
	p := &parser{file: where, names: map[string]bool{}, custom: true}
	out := &Rules{}
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return out, nil
	}
	for i, e := range p.list(n) {
		p.at = fmt.Sprintf("[%d]", i)
		if name := nameOf(e); name != "" {
			p.at += " (" + name + ")"
		}
		out.list = append(out.list, p.customs(e)...)
	}
	p.at = ""
	if len(out.list) > MaxRules {
		p.bad(n, "%d rules, at most %d are possible", len(out.list), MaxRules)
	}
	return out, errors.Join(p.errs...)
}

// nameOf finds the name of a rule before it is read.
func nameOf(n *yaml.Node) string {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if v := n.Content[i+1].Value; n.Content[i].Value == "name" && len(v) <= 64 && !strings.ContainsFunc(v, unicode.IsControl) {
			return v
		}
	}
	return ""
}

// customs reads one element.
func (p *parser) customs(n *yaml.Node) []custom {
	if n.Kind != yaml.MappingNode {
		p.bad(n, "expected a rule: a mapping")
		return nil
	}
	shared := custom{at: p.at}
	own := map[string]bool{}
	plain := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: n.Line, Column: n.Column}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		switch k.Value {
		case "disabled":
			shared.disabled = p.flag(v)
		case "phone":
			shared.noPhone = !p.flag(v)
		case "before":
			shared.before = p.text(v)
		case "after":
			shared.after = p.text(v)
		default:
			own[k.Value] = true
			plain.Content = append(plain.Content, k, v)
			continue
		}
		own[k.Value] = true
	}
	if shared.before != "" && shared.after != "" {
		p.bad(n, "before and after: one place, please")
	}
	if shared.disabled {
		shared.name = nameOf(n)
		if shared.name == "" || len(own) != 2 {
			p.bad(n, "disabled goes with a name and nothing else")
		}
		p.name(n, shared.name)
		return []custom{shared}
	}
	var out []custom
	for _, r := range p.group(plain) {
		c := shared
		r.noPhone, r.own, r.before, r.after = shared.noPhone, true, shared.before, shared.after
		c.rule = r
		out = append(out, c)
	}
	return out
}

// Names lists the rules in order, the disabled ones too.
func (r *Rules) Names() []string {
	if r == nil {
		return nil
	}
	out := make([]string, len(r.list))
	for i, c := range r.list {
		out[i] = c.name
	}
	return out
}

// Merge returns a table with an operator's rules. A rule that has the name of
// one of the table takes its place; others come first, in their order; before
// and after put a rule elsewhere. The error joins every name that is not there,
// each beginning with where.
func (t *Table) Merge(where string, r *Rules) (*Table, error) {
	if r == nil || len(r.list) == 0 {
		return t, nil
	}
	var errs []error
	out := slices.Clone(t.rules)
	index := func(name string) int {
		return slices.IndexFunc(out, func(r rule) bool { return r.name == name })
	}
	first := 0
	for _, c := range r.list {
		bad := func(format string, a ...any) {
			errs = append(errs, fmt.Errorf("%s%s: %w", where, c.at, fmt.Errorf(format, a...)))
		}
		at := index(c.name)
		if c.disabled {
			if at < 0 {
				bad("there is no rule %q to disable", c.name)
				continue
			}
			out = slices.Delete(out, at, at+1)
			if at < first {
				first--
			}
			continue
		}
		c.extra = at < 0
		place := c.before + c.after
		if at >= 0 && place == "" {
			out[at] = c.rule
			continue
		}
		if at >= 0 {
			out = slices.Delete(out, at, at+1)
			if at < first {
				first--
			}
		}
		switch to := index(place); {
		case place == "":
			out = slices.Insert(out, first, c.rule)
			first++
		case to < 0:
			bad("there is no rule %q to be put before or after", place)
		case c.after != "":
			out = slices.Insert(out, to+1, c.rule)
		default:
			out = slices.Insert(out, to, c.rule)
			if to < first {
				first++
			}
		}
	}
	return &Table{rules: out}, errors.Join(errs...)
}

// ReadOptions reads options that need no rule: a mapping from option number to
// value, as `set` of a rule has it, but without {URI} and the like. The error
// joins every problem, each beginning with where.
func ReadOptions(where string, n *yaml.Node) ([]Option, error) {
	p := &parser{file: where, names: map[string]bool{}, custom: true}
	var out []Option
	for _, a := range p.set(n) {
		b, ok := a.value.encode(Values{})
		switch {
		case a.code >= codeNextServer:
			p.bad(n, "%s is no option", a.name())
		case !ok || len(b) == 0:
			p.bad(n, "option %d: nothing to send; {URI}, {TFTPHOST} and {TFTPIP} are for rules", a.code)
		default:
			out = append(out, Option{Code: byte(a.code), Data: b})
		}
	}
	return out, errors.Join(p.errs...)
}
