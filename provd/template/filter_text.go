package template

import (
	"math"
	"strconv"
	"strings"
	"unicode"

	"provbox/provd/python"
)

// isSpace is Python's str.isspace for one character.
func isSpace(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f }

// isWordChar is \w in Python's regular expressions.
func isWordChar(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }

// plain is the text of str(v).
func (in *invocation) plain(v python.Value) (python.Value, error) {
	s, err := toStr(in.t, v)
	return python.Str(s), err
}

func filterTitle(in *invocation, v python.Value) (python.Value, error) {
	s, err := toStr(in.t, v)
	if err != nil {
		return nil, err
	}
	if err := in.t.Alloc(4 * int64(len(s))); err != nil {
		return nil, err
	}
	// A word begins after the start, white space and opening brackets.
	var b strings.Builder
	for len(s) > 0 {
		n := strings.IndexFunc(s, startsWord)
		if n == 0 {
			n = strings.IndexFunc(s, func(r rune) bool { return !startsWord(r) })
			if n < 0 {
				n = len(s)
			}
			b.WriteString(s[:n])
			s = s[n:]
			continue
		}
		if n < 0 {
			n = len(s)
		}
		first := len(string([]rune(s[:n])[:1]))
		for _, part := range []struct{ text, method string }{{s[:first], "upper"}, {s[first:n], "lower"}} {
			cased, err := in.textMethod(python.Str(part.text), part.method)
			if err != nil {
				return nil, err
			}
			text, err := toStr(in.t, cased)
			if err != nil {
				return nil, err
			}
			b.WriteString(text)
		}
		s = s[n:]
	}
	return python.Str(b.String()), nil
}

// startsWord tells the characters after which the title filter sees a new word.
func startsWord(r rune) bool { return isSpace(r) || strings.ContainsRune("-({[<", r) }

func filterCenter(in *invocation) (python.Value, error) {
	var v python.Value
	var width python.Value = python.Int(80)
	if err := in.unpack("value", &v, "width?", &width); err != nil {
		return nil, err
	}
	return in.textMethod(v, "center", width)
}

func filterTrim(in *invocation) (python.Value, error) {
	var v python.Value
	var chars python.Value = python.None
	if err := in.unpack("value", &v, "chars?", &chars); err != nil {
		return nil, err
	}
	return in.textMethod(v, "strip", chars)
}

func filterReplace(in *invocation) (python.Value, error) {
	var v, old, new python.Value
	var count python.Value = python.None
	if err := in.unpack("s", &v, "old", &old, "new", &new, "count?", &count); err != nil {
		return nil, err
	}
	if count == python.None {
		count = python.Int(-1)
	}
	text := in.plain
	if in.escaping() {
		text = func(v python.Value) (python.Value, error) { return softStr(in.t, v) }
		escape, err := in.replaceEscapes(v, old, new)
		if err != nil {
			return nil, err
		}
		if escape {
			s, err := escaped(in.t, v)
			if err != nil {
				return nil, err
			}
			v = markup(s)
		}
	}
	var err error
	for _, p := range []*python.Value{&v, &old, &new} {
		if *p, err = text(*p); err != nil {
			return nil, err
		}
	}
	return python.CallMethod(in.t, v, "replace", old, new, count)
}

// replaceEscapes tells whether replace must escape the text first.
func (in *invocation) replaceEscapes(v, old, new python.Value) (bool, error) {
	oldSafe, err := isSafe(in.t, old)
	if err != nil || oldSafe {
		return oldSafe, err
	}
	newSafe, err := isSafe(in.t, new)
	if err != nil || !newSafe {
		return false, err
	}
	safe, err := isSafe(in.t, v)
	return !safe, err
}

func filterJoin(in *invocation) (python.Value, error) {
	var v python.Value
	var sep, attr python.Value = python.Str(""), python.None
	if err := in.unpack("value", &v, "d?", &sep, "attribute?", &attr); err != nil {
		return nil, err
	}
	if attr != python.None {
		v = mapped(v, newGetter(attr, false))
	}
	items, err := python.ListOf(in.t, v)
	if err != nil {
		return nil, err
	}
	if in.escaping() {
		return in.joinSafe(items, sep)
	}
	d, err := toStr(in.t, sep)
	if err != nil {
		return nil, err
	}
	return in.joinTexts(items, d, toStr)
}

