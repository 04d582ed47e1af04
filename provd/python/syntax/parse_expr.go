package syntax

// exprListOrYield parses what may stand on the right of an assignment.
func (p *parser) exprListOrYield() Expr {
	if p.tok.kind == kwYield {
		return p.yield()
	}
	return p.exprList()
}

// value refuses a starred expression that is not part of a tuple.
func (p *parser) value(x Expr) Expr {
	if s, ok := x.(*Starred); ok {
		p.fail(s.Pos(), "can't use starred expression here")
	}
	return x
}

// exprList parses expressions separated by commas, with stars: several of them,
// or one with a comma behind it, are a tuple.
func (p *parser) exprList() Expr {
	pos := p.tok.pos
	x := p.starOrExpr()
	if p.tok.kind != tokComma {
		return x
	}
	elems := []Expr{x}
	for p.got(tokComma) && p.startsExpr() {
		elems = append(elems, p.starOrExpr())
	}
	return &Tuple{at(pos), elems}
}

// startsExpr reports whether the current token can begin an expression.
func (p *parser) startsExpr() bool {
	switch p.tok.kind {
	case tokName, tokInt, tokFloat, tokString, tokLParen, tokLBrack, tokLBrace, tokEllipsis,
		tokPlus, tokMinus, tokStar, tokTilde, kwFalse, kwNone, kwTrue, kwLambda, kwNot, kwAwait:
		return true
	}
	return false
}

// starOrExpr parses "*x" or an expression.
func (p *parser) starOrExpr() Expr {
	if p.tok.kind == tokStar {
		pos := p.tok.pos
		p.next()
		return &Starred{at(pos), p.bitOr()}
	}
	return p.expr()
}

// starOrNamed parses "*x" or an expression with an optional walrus.
func (p *parser) starOrNamed() Expr {
	if p.tok.kind == tokStar {
		return p.starOrExpr()
	}
	return p.named()
}

// starOrExprNoCompare parses one assignment target: no operators, so that an
// "in" behind it is left alone.
func (p *parser) starOrExprNoCompare() Expr {
	if p.tok.kind == tokStar {
		pos := p.tok.pos
		p.next()
		return &Starred{at(pos), p.bitOr()}
	}
	return p.bitOr()
}

// targetList parses the targets of a for loop or comprehension, up to "in".
func (p *parser) targetList() Expr {
	pos := p.tok.pos
	x := p.starOrExprNoCompare()
	if p.tok.kind == tokComma {
		elems := []Expr{x}
		for p.got(tokComma) && p.startsExpr() {
			elems = append(elems, p.starOrExprNoCompare())
		}
		x = &Tuple{at(pos), elems}
	} else if s, ok := x.(*Starred); ok {
		p.fail(s.Pos(), "starred assignment target must be in a list or tuple")
	}
	p.checkTarget(x)
	return x
}

// named parses "name := expr" or an expression.
func (p *parser) named() Expr {
	x := p.expr()
	if p.tok.kind != tokWalrus {
		return x
	}
	id, ok := x.(*Ident)
	if !ok {
		p.fail(x.Pos(), "cannot use assignment expressions with %s", describe(x))
	}
	p.checkTarget(x)
	p.next()
	return &Walrus{at(x.Pos()), id, p.expr()}
}

func (p *parser) yield() Expr {
	p.enter()
	defer p.leave()
	pos := p.tok.pos
	p.next()
	if p.got(kwFrom) {
		return &YieldFrom{at(pos), p.expr()}
	}
	y := &Yield{exprNode: at(pos)}
	if p.startsExpr() {
		y.Value = p.value(p.exprList())
	}
	return y
}

// expr parses a conditional expression or lambda.
func (p *parser) expr() Expr {
	p.enter()
	defer p.leave()
	if p.tok.kind == kwLambda {
		return p.lambda()
	}
	x := p.or()
	if p.tok.kind != kwIf {
		return x
	}
	p.next()
	cond := p.or()
	if p.tok.kind != kwElse {
		p.fail(x.Pos(), "expected 'else' after 'if' expression")
	}
	p.next()
	return &Conditional{at(x.Pos()), cond, x, p.expr()}
}

