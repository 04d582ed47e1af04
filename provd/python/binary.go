package python

// Binary evaluates `a op b`.
func Binary(t *Thread, op BinaryOp, a, b Value) (Value, error) {
	r, ok, err := binaryNative(t, op, a, b)
	if ok || err != nil {
		return r, err
	}
	if !isCore(a) || !isCore(b) {
		r, err := dispatchBinary(t, op, a, b)
		if err != nil || r != Value(NotImplemented) {
			return r, err
		}
	}
	return nil, unsupported(op, binaryNames[op].symbol, a, b)
}

// binaryNative evaluates an operator on two built-in values; ok is false when
// they have no such operator.
func binaryNative(t *Thread, op BinaryOp, a, b Value) (r Value, ok bool, err error) {
	switch x := a.(type) {
	case Int:
		switch y := b.(type) {
		case Int:
			return intBinary(t, op, x, y)
		case Bool:
			return intBinary(t, op, x, boolInt(y))
		}
	case Str:
		switch op {
		case OpAdd:
			if y, ok := b.(Str); ok {
				s, err := concat(t, string(x), string(y))
				return Str(s), true, err
			}
			return nil, false, nil
		case OpMod:
			r, err := PercentFormat(t, x, b)
			return r, true, err
		}
	case Float:
		if y, ok := b.(Float); ok {
			return floatBinary(op, float64(x), float64(y))
		}
	case Bool:
		if y, ok := b.(Bool); ok {
			switch op {
			case OpAnd:
				return x && y, true, nil
			case OpOr:
				return x || y, true, nil
			case OpXor:
				return Bool(x != y), true, nil
			}
		}
	case *List, Tuple, Bytes:
		if op == OpAdd {
			return concatSequence(t, a, b)
		}
		if format, ok := a.(Bytes); ok && op == OpMod {
			r, err := bytesPercent(t, string(format), b)
			return Bytes(r), true, err
		}
	case *Dict:
		if y, ok := b.(*Dict); ok && op == OpOr {
			c, err := x.Copy(t)
			if err == nil {
				err = c.Update(t, y)
			}
			return c, true, err
		}
		return viewBinary(t, op, a, b)
	case *Set:
		return setBinary(t, op, x, b)
	case *DictView:
		return viewBinary(t, op, a, b)
	}
	if isSetView(b) {
		return viewBinary(t, op, a, b)
	}
	if op == OpMul {
		if r, ok, err := repeatSequence(t, a, b); ok || err != nil {
			return r, true, err
		}
	}
	return numberBinary(t, op, a, b)
}

// numberBinary evaluates an operator on numbers of different types.
func numberBinary(t *Thread, op BinaryOp, a, b Value) (Value, bool, error) {
	_, fa := a.(Float)
	_, fb := b.(Float)
	if fa || fb {
		x, ok, err := asFloat(a)
		if !ok || err != nil {
			return nil, ok, err
		}
		y, ok, err := asFloat(b)
		if !ok || err != nil {
			return nil, ok, err
		}
		return floatBinary(op, x, y)
	}
	x, ok := bigOf(a)
	if !ok {
		return nil, false, nil
	}
	y, ok := bigOf(b)
	if !ok {
		return nil, false, nil
	}
	if x.IsInt64() && y.IsInt64() {
		return intBinary(t, op, Int(x.Int64()), Int(y.Int64()))
	}
	return bigBinary(t, op, x, y)
}

// dispatchBinary evaluates an operator through dunder methods; the result is
// NotImplemented when none of them takes the operands.
func dispatchBinary(t *Thread, op BinaryOp, a, b Value) (Value, error) {
	names := &binaryNames[op]
	ca, cb := a.Type(), b.Type()
	left, hasLeft := ca.Lookup(names.method)
	right, hasRight := cb.Lookup(names.reflected)
	if ca == cb {
		hasRight = false
	}
	if hasRight && cb.IsSubclass(ca) {
		// The more special class goes first, when it brings its own method.
		inherited, ok := ca.Lookup(names.reflected)
		if !ok || !Is(inherited, right) {
			r, err := callFound(t, right, b, a)
			if err != nil || r != Value(NotImplemented) {
				return r, err
			}
			hasRight = false
		}
	}
	if hasLeft && left != Value(None) {
		r, err := callFound(t, left, a, b)
		if err != nil || r != Value(NotImplemented) {
			return r, err
		}
	}
	if hasRight && right != Value(None) {
		return callFound(t, right, b, a)
	}
	return NotImplemented, nil
}

