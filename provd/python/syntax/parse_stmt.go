package syntax

import "strings"

// stmt parses one logical line or compound statement and appends it to list.
func (p *parser) stmt(list []Stmt) []Stmt {
	p.enter()
	defer p.leave()
	if st := p.compound(); st != nil {
		p.future = false
		return append(list, st)
	}
	for {
		st := p.simple()
		list = append(list, st)
		if !p.isFuture(st) {
			p.future = false
		}
		if !p.got(tokSemi) {
			break
		}
		if p.tok.kind == tokNewline {
			break
		}
	}
	if p.tok.kind == tokEOF {
		return list
	}
	if x, ok := list[len(list)-1].(*ExprStmt); ok && p.tok.kind != tokNewline {
		if p.tok.kind == tokColon && matchSubject(x.X) {
			p.fail(x.Pos(), "match statements are not supported")
		}
		if id, ok := x.X.(*Ident); ok && (id.Name == "print" || id.Name == "exec") && p.startsExpr() {
			p.fail(x.Pos(), "Missing parentheses in call to '%s'. Did you mean %s(...)?", id.Name, id.Name)
		}
	}
	p.want(tokNewline)
	return list
}

// isFuture reports whether a statement may stand before a __future__ import: a
// string (the docstring) or another such import.
func (p *parser) isFuture(st Stmt) bool {
	switch st := st.(type) {
	case *ExprStmt:
		c, ok := st.X.(*Const)
		return ok && c.Kind == ConstStr
	case *ImportFrom:
		return st.Future
	}
	return false
}

// matchSubject recognises "match (x)" or "match [x]", parsed as an expression.
func matchSubject(x Expr) bool {
	switch y := x.(type) {
	case *Call:
		x = y.Func
	case *Subscript:
		x = y.Value
	default:
		return false
	}
	id, ok := x.(*Ident)
	return ok && id.Name == "match"
}

// simple parses a statement without a block, without its line end.
func (p *parser) simple() Stmt {
	node := stAt(p.tok.pos)
	switch p.tok.kind {
	case kwPass:
		p.next()
		return &Pass{node}
	case kwBreak:
		p.next()
		return &Break{node}
	case kwContinue:
		p.next()
		return &Continue{node}
	case kwReturn:
		p.next()
		st := &Return{stmtNode: node}
		if !p.atLineEnd() {
			st.Value = p.value(p.exprList())
		}
		return st
	case kwRaise:
		return p.raise()
	case kwGlobal:
		p.next()
		return &Global{node, p.names()}
	case kwNonlocal:
		p.next()
		return &Nonlocal{node, p.names()}
	case kwDel:
		return p.del()
	case kwAssert:
		p.next()
		st := &Assert{stmtNode: node, Test: p.expr()}
		if p.got(tokComma) {
			st.Msg = p.expr()
		}
		return st
	case kwImport:
		return p.importStmt()
	case kwFrom:
		return p.importFrom()
	case tokName:
		if p.text() == "match" && p.startsOperand(p.peek()) {
			p.fail(p.tok.pos, "match statements are not supported")
		}
	}
	return p.exprStmt()
}

// startsOperand reports whether a token after the name "match" can only begin
// the subject of a match statement.
func (p *parser) startsOperand(k kind) bool {
	switch k {
	case tokName, tokInt, tokFloat, tokString, kwNot, kwNone, kwTrue, kwFalse, kwLambda, tokTilde, tokLBrace:
		return true
	}
	return false
}

func (p *parser) atLineEnd() bool {
	return p.tok.kind == tokNewline || p.tok.kind == tokSemi || p.tok.kind == tokEOF
}

func (p *parser) raise() Stmt {
	st := &Raise{stmtNode: stAt(p.tok.pos)}
	p.next()
	if p.atLineEnd() {
		return st
	}
	st.Exc = p.expr()
	if p.got(kwFrom) {
		st.Cause = p.expr()
	}
	return st
}

func (p *parser) names() []*Ident {
	list := []*Ident{p.ident()}
	for p.got(tokComma) {
		list = append(list, p.ident())
	}
	return list
}

func (p *parser) del() Stmt {
	st := &Delete{stmtNode: stAt(p.tok.pos)}
	p.next()
	st.Target = p.exprList()
	p.checkDelete(st.Target)
	return st
}

// augmented maps the assignment operators to their operator.
var augmented = map[kind]Operator{
	tokPlusEq: Add, tokMinusEq: Sub, tokStarEq: Mul, tokSlashEq: Div, tokSlashSlashEq: FloorDiv,
	tokPercentEq: Mod, tokAtEq: MatMul, tokAmpEq: BitAnd, tokPipeEq: BitOr, tokCaretEq: BitXor,
	tokLShiftEq: LShift, tokRShiftEq: RShift, tokStarStarEq: Pow,
}

