package python

import (
	"math"
	"math/big"
	"math/bits"
)

// Int is a Python int that fits 64 bits. Larger ones are *BigInt.
type Int int64

// Type returns IntClass.
func (Int) Type() *Class { return IntClass }

// BigInt is a Python int outside the range of Int. It is immutable.
type BigInt struct{ big *big.Int }

// Type returns IntClass.
func (*BigInt) Type() *Class { return IntClass }

// Big returns a copy of the number.
func (b *BigInt) Big() *big.Int { return new(big.Int).Set(b.big) }

const (
	smallIntMin = -256
	smallIntMax = 1023
)

// smallInts saves boxing the integers that programs use most.
var smallInts = func() (table [smallIntMax - smallIntMin + 1]Value) {
	for i := range table {
		table[i] = Int(i + smallIntMin)
	}
	return table
}()

// NewInt returns an int without allocating for small values.
func NewInt(i int) Value { return newInt64(int64(i)) }

func newInt64(i int64) Value {
	if i >= smallIntMin && i <= smallIntMax {
		return smallInts[i-smallIntMin]
	}
	return Int(i)
}

// NewBigInt returns the int for b: an Int when it fits. b must not be changed
// afterwards.
func NewBigInt(b *big.Int) Value {
	if b.IsInt64() {
		return newInt64(b.Int64())
	}
	return &BigInt{b}
}

// bigOf returns the integer value of an int or bool, not to be changed.
func bigOf(v Value) (*big.Int, bool) {
	switch v := v.(type) {
	case Int:
		return big.NewInt(int64(v)), true
	case *BigInt:
		return v.big, true
	case Bool:
		return big.NewInt(int64(boolInt(v))), true
	}
	return nil, false
}

func boolInt(b Bool) Int {
	if b {
		return 1
	}
	return 0
}

// checkBits charges for an integer of n bits.
func checkBits(t *Thread, n int64) error {
	if n > maxIntBits {
		return &LimitError{What: "integer size"}
	}
	if err := t.Alloc(n/8 + 16); err != nil {
		return err
	}
	return t.Step(int(n >> 10))
}

// intBinary evaluates an operator on two machine integers; ok is false when the
// operator does not apply to ints.
func intBinary(t *Thread, op BinaryOp, a, b Int) (v Value, ok bool, err error) {
	switch op {
	case OpAdd:
		c := a + b
		if (c > a) == (b > 0) {
			return newInt64(int64(c)), true, nil
		}
	case OpSub:
		c := a - b
		if (c < a) == (b > 0) {
			return newInt64(int64(c)), true, nil
		}
	case OpMul:
		hi, lo := bits.Mul64(uint64(a), uint64(b))
		// Signed high word from the unsigned one.
		shi := int64(hi) - int64(a>>63&b) - int64(b>>63&a)
		if shi == int64(lo)>>63 {
			return newInt64(int64(lo)), true, nil
		}
	case OpAnd:
		return newInt64(int64(a & b)), true, nil
	case OpOr:
		return newInt64(int64(a | b)), true, nil
	case OpXor:
		return newInt64(int64(a ^ b)), true, nil
	case OpLShift:
		if b >= 0 && b < 63 && a<<b>>b == a {
			return newInt64(int64(a << b)), true, nil
		}
	case OpRShift:
		if b >= 0 {
			return newInt64(int64(a >> min(b, 63))), true, nil
		}
	case OpFloorDiv:
		if b != 0 && (a != math.MinInt64 || b != -1) {
			q := a / b
			if a%b != 0 && (a < 0) != (b < 0) {
				q--
			}
			return newInt64(int64(q)), true, nil
		}
	case OpMod:
		if b != 0 {
			if b == -1 {
				return newInt64(0), true, nil
			}
			m := a % b
			if m != 0 && (m < 0) != (b < 0) {
				m += b
			}
			return newInt64(int64(m)), true, nil
		}
	case OpDiv:
		const exact = 1 << 53
		if b != 0 && a <= exact && a >= -exact && b <= exact && b >= -exact {
			return Float(float64(a) / float64(b)), true, nil
		}
	case OpMatMul:
		return nil, false, nil
	}
	return bigBinary(t, op, big.NewInt(int64(a)), big.NewInt(int64(b)))
}

// bigBinary evaluates an operator on two integers of any size.
func bigBinary(t *Thread, op BinaryOp, a, b *big.Int) (v Value, ok bool, err error) {
	n, m := int64(a.BitLen()), int64(b.BitLen())
	switch op {
	case OpAdd, OpSub, OpAnd, OpOr, OpXor:
		err = checkBits(t, max(n, m)+1)
	case OpMul:
		err = checkBits(t, n+m)
		if err == nil {
			err = t.Step(int((n >> 6) * (m >> 6) >> 6))
		}
	case OpFloorDiv, OpMod, OpDiv:
		if b.Sign() == 0 {
			return nil, true, zeroDivision(op, false)
		}
		err = checkBits(t, n)
		if err == nil {
			err = t.Step(int((n >> 6) * (m >> 6) >> 6))
		}
	case OpLShift, OpRShift:
		v, err = bigShift(t, op, a, b)
		return v, true, err
	case OpPow:
		v, err = bigPow(t, a, b)
		return v, true, err
	}
	if err != nil {
		return nil, true, err
	}
	r := new(big.Int)
	switch op {
	case OpAdd:
		r.Add(a, b)
	case OpSub:
		r.Sub(a, b)
	case OpMul:
		r.Mul(a, b)
	case OpAnd:
		r.And(a, b)
	case OpOr:
		r.Or(a, b)
	case OpXor:
		r.Xor(a, b)
	case OpFloorDiv:
		floorDivMod(a, b, r, new(big.Int))
	case OpMod:
		floorDivMod(a, b, new(big.Int), r)
	case OpDiv:
		v, err = trueDivide(a, b)
		return v, true, err
	default:
		return nil, false, nil
	}
	return NewBigInt(r), true, nil
}

