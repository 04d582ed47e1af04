package syntax

// compound parses a statement with a block, or returns nil if the current
// token does not begin one.
func (p *parser) compound() Stmt {
	switch p.tok.kind {
	case kwIf:
		return p.ifStmt()
	case kwWhile:
		return p.while()
	case kwFor:
		return p.forStmt()
	case kwTry:
		return p.try()
	case kwWith:
		return p.with()
	case kwDef:
		return p.def(nil, p.tok.pos)
	case kwClass:
		return p.class(nil, p.tok.pos)
	case tokAt:
		return p.decorated()
	}
	return nil
}

// block parses ": simple" or an indented block.
func (p *parser) block(what string, pos Position) []Stmt {
	p.want(tokColon)
	if p.tok.kind != tokNewline {
		if st := p.compound(); st != nil {
			p.fail(st.Pos(), "invalid syntax: %s needs a line of its own", what)
		}
		return p.stmt(nil)
	}
	p.next()
	if p.tok.kind != tokIndent {
		p.fail(p.tok.pos, "expected an indented block after %s on line %d", what, pos.Line)
	}
	p.next()
	var list []Stmt
	for p.tok.kind != tokDedent {
		list = p.stmt(list)
	}
	p.next()
	return list
}

func (p *parser) elseBlock() []Stmt {
	pos := p.tok.pos
	if !p.got(kwElse) {
		return nil
	}
	return p.block("'else' statement", pos)
}

func (p *parser) ifStmt() Stmt {
	st := &If{stmtNode: stAt(p.tok.pos)}
	for what := "'if' statement"; ; what = "'elif' statement" {
		pos := p.tok.pos
		p.next()
		cond := p.named()
		st.Clauses = append(st.Clauses, IfClause{cond, p.block(what, pos)})
		if p.tok.kind != kwElif {
			break
		}
	}
	st.Else = p.elseBlock()
	return st
}

func (p *parser) while() Stmt {
	st := &While{stmtNode: stAt(p.tok.pos)}
	p.next()
	st.Cond = p.named()
	st.Body = p.block("'while' statement", st.Start)
	st.Else = p.elseBlock()
	return st
}

func (p *parser) forStmt() Stmt {
	st := &For{stmtNode: stAt(p.tok.pos)}
	p.next()
	st.Target = p.targetList()
	p.want(kwIn)
	st.Iter = p.value(p.exprList())
	st.Body = p.block("'for' statement", st.Start)
	st.Else = p.elseBlock()
	return st
}

func (p *parser) try() Stmt {
	st := &Try{stmtNode: stAt(p.tok.pos)}
	p.next()
	st.Body = p.block("'try' statement", st.Start)
	for p.tok.kind == kwExcept {
		if n := len(st.Handlers); n > 0 && st.Handlers[n-1].Type == nil {
			p.fail(st.Handlers[n-1].Start, "default 'except:' must be last")
		}
		st.Handlers = append(st.Handlers, p.handler())
	}
	if len(st.Handlers) > 0 {
		st.Else = p.elseBlock()
	}
	if pos := p.tok.pos; p.got(kwFinally) {
		st.Finally = p.block("'finally' statement", pos)
	}
	if st.Handlers == nil && st.Finally == nil {
		p.fail(p.tok.pos, "expected 'except' or 'finally' block")
	}
	return st
}

func (p *parser) handler() Handler {
	h := Handler{Start: p.tok.pos}
	p.next()
	if p.tok.kind == tokStar {
		p.fail(p.tok.pos, "except* is not supported")
	}
	if p.tok.kind != tokColon {
		h.Type = p.expr()
		if p.tok.kind == tokComma {
			p.fail(h.Type.Pos(), "multiple exception types must be parenthesized")
		}
		if p.got(kwAs) {
			h.Bound = p.ident()
		}
	}
	h.Body = p.block("'except' statement", h.Start)
	return h
}

func (p *parser) with() Stmt {
	st := &With{stmtNode: stAt(p.tok.pos)}
	p.next()
	if !p.withParen(st) {
		for {
			st.Items = append(st.Items, p.withItem())
			if !p.got(tokComma) {
				break
			}
		}
	}
	st.Body = p.block("'with' statement", st.Start)
	return st
}

// withParen parses "(item, item, ...)" directly before the colon. If the
// parentheses turn out to belong to an expression it takes nothing.
func (p *parser) withParen(st *With) bool {
	if p.tok.kind != tokLParen {
		return false
	}
	start, level := p.i, 0
	for i := start; ; i++ {
		switch p.toks[i].kind {
		case tokLParen, tokLBrack, tokLBrace:
			level++
		case tokRParen, tokRBrack, tokRBrace:
			level--
		}
		if level > 0 {
			continue // the scanner has checked that brackets are balanced
		}
		if p.toks[i+1].kind != tokColon || i == start+1 {
			return false
		}
		break
	}
	p.next()
	if p.tok.kind == kwYield {
		p.reset(start)
		return false
	}
	for {
		if p.tok.kind == tokStar {
			p.reset(start)
			return false
		}
		item := p.withItem()
		if p.tok.kind == kwFor || p.tok.kind == tokWalrus {
			p.reset(start)
			st.Items = nil
			return false
		}
		st.Items = append(st.Items, item)
		if !p.got(tokComma) || p.tok.kind == tokRParen {
			break
		}
	}
	p.want(tokRParen)
	return true
}

func (p *parser) withItem() WithItem {
	item := WithItem{Context: p.expr()}
	if p.got(kwAs) {
		x := p.starOrExprNoCompare()
		p.checkTarget(x)
		item.Target = x
	}
	return item
}

func (p *parser) decorated() Stmt {
	var list []Expr
	for p.got(tokAt) {
		list = append(list, p.named())
		p.want(tokNewline)
	}
	switch p.tok.kind {
	case kwDef:
		return p.def(list, p.tok.pos)
	case kwClass:
		return p.class(list, p.tok.pos)
	case kwAsync:
		p.unexpected()
	}
	p.fail(p.tok.pos, "invalid syntax: a decorator must be followed by a function or class")
	return nil
}

func (p *parser) def(decorators []Expr, pos Position) Stmt {
	p.next()
	st := &FuncDef{stmtNode: stAt(pos), Decorators: decorators, Name: p.ident()}
	p.want(tokLParen)
	st.Params = p.params(tokRParen)
	p.want(tokRParen)
	if p.got(tokArrow) {
		st.Returns = p.expr()
	}
	st.Body = p.block("function definition", pos)
	return st
}

func (p *parser) class(decorators []Expr, pos Position) Stmt {
	p.next()
	st := &ClassDef{stmtNode: stAt(pos), Decorators: decorators, Name: p.ident()}
	if p.got(tokLParen) {
		call := &Call{}
		p.args(call)
		st.Bases, st.Keywords = call.Args, call.Keywords
	}
	st.Body = p.block("class definition", pos)
	return st
}
