package stdlib

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"provbox/provd/python"
)

// decoder is one json.loads.
type decoder struct {
	t                     *python.Thread
	s                     string
	strict                bool
	parseInt, parseFloat  python.Value
	parseConstant         python.Value
	objectHook, pairsHook python.Value
	decodeError           *python.Class
	keys                  map[string]python.Value
}

// fail raises JSONDecodeError at byte offset pos.
func (d *decoder) fail(msg string, pos int) error {
	return jsonError(d.decodeError, msg, d.s, pos)
}

func jsonError(class *python.Class, msg, doc string, pos int) error {
	before := doc[:min(pos, len(doc))]
	line := strings.Count(before, "\n") + 1
	at := utf8.RuneCountInString(before)
	col := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	text := python.Str(msg + ": line " + itoa(line) + " column " + itoa(col) + " (char " + itoa(at) + ")")
	exc := python.NewException(class, text)
	a := exc.Attrs()
	a.SetStr("msg", python.Str(msg))
	a.SetStr("doc", python.Str(doc))
	a.SetStr("pos", python.NewInt(at))
	a.SetStr("lineno", python.NewInt(line))
	a.SetStr("colno", python.NewInt(col))
	return python.Throw(exc)
}

func (d *decoder) space(i int) int {
	for i < len(d.s) && (d.s[i] == ' ' || d.s[i] == '\t' || d.s[i] == '\n' || d.s[i] == '\r') {
		i++
	}
	return i
}

func (d *decoder) value(i int) (python.Value, int, error) {
	if err := d.t.Step(1); err != nil {
		return nil, 0, err
	}
	if i >= len(d.s) {
		return nil, 0, d.fail("Expecting value", i)
	}
	rest := d.s[i:]
	switch c := d.s[i]; {
	case c == '"':
		s, end, err := d.str(i + 1)
		return python.Str(s), end, err
	case c == '{' || c == '[':
		if err := d.t.Enter(); err != nil {
			return nil, 0, err
		}
		defer d.t.Leave()
		if c == '{' {
			return d.object(i)
		}
		return d.array(i)
	case strings.HasPrefix(rest, "null"):
		return python.None, i + 4, nil
	case strings.HasPrefix(rest, "true"):
		return python.True, i + 4, nil
	case strings.HasPrefix(rest, "false"):
		return python.False, i + 5, nil
	case c == '-' || '0' <= c && c <= '9':
		if v, end, ok, err := d.number(i); ok || err != nil {
			return v, end, err
		}
	}
	for _, name := range []string{"NaN", "Infinity", "-Infinity"} {
		if strings.HasPrefix(rest, name) {
			if !isNone(d.parseConstant) {
				v, err := python.Call(d.t, d.parseConstant, []python.Value{python.Str(name)}, nil)
				return v, i + len(name), err
			}
			v, err := python.Call(d.t, python.FloatClass, []python.Value{python.Str(name)}, nil)
			return v, i + len(name), err
		}
	}
	return nil, 0, d.fail("Expecting value", i)
}

func (d *decoder) number(i int) (python.Value, int, bool, error) {
	end := i
	digits := func() int {
		from := end
		for end < len(d.s) && '0' <= d.s[end] && d.s[end] <= '9' {
			end++
		}
		return end - from
	}
	if d.s[end] == '-' {
		end++
	}
	if end < len(d.s) && d.s[end] == '0' {
		end++
	} else if digits() == 0 {
		return nil, 0, false, nil
	}
	whole := true
	mark := end
	if end < len(d.s) && d.s[end] == '.' {
		if end++; digits() > 0 {
			whole, mark = false, end
		}
	}
	if end = mark; end < len(d.s) && (d.s[end] == 'e' || d.s[end] == 'E') {
		end++
		if end < len(d.s) && (d.s[end] == '+' || d.s[end] == '-') {
			end++
		}
		if digits() > 0 {
			whole, mark = false, end
		}
	}
	text := d.s[i:mark]
	var fn python.Value = python.FloatClass
	switch {
	case whole && !isNone(d.parseInt):
		fn = d.parseInt
	case !whole && !isNone(d.parseFloat):
		fn = d.parseFloat
	case !whole:
		f, err := strconv.ParseFloat(text, 64)
		if err == nil {
			return python.Float(f), mark, true, nil
		}
	default:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return python.Int(n), mark, true, nil
		}
		fn = python.IntClass // larger than 64 bits
	}
	v, err := python.Call(d.t, fn, []python.Value{python.Str(text)}, nil)
	return v, mark, true, err
}

