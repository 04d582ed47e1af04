package regex

import "strconv"

const (
	// maxPattern bounds a pattern in code points.
	maxPattern = 32 << 10
	// maxNesting bounds parentheses inside parentheses.
	maxNesting = 150
	// maxGroups bounds capturing groups.
	maxGroups = 500
)

// groupInfo is what the parser knows of one capturing group.
type groupInfo struct {
	name   string
	parent int // enclosing capturing group, 0 for none
	closed bool
	lo, hi int
}

type parser struct {
	*tokenizer
	flags      Flags // global flags, inline ones added
	groups     []groupInfo
	names      map[string]int
	lookBehind int // first group number of the open look-behind, -1 outside
	open       int // innermost open capturing group
	condGroup  []int
	condPos    []int
}

// parse reads the whole pattern.
func parse(text string, isBytes bool, flags Flags) (*node, *parser, error) {
	if len(text) > maxPattern*4 || runeLen(text) > maxPattern {
		return nil, nil, &SyntaxError{Msg: "regular expression is too long", Pattern: text, Pos: -1}
	}
	p := &parser{
		tokenizer: newTokenizer(text, isBytes), flags: flags,
		groups: make([]groupInfo, 1), names: map[string]int{}, lookBehind: -1,
	}
	n, err := p.alternation(flags, 0)
	if err == nil {
		err = p.err
	}
	if err != nil {
		return nil, nil, err
	}
	if p.flags, err = fixFlags(p.flags, isBytes); err != nil {
		return nil, nil, err
	}
	if !p.next.eof {
		return nil, nil, p.fail("unbalanced parenthesis", 0)
	}
	for i, g := range p.condGroup {
		if g >= len(p.groups) {
			return nil, nil, newSyntaxError("invalid group reference "+strconv.Itoa(g), text, p.src, p.condPos[i])
		}
	}
	if err := checkLookBehind(n, text); err != nil {
		return nil, nil, err
	}
	return n, p, nil
}

// checkLookBehind refuses look-behinds of varying width and records the
// width of the others.
func checkLookBehind(n *node, text string) error {
	if n.op == opLook && n.behind {
		if s := n.subs[0]; s.lo != s.hi {
			return &SyntaxError{Msg: "look-behind requires fixed-width pattern", Pattern: text, Pos: -1}
		}
	}
	for _, s := range n.subs {
		if err := checkLookBehind(s, text); err != nil {
			return err
		}
	}
	return nil
}

// alternation reads a|b|c.
func (p *parser) alternation(flags Flags, nested int) (*node, error) {
	var items []*node
	for {
		item, newFlags, err := p.sequence(flags, nested+1, nested == 0 && len(items) == 0)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
		if nested == 0 {
			flags = newFlags
		}
		if !p.match('|') {
			return alternate(items), nil
		}
	}
}

// sequence reads items up to "|", ")" or the end. It returns the flags in
// force at its end, which differ from the given ones after global flags.
func (p *parser) sequence(flags Flags, nested int, first bool) (*node, Flags, error) {
	if nested > maxNesting {
		return nil, 0, p.fail("regular expression is nested too deeply", 0)
	}
	var items []*node
	for {
		t := p.next
		if t.eof || t.is('|') || t.is(')') {
			return concat(items), flags, p.err
		}
		p.advance()
		if flags&Verbose != 0 && !t.esc {
			if t.r == ' ' || '\t' <= t.r && t.r <= '\r' {
				continue
			}
			if t.r == '#' {
				for t = p.get(); !t.eof && !t.is('\n'); {
					t = p.get()
				}
				continue
			}
		}
		var item *node
		var err error
		switch {
		case t.esc:
			item, err = p.escape(t, flags)
		case t.r == '[':
			item, err = p.class(flags)
		case t.r == '.':
			item = &node{op: opAny, lo: 1, hi: 1}
			if flags&DotAll != 0 {
				item.op = opAnyNL
			}
		case t.r == '^':
			item = &node{op: opAt, at: atBegin}
			if flags&Multiline != 0 {
				item.at = atBeginLine
			}
		case t.r == '$':
			item = &node{op: opAt, at: atEnd}
			if flags&Multiline != 0 {
				item.at = atEndLine
			}
		case t.r == '*' || t.r == '+' || t.r == '?' || t.r == '{':
			var done bool
			if items, done, err = p.quantifier(t, items); done {
				if err != nil {
					return nil, 0, err
				}
				continue
			}
			item = literal(t.r, p.fold(flags))
		case t.r == '(':
			var global bool
			item, global, err = p.group(flags, nested, first && len(items) == 0)
			if global {
				flags = p.flags
				continue
			}
			if err == nil && item == nil {
				continue // a comment
			}
		default:
			item = literal(t.r, p.fold(flags))
		}
		if err != nil {
			return nil, 0, err
		}
		items = append(items, item)
	}
}

func (p *parser) ascii(flags Flags) bool { return p.isBytes || flags&ASCII != 0 }

func (p *parser) fold(flags Flags) foldMode {
	switch {
	case flags&IgnoreCase == 0:
		return foldNone
	case p.ascii(flags):
		return foldASCII
	}
	return foldUnicode
}

// quantifier applies the quantifier that starts with t to the last item. Not
// done means that t is a literal brace.
func (p *parser) quantifier(t token, items []*node) (_ []*node, done bool, err error) {
	here := p.tell()
	lo, hi := 0, infinite
	switch t.r {
	case '?':
		hi = 1
	case '+':
		lo = 1
	case '{':
		if p.next.is('}') {
			return items, false, nil
		}
		low := p.digits(maxPattern, isDec)
		high := low
		if p.match(',') {
			high = p.digits(maxPattern, isDec)
		}
		if !p.match('}') {
			p.seek(here)
			return items, false, nil
		}
		if lo, err = repeatCount(low, 0); err != nil {
			return nil, true, err
		}
		if hi, err = repeatCount(high, infinite); err != nil {
			return nil, true, err
		}
		if hi != infinite && hi < lo {
			return nil, true, p.fail("min repeat greater than max repeat", p.tell()-here)
		}
	}
	if len(items) == 0 || items[len(items)-1].op == opAt {
		return nil, true, p.fail("nothing to repeat", p.tell()-here+1)
	}
	last := items[len(items)-1]
	if last.op == opRepeat {
		return nil, true, p.fail("multiple repeat", p.tell()-here+1)
	}
	kind := greedy
	if p.match('?') {
		kind = lazy
	} else if p.match('+') {
		kind = possessive
	}
	items[len(items)-1] = repeat(last, lo, hi, kind)
	return items, true, nil
}

func repeatCount(s string, missing int) (int, error) {
	if s == "" {
		return missing, nil
	}
	v, err := strconv.ParseUint(s, 10, 63)
	if err != nil || v >= maxRepeat {
		return 0, &OverflowError{"the repetition number is too large"}
	}
	return int(v), nil
}
