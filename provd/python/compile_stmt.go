package python

import "provbox/provd/python/syntax"

func (g *codegen) stmts(list []syntax.Stmt) {
	for _, st := range list {
		g.stmt(st)
	}
}

// stmt compiles a statement. It leaves the stack as it was, even where its end
// is not reached.
func (g *codegen) stmt(st syntax.Stmt) {
	depth := g.depth
	g.at(st.Pos())
	switch st := st.(type) {
	case *syntax.ExprStmt:
		g.exprStmt(st.X)
	case *syntax.Assign:
		g.assign(st)
	case *syntax.AugAssign:
		g.augAssign(st)
	case *syntax.AnnAssign:
		g.annAssign(st)
	case *syntax.Delete:
		g.del(st.Target)
	case *syntax.Pass, *syntax.Global, *syntax.Nonlocal:
	case *syntax.Break:
		g.leaveLoop(true)
	case *syntax.Continue:
		g.leaveLoop(false)
	case *syntax.Return:
		g.returnStmt(st)
	case *syntax.Raise:
		g.raise(st)
	case *syntax.Assert:
		g.assert(st)
	case *syntax.Import:
		g.importStmt(st)
	case *syntax.ImportFrom:
		g.importFrom(st)
	case *syntax.If:
		g.ifStmt(st)
	case *syntax.While:
		g.while(st)
	case *syntax.For:
		g.forStmt(st)
	case *syntax.Try:
		g.try(st)
	case *syntax.With:
		g.with(st.Items, st.Body)
	case *syntax.FuncDef:
		g.funcDef(st)
	case *syntax.ClassDef:
		g.classDef(st)
	}
	g.depth = depth
}

func (g *codegen) exprStmt(x syntax.Expr) {
	if _, ok := x.(*syntax.Const); ok {
		return
	}
	g.expr(x)
	g.emit(opPop, 0)
}

func (g *codegen) assign(st *syntax.Assign) {
	g.expr(st.Value)
	for i, target := range st.Targets {
		if i+1 < len(st.Targets) {
			g.emit(opDup, 0)
		}
		g.store(target)
	}
}

func (g *codegen) annAssign(st *syntax.AnnAssign) {
	if st.Value != nil {
		g.expr(st.Value)
		g.store(st.Target)
		g.noteAnnotation(st)
		return
	}
	if g.noteAnnotation(st) {
		return
	}
	// Without a value a name is only made local; of other targets CPython
	// evaluates the parts.
	switch x := st.Target.(type) {
	case *syntax.Attribute:
		g.exprStmt(x.Value)
	case *syntax.Subscript:
		g.exprStmt(x.Value)
		g.exprStmt(x.Index)
	}
}

// annotations is the variable of a class body that names its annotated variables.
const annotations = "__annotations__"

// startAnnotations gives a class body that annotates variables its dict of them.
// What a body annotates only inside other statements does not count: nobody
// describes a field that way.
func (g *codegen) startAnnotations(body []syntax.Stmt) {
	for _, st := range body {
		if a, ok := st.(*syntax.AnnAssign); ok && a.Simple {
			g.annotates = true
			g.emit(opBuildDict, 0)
			g.emit(opStoreName, g.name(annotations))
			return
		}
	}
}

// noteAnnotation keeps the source of the annotation of a class variable, as
// dataclasses and typing.NamedTuple need it, and reports whether it did.
func (g *codegen) noteAnnotation(st *syntax.AnnAssign) bool {
	id, ok := st.Target.(*syntax.Ident)
	if !ok || !st.Simple || !g.annotates {
		return false
	}
	g.at(st.Pos())
	g.constant(&syntax.Const{Kind: syntax.ConstStr, Str: st.Text})
	g.emit(opLoadName, g.name(annotations))
	g.constant(&syntax.Const{Kind: syntax.ConstStr, Str: id.Name})
	g.emit(opSetItem, 0)
	return true
}

// store assigns the top of the stack to a target.
func (g *codegen) store(target syntax.Expr) {
	g.at(target.Pos())
	switch x := target.(type) {
	case *syntax.Ident:
		g.variable(opStoreLocal, x)
	case *syntax.Attribute:
		g.expr(x.Value)
		g.at(x.NamePos)
		g.emit(opSetAttr, g.name(x.Name))
	case *syntax.Subscript:
		g.expr(x.Value)
		if i, ok := g.text(x.Index); ok {
			g.at(x.Pos())
			g.emit(opSetConst, i)
			return
		}
		g.expr(x.Index)
		g.at(x.Pos())
		g.emit(opSetItem, 0)
	case *syntax.Tuple:
		g.unpack(x.Elems)
	case *syntax.List:
		g.unpack(x.Elems)
	case *syntax.Starred:
		g.store(x.Value)
	}
}

