package zone

import (
	"strconv"
	"strings"
	"time"
)

// rule is a parsed POSIX TZ string with the extensions of RFC 8536 section 3.3.1.
type rule struct {
	std, dst   int // seconds east of UTC
	hasDST     bool
	start, end day
}

// day is one day of each year and the seconds after its midnight.
type day struct {
	kind             byte // 'M' month.week.weekday, 'J' day 1 to 365 without leap days, 'N' day 0 to 365
	month, week, day int  // day is a weekday, 0 Sunday, for kind 'M'
	seconds          int
}

// in returns the moment in a year, as a local time written in UTC.
func (d day) in(year int) time.Time {
	var t time.Time
	switch d.kind {
	case 'M':
		first := time.Date(year, time.Month(d.month), 1, 0, 0, 0, 0, time.UTC)
		t = first.AddDate(0, 0, (d.day-int(first.Weekday())+7)%7+7*(d.week-1))
		if t.Month() != first.Month() { // week 5 means the last one
			t = t.AddDate(0, 0, -7)
		}
	case 'J':
		t = time.Date(year, 1, d.day, 0, 0, 0, 0, time.UTC)
		if leap := time.Date(year, 3, 0, 0, 0, 0, 0, time.UTC).Day() == 29; leap && d.day > 59 {
			t = t.AddDate(0, 0, 1)
		}
	default:
		t = time.Date(year, 1, 1+d.day, 0, 0, 0, 0, time.UTC)
	}
	return t.Add(time.Duration(d.seconds) * time.Second)
}

// parse reads a POSIX TZ string; false for one that is malformed.
func parse(s string) (r rule, ok bool) {
	s, ok = skipName(s)
	if !ok {
		return r, false
	}
	if r.std, s, ok = offset(s); !ok {
		return r, false
	}
	r.std = -r.std // POSIX counts west of Greenwich
	if s == "" {
		return r, true
	}
	if s, ok = skipName(s); !ok {
		return r, false
	}
	r.hasDST, r.dst = true, r.std+3600
	if s != "" && s[0] != ',' {
		if r.dst, s, ok = offset(s); !ok {
			return r, false
		}
		r.dst = -r.dst
	}
	if s, ok = strings.CutPrefix(s, ","); !ok {
		return r, false
	}
	start, end, ok := strings.Cut(s, ",")
	if !ok {
		return r, false
	}
	var ok2 bool
	r.start, ok = parseDay(start)
	r.end, ok2 = parseDay(end)
	return r, ok && ok2
}

// skipName skips an abbreviation: letters, or anything between < and >.
func skipName(s string) (rest string, ok bool) {
	if strings.HasPrefix(s, "<") {
		_, rest, ok = strings.Cut(s, ">")
		return rest, ok
	}
	i := 0
	for i < len(s) && (s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z') {
		i++
	}
	return s[i:], i >= 3
}

// offset reads [+-]hh[:mm[:ss]] and returns it in seconds.
func offset(s string) (seconds int, rest string, ok bool) {
	i := 0
	for i < len(s) && strings.IndexByte("+-:0123456789", s[i]) >= 0 {
		i++
	}
	text, rest := s[:i], s[i:]
	sign := 1
	if strings.HasPrefix(text, "-") {
		sign = -1
	}
	text = strings.TrimLeft(text, "+-")
	scale := 3600
	for part := range strings.SplitSeq(text, ":") {
		n, err := strconv.Atoi(part)
		if err != nil || scale == 0 || n > 167 {
			return 0, rest, false
		}
		seconds += n * scale
		scale /= 60
	}
	return sign * seconds, rest, true
}

func parseDay(s string) (day, bool) {
	s, at, hasTime := strings.Cut(s, "/")
	d := day{kind: 'N', seconds: 2 * 3600}
	if hasTime {
		var rest string
		var ok bool
		if d.seconds, rest, ok = offset(at); !ok || rest != "" {
			return d, false
		}
	}
	if rest, ok := strings.CutPrefix(s, "M"); ok {
		month, rest, _ := strings.Cut(rest, ".")
		week, weekday, _ := strings.Cut(rest, ".")
		var err [3]error
		d.kind = 'M'
		d.month, err[0] = strconv.Atoi(month)
		d.week, err[1] = strconv.Atoi(week)
		d.day, err[2] = strconv.Atoi(weekday)
		return d, err == [3]error{} && d.month >= 1 && d.month <= 12 && d.week >= 1 && d.week <= 5 && d.day >= 0 && d.day <= 6
	}
	low := 0
	if rest, ok := strings.CutPrefix(s, "J"); ok {
		s, d.kind, low = rest, 'J', 1
	}
	var err error
	d.day, err = strconv.Atoi(s)
	return d, err == nil && d.day >= low && d.day <= 365
}
