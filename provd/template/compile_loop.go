package template

import (
	"provbox/provd/template/syntax"
)

// forStmt compiles a loop. A recursive one is a code of its own that calls
// itself; any other runs in the code around it.
func (c *compiler) forStmt(n *syntax.For, s *scope) stmt {
	body, test, orElse := s.inner(), s.inner(), s.inner()
	extended := n.Recursive || c.work.undeclared(n.Body, "loop")["loop"] || c.scopedBlocks && c.hasScopedBlock(n)
	if extended {
		body.sym.param("loop")
	}
	body.sym.analyzeLoopBody(n)
	if n.Else != nil {
		orElse.sym.analyzeLoopElse(n)
	}
	l := &loop{line: n.Line()}
	// The filter is a function beside the loop, also when the loop is one.
	if n.Test != nil {
		test.sym.analyzeLoopTest(n)
		l.filter = c.loopFilter(n, test, s)
	}
	st := &forStmt{loop: l, iter: nil}
	if n.Recursive {
		fn := c.newFunc(s.fn, body.sym.level, "loop", n.Line())
		body.enterFunc(fn)
		orElse.enterFunc(fn)
		st.code = fn.code
	}
	// The outermost loop has been looked through for all those inside.
	outermost := !c.inLoop
	if outermost {
		c.checkLoopName(n)
	}
	c.inLoop = true
	l.target = c.pattern(n.Target, body)
	if extended {
		id, _ := body.sym.find("loop")
		l.extended, l.loopSlot = true, body.fn.slot(id)
	}
	st.iter = c.expr(n.Iter, s)
	l.body = append(c.enter(body), c.body(n.Body, body)...)
	l.after = c.leave(body)
	if n.Else != nil {
		l.orElse = append(c.enter(orElse), c.body(n.Else, orElse)...)
		l.orElse = append(l.orElse, c.leave(orElse)...)
		l.hasElse = true
	}
	if st.code != nil {
		l.markup = c.esc
	}
	if outermost {
		c.inLoop = false
	}
	return st
}

func (c *compiler) hasScopedBlock(n syntax.Node) bool {
	found := false
	syntax.Walk(n, func(n syntax.Node) {
		c.work.spend(1)
		if b, ok := n.(*syntax.Block); ok && b.Scoped {
			found = true
		}
	})
	return found
}

// checkLoopName refuses an assignment to loop anywhere inside a loop.
func (c *compiler) checkLoopName(n *syntax.For) {
	syntax.Walk(n, func(n syntax.Node) {
		if name, ok := n.(*syntax.Name); ok && name.Ctx == syntax.Store && name.Name == "loop" {
			c.fail(name.Line(), "Can't assign to special loop variable in for-loop target")
		}
	})
}

func (c *compiler) loopFilter(n *syntax.For, test, s *scope) *loopFilter {
	fn := c.newFunc(s.fn, test.sym.level, "template", n.Test.Line())
	test.enterFunc(fn)
	lf := &loopFilter{code: fn.code}
	fn.code.body = c.enter(test)
	lf.target = c.pattern(n.Target, test)
	lf.test = c.expr(n.Test, test)
	return lf
}

// macroBody compiles a macro or the body of a call block.
func (c *compiler) macroBody(name string, n syntax.Node, args []*syntax.Name, defaults []syntax.Expr,
	body []syntax.Stmt, s *scope,
) *macroDef {
	where := "template"
	if name != "" {
		where = "macro " + quoted(name)
	}
	in := s.inner()
	// Macros run when they are called, whatever the template turned out to be.
	in.checkOutput = false
	in.enterFunc(c.newFunc(s.fn, in.sym.level, where, n.Line()))
	in.sym.analyze(n)
	def := &macroDef{name: name, anonymous: name == "", code: in.fn.code}
	explicitCaller, special := -1, map[string]bool{}
	for i, a := range args {
		if _, dup := in.fn.slots[ident{in.sym.level, a.Name}]; dup {
			c.fail(a.Line(), "duplicate argument "+quoted(a.Name)+" in function definition")
		}
		if a.Name == "caller" {
			explicitCaller = i
		}
		special[a.Name] = true
		def.args = append(def.args, a.Name)
		in.fn.slot(in.sym.refs[a.Name])
	}
	found := c.work.undeclared(body, "caller", "kwargs", "varargs")
	if found["caller"] {
		if explicitCaller < 0 {
			in.fn.slot(in.sym.param("caller"))
		} else if explicitCaller < len(args)-len(defaults) {
			c.fail(n.Line(), "When defining macros or call blocks the "+
				"special \"caller\" argument must be omitted or be given a default.")
		}
		def.caller = true
	}
	def.explicitCaller = explicitCaller >= 0
	if found["kwargs"] && !special["kwargs"] {
		in.fn.slot(in.sym.param("kwargs"))
		def.catchKwargs = true
	}
	if found["varargs"] && !special["varargs"] {
		in.fn.slot(in.sym.param("varargs"))
		def.catchVarargs = true
	}
	in.sym.analyze(n)
	code := append(c.enter(in), c.defaults(args, defaults, n, in)...)
	in.fn.code.body = append(code, c.body(body, in)...)
	return def
}

// defaults fills in the arguments that a call left out, in order, so that one
// default may use the arguments before it.
func (c *compiler) defaults(args []*syntax.Name, defaults []syntax.Expr, n syntax.Node, in *scope) []stmt {
	var out []stmt
	for i, a := range args {
		d := &defaultStmt{line: n.Line(), slot: in.fn.slot(in.sym.refs[a.Name]), name: a.Name}
		if k := i - len(args) + len(defaults); k >= 0 {
			d.value = c.expr(defaults[k], in)
		}
		out = append(out, d)
	}
	return out
}
