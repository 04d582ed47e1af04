package python

import (
	"fmt"
	"math"

	"provbox/provd/python/syntax"
)

// SyntaxError is a source text that Compile refuses. (The class a program knows
// by that name is SyntaxErrorClass.)
type SyntaxError = syntax.Error

// Limits of the compiled form. Returns inside many with statements make code
// that grows faster than its source.
const (
	maxInstrs = 1 << 21 // instructions of one program
	maxStack  = 4096    // operands of one function
	maxPushed = 64      // operands one display or call pushes before it collects them in a list
)

// compileModule compiles a resolved module. Errors are *SyntaxError.
func compileModule(m *syntax.Module) (c *code, err error) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case *syntax.Error:
			err = e
		default:
			panic(e)
		}
	}()
	budget := maxInstrs
	g := newCodegen(m.File, m.Scope, &budget)
	body := g.docstring(m.Body)
	g.stmts(body)
	g.returnNone()
	return g.finish(), nil
}

// codegen compiles one code object. The tree it walks has been resolved, so its
// depth is bounded. Errors leave it as panics of *syntax.Error.
type codegen struct {
	code   *code
	depth  int // slots in use: the locals, and the operands on the stack
	pos    syntax.Position
	budget *int    // instructions left for the program
	blocks []block // loops and finally blocks around the current statement

	constIndex map[constKey]int
	nameIndex  map[string]int

	annotates bool // a class body with a dict of annotations
}

// block is what break, continue and return have to pass.
type block struct {
	// A loop: where break and continue go, and the stack depth there.
	isLoop                    bool
	brk, cont                 *label
	breakDepth, continueDepth int

	// A finally block or the exit of a with statement: its entry, the depth
	// below its marker, and the depth when it is over.
	finally             *label
	depth, afterFinally int
}

// label is the target of jumps.
type label struct {
	pc    int // -1 until marked
	depth int // operands on the stack there; -1 until known
	refs  []int
}

func newLabel() *label { return &label{pc: -1, depth: -1} }

// constKey identifies equal literals; for a tuple, text spells its items.
type constKey struct {
	kind syntax.ConstKind
	text string
	num  int64
}

func newCodegen(file string, s *syntax.Scope, budget *int) *codegen {
	return &codegen{
		code: &code{
			file: file, name: s.Name, qualname: s.Qualname, doc: None,
			locals: s.Locals, cells: s.Cells, frees: s.Frees, captures: s.Captures,
			classFree: s.ClassFree, class: s.Kind == syntax.ClassScope, generator: s.Generator,
			size: len(s.Locals),
		},
		depth:  len(s.Locals),
		budget: budget, constIndex: map[constKey]int{}, nameIndex: map[string]int{},
	}
}

func (g *codegen) finish() *code { return g.code }

func (g *codegen) fail(pos syntax.Position, format string, args ...any) {
	panic(&syntax.Error{File: g.code.file, Pos: pos, Msg: fmt.Sprintf(format, args...)})
}

// docstring takes a leading string off a body.
func (g *codegen) docstring(body []syntax.Stmt) []syntax.Stmt {
	if len(body) > 0 {
		if x, ok := body[0].(*syntax.ExprStmt); ok {
			if c, ok := x.X.(*syntax.Const); ok && c.Kind == syntax.ConstStr {
				g.code.doc = Str(c.Str)
				return body[1:]
			}
		}
	}
	return body
}

// at makes the following instructions belong to a place in the source.
func (g *codegen) at(pos syntax.Position) { g.pos = pos }

// emit appends an instruction and keeps account of the stack.
func (g *codegen) emit(op opcode, arg int) {
	if *g.budget--; *g.budget < 0 || arg > maxArg {
		g.fail(g.pos, "program is too large")
	}
	pc := len(g.code.instrs)
	if ps := g.code.positions; len(ps) == 0 || ps[len(ps)-1].line != g.pos.Line || ps[len(ps)-1].col != g.pos.Col {
		g.code.positions = append(ps, position{pc, g.pos.Line, g.pos.Col})
	}
	g.code.instrs = append(g.code.instrs, instr(uint32(op)|uint32(arg)<<8))
	peak, effect := g.effect(op, arg)
	g.code.size = max(g.code.size, g.depth+peak)
	if g.code.size > maxStack+len(g.code.locals) {
		g.fail(g.pos, "expression or statement is too large (more than %d operands at once)", maxStack)
	}
	g.depth += effect
}

