package syntax

import "strings"

// expression reads an expression; cond allows "a if b else c".
func (p *parser) expression(cond bool) Expr {
	p.enter()
	defer p.leave()
	if cond {
		return p.condExpr()
	}
	return p.or()
}

func (p *parser) condExpr() Expr {
	line := p.cur.line
	e := p.or()
	for n := 0; p.skipName("if"); n++ {
		p.chain(n)
		c := &CondExpr{At: At(line), Then: e, Test: p.or()}
		if p.skipName("else") {
			p.enter()
			c.Else = p.condExpr()
			p.leave()
		}
		e = c
		line = p.cur.line
	}
	return e
}

// chain counts the operators of one level: they nest to the left, so a long
// chain is as deep a tree as brackets would make.
func (p *parser) chain(n int) {
	if n > maxChain {
		p.fail(p.cur.line, "expression has more than %d operators in a row", maxChain)
	}
}

func (p *parser) or() Expr {
	line := p.cur.line
	left := p.and()
	for n := 0; p.skipName("or"); n++ {
		p.chain(n)
		left = &Logic{At: At(line), Or: true, Left: left, Right: p.and()}
		line = p.cur.line
	}
	return left
}

func (p *parser) and() Expr {
	line := p.cur.line
	left := p.not()
	for n := 0; p.skipName("and"); n++ {
		p.chain(n)
		left = &Logic{At: At(line), Left: left, Right: p.not()}
		line = p.cur.line
	}
	return left
}

func (p *parser) not() Expr {
	if !p.cur.isName("not") {
		return p.compare()
	}
	line := p.next().line
	p.enter()
	defer p.leave()
	return &Not{At: At(line), Node: p.not()}
}

func (p *parser) compare() Expr {
	line := p.cur.line
	e := p.math1()
	var ops []Operand
	for {
		op, ok := p.compareOp()
		if !ok {
			break
		}
		ops = append(ops, Operand{Op: op, Expr: p.math1()})
		line = p.cur.line
	}
	if ops == nil {
		return e
	}
	return &Compare{At: At(line), Expr: e, Ops: ops}
}

// compareOp reads a comparison operator if there is one.
func (p *parser) compareOp() (CompareOp, bool) {
	op := Eq
	switch p.cur.kind {
	case tokEq:
	case tokNe:
		op = Ne
	case tokGt:
		op = Gt
	case tokGtEq:
		op = Ge
	case tokLt:
		op = Lt
	case tokLtEq:
		op = Le
	default:
		if p.skipName("in") {
			return In, true
		}
		if p.cur.isName("not") && p.look().isName("in") {
			p.next()
			p.next()
			return NotIn, true
		}
		return 0, false
	}
	p.next()
	return op, true
}

func (p *parser) math1() Expr {
	line := p.cur.line
	left := p.concat()
	for n := 0; p.cur.kind == tokAdd || p.cur.kind == tokSub; n++ {
		p.chain(n)
		op := Add
		if p.next().kind == tokSub {
			op = Sub
		}
		left = &Binary{At: At(line), Op: op, Left: left, Right: p.concat()}
		line = p.cur.line
	}
	return left
}

func (p *parser) concat() Expr {
	line := p.cur.line
	first := p.math2()
	if p.cur.kind != tokTilde {
		return first
	}
	c := &Concat{At: At(line), Nodes: []Expr{first}}
	for p.skipIf(tokTilde) {
		c.Nodes = append(c.Nodes, p.math2())
	}
	return c
}

func (p *parser) math2() Expr {
	line := p.cur.line
	left := p.pow()
	for n := 0; ; n++ {
		var op BinaryOp
		switch p.cur.kind {
		case tokMul:
			op = Mul
		case tokDiv:
			op = Div
		case tokFloorDiv:
			op = FloorDiv
		case tokMod:
			op = Mod
		default:
			return left
		}
		p.chain(n)
		p.next()
		left = &Binary{At: At(line), Op: op, Left: left, Right: p.pow()}
		line = p.cur.line
	}
}

