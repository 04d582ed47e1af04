package python

import "strings"

func addStrEdit(m methodTable) {
	add(m, "replace", 2, 3, strReplace)
	strip := func(name string, left, right bool) {
		add(m, name, 0, 1, func(t *Thread, s Str, args []Value) (Value, error) {
			if err := strWork(t, len(s)); err != nil {
				return nil, err
			}
			cut := isSpace
			if len(args) == 1 && args[0] != Value(None) {
				chars, ok := Native(args[0]).(Str)
				if !ok {
					return nil, TypeErrorf("%s arg must be None or str", name)
				}
				set := string(chars)
				if err := t.Step(len(set) / 16); err != nil {
					return nil, err
				}
				if isASCII(set) {
					return Str(stripASCII(string(s), set, left, right)), nil
				}
				if err := t.allocN(int64(len(set)), 16); err != nil {
					return nil, err
				}
				members := make(map[rune]bool)
				for _, r := range decodeRunes(set) {
					members[r] = true
				}
				cut = func(r rune) bool { return members[r] }
			}
			return Str(stripFunc(string(s), cut, left, right)), nil
		})
		full := m.m[name]
		m.m[name] = func(t *Thread, self Value, args []Value, kwargs []Keyword) (Value, error) {
			if len(args)+len(kwargs) == 0 && isStripped(self) {
				return self, nil // without a new object for it
			}
			return full(t, self, args, kwargs)
		}
	}
	strip("strip", true, true)
	strip("lstrip", true, false)
	strip("rstrip", false, true)
	add(m, "translate", 1, 1, strTranslate)
	addKw(m, "encode", func(t *Thread, s Str, args []Value, kwargs []Keyword) (Value, error) {
		encoding, errors := "utf-8", "strict"
		if err := Unpack("encode", args, kwargs, "encoding?", &encoding, "errors?", &errors); err != nil {
			return nil, err
		}
		b, err := encodeStr(t, string(s), encoding, errors)
		return Bytes(b), err
	})
	addKw(m, "format", func(t *Thread, s Str, args []Value, kwargs []Keyword) (Value, error) {
		return text(StrFormat(t, string(s), args, kwargs))
	})
	add(m, "format_map", 1, 1, func(t *Thread, s Str, args []Value) (Value, error) {
		return text(StrFormatMap(t, string(s), args[0]))
	})
	addKw(m, "expandtabs", func(t *Thread, s Str, args []Value, kwargs []Keyword) (Value, error) {
		size := 8
		if err := Unpack("expandtabs", args, kwargs, "tabsize?", &size); err != nil {
			return nil, err
		}
		return text(expandTabs(t, string(s), size, strLen))
	})
}

// isStripped reports that a string begins and ends with a letter, digit or sign of
// ASCII, so that there is no space to take off.
func isStripped(v Value) bool {
	s, ok := v.(Str)
	if !ok || s == "" {
		return ok
	}
	first, last := s[0], s[len(s)-1]
	return first > ' ' && first < 0x7f && last > ' ' && last < 0x7f
}

func stripASCII(s, set string, left, right bool) string {
	var in [256]bool
	for i := range len(set) {
		in[set[i]] = true
	}
	for left && s != "" && in[s[0]] {
		s = s[1:]
	}
	for right && s != "" && in[s[len(s)-1]] {
		s = s[:len(s)-1]
	}
	return s
}

func stripFunc(s string, cut func(r rune) bool, left, right bool) string {
	for left && s != "" {
		r, n := DecodeRune(s)
		if !cut(r) {
			break
		}
		s = s[n:]
	}
	for right && s != "" {
		r, n := decodeLastRune(s)
		if !cut(r) {
			break
		}
		s = s[:len(s)-n]
	}
	return s
}

func strReplace(t *Thread, s Str, args []Value) (Value, error) {
	old, err := strArg(args[0], "replace() argument 1 must be str, not %s")
	if err != nil {
		return nil, err
	}
	with, err := strArg(args[1], "replace() argument 2 must be str, not %s")
	if err != nil {
		return nil, err
	}
	count := -1
	if len(args) == 3 {
		if count, err = indexArg(t, args[2]); err != nil {
			return nil, err
		}
	}
	if err := strWork(t, len(s)); err != nil {
		return nil, err
	}
	n := strings.Count(string(s), old)
	if old == "" {
		n = strLen(string(s)) + 1
	}
	if count >= 0 {
		n = min(n, count)
	}
	if n == 0 {
		return s, nil
	}
	if err := t.allocN(int64(n), int64(len(with))); err != nil {
		return nil, err
	}
	if err := t.Alloc(int64(len(s))); err != nil {
		return nil, err
	}
	if old != "" || isASCII(string(s)) {
		return Str(strings.Replace(string(s), old, with, n)), nil
	}
	var b strings.Builder
	rest := string(s)
	for i := range n {
		b.WriteString(with)
		if rest == "" {
			break
		}
		if i < n {
			_, size := DecodeRune(rest)
			b.WriteString(rest[:size])
			rest = rest[size:]
		}
	}
	b.WriteString(rest)
	return Str(b.String()), nil
}

// expandTabs replaces tabs; width measures a text.
func expandTabs(t *Thread, s string, size int, width func(s string) int) (string, error) {
	if err := strWork(t, len(s)); err != nil {
		return "", err
	}
	var b strings.Builder
	col := 0
	for s != "" {
		at := strings.IndexAny(s, "\t\n\r")
		if at < 0 {
			at = len(s)
		}
		if err := t.Alloc(int64(at) + 1); err != nil {
			return "", err
		}
		b.WriteString(s[:at])
		col += width(s[:at])
		if at == len(s) {
			break
		}
		switch c := s[at]; {
		case c == '\t' && size > 0:
			pad := size - col%size
			if err := t.Alloc(int64(pad)); err != nil {
				return "", err
			}
			b.WriteString(strings.Repeat(" ", pad))
			col += pad
		case c != '\t':
			b.WriteByte(c)
			col = 0
		}
		s = s[at+1:]
	}
	return b.String(), nil
}
