package template

import (
	"provbox/provd/python"
	"provbox/provd/template/syntax"
)

func (c *compiler) exprs(list []syntax.Expr, s *scope) []expr {
	if len(list) == 0 {
		return nil
	}
	out := make([]expr, len(list))
	for i, e := range list {
		out[i] = c.expr(e, s)
	}
	return out
}

func (c *compiler) optional(e syntax.Expr, s *scope) expr {
	if e == nil {
		return nil
	}
	return c.expr(e, s)
}

func (c *compiler) expr(e syntax.Expr, s *scope) expr {
	switch e := e.(type) {
	case *syntax.Data:
		return &constExpr{python.Str(e.Text)}
	case *syntax.Const:
		return &constExpr{constant(e.Value)}
	case *syntax.Name:
		return &nameExpr{ref: c.ref(s, e.Name), name: e.Name}
	case *syntax.Tuple:
		return &tupleExpr{c.exprs(e.Items, s)}
	case *syntax.List:
		return &listExpr{c.exprs(e.Items, s)}
	case *syntax.Dict:
		d := &dictExpr{}
		for _, p := range e.Items {
			d.keys = append(d.keys, c.expr(p.Key, s))
			d.values = append(d.values, c.expr(p.Value, s))
		}
		return d
	case *syntax.CondExpr:
		return c.condExpr(e, s)
	case *syntax.Filter:
		return c.filter(e, s)
	case *syntax.Test:
		return c.test(e, s)
	case *syntax.Call:
		return c.call(e, s)
	case *syntax.Getattr:
		return c.getattr(e, s)
	case *syntax.Getitem:
		return c.getitem(e, s)
	case *syntax.Concat:
		// A place whose escaping is not known yet joins plain texts.
		return &concatExpr{nodes: c.exprs(e.Nodes, s), markup: c.esc == escapeOn}
	}
	return c.operator(e, s)
}

func (c *compiler) operator(e syntax.Expr, s *scope) expr {
	switch e := e.(type) {
	case *syntax.Compare:
		out := &compareExpr{first: c.expr(e.Expr, s)}
		for _, op := range e.Ops {
			out.ops = append(out.ops, operand{compareOps[op.Op], c.expr(op.Expr, s)})
		}
		return out
	case *syntax.Binary:
		return &binaryExpr{op: binaryOps[e.Op], left: c.expr(e.Left, s), right: c.expr(e.Right, s)}
	case *syntax.Logic:
		return &logicExpr{or: e.Or, left: c.expr(e.Left, s), right: c.expr(e.Right, s)}
	case *syntax.Not:
		return &notExpr{c.expr(e.Node, s)}
	case *syntax.Sign:
		op := python.OpNeg
		if e.Plus {
			op = python.OpPos
		}
		return &signExpr{op: op, node: c.expr(e.Node, s)}
	}
	c.fail(e.Line(), "invalid syntax")
	return nil
}

// The operators of the syntax as the object model calls them.
var (
	compareOps = [...]python.CompareOp{
		syntax.Eq: python.OpEq, syntax.Ne: python.OpNe, syntax.Gt: python.OpGt, syntax.Ge: python.OpGe,
		syntax.Lt: python.OpLt, syntax.Le: python.OpLe, syntax.In: python.OpIn, syntax.NotIn: python.OpNotIn,
	}
	binaryOps = [...]python.BinaryOp{
		syntax.Add: python.OpAdd, syntax.Sub: python.OpSub, syntax.Mul: python.OpMul, syntax.Div: python.OpDiv,
		syntax.FloorDiv: python.OpFloorDiv, syntax.Mod: python.OpMod, syntax.Pow: python.OpPow,
	}
)

func (c *compiler) condExpr(e *syntax.CondExpr, s *scope) expr {
	in := s.softened()
	out := &condExpr{test: c.expr(e.Test, in), then: c.expr(e.Then, in)}
	if e.Else != nil {
		out.orElse = c.expr(e.Else, in)
		return out
	}
	out.orElse = &constExpr{&undefined{hint: "the inline if-expression on " + c.position(e) +
		" evaluated to false and no else section was defined."}}
	return out
}

func (c *compiler) getattr(e *syntax.Getattr, s *scope) *getattrExpr {
	out := &getattrExpr{node: c.expr(e.Node, s), key: python.NewKey(e.Attr)}
	out.ofDict, _ = python.DictClass.Lookup(e.Attr)
	return out
}

func (c *compiler) getitem(e *syntax.Getitem, s *scope) expr {
	node := c.expr(e.Node, s)
	if sl, ok := e.Arg.(*syntax.Slice); ok {
		return &sliceExpr{
			node: node, start: c.optional(sl.Start, s), stop: c.optional(sl.Stop, s), step: c.optional(sl.Step, s),
		}
	}
	out := &getitemExpr{node: node, arg: c.expr(e.Arg, s)}
	if k, ok := out.arg.(*constExpr); ok {
		if text, ok := k.value.(python.Str); ok {
			_, taken := python.DictClass.Lookup(string(text))
			out.text, out.key = !taken, python.NewKey(string(text))
		}
	}
	return out
}

func (c *compiler) arguments(a *syntax.Args, s *scope) arguments {
	out := arguments{pos: c.exprs(a.Pos, s), star: c.optional(a.DynArgs, s), dict: c.optional(a.DynKwargs, s)}
	seen := map[string]bool{}
	for _, k := range a.Kwargs {
		if seen[k.Name] {
			c.fail(k.Value.Line(), "keyword argument repeated: "+k.Name)
		}
		seen[k.Name] = true
		out.kwargs = append(out.kwargs, keyword{k.Name, c.expr(k.Value, s)})
	}
	return out
}

func (c *compiler) call(e *syntax.Call, s *scope) *callExpr {
	out := &callExpr{args: c.arguments(&e.Args, s)}
	if g, ok := e.Node.(*syntax.Getattr); ok {
		out.method = c.getattr(g, s)
	} else {
		out.node = c.expr(e.Node, s)
	}
	return out
}

func (c *compiler) filter(e *syntax.Filter, s *scope) expr {
	fn := c.env.filters[e.Name]
	if fn == nil {
		fn = c.missing("filter", e.Name, e, s)
	}
	out := &filterExpr{name: e.Name, fn: fn, args: c.arguments(&e.Args, s)}
	if e.Node != nil {
		out.node = c.expr(e.Node, s)
	} else {
		out.node = &bufferExpr{escape: c.esc}
	}
	plain := len(e.Pos) == 0 && len(e.Kwargs) == 0 && e.DynArgs == nil && e.DynKwargs == nil
	out.escapes = plain && (e.Name == "e" || e.Name == "escape") && !c.env.replaced[e.Name]
	return out
}

func (c *compiler) test(e *syntax.Test, s *scope) expr {
	fn := c.env.tests[e.Name]
	if fn == nil {
		fn = c.missing("test", e.Name, e, s)
	}
	return &filterExpr{name: e.Name, test: true, fn: fn, node: c.expr(e.Node, s), args: c.arguments(&e.Args, s)}
}

// missing stands for a filter or test that does not exist. Inside an if that is
// an error only when it is reached.
func (c *compiler) missing(kind, name string, n syntax.Node, s *scope) function {
	if !s.soft {
		c.fail(n.Line(), "No "+kind+" named "+quoted(name)+".")
	}
	return func(*invocation) (python.Value, error) {
		return nil, python.Raise(TemplateRuntimeError, "No %s named %s found.", kind, quoted(name))
	}
}
