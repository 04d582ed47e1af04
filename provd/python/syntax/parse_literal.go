package syntax

import (
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"
)

// numberConst parses an integer or float literal.
func (p *parser) numberConst() Expr {
	c := &Const{exprNode: at(p.tok.pos)}
	text := strings.ReplaceAll(p.text(), "_", "")
	if p.tok.kind == tokFloat {
		// Out of range is infinity, as in CPython; the scanner has checked
		// the form.
		c.Kind = ConstFloat
		c.Float, _ = strconv.ParseFloat(text, 64)
		p.next()
		return c
	}
	c.Kind = ConstInt
	if len(text) > MaxDigits {
		p.fail(p.tok.pos, "Exceeds the limit (%d digits) for integer string conversion: value has %d digits", MaxDigits, len(text))
	}
	if i, err := strconv.ParseInt(text, 0, 64); err == nil && !isLegacyOctal(text) {
		c.Int = i
	} else {
		base := 0
		if isLegacyOctal(text) { // only "00...0" gets past the scanner
			base = 10
		}
		n, ok := new(big.Int).SetString(text, base)
		if !ok {
			p.fail(p.tok.pos, "invalid decimal literal")
		}
		if n.IsInt64() {
			c.Int = n.Int64()
		} else {
			c.Big = n
		}
	}
	p.next()
	return c
}

// isLegacyOctal reports whether Go would read the digits as octal.
func isLegacyOctal(text string) bool {
	return len(text) > 1 && text[0] == '0' && isDigit(text[1])
}

// strings parses one string literal or several side by side.
func (p *parser) strings() Expr {
	pos := p.tok.pos
	var parts []Expr // constants and formatted values
	bytes, first, formatted := false, true, false
	for ; p.tok.kind == tokString; p.next() {
		lit := p.literal()
		if !first && lit.bytes != bytes {
			p.fail(pos, "cannot mix bytes and nonbytes literals")
		}
		first, bytes = false, lit.bytes
		if lit.format {
			formatted = true
			parts = p.appendParts(parts, p.fstring(lit))
			continue
		}
		c := &Const{exprNode: at(lit.pos), Kind: ConstStr, Str: p.unescape(lit, lit.off, lit.end)}
		if bytes {
			c.Kind = ConstBytes
		}
		parts = p.appendParts(parts, []Expr{c})
	}
	if formatted {
		return &FString{at(pos), parts}
	}
	c := parts[0].(*Const)
	c.Start = pos
	return c
}

// appendParts appends the parts of one literal, joining adjacent constants.
func (p *parser) appendParts(parts, more []Expr) []Expr {
	for _, x := range more {
		c, ok := x.(*Const)
		if ok && len(parts) > 0 {
			if last, ok := parts[len(parts)-1].(*Const); ok {
				last.Str += c.Str
				continue
			}
		}
		parts = append(parts, x)
	}
	return parts
}

// literal is one string token, taken apart.
type literal struct {
	pos                Position
	off, end           int // the text between the quotes
	raw, bytes, format bool
}

func (p *parser) literal() literal {
	lit := literal{pos: p.tok.pos, off: int(p.tok.off), end: int(p.tok.end)}
	for ; ; lit.off++ {
		switch p.src[lit.off] | 0x20 {
		case 'r':
			lit.raw = true
			continue
		case 'b':
			lit.bytes = true
			continue
		case 'f':
			lit.format = true
			continue
		case 'u':
			continue
		}
		break
	}
	quotes := 1
	if text := p.src[lit.off:lit.end]; len(text) >= 6 && text[1] == text[0] && text[2] == text[0] {
		quotes = 3
	}
	lit.off += quotes
	lit.end -= quotes
	return lit
}

// unescape is the value of the text src[off:end] of a literal.
func (p *parser) unescape(lit literal, off, end int) string {
	text := p.src[off:end]
	if lit.bytes {
		for i := range len(text) {
			if text[i] >= utf8.RuneSelf {
				p.fail(lit.pos, "bytes can only contain ASCII literal characters")
			}
		}
	}
	if lit.raw || strings.IndexByte(text, '\\') < 0 {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		if text[i] != '\\' {
			b.WriteByte(text[i])
			i++
			continue
		}
		i += p.escape(&b, lit, text, i)
	}
	return b.String()
}

// simpleEscapes are the escapes of one letter.
const simpleEscapes = "\\\\''\"\"a\ab\bf\fn\nr\rt\tv\v"

// escape decodes the escape at whole[from:] and returns its length. An unknown
// escape stands for itself, with its backslash.
func (p *parser) escape(b *strings.Builder, lit literal, whole string, from int) int {
	text := whole[from:]
	c := text[1] // the scanner never ends a literal behind a backslash
	if c == '\n' {
		return 2
	}
	for i := 0; i < len(simpleEscapes); i += 2 {
		if simpleEscapes[i] == c {
			b.WriteByte(simpleEscapes[i+1])
			return 2
		}
	}
	if c >= '0' && c <= '7' {
		n, v := 1, 0
		for ; n <= 3 && n < len(text) && text[n] >= '0' && text[n] <= '7'; n++ {
			v = v*8 + int(text[n]-'0')
		}
		if lit.bytes {
			b.WriteByte(byte(v))
		} else {
			b.WriteRune(rune(v))
		}
		return n
	}
	digits := 0
	switch {
	case c == 'x':
		digits = 2
	case c == 'u' && !lit.bytes:
		digits = 4
	case c == 'U' && !lit.bytes:
		digits = 8
	case c == 'N' && !lit.bytes:
		p.fail(lit.pos, "named unicode escapes (\\N{...}) are not supported")
	}
	if digits == 0 {
		b.WriteByte('\\')
		return 1 // the character itself follows as it is
	}
	n := 2
	for n < len(text) && n < 2+digits && isHexDigit(text[n]) {
		n++
	}
	v, _ := strconv.ParseUint(text[2:n], 16, 64) // empty is 0, and refused below
	undecodable := func(why string) {
		p.fail(lit.pos, "(unicode error) 'unicodeescape' codec can't decode bytes in position %d-%d: %s", from, from+n-1, why)
	}
	switch {
	case n < 2+digits && lit.bytes:
		p.fail(lit.pos, "(value error) invalid \\x escape at position %d", from)
	case n < 2+digits:
		undecodable("truncated \\" + string(c) + strings.Repeat("X", digits) + " escape")
	case lit.bytes:
		b.WriteByte(byte(v))
		return 2 + digits
	case v > utf8.MaxRune:
		undecodable("illegal Unicode character")
	case v >= 0xd800 && v < 0xe000:
		// A surrogate has no UTF-8; Const.Str holds its three-byte form.
		b.Write([]byte{0xe0 | byte(v>>12), 0x80 | byte(v>>6)&0x3f, 0x80 | byte(v)&0x3f})
		return 2 + digits
	}
	b.WriteRune(rune(v))
	return 2 + digits
}
