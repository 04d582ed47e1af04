package python

import (
	"math/big"
	"math/bits"
	"slices"
	"strings"
)

// newIntValue is int().
func newIntValue(t *Thread, _ *Class, args []Value, kwargs []Keyword) (Value, error) {
	var x, base Value
	if len(args) > 2 {
		return nil, TypeErrorf("int() takes at most 2 arguments (%d given)", len(args)+len(kwargs))
	}
	if len(args) > 0 {
		x = args[0]
	}
	if len(args) > 1 {
		base = args[1]
	}
	for _, kw := range kwargs {
		if kw.Name != "base" || base != nil {
			return nil, TypeErrorf("'%s' is an invalid keyword argument for int()", kw.Name)
		}
		base = kw.Value
	}
	if x == nil {
		if base != nil {
			return nil, TypeErrorf("int() missing string argument")
		}
		return newInt64(0), nil
	}
	radix := 10
	if base != nil {
		n, ok, err := clampIndex(t, base)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, TypeErrorf("'%s' object cannot be interpreted as an integer", TypeName(base))
		}
		if n != 0 && (n < 2 || n > 36) {
			return nil, ValueErrorf("int() base must be >= 2 and <= 36, or 0")
		}
		radix = n
	}
	switch s := Native(x).(type) {
	case Str:
		return parseInt(t, string(s), radix, s)
	case Bytes:
		return parseInt(t, string(s), radix, s)
	case *ByteArray:
		return parseInt(t, string(s.data), radix, s.Bytes())
	}
	if base != nil {
		return nil, TypeErrorf("int() can't convert non-string with explicit base")
	}
	return IntOf(t, x)
}

// parseInt reads an int literal the way int(str, base) does; orig is shown in
// the error.
func parseInt(t *Thread, s string, base int, orig Value) (Value, error) {
	if err := t.Step(len(s) / 8); err != nil {
		return nil, err
	}
	bad := func() error {
		shown, err := Repr(t, orig)
		if err != nil {
			return err
		}
		if len(shown) > 200 {
			shown = shown[:byteOffset(shown, 200)]
		}
		return ValueErrorf("invalid literal for int() with base %d: %s", base, shown)
	}
	text, ok := asciiDigits(strings.TrimFunc(s, isSpace))
	if !ok {
		return nil, bad()
	}
	negative := false
	if text != "" && (text[0] == '-' || text[0] == '+') {
		negative = text[0] == '-'
		text = text[1:]
	}
	radix := base
	prefixed := false
	if len(text) > 1 && text[0] == '0' {
		if p := prefixBase(text[1]); p != 0 && (base == 0 || base == p) {
			radix, text, prefixed = p, text[2:], true
		}
	}
	if radix == 0 {
		radix = 10
		if strings.Trim(text, "0_") != "" && strings.HasPrefix(text, "0") {
			return nil, bad() // 012 is not a literal
		}
	}
	digits, ok := dropUnderscores(text, prefixed)
	if !ok || !allDigits(digits, radix) {
		return nil, bad()
	}
	if len(digits) <= 18 && radix <= 10 {
		n := int64(0)
		for i := range len(digits) {
			n = n*int64(radix) + int64(digits[i]-'0')
		}
		if negative {
			n = -n
		}
		return newInt64(n), nil
	}
	if radix&(radix-1) != 0 && len(digits) > maxIntDigits {
		return nil, ValueErrorf("Exceeds the limit (%d digits) for integer string conversion: value has %d digits; "+
			"use sys.set_int_max_str_digits() to increase the limit", maxIntDigits, len(digits))
	}
	n := int64(len(digits)) * int64(bits.Len(uint(radix-1)))
	if err := checkBits(t, n); err != nil {
		return nil, err
	}
	if err := t.Step(int(n / 64 * (n / 64) / 64)); err != nil {
		return nil, err
	}
	b, ok := new(big.Int).SetString(digits, radix)
	if !ok {
		return nil, bad()
	}
	if negative {
		b.Neg(b)
	}
	return NewBigInt(b), nil
}

func prefixBase(c byte) int {
	switch c {
	case 'x', 'X':
		return 16
	case 'o', 'O':
		return 8
	case 'b', 'B':
		return 2
	}
	return 0
}