// unpack assigns the items of the top of the stack to targets.
func (g *codegen) unpack(targets []syntax.Expr) {
	star := -1
	for i, x := range targets {
		if _, ok := x.(*syntax.Starred); ok {
			star = i
		}
	}
	if star < 0 {
		g.emit(opUnpack, len(targets))
	} else {
		after := len(targets) - star - 1
		if star > 0xfff || after > 0xfff {
			g.fail(g.pos, "too many expressions in star-unpacking assignment")
		}
		g.emit(opUnpackEx, star|after<<12)
	}
	for _, x := range targets {
		g.store(x)
	}
}

func (g *codegen) augAssign(st *syntax.AugAssign) {
	op := int(st.Op)
	switch x := st.Target.(type) {
	case *syntax.Ident:
		g.variable(opLoadLocal, x)
		g.expr(st.Value)
		g.at(st.Pos())
		g.emit(opInPlace, op)
		g.variable(opStoreLocal, x)
	case *syntax.Attribute:
		g.expr(x.Value)
		g.emit(opDup, 0)
		g.at(x.NamePos)
		g.emit(opGetAttr, g.name(x.Name))
		g.expr(st.Value)
		g.at(st.Pos())
		g.emit(opInPlace, op)
		g.emit(opSwap, 0)
		g.emit(opSetAttr, g.name(x.Name))
	case *syntax.Subscript:
		g.expr(x.Value)
		g.expr(x.Index)
		g.emit(opDup2, 0)
		g.at(x.Pos())
		g.emit(opGetItem, 0)
		g.expr(st.Value)
		g.at(st.Pos())
		g.emit(opInPlace, op)
		g.emit(opRot3, 0)
		g.emit(opSetItem, 0)
	}
}

func (g *codegen) del(target syntax.Expr) {
	g.at(target.Pos())
	switch x := target.(type) {
	case *syntax.Ident:
		g.variable(opDelLocal, x)
	case *syntax.Attribute:
		g.expr(x.Value)
		g.at(x.NamePos)
		g.emit(opDelAttr, g.name(x.Name))
	case *syntax.Subscript:
		g.expr(x.Value)
		g.expr(x.Index)
		g.at(x.Pos())
		g.emit(opDelItem, 0)
	case *syntax.Tuple:
		for _, e := range x.Elems {
			g.del(e)
		}
	case *syntax.List:
		for _, e := range x.Elems {
			g.del(e)
		}
	}
}

// variable emits the instruction of a family (opLoadLocal, opStoreLocal,
// opDelLocal, opClearLocal) that fits the binding of a name.
func (g *codegen) variable(family opcode, id *syntax.Ident) {
	switch id.Binding {
	case syntax.BindLocal:
		g.emit(family, id.Index)
	case syntax.BindCell:
		g.emit(family+1, id.Index)
	case syntax.BindFree:
		g.emit(family+2, id.Index)
	case syntax.BindGlobal:
		g.emit(family+3, g.name(id.Name))
	case syntax.BindName:
		g.emit(family+4, g.name(id.Name))
	case syntax.BindClassFree:
		if family == opLoadLocal {
			g.emit(opLoadClassFree, id.Index)
		}
	}
}

func (g *codegen) raise(st *syntax.Raise) {
	n := 0
	for _, x := range []syntax.Expr{st.Exc, st.Cause} {
		if x != nil {
			g.expr(x)
			n++
		}
	}
	g.at(st.Pos())
	g.emit(opRaise, n)
}

func (g *codegen) assert(st *syntax.Assert) {
	end := newLabel()
	g.jumpIf(st.Test, true, end)
	n := 0
	if st.Msg != nil {
		g.expr(st.Msg)
		n = 1
	}
	g.at(st.Pos())
	g.emit(opAssertError, n)
	g.mark(end)
}

func (g *codegen) importStmt(st *syntax.Import) {
	for _, n := range st.Names {
		g.emit(opImport, len(g.code.imports))
		g.code.imports = append(g.code.imports, importSpec{name: n.Module})
		if n.As {
			// "import a.b as c" binds b: the import itself gives a.
			for _, part := range splitModule(n.Module) {
				g.emit(opImportFrom, g.name(part))
				g.emit(opSwap, 0)
				g.emit(opPop, 0)
			}
		}
		g.variable(opStoreLocal, n.Bound)
	}
}

func (g *codegen) importFrom(st *syntax.ImportFrom) {
	if st.Future {
		return
	}
	spec := importSpec{name: st.Module, level: st.Level}
	for _, n := range st.Names {
		spec.fromlist = append(spec.fromlist, n.Name)
	}
	if st.Star {
		spec.fromlist = []string{"*"}
	}
	g.emit(opImport, len(g.code.imports))
	g.code.imports = append(g.code.imports, spec)
	if st.Star {
		g.emit(opImportStar, 0)
		return
	}
	for _, n := range st.Names {
		g.at(n.Pos)
		g.emit(opImportFrom, g.name(n.Name))
		g.variable(opStoreLocal, n.Bound)
	}
	g.emit(opPop, 0)
}
