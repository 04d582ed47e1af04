package stdlib

import (
	"math"
	"strings"
	"time"

	"provbox/provd/python"
)

var structTimeFields = [...]string{"tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst"}

// zoneAttr begins the names under which a struct_time made by gmtime or
// localtime keeps its zone.
const zoneAttr = "_provbox_"

// structTimeClass makes time.struct_time.
func structTimeClass(b builder) *python.Class {
	getters := map[string]python.GetFunc{}
	for i, name := range structTimeFields {
		getters[name] = func(_ *python.Thread, self python.Value) (python.Value, error) {
			tuple, ok := python.Native(self).(python.Tuple)
			if !ok || len(tuple) <= i {
				return python.None, nil
			}
			return tuple[i], nil
		}
	}
	for _, name := range []string{"tm_zone", "tm_gmtoff"} {
		getters[name] = func(_ *python.Thread, self python.Value) (python.Value, error) {
			if inst, ok := self.(*python.Instance); ok {
				if v, ok := inst.Attrs().GetStr(zoneAttr + name); ok {
					return v, nil
				}
			}
			return python.None, nil
		}
	}
	return b.class(python.ClassSpec{
		Name: "struct_time", Dotted: true, Bases: []*python.Class{python.TupleClass}, Getters: getters,
		New: func(t *python.Thread, cls *python.Class, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var v python.Value
			if err := python.Unpack("struct_time", args, kwargs, "iterable", &v); err != nil {
				return nil, err
			}
			items, err := python.ListOf(t, v)
			if err != nil {
				return nil, err
			}
			if len(items) < 9 {
				return nil, python.TypeErrorf("time.struct_time() takes an at least 9-sequence (%d-sequence given)", len(items))
			}
			return python.NewInstance(cls, python.Tuple(items[:9])), nil
		},
		Methods: map[string]python.MethodFunc{
			"__repr__": func(t *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
				tuple, _ := python.Native(self).(python.Tuple)
				parts := make([]string, 0, len(tuple))
				for i, v := range tuple {
					s, err := python.Repr(t, v)
					if err != nil {
						return nil, err
					}
					parts = append(parts, structTimeFields[i]+"="+s)
				}
				return str(t, "time.struct_time("+strings.Join(parts, ", ")+")")
			},
		},
	})
}

// structTime makes a time.struct_time of its nine numbers.
func (l *Library) structTime(t *python.Thread, fields [9]int) (python.Value, error) {
	class, err := l.attr(t, "time", "struct_time")
	if err != nil {
		return nil, err
	}
	c, ok := class.(*python.Class)
	if !ok {
		return nil, python.TypeErrorf("time.struct_time is not a class")
	}
	if err := t.Alloc(256); err != nil {
		return nil, err
	}
	tuple := make(python.Tuple, len(fields))
	for i, n := range fields {
		tuple[i] = python.NewInt(n)
	}
	return python.NewInstance(c, tuple), nil
}

// structOf is the struct_time of gmtime (utc) and localtime.
func (l *Library) structOf(t *python.Thread, at time.Time, utc bool) (python.Value, error) {
	dst := 0
	if at.IsDST() {
		dst = 1
	}
	v, err := l.structTime(t, [9]int{
		at.Year(), int(at.Month()), at.Day(), at.Hour(), at.Minute(), at.Second(), (int(at.Weekday()) + 6) % 7, at.YearDay(), dst,
	})
	if inst, ok := v.(*python.Instance); ok {
		name, off := at.Zone()
		if at.Location() == time.UTC && utc {
			name = "GMT" // as the C library calls it
		}
		inst.Attrs().SetStr(zoneAttr+"tm_zone", python.Str(name))
		inst.Attrs().SetStr(zoneAttr+"tm_gmtoff", python.NewInt(off))
	}
	return v, err
}

// timeTuple reads the nine numbers of a struct_time or tuple.
func timeTuple(t *python.Thread, v python.Value) (f [9]int, err error) {
	tuple, ok := python.Native(v).(python.Tuple)
	if !ok {
		return f, python.TypeErrorf("Tuple or struct_time argument required")
	}
	if len(tuple) != 9 {
		return f, python.TypeErrorf("function takes exactly 9 arguments (%d given)", len(tuple))
	}
	for i, item := range tuple {
		n, err := asInt(t, item)
		if err != nil {
			return f, err
		}
		if n < math.MinInt32 || n > math.MaxInt32 {
			return f, python.OverflowErrorf("signed integer is greater than maximum")
		}
		f[i] = int(n)
	}
	return f, nil
}

// formatTuple checks the numbers of a struct_time for strftime.
func (l *Library) formatTuple(t *python.Thread, v python.Value) (*calendarTime, error) {
	f, err := timeTuple(t, v)
	if err != nil {
		if python.IsException(err, python.TypeError) {
			err = python.TypeErrorf("strftime(): illegal time tuple argument")
		}
		return nil, err
	}
	for _, r := range []struct {
		name        string
		i, low, top int
	}{
		{"month", 1, 0, 12},
		{"day of month", 2, 0, 31},
		{"hour", 3, 0, 23},
		{"minute", 4, 0, 59},
		{"seconds", 5, 0, 61},
		{"day of week", 6, -1, 6},
		{"day of year", 7, 0, 366},
	} {
		if f[r.i] < r.low || f[r.i] > r.top {
			return nil, python.ValueErrorf("%s out of range", r.name)
		}
	}
	c := &calendarTime{
		y: f[0], m: max(f[1], 1), d: max(f[2], 1), h: f[3], min: f[4], s: f[5], weekday: (f[6] + 7) % 7, yearDay: max(f[7], 1),
	}
	at := time.Date(c.y, time.Month(c.m), c.d, c.h, c.min, c.s, 0, l.options.Location)
	name, off := at.Zone()
	c.zone = name
	if inst, ok := v.(*python.Instance); ok {
		if z, ok := inst.Attrs().GetStr(zoneAttr + "tm_zone"); ok {
			c.zone, _ = asStr(z)
			z, _ := inst.Attrs().GetStr(zoneAttr + "tm_gmtoff")
			n, _ := z.(python.Int)
			off = int(n)
		}
	}
	c.offset, c.unix = formatOffset(int64(off)*1e6, ""), at.Unix()
	return c, nil
}

