package template

import (
	"provbox/provd/python"
)

func filterBatch(in *invocation) (python.Value, error) {
	var v, count python.Value
	var fill python.Value = python.None
	if err := in.unpack("value", &v, "linecount", &count, "fill_with?", &fill); err != nil {
		return nil, err
	}
	var it python.Iterator
	var held python.Value
	return newGenerator("do_batch", func(t *python.Thread) (python.Value, bool, error) {
		if it == nil {
			var err error
			if it, err = python.Iter(t, v); err != nil {
				return nil, false, err
			}
		}
		var batch []python.Value
		if held != nil {
			batch, held = append(batch, held), nil
		}
		for {
			item, ok, err := it.Next(t)
			if err != nil {
				return nil, false, err
			}
			if !ok {
				return lastBatch(t, batch, count, fill)
			}
			full, err := python.Equal(t, python.Int(len(batch)), count)
			if err != nil {
				return nil, false, err
			}
			if full {
				held = item
				return python.NewList(batch), true, nil
			}
			if err := t.Alloc(valueSize); err != nil {
				return nil, false, err
			}
			batch = append(batch, item)
		}
	}), nil
}

// lastBatch fills up what is left at the end.
func lastBatch(t *python.Thread, batch []python.Value, count, fill python.Value) (python.Value, bool, error) {
	if len(batch) == 0 {
		return nil, false, nil
	}
	if fill == python.None {
		return python.NewList(batch), true, nil
	}
	missing, err := python.Binary(t, python.OpSub, count, python.Int(len(batch)))
	if err != nil {
		return nil, false, err
	}
	filler, err := python.Binary(t, python.OpMul, python.NewList([]python.Value{fill}), missing)
	if err != nil {
		return nil, false, err
	}
	all, err := python.Binary(t, python.OpAdd, python.NewList(batch), filler)
	return all, true, err
}

func filterSlice(in *invocation) (python.Value, error) {
	var v, slices python.Value
	var fill python.Value = python.None
	if err := in.unpack("value", &v, "slices", &slices, "fill_with?", &fill); err != nil {
		return nil, err
	}
	var seq []python.Value
	var n, next, offset int
	started := false
	return newGenerator("do_slice", func(t *python.Thread) (python.Value, bool, error) {
		if !started {
			started = true
			var err error
			if seq, err = python.ListOf(t, v); err != nil {
				return nil, false, err
			}
			if n, err = divisor(slices); err != nil {
				return nil, false, err
			}
		}
		if next >= n {
			return nil, false, nil
		}
		per, extra := len(seq)/n, len(seq)%n
		start := offset + next*per
		if next < extra {
			offset++
		}
		end := offset + (next+1)*per
		if err := t.Alloc(int64(end-start+1) * valueSize); err != nil {
			return nil, false, err
		}
		part := append(make([]python.Value, 0, end-start+1), seq[start:end]...)
		if fill != python.None && next >= extra {
			part = append(part, fill)
		}
		next++
		return python.NewList(part), true, nil
	}), nil
}

// divisor is the number of slices; less than one makes none.
func divisor(v python.Value) (int, error) {
	var n int64
	switch v := python.Native(v).(type) {
	case python.Int:
		n = int64(v)
	case python.Bool:
		if v {
			n = 1
		}
	default:
		return 0, python.TypeErrorf("'%s' object cannot be interpreted as an integer", python.TypeName(v))
	}
	if n == 0 {
		return 0, python.Raise(python.ZeroDivisionError, "integer division or modulo by zero")
	}
	return int(n), nil
}
