package python

import (
	"strings"

	"provbox/provd/python/syntax"
)

// splitModule returns the components of a dotted name behind the first.
func splitModule(name string) []string {
	return strings.Split(name, ".")[1:]
}

// call compiles a function call. Attributes that are called at once are looked
// up without making a bound method.
func (g *codegen) call(x *syntax.Call) {
	if a, ok := x.Func.(*syntax.Attribute); ok {
		g.expr(a.Value)
		g.at(a.NamePos)
		g.emit(opGetMethod, g.name(a.Name))
	} else {
		g.expr(x.Func)
		g.emit(opPushNil, 0)
	}
	pos := x.Pos()
	if a, ok := x.Func.(*syntax.Attribute); ok {
		pos = a.NamePos
	}
	unpack := hasStar(x.Args) || len(x.Args)+len(x.Keywords) > maxPushed
	for _, k := range x.Keywords {
		unpack = unpack || k.Name == ""
	}
	switch {
	case unpack:
		g.elements(x.Args, opBuildList, opListExtendItems, opListExtendArg)
		if len(x.Keywords) == 0 {
			g.at(pos)
			g.emit(opCallEx, 0)
			return
		}
		g.keywords(x.Keywords, opDictMerge)
		g.at(pos)
		g.emit(opCallExKw, 0)
	case len(x.Keywords) > 0:
		shape := callShape{args: len(x.Args) + len(x.Keywords)}
		for _, e := range x.Args {
			g.expr(e)
		}
		for _, k := range x.Keywords {
			g.expr(k.Value)
			shape.names = append(shape.names, k.Name)
		}
		g.at(pos)
		g.code.calls = append(g.code.calls, shape)
		g.emit(opCallKw, len(g.code.calls)-1)
	default:
		for _, e := range x.Args {
			g.expr(e)
		}
		g.at(pos)
		g.emit(opCall, len(x.Args))
	}
}

// keywords builds the dictionary of keyword arguments. merge adds a mapping to
// it.
func (g *codegen) keywords(list []syntax.Keyword, merge opcode) {
	g.emit(opBuildDict, 0)
	for i, k := range list {
		g.at(k.Pos)
		if k.Name == "" {
			g.expr(k.Value)
			g.emit(merge, 0)
			continue
		}
		g.constant(&syntax.Const{Kind: syntax.ConstStr, Str: k.Name})
		g.expr(k.Value)
		// A name can only be there already through an unpacked mapping.
		if i == 0 {
			g.emit(opDictSetItems, 1)
		} else {
			g.emit(opBuildDict, 1)
			g.emit(merge, 0)
		}
	}
}

// makeFunc emits the making of a function from its compiled code; defaults are
// evaluated here.
func (g *codegen) makeFunc(c *code, ps *syntax.Params) {
	spec := funcSpec{code: c}
	if ps != nil {
		for _, p := range ps.Pos {
			if p.Default != nil {
				g.expr(p.Default)
				spec.defaults++
			}
		}
		for _, p := range ps.KwOnly {
			if p.Default != nil {
				g.expr(p.Default)
				spec.kwOnly = append(spec.kwOnly, p.Name.Name)
			}
		}
	}
	g.code.funcs = append(g.code.funcs, spec)
	g.emit(opMakeFunc, len(g.code.funcs)-1)
}

// function compiles the code of a function or lambda.
func (g *codegen) function(s *syntax.Scope, ps *syntax.Params, body func(*codegen)) *code {
	f := newCodegen(g.code.file, s, g.budget)
	f.pos = g.pos
	c := f.code
	c.params, c.posOnly, c.kwOnly = len(ps.Pos), ps.PosOnly, len(ps.KwOnly)
	c.star, c.kwArgs = ps.Star != nil, ps.KwArgs != nil
	c.simple = c.kwOnly == 0 && !c.star && !c.kwArgs
	body(f)
	return f.finish()
}

