package stdlib

import (
	"math"
	"math/big"

	"provbox/provd/python"
)

// wantBig is asBig with the TypeError for other values.
func wantBig(t *python.Thread, v python.Value) (*big.Int, error) {
	n, ok, err := asBig(t, v)
	if err == nil && !ok {
		err = python.TypeErrorf("'%s' object cannot be interpreted as an integer", python.TypeName(v))
	}
	return n, err
}

// mathInts defines the functions of whole numbers.
func mathInts(b builder) {
	fold := func(name string, start int64, f func(x, y *big.Int) *big.Int) {
		b.fn(name, func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			if len(kwargs) > 0 {
				return nil, python.TypeErrorf("%s() takes no keyword arguments", name)
			}
			out := big.NewInt(start)
			for _, a := range args {
				n, err := wantBig(t, a)
				if err != nil {
					return nil, err
				}
				// Euclid on big numbers is quadratic in their length.
				words := n.BitLen()/64 + out.BitLen()/64 + 1
				if err := t.Step(words * words); err != nil {
					return nil, err
				}
				if err := t.Alloc(int64(16 * words)); err != nil {
					return nil, err
				}
				out = f(out, n)
			}
			return python.NewBigInt(out), nil
		})
	}
	gcd := func(x, y *big.Int) *big.Int {
		return new(big.Int).GCD(nil, nil, new(big.Int).Abs(x), new(big.Int).Abs(y))
	}
	fold("gcd", 0, gcd)
	fold("lcm", 1, func(x, y *big.Int) *big.Int {
		if x.Sign() == 0 || y.Sign() == 0 {
			return new(big.Int)
		}
		r := new(big.Int).Mul(x, y)
		return r.Abs(r.Quo(r, gcd(x, y)))
	})
	b.fn("isqrt", oneArg("isqrt", func(t *python.Thread, v python.Value) (python.Value, error) {
		n, err := wantBig(t, v)
		if err != nil {
			return nil, err
		}
		if n.Sign() < 0 {
			return nil, python.ValueErrorf("isqrt() argument must be nonnegative")
		}
		words := n.BitLen()/64 + 1
		if err := t.Step(words * words); err != nil {
			return nil, err
		}
		return python.NewBigInt(new(big.Int).Sqrt(n)), nil
	}))
	b.fn("factorial", oneArg("factorial", func(t *python.Thread, v python.Value) (python.Value, error) {
		n, err := wantBig(t, v)
		if err != nil {
			return nil, err
		}
		if n.Sign() < 0 {
			return nil, python.ValueErrorf("factorial() not defined for negative values")
		}
		return product(t, 1, n)
	}))
	b.fn("comb", twoArgs("comb", func(t *python.Thread, x, y python.Value) (python.Value, error) {
		n, k, err := choose(t, x, y)
		if err != nil || k.Cmp(n) > 0 {
			return python.Int(0), err
		}
		if rest := new(big.Int).Sub(n, k); rest.Cmp(k) < 0 {
			k = rest
		}
		if !k.IsInt64() || k.Int64() > maxFactorial || n.BitLen() > 62 {
			return nil, &python.LimitError{What: "integer size"}
		}
		if err := t.Step(int(k.Int64()) * int(k.Int64()/8+1)); err != nil {
			return nil, err
		}
		return python.NewBigInt(new(big.Int).Binomial(n.Int64(), k.Int64())), nil
	}))
	b.fn("perm", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var x, y python.Value
		if err := python.Unpack("perm", args, kwargs, "n", &x, "k??", &y); err != nil {
			return nil, err
		}
		if y == nil {
			y = x
		}
		n, k, err := choose(t, x, y)
		if err != nil || k.Cmp(n) > 0 {
			return python.Int(0), err
		}
		low := new(big.Int).Sub(n, k)
		if !low.IsInt64() {
			return nil, &python.LimitError{What: "integer size"}
		}
		return product(t, low.Int64()+1, n)
	})
}

func choose(t *python.Thread, x, y python.Value) (n, k *big.Int, err error) {
	if n, err = wantBig(t, x); err != nil {
		return nil, nil, err
	}
	if k, err = wantBig(t, y); err != nil {
		return nil, nil, err
	}
	if n.Sign() < 0 {
		return nil, nil, python.ValueErrorf("n must be a non-negative integer")
	}
	if k.Sign() < 0 {
		return nil, nil, python.ValueErrorf("k must be a non-negative integer")
	}
	return n, k, nil
}

// product multiplies the numbers low to high.
func product(t *python.Thread, low int64, high *big.Int) (python.Value, error) {
	if !high.IsInt64() || high.Int64()-low > maxFactorial {
		return nil, &python.LimitError{What: "integer size"}
	}
	if n := high.Int64() - low; n > 0 {
		words := int(n) * high.BitLen() / 64
		if err := t.Step(int(n) + words*words/16); err != nil {
			return nil, err
		}
		if err := t.Alloc(int64(words) * 16); err != nil {
			return nil, err
		}
	}
	return python.NewBigInt(new(big.Int).MulRange(low, max(high.Int64(), low-1))), nil
}

// mathMore defines hypot, dist, prod and isclose.
func mathMore(b builder) {
	b.fn("hypot", func(t *python.Thread, args []python.Value, _ []python.Keyword) (python.Value, error) {
		r := 0.0
		for _, a := range args {
			x, err := asFloat(t, a)
			if err != nil {
				return nil, err
			}
			r = math.Hypot(r, x)
		}
		return python.Float(r), nil
	})
	b.fn("dist", twoArgs("dist", func(t *python.Thread, p, q python.Value) (python.Value, error) {
		xs, err := python.ListOf(t, p)
		if err != nil {
			return nil, err
		}
		ys, err := python.ListOf(t, q)
		if err != nil {
			return nil, err
		}
		if len(xs) != len(ys) {
			return nil, python.ValueErrorf("both points must have the same number of dimensions")
		}
		r := 0.0
		for i := range xs {
			x, err := asFloat(t, xs[i])
			if err != nil {
				return nil, err
			}
			y, err := asFloat(t, ys[i])
			if err != nil {
				return nil, err
			}
			r = math.Hypot(r, x-y)
		}
		return python.Float(r), nil
	}))
	b.fn("prod", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var items python.Value
		var out python.Value = python.Int(1)
		if err := python.Unpack("prod", args, kwargs, "iterable", &items, "$", "start?", &out); err != nil {
			return nil, err
		}
		err := python.Iterate(t, items, func(v python.Value) (err error) {
			out, err = python.Binary(t, python.OpMul, out, v)
			return err
		})
		return out, err
	})
	b.fn("isclose", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var x, y float64
		rel, abs := 1e-9, 0.0
		if err := python.Unpack("isclose", args, kwargs, "a", &x, "b", &y, "$", "rel_tol?", &rel, "abs_tol?", &abs); err != nil {
			return nil, err
		}
		if rel < 0 || abs < 0 {
			return nil, python.ValueErrorf("tolerances must be non-negative")
		}
		switch {
		case x == y:
			return python.True, nil
		case math.IsInf(x, 0) || math.IsInf(y, 0):
			return python.False, nil
		}
		d := math.Abs(x - y)
		return truth(d <= math.Abs(rel*y) || d <= math.Abs(rel*x) || d <= abs), nil
	})
}
