package python

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// asFloat converts a number operand; ok is false for other values.
func asFloat(v Value) (f float64, ok bool, err error) {
	switch v := v.(type) {
	case Float:
		return float64(v), true, nil
	case Int:
		return float64(v), true, nil
	case Bool:
		return float64(boolInt(v)), true, nil
	case *BigInt:
		f, err := bigFloat(v.big)
		return f, true, err
	}
	return 0, false, nil
}

// floatBinary evaluates an operator on two floats; ok is false when it does not
// apply to floats.
func floatBinary(op BinaryOp, a, b float64) (v Value, ok bool, err error) {
	switch op {
	case OpAdd:
		return Float(a + b), true, nil
	case OpSub:
		return Float(a - b), true, nil
	case OpMul:
		return Float(a * b), true, nil
	case OpDiv:
		if b == 0 {
			return nil, true, zeroDivision(op, true)
		}
		return Float(a / b), true, nil
	case OpFloorDiv:
		if b == 0 {
			return nil, true, zeroDivision(op, true)
		}
		q, _ := floatDivMod(a, b)
		return Float(q), true, nil
	case OpMod:
		if b == 0 {
			return nil, true, zeroDivision(op, true)
		}
		_, m := floatDivMod(a, b)
		return Float(m), true, nil
	case OpPow:
		v, err := floatPow(a, b)
		return v, true, err
	}
	return nil, false, nil
}

// floatDivMod returns Python's quotient and remainder; b must not be 0.
func floatDivMod(a, b float64) (div, mod float64) {
	mod = math.Mod(a, b)
	div = (a - mod) / b
	if mod != 0 {
		if (b < 0) != (mod < 0) {
			mod += b
			div--
		}
	} else {
		mod = math.Copysign(0, b)
	}
	if div == 0 {
		return math.Copysign(0, a/b), mod
	}
	floor := math.Floor(div)
	if div-floor > 0.5 {
		floor++
	}
	return floor, mod
}

func floatPow(a, b float64) (Value, error) {
	if a == 0 && b < 0 {
		return nil, Raise(ZeroDivisionError, "0.0 cannot be raised to a negative power")
	}
	if a < 0 && !math.IsInf(a, 0) && !math.IsInf(b, 0) && b != math.Floor(b) {
		// CPython makes a complex number, a type this dialect does not have.
		return nil, ValueErrorf("negative number cannot be raised to a fractional power")
	}
	r := math.Pow(a, b)
	if math.IsInf(r, 0) && !math.IsInf(a, 0) && !math.IsInf(b, 0) {
		return nil, Throw(NewException(OverflowError, Int(34), Str("Numerical result out of range")))
	}
	return Float(r), nil
}

// floatRepr is repr(float): the shortest digits that read back the same,
// in exponent form below 1e-4 and from 1e16.
func floatRepr(f float64) string {
	switch {
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	case math.IsNaN(f):
		return "nan"
	}
	if a := math.Abs(f); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// floatToInt is int(float).
func floatToInt(t *Thread, f float64) (Value, error) {
	switch {
	case math.IsNaN(f):
		return nil, ValueErrorf("cannot convert float NaN to integer")
	case math.IsInf(f, 0):
		return nil, OverflowErrorf("cannot convert float infinity to integer")
	case math.Abs(f) < 1<<62:
		return newInt64(int64(f)), nil
	}
	b, _ := big.NewFloat(f).Int(nil)
	return NewBigInt(b), nil
}

// compareIntFloat compares an integer with a float exactly: -1, 0, 1, or 2 for
// NaN.
func compareIntFloat(a *big.Int, f float64) int {
	switch {
	case math.IsNaN(f):
		return 2
	case math.IsInf(f, 1):
		return -1
	case math.IsInf(f, -1):
		return 1
	}
	return new(big.Float).SetInt(a).Cmp(big.NewFloat(f))
}
