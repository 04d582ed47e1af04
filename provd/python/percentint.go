package python

// integer formats d i u o x X.
func (s *percentSpec) integer(t *Thread, v Value) (string, error) {
	n, err := s.asInt(t, v)
	if err != nil {
		return "", err
	}
	kind := s.kind
	if kind == 'i' || kind == 'u' {
		kind = 'd'
	}
	digits, negative, err := intDigits(t, n, kind)
	if err != nil {
		return "", err
	}
	if pad := s.precision - len(digits); pad > 0 {
		if digits, err = padded(t, digits, "0", pad, 0); err != nil {
			return "", err
		}
	}
	prefix := s.sign(negative)
	if s.alternate {
		prefix += basePrefix(kind)
	}
	return s.pad(t, prefix, digits, s.zero)
}

func (s *percentSpec) asInt(t *Thread, v Value) (Value, error) {
	n := Native(v)
	switch n := n.(type) {
	case Int, *BigInt:
		return n, nil
	case Bool:
		return boolInt(n), nil
	}
	if s.kind == 'o' || s.kind == 'x' || s.kind == 'X' {
		i, ok, err := asInteger(t, v)
		if err == nil && !ok {
			err = TypeErrorf("%%%c format: an integer is required, not %s", s.kind, TypeName(v))
		}
		return i, err
	}
	if f, ok := n.(Float); ok {
		return floatToInt(t, float64(f))
	}
	if !isCore(n) {
		for _, name := range [...]string{"__int__", "__index__"} {
			if _, ok := lookupSpecial(v, name); ok {
				return IntOf(t, v)
			}
		}
	}
	kind := s.kind
	if s.bytes && kind == 'i' {
		kind = 'd'
	}
	return nil, TypeErrorf("%%%c format: a real number is required, not %s", kind, TypeName(v))
}

const charWanted = "%c requires int or char"

func percentChar(t *Thread, v Value) (string, error) {
	switch c := Native(v).(type) {
	case Str:
		if strLen(string(c)) == 1 {
			return string(c), nil
		}
		return "", TypeErrorf("%s", charWanted)
	case Int:
		if c < 0 || c > 0x10ffff {
			return "", OverflowErrorf("%s", charRange)
		}
		return string(AppendRune(nil, rune(c))), nil
	case *BigInt:
		return "", OverflowErrorf("%s", charRange)
	}
	i, ok, err := asInteger(t, v)
	if err != nil {
		return "", err
	}
	if ok {
		return percentChar(t, i)
	}
	return "", TypeErrorf("%s", charWanted)
}