func (in *invocation) joinTexts(items []python.Value, sep string, text func(*python.Thread, python.Value) (string, error)) (python.Value, error) {
	parts := make([]string, len(items))
	size := 0
	for i, item := range items {
		s, err := text(in.t, item)
		if err != nil {
			return nil, err
		}
		parts[i] = s
		size += len(s) + len(sep)
	}
	if err := in.t.Alloc(int64(size)); err != nil {
		return nil, err
	}
	return python.Str(strings.Join(parts, sep)), nil
}

// joinSafe joins where escaping is on: one safe part makes the result safe.
func (in *invocation) joinSafe(items []python.Value, sep python.Value) (python.Value, error) {
	safe, err := isSafe(in.t, sep)
	for i := 0; i < len(items) && err == nil && !safe; i++ {
		safe, err = isSafe(in.t, items[i])
	}
	if err != nil {
		return nil, err
	}
	text := toStr
	if safe {
		text = escaped
	}
	d, err := text(in.t, sep)
	if err != nil {
		return nil, err
	}
	v, err := in.joinTexts(items, d, text)
	if s, ok := v.(python.Str); ok && safe {
		return markup(string(s)), nil
	}
	return v, err
}

func filterFormat(in *invocation) (python.Value, error) {
	if len(in.args) == 0 {
		return nil, python.TypeErrorf("do_format() missing 1 required positional argument: 'value'")
	}
	if len(in.args) > 1 && len(in.kwargs) > 0 {
		return nil, python.Raise(FilterArgumentError, "can't handle positional and keyword arguments at the same time")
	}
	format, err := softStr(in.t, in.args[0])
	if err != nil {
		return nil, err
	}
	if len(in.kwargs) == 0 {
		return python.Binary(in.t, python.OpMod, format, python.Tuple(in.args[1:]))
	}
	d := python.NewDict(len(in.kwargs))
	for _, k := range in.kwargs {
		if err := d.Set(in.t, python.Str(k.Name), k.Value); err != nil {
			return nil, err
		}
	}
	return python.Binary(in.t, python.OpMod, format, d)
}

func filterIndent(in *invocation) (python.Value, error) {
	var v python.Value
	var width, first, blank python.Value = python.Int(4), python.False, python.False
	if err := in.unpack("s", &v, "width?", &width, "first?", &first, "blank?", &blank); err != nil {
		return nil, err
	}
	prefix, ok := python.Native(width).(python.Str)
	if !ok {
		spaces, err := python.Binary(in.t, python.OpMul, python.Str(" "), width)
		if err != nil {
			return nil, err
		}
		prefix, _ = spaces.(python.Str)
	}
	_, safe := isMarkup(v)
	text, ok := python.Native(v).(python.Str)
	if !ok {
		// s += newline fails for everything that is not a text.
		sum, err := python.Binary(in.t, python.OpAdd, v, python.Str("\n"))
		if err == nil {
			err = python.AttributeErrorf("'%s' object has no attribute 'splitlines'", python.TypeName(sum))
		}
		return nil, err
	}
	always, err := truth(in.t, blank)
	if err != nil {
		return nil, err
	}
	atFirst, err := truth(in.t, first)
	if err != nil {
		return nil, err
	}
	s, err := indented(in.t, string(text), string(prefix), atFirst, always)
	if err != nil {
		return nil, err
	}
	if safe {
		return markup(s), nil
	}
	return python.Str(s), nil
}

func indented(t *python.Thread, text, prefix string, first, blank bool) (string, error) {
	if err := t.Alloc(int64(len(text)) + 1); err != nil {
		return "", err
	}
	lines, err := python.CallMethod(t, python.Str(text+"\n"), "splitlines")
	if err != nil {
		return "", err
	}
	list, err := python.ListOf(t, lines)
	if err != nil {
		return "", err
	}
	if err := t.Alloc(int64(len(list))*int64(len(prefix)+1) + int64(len(text))); err != nil {
		return "", err
	}
	var b strings.Builder
	for i, line := range list {
		s, _ := line.(python.Str)
		if i > 0 {
			b.WriteByte('\n')
		}
		if i == 0 && first || i > 0 && (blank || s != "") {
			b.WriteString(prefix)
		}
		b.WriteString(string(s))
	}
	return b.String(), nil
}

// defaultLeeway is the policy truncate.leeway.
const defaultLeeway = 5

