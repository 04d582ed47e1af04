package stdlib

import (
	"provbox/provd/python"
)

// zone is datetime.timezone: a fixed offset in microseconds.
type zone struct {
	mod    *datetimeModule
	offset int64
	name   python.Value // nil: "UTC" or made of the offset
}

func (z *zone) Type() *python.Class { return z.mod.timezone }

func (z *zone) String() string {
	if s, ok := asStr(z.name); z.name != nil && ok {
		return s
	}
	if z.offset == 0 {
		return "UTC"
	}
	return "UTC" + formatOffset(z.offset, ":")
}

// spanOf gives the microseconds of a timedelta shorter than a day.
func spanOf(v python.Value, what string) (int64, error) {
	d, ok := python.Native(v).(*timedelta)
	if !ok {
		return 0, python.TypeErrorf("%s must return None or a timedelta, not '%s'", what, python.TypeName(v))
	}
	us := d.days*microsPerDay + d.us
	if d.days < -1 || d.days > 0 || us == -microsPerDay {
		return 0, python.ValueErrorf("offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24).")
	}
	return us, nil
}

// offset is the moment's UTC offset in microseconds; false for a naive one.
func (m *moment) offset(t *python.Thread) (int64, bool, error) {
	switch tz := m.tz.(type) {
	case nil, python.NoneType:
		return 0, false, nil
	case *zone:
		return tz.offset, true, nil
	}
	var arg python.Value = python.None
	if m.kind == kindDateTime {
		arg = m
	}
	r, err := python.CallMethod(t, m.tz, "utcoffset", arg)
	if err != nil || isNone(r) {
		return 0, false, err
	}
	us, err := spanOf(r, "tzinfo.utcoffset()")
	return us, err == nil, err
}

// zoneMethod is utcoffset, tzname or dst of a time or datetime.
func zoneMethod(name string) python.MethodFunc {
	return method(func(t *python.Thread, m *moment, _ []python.Value, _ []python.Keyword) (python.Value, error) {
		if isNone(m.tz) {
			return python.None, nil
		}
		var arg python.Value = python.None
		if m.kind == kindDateTime {
			arg = m
		}
		return python.CallMethod(t, m.tz, name, arg)
	})
}

func (mod *datetimeModule) tzinfoSpec() python.ClassSpec {
	refuse := func(name string) python.MethodFunc {
		return func(*python.Thread, python.Value, []python.Value, []python.Keyword) (python.Value, error) {
			return nil, python.Raise(python.NotImplementedError, "a tzinfo subclass must implement %s()", name)
		}
	}
	return python.ClassSpec{
		Name: "tzinfo", Dotted: true,
		Methods: map[string]python.MethodFunc{
			"utcoffset": refuse("utcoffset"), "tzname": refuse("tzname"), "dst": refuse("dst"),
			"fromutc": mod.fromUTC,
		},
	}
}

// fromUTC is tzinfo.fromutc: the local time of a moment given in UTC.
func (mod *datetimeModule) fromUTC(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var v python.Value
	if err := python.Unpack("fromutc", args, kwargs, "dt", &v); err != nil {
		return nil, err
	}
	dt, ok := python.Native(v).(*moment)
	if !ok || dt.kind != kindDateTime {
		return nil, python.TypeErrorf("fromutc: argument must be a datetime instance")
	}
	if !python.Is(dt.tz, self) {
		return nil, python.ValueErrorf("fromutc: dt.tzinfo is not self")
	}
	off, ok, err := dt.offset(t)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, python.ValueErrorf("fromutc() requires a non-None utcoffset() result")
	}
	if _, fixed := self.(*zone); fixed {
		return dt.at(dt.stamp().plus(normal(0, off)))
	}
	span := func(at *moment) (int64, error) {
		r, err := python.CallMethod(t, self, "dst", at)
		if err != nil {
			return 0, err
		}
		if isNone(r) {
			return 0, python.ValueErrorf("fromutc() requires a non-None dst() result")
		}
		return spanOf(r, "tzinfo.dst()")
	}
	dst, err := span(dt)
	if err != nil {
		return nil, err
	}
	local, err := dt.at(dt.stamp().plus(normal(0, off-dst)))
	if err != nil {
		return nil, err
	}
	if dst, err = span(local); err != nil {
		return nil, err
	}
	return local.at(local.stamp().plus(normal(0, dst)))
}

func (mod *datetimeModule) timezoneSpec() python.ClassSpec {
	// argument checks that tzname and its like get a datetime or None.
	argument := func(name string, f func(z *zone) (python.Value, error)) python.MethodFunc {
		return method(func(_ *python.Thread, z *zone, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var v python.Value
			if err := python.Unpack(name, args, kwargs, "dt", &v); err != nil {
				return nil, err
			}
			if m, ok := python.Native(v).(*moment); !isNone(v) && (!ok || m.kind != kindDateTime) {
				return nil, python.TypeErrorf("%s(dt) argument must be a datetime instance or None, not %s", name, python.TypeName(v))
			}
			return f(z)
		})
	}
	return python.ClassSpec{
		Name: "timezone", Dotted: true, Bases: []*python.Class{mod.tzinfo}, Final: true,
		New: func(_ *python.Thread, _ *python.Class, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var offset, name python.Value
			if err := python.Unpack("timezone", args, kwargs, "offset", &offset, "name?", &name); err != nil {
				return nil, err
			}
			d, ok := python.Native(offset).(*timedelta)
			if !ok {
				return nil, python.TypeErrorf("timezone() argument 1 must be datetime.timedelta, not %s", python.TypeName(offset))
			}
			if name != nil {
				if _, ok := asStr(name); !ok {
					return nil, python.TypeErrorf("timezone() argument 2 must be str, not %s", python.TypeName(name))
				}
			}
			us := d.days*microsPerDay + d.us
			if d.days < -1 || d.days > 0 || us == -microsPerDay {
				return nil, python.ValueErrorf("offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not %s.", d.repr())
			}
			if us == 0 && name == nil {
				return mod.utc, nil
			}
			return &zone{mod, us, name}, nil
		},
		Methods: map[string]python.MethodFunc{
			"utcoffset": argument("utcoffset", func(z *zone) (python.Value, error) { return mod.newDelta(normal(0, z.offset)) }),
			"tzname":    argument("tzname", func(z *zone) (python.Value, error) { return python.Str(z.String()), nil }),
			"dst":       argument("dst", func(*zone) (python.Value, error) { return python.None, nil }),
			"__str__": method(func(_ *python.Thread, z *zone, _ []python.Value, _ []python.Keyword) (python.Value, error) {
				return python.Str(z.String()), nil
			}),
			"__repr__": method(func(t *python.Thread, z *zone, _ []python.Value, _ []python.Keyword) (python.Value, error) {
				if z == mod.utc {
					return python.Str("datetime.timezone.utc"), nil
				}
				s := (&timedelta{mod, normal(0, z.offset)}).repr()
				if z.name != nil {
					name, err := python.Repr(t, z.name)
					if err != nil {
						return nil, err
					}
					s += ", " + name
				}
				return python.Str("datetime.timezone(" + s + ")"), nil
			}),
			"__eq__": binaryMethod(func(_ *python.Thread, z *zone, o python.Value) (python.Value, error) {
				other, ok := o.(*zone)
				if !ok {
					return notImplemented, nil
				}
				return truth(z.offset == other.offset), nil
			}),
			"__hash__": method(func(_ *python.Thread, z *zone, _ []python.Value, _ []python.Keyword) (python.Value, error) {
				return python.Int(z.offset), nil
			}),
			"__copy__": itself, "__deepcopy__": itself,
		},
	}
}
