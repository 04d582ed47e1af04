package stdlib

import (
	"math"

	"provbox/provd/python"
)

// nextFunc is the body of an iterator.
type nextFunc = func(t *python.Thread) (python.Value, bool, error)

// iterMaker makes the body of an iterator from the arguments of its class.
type iterMaker func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (nextFunc, error)

// buildItertools makes itertools.
func buildItertools(_ *Library, b builder) {
	iterator := func(name string, make iterMaker, classMethods map[string]iterMaker) {
		var class *python.Class
		spec := python.ClassSpec{
			Name: name, Dotted: true, Final: true,
			New: func(t *python.Thread, _ *python.Class, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
				return newIter(t, class, make, args, kwargs)
			},
			Methods:      iteratorMethods(),
			ClassMethods: map[string]python.MethodFunc{},
		}
		for method, make := range classMethods {
			spec.ClassMethods[method] = func(t *python.Thread, _ python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
				return newIter(t, class, make, args, kwargs)
			}
		}
		class = b.class(spec)
	}
	iterator("chain", func(t *python.Thread, args []python.Value, _ []python.Keyword) (nextFunc, error) {
		args = append([]python.Value(nil), args...)
		return chain(python.NewIterator(nil, func(*python.Thread) (python.Value, bool, error) {
			if len(args) == 0 {
				return nil, false, nil
			}
			v := args[0]
			args = args[1:]
			return v, true, nil
		})), nil
	}, map[string]iterMaker{"from_iterable": func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (nextFunc, error) {
		var v python.Value
		if err := python.Unpack("from_iterable", args, kwargs, "iterable", &v); err != nil {
			return nil, err
		}
		it, err := python.Iter(t, v)
		return chain(it), err
	}})
	for name, make := range map[string]iterMaker{
		"count": iterCount, "cycle": iterCycle, "repeat": iterRepeat, "accumulate": iterAccumulate,
		"compress": iterCompress, "dropwhile": iterDropWhile, "takewhile": iterTakeWhile,
		"filterfalse": iterFilterFalse, "islice": iterSlice, "starmap": iterStarMap, "zip_longest": iterZipLongest,
		"pairwise": iterPairwise, "groupby": iterGroupBy, "product": iterProduct, "permutations": iterPermutations,
		"combinations":                  iterCombinations(false),
		"combinations_with_replacement": iterCombinations(true),
	} {
		iterator(name, make, nil)
	}
	b.fn("tee", tee)
}

func iteratorMethods() map[string]python.MethodFunc {
	return map[string]python.MethodFunc{
		"__iter__": itself,
		"__next__": func(t *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			it, ok := self.(python.Iterator)
			if !ok {
				return nil, python.TypeErrorf("'%s' object is not an iterator", python.TypeName(self))
			}
			v, ok, err := it.Next(t)
			if err == nil && !ok {
				err = python.NewStopIteration(nil)
			}
			return v, err
		},
	}
}

func newIter(t *python.Thread, class *python.Class, make iterMaker, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	if err := t.Alloc(128); err != nil {
		return nil, err
	}
	next, err := make(t, args, kwargs)
	if err != nil {
		return nil, err
	}
	return python.NewIterator(class, next), nil
}

func chain(outer python.Iterator) nextFunc {
	var inner python.Iterator
	return func(t *python.Thread) (python.Value, bool, error) {
		for {
			if inner != nil {
				v, ok, err := inner.Next(t)
				if ok || err != nil {
					return v, ok, err
				}
			}
			if err := t.Step(1); err != nil {
				return nil, false, err
			}
			v, ok, err := outer.Next(t)
			if err != nil || !ok {
				return nil, false, err
			}
			if inner, err = python.Iter(t, v); err != nil {
				return nil, false, err
			}
		}
	}
}

func iterCount(_ *python.Thread, args []python.Value, kwargs []python.Keyword) (nextFunc, error) {
	var n, step python.Value = python.Int(0), python.Int(1)
	if err := python.Unpack("count", args, kwargs, "start?", &n, "step?", &step); err != nil {
		return nil, err
	}
	return func(t *python.Thread) (python.Value, bool, error) {
		v := n
		var err error
		n, err = python.Binary(t, python.OpAdd, n, step)
		return v, err == nil, err
	}, nil
}

func iterCycle(t *python.Thread, args []python.Value, kwargs []python.Keyword) (nextFunc, error) {
	it, err := oneIter(t, "cycle", args, kwargs)
	if err != nil {
		return nil, err
	}
	var saved []python.Value
	at := -1 // in saved; negative while the iterator lasts
	return func(t *python.Thread) (python.Value, bool, error) {
		if at < 0 {
			v, ok, err := it.Next(t)
			if err != nil {
				return nil, false, err
			}
			if ok {
				if err := t.Alloc(16); err != nil {
					return nil, false, err
				}
				saved = append(saved, v)
				return v, true, nil
			}
			at = 0
		}
		if len(saved) == 0 {
			return nil, false, nil
		}
		v := saved[at]
		at = (at + 1) % len(saved)
		return v, true, nil
	}, nil
}

// oneIter takes the iterator of the only argument.
func oneIter(t *python.Thread, name string, args []python.Value, kwargs []python.Keyword) (python.Iterator, error) {
	var v python.Value
	if err := python.Unpack(name, args, kwargs, "iterable", &v); err != nil {
		return nil, err
	}
	return python.Iter(t, v)
}

