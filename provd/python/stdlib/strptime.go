package stdlib

import (
	"strconv"
	"strings"
	"unicode"

	"provbox/provd/python"
	"provbox/provd/python/regex"
)

// strptimePattern gives the expression of a directive of strptime in the C
// locale. Each captures its text under its own name.
func strptimePattern(d byte) string {
	list := func(names string, short bool) string {
		fields := strings.Fields(names)
		// The longest come first: "mar" must not win over "march".
		if short {
			for i := range fields {
				fields[i] = fields[i][:3]
			}
		}
		return "(?P<" + string(d) + ">" + strings.Join(fields, "|") + ")"
	}
	named := func(p string) string { return "(?P<" + string(d) + ">" + p + ")" }
	switch d {
	case 'd':
		return named(`3[0-1]|[1-2]\d|0[1-9]|[1-9]| [1-9]`)
	case 'f':
		return named(`[0-9]{1,6}`)
	case 'H':
		return named(`2[0-3]|[0-1]\d|\d`)
	case 'I':
		return named(`1[0-2]|0[1-9]|[1-9]`)
	case 'G', 'Y':
		return named(`\d\d\d\d`)
	case 'j':
		return named(`36[0-6]|3[0-5]\d|[1-2]\d\d|0[1-9]\d|00[1-9]|[1-9]\d|0[1-9]|[1-9]`)
	case 'm':
		return named(`1[0-2]|0[1-9]|[1-9]`)
	case 'M':
		return named(`[0-5]\d|\d`)
	case 'S':
		return named(`6[0-1]|[0-5]\d|\d`)
	case 'U', 'W':
		return named(`5[0-3]|[0-4]\d|\d`)
	case 'w':
		return named(`[0-6]`)
	case 'u':
		return named(`[1-7]`)
	case 'V':
		return named(`5[0-3]|0[1-9]|[1-4]\d|\d`)
	case 'y':
		return named(`\d\d`)
	case 'z':
		return named(`[+-]\d\d:?[0-5]\d(:?[0-5]\d(\.\d{1,6})?)?|(?-i:Z)`)
	case 'A':
		return list(weekdayNames, false)
	case 'a':
		return list(weekdayNames, true)
	case 'B':
		return list(monthNames, false)
	case 'b':
		return list(monthNames, true)
	case 'p':
		return named("am|pm")
	case 'Z':
		return named("utc|gmt")
	case '%':
		return "%"
	case 'c':
		return expandFormat("%a %b %d %H:%M:%S %Y")
	case 'x':
		return expandFormat("%m/%d/%y")
	case 'X':
		return expandFormat("%H:%M:%S")
	}
	return ""
}

func expandFormat(format string) string {
	out := ""
	for i := 0; i < len(format); i++ {
		if format[i] == '%' {
			i++
			out += strptimePattern(format[i])
			continue
		}
		if format[i] == ' ' {
			out += `\s+`
			continue
		}
		out += regex.Escape(format[i : i+1])
	}
	return out
}

// strptimeExpression turns a format into an expression.
func strptimeExpression(format string) (string, error) {
	var b strings.Builder
	space := false
	for i := 0; i < len(format); {
		r, size := python.DecodeRune(format[i:])
		if unicode.IsSpace(r) {
			if !space {
				b.WriteString(`\s+`)
			}
			space = true
			i += size
			continue
		}
		space = false
		if r != '%' {
			b.WriteString(regex.Escape(format[i : i+size]))
			i += size
			continue
		}
		if i+1 >= len(format) {
			return "", python.ValueErrorf("stray %% in format '%s'", format)
		}
		p := strptimePattern(format[i+1])
		if p == "" {
			return "", python.ValueErrorf("'%c' is a bad directive in format '%s'", format[i+1], format)
		}
		b.WriteString(p)
		i += 2
	}
	return b.String(), nil
}

// parsedTime is what strptime read; -1 stands for what was not there.
type parsedTime struct {
	y, m, d, h, min, s, us int
	yearDay, weekday       int
	hasOffset              bool
	offset                 int64
	zone                   string
}

