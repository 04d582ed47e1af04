package regex

import (
	"strconv"
	"strings"
)

// simpleEscape maps the letter of \a \b \f \n \r \t \v to its character. \b
// is only one inside a class.
func simpleEscape(r rune) (rune, bool) {
	switch r {
	case 'a':
		return 7, true
	case 'f':
		return 12, true
	case 'n':
		return 10, true
	case 'r':
		return 13, true
	case 't':
		return 9, true
	case 'v':
		return 11, true
	case '\\':
		return '\\', true
	}
	return 0, false
}

func categoryOf(r rune) (category, bool) {
	switch r {
	case 'd':
		return catDigit, true
	case 'D':
		return catNotDigit, true
	case 's':
		return catSpace, true
	case 'S':
		return catNotSpace, true
	case 'w':
		return catWord, true
	case 'W':
		return catNotWord, true
	}
	return 0, false
}

// escape reads the escape t outside a class.
func (p *parser) escape(t token, flags Flags) (*node, error) {
	ascii := p.ascii(flags)
	if c, ok := categoryOf(t.r); ok {
		return setNode(&charSet{cats: []catRef{{c, ascii}}}), nil
	}
	switch t.r {
	case 'A':
		return &node{op: opAt, at: atBegin}, nil
	case 'Z':
		return &node{op: opAt, at: atEndText}, nil
	case 'b':
		if ascii {
			return &node{op: opAt, at: atWordASCII}, nil
		}
		return &node{op: opAt, at: atWord}, nil
	case 'B':
		if ascii {
			return &node{op: opAt, at: atNotWordASCII}, nil
		}
		return &node{op: opAt, at: atNotWord}, nil
	}
	if '1' <= t.r && t.r <= '9' {
		return p.reference(t, flags)
	}
	r, err := p.charEscape(t, false)
	if err != nil {
		return nil, err
	}
	return literal(r, p.fold(flags)), nil
}

// reference reads \1 to \99, or an octal escape of three digits.
func (p *parser) reference(t token, flags Flags) (*node, error) {
	text := t.text()
	if !p.next.eof && !p.next.esc && isDec(p.next.r) {
		text += string(p.get().r)
		if isOct(rune(text[1])) && isOct(rune(text[2])) && !p.next.eof && !p.next.esc && isOct(p.next.r) {
			text += string(p.get().r)
			r, err := p.octal(text)
			if err != nil {
				return nil, err
			}
			return literal(r, p.fold(flags)), nil
		}
	}
	g, _ := strconv.Atoi(text[1:])
	if g >= len(p.groups) {
		return nil, p.fail("invalid group reference "+strconv.Itoa(g), len(text)-1)
	}
	if !p.groups[g].closed {
		return nil, p.fail("cannot refer to an open group", len(text))
	}
	if err := p.checkLookBehindGroup(g); err != nil {
		return nil, err
	}
	return p.refNode(g, flags), nil
}

func (p *parser) refNode(g int, flags Flags) *node {
	return &node{op: opRef, group: g, fold: p.fold(flags), lo: p.groups[g].lo, hi: p.groups[g].hi}
}

// checkLookBehindGroup refuses references inside a look-behind to groups that
// are open or begin in that same look-behind.
func (p *parser) checkLookBehindGroup(g int) error {
	if p.lookBehind < 0 {
		return nil
	}
	if g >= len(p.groups) || !p.groups[g].closed {
		return p.fail("cannot refer to an open group", 0)
	}
	if g >= p.lookBehind {
		return p.fail("cannot refer to group defined in the same lookbehind subpattern", 0)
	}
	return nil
}

func (p *parser) octal(text string) (rune, error) {
	v, _ := strconv.ParseUint(text[1:], 8, 32)
	if v > 0o377 {
		return 0, p.fail("octal escape value "+text+" outside of range 0-0o377", len(text))
	}
	return rune(v), nil
}

