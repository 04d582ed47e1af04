package python

type viewKind uint8

const (
	viewKeys viewKind = iota
	viewValues
	viewItems
)

// DictView is what dict.keys(), values() and items() return: a live view.
type DictView struct {
	dict *Dict
	kind viewKind
}

// Type returns DictKeysClass, DictValuesClass or DictItemsClass.
func (v *DictView) Type() *Class {
	switch v.kind {
	case viewKeys:
		return DictKeysClass
	case viewValues:
		return DictValuesClass
	}
	return DictItemsClass
}

// dictIter iterates over the members of a dict, forwards or backwards.
type dictIter struct {
	class   *Class
	dict    *Dict
	kind    viewKind
	back    bool
	i       int
	size    int
	changed string
}

func newDictIter(d *Dict, kind viewKind) *dictIter {
	class := dictKeyIteratorClass
	switch kind {
	case viewValues:
		class = dictValueIteratorClass
	case viewItems:
		class = dictItemIteratorClass
	}
	return &dictIter{
		class: class, dict: d, kind: kind, size: d.live,
		changed: "dictionary changed size during iteration",
	}
}

func (it *dictIter) Type() *Class { return it.class }

func (it *dictIter) Next(t *Thread) (Value, bool, error) {
	e, err := it.advance(t)
	if e == nil || err != nil {
		return nil, false, err
	}
	switch it.kind {
	case viewKeys:
		return e.key, true, nil
	case viewValues:
		return e.value, true, nil
	}
	return Tuple{e.key, e.value}, true, t.Alloc(pairBytes)
}

// PairIterator is an Iterator over pairs that can give them apart.
type PairIterator interface {
	Iterator
	// NextPair is Next with the items of the pair.
	NextPair(t *Thread) (a, b Value, ok bool, err error)
}

// Pairs returns the iterator as one over pairs, as that of dict.items() is, or nil.
func Pairs(it Iterator) PairIterator {
	if d, ok := it.(*dictIter); ok && d.kind == viewItems {
		return d
	}
	return nil
}

// NextPair implements PairIterator.
func (it *dictIter) NextPair(t *Thread) (key, value Value, ok bool, err error) {
	e, err := it.advance(t)
	if e == nil || err != nil {
		return nil, nil, false, err
	}
	return e.key, e.value, true, nil
}

// advance returns the next member, or nil at the end. It is valid until the dict
// changes.
func (it *dictIter) advance(t *Thread) (*dictEntry, error) {
	if it.dict == nil {
		return nil, nil
	}
	if it.dict.live != it.size {
		it.size = -1 // and so for ever, as in CPython
		return nil, RuntimeErrorf("%s", it.changed)
	}
	start := it.i
	for it.i < len(it.dict.entries) {
		at := it.i
		if it.back {
			at = len(it.dict.entries) - 1 - it.i
		}
		e := &it.dict.entries[at]
		it.i++
		if e.key == nil {
			continue
		}
		if err := t.Step((it.i - start) / 16); err != nil {
			return nil, err
		}
		return e, nil
	}
	it.dict = nil
	return nil, nil
}

func (v *DictView) contains(t *Thread, item Value) (bool, error) {
	switch v.kind {
	case viewKeys:
		_, ok, err := v.dict.Get(t, item)
		return ok, err
	case viewItems:
		pair, ok := Native(item).(Tuple)
		if !ok || len(pair) != 2 {
			return false, nil
		}
		value, ok, err := v.dict.Get(t, pair[0])
		if err != nil || !ok {
			return false, err
		}
		return Equal(t, value, pair[1])
	}
	it := newDictIter(v.dict, viewValues)
	for {
		value, ok, err := it.Next(t)
		if err != nil || !ok {
			return false, err
		}
		if err := t.Step(1); err != nil {
			return false, err
		}
		if eq, err := Equal(t, value, item); err != nil || eq {
			return eq, err
		}
	}
}

// viewBinary is the set algebra of keys and items views; the result is a set,
// and the other operand any iterable. ok is false when neither operand is such a
// view.
func viewBinary(t *Thread, op BinaryOp, a, b Value) (r Value, ok bool, err error) {
	if !isSetView(a) && !isSetView(b) {
		return nil, false, nil
	}
	switch op {
	case OpAnd, OpOr, OpSub, OpXor:
	default:
		return nil, false, nil
	}
	s := NewSet(false)
	if err := s.update(t, a); err != nil {
		return nil, true, err
	}
	other, err := setOf(t, b)
	if err != nil {
		return nil, true, err
	}
	r, err = s.combine(t, op, other)
	return r, true, err
}

func isSetView(v Value) bool {
	view, ok := v.(*DictView)
	return ok && view.kind != viewValues
}
