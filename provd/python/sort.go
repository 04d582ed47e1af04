package python

import (
	"cmp"
	"slices"
)

// sortKeyed is one item of a sort with its key.
type sortKeyed struct{ key, item Value }

// sortItems sorts items in place as list.sort does: stable, by < only.
func sortItems(t *Thread, items []Value, key Value, reverse bool) error {
	if key == nil || key == Value(None) {
		return sortBy(t, items, func(v Value) Value { return v }, reverse)
	}
	if err := chargeItems(t, 2*len(items)); err != nil {
		return err
	}
	keyed := make([]sortKeyed, len(items))
	for i, v := range items {
		if err := t.Step(1); err != nil {
			return err
		}
		k, err := Call(t, key, []Value{v}, nil)
		if err != nil {
			return err
		}
		keyed[i] = sortKeyed{k, v}
	}
	if err := sortBy(t, keyed, func(k sortKeyed) Value { return k.key }, reverse); err != nil {
		return err
	}
	for i, k := range keyed {
		items[i] = k.item
	}
	return nil
}

// sortBy sorts by what key returns. A reversed sort keeps the order of equal
// items, as if sorted backwards and turned round.
func sortBy[T any](t *Thread, items []T, key func(T) Value, reverse bool) error {
	if reverse {
		slices.Reverse(items)
		defer slices.Reverse(items)
	}
	var failed error
	less := func(a, b Value) bool {
		lt, err := lessThan(t, a, b)
		if err != nil {
			failed = err
		}
		return lt
	}
	slices.SortStableFunc(items, func(a, b T) int {
		if failed != nil {
			return 0
		}
		if failed = t.Step(1); failed != nil {
			return 0
		}
		x, y := key(a), key(b)
		if s, ok := x.(Str); ok {
			if r, ok := y.(Str); ok {
				return cmp.Compare(s, r)
			}
		}
		switch {
		case less(x, y):
			return -1
		case failed == nil && less(y, x):
			return 1
		}
		return 0
	})
	return failed
}

func lessThan(t *Thread, a, b Value) (bool, error) {
	if x, ok := a.(Int); ok {
		if y, ok := b.(Int); ok {
			return x < y, nil
		}
	}
	return CompareBool(t, OpLt, a, b)
}

// extreme is min (op OpLt) and max (op OpGt).
func extreme(name string, op CompareOp) BuiltinFunc {
	return func(t *Thread, args []Value, kwargs []Keyword) (Value, error) {
		var key, fallback Value
		for _, kw := range kwargs {
			switch kw.Name {
			case "key":
				if kw.Value != Value(None) {
					key = kw.Value
				}
			case "default":
				fallback = kw.Value
			default:
				return nil, TypeErrorf("'%s' is an invalid keyword argument for %s()", kw.Name, name)
			}
		}
		var source Value
		switch {
		case len(args) == 0:
			return nil, TypeErrorf("%s expected at least 1 argument, got 0", name)
		case len(args) == 1:
			source = args[0]
		case fallback != nil:
			return nil, TypeErrorf("Cannot specify a default for %s() with multiple positional arguments", name)
		default:
			source = Tuple(args)
		}
		var best, bestKey Value
		err := Iterate(t, source, func(v Value) error {
			k := v
			if key != nil {
				var err error
				if k, err = Call(t, key, []Value{v}, nil); err != nil {
					return err
				}
			}
			if best != nil {
				better, err := CompareBool(t, op, k, bestKey)
				if err != nil || !better {
					return err
				}
			}
			best, bestKey = v, k
			return nil
		})
		switch {
		case err != nil:
			return nil, err
		case best != nil:
			return best, nil
		case fallback != nil:
			return fallback, nil
		}
		return nil, ValueErrorf("%s() arg is an empty sequence", name)
	}
}
