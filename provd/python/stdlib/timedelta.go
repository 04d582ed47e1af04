package stdlib

import (
	"math"
	"math/big"

	"provbox/provd/python"
)

// delta is a span of time; us is in 0..microsPerDay-1.
type delta struct{ days, us int64 }

// timedelta is datetime.timedelta.
type timedelta struct {
	mod *datetimeModule
	delta
}

func (d *timedelta) Type() *python.Class { return d.mod.delta }

// big is the span in microseconds.
func (d delta) big() *big.Int {
	n := new(big.Int).Mul(big.NewInt(d.days), big.NewInt(microsPerDay))
	return n.Add(n, big.NewInt(d.us))
}

func (d delta) negative() delta { return normal(-d.days, -d.us) }

func (d delta) plus(o delta) delta { return normal(d.days+o.days, d.us+o.us) }

func (d delta) minus(o delta) delta { return normal(d.days-o.days, d.us-o.us) }

func (d delta) compare(o delta) int {
	switch {
	case d.days != o.days:
		return sign(d.days - o.days)
	}
	return sign(d.us - o.us)
}

func sign(n int64) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

// normal moves whole days out of us.
func normal(days, us int64) delta {
	days += us / microsPerDay
	if us %= microsPerDay; us < 0 {
		us += microsPerDay
		days--
	}
	return delta{days, us}
}

func (d delta) seconds() float64 {
	f, _ := new(big.Float).Quo(new(big.Float).SetPrec(120).SetInt(d.big()), big.NewFloat(1e6)).Float64()
	return f
}

func (mod *datetimeModule) newDelta(d delta) (python.Value, error) {
	if d.days < -999999999 || d.days > 999999999 {
		return nil, python.OverflowErrorf("days=%d; must have magnitude <= 999999999", d.days)
	}
	return &timedelta{mod, d}, nil
}

// fromBig is the timedelta of n microseconds.
func (mod *datetimeModule) fromBig(n *big.Int) (python.Value, error) {
	days, us := new(big.Int).DivMod(n, big.NewInt(microsPerDay), new(big.Int))
	if !days.IsInt64() || days.Int64() != int64(int32(days.Int64())) {
		return nil, python.OverflowErrorf("Python int too large to convert to C int")
	}
	return mod.newDelta(delta{days.Int64(), us.Int64()})
}

// roundEven rounds an exact fraction half to even.
func roundEven(r *big.Rat) *big.Int {
	q, m := new(big.Int).DivMod(r.Num(), r.Denom(), new(big.Int))
	switch c := m.Lsh(m, 1).Cmp(r.Denom()); {
	case c > 0, c == 0 && q.Bit(0) == 1:
		q.Add(q, big.NewInt(1))
	}
	return q
}

// ratOf is the exact value of an int or float.
func ratOf(t *python.Thread, v python.Value) (*big.Rat, error) {
	n, ok, err := asBig(t, v)
	if err != nil {
		return nil, err
	}
	if ok {
		if n.BitLen() > 256 {
			return nil, python.OverflowErrorf("Python int too large to convert to C int")
		}
		return new(big.Rat).SetInt(n), nil
	}
	f, ok := python.Native(v).(python.Float)
	if !ok {
		return nil, python.TypeErrorf("unsupported type for timedelta argument: %s", python.TypeName(v))
	}
	switch {
	case math.IsNaN(float64(f)):
		return nil, python.ValueErrorf("cannot convert float NaN to integer")
	case math.IsInf(float64(f), 0):
		return nil, python.OverflowErrorf("cannot convert float infinity to integer")
	}
	return new(big.Rat).SetFloat64(float64(f)), nil
}

func (mod *datetimeModule) deltaNew(t *python.Thread, _ *python.Class, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	names := [...]string{"days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"}
	units := [...]int64{microsPerDay, 1e6, 1, 1e3, 6e7, 3.6e9, 7 * microsPerDay}
	var values [len(names)]python.Value
	pairs := make([]any, 0, 2*len(names))
	for i, name := range names {
		pairs = append(pairs, name+"?", &values[i])
	}
	if err := python.Unpack("timedelta", args, kwargs, pairs...); err != nil {
		return nil, err
	}
	sum := new(big.Rat)
	for i, v := range values {
		if v == nil {
			continue
		}
		r, err := ratOf(t, v)
		if err != nil {
			if python.IsException(err, python.TypeError) {
				err = python.TypeErrorf("unsupported type for timedelta %s component: %s", names[i], python.TypeName(v))
			}
			return nil, err
		}
		sum.Add(sum, r.Mul(r, new(big.Rat).SetInt64(units[i])))
	}
	return mod.fromBig(roundEven(sum))
}