func (p *parser) lambda() Expr {
	l := &Lambda{exprNode: at(p.tok.pos)}
	p.next()
	l.Params = p.params(tokColon)
	p.want(tokColon)
	l.Body = p.expr()
	return l
}

func (p *parser) or() Expr {
	x := p.and()
	if p.tok.kind != kwOr {
		return x
	}
	b := &BoolOp{exprNode: at(x.Pos()), Operands: []Expr{x}}
	for p.got(kwOr) {
		b.Operands = append(b.Operands, p.and())
	}
	return b
}

func (p *parser) and() Expr {
	x := p.not()
	if p.tok.kind != kwAnd {
		return x
	}
	b := &BoolOp{exprNode: at(x.Pos()), And: true, Operands: []Expr{x}}
	for p.got(kwAnd) {
		b.Operands = append(b.Operands, p.not())
	}
	return b
}

func (p *parser) not() Expr {
	if p.tok.kind != kwNot {
		return p.comparison()
	}
	p.enter()
	defer p.leave()
	pos := p.tok.pos
	p.next()
	return &Unary{at(pos), Not, p.not()}
}

func (p *parser) comparison() Expr {
	x := p.bitOr()
	op, ok := p.compareOp()
	if !ok {
		return x
	}
	c := &Compare{exprNode: at(x.Pos()), First: x}
	for ok {
		c.Ops = append(c.Ops, op)
		c.Rest = append(c.Rest, p.bitOr())
		op, ok = p.compareOp()
	}
	return c
}

// compareOp consumes a comparison operator if there is one.
func (p *parser) compareOp() (Operator, bool) {
	var op Operator
	switch p.tok.kind {
	case tokEQ:
		op = Eq
	case tokNE:
		op = Ne
	case tokLT:
		op = Lt
	case tokLE:
		op = Le
	case tokGT:
		op = Gt
	case tokGE:
		op = Ge
	case kwIn:
		op = In
	case kwIs:
		if p.next(); p.got(kwNot) {
			return IsNot, true
		}
		return Is, true
	case kwNot:
		if p.peek() != kwIn {
			return 0, false
		}
		p.next()
		op = NotIn
	default:
		return 0, false
	}
	p.next()
	return op, true
}

// binary operators by precedence, loosest first.
var binaryLevels = [...]map[kind]Operator{
	{tokPipe: BitOr},
	{tokCaret: BitXor},
	{tokAmp: BitAnd},
	{tokLShift: LShift, tokRShift: RShift},
	{tokPlus: Add, tokMinus: Sub},
	{tokStar: Mul, tokSlash: Div, tokSlashSlash: FloorDiv, tokPercent: Mod, tokAt: MatMul},
}

// bitOr parses everything that binds tighter than a comparison.
func (p *parser) bitOr() Expr { return p.binary(0) }

func (p *parser) binary(level int) Expr {
	if level == len(binaryLevels) {
		return p.factor()
	}
	x := p.binary(level + 1)
	for {
		op, ok := binaryLevels[level][p.tok.kind]
		if !ok {
			return x
		}
		p.next()
		x = &Binary{at(x.Pos()), op, x, p.binary(level + 1)}
	}
}

func (p *parser) factor() Expr {
	var op Operator
	switch p.tok.kind {
	case tokPlus:
		op = Plus
	case tokMinus:
		op = Neg
	case tokTilde:
		op = Invert
	default:
		return p.power()
	}
	p.enter()
	defer p.leave()
	pos := p.tok.pos
	p.next()
	return &Unary{at(pos), op, p.factor()}
}

func (p *parser) power() Expr {
	x := p.primary()
	if p.tok.kind != tokStarStar {
		return x
	}
	p.enter()
	defer p.leave()
	p.next()
	return &Binary{at(x.Pos()), Pow, x, p.factor()}
}
