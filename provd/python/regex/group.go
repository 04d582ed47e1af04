package regex

import (
	"strconv"
	"unicode"
)

// group reads what follows "(". It returns no node for a comment, and global
// for inline flags of the whole expression.
func (p *parser) group(flags Flags, nested int, first bool) (n *node, global bool, err error) {
	start := p.tell() - 1
	if !p.match('?') {
		n, err = p.capture("", start, flags, nested)
		return n, false, err
	}
	t := p.get()
	if t.eof {
		return nil, false, p.fail("unexpected end of pattern", 0)
	}
	if t.esc {
		return nil, false, p.fail("unknown extension ?"+t.text(), 3)
	}
	switch t.r {
	case 'P':
		n, err = p.namedGroup(start, flags, nested)
		return n, false, err
	case ':':
		n, err = p.plainGroup(start, flags, nested)
		return n, false, err
	case '#':
		for {
			if p.next.eof {
				return nil, false, p.fail("missing ), unterminated comment", p.tell()-start)
			}
			if p.get().is(')') {
				return nil, false, nil
			}
		}
	case '=', '!', '<':
		n, err = p.look(t, start, flags, nested)
		return n, false, err
	case '(':
		n, err = p.conditional(start, flags, nested)
		return n, false, err
	case '>':
		if n, err = p.plainGroup(start, flags, nested); err != nil {
			return nil, false, err
		}
		n.op = opAtomic
		return n, false, nil
	}
	if _, ok := flagOf(t.r); !ok && t.r != '-' {
		return nil, false, p.fail("unknown extension ?"+t.text(), 2)
	}
	add, del, global, err := p.inlineFlags(t)
	if err != nil {
		return nil, false, err
	}
	if global {
		if !first {
			return nil, false, p.fail("global flags not at the start of the expression", p.tell()-start)
		}
		return nil, true, nil
	}
	if add&typeFlags != 0 {
		flags &^= typeFlags
	}
	n, err = p.plainGroup(start, (flags|add)&^del, nested)
	return n, false, err
}

// plainGroup reads the inside of a group that captures nothing.
func (p *parser) plainGroup(start int, flags Flags, nested int) (*node, error) {
	sub, err := p.alternation(flags, nested+1)
	if err != nil {
		return nil, err
	}
	if !p.match(')') {
		return nil, p.fail("missing ), unterminated subpattern", p.tell()-start)
	}
	return &node{op: opGroup, subs: []*node{sub}, lo: sub.lo, hi: sub.hi}, nil
}

// capture reads the inside of a capturing group.
func (p *parser) capture(name string, start int, flags Flags, nested int) (*node, error) {
	g := len(p.groups)
	if g > maxGroups {
		return nil, p.fail("too many groups", runeLen(name)+1)
	}
	if name != "" {
		if old, ok := p.names[name]; ok {
			msg := "redefinition of group name " + quote(name) + " as group " +
				strconv.Itoa(g) + "; was group " + strconv.Itoa(old)
			return nil, p.fail(msg, runeLen(name)+1)
		}
		p.names[name] = g
	}
	p.groups = append(p.groups, groupInfo{name: name, parent: p.open})
	outer := p.open
	p.open = g
	n, err := p.plainGroup(start, flags, nested)
	p.open = outer
	if err != nil {
		return nil, err
	}
	n.group = g
	gi := &p.groups[g]
	gi.closed, gi.lo, gi.hi = true, n.lo, n.hi
	return n, nil
}

// namedGroup reads (?P<name>...) and (?P=name).
func (p *parser) namedGroup(start int, flags Flags, nested int) (*node, error) {
	switch {
	case p.match('<'):
		name, err := p.until('>', "group name")
		if err != nil {
			return nil, err
		}
		if err := p.checkName(name, 1); err != nil {
			return nil, err
		}
		return p.capture(name, start, flags, nested)
	case p.match('='):
		name, err := p.until(')', "group name")
		if err != nil {
			return nil, err
		}
		if err := p.checkName(name, 1); err != nil {
			return nil, err
		}
		g, ok := p.names[name]
		if !ok {
			return nil, p.fail("unknown group name "+quote(name), runeLen(name)+1)
		}
		if !p.groups[g].closed {
			return nil, p.fail("cannot refer to an open group", runeLen(name)+1)
		}
		if err := p.checkLookBehindGroup(g); err != nil {
			return nil, err
		}
		return p.refNode(g, flags), nil
	}
	t := p.get()
	if t.eof {
		return nil, p.fail("unexpected end of pattern", 0)
	}
	return nil, p.fail("unknown extension ?P"+t.text(), t.width()+2)
}

// look reads a look-ahead or look-behind.
func (p *parser) look(t token, start int, flags Flags, nested int) (*node, error) {
	n := &node{op: opLook}
	outer := p.lookBehind
	if t.r == '<' {
		t = p.get()
		if t.eof {
			return nil, p.fail("unexpected end of pattern", 0)
		}
		if !t.is('=') && !t.is('!') {
			return nil, p.fail("unknown extension ?<"+t.text(), t.width()+2)
		}
		n.behind = true
		if outer < 0 {
			p.lookBehind = len(p.groups)
		}
	}
	n.negate = t.r == '!'
	g, err := p.plainGroup(start, flags, nested)
	p.lookBehind = outer
	if err != nil {
		return nil, err
	}
	n.subs = g.subs
	if n.negate && !n.behind && n.subs[0].op == opEmpty {
		return &node{op: opFail}, nil
	}
	return n, nil
}