// charEscape reads an escape that stands for one character.
func (p *parser) charEscape(t token, inClass bool) (rune, error) {
	if r, ok := simpleEscape(t.r); ok {
		return r, nil
	}
	switch {
	case inClass && t.r == 'b':
		return 8, nil
	case t.r == 'x':
		return p.hex(t, 2)
	case t.r == 'u' && !p.isBytes:
		return p.hex(t, 4)
	case t.r == 'U' && !p.isBytes:
		return p.hex(t, 8)
	case t.r == 'N' && !p.isBytes:
		return p.named()
	case isOct(t.r) && (inClass || t.r == '0'):
		text := t.text() + p.digits(2, isOct)
		if !inClass {
			v, _ := strconv.ParseUint(text[1:], 8, 32)
			return rune(v), nil // at most \077: \0 and two digits
		}
		return p.octal(text)
	case isDec(t.r) || isASCIILetter(t.r):
		return 0, p.fail("bad escape "+t.text(), 2)
	}
	return t.r, nil
}

// hex reads the n digits of \x, \u or \U.
func (p *parser) hex(t token, n int) (rune, error) {
	d := p.digits(n, isHex)
	if len(d) != n {
		return 0, p.fail("incomplete escape "+t.text()+d, 2+len(d))
	}
	v, err := strconv.ParseUint(d, 16, 32)
	if err != nil || v > 0x10ffff {
		return 0, p.fail("bad escape "+t.text()+d, 2+len(d))
	}
	return rune(v), nil
}

// named refuses \N{...}: the table of character names is not carried.
func (p *parser) named() (rune, error) {
	if !p.match('{') {
		return 0, p.fail("missing {", 0)
	}
	name, err := p.until('}', "character name")
	if err != nil {
		return 0, err
	}
	return 0, p.fail("undefined character name "+quote(name), runeLen(name)+4)
}

// class reads a bracket expression after its "[".
func (p *parser) class(flags Flags) (*node, error) {
	here := p.tell() - 1
	set := &charSet{fold: p.fold(flags)}
	set.negate = p.match('^')
	open := func() error { return p.fail("unterminated character set", p.tell()-here) }
	for empty := true; ; empty = false {
		this := p.get()
		if this.eof {
			return nil, open()
		}
		if this.is(']') && !empty {
			break
		}
		lo, cat, err := p.classItem(this, flags)
		if err != nil {
			return nil, err
		}
		if !p.match('-') {
			set.add(lo, cat)
			continue
		}
		that := p.get()
		if that.eof {
			return nil, open()
		}
		if that.is(']') {
			set.add(lo, cat)
			set.addRange('-', '-')
			break
		}
		hi, cat2, err := p.classItem(that, flags)
		if err != nil {
			return nil, err
		}
		if cat != nil || cat2 != nil || hi < lo {
			msg := "bad character range " + this.text() + "-" + that.text()
			return nil, p.fail(msg, this.width()+1+that.width())
		}
		set.addRange(lo, hi)
	}
	if c, ok := set.one(); ok && !set.negate {
		return literal(c, set.fold), nil
	}
	return setNode(set), nil
}

func (s *charSet) add(r rune, cat *catRef) {
	if cat != nil {
		s.cats = append(s.cats, *cat)
		return
	}
	s.addRange(r, r)
}

// one gives the only character of a set that lists just one.
func (s *charSet) one() (rune, bool) {
	if len(s.cats) > 0 || len(s.ranges) != 1 || s.ranges[0].lo != s.ranges[0].hi {
		return 0, false
	}
	return s.ranges[0].lo, true
}

// classItem reads one member of a class: a character or a category.
func (p *parser) classItem(t token, flags Flags) (rune, *catRef, error) {
	if !t.esc {
		return t.r, nil, nil
	}
	if c, ok := categoryOf(t.r); ok {
		return 0, &catRef{c, p.ascii(flags)}, nil
	}
	r, err := p.charEscape(t, true)
	return r, nil, err
}

// Escape is re.escape: it puts a backslash before every character that means
// something in a pattern.
func Escape(s string) string {
	const special = "()[]{}?*+-|^$\\.&~# \t\n\r\v\f"
	if !strings.ContainsAny(s, special) {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		if s[i] < 0x80 && strings.IndexByte(special, s[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
