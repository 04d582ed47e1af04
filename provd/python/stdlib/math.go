package stdlib

import (
	"math"
	"math/big"

	"provbox/provd/python"
)

// maxFactorial bounds math.factorial and the like.
const maxFactorial = 20000

func errDomain() error { return python.ValueErrorf("math domain error") }

func errRange() error { return python.OverflowErrorf("math range error") }

// buildMath makes math.
func buildMath(_ *Library, b builder) {
	b.set("pi", python.Float(math.Pi))
	b.set("e", python.Float(math.E))
	b.set("tau", python.Float(2*math.Pi))
	b.set("inf", python.Float(math.Inf(1)))
	b.set("nan", python.Float(math.NaN()))
	real := func(name string, f func(float64) float64) {
		b.fn(name, oneArg(name, func(t *python.Thread, v python.Value) (python.Value, error) {
			x, err := asFloat(t, v)
			if err != nil {
				return nil, err
			}
			r := f(x)
			switch {
			case math.IsNaN(r) && !math.IsNaN(x):
				return nil, errDomain()
			case math.IsInf(r, 0) && !math.IsInf(x, 0):
				if name == "atanh" || name == "gamma" || name == "lgamma" {
					return nil, errDomain()
				}
				return nil, errRange()
			}
			return python.Float(r), nil
		}))
	}
	for name, f := range map[string]func(float64) float64{
		"sqrt": math.Sqrt, "exp": math.Exp, "expm1": math.Expm1, "exp2": math.Exp2, "sin": math.Sin, "cos": math.Cos, "tan": math.Tan,
		"asin": math.Asin, "acos": math.Acos, "atan": math.Atan, "sinh": math.Sinh, "cosh": math.Cosh, "tanh": math.Tanh,
		"asinh": math.Asinh, "acosh": math.Acosh, "atanh": math.Atanh, "fabs": math.Abs, "cbrt": math.Cbrt,
		"erf": math.Erf, "erfc": math.Erfc, "gamma": math.Gamma,
		"lgamma":  func(x float64) float64 { r, _ := math.Lgamma(x); return r },
		"degrees": func(x float64) float64 { return x * (180 / math.Pi) },
		"ulp": func(x float64) float64 {
			switch {
			case math.IsNaN(x) || math.IsInf(x, 0):
				return math.Abs(x)
			case math.Abs(x) == math.MaxFloat64:
				return math.Abs(x) - math.Nextafter(math.Abs(x), 0)
			}
			return math.Nextafter(math.Abs(x), math.Inf(1)) - math.Abs(x)
		},
		"radians": func(x float64) float64 { return x * (math.Pi / 180) },
	} {
		real(name, f)
	}
	pair := func(name string, f func(x, y float64) (float64, error)) {
		b.fn(name, twoArgs(name, func(t *python.Thread, v, w python.Value) (python.Value, error) {
			x, err := asFloat(t, v)
			if err != nil {
				return nil, err
			}
			y, err := asFloat(t, w)
			if err != nil {
				return nil, err
			}
			r, err := f(x, y)
			return python.Float(r), err
		}))
	}
	pair("pow", mathPow)
	pair("fmod", func(x, y float64) (float64, error) {
		if y == 0 && !math.IsNaN(x) || math.IsInf(x, 0) && !math.IsNaN(y) {
			return 0, errDomain()
		}
		return math.Mod(x, y), nil
	})
	pair("remainder", func(x, y float64) (float64, error) {
		if y == 0 && !math.IsNaN(x) || math.IsInf(x, 0) && !math.IsNaN(y) {
			return 0, errDomain()
		}
		return math.Remainder(x, y), nil
	})
	pair("atan2", func(x, y float64) (float64, error) { return math.Atan2(x, y), nil })
	pair("copysign", func(x, y float64) (float64, error) { return math.Copysign(x, y), nil })
	pair("nextafter", func(x, y float64) (float64, error) { return math.Nextafter(x, y), nil })
	for name, f := range map[string]func(float64) bool{
		"isnan": math.IsNaN, "isinf": func(x float64) bool { return math.IsInf(x, 0) },
		"isfinite": func(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) },
	} {
		b.fn(name, oneArg(name, func(t *python.Thread, v python.Value) (python.Value, error) {
			x, err := asFloat(t, v)
			return truth(f(x)), err
		}))
	}
	rounding(b, "floor", math.Floor)
	rounding(b, "ceil", math.Ceil)
	rounding(b, "trunc", math.Trunc)
	b.fn("modf", oneArg("modf", func(t *python.Thread, v python.Value) (python.Value, error) {
		x, err := asFloat(t, v)
		if err != nil {
			return nil, err
		}
		i, f := math.Modf(x)
		if math.IsInf(x, 0) {
			f = math.Copysign(0, x)
		}
		return python.Tuple{python.Float(f), python.Float(i)}, nil
	}))
	b.fn("frexp", oneArg("frexp", func(t *python.Thread, v python.Value) (python.Value, error) {
		x, err := asFloat(t, v)
		f, e := math.Frexp(x)
		return python.Tuple{python.Float(f), python.NewInt(e)}, err
	}))
	b.fn("ldexp", twoArgs("ldexp", func(t *python.Thread, v, w python.Value) (python.Value, error) {
		x, err := asFloat(t, v)
		if err != nil {
			return nil, err
		}
		if !python.IsInstance(w, python.IntClass) {
			return nil, python.TypeErrorf("Expected an int as second argument to ldexp.")
		}
		e, err := clampInt(t, w)
		r := math.Ldexp(x, min(max(e, -5000), 5000))
		if err == nil && math.IsInf(r, 0) && !math.IsInf(x, 0) {
			err = errRange()
		}
		return python.Float(r), err
	}))
	b.fn("fsum", oneArg("fsum", fsum))
	mathLogs(b)
	mathInts(b)
	mathMore(b)
}

