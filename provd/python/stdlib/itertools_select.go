package stdlib

import (
	"math"

	"provbox/provd/python"
)

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
