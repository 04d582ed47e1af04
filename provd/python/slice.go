package python

// Slice is Python's slice; its members are None when absent.
type Slice struct {
	Start, Stop, Step Value
}

// Type returns SliceClass.
func (*Slice) Type() *Class { return SliceClass }

// sliceInts are the members of a slice as integers; with a step below 0 an
// absent bound differs from any given one.
type sliceInts struct {
	start, stop, step int
	noStart, noStop   bool
}

// ints evaluates the members of the slice. That can run code of the program, so
// the length of a sequence that can change must be asked for afterwards.
func (s *Slice) ints(t *Thread) (i sliceInts, err error) {
	i.step = 1
	if s.Step != Value(None) {
		if i.step, err = sliceIndex(t, s.Step); err != nil {
			return i, err
		}
		if i.step == 0 {
			return i, ValueErrorf("slice step cannot be zero")
		}
		i.step = max(i.step, -maxInt)
	}
	if i.noStart = s.Start == Value(None); !i.noStart {
		if i.start, err = sliceIndex(t, s.Start); err != nil {
			return i, err
		}
	}
	if i.noStop = s.Stop == Value(None); !i.noStop {
		i.stop, err = sliceIndex(t, s.Stop)
	}
	return i, err
}

// within resolves the slice for a sequence of n items: start and stop are within
// the sequence (-1 for "before the first" when step is negative).
func (i sliceInts) within(n int) (start, stop, step int) {
	low, high := 0, n
	start, stop = low, high
	if i.step < 0 {
		low, high = -1, n-1
		start, stop = high, low
	}
	bound := func(x int) int {
		if x < 0 {
			x += n
		}
		return min(max(x, low), high)
	}
	if !i.noStart {
		start = bound(i.start)
	}
	if !i.noStop {
		stop = bound(i.stop)
	}
	return start, stop, i.step
}

// indices resolves the slice for a sequence that cannot change.
func (s *Slice) indices(t *Thread, n int) (start, stop, step int, err error) {
	i, err := s.ints(t)
	if err != nil {
		return 0, 0, 0, err
	}
	start, stop, step = i.within(n)
	return start, stop, step, nil
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
func sliceItems(t *Thread, items []Value, by sliceInts) ([]Value, error) {
	start, stop, step := by.within(len(items))
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
