package python

import "slices"

// List is Python's list.
type List struct {
	items []Value
}

// Type returns ListClass.
func (*List) Type() *Class { return ListClass }

// NewList returns a list that owns items.
func NewList(items []Value) *List { return &List{items: items} }

// Len returns the number of items.
func (l *List) Len() int { return len(l.items) }

// Items returns the items; the slice is the list's own and must not be changed
// or kept across calls into the program.
func (l *List) Items() []Value { return l.items }

// Append adds an item, charging its memory.
func (l *List) Append(t *Thread, v Value) error {
	if err := t.Alloc(valueBytes); err != nil {
		return err
	}
	if l.items == nil {
		l.items = make([]Value, 0, 4) // a list that gets one item will get more
	}
	l.items = append(l.items, v)
	return nil
}

// extend adds the values of an iterable.
func (l *List) extend(t *Thread, v Value) error {
	if Native(v) == Value(l) {
		return l.extendItems(t, l.items) // not while it grows
	}
	switch v := v.(type) {
	case *List:
		return l.extendItems(t, v.items)
	case Tuple:
		return l.extendItems(t, v)
	}
	return Iterate(t, v, func(item Value) error { return l.Append(t, item) })
}

func (l *List) extendItems(t *Thread, items []Value) error {
	if err := chargeItems(t, len(items)); err != nil {
		return err
	}
	l.items = append(l.items, items...)
	return nil
}

// repeat is `l *= n`.
func (l *List) repeat(t *Thread, n int) error {
	items, err := repeatItems(t, l.items, n)
	if err == nil {
		l.items = items
	}
	return err
}

// setSlice is `l[s] = values`.
func (l *List) setSlice(t *Thread, s *Slice, value Value) error {
	values, err := ListOf(t, value)
	if err != nil {
		if IsException(err, TypeError) {
			if !isIterable(value) {
				if s.Step == Value(None) {
					return TypeErrorf("can only assign an iterable")
				}
				return TypeErrorf("must assign iterable to extended slice")
			}
		}
		return err
	}
	by, err := s.ints(t)
	if err != nil {
		return err
	}
	start, stop, step := by.within(len(l.items))
	if err := chargeItems(t, len(l.items)); err != nil {
		return err
	}
	if step == 1 {
		stop = max(start, stop)
		l.items = slices.Replace(l.items, start, stop, values...)
		return nil
	}
	n := sliceLen(start, stop, step)
	if n != len(values) {
		return ValueErrorf("attempt to assign sequence of size %d to extended slice of size %d", len(values), n)
	}
	for i, v := range values {
		l.items[start+i*step] = v
	}
	return nil
}

// delSlice is `del l[s]`.
func (l *List) delSlice(t *Thread, s *Slice) error {
	by, err := s.ints(t)
	if err != nil {
		return err
	}
	start, stop, step := by.within(len(l.items))
	n := sliceLen(start, stop, step)
	if n == 0 {
		return nil
	}
	if err := t.Step(len(l.items) / 8); err != nil {
		return err
	}
	if step < 0 { // the same items, in rising order
		start, step = start+(n-1)*step, -step
	}
	if step == 1 {
		l.items = slices.Delete(l.items, start, start+n)
		return nil
	}
	kept := l.items[:start]
	for i := start; i < len(l.items); i++ {
		if d := i - start; d%step != 0 || d/step >= n {
			kept = append(kept, l.items[i])
		}
	}
	clear(l.items[len(kept):])
	l.items = kept
	return nil
}
