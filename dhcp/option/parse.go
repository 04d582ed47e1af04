package option

import (
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// MaxTable bounds the size of a table that is read, in bytes.
const MaxTable = 1 << 20

// Parse reads a table; its head says what one looks like. The error joins
// every problem, each as "name:line:column: what". name is only used there.
func Parse(name string, data []byte) (*Table, error) {
	if len(data) > MaxTable {
		return nil, fmt.Errorf("%s: %d bytes, at most %d are read", name, len(data), MaxTable)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	p := &parser{file: name, names: map[string]bool{}}
	t := &Table{}
	if len(doc.Content) > 0 {
		for _, n := range p.list(doc.Content[0]) {
			t.rules = append(t.rules, p.group(n)...)
		}
	}
	return t, errors.Join(p.errs...)
}

type parser struct {
	file  string
	errs  []error
	names map[string]bool
	depth int
	// custom is set for an operator's rules; at names the rule being read.
	custom bool
	at     string
}

// maxDepth bounds nested matches and values.
const maxDepth = 16

func (p *parser) bad(n *yaml.Node, format string, a ...any) {
	what := fmt.Errorf(format, a...)
	if p.custom {
		// Rules that came over REST have no lines worth naming.
		p.errs = append(p.errs, fmt.Errorf("%s%s: %w", p.file, p.at, what))
		return
	}
	p.errs = append(p.errs, fmt.Errorf("%s:%d:%d: %w", p.file, n.Line, n.Column, what))
}

func (p *parser) list(n *yaml.Node) []*yaml.Node {
	if n.Kind != yaml.SequenceNode {
		p.bad(n, "expected a list")
		return nil
	}
	return n.Content
}

// pair is one key of a mapping with its value.
type pair struct {
	key        string
	keyN, valN *yaml.Node
}

func (p *parser) pairs(n *yaml.Node) []pair {
	if n.Kind != yaml.MappingNode {
		p.bad(n, "expected a mapping")
		return nil
	}
	var out []pair
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if k.Kind != yaml.ScalarNode {
			p.bad(k, "expected a plain key")
			continue
		}
		if seen[k.Value] {
			p.bad(k, "%q is given twice", k.Value)
		}
		seen[k.Value] = true
		out = append(out, pair{k.Value, k, n.Content[i+1]})
	}
	return out
}

func (p *parser) text(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		p.bad(n, "expected a text")
		return ""
	}
	return n.Value
}