// effect is how many operands an instruction adds at most while it runs, and in
// the end. For a jump it is the effect of not jumping.
func (g *codegen) effect(op opcode, arg int) (peak, effect int) {
	switch op {
	case opDup, opPushNil, opConst, opLoadLocal, opLoadCell, opLoadFree, opLoadGlobal, opLoadName,
		opLoadClassFree, opGetMethod, opForIter, opImport, opImportFrom, opExcValue, opPushNormal,
		opPushResume, opWithEnter:
		effect = 1
	case opDup2:
		effect = 2
	case opPop, opStoreLocal, opStoreCell, opStoreFree, opStoreGlobal, opStoreName, opBinary, opInPlace,
		opCompare, opDelAttr, opGetItem, opListExtend, opListExtendArg, opSetUpdate, opDictUpdate,
		opDictMerge, opListAppend, opSetAdd, opJumpIfFalse, opJumpIfTrue, opJumpIfFalseKeep,
		opJumpIfTrueKeep, opMakeClass, opReturn, opImportStar, opReraise, opPopExcept, opEndFinally,
		opYieldFrom, opWithExit:
		effect = -1
	case opSetAttr, opSetConst, opDelItem, opDictAdd, opCallEx:
		effect = -2
	case opSetItem, opCallExKw:
		effect = -3
	case opBuildTuple, opBuildList, opBuildSet, opBuildString, opBuildSlice:
		effect = 1 - arg
	case opBuildDict:
		effect = 1 - 2*arg
	case opBuildConstDict:
		effect = 1 - len(g.code.dicts[arg])
	case opListExtendItems, opSetAddItems:
		effect = -arg
	case opDictSetItems:
		effect = -2 * arg
	case opFormatValue:
		effect = -(arg >> 8)
	case opUnpack:
		effect = arg - 1
	case opUnpackEx:
		effect = arg&0xfff + arg>>12
	case opCall:
		effect = -1 - arg
	case opCallKw:
		effect = -1 - g.code.calls[arg].args
	case opMakeFunc:
		spec := g.code.funcs[arg]
		effect = 1 - spec.defaults - len(spec.kwOnly)
	case opRaise, opAssertError:
		effect = -arg
	case opUnwind:
		effect = arg - g.depth
	case opUnwindKeep:
		effect = arg + 1 - g.depth
	}
	return max(effect, 0), effect
}

// jump emits a jump to a label.
func (g *codegen) jump(op opcode, l *label) {
	g.emit(op, 0)
	depth := g.depth
	switch op {
	case opJumpIfFalseKeep, opJumpIfTrueKeep:
		depth++ // the value stays
	case opForIter:
		depth -= 2 // the iterator goes
	case opPushResume, opPushReturn:
		// The label is not entered from here.
		g.refer(l)
		return
	}
	l.depth = depth
	g.refer(l)
}

// refer makes the last instruction's argument the label's address.
func (g *codegen) refer(l *label) {
	pc := len(g.code.instrs) - 1
	if l.pc >= 0 {
		g.patch(pc, l.pc)
		return
	}
	l.refs = append(l.refs, pc)
}

func (g *codegen) patch(pc, target int) {
	g.code.instrs[pc] = instr(uint32(g.code.instrs[pc])&0xff | uint32(target)<<8)
}

// mark puts a label here. If a jump leads to it, the stack depth becomes that
// of the jump: the code before may end in an unconditional jump.
func (g *codegen) mark(l *label) {
	l.pc = len(g.code.instrs)
	for _, pc := range l.refs {
		g.patch(pc, l.pc)
	}
	if l.depth >= 0 {
		g.depth = l.depth
	}
	l.depth = g.depth
}

// protect sends exceptions of the instructions in [start, end) to a marked
// label, where the stack has depth operands and a marker. Calls for inner
// ranges come before those for outer ones.
func (g *codegen) protect(start, end int, target *label, depth int) {
	if start < end {
		g.code.handlers = append(g.code.handlers, handler{start, end, target.pc, depth})
	}
}

func (g *codegen) here() int { return len(g.code.instrs) }

// name returns the index of a name.
func (g *codegen) name(s string) int {
	i, ok := g.nameIndex[s]
	if !ok {
		i = len(g.code.names)
		g.nameIndex[s] = i
		g.code.names = append(g.code.names, codeName{text: s, hash: hashString(s)})
	}
	return i
}

// constant emits a literal.
func (g *codegen) constant(x *syntax.Const) {
	g.shared(keyOf(x), func() Value { return constValue(x) })
}

// shared emits a constant, once for all equal literals of the code.
func (g *codegen) shared(key constKey, value func() Value) { g.emit(opConst, g.keep(key, value)) }

// keep returns the index of a constant.
func (g *codegen) keep(key constKey, value func() Value) int {
	i, ok := g.constIndex[key]
	if !ok {
		i = len(g.code.consts)
		g.constIndex[key] = i
		v := value()
		s, _ := v.(Str)
		g.code.consts = append(g.code.consts, v)
		g.code.hashes = append(g.code.hashes, hashString(string(s)))
	}
	return i
}

// text returns the index of the constant that x is, if it is a string.
func (g *codegen) text(x syntax.Expr) (i int, ok bool) {
	c, ok := x.(*syntax.Const)
	if !ok || c.Kind != syntax.ConstStr {
		return 0, false
	}
	return g.keep(keyOf(c), func() Value { return constValue(c) }), true
}

func keyOf(x *syntax.Const) constKey {
	key := constKey{kind: x.Kind, text: x.Str, num: x.Int}
	switch {
	case x.Big != nil:
		key.text = x.Big.Text(62)
	case x.Kind == syntax.ConstFloat:
		key.num = int64(math.Float64bits(x.Float)) // tells 0.0 from -0.0
	}
	return key
}

func (g *codegen) none() { g.constant(&syntax.Const{Kind: syntax.ConstNone}) }

// returnNone ends a body that falls off its end.
func (g *codegen) returnNone() {
	g.none()
	g.emit(opReturn, 0)
}

// constValue is the value of a literal.
func constValue(x *syntax.Const) Value {
	switch x.Kind {
	case syntax.ConstTrue:
		return True
	case syntax.ConstFalse:
		return False
	case syntax.ConstEllipsis:
		return Ellipsis
	case syntax.ConstInt:
		if x.Big != nil {
			return NewBigInt(x.Big)
		}
		return Int(x.Int)
	case syntax.ConstFloat:
		return Float(x.Float)
	case syntax.ConstStr:
		return Str(x.Str)
	case syntax.ConstBytes:
		return Bytes(x.Str)
	}
	return None
}
