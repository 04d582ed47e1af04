package template

import (
	"maps"
	"math/big"
	"slices"

	"provbox/provd/python"
	"provbox/provd/template/syntax"
)

// compiler turns a tree into codes. It follows Jinja2's code generator case by
// case, because what a template means is defined there: which statements a child
// template still runs, where an unknown filter is an error at once and where only
// when it is reached, which scope a name belongs to.
type compiler struct {
	env    *Environment
	tpl    *Template
	blocks []*syntax.Block
	work   work
	// extends counts the extends tags so far; known is set after one at the top
	// level, when the template surely is a child.
	extends    int
	known      bool
	hasExtends bool
	// scopedBlocks tells whether there is any scoped block, inLoop whether this
	// place is inside a loop.
	scopedBlocks, inLoop bool
	// esc is what is known of the escaping at this place.
	esc escapeMode
}

// escapeMode is how values are printed.
type escapeMode uint8

const (
	escapeOff escapeMode = iota
	escapeOn
	// escapeAsk depends on a value known only when the template runs.
	escapeAsk
	// escapeRaw writes a text as it is and refuses everything else: the results
	// of filter blocks and call blocks.
	escapeRaw
)

// funcScope is a code in the making.
type funcScope struct {
	parent *funcScope
	// base is the level of the code's outermost scope: locals of a lower level
	// belong to an enclosing code.
	base  int
	slots map[ident]int
	code  *code
}

func (fs *funcScope) slot(id ident) int {
	n, ok := fs.slots[id]
	if !ok {
		n = len(fs.slots)
		fs.slots[id] = n
		fs.code.slots = n + 1
	}
	return n
}

func (fs *funcScope) ref(id ident) varRef {
	hops := 0
	for id.level < fs.base && fs.parent != nil {
		fs = fs.parent
		hops++
	}
	return varRef{hops: hops, slot: fs.slot(id)}
}

// scope is Jinja2's Frame: what is known while compiling a part of a code.
type scope struct {
	fn  *funcScope
	sym *symbols
	// checkOutput makes output depend on whether the template turned out to be
	// a child.
	checkOutput bool
	// top is set at the top level, also inside if; root only outside of it.
	top, root bool
	// soft is set inside if, where unknown filters are noticed late.
	soft bool
}

// inner is a scope inside s.
func (s *scope) inner() *scope {
	in := &scope{sym: newSymbols(s.sym, s.sym.level+1, s.sym.work), checkOutput: s.checkOutput}
	in.enterFunc(s.fn)
	return in
}

// enterFunc makes the scope a part of fn.
func (s *scope) enterFunc(fn *funcScope) { s.fn, s.sym.fn = fn, fn }

// softened is s itself as the inside of an if sees it.
func (s *scope) softened() *scope {
	c := *s
	c.root = false
	c.soft = true
	return &c
}

// newFunc begins a code whose outermost scope is at level base.
func (c *compiler) newFunc(parent *funcScope, base int, where string, line int) *funcScope {
	return &funcScope{
		parent: parent, base: base, slots: map[ident]int{}, code: &code{tpl: c.tpl, where: where, line: line},
	}
}

// stop is panicked with when the rest of a body can never run.
type stop struct{}

func (c *compiler) fail(line int, msg string) {
	panic(&syntax.Error{Msg: msg, Line: line, Assertion: true})
}

// compile makes a template of a tree. The error is a *syntax.Error.
func compile(env *Environment, name, source string, tree *syntax.Template) (tpl *Template, err error) {
	tpl = &Template{env: env, name: name, source: source, blocks: map[string]*code{}}
	c := &compiler{env: env, tpl: tpl, work: work{left: maxWork}}
	if env.autoescape {
		c.esc = escapeOn
	}
	defer func() {
		// fail unwinds the descent; anything else is a bug and goes on.
		if r := recover(); r != nil {
			e, ok := r.(*syntax.Error)
			if !ok {
				panic(r)
			}
			tpl, err = nil, e
		}
	}()
	c.template(tree)
	return tpl, nil
}

func (c *compiler) template(tree *syntax.Template) {
	seen := map[string]bool{}
	syntax.Walk(tree, func(n syntax.Node) {
		switch n := n.(type) {
		case *syntax.Extends:
			c.hasExtends = true
		case *syntax.Block:
			if seen[n.Name] {
				c.fail(n.Line(), "block "+quoted(n.Name)+" defined twice")
			}
			seen[n.Name] = true
			c.scopedBlocks = c.scopedBlocks || n.Scoped
			c.blocks = append(c.blocks, n)
		}
	})
	fn := c.newFunc(nil, 0, "top-level template code", 1)
	s := &scope{sym: newSymbols(nil, 0, &c.work), top: true, root: true, checkOutput: c.hasExtends}
	s.enterFunc(fn)
	var body []stmt
	if c.work.undeclared(tree.Body, "self")["self"] {
		body = append(body, &selfStmt{slot: fn.slot(s.sym.param("self"))})
	}
	s.sym.analyze(tree)
	body = append(body, c.enter(s)...)
	fn.code.body = append(body, c.body(tree.Body, s)...)
	fn.code.hasExtends = c.hasExtends
	c.tpl.root = fn.code
	for _, b := range c.blocks {
		c.tpl.blocks[b.Name] = c.block(b)
		c.tpl.blockNames = append(c.tpl.blockNames, b.Name)
	}
}

