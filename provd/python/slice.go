package python

// Slice is Python's slice; its members are None when absent.
type Slice struct {
	Start, Stop, Step Value
}

// Type returns SliceClass.
func (*Slice) Type() *Class { return SliceClass }

// indices resolves the slice for a sequence of n items: start and stop are
// within the sequence (-1 for "before the first" when step is negative).
func (s *Slice) indices(t *Thread, n int) (start, stop, step int, err error) {
	step = 1
	if s.Step != Value(None) {
		if step, err = sliceIndex(t, s.Step); err != nil {
			return 0, 0, 0, err
		}
		if step == 0 {
			return 0, 0, 0, ValueErrorf("slice step cannot be zero")
		}
		step = max(step, -maxInt)
	}
	low, high := 0, n
	start, stop = low, high
	if step < 0 {
		low, high = -1, n-1
		start, stop = high, low
	}
	bound := func(v Value, i *int) error {
		if v == Value(None) {
			return nil
		}
		x, err := sliceIndex(t, v)
		if err != nil {
			return err
		}
		if x < 0 {
			x += n
		}
		*i = min(max(x, low), high)
		return nil
	}
	if err := bound(s.Start, &start); err != nil {
		return 0, 0, 0, err
	}
	err = bound(s.Stop, &stop)
	return start, stop, step, err
}

func sliceIndex(t *Thread, v Value) (int, error) {
	n, ok, err := clampIndex(t, v)
	if err == nil && !ok {
		err = TypeErrorf("slice indices must be integers or None or have an __index__ method")
	}
	return n, err
}

// sliceLen is the number of items from start to stop.
func sliceLen(start, stop, step int) int {
	switch {
	case step > 0 && start < stop:
		return (stop-start-1)/step + 1
	case step < 0 && start > stop:
		return (start-stop-1)/(-step) + 1
	}
	return 0
}

// sliceItems copies the items a slice selects.
func sliceItems(t *Thread, items []Value, s *Slice) ([]Value, error) {
	start, stop, step, err := s.indices(t, len(items))
	if err != nil {
		return nil, err
	}
	n := sliceLen(start, stop, step)
	if err := chargeItems(t, n); err != nil {
		return nil, err
	}
	out := make([]Value, n)
	if step == 1 {
		copy(out, items[start:])
		return out, nil
	}
	for i := range out {
		out[i] = items[start+i*step]
	}
	return out, nil
}

// sliceASCII selects from a string by bytes; it is for bytes and for strings
// that hold only ASCII.
func sliceASCII(t *Thread, s string, by *Slice) (string, error) {
	start, stop, step, err := by.indices(t, len(s))
	if err != nil {
		return "", err
	}
	if step == 1 {
		if start >= stop {
			return "", nil
		}
		return s[start:stop], nil
	}
	n := sliceLen(start, stop, step)
	if err := t.Alloc(int64(n)); err != nil {
		return "", err
	}
	if err := t.Step(n / 8); err != nil {
		return "", err
	}
	out := make([]byte, n)
	for i := range out {
		out[i] = s[start+i*step]
	}
	return string(out), nil
}

// sliceStr selects from a string by code points.
func sliceStr(t *Thread, s string, by *Slice) (string, error) {
	if isASCII(s) {
		return sliceASCII(t, s, by)
	}
	start, stop, step, err := by.indices(t, strLen(s))
	if err != nil {
		return "", err
	}
	if err := t.Step(len(s) / 8); err != nil {
		return "", err
	}
	if step == 1 {
		if start >= stop {
			return "", nil
		}
		from := byteOffset(s, start)
		return s[from : from+byteOffset(s[from:], stop-start)], nil
	}
	if err := t.Alloc(4 * int64(len(s))); err != nil {
		return "", err
	}
	runes := decodeRunes(s)
	var out []byte
	for i := range sliceLen(start, stop, step) {
		out = AppendRune(out, runes[start+i*step])
	}
	return string(out), nil
}
