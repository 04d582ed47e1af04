package template

import (
	"provbox/provd/python"
)

func filterFirst(in *invocation, v python.Value) (python.Value, error) {
	it, err := python.Iter(in.t, v)
	if err != nil {
		return nil, err
	}
	first, ok, err := it.Next(in.t)
	if err != nil {
		return nil, err
	}
	if !ok {
		return &undefined{hint: "No first item, sequence was empty."}, nil
	}
	return first, nil
}

func filterLast(in *invocation, v python.Value) (python.Value, error) {
	back, err := in.builtin("reversed", []python.Value{v})
	if err != nil {
		return nil, err
	}
	it, err := python.Iter(in.t, back)
	if err != nil {
		return nil, err
	}
	last, ok, err := it.Next(in.t)
	if err != nil {
		return nil, err
	}
	if !ok {
		return &undefined{hint: "No last item, sequence was empty."}, nil
	}
	return last, nil
}

func filterList(in *invocation, v python.Value) (python.Value, error) {
	items, err := python.ListOf(in.t, v)
	return python.NewList(items), err
}

func filterReverse(in *invocation, v python.Value) (python.Value, error) {
	if _, ok := python.Native(v).(python.Str); ok {
		minus := &python.Slice{Start: python.None, Stop: python.None, Step: python.Int(-1)}
		return python.GetItem(in.t, v, minus)
	}
	back, err := in.builtin("reversed", []python.Value{v})
	if !python.IsException(err, python.TypeError) {
		return back, err
	}
	items, err := python.ListOf(in.t, v)
	if python.IsException(err, python.TypeError) {
		return nil, python.Raise(FilterArgumentError, "argument must be iterable")
	}
	for i, j := 0, len(items)-1; i < j; i, j = i+1, j-1 {
		items[i], items[j] = items[j], items[i]
	}
	return python.NewList(items), err
}

func filterItems(in *invocation, v python.Value) (python.Value, error) {
	var it python.Iterator
	return newGenerator("do_items", func(t *python.Thread) (python.Value, bool, error) {
		if isUndef(v) {
			return nil, false, nil
		}
		if it == nil {
			if _, ok := python.Native(v).(*python.Dict); !ok {
				return nil, false, python.TypeErrorf("Can only get item pairs from a mapping.")
			}
			items, err := python.CallMethod(t, v, "items")
			if err == nil {
				it, err = python.Iter(t, items)
			}
			if err != nil {
				return nil, false, err
			}
		}
		return it.Next(t)
	}), nil
}

func filterDictsort(in *invocation) (python.Value, error) {
	var v python.Value
	var caseSensitive, by, reverse python.Value = python.False, python.Str("key"), python.False
	err := in.unpack("value", &v, "case_sensitive?", &caseSensitive, "by?", &by, "reverse?", &reverse)
	if err != nil {
		return nil, err
	}
	pos := python.Int(0)
	switch s, _ := python.Native(by).(python.Str); s {
	case "key":
	case "value":
		pos = 1
	default:
		return nil, python.Raise(FilterArgumentError, `You can only sort by either "key" or "value"`)
	}
	exact, err := truth(in.t, caseSensitive)
	if err != nil {
		return nil, err
	}
	method, err := python.GetAttr(in.t, v, "items")
	if err != nil {
		return nil, err
	}
	items, err := python.Call(in.t, method, nil, nil)
	if err != nil {
		return nil, err
	}
	key := python.NewBuiltin("sort_func", func(t *python.Thread, args []python.Value, _ []python.Keyword) (python.Value, error) {
		k, err := python.GetItem(t, args[0], pos)
		if err != nil {
			return nil, err
		}
		return fold(t, k, !exact)
	})
	return in.builtin("sorted", []python.Value{items},
		python.Keyword{Name: "key", Value: key}, python.Keyword{Name: "reverse", Value: reverse})
}

func filterSort(in *invocation) (python.Value, error) {
	var v python.Value
	var reverse, caseSensitive, attr python.Value = python.False, python.False, python.None
	err := in.unpack("value", &v, "reverse?", &reverse, "case_sensitive?", &caseSensitive, "attribute?", &attr)
	if err != nil {
		return nil, err
	}
	exact, err := truth(in.t, caseSensitive)
	if err != nil {
		return nil, err
	}
	return in.builtin("sorted", []python.Value{v},
		multiKey(attr, !exact), python.Keyword{Name: "reverse", Value: reverse})
}

func filterMinMax(name string) function {
	return func(in *invocation) (python.Value, error) {
		var v python.Value
		var caseSensitive, attr python.Value = python.False, python.None
		if err := in.unpack("value", &v, "case_sensitive?", &caseSensitive, "attribute?", &attr); err != nil {
			return nil, err
		}
		exact, err := truth(in.t, caseSensitive)
		if err != nil {
			return nil, err
		}
		items, err := python.ListOf(in.t, v)
		if err != nil {
			return nil, err
		}
		if len(items) == 0 {
			return &undefined{hint: "No aggregated item, sequence was empty."}, nil
		}
		return in.builtin(name, []python.Value{python.NewList(items)}, newGetter(attr, !exact).keyFunc())
	}
}

func filterSum(in *invocation) (python.Value, error) {
	var v python.Value
	var attr, start python.Value = python.None, python.Int(0)
	if err := in.unpack("iterable", &v, "attribute?", &attr, "start?", &start); err != nil {
		return nil, err
	}
	if attr != python.None {
		v = mapped(v, newGetter(attr, false))
	}
	return in.builtin("sum", []python.Value{v, start})
}

// mapped applies a getter to each value, lazily.
func mapped(v python.Value, g *getter) python.Value {
	return lazy("map", v, func(t *python.Thread, item python.Value) (python.Value, bool, error) {
		out, err := g.get(t, item)
		return out, true, err
	})
}

// lazy makes a generator over v that gives what fn makes of each value and
// leaves out those for which keep is false.
func lazy(name string, v python.Value, fn func(*python.Thread, python.Value) (out python.Value, keep bool, err error)) *generator {
	var it python.Iterator
	return newGenerator(name, func(t *python.Thread) (python.Value, bool, error) {
		if it == nil {
			var err error
			if it, err = python.Iter(t, v); err != nil {
				return nil, false, err
			}
		}
		for {
			if err := t.Step(1); err != nil {
				return nil, false, err
			}
			item, ok, err := it.Next(t)
			if err != nil || !ok {
				return nil, false, err
			}
			out, keep, err := fn(t, item)
			if err != nil || keep {
				return out, keep, err
			}
		}
	})
}

func filterUnique(in *invocation) (python.Value, error) {
	var v python.Value
	var caseSensitive, attr python.Value = python.False, python.None
	if err := in.unpack("value", &v, "case_sensitive?", &caseSensitive, "attribute?", &attr); err != nil {
		return nil, err
	}
	exact, err := truth(in.t, caseSensitive)
	if err != nil {
		return nil, err
	}
	g, seen := newGetter(attr, !exact), python.NewSet(false)
	return lazy("do_unique", v, func(t *python.Thread, item python.Value) (python.Value, bool, error) {
		key, err := g.get(t, item)
		if err != nil {
			return nil, false, err
		}
		known, err := seen.Has(t, key)
		if err != nil || known {
			return nil, false, err
		}
		return item, true, seen.Add(t, key)
	}), nil
}
