package stdlib

import (
	"fmt"
	"time"

	"provbox/provd/python"
)

// dateMethods are those of date and datetime.
func (mod *datetimeModule) dateMethods() map[string]python.MethodFunc {
	methods := mod.commonMethods()
	number := func(name string, f func(m *moment) int) {
		methods[name] = momentMethod(func(_ *python.Thread, m *moment) (python.Value, error) { return python.NewInt(f(m)), nil })
	}
	number("toordinal", func(m *moment) int { return ordinal(m.y, m.m, m.d) })
	number("weekday", (*moment).weekday)
	number("isoweekday", func(m *moment) int { return m.weekday() + 1 })
	methods["isocalendar"] = momentMethod(func(_ *python.Thread, m *moment) (python.Value, error) {
		y, w := time.Date(m.y, time.Month(m.m), m.d, 0, 0, 0, 0, time.UTC).ISOWeek()
		return python.NewInstance(mod.isoDate, python.Tuple{python.NewInt(y), python.NewInt(w), python.NewInt(m.weekday() + 1)}), nil
	})
	methods["ctime"] = momentText(func(t *python.Thread, m *moment) (string, error) { return m.strftime(t, "%a %b %e %H:%M:%S %Y") })
	methods["timetuple"] = momentMethod(func(t *python.Thread, m *moment) (python.Value, error) {
		dst := -1
		if m.kind == kindDateTime && !isNone(m.tz) {
			r, err := python.CallMethod(t, m.tz, "dst", m)
			if err != nil {
				return nil, err
			}
			if d, ok := r.(*timedelta); ok {
				dst = 0
				if d.delta != (delta{}) {
					dst = 1
				}
			}
		}
		return m.structTime(t, dst)
	})
	methods["__add__"] = binaryMethod(mod.addDelta)
	methods["__radd__"] = binaryMethod(mod.addDelta)
	methods["__sub__"] = binaryMethod(mod.subtract)
	return methods
}

