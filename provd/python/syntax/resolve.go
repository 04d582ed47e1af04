package syntax

import "fmt"

// resolver binds the names of a module and checks what depends on the place of
// a statement: return, yield, break, continue, import *.
type resolver struct {
	file   string
	blocks []*block // all scopes, outer before inner
	b      *block   // the current one
	depth  int
}

// resolve sets the Binding of every Ident of the module that can be evaluated,
// and the Scope of every scope. Errors are *Error.
func resolve(m *Module) (err error) {
	defer catch(&err)
	resolveBlocks(m)
	return nil
}

func resolveBlocks(m *Module) *resolver {
	r := &resolver{file: m.File}
	m.Scope = r.open(ModuleScope, "<module>", Position{1, 1})
	r.stmts(m.Body)
	r.close()
	for _, b := range r.blocks {
		r.bind(b)
	}
	for _, b := range r.blocks {
		b.annotate()
	}
	return r
}

func (r *resolver) fail(pos Position, format string, args ...any) {
	panic(&Error{File: r.file, Pos: pos, Msg: fmt.Sprintf(format, args...)})
}

// enter guards the Go stack here and in the compiler, which walks the same
// tree: chains of operators and trailers are long without being nested for the
// parser.
func (r *resolver) enter(pos Position) {
	if r.depth++; r.depth > MaxNesting {
		r.fail(pos, "too many nested expressions or blocks (limit %d)", MaxNesting)
	}
}

func (r *resolver) leave() { r.depth-- }

// open begins a scope inside the current one.
func (r *resolver) open(kind ScopeKind, name string, pos Position) *Scope {
	b := &block{
		Scope: &Scope{Kind: kind, Name: name, Qualname: name, ClassFree: -1}, parent: r.b,
		syms: map[string]*symbol{}, frees: map[string]int{}, cells: map[int]bool{},
	}
	if p := r.b; p != nil {
		b.depth, b.class, b.inIter = p.depth+1, p.class, p.inIter
		if b.depth > MaxScopes {
			r.fail(pos, "too many nested functions and classes (limit %d)", MaxScopes)
		}
		switch s := p.syms[p.mangle(name)]; {
		case p.Kind == ModuleScope || s != nil && s.global:
		case p.Kind == ClassScope:
			b.Qualname = p.Qualname + "." + name
		default:
			b.Qualname = p.Qualname + ".<locals>." + name
		}
	}
	if kind == ClassScope {
		b.class = name
	}
	r.blocks = append(r.blocks, b)
	r.b = b
	return b.Scope
}

func (r *resolver) close() { r.b = r.b.parent }

// use records a variable that is read.
func (r *resolver) use(id *Ident) {
	id.Name = r.b.mangle(id.Name)
	r.b.sym(id.Name).used = true
	r.b.idents = append(r.b.idents, id)
	if (id.Name == "super" || id.Name == classCell) && r.b.function() {
		r.b.sym(classCell).used = true
	}
}

// define records a variable that is assigned or deleted.
func (r *resolver) define(id *Ident) {
	id.Name = r.b.mangle(id.Name)
	r.b.sym(id.Name).bound = true
	r.b.idents = append(r.b.idents, id)
}

// declare records the names of a global or nonlocal statement.
func (r *resolver) declare(names []*Ident, word string) {
	for _, id := range names {
		id.Name = r.b.mangle(id.Name)
		s := r.b.sym(id.Name)
		name := clip(id.Name)
		switch {
		case s.param:
			r.fail(id.Pos(), "name '%s' is parameter and %s", name, word)
		case s.bound:
			r.fail(id.Pos(), "name '%s' is assigned to before %s declaration", name, word)
		case s.used:
			r.fail(id.Pos(), "name '%s' is used prior to %s declaration", name, word)
		}
		if word == "global" {
			s.global = true
		} else {
			s.nonlocal = true
			r.b.nonloc = append(r.b.nonloc, id)
		}
		if s.global && s.nonlocal {
			r.fail(id.Pos(), "name '%s' is nonlocal and global", name)
		}
		r.b.idents = append(r.b.idents, id)
	}
}

// params records the parameters of the current function.
func (r *resolver) params(ps *Params) {
	param := func(p *Param) {
		id := p.Name
		id.Name = r.b.mangle(id.Name)
		s := r.b.sym(id.Name)
		if s.param {
			r.fail(id.Pos(), "duplicate argument '%s' in function definition", clip(id.Name))
		}
		s.param = true
		r.b.idents = append(r.b.idents, id)
	}
	for i := range ps.Pos {
		param(&ps.Pos[i])
	}
	for i := range ps.KwOnly {
		param(&ps.KwOnly[i])
	}
	if ps.Star != nil {
		param(ps.Star)
	}
	if ps.KwArgs != nil {
		param(ps.KwArgs)
	}
}

// defaults resolves the default values, which belong to the enclosing scope.
func (r *resolver) defaults(ps *Params) {
	for _, p := range ps.Pos {
		r.optional(p.Default)
	}
	for _, p := range ps.KwOnly {
		r.optional(p.Default)
	}
}

func (r *resolver) stmts(list []Stmt) {
	for _, st := range list {
		r.stmt(st)
	}
}

func (r *resolver) stmt(st Stmt) {
	r.enter(st.Pos())
	defer r.leave()
	switch st := st.(type) {
	case *ExprStmt:
		r.expr(st.X)
	case *Assign:
		r.expr(st.Value)
		for _, x := range st.Targets {
			r.target(x)
		}
	case *AugAssign:
		r.augTarget(st.Target)
		r.expr(st.Value)
	case *AnnAssign:
		r.optional(st.Value)
		if id, ok := st.Target.(*Ident); ok && st.Value == nil && !st.Simple {
			r.use(id)
			return
		}
		r.target(st.Target)
	case *Delete:
		r.target(st.Target)
	case *Break:
		if r.b.loops == 0 {
			r.fail(st.Pos(), "'break' outside loop")
		}
	case *Continue:
		if r.b.loops == 0 {
			r.fail(st.Pos(), "'continue' not properly in loop")
		}
	case *Return:
		if !r.b.function() {
			r.fail(st.Pos(), "'return' outside function")
		}
		r.optional(st.Value)
	case *Raise:
		r.optional(st.Exc)
		r.optional(st.Cause)
	case *Global:
		r.declare(st.Names, "global")
	case *Nonlocal:
		if r.b.Kind == ModuleScope {
			r.fail(st.Pos(), "nonlocal declaration not allowed at module level")
		}
		r.declare(st.Names, "nonlocal")
	case *Assert:
		r.expr(st.Test)
		r.optional(st.Msg)
	case *Import:
		for _, n := range st.Names {
			r.define(n.Bound)
		}
	case *ImportFrom:
		r.importFrom(st)
	default:
		r.compound(st)
	}
}

func (r *resolver) importFrom(st *ImportFrom) {
	if st.Star && r.b.Kind != ModuleScope {
		r.fail(st.Pos(), "import * only allowed at module level")
	}
	if st.Future {
		return
	}
	for _, n := range st.Names {
		r.define(n.Bound)
	}
}