// parseTime is the common part of time.strptime and datetime.strptime.
func parseTime(t *python.Thread, text, format string) (*parsedTime, error) {
	if len(format) > maxFormat || len(text) > maxFormat {
		return nil, python.ValueErrorf("strptime: text is too long")
	}
	if err := t.Step(64 + len(format)); err != nil {
		return nil, err
	}
	if err := t.Alloc(int64(4096 + 64*len(format))); err != nil {
		return nil, err
	}
	expr, err := strptimeExpression(format)
	if err != nil {
		return nil, err
	}
	re, err := regex.Compile(expr, false, regex.IgnoreCase)
	if err != nil {
		// A directive given twice is a group name given twice.
		return nil, python.ValueErrorf("bad format '%s': %v", format, err)
	}
	s, err := regex.NewSubject(t, text, false)
	if err != nil {
		return nil, err
	}
	m, err := re.Match(t, s, 0, s.Len())
	if err != nil {
		return nil, err
	}
	if m == nil {
		a, err := python.Repr(t, python.Str(text))
		if err != nil {
			return nil, err
		}
		f, err := python.Repr(t, python.Str(format))
		if err != nil {
			return nil, err
		}
		return nil, python.ValueErrorf("time data %s does not match format %s", a, f)
	}
	if end := m.Spans[1]; end != s.Len() {
		return nil, python.ValueErrorf("unconverted data remains: %s", s.Slice(end, s.Len()))
	}
	found := map[byte]string{}
	for g := 1; g <= re.Groups(); g++ {
		if name := re.GroupName(g); name != "" && m.Spans[2*g] >= 0 {
			found[name[0]] = s.Slice(m.Spans[2*g], m.Spans[2*g+1])
		}
	}
	return readFields(found)
}

// readFields works out date and time from the texts of the directives.
func readFields(found map[byte]string) (*parsedTime, error) {
	num := func(d byte, missing int) int {
		text, ok := found[d]
		if !ok {
			return missing
		}
		n := 0
		for _, r := range strings.TrimSpace(text) {
			n = n*10 + digitValue(r)
		}
		return n
	}
	index := func(d byte, names string, width int) int {
		for i, name := range strings.Fields(names) {
			if text, ok := found[d]; ok && strings.EqualFold(text, name[:min(width, len(name))]) {
				return i
			}
		}
		return -1
	}
	p := &parsedTime{y: -1, m: num('m', 1), d: num('d', 1), h: num('H', 0), min: num('M', 0), s: num('S', 0), weekday: -1, yearDay: num('j', -1)}
	switch {
	case found['Y'] != "":
		p.y = num('Y', 0)
	case found['y'] != "":
		if p.y = num('y', 0) + 1900; p.y < 1969 {
			p.y += 100
		}
	}
	if i := max(index('B', monthNames, 99), index('b', monthNames, 3)); i >= 0 {
		p.m = i + 1
	}
	if text := found['I']; text != "" {
		p.h = num('I', 0) % 12
		if strings.EqualFold(found['p'], "pm") {
			p.h += 12
		}
	}
	if f := found['f']; f != "" {
		p.us, _ = strconv.Atoi(f + strings.Repeat("0", 6-len(f)))
	}
	p.weekday = max(index('A', weekdayNames, 99), index('a', weekdayNames, 3))
	if found['w'] != "" {
		p.weekday = (num('w', 0) + 6) % 7
	}
	if found['u'] != "" {
		p.weekday = num('u', 1) - 1
	}
	p.zone = strings.ToUpper(found['Z'])
	if err := p.readOffset(found['z']); err != nil {
		return nil, err
	}
	return p, p.readWeek(found, num)
}

// readOffset reads the text of %z.
func (p *parsedTime) readOffset(z string) error {
	if z == "" {
		return nil
	}
	p.hasOffset = true
	if z == "Z" {
		return nil
	}
	negative := z[0] == '-'
	z = z[1:]
	if len(z) > 5 && (z[2] == ':') != (z[5] == ':') {
		return python.ValueErrorf("Inconsistent use of : in %s%s", map[bool]string{true: "-", false: "+"}[negative], z)
	}
	z, frac, _ := strings.Cut(strings.ReplaceAll(z, ":", ""), ".")
	for len(z) < 6 {
		z += "00"
	}
	n, _ := strconv.Atoi(z)
	us, _ := strconv.Atoi((frac + "000000")[:6])
	p.offset = int64(n/10000*3600+n/100%100*60+n%100)*1e6 + int64(us)
	if negative {
		p.offset = -p.offset
	}
	return nil
}

