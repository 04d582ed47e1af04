package python

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// isSpace is str.isspace for one character.
func isSpace(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return r == ' ' || r >= '\t' && r <= '\r' || r >= 0x1c && r <= 0x1f
	case r == 0x85 || r == 0xa0:
		return true
	}
	return r >= 0x1680 && unicode.Is(unicode.White_Space, r)
}

func isAlpha(r rune) bool {
	if r < utf8.RuneSelf {
		return r|0x20 >= 'a' && r|0x20 <= 'z'
	}
	return unicode.IsLetter(r) && !newerThanPython(r)
}

func isDecimal(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= '0' && r <= '9'
	}
	return unicode.Is(unicode.Nd, r) && !newerThanPython(r)
}

func isDigit(r rune) bool {
	return isDecimal(r) || r >= utf8.RuneSelf && unicode.Is(digitsNotDecimal, r)
}

func isNumeric(r rune) bool {
	return isDecimal(r) ||
		r >= utf8.RuneSelf && (unicode.IsNumber(r) && !newerThanPython(r) || unicode.Is(numericLetters, r))
}

func isAlnum(r rune) bool { return isAlpha(r) || isNumeric(r) }

func isUpper(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'A' && r <= 'Z'
	}
	return unicode.IsUpper(r) || unicode.Is(unicode.Other_Uppercase, r)
}

func isLower(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z'
	}
	switch {
	case r == 0x10fc || r >= 0xa7f2 && r <= 0xa7f4 || r == 0xab69:
		return false // lower case since Unicode 15
	}
	return (unicode.IsLower(r) || unicode.Is(unicode.Other_Lowercase, r)) && !newerThanPython(r)
}

func isCased(r rune) bool { return isUpper(r) || isLower(r) || unicode.IsTitle(r) }

// isCaseIgnorable is the Unicode property that the final-sigma rule looks past.
func isCaseIgnorable(r rune) bool {
	switch r {
	case '\'', '.', ':', '^', '`', 0xa8, 0xad, 0xaf, 0xb4, 0xb7, 0xb8, 0x2018, 0x2019, 0x2024, 0x2027:
		return true
	}
	return r >= utf8.RuneSelf && unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk)
}

func isIdentifierStart(r rune) bool {
	if r < utf8.RuneSelf {
		return r == '_' || isAlpha(r)
	}
	return (isAlpha(r) || unicode.In(r, unicode.Nl, unicode.Other_ID_Start)) && !unicode.Is(notIdentifierStart, r)
}

func isIdentifierPart(r rune) bool {
	if isIdentifierStart(r) || isDecimal(r) {
		return true
	}
	switch r {
	case 0xe33, 0xeb3, 0xff9e, 0xff9f:
		return true
	}
	return r >= utf8.RuneSelf && unicode.In(r, unicode.Mn, unicode.Mc, unicode.Pc, unicode.Other_ID_Continue) &&
		!newerThanPython(r)
}

// decimalValue returns the value of a character of category Nd. The category's
// characters come in runs of ten, each beginning with its zero, and no run
// touches a different one except the mathematical digits, whose zeros are ten
// apart as well.
func decimalValue(r rune) byte {
	if r >= 0x1d7ce && r <= 0x1d7ff {
		return byte((r - 0x1d7ce) % 10)
	}
	zero := r
	for i := 0; i < 9 && isDecimal(zero-1); i++ {
		zero--
	}
	// Two runs in a row: count from the start of the first.
	for start := zero; isDecimal(start - 1); start-- {
		zero = start - 1
	}
	return byte((r - zero) % 10)
}

// asciiDigits replaces decimal digits of other scripts by ASCII ones; ok is false
// when other characters beyond ASCII remain.
func asciiDigits(s string) (string, bool) {
	if isASCII(s) {
		return s, true
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf:
			b.WriteByte(byte(r))
		case isDecimal(r):
			b.WriteByte('0' + decimalValue(r))
		default:
			return "", false
		}
	}
	return b.String(), true
}