// block compiles the body of a block. A block sees the context, not the scope
// around it.
func (c *compiler) block(b *syntax.Block) *code {
	fn := c.newFunc(nil, 0, "block "+quoted(b.Name), b.Line())
	s := &scope{sym: newSymbols(nil, 0, &c.work)}
	s.enterFunc(fn)
	var body []stmt
	special := c.work.undeclared(b.Body, "self", "super")
	if special["self"] {
		body = append(body, &selfStmt{slot: fn.slot(s.sym.param("self"))})
	}
	if special["super"] {
		body = append(body, &superStmt{slot: fn.slot(s.sym.param("super")), name: b.Name, code: fn.code})
	}
	s.sym.analyze(b)
	body = append(body, c.enter(s)...)
	fn.code.body = append(body, c.body(b.Body, s)...)
	return fn.code
}

// enter gives the locals of a scope their first values.
func (c *compiler) enter(s *scope) []stmt {
	var e enterStmt
	for _, id := range s.sym.order {
		l := s.sym.loads[id]
		slot := s.fn.slot(id)
		switch l.kind {
		case loadResolve:
			e.resolve = append(e.resolve, resolvedSlot{python.NewKey(id.name), slot})
		case loadAlias:
			e.alias = append(e.alias, aliasSlot{s.fn.ref(l.alias), slot})
		case loadUndefined:
			e.clear = append(e.clear, slot)
		}
	}
	if e.resolve == nil && e.alias == nil && e.clear == nil {
		return nil
	}
	return []stmt{&e}
}

// leave makes the locals of a scope undefined again, for macros that saw them.
func (c *compiler) leave(s *scope) []stmt {
	var e enterStmt
	for _, id := range s.sym.order {
		e.clear = append(e.clear, s.fn.slot(id))
	}
	if e.clear == nil {
		return nil
	}
	return []stmt{&e}
}

// body compiles statements up to one after which nothing can run.
func (c *compiler) body(list []syntax.Stmt, s *scope) (out []stmt) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(stop); !ok {
				panic(r)
			}
			out = append(out, &raiseStmt{class: TemplateRuntimeError, msg: "extended multiple times"})
		}
	}()
	for _, n := range list {
		if st := c.stmt(n, s); st != nil {
			out = append(out, st)
		}
	}
	return out
}

func (c *compiler) ref(s *scope, name string) varRef {
	id, ok := s.sym.find(name)
	if !ok {
		// The analysis saw every name of the scope; this would be a bug in it.
		id = s.sym.param(name)
	}
	return s.fn.ref(id)
}

// assigned are the names that one scope assigns. Everything compiled in the
// scope shares it, so that a template full of includes stays as small as it is.
type assigned struct{ names []namedSlot }

// outerAssigned is an assigned of a scope hops codes further out.
type outerAssigned struct {
	hops int
	*assigned
}

// locals gives the names that an included template or a scoped block sees
// besides the context, innermost scope first.
func (c *compiler) locals(s *scope) []outerAssigned {
	var all []outerAssigned
	hops, fn := 0, s.fn
	for sym := s.sym; sym != nil; sym = sym.parent {
		for fn != sym.fn {
			fn = fn.parent
			hops++
		}
		if sym.assigned == nil {
			sym.assigned = &assigned{}
			for _, name := range slices.Sorted(maps.Keys(sym.stores)) {
				if id, ok := sym.own(name); ok {
					sym.assigned.names = append(sym.assigned.names, namedSlot{name, fn.slot(id)})
				}
			}
		}
		if len(sym.assigned.names) > 0 {
			all = append(all, outerAssigned{hops, sym.assigned})
		}
	}
	return all
}

// position is the place of a node as messages have it.
func (c *compiler) position(n syntax.Node) string {
	p := "line " + itoa(n.Line())
	if c.tpl.name != "" {
		p += " in " + quoted(c.tpl.name)
	}
	return p
}

// constant makes the value of a literal.
func constant(v any) python.Value {
	switch v := v.(type) {
	case bool:
		return python.Bool(v)
	case string:
		return python.Str(v)
	case int64:
		return python.Int(v)
	case float64:
		return python.Float(v)
	case *big.Int:
		return python.NewBigInt(v)
	}
	return python.None
}