func (d *timedelta) String() string {
	sec := d.us / 1e6
	s := itoa(int(sec/3600)) + ":" + pad(int(sec/60%60), 2) + ":" + pad(int(sec%60), 2)
	if us := d.us % 1e6; us != 0 {
		s += "." + pad(int(us), 6)
	}
	if d.days != 0 {
		plural := "s"
		if d.days == 1 || d.days == -1 {
			plural = ""
		}
		s = itoa(int(d.days)) + " day" + plural + ", " + s
	}
	return s
}

func (d *timedelta) repr() string {
	s := ""
	add := func(name string, n int64) {
		if n != 0 {
			if s != "" {
				s += ", "
			}
			s += name + "=" + itoa(int(n))
		}
	}
	add("days", d.days)
	add("seconds", d.us/1e6)
	add("microseconds", d.us%1e6)
	if s == "" {
		s = "0"
	}
	return "datetime.timedelta(" + s + ")"
}

// comparisons defines the six comparison methods by one function, which says
// false for operands it does not know.
func comparisons(methods map[string]python.MethodFunc, compare func(t *python.Thread, op string, self, other python.Value) (c int, known bool, err error)) {
	for name, test := range map[string]func(c int) bool{
		"__eq__": func(c int) bool { return c == 0 }, "__ne__": func(c int) bool { return c != 0 },
		"__lt__": func(c int) bool { return c < 0 }, "__le__": func(c int) bool { return c <= 0 },
		"__gt__": func(c int) bool { return c > 0 }, "__ge__": func(c int) bool { return c >= 0 },
	} {
		methods[name] = func(t *python.Thread, self python.Value, args []python.Value, _ []python.Keyword) (python.Value, error) {
			if len(args) != 1 {
				return nil, python.TypeErrorf("expected 1 argument, got %d", len(args))
			}
			c, known, err := compare(t, name, self, args[0])
			if err != nil || !known {
				return notImplemented, err
			}
			return truth(test(c)), nil
		}
	}
}

// binaryMethod adapts an operator method.
func binaryMethod[T python.Value](f func(t *python.Thread, self T, other python.Value) (python.Value, error)) python.MethodFunc {
	return method(func(t *python.Thread, self T, args []python.Value, _ []python.Keyword) (python.Value, error) {
		if len(args) != 1 {
			return nil, python.TypeErrorf("expected 1 argument, got %d", len(args))
		}
		return f(t, self, args[0])
	})
}

func (mod *datetimeModule) deltaSpec() python.ClassSpec {
	op := func(f func(a, b delta) delta) python.MethodFunc {
		return binaryMethod(func(_ *python.Thread, d *timedelta, o python.Value) (python.Value, error) {
			other, ok := python.Native(o).(*timedelta)
			if !ok {
				return notImplemented, nil
			}
			return mod.newDelta(f(d.delta, other.delta))
		})
	}
	text := func(f func(*timedelta) string) python.MethodFunc {
		return method(func(_ *python.Thread, d *timedelta, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			return python.Str(f(d)), nil
		})
	}
	field := func(f func(*timedelta) int64) python.GetFunc {
		return getter(func(_ *python.Thread, d *timedelta) (python.Value, error) { return python.Int(f(d)), nil })
	}
	methods := map[string]python.MethodFunc{
		"__add__": op(delta.plus), "__radd__": op(delta.plus), "__sub__": op(delta.minus),
		"__rsub__": op(func(a, b delta) delta { return b.minus(a) }),
		"__mul__":  binaryMethod(mod.deltaMul), "__rmul__": binaryMethod(mod.deltaMul),
		"__truediv__": binaryMethod(mod.deltaDiv), "__floordiv__": binaryMethod(mod.deltaFloorDiv),
		"__mod__": binaryMethod(func(t *python.Thread, d *timedelta, o python.Value) (python.Value, error) {
			pair, err := mod.deltaDivMod(t, d, o)
			if tuple, ok := pair.(python.Tuple); ok {
				return tuple[1], err
			}
			return pair, err
		}),
		"__divmod__": binaryMethod(mod.deltaDivMod),
		"__neg__": method(func(_ *python.Thread, d *timedelta, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			return mod.newDelta(d.negative())
		}),
		"__pos__": itself,
		"__abs__": method(func(_ *python.Thread, d *timedelta, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			if d.days < 0 {
				return mod.newDelta(d.negative())
			}
			return d, nil
		}),
		"__bool__": method(func(_ *python.Thread, d *timedelta, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			return truth(d.delta != delta{}), nil
		}),
		"__hash__": method(func(t *python.Thread, d *timedelta, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			h, err := python.Hash(t, python.Tuple{python.Int(d.days), python.Int(d.us)})
			return python.Int(int64(h)), err
		}),
		"__str__": text((*timedelta).String), "__repr__": text((*timedelta).repr),
		"total_seconds": method(func(_ *python.Thread, d *timedelta, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			return python.Float(d.seconds()), nil
		}),
		"__copy__": itself, "__deepcopy__": itself,
	}
	comparisons(methods, func(_ *python.Thread, _ string, self, other python.Value) (int, bool, error) {
		a, ok := python.Native(self).(*timedelta)
		b, ok2 := python.Native(other).(*timedelta)
		if !ok || !ok2 {
			return 0, false, nil
		}
		return a.compare(b.delta), true, nil
	})
	return python.ClassSpec{
		Name: "timedelta", Dotted: true, New: mod.deltaNew, Methods: methods,
		Getters: map[string]python.GetFunc{
			"days":         field(func(d *timedelta) int64 { return d.days }),
			"seconds":      field(func(d *timedelta) int64 { return d.us / 1e6 }),
			"microseconds": field(func(d *timedelta) int64 { return d.us % 1e6 }),
		},
	}
}

