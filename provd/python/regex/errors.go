package regex

import (
	"fmt"
	"strings"
)

// SyntaxError is a pattern that Python's re.compile refuses with re.error.
type SyntaxError struct {
	Msg     string // without position, the msg attribute of re.error
	Pattern string // the pattern as given
	Pos     int    // position in code points (bytes for a bytes pattern); -1 when there is none
	Line    int    // line of Pos, from 1
	Col     int    // column of Pos, from 1
}

func newSyntaxError(msg, pattern string, src []rune, pos int) *SyntaxError {
	e := &SyntaxError{Msg: msg, Pattern: pattern, Pos: pos}
	if pos < 0 {
		return e
	}
	e.Line, e.Col = 1, pos+1
	for i, r := range src[:min(pos, len(src))] {
		if r == '\n' {
			e.Line++
			e.Col = pos - i
		}
	}
	return e
}

// Error gives the text of str(error) in Python.
func (e *SyntaxError) Error() string {
	if e.Pos < 0 {
		return e.Msg
	}
	s := fmt.Sprintf("%s at position %d", e.Msg, e.Pos)
	if strings.Contains(e.Pattern, "\n") {
		s += fmt.Sprintf(" (line %d, column %d)", e.Line, e.Col)
	}
	return s
}

// FlagError is a combination of flags that Python refuses with ValueError.
type FlagError struct{ Msg string }

func (e *FlagError) Error() string { return e.Msg }

// OverflowError is a repeat count that Python refuses with OverflowError.
type OverflowError struct{ Msg string }

func (e *OverflowError) Error() string { return e.Msg }

// UnknownGroupError is a replacement template that names a group the pattern
// does not have; Python raises IndexError for it.
type UnknownGroupError struct{ Name string }

func (e *UnknownGroupError) Error() string {
	return "unknown group name " + quote(e.Name)
}

// LimitError says that a match was given up because it used more than this
// package allows, whatever the caller's Budget.
type LimitError struct{ What string }

func (e *LimitError) Error() string {
	return "regular expression: " + e.What + " limit exceeded"
}

// quote renders s as Python's repr of a str would for the short names that
// appear in messages.
func quote(s string) string {
	q := byte('\'')
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		q = '"'
	}
	var b strings.Builder
	b.WriteByte(q)
	for _, r := range s {
		switch {
		case r == rune(q) || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte(q)
	return b.String()
}
