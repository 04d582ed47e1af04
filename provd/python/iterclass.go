package python

// iteratorMethods are the methods every iterator class has.
func iteratorMethods(owner string) map[string]MethodFunc {
	m := newMethodTable(owner)
	add(m, "__iter__", 0, 0, func(_ *Thread, self Value, _ []Value) (Value, error) { return self, nil })
	add(m, "__next__", 0, 0, func(t *Thread, self Iterator, _ []Value) (Value, error) {
		v, ok, err := self.Next(t)
		if err == nil && !ok {
			err = NewStopIteration(nil)
		}
		return v, err
	})
	return m.m
}

// pairBytes is what a tuple of two is charged for.
const pairBytes = 56

func linkIterators() {
	for _, c := range []*Class{
		iteratorClass, listIteratorClass, tupleIteratorClass, strIteratorClass,
		bytesIteratorClass, setIteratorClass, rangeIteratorClass, longRangeIteratorClass, dictKeyIteratorClass,
		dictValueIteratorClass, dictItemIteratorClass, callableIteratorClass, listReverseIteratorClass,
		dictReverseKeyIteratorClass, dictReverseValueIteratorClass, dictReverseItemIteratorClass,
	} {
		c.define(ClassSpec{NoNew: true, Methods: iteratorMethods(c.name)})
	}
	EnumerateClass.define(ClassSpec{Methods: iteratorMethods("enumerate"), New: newEnumerate})
	ZipClass.define(ClassSpec{Methods: iteratorMethods("zip"), New: newZip})
	MapClass.define(ClassSpec{Methods: iteratorMethods("map"), New: newMap})
	FilterClass.define(ClassSpec{Methods: iteratorMethods("filter"), New: newFilter})
	ReversedClass.define(ClassSpec{Methods: iteratorMethods("reversed"), New: newReversed})
}

func newEnumerate(t *Thread, _ *Class, args []Value, kwargs []Keyword) (Value, error) {
	var iterable Value
	var start Value = Int(0)
	if len(args)+len(kwargs) == 0 {
		return nil, TypeErrorf("enumerate() missing required argument 'iterable'")
	}
	if err := Unpack("enumerate", args, kwargs, "iterable", &iterable, "start?", &start); err != nil {
		return nil, err
	}
	it, err := Iter(t, iterable)
	if err != nil {
		return nil, err
	}
	n, ok, err := asInteger(t, start)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, TypeErrorf("'%s' object cannot be interpreted as an integer", TypeName(start))
	}
	return NewIterator(EnumerateClass, func(t *Thread) (Value, bool, error) {
		v, ok, err := it.Next(t)
		if err != nil || !ok {
			return nil, false, err
		}
		if err := t.Alloc(pairBytes); err != nil {
			return nil, false, err
		}
		pair := Tuple{n, v}
		n, err = Binary(t, OpAdd, n, Int(1))
		return pair, true, err
	}), nil
}

func iterators(t *Thread, args []Value) ([]Iterator, error) {
	its := make([]Iterator, len(args))
	for i, a := range args {
		it, err := Iter(t, a)
		if err != nil {
			return nil, err
		}
		its[i] = it
	}
	return its, nil
}

func newZip(t *Thread, _ *Class, args []Value, kwargs []Keyword) (Value, error) {
	strict := false
	if err := Unpack("zip", nil, kwargs, "$", "strict?", &strict); err != nil {
		return nil, err
	}
	for i, a := range args {
		if !isIterable(a) {
			return nil, TypeErrorf("'%s' object is not iterable", TypeName(args[i]))
		}
	}
	its, err := iterators(t, args)
	if err != nil {
		return nil, err
	}
	return NewIterator(ZipClass, func(t *Thread) (Value, bool, error) {
		if len(its) == 0 {
			return nil, false, nil
		}
		if err := t.Alloc(pairBytes + valueBytes*int64(len(its))); err != nil {
			return nil, false, err
		}
		row := make(Tuple, len(its))
		for i, it := range its {
			v, ok, err := it.Next(t)
			if err != nil {
				return nil, false, err
			}
			if !ok {
				if strict {
					err = zipMismatch(t, its, i)
				}
				return nil, false, err
			}
			row[i] = v
		}
		return row, true, nil
	}), nil
}

