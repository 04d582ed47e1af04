package python

// linkRange defines range.
func linkRange() {
	m := newMethodTable("range")
	addCommon(m, "__len__", "__iter__", "__contains__", "__getitem__", "__repr__")
	addCompare(m, OpEq, OpNe)
	add(m, "__hash__", 0, 0, func(t *Thread, r *Range, _ []Value) (Value, error) {
		n := NewBigInt(r.bigLen())
		key := Tuple{n, None, None}
		switch n {
		case Value(Int(0)):
		case Value(Int(1)):
			key[1] = r.Start
		default:
			key[1], key[2] = r.Start, r.Step
		}
		h, err := Hash(t, key)
		return newInt64(int64(h)), err
	})
	add(m, "__reversed__", 0, 0, func(t *Thread, r *Range, _ []Value) (Value, error) { return r.reversed().iter(t) })
	add(m, "__bool__", 0, 0, func(_ *Thread, r *Range, _ []Value) (Value, error) {
		return Bool(r.bigLen().Sign() != 0), nil
	})
	add(m, "index", 1, 1, func(t *Thread, r *Range, args []Value) (Value, error) {
		if q := r.position(args[0]); q != nil {
			return NewBigInt(q), nil
		}
		shown, err := Repr(t, args[0])
		if err != nil {
			return nil, err
		}
		if _, ok := bigOf(args[0]); ok {
			return nil, ValueErrorf("%s is not in range", shown)
		}
		return nil, ValueErrorf("sequence.index(x): x not in sequence")
	})
	add(m, "count", 1, 1, func(t *Thread, r *Range, args []Value) (Value, error) {
		if ok, done := r.containsInt(args[0]); done {
			return boolInt(Bool(ok)), nil
		}
		n := 0
		err := Iterate(t, r, func(v Value) error {
			eq, err := Equal(t, v, args[0])
			if eq {
				n++
			}
			return err
		})
		return NewInt(n), err
	})
	field := func(get func(r *Range) Value) GetFunc {
		return func(_ *Thread, self Value) (Value, error) {
			if r, ok := self.(*Range); ok {
				return get(r), nil
			}
			return None, nil
		}
	}
	RangeClass.define(ClassSpec{
		New: newRange, Methods: m.m, Final: true,
		Getters: map[string]GetFunc{
			"start": field(func(r *Range) Value { return r.Start }),
			"stop":  field(func(r *Range) Value { return r.Stop }),
			"step":  field(func(r *Range) Value { return r.Step }),
		},
	})
}

// newRange is range().
func newRange(t *Thread, _ *Class, args []Value, kwargs []Keyword) (Value, error) {
	if err := positional("range", args, kwargs, 1, 3); err != nil {
		return nil, err
	}
	var bounds [3]Value
	for i, a := range args {
		v, ok, err := asInteger(t, a)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, TypeErrorf("'%s' object cannot be interpreted as an integer", TypeName(a))
		}
		bounds[i] = v
	}
	switch len(args) {
	case 1:
		return &Range{newInt64(0), bounds[0], newInt64(1)}, nil
	case 2:
		return &Range{bounds[0], bounds[1], newInt64(1)}, nil
	}
	if bounds[2] == Value(Int(0)) {
		return nil, ValueErrorf("range() arg 3 must not be zero")
	}
	return &Range{bounds[0], bounds[1], bounds[2]}, nil
}