// floorDivMod sets q and m to Python's quotient and remainder, whose sign is
// the divisor's.
func floorDivMod(a, b, q, m *big.Int) {
	q.QuoRem(a, b, m)
	if m.Sign() != 0 && m.Sign() != b.Sign() {
		q.Sub(q, big.NewInt(1))
		m.Add(m, b)
	}
}

// trueDivide is int / int, correctly rounded: a quotient of more bits than a
// float holds, with the remainder folded into its last bit.
func trueDivide(a, b *big.Int) (Value, error) {
	if a.Sign() == 0 {
		return Float(math.Copysign(0, float64(b.Sign()))), nil
	}
	shift := 66 - (a.BitLen() - b.BitLen())
	n, d := new(big.Int).Abs(a), new(big.Int).Abs(b)
	if shift > 0 {
		n.Lsh(n, uint(shift))
	} else {
		d.Lsh(d, uint(-shift))
	}
	q, r := n.QuoRem(n, d, new(big.Int))
	q.Lsh(q, 1)
	if r.Sign() != 0 {
		q.SetBit(q, 0, 1)
	}
	if a.Sign()*b.Sign() < 0 {
		q.Neg(q)
	}
	x := new(big.Float).SetInt(q)
	f, _ := x.SetMantExp(x, -shift-1).Float64()
	if math.IsInf(f, 0) {
		return nil, OverflowErrorf("integer division result too large for a float")
	}
	return Float(f), nil
}

func bigShift(t *Thread, op BinaryOp, a, b *big.Int) (Value, error) {
	if b.Sign() < 0 {
		return nil, ValueErrorf("negative shift count")
	}
	if op == OpRShift {
		if !b.IsInt64() || b.Int64() > int64(a.BitLen()) {
			if a.Sign() < 0 {
				return newInt64(-1), nil
			}
			return newInt64(0), nil
		}
		if err := checkBits(t, int64(a.BitLen())-b.Int64()); err != nil {
			return nil, err
		}
		return NewBigInt(new(big.Int).Rsh(a, uint(b.Int64()))), nil
	}
	if a.Sign() == 0 {
		return newInt64(0), nil
	}
	if !b.IsInt64() || b.Int64() > maxIntBits {
		return nil, &LimitError{What: "integer size"}
	}
	if err := checkBits(t, int64(a.BitLen())+b.Int64()); err != nil {
		return nil, err
	}
	return NewBigInt(new(big.Int).Lsh(a, uint(b.Int64()))), nil
}

func bigPow(t *Thread, a, b *big.Int) (Value, error) {
	if b.Sign() < 0 {
		if a.Sign() == 0 {
			return nil, Raise(ZeroDivisionError, "0.0 cannot be raised to a negative power")
		}
		x, err := bigFloat(a)
		if err != nil {
			return nil, err
		}
		y, err := bigFloat(b)
		if err != nil {
			return nil, err
		}
		return floatPow(x, y)
	}
	if a.BitLen() <= 1 { // 0, 1, -1: any exponent
		if b.Sign() == 0 || a.Sign() > 0 || a.Sign() < 0 && b.Bit(0) == 0 {
			return newInt64(1), nil
		}
		return NewBigInt(a), nil
	}
	if !b.IsInt64() || b.Int64() > maxIntBits {
		return nil, &LimitError{What: "integer size"}
	}
	n := int64(a.BitLen()) * b.Int64()
	if n < 0 {
		return nil, &LimitError{What: "integer size"}
	}
	if err := checkBits(t, n); err != nil {
		return nil, err
	}
	if err := t.Step(int((n >> 6) * (n >> 6) >> 8)); err != nil {
		return nil, err
	}
	return NewBigInt(new(big.Int).Exp(a, b, nil)), nil
}

// bigFloat converts an integer to float as float(int) does.
func bigFloat(b *big.Int) (float64, error) {
	f, _ := new(big.Float).SetInt(b).Float64()
	if math.IsInf(f, 0) {
		return 0, OverflowErrorf("int too large to convert to float")
	}
	return f, nil
}

func zeroDivision(op BinaryOp, float bool) error {
	switch {
	case op == OpDiv && !float:
		return Raise(ZeroDivisionError, "division by zero")
	case op == OpDiv:
		return Raise(ZeroDivisionError, "float division by zero")
	case op == OpMod && float:
		return Raise(ZeroDivisionError, "float modulo")
	case op == OpFloorDiv && float:
		return Raise(ZeroDivisionError, "float floor division by zero")
	case op == OpMod:
		return Raise(ZeroDivisionError, "integer modulo by zero")
	}
	return Raise(ZeroDivisionError, "integer division or modulo by zero")
}
