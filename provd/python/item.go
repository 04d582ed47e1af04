package python

// GetItem returns v[key].
func GetItem(t *Thread, v, key Value) (Value, error) {
	switch v := v.(type) {
	case *Dict:
		r, ok, err := v.Get(t, key)
		if err == nil && !ok {
			err = NewKeyError(key)
		}
		return r, err
	case *List:
		if s, ok := key.(*Slice); ok {
			by, err := s.ints(t)
			if err != nil {
				return nil, err
			}
			items, err := sliceItems(t, v.items, by)
			return NewList(items), err
		}
		i, err := itemIndex(t, key, "list")
		if err != nil {
			return nil, err
		}
		if i = fromEnd(i, len(v.items)); i < 0 {
			return nil, IndexErrorf("list index out of range")
		}
		return v.items[i], nil
	case Tuple:
		if s, ok := key.(*Slice); ok {
			by, err := s.ints(t)
			if err != nil {
				return nil, err
			}
			items, err := sliceItems(t, v, by)
			return Tuple(items), err
		}
		i, err := itemIndex(t, key, "tuple")
		if err != nil {
			return nil, err
		}
		if i = fromEnd(i, len(v)); i < 0 {
			return nil, IndexErrorf("tuple index out of range")
		}
		return v[i], nil
	case Str:
		return strItem(t, string(v), key)
	case Bytes:
		if s, ok := key.(*Slice); ok {
			r, err := sliceASCII(t, string(v), s)
			return Bytes(r), err
		}
		i, err := itemIndex(t, key, "byte")
		if err != nil {
			return nil, err
		}
		if i = fromEnd(i, len(v)); i < 0 {
			return nil, IndexErrorf("index out of range")
		}
		return newInt64(int64(v[i])), nil
	case *Range:
		return v.item(t, key)
	case *Class:
		return classItem(t, v, key)
	}
	r, found, err := callSpecial(t, v, "__getitem__", key)
	if err == nil && !found {
		err = TypeErrorf("'%s' object is not subscriptable", TypeName(v))
	}
	return r, err
}

func strItem(t *Thread, s string, key Value) (Value, error) {
	if by, ok := key.(*Slice); ok {
		r, err := sliceStr(t, s, by)
		return Str(r), err
	}
	i, ok, err := asIndex(t, key)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, TypeErrorf("string indices must be integers, not '%s'", TypeName(key))
	}
	if err := t.Step(len(s) / 64); err != nil {
		return nil, err
	}
	r, ok := strAt(s, i)
	if !ok {
		return nil, IndexErrorf("string index out of range")
	}
	return r, nil
}

// itemIndex evaluates an index. That can run code of the program, so the length
// of a list must be asked for afterwards.
func itemIndex(t *Thread, key Value, kind string) (int, error) {
	if i, ok := key.(Int); ok {
		return int(i), nil
	}
	i, ok, err := asIndex(t, key)
	if err == nil && !ok {
		err = TypeErrorf("%s indices must be integers or slices, not %s", kind, TypeName(key))
	}
	return i, err
}

// fromEnd resolves an index, which counts from the end when negative, into a
// sequence of n items; -1 when it is outside.
func fromEnd(i, n int) int {
	if i < 0 {
		i += n
	}
	if i < 0 || i >= n {
		return -1
	}
	return i
}

// classItem is C[key]: the metaclass's __getitem__, or the class's
// __class_getitem__. The generic built-in classes answer with themselves, since
// nothing in this dialect looks inside a type annotation.
func classItem(t *Thread, c *Class, key Value) (Value, error) {
	if r, found, err := callSpecial(t, c, "__getitem__", key); found || err != nil {
		return r, err
	}
	if attr, ok := c.Lookup("__class_getitem__"); ok {
		fn, self, err := bindToClass(t, attr, c)
		if err != nil {
			return nil, err
		}
		args := []Value{key}
		if self != nil {
			if m, ok := fn.(*Method); ok {
				return m.fn(t, self, args, nil)
			}
			args = prepend(self, args)
		}
		return Call(t, fn, args, nil)
	}
	switch c.layout() {
	case ListClass, DictClass, TupleClass, SetClass, FrozensetClass, TypeClass:
		return c, nil
	}
	return nil, TypeErrorf("type '%s' is not subscriptable", c.name)
}