// pow groups to the left, as Jinja2's parser does.
func (p *parser) pow() Expr {
	line := p.cur.line
	left := p.unary(true)
	for n := 0; p.skipIf(tokPow); n++ {
		p.chain(n)
		left = &Binary{At: At(line), Op: Pow, Left: left, Right: p.unary(true)}
		line = p.cur.line
	}
	return left
}

func (p *parser) unary(withFilter bool) Expr {
	p.enter()
	defer p.leave()
	tok := p.cur
	var e Expr
	switch tok.kind {
	case tokSub, tokAdd:
		p.next()
		e = &Sign{At: At(tok.line), Plus: tok.kind == tokAdd, Node: p.unary(false)}
	default:
		e = p.primary()
	}
	e = p.postfix(e)
	if withFilter {
		e = p.filterExpr(e)
	}
	return e
}

func (p *parser) primary() Expr {
	tok := p.cur
	at := At(tok.line)
	switch tok.kind {
	case tokName:
		p.next()
		switch tok.text {
		case "true", "True":
			return &Const{At: at, Value: true}
		case "false", "False":
			return &Const{At: at, Value: false}
		case "none", "None":
			return &Const{At: at}
		}
		return &Name{At: at, Name: tok.text}
	case tokString:
		p.next()
		return &Const{At: at, Value: p.adjacent(tok.text)}
	case tokInteger, tokFloat:
		p.next()
		return &Const{At: at, Value: tok.value}
	case tokLParen:
		p.next()
		p.enter()
		e := p.tuple(tupleOptions{parens: true})
		p.leave()
		p.expect(tokRParen)
		return e
	case tokLBracket:
		return p.list()
	case tokLBrace:
		return p.dict()
	}
	p.fail(tok.line, "unexpected %s", quote(tok.describe()))
	return nil
}

// adjacent adds the literals that follow one, as in Python.
func (p *parser) adjacent(text string) string {
	if p.cur.kind != tokString {
		return text
	}
	var b strings.Builder
	b.WriteString(text)
	for p.cur.kind == tokString {
		b.WriteString(p.next().text)
	}
	return b.String()
}

// tupleOptions select among the uses of tuple.
type tupleOptions struct {
	// simple reads names and literals only.
	simple bool
	// noCond leaves "if" to the tag around.
	noCond bool
	// parens allows the empty tuple.
	parens bool
}

// tuple reads an expression, or a tuple if there is a comma.
func (p *parser) tuple(opt tupleOptions) Expr {
	line := p.cur.line
	var items []Expr
	isTuple := false
	for {
		if len(items) > 0 {
			p.expect(tokComma)
		}
		if p.tupleEnd() {
			break
		}
		if opt.simple {
			items = append(items, p.primary())
		} else {
			items = append(items, p.expression(!opt.noCond))
		}
		if p.cur.kind != tokComma {
			break
		}
		isTuple = true
		line = p.cur.line
	}
	if !isTuple {
		if len(items) > 0 {
			return items[0]
		}
		if !opt.parens {
			p.fail(p.cur.line, "Expected an expression, got %s", quote(p.cur.describe()))
		}
	}
	return &Tuple{At: At(line), Items: items}
}

// tupleEnd tells whether a comma before the current token was the last. The
// words "in" and "recursive" do not end a tuple: Jinja2 means them to, but its
// test for them never holds.
func (p *parser) tupleEnd() bool {
	switch p.cur.kind {
	case tokVariableEnd, tokBlockEnd, tokRParen:
		return true
	}
	return false
}

func (p *parser) list() Expr {
	l := &List{At: At(p.next().line)}
	for p.cur.kind != tokRBracket {
		if len(l.Items) > 0 {
			p.expect(tokComma)
		}
		if p.cur.kind == tokRBracket {
			break
		}
		l.Items = append(l.Items, p.expression(true))
	}
	p.expect(tokRBracket)
	return l
}

func (p *parser) dict() Expr {
	d := &Dict{At: At(p.next().line)}
	for p.cur.kind != tokRBrace {
		if len(d.Items) > 0 {
			p.expect(tokComma)
		}
		if p.cur.kind == tokRBrace {
			break
		}
		key := p.expression(true)
		p.expect(tokColon)
		d.Items = append(d.Items, Pair{Key: key, Value: p.expression(true)})
	}
	p.expect(tokRBrace)
	return d
}
