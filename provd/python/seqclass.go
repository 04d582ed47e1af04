package python

import "slices"

// linkSequences defines list, tuple and slice.
func linkSequences() {
	m := newMethodTable("list")
	addCommon(m, "__len__", "__iter__", "__contains__", "__getitem__", "__setitem__", "__delitem__", "__repr__")
	addBinary(m, false, OpAdd)
	addBinary(m, true, OpMul)
	addInPlace(m, OpAdd, OpMul)
	addCompare(m, OpEq, OpNe, OpLt, OpLe, OpGt, OpGe)
	addListMethods(m)
	addListOrder(m)
	m.m["__init__"] = func(t *Thread, self Value, args []Value, kwargs []Keyword) (Value, error) {
		l, ok := Native(self).(*List)
		if !ok {
			return nil, wrongSelf("__init__", "list", self)
		}
		if err := positional("list", args, kwargs, 0, 1); err != nil {
			return nil, err
		}
		l.items = nil
		if len(args) == 0 {
			return None, nil
		}
		return None, l.extend(t, args[0])
	}
	ListClass.define(ClassSpec{
		Methods: m.m,
		New: func(t *Thread, c *Class, args []Value, kwargs []Keyword) (Value, error) {
			l := &List{}
			if !c.native {
				return l, nil // __init__ fills it
			}
			if err := positional("list", args, kwargs, 0, 1); err != nil || len(args) == 0 {
				return l, err
			}
			return l, l.extend(t, args[0])
		},
	})
	ListClass.ns.SetStr("__new__", newMethod(ListClass))

	m = newMethodTable("tuple")
	addCommon(m, "__len__", "__iter__", "__contains__", "__getitem__", "__repr__", "__hash__")
	addBinary(m, false, OpAdd)
	addBinary(m, true, OpMul)
	addCompare(m, OpEq, OpNe, OpLt, OpLe, OpGt, OpGe)
	add(m, "index", 1, 3, func(t *Thread, u Tuple, args []Value) (Value, error) {
		return sequenceIndex(t, func() []Value { return u }, args, "tuple.index(x): x not in tuple")
	})
	add(m, "count", 1, 1, func(t *Thread, u Tuple, args []Value) (Value, error) {
		return sequenceCount(t, func() []Value { return u }, args[0])
	})
	TupleClass.define(ClassSpec{
		Methods: m.m,
		New: func(t *Thread, _ *Class, args []Value, kwargs []Keyword) (Value, error) {
			if err := positional("tuple", args, kwargs, 0, 1); err != nil || len(args) == 0 {
				return Tuple{}, err
			}
			if u, ok := args[0].(Tuple); ok {
				return u, nil
			}
			items, err := ListOf(t, args[0])
			return Tuple(items), err
		},
	})
	TupleClass.ns.SetStr("__new__", newMethod(TupleClass))
	linkSlice()
}

func sequenceIndex(t *Thread, items func() []Value, args []Value, missing string) (Value, error) {
	by := Slice{None, None, None}
	if len(args) > 1 {
		by.Start = args[1]
	}
	if len(args) > 2 {
		by.Stop = args[2]
	}
	start, stop, _, err := by.indices(t, len(items()))
	if err != nil {
		return nil, err
	}
	i, err := indexOf(t, items, args[0], start, stop)
	if err != nil {
		return nil, err
	}
	if i < 0 {
		if missing == "" {
			shown, err := Repr(t, args[0])
			if err != nil {
				return nil, err
			}
			missing = shown + " is not in list"
		}
		return nil, ValueErrorf("%s", missing)
	}
	return NewInt(i), nil
}

func sequenceCount(t *Thread, items func() []Value, v Value) (Value, error) {
	n := 0
	for at := 0; ; n++ {
		i, err := indexOf(t, items, v, at, maxInt)
		if err != nil {
			return nil, err
		}
		if i < 0 {
			return NewInt(n), nil
		}
		at = i + 1
	}
}

