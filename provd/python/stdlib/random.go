package stdlib

import (
	"encoding/binary"
	"math"
	"math/big"

	"provbox/provd/python"
)

// buildRandom makes random on the host's randomness. There is no generator of
// its own that could be seeded: seed and Random raise NotImplementedError.
func buildRandom(l *Library, b builder) {
	refuse := func(name string) {
		b.fn(name, func(*python.Thread, []python.Value, []python.Keyword) (python.Value, error) {
			return nil, python.Raise(python.NotImplementedError, "random.%s is not available here", name)
		})
	}
	for _, name := range []string{"seed", "getstate", "setstate", "Random"} {
		refuse(name)
	}
	b.fn("random", noArgs("random", func(t *python.Thread) (python.Value, error) {
		f, err := l.randomFloat(t)
		return python.Float(f), err
	}))
	b.fn("uniform", twoArgs("uniform", func(t *python.Thread, x, y python.Value) (python.Value, error) {
		low, err := asFloat(t, x)
		if err != nil {
			return nil, err
		}
		high, err := asFloat(t, y)
		if err != nil {
			return nil, err
		}
		f, err := l.randomFloat(t)
		return python.Float(low + (high-low)*f), err
	}))
	b.fn("getrandbits", oneArg("getrandbits", func(t *python.Thread, v python.Value) (python.Value, error) {
		n, err := asInt(t, v)
		if err != nil {
			return nil, err
		}
		if n < 0 {
			return nil, python.ValueErrorf("number of bits must be non-negative")
		}
		if n > 8*maxRandom {
			return nil, &python.LimitError{What: "integer size"}
		}
		r, err := l.random(t, int(n+7)/8)
		if err != nil {
			return nil, err
		}
		i := new(big.Int).SetBytes(r)
		return python.NewBigInt(i.Rsh(i, uint(8*len(r)-int(n)))), nil
	}))
	b.fn("randbytes", oneArg("randbytes", func(t *python.Thread, v python.Value) (python.Value, error) {
		n, err := asInt(t, v)
		if err != nil {
			return nil, err
		}
		r, err := l.random(t, int(min(max(n, 0), maxRandom+1)))
		return python.Bytes(r), err
	}))
	b.fn("randint", twoArgs("randint", func(t *python.Thread, x, y python.Value) (python.Value, error) {
		low, err := asInt(t, x)
		if err != nil {
			return nil, err
		}
		high, err := asInt(t, y)
		if err != nil {
			return nil, err
		}
		if high < low {
			return nil, python.ValueErrorf("empty range for randrange() (%d, %d, %d)", low, high+1, high+1-low)
		}
		n, err := l.randomBelow(t, uint64(high-low)+1)
		return python.Int(low + int64(n)), err
	}))
	b.fn("randrange", l.randRange)
	b.fn("choice", oneArg("choice", func(t *python.Thread, v python.Value) (python.Value, error) {
		n, err := python.Len(t, v)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			return nil, python.IndexErrorf("Cannot choose from an empty sequence")
		}
		i, err := l.randomBelow(t, uint64(n))
		if err != nil {
			return nil, err
		}
		return python.GetItem(t, v, python.Int(i))
	}))
	b.fn("shuffle", oneArg("shuffle", func(t *python.Thread, v python.Value) (python.Value, error) {
		list, ok := python.Native(v).(*python.List)
		if !ok {
			return nil, python.TypeErrorf("'%s' object does not support item assignment", python.TypeName(v))
		}
		for i := list.Len() - 1; i > 0; i-- {
			j, err := l.randomBelow(t, uint64(i+1))
			if err != nil {
				return nil, err
			}
			items := list.Items()
			items[i], items[j] = items[j], items[i]
			if err := t.Step(1); err != nil {
				return nil, err
			}
		}
		return python.None, nil
	}))
	b.fn("sample", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var v python.Value
		k := 0
		if err := python.Unpack("sample", args, kwargs, "population", &v, "k", &k); err != nil {
			return nil, err
		}
		pool, err := python.ListOf(t, v)
		if err != nil {
			return nil, err
		}
		if k < 0 || k > len(pool) {
			return nil, python.ValueErrorf("Sample larger than population or is negative")
		}
		for i := range k {
			j, err := l.randomBelow(t, uint64(len(pool)-i))
			if err != nil {
				return nil, err
			}
			pool[i], pool[i+int(j)] = pool[i+int(j)], pool[i]
			if err := t.Step(1); err != nil {
				return nil, err
			}
		}
		return python.NewList(pool[:k:k]), nil
	})
}

// randomFloat is uniform in [0, 1) with 53 bits.
func (l *Library) randomFloat(t *python.Thread) (float64, error) {
	r, err := l.random(t, 8)
	if err != nil {
		return 0, err
	}
	return float64(binary.LittleEndian.Uint64(r)>>11) / (1 << 53), nil
}

// randomBelow is uniform in [0, n); n 0 stands for 2**64.
func (l *Library) randomBelow(t *python.Thread, n uint64) (uint64, error) {
	for {
		r, err := l.random(t, 8)
		if err != nil {
			return 0, err
		}
		x := binary.LittleEndian.Uint64(r)
		if n == 0 {
			return x, nil
		}
		// The last, incomplete run of n would favour small results.
		if limit := math.MaxUint64 - math.MaxUint64%n; x < limit {
			return x % n, nil
		}
		if err := t.Step(1); err != nil {
			return 0, err
		}
	}
}

func (l *Library) randRange(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var first, second python.Value
	step := int64(1)
	if err := python.Unpack("randrange", args, kwargs, "start", &first, "stop??", &second, "step?", &step); err != nil {
		return nil, err
	}
	start, err := asInt(t, first)
	if err != nil {
		return nil, err
	}
	stop := start
	if isNone(second) {
		start = 0
	} else if stop, err = asInt(t, second); err != nil {
		return nil, err
	}
	if step == 0 {
		return nil, python.ValueErrorf("zero step for randrange()")
	}
	low, high, by := big.NewInt(start), big.NewInt(stop), big.NewInt(step)
	n := new(big.Int).Sub(high, low)
	n.Add(n, by).Sub(n, big.NewInt(int64(sign(step))))
	n = floorDiv(n, by)
	if n.Sign() <= 0 {
		return nil, python.ValueErrorf("empty range for randrange()")
	}
	i, err := l.randomBelow(t, n.Uint64())
	if err != nil {
		return nil, err
	}
	r := new(big.Int).SetUint64(i)
	return python.NewBigInt(r.Mul(r, by).Add(r, low)), nil
}
