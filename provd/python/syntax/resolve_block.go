package syntax

// compound resolves a statement with blocks.
func (r *resolver) compound(st Stmt) {
	switch st := st.(type) {
	case *If:
		for _, c := range st.Clauses {
			r.expr(c.Cond)
			r.stmts(c.Body)
		}
		r.stmts(st.Else)
	case *While:
		r.expr(st.Cond)
		r.loop(st.Body)
		r.stmts(st.Else)
	case *For:
		r.expr(st.Iter)
		r.target(st.Target)
		r.loop(st.Body)
		r.stmts(st.Else)
	case *Try:
		r.stmts(st.Body)
		for _, h := range st.Handlers {
			r.optional(h.Type)
			if h.Bound != nil {
				r.define(h.Bound)
			}
			r.stmts(h.Body)
		}
		r.stmts(st.Else)
		r.stmts(st.Finally)
	case *With:
		for _, item := range st.Items {
			r.expr(item.Context)
			if item.Target != nil {
				r.target(item.Target)
			}
		}
		r.stmts(st.Body)
	case *FuncDef:
		r.exprs(st.Decorators)
		r.defaults(&st.Params)
		name := st.Name.Name
		r.define(st.Name)
		st.Scope = r.open(FunctionScope, name, st.Pos())
		r.params(&st.Params)
		r.stmts(st.Body)
		r.close()
	case *ClassDef:
		r.exprs(st.Decorators)
		r.exprs(st.Bases)
		r.keywords(st.Keywords)
		name := st.Name.Name
		r.define(st.Name)
		st.Scope = r.open(ClassScope, name, st.Pos())
		r.stmts(st.Body)
		r.close()
	}
}

func (r *resolver) loop(body []Stmt) {
	r.b.loops++
	r.stmts(body)
	r.b.loops--
}

func (r *resolver) optional(x Expr) {
	if x != nil {
		r.expr(x)
	}
}

func (r *resolver) exprs(list []Expr) {
	for _, x := range list {
		r.expr(x)
	}
}

func (r *resolver) keywords(list []Keyword) {
	for i := range list {
		r.expr(list[i].Value)
	}
}

// target resolves an assignment or deletion target.
func (r *resolver) target(x Expr) {
	r.enter(x.Pos())
	defer r.leave()
	switch x := x.(type) {
	case *Ident:
		r.define(x)
	case *Tuple:
		for _, e := range x.Elems {
			r.target(e)
		}
	case *List:
		for _, e := range x.Elems {
			r.target(e)
		}
	case *Starred:
		r.target(x.Value)
	default:
		r.expr(x)
	}
}

// augTarget resolves the target of an augmented assignment, which binds a name
// as well as reading it.
func (r *resolver) augTarget(x Expr) {
	if id, ok := x.(*Ident); ok {
		r.define(id)
		r.b.syms[id.Name].used = true
		return
	}
	r.expr(x)
}