// exprStmt parses an expression statement or one of the assignments.
func (p *parser) exprStmt() Stmt {
	node := stAt(p.tok.pos)
	paren := p.tok.kind == tokLParen
	x := p.exprListOrYield()
	switch {
	case p.tok.kind == tokAssign:
		return p.assign(node, x)
	case p.tok.kind == tokColon && canAnnotate(x) && !(matchSubject(x) && p.peek() == tokNewline):
		p.next()
		first := p.tok.off
		st := &AnnAssign{stmtNode: node, Target: x, Annotation: p.expr()}
		st.Text = p.src[first:p.toks[p.i-1].end]
		_, name := x.(*Ident)
		st.Simple = name && !paren
		if p.got(tokAssign) {
			st.Value = p.value(p.exprListOrYield())
		}
		return st
	}
	if op, ok := augmented[p.tok.kind]; ok {
		switch x.(type) {
		case *Ident, *Attribute, *Subscript:
		default:
			p.fail(x.Pos(), "'%s' is an illegal expression for augmented assignment", describe(x))
		}
		p.checkTarget(x)
		p.next()
		return &AugAssign{stmtNode: node, Target: x, Op: op, Value: p.value(p.exprListOrYield())}
	}
	if p.tok.kind == tokColon {
		switch x.(type) {
		case *Tuple, *List:
			p.fail(x.Pos(), "only single target (not %s) can be annotated", describe(x))
		}
	}
	return &ExprStmt{node, p.value(x)}
}

func canAnnotate(x Expr) bool {
	switch x.(type) {
	case *Ident, *Attribute, *Subscript:
		return true
	}
	return false
}

func (p *parser) assign(node stmtNode, x Expr) Stmt {
	st := &Assign{stmtNode: node}
	for p.tok.kind == tokAssign {
		if s, ok := x.(*Starred); ok {
			p.fail(s.Pos(), "starred assignment target must be in a list or tuple")
		}
		p.checkTarget(x)
		st.Targets = append(st.Targets, x)
		p.next()
		x = p.exprListOrYield()
	}
	st.Value = p.value(x)
	return st
}

func (p *parser) dotted() string {
	var b strings.Builder
	b.WriteString(p.ident().Name)
	for p.got(tokDot) {
		b.WriteByte('.')
		b.WriteString(p.ident().Name)
	}
	return b.String()
}

func (p *parser) importStmt() Stmt {
	st := &Import{stmtNode: stAt(p.tok.pos)}
	p.next()
	for {
		pos := p.tok.pos
		n := ImportName{Module: p.dotted()}
		if p.got(kwAs) {
			n.As = true
			n.Bound = p.ident()
		} else {
			first, _, _ := strings.Cut(n.Module, ".")
			n.Bound = &Ident{exprNode: at(pos), Name: first}
		}
		st.Names = append(st.Names, n)
		if !p.got(tokComma) {
			return st
		}
	}
}

func (p *parser) importFrom() Stmt {
	st := &ImportFrom{stmtNode: stAt(p.tok.pos)}
	p.next()
	for p.tok.kind == tokDot || p.tok.kind == tokEllipsis {
		st.Level += int(p.tok.end - p.tok.off)
		p.next()
	}
	if p.tok.kind == tokName || st.Level == 0 {
		st.Module = p.dotted()
	}
	p.want(kwImport)
	if p.got(tokStar) {
		st.Star = true
		return st
	}
	paren := p.got(tokLParen)
	for {
		n := FromName{Pos: p.tok.pos, Bound: p.ident()}
		n.Name = n.Bound.Name
		if p.got(kwAs) {
			n.Bound = p.ident()
		}
		st.Names = append(st.Names, n)
		if !p.got(tokComma) {
			break
		}
		if paren && p.tok.kind == tokRParen {
			break
		}
		if !paren && p.tok.kind == tokNewline {
			p.fail(p.tok.pos, "trailing comma not allowed without surrounding parentheses")
		}
	}
	if paren {
		p.want(tokRParen)
	}
	if st.Module == "__future__" && st.Level == 0 {
		p.checkFuture(st)
	}
	return st
}

// checkFuture accepts the features that Python 3.11 knows. All of them are
// mandatory there, or (annotations) describe what this dialect always does.
func (p *parser) checkFuture(st *ImportFrom) {
	if !p.future {
		p.fail(st.Pos(), "from __future__ imports must occur at the beginning of the file")
	}
	st.Future = true
	for _, n := range st.Names {
		switch n.Name {
		case "annotations", "nested_scopes", "generators", "division", "absolute_import",
			"with_statement", "print_function", "unicode_literals", "generator_stop":
		default:
			p.fail(n.Pos, "future feature %s is not defined", clip(n.Name))
		}
	}
}
