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

// pools collects the arguments of product and its like.
func pools(t *python.Thread, args []python.Value) ([][]python.Value, error) {
	out := make([][]python.Value, len(args))
	for i, a := range args {
		var err error
		if out[i], err = python.ListOf(t, a); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// selection iterates over tuples of pool members: next moves the indices on and
// reports whether there is another selection.
func selection(pick func(i int) python.Value, n int, next func(t *python.Thread) bool) nextFunc {
	first := true
	return func(t *python.Thread) (python.Value, bool, error) {
		if err := t.Step(1 + n/8); err != nil {
			return nil, false, err
		}
		if !first && !next(t) {
			return nil, false, nil
		}
		first = false
		if err := t.Alloc(int64(16*n) + 24); err != nil {
			return nil, false, err
		}
		out := make(python.Tuple, n)
		for i := range out {
			out[i] = pick(i)
		}
		return out, true, nil
	}
}

func none(*python.Thread) (python.Value, bool, error) { return nil, false, nil }

func iterProduct(t *python.Thread, args []python.Value, kwargs []python.Keyword) (nextFunc, error) {
	repeat := 1
	if err := python.Unpack("product", nil, kwargs, "$", "repeat?", &repeat); err != nil {
		return nil, err
	}
	if repeat < 0 {
		return nil, python.ValueErrorf("repeat argument cannot be negative")
	}
	base, err := pools(t, args)
	if err != nil {
		return nil, err
	}
	if len(base) > 0 && repeat > math.MaxInt32/len(base) {
		return nil, &python.LimitError{What: "memory"}
	}
	n := len(base) * repeat
	if err := t.Alloc(int64(32 * n)); err != nil {
		return nil, err
	}
	for _, p := range base {
		if len(p) == 0 && n > 0 {
			return none, nil
		}
	}
	index := make([]int, n)
	pool := func(i int) []python.Value { return base[i%len(base)] }
	return selection(func(i int) python.Value { return pool(i)[index[i]] }, n, func(*python.Thread) bool {
		for i := n - 1; i >= 0; i-- {
			if index[i]++; index[i] < len(pool(i)) {
				return true
			}
			index[i] = 0
		}
		return false
	}), nil
}

// poolAndCount takes the arguments of permutations and combinations.
func poolAndCount(t *python.Thread, name string, args []python.Value, kwargs []python.Keyword, optional bool) ([]python.Value, int, error) {
	var v, count python.Value
	spec := "r"
	if optional {
		spec = "r??"
	}
	if err := python.Unpack(name, args, kwargs, "iterable", &v, spec, &count); err != nil {
		return nil, 0, err
	}
	pool, err := python.ListOf(t, v)
	if err != nil {
		return nil, 0, err
	}
	r := len(pool)
	if !isNone(count) {
		if r, err = clampInt(t, count); err != nil {
			return nil, 0, err
		}
		if r < 0 {
			return nil, 0, python.ValueErrorf("r must be non-negative")
		}
	}
	return pool, r, nil
}

func iterPermutations(t *python.Thread, args []python.Value, kwargs []python.Keyword) (nextFunc, error) {
	pool, r, err := poolAndCount(t, "permutations", args, kwargs, true)
	n := len(pool)
	if err != nil || r > n {
		return none, err
	}
	if err := t.Alloc(int64(16 * (n + r))); err != nil {
		return nil, err
	}
	index, cycles := make([]int, n), make([]int, r)
	for i := range index {
		index[i] = i
	}
	for i := range cycles {
		cycles[i] = n - i
	}
	return selection(func(i int) python.Value { return pool[index[i]] }, r, func(*python.Thread) bool {
		for i := r - 1; i >= 0; i-- {
			if cycles[i]--; cycles[i] > 0 {
				j := n - cycles[i]
				index[i], index[j] = index[j], index[i]
				return true
			}
			moved := index[i]
			copy(index[i:], index[i+1:])
			index[n-1] = moved
			cycles[i] = n - i
		}
		return false
	}), nil
}

func iterCombinations(replace bool) iterMaker {
	return func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (nextFunc, error) {
		pool, r, err := poolAndCount(t, "combinations", args, kwargs, false)
		n := len(pool)
		if err != nil || !replace && r > n || replace && n == 0 && r > 0 {
			return none, err
		}
		if r > math.MaxInt32 {
			return nil, &python.LimitError{What: "memory"}
		}
		if err := t.Alloc(int64(16 * r)); err != nil {
			return nil, err
		}
		index := make([]int, r)
		if !replace {
			for i := range index {
				index[i] = i
			}
		}
		last := func(i int) int {
			if replace {
				return n - 1
			}
			return n - r + i
		}
		return selection(func(i int) python.Value { return pool[index[i]] }, r, func(*python.Thread) bool {
			i := r - 1
			for i >= 0 && index[i] == last(i) {
				i--
			}
			if i < 0 {
				return false
			}
			v := index[i] + 1
			for j := i; j < r; j++ {
				index[j] = v
				if !replace {
					v++
				}
			}
			return true
		}), nil
	}
}