// number is the exact value of an operand that is an int or float.
func number(t *python.Thread, v python.Value) (*big.Rat, bool, error) {
	switch python.Native(v).(type) {
	case python.Int, python.Bool, *python.BigInt, python.Float:
		r, err := ratOf(t, v)
		return r, true, err
	}
	return nil, false, nil
}

func (mod *datetimeModule) deltaMul(t *python.Thread, d *timedelta, o python.Value) (python.Value, error) {
	r, ok, err := number(t, o)
	if err != nil || !ok {
		return notImplemented, err
	}
	return mod.fromBig(roundEven(r.Mul(r, new(big.Rat).SetInt(d.big()))))
}

func errZeroDivision() error {
	return python.Raise(python.ZeroDivisionError, "division by zero")
}

func (mod *datetimeModule) deltaDiv(t *python.Thread, d *timedelta, o python.Value) (python.Value, error) {
	if other, ok := python.Native(o).(*timedelta); ok {
		if other.delta == (delta{}) {
			return nil, errZeroDivision()
		}
		f, _ := new(big.Rat).SetFrac(d.big(), other.big()).Float64()
		return python.Float(f), nil
	}
	r, ok, err := number(t, o)
	if err != nil || !ok {
		return notImplemented, err
	}
	if r.Sign() == 0 {
		if _, isFloat := python.Native(o).(python.Float); isFloat {
			return nil, errZeroDivision()
		}
		return nil, python.Raise(python.ZeroDivisionError, "integer division or modulo by zero")
	}
	return mod.fromBig(roundEven(r.Quo(new(big.Rat).SetInt(d.big()), r)))
}

func (mod *datetimeModule) deltaFloorDiv(t *python.Thread, d *timedelta, o python.Value) (python.Value, error) {
	if _, ok := python.Native(o).(*timedelta); ok {
		pair, err := mod.deltaDivMod(t, d, o)
		if err != nil {
			return nil, err
		}
		tuple, _ := pair.(python.Tuple)
		return tuple[0], nil
	}
	n, ok, err := asBig(t, o)
	if err != nil || !ok {
		return notImplemented, err
	}
	if n.Sign() == 0 {
		return nil, python.Raise(python.ZeroDivisionError, "integer division or modulo by zero")
	}
	return mod.fromBig(floorDiv(d.big(), n))
}

func floorDiv(a, b *big.Int) *big.Int {
	q, m := new(big.Int).QuoRem(a, b, new(big.Int))
	if m.Sign() != 0 && m.Sign() != b.Sign() {
		q.Sub(q, big.NewInt(1))
	}
	return q
}

func (mod *datetimeModule) deltaDivMod(_ *python.Thread, d *timedelta, o python.Value) (python.Value, error) {
	other, ok := python.Native(o).(*timedelta)
	if !ok {
		return notImplemented, nil
	}
	if other.delta == (delta{}) {
		return nil, python.Raise(python.ZeroDivisionError, "integer division or modulo by zero")
	}
	q := floorDiv(d.big(), other.big())
	rest, err := mod.fromBig(new(big.Int).Sub(d.big(), new(big.Int).Mul(q, other.big())))
	return python.Tuple{python.NewBigInt(q), rest}, err
}