func (mod *datetimeModule) addDelta(_ *python.Thread, m *moment, o python.Value) (python.Value, error) {
	d, ok := python.Native(o).(*timedelta)
	if !ok {
		return notImplemented, nil
	}
	span := d.delta
	if m.kind == kindDate {
		span.us = 0 // a date moves by whole days
	}
	r, err := m.at(m.stamp().plus(span))
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (mod *datetimeModule) subtract(t *python.Thread, m *moment, o python.Value) (python.Value, error) {
	switch other := python.Native(o).(type) {
	case *timedelta:
		span := other.negative()
		if m.kind == kindDate {
			span = delta{days: -other.days}
		}
		r, err := m.at(m.stamp().plus(span))
		if err != nil {
			return nil, err
		}
		return r, nil
	case *moment:
		if other.kind != m.kind {
			return notImplemented, nil
		}
		x, aware, err := m.offset(t)
		if err != nil {
			return nil, err
		}
		y, aware2, err := other.offset(t)
		if err != nil {
			return nil, err
		}
		if aware != aware2 {
			return nil, python.TypeErrorf("can't subtract offset-naive and offset-aware datetimes")
		}
		return mod.newDelta(m.stamp().minus(normal(0, x)).minus(other.stamp().minus(normal(0, y))))
	}
	return notImplemented, nil
}

func dateGetters() map[string]python.GetFunc {
	return map[string]python.GetFunc{
		"year":  momentField(func(m *moment) int { return m.y }),
		"month": momentField(func(m *moment) int { return m.m }),
		"day":   momentField(func(m *moment) int { return m.d }),
	}
}

func timeGetters(out map[string]python.GetFunc) map[string]python.GetFunc {
	out["hour"] = momentField(func(m *moment) int { return m.h })
	out["minute"] = momentField(func(m *moment) int { return m.min })
	out["second"] = momentField(func(m *moment) int { return m.s })
	out["microsecond"] = momentField(func(m *moment) int { return m.us })
	out["fold"] = momentField(func(m *moment) int { return m.fold })
	out["tzinfo"] = getter(func(_ *python.Thread, m *moment) (python.Value, error) { return m.tz, nil })
	return out
}

func (mod *datetimeModule) dateSpec() python.ClassSpec {
	return python.ClassSpec{
		Name: "date", Dotted: true, Methods: mod.dateMethods(), Getters: dateGetters(),
		New: func(_ *python.Thread, _ *python.Class, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			c := moment{kind: kindDate}
			if err := python.Unpack("date", args, kwargs, "year", &c.y, "month", &c.m, "day", &c.d); err != nil {
				return nil, err
			}
			return moments(mod.newMoment(c))
		},
		ClassMethods: map[string]python.MethodFunc{
			"today": func(t *python.Thread, _ python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
				return mod.fromGo(mod.now(t), python.None).asDate(), nil
			},
			"fromtimestamp": func(t *python.Thread, _ python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
				var v python.Value
				if err := python.Unpack("fromtimestamp", args, kwargs, "timestamp", &v); err != nil {
					return nil, err
				}
				at, err := fromTimestamp(t, v)
				if err != nil {
					return nil, err
				}
				return mod.fromGo(at.In(mod.lib.options.Location), python.None).asDate(), nil
			},
			"fromordinal": mod.fromOrdinal, "fromisoformat": mod.fromISO(kindDate), "fromisocalendar": mod.fromISOCalendar,
		},
	}
}

// isoDateSpec is the class of isocalendar's results, a tuple with names.
func isoDateSpec() python.ClassSpec {
	getters := map[string]python.GetFunc{}
	for i, name := range []string{"year", "week", "weekday"} {
		getters[name] = func(_ *python.Thread, self python.Value) (python.Value, error) {
			if tuple, ok := python.Native(self).(python.Tuple); ok && i < len(tuple) {
				return tuple[i], nil
			}
			return python.None, nil
		}
	}
	return python.ClassSpec{
		Name: "IsoCalendarDate", Dotted: true, NoNew: true, Final: true, Bases: []*python.Class{python.TupleClass}, Getters: getters,
		Methods: map[string]python.MethodFunc{
			"__repr__": func(_ *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
				tuple, ok := python.Native(self).(python.Tuple)
				if !ok || len(tuple) != 3 {
					return nil, python.TypeErrorf("not a date of the ISO calendar")
				}
				return python.Str(fmt.Sprintf("datetime.IsoCalendarDate(year=%v, week=%v, weekday=%v)", tuple[0], tuple[1], tuple[2])), nil
			},
		},
	}
}

// moments turns a typed result into a Value, keeping a nil error nil.
func moments(m *moment, err error) (python.Value, error) {
	if err != nil {
		return nil, err
	}
	return m, nil
}

func (mod *datetimeModule) fromOrdinal(_ *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	n := 0
	if err := python.Unpack("fromordinal", args, kwargs, "ordinal", &n); err != nil {
		return nil, err
	}
	if n < 1 {
		return nil, python.ValueErrorf("ordinal must be >= 1")
	}
	if n > maxOrdinal {
		return nil, python.ValueErrorf("year is out of range")
	}
	c := moment{kind: mod.kindOf(self)}
	c.y, c.m, c.d = fromOrdinal(n)
	return moments(mod.newMoment(c))
}

// kindOf is the kind that a class method called on cls makes.
func (mod *datetimeModule) kindOf(cls python.Value) momentKind {
	if c, ok := cls.(*python.Class); ok && c.IsSubclass(mod.datetime) {
		return kindDateTime
	}
	return kindDate
}

func (mod *datetimeModule) fromISOCalendar(_ *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var y, w, d int
	if err := python.Unpack("fromisocalendar", args, kwargs, "year", &y, "week", &w, "day", &d); err != nil {
		return nil, err
	}
	c, err := isoCalendar(y, w, d)
	if err != nil {
		return nil, err
	}
	c.kind = mod.kindOf(self)
	return moments(mod.newMoment(c))
}

// isoCalendar is the date of a day of an ISO week.
func isoCalendar(y, w, d int) (moment, error) {
	if y < 1 || y > 9999 {
		return moment{}, python.ValueErrorf("Year is out of range: %d", y)
	}
	_, last := time.Date(y, 12, 28, 0, 0, 0, 0, time.UTC).ISOWeek()
	if w < 1 || w > last {
		return moment{}, python.ValueErrorf("Invalid week: %d", w)
	}
	if d < 1 || d > 7 {
		return moment{}, python.ValueErrorf("Invalid weekday: %d (range is [1, 7])", d)
	}
	fourth := ordinal(y, 1, 4) // always in week 1
	n := fourth - (fourth+6)%7 + (w-1)*7 + d - 1
	if n < 1 || n > maxOrdinal {
		return moment{}, python.ValueErrorf("year is out of range")
	}
	var c moment
	c.y, c.m, c.d = fromOrdinal(n)
	return c, nil
}

func (mod *datetimeModule) timeSpec() python.ClassSpec {
	methods := mod.commonMethods()
	for _, name := range []string{"utcoffset", "tzname", "dst"} {
		methods[name] = zoneMethod(name)
	}
	return python.ClassSpec{
		Name: "time", Dotted: true, Methods: methods, Getters: timeGetters(map[string]python.GetFunc{}),
		New: func(_ *python.Thread, _ *python.Class, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			c := moment{kind: kindTime}
			if err := python.Unpack("time", args, kwargs, "hour?", &c.h, "minute?", &c.min, "second?", &c.s,
				"microsecond?", &c.us, "tzinfo?", &c.tz, "$", "fold?", &c.fold); err != nil {
				return nil, err
			}
			return moments(mod.newMoment(c))
		},
		ClassMethods: map[string]python.MethodFunc{"fromisoformat": mod.fromISO(kindTime)},
	}
}