// conditional reads (?(group)yes|no).
func (p *parser) conditional(start int, flags Flags, nested int) (*node, error) {
	name, err := p.until(')', "group name")
	if err != nil {
		return nil, err
	}
	var g int
	if isIdentifier(name) {
		var ok bool
		if g, ok = p.names[name]; !ok {
			return nil, p.fail("unknown group name "+quote(name), runeLen(name)+1)
		}
	} else {
		v, err := strconv.ParseUint(name, 10, 31)
		switch {
		case err != nil:
			return nil, p.fail("bad character in group name "+quote(name), runeLen(name)+1)
		case v == 0:
			return nil, p.fail("bad group number", runeLen(name)+1)
		}
		g = int(v)
		p.condGroup = append(p.condGroup, g)
		p.condPos = append(p.condPos, p.tell()-runeLen(name)-1)
	}
	if err := p.checkLookBehindGroup(g); err != nil {
		return nil, err
	}
	yes, _, err := p.sequence(flags, nested+1, false)
	if err != nil {
		return nil, err
	}
	no := &node{op: opEmpty}
	if p.match('|') {
		if no, _, err = p.sequence(flags, nested+1, false); err != nil {
			return nil, err
		}
		if p.next.is('|') {
			return nil, p.fail("conditional backref with more than two branches", 0)
		}
	}
	if !p.match(')') {
		return nil, p.fail("missing ), unterminated subpattern", p.tell()-start)
	}
	return &node{
		op: opCond, group: g, subs: []*node{yes, no},
		lo: min(yes.lo, no.lo), hi: max(yes.hi, no.hi),
	}, nil
}

// inlineFlags reads the flags of (?flags) and (?flags-flags:...).
func (p *parser) inlineFlags(t token) (add, del Flags, global bool, err error) {
	fail := func(msg string, offset int) (Flags, Flags, bool, error) {
		return 0, 0, false, p.fail(msg, offset)
	}
	if !t.is('-') {
		for {
			f, _ := flagOf(t.r)
			if !p.isBytes && t.r == 'L' {
				return fail("bad inline flags: cannot use 'L' flag with a str pattern", 0)
			}
			if p.isBytes && t.r == 'u' {
				return fail("bad inline flags: cannot use 'u' flag with a bytes pattern", 0)
			}
			add |= f
			if f&typeFlags != 0 && add&typeFlags != f {
				return fail("bad inline flags: flags 'a', 'u' and 'L' are incompatible", 0)
			}
			if t = p.get(); t.eof {
				return fail("missing -, : or )", 0)
			}
			if t.is(')') || t.is('-') || t.is(':') {
				break
			}
			if bad, msg := badFlag(t, "missing -, : or )"); bad {
				return fail(msg, t.width())
			}
		}
	}
	if t.is(')') {
		p.flags |= add
		return 0, 0, true, nil
	}
	if add&globalFlags != 0 {
		return fail("bad inline flags: cannot turn on global flag", 1)
	}
	if t.is('-') {
		if t = p.get(); t.eof {
			return fail("missing flag", 0)
		}
		if bad, msg := badFlag(t, "missing flag"); bad {
			return fail(msg, t.width())
		}
		for !t.is(':') {
			f, _ := flagOf(t.r)
			if f&typeFlags != 0 {
				return fail("bad inline flags: cannot turn off flags 'a', 'u' and 'L'", 0)
			}
			del |= f
			if t = p.get(); t.eof {
				return fail("missing :", 0)
			}
			if bad, msg := badFlag(t, "missing :"); bad && !t.is(':') {
				return fail(msg, t.width())
			}
		}
	}
	if del&globalFlags != 0 {
		return fail("bad inline flags: cannot turn off global flag", 1)
	}
	if add&del != 0 {
		return fail("bad inline flags: flag turned on and off", 1)
	}
	return add, del, false, nil
}

func badFlag(t token, missing string) (bool, string) {
	if _, ok := flagOf(t.r); ok && !t.esc {
		return false, ""
	}
	if unicode.IsLetter(t.r) && !t.esc {
		return true, "unknown flag"
	}
	return true, missing
}

func (p *parser) checkName(name string, offset int) error {
	if !isIdentifier(name) {
		return p.fail("bad character in group name "+quote(name), runeLen(name)+offset)
	}
	return nil
}

// isIdentifier is str.isidentifier.
func isIdentifier(s string) bool {
	for i, r := range s {
		switch {
		case r == '_' || unicode.IsLetter(r) || unicode.Is(unicode.Nl, r):
		case i > 0 && (unicode.IsDigit(r) || unicode.In(r, unicode.Mn, unicode.Mc, unicode.Pc)):
		default:
			return false
		}
	}
	return s != ""
}
