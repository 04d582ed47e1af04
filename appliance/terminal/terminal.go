// Package terminal makes text from elsewhere fit to be printed.
package terminal

import (
	"strings"
	"unicode"
)

// Clean returns s with a question mark for whatever would move a cursor, change
// colours or turn the direction of writing: names come from phones and peers.
func Clean(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar || unicode.Is(unicode.Bidi_Control, r) {
			return '?'
		}
		return r
	}, s)
}