// str reads a string after its quote.
func (d *decoder) str(i int) (string, int, error) {
	begin := i - 1
	end := strings.IndexAny(d.s[i:], "\"\\")
	if end >= 0 && d.s[i+end] == '"' && !hasControl(d.s[i:i+end]) {
		return d.s[i : i+end], i + end + 1, d.t.Step(end / 64)
	}
	var b []byte
	for {
		if i >= len(d.s) {
			return "", 0, d.fail("Unterminated string starting at", begin)
		}
		from := i
		for i < len(d.s) && d.s[i] != '"' && d.s[i] != '\\' && d.s[i] >= ' ' {
			i++
		}
		if err := d.t.Alloc(int64(2*(i-from)) + 1); err != nil {
			return "", 0, err
		}
		b = append(b, d.s[from:i]...)
		if i >= len(d.s) {
			return "", 0, d.fail("Unterminated string starting at", begin)
		}
		switch c := d.s[i]; c {
		case '"':
			return string(b), i + 1, d.t.Step(1 + len(b)/64)
		case '\\':
			r, next, err := d.escape(i, begin)
			if err != nil {
				return "", 0, err
			}
			b, i = python.AppendRune(b, r), next
		default:
			if d.strict {
				return "", 0, d.fail("Invalid control character at", i)
			}
			b = append(b, c)
			i++
		}
	}
}

func hasControl(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' {
			return true
		}
	}
	return false
}

// escape reads the escape at i.
func (d *decoder) escape(i, begin int) (rune, int, error) {
	if i+1 >= len(d.s) {
		return 0, 0, d.fail("Unterminated string starting at", begin)
	}
	c := d.s[i+1]
	if c != 'u' {
		k := strings.IndexByte(`"\/bfnrt`, c)
		if k < 0 {
			return 0, 0, d.fail("Invalid \\escape", i)
		}
		return rune("\"\\/\b\f\n\r\t"[k]), i + 2, nil
	}
	r, ok := d.hex(i + 2)
	if !ok {
		return 0, 0, d.fail("Invalid \\uXXXX escape", i+1)
	}
	i += 6
	if r >= 0xd800 && r < 0xdc00 && strings.HasPrefix(d.s[i:], `\u`) {
		if low, ok := d.hex(i + 2); ok && low >= 0xdc00 && low < 0xe000 {
			return 0x10000 + (r&0x3ff)<<10 + low&0x3ff, i + 6, nil
		}
	}
	return r, i, nil
}

func (d *decoder) hex(i int) (rune, bool) {
	if i+4 > len(d.s) {
		return 0, false
	}
	var r rune
	for _, c := range []byte(d.s[i : i+4]) {
		v := hexDigit(c)
		if v < 0 {
			return 0, false
		}
		r = r<<4 | rune(v)
	}
	return r, true
}

// hexDigit is the value of a hexadecimal digit, negative for other characters.
func hexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

func (d *decoder) array(i int) (python.Value, int, error) {
	out := python.NewList(nil)
	if i = d.space(i + 1); i < len(d.s) && d.s[i] == ']' {
		return out, i + 1, nil
	}
	for {
		v, next, err := d.value(i)
		if err != nil {
			return nil, 0, err
		}
		if err := out.Append(d.t, v); err != nil {
			return nil, 0, err
		}
		i = d.space(next)
		if i < len(d.s) && d.s[i] == ']' {
			return out, i + 1, nil
		}
		if i >= len(d.s) || d.s[i] != ',' {
			return nil, 0, d.fail("Expecting ',' delimiter", i)
		}
		i = d.space(i + 1)
	}
}

func (d *decoder) object(i int) (python.Value, int, error) {
	dict := python.NewDict(0)
	pairs := python.NewList(nil)
	wantPairs := !isNone(d.pairsHook)
	done := func(end int) (python.Value, int, error) {
		if wantPairs {
			v, err := python.Call(d.t, d.pairsHook, []python.Value{pairs}, nil)
			return v, end, err
		}
		if !isNone(d.objectHook) {
			v, err := python.Call(d.t, d.objectHook, []python.Value{dict}, nil)
			return v, end, err
		}
		return dict, end, nil
	}
	i = d.space(i + 1)
	if i < len(d.s) && d.s[i] == '}' {
		return done(i + 1)
	}
	for {
		if i >= len(d.s) || d.s[i] != '"' {
			return nil, 0, d.fail("Expecting property name enclosed in double quotes", i)
		}
		name, next, err := d.str(i + 1)
		if err != nil {
			return nil, 0, err
		}
		if i = d.space(next); i >= len(d.s) || d.s[i] != ':' {
			return nil, 0, d.fail("Expecting ':' delimiter", i)
		}
		v, next, err := d.value(d.space(i + 1))
		if err != nil {
			return nil, 0, err
		}
		key, ok := d.keys[name]
		if !ok {
			key = python.Str(name)
			d.keys[name] = key
		}
		if wantPairs {
			err = pairs.Append(d.t, python.Tuple{key, v})
		} else {
			err = dict.Set(d.t, key, v)
		}
		if err != nil {
			return nil, 0, err
		}
		i = d.space(next)
		if i < len(d.s) && d.s[i] == '}' {
			return done(i + 1)
		}
		if i >= len(d.s) || d.s[i] != ',' {
			return nil, 0, d.fail("Expecting ',' delimiter", i)
		}
		i = d.space(i + 1)
	}
}
