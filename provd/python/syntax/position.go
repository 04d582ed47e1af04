package syntax

import "fmt"

// Position is a place in a source file: line and column, both from 1. Columns
// count code points. The zero Position means unknown.
type Position struct {
	Line, Col int32
}

// String formats the position as "line:col".
func (p Position) String() string { return fmt.Sprintf("%d:%d", p.Line, p.Col) }

// Error is a refused source text: what CPython reports as a SyntaxError,
// IndentationError or TabError, and what this dialect leaves out.
type Error struct {
	File string   // name given to Parse
	Pos  Position // where
	Msg  string   // what, in CPython's words where it has some
}

// Error formats the error as "file:line:col: message".
func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Pos.Line, e.Pos.Col, e.Msg)
}
