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

func filterBatch(in *invocation) (python.Value, error) {
	var v, count python.Value
	var fill python.Value = python.None
	if err := in.unpack("value", &v, "linecount", &count, "fill_with?", &fill); err != nil {
		return nil, err
	}
	var it python.Iterator
	var held python.Value
	return newGenerator("do_batch", func(t *python.Thread) (python.Value, bool, error) {
		if it == nil {
			var err error
			if it, err = python.Iter(t, v); err != nil {
				return nil, false, err
			}
		}
		var batch []python.Value
		if held != nil {
			batch, held = append(batch, held), nil
		}
		for {
			item, ok, err := it.Next(t)
			if err != nil {
				return nil, false, err
			}
			if !ok {
				return lastBatch(t, batch, count, fill)
			}
			full, err := python.Equal(t, python.Int(len(batch)), count)
			if err != nil {
				return nil, false, err
			}
			if full {
				held = item
				return python.NewList(batch), true, nil
			}
			if err := t.Alloc(valueSize); err != nil {
				return nil, false, err
			}
			batch = append(batch, item)
		}
	}), nil
}

// lastBatch fills up what is left at the end.
func lastBatch(t *python.Thread, batch []python.Value, count, fill python.Value) (python.Value, bool, error) {
	if len(batch) == 0 {
		return nil, false, nil
	}
	if fill == python.None {
		return python.NewList(batch), true, nil
	}
	missing, err := python.Binary(t, python.OpSub, count, python.Int(len(batch)))
	if err != nil {
		return nil, false, err
	}
	filler, err := python.Binary(t, python.OpMul, python.NewList([]python.Value{fill}), missing)
	if err != nil {
		return nil, false, err
	}
	all, err := python.Binary(t, python.OpAdd, python.NewList(batch), filler)
	return all, true, err
}

func filterSlice(in *invocation) (python.Value, error) {
	var v, slices python.Value
	var fill python.Value = python.None
	if err := in.unpack("value", &v, "slices", &slices, "fill_with?", &fill); err != nil {
		return nil, err
	}
	var seq []python.Value
	var n, next, offset int
	started := false
	return newGenerator("do_slice", func(t *python.Thread) (python.Value, bool, error) {
		if !started {
			started = true
			var err error
			if seq, err = python.ListOf(t, v); err != nil {
				return nil, false, err
			}
			if n, err = divisor(slices); err != nil {
				return nil, false, err
			}
		}
		if next >= n {
			return nil, false, nil
		}
		per, extra := len(seq)/n, len(seq)%n
		start := offset + next*per
		if next < extra {
			offset++
		}
		end := offset + (next+1)*per
		if err := t.Alloc(int64(end-start+1) * valueSize); err != nil {
			return nil, false, err
		}
		part := append(make([]python.Value, 0, end-start+1), seq[start:end]...)
		if fill != python.None && next >= extra {
			part = append(part, fill)
		}
		next++
		return python.NewList(part), true, nil
	}), nil
}

// divisor is the number of slices; less than one makes none.
func divisor(v python.Value) (int, error) {
	var n int64
	switch v := python.Native(v).(type) {
	case python.Int:
		n = int64(v)
	case python.Bool:
		if v {
			n = 1
		}
	default:
		return 0, python.TypeErrorf("'%s' object cannot be interpreted as an integer", python.TypeName(v))
	}
	if n == 0 {
		return 0, python.Raise(python.ZeroDivisionError, "integer division or modulo by zero")
	}
	return int(n), nil
}

// groupClass is the class of the pairs that groupby gives.
var groupClass = python.NewBuiltinClass(python.ClassSpec{
	Name: "_GroupTuple", Module: "jinja2.filters", Bases: []*python.Class{python.TupleClass},
	Getters: map[string]python.GetFunc{"grouper": groupMember(0), "list": groupMember(1)},
})

func groupMember(i int) python.GetFunc {
	return func(_ *python.Thread, self python.Value) (python.Value, error) {
		if t, ok := python.Native(self).(python.Tuple); ok && len(t) == 2 {
			return t[i], nil
		}
		return nil, python.TypeErrorf("descriptor requires a '_GroupTuple' object")
	}
}

