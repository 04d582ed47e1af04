package template

import (
	"slices"

	"provbox/provd/template/syntax"
)

// Jinja2 turns every template into Python functions whose locals are named after
// the variable and the depth of its scope, and decides from the order in which a
// name is read and assigned whether it starts as a context variable, as a copy of
// an outer one, or undefined. Templates depend on the outcome ("set" in a loop, a
// macro that reads a variable set after it), so the decision is made here in the
// same order and with the same cases.

// ident is one Python local of the generated code: a name at a depth.
type ident struct {
	level int
	name  string
}

type loadKind uint8

const (
	// loadParam is set by whoever enters the scope.
	loadParam loadKind = iota
	// loadResolve starts with the context's value.
	loadResolve
	// loadAlias starts with the value of an outer local.
	loadAlias
	// loadUndefined starts undefined.
	loadUndefined
)

type load struct {
	kind  loadKind
	alias ident
}

// symbols are the names of one scope.
type symbols struct {
	level  int
	parent *symbols
	// base is the rest of the scope, for the part of it that is a branch.
	base *symbols
	work *work
	// fn is the code that the scope belongs to.
	fn *funcScope
	// assigned is made by locals.
	assigned *assigned
	refs     map[string]ident
	loads    map[ident]load
	order    []ident
	stores   map[string]bool
}

// work is what is left of the steps that the analysis of one template may take.
// Names times branches times nesting would be hours for a source made for it;
// the largest published template takes a few thousand steps.
type work struct{ left int }

const maxWork = 5_000_000

func (w *work) spend(n int) {
	if w.left -= n; w.left < 0 {
		panic(&syntax.Error{Msg: "template has too many names in too many scopes", Line: 1, Assertion: true})
	}
}

func newSymbols(parent *symbols, level int, w *work) *symbols {
	return &symbols{
		level: level, parent: parent, work: w,
		refs: map[string]ident{}, loads: map[ident]load{}, stores: map[string]bool{},
	}
}

// overlay is what a branch of an if adds to s.
func (s *symbols) overlay() *symbols {
	o := newSymbols(s.parent, s.level, s.work)
	o.base = s
	return o
}

// merge takes over what an overlay has added.
func (s *symbols) merge(from *symbols) {
	s.work.spend(len(from.refs) + len(from.order) + len(from.stores))
	for name, id := range from.refs {
		s.refs[name] = id
	}
	for _, id := range from.order {
		s.setLoad(id, from.loads[id])
	}
	for name := range from.stores {
		s.stores[name] = true
	}
}

// own gives the local that a name means in this very scope.
func (s *symbols) own(name string) (ident, bool) {
	for ; s != nil; s = s.base {
		s.work.spend(1)
		if id, ok := s.refs[name]; ok {
			return id, true
		}
	}
	return ident{}, false
}

func (s *symbols) isStored(name string) bool {
	for ; s != nil; s = s.base {
		s.work.spend(1)
		if s.stores[name] {
			return true
		}
	}
	return false
}

func (s *symbols) setLoad(id ident, l load) {
	if _, ok := s.loads[id]; !ok {
		s.order = append(s.order, id)
	}
	s.loads[id] = l
}

func (s *symbols) define(name string, l load) ident {
	id := ident{s.level, name}
	s.refs[name] = id
	s.setLoad(id, l)
	return id
}

// find gives the local that a name means here.
func (s *symbols) find(name string) (ident, bool) {
	for ; s != nil; s = s.parent {
		if id, ok := s.own(name); ok {
			return id, true
		}
	}
	return ident{}, false
}

func (s *symbols) store(name string) {
	s.stores[name] = true
	if _, ok := s.own(name); ok {
		return
	}
	if outer, ok := s.parent.find(name); ok {
		s.define(name, load{kind: loadAlias, alias: outer})
		return
	}
	s.define(name, load{kind: loadUndefined})
}

func (s *symbols) param(name string) ident {
	s.stores[name] = true
	return s.define(name, load{kind: loadParam})
}

func (s *symbols) load(name string) {
	if _, ok := s.find(name); !ok {
		s.define(name, load{kind: loadResolve})
	}
}

// branches joins the branches of an if. A name that not every branch assigns
// keeps what it was before.
func (s *symbols) branches(all []*symbols) {
	count := map[string]int{}
	var names []string
	for _, b := range all {
		for name := range b.stores {
			if s.isStored(name) {
				continue
			}
			if count[name]++; count[name] == 1 {
				names = append(names, name)
			}
		}
	}
	for _, b := range all {
		s.merge(b)
	}
	slices.Sort(names)
	for _, name := range names {
		if count[name] == len(all) {
			continue
		}
		target, _ := s.find(name)
		if outer, ok := s.parent.find(name); ok {
			s.setLoad(target, load{kind: loadAlias, alias: outer})
		} else {
			s.setLoad(target, load{kind: loadResolve})
		}
	}
}

