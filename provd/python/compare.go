package python

import (
	"cmp"
	"strings"
)

// Equal reports whether a == b; identical values are equal without asking, as
// for the members of a container.
func Equal(t *Thread, a, b Value) (bool, error) {
	switch x := a.(type) {
	case Str:
		if y, ok := b.(Str); ok {
			return x == y, t.long(min(len(x), len(y)))
		}
	case Int:
		if y, ok := b.(Int); ok {
			return x == y, nil
		}
	case NoneType:
		if isCore(b) {
			return b == Value(None), nil
		}
	}
	if Is(a, b) {
		return true, nil
	}
	return CompareBool(t, OpEq, a, b)
}

// CompareBool is Compare followed by Truth.
func CompareBool(t *Thread, op CompareOp, a, b Value) (bool, error) {
	r, err := Compare(t, op, a, b)
	if err != nil {
		return false, err
	}
	if b, ok := r.(Bool); ok {
		return bool(b), nil
	}
	return Truth(t, r)
}

// Compare evaluates `a op b`.
func Compare(t *Thread, op CompareOp, a, b Value) (Value, error) {
	switch op {
	case OpIs:
		return Bool(Is(a, b)), nil
	case OpIsNot:
		return Bool(!Is(a, b)), nil
	case OpIn:
		ok, err := Contains(t, b, a)
		return Bool(ok), err
	case OpNotIn:
		ok, err := Contains(t, b, a)
		return Bool(!ok), err
	}
	if r, ok, err := compareNative(t, op, a, b); ok || err != nil {
		return Bool(r), err
	}
	if !isCore(a) || !isCore(b) {
		r, err := dispatchCompare(t, op, a, b)
		if err != nil || r != Value(NotImplemented) {
			return r, err
		}
	}
	switch op {
	case OpEq:
		return Bool(Is(a, b)), nil
	case OpNe:
		return Bool(!Is(a, b)), nil
	}
	return nil, TypeErrorf("'%s' not supported between instances of '%s' and '%s'",
		compareNames[op].symbol, TypeName(a), TypeName(b))
}

func dispatchCompare(t *Thread, op CompareOp, a, b Value) (Value, error) {
	names := &compareNames[op]
	swapped := compareNames[names.swapped].method
	ca, cb := a.Type(), b.Type()
	tried := false
	if ca != cb && cb.IsSubclass(ca) {
		if fn, ok := cb.Lookup(swapped); ok {
			tried = true
			r, err := callFound(t, fn, b, a)
			if err != nil || r != Value(NotImplemented) {
				return r, err
			}
		}
	}
	if fn, ok := ca.Lookup(names.method); ok && fn != Value(None) {
		r, err := callFound(t, fn, a, b)
		if err != nil || r != Value(NotImplemented) {
			return r, err
		}
	}
	if !tried {
		if fn, ok := cb.Lookup(swapped); ok && fn != Value(None) {
			return callFound(t, fn, b, a)
		}
	}
	return NotImplemented, nil
}