// maxSleep bounds one time.sleep in seconds; the host's own limit is far below.
const maxSleep = 1e6

// seconds takes the optional seconds argument of gmtime and its like.
func seconds(t *python.Thread, name string, args []python.Value, kwargs []python.Keyword) (time.Time, error) {
	var v python.Value
	if err := python.Unpack(name, args, kwargs, "seconds??", &v); err != nil {
		return time.Time{}, err
	}
	if isNone(v) {
		return t.Now(), nil
	}
	x, err := asFloat(t, v)
	if err != nil {
		if python.IsException(err, python.TypeError) {
			err = python.TypeErrorf("'%s' object cannot be interpreted as an integer", python.TypeName(v))
		}
		return time.Time{}, err
	}
	if math.IsNaN(x) || math.Abs(x) > 1e15 {
		return time.Time{}, python.OverflowErrorf("timestamp out of range for platform time_t")
	}
	return time.Unix(int64(math.Floor(x)), 0), nil
}

// buildTime makes time. The clock is the thread's; there is no waiting.
func buildTime(l *Library, b builder) {
	structTimeClass(b)
	clock := func(name string, f func(at time.Time) python.Value) {
		b.fn(name, noArgs(name, func(t *python.Thread) (python.Value, error) { return f(t.Now()), nil }))
	}
	float := func(at time.Time) python.Value { return python.Float(float64(at.UnixNano()) / 1e9) }
	nano := func(at time.Time) python.Value { return python.Int(at.UnixNano()) }
	for _, name := range []string{"time", "monotonic", "perf_counter", "process_time"} {
		clock(name, float)
		clock(name+"_ns", nano)
	}
	b.fn("sleep", oneArg("sleep", func(t *python.Thread, v python.Value) (python.Value, error) {
		if l.options.Sleep == nil {
			return nil, python.RuntimeErrorf("time.sleep is not available here")
		}
		x, err := asFloat(t, v)
		switch {
		case err != nil:
			return nil, err
		case math.IsNaN(x) || x < 0:
			return nil, python.ValueErrorf("sleep length must be non-negative")
		}
		return python.None, l.options.Sleep(t, time.Duration(min(x, maxSleep)*float64(time.Second)))
	}))
	b.fn("gmtime", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		at, err := seconds(t, "gmtime", args, kwargs)
		if err != nil {
			return nil, err
		}
		return l.structOf(t, at.UTC(), true)
	})
	b.fn("localtime", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		at, err := seconds(t, "localtime", args, kwargs)
		if err != nil {
			return nil, err
		}
		return l.structOf(t, at.In(l.options.Location), false)
	})
	b.fn("mktime", oneArg("mktime", func(t *python.Thread, v python.Value) (python.Value, error) {
		f, err := timeTuple(t, v)
		if err != nil {
			return nil, err
		}
		at := time.Date(f[0], time.Month(f[1]), f[2], f[3], f[4], f[5], 0, l.options.Location)
		return python.Float(at.Unix()), nil
	}))
	format := func(name, layout string) {
		b.fn(name, func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			f := python.Str(layout)
			var v python.Value
			var err error
			switch name {
			case "strftime":
				err = python.Unpack(name, args, kwargs, "format", &f, "t??", &v)
			case "ctime":
				var at time.Time
				if at, err = seconds(t, name, args, kwargs); err == nil {
					v, err = l.structOf(t, at.In(l.options.Location), false)
				}
			default:
				err = python.Unpack(name, args, kwargs, "t??", &v)
			}
			if err != nil {
				return nil, err
			}
			if isNone(v) {
				if v, err = l.structOf(t, t.Now().In(l.options.Location), false); err != nil {
					return nil, err
				}
			}
			c, err := l.formatTuple(t, v)
			if err != nil {
				return nil, err
			}
			s, err := c.format(t, string(f))
			return python.Str(s), err
		})
	}
	format("strftime", "")
	format("asctime", "%a %b %e %H:%M:%S %Y")
	format("ctime", "%a %b %e %H:%M:%S %Y")
	b.fn("strptime", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var text string
		f := "%a %b %d %H:%M:%S %Y"
		if err := python.Unpack("strptime", args, kwargs, "string", &text, "format?", &f); err != nil {
			return nil, err
		}
		p, err := parseTime(t, text, f)
		if err != nil {
			return nil, err
		}
		dst := -1
		if p.zone != "" {
			dst = 0
		}
		return l.structTime(t, [9]int{p.y, p.m, p.d, p.h, p.min, p.s, p.weekday, p.yearDay, dst})
	})
	january := time.Date(2024, 1, 1, 0, 0, 0, 0, l.options.Location)
	name, off := january.Zone()
	name2, off2 := january.AddDate(0, 6, 0).Zone()
	if off2 < off { // the southern half: summer is in January
		name, off, name2, off2 = name2, off2, name, off
	}
	b.set("timezone", python.NewInt(-off))
	b.set("altzone", python.NewInt(-off2))
	b.set("tzname", python.Tuple{python.Str(name), python.Str(name2)})
	daylight := 0
	if off != off2 {
		daylight = 1
	}
	b.set("daylight", python.NewInt(daylight))
}
