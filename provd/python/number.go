package python

import (
	"math"
	"math/big"
)

// linkSingletons defines the classes of None, Ellipsis and NotImplemented.
func linkSingletons() {
	for _, v := range []Value{None, Ellipsis, NotImplemented} {
		m := newMethodTable(TypeName(v))
		addCommon(m, "__repr__", "__bool__", "__hash__")
		v.Type().define(ClassSpec{
			Methods: m.m, Final: true,
			New: func(_ *Thread, _ *Class, args []Value, kwargs []Keyword) (Value, error) {
				if len(args) > 0 || len(kwargs) > 0 {
					return nil, TypeErrorf("%s takes no arguments", TypeName(v))
				}
				return v, nil
			},
		})
	}
}

// linkNumbers defines int, bool and float.
func linkNumbers() {
	m := newMethodTable("int")
	addCommon(m, "__repr__", "__bool__", "__hash__", "__format__")
	addBinary(m, true, OpAdd, OpSub, OpMul, OpDiv, OpFloorDiv, OpMod, OpPow, OpLShift, OpRShift, OpAnd, OpOr, OpXor)
	addCompare(m, OpEq, OpNe, OpLt, OpLe, OpGt, OpGe)
	addUnary(m, OpNeg, OpPos, OpInvert)
	addNumberMethods(m)
	addIntMethods(m)
	IntClass.define(ClassSpec{
		New: newIntValue, Methods: m.m,
		ClassMethods: map[string]MethodFunc{"from_bytes": intFromBytes},
		Getters: map[string]GetFunc{
			"real": selfGetter, "numerator": selfGetter,
			"imag":        func(*Thread, Value) (Value, error) { return newInt64(0), nil },
			"denominator": func(*Thread, Value) (Value, error) { return newInt64(1), nil },
		},
	})
	IntClass.ns.SetStr("__new__", newMethod(IntClass))

	m = newMethodTable("bool")
	addCommon(m, "__repr__")
	addBinary(m, true, OpAnd, OpOr, OpXor)
	BoolClass.define(ClassSpec{
		Methods: m.m, Final: true,
		New: func(t *Thread, _ *Class, args []Value, kwargs []Keyword) (Value, error) {
			if err := positional("bool", args, kwargs, 0, 1); err != nil {
				return nil, err
			}
			if len(args) == 0 {
				return False, nil
			}
			b, err := Truth(t, args[0])
			return Bool(b), err
		},
	})
	BoolClass.ns.SetStr("__new__", newMethod(BoolClass))
	linkFloat()
}

func selfGetter(_ *Thread, self Value) (Value, error) {
	if b, ok := self.(Bool); ok {
		return boolInt(b), nil
	}
	return Native(self), nil
}

// addUnary enters the dunder methods of unary operators.
func addUnary(m methodTable, ops ...UnaryOp) {
	for _, op := range ops {
		add(m, unaryNames[op].method, 0, 0, func(t *Thread, self Value, _ []Value) (Value, error) {
			r, ok, err := unaryNative(t, op, Native(self))
			if err != nil {
				return nil, err
			}
			if !ok {
				return nil, wrongSelf(unaryNames[op].method, m.owner, self)
			}
			return r, nil
		})
	}
}

