package python

import (
	"fmt"
	"strings"

	"provbox/provd/python/syntax"
)

// expr compiles an expression; its value is left on the stack.
func (g *codegen) expr(x syntax.Expr) {
	switch x := x.(type) {
	case *syntax.Ident:
		g.at(x.Pos())
		g.variable(opLoadLocal, x)
	case *syntax.Const:
		g.at(x.Pos())
		g.constant(x)
	case *syntax.FString:
		g.fstring(x)
	case *syntax.Tuple:
		g.tuple(x)
	case *syntax.List:
		g.at(x.Pos())
		g.elements(x.Elems, opBuildList, opListExtendItems, opListExtend)
	case *syntax.Set:
		g.at(x.Pos())
		g.elements(x.Elems, opBuildSet, opSetAddItems, opSetUpdate)
	case *syntax.Dict:
		g.dict(x)
	case *syntax.Attribute:
		g.expr(x.Value)
		g.at(x.NamePos)
		g.emit(opGetAttr, g.name(x.Name))
	case *syntax.Subscript:
		g.expr(x.Value)
		if i, ok := g.text(x.Index); ok {
			g.at(x.Pos())
			g.emit(opGetConst, i)
			return
		}
		g.expr(x.Index)
		g.at(x.Pos())
		g.emit(opGetItem, 0)
	case *syntax.Slice:
		g.slice(x)
	case *syntax.Call:
		g.call(x)
	case *syntax.Unary:
		g.unary(x)
	case *syntax.Binary:
		g.expr(x.X)
		g.expr(x.Y)
		g.at(x.Pos())
		g.emit(opBinary, int(x.Op))
	case *syntax.BoolOp:
		g.boolOp(x)
	case *syntax.Compare:
		g.compare(x)
	case *syntax.Conditional:
		g.conditional(x)
	case *syntax.Lambda:
		g.lambda(x)
	case *syntax.Comprehension:
		g.comprehension(x)
	case *syntax.Yield:
		if x.Value == nil {
			g.none()
		} else {
			g.expr(x.Value)
		}
		g.at(x.Pos())
		g.emit(opYield, 0)
	case *syntax.YieldFrom:
		g.expr(x.Value)
		g.at(x.Pos())
		g.emit(opYieldIter, 0)
		g.none()
		g.emit(opYieldFrom, 0)
	case *syntax.Walrus:
		g.expr(x.Value)
		g.emit(opDup, 0)
		g.store(x.Target)
	}
}

// The operators of package syntax are in the order of the object model's.
const (
	_ = -uint(syntax.MatMul - syntax.Operator(OpMatMul))
	_ = -uint(syntax.Neg - syntax.MatMul - 1)
	_ = -uint(syntax.Not - syntax.Neg - syntax.Operator(OpNot))
	_ = -uint(syntax.IsNot - syntax.Eq - syntax.Operator(OpIsNot))
)

func (g *codegen) unary(x *syntax.Unary) {
	if c, ok := x.X.(*syntax.Const); ok && x.Op == syntax.Neg {
		switch {
		case c.Kind == syntax.ConstInt && c.Big == nil && c.Int > 0: // -x fits if x does
			g.at(x.Pos())
			g.constant(&syntax.Const{Kind: syntax.ConstInt, Int: -c.Int})
			return
		case c.Kind == syntax.ConstFloat:
			g.at(x.Pos())
			g.constant(&syntax.Const{Kind: syntax.ConstFloat, Float: -c.Float})
			return
		}
	}
	g.expr(x.X)
	g.at(x.Pos())
	if x.Op == syntax.Not {
		g.emit(opNot, 0)
		return
	}
	g.emit(opUnary, int(x.Op-syntax.Neg))
}

func (g *codegen) boolOp(x *syntax.BoolOp) {
	end := newLabel()
	last := len(x.Operands) - 1
	for _, e := range x.Operands[:last] {
		g.expr(e)
		if x.And {
			g.jump(opJumpIfFalseKeep, end)
		} else {
			g.jump(opJumpIfTrueKeep, end)
		}
	}
	g.expr(x.Operands[last])
	g.mark(end)
}

func (g *codegen) compare(x *syntax.Compare) {
	g.expr(x.First)
	last := len(x.Ops) - 1
	cleanup, end := newLabel(), newLabel()
	for i, op := range x.Ops {
		g.expr(x.Rest[i])
		g.at(x.Pos())
		if i == last {
			g.emit(opCompare, int(op-syntax.Eq))
			break
		}
		g.emit(opDup, 0)
		g.emit(opRot3, 0)
		g.emit(opCompare, int(op-syntax.Eq))
		g.jump(opJumpIfFalseKeep, cleanup)
	}
	if last == 0 {
		return
	}
	g.jump(opJump, end)
	g.mark(cleanup) // the operand compared next is below the result
	g.emit(opSwap, 0)
	g.emit(opPop, 0)
	g.mark(end)
}

