package python

import "strings"

// positional checks the arguments of a built-in that takes no keywords. name is
// the qualified name; some of CPython's messages use only its last part.
func positional(name string, args []Value, kwargs []Keyword, least, most int) error {
	n := len(args)
	if len(kwargs) == 0 && n >= least && (n <= most || most < 0) {
		return nil
	}
	owner, short, _ := strings.Cut(name, ".")
	if short == "" {
		owner, short = "", name
	}
	if isSlot(owner, short) {
		return slotArgs(owner, short, len(kwargs) > 0, most, n)
	}
	if len(kwargs) > 0 {
		return TypeErrorf("%s() takes no keyword arguments", name)
	}
	search := searchNames[short] && (owner == "str" || owner == "bytes" || owner == "bytearray")
	switch {
	case search && n < least:
		return TypeErrorf("%s() takes at least %d argument%s (%d given)", short, least, pluralS(least), n)
	case search && n > most:
		return TypeErrorf("%s() takes at most %d arguments (%d given)", short, most, n)
	case most == 0:
		return TypeErrorf("%s() takes no arguments (%d given)", name, n)
	case least == 1 && most == 1:
		return TypeErrorf("%s() takes exactly one argument (%d given)", name, n)
	case least == most:
		return TypeErrorf("%s expected %d argument%s, got %d", short, least, pluralS(least), n)
	case n < least:
		return TypeErrorf("%s expected at least %d argument%s, got %d", short, least, pluralS(least), n)
	}
	return TypeErrorf("%s expected at most %d argument%s, got %d", short, most, pluralS(most), n)
}

// searchNames are the methods that CPython parses with other code, which words
// the message differently.
var searchNames = map[string]bool{
	"find": true, "rfind": true, "index": true, "rindex": true, "count": true, "startswith": true, "endswith": true,
}

// isSlot reports whether a method is one that CPython wraps a C slot in, whose
// arguments it checks with other words.
func isSlot(owner, name string) bool {
	if !strings.HasPrefix(name, "__") {
		return false
	}
	switch name {
	case "__format__", "__reversed__", "__round__", "__trunc__", "__floor__", "__ceil__", "__bytes__", "__dir__",
		"__instancecheck__", "__subclasscheck__", "__length_hint__", "__init__", "__new__", "__init_subclass__",
		"__enter__", "__exit__", "__missing__", "__getformat__", "__subclasshook__":
		return false
	case "__contains__":
		return owner != "dict" && owner != "set" && owner != "frozenset"
	case "__getitem__":
		return owner != "dict" && owner != "list"
	}
	return true
}

// slotArgs is the error of isSlot's methods for n arguments instead of want.
func slotArgs(owner, name string, keywords bool, want, n int) error {
	if keywords {
		return TypeErrorf("wrapper %s() takes no keyword arguments", name)
	}
	gap := ""
	switch name {
	case "__setattr__", "__setitem__", "__imul__":
		gap = " "
	case "__mul__", "__rmul__":
		if owner != "int" && owner != "float" && owner != "bool" {
			gap = " "
		}
	}
	return TypeErrorf("%sexpected %d argument%s, got %d", gap, want, pluralS(want), n)
}

