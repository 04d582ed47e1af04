package python

import "math/big"

// Range is Python's range. Its bounds are Int, or *BigInt where they must be.
type Range struct {
	Start, Stop, Step Value
}

// Type returns RangeClass.
func (*Range) Type() *Class { return RangeClass }

// ints returns the bounds as machine integers when all fit with room to spare.
func (r *Range) ints() (start, stop, step int64, ok bool) {
	a, ok1 := r.Start.(Int)
	b, ok2 := r.Stop.(Int)
	c, ok3 := r.Step.(Int)
	const room = 1 << 62
	ok = ok1 && ok2 && ok3 && a < room && a > -room && b < room && b > -room && c < room && c > -room
	return int64(a), int64(b), int64(c), ok
}

// bigLen is the number of values.
func (r *Range) bigLen() *big.Int {
	if start, stop, step, ok := r.ints(); ok {
		return big.NewInt(int64(sliceLen(int(start), int(stop), int(step))))
	}
	a, _ := bigOf(r.Start)
	b, _ := bigOf(r.Stop)
	c, _ := bigOf(r.Step)
	n := new(big.Int).Sub(b, a)
	if n.Sign() == 0 || n.Sign() != c.Sign() {
		return new(big.Int)
	}
	n.Abs(n)
	step := new(big.Int).Abs(c)
	n.Sub(n, big.NewInt(1))
	n.Quo(n, step)
	return n.Add(n, big.NewInt(1))
}

func (r *Range) length() (int, error) {
	n := r.bigLen()
	if !n.IsInt64() {
		return 0, OverflowErrorf("Python int too large to convert to C ssize_t")
	}
	return int(n.Int64()), nil
}

// at returns the i-th value, for 0 <= i < length.
func (r *Range) at(i *big.Int) Value {
	a, _ := bigOf(r.Start)
	c, _ := bigOf(r.Step)
	v := new(big.Int).Mul(i, c)
	return NewBigInt(v.Add(v, a))
}

func (r *Range) item(t *Thread, key Value) (Value, error) {
	if s, ok := key.(*Slice); ok {
		return r.slice(t, s)
	}
	i, ok, err := asInteger(t, key)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, TypeErrorf("range indices must be integers or slices, not %s", TypeName(key))
	}
	n, at := r.bigLen(), new(big.Int)
	b, _ := bigOf(i)
	at.Set(b)
	if at.Sign() < 0 {
		at.Add(at, n)
	}
	if at.Sign() < 0 || at.Cmp(n) >= 0 {
		return nil, IndexErrorf("range object index out of range")
	}
	return r.at(at), r.charge(t)
}

// charge charges for one value of the range.
func (r *Range) charge(t *Thread) error {
	size := 0
	for _, v := range [...]Value{r.Start, r.Stop, r.Step} {
		if b, ok := v.(*BigInt); ok {
			size = max(size, b.big.BitLen()/8)
		}
	}
	if size == 0 {
		return nil
	}
	if err := t.Alloc(int64(size)); err != nil {
		return err
	}
	return t.Step(size / 64)
}

func (r *Range) slice(t *Thread, s *Slice) (Value, error) {
	n, err := r.length()
	if err != nil {
		return nil, err
	}
	start, stop, step, err := s.indices(t, n)
	if err != nil {
		return nil, err
	}
	c, _ := bigOf(r.Step)
	return &Range{
		r.at(big.NewInt(int64(start))),
		r.at(big.NewInt(int64(stop))),
		NewBigInt(new(big.Int).Mul(c, big.NewInt(int64(step)))),
	}, nil
}

// position returns where an integer is in the range, or nil.
func (r *Range) position(v Value) *big.Int {
	x, ok := bigOf(v)
	if !ok {
		return nil
	}
	a, _ := bigOf(r.Start)
	c, _ := bigOf(r.Step)
	q, m := new(big.Int).QuoRem(new(big.Int).Sub(x, a), c, new(big.Int))
	if m.Sign() != 0 || q.Sign() < 0 || q.Cmp(r.bigLen()) >= 0 {
		return nil
	}
	return q
}

// containsInt looks for an integer without iterating; done is false for values
// that have to be compared one by one.
func (r *Range) containsInt(v Value) (ok, done bool) {
	switch v.(type) {
	case Int, Bool, *BigInt:
		return r.position(v) != nil, true
	}
	return false, false
}

func (r *Range) equal(t *Thread, o *Range) (bool, error) {
	n := r.bigLen()
	if n.Cmp(o.bigLen()) != 0 {
		return false, nil
	}
	if n.Sign() == 0 {
		return true, nil
	}
	if eq, err := Equal(t, r.Start, o.Start); err != nil || !eq {
		return false, err
	}
	if n.IsInt64() && n.Int64() == 1 {
		return true, nil
	}
	return Equal(t, r.Step, o.Step)
}

func (r *Range) iter(*Thread) (Iterator, error) {
	if start, stop, step, ok := r.ints(); ok {
		return &rangeIter{next: start, step: step, left: int64(sliceLen(int(start), int(stop), int(step)))}, nil
	}
	i, n := new(big.Int), r.bigLen()
	return NewIterator(longRangeIteratorClass, func(t *Thread) (Value, bool, error) {
		if i.Cmp(n) >= 0 {
			return nil, false, nil
		}
		if err := r.charge(t); err != nil {
			return nil, false, err
		}
		v := r.at(i)
		i.Add(i, big.NewInt(1))
		return v, true, nil
	}), nil
}

func (r *Range) reversed() *Range {
	n := r.bigLen()
	c, _ := bigOf(r.Step)
	step := NewBigInt(new(big.Int).Neg(c))
	if n.Sign() == 0 {
		return &Range{r.Start, r.Start, step}
	}
	last := r.at(new(big.Int).Sub(n, big.NewInt(1)))
	return &Range{last, r.at(big.NewInt(-1)), step}
}

type rangeIter struct{ next, step, left int64 }

func (*rangeIter) Type() *Class { return rangeIteratorClass }

func (it *rangeIter) Next(*Thread) (Value, bool, error) {
	if it.left <= 0 {
		return nil, false, nil
	}
	v := it.next
	it.next += it.step
	it.left--
	return newInt64(v), true, nil
}