// readWeek uses week numbers and the day of the year to find the date.
func (p *parsedTime) readWeek(found map[byte]string, num func(byte, int) int) error {
	switch {
	case p.y < 0 && found['G'] != "":
		if found['V'] == "" || p.weekday < 0 {
			return python.ValueErrorf("%s", "ISO year directive '%G' must be used with the ISO week directive '%V' and a weekday directive ('%A', '%a', '%w', or '%u').")
		}
		if p.yearDay >= 0 {
			return python.ValueErrorf("%s", "Day of the year directive '%j' is not compatible with ISO year directive '%G'. Use '%Y' instead.")
		}
		c, err := isoCalendar(num('G', 1), num('V', 1), p.weekday+1)
		if err != nil {
			return err
		}
		p.y, p.m, p.d = c.y, c.m, c.d
	case found['U'] == "" && found['W'] == "" && found['V'] != "":
		if p.weekday < 0 {
			return python.ValueErrorf("%s", "ISO week directive '%V' must be used with the ISO year directive '%G' and a weekday directive ('%A', '%a', '%w', or '%u').")
		}
		return python.ValueErrorf("%s", "ISO week directive '%V' is incompatible with the year directive '%Y'. Use the ISO year '%G' instead.")
	case p.y >= 0 && p.weekday >= 0 && (found['U'] != "" || found['W'] != "") && p.yearDay < 0:
		first := (ordinal(p.y, 1, 1) + 6) % 7
		week, day := num('W', 0), p.weekday
		if found['U'] != "" {
			week, first, day = num('U', 0), (first+1)%7, (day+1)%7
		}
		zero := (7 - first) % 7 // days before week 1
		if week == 0 {
			p.yearDay = 1 + day - first
		} else {
			p.yearDay = 1 + zero + 7*(week-1) + day
		}
		fallthrough
	case p.yearDay >= 0 && p.y >= 0 && found['m'] == "" && found['d'] == "":
		p.y, p.m, p.d = fromOrdinal(ordinal(p.y, 1, 1) + p.yearDay - 1)
	}
	if p.y < 0 {
		p.y = 1900
		// 29 February needs a leap year to be checked with.
		if p.m == 2 && p.d == 29 {
			p.y = 1904
			defer func() { p.y = 1900 }()
		}
	}
	if p.d > daysIn(p.y, p.m) || p.y == 0 {
		return python.ValueErrorf("day is out of range for month")
	}
	p.yearDay = ordinal(p.y, p.m, p.d) - ordinal(p.y, 1, 1) + 1
	if p.weekday < 0 { // a weekday that was read stays, right or wrong
		p.weekday = (ordinal(p.y, p.m, p.d) + 6) % 7
	}
	return nil
}

// digitValue is the value of a decimal digit of any script.
func digitValue(r rune) int {
	if r < 0x80 {
		return int(r - '0')
	}
	// Digits come in runs of ten, zero first.
	zero := r
	for unicode.IsDigit(zero-1) && r-zero < 9 {
		zero--
	}
	return int(r - zero)
}

func (mod *datetimeModule) strptime(t *python.Thread, _ python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var text, format string
	if err := python.Unpack("strptime", args, kwargs, "date_string", &text, "format", &format); err != nil {
		return nil, err
	}
	p, err := parseTime(t, text, format)
	if err != nil {
		return nil, err
	}
	c := moment{kind: kindDateTime, y: p.y, m: p.m, d: p.d, h: p.h, min: p.min, s: p.s, us: p.us}
	if p.hasOffset {
		z := &zone{mod: mod, offset: p.offset}
		if p.zone != "" {
			z.name = python.Str(p.zone)
		} else if p.offset == 0 {
			z = mod.utc
		}
		c.tz = z
	}
	return moments(mod.newMoment(c))
}
