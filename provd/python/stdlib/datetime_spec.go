package stdlib

import (
	"provbox/provd/python"
)

// momentMethod adapts a method without arguments.
func momentMethod(f func(t *python.Thread, m *moment) (python.Value, error)) python.MethodFunc {
	return method(func(t *python.Thread, m *moment, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		if len(args)+len(kwargs) > 0 {
			return nil, python.TypeErrorf("method takes no arguments (%d given)", len(args)+len(kwargs))
		}
		return f(t, m)
	})
}

// momentText adapts a method that returns a text.
func momentText(f func(t *python.Thread, m *moment) (string, error)) python.MethodFunc {
	return momentMethod(func(t *python.Thread, m *moment) (python.Value, error) {
		s, err := f(t, m)
		if err != nil {
			return nil, err
		}
		return str(t, s)
	})
}

func momentField(f func(m *moment) int) python.GetFunc {
	return getter(func(_ *python.Thread, m *moment) (python.Value, error) { return python.NewInt(f(m)), nil })
}

// commonMethods are those of all three classes.
func (mod *datetimeModule) commonMethods() map[string]python.MethodFunc {
	methods := map[string]python.MethodFunc{
		"strftime": method(func(t *python.Thread, m *moment, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var format string
			if err := python.Unpack("strftime", args, kwargs, "format", &format); err != nil {
				return nil, err
			}
			s, err := m.strftime(t, format)
			return python.Str(s), err
		}),
		"__format__": method(func(t *python.Thread, m *moment, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var format string
			if err := python.Unpack("__format__", args, kwargs, "format", &format); err != nil {
				return nil, err
			}
			if format == "" {
				s, err := m.isoFormat(t, " ", "")
				return python.Str(s), err
			}
			s, err := m.strftime(t, format)
			return python.Str(s), err
		}),
		"__repr__": momentText(func(t *python.Thread, m *moment) (string, error) { return m.repr(t) }),
		"__str__":  momentText(func(t *python.Thread, m *moment) (string, error) { return m.isoFormat(t, " ", "") }),
		"isoformat": method(func(t *python.Thread, m *moment, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			sep, spec := "T", "auto"
			var err error
			switch m.kind {
			case kindDateTime:
				err = python.Unpack("isoformat", args, kwargs, "sep?", &sep, "timespec?", &spec)
			case kindTime:
				err = python.Unpack("isoformat", args, kwargs, "timespec?", &spec)
			default:
				err = python.Unpack("isoformat", args, kwargs)
			}
			if err != nil {
				return nil, err
			}
			if len([]rune(sep)) != 1 {
				return nil, python.TypeErrorf("isoformat() argument 1 must be a unicode character, not str")
			}
			s, err := m.isoFormat(t, sep, spec)
			return python.Str(s), err
		}),
		"__hash__": momentMethod(func(t *python.Thread, m *moment) (python.Value, error) {
			s := m.stamp()
			off, _, err := m.offset(t)
			if err != nil {
				return nil, err
			}
			s = s.minus(normal(0, off))
			h, err := python.Hash(t, python.Tuple{python.Int(s.days), python.Int(s.us)})
			return python.Int(int64(h)), err
		}),
		"replace":  method(mod.replace),
		"__copy__": itself, "__deepcopy__": itself,
	}
	comparisons(methods, mod.compare)
	return methods
}

// compare orders two moments of the same kind.
func (mod *datetimeModule) compare(t *python.Thread, op string, self, other python.Value) (int, bool, error) {
	a, ok := python.Native(self).(*moment)
	b, ok2 := python.Native(other).(*moment)
	if !ok || !ok2 {
		return 0, false, nil
	}
	equality := op == "__eq__" || op == "__ne__"
	if a.kind != b.kind {
		if a.kind == kindTime || b.kind == kindTime || equality {
			return 0, false, nil
		}
		return 0, false, python.TypeErrorf("can't compare %s to %s", "datetime.datetime", "datetime.date")
	}
	x, aware, err := a.offset(t)
	if err != nil {
		return 0, false, err
	}
	y, aware2, err := b.offset(t)
	if err != nil {
		return 0, false, err
	}
	if aware != aware2 {
		if equality {
			return 1, true, nil
		}
		name := "times"
		if a.kind == kindDateTime {
			name = "datetimes"
		}
		return 0, false, python.TypeErrorf("can't compare offset-naive and offset-aware %s", name)
	}
	return a.stamp().minus(normal(0, x)).compare(b.stamp().minus(normal(0, y))), true, nil
}

func (m *moment) repr(t *python.Thread) (string, error) {
	var s string
	list := func(numbers ...int) {
		for i, n := range numbers {
			if i > 0 || s != "" {
				s += ", "
			}
			s += itoa(n)
		}
	}
	name := "datetime.date"
	if m.kind != kindTime {
		list(m.y, m.m, m.d)
	}
	if m.kind != kindDate {
		name = "datetime.time"
		if m.kind == kindDateTime {
			name = "datetime.datetime"
		}
		list(m.h, m.min)
		if m.s != 0 || m.us != 0 {
			list(m.s)
		}
		if m.us != 0 {
			list(m.us)
		}
		if !isNone(m.tz) {
			r, err := python.Repr(t, m.tz)
			if err != nil {
				return "", err
			}
			s += ", tzinfo=" + r
		}
		if m.fold != 0 {
			s += ", fold=1"
		}
	}
	return name + "(" + s + ")", nil
}

func (mod *datetimeModule) replace(t *python.Thread, m *moment, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	c := *m
	var pairs []any
	if m.kind != kindTime {
		pairs = append(pairs, "year?", &c.y, "month?", &c.m, "day?", &c.d)
	}
	if m.kind != kindDate {
		pairs = append(pairs, "hour?", &c.h, "minute?", &c.min, "second?", &c.s, "microsecond?", &c.us, "tzinfo?", &c.tz, "$", "fold?", &c.fold)
	}
	if err := python.Unpack("replace", args, kwargs, pairs...); err != nil {
		return nil, err
	}
	r, err := mod.newMoment(c)
	if err != nil {
		return nil, err
	}
	return r, t.Alloc(128)
}

// structTime makes a time.struct_time.
func (m *moment) structTime(t *python.Thread, dst int) (python.Value, error) {
	year := ordinal(m.y, m.m, m.d) - ordinal(m.y, 1, 1) + 1
	return m.mod.lib.structTime(t, [9]int{m.y, m.m, m.d, m.h, m.min, m.s, m.weekday(), year, dst})
}