// SetItem evaluates `v[key] = value`.
func SetItem(t *Thread, v, key, value Value) error {
	switch v := v.(type) {
	case *Dict:
		return v.Set(t, key, value)
	case *List:
		if s, ok := key.(*Slice); ok {
			return v.setSlice(t, s, value)
		}
		i, err := itemIndex(t, key, "list")
		if err != nil {
			return err
		}
		if i = fromEnd(i, len(v.items)); i < 0 {
			return IndexErrorf("list assignment index out of range")
		}
		v.items[i] = value
		return nil
	}
	_, found, err := callSpecial(t, v, "__setitem__", key, value)
	if err == nil && !found {
		err = TypeErrorf("'%s' object does not support item assignment", TypeName(v))
	}
	return err
}

// DelItem evaluates `del v[key]`.
func DelItem(t *Thread, v, key Value) error {
	switch v := v.(type) {
	case *Dict:
		ok, err := v.Delete(t, key)
		if err == nil && !ok {
			err = NewKeyError(key)
		}
		return err
	case *List:
		if s, ok := key.(*Slice); ok {
			return v.delSlice(t, s)
		}
		i, err := itemIndex(t, key, "list")
		if err != nil {
			return err
		}
		if i = fromEnd(i, len(v.items)); i < 0 {
			return IndexErrorf("list assignment index out of range")
		}
		return v.removeAt(t, i)
	}
	_, found, err := callSpecial(t, v, "__delitem__", key)
	if err == nil && !found {
		err = TypeErrorf("'%s' object doesn't support item deletion", TypeName(v))
	}
	return err
}

func (l *List) removeAt(t *Thread, i int) error {
	if err := t.Step((len(l.items) - i) / 64); err != nil {
		return err
	}
	copy(l.items[i:], l.items[i+1:])
	l.items[len(l.items)-1] = nil
	l.items = l.items[:len(l.items)-1]
	return nil
}

// Contains evaluates `item in container`.
func Contains(t *Thread, container, item Value) (bool, error) {
	switch c := container.(type) {
	case *Dict:
		_, ok, err := c.Get(t, item)
		return ok, err
	case Str:
		s, ok := item.(Str)
		if !ok {
			if n, ok := Native(item).(Str); ok {
				return strContains(t, string(c), string(n))
			}
			return false, TypeErrorf("'in <string>' requires string as left operand, not %s", TypeName(item))
		}
		return strContains(t, string(c), string(s))
	case Tuple:
		return containsItem(t, func() []Value { return c }, item)
	case *List:
		return containsItem(t, func() []Value { return c.items }, item)
	case *Set:
		return c.Has(t, item)
	case *DictView:
		return c.contains(t, item)
	case *Range:
		if ok, done := c.containsInt(item); done {
			return ok, nil
		}
		return containsNext(t, container, item)
	case Bytes:
		return bytesContains(t, c, item)
	}
	if fn, ok := lookupSpecial(container, "__contains__"); ok {
		if fn == Value(None) {
			return false, TypeErrorf("'%s' object is not a container", TypeName(container))
		}
		r, err := callFound(t, fn, container, item)
		if err != nil {
			return false, err
		}
		return Truth(t, r)
	}
	return containsNext(t, container, item)
}

// containsNext looks for an item by iterating.
func containsNext(t *Thread, container, item Value) (bool, error) {
	it, err := Iter(t, container)
	if err != nil {
		if IsException(err, TypeError) && !isIterable(container) {
			err = TypeErrorf("argument of type '%s' is not iterable", TypeName(container))
		}
		return false, err
	}
	for {
		v, ok, err := it.Next(t)
		if err != nil || !ok {
			return false, err
		}
		if err := t.Step(1); err != nil {
			return false, err
		}
		eq, err := Equal(t, v, item)
		if err != nil || eq {
			return eq, err
		}
	}
}

func containsItem(t *Thread, items func() []Value, item Value) (bool, error) {
	i, err := indexOf(t, items, item, 0, maxInt)
	return i >= 0, err
}

// indexOf returns the first position in [start, stop) of an equal item, or -1.
func indexOf(t *Thread, items func() []Value, item Value, start, stop int) (int, error) {
	for i := start; i < len(items()) && i < stop; i++ {
		if err := t.Step(1); err != nil {
			return -1, err
		}
		eq, err := Equal(t, items()[i], item)
		if err != nil {
			return -1, err
		}
		if eq {
			return i, nil
		}
	}
	return -1, nil
}
