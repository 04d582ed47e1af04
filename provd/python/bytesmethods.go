package python

import (
	"slices"
	"strings"
)

// bytesLike gives the content of bytes or of a bytearray.
func bytesLike(v Value) (string, bool) {
	switch b := Native(v).(type) {
	case Bytes:
		return string(b), true
	case *ByteArray:
		return string(b.data), true
	}
	return "", false
}

// bytesArg converts an argument that must be bytes.
func bytesArg(v Value) (string, error) {
	if b, ok := bytesLike(v); ok {
		return b, nil
	}
	return "", TypeErrorf("a bytes-like object is required, not '%s'", TypeName(v))
}

func bytesContains(t *Thread, b Bytes, item Value) (bool, error) {
	if err := strWork(t, len(b)); err != nil {
		return false, err
	}
	sub, err := bytesNeedle(t, item)
	if err != nil {
		return false, err
	}
	return strings.Contains(string(b), sub), nil
}

// bytesNeedle converts what can be looked for in bytes: bytes or one byte as an
// int.
func bytesNeedle(t *Thread, v Value) (string, error) {
	i, ok, err := clampIndex(t, v)
	if err != nil {
		return "", err
	}
	if !ok {
		return bytesArg(v)
	}
	if i < 0 || i > 255 {
		return "", ValueErrorf("byte must be in range(0, 256)")
	}
	return string([]byte{byte(i)}), nil
}

// bytesSought is bytesNeedle for the methods, which word a refusal otherwise
// than the operator in does.
func bytesSought(t *Thread, v Value) (string, error) {
	if _, ok := bytesLike(v); !ok {
		if _, ok, err := clampIndex(t, v); err == nil && !ok {
			return "", TypeErrorf("argument should be integer or bytes-like object, not '%s'", TypeName(v))
		}
	}
	return bytesNeedle(t, v)
}

// bytesSpan resolves optional start and end arguments.
func bytesSpan(t *Thread, b string, args []Value) (part string, from int, absent bool, err error) {
	by := Slice{None, None, None}
	if len(args) > 0 {
		by.Start = args[0]
	}
	if len(args) > 1 {
		by.Stop = args[1]
	}
	start, stop, _, err := by.indices(t, len(b))
	if err != nil || start > stop {
		return "", 0, true, err
	}
	if first, ok, err := clampIndex(t, by.Start); err != nil || ok && first > len(b) {
		return "", 0, true, err
	}
	return b[start:stop], start, false, nil
}

func addBytesSearch(m methodTable) {
	search := func(name string, find func(s, sub string) int, must bool) {
		add(m, name, 1, 3, func(t *Thread, b Bytes, args []Value) (Value, error) {
			if err := strWork(t, len(b)); err != nil {
				return nil, err
			}
			part, from, absent, err := bytesSpan(t, string(b), args[1:])
			if err != nil {
				return nil, err
			}
			sub, err := bytesSought(t, args[0])
			if err != nil {
				return nil, err
			}
			if i := find(part, sub); i >= 0 && !absent {
				return NewInt(from + i), nil
			}
			if must {
				return nil, ValueErrorf("subsection not found")
			}
			return newInt64(-1), nil
		})
	}
	search("find", strings.Index, false)
	search("rfind", strings.LastIndex, false)
	search("index", strings.Index, true)
	search("rindex", strings.LastIndex, true)
	add(m, "count", 1, 3, func(t *Thread, b Bytes, args []Value) (Value, error) {
		if err := strWork(t, len(b)); err != nil {
			return nil, err
		}
		part, _, absent, err := bytesSpan(t, string(b), args[1:])
		if err != nil {
			return nil, err
		}
		sub, err := bytesSought(t, args[0])
		switch {
		case err != nil:
			return nil, err
		case absent:
			return newInt64(0), nil
		case sub == "":
			return NewInt(len(part) + 1), nil
		}
		return NewInt(strings.Count(part, sub)), nil
	})
	affix := func(name string, has func(s, affix string) bool) {
		add(m, name, 1, 3, func(t *Thread, b Bytes, args []Value) (Value, error) {
			part, _, absent, err := bytesSpan(t, string(b), args[1:])
			if err != nil {
				return nil, err
			}
			options, ok := Native(args[0]).(Tuple)
			if !ok {
				if _, ok := bytesLike(args[0]); !ok {
					return nil, TypeErrorf("%s first arg must be bytes or a tuple of bytes, not %s", name, TypeName(args[0]))
				}
				options = Tuple{args[0]}
			}
			for _, o := range options {
				a, err := bytesArg(o)
				if err != nil {
					return nil, err
				}
				if !absent && has(part, a) {
					return True, nil
				}
			}
			return False, nil
		})
	}
	affix("startswith", strings.HasPrefix)
	affix("endswith", strings.HasSuffix)
}

