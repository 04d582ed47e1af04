package stdlib

import (
	"strings"
	"time"

	"provbox/provd/python"
)

// maxFormat bounds a strftime format and its result in bytes.
const maxFormat = 1 << 16

// Names of the C locale.
const (
	weekdayNames = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
	monthNames   = "January February March April May June July August September October November December"
)

func nameOf(list string, i int) string {
	if names := strings.Fields(list); i >= 0 && i < len(names) {
		return names[i]
	}
	return "?"
}

// calendarTime is what strftime shows; weekday is 0 for Monday.
type calendarTime struct {
	y, m, d, h, min, s int
	weekday, yearDay   int
	zone               string
	offset             string // as %z shows it
	us                 int
	hasMicros          bool // %f is known
	unix               int64
}

func (m *moment) strftime(t *python.Thread, format string) (string, error) {
	c := calendarTime{
		y: 1900, m: 1, d: 1, h: m.h, min: m.min, s: m.s, us: m.us, hasMicros: true, yearDay: 1,
	}
	if m.kind != kindTime {
		c.y, c.m, c.d = m.y, m.m, m.d
		c.weekday = m.weekday()
		c.yearDay = ordinal(m.y, m.m, m.d) - ordinal(m.y, 1, 1) + 1
	}
	off, aware, err := m.offset(t)
	if err != nil {
		return "", err
	}
	if aware {
		c.offset = formatOffset(off, "")
		var arg python.Value = python.None
		if m.kind == kindDateTime {
			arg = m
		}
		name, err := python.CallMethod(t, m.tz, "tzname", arg)
		if err != nil {
			return "", err
		}
		c.zone, _ = asStr(name)
	}
	c.unix = time.Date(c.y, time.Month(c.m), c.d, c.h, c.min, c.s, 0, m.mod.lib.options.Location).Unix()
	return c.format(t, format)
}

// format expands a format as glibc's strftime does in the C locale, with
// Python's %f.
func (c *calendarTime) format(t *python.Thread, format string) (string, error) {
	if len(format) > maxFormat {
		return "", python.ValueErrorf("strftime: format is too long")
	}
	if err := t.Alloc(int64(16 * len(format))); err != nil {
		return "", err
	}
	if err := t.Step(1 + 2*len(format)); err != nil {
		return "", err
	}
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			b.WriteByte(format[i])
			continue
		}
		start := i
		flags := ""
		for i++; i < len(format) && strings.IndexByte("_-0^#", format[i]) >= 0; i++ {
			flags += format[i : i+1]
		}
		if i < len(format) && (format[i] == 'E' || format[i] == 'O') {
			i++
		}
		if i >= len(format) {
			b.WriteString(format[start:])
			break
		}
		s, ok := c.directive(format[i], flags)
		if !ok {
			s = format[start : i+1]
		}
		b.WriteString(s)
	}
	return b.String(), nil
}

// number writes n with width digits, or as the flags ask.
func (c *calendarTime) number(n, width int, fill byte, flags string) string {
	for i := range len(flags) {
		switch flags[i] {
		case '-':
			return itoa(n)
		case '_':
			fill = ' '
		case '0':
			fill = '0'
		}
	}
	s := itoa(n)
	if k := width - len(s); k > 0 {
		s = strings.Repeat(string(fill), k) + s
	}
	return s
}

func (c *calendarTime) directive(d byte, flags string) (string, bool) {
	text := func(s string) (string, bool) {
		if strings.Contains(flags, "^") || strings.Contains(flags, "#") {
			s = strings.ToUpper(s)
		}
		return s, true
	}
	num := func(n, width int) (string, bool) { return c.number(n, width, '0', flags), true }
	blank := func(n, width int) (string, bool) { return c.number(n, width, ' ', flags), true }
	sub := func(format string) (string, bool) {
		s := ""
		for i := 0; i < len(format); i++ {
			if format[i] == '%' && i+1 < len(format) {
				i++
				part, _ := c.directive(format[i], "")
				s += part
				continue
			}
			s += format[i : i+1]
		}
		return s, true
	}
	hour12 := (c.h+11)%12 + 1
	isoWeek := func() (year, week int) {
		return time.Date(c.y, time.Month(c.m), c.d, 0, 0, 0, 0, time.UTC).ISOWeek()
	}
	switch d {
	case '%':
		return "%", true
	case 'n':
		return "\n", true
	case 't':
		return "\t", true
	case 'a':
		name := nameOf(weekdayNames, c.weekday)
		return text(name[:min(3, len(name))])
	case 'A':
		return text(nameOf(weekdayNames, c.weekday))
	case 'b', 'h':
		name := nameOf(monthNames, c.m-1)
		return text(name[:min(3, len(name))])
	case 'B':
		return text(nameOf(monthNames, c.m-1))
	case 'c':
		return sub("%a %b %e %H:%M:%S %Y")
	case 'C':
		return num(c.y/100, 2)
	case 'd':
		return num(c.d, 2)
	case 'D', 'x':
		return sub("%m/%d/%y")
	case 'e':
		return blank(c.d, 2)
	case 'f':
		if !c.hasMicros {
			return "", false
		}
		return pad(c.us, 6), true
	case 'F':
		return sub("%Y-%m-%d")
	case 'g':
		year, _ := isoWeek()
		return num(year%100, 2)
	case 'G':
		year, _ := isoWeek()
		return num(year, 1)
	case 'H':
		return num(c.h, 2)
	case 'I':
		return num(hour12, 2)
	case 'j':
		return num(c.yearDay, 3)
	case 'k':
		return blank(c.h, 2)
	case 'l':
		return blank(hour12, 2)
	case 'm':
		return num(c.m, 2)
	case 'M':
		return num(c.min, 2)
	case 'p', 'P':
		s := "AM"
		if c.h >= 12 {
			s = "PM"
		}
		if d == 'P' || strings.Contains(flags, "#") {
			s = strings.ToLower(s)
		}
		return s, true
	case 'r':
		return sub("%I:%M:%S %p")
	case 'R':
		return sub("%H:%M")
	case 's':
		return itoa(int(c.unix)), true
	case 'S':
		return num(c.s, 2)
	case 'T', 'X':
		return sub("%H:%M:%S")
	case 'u':
		return num(c.weekday+1, 1)
	case 'U':
		return num((c.yearDay+6-(c.weekday+1)%7)/7, 2)
	case 'V':
		_, week := isoWeek()
		return num(week, 2)
	case 'w':
		return num((c.weekday+1)%7, 1)
	case 'W':
		return num((c.yearDay+6-c.weekday)/7, 2)
	case 'y':
		return num(c.y%100, 2)
	case 'Y':
		return num(c.y, 1)
	case 'z':
		return c.offset, true
	case 'Z':
		return text(c.zone)
	}
	return "", false
}
