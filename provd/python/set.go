package python

import "iter"

// Set is Python's set and frozenset. Elements come out in the order they were
// added.
type Set struct {
	dict   Dict
	frozen bool
}

// Type returns SetClass or FrozensetClass.
func (s *Set) Type() *Class {
	if s.frozen {
		return FrozensetClass
	}
	return SetClass
}

// NewSet returns an empty set; frozen makes a frozenset.
func NewSet(frozen bool) *Set { return &Set{frozen: frozen} }

// Len returns the number of elements.
func (s *Set) Len() int { return s.dict.live }

// Add adds an element, charging its memory. It is also how a frozenset is
// filled before a program sees it.
func (s *Set) Add(t *Thread, v Value) error {
	h, err := Hash(t, v)
	if err != nil {
		return err
	}
	i, err := s.dict.find(t, h, v)
	if err != nil || i >= 0 {
		return err // the element that is there stays
	}
	return s.dict.setHashed(t, h, v, None)
}

// Has reports whether v is an element. A set asked for a set looks for the equal
// frozenset.
func (s *Set) Has(t *Thread, v Value) (bool, error) {
	if o, ok := Native(v).(*Set); ok && !o.frozen {
		v = &Set{dict: o.dict, frozen: true}
	}
	_, ok, err := s.dict.Get(t, v)
	return ok, err
}

// All iterates over the elements in the order they were added.
func (s *Set) All() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		for k := range s.dict.All() {
			if !yield(k) {
				return
			}
		}
	}
}

// update adds the values of an iterable.
func (s *Set) update(t *Thread, v Value) error {
	if o, ok := v.(*Set); ok {
		return s.dict.Update(t, &o.dict)
	}
	return Iterate(t, v, func(item Value) error { return s.Add(t, item) })
}

// setOf returns v when it is a set, otherwise a new set of its values.
func setOf(t *Thread, v Value) (*Set, error) {
	if s, ok := Native(v).(*Set); ok {
		return s, nil
	}
	s := NewSet(false)
	return s, s.update(t, v)
}

func (s *Set) copy(t *Thread, frozen bool) (*Set, error) {
	d, err := s.dict.Copy(t)
	if err != nil {
		return nil, err
	}
	return &Set{dict: *d, frozen: frozen}, nil
}

// filter returns the elements that are (or are not) in other.
func (s *Set) filter(t *Thread, other *Set, in bool) (*Set, error) {
	r := NewSet(s.frozen)
	for i := 0; i < len(s.dict.entries); i++ {
		e := s.dict.entries[i]
		if e.key == nil {
			continue
		}
		if err := t.Step(1); err != nil {
			return nil, err
		}
		j, err := other.dict.find(t, e.hash, e.key)
		if err != nil {
			return nil, err
		}
		if (j >= 0) == in {
			if err := r.dict.setHashed(t, e.hash, e.key, None); err != nil {
				return nil, err
			}
		}
	}
	return r, nil
}

// combine is the set algebra: & | - ^.
func (s *Set) combine(t *Thread, op BinaryOp, other *Set) (*Set, error) {
	switch op {
	case OpAnd:
		return s.filter(t, other, true)
	case OpSub:
		return s.filter(t, other, false)
	}
	r, err := s.copy(t, s.frozen)
	if err != nil {
		return nil, err
	}
	if op == OpXor {
		if r, err = s.filter(t, other, false); err != nil {
			return nil, err
		}
		if other, err = other.filter(t, s, false); err != nil {
			return nil, err
		}
	}
	return r, r.dict.Update(t, &other.dict)
}

func setBinary(t *Thread, op BinaryOp, s *Set, b Value) (Value, bool, error) {
	switch op {
	case OpAnd, OpOr, OpSub, OpXor:
	default:
		return nil, false, nil
	}
	other, ok := b.(*Set)
	if !ok {
		return viewBinary(t, op, s, b)
	}
	r, err := s.combine(t, op, other)
	return r, true, err
}

// inPlace is &= |= -= ^=; done is false when it does not apply.
func (s *Set) inPlace(t *Thread, op BinaryOp, b Value) (done bool, err error) {
	other, ok := Native(b).(*Set)
	if s.frozen || !ok {
		return false, nil
	}
	switch op {
	case OpOr:
		return true, s.update(t, other)
	case OpAnd, OpSub, OpXor:
		r, err := s.combine(t, op, other)
		if err == nil {
			s.dict = r.dict
		}
		return true, err
	}
	return false, nil
}

// compareSets compares sets and set-like views by inclusion.
func compareSets(t *Thread, op CompareOp, a, b Value) (r, ok bool, err error) {
	if !isSetLike(a) || !isSetLike(b) {
		return false, false, nil
	}
	x, err := setOf(t, a)
	if err != nil {
		return false, true, err
	}
	y, err := setOf(t, b)
	if err != nil {
		return false, true, err
	}
	if op == OpGt || op == OpGe {
		x, y = y, x
		op = compareNames[op].swapped
	}
	n, m := x.dict.live, y.dict.live
	switch op {
	case OpEq, OpNe:
		if n != m {
			return op == OpNe, true, nil
		}
	case OpLt:
		if n >= m {
			return false, true, nil
		}
	}
	sub, err := x.subsetOf(t, y)
	return sub != (op == OpNe), true, err
}

func isSetLike(v Value) bool {
	switch v := v.(type) {
	case *Set:
		return true
	case *DictView:
		return v.kind != viewValues
	}
	return false
}

func (s *Set) subsetOf(t *Thread, other *Set) (bool, error) {
	if s.dict.live > other.dict.live {
		return false, nil
	}
	for i := 0; i < len(s.dict.entries); i++ {
		e := s.dict.entries[i]
		if e.key == nil {
			continue
		}
		if err := t.Step(1); err != nil {
			return false, err
		}
		if j, err := other.dict.find(t, e.hash, e.key); err != nil || j < 0 {
			return false, err
		}
	}
	return true, nil
}