// zipMismatch is the error of zip(strict=True) when argument i ended first, nil
// when all ended together.
func zipMismatch(t *Thread, its []Iterator, i int) error {
	word := " "
	if i > 0 {
		if i > 1 {
			word = "s 1-"
		}
		return ValueErrorf("zip() argument %d is shorter than argument%s%d", i+1, word, i)
	}
	for j := 1; j < len(its); j++ {
		_, ok, err := its[j].Next(t)
		if err != nil {
			return err
		}
		if ok {
			if j > 1 {
				word = "s 1-"
			}
			return ValueErrorf("zip() argument %d is longer than argument%s%d", j+1, word, j)
		}
	}
	return nil
}

func newMap(t *Thread, _ *Class, args []Value, kwargs []Keyword) (Value, error) {
	if len(kwargs) > 0 {
		return nil, TypeErrorf("map() takes no keyword arguments")
	}
	if len(args) < 2 {
		return nil, TypeErrorf("map() must have at least two arguments.")
	}
	its, err := iterators(t, args[1:])
	if err != nil {
		return nil, err
	}
	fn := args[0]
	return NewIterator(MapClass, func(t *Thread) (Value, bool, error) {
		row := make([]Value, len(its))
		for i, it := range its {
			v, ok, err := it.Next(t)
			if err != nil || !ok {
				return nil, false, err
			}
			row[i] = v
		}
		v, err := Call(t, fn, row, nil)
		return v, err == nil, err
	}), nil
}

func newFilter(t *Thread, _ *Class, args []Value, kwargs []Keyword) (Value, error) {
	if err := positional("filter", args, kwargs, 2, 2); err != nil {
		return nil, err
	}
	it, err := Iter(t, args[1])
	if err != nil {
		return nil, err
	}
	fn := args[0]
	return NewIterator(FilterClass, func(t *Thread) (Value, bool, error) {
		for {
			v, ok, err := it.Next(t)
			if err != nil || !ok {
				return nil, false, err
			}
			if err := t.Step(1); err != nil {
				return nil, false, err
			}
			test := v
			if fn != Value(None) && fn != Value(BoolClass) {
				if test, err = Call(t, fn, []Value{v}, nil); err != nil {
					return nil, false, err
				}
			}
			keep, err := Truth(t, test)
			if err != nil || keep {
				return v, err == nil, err
			}
		}
	}), nil
}

func newReversed(t *Thread, _ *Class, args []Value, kwargs []Keyword) (Value, error) {
	if err := positional("reversed", args, kwargs, 1, 1); err != nil {
		return nil, err
	}
	switch v := args[0].(type) {
	case *List:
		return reverseList(v), nil
	case *Range:
		return v.reversed().iter(t)
	case *Dict:
		return reverseDict(v, viewKeys), nil
	case *DictView:
		return reverseDict(v.dict, v.kind), nil
	}
	fn, ok := lookupSpecial(args[0], "__reversed__")
	if ok && fn != Value(None) {
		return callFound(t, fn, args[0])
	}
	if _, seq := lookupSpecial(args[0], "__getitem__"); ok || !seq {
		return nil, TypeErrorf("'%s' object is not reversible", TypeName(args[0]))
	}
	n, err := Len(t, args[0])
	if err != nil {
		return nil, err
	}
	seq := args[0]
	return NewIterator(ReversedClass, func(t *Thread) (Value, bool, error) {
		n--
		if n < 0 {
			return nil, false, nil
		}
		v, err := GetItem(t, seq, NewInt(n))
		if IsException(err, IndexError) {
			return nil, false, nil
		}
		return v, err == nil, err
	}), nil
}

func reverseList(l *List) Iterator {
	i := len(l.items)
	return NewIterator(listReverseIteratorClass, func(*Thread) (Value, bool, error) {
		i--
		if i < 0 || i >= len(l.items) {
			return nil, false, nil
		}
		return l.items[i], true, nil
	})
}

func reverseDict(d *Dict, kind viewKind) Iterator {
	it := newDictIter(d, kind)
	it.back = true
	it.class = [...]*Class{
		viewKeys: dictReverseKeyIteratorClass, viewValues: dictReverseValueIteratorClass,
		viewItems: dictReverseItemIteratorClass,
	}[kind]
	return it
}
