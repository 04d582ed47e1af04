package regex

import (
	"strconv"
	"strings"
)

// Replacement is a parsed replacement for sub and Match.expand.
type Replacement struct {
	parts []templatePart
}

// templatePart is literal text, or a group when group >= 0.
type templatePart struct {
	text  string
	group int
}

// CompileReplacement parses a replacement text with \1, \g<1>, \g<name> and the
// character escapes. Errors are *SyntaxError and *UnknownGroupError.
func (re *Regexp) CompileReplacement(text string) (*Replacement, error) {
	if !strings.Contains(text, `\`) {
		return &Replacement{parts: []templatePart{{text: text, group: -1}}}, nil
	}
	p := templateParser{tokenizer: newTokenizer(text, re.isBytes), re: re}
	for {
		t := p.get()
		if t.eof {
			break
		}
		if err := p.token(t); err != nil {
			return nil, err
		}
	}
	if p.err != nil {
		return nil, p.err
	}
	p.flush()
	return &Replacement{parts: p.parts}, nil
}

// Literal gives the text of a template that refers to no group.
func (t *Replacement) Literal() (string, bool) {
	switch {
	case len(t.parts) == 0:
		return "", true
	case len(t.parts) == 1 && t.parts[0].group < 0:
		return t.parts[0].text, true
	}
	return "", false
}

// Size is the length in bytes of what Expand would append.
func (t *Replacement) Size(s *Subject, m *Match) int {
	n := 0
	for _, p := range t.parts {
		if p.group < 0 {
			n += len(p.text)
		} else if i, j := m.Spans[2*p.group], m.Spans[2*p.group+1]; i >= 0 {
			n += s.offset(j) - s.offset(i)
		}
	}
	return n
}

// Expand appends the replacement for m, a match on s; a group that took no
// part counts as empty.
func (t *Replacement) Expand(b *strings.Builder, s *Subject, m *Match) {
	for _, p := range t.parts {
		if p.group < 0 {
			b.WriteString(p.text)
		} else if i, j := m.Spans[2*p.group], m.Spans[2*p.group+1]; i >= 0 {
			b.WriteString(s.Slice(i, j))
		}
	}
}

type templateParser struct {
	*tokenizer
	re    *Regexp
	lit   strings.Builder
	parts []templatePart
}

func (p *templateParser) flush() {
	if p.lit.Len() > 0 {
		p.parts = append(p.parts, templatePart{text: p.lit.String(), group: -1})
		p.lit.Reset()
	}
}

func (p *templateParser) char(r rune) {
	switch {
	case p.isBytes:
		p.lit.WriteByte(byte(r))
	case r >= 0xd800 && r <= 0xdfff:
		p.lit.Write([]byte{0xe0 | byte(r>>12), 0x80 | byte(r>>6)&0x3f, 0x80 | byte(r)&0x3f})
	default:
		p.lit.WriteRune(r)
	}
}

func (p *templateParser) group(g, offset int) error {
	if g > p.re.Groups() {
		return p.fail("invalid group reference "+strconv.Itoa(g), offset)
	}
	p.flush()
	p.parts = append(p.parts, templatePart{group: g})
	return nil
}

func (p *templateParser) nextIs(ok func(rune) bool) bool {
	return !p.next.eof && !p.next.esc && ok(p.next.r)
}

func (p *templateParser) token(t token) error {
	switch {
	case !t.esc:
		p.char(t.r)
	case t.r == 'g':
		return p.named()
	case t.r == '0':
		v, _ := strconv.ParseUint("0"+p.digits(2, isOct), 8, 32)
		p.char(rune(v))
	case isDec(t.r):
		return p.number(t)
	default:
		if r, ok := simpleEscape(t.r); ok {
			p.char(r)
			return nil
		}
		switch {
		case t.r == 'b':
			p.char(8)
		case isASCIILetter(t.r):
			return p.fail("bad escape "+t.text(), 2)
		default:
			p.char('\\')
			p.char(t.r)
		}
	}
	return nil
}

// named reads what follows \g.
func (p *templateParser) named() error {
	if !p.match('<') {
		return p.fail("missing <", 0)
	}
	name, err := p.until('>', "group name")
	if err != nil {
		return err
	}
	if isIdentifier(name) {
		g, ok := p.re.GroupIndex(name)
		if !ok {
			return &UnknownGroupError{name}
		}
		return p.group(g, runeLen(name)+1)
	}
	v, err := strconv.ParseUint(name, 10, 31)
	if err != nil {
		return p.fail("bad character in group name "+quote(name), runeLen(name)+1)
	}
	return p.group(int(v), runeLen(name)+1)
}

// number reads \1 to \99, or an octal escape of three digits.
func (p *templateParser) number(t token) error {
	text := t.text()
	if p.nextIs(isDec) {
		text += string(p.get().r)
		if isOct(rune(text[1])) && isOct(rune(text[2])) && p.nextIs(isOct) {
			text += string(p.get().r)
			v, _ := strconv.ParseUint(text[1:], 8, 32)
			if v > 0o377 {
				return p.fail("octal escape value "+text+" outside of range 0-0o377", len(text))
			}
			p.char(rune(v))
			return nil
		}
	}
	g, _ := strconv.Atoi(text[1:])
	return p.group(g, len(text)-1)
}
