package syntax

import (
	"fmt"
	"strings"
)

// Error is a template that Jinja2 would refuse with TemplateSyntaxError.
type Error struct {
	// Msg is Jinja2's text, without a position.
	Msg string
	// Line is where it was noticed, counted from 1.
	Line int
	// Assertion marks what Jinja2 raises as TemplateAssertionError, the subclass
	// for templates that parse but cannot mean anything.
	Assertion bool
}

// Error gives the position and the message.
func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Msg) }

func errorf(line int, format string, args ...any) *Error {
	return &Error{Msg: fmt.Sprintf(format, args...), Line: line}
}

// quote is Python's repr of the short texts that occur in messages.
func quote(s string) string {
	q := "'"
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		q = `"`
	}
	s = strings.ReplaceAll(s, `\`, `\\`)
	s = strings.ReplaceAll(s, "\n", `\n`)
	s = strings.ReplaceAll(s, "\t", `\t`)
	if q == "'" {
		s = strings.ReplaceAll(s, "'", `\'`)
	}
	return q + s + q
}
