package syntax

import (
	"fmt"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Parse parses and resolves a source file. The name is used in errors and
// tracebacks only. Errors are *Error.
func Parse(file string, src []byte) (*Module, error) {
	m, err := parse(file, src)
	if err != nil {
		return nil, err
	}
	if err := resolve(m); err != nil {
		return nil, err
	}
	return m, nil
}

// parse parses without resolving.
func parse(file string, src []byte) (m *Module, err error) {
	text, bad := prepare(file, src)
	if bad != nil {
		return nil, bad
	}
	defer catch(&err)
	budget := MaxTokens
	p := &parser{file: file, src: text, budget: &budget, depth: new(int)}
	p.toks = tokenize(file, text, &budget)
	p.tok = p.toks[0]
	m = &Module{File: file}
	p.future = true
	for p.tok.kind != tokEOF {
		m.Body = p.stmt(m.Body)
	}
	return m, nil
}

// catch turns the panic of an *Error into an error. Everything else goes on.
func catch(err *error) {
	switch e := recover().(type) {
	case nil:
	case *Error:
		*err = e
	default:
		panic(e)
	}
}

// parser is a recursive-descent parser over the tokens of one file, or of one
// expression in an f-string. Errors leave it as panics of *Error (see scanner).
type parser struct {
	file   string
	src    string
	toks   []token
	i      int // index of tok
	tok    token
	budget *int
	depth  *int // expressions and statements open, shared with f-strings' parsers
	future bool // from __future__ imports may still come
}

func (p *parser) fail(pos Position, format string, args ...any) {
	panic(&Error{File: p.file, Pos: pos, Msg: fmt.Sprintf(format, args...)})
}

// unexpected reports the current token as out of place.
func (p *parser) unexpected() {
	switch p.tok.kind {
	case tokIndent:
		p.fail(p.tok.pos, "unexpected indent")
	case tokDedent:
		p.fail(p.tok.pos, "unexpected unindent")
	case kwAsync, kwAwait:
		p.fail(p.tok.pos, "async functions are not supported")
	case tokNewline, tokEOF:
		p.fail(p.tok.pos, "invalid syntax: unexpected %s", p.tok.kind)
	}
	p.fail(p.tok.pos, "invalid syntax: unexpected '%s'", clip(p.text()))
}

// clip shortens a token for a message.
func clip(text string) string {
	if r := []rune(text); len(r) > 30 {
		return string(r[:30]) + "..."
	}
	return text
}

func (p *parser) text() string { return p.src[p.tok.off:p.tok.end] }

func (p *parser) next() {
	if p.i < len(p.toks)-1 {
		p.i++
	}
	p.tok = p.toks[p.i]
}

// reset goes back to an earlier token.
func (p *parser) reset(i int) {
	p.i = i
	p.tok = p.toks[i]
}

// peek is the kind of the token after the current one.
func (p *parser) peek() kind {
	return p.toks[min(p.i+1, len(p.toks)-1)].kind
}

// got consumes the current token if it is of the given kind.
func (p *parser) got(k kind) bool {
	if p.tok.kind != k {
		return false
	}
	p.next()
	return true
}

// want consumes a token of the given kind and fails on any other.
func (p *parser) want(k kind) Position {
	pos := p.tok.pos
	if p.tok.kind != k {
		if k == tokColon {
			if p.tok.kind == tokNewline || p.tok.kind == tokEOF {
				p.fail(pos, "expected ':'")
			}
		}
		p.unexpected()
	}
	p.next()
	return pos
}

// enter guards the Go stack; each enter is paired with a leave.
func (p *parser) enter() {
	if *p.depth++; *p.depth > MaxNesting {
		p.fail(p.tok.pos, "too many nested expressions or blocks (limit %d)", MaxNesting)
	}
}

func (p *parser) leave() { *p.depth-- }

func at(pos Position) exprNode   { return exprNode{Node{pos}} }
func stAt(pos Position) stmtNode { return stmtNode{Node{pos}} }

// ident parses an identifier.
func (p *parser) ident() *Ident {
	if p.tok.kind != tokName {
		p.unexpected()
	}
	id := &Ident{exprNode: at(p.tok.pos), Name: p.text()}
	for i := range len(id.Name) {
		if id.Name[i] >= utf8.RuneSelf {
			id.Name = norm.NFKC.String(id.Name)
			break
		}
	}
	p.next()
	return id
}
