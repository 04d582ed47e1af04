package stdlib

import (
	"math"

	"provbox/provd/python"
)

func iterSlice(t *python.Thread, args []python.Value, kwargs []python.Keyword) (nextFunc, error) {
	if len(args) < 2 || len(args) > 4 || len(kwargs) > 0 {
		return nil, python.TypeErrorf("islice expected at least 2 arguments, got %d", len(args))
	}
	it, err := python.Iter(t, args[0])
	if err != nil {
		return nil, err
	}
	limits := [3]int{0, math.MaxInt, 1}
	at := 1 // a lone argument is the stop
	if len(args) > 2 {
		at = 0
	}
	for _, a := range args[1:] {
		if !isNone(a) {
			n, err := clampInt(t, a)
			if err != nil || n < 0 || at == 2 && n == 0 {
				if at == 2 {
					return nil, python.ValueErrorf("Step for islice() must be a positive integer or None.")
				}
				if at == 1 && len(args) == 2 {
					return nil, python.ValueErrorf("Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.")
				}
				return nil, python.ValueErrorf("Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.")
			}
			limits[at] = n
		}
		at++
	}
	want, stop, step := limits[0], limits[1], limits[2]
	pos := 0
	return func(t *python.Thread) (python.Value, bool, error) {
		for pos < stop {
			v, ok, err := it.Next(t)
			if err != nil || !ok {
				return nil, false, err
			}
			pos++
			if pos > want {
				if want += step; want < 0 {
					want = math.MaxInt
				}
				return v, true, nil
			}
			if err := t.Step(1); err != nil {
				return nil, false, err
			}
		}
		return nil, false, nil
	}, nil
}

func iterStarMap(t *python.Thread, args []python.Value, kwargs []python.Keyword) (nextFunc, error) {
	if len(args) != 2 || len(kwargs) > 0 {
		return nil, python.TypeErrorf("starmap expected 2 arguments, got %d", len(args))
	}
	fn := args[0]
	it, err := python.Iter(t, args[1])
	return func(t *python.Thread) (python.Value, bool, error) {
		v, ok, err := it.Next(t)
		if err != nil || !ok {
			return nil, false, err
		}
		list, err := python.ListOf(t, v)
		if err != nil {
			return nil, false, err
		}
		r, err := python.Call(t, fn, list, nil)
		return r, err == nil, err
	}, err
}

func iterZipLongest(t *python.Thread, args []python.Value, kwargs []python.Keyword) (nextFunc, error) {
	var fill python.Value = python.None
	if err := python.Unpack("zip_longest", nil, kwargs, "$", "fillvalue?", &fill); err != nil {
		return nil, err
	}
	its, err := itersOf(t, args)
	if err != nil {
		return nil, err
	}
	live := len(its)
	return func(t *python.Thread) (python.Value, bool, error) {
		if live == 0 {
			return nil, false, nil
		}
		if err := t.Alloc(int64(16*len(its)) + 24); err != nil {
			return nil, false, err
		}
		out := make(python.Tuple, len(its))
		for i, it := range its {
			out[i] = fill
			if it == nil {
				continue
			}
			v, ok, err := it.Next(t)
			if err != nil {
				return nil, false, err
			}
			if ok {
				out[i] = v
				continue
			}
			its[i] = nil
			if live--; live == 0 {
				return nil, false, nil
			}
		}
		return out, true, nil
	}, nil
}

func iterPairwise(t *python.Thread, args []python.Value, kwargs []python.Keyword) (nextFunc, error) {
	it, err := oneIter(t, "pairwise", args, kwargs)
	var last python.Value
	return func(t *python.Thread) (python.Value, bool, error) {
		if last == nil {
			v, ok, err := it.Next(t)
			if err != nil || !ok {
				return nil, false, err
			}
			last = v
		}
		v, ok, err := it.Next(t)
		if err != nil || !ok {
			return nil, false, err
		}
		pair := python.Tuple{last, v}
		last = v
		return pair, true, t.Alloc(64)
	}, err
}

func iterGroupBy(t *python.Thread, args []python.Value, kwargs []python.Keyword) (nextFunc, error) {
	var v, key python.Value
	if err := python.Unpack("groupby", args, kwargs, "iterable", &v, "key??", &key); err != nil {
		return nil, err
	}
	it, err := python.Iter(t, v)
	if err != nil {
		return nil, err
	}
	var current, currentKey, groupKey python.Value // current is nil when it was taken
	group := 0
	fetch := func(t *python.Thread) (bool, error) {
		v, ok, err := it.Next(t)
		if err != nil || !ok {
			return false, err
		}
		k := v
		if !isNone(key) {
			if k, err = python.Call(t, key, []python.Value{v}, nil); err != nil {
				return false, err
			}
		}
		current, currentKey = v, k
		return true, t.Step(1)
	}
	return func(t *python.Thread) (python.Value, bool, error) {
		group++
		for {
			if current == nil {
				if ok, err := fetch(t); err != nil || !ok {
					return nil, false, err
				}
			}
			if groupKey == nil {
				break
			}
			same, err := python.Equal(t, groupKey, currentKey)
			if err != nil {
				return nil, false, err
			}
			if !same {
				break
			}
			current = nil
		}
		groupKey = currentKey
		mine := group
		members := python.NewIterator(nil, func(t *python.Thread) (python.Value, bool, error) {
			if mine != group {
				return nil, false, nil
			}
			if current == nil {
				if ok, err := fetch(t); err != nil || !ok {
					return nil, false, err
				}
			}
			if same, err := python.Equal(t, groupKey, currentKey); err != nil || !same {
				return nil, false, err
			}
			v := current
			current = nil
			return v, true, nil
		})
		return python.Tuple{groupKey, members}, true, t.Alloc(128)
	}, nil
}

// tee copies an iterator; what one copy is ahead of another is kept.
func tee(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var v python.Value
	n := 2
	if err := python.Unpack("tee", args, kwargs, "iterable", &v, "n?", &n); err != nil {
		return nil, err
	}
	if n < 0 {
		return nil, python.ValueErrorf("n must be >= 0")
	}
	it, err := python.Iter(t, v)
	if err != nil {
		return nil, err
	}
	if err := t.Alloc(int64(n) * 128); err != nil {
		return nil, err
	}
	// Each link holds one value; a copy that moves on lets go of it.
	type link struct {
		v    python.Value
		next *link
	}
	start := &link{}
	out := make(python.Tuple, n)
	for i := range out {
		at := start
		out[i] = python.NewIterator(nil, func(t *python.Thread) (python.Value, bool, error) {
			if at.next == nil {
				v, ok, err := it.Next(t)
				if err != nil || !ok {
					return nil, false, err
				}
				if err := t.Alloc(32); err != nil {
					return nil, false, err
				}
				at.v, at.next = v, &link{}
			}
			v := at.v
			at = at.next
			return v, true, nil
		})
	}
	return out, nil
}
