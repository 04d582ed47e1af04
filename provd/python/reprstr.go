package python

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// reprStr is repr(str): the quotes CPython chooses, escapes for what is not
// printable.
func reprStr(t *Thread, s string) (string, error) {
	if err := t.Alloc(int64(len(s)) + 2); err != nil {
		return "", err
	}
	if err := t.Step(len(s) / 16); err != nil {
		return "", err
	}
	quote := quoteFor(s)
	plain := true
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == quote || c == '\\' || c >= 0x7f {
			plain = false
			break
		}
	}
	q := string(quote)
	if plain {
		return q + s + q, nil
	}
	b := append(make([]byte, 0, len(s)+8), quote)
	for len(s) > 0 {
		r, n := DecodeRune(s)
		s = s[n:]
		b = appendEscaped(b, r, quote, isPrintable(r))
	}
	if err := t.Alloc(int64(len(b))); err != nil {
		return "", err
	}
	return string(append(b, quote)), nil
}

func quoteFor(s string) byte {
	if strings.IndexByte(s, '\'') >= 0 && strings.IndexByte(s, '"') < 0 {
		return '"'
	}
	return '\''
}

// appendEscaped appends one character of a repr.
func appendEscaped(b []byte, r rune, quote byte, printable bool) []byte {
	switch {
	case r == rune(quote) || r == '\\':
		return append(b, '\\', byte(r))
	case r == '\n':
		return append(b, `\n`...)
	case r == '\r':
		return append(b, `\r`...)
	case r == '\t':
		return append(b, `\t`...)
	case printable:
		return AppendRune(b, r)
	}
	return appendEscape(b, r)
}

// appendEscape appends the \x, \u or \U form of a character.
func appendEscape(b []byte, r rune) []byte {
	switch {
	case r < 0x100:
		return fmt.Appendf(b, `\x%02x`, r)
	case r < 0x10000:
		return fmt.Appendf(b, `\u%04x`, r)
	}
	return fmt.Appendf(b, `\U%08x`, r)
}

// isPrintable reports whether CPython's str.isprintable holds for r.
func isPrintable(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= ' ' && r < 0x7f
	}
	return unicode.IsPrint(r) && !newerThanPython(r)
}

// ASCII returns ascii(v): repr with everything beyond ASCII escaped.
func ASCII(t *Thread, v Value) (string, error) {
	s, err := Repr(t, v)
	if err != nil || isASCII(s) {
		return s, err
	}
	if err := t.Alloc(int64(len(s)) * 4); err != nil {
		return "", err
	}
	b := make([]byte, 0, 2*len(s))
	for len(s) > 0 {
		r, n := DecodeRune(s)
		s = s[n:]
		if r < utf8.RuneSelf {
			b = append(b, byte(r))
		} else {
			b = appendEscape(b, r)
		}
	}
	return string(b), nil
}

// reprBytes is repr(bytes).
func reprBytes(t *Thread, s string) (string, error) {
	if err := t.Alloc(4 * int64(len(s))); err != nil {
		return "", err
	}
	if err := t.Step(len(s) / 16); err != nil {
		return "", err
	}
	quote := quoteFor(s)
	b := append(make([]byte, 0, len(s)+3), 'b', quote)
	for i := range len(s) {
		c := s[i]
		if c >= utf8.RuneSelf {
			b = append(b, `\x`...)
			b = strconv.AppendUint(b, uint64(c), 16)
			continue
		}
		b = appendEscaped(b, rune(c), quote, isPrintable(rune(c)))
	}
	return string(append(b, quote)), nil
}
