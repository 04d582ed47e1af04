package syntax

import (
	"strings"
	"unicode/utf8"
)

// fstringText walks through the text of an f-string, knowing its position.
type fstringText struct {
	lit  literal
	off  int // next character
	end  int
	mark int // an offset ...
	pos  Position
}

// at is the position of an offset at or after the last one asked for.
func (t *fstringText) at(src string, off int) Position {
	for t.mark < off {
		r, n := utf8.DecodeRuneInString(src[t.mark:])
		t.mark += n
		t.pos.Col++
		if r == '\n' {
			t.pos = Position{t.pos.Line + 1, 1}
		}
	}
	return t.pos
}

// fstring parses the text of an f-string into constants and replacement
// fields. The rules are those of Python 3.11: no backslash and no comment in a
// field, and the quotes of the literal end it even there.
func (p *parser) fstring(lit literal) []Expr {
	start := int(p.tok.off)
	t := &fstringText{lit: lit, off: lit.off, end: lit.end, mark: start, pos: lit.pos}
	parts := p.fstringParts(t, 0)
	if t.off < t.end {
		p.fail(t.at(p.src, t.off), "f-string: single '}' is not allowed")
	}
	return parts
}

// fstringParts parses up to the end of the text, or in a format spec
// (level > 0) up to the closing brace.
func (p *parser) fstringParts(t *fstringText, level int) []Expr {
	var parts []Expr
	literal := func(off, end int) {
		if off < end {
			c := &Const{exprNode: at(t.lit.pos), Kind: ConstStr, Str: p.unescape(t.lit, off, end)}
			parts = p.appendParts(parts, []Expr{c})
		}
	}
	from := t.off
	for t.off < t.end {
		c := p.src[t.off]
		switch {
		case c == '\\' && !t.lit.raw:
			t.off++
			if t.off < t.end && p.src[t.off] != '{' && p.src[t.off] != '}' {
				t.off++
				continue
			}
			// "\{": the backslash stands for itself.
			literal(from, t.off-1)
			parts = p.appendParts(parts, []Expr{&Const{exprNode: at(t.lit.pos), Kind: ConstStr, Str: `\`}})
			from = t.off
		case (c == '{' || c == '}') && level == 0 && t.off+1 < t.end && p.src[t.off+1] == c:
			literal(from, t.off+1)
			t.off += 2
			from = t.off
		case c == '}':
			literal(from, t.off)
			return parts
		case c == '{':
			literal(from, t.off)
			t.off++
			parts = p.appendParts(parts, p.field(t, level))
			from = t.off
		default:
			t.off++
		}
	}
	literal(from, t.off)
	return parts
}

// field parses a replacement field behind its opening brace.
func (p *parser) field(t *fstringText, level int) []Expr {
	if level >= 2 {
		p.fail(t.at(p.src, t.off), "f-string: expressions nested too deeply")
	}
	from := t.off
	pos := t.at(p.src, from)
	p.fieldEnd(t)
	if strings.TrimSpace(p.src[from:t.off]) == "" {
		p.fail(pos, "f-string: empty expression not allowed")
	}
	v := &FormattedValue{exprNode: at(pos), Value: p.embedded(from, t.off, pos)}
	char := func() byte {
		if t.off >= t.end {
			p.fail(pos, "f-string: expecting '}'")
		}
		return p.src[t.off]
	}
	var parts []Expr
	debug := char() == '='
	if debug {
		t.off++
		for strings.IndexByte(" \t\n\f\v", char()) >= 0 {
			t.off++
		}
		parts = []Expr{&Const{exprNode: at(pos), Kind: ConstStr, Str: p.src[from:t.off]}}
	}
	if char() == '!' {
		t.off++
		v.Conversion = char()
		if !strings.ContainsRune("sra", rune(v.Conversion)) {
			p.fail(pos, "f-string: invalid conversion character: expected 's', 'r', or 'a'")
		}
		t.off++
	}
	if char() == ':' {
		t.off++
		v.Spec = &FString{at(t.at(p.src, t.off)), p.fstringParts(t, level+1)}
	} else if debug && v.Conversion == 0 {
		v.Conversion = 'r'
	}
	if char() != '}' {
		p.fail(pos, "f-string: expecting '}'")
	}
	t.off++
	return append(parts, v)
}

// fieldEnd moves to the character that ends the expression of a field: an
// unbracketed "!", ":", "}" or "=" that is not part of an operator.
func (p *parser) fieldEnd(t *fstringText) {
	fail := func(format string, args ...any) { p.fail(t.at(p.src, t.off), format, args...) }
	var open []byte
	for ; t.off < t.end; t.off++ {
		c := p.src[t.off]
		next := byte(0)
		if t.off+1 < t.end {
			next = p.src[t.off+1]
		}
		switch c {
		case '\\':
			fail("f-string expression part cannot include a backslash")
		case '#':
			fail("f-string expression part cannot include '#'")
		case '\'', '"':
			p.skipQuoted(t)
		case '(', '[', '{':
			if len(open) >= MaxBrackets {
				fail("f-string: too many nested parenthesis")
			}
			open = append(open, c)
		case ')', ']', '}':
			if len(open) == 0 {
				if c == '}' {
					return
				}
				fail("f-string: unmatched '%c'", c)
			}
			last := open[len(open)-1]
			if last == '(' && c != ')' || last == '[' && c != ']' || last == '{' && c != '}' {
				fail("f-string: closing parenthesis '%c' does not match opening parenthesis '%c'", c, last)
			}
			open = open[:len(open)-1]
		case '!', '=', '<', '>':
			if len(open) > 0 {
				continue
			}
			if next == '=' {
				t.off++
				continue
			}
			if c == '!' || c == '=' {
				return
			}
		case ':':
			if len(open) == 0 {
				return
			}
		}
	}
	if len(open) > 0 {
		fail("f-string: unmatched '%c'", open[len(open)-1])
	}
	fail("f-string: expecting '}'")
}

// skipQuoted moves to the last character of a string inside a field.
func (p *parser) skipQuoted(t *fstringText) {
	quote := p.src[t.off : t.off+1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(p.src[t.off:t.end], triple) {
		quote = triple
	}
	rest := p.src[t.off+len(quote) : t.end]
	i := strings.Index(rest, quote)
	if i < 0 {
		p.fail(t.at(p.src, t.off), "f-string: unterminated string")
	}
	if strings.IndexByte(rest[:i], '\\') >= 0 {
		p.fail(t.at(p.src, t.off), "f-string expression part cannot include a backslash")
	}
	t.off += len(quote) + i + len(quote) - 1
}

// embedded parses the expression src[off:end] of a field.
func (p *parser) embedded(off, end int, pos Position) Expr {
	p.enter()
	defer p.leave()
	sub := &parser{file: p.file, src: p.src, budget: p.budget, depth: p.depth}
	sub.toks = tokenizeEmbedded(p.file, p.src, off, end, pos, p.budget)
	sub.tok = sub.toks[0]
	x := sub.value(sub.exprListOrYield())
	if sub.tok.kind != tokEOF {
		sub.unexpected()
	}
	return x
}
