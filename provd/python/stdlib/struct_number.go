package stdlib

import (
	"encoding/binary"
	"math"
	"math/big"

	"provbox/provd/python"
)

func putUint(order binary.ByteOrder, dst []byte, u uint64) {
	switch len(dst) {
	case 1:
		dst[0] = byte(u)
	case 2:
		order.PutUint16(dst, uint16(u))
	case 4:
		order.PutUint32(dst, uint32(u))
	case 8:
		order.PutUint64(dst, u)
	}
}

func getUint(order binary.ByteOrder, src []byte) uint64 {
	switch len(src) {
	case 1:
		return uint64(src[0])
	case 2:
		return uint64(order.Uint16(src))
	case 4:
		return uint64(order.Uint32(src))
	}
	return order.Uint64(src)
}

func putFloat(order binary.ByteOrder, code byte, dst []byte, x float64, native bool) error {
	switch code {
	case 'd':
		putUint(order, dst, math.Float64bits(x))
	case 'f':
		f := float32(x)
		if math.IsInf(float64(f), 0) && !math.IsInf(x, 0) && !native {
			return python.OverflowErrorf("float too large to pack with f format")
		}
		putUint(order, dst, uint64(math.Float32bits(f)))
	default:
		h, ok := halfBits(x)
		if !ok {
			return python.OverflowErrorf("float too large to pack with e format")
		}
		putUint(order, dst, uint64(h))
	}
	return nil
}

// unpack reads one structure from data, which has its exact size.
func (m *structModule) unpack(t *python.Thread, f *structFormat, data string) (python.Value, error) {
	if err := t.Alloc(int64(16*f.values + f.size)); err != nil {
		return nil, err
	}
	if err := t.Step(1 + f.values); err != nil {
		return nil, err
	}
	out := make(python.Tuple, 0, f.values)
	for _, it := range f.items {
		if it.code == 's' || it.code == 'p' {
			s := data[it.at : it.at+it.count]
			if it.code == 'p' && it.count > 0 {
				s = s[1 : 1+min(int(s[0]), len(s)-1)]
			}
			out = append(out, python.Bytes(s))
			continue
		}
		for k := range it.count {
			out = append(out, unpackOne(f.order, it.code, data[it.at+k*it.size:][:it.size]))
		}
	}
	return out, nil
}

func unpackOne(order binary.ByteOrder, code byte, src string) python.Value {
	if code == 'c' {
		return python.Bytes(src)
	}
	u := getUint(order, []byte(src))
	switch code {
	case '?':
		return truth(u != 0)
	case 'd':
		return python.Float(math.Float64frombits(u))
	case 'f':
		return python.Float(math.Float32frombits(uint32(u)))
	case 'e':
		return python.Float(halfFloat(uint16(u)))
	case 'b':
		return python.Int(int8(u))
	case 'h':
		return python.Int(int16(u))
	case 'i':
		return python.Int(int32(u))
	case 'l', 'q', 'n':
		if len(src) == 4 {
			return python.Int(int32(u))
		}
		return python.Int(int64(u))
	}
	if u > math.MaxInt64 {
		return python.NewBigInt(new(big.Int).SetUint64(u))
	}
	return python.Int(int64(u))
}

// halfBits converts to IEEE 754 half precision, rounding to even.
func halfBits(x float64) (uint16, bool) {
	sign := uint16(math.Float64bits(x) >> 48 & 0x8000)
	a := math.Abs(x)
	switch {
	case math.IsNaN(x):
		return sign | 0x7e00, true
	case math.IsInf(x, 0):
		return sign | 0x7c00, true
	case a < 6.103515625e-05: // subnormal: a multiple of 2**-24
		return sign | uint16(math.RoundToEven(a*(1<<24))), true
	}
	frac, exp := math.Frexp(a)
	m := math.RoundToEven(frac * 2048)
	if m == 2048 {
		m, exp = 1024, exp+1
	}
	if exp > 16 {
		return 0, false
	}
	return sign | uint16(exp+14)<<10 | uint16(m)&0x3ff, true
}

func halfFloat(h uint16) float64 {
	exp, frac := int(h>>10&0x1f), float64(h&0x3ff)
	var x float64
	switch exp {
	case 0:
		x = math.Ldexp(frac, -24)
	case 31:
		if x = math.Inf(1); frac != 0 {
			x = math.NaN()
		}
	default:
		x = math.Ldexp(frac+1024, exp-25)
	}
	if h&0x8000 != 0 {
		x = -x
	}
	return x
}