func iterRepeat(t *python.Thread, args []python.Value, kwargs []python.Keyword) (nextFunc, error) {
	var v, times python.Value
	if err := python.Unpack("repeat", args, kwargs, "object", &v, "times?", &times); err != nil {
		return nil, err
	}
	n := math.MaxInt
	if times != nil {
		var err error
		if n, err = clampInt(t, times); err != nil {
			return nil, err
		}
	}
	return func(*python.Thread) (python.Value, bool, error) {
		if n <= 0 {
			return nil, false, nil
		}
		if times != nil {
			n--
		}
		return v, true, nil
	}, nil
}

func iterAccumulate(t *python.Thread, args []python.Value, kwargs []python.Keyword) (nextFunc, error) {
	var v, fn, initial python.Value
	if err := python.Unpack("accumulate", args, kwargs, "iterable", &v, "func??", &fn, "$", "initial??", &initial); err != nil {
		return nil, err
	}
	it, err := python.Iter(t, v)
	if err != nil {
		return nil, err
	}
	total, first := python.Value(nil), !isNone(initial)
	return func(t *python.Thread) (python.Value, bool, error) {
		if first {
			first, total = false, initial
			return total, true, nil
		}
		v, ok, err := it.Next(t)
		switch {
		case err != nil || !ok:
			return nil, false, err
		case total == nil:
			total = v
		case isNone(fn):
			total, err = python.Binary(t, python.OpAdd, total, v)
		default:
			total, err = python.Call(t, fn, []python.Value{total, v}, nil)
		}
		return total, err == nil, err
	}, nil
}

func iterCompress(t *python.Thread, args []python.Value, kwargs []python.Keyword) (nextFunc, error) {
	var data, selectors python.Value
	if err := python.Unpack("compress", args, kwargs, "data", &data, "selectors", &selectors); err != nil {
		return nil, err
	}
	its, err := itersOf(t, []python.Value{data, selectors})
	if err != nil {
		return nil, err
	}
	return func(t *python.Thread) (python.Value, bool, error) {
		for {
			v, ok, err := its[0].Next(t)
			if err != nil || !ok {
				return nil, false, err
			}
			s, ok, err := its[1].Next(t)
			if err != nil || !ok {
				return nil, false, err
			}
			if keep, err := python.Truth(t, s); err != nil || keep {
				return v, err == nil, err
			}
			if err := t.Step(1); err != nil {
				return nil, false, err
			}
		}
	}, nil
}

func itersOf(t *python.Thread, values []python.Value) ([]python.Iterator, error) {
	if err := t.Alloc(int64(16 * len(values))); err != nil {
		return nil, err
	}
	out := make([]python.Iterator, len(values))
	for i, v := range values {
		var err error
		if out[i], err = python.Iter(t, v); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// predicate takes the function and the iterator of dropwhile and its like.
func predicate(t *python.Thread, name string, args []python.Value, kwargs []python.Keyword) (func(t *python.Thread, v python.Value) (bool, error), python.Iterator, error) {
	if len(args) != 2 || len(kwargs) > 0 {
		return nil, nil, python.TypeErrorf("%s expected 2 arguments, got %d", name, len(args))
	}
	fn := args[0]
	it, err := python.Iter(t, args[1])
	return func(t *python.Thread, v python.Value) (bool, error) {
		if isNone(fn) {
			return python.Truth(t, v)
		}
		r, err := python.Call(t, fn, []python.Value{v}, nil)
		if err != nil {
			return false, err
		}
		return python.Truth(t, r)
	}, it, err
}

func iterDropWhile(t *python.Thread, args []python.Value, kwargs []python.Keyword) (nextFunc, error) {
	test, it, err := predicate(t, "dropwhile", args, kwargs)
	started := false
	return func(t *python.Thread) (python.Value, bool, error) {
		for {
			v, ok, err := it.Next(t)
			if err != nil || !ok || started {
				return v, ok, err
			}
			drop, err := test(t, v)
			if err != nil {
				return nil, false, err
			}
			if !drop {
				started = true
				return v, true, nil
			}
			if err := t.Step(1); err != nil {
				return nil, false, err
			}
		}
	}, err
}

func iterTakeWhile(t *python.Thread, args []python.Value, kwargs []python.Keyword) (nextFunc, error) {
	test, it, err := predicate(t, "takewhile", args, kwargs)
	return func(t *python.Thread) (python.Value, bool, error) {
		v, ok, err := it.Next(t)
		if err != nil || !ok {
			return nil, false, err
		}
		keep, err := test(t, v)
		return v, keep, err
	}, err
}

func iterFilterFalse(t *python.Thread, args []python.Value, kwargs []python.Keyword) (nextFunc, error) {
	test, it, err := predicate(t, "filterfalse", args, kwargs)
	return func(t *python.Thread) (python.Value, bool, error) {
		for {
			v, ok, err := it.Next(t)
			if err != nil || !ok {
				return nil, false, err
			}
			if drop, err := test(t, v); err != nil || !drop {
				return v, err == nil, err
			}
			if err := t.Step(1); err != nil {
				return nil, false, err
			}
		}
	}, err
}
