// Package zone tells the UTC offset and the daylight-saving rule that a time
// zone follows, in the form phones are configured with.
//
// The rules are those of the zones' TZif footers (RFC 8536 section 3.3), kept in
// zones.txt, so that a box needs no time zone files and always answers the same.
// What a zone did in the past does not matter here.
package zone

import (
	_ "embed"
	"strings"
	"time"
)

//go:generate go run gen.go

//go:embed zones.txt
var table string

// Info is what a zone does in one year.
type Info struct {
	Offset int  // seconds east of UTC in standard time
	DST    *DST // nil for a zone without daylight saving
}

// DST is the daylight saving of a zone in one year.
type DST struct {
	Start, End Change
	Save       int // seconds the clocks are set forward; negative for Europe/Dublin
}

// Change is the local wall-clock time at which the clocks change.
type Change struct {
	Month   int // 1 to 12
	Week    int // week of the month, weeks starting on Monday; 1 holds the first day
	Weekday int // 1 Monday to 7 Sunday
	Seconds int // since midnight
}

// Get returns what the zone does in a year; false for a name that is no zone.
// Names are matched exactly.
func Get(name string, year int) (Info, bool) {
	r, ok := find(name)
	if !ok {
		return Info{}, false
	}
	info := Info{Offset: r.std}
	if r.hasDST {
		info.DST = &DST{Start: change(r.start.in(year)), End: change(r.end.in(year)), Save: r.dst - r.std}
	}
	return info, true
}

// Known reports whether a name is that of a zone.
func Known(name string) bool {
	_, ok := line(name)
	return ok
}

func find(name string) (rule, bool) {
	footer, ok := line(name)
	if !ok {
		return rule{}, false
	}
	return parse(footer)
}

// line looks the footer of a zone up in the table, whose lines are sorted by name.
func line(name string) (footer string, ok bool) {
	for rest := table; rest != ""; {
		start := 1 + strings.LastIndexByte(rest[:len(rest)/2], '\n')
		line, after, _ := strings.Cut(rest[start:], "\n")
		is, footer, _ := strings.Cut(line, " ")
		switch {
		case name == is:
			return footer, true
		case name < is:
			rest = rest[:start]
		default:
			rest = after
		}
	}
	return "", false
}

func change(t time.Time) Change {
	_, month, day := t.Date()
	hour, minute, second := t.Clock()
	weekday := (int(t.Weekday())+6)%7 + 1
	// What weekday the month began with decides which of its days a week begins on.
	before := ((weekday-day)%7 + 7) % 7
	return Change{
		Month:   int(month),
		Week:    (day-1+before)/7 + 1,
		Weekday: weekday,
		Seconds: hour*3600 + minute*60 + second,
	}
}
