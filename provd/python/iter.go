package python

// Iter returns an iterator over v (Python's iter, with the __getitem__
// fallback).
func Iter(t *Thread, v Value) (Iterator, error) {
	switch v := v.(type) {
	case *List:
		return &listIter{list: v}, nil
	case Tuple:
		return &tupleIter{items: v}, nil
	case *Dict:
		return newDictIter(v, viewKeys), nil
	case *DictView:
		return newDictIter(v.dict, v.kind), nil
	case Str:
		return &strIter{s: string(v)}, nil
	case *Range:
		return v.iter(t)
	case *Set:
		it := newDictIter(&v.dict, viewKeys)
		it.class, it.changed = setIteratorClass, "Set changed size during iteration"
		return it, nil
	case Bytes:
		return &bytesIter{s: string(v)}, nil
	case Iterator:
		return v, nil
	}
	r, found, err := callSpecial(t, v, "__iter__")
	if err != nil {
		return nil, err
	}
	if found {
		if it, ok := r.(Iterator); ok {
			return it, nil
		}
		if _, ok := lookupSpecial(r, "__next__"); !ok {
			return nil, TypeErrorf("iter() returned non-iterator of type '%s'", TypeName(r))
		}
		return &objectIter{r}, nil
	}
	if fn, hidden := lookupSpecial(v, "__iter__"); !hidden || fn != Value(None) {
		if _, ok := lookupSpecial(v, "__getitem__"); ok {
			return &getItemIter{v: v}, nil
		}
	}
	return nil, TypeErrorf("'%s' object is not iterable", TypeName(v))
}

// isIterable reports whether Iter finds something to iterate with.
func isIterable(v Value) bool {
	if _, ok := v.(Iterator); ok {
		return true
	}
	if fn, ok := lookupSpecial(v, "__iter__"); ok {
		return fn != Value(None)
	}
	_, ok := lookupSpecial(v, "__getitem__")
	return ok
}

// Iterate calls f with each value of v, charging a step for each, until f
// returns an error.
func Iterate(t *Thread, v Value, f func(Value) error) error {
	it, err := Iter(t, v)
	if err != nil {
		return err
	}
	for {
		item, ok, err := it.Next(t)
		if err != nil || !ok {
			return err
		}
		if err := t.Step(1); err != nil {
			return err
		}
		if err := f(item); err != nil {
			return err
		}
	}
}

// ListOf returns the values of an iterable in a slice of the caller's own,
// charging its memory.
func ListOf(t *Thread, v Value) ([]Value, error) {
	var items []Value
	switch v := v.(type) {
	case *List:
		items = v.items
	case Tuple:
		items = v
	default:
		out := make([]Value, 0, max(16, min(lengthHint(v), 64)))
		err := Iterate(t, v, func(item Value) error {
			if err := t.Alloc(valueBytes); err != nil {
				return err
			}
			out = append(out, item)
			return nil
		})
		return out, err
	}
	if err := chargeItems(t, len(items)); err != nil {
		return nil, err
	}
	return append(make([]Value, 0, len(items)), items...), nil
}

func lengthHint(v Value) int {
	switch v := v.(type) {
	case *Dict:
		return v.live
	case *DictView:
		return v.dict.live
	case *Set:
		return v.dict.live
	}
	return 0
}

// nextOf is one step of an iterator object of a program.
func nextOf(t *Thread, v Value) (Value, bool, error) {
	r, found, err := callSpecial(t, v, "__next__")
	if err != nil {
		if IsException(err, StopIteration) {
			return nil, false, nil
		}
		return nil, false, err
	}
	if !found {
		return nil, false, TypeErrorf("'%s' object is not an iterator", TypeName(v))
	}
	return r, true, nil
}

// objectIter adapts an object with __next__.
type objectIter struct{ v Value }

func (it *objectIter) Type() *Class                        { return it.v.Type() }
func (it *objectIter) Next(t *Thread) (Value, bool, error) { return nextOf(t, it.v) }

// getItemIter iterates by v[0], v[1], ... until IndexError.
type getItemIter struct {
	v    Value
	i    int
	done bool
}

func (it *getItemIter) Type() *Class { return iteratorClass }

func (it *getItemIter) Next(t *Thread) (Value, bool, error) {
	if it.done {
		return nil, false, nil
	}
	r, err := GetItem(t, it.v, newInt64(int64(it.i)))
	if err != nil {
		it.done = true
		if IsException(err, IndexError) || IsException(err, StopIteration) {
			err = nil
		}
		return nil, false, err
	}
	it.i++
	return r, true, nil
}

type listIter struct {
	list *List
	i    int
}

func (*listIter) Type() *Class { return listIteratorClass }

func (it *listIter) Next(*Thread) (Value, bool, error) {
	if it.list == nil || it.i >= len(it.list.items) {
		it.list = nil
		return nil, false, nil
	}
	it.i++
	return it.list.items[it.i-1], true, nil
}

type tupleIter struct {
	items Tuple
	i     int
}

func (*tupleIter) Type() *Class { return tupleIteratorClass }

func (it *tupleIter) Next(*Thread) (Value, bool, error) {
	if it.i >= len(it.items) {
		return nil, false, nil
	}
	it.i++
	return it.items[it.i-1], true, nil
}

type strIter struct{ s string }

func (*strIter) Type() *Class { return strIteratorClass }

func (it *strIter) Next(*Thread) (Value, bool, error) {
	if it.s == "" {
		return nil, false, nil
	}
	r, n := DecodeRune(it.s)
	it.s = it.s[n:]
	return runeStr(r), true, nil
}

type bytesIter struct{ s string }

func (*bytesIter) Type() *Class { return bytesIteratorClass }

func (it *bytesIter) Next(*Thread) (Value, bool, error) {
	if it.s == "" {
		return nil, false, nil
	}
	b := it.s[0]
	it.s = it.s[1:]
	return newInt64(int64(b)), true, nil
}

// funcIter is an iterator over whatever a Go function returns.
type funcIter struct {
	class *Class
	next  func(t *Thread) (Value, bool, error)
	done  bool
}

// NewIterator returns a Python iterator of the given class (nil for a plain
// "iterator") that asks next for its values. It is not asked again once it said
// false or failed.
func NewIterator(class *Class, next func(t *Thread) (Value, bool, error)) Iterator {
	if class == nil {
		class = iteratorClass
	}
	return &funcIter{class: class, next: next}
}

func (it *funcIter) Type() *Class { return it.class }

func (it *funcIter) Next(t *Thread) (Value, bool, error) {
	if it.done {
		return nil, false, nil
	}
	// A program can stack iterators on iterators as high as it likes.
	if err := t.Enter(); err != nil {
		return nil, false, err
	}
	v, ok, err := it.next(t)
	t.Leave()
	if err != nil || !ok {
		it.done = true
		return nil, false, err
	}
	return v, true, nil
}