// asBytes turns the strings of a list into bytes, in place.
func asBytes(items []Value) Value {
	for i, v := range items {
		if s, ok := v.(Str); ok {
			items[i] = Bytes(s)
		}
	}
	return NewList(items)
}

func isByteSpace(r rune) bool { return r == ' ' || r >= '\t' && r <= '\r' }

// byteSpaces are the bytes that are white space.
const byteSpaces = " \t\n\r\v\f"

func splitBytesSpace(t *Thread, s, spaces string, limit int) ([]Value, error) {
	var items []Value
	for s = strings.TrimLeft(s, spaces); s != ""; s = strings.TrimLeft(s, spaces) {
		if err := t.Alloc(2 * valueBytes); err != nil {
			return nil, err
		}
		at := strings.IndexAny(s, spaces)
		if at < 0 || len(items) >= limit {
			return append(items, Str(s)), nil
		}
		items = append(items, Str(s[:at]))
		s = s[at:]
	}
	return items, nil
}

func rsplitBytesSpace(t *Thread, s, spaces string, limit int) ([]Value, error) {
	var items []Value
	for s = strings.TrimRight(s, spaces); s != ""; s = strings.TrimRight(s, spaces) {
		if err := t.Alloc(2 * valueBytes); err != nil {
			return nil, err
		}
		at := strings.LastIndexAny(s, spaces)
		if at < 0 || len(items) >= limit {
			items = append(items, Str(s))
			break
		}
		items = append(items, Str(s[at+1:]))
		s = s[:at]
	}
	slices.Reverse(items)
	return items, nil
}

