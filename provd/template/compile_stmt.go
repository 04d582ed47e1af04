package template

import (
	"strings"

	"provbox/provd/template/syntax"
)

// stmt compiles a statement; nil means that it does nothing here.
func (c *compiler) stmt(n syntax.Stmt, s *scope) stmt {
	line := n.Line()
	switch n := n.(type) {
	case *syntax.Output:
		return c.output(n, s)
	case *syntax.If:
		return c.ifStmt(n, s)
	case *syntax.For:
		return c.forStmt(n, s)
	case *syntax.Assign:
		target := c.target(n.Target, s)
		return &assignStmt{line: line, target: target, value: c.expr(n.Value, s)}
	case *syntax.AssignBlock:
		return c.assignBlock(n, s)
	case *syntax.Block:
		return c.blockStmt(n, s)
	case *syntax.Extends:
		return c.extendsStmt(n, s)
	case *syntax.Include:
		return &includeStmt{
			line: line, template: c.expr(n.Template, s), selecting: selecting(n.Template),
			ignoreMissing: n.IgnoreMissing, withContext: n.WithContext, locals: c.locals(s),
		}
	case *syntax.Import:
		return c.importStmt(n, s)
	case *syntax.FromImport:
		return c.fromImport(n, s)
	case *syntax.Macro:
		m := c.macroBody(n.Name, n, n.Args, n.Defaults, n.Body, s)
		return &macroStmt{line: line, def: m, ref: c.ref(s, n.Name), toContext: s.top}
	case *syntax.CallBlock:
		m := c.macroBody("", n, n.Args, n.Defaults, n.Body, s)
		call := c.call(n.Call, s)
		call.caller = m
		return &outputStmt{items: []outItem{{line: line, expr: call, escape: escapeRaw}}}
	case *syntax.FilterBlock:
		return c.filterBlock(n, s)
	case *syntax.With:
		return c.withStmt(n, s)
	case *syntax.Autoescape:
		return c.autoescape(n, s)
	}
	c.fail(line, "unknown statement")
	return nil
}

func (c *compiler) output(n *syntax.Output, s *scope) stmt {
	if s.checkOutput && c.known {
		return nil
	}
	out := &outputStmt{check: s.checkOutput}
	var texts []string
	flush := func() {
		if len(texts) > 0 {
			out.items = append(out.items, outItem{text: strings.Join(texts, "")})
			texts = nil
		}
	}
	// Jinja2 prints literals while it compiles, so those in a place whose escaping
	// is not known yet stay as they are.
	for _, e := range n.Nodes {
		if text, ok := constantText(e); ok && c.esc != escapeOn || isData(e) {
			texts = append(texts, text)
			continue
		}
		flush()
		item := outItem{line: e.Line(), expr: c.expr(e, s), escape: c.esc}
		// The text of x|e is printed without making a Markup of it first.
		if f, ok := item.expr.(*filterExpr); ok && f.escapes && c.esc == escapeOff {
			item.expr, item.escape = f.node, escapeOn
		}
		out.items = append(out.items, item)
	}
	flush()
	return out
}

func isData(e syntax.Expr) bool {
	_, ok := e.(*syntax.Data)
	return ok
}

// constantText gives the output of data and of string literals.
func constantText(e syntax.Expr) (string, bool) {
	switch e := e.(type) {
	case *syntax.Data:
		return e.Text, true
	case *syntax.Const:
		text, ok := e.Value.(string)
		return text, ok
	}
	return "", false
}

func (c *compiler) ifStmt(n *syntax.If, s *scope) stmt {
	in := s.softened()
	st := &ifStmt{branches: []branch{{n.Line(), c.expr(n.Test, in), c.body(n.Body, in)}}}
	for _, e := range n.Elif {
		st.branches = append(st.branches, branch{e.Line(), c.expr(e.Test, in), c.body(e.Body, in)})
	}
	st.orElse = c.body(n.Else, in)
	return st
}

func (c *compiler) assignBlock(n *syntax.AssignBlock, s *scope) stmt {
	in := s.inner()
	// A set block always captures, also in a child template.
	in.checkOutput = false
	in.sym.analyze(n)
	st := &assignBlockStmt{line: n.Line()}
	st.body = append(c.enter(in), c.body(n.Body, in)...)
	st.target = c.target(n.Target, s)
	if n.Filter != nil {
		st.filter = c.expr(n.Filter, in)
	}
	st.after = c.leave(in)
	return st
}

