package syntax

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// isSpace is Python's str.isspace for one character, which is also what \s
// means in the expressions of Jinja2's lexer: unlike unicode.IsSpace it counts
// the four information separators.
func isSpace(r rune) bool {
	return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f
}

// skipSpace gives the position after the white space at pos.
func skipSpace(s string, pos int) int {
	for pos < len(s) {
		r, n := utf8.DecodeRuneInString(s[pos:])
		if !isSpace(r) {
			break
		}
		pos += n
	}
	return pos
}

func trimRightSpace(s string) string { return strings.TrimRightFunc(s, isSpace) }

// isWord tells the characters that Jinja2 collects into a name: \w and whatever
// else may continue an identifier.
func isWord(r rune) bool {
	if r < utf8.RuneSelf {
		return r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	}
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) ||
		unicode.In(r, unicode.Pc, unicode.Other_ID_Start, unicode.Other_ID_Continue))
}

// isIdentifier is Python's str.isidentifier for a text of word characters.
func isIdentifier(s string) bool {
	for i, r := range s {
		if r < utf8.RuneSelf {
			if i == 0 && r >= '0' && r <= '9' {
				return false
			}
			continue
		}
		start := unicode.IsLetter(r) || unicode.In(r, unicode.Nl, unicode.Other_ID_Start)
		if !start && (i == 0 || !unicode.In(r, unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc, unicode.Other_ID_Continue)) {
			return false
		}
	}
	return s != ""
}
