package stdlib

import (
	"encoding/binary"
	"math/big"

	"provbox/provd/python"
)

// maxStruct bounds the size of one packed structure in bytes and the number of
// its values.
const maxStruct = 1 << 24

// structItem is one element of a struct format.
type structItem struct {
	code  byte
	count int // repeats; the length for s and p
	size  int // of one value
	at    int // offset
}

// structFormat is a parsed struct format.
type structFormat struct {
	order  binary.ByteOrder
	native bool // sizes and alignment of the machine
	items  []structItem
	size   int
	values int
}

type structModule struct {
	err    *python.Class
	parsed map[string]*structFormat
}

func (m *structModule) errorf(format string, args ...any) error {
	return python.Raise(m.err, format, args...)
}

// parse reads a format; sizes and alignment are those of a 64-bit little-endian
// Linux.
func (m *structModule) parse(t *python.Thread, v python.Value) (*structFormat, error) {
	s, ok := asStr(v)
	if !ok {
		if s, ok = asBytes(v); !ok {
			return nil, python.TypeErrorf("Struct() argument 1 must be a str or bytes object, not %s", python.TypeName(v))
		}
	}
	if f, ok := m.parsed[s]; ok {
		return f, nil
	}
	if err := t.Step(1 + len(s)); err != nil {
		return nil, err
	}
	if err := t.Alloc(int64(32 * len(s))); err != nil {
		return nil, err
	}
	f := &structFormat{order: binary.LittleEndian}
	native, i := true, 0
	if s != "" {
		switch s[0] {
		case '<', '=':
			native, i = false, 1
		case '>', '!':
			f.order, native, i = binary.BigEndian, false, 1
		case '@':
			i = 1
		}
	}
	for i < len(s) {
		c := s[i]
		i++
		if c == ' ' || '\t' <= c && c <= '\r' {
			continue
		}
		count, hasCount := 1, false
		if '0' <= c && c <= '9' {
			count, hasCount = 0, true
			for ; i <= len(s) && '0' <= c && c <= '9'; i++ {
				if count = count*10 + int(c-'0'); count > maxStruct {
					return nil, m.errorf("total struct size too long")
				}
				if c = 0; i < len(s) {
					c = s[i]
				}
			}
			if c == 0 && i > len(s) {
				return nil, m.errorf("repeat count given without format specifier")
			}
		}
		size, align := structSize(c, native)
		if size < 0 {
			return nil, m.errorf("bad char in struct format")
		}
		if native && align > 1 {
			f.size = (f.size + align - 1) / align * align
		}
		item := structItem{code: c, count: count, size: size, at: f.size}
		f.size += size * count
		if f.size > maxStruct {
			return nil, m.errorf("total struct size too long")
		}
		switch c {
		case 'x':
			continue
		case 's', 'p':
			f.values++
		default:
			if hasCount && count == 0 {
				continue
			}
			f.values += count
		}
		f.items = append(f.items, item)
	}
	f.native = native
	if len(m.parsed) < 64 {
		m.parsed[s] = f
	}
	return f, nil
}

// structSize gives size and native alignment of a format character.
func structSize(c byte, native bool) (size, align int) {
	switch c {
	case 'x', 'c', 'b', 'B', '?', 's', 'p':
		return 1, 1
	case 'h', 'H', 'e':
		return 2, 2
	case 'i', 'I', 'f':
		return 4, 4
	case 'l', 'L':
		if native {
			return 8, 8
		}
		return 4, 4
	case 'q', 'Q', 'd':
		return 8, 8
	case 'n', 'N', 'P':
		if native {
			return 8, 8
		}
	}
	return -1, 0
}

// pack appends the values to out.
func (m *structModule) pack(t *python.Thread, f *structFormat, args []python.Value) ([]byte, error) {
	if len(args) != f.values {
		return nil, m.errorf("pack expected %d items for packing (got %d)", f.values, len(args))
	}
	if err := t.Alloc(int64(f.size)); err != nil {
		return nil, err
	}
	out := make([]byte, f.size)
	for _, it := range f.items {
		if it.code == 's' || it.code == 'p' {
			s, ok := asBytes(args[0])
			if !ok {
				return nil, m.errorf("argument for '%c' must be a bytes object", it.code)
			}
			dst := out[it.at : it.at+it.count]
			if it.code == 'p' && it.count > 0 {
				n := min(len(s), it.count-1, 255)
				dst[0] = byte(n)
				dst, s = dst[1:], s[:n]
			}
			copy(dst, s)
			args = args[1:]
			continue
		}
		for k := range it.count {
			if err := m.put(t, f.order, f.native, it.code, out[it.at+k*it.size:][:it.size], args[0]); err != nil {
				return nil, err
			}
			args = args[1:]
			if err := t.Step(1); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// put packs one value.
func (m *structModule) put(t *python.Thread, order binary.ByteOrder, native bool, code byte, dst []byte, v python.Value) error {
	switch code {
	case 'c':
		s, ok := asBytes(v)
		if !ok || len(s) != 1 {
			return m.errorf("char format requires a bytes object of length 1")
		}
		dst[0] = s[0]
		return nil
	case '?':
		ok, err := python.Truth(t, v)
		if ok {
			dst[0] = 1
		}
		return err
	case 'e', 'f', 'd':
		x, err := asFloat(t, v)
		if err != nil {
			if python.IsException(err, python.TypeError) {
				return m.errorf("required argument is not a float")
			}
			return err
		}
		return putFloat(order, code, dst, x, native)
	}
	n, ok, err := asBig(t, v)
	if err != nil {
		return err
	}
	if !ok {
		return m.errorf("required argument is not an integer")
	}
	bits := uint(8 * len(dst))
	signed := code >= 'a' && code != 'x'
	if signed {
		limit := new(big.Int).Lsh(big.NewInt(1), bits-1)
		if n.Cmp(limit) >= 0 || n.Cmp(new(big.Int).Neg(limit)) < 0 {
			return m.rangeError(order, code, n, len(dst), true)
		}
		putUint(order, dst, uint64(n.Int64()))
		return nil
	}
	if n.Sign() < 0 || n.BitLen() > int(bits) {
		return m.rangeError(order, code, n, len(dst), false)
	}
	putUint(order, dst, n.Uint64())
	return nil
}

// rangeError is the error for an int that does not fit. CPython packs in the
// machine's order and in the other one by different code, with other texts.
func (m *structModule) rangeError(order binary.ByteOrder, code byte, n *big.Int, size int, signed bool) error {
	swapped := order == binary.BigEndian
	bits := 8 * size
	switch {
	case code == 'b' && n.IsInt64():
		return m.errorf("byte format requires -128 <= number <= 127")
	case code == 'B' && n.IsInt64():
		return m.errorf("ubyte format requires 0 <= number <= 255")
	case !n.IsInt64() && (!swapped || size < 8), size == 8 && !swapped, !signed && n.Sign() < 0 && (size == 4 || size == 2 && swapped):
		return m.errorf("argument out of range")
	case size == 8:
		return m.errorf("int too large to convert")
	}
	low, high := int64(0), int64(1)<<bits-1
	if signed {
		low, high = -1<<(bits-1), 1<<(bits-1)-1
	}
	name := "'" + string(code) + "'"
	if !swapped && size == 2 {
		if name = "ushort"; signed {
			name = "short"
		}
	}
	return m.errorf("%s format requires %d <= number <= %d", name, low, high)
}
