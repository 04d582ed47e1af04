package template

import (
	"slices"
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
		return python.Binary(in.t, python.OpMod, format, python.Tuple(slices.Clone(in.args[1:])))
	}
	d := python.NewDict(len(in.kwargs))
	for _, k := range in.kwargs {
		if err := d.Set(in.t, python.Str(k.Name), k.Value); err != nil {
			return nil, err
		}
	}
	return python.Binary(in.t, python.OpMod, format, d)
}
