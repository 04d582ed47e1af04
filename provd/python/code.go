package python

import (
	"sort"

	"provbox/provd/python/syntax"
)

// An instruction is a uint32: the opcode in the low 8 bits, the argument above.
type instr uint32

func (i instr) op() opcode { return opcode(i & 0xff) }
func (i instr) arg() int   { return int(i >> 8) }

// maxArg is the largest argument of an instruction. The limits of package
// syntax keep every argument far below it.
const maxArg = 1<<24 - 1

// opcode is an instruction of the virtual machine. The comments show the
// operand stack before and after; the top is on the right. A depth counts the
// locals, too, which are below the operands.
type opcode uint8

const (
	opPop     opcode = iota // x -
	opDup                   // x - x x
	opDup2                  // x y - x y x y
	opSwap                  // x y - y x
	opRot3                  // x y z - z x y
	opPushNil               // - nil

	opConst      // - consts[arg]
	opLoadLocal  // - locals[arg]
	opLoadCell   // - locals[arg].cell
	opLoadFree   // - frees[arg].cell
	opLoadGlobal // - globals or builtins names[arg]
	opLoadName   // - namespace, globals or builtins names[arg]
	opLoadClassFree
	opStoreLocal // x -
	opStoreCell
	opStoreFree
	opStoreGlobal
	opStoreName
	opDelLocal // -
	opDelCell
	opDelFree
	opDelGlobal
	opDelName
	opClearLocal // - ; as opDel..., but absent is fine
	opClearCell
	opClearFree
	opClearGlobal
	opClearName

	opUnary   // x - y
	opBinary  // x y - z
	opInPlace // x y - z
	opCompare // x y - z
	opNot     // x - bool

	opGetAttr   // x - x.names[arg]
	opSetAttr   // v x -
	opDelAttr   // x -
	opGetItem   // x key - x[key]
	opGetConst  // x - x[consts[arg]], a string
	opSetItem   // v x key -
	opSetConst  // v x - ; x[consts[arg]] = v, for a string
	opDelItem   // x key -
	opGetMethod // x - fn self, for opCall; self is nil unless fn is still to be bound

	opBuildTuple // x1 ... xn - tuple
	opBuildList
	opBuildSet
	opBuildDict       // k1 v1 ... kn vn - dict
	opBuildConstDict  // v1 ... vn - dict with the keys dicts[arg]
	opBuildString     // x1 ... xn - string; strings and integers
	opBuildSlice      // low high [step] - slice
	opListExtendItems // list x1 ... xn - list
	opSetAddItems
	opDictSetItems  // dict k1 v1 ... kn vn - dict
	opListExtend    // list iterable - list
	opListExtendArg // the same, for *args of a call
	opSetUpdate     // set iterable - set
	opDictUpdate    // dict mapping - dict
	opListToTuple   // list - tuple
	opListAppend    // list it1 ... itn x - list it1 ... itn
	opSetAdd
	opDictAdd     // dict it1 ... itn k v - dict it1 ... itn
	opFormatValue // x [spec] - string or integer; arg is the conversion, plus 256 with spec

	opJump
	opJumpIfFalse     // x -
	opJumpIfTrue      // x -
	opJumpIfFalseKeep // x - x on the jump, - otherwise
	opJumpIfTrueKeep
	opGetIter  // x - iterator
	opForIter  // it - it x, or - and a jump at the end
	opUnpack   // x - xn ... x1
	opUnpackEx // x - xn ... x1, one of them a list; arg is before | after<<12

	opCall      // fn self|nil x1 ... xn - result
	opCallKw    // the same; the last arguments are keyword arguments, see callShape
	opCallEx    // fn self|nil list - result
	opCallExKw  // fn self|nil list dict - result
	opDictMerge // fn self|nil list dict mapping - fn self|nil list dict, duplicates are an error
	opMakeFunc  // defaults... kwdefaults... - function
	opMakeClass // bases keywords - class
	opReturn    // x -
	opYield     // x - sent
	opYieldFrom // it sent - result; stays in place for each value
	opYieldIter // x - iterator for opYieldFrom

	opImport     // - module
	opImportFrom // module - module attr
	opImportStar // module -

	opRaise       // [exc [cause]] -
	opReraise     // marker -
	opExcMatch    // marker class - marker bool
	opExcValue    // marker - marker exc
	opPopExcept   // marker -
	opPushNormal  // - marker; control falls into a finally block
	opPushResume  // - marker; the finally block will jump to arg
	opPushReturn  // x - marker; the finally block will jump to arg with x on the stack
	opEndFinally  // marker - ; continues as the marker says
	opUnwind      // cuts the stack to depth arg
	opUnwindKeep  // the same under the top value
	opWithEnter   // x - exit value
	opWithExit    // exit marker - marker
	opAssertError // [message] -
	numOpcodes
)

// handler sends exceptions raised by instructions in [start, end) to target,
// with the stack cut to depth and an *excMarker pushed.
type handler struct {
	start, end, target, depth int
}

// position is the place in the source of the instructions from pc on.
type position struct {
	pc        int
	line, col int32
}

// callShape describes a call with keyword arguments: the last len(names)
// operands are their values.
type callShape struct {
	args  int // all operands
	names []string
}

// codeName is a name an instruction refers to, with its hash as a dict key.
type codeName struct {
	text string
	hash uint64
	// seen is where the globals or builtins had it the last time, to be looked at
	// first. Programs that run the code at the same time share it.
	seen int32
}

// constKeyed is a key of a dict display whose keys are strings, all different.
type constKeyed struct {
	hash uint64
	key  Value
}

// funcSpec describes a function to make: how many default values are on the
// stack, and which keyword-only parameters the rest belongs to.
type funcSpec struct {
	code     *code
	defaults int
	kwOnly   []string
}

// importSpec is an import statement.
type importSpec struct {
	name     string
	fromlist []string
	level    int
}

// code is the compiled form of a module, function, class body or
// comprehension. But for what codeName remembers it is immutable, and shared by all
// programs that run it.
type code struct {
	file, name, qualname string
	doc                  Value

	instrs    []instr
	positions []position
	handlers  []handler // inner before outer
	size      int       // slots of a frame: the locals, then the operands

	consts  []Value
	hashes  []uint64 // of the consts that are strings
	dicts   [][]constKeyed
	names   []codeName
	calls   []callShape
	funcs   []funcSpec
	imports []importSpec

	locals    []string // slot names, parameters first
	cells     []int    // slots that hold cells
	frees     []string // captured variables
	captures  []syntax.Capture
	classFree int // index of __class__ in frees, or -1
	class     bool
	generator bool

	// Parameters: params positional ones, of which posOnly cannot be named,
	// then kwOnly keyword-only ones, then *args and **kwargs if present.
	params, posOnly, kwOnly int
	star, kwArgs            bool
	simple                  bool // positional parameters only
}

// at returns the source place of an instruction.
func (c *code) at(pc int) Frame {
	i := sort.Search(len(c.positions), func(i int) bool { return c.positions[i].pc > pc })
	f := Frame{File: c.file, Function: c.name}
	if i > 0 {
		f.Line, f.Col = int(c.positions[i-1].line), int(c.positions[i-1].col)
	}
	return f
}
