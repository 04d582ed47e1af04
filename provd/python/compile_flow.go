package python

import "provbox/provd/python/syntax"

func (g *codegen) ifStmt(st *syntax.If) {
	end := newLabel()
	for i, c := range st.Clauses {
		next := newLabel()
		g.at(c.Cond.Pos())
		g.jumpIf(c.Cond, false, next)
		g.stmts(c.Body)
		if i+1 < len(st.Clauses) || st.Else != nil {
			g.jump(opJump, end)
		}
		g.mark(next)
	}
	g.stmts(st.Else)
	g.mark(end)
}

// jumpIf jumps when the truth value of x is cond.
func (g *codegen) jumpIf(x syntax.Expr, cond bool, target *label) {
	switch x := x.(type) {
	case *syntax.Unary:
		if x.Op == syntax.Not {
			g.jumpIf(x.X, !cond, target)
			return
		}
	case *syntax.BoolOp:
		// "a and b" is false as soon as one operand is, "a or b" true.
		last := len(x.Operands) - 1
		if cond != x.And {
			for _, e := range x.Operands {
				g.jumpIf(e, cond, target)
			}
			return
		}
		end := newLabel()
		for _, e := range x.Operands[:last] {
			g.jumpIf(e, !cond, end)
		}
		g.jumpIf(x.Operands[last], cond, target)
		g.mark(end)
		return
	case *syntax.Const:
		if x.Kind == syntax.ConstTrue || x.Kind == syntax.ConstFalse {
			if (x.Kind == syntax.ConstTrue) == cond {
				g.jump(opJump, target)
			}
			return
		}
	}
	g.expr(x)
	if cond {
		g.jump(opJumpIfTrue, target)
	} else {
		g.jump(opJumpIfFalse, target)
	}
}

func (g *codegen) while(st *syntax.While) {
	start, end, brk := newLabel(), newLabel(), newLabel()
	g.mark(start)
	g.jumpIf(st.Cond, false, end)
	g.loop(block{isLoop: true, brk: brk, cont: start, breakDepth: g.depth, continueDepth: g.depth}, st.Body)
	g.at(st.Pos())
	g.jump(opJump, start)
	g.mark(end)
	g.stmts(st.Else)
	g.mark(brk)
}

func (g *codegen) forStmt(st *syntax.For) {
	start, end, brk := newLabel(), newLabel(), newLabel()
	brk.depth = g.depth
	g.expr(st.Iter)
	g.at(st.Iter.Pos())
	g.emit(opGetIter, 0)
	g.mark(start)
	g.jump(opForIter, end)
	g.store(st.Target)
	g.loop(block{isLoop: true, brk: brk, cont: start, breakDepth: g.depth - 1, continueDepth: g.depth}, st.Body)
	g.at(st.Iter.Pos())
	g.jump(opJump, start)
	g.mark(end)
	g.stmts(st.Else)
	g.mark(brk)
}

func (g *codegen) loop(b block, body []syntax.Stmt) {
	g.blocks = append(g.blocks, b)
	g.stmts(body)
	g.blocks = g.blocks[:len(g.blocks)-1]
}

// leaveLoop compiles break and continue: through the finally blocks inside the
// loop, then to the loop.
func (g *codegen) leaveLoop(isBreak bool) {
	for i := len(g.blocks) - 1; i >= 0; i-- {
		b := &g.blocks[i]
		if !b.isLoop {
			g.runFinally(b, false)
			continue
		}
		target, depth := b.cont, b.continueDepth
		if isBreak {
			target, depth = b.brk, b.breakDepth
		}
		if g.depth != depth {
			g.emit(opUnwind, depth)
		}
		g.jump(opJump, target)
		return
	}
}

// runFinally runs a finally block from inside and goes on behind this code. The
// top of the stack is kept if keep is set.
func (g *codegen) runFinally(b *block, keep bool) {
	after := newLabel()
	if keep {
		g.emit(opUnwindKeep, b.depth)
		g.jump(opPushReturn, after)
	} else {
		g.emit(opUnwind, b.depth)
		g.jump(opPushResume, after)
	}
	g.jump(opJump, b.finally)
	g.depth = b.afterFinally
	if keep {
		g.depth++
	}
	g.mark(after)
}