func (r *resolver) expr(x Expr) {
	r.enter(x.Pos())
	defer r.leave()
	switch x := x.(type) {
	case *Ident:
		r.use(x)
	case *Const:
	case *FString:
		r.exprs(x.Parts)
	case *FormattedValue:
		r.expr(x.Value)
		if x.Spec != nil {
			r.expr(x.Spec)
		}
	case *Tuple:
		r.exprs(x.Elems)
	case *List:
		r.exprs(x.Elems)
	case *Set:
		r.exprs(x.Elems)
	case *Dict:
		for _, item := range x.Items {
			r.optional(item.Key)
			r.expr(item.Value)
		}
	case *Starred:
		r.expr(x.Value)
	case *Attribute:
		x.Name = r.b.mangle(x.Name)
		r.expr(x.Value)
	case *Subscript:
		r.expr(x.Value)
		r.expr(x.Index)
	case *Slice:
		r.optional(x.Low)
		r.optional(x.High)
		r.optional(x.Step)
	case *Call:
		r.expr(x.Func)
		r.exprs(x.Args)
		r.keywords(x.Keywords)
	case *Unary:
		r.expr(x.X)
	case *Binary:
		r.expr(x.X)
		r.expr(x.Y)
	case *BoolOp:
		r.exprs(x.Operands)
	case *Compare:
		r.expr(x.First)
		r.exprs(x.Rest)
	case *Conditional:
		r.expr(x.Cond)
		r.expr(x.Then)
		r.expr(x.Else)
	case *Lambda:
		r.defaults(&x.Params)
		x.Scope = r.open(LambdaScope, "<lambda>", x.Pos())
		r.params(&x.Params)
		r.expr(x.Body)
		r.close()
	case *Comprehension:
		r.comprehension(x)
	case *Yield:
		r.yield(x.Pos())
		r.optional(x.Value)
	case *YieldFrom:
		r.yield(x.Pos())
		r.expr(x.Value)
	case *Walrus:
		r.walrus(x)
	}
}

func (r *resolver) yield(pos Position) {
	switch r.b.Kind {
	case FunctionScope, LambdaScope:
		r.b.Generator = true
	case CompScope:
		r.fail(pos, "'yield' inside %s", map[string]string{
			"<listcomp>": "list comprehension", "<setcomp>": "set comprehension",
			"<dictcomp>": "dict comprehension", "<genexpr>": "generator expression",
		}[r.b.Name])
	default:
		r.fail(pos, "'yield' outside function")
	}
}

// comprehension resolves the first iterable in the enclosing scope and the rest
// in a scope of its own.
func (r *resolver) comprehension(x *Comprehension) {
	r.compIter(x.Clauses[0].Iter)
	name := [...]string{"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"}[x.Kind]
	x.Scope = r.open(CompScope, name, x.Pos())
	r.b.Generator = x.Kind == GeneratorExp
	r.b.sym(".0").param = true
	for i, c := range x.Clauses {
		from := len(r.b.idents)
		r.target(c.Target)
		for _, id := range r.b.idents[from:] {
			s := r.b.syms[id.Name]
			if s.walrus {
				r.fail(id.Pos(), "comprehension inner loop cannot rebind assignment expression target '%s'", clip(id.Name))
			}
			if s.bound {
				s.iter = true
			}
		}
		if i > 0 {
			r.compIter(c.Iter)
		}
		r.exprs(c.Conds)
	}
	r.optional(x.Key)
	r.expr(x.Elem)
	r.close()
}

func (r *resolver) compIter(x Expr) {
	was := r.b.inIter
	r.b.inIter = true
	r.expr(x)
	r.b.inIter = was
}

// walrus binds the target in the innermost scope that is no comprehension.
func (r *resolver) walrus(x *Walrus) {
	if r.b.inIter {
		r.fail(x.Pos(), "assignment expression cannot be used in a comprehension iterable expression")
	}
	owner := r.b
	name := r.b.mangle(x.Target.Name)
	for ; owner.Kind == CompScope; owner = owner.parent {
		if s := owner.syms[name]; s != nil && s.iter {
			r.fail(x.Pos(), "assignment expression cannot rebind comprehension iteration variable '%s'", clip(x.Target.Name))
		}
	}
	r.expr(x.Value)
	if owner == r.b {
		r.define(x.Target)
		return
	}
	if owner.Kind == ClassScope {
		r.fail(x.Pos(), "assignment expression within a comprehension cannot be used in a class body")
	}
	outer := owner.sym(name)
	outer.bound = true
	for b := r.b; b != owner; b = b.parent {
		b.sym(name).walrus = true
	}
	s := r.b.sym(name)
	if owner.Kind == ModuleScope || outer.global {
		s.global = true
	} else {
		s.nonlocal = true
	}
	x.Target.Name = name
	r.b.idents = append(r.b.idents, x.Target)
}