// unsupported returns the TypeError for operands without the operator.
func unsupported(op BinaryOp, symbol string, a, b Value) error {
	switch op {
	case OpAdd:
		if !inherits(a, "__add__") {
			break
		}
		switch Native(a).(type) {
		case Str:
			return TypeErrorf(`can only concatenate str (not "%s") to str`, TypeName(b))
		case *List:
			return TypeErrorf(`can only concatenate list (not "%s") to list`, TypeName(b))
		case Tuple:
			return TypeErrorf(`can only concatenate tuple (not "%s") to tuple`, TypeName(b))
		case Bytes:
			return TypeErrorf("can't concat %s to bytes", TypeName(b))
		case *ByteArray:
			return TypeErrorf("can't concat %s to bytearray", TypeName(b))
		}
	case OpMul:
		if isSequence(a) && inherits(a, "__mul__") {
			return TypeErrorf("can't multiply sequence by non-int of type '%s'", TypeName(b))
		}
		if isSequence(b) && inherits(b, "__mul__") {
			return TypeErrorf("can't multiply sequence by non-int of type '%s'", TypeName(a))
		}
	}
	return TypeErrorf("unsupported operand type(s) for %s: '%s' and '%s'", symbol, TypeName(a), TypeName(b))
}

// inherits reports whether an operator of v is the one of a built-in class.
func inherits(v Value, method string) bool {
	if isCore(v) {
		return true
	}
	fn, _ := v.Type().Lookup(method)
	m, ok := fn.(*Method)
	return ok && m.class.noDict()
}

func isSequence(v Value) bool {
	switch Native(v).(type) {
	case Str, Bytes, *ByteArray, *List, Tuple:
		return true
	}
	return false
}

// InPlace evaluates `a op= b` and returns the new value of a.
func InPlace(t *Thread, op BinaryOp, a, b Value) (Value, error) {
	switch x := a.(type) {
	case Int, Str, Float, Tuple, Bool, NoneType:
	case *List:
		switch op {
		case OpAdd:
			return a, x.extend(t, b)
		case OpMul:
			if n, ok, err := repeatCount(t, b); ok || err != nil {
				if err == nil {
					err = x.repeat(t, n)
				}
				return a, err
			}
		}
	case *Dict:
		if op == OpOr {
			return a, dictUpdate(t, x, []Value{b}, nil)
		}
	case *Set:
		if done, err := x.inPlace(t, op, b); done || err != nil {
			return a, err
		}
	default:
		// A method that is None is called all the same, and fails.
		if fn, ok := lookupSpecial(a, binaryNames[op].inPlace); ok {
			r, err := callFoundArgs(t, fn, a, []Value{b}, nil)
			if err != nil || r != Value(NotImplemented) {
				return r, err
			}
		}
	}
	r, ok, err := binaryNative(t, op, a, b)
	if ok || err != nil {
		return r, err
	}
	if !isCore(a) || !isCore(b) {
		r, err := dispatchBinary(t, op, a, b)
		if err != nil || r != Value(NotImplemented) {
			return r, err
		}
	}
	symbol := binaryNames[op].symbol
	if op == OpPow {
		symbol = "**"
	}
	return nil, unsupported(op, symbol+"=", a, b)
}

// concat joins two strings, charging for the result.
func concat(t *Thread, a, b string) (string, error) {
	if a == "" {
		return b, nil
	}
	if b == "" {
		return a, nil
	}
	if err := t.Alloc(int64(len(a) + len(b))); err != nil {
		return "", err
	}
	return a + b, nil
}

// concatSequence is + for lists, tuples and bytes.
func concatSequence(t *Thread, a, b Value) (Value, bool, error) {
	switch x := a.(type) {
	case *List:
		if y, ok := b.(*List); ok {
			items, err := joinItems(t, x.items, y.items)
			return NewList(items), true, err
		}
	case Tuple:
		if y, ok := b.(Tuple); ok {
			items, err := joinItems(t, x, y)
			return Tuple(items), true, err
		}
	case Bytes:
		if y, ok := b.(Bytes); ok {
			s, err := concat(t, string(x), string(y))
			return Bytes(s), true, err
		}
	}
	return nil, false, nil
}

func joinItems(t *Thread, a, b []Value) ([]Value, error) {
	if err := chargeItems(t, len(a)+len(b)); err != nil {
		return nil, err
	}
	items := make([]Value, 0, len(a)+len(b))
	return append(append(items, a...), b...), nil
}

// valueBytes is what one element of a list or tuple is charged for.
const valueBytes = 16

// chargeItems charges for a slice of n values and the work of filling it.
func chargeItems(t *Thread, n int) error {
	if err := t.allocN(int64(n), valueBytes); err != nil {
		return err
	}
	return t.Step(n / 8)
}