// compareNative compares two built-in values; ok is false when they have no such
// comparison.
func compareNative(t *Thread, op CompareOp, a, b Value) (r, ok bool, err error) {
	switch x := a.(type) {
	case Int:
		if y, ok := b.(Int); ok {
			return ordered(op, cmp.Compare(x, y)), true, nil
		}
	case Str:
		if y, ok := b.(Str); ok {
			err := t.long(min(len(x), len(y)))
			if op == OpEq || op == OpNe {
				return (x == y) == (op == OpEq), true, err
			}
			return ordered(op, strings.Compare(string(x), string(y))), true, err
		}
		return false, false, nil
	case Bytes:
		if y, ok := b.(Bytes); ok {
			return ordered(op, strings.Compare(string(x), string(y))), true, t.long(min(len(x), len(y)))
		}
		return false, false, nil
	case *List:
		if y, ok := b.(*List); ok {
			r, err := compareItems(t, op, func() []Value { return x.items }, func() []Value { return y.items })
			return r, true, err
		}
		return false, false, nil
	case Tuple:
		if y, ok := b.(Tuple); ok {
			r, err := compareItems(t, op, func() []Value { return x }, func() []Value { return y })
			return r, true, err
		}
		return false, false, nil
	case *Dict:
		if y, ok := b.(*Dict); ok && op <= OpNe {
			eq, err := equalDicts(t, x, y)
			return eq == (op == OpEq), true, err
		}
		return false, false, nil
	case *Set, *DictView:
		return compareSets(t, op, a, b)
	case *Range:
		if y, ok := b.(*Range); ok && op <= OpNe {
			eq, err := x.equal(t, y)
			return eq == (op == OpEq), true, err
		}
		return false, false, nil
	case *Slice:
		if y, ok := b.(*Slice); ok {
			xs, ys := []Value{x.Start, x.Stop, x.Step}, []Value{y.Start, y.Stop, y.Step}
			r, err := compareItems(t, op, func() []Value { return xs }, func() []Value { return ys })
			return r, true, err
		}
		return false, false, nil
	case NoneType, EllipsisType, NotImplementedType:
		return false, false, nil
	}
	return compareNumbers(op, a, b)
}

// ordered applies an operator to the result of a three-way comparison.
func ordered(op CompareOp, c int) bool {
	switch op {
	case OpEq:
		return c == 0
	case OpNe:
		return c != 0
	case OpLt:
		return c < 0
	case OpLe:
		return c <= 0
	case OpGt:
		return c > 0
	}
	return c >= 0
}

func compareNumbers(op CompareOp, a, b Value) (r, ok bool, err error) {
	x, fa := a.(Float)
	y, fb := b.(Float)
	c := 2
	switch {
	case fa && fb:
		if x == x && y == y {
			c = cmp.Compare(x, y)
		}
	case fa:
		n, ok := bigOf(b)
		if !ok {
			return false, false, nil
		}
		if c = compareIntFloat(n, float64(x)); c != 2 {
			c = -c
		}
	case fb:
		n, ok := bigOf(a)
		if !ok {
			return false, false, nil
		}
		c = compareIntFloat(n, float64(y))
	default:
		m, ok := bigOf(a)
		if !ok {
			return false, false, nil
		}
		n, ok := bigOf(b)
		if !ok {
			return false, false, nil
		}
		c = m.Cmp(n)
	}
	if c == 2 { // NaN
		return op == OpNe, true, nil
	}
	return ordered(op, c), true, nil
}

// compareItems compares two sequences item by item. The items are asked for
// anew each time because comparing can run code that changes a list.
func compareItems(t *Thread, op CompareOp, a, b func() []Value) (bool, error) {
	if op <= OpNe && len(a()) != len(b()) {
		return op == OpNe, nil
	}
	if err := t.Enter(); err != nil {
		return false, err
	}
	defer t.Leave()
	for i := 0; i < len(a()) && i < len(b()); i++ {
		if err := t.Step(1); err != nil {
			return false, err
		}
		x, y := a()[i], b()[i]
		eq, err := Equal(t, x, y)
		if err != nil {
			return false, err
		}
		if eq {
			continue
		}
		switch op {
		case OpEq:
			return false, nil
		case OpNe:
			return true, nil
		}
		return CompareBool(t, op, x, y)
	}
	return ordered(op, cmp.Compare(len(a()), len(b()))), nil
}

func equalDicts(t *Thread, a, b *Dict) (bool, error) {
	if a.live != b.live {
		return false, nil
	}
	if err := t.Enter(); err != nil {
		return false, err
	}
	defer t.Leave()
	for i := 0; i < len(a.entries); i++ {
		e := a.entries[i]
		if e.key == nil {
			continue
		}
		if err := t.Step(1); err != nil {
			return false, err
		}
		j, err := b.find(t, e.hash, e.key)
		if err != nil || j < 0 {
			return false, err
		}
		eq, err := Equal(t, e.value, b.entries[j].value)
		if err != nil || !eq {
			return false, err
		}
	}
	return true, nil
}
