package python

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

func addStrCase(m methodTable) {
	change := func(name string, fn func(s string) string) {
		add(m, name, 0, 0, func(t *Thread, s Str, _ []Value) (Value, error) {
			if err := t.Alloc(int64(len(s))); err != nil {
				return nil, err
			}
			if err := strWork(t, len(s)); err != nil {
				return nil, err
			}
			return Str(fn(string(s))), nil
		})
	}
	change("upper", toUpper)
	change("lower", toLower)
	change("casefold", toFold)
	change("title", toTitle)
	change("capitalize", capitalize)
	change("swapcase", swapCase)
}

func toUpper(s string) string {
	if isASCII(s) {
		return strings.ToUpper(s)
	}
	var b []byte
	for s != "" {
		r, n := DecodeRune(s)
		b = appendUpper(b, r)
		s = s[n:]
	}
	return string(b)
}

func appendUpper(b []byte, r rune) []byte {
	if r >= utf8.RuneSelf {
		if special, ok := specialUpper[r]; ok {
			return append(b, special...)
		}
	}
	return AppendRune(b, unicode.ToUpper(r))
}

func toLower(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	var b []byte
	for i := 0; i < len(s); {
		r, n := DecodeRune(s[i:])
		b = appendLower(b, s, i, r)
		i += n
	}
	return string(b)
}

// appendLower appends the lower case of r, which is at s[i:]; a sigma at the end
// of a word has a form of its own.
func appendLower(b []byte, s string, i int, r rune) []byte {
	switch {
	case r == 0x3a3 && finalSigma(s, i):
		r = 0x3c2
	case r == 0x130:
		return append(b, "i\u0307"...)
	default:
		r = unicode.ToLower(r)
	}
	return AppendRune(b, r)
}

func finalSigma(s string, i int) bool {
	before := false
	for j := i; j > 0; {
		r, n := decodeLastRune(s[:j])
		j -= n
		if !isCaseIgnorable(r) {
			before = isCased(r)
			break
		}
	}
	if !before {
		return false
	}
	for j := i + 2; j < len(s); {
		r, n := DecodeRune(s[j:])
		j += n
		if !isCaseIgnorable(r) {
			return !isCased(r)
		}
	}
	return true
}

func toFold(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	var b []byte
	for s != "" {
		r, n := DecodeRune(s)
		s = s[n:]
		if special, ok := specialFold[r]; ok {
			b = append(b, special...)
		} else {
			b = appendLower(b, "", 0, r)
		}
	}
	return string(b)
}

func appendTitle(b []byte, r rune) []byte {
	if r >= utf8.RuneSelf {
		if special, ok := specialTitle[r]; ok {
			return append(b, special...)
		}
	}
	return AppendRune(b, unicode.ToTitle(r))
}

func toTitle(s string) string {
	b := make([]byte, 0, len(s))
	inWord := false
	for i := 0; i < len(s); {
		r, n := DecodeRune(s[i:])
		if inWord {
			b = appendLower(b, s, i, r)
		} else {
			b = appendTitle(b, r)
		}
		inWord = isCased(r)
		i += n
	}
	return string(b)
}

func capitalize(s string) string {
	if s == "" {
		return ""
	}
	r, n := DecodeRune(s)
	b := appendTitle(make([]byte, 0, len(s)), r)
	for i := n; i < len(s); {
		r, n := DecodeRune(s[i:])
		b = appendLower(b, s, i, r)
		i += n
	}
	return string(b)
}

func swapCase(s string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); {
		r, n := DecodeRune(s[i:])
		switch {
		case isUpper(r):
			b = appendLower(b, s, i, r)
		case isLower(r):
			b = appendUpper(b, r)
		default:
			b = AppendRune(b, r)
		}
		i += n
	}
	return string(b)
}
