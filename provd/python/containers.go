package python

import "math/big"

// Int is a Python int that fits 64 bits. Larger ones are *BigInt.
type Int int64

// Type returns IntClass.
func (Int) Type() *Class { return IntClass }

// BigInt is a Python int outside the range of Int. It is immutable.
type BigInt struct{ big *big.Int }

// Type returns IntClass.
func (*BigInt) Type() *Class { return IntClass }

// List is Python's list.
type List struct {
	items []Value
}

// Type returns ListClass.
func (*List) Type() *Class { return ListClass }

// Dict is Python's dict: a hash map that keeps insertion order. The zero value
// is an empty dict.
type Dict struct {
	entries []dictEntry
	index   []int32
	live    int
}

type dictEntry struct {
	hash  uint64
	key   Value
	value Value
}

// Type returns DictClass.
func (*Dict) Type() *Class { return DictClass }

// Set is Python's set and frozenset.
type Set struct {
	dict   Dict
	frozen bool
}

// Type returns SetClass or FrozensetClass.
func (s *Set) Type() *Class {
	if s.frozen {
		return FrozensetClass
	}
	return SetClass
}

// Range is Python's range. Its bounds may be *BigInt.
type Range struct {
	Start, Stop, Step Value
}

// Type returns RangeClass.
func (*Range) Type() *Class { return RangeClass }

// Slice is Python's slice; its members are None when absent.
type Slice struct {
	Start, Stop, Step Value
}

// Type returns SliceClass.
func (*Slice) Type() *Class { return SliceClass }

// Module is a Python module: a name and its namespace.
type Module struct {
	name string
	ns   *Dict
}

// NewModule returns a module over ns, which is not copied.
func NewModule(name string, ns *Dict) *Module { return &Module{name: name, ns: ns} }

// Type returns ModuleClass.
func (*Module) Type() *Class { return ModuleClass }

// Name returns the module's __name__.
func (m *Module) Name() string { return m.name }

// Dict returns the module's namespace.
func (m *Module) Dict() *Dict { return m.ns }

// Property is Python's property; absent functions are nil.
type Property struct {
	Get, Set, Del Value
	Doc           Value
}

// Type returns PropertyClass.
func (*Property) Type() *Class { return PropertyClass }

// StaticMethod is Python's staticmethod.
type StaticMethod struct{ Func Value }

// Type returns StaticMethodClass.
func (*StaticMethod) Type() *Class { return StaticMethodClass }

// ClassMethod is Python's classmethod.
type ClassMethod struct{ Func Value }

// Type returns ClassMethodClass.
func (*ClassMethod) Type() *Class { return ClassMethodClass }

// Super is Python's super object: attribute lookup on Self that starts after
// Class in the method resolution order of Self's class (or of Self, when Self is
// a class). super() without arguments is NewSuper(the __class__ cell, the first
// argument); the virtual machine supplies both.
type Super struct {
	Class *Class
	Self  Value
}

// Type returns SuperClass.
func (*Super) Type() *Class { return SuperClass }