func filterTruncate(in *invocation) (python.Value, error) {
	var s python.Value
	var length, kill, end, leeway python.Value = python.Int(255), python.False, python.Str("..."), python.None
	err := in.unpack("s", &s, "length?", &length, "killwords?", &kill, "end?", &end, "leeway?", &leeway)
	if err != nil {
		return nil, err
	}
	if leeway == python.None {
		leeway = python.Int(defaultLeeway)
	}
	endLen, err := python.Len(in.t, end)
	if err != nil {
		return nil, err
	}
	if err := in.assertAtLeast("length", length, endLen); err != nil {
		return nil, err
	}
	if err := in.assertAtLeast("leeway", leeway, 0); err != nil {
		return nil, err
	}
	n, err := python.Len(in.t, s)
	if err != nil {
		return nil, err
	}
	most, err := python.Binary(in.t, python.OpAdd, length, leeway)
	if err != nil {
		return nil, err
	}
	short, err := python.CompareBool(in.t, python.OpLe, python.Int(n), most)
	if err != nil || short {
		return s, err
	}
	stop, err := python.Binary(in.t, python.OpSub, length, python.Int(endLen))
	if err != nil {
		return nil, err
	}
	head, err := python.GetItem(in.t, s, &python.Slice{Start: python.None, Stop: stop, Step: python.None})
	if err != nil {
		return nil, err
	}
	whole, err := truth(in.t, kill)
	if err != nil {
		return nil, err
	}
	if !whole {
		parts, err := python.CallMethod(in.t, head, "rsplit", python.Str(" "), python.Int(1))
		if err != nil {
			return nil, err
		}
		if head, err = python.GetItem(in.t, parts, python.Int(0)); err != nil {
			return nil, err
		}
	}
	return python.Binary(in.t, python.OpAdd, head, end)
}

func (in *invocation) assertAtLeast(what string, v python.Value, least int) error {
	ok, err := python.CompareBool(in.t, python.OpGe, v, python.Int(least))
	if err != nil || ok {
		return err
	}
	got, err := toStr(in.t, v)
	if err != nil {
		return err
	}
	return python.Raise(python.AssertionError, "expected %s >= %d, got %s", what, least, got)
}

func filterWordcount(in *invocation, v python.Value) (python.Value, error) {
	s, err := toStr(in.t, v)
	if err != nil {
		return nil, err
	}
	n, inside := 0, false
	for _, r := range s {
		word := isWordChar(r)
		if word && !inside {
			n++
		}
		inside = word
	}
	return python.NewInt(n), nil
}

func filterFilesizeformat(in *invocation) (python.Value, error) {
	var v python.Value
	var binary python.Value = python.False
	if err := in.unpack("value", &v, "binary?", &binary); err != nil {
		return nil, err
	}
	f, err := python.Call(in.t, python.FloatClass, []python.Value{v}, nil)
	if err != nil {
		return nil, err
	}
	x, _ := f.(python.Float)
	iec, err := truth(in.t, binary)
	if err != nil {
		return nil, err
	}
	base, suffix := 1000.0, "B"
	if iec {
		base, suffix = 1024, "iB"
	}
	bytes := float64(x)
	if bytes == 1 {
		return python.Str("1 Byte"), nil
	}
	if bytes < base {
		n, err := python.Call(in.t, python.IntClass, []python.Value{f}, nil)
		if err != nil {
			return nil, err
		}
		s, err := toStr(in.t, n)
		return python.Str(s + " Bytes"), err
	}
	const prefixes = "kMGTPEZY"
	for i := range len(prefixes) {
		unit := math.Pow(base, float64(i+2))
		if bytes < unit || i == len(prefixes)-1 {
			prefix := prefixes[i : i+1]
			if iec {
				prefix = strings.ToUpper(prefix)
			}
			return python.Str(pythonFixed(base*bytes/unit) + " " + prefix + suffix), nil
		}
	}
	return python.Str(""), nil
}

// pythonFixed formats with one decimal as Python's format does.
func pythonFixed(x float64) string {
	switch {
	case math.IsNaN(x):
		return "nan"
	case math.IsInf(x, 0):
		return "inf"
	}
	return strconv.FormatFloat(x, 'f', 1, 64)
}

// integral is math.ceil or math.floor.
func integral(t *python.Thread, v python.Value, ceil bool) (python.Value, error) {
	if python.IsInstance(v, python.IntClass) {
		return v, nil
	}
	x, ok := python.Native(v).(python.Float)
	if !ok {
		return nil, python.TypeErrorf("must be real number, not %s", python.TypeName(v))
	}
	f := math.Floor(float64(x))
	if ceil {
		f = math.Ceil(float64(x))
	}
	return python.Call(t, python.IntClass, []python.Value{python.Float(f)}, nil)
}
