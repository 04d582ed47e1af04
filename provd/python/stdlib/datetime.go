package stdlib

import (
	"math"
	"strings"
	"time"

	"provbox/provd/python"
)

// momentKind says which class of datetime a moment is of.
type momentKind uint8

const (
	kindDate momentKind = iota
	kindTime
	kindDateTime
)

// moment is a date, a time or a datetime. It is immutable.
type moment struct {
	mod       *datetimeModule
	kind      momentKind
	y, m, d   int
	h, min, s int
	us        int
	tz        python.Value // None, or an object with the methods of tzinfo
	fold      int
}

// datetimeModule is the state of one program's datetime.
type datetimeModule struct {
	lib                         *Library
	date, time, datetime, delta *python.Class
	tzinfo, timezone, isoDate   *python.Class
	utc                         *zone
}

func (m *moment) Type() *python.Class {
	switch m.kind {
	case kindDate:
		return m.mod.date
	case kindTime:
		return m.mod.time
	}
	return m.mod.datetime
}

const (
	microsPerDay = 86400 * 1e6
	maxOrdinal   = 3652059 // 9999-12-31
)

// ordinal is the proleptic Gregorian day number, 1 for 0001-01-01.
func ordinal(y, m, d int) int {
	// Days since 1970 of a date in Go, moved to Python's origin.
	return int(time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Unix()/86400) + 719163
}

func fromOrdinal(n int) (y, m, d int) {
	t := time.Unix(int64(n-719163)*86400, 0).UTC()
	return t.Year(), int(t.Month()), t.Day()
}

func isLeap(y int) bool { return y%4 == 0 && (y%100 != 0 || y%400 == 0) }

func daysIn(y, m int) int {
	switch m {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if isLeap(y) {
			return 29
		}
		return 28
	}
	return 31
}

// weekday is 0 for Monday.
func (m *moment) weekday() int { return (ordinal(m.y, m.m, m.d) + 6) % 7 }

// micros is the time of day in microseconds.
func (m *moment) micros() int64 {
	return int64(m.h*3600+m.min*60+m.s)*1e6 + int64(m.us)
}

// stamp is the time since 0001-01-01 in days and microseconds.
func (m *moment) stamp() delta {
	if m.kind == kindTime {
		return delta{us: m.micros()}
	}
	return delta{days: int64(ordinal(m.y, m.m, m.d)), us: m.micros()}
}

// at is a copy of m at another stamp; it raises OverflowError outside the years
// 1 to 9999.
func (m *moment) at(s delta) (*moment, error) {
	if s.days < 1 || s.days > maxOrdinal {
		return nil, python.OverflowErrorf("date value out of range")
	}
	c := *m
	c.y, c.m, c.d = fromOrdinal(int(s.days))
	c.setMicros(s.us)
	c.fold = 0
	return &c, nil
}

func (m *moment) setMicros(us int64) {
	m.us = int(us % 1e6)
	sec := int(us / 1e6)
	m.h, m.min, m.s = sec/3600, sec/60%60, sec%60
}

func checkDate(y, m, d int) error {
	switch {
	case y < 1 || y > 9999:
		return python.ValueErrorf("year %d is out of range", y)
	case m < 1 || m > 12:
		return python.ValueErrorf("month must be in 1..12")
	case d < 1 || d > daysIn(y, m):
		return python.ValueErrorf("day is out of range for month")
	}
	return nil
}

func checkTime(h, m, s, us, fold int) error {
	switch {
	case h < 0 || h > 23:
		return python.ValueErrorf("hour must be in 0..23")
	case m < 0 || m > 59:
		return python.ValueErrorf("minute must be in 0..59")
	case s < 0 || s > 59:
		return python.ValueErrorf("second must be in 0..59")
	case us < 0 || us > 999999:
		return python.ValueErrorf("microsecond must be in 0..999999")
	case fold != 0 && fold != 1:
		return python.ValueErrorf("fold must be either 0 or 1")
	}
	return nil
}

// newMoment checks the fields of c.
func (mod *datetimeModule) newMoment(c moment) (*moment, error) {
	c.mod = mod
	if c.tz == nil {
		c.tz = python.None
	}
	if c.tz != python.Value(python.None) && !python.IsInstance(c.tz, mod.tzinfo) {
		return nil, python.TypeErrorf("tzinfo argument must be None or of a tzinfo subclass, not type '%s'", python.TypeName(c.tz))
	}
	if c.kind != kindTime {
		if err := checkDate(c.y, c.m, c.d); err != nil {
			return nil, err
		}
	}
	if c.kind != kindDate {
		if err := checkTime(c.h, c.min, c.s, c.us, c.fold); err != nil {
			return nil, err
		}
	}
	return &c, nil
}

// fromGo is the datetime that shows t in its own location.
func (mod *datetimeModule) fromGo(t time.Time, tz python.Value) *moment {
	return &moment{
		mod: mod, kind: kindDateTime, y: t.Year(), m: int(t.Month()), d: t.Day(),
		h: t.Hour(), min: t.Minute(), s: t.Second(), us: t.Nanosecond() / 1000, tz: tz,
	}
}

// asDate and asTime cut a datetime into its parts.
func (m *moment) asDate() *moment {
	return &moment{mod: m.mod, kind: kindDate, y: m.y, m: m.m, d: m.d, tz: python.None}
}

func (m *moment) asTime(tz python.Value) *moment {
	return &moment{mod: m.mod, kind: kindTime, h: m.h, min: m.min, s: m.s, us: m.us, tz: tz, fold: m.fold}
}