// analyze reads what opens the scope: a template, block, macro, call block,
// filter block, set block, with or autoescape. Loops have their own three.
func (s *symbols) analyze(n syntax.Node) {
	v := &symbolVisitor{sym: s}
	switch n := n.(type) {
	case *syntax.AssignBlock:
		v.stmts(n.Body)
	case *syntax.CallBlock:
		for _, a := range n.Args {
			v.visit(a)
		}
		v.exprs(n.Defaults)
		v.stmts(n.Body)
	case *syntax.With:
		v.exprs(n.Targets)
		v.stmts(n.Body)
	default:
		syntax.Children(n, v.visit)
	}
}

func (s *symbols) analyzeLoopBody(n *syntax.For) {
	v := &symbolVisitor{sym: s}
	v.target(n.Target)
	v.stmts(n.Body)
}

func (s *symbols) analyzeLoopElse(n *syntax.For) {
	(&symbolVisitor{sym: s}).stmts(n.Else)
}

func (s *symbols) analyzeLoopTest(n *syntax.For) {
	v := &symbolVisitor{sym: s}
	v.target(n.Target)
	v.visit(n.Test)
}

// symbolVisitor collects the names of one scope and stops where an inner one
// begins.
type symbolVisitor struct{ sym *symbols }

func (v *symbolVisitor) stmts(list []syntax.Stmt) {
	for _, s := range list {
		v.visit(s)
	}
}

func (v *symbolVisitor) exprs(list []syntax.Expr) {
	for _, e := range list {
		v.visit(e)
	}
}

// target declares the names that a loop sets.
func (v *symbolVisitor) target(n syntax.Node) {
	if name, ok := n.(*syntax.Name); ok {
		v.sym.param(name.Name)
		return
	}
	syntax.Children(n, v.target)
}

func (v *symbolVisitor) visit(n syntax.Node) {
	switch n := n.(type) {
	case *syntax.Name:
		switch n.Ctx {
		case syntax.Param:
			v.sym.param(n.Name)
		case syntax.Store:
			v.sym.store(n.Name)
		default:
			v.sym.load(n.Name)
		}
	case *syntax.NSRef:
		v.sym.load(n.Name)
	case *syntax.If:
		v.branch(n)
	case *syntax.Macro:
		v.sym.store(n.Name)
	case *syntax.Import:
		v.visit(n.Template)
		v.sym.store(n.Target)
	case *syntax.FromImport:
		v.visit(n.Template)
		for _, name := range n.Names {
			v.sym.store(name.Alias)
		}
	case *syntax.Assign:
		v.visit(n.Value)
		v.visit(n.Target)
	case *syntax.For:
		v.visit(n.Iter)
	case *syntax.CallBlock:
		v.visit(n.Call)
	case *syntax.FilterBlock:
		v.visit(n.Filter)
	case *syntax.With:
		v.exprs(n.Values)
	case *syntax.AssignBlock:
		v.visit(n.Target)
	case *syntax.Autoescape, *syntax.Block:
	default:
		syntax.Children(n, v.visit)
	}
}

func (v *symbolVisitor) branch(n *syntax.If) {
	v.visit(n.Test)
	outer := v.sym
	inner := func(visit func()) *symbols {
		v.sym = outer.overlay()
		visit()
		s := v.sym
		v.sym = outer
		return s
	}
	outer.branches([]*symbols{
		inner(func() { v.stmts(n.Body) }),
		inner(func() {
			for _, e := range n.Elif {
				v.visit(e)
			}
		}),
		inner(func() { v.stmts(n.Else) }),
	})
}

// undeclared tells which of names the nodes read before anything in them
// assigns the name. Blocks are not looked into.
func (w *work) undeclared(nodes []syntax.Stmt, names ...string) map[string]bool {
	v := &undeclaredVisitor{work: w, names: map[string]bool{}, found: map[string]bool{}}
	for _, n := range names {
		v.names[n] = true
	}
	for _, n := range nodes {
		v.visit(n)
	}
	return v.found
}

type undeclaredVisitor struct {
	work         *work
	names, found map[string]bool
}

func (v *undeclaredVisitor) visit(n syntax.Node) {
	v.work.spend(1)
	switch n := n.(type) {
	case *syntax.Name:
		switch {
		case n.Ctx != syntax.Load:
			delete(v.names, n.Name)
		case v.names[n.Name]:
			v.found[n.Name] = true
		}
	case *syntax.Block:
	default:
		syntax.Children(n, v.visit)
	}
}