func (g *codegen) conditional(x *syntax.Conditional) {
	otherwise, end := newLabel(), newLabel()
	g.jumpIf(x.Cond, false, otherwise)
	depth := g.depth
	g.expr(x.Then)
	g.jump(opJump, end)
	g.depth = depth
	g.mark(otherwise)
	g.expr(x.Else)
	g.mark(end)
}

func (g *codegen) slice(x *syntax.Slice) {
	parts := []syntax.Expr{x.Low, x.High, x.Step}
	if x.Step == nil {
		parts = parts[:2]
	}
	for _, e := range parts {
		if e == nil {
			g.none()
		} else {
			g.expr(e)
		}
	}
	g.at(x.Pos())
	g.emit(opBuildSlice, len(parts))
}

func (g *codegen) tuple(x *syntax.Tuple) {
	if items, key, ok := constItems(x.Elems); ok {
		g.at(x.Pos())
		g.shared(key, func() Value { return items })
		return
	}
	if len(x.Elems) <= maxPushed && !hasStar(x.Elems) {
		for _, e := range x.Elems {
			g.expr(e)
		}
		g.at(x.Pos())
		g.emit(opBuildTuple, len(x.Elems))
		return
	}
	g.elements(x.Elems, opBuildList, opListExtendItems, opListExtend)
	g.emit(opListToTuple, 0)
}

// constItems returns the tuple of literals, if they all are, and its key.
func constItems(elems []syntax.Expr) (Tuple, constKey, bool) {
	items := make(Tuple, len(elems))
	var text strings.Builder
	for i, e := range elems {
		c, ok := e.(*syntax.Const)
		if !ok {
			return nil, constKey{}, false
		}
		items[i] = constValue(c)
		key := keyOf(c)
		fmt.Fprintf(&text, "%d:%d:%q,", key.kind, key.num, key.text)
	}
	return items, constKey{kind: constTuple, text: text.String()}, true
}

// constTuple is the kind of a tuple among literals.
const constTuple = syntax.ConstBytes + 1

func hasStar(elems []syntax.Expr) bool {
	for _, e := range elems {
		if _, ok := e.(*syntax.Starred); ok {
			return true
		}
	}
	return false
}

// elements builds a list or set, a limited number of operands at a time.
func (g *codegen) elements(elems []syntax.Expr, build, add, extend opcode) {
	pos := g.pos
	built, pushed := false, 0
	flush := func() {
		g.at(pos)
		switch {
		case !built:
			g.emit(build, pushed)
			built = true
		case pushed > 0:
			g.emit(add, pushed)
		}
		pushed = 0
	}
	for _, e := range elems {
		if s, ok := e.(*syntax.Starred); ok {
			flush()
			g.expr(s.Value)
			g.emit(extend, 0)
			continue
		}
		if pushed == maxPushed {
			flush()
		}
		g.expr(e)
		pushed++
	}
	if pushed > 0 || !built {
		flush()
	}
}

func (g *codegen) dict(x *syntax.Dict) {
	if keys := g.constKeys(x); keys != nil {
		for _, item := range x.Items {
			g.expr(item.Value)
		}
		g.at(x.Pos())
		g.code.dicts = append(g.code.dicts, keys)
		g.emit(opBuildConstDict, len(g.code.dicts)-1)
		return
	}
	built, pushed := false, 0
	flush := func() {
		g.at(x.Pos())
		switch {
		case !built:
			g.emit(opBuildDict, pushed)
			built = true
		case pushed > 0:
			g.emit(opDictSetItems, pushed)
		}
		pushed = 0
	}
	for _, item := range x.Items {
		if item.Key == nil {
			flush()
			g.expr(item.Value)
			g.emit(opDictUpdate, 0)
			continue
		}
		if pushed == maxPushed/2 {
			flush()
		}
		g.expr(item.Key)
		g.expr(item.Value)
		pushed++
	}
	if pushed > 0 || !built {
		flush()
	}
}

// constKeys returns the keys of a dict display that has some, if they are strings
// and all different.
func (g *codegen) constKeys(x *syntax.Dict) []constKeyed {
	if len(x.Items) > maxPushed/2 {
		return nil
	}
	var keys []constKeyed
	seen := map[int]bool{}
	for _, item := range x.Items {
		i, ok := g.text(item.Key)
		if !ok || seen[i] {
			return nil
		}
		seen[i] = true
		keys = append(keys, constKeyed{g.code.hashes[i], g.code.consts[i]})
	}
	return keys
}

func (g *codegen) fstring(x *syntax.FString) {
	pushed, formatted := 0, false
	for _, part := range x.Parts {
		if pushed == maxPushed {
			g.emit(opBuildString, pushed)
			pushed = 1
		}
		pushed++
		v, ok := part.(*syntax.FormattedValue)
		if !ok {
			g.expr(part)
			continue
		}
		formatted = true
		g.expr(v.Value)
		arg := int(v.Conversion)
		if v.Spec != nil {
			g.fstring(v.Spec)
			arg |= 1 << 8
		}
		g.at(v.Pos())
		g.emit(opFormatValue, arg)
	}
	g.at(x.Pos())
	if pushed != 1 || formatted { // one literal is a string already
		g.emit(opBuildString, pushed)
	}
}