func (p *parser) flag(n *yaml.Node) bool {
	b, err := strconv.ParseBool(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil {
		p.bad(n, "expected true or false")
	}
	return b
}

func (p *parser) number(n *yaml.Node, limit uint64) uint64 {
	v, err := strconv.ParseUint(n.Value, 10, 64)
	if n.Kind != yaml.ScalarNode || err != nil || v > limit {
		p.bad(n, "expected a number from 0 to %d", limit)
		return 0
	}
	return v
}

var macPrefix = regexp.MustCompile(`^[0-9A-Fa-f]{2}[:-]?[0-9A-Fa-f]{2}[:-]?[0-9A-Fa-f]{2}$`)

// group reads one element of the table; a group with classes is one rule per
// class.
func (p *parser) group(n *yaml.Node) []rule {
	var (
		shared      rule
		nameN, ouiN *yaml.Node
		classes     []rule
		hasClasses  bool
	)
	for _, kv := range p.pairs(n) {
		switch kv.key {
		case "vendor":
			shared.vendor = p.text(kv.valN)
		case "name":
			nameN, shared.name = kv.valN, p.text(kv.valN)
		case "oui":
			ouiN, shared.oui = kv.valN, p.oui(kv.valN)
		case "when":
			shared.when = p.cond(kv.valN)
		case "set":
			shared.set = p.set(kv.valN)
		case "otherwise":
			shared.otherwise = p.flag(kv.valN)
		case "match":
			if !p.custom {
				p.bad(kv.keyN, "unknown key %q", kv.key)
				continue
			}
			shared.class = p.cond(kv.valN)
		case "classes":
			hasClasses = true
			for _, c := range p.pairs(kv.valN) {
				p.name(c.keyN, c.key)
				classes = append(classes, rule{name: c.key, class: p.cond(c.valN)})
			}
		default:
			p.bad(kv.keyN, "unknown key %q", kv.key)
		}
	}
	switch {
	case hasClasses && ouiN != nil:
		p.bad(ouiN, "a group has classes or oui, not both")
	case shared.class != nil && (hasClasses || ouiN != nil):
		p.bad(n, "a rule has one of match, oui and classes")
	case hasClasses && nameN != nil:
		p.bad(nameN, "a group with classes is named by them")
	case hasClasses:
		for i := range classes {
			c := &classes[i]
			c.vendor, c.when, c.set, c.otherwise = shared.vendor, shared.when, shared.set, shared.otherwise
		}
		return classes
	case shared.class == nil && ouiN == nil && n.Kind == yaml.MappingNode:
		p.bad(n, "a group needs classes or oui")
	case nameN == nil && ouiN != nil:
		p.bad(n, "a group with oui needs a name")
	case nameN == nil && shared.class != nil:
		p.bad(n, "a rule with match needs a name")
	case nameN != nil:
		p.name(nameN, shared.name)
	}
	return []rule{shared}
}

func (p *parser) name(n *yaml.Node, name string) {
	if name == "" {
		p.bad(n, "empty rule name")
	} else if p.names[name] {
		p.bad(n, "rule %q exists already", name)
	}
	p.names[name] = true
}

func (p *parser) oui(n *yaml.Node) map[[3]byte]bool {
	out := map[[3]byte]bool{}
	for _, e := range p.list(n) {
		s := p.text(e)
		if !macPrefix.MatchString(s) {
			p.bad(e, "address block %q: expected three bytes like 00:15:65", s)
			continue
		}
		b, err := hex.DecodeString(strings.NewReplacer(":", "", "-", "").Replace(s))
		if err != nil || len(b) != 3 {
			continue
		}
		if out[[3]byte(b)] {
			p.bad(e, "address block %q is given twice", s)
		}
		out[[3]byte(b)] = true
	}
	return out
}

// cond reads a match.
func (p *parser) cond(n *yaml.Node) cond {
	if p.depth++; p.depth > maxDepth {
		p.bad(n, "nested too deeply")
		p.depth--
		return disjunction(nil)
	}
	defer func() { p.depth-- }()
	switch n.Kind {
	case yaml.ScalarNode:
		return whole{where{code: vendorClass}, []byte(p.text(n))}
	case yaml.SequenceNode:
		return disjunction(p.conds(n))
	case yaml.MappingNode:
		return p.test(n)
	}
	p.bad(n, "expected a match: a text, a list or a mapping")
	return disjunction(nil)
}

func (p *parser) conds(n *yaml.Node) []cond {
	var out []cond
	for _, e := range p.list(n) {
		out = append(out, p.cond(e))
	}
	if len(out) == 0 {
		p.bad(n, "empty list matches nothing")
	}
	return out
}

// test reads one mapping of a match.
func (p *parser) test(n *yaml.Node) cond {
	w := where{code: vendorClass}
	var tests []cond
	at, length := -1, -1
	var kind, want string
	for _, kv := range p.pairs(n) {
		switch kv.key {
		case "option":
			w = p.where(kv.valN)
		case "at":
			at = int(p.number(kv.valN, 1024))
		case "len":
			length = int(p.number(kv.valN, 1024))
		case "is", "starts", "ends":
			if kind != "" {
				p.bad(kv.keyN, "%s and %s in one match: use all", kind, kv.key)
			}
			kind, want = kv.key, p.text(kv.valN)
		case "present", "absent":
			// YAML has other words for true, too.
			kind, want = "present", strconv.FormatBool(p.flag(kv.valN) == (kv.key == "present"))
		case "not":
			tests = append(tests, negation{p.cond(kv.valN)})
		case "all":
			tests = append(tests, conjunction(p.conds(kv.valN)))
		default:
			p.bad(kv.keyN, "unknown test %q", kv.key)
		}
	}
	text := []byte(want)
	switch {
	case (at >= 0 || length >= 0) && (kind != "is" || at < 0 || length < len(text)):
		p.bad(n, "at goes with is, and with a len that is not shorter than the text")
	case at >= 0:
		tests = append(tests, part{w, at, length, text})
	case kind == "is":
		tests = append(tests, whole{w, text})
	case kind == "starts":
		tests = append(tests, prefix{w, text})
	case kind == "ends":
		tests = append(tests, suffix{w, text})
	case kind == "present":
		tests = append(tests, present{w, want == "true"})
	}
	if len(tests) == 0 {
		p.bad(n, "a match that tests nothing")
	}
	if len(tests) == 1 {
		return tests[0]
	}
	return conjunction(tests)
}

// where reads 77 or 82.1.
func (p *parser) where(n *yaml.Node) where {
	code, sub, nested := strings.Cut(p.text(n), ".")
	c, err := strconv.ParseUint(code, 10, 8)
	w := where{code: byte(c), nested: nested}
	if err == nil && nested {
		var s uint64
		s, err = strconv.ParseUint(sub, 10, 8)
		w.sub = byte(s)
	}
	if err != nil || c == 0 || c == 255 {
		p.bad(n, "option %q: expected a number from 1 to 254, or one with a sub-option like 82.1", n.Value)
	}
	return w
}