func (g *codegen) lambda(x *syntax.Lambda) {
	g.at(x.Pos())
	c := g.function(x.Scope, &x.Params, func(f *codegen) {
		f.expr(x.Body)
		f.emit(opReturn, 0)
	})
	g.makeFunc(c, &x.Params)
}

func (g *codegen) funcDef(st *syntax.FuncDef) {
	g.decorators(st.Decorators)
	g.at(st.Pos())
	c := g.function(st.Scope, &st.Params, func(f *codegen) {
		f.stmts(f.docstring(st.Body))
		f.returnNone()
	})
	g.makeFunc(c, &st.Params)
	g.decorate(st.Decorators)
	g.variable(opStoreLocal, st.Name)
}

func (g *codegen) decorators(list []syntax.Expr) {
	for _, d := range list {
		g.expr(d)
		g.emit(opPushNil, 0)
	}
}

func (g *codegen) decorate(list []syntax.Expr) {
	for i := len(list) - 1; i >= 0; i-- {
		g.at(list[i].Pos())
		g.emit(opCall, 1)
	}
}

func (g *codegen) classDef(st *syntax.ClassDef) {
	g.decorators(st.Decorators)
	g.at(st.Pos())
	body := newCodegen(g.code.file, st.Scope, g.budget)
	body.pos = st.Pos()
	body.startAnnotations(st.Body)
	body.stmts(body.docstring(st.Body))
	body.returnNone()
	c := body.finish()

	g.elements(st.Bases, opBuildList, opListExtendItems, opListExtend)
	g.keywords(st.Keywords, opDictUpdate)
	g.at(st.Pos())
	g.code.funcs = append(g.code.funcs, funcSpec{code: c})
	g.emit(opMakeClass, len(g.code.funcs)-1)
	g.decorate(st.Decorators)
	g.variable(opStoreLocal, st.Name)
}

// comprehension compiles the element and clauses as a function of the first
// iterator, as CPython 3.11 does.
func (g *codegen) comprehension(x *syntax.Comprehension) {
	g.at(x.Pos())
	f := newCodegen(g.code.file, x.Scope, g.budget)
	f.pos = x.Pos()
	f.code.params, f.code.posOnly, f.code.simple = 1, 1, true
	switch x.Kind {
	case syntax.ListComp:
		f.emit(opBuildList, 0)
	case syntax.SetComp:
		f.emit(opBuildSet, 0)
	case syntax.DictComp:
		f.emit(opBuildDict, 0)
	}
	f.clauses(x, 0)
	if x.Kind == syntax.GeneratorExp {
		f.none()
	}
	f.emit(opReturn, 0)

	g.makeFunc(f.finish(), nil)
	g.emit(opPushNil, 0)
	iter := x.Clauses[0].Iter
	g.expr(iter)
	g.at(iter.Pos())
	g.emit(opGetIter, 0)
	g.at(x.Pos())
	g.emit(opCall, 1)
}

// clauses compiles the i-th clause of a comprehension and what is inside it.
func (g *codegen) clauses(x *syntax.Comprehension, i int) {
	if i == len(x.Clauses) {
		g.at(x.Elem.Pos())
		if x.Kind == syntax.DictComp {
			g.expr(x.Key)
		}
		g.expr(x.Elem)
		switch x.Kind {
		case syntax.ListComp:
			g.emit(opListAppend, i)
		case syntax.SetComp:
			g.emit(opSetAdd, i)
		case syntax.DictComp:
			g.emit(opDictAdd, i)
		case syntax.GeneratorExp:
			g.emit(opYield, 0)
			g.emit(opPop, 0)
		}
		return
	}
	c := x.Clauses[i]
	start, end := newLabel(), newLabel()
	if i == 0 {
		g.emit(opLoadLocal, 0)
	} else {
		g.expr(c.Iter)
		g.at(c.Iter.Pos())
		g.emit(opGetIter, 0)
	}
	g.mark(start)
	g.jump(opForIter, end)
	g.store(c.Target)
	for _, cond := range c.Conds {
		g.jumpIf(cond, false, start)
	}
	g.clauses(x, i+1)
	g.jump(opJump, start)
	g.mark(end)
}
