package syntax

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDigits is CPython's limit on the decimal digits of an integer literal.
const maxDigits = 4300

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// scanDigits passes digits that may be separated by single underscores.
func scanDigits(s string, pos int) int {
	start := pos
	for pos < len(s) {
		if isDigit(s[pos]) || pos > start && s[pos] == '_' && pos+1 < len(s) && isDigit(s[pos+1]) {
			pos++
			continue
		}
		break
	}
	return pos
}

// scanFloat gives the end of the float literal at pos, or 0. A number after a
// dot is never a float: items.0.1 are two subscripts.
func scanFloat(s string, pos int) int {
	if !isDigit(s[pos]) || pos > 0 && s[pos-1] == '.' {
		return 0
	}
	end := scanDigits(s, pos)
	frac := end
	if end < len(s) && s[end] == '.' {
		if f := scanDigits(s, end+1); f > end+1 {
			frac = f
		}
	}
	if exp := scanExponent(s, frac); exp > 0 {
		return exp
	}
	if frac > end {
		return frac
	}
	return 0
}

func scanExponent(s string, pos int) int {
	if pos >= len(s) || s[pos] != 'e' && s[pos] != 'E' {
		return 0
	}
	pos++
	if pos < len(s) && (s[pos] == '+' || s[pos] == '-') {
		pos++
	}
	if end := scanDigits(s, pos); end > pos {
		return end
	}
	return 0
}

// scanInteger gives the end of the integer literal at pos, or 0.
func scanInteger(s string, pos int) int {
	if !isDigit(s[pos]) {
		return 0
	}
	if s[pos] != '0' {
		return scanDigits(s, pos)
	}
	if pos+1 < len(s) {
		if end := scanRadix(s, pos+2, radix(s[pos+1])); end > 0 {
			return end
		}
	}
	pos++
	for pos < len(s) && (s[pos] == '0' || s[pos] == '_' && pos+1 < len(s) && s[pos+1] == '0') {
		pos++
	}
	return pos
}

func radix(c byte) int {
	switch c {
	case 'b', 'B':
		return 2
	case 'o', 'O':
		return 8
	case 'x', 'X':
		return 16
	}
	return 0
}

func scanRadix(s string, pos, base int) int {
	start := pos
	for base > 0 && pos < len(s) {
		next := pos
		if s[next] == '_' {
			next++
		}
		if next >= len(s) || hexValue(s[next]) < 0 || hexValue(s[next]) >= base {
			break
		}
		pos = next + 1
	}
	if pos == start {
		return 0
	}
	return pos
}

func hexValue(c byte) int {
	switch {
	case isDigit(c):
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// parseInteger gives an int64, or a *big.Int where that is too small.
func parseInteger(s string) (any, bool) {
	s = strings.ReplaceAll(s, "_", "")
	base := 10
	if len(s) > 1 && radix(s[1]) > 0 {
		base, s = radix(s[1]), s[2:]
	}
	if v, err := strconv.ParseInt(s, base, 64); err == nil {
		return v, true
	}
	if base == 10 && len(s) > maxDigits {
		return nil, false
	}
	v, ok := new(big.Int).SetString(s, base)
	return v, ok
}

// parseFloat cannot fail on what scanFloat passed; an overflow is infinity, as
// in Python.
func parseFloat(s string) float64 {
	v, _ := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64)
	return v
}

func scanName(s string, pos int) int {
	for pos < len(s) {
		r, n := utf8.DecodeRuneInString(s[pos:])
		if !isWord(r) {
			break
		}
		pos += n
	}
	return pos
}

// scanString gives the end of the string literal at pos, or 0.
func scanString(s string, pos int) int {
	q := s[pos]
	if q != '\'' && q != '"' {
		return 0
	}
	for pos++; pos < len(s); pos++ {
		switch s[pos] {
		case '\\':
			pos++
		case q:
			return pos + 1
		}
	}
	return 0
}

// unescape decodes a string literal as Jinja2 does: characters outside ASCII
// become escapes first and everything is decoded after that, so a backslash
// before such a character swallows its escape. The second result is the text of
// the error.
func unescape(s string) (string, string) {
	if strings.IndexByte(s, '\\') < 0 {
		return s, ""
	}
	ascii := toASCII(s)
	var b strings.Builder
	for i := 0; i < len(ascii); {
		if ascii[i] != '\\' {
			b.WriteByte(ascii[i])
			i++
			continue
		}
		if i+1 == len(ascii) {
			return "", `\ at end of string`
		}
		n, msg := unescapeOne(&b, ascii[i+1:])
		if msg != "" {
			return "", msg
		}
		i += 1 + n
	}
	return b.String(), ""
}

// toASCII is Python's encode("ascii", "backslashreplace").
func toASCII(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < 0x80:
			b.WriteByte(byte(r))
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	return b.String()
}

const simpleEscapes = "\\\\''\"\"a\ab\bf\fn\nr\rt\tv\v"

// unescapeOne decodes the escape whose backslash precedes s and gives the
// number of bytes used.
func unescapeOne(b *strings.Builder, s string) (int, string) {
	c := s[0]
	for i := 0; i < len(simpleEscapes); i += 2 {
		if simpleEscapes[i] == c {
			b.WriteByte(simpleEscapes[i+1])
			return 1, ""
		}
	}
	switch {
	case c == '\n':
		return 1, ""
	case c >= '0' && c <= '7':
		n, v := 0, rune(0)
		for n < 3 && n < len(s) && s[n] >= '0' && s[n] <= '7' {
			v = v*8 + rune(s[n]-'0')
			n++
		}
		b.WriteRune(v)
		return n, ""
	case c == 'x':
		return unescapeHex(b, s, 2, `truncated \xXX escape`)
	case c == 'u':
		return unescapeHex(b, s, 4, `truncated \uXXXX escape`)
	case c == 'U':
		return unescapeHex(b, s, 8, `truncated \UXXXXXXXX escape`)
	case c == 'N':
		// Names would need the Unicode name table; no template uses them.
		return 0, "unknown Unicode character name"
	}
	b.WriteByte('\\')
	b.WriteByte(c)
	return 1, ""
}

func unescapeHex(b *strings.Builder, s string, digits int, msg string) (int, string) {
	if len(s) < 1+digits {
		return 0, msg
	}
	v := rune(0)
	for i := 1; i <= digits; i++ {
		h := hexValue(s[i])
		if h < 0 {
			return 0, msg
		}
		if v > 0x10ffff {
			return 0, "illegal Unicode character"
		}
		v = v<<4 | rune(h)
	}
	if v > 0x10ffff || v < 0 {
		return 0, "illegal Unicode character"
	}
	if v >= 0xd800 && v <= 0xdfff {
		// A lone surrogate, in the form in which provd/python holds them.
		b.Write([]byte{0xe0 | byte(v>>12), 0x80 | byte(v>>6)&0x3f, 0x80 | byte(v)&0x3f})
		return 1 + digits, ""
	}
	b.WriteRune(v)
	return 1 + digits, ""
}