// buildDatetime makes datetime.
func buildDatetime(l *Library, b builder) {
	mod := &datetimeModule{lib: l}
	b.ints(map[string]int{"MINYEAR": 1, "MAXYEAR": 9999})
	mod.delta = b.class(mod.deltaSpec())
	mod.tzinfo = b.class(mod.tzinfoSpec())
	mod.timezone = b.class(mod.timezoneSpec())
	mod.utc = &zone{mod: mod}
	mod.isoDate = b.hidden(isoDateSpec())
	mod.date = b.class(mod.dateSpec())
	mod.time = b.class(mod.timeSpec())
	mod.datetime = b.class(mod.datetimeSpec())
	set := func(c *python.Class, name string, v python.Value) { c.Namespace().SetStr(name, v) }
	// The class attributes are of the classes themselves.
	set(mod.timezone, "utc", mod.utc)
	b.set("UTC", mod.utc)
	set(mod.timezone, "min", &zone{mod: mod, offset: -(86400 - 60) * 1e6})
	set(mod.timezone, "max", &zone{mod: mod, offset: (86400 - 60) * 1e6})
	set(mod.delta, "min", &timedelta{mod, delta{days: -999999999}})
	set(mod.delta, "max", &timedelta{mod, delta{days: 999999999, us: microsPerDay - 1}})
	micro := &timedelta{mod, delta{us: 1}}
	set(mod.delta, "resolution", micro)
	first := moment{mod: mod, y: 1, m: 1, d: 1, tz: python.None}
	last := moment{mod: mod, y: 9999, m: 12, d: 31, h: 23, min: 59, s: 59, us: 999999, tz: python.None}
	set(mod.date, "min", first.asDate())
	set(mod.date, "max", last.asDate())
	set(mod.date, "resolution", &timedelta{mod, delta{days: 1}})
	set(mod.time, "min", first.asTime(python.None))
	set(mod.time, "max", last.asTime(python.None))
	set(mod.time, "resolution", micro)
	first.kind, last.kind = kindDateTime, kindDateTime
	set(mod.datetime, "min", &first)
	set(mod.datetime, "max", &last)
	set(mod.datetime, "resolution", micro)
}

// now is the thread's clock in the library's location.
func (mod *datetimeModule) now(t *python.Thread) time.Time {
	return t.Now().In(mod.lib.options.Location)
}

// fromTimestamp converts seconds since 1970, rounded half to even.
func fromTimestamp(t *python.Thread, v python.Value) (time.Time, error) {
	x, err := asFloat(t, v)
	if err != nil {
		return time.Time{}, err
	}
	if math.IsNaN(x) {
		return time.Time{}, python.ValueErrorf("cannot convert float NaN to integer")
	}
	if math.Abs(x) > 253402300800*2 {
		return time.Time{}, python.ValueErrorf("year is out of range")
	}
	whole, frac := math.Modf(x)
	us := math.RoundToEven(frac * 1e6)
	at := time.Unix(int64(whole), int64(us)*1000).UTC()
	if at.Year() < 1 || at.Year() > 9999 {
		return time.Time{}, python.ValueErrorf("year %d is out of range", at.Year())
	}
	return at, nil
}

// isoDate is "2024-02-29".
func (m *moment) isoDate() string { return pad(m.y, 4) + "-" + pad(m.m, 2) + "-" + pad(m.d, 2) }

// pad writes n with at least width digits.
func pad(n, width int) string {
	s := itoa(n)
	if len(s) < width {
		s = strings.Repeat("0", width-len(s)) + s
	}
	return s
}

// isoTime is the time of day with the precision of timespec, without zone.
func (m *moment) isoTime(timespec string) (string, error) {
	s := pad(m.h, 2)
	switch timespec {
	case "hours":
		return s, nil
	case "minutes":
		return s + ":" + pad(m.min, 2), nil
	}
	s += ":" + pad(m.min, 2) + ":" + pad(m.s, 2)
	switch timespec {
	case "seconds":
		return s, nil
	case "milliseconds":
		return s + "." + pad(m.us/1000, 3), nil
	case "auto", "":
		if m.us == 0 {
			return s, nil
		}
	case "microseconds":
	default:
		return "", python.ValueErrorf("Unknown timespec value")
	}
	return s + "." + pad(m.us, 6), nil
}

// isoFormat is isoformat of any kind.
func (m *moment) isoFormat(t *python.Thread, sep, timespec string) (string, error) {
	if m.kind == kindDate {
		return m.isoDate(), nil
	}
	s, err := m.isoTime(timespec)
	if err != nil {
		return "", err
	}
	offset, ok, err := m.offset(t)
	if err != nil {
		return "", err
	}
	if ok {
		s += formatOffset(offset, ":")
	}
	if m.kind == kindDateTime {
		s = m.isoDate() + sep + s
	}
	return s, nil
}

// formatOffset writes an offset in microseconds as "+01:00".
func formatOffset(us int64, sep string) string {
	sign := "+"
	if us < 0 {
		sign, us = "-", -us
	}
	sec := int(us / 1e6)
	s := sign + pad(sec/3600, 2) + sep + pad(sec/60%60, 2)
	if rest := us % 6e7; rest != 0 {
		s += sep + pad(sec%60, 2)
		if us%1e6 != 0 {
			s += "." + pad(int(us%1e6), 6)
		}
	}
	return s
}
