package syntax

// Kind implements Expr.
func (*Data) Kind() string { return "templatedata" }

// Kind implements Expr.
func (*Const) Kind() string { return "const" }

// Kind implements Expr.
func (*Name) Kind() string { return "name" }

// Kind implements Expr.
func (*NSRef) Kind() string { return "nsref" }

// Kind implements Expr.
func (*Tuple) Kind() string { return "tuple" }

// Kind implements Expr.
func (*List) Kind() string { return "list" }

// Kind implements Expr.
func (*Dict) Kind() string { return "dict" }

// Kind implements Expr.
func (*CondExpr) Kind() string { return "condexpr" }

// Kind implements Expr.
func (*Filter) Kind() string { return "filter" }

// Kind implements Expr.
func (*Test) Kind() string { return "test" }

// Kind implements Expr.
func (*Call) Kind() string { return "call" }

// Kind implements Expr.
func (*Getattr) Kind() string { return "getattr" }

// Kind implements Expr.
func (*Getitem) Kind() string { return "getitem" }

// Kind implements Expr.
func (*Slice) Kind() string { return "slice" }

// Kind implements Expr.
func (*Concat) Kind() string { return "concat" }

// Kind implements Expr.
func (*Compare) Kind() string { return "compare" }

// Kind implements Expr.
func (b *Binary) Kind() string {
	return [...]string{"add", "sub", "mul", "div", "floordiv", "mod", "pow"}[b.Op]
}

// Kind implements Expr.
func (l *Logic) Kind() string {
	if l.Or {
		return "or"
	}
	return "and"
}

// Kind implements Expr.
func (*Not) Kind() string { return "not" }

// Kind implements Expr.
func (s *Sign) Kind() string {
	if s.Plus {
		return "pos"
	}
	return "neg"
}