func addBytesSplit(m methodTable) {
	splitter := func(name string, fn, blank func(t *Thread, s, sep string, limit int) ([]Value, error)) {
		addKw(m, name, func(t *Thread, b Bytes, args []Value, kwargs []Keyword) (Value, error) {
			var sep Value
			limit := -1
			if err := Unpack(name, args, kwargs, "sep??", &sep, "maxsplit?", &limit); err != nil {
				return nil, err
			}
			if err := strWork(t, len(b)); err != nil {
				return nil, err
			}
			if limit < 0 {
				limit = maxInt
			}
			if sep == nil {
				items, err := blank(t, string(b), byteSpaces, limit)
				return asBytes(items), err
			}
			by, err := bytesArg(sep)
			if err != nil {
				return nil, err
			}
			if by == "" {
				return nil, ValueErrorf("empty separator")
			}
			items, err := fn(t, string(b), by, limit)
			return asBytes(items), err
		})
	}
	splitter("split", splitSep, splitBytesSpace)
	splitter("rsplit", rsplitSep, rsplitBytesSpace)
	addKw(m, "splitlines", func(t *Thread, b Bytes, args []Value, kwargs []Keyword) (Value, error) {
		keep := false
		if err := Unpack("splitlines", args, kwargs, "keepends?", &keep); err != nil {
			return nil, err
		}
		if err := strWork(t, len(b)); err != nil {
			return nil, err
		}
		lines, err := splitLines(t, string(b), keep, func(r rune) bool { return r == '\n' || r == '\r' })
		if err != nil {
			return nil, err
		}
		items := make([]Value, len(lines))
		for i, l := range lines {
			items[i] = Bytes(l)
		}
		return NewList(items), nil
	})
	partition := func(name string, find func(s, sep string) int, last bool) {
		add(m, name, 1, 1, func(_ *Thread, b Bytes, args []Value) (Value, error) {
			sep, err := bytesArg(args[0])
			if err != nil {
				return nil, err
			}
			if sep == "" {
				return nil, ValueErrorf("empty separator")
			}
			at := find(string(b), sep)
			switch {
			case at >= 0:
				return Tuple{b[:at], args[0], b[at+len(sep):]}, nil
			case last:
				return Tuple{Bytes(""), Bytes(""), b}, nil
			}
			return Tuple{b, Bytes(""), Bytes("")}, nil
		})
	}
	partition("partition", strings.Index, false)
	partition("rpartition", strings.LastIndex, true)
	add(m, "join", 1, 1, func(t *Thread, b Bytes, args []Value) (Value, error) {
		if !isIterable(args[0]) {
			return nil, TypeErrorf("can only join an iterable")
		}
		items, err := ListOf(t, args[0])
		if err != nil {
			return nil, err
		}
		parts := make([]string, len(items))
		size := int64(len(b)) * int64(len(items))
		for i, v := range items {
			p, ok := bytesLike(v)
			if !ok {
				return nil, TypeErrorf("sequence item %d: expected a bytes-like object, %s found", i, TypeName(v))
			}
			parts[i] = p
			size += int64(len(p))
		}
		if err := t.Alloc(size); err != nil {
			return nil, err
		}
		return Bytes(strings.Join(parts, string(b))), nil
	})
}

func addBytesEdit(m methodTable) {
	strip := func(name string, left, right bool) {
		add(m, name, 0, 1, func(t *Thread, b Bytes, args []Value) (Value, error) {
			set := byteSpaces
			if len(args) == 1 && args[0] != Value(None) {
				var err error
				if set, err = bytesArg(args[0]); err != nil {
					return nil, err
				}
			}
			return Bytes(stripASCII(string(b), set, left, right)), strWork(t, len(b))
		})
	}
	strip("strip", true, true)
	strip("lstrip", true, false)
	strip("rstrip", false, true)
	add(m, "replace", 2, 3, func(t *Thread, b Bytes, args []Value) (Value, error) {
		old, err := bytesArg(args[0])
		if err != nil {
			return nil, err
		}
		with, err := bytesArg(args[1])
		if err != nil {
			return nil, err
		}
		n := strings.Count(string(b), old)
		if old == "" {
			n = len(b) + 1
		}
		if len(args) == 3 {
			count, err := indexArg(t, args[2])
			if err != nil {
				return nil, err
			}
			if count >= 0 {
				n = min(n, count)
			}
		}
		if err := t.allocN(int64(n), int64(len(with))); err != nil {
			return nil, err
		}
		if err := t.Alloc(int64(len(b))); err != nil {
			return nil, err
		}
		if old != "" {
			return Bytes(strings.Replace(string(b), old, with, n)), nil
		}
		var out strings.Builder
		for i := 0; i <= len(b); i++ {
			if i < n {
				out.WriteString(with)
			}
			if i < len(b) {
				out.WriteByte(b[i])
			}
		}
		return Bytes(out.String()), nil
	})
	add(m, "removeprefix", 1, 1, func(_ *Thread, b Bytes, args []Value) (Value, error) {
		p, err := bytesArg(args[0])
		return Bytes(strings.TrimPrefix(string(b), p)), err
	})
	add(m, "removesuffix", 1, 1, func(_ *Thread, b Bytes, args []Value) (Value, error) {
		p, err := bytesArg(args[0])
		return Bytes(strings.TrimSuffix(string(b), p)), err
	})
}