func mathPow(x, y float64) (float64, error) {
	r := math.Pow(x, y)
	finite := !math.IsNaN(x) && !math.IsNaN(y) && !math.IsInf(x, 0) && !math.IsInf(y, 0)
	switch {
	case finite && math.IsNaN(r), x == 0 && y < 0 && !math.IsInf(y, 0):
		return 0, errDomain()
	case finite && math.IsInf(r, 0):
		return 0, errRange()
	}
	return r, nil
}

// rounding defines floor, ceil or trunc.
func rounding(b builder, name string, f func(float64) float64) {
	b.fn(name, oneArg(name, func(t *python.Thread, v python.Value) (python.Value, error) {
		if n, ok, err := asBig(t, v); err != nil {
			return nil, err
		} else if ok {
			return python.NewBigInt(n), nil
		}
		if _, isFloat := python.Native(v).(python.Float); !isFloat {
			if m, ok, err := python.LookupAttr(t, v, "__"+name+"__"); err != nil {
				return nil, err
			} else if ok {
				return python.Call(t, m, nil, nil)
			}
			if name == "trunc" {
				return nil, python.TypeErrorf("type %s doesn't define __trunc__ method", python.TypeName(v))
			}
		}
		x, err := asFloat(t, v)
		switch {
		case err != nil:
			return nil, err
		case math.IsNaN(x):
			return nil, python.ValueErrorf("cannot convert float NaN to integer")
		case math.IsInf(x, 0):
			return nil, python.OverflowErrorf("cannot convert float infinity to integer")
		}
		n, _ := big.NewFloat(f(x)).Int(nil)
		return python.NewBigInt(n), nil
	}))
}

// fsum adds exactly, then rounds once.
func fsum(t *python.Thread, v python.Value) (python.Value, error) {
	sum := new(big.Float).SetPrec(2200) // holds any sum of doubles
	special := 0.0
	err := python.Iterate(t, v, func(item python.Value) error {
		x, err := asFloat(t, item)
		switch {
		case err != nil:
			return err
		case math.IsNaN(x) || math.IsInf(x, 0):
			if math.IsInf(special, 0) && math.IsInf(x, 0) && special != x {
				return python.ValueErrorf("-inf + inf in fsum")
			}
			special += x
		default:
			sum.Add(sum, big.NewFloat(x))
		}
		return t.Step(8)
	})
	if err != nil {
		return nil, err
	}
	if special != 0 {
		return python.Float(special), nil
	}
	r, _ := sum.Float64()
	if math.IsInf(r, 0) {
		return nil, python.OverflowErrorf("intermediate overflow in fsum")
	}
	return python.Float(r), nil
}

// logOf is the logarithm f of any positive number, ints of any size included.
func logOf(t *python.Thread, v python.Value, f func(float64) float64) (float64, error) {
	n, ok, err := asBig(t, v)
	if err != nil {
		return 0, err
	}
	if ok && n.BitLen() > 1000 {
		if n.Sign() <= 0 {
			return 0, errDomain()
		}
		shift := n.BitLen() - 64
		x, _ := new(big.Float).SetInt(new(big.Int).Rsh(n, uint(shift))).Float64()
		return f(x) + float64(shift)*f(2), nil
	}
	x, err := asFloat(t, v)
	if err != nil {
		return 0, err
	}
	if x <= 0 {
		return 0, errDomain()
	}
	return f(x), nil
}

func mathLogs(b builder) {
	for name, f := range map[string]func(float64) float64{"log2": math.Log2, "log10": math.Log10} {
		b.fn(name, oneArg(name, func(t *python.Thread, v python.Value) (python.Value, error) {
			r, err := logOf(t, v, f)
			return python.Float(r), err
		}))
	}
	b.fn("log1p", oneArg("log1p", func(t *python.Thread, v python.Value) (python.Value, error) {
		x, err := asFloat(t, v)
		if err == nil && x <= -1 {
			err = errDomain()
		}
		return python.Float(math.Log1p(x)), err
	}))
	b.fn("log", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		if len(kwargs) > 0 || len(args) == 0 || len(args) > 2 {
			return nil, python.TypeErrorf("log expected 1 or 2 arguments, got %d", len(args))
		}
		r, err := logOf(t, args[0], math.Log)
		if err != nil || len(args) == 1 {
			return python.Float(r), err
		}
		base, err := logOf(t, args[1], math.Log)
		if err == nil && base == 0 {
			err = python.Raise(python.ZeroDivisionError, "float division by zero")
		}
		return python.Float(r / base), err
	})
}