// addNumberMethods enters what int and float share.
func addNumberMethods(m methodTable) {
	add(m, "__abs__", 0, 0, func(t *Thread, self Value, _ []Value) (Value, error) { return absolute(t, Native(self)) })
	add(m, "__round__", 0, 1, func(t *Thread, self Value, args []Value) (Value, error) {
		return builtinRound(t, append([]Value{Native(self)}, args...), nil)
	})
	add(m, "__divmod__", 1, 1, func(t *Thread, self Value, args []Value) (Value, error) {
		r, ok, err := divmodNative(t, Native(self), Native(args[0]))
		if !ok && err == nil {
			return NotImplemented, nil
		}
		return r, err
	})
	add(m, "__rdivmod__", 1, 1, func(t *Thread, self Value, args []Value) (Value, error) {
		r, ok, err := divmodNative(t, Native(args[0]), Native(self))
		if !ok && err == nil {
			return NotImplemented, nil
		}
		return r, err
	})
	for _, name := range []string{"__int__", "__trunc__"} {
		add(m, name, 0, 0, func(t *Thread, self Value, _ []Value) (Value, error) { return IntOf(t, Native(self)) })
	}
	add(m, "__float__", 0, 0, func(_ *Thread, self Value, _ []Value) (Value, error) {
		f, _, err := asFloat(Native(self))
		return Float(f), err
	})
	add(m, "conjugate", 0, 0, func(t *Thread, self Value, _ []Value) (Value, error) { return selfGetter(t, self) })
	for name, round := range map[string]func(float64) float64{"__floor__": math.Floor, "__ceil__": math.Ceil} {
		add(m, name, 0, 0, func(t *Thread, self Value, _ []Value) (Value, error) {
			if f, ok := Native(self).(Float); ok {
				return floatToInt(t, round(float64(f)))
			}
			return selfGetter(t, self)
		})
	}
	add(m, "as_integer_ratio", 0, 0, func(t *Thread, self Value, _ []Value) (Value, error) {
		f, ok := Native(self).(Float)
		if !ok {
			n, err := selfGetter(t, self)
			return Tuple{n, newInt64(1)}, err
		}
		switch {
		case math.IsNaN(float64(f)):
			return nil, ValueErrorf("cannot convert NaN to integer ratio")
		case math.IsInf(float64(f), 0):
			return nil, OverflowErrorf("cannot convert Infinity to integer ratio")
		}
		r := new(big.Rat).SetFloat64(float64(f))
		return Tuple{NewBigInt(new(big.Int).Set(r.Num())), NewBigInt(new(big.Int).Set(r.Denom()))}, nil
	})
}

// IntOf returns int(v) for a number or an object with __int__, __index__ or
// __trunc__, as an Int or *BigInt.
func IntOf(t *Thread, v Value) (Value, error) {
	switch x := v.(type) {
	case Int, *BigInt:
		return v, nil
	case Bool:
		return boolInt(x), nil
	case Float:
		return floatToInt(t, float64(x))
	}
	for _, name := range [...]string{"__int__", "__index__", "__trunc__"} {
		r, found, err := callSpecial(t, v, name)
		if err != nil {
			return nil, err
		}
		if !found {
			continue
		}
		i, ok, err := asInteger(t, Native(r))
		if err == nil && !ok {
			err = TypeErrorf("%s returned non-int (type %s)", name, TypeName(r))
		}
		return i, err
	}
	return nil, TypeErrorf("int() argument must be a string, a bytes-like object or a real number, not '%s'", TypeName(v))
}

// FloatOf returns float(v) for a number or an object with __float__ or
// __index__. It raises TypeError ("must be real number") for others.
func FloatOf(t *Thread, v Value) (float64, error) {
	f, ok, err := floatOf(t, v)
	if err == nil && !ok {
		err = TypeErrorf("must be real number, not %s", TypeName(v))
	}
	return f, err
}

func floatOf(t *Thread, v Value) (f float64, ok bool, err error) {
	if f, ok, err := asFloat(v); ok || err != nil {
		return f, ok, err
	}
	if isCore(v) {
		return 0, false, nil
	}
	r, found, err := callSpecial(t, v, "__float__")
	if err != nil {
		return 0, false, err
	}
	if found {
		x, ok := Native(r).(Float)
		if !ok {
			return 0, false, TypeErrorf("%s.__float__ returned non-float (type %s)", TypeName(v), TypeName(r))
		}
		return float64(x), true, nil
	}
	i, ok, err := asInteger(t, v)
	if !ok || err != nil {
		return 0, false, err
	}
	return asFloat(i)
}

// IndexOf converts an int, or an object with __index__, to a machine integer, as
// for an index or a count. It raises TypeError for other values and IndexError
// for integers that do not fit.
func IndexOf(t *Thread, v Value) (int, error) { return indexArg(t, v) }

// BigOf returns the value of an int or bool in a big.Int of the caller's own; ok
// is false for other values.
func BigOf(v Value) (b *big.Int, ok bool) {
	b, ok = bigOf(Native(v))
	if !ok {
		return nil, false
	}
	return new(big.Int).Set(b), true
}
