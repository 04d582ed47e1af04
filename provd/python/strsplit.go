package python

import (
	"slices"
	"strings"
	"unicode/utf8"
)

func addStrSplit(m methodTable) {
	splitter := func(name string, fn func(t *Thread, s, sep string, limit int) ([]Value, error), blank func(t *Thread, s string, limit int) ([]Value, error)) {
		addKw(m, name, func(t *Thread, s Str, args []Value, kwargs []Keyword) (Value, error) {
			var sep Value
			limit := -1
			if err := Unpack(name, args, kwargs, "sep??", &sep, "maxsplit?", &limit); err != nil {
				return nil, err
			}
			if err := strWork(t, len(s)); err != nil {
				return nil, err
			}
			if limit < 0 {
				limit = maxInt
			}
			if sep == nil {
				items, err := blank(t, string(s), limit)
				return NewList(items), err
			}
			by, err := strArg(sep, "must be str or None, not %s")
			if err != nil {
				return nil, err
			}
			if by == "" {
				return nil, ValueErrorf("empty separator")
			}
			items, err := fn(t, string(s), by, limit)
			return NewList(items), err
		})
	}
	splitter("split", splitSep, splitSpace)
	splitter("rsplit", rsplitSep, rsplitSpace)
	addKw(m, "splitlines", func(t *Thread, s Str, args []Value, kwargs []Keyword) (Value, error) {
		keep := false
		if err := Unpack("splitlines", args, kwargs, "keepends?", &keep); err != nil {
			return nil, err
		}
		if err := strWork(t, len(s)); err != nil {
			return nil, err
		}
		lines, err := splitLines(t, string(s), keep, isLineBreak)
		if err != nil {
			return nil, err
		}
		items := make([]Value, len(lines))
		for i, l := range lines {
			items[i] = Str(l)
		}
		return NewList(items), nil
	})
	partition := func(name string, find func(s, sep string) int, last bool) {
		add(m, name, 1, 1, func(t *Thread, s Str, args []Value) (Value, error) {
			sep, err := strArg(args[0], "must be str, not %s")
			if err != nil {
				return nil, err
			}
			if sep == "" {
				return nil, ValueErrorf("empty separator")
			}
			if err := strWork(t, len(s)); err != nil {
				return nil, err
			}
			at := find(string(s), sep)
			switch {
			case at >= 0:
				return Tuple{s[:at], Str(sep), s[at+len(sep):]}, nil
			case last:
				return Tuple{Str(""), Str(""), s}, nil
			}
			return Tuple{s, Str(""), Str("")}, nil
		})
	}
	partition("partition", strings.Index, false)
	partition("rpartition", strings.LastIndex, true)
	add(m, "join", 1, 1, func(t *Thread, s Str, args []Value) (Value, error) { return strJoin(t, string(s), args[0]) })
}

func splitSep(t *Thread, s, sep string, limit int) ([]Value, error) {
	n := min(strings.Count(s, sep), limit)
	if err := chargeItems(t, 2*n+2); err != nil {
		return nil, err
	}
	items := make([]Value, 0, n+1)
	for range n {
		at := strings.Index(s, sep)
		items = append(items, Str(s[:at]))
		s = s[at+len(sep):]
	}
	return append(items, Str(s)), nil
}

func rsplitSep(t *Thread, s, sep string, limit int) ([]Value, error) {
	var items []Value
	for len(items) < limit {
		at := strings.LastIndex(s, sep)
		if at < 0 {
			break
		}
		if err := t.Alloc(2 * valueBytes); err != nil {
			return nil, err
		}
		items = append(items, Str(s[at+len(sep):]))
		s = s[:at]
	}
	items = append(items, Str(s))
	slices.Reverse(items)
	return items, nil
}