func addListMethods(m methodTable) {
	add(m, "append", 1, 1, func(t *Thread, l *List, args []Value) (Value, error) { return None, l.Append(t, args[0]) })
	add(m, "extend", 1, 1, func(t *Thread, l *List, args []Value) (Value, error) { return None, l.extend(t, args[0]) })
	add(m, "insert", 2, 2, func(t *Thread, l *List, args []Value) (Value, error) {
		i, err := indexArg(t, args[0])
		if err != nil {
			return nil, err
		}
		if err := t.Step(len(l.items) / 64); err != nil {
			return nil, err
		}
		if err := t.Alloc(valueBytes); err != nil {
			return nil, err
		}
		if i < 0 {
			i = max(i+len(l.items), 0)
		}
		l.items = slices.Insert(l.items, min(i, len(l.items)), args[1])
		return None, nil
	})
	add(m, "pop", 0, 1, func(t *Thread, l *List, args []Value) (Value, error) {
		i := -1
		if len(args) == 1 {
			var err error
			if i, err = indexArg(t, args[0]); err != nil {
				return nil, err
			}
		}
		if len(l.items) == 0 {
			return nil, IndexErrorf("pop from empty list")
		}
		if i < 0 {
			i += len(l.items)
		}
		if i < 0 || i >= len(l.items) {
			return nil, IndexErrorf("pop index out of range")
		}
		v := l.items[i]
		return v, l.removeAt(t, i)
	})
	add(m, "remove", 1, 1, func(t *Thread, l *List, args []Value) (Value, error) {
		i, err := indexOf(t, func() []Value { return l.items }, args[0], 0, maxInt)
		if err != nil {
			return nil, err
		}
		if i < 0 || i >= len(l.items) {
			return nil, ValueErrorf("list.remove(x): x not in list")
		}
		return None, l.removeAt(t, i)
	})
	add(m, "clear", 0, 0, func(_ *Thread, l *List, _ []Value) (Value, error) {
		l.items = nil
		return None, nil
	})
	add(m, "copy", 0, 0, func(t *Thread, l *List, _ []Value) (Value, error) {
		items, err := ListOf(t, l)
		return NewList(items), err
	})
	add(m, "index", 1, 3, func(t *Thread, l *List, args []Value) (Value, error) {
		return sequenceIndex(t, func() []Value { return l.items }, args, "")
	})
	add(m, "count", 1, 1, func(t *Thread, l *List, args []Value) (Value, error) {
		return sequenceCount(t, func() []Value { return l.items }, args[0])
	})
}

func addListOrder(m methodTable) {
	add(m, "reverse", 0, 0, func(t *Thread, l *List, _ []Value) (Value, error) {
		slices.Reverse(l.items)
		return None, t.Step(len(l.items) / 16)
	})
	add(m, "__reversed__", 0, 0, func(_ *Thread, l *List, _ []Value) (Value, error) { return reverseList(l), nil })
	addKw(m, "sort", func(t *Thread, l *List, args []Value, kwargs []Keyword) (Value, error) {
		if n := len(args) + len(kwargs); len(args) > 0 && n > 2 {
			return nil, TypeErrorf("sort() takes at most 2 arguments (%d given)", n)
		}
		if len(args) > 0 {
			return nil, TypeErrorf("sort() takes no positional arguments")
		}
		key, reverse, err := sortArgs(t, "sort", kwargs)
		if err != nil {
			return nil, err
		}
		// While it is sorted the list looks empty to the code that compares.
		items := l.items
		l.items = nil
		err = sortItems(t, items, key, reverse)
		changed := l.items != nil
		l.items = items
		if err == nil && changed {
			err = ValueErrorf("list modified during sort")
		}
		return None, err
	})
}

func linkSlice() {
	m := newMethodTable("slice")
	addCommon(m, "__repr__")
	addCompare(m, OpEq, OpNe, OpLt, OpLe, OpGt, OpGe)
	add(m, "indices", 1, 1, func(t *Thread, s *Slice, args []Value) (Value, error) {
		n, err := indexArg(t, args[0])
		if err != nil {
			return nil, err
		}
		if n < 0 {
			return nil, ValueErrorf("length should not be negative")
		}
		start, stop, step, err := s.indices(t, n)
		return Tuple{NewInt(start), NewInt(stop), NewInt(step)}, err
	})
	field := func(get func(s *Slice) Value) GetFunc {
		return func(_ *Thread, self Value) (Value, error) {
			if s, ok := self.(*Slice); ok {
				return get(s), nil
			}
			return None, nil
		}
	}
	SliceClass.define(ClassSpec{
		Methods: m.m, Final: true,
		New: func(_ *Thread, _ *Class, args []Value, kwargs []Keyword) (Value, error) {
			if err := positional("slice", args, kwargs, 1, 3); err != nil {
				return nil, err
			}
			s := &Slice{None, None, None}
			switch len(args) {
			case 1:
				s.Stop = args[0]
			case 3:
				s.Step = args[2]
				fallthrough
			case 2:
				s.Start, s.Stop = args[0], args[1]
			}
			return s, nil
		},
		Getters: map[string]GetFunc{
			"start": field(func(s *Slice) Value { return s.Start }),
			"stop":  field(func(s *Slice) Value { return s.Stop }),
			"step":  field(func(s *Slice) Value { return s.Step }),
		},
	})
}