func filterGroupby(in *invocation) (python.Value, error) {
	var v, attr python.Value
	var standard, caseSensitive python.Value = python.None, python.False
	err := in.unpack("value", &v, "attribute", &attr, "default?", &standard, "case_sensitive?", &caseSensitive)
	if err != nil {
		return nil, err
	}
	exact, err := truth(in.t, caseSensitive)
	if err != nil {
		return nil, err
	}
	key, real := newGetter(attr, !exact), newGetter(attr, false)
	if standard != python.None {
		key.standard, real.standard = standard, standard
	}
	sorted, err := in.builtin("sorted", []python.Value{v}, key.keyFunc())
	if err != nil {
		return nil, err
	}
	var groups []python.Value
	var members *python.List
	var last python.Value
	err = python.Iterate(in.t, sorted, func(item python.Value) error {
		k, err := key.get(in.t, item)
		if err != nil {
			return err
		}
		if members != nil {
			same, err := python.Equal(in.t, last, k)
			if err != nil {
				return err
			}
			if same {
				return members.Append(in.t, item)
			}
		}
		shown, err := real.get(in.t, item)
		if err != nil {
			return err
		}
		if err := in.t.Alloc(128); err != nil {
			return err
		}
		last, members = k, python.NewList([]python.Value{item})
		groups = append(groups, python.NewInstance(groupClass, python.Tuple{shown, members}))
		return nil
	})
	return python.NewList(groups), err
}

func filterMap(in *invocation) (python.Value, error) {
	if len(in.args) == 0 {
		return nil, python.TypeErrorf("map() missing 1 required positional argument: 'value'")
	}
	v, args, kwargs := in.args[0], in.args[1:], in.kwargs
	var apply func(t *python.Thread, item python.Value) (python.Value, error)
	prepare := func() error {
		if len(args) == 0 && keywordIndex(kwargs, "attribute") >= 0 {
			g := newGetter(kwargs[keywordIndex(kwargs, "attribute")].Value, false)
			for _, k := range kwargs {
				switch k.Name {
				case "attribute":
				case "default":
					if k.Value != python.None {
						g.standard = k.Value
					}
				default:
					return python.Raise(FilterArgumentError, "Unexpected keyword argument %s", quoted(k.Name))
				}
			}
			apply = g.get
			return nil
		}
		if len(args) == 0 {
			return python.Raise(FilterArgumentError, "map requires a filter argument")
		}
		apply = func(_ *python.Thread, item python.Value) (python.Value, error) {
			return in.callNamed(in.f.env.filters, "filter", args[0], item, args[1:], kwargs)
		}
		return nil
	}
	return in.lazyIf("do_map", v, prepare, func(t *python.Thread, item python.Value) (python.Value, bool, error) {
		out, err := apply(t, item)
		return out, true, err
	}), nil
}

func keywordIndex(kwargs []python.Keyword, name string) int {
	for i, k := range kwargs {
		if k.Name == name {
			return i
		}
	}
	return -1
}

// lazyIf is lazy that gives nothing for a false value and calls prepare before
// the first item, as Jinja2's generators do.
func (in *invocation) lazyIf(name string, v python.Value, prepare func() error,
	fn func(*python.Thread, python.Value) (python.Value, bool, error),
) python.Value {
	var inner *generator
	return newGenerator(name, func(t *python.Thread) (python.Value, bool, error) {
		if inner == nil {
			some, err := truth(t, v)
			if err != nil || !some {
				return nil, false, err
			}
			if err := prepare(); err != nil {
				return nil, false, err
			}
			inner = lazy(name, v, fn)
		}
		return inner.Next(t)
	})
}

// filterSelect makes select, reject, selectattr and rejectattr.
func filterSelect(keep, byAttr bool) function {
	return func(in *invocation) (python.Value, error) {
		if len(in.args) == 0 {
			return nil, python.TypeErrorf("select() missing 1 required positional argument: 'value'")
		}
		v, args := in.args[0], in.args[1:]
		g := &getter{}
		prepare := func() error {
			if !byAttr {
				return nil
			}
			if len(args) == 0 {
				return python.Raise(FilterArgumentError, "Missing parameter for attribute name")
			}
			g = newGetter(args[0], false)
			args = args[1:]
			return nil
		}
		return in.lazyIf("select_or_reject", v, prepare, func(t *python.Thread, item python.Value) (python.Value, bool, error) {
			tested, err := g.get(t, item)
			if err == nil && len(args) > 0 {
				tested, err = in.callNamed(in.f.env.tests, "test", args[0], tested, args[1:], in.kwargs)
			}
			if err != nil {
				return nil, false, err
			}
			ok, err := truth(t, tested)
			return item, ok == keep, err
		}), nil
	}
}