// splitSpace is split() at runs of white space.
func splitSpace(t *Thread, s string, limit int) ([]Value, error) {
	parts := make([]Value, 0, 8)
	if isASCII(s) {
		return splitSpaceASCII(t, s, limit, parts)
	}
	for s = trimSpaceLeft(s); s != ""; s = trimSpaceLeft(s) {
		if err := t.Alloc(2 * valueBytes); err != nil {
			return nil, err
		}
		at := strings.IndexFunc(s, isSpace)
		if len(parts) >= limit || at < 0 {
			return append(parts, Str(s)), nil // it keeps its inner and trailing blanks
		}
		parts = append(parts, Str(s[:at]))
		s = s[at:]
	}
	return parts, nil
}

func splitSpaceASCII(t *Thread, s string, limit int, parts []Value) ([]Value, error) {
	for i := 0; ; {
		for i < len(s) && isSpace(rune(s[i])) {
			i++
		}
		if i == len(s) {
			return parts, nil
		}
		if err := t.Alloc(2 * valueBytes); err != nil {
			return nil, err
		}
		if len(parts) >= limit {
			return append(parts, Str(s[i:])), nil
		}
		start := i
		for i < len(s) && !isSpace(rune(s[i])) {
			i++
		}
		parts = append(parts, Str(s[start:i]))
	}
}

func trimSpaceLeft(s string) string { return strings.TrimLeftFunc(s, isSpace) }

func rsplitSpace(t *Thread, s string, limit int) ([]Value, error) {
	var parts []Value
	for s = strings.TrimRightFunc(s, isSpace); s != ""; s = strings.TrimRightFunc(s, isSpace) {
		if err := t.Alloc(2 * valueBytes); err != nil {
			return nil, err
		}
		at := strings.LastIndexFunc(s, isSpace)
		if len(parts) >= limit || at < 0 {
			parts = append(parts, Str(s))
			break
		}
		_, n := utf8.DecodeRuneInString(s[at:])
		parts = append(parts, Str(s[at+n:]))
		s = s[:at]
	}
	slices.Reverse(parts)
	return parts, nil
}

// splitLines splits at the boundaries that isBreak knows.
func splitLines(t *Thread, s string, keep bool, isBreak func(r rune) bool) ([]string, error) {
	var lines []string
	for s != "" {
		if err := t.Alloc(2 * valueBytes); err != nil {
			return nil, err
		}
		end, next := len(s), len(s)
		if at := strings.IndexFunc(s, isBreak); at >= 0 {
			_, n := utf8.DecodeRuneInString(s[at:])
			end, next = at, at+n
			if s[at] == '\r' && strings.HasPrefix(s[next:], "\n") {
				next++
			}
		}
		if keep {
			end = next
		}
		lines = append(lines, s[:end])
		s = s[next:]
	}
	return lines, nil
}

func isLineBreak(r rune) bool {
	switch r {
	case '\n', '\r', '\v', '\f', 0x1c, 0x1d, 0x1e, 0x85, 0x2028, 0x2029:
		return true
	}
	return false
}

func strJoin(t *Thread, sep string, iterable Value) (Value, error) {
	var items []Value
	switch v := iterable.(type) {
	case *List:
		items = v.items
	case Tuple:
		items = v
	default:
		if !isIterable(v) {
			return nil, TypeErrorf("can only join an iterable")
		}
		var err error
		if items, err = ListOf(t, v); err != nil {
			return nil, err
		}
	}
	if err := t.Step(len(items) / 4); err != nil {
		return nil, err
	}
	size := int64(len(sep)) * int64(max(len(items)-1, 0))
	for i, v := range items {
		s, ok := v.(Str)
		if !ok {
			s, ok = Native(v).(Str)
		}
		if !ok {
			return nil, TypeErrorf("sequence item %d: expected str instance, %s found", i, TypeName(v))
		}
		size += int64(len(s))
	}
	if err := t.Alloc(size); err != nil {
		return nil, err
	}
	var b strings.Builder
	b.Grow(int(size))
	for i, v := range items {
		if i > 0 {
			b.WriteString(sep)
		}
		s, ok := v.(Str)
		if !ok {
			s, _ = Native(v).(Str)
		}
		b.WriteString(string(s))
	}
	return Str(b.String()), nil
}
