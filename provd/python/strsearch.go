package python

import "strings"

// strSpan is the part of a string that optional start and end arguments select.
type strSpan struct {
	s      string
	from   int // byte offset of the part
	first  int // its first code point
	absent bool
}

// spanOf resolves the start and end arguments of find, count, startswith...
func spanOf(t *Thread, s string, args []Value) (strSpan, error) {
	if len(args) == 0 {
		return strSpan{s: s}, nil
	}
	if err := t.long(len(s)); err != nil {
		return strSpan{}, err
	}
	n := strLen(s)
	by := Slice{None, None, None}
	by.Start = args[0]
	if len(args) > 1 {
		by.Stop = args[1]
	}
	start, stop, _, err := by.indices(t, n)
	if err != nil {
		return strSpan{}, err
	}
	if first, ok, err := clampIndex(t, by.Start); err != nil {
		return strSpan{}, err
	} else if start > stop || ok && first > n {
		return strSpan{absent: true}, nil
	}
	from := byteOffset(s, start)
	to := from + byteOffset(s[from:], stop-start)
	return strSpan{s: s[from:to], from: from, first: start}, nil
}

func strContains(t *Thread, s, sub string) (bool, error) {
	if err := strWork(t, len(s)); err != nil {
		return false, err
	}
	return strings.Contains(s, sub), nil
}

func addStrSearch(m methodTable) {
	search := func(name string, last, must bool) {
		add(m, name, 1, 3, func(t *Thread, s Str, args []Value) (Value, error) {
			if err := strWork(t, len(s)); err != nil {
				return nil, err
			}
			span, err := spanOf(t, string(s), args[1:])
			if err != nil {
				return nil, err
			}
			sub, err := strArg(args[0], "must be str, not %s")
			if err != nil {
				return nil, err
			}
			at := -1
			if !span.absent {
				if last {
					at = strings.LastIndex(span.s, sub)
				} else {
					at = strings.Index(span.s, sub)
				}
			}
			if at < 0 {
				if must {
					return nil, ValueErrorf("substring not found")
				}
				return newInt64(-1), nil
			}
			return NewInt(span.first + strLen(span.s[:at])), nil
		})
	}
	search("find", false, false)
	search("rfind", true, false)
	search("index", false, true)
	search("rindex", true, true)
	add(m, "count", 1, 3, func(t *Thread, s Str, args []Value) (Value, error) {
		if err := strWork(t, len(s)); err != nil {
			return nil, err
		}
		span, err := spanOf(t, string(s), args[1:])
		if err != nil {
			return nil, err
		}
		sub, err := strArg(args[0], "must be str, not %s")
		switch {
		case err != nil:
			return nil, err
		case span.absent:
			return newInt64(0), nil
		case sub == "":
			return NewInt(strLen(span.s) + 1), nil
		}
		return NewInt(strings.Count(span.s, sub)), nil
	})
	addAffix(m, "startswith", strings.HasPrefix)
	addAffix(m, "endswith", strings.HasSuffix)
	add(m, "removeprefix", 1, 1, func(_ *Thread, s Str, args []Value) (Value, error) {
		p, err := strArg(args[0], "removeprefix() argument must be str, not %s")
		return Str(strings.TrimPrefix(string(s), p)), err
	})
	add(m, "removesuffix", 1, 1, func(_ *Thread, s Str, args []Value) (Value, error) {
		p, err := strArg(args[0], "removesuffix() argument must be str, not %s")
		return Str(strings.TrimSuffix(string(s), p)), err
	})
}

func addAffix(m methodTable, name string, has func(s, affix string) bool) {
	add(m, name, 1, 3, func(t *Thread, s Str, args []Value) (Value, error) {
		span, err := spanOf(t, string(s), args[1:])
		if err != nil {
			return nil, err
		}
		switch affix := Native(args[0]).(type) {
		case Str:
			return Bool(!span.absent && has(span.s, string(affix))), nil
		case Tuple:
			for _, v := range affix {
				if err := t.Step(1); err != nil {
					return nil, err
				}
				a, ok := Native(v).(Str)
				if !ok {
					return nil, TypeErrorf("tuple for %s must only contain str, not %s", name, TypeName(v))
				}
				if !span.absent && has(span.s, string(a)) {
					return True, nil
				}
			}
			return False, nil
		}
		return nil, TypeErrorf("%s first arg must be str or a tuple of str, not %s", name, TypeName(args[0]))
	})
}
