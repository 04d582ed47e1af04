package python

import (
	"math"
	"math/big"
	"strconv"
)

func builtinAbs(t *Thread, args []Value, kwargs []Keyword) (Value, error) {
	if err := positional("abs", args, kwargs, 1, 1); err != nil {
		return nil, err
	}
	return absolute(t, args[0])
}

func absolute(t *Thread, v Value) (Value, error) {
	switch v := v.(type) {
	case Int:
		if v < 0 {
			r, _, err := unaryNative(t, OpNeg, v)
			return r, err
		}
		return v, nil
	case Bool:
		return boolInt(v), nil
	case *BigInt:
		if v.big.Sign() > 0 {
			return v, nil
		}
		r, _, err := unaryNative(t, OpNeg, v)
		return r, err
	case Float:
		return Float(math.Abs(float64(v))), nil
	}
	r, found, err := callSpecial(t, v, "__abs__")
	if err == nil && !found {
		err = TypeErrorf("bad operand type for abs(): '%s'", TypeName(v))
	}
	return r, err
}

// inBase is bin, oct and hex.
func inBase(t *Thread, v Value, base int, prefix string) (Value, error) {
	i, ok, err := asInteger(t, v)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, TypeErrorf("'%s' object cannot be interpreted as an integer", TypeName(v))
	}
	b, _ := bigOf(i)
	if err := t.Alloc(int64(b.BitLen()) + 4); err != nil {
		return nil, err
	}
	s := new(big.Int).Abs(b).Text(base)
	if b.Sign() < 0 {
		return Str("-" + prefix + s), nil
	}
	return Str(prefix + s), nil
}

func builtinDivmod(t *Thread, args []Value, kwargs []Keyword) (Value, error) {
	if err := positional("divmod", args, kwargs, 2, 2); err != nil {
		return nil, err
	}
	a, b := args[0], args[1]
	if r, ok, err := divmodNative(t, a, b); ok || err != nil {
		return r, err
	}
	if !isCore(a) {
		if r, found, err := callSpecial(t, a, "__divmod__", b); err != nil || found && r != Value(NotImplemented) {
			return r, err
		}
	}
	if !isCore(b) {
		if r, found, err := callSpecial(t, b, "__rdivmod__", a); err != nil || found && r != Value(NotImplemented) {
			return r, err
		}
	}
	return nil, TypeErrorf("unsupported operand type(s) for divmod(): '%s' and '%s'", TypeName(a), TypeName(b))
}

func divmodNative(t *Thread, a, b Value) (Value, bool, error) {
	_, fa := a.(Float)
	_, fb := b.(Float)
	if fa || fb {
		x, ok1, err := asFloat(a)
		if err != nil {
			return nil, false, err
		}
		y, ok2, err := asFloat(b)
		if err != nil || !ok1 || !ok2 {
			return nil, false, err
		}
		if y == 0 {
			return nil, true, Raise(ZeroDivisionError, "float divmod()")
		}
		q, m := floatDivMod(x, y)
		return Tuple{Float(q), Float(m)}, true, nil
	}
	x, ok1 := bigOf(a)
	y, ok2 := bigOf(b)
	if !ok1 || !ok2 {
		return nil, false, nil
	}
	if y.Sign() == 0 {
		return nil, true, zeroDivision(OpFloorDiv, false)
	}
	if err := t.Step(x.BitLen() / 64 * (y.BitLen() / 64) / 64); err != nil {
		return nil, true, err
	}
	if err := checkBits(t, int64(x.BitLen()+y.BitLen())); err != nil {
		return nil, true, err
	}
	q, m := new(big.Int), new(big.Int)
	floorDivMod(x, y, q, m)
	return Tuple{NewBigInt(q), NewBigInt(m)}, true, nil
}

func builtinPow(t *Thread, args []Value, kwargs []Keyword) (Value, error) {
	var base, exp, mod Value
	if err := Unpack("pow", args, kwargs, "base", &base, "exp", &exp, "mod??", &mod); err != nil {
		return nil, err
	}
	if mod == nil {
		return Binary(t, OpPow, base, exp)
	}
	if !isCore(base) {
		r, found, err := callSpecial(t, base, "__pow__", exp, mod)
		if err != nil || found && r != Value(NotImplemented) {
			return r, err
		}
	}
	a, ok1 := bigOf(base)
	b, ok2 := bigOf(exp)
	m, ok3 := bigOf(mod)
	if !ok1 || !ok2 || !ok3 {
		if isNumber(base) && isNumber(exp) && isNumber(mod) {
			return nil, TypeErrorf("pow() 3rd argument not allowed unless all arguments are integers")
		}
		return nil, TypeErrorf("unsupported operand type(s) for ** or pow(): '%s', '%s', '%s'",
			TypeName(base), TypeName(exp), TypeName(mod))
	}
	if m.Sign() == 0 {
		return nil, ValueErrorf("pow() 3rd argument cannot be 0")
	}
	words := m.BitLen()/64 + 1
	if err := t.Step(b.BitLen() * words * words / 16); err != nil {
		return nil, err
	}
	if err := checkBits(t, int64(m.BitLen())); err != nil {
		return nil, err
	}
	abs := new(big.Int).Abs(m)
	r := new(big.Int).Mod(a, abs)
	if b.Sign() < 0 {
		if abs.IsInt64() && abs.Int64() == 1 {
			return newInt64(0), nil
		}
		if r.ModInverse(r, abs) == nil {
			return nil, ValueErrorf("base is not invertible for the given modulus")
		}
	}
	r.Exp(r, new(big.Int).Abs(b), abs)
	if m.Sign() < 0 && r.Sign() != 0 {
		r.Add(r, m)
	}
	return NewBigInt(r), nil
}

