package syntax

// postfix reads subscripts and calls after e.
func (p *parser) postfix(e Expr) Expr {
	for n := 0; ; n++ {
		p.chain(n)
		switch p.cur.kind {
		case tokDot, tokLBracket:
			e = p.subscript(e)
		case tokLParen:
			e = p.call(e)
		default:
			return e
		}
	}
}

// filterExpr reads filters, tests and calls of their results after e.
func (p *parser) filterExpr(e Expr) Expr {
	for n := 0; ; n++ {
		p.chain(n)
		switch {
		case p.cur.kind == tokPipe:
			e = p.filters(e, false)
		case p.cur.isName("is"):
			e = p.test(e)
		case p.cur.kind == tokLParen:
			e = p.call(e)
		default:
			return e
		}
	}
}

func (p *parser) subscript(e Expr) Expr {
	tok := p.next()
	at := At(tok.line)
	if tok.kind == tokDot {
		attr := p.next()
		switch attr.kind {
		case tokName:
			return &Getattr{At: at, Node: e, Attr: attr.text}
		case tokInteger:
			return &Getitem{At: at, Node: e, Arg: &Const{At: At(attr.line), Value: attr.value}}
		}
		p.fail(attr.line, "expected name or number")
	}
	var args []Expr
	for p.cur.kind != tokRBracket {
		if len(args) > 0 {
			p.expect(tokComma)
		}
		args = append(args, p.subscribed())
	}
	p.expect(tokRBracket)
	if len(args) == 1 {
		return &Getitem{At: at, Node: e, Arg: args[0]}
	}
	return &Getitem{At: at, Node: e, Arg: &Tuple{At: at, Items: args}}
}

// subscribed reads one index or slice.
func (p *parser) subscribed() Expr {
	s := &Slice{At: At(p.cur.line)}
	if p.cur.kind != tokColon {
		e := p.expression(true)
		if p.cur.kind != tokColon {
			return e
		}
		s.Start = e
	}
	p.next()
	if p.cur.kind != tokColon {
		s.Stop = p.slicePart()
	}
	if p.skipIf(tokColon) {
		s.Step = p.slicePart()
	}
	return s
}

func (p *parser) slicePart() Expr {
	if p.cur.kind == tokRBracket || p.cur.kind == tokComma {
		return nil
	}
	return p.expression(true)
}

func (p *parser) call(e Expr) Expr {
	at := At(p.cur.line)
	return &Call{At: at, Node: e, Args: p.arguments()}
}

// arguments reads the arguments of a call with their parentheses.
func (p *parser) arguments() Args {
	line := p.expect(tokLParen).line
	var a Args
	ensure := func(ok bool) {
		if !ok {
			p.fail(line, "invalid syntax for function call expression")
		}
	}
	for n := 0; p.cur.kind != tokRParen; n++ {
		p.countArguments(n)
		if n > 0 {
			p.expect(tokComma)
			if p.cur.kind == tokRParen {
				break
			}
		}
		switch {
		case p.cur.kind == tokMul:
			ensure(a.DynArgs == nil && a.DynKwargs == nil)
			p.next()
			a.DynArgs = p.expression(true)
		case p.cur.kind == tokPow:
			ensure(a.DynKwargs == nil)
			p.next()
			a.DynKwargs = p.expression(true)
		case p.cur.kind == tokName && p.look().kind == tokAssign:
			ensure(a.DynKwargs == nil)
			name := p.next().text
			p.next()
			a.Kwargs = append(a.Kwargs, Keyword{Name: name, Value: p.expression(true)})
		default:
			ensure(a.DynArgs == nil && a.DynKwargs == nil && len(a.Kwargs) == 0)
			a.Pos = append(a.Pos, p.expression(true))
		}
	}
	p.expect(tokRParen)
	return a
}

func (p *parser) countArguments(n int) {
	if n >= maxArguments {
		p.fail(p.cur.line, "more than %d arguments", maxArguments)
	}
}

// dottedName reads the name of a filter or test.
func (p *parser) dottedName() token {
	tok := p.expect(tokName)
	for n := 0; p.skipIf(tokDot); n++ {
		p.chain(n)
		tok.text += "." + p.expect(tokName).text
	}
	return tok
}

// filters reads a chain of filters on e; inline means that the first one comes
// without a bar, as in a filter block. Without any filter the result is e.
func (p *parser) filters(e Expr, inline bool) Expr {
	for n := 0; p.cur.kind == tokPipe || inline; n++ {
		p.chain(n)
		if !inline {
			p.next()
		}
		inline = false
		tok := p.dottedName()
		f := &Filter{At: At(tok.line), Node: e, Name: tok.text}
		if p.cur.kind == tokLParen {
			f.Args = p.arguments()
		}
		e = f
	}
	return e
}

func (p *parser) test(e Expr) Expr {
	at := At(p.next().line)
	negated := p.skipName("not")
	t := &Test{At: at, Node: e, Name: p.dottedName().text}
	switch p.cur.kind {
	case tokLParen:
		t.Args = p.arguments()
	case tokName, tokString, tokInteger, tokFloat, tokLBracket, tokLBrace:
		if p.cur.isName("else") || p.cur.isName("or") || p.cur.isName("and") {
			break
		}
		if p.cur.isName("is") {
			p.fail(p.cur.line, "You cannot chain multiple tests with is")
		}
		t.Pos = []Expr{p.postfix(p.primary())}
	}
	if negated {
		return &Not{At: at, Node: t}
	}
	return t
}