// dropUnderscores removes single underscores between digits; one directly after
// a base prefix is allowed.
func dropUnderscores(s string, prefixed bool) (string, bool) {
	if !strings.Contains(s, "_") {
		return s, s != ""
	}
	if prefixed {
		s = strings.TrimPrefix(s, "_")
	}
	if strings.HasPrefix(s, "_") || strings.HasSuffix(s, "_") || strings.Contains(s, "__") {
		return "", false
	}
	s = strings.ReplaceAll(s, "_", "")
	return s, s != ""
}

func allDigits(s string, base int) bool {
	for i := range len(s) {
		d := 99
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			d = int(c - '0')
		case c >= 'a' && c <= 'z':
			d = int(c-'a') + 10
		case c >= 'A' && c <= 'Z':
			d = int(c-'A') + 10
		}
		if d >= base {
			return false
		}
	}
	return true
}

func addIntMethods(m methodTable) {
	add(m, "bit_length", 0, 0, func(_ *Thread, self Value, _ []Value) (Value, error) {
		b, _ := bigOf(Native(self))
		return NewInt(b.BitLen()), nil
	})
	add(m, "bit_count", 0, 0, func(_ *Thread, self Value, _ []Value) (Value, error) {
		b, _ := bigOf(Native(self))
		n := 0
		for _, w := range b.Bits() {
			n += bits.OnesCount(uint(w))
		}
		return NewInt(n), nil
	})
	add(m, "__index__", 0, 0, func(t *Thread, self Value, _ []Value) (Value, error) { return selfGetter(t, self) })
	addKw(m, "to_bytes", intToBytes)
}

func byteOrder(order string) (little bool, err error) {
	switch order {
	case "little":
		return true, nil
	case "big":
		return false, nil
	}
	return false, ValueErrorf("byteorder must be either 'little' or 'big'")
}

func intToBytes(t *Thread, self Value, args []Value, kwargs []Keyword) (Value, error) {
	length, order, signed := 1, "big", false
	err := Unpack("to_bytes", args, kwargs, "length?", &length, "byteorder?", &order, "$", "signed?", &signed)
	if err != nil {
		return nil, err
	}
	little, err := byteOrder(order)
	if err != nil {
		return nil, err
	}
	if length < 0 {
		return nil, ValueErrorf("length argument must be non-negative")
	}
	b, _ := bigOf(self)
	if b.Sign() < 0 && !signed {
		return nil, OverflowErrorf("can't convert negative int to unsigned")
	}
	room := int64(length) * 8
	need := int64(b.BitLen())
	if signed {
		if b.Sign() < 0 {
			need = int64(new(big.Int).Not(b).BitLen())
		}
		if room == 0 && b.Sign() != 0 || need > 0 && need+1 > room {
			return nil, OverflowErrorf("int too big to convert")
		}
	} else if need > room {
		return nil, OverflowErrorf("int too big to convert")
	}
	if err := t.allocN(int64(length), 2); err != nil {
		return nil, err
	}
	out := make([]byte, length)
	if b.Sign() < 0 {
		new(big.Int).Not(b).FillBytes(out)
		for i := range out {
			out[i] = ^out[i]
		}
	} else {
		b.FillBytes(out)
	}
	if little {
		slices.Reverse(out)
	}
	return Bytes(out), nil
}

func intFromBytes(t *Thread, self Value, args []Value, kwargs []Keyword) (Value, error) {
	var source Value
	order, signed := "big", false
	err := Unpack("from_bytes", args, kwargs, "bytes", &source, "byteorder?", &order, "$", "signed?", &signed)
	if err != nil {
		return nil, err
	}
	little, err := byteOrder(order)
	if err != nil {
		return nil, err
	}
	data, err := bytesOf(t, source, "bytes")
	if err != nil {
		return nil, err
	}
	if err := checkBits(t, int64(len(data))*8); err != nil {
		return nil, err
	}
	raw := []byte(data)
	if little {
		slices.Reverse(raw)
	}
	b := new(big.Int).SetBytes(raw)
	if signed && len(raw) > 0 && raw[0] >= 0x80 {
		b.Sub(b, new(big.Int).Lsh(big.NewInt(1), uint(len(raw))*8))
	}
	v := NewBigInt(b)
	if c, ok := self.(*Class); ok && c != IntClass {
		return Call(t, c, []Value{v}, nil)
	}
	return v, nil
}
