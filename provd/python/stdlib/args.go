package stdlib

import (
	"math"
	"math/big"

	"provbox/provd/python"
)

// asStr gives the content of a str, or of an instance of a class derived from it.
func asStr(v python.Value) (string, bool) {
	s, ok := python.Native(v).(python.Str)
	return string(s), ok
}

// asBytes gives the content of a bytes or bytearray.
func asBytes(v python.Value) (string, bool) {
	if b, ok := python.Native(v).(*python.ByteArray); ok {
		return string(b.Bytes()), true
	}
	s, ok := python.Native(v).(python.Bytes)
	return string(s), ok
}

// wantStr is asStr with the TypeError for other values.
func wantStr(what string, v python.Value) (string, error) {
	s, ok := asStr(v)
	if !ok {
		return "", python.TypeErrorf("%s must be str, not %s", what, python.TypeName(v))
	}
	return s, nil
}

// wantBytes is asBytes with CPython's TypeError for other values.
func wantBytes(v python.Value) (string, error) {
	s, ok := asBytes(v)
	if !ok {
		return "", python.TypeErrorf("a bytes-like object is required, not '%s'", python.TypeName(v))
	}
	return s, nil
}

// asBig gives the value of an int, of a bool or of an object with __index__.
func asBig(t *python.Thread, v python.Value) (*big.Int, bool, error) {
	switch n := python.Native(v).(type) {
	case python.Int:
		return big.NewInt(int64(n)), true, nil
	case python.Bool:
		if n {
			return big.NewInt(1), true, nil
		}
		return new(big.Int), true, nil
	case *python.BigInt:
		return n.Big(), true, nil
	case *python.Instance:
		f, ok, err := python.LookupAttr(t, v, "__index__")
		if err != nil || !ok {
			return nil, false, err
		}
		r, err := python.Call(t, f, nil, nil)
		if err != nil {
			return nil, false, err
		}
		if i, ok := python.Native(r).(python.Int); ok {
			return big.NewInt(int64(i)), true, nil
		}
		return nil, false, python.TypeErrorf("__index__ returned non-int (type %s)", python.TypeName(r))
	}
	return nil, false, nil
}

// asInt gives an int that fits int64.
func asInt(t *python.Thread, v python.Value) (int64, error) {
	if i, ok := v.(python.Int); ok {
		return int64(i), nil
	}
	b, ok, err := asBig(t, v)
	if err != nil {
		return 0, err
	}
	if !ok {
		return 0, python.TypeErrorf("'%s' object cannot be interpreted as an integer", python.TypeName(v))
	}
	if !b.IsInt64() {
		return 0, python.OverflowErrorf("Python int too large to convert to C ssize_t")
	}
	return b.Int64(), nil
}

// clampInt is asInt for positions and counts: what does not fit becomes the
// nearest value that does.
func clampInt(t *python.Thread, v python.Value) (int, error) {
	if i, ok := v.(python.Int); ok {
		return int(i), nil
	}
	b, ok, err := asBig(t, v)
	if err != nil {
		return 0, err
	}
	if !ok {
		return 0, python.TypeErrorf("'%s' object cannot be interpreted as an integer", python.TypeName(v))
	}
	if b.IsInt64() {
		return int(b.Int64()), nil
	}
	if b.Sign() < 0 {
		return math.MinInt, nil
	}
	return math.MaxInt, nil
}

// asFloat gives the value of a number, or of an object with __float__.
func asFloat(t *python.Thread, v python.Value) (float64, error) {
	switch n := python.Native(v).(type) {
	case python.Float:
		return float64(n), nil
	case python.Int:
		return float64(n), nil
	}
	b, ok, err := asBig(t, v)
	if err != nil {
		return 0, err
	}
	if ok {
		f, _ := new(big.Float).SetInt(b).Float64()
		if math.IsInf(f, 0) {
			return 0, python.OverflowErrorf("int too large to convert to float")
		}
		return f, nil
	}
	if f, ok, err := python.LookupAttr(t, v, "__float__"); err != nil {
		return 0, err
	} else if ok {
		r, err := python.Call(t, f, nil, nil)
		if err != nil {
			return 0, err
		}
		if x, ok := python.Native(r).(python.Float); ok {
			return float64(x), nil
		}
	}
	return 0, python.TypeErrorf("must be real number, not %s", python.TypeName(v))
}

// isNone reports whether v is None or absent.
func isNone(v python.Value) bool { return v == nil || v == python.Value(python.None) }

// truth converts a Go bool.
func truth(b bool) python.Value { return python.Bool(b) }

// str makes a str of which the size is charged.
func str(t *python.Thread, s string) (python.Value, error) {
	if err := t.Alloc(int64(len(s))); err != nil {
		return nil, err
	}
	return python.Str(s), nil
}

// notImplemented is what operator methods return for foreign operands.
var notImplemented = python.Value(python.NotImplemented)
