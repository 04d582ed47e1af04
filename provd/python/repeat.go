package python

import "strings"

// repeatSequence is * between a sequence and an int, on either side.
func repeatSequence(t *Thread, a, b Value) (Value, bool, error) {
	switch a.(type) {
	case Str, Bytes, *List, Tuple:
	default:
		switch b.(type) {
		case Str, Bytes, *List, Tuple:
			a, b = b, a
		default:
			return nil, false, nil
		}
	}
	n, ok, err := repeatCount(t, b)
	if !ok || err != nil {
		return nil, false, err
	}
	switch a := a.(type) {
	case Str:
		s, err := repeatString(t, string(a), n)
		return Str(s), true, err
	case Bytes:
		s, err := repeatString(t, string(a), n)
		return Bytes(s), true, err
	case Tuple:
		if n == 1 {
			return a, true, nil
		}
		items, err := repeatItems(t, a, n)
		return Tuple(items), true, err
	case *List:
		items, err := repeatItems(t, a.items, n)
		return NewList(items), true, err
	}
	return nil, false, nil
}

// repeatCount converts the int operand of a repetition; negative counts are 0.
func repeatCount(t *Thread, v Value) (n int, ok bool, err error) {
	switch v := v.(type) {
	case Int:
		return max(int(v), 0), true, nil
	case *BigInt:
		if v.big.Sign() < 0 {
			return 0, true, nil
		}
		return 0, true, Raise(OverflowError, "cannot fit 'int' into an index-sized integer")
	case *Instance, Bool:
		n, ok, err := asIndex(t, v)
		return max(n, 0), ok, err
	}
	return 0, false, nil
}

func repeatString(t *Thread, s string, n int) (string, error) {
	if s == "" || n == 0 {
		return "", nil
	}
	if err := t.allocN(int64(n), int64(len(s))); err != nil {
		return "", err
	}
	return strings.Repeat(s, n), nil
}

func repeatItems(t *Thread, items []Value, n int) ([]Value, error) {
	if len(items) == 0 || n == 0 {
		return nil, nil
	}
	if err := t.allocN(int64(n), int64(len(items))*valueBytes); err != nil {
		return nil, err
	}
	if err := t.Step(n * len(items) / 8); err != nil {
		return nil, err
	}
	out := make([]Value, 0, n*len(items))
	for range n {
		out = append(out, items...)
	}
	return out, nil
}

// asIndex converts an int or a value with __index__ to a machine integer; ok is
// false for other values, and integers that do not fit are an IndexError.
func asIndex(t *Thread, v Value) (n int, ok bool, err error) {
	switch v := v.(type) {
	case Int:
		return int(v), true, nil
	case Bool:
		return int(boolInt(v)), true, nil
	case *BigInt:
		return 0, true, IndexErrorf("cannot fit 'int' into an index-sized integer")
	}
	i, ok, err := asInteger(t, v)
	if !ok || err != nil {
		return 0, ok, err
	}
	return asIndex(t, i)
}

// asInteger converts an int, or a value with __index__, to an Int or *BigInt; ok
// is false for other values.
func asInteger(t *Thread, v Value) (i Value, ok bool, err error) {
	switch v := v.(type) {
	case Int, *BigInt:
		return v, true, nil
	case Bool:
		return boolInt(v), true, nil
	}
	if isCore(v) {
		return nil, false, nil
	}
	r, found, err := callSpecial(t, v, "__index__")
	if !found || err != nil {
		return nil, false, err
	}
	switch r := Native(r).(type) {
	case Int, *BigInt:
		return r, true, nil
	case Bool:
		return boolInt(r), true, nil
	}
	return nil, false, TypeErrorf("__index__ returned non-int (type %s)", TypeName(r))
}

// clampIndex is asIndex for slices and sizes, where integers that do not fit
// count as very large or very small.
func clampIndex(t *Thread, v Value) (n int, ok bool, err error) {
	i, ok, err := asInteger(t, v)
	if !ok || err != nil {
		return 0, ok, err
	}
	if b, ok := i.(*BigInt); ok {
		if b.big.Sign() < 0 {
			return -maxInt - 1, true, nil
		}
		return maxInt, true, nil
	}
	return int(i.(Int)), true, nil
}

const maxInt = int(^uint(0) >> 1)

// indexArg converts an argument that must be an integer of machine size.
func indexArg(t *Thread, v Value) (int, error) {
	n, ok, err := sizeOf(t, v)
	if err == nil && !ok {
		err = TypeErrorf("'%s' object cannot be interpreted as an integer", TypeName(v))
	}
	return n, err
}

// sizeOf is asIndex for sizes and counts, where integers that do not fit are an
// OverflowError.
func sizeOf(t *Thread, v Value) (n int, ok bool, err error) {
	if i, ok := v.(Int); ok {
		return int(i), true, nil
	}
	i, ok, err := asInteger(t, v)
	if !ok || err != nil {
		return 0, ok, err
	}
	if i, ok := i.(Int); ok {
		return int(i), true, nil
	}
	return 0, true, OverflowErrorf("Python int too large to convert to C ssize_t")
}