// target compiles what a statement assigns to.
func (c *compiler) target(e syntax.Expr, s *scope) target {
	t := c.pattern(e, s)
	if s.top {
		seen := map[string]bool{}
		record := func(n syntax.Node) {
			if name, ok := n.(*syntax.Name); ok && !seen[name.Name] {
				seen[name.Name] = true
				t.toContext = append(t.toContext, namedRef{name.Name, c.ref(s, name.Name)})
			}
		}
		record(e)
		syntax.Walk(e, record)
	}
	return t
}

// pattern compiles a target without telling the context of it.
func (c *compiler) pattern(e syntax.Expr, s *scope) target {
	switch e := e.(type) {
	case *syntax.Name:
		return target{ref: c.ref(s, e.Name)}
	case *syntax.NSRef:
		return target{ref: c.ref(s, e.Name), attr: e.Attr}
	case *syntax.Tuple:
		t := target{isTuple: true}
		for _, item := range e.Items {
			t.items = append(t.items, c.pattern(item, s))
		}
		return t
	}
	c.fail(e.Line(), "can't assign to "+quoted(e.Kind()))
	return target{}
}

func (c *compiler) blockStmt(n *syntax.Block, s *scope) stmt {
	st := &blockStmt{line: n.Line(), name: n.Name, required: n.Required}
	if s.top {
		if c.known {
			return nil
		}
		st.check = c.extends > 0
	}
	if n.Scoped {
		st.scoped, st.locals = true, c.locals(s)
	}
	return st
}

func (c *compiler) extendsStmt(n *syntax.Extends, s *scope) stmt {
	if !s.top {
		c.fail(n.Line(), "cannot use extend from a non top-level scope")
	}
	if c.extends > 0 && c.known {
		panic(stop{})
	}
	st := &extendsStmt{line: n.Line(), template: c.expr(n.Template, s), again: c.extends > 0}
	if s.root {
		c.known = true
	}
	c.extends++
	return st
}

// selecting tells how an include finds its template: by one name, by a list, or
// by looking at the value.
func selecting(e syntax.Expr) selectMode {
	switch e := e.(type) {
	case *syntax.Const:
		if _, ok := e.Value.(string); ok {
			return selectName
		}
	case *syntax.Tuple, *syntax.List:
		return selectList
	}
	return selectAny
}

func (c *compiler) importStmt(n *syntax.Import, s *scope) stmt {
	return &importStmt{
		line: n.Line(), template: c.expr(n.Template, s), withContext: n.WithContext, locals: c.locals(s),
		ref: c.ref(s, n.Target), name: n.Target, toContext: s.top,
	}
}

func (c *compiler) fromImport(n *syntax.FromImport, s *scope) stmt {
	st := &fromImportStmt{
		line: n.Line(), template: c.expr(n.Template, s), withContext: n.WithContext, locals: c.locals(s),
		position: c.position(n), toContext: s.top,
	}
	for _, name := range n.Names {
		st.names = append(st.names, importedName{name.Name, name.Alias, c.ref(s, name.Alias)})
	}
	return st
}

func (c *compiler) filterBlock(n *syntax.FilterBlock, s *scope) stmt {
	in := s.inner()
	in.sym.analyze(n)
	st := &filterBlockStmt{line: n.Line()}
	st.body = append(c.enter(in), c.body(n.Body, in)...)
	st.filter = c.expr(n.Filter, in)
	st.after = c.leave(in)
	return st
}

func (c *compiler) withStmt(n *syntax.With, s *scope) stmt {
	in := s.inner()
	in.sym.analyze(n)
	var body []stmt
	for i, t := range n.Targets {
		body = append(body, &assignStmt{line: n.Line(), target: c.pattern(t, in), value: c.expr(n.Values[i], s)})
	}
	body = append(c.enter(in), body...)
	body = append(body, c.body(n.Body, in)...)
	return &groupStmt{body: append(body, c.leave(in)...)}
}

func (c *compiler) autoescape(n *syntax.Autoescape, s *scope) stmt {
	in := s.inner()
	in.sym.analyze(n)
	st := &autoescapeStmt{line: n.Line(), value: c.expr(n.Value, in), before: c.enter(in)}
	saved := c.esc
	if v, ok := n.Value.(*syntax.Const); !ok {
		c.esc = escapeAsk
	} else if truthyConst(v.Value) {
		c.esc = escapeOn
	} else {
		c.esc = escapeOff
	}
	st.body = c.body(n.Body, in)
	c.esc = saved
	st.after = c.leave(in)
	return st
}

func truthyConst(v any) bool {
	switch v := v.(type) {
	case bool:
		return v
	case string:
		return v != ""
	case int64:
		return v != 0
	case float64:
		return v != 0
	}
	return v != nil
}

func quoted(s string) string {
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		return `"` + s + `"`
	}
	return "'" + strings.ReplaceAll(strings.ReplaceAll(s, `\`, `\\`), "'", `\'`) + "'"
}
