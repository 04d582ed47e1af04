package syntax

import (
	"strings"
	"unicode/utf8"
)

// Parse reads a template. The error is always an *Error; its type is the plain
// one so that a nil result compares as expected.
func Parse(src string, opt Options) (tpl *Template, err error) {
	if len(src) > MaxSource {
		return nil, errorf(1, "template is longer than %d bytes", MaxSource)
	}
	if !utf8.ValidString(src) {
		return nil, errorf(1, "template is not valid UTF-8")
	}
	p := &parser{lex: newLexer(src, opt)}
	defer func() {
		// The only panic let through here is fail's, which unwinds the descent.
		if r := recover(); r != nil {
			e, ok := r.(*Error)
			if !ok {
				panic(r)
			}
			tpl, err = nil, e
		}
	}()
	p.cur = p.lexed()
	return &Template{At: 1, Body: p.subparse(nil)}, nil
}

// parser is Jinja2's recursive descent, one token ahead.
type parser struct {
	lex    *lexer
	cur    token
	peeked []token
	// tags are the names of the open tags and ends the tags that may close
	// them; both serve the message for an unknown or missing tag.
	tags  []string
	ends  [][]string
	depth int
}

func (p *parser) lexed() token {
	tok, err := p.lex.next()
	if err != nil {
		panic(err)
	}
	return tok
}

func (p *parser) fail(line int, format string, args ...any) {
	panic(errorf(line, format, args...))
}

// enter counts nesting; every recursive production calls it.
func (p *parser) enter() {
	if p.depth++; p.depth > MaxNesting {
		p.fail(p.cur.line, "template is nested more than %d levels deep", MaxNesting)
	}
}

func (p *parser) leave() { p.depth-- }

// next moves one token on and gives the one that was current.
func (p *parser) next() token {
	tok := p.cur
	if len(p.peeked) > 0 {
		p.cur = p.peeked[0]
		p.peeked = p.peeked[:0]
	} else if tok.kind != tokEOF {
		p.cur = p.lexed()
	}
	return tok
}

// look gives the token after the current one.
func (p *parser) look() token {
	if len(p.peeked) == 0 {
		p.peeked = append(p.peeked, p.lexed())
	}
	return p.peeked[0]
}

func (p *parser) skipIf(k kind) bool {
	if p.cur.kind != k {
		return false
	}
	p.next()
	return true
}

func (p *parser) skipName(name string) bool {
	if !p.cur.isName(name) {
		return false
	}
	p.next()
	return true
}

func (p *parser) expect(k kind) token {
	if p.cur.kind != k {
		p.unexpected(k.describe())
	}
	return p.next()
}

func (p *parser) expectName(name string) token {
	if !p.cur.isName(name) {
		p.unexpected(name)
	}
	return p.next()
}

func (p *parser) unexpected(want string) {
	if p.cur.kind == tokEOF {
		p.fail(p.cur.line, "unexpected end of template, expected %s.", quote(want))
	}
	p.fail(p.cur.line, "expected token %s, got %s", quote(want), quote(p.cur.describe()))
}

// atEnd tells whether the current token is one of the tags in ends.
func (p *parser) atEnd(ends []string) bool {
	for _, e := range ends {
		if p.cur.isName(e) {
			return true
		}
	}
	return false
}

// subparse reads statements up to one of the tags in ends, or up to the end of
// the source.
func (p *parser) subparse(ends []string) []Stmt {
	var body []Stmt
	var data []Expr
	flush := func() {
		if len(data) > 0 {
			body = append(body, &Output{At: At(data[0].Line()), Nodes: data})
			data = nil
		}
	}
	if ends != nil {
		p.ends = append(p.ends, ends)
		defer func() { p.ends = p.ends[:len(p.ends)-1] }()
	}
	for p.cur.kind != tokEOF {
		switch p.cur.kind {
		case tokData:
			tok := p.next()
			data = append(data, &Data{At: At(tok.line), Text: tok.text})
		case tokVariableBegin:
			p.next()
			data = append(data, p.tuple(tupleOptions{}))
			p.expect(tokVariableEnd)
		case tokBlockBegin:
			flush()
			p.next()
			if ends != nil && p.atEnd(ends) {
				return body
			}
			body = append(body, p.statement())
			p.expect(tokBlockEnd)
		default:
			p.fail(p.cur.line, "unexpected %s", quote(p.cur.describe()))
		}
	}
	flush()
	return body
}

// statements reads the rest of a tag and its body up to one of the tags in
// ends, which stays current unless drop is set.
func (p *parser) statements(drop bool, ends ...string) []Stmt {
	// Jinja2 allows a colon at the end of a tag.
	p.skipIf(tokColon)
	p.expect(tokBlockEnd)
	if len(p.ends) >= MaxBlocks {
		p.fail(p.cur.line, "tags are nested more than %d levels deep", MaxBlocks)
	}
	body := p.subparse(ends)
	if p.cur.kind == tokEOF {
		p.failTag("", p.cur.line, append(p.ends, ends))
	}
	if drop {
		p.next()
	}
	return body
}

// failTag reports an unknown tag, or with an empty name a missing one.
func (p *parser) failTag(name string, line int, ends [][]string) {
	msg := []string{"Unexpected end of template."}
	if name != "" {
		msg[0] = "Encountered unknown tag " + quote(name) + "."
	}
	if len(ends) > 0 {
		var quoted []string
		for _, e := range ends[len(ends)-1] {
			quoted = append(quoted, quote(e))
		}
		looking := strings.Join(quoted, " or ")
		if name != "" && contains(ends, name) {
			msg = append(msg, "You probably made a nesting mistake. Jinja is expecting this tag,"+
				" but currently looking for "+looking+".")
		} else {
			msg = append(msg, "Jinja was looking for the following tags: "+looking+".")
		}
	}
	if len(p.tags) > 0 {
		msg = append(msg, "The innermost block that needs to be closed is "+quote(p.tags[len(p.tags)-1])+".")
	}
	p.fail(line, "%s", strings.Join(msg, " "))
}

func contains(ends [][]string, name string) bool {
	for _, group := range ends {
		for _, e := range group {
			if e == name {
				return true
			}
		}
	}
	return false
}