func pluralS(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// methodTable collects the methods of a built-in class.
type methodTable struct {
	owner string
	m     map[string]MethodFunc
}

func newMethodTable(owner string) methodTable {
	return methodTable{owner, make(map[string]MethodFunc)}
}

// add enters a method that takes between least and most positional arguments
// (most < 0: any number) and works on the built-in value T inside self.
func add[T Value](table methodTable, name string, least, most int, fn func(t *Thread, self T, args []Value) (Value, error)) {
	qualified := table.owner + "." + name
	table.m[name] = func(t *Thread, self Value, args []Value, kwargs []Keyword) (Value, error) {
		if err := positional(qualified, args, kwargs, least, most); err != nil {
			return nil, err
		}
		v, ok := self.(T)
		if !ok {
			if v, ok = Native(self).(T); !ok {
				return nil, wrongSelf(name, table.owner, self)
			}
		}
		return fn(t, v, args)
	}
}

// addKw enters a method that takes keywords; fn reads its own arguments.
func addKw[T Value](table methodTable, name string, fn func(t *Thread, self T, args []Value, kwargs []Keyword) (Value, error)) {
	table.m[name] = func(t *Thread, self Value, args []Value, kwargs []Keyword) (Value, error) {
		v, ok := Native(self).(T)
		if !ok {
			return nil, wrongSelf(name, table.owner, self)
		}
		return fn(t, v, args, kwargs)
	}
}

func wrongSelf(name, owner string, self Value) error {
	return TypeErrorf("descriptor '%s' requires a '%s' object but received a '%s'", name, owner, TypeName(self))
}

// addBinary enters the dunder methods of binary operators, the reflected ones
// too when the type has them.
func addBinary(table methodTable, reflected bool, ops ...BinaryOp) {
	numeric := table.owner == "int" || table.owner == "float" || table.owner == "bool"
	enter := func(name string, eval func(t *Thread, self, arg Value) (Value, bool, error)) {
		add(table, name, 1, 1, func(t *Thread, self Value, args []Value) (Value, error) {
			if numeric && !isNumber(Native(args[0])) {
				return NotImplemented, nil // a sequence's own method repeats it
			}
			r, ok, err := eval(t, Native(self), Native(args[0]))
			if !ok && err == nil {
				return NotImplemented, nil
			}
			return r, err
		})
	}
	for _, op := range ops {
		enter(binaryNames[op].method, func(t *Thread, self, arg Value) (Value, bool, error) {
			return binaryNative(t, op, self, arg)
		})
		if reflected {
			enter(binaryNames[op].reflected, func(t *Thread, self, arg Value) (Value, bool, error) {
				return binaryNative(t, op, arg, self)
			})
		}
	}
}

// addInPlace enters the dunder methods of augmented assignments. They return
// self, which may be an instance around the built-in value.
func addInPlace(table methodTable, ops ...BinaryOp) {
	for _, op := range ops {
		table.m[binaryNames[op].inPlace] = func(t *Thread, self Value, args []Value, kwargs []Keyword) (Value, error) {
			if err := positional(table.owner+"."+binaryNames[op].inPlace, args, kwargs, 1, 1); err != nil {
				return nil, err
			}
			if !isCore(Native(self)) {
				return NotImplemented, nil
			}
			if _, err := InPlace(t, op, Native(self), args[0]); err != nil {
				return nil, err
			}
			return self, nil
		}
	}
}

// addCompare enters the dunder methods of comparisons.
func addCompare(table methodTable, ops ...CompareOp) {
	for _, op := range ops {
		add(table, compareNames[op].method, 1, 1, func(t *Thread, self Value, args []Value) (Value, error) {
			other := Native(args[0])
			if _, isFloat := other.(Float); isFloat && table.owner == "int" {
				return NotImplemented, nil // float's method does it
			}
			r, ok, err := compareNative(t, op, Native(self), other)
			if !ok && err == nil {
				return NotImplemented, nil
			}
			return Bool(r), err
		})
	}
}

// addCommon enters the dunder methods that follow from an operation of the same
// name, for as long as the value itself is built in.
func addCommon(table methodTable, names ...string) {
	add := func(table methodTable, name string, least, most int, fn func(t *Thread, self Value, args []Value) (Value, error)) {
		add(table, name, least, most, func(t *Thread, self Value, args []Value) (Value, error) {
			if self = Native(self); !isCore(self) {
				// The operation would come back to this very method.
				return nil, wrongSelf(name, table.owner, self)
			}
			return fn(t, self, args)
		})
	}
	for _, name := range names {
		switch name {
		case "__len__":
			add(table, name, 0, 0, func(t *Thread, self Value, _ []Value) (Value, error) {
				n, err := Len(t, self)
				return NewInt(n), err
			})
		case "__iter__":
			add(table, name, 0, 0, func(t *Thread, self Value, _ []Value) (Value, error) { return Iter(t, self) })
		case "__contains__":
			add(table, name, 1, 1, func(t *Thread, self Value, args []Value) (Value, error) {
				ok, err := Contains(t, self, args[0])
				return Bool(ok), err
			})
		case "__getitem__":
			add(table, name, 1, 1, func(t *Thread, self Value, args []Value) (Value, error) {
				return GetItem(t, self, args[0])
			})
		case "__setitem__":
			add(table, name, 2, 2, func(t *Thread, self Value, args []Value) (Value, error) {
				return None, SetItem(t, self, args[0], args[1])
			})
		case "__delitem__":
			add(table, name, 1, 1, func(t *Thread, self Value, args []Value) (Value, error) {
				return None, DelItem(t, self, args[0])
			})
		case "__hash__":
			add(table, name, 0, 0, func(t *Thread, self Value, _ []Value) (Value, error) {
				h, err := Hash(t, self)
				return newInt64(int64(h)), err
			})
		case "__repr__":
			add(table, name, 0, 0, func(t *Thread, self Value, _ []Value) (Value, error) {
				s, err := Repr(t, self)
				return Str(s), err
			})
		case "__str__":
			add(table, name, 0, 0, func(t *Thread, self Value, _ []Value) (Value, error) {
				s, err := ToStr(t, self)
				return Str(s), err
			})
		case "__format__":
			addFormat(table)
		case "__bool__":
			add(table, name, 0, 0, func(t *Thread, self Value, _ []Value) (Value, error) {
				b, err := Truth(t, self)
				return Bool(b), err
			})
		}
	}
}

// addFormat enters __format__. Its messages name the class of the instance, not
// that of the value inside.
func addFormat(table methodTable) {
	add(table, "__format__", 1, 1, func(t *Thread, self Value, args []Value) (Value, error) {
		spec, ok := Native(args[0]).(Str)
		if !ok {
			return nil, TypeErrorf("__format__() argument must be str, not %s", TypeName(args[0]))
		}
		v := Native(self)
		if !isCore(v) {
			return nil, wrongSelf("__format__", table.owner, self)
		}
		if spec == "" {
			return text(ToStr(t, self))
		}
		return text(formatNative(t, v, string(spec), TypeName(self)))
	})
}