func isNumber(v Value) bool {
	_, ok, err := asFloat(Native(v))
	return ok || err != nil
}

func builtinRound(t *Thread, args []Value, kwargs []Keyword) (Value, error) {
	var number, digits Value
	if err := Unpack("round", args, kwargs, "number", &number, "ndigits??", &digits); err != nil {
		return nil, err
	}
	if _, ok, err := asFloat(Native(number)); ok || err != nil {
		if r, ok, err := roundNative(t, Native(number), digits); ok || err != nil {
			return r, err
		}
	}
	var rest []Value
	if digits != nil {
		rest = []Value{digits}
	}
	r, found, err := callSpecial(t, number, "__round__", rest...)
	if err == nil && !found {
		err = TypeErrorf("type %s doesn't define __round__ method", TypeName(number))
	}
	return r, err
}

func roundNative(t *Thread, v, digits Value) (Value, bool, error) {
	n := 0
	if digits != nil {
		var ok bool
		var err error
		if n, ok, err = clampIndex(t, digits); err != nil {
			return nil, false, err
		}
		if !ok {
			return nil, false, TypeErrorf("'%s' object cannot be interpreted as an integer", TypeName(digits))
		}
	}
	if f, ok := v.(Float); ok {
		if digits == nil {
			r, err := floatToInt(t, math.RoundToEven(float64(f)))
			return r, true, err
		}
		r, err := roundFloat(float64(f), n)
		return Float(r), true, err
	}
	b, ok := bigOf(v)
	if !ok {
		return nil, false, nil
	}
	if n >= 0 {
		return NewBigInt(b), true, nil
	}
	if -n > b.BitLen() {
		return newInt64(0), true, nil
	}
	if err := checkBits(t, int64(b.BitLen())+64); err != nil {
		return nil, true, err
	}
	return NewBigInt(roundBig(b, -n)), true, nil
}

// roundBig rounds to a multiple of 10**n, halves to even.
func roundBig(b *big.Int, n int) *big.Int {
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
	q, m := new(big.Int), new(big.Int)
	floorDivMod(b, unit, q, m)
	if c := m.Lsh(m, 1).Cmp(unit); c > 0 || c == 0 && q.Bit(0) == 1 {
		q.Add(q, big.NewInt(1))
	}
	return q.Mul(q, unit)
}

// roundFloat rounds to n decimals by the number's exact value, halves to even.
func roundFloat(f float64, n int) (float64, error) {
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0) || n > 323:
		return f, nil
	case n < -308:
		return math.Copysign(0, f), nil
	case n >= 0:
		r, _ := strconv.ParseFloat(strconv.FormatFloat(f, 'f', n, 64), 64)
		if math.IsInf(r, 0) {
			return 0, OverflowErrorf("rounded value too large to represent")
		}
		return r, nil
	}
	// Twice the integer part, with the fraction folded into the last bit, rounds
	// like the exact value.
	whole, frac := math.Modf(math.Abs(f))
	b, _ := big.NewFloat(whole).Int(nil)
	b.Lsh(b, 1)
	if frac != 0 {
		b.SetBit(b, 0, 1)
	}
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(-n)), nil)
	q, m := new(big.Int).QuoRem(b, new(big.Int).Lsh(unit, 1), new(big.Int))
	if c := m.Cmp(unit); c > 0 || c == 0 && q.Bit(0) == 1 {
		q.Add(q, big.NewInt(1))
	}
	r, _ := new(big.Float).SetInt(q.Mul(q, unit)).Float64()
	if math.IsInf(r, 0) {
		return 0, OverflowErrorf("rounded value too large to represent")
	}
	return math.Copysign(r, f), nil
}

func builtinSum(t *Thread, args []Value, kwargs []Keyword) (Value, error) {
	var iterable Value
	var total Value = Int(0)
	if err := Unpack("sum", args, kwargs, "iterable", &iterable, "start?", &total); err != nil {
		return nil, err
	}
	if !isIterable(iterable) {
		return nil, TypeErrorf("'%s' object is not iterable", TypeName(iterable))
	}
	switch Native(total).(type) {
	case *ByteArray:
		return nil, TypeErrorf("sum() can't sum bytearray [use b''.join(seq) instead]")
	case Str:
		return nil, TypeErrorf("sum() can't sum strings [use ''.join(seq) instead]")
	case Bytes:
		return nil, TypeErrorf("sum() can't sum bytes [use b''.join(seq) instead]")
	}
	err := Iterate(t, iterable, func(v Value) (err error) {
		total, err = Binary(t, OpAdd, total, v)
		return err
	})
	return total, err
}