func (g *codegen) returnStmt(st *syntax.Return) {
	if st.Value == nil {
		g.none()
	} else {
		g.expr(st.Value)
	}
	for i := len(g.blocks) - 1; i >= 0; i-- {
		if !g.blocks[i].isLoop {
			g.runFinally(&g.blocks[i], true)
		}
	}
	g.at(st.Pos())
	g.emit(opReturn, 0)
}

func (g *codegen) try(st *syntax.Try) {
	if st.Finally == nil {
		g.tryExcept(st)
		return
	}
	g.tryFinally(func() {
		if st.Handlers == nil {
			g.stmts(st.Body)
		} else {
			g.tryExcept(st)
		}
	}, func() { g.stmts(st.Finally) })
}

// tryFinally compiles body so that cleanup runs behind it on every way out.
// There is one copy of cleanup: a marker on the stack says where it continues.
func (g *codegen) tryFinally(body, cleanup func()) {
	depth := g.depth
	entry := newLabel()
	g.blocks = append(g.blocks, block{finally: entry, depth: depth, afterFinally: depth})
	start := g.here()
	body()
	end := g.here()
	g.blocks = g.blocks[:len(g.blocks)-1]
	g.emit(opPushNormal, 0)
	g.mark(entry)
	g.protect(start, end, entry, depth)
	cleanup()
	g.emit(opEndFinally, 0)
}

func (g *codegen) tryExcept(st *syntax.Try) {
	depth := g.depth
	handlers, end := newLabel(), newLabel()
	start := g.here()
	g.stmts(st.Body)
	protected := g.here()
	g.stmts(st.Else)
	g.jump(opJump, end)

	g.depth = depth + 1 // the marker
	g.mark(handlers)
	g.protect(start, protected, handlers, depth)
	for _, h := range st.Handlers {
		next := newLabel()
		if h.Type != nil {
			g.at(h.Type.Pos())
			g.expr(h.Type)
			g.at(h.Type.Pos())
			g.emit(opExcMatch, 0)
			g.jump(opJumpIfFalse, next)
		}
		g.handler(&h)
		g.emit(opPopExcept, 0)
		g.jump(opJump, end)
		g.depth = depth + 1
		g.mark(next)
	}
	g.emit(opReraise, 0)
	g.mark(end)
}

// handler compiles the body of an except clause. The variable of "as" is gone
// behind it, whichever way it is left.
func (g *codegen) handler(h *syntax.Handler) {
	if h.Bound == nil {
		g.stmts(h.Body)
		return
	}
	g.at(h.Bound.Pos())
	g.emit(opExcValue, 0)
	g.variable(opStoreLocal, h.Bound)
	g.tryFinally(
		func() { g.stmts(h.Body) },
		func() { g.variable(opClearLocal, h.Bound) },
	)
}

func (g *codegen) with(items []syntax.WithItem, body []syntax.Stmt) {
	if len(items) == 0 {
		g.stmts(body)
		return
	}
	item := items[0]
	pos := item.Context.Pos()
	g.expr(item.Context)
	g.at(pos)
	g.emit(opWithEnter, 0)
	depth := g.depth - 1 // with the exit function, without the value
	entry := newLabel()
	g.blocks = append(g.blocks, block{finally: entry, depth: depth, afterFinally: depth - 1})
	start := g.here()
	if item.Target != nil {
		g.store(item.Target)
	} else {
		g.emit(opPop, 0)
	}
	g.with(items[1:], body)
	end := g.here()
	g.blocks = g.blocks[:len(g.blocks)-1]
	g.at(pos)
	g.emit(opPushNormal, 0)
	g.mark(entry)
	g.protect(start, end, entry, depth)
	g.emit(opWithExit, 0)
	g.emit(opEndFinally, 0)
}
