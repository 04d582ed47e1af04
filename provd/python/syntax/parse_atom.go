package syntax

// primary parses an atom with its trailers: calls, subscripts, attributes.
func (p *parser) primary() Expr {
	x := p.atom()
	for {
		switch p.tok.kind {
		case tokDot:
			p.next()
			pos := p.tok.pos
			x = &Attribute{at(x.Pos()), x, p.ident().Name, pos}
		case tokLParen:
			call := &Call{exprNode: at(x.Pos()), Func: x}
			p.next()
			p.args(call)
			x = call
		case tokLBrack:
			p.next()
			index := p.subscript()
			p.want(tokRBrack)
			x = &Subscript{at(x.Pos()), x, index}
		default:
			return x
		}
	}
}

// subscript parses what stands between brackets behind a value.
func (p *parser) subscript() Expr {
	pos := p.tok.pos
	x := p.sliceItem()
	if p.tok.kind != tokComma {
		if s, ok := x.(*Starred); ok {
			return &Tuple{at(pos), []Expr{s}}
		}
		return x
	}
	elems := []Expr{x}
	for p.got(tokComma) && p.tok.kind != tokRBrack {
		elems = append(elems, p.sliceItem())
	}
	return &Tuple{at(pos), elems}
}

func (p *parser) sliceItem() Expr {
	pos := p.tok.pos
	var low Expr
	if p.tok.kind != tokColon {
		low = p.starOrNamed()
		if _, star := low.(*Starred); star || p.tok.kind != tokColon {
			return low
		}
	}
	s := &Slice{exprNode: at(pos), Low: low}
	p.want(tokColon)
	s.High = p.slicePart()
	if p.got(tokColon) {
		s.Step = p.slicePart()
	}
	return s
}

func (p *parser) slicePart() Expr {
	switch p.tok.kind {
	case tokColon, tokComma, tokRBrack:
		return nil
	}
	return p.expr()
}

func (p *parser) atom() Expr {
	node := at(p.tok.pos)
	switch p.tok.kind {
	case tokName:
		return p.ident()
	case tokInt, tokFloat:
		return p.numberConst()
	case tokString:
		return p.strings()
	case tokLParen:
		return p.paren()
	case tokLBrack:
		return p.listDisplay()
	case tokLBrace:
		return p.braces()
	case kwNone:
		p.next()
		return &Const{exprNode: node, Kind: ConstNone}
	case kwTrue:
		p.next()
		return &Const{exprNode: node, Kind: ConstTrue}
	case kwFalse:
		p.next()
		return &Const{exprNode: node, Kind: ConstFalse}
	case tokEllipsis:
		p.next()
		return &Const{exprNode: node, Kind: ConstEllipsis}
	case kwYield:
		p.fail(p.tok.pos, "invalid syntax: a yield expression needs parentheses here")
	}
	p.unexpected()
	return nil
}

// paren parses a group, a tuple, a generator expression, or a yield in
// parentheses.
func (p *parser) paren() Expr {
	pos := p.want(tokLParen)
	if p.got(tokRParen) {
		return &Tuple{at(pos), nil}
	}
	if p.tok.kind == kwYield {
		x := p.yield()
		p.want(tokRParen)
		return x
	}
	x := p.starOrNamed()
	if p.tok.kind == kwFor || p.tok.kind == kwAsync {
		x = p.comprehension(pos, GeneratorExp, nil, x)
		p.want(tokRParen)
		return x
	}
	if p.tok.kind != tokComma {
		if s, ok := x.(*Starred); ok {
			p.fail(s.Pos(), "cannot use starred expression here")
		}
		p.wantClose(tokRParen)
		return x
	}
	elems := []Expr{x}
	for p.got(tokComma) && p.tok.kind != tokRParen {
		elems = append(elems, p.starOrNamed())
	}
	p.wantClose(tokRParen)
	return &Tuple{at(pos), elems}
}

// wantClose consumes a closing bracket, with CPython's hint otherwise.
func (p *parser) wantClose(k kind) {
	if p.tok.kind == kwFor {
		p.fail(p.tok.pos, "did you forget parentheses around the comprehension target?")
	}
	if p.tok.kind != k && p.startsExpr() {
		p.fail(p.tok.pos, "invalid syntax. Perhaps you forgot a comma?")
	}
	p.want(k)
}

func (p *parser) listDisplay() Expr {
	pos := p.want(tokLBrack)
	list := &List{exprNode: at(pos)}
	for p.tok.kind != tokRBrack {
		x := p.starOrNamed()
		if len(list.Elems) == 0 && (p.tok.kind == kwFor || p.tok.kind == kwAsync) {
			c := p.comprehension(pos, ListComp, nil, x)
			p.want(tokRBrack)
			return c
		}
		list.Elems = append(list.Elems, x)
		if !p.got(tokComma) {
			break
		}
	}
	p.wantClose(tokRBrack)
	return list
}

// braces parses a dictionary or set display or comprehension.
func (p *parser) braces() Expr {
	pos := p.want(tokLBrace)
	if p.tok.kind == tokRBrace || p.tok.kind == tokStarStar {
		return p.dictDisplay(pos, &Dict{exprNode: at(pos)})
	}
	x := p.starOrNamed()
	if _, star := x.(*Starred); !star && p.tok.kind == tokColon {
		p.next()
		value := p.expr()
		if p.tok.kind == kwFor || p.tok.kind == kwAsync {
			c := p.comprehension(pos, DictComp, x, value)
			p.want(tokRBrace)
			return c
		}
		d := &Dict{exprNode: at(pos), Items: []DictItem{{x, value}}}
		if !p.got(tokComma) {
			p.wantClose(tokRBrace)
			return d
		}
		return p.dictDisplay(pos, d)
	}
	if p.tok.kind == kwFor || p.tok.kind == kwAsync {
		c := p.comprehension(pos, SetComp, nil, x)
		p.want(tokRBrace)
		return c
	}
	set := &Set{at(pos), []Expr{x}}
	for p.got(tokComma) && p.tok.kind != tokRBrace {
		set.Elems = append(set.Elems, p.starOrNamed())
	}
	p.wantClose(tokRBrace)
	return set
}

// dictDisplay parses the rest of a dictionary display.
func (p *parser) dictDisplay(pos Position, d *Dict) Expr {
	for p.tok.kind != tokRBrace {
		if p.got(tokStarStar) {
			d.Items = append(d.Items, DictItem{nil, p.bitOr()})
			if p.tok.kind == kwFor {
				p.fail(pos, "dict unpacking cannot be used in dict comprehension")
			}
		} else {
			key := p.expr()
			if p.tok.kind != tokColon {
				p.fail(key.Pos(), "':' expected after dictionary key")
			}
			p.next()
			d.Items = append(d.Items, DictItem{key, p.expr()})
		}
		if !p.got(tokComma) {
			break
		}
	}
	p.wantClose(tokRBrace)
	return d
}

// comprehension parses the clauses behind the element.
func (p *parser) comprehension(pos Position, kind CompKind, key, elem Expr) Expr {
	if s, ok := elem.(*Starred); ok {
		p.fail(s.Pos(), "iterable unpacking cannot be used in comprehension")
	}
	c := &Comprehension{exprNode: at(pos), Kind: kind, Key: key, Elem: elem}
	for p.tok.kind == kwFor || p.tok.kind == kwAsync {
		p.want(kwFor)
		cl := CompClause{Target: p.targetList()}
		p.want(kwIn)
		cl.Iter = p.or()
		for p.got(kwIf) {
			cl.Conds = append(cl.Conds, p.or())
		}
		c.Clauses = append(c.Clauses, cl)
	}
	return c
}
