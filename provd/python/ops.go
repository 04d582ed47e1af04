package python

import "math/big"

// CompareOp is a comparison operator.
type CompareOp uint8

// The comparison operators.
const (
	OpEq CompareOp = iota
	OpNe
	OpLt
	OpLe
	OpGt
	OpGe
	OpIn
	OpNotIn
	OpIs
	OpIsNot
)

// BinaryOp is a binary arithmetic operator.
type BinaryOp uint8

// The binary operators.
const (
	OpAdd BinaryOp = iota
	OpSub
	OpMul
	OpDiv
	OpFloorDiv
	OpMod
	OpPow
	OpLShift
	OpRShift
	OpAnd
	OpOr
	OpXor
	OpMatMul
)

// UnaryOp is a unary operator.
type UnaryOp uint8

// The unary operators.
const (
	OpNeg UnaryOp = iota
	OpPos
	OpInvert
	OpNot
)

// binaryNames are the symbols and method names of the binary operators.
var binaryNames = [...]struct{ symbol, method, reflected, inPlace string }{
	OpAdd:      {"+", "__add__", "__radd__", "__iadd__"},
	OpSub:      {"-", "__sub__", "__rsub__", "__isub__"},
	OpMul:      {"*", "__mul__", "__rmul__", "__imul__"},
	OpDiv:      {"/", "__truediv__", "__rtruediv__", "__itruediv__"},
	OpFloorDiv: {"//", "__floordiv__", "__rfloordiv__", "__ifloordiv__"},
	OpMod:      {"%", "__mod__", "__rmod__", "__imod__"},
	OpPow:      {"** or pow()", "__pow__", "__rpow__", "__ipow__"},
	OpLShift:   {"<<", "__lshift__", "__rlshift__", "__ilshift__"},
	OpRShift:   {">>", "__rshift__", "__rrshift__", "__irshift__"},
	OpAnd:      {"&", "__and__", "__rand__", "__iand__"},
	OpOr:       {"|", "__or__", "__ror__", "__ior__"},
	OpXor:      {"^", "__xor__", "__rxor__", "__ixor__"},
	OpMatMul:   {"@", "__matmul__", "__rmatmul__", "__imatmul__"},
}

// compareNames are the symbols and methods of the comparison operators, with the
// operator that compares the other way round.
var compareNames = [...]struct {
	symbol, method string
	swapped        CompareOp
}{
	OpEq: {"==", "__eq__", OpEq},
	OpNe: {"!=", "__ne__", OpNe},
	OpLt: {"<", "__lt__", OpGt},
	OpLe: {"<=", "__le__", OpGe},
	OpGt: {">", "__gt__", OpLt},
	OpGe: {">=", "__ge__", OpLe},
}

// unaryNames are the symbols and methods of the unary operators.
var unaryNames = [...]struct{ symbol, method string }{
	OpNeg:    {"-", "__neg__"},
	OpPos:    {"+", "__pos__"},
	OpInvert: {"~", "__invert__"},
}

// isCore reports whether v is one of the built-in values whose operators are
// implemented by type switches, so that looking for its dunder methods would find
// nothing new.
func isCore(v Value) bool {
	switch v.(type) {
	case Int, Str, Bool, NoneType, *List, *Dict, Tuple, Float, *BigInt, Bytes, *Set, *Range, *Slice,
		*DictView, EllipsisType, NotImplementedType:
		return true
	}
	return false
}

// Unary evaluates `op v`.
func Unary(t *Thread, op UnaryOp, v Value) (Value, error) {
	if op == OpNot {
		b, err := Truth(t, v)
		return Bool(!b), err
	}
	if r, ok, err := unaryNative(t, op, v); ok || err != nil {
		return r, err
	}
	if !isCore(v) {
		r, found, err := callSpecial(t, v, unaryNames[op].method)
		if found || err != nil {
			return r, err
		}
	}
	return nil, TypeErrorf("bad operand type for unary %s: '%s'", unaryNames[op].symbol, TypeName(v))
}

// unaryNative evaluates an operator on a number; ok is false for other values.
func unaryNative(t *Thread, op UnaryOp, v Value) (r Value, ok bool, err error) {
	switch v := v.(type) {
	case Int:
		switch {
		case op == OpPos:
			return v, true, nil
		case op == OpInvert:
			return newInt64(int64(^v)), true, nil
		case -v != v || v == 0:
			return newInt64(int64(-v)), true, nil
		}
		b, _ := bigOf(v)
		return NewBigInt(b.Neg(b)), true, nil
	case Bool:
		return unaryNative(t, op, boolInt(v))
	case *BigInt:
		if op == OpPos {
			return v, true, nil
		}
		if err := checkBits(t, int64(v.big.BitLen())); err != nil {
			return nil, false, err
		}
		b := new(big.Int)
		if op == OpNeg {
			b.Neg(v.big)
		} else {
			b.Not(v.big)
		}
		return NewBigInt(b), true, nil
	case Float:
		switch op {
		case OpNeg:
			return -v, true, nil
		case OpPos:
			return v, true, nil
		}
	}
	return nil, false, nil
}

// Truth returns the truth value of v.
func Truth(t *Thread, v Value) (bool, error) {
	switch v := v.(type) {
	case Bool:
		return bool(v), nil
	case NoneType:
		return false, nil
	case Str:
		return v != "", nil
	case Int:
		return v != 0, nil
	case *Dict:
		return v.live > 0, nil
	case *List:
		return len(v.items) > 0, nil
	case Tuple:
		return len(v) > 0, nil
	case *BigInt:
		return true, nil
	case Float:
		return v != 0, nil
	case Bytes:
		return v != "", nil
	case *Set:
		return v.dict.live > 0, nil
	case *DictView:
		return v.dict.live > 0, nil
	case EllipsisType, NotImplementedType:
		return true, nil
	case *Class, Callable:
		if v.Type() == TypeClass {
			return true, nil
		}
	}
	if r, found, err := callSpecial(t, v, "__bool__"); found || err != nil {
		if err != nil {
			return false, err
		}
		b, ok := r.(Bool)
		if !ok {
			return false, TypeErrorf("__bool__ should return bool, returned %s", TypeName(r))
		}
		return bool(b), nil
	}
	if _, ok := lookupSpecial(v, "__len__"); ok {
		n, err := Len(t, v)
		return n != 0, err
	}
	return true, nil
}

// Len returns len(v).
func Len(t *Thread, v Value) (int, error) {
	switch v := v.(type) {
	case Str:
		return strLen(string(v)), t.long(len(v))
	case *List:
		return len(v.items), nil
	case *Dict:
		return v.live, nil
	case Tuple:
		return len(v), nil
	case Bytes:
		return len(v), nil
	case *Set:
		return v.dict.live, nil
	case *DictView:
		return v.dict.live, nil
	case *Range:
		return v.length()
	}
	r, found, err := callSpecial(t, v, "__len__")
	if err != nil {
		return 0, err
	}
	if !found {
		return 0, TypeErrorf("object of type '%s' has no len()", TypeName(v))
	}
	n, ok, err := sizeOf(t, r)
	switch {
	case IsException(err, OverflowError):
		return 0, OverflowErrorf("cannot fit 'int' into an index-sized integer")
	case err != nil:
		return 0, err
	case !ok:
		return 0, TypeErrorf("'%s' object cannot be interpreted as an integer", TypeName(r))
	case n < 0:
		return 0, ValueErrorf("__len__() should return >= 0")
	}
	return n, nil
}
