package host

import (
	"provbox/provd/python"
	"provbox/provd/zone"
)

// timezoneNotFound is tzinform.TimezoneNotFoundError.
var timezoneNotFound = exception("wazo_provd.tzinform", "TimezoneNotFoundError", python.ExceptionClass)

// seconds is tzinform.Time: a span that packages read in the unit they need.
type seconds int

// Type returns the class Time.
func (seconds) Type() *python.Class { return timeClass }

var timeClass = python.NewBuiltinClass(python.ClassSpec{
	Name: "Time", Module: "wazo_provd.tzinform", Final: true,
	New: func(_ *python.Thread, _ *python.Class, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var n int
		if err := python.Unpack("Time", args, kwargs, "raw_seconds", &n); err != nil {
			return nil, err
		}
		return seconds(n), nil
	},
	Getters: map[string]python.GetFunc{
		"as_seconds": inUnit(1),
		"as_minutes": inUnit(60),
		"as_hours":   inUnit(3600),
		"as_hms": func(_ *python.Thread, self python.Value) (python.Value, error) {
			hms := self.(seconds).hms()
			return python.NewList([]python.Value{python.NewInt(hms[0]), python.NewInt(hms[1]), python.NewInt(hms[2])}), nil
		},
	},
	Methods: map[string]python.MethodFunc{
		"__eq__": func(_ *python.Thread, self python.Value, args []python.Value, _ []python.Keyword) (python.Value, error) {
			other, ok := args[0].(seconds)
			return python.Bool(ok && other == self.(seconds)), nil
		},
	},
})

// inUnit divides as Python's // does, towards minus infinity: half an hour west
// of Greenwich is -1 hours.
func inUnit(unit int) python.GetFunc {
	return func(_ *python.Thread, self python.Value) (python.Value, error) {
		n := int(self.(seconds))
		q := n / unit
		if n%unit < 0 {
			q--
		}
		return python.NewInt(q), nil
	}
}

// hms splits into hours, minutes and seconds; of a negative span only the first
// part that is not zero is negative.
func (s seconds) hms() [3]int {
	n := int(s)
	if n < 0 {
		n = -n
	}
	hms := [3]int{n / 3600, n / 60 % 60, n % 60}
	if s < 0 {
		for i, v := range hms {
			if v != 0 {
				hms[i] = -v
				break
			}
		}
	}
	return hms
}

// timezoneInfo is tzinform.get_timezone_info: the zone's offset and rule of the
// current year.
func timezoneInfo(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var name python.Value
	if err := python.Unpack("get_timezone_info", args, kwargs, "timezone_name", &name); err != nil {
		return nil, err
	}
	s, _ := name.(python.Str)
	info, ok := zone.Get(string(s), t.Now().UTC().Year())
	if !ok {
		return nil, python.Throw(python.NewException(timezoneNotFound, name))
	}
	return timezoneDict(string(s), info), nil
}

// The members of what timezoneDict returns, which many packages ask for with every
// phone.
var (
	keyOffset   = python.NewKey("utcoffset")
	keyDST      = python.NewKey("dst")
	keyStart    = python.NewKey("start")
	keyEnd      = python.NewKey("end")
	keySave     = python.NewKey("save")
	keyAsString = python.NewKey("as_string")
	keyMonth    = python.NewKey("month")
	keyDay      = python.NewKey("day")
	keyTime     = python.NewKey("time")
)

func timezoneDict(name string, info zone.Info) *python.Dict {
	d := python.NewDict(2)
	d.SetKey(keyOffset, seconds(info.Offset))
	d.SetKey(keyDST, python.None)
	if info.DST == nil {
		return d
	}
	rule := python.NewDict(4)
	rule.SetKey(keyStart, change(info.DST.Start))
	rule.SetKey(keyEnd, change(info.DST.End))
	rule.SetKey(keySave, seconds(info.DST.Save))
	// Packages compare as_string with that of other zones. In wazo-provd it is
	// different for every name, also for names of the same rule.
	rule.SetKey(keyAsString, python.Str("<rule of "+name+">"))
	d.SetKey(keyDST, rule)
	return d
}

func change(c zone.Change) *python.Dict {
	d := python.NewDict(3)
	d.SetKey(keyMonth, python.NewInt(c.Month))
	d.SetKey(keyDay, python.Str("W"+itoa(c.Week)+"."+itoa(c.Weekday)))
	d.SetKey(keyTime, seconds(c.Seconds))
	return d
}

// zoneDB is NativeTimezoneInfoDB and its older name.
var zoneDB = python.NewBuiltinClass(python.ClassSpec{
	Name: "NativeTimezoneInfoDB", Module: "wazo_provd.tzinform",
	Methods: map[string]python.MethodFunc{
		"get_timezone_info": func(t *python.Thread, _ python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			return timezoneInfo(t, args, kwargs)
		},
	},
})

// defaultZoneDB answers with a default for zones it does not know.
var defaultZoneDB = python.NewBuiltinClass(python.ClassSpec{
	Name: "DefaultTimezoneInfoDB", Module: "wazo_provd.tzinform",
	Methods: map[string]python.MethodFunc{
		"__init__": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var name, db python.Value
			if err := python.Unpack("DefaultTimezoneInfoDB", args, kwargs, "default_tz", &name, "db", &db); err != nil {
				return nil, err
			}
			info, err := python.CallMethod(t, db, "get_timezone_info", name)
			if err != nil {
				return nil, err
			}
			if err := python.SetAttr(t, self, "db", db); err != nil {
				return nil, err
			}
			return python.None, python.SetAttr(t, self, "default", info)
		},
		"get_timezone_info": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			db, err := python.GetAttr(t, self, "db")
			if err != nil {
				return nil, err
			}
			fn, err := python.GetAttr(t, db, "get_timezone_info")
			if err != nil {
				return nil, err
			}
			info, err := python.Call(t, fn, args, kwargs)
			if python.IsException(err, timezoneNotFound) {
				return python.GetAttr(t, self, "default")
			}
			return info, err
		},
	},
})

func tzinformModule() module {
	return module{
		"DefaultTimezoneInfoDB": defaultZoneDB,
		"NativeTimezoneInfoDB":  zoneDB,
		"TextTimezoneInfoDB":    zoneDB,
		"Time":                  timeClass,
		"TimezoneNotFoundError": timezoneNotFound,
		"get_timezone_info":     function("get_timezone_info", timezoneInfo),
		"week_start_on_monday": function("week_start_on_monday", func(_ *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var day int
			if err := python.Unpack("week_start_on_monday", args, kwargs, "weekday", &day); err != nil {
				return nil, err
			}
			// Sunday, 1, becomes 7; Python's % is never negative.
			return python.NewInt(((day+5)%7+7)%7 + 1), nil
		}),
	}
}
