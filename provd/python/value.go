package python

// Value is a Python object. The Go types that implement it are NoneType, Bool,
// Int, *BigInt, Float, Str, Bytes, *List, Tuple, *Dict, *Set, *Range, *Slice,
// *Class, *Instance, functions, iterators and whatever host modules add. A nil
// Value is never a Python object; functions use it for "absent".
//
// Values are compared with Is (identity) or Equal, never with Go's ==, because
// Tuple is not comparable; comparing with None, True, False, Ellipsis or
// NotImplemented by == is safe.
type Value interface {
	// Type returns the Python type of the value; it must not return nil.
	Type() *Class
}

// NoneType is the Go type of None.
type NoneType struct{}

// None is Python's None.
var None = NoneType{}

// Type returns NoneClass.
func (NoneType) Type() *Class { return NoneClass }

// Bool is Python's bool. It takes part in arithmetic as 0 and 1.
type Bool bool

// True and False are Python's two booleans.
const (
	True  = Bool(true)
	False = Bool(false)
)

// Type returns BoolClass.
func (Bool) Type() *Class { return BoolClass }

// EllipsisType is the Go type of Ellipsis.
type EllipsisType struct{}

// Ellipsis is Python's `...`.
var Ellipsis = EllipsisType{}

// Type returns EllipsisClass.
func (EllipsisType) Type() *Class { return EllipsisClass }

// NotImplementedType is the Go type of NotImplemented.
type NotImplementedType struct{}

// NotImplemented is what an operator method returns to say that it does not
// handle its operands.
var NotImplemented = NotImplementedType{}

// Type returns NotImplementedClass.
func (NotImplementedType) Type() *Class { return NotImplementedClass }

// Float is Python's float.
type Float float64

// Type returns FloatClass.
func (Float) Type() *Class { return FloatClass }

// Str is Python's str, held as UTF-8. Lengths and indexes a program sees count
// code points. A lone surrogate, which Python allows and UTF-8 does not, is held
// as its three-byte generalised form (see AppendRune).
type Str string

// Type returns StrClass.
func (Str) Type() *Class { return StrClass }

// Bytes is Python's bytes.
type Bytes string

// Type returns BytesClass.
func (Bytes) Type() *Class { return BytesClass }

// Tuple is Python's tuple. It must not be changed once a program can see it.
type Tuple []Value

// Type returns TupleClass.
func (Tuple) Type() *Class { return TupleClass }

// Keyword is one keyword argument of a call.
type Keyword struct {
	Name  string
	Value Value
}

// Is reports whether two values are the same object (Python's `is`). Small
// values without identity of their own (numbers, strings, bytes) are the same
// when they have the same type and value.
func Is(a, b Value) bool {
	x, ok := a.(Tuple)
	if !ok {
		if f, ok := a.(Float); ok {
			g, ok := b.(Float)
			return ok && (f == g || f != f && g != g)
		}
		if !comparableValue(b) {
			return false
		}
		return a == b
	}
	y, ok := b.(Tuple)
	if !ok || len(x) != len(y) {
		return false
	}
	return len(x) == 0 || &x[0] == &y[0]
}

func comparableValue(v Value) bool {
	_, isTuple := v.(Tuple)
	return !isTuple
}

// TypeName returns the name of v's type as error messages show it.
func TypeName(v Value) string {
	c := v.Type()
	if c.dotted {
		return c.module + "." + c.name
	}
	return c.name
}
