package stdlib

import (
	"time"

	"provbox/provd/python"
)

// goTime is the moment a datetime means: its own zone, or the library's local
// zone for a naive one.
func (m *moment) goTime(t *python.Thread) (time.Time, error) {
	off, aware, err := m.offset(t)
	if err != nil {
		return time.Time{}, err
	}
	if !aware {
		return time.Date(m.y, time.Month(m.m), m.d, m.h, m.min, m.s, m.us*1000, m.mod.lib.options.Location), nil
	}
	at := time.Date(m.y, time.Month(m.m), m.d, m.h, m.min, m.s, m.us*1000, time.UTC)
	return at.Add(-time.Duration(off) * time.Microsecond), nil
}

// inZone is the datetime of tz that shows the moment at.
func (mod *datetimeModule) inZone(t *python.Thread, at time.Time, tz python.Value) (python.Value, error) {
	utc := mod.fromGo(at.UTC(), tz)
	if z, ok := tz.(*zone); ok {
		return moments(utc.at(utc.stamp().plus(normal(0, z.offset))))
	}
	if !python.IsInstance(tz, mod.tzinfo) {
		return nil, python.TypeErrorf("tzinfo argument must be None or of a tzinfo subclass, not type '%s'", python.TypeName(tz))
	}
	return python.CallMethod(t, tz, "fromutc", utc)
}

func (mod *datetimeModule) datetimeSpec() python.ClassSpec {
	methods := mod.dateMethods()
	for _, name := range []string{"utcoffset", "tzname", "dst"} {
		methods[name] = zoneMethod(name)
	}
	methods["date"] = momentMethod(func(_ *python.Thread, m *moment) (python.Value, error) { return m.asDate(), nil })
	methods["time"] = momentMethod(func(_ *python.Thread, m *moment) (python.Value, error) { return m.asTime(python.None), nil })
	methods["timetz"] = momentMethod(func(_ *python.Thread, m *moment) (python.Value, error) { return m.asTime(m.tz), nil })
	methods["timestamp"] = momentMethod(func(t *python.Thread, m *moment) (python.Value, error) {
		at, err := m.goTime(t)
		return python.Float(float64(at.Unix()) + float64(m.us)/1e6), err
	})
	methods["utctimetuple"] = momentMethod(func(t *python.Thread, m *moment) (python.Value, error) {
		off, _, err := m.offset(t)
		if err != nil {
			return nil, err
		}
		utc, err := m.at(m.stamp().minus(normal(0, off)))
		if err != nil {
			return nil, err
		}
		return utc.structTime(t, 0)
	})
	methods["astimezone"] = method(mod.asTimezone)
	return python.ClassSpec{
		Name: "datetime", Dotted: true, Bases: []*python.Class{mod.date}, Methods: methods, Getters: timeGetters(dateGetters()),
		New: func(_ *python.Thread, _ *python.Class, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			c := moment{kind: kindDateTime}
			if err := python.Unpack("datetime", args, kwargs, "year", &c.y, "month", &c.m, "day", &c.d,
				"hour?", &c.h, "minute?", &c.min, "second?", &c.s, "microsecond?", &c.us, "tzinfo?", &c.tz, "$", "fold?", &c.fold); err != nil {
				return nil, err
			}
			return moments(mod.newMoment(c))
		},
		ClassMethods: map[string]python.MethodFunc{
			"now": func(t *python.Thread, _ python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
				var tz python.Value
				if err := python.Unpack("now", args, kwargs, "tz??", &tz); err != nil {
					return nil, err
				}
				if isNone(tz) {
					return mod.fromGo(mod.now(t), python.None), nil
				}
				return mod.inZone(t, t.Now(), tz)
			},
			"utcnow": func(t *python.Thread, _ python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
				return mod.fromGo(t.Now().UTC(), python.None), nil
			},
			"today": func(t *python.Thread, _ python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
				return mod.fromGo(mod.now(t), python.None), nil
			},
			"fromtimestamp": func(t *python.Thread, _ python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
				var v, tz python.Value
				if err := python.Unpack("fromtimestamp", args, kwargs, "timestamp", &v, "tz??", &tz); err != nil {
					return nil, err
				}
				at, err := fromTimestamp(t, v)
				if err != nil {
					return nil, err
				}
				if isNone(tz) {
					return mod.fromGo(at.In(mod.lib.options.Location), python.None), nil
				}
				return mod.inZone(t, at, tz)
			},
			"utcfromtimestamp": func(t *python.Thread, _ python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
				var v python.Value
				if err := python.Unpack("utcfromtimestamp", args, kwargs, "timestamp", &v); err != nil {
					return nil, err
				}
				at, err := fromTimestamp(t, v)
				if err != nil {
					return nil, err
				}
				return mod.fromGo(at, python.None), nil
			},
			"combine": mod.combine, "strptime": mod.strptime, "fromisoformat": mod.fromISO(kindDateTime),
		},
	}
}

func (mod *datetimeModule) asTimezone(t *python.Thread, m *moment, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var tz python.Value
	if err := python.Unpack("astimezone", args, kwargs, "tz??", &tz); err != nil {
		return nil, err
	}
	at, err := m.goTime(t)
	if err != nil {
		return nil, err
	}
	if isNone(tz) {
		name, off := at.In(mod.lib.options.Location).Zone()
		tz = &zone{mod, int64(off) * 1e6, python.Str(name)}
	}
	return mod.inZone(t, at, tz)
}

func (mod *datetimeModule) combine(_ *python.Thread, _ python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var dv, tv, tz python.Value
	if err := python.Unpack("combine", args, kwargs, "date", &dv, "time", &tv, "tzinfo?", &tz); err != nil {
		return nil, err
	}
	d, ok := python.Native(dv).(*moment)
	if !ok || d.kind == kindTime {
		return nil, python.TypeErrorf("combine() argument 1 must be datetime.date, not %s", python.TypeName(dv))
	}
	tm, ok := python.Native(tv).(*moment)
	if !ok || tm.kind != kindTime {
		return nil, python.TypeErrorf("combine() argument 2 must be datetime.time, not %s", python.TypeName(tv))
	}
	c := *tm
	c.kind, c.y, c.m, c.d = kindDateTime, d.y, d.m, d.d
	if tz != nil {
		c.tz = tz
	}
	return moments(mod.newMoment(c))
}
