package python

// linkSet defines set and frozenset.
func linkSet() {
	m := newMethodTable("frozenset")
	addSetCommon(m)
	addCommon(m, "__hash__")
	FrozensetClass.define(ClassSpec{
		Methods: m.m,
		New: func(t *Thread, _ *Class, args []Value, kwargs []Keyword) (Value, error) {
			s := NewSet(true)
			if err := positional("frozenset", args, kwargs, 0, 1); err != nil || len(args) == 0 {
				return s, err
			}
			if o, ok := args[0].(*Set); ok && o.frozen {
				return o, nil
			}
			return s, s.update(t, args[0])
		},
	})
	FrozensetClass.ns.SetStr("__new__", newMethod(FrozensetClass))
	add(m, "__hash__", 0, 0, func(t *Thread, s *Set, _ []Value) (Value, error) {
		h, err := s.hash(t)
		return newInt64(int64(h)), err
	})
	FrozensetClass.ns.SetStr("__hash__", &Method{class: FrozensetClass, name: "__hash__", fn: m.m["__hash__"]})

	m = newMethodTable("set")
	addSetCommon(m)
	addInPlace(m, OpAnd, OpOr, OpSub, OpXor)
	addSetChanges(m)
	m.m["__init__"] = func(t *Thread, self Value, args []Value, kwargs []Keyword) (Value, error) {
		s, ok := Native(self).(*Set)
		if !ok {
			return nil, wrongSelf("__init__", "set", self)
		}
		if err := positional("set", args, kwargs, 0, 1); err != nil {
			return nil, err
		}
		s.dict.clear()
		if len(args) == 0 {
			return None, nil
		}
		return None, s.update(t, args[0])
	}
	SetClass.define(ClassSpec{
		Methods: m.m,
		New: func(t *Thread, c *Class, args []Value, kwargs []Keyword) (Value, error) {
			s := NewSet(false)
			if !c.native {
				return s, nil // __init__ fills it
			}
			if err := positional("set", args, kwargs, 0, 1); err != nil || len(args) == 0 {
				return s, err
			}
			return s, s.update(t, args[0])
		},
	})
	SetClass.ns.SetStr("__new__", newMethod(SetClass))
}

// addSetCommon enters what set and frozenset share.
func addSetCommon(m methodTable) {
	addCommon(m, "__len__", "__iter__", "__contains__")
	m.m["__repr__"] = func(t *Thread, self Value, _ []Value, _ []Keyword) (Value, error) {
		s, ok := Native(self).(*Set)
		if !ok {
			return nil, wrongSelf("__repr__", m.owner, self)
		}
		w := reprWriter{t: t}
		err := w.set(s, TypeName(self))
		return Str(w.b.String()), err
	}
	addBinary(m, true, OpAnd, OpOr, OpSub, OpXor)
	addCompare(m, OpEq, OpNe, OpLt, OpLe, OpGt, OpGe)
	add(m, "copy", 0, 0, func(t *Thread, s *Set, _ []Value) (Value, error) { return s.copy(t, s.frozen) })
	algebra := func(name string, op BinaryOp) {
		add(m, name, 0, -1, func(t *Thread, s *Set, args []Value) (Value, error) {
			r, err := s.copy(t, s.frozen)
			if err != nil {
				return nil, err
			}
			for _, a := range args {
				other, err := setOf(t, a)
				if err != nil {
					return nil, err
				}
				if r, err = r.combine(t, op, other); err != nil {
					return nil, err
				}
			}
			return r, nil
		})
	}
	algebra("union", OpOr)
	algebra("intersection", OpAnd)
	algebra("difference", OpSub)
	add(m, "symmetric_difference", 1, 1, func(t *Thread, s *Set, args []Value) (Value, error) {
		other, err := setOf(t, args[0])
		if err != nil {
			return nil, err
		}
		return s.combine(t, OpXor, other)
	})
	add(m, "isdisjoint", 1, 1, func(t *Thread, s *Set, args []Value) (Value, error) { return s.isDisjoint(t, args[0]) })
	add(m, "issubset", 1, 1, func(t *Thread, s *Set, args []Value) (Value, error) {
		other, err := setOf(t, args[0])
		if err != nil {
			return nil, err
		}
		ok, err := s.subsetOf(t, other)
		return Bool(ok), err
	})
	add(m, "issuperset", 1, 1, func(t *Thread, s *Set, args []Value) (Value, error) {
		other, err := setOf(t, args[0])
		if err != nil {
			return nil, err
		}
		ok, err := other.subsetOf(t, s)
		return Bool(ok), err
	})
}

func (s *Set) isDisjoint(t *Thread, v Value) (Value, error) {
	other, err := setOf(t, v)
	if err != nil {
		return nil, err
	}
	common, err := s.filter(t, other, true)
	if err != nil {
		return nil, err
	}
	return Bool(common.dict.live == 0), nil
}

// hash is frozenset.__hash__: it must not depend on the order of the elements.
func (s *Set) hash(t *Thread) (uint64, error) {
	if err := t.Step(s.dict.live); err != nil {
		return 0, err
	}
	h := uint64(s.dict.live+1) * 1927868237
	for _, e := range s.dict.entries {
		if e.key != nil {
			h ^= (e.hash ^ 89869747 ^ e.hash<<16) * 3644798167
		}
	}
	h ^= h>>11 ^ h>>25
	return fixHash(h*69069 + 907133923), nil
}

func addSetChanges(m methodTable) {
	add(m, "add", 1, 1, func(t *Thread, s *Set, args []Value) (Value, error) { return None, s.Add(t, args[0]) })
	add(m, "discard", 1, 1, func(t *Thread, s *Set, args []Value) (Value, error) {
		_, err := s.dict.Delete(t, args[0])
		return None, err
	})
	add(m, "remove", 1, 1, func(t *Thread, s *Set, args []Value) (Value, error) {
		ok, err := s.dict.Delete(t, args[0])
		if err == nil && !ok {
			err = NewKeyError(args[0])
		}
		return None, err
	})
	add(m, "pop", 0, 0, func(t *Thread, s *Set, _ []Value) (Value, error) {
		for i, e := range s.dict.entries {
			if err := t.Step(1); err != nil {
				return nil, err
			}
			if e.key != nil {
				s.dict.remove(i)
				return e.key, nil
			}
		}
		return nil, NewKeyError(Str("pop from an empty set"))
	})
	add(m, "clear", 0, 0, func(_ *Thread, s *Set, _ []Value) (Value, error) {
		s.dict.clear()
		return None, nil
	})
	add(m, "update", 0, -1, func(t *Thread, s *Set, args []Value) (Value, error) {
		for _, a := range args {
			if err := s.update(t, a); err != nil {
				return nil, err
			}
		}
		return None, nil
	})
	change := func(name string, op BinaryOp, least, most int) {
		add(m, name, least, most, func(t *Thread, s *Set, args []Value) (Value, error) {
			for _, a := range args {
				other, err := setOf(t, a)
				if err != nil {
					return nil, err
				}
				r, err := s.combine(t, op, other)
				if err != nil {
					return nil, err
				}
				s.dict = r.dict
			}
			return None, nil
		})
	}
	change("intersection_update", OpAnd, 0, -1)
	change("difference_update", OpSub, 0, -1)
	change("symmetric_difference_update", OpXor, 1, 1)
}
