package python

import "strings"

// linkStr defines str.
func linkStr() {
	m := newMethodTable("str")
	addCommon(m, "__len__", "__iter__", "__contains__", "__getitem__", "__hash__", "__repr__", "__str__", "__format__")
	addBinary(m, false, OpAdd, OpMul)
	addBinary(m, true, OpMod, OpMul)
	addCompare(m, OpEq, OpNe, OpLt, OpLe, OpGt, OpGe)
	addStrTests(m)
	addStrCase(m)
	addStrSearch(m)
	addStrSplit(m)
	addStrEdit(m)
	addStrPad(m)
	StrClass.define(ClassSpec{
		New: newStr, Methods: m.m,
		StaticMethods: map[string]BuiltinFunc{"maketrans": strMaketrans},
	})
	StrClass.ns.SetStr("__new__", newMethod(StrClass))
}

// newStr is str().
func newStr(t *Thread, _ *Class, args []Value, kwargs []Keyword) (Value, error) {
	if len(args) == 1 && len(kwargs) == 0 {
		if s, ok := args[0].(Str); ok {
			return s, nil
		}
		s, err := ToStr(t, args[0])
		if err != nil {
			return nil, err
		}
		return Str(s), t.Alloc(int64(len(s)) + valueBytes)
	}
	var object, encoding, errors Value
	err := Unpack("str", args, kwargs, "object?", &object, "encoding?", &encoding, "errors?", &errors)
	if err != nil {
		return nil, err
	}
	if object == nil {
		return Str(""), nil
	}
	if encoding == nil && errors == nil {
		return text(ToStr(t, object))
	}
	name, handler := Str("utf-8"), Str("strict")
	for i, arg := range []struct {
		v   Value
		ptr *Str
	}{{encoding, &name}, {errors, &handler}} {
		if arg.v == nil {
			continue
		}
		s, ok := Native(arg.v).(Str)
		if !ok {
			return nil, TypeErrorf("str() argument '%s' must be str, not %s", [...]string{"encoding", "errors"}[i], argTypeName(arg.v))
		}
		*arg.ptr = s
	}
	switch b := Native(object).(type) {
	case *ByteArray:
		return text(decodeBytes(t, string(b.data), string(name), string(handler)))
	case Bytes:
		return text(decodeBytes(t, string(b), string(name), string(handler)))
	case Str:
		return nil, TypeErrorf("decoding str is not supported")
	}
	return nil, TypeErrorf("decoding to str: need a bytes-like object, %s found", TypeName(object))
}

// strWork charges for one pass over n bytes.
func strWork(t *Thread, n int) error { return t.Step(n >> 4) }

// strArg converts an argument that must be a string.
func strArg(v Value, format string) (string, error) {
	if s, ok := v.(Str); ok {
		return string(s), nil
	}
	if s, ok := Native(v).(Str); ok {
		return string(s), nil
	}
	name := TypeName(v)
	if strings.Contains(format, "()") {
		name = argTypeName(v)
	}
	return "", TypeErrorf(format, name)
}

// strTest enters a predicate that holds when the string is not empty and every
// character passes.
func strTest(m methodTable, name string, test func(r rune) bool) {
	add(m, name, 0, 0, func(t *Thread, s Str, _ []Value) (Value, error) {
		if err := strWork(t, len(s)); err != nil {
			return nil, err
		}
		return Bool(s != "" && allRunes(string(s), test)), nil
	})
}

func allRunes(s string, test func(r rune) bool) bool {
	for len(s) > 0 {
		r, n := DecodeRune(s)
		if !test(r) {
			return false
		}
		s = s[n:]
	}
	return true
}

func addStrTests(m methodTable) {
	strTest(m, "isalnum", isAlnum)
	strTest(m, "isalpha", isAlpha)
	strTest(m, "isdecimal", isDecimal)
	strTest(m, "isdigit", isDigit)
	strTest(m, "isnumeric", isNumeric)
	strTest(m, "isspace", isSpace)
	cased := func(name string, want, refuse func(r rune) bool) {
		add(m, name, 0, 0, func(t *Thread, s Str, _ []Value) (Value, error) {
			if err := strWork(t, len(s)); err != nil {
				return nil, err
			}
			found := false
			ok := allRunes(string(s), func(r rune) bool {
				found = found || want(r)
				return !refuse(r)
			})
			return Bool(found && ok), nil
		})
	}
	cased("islower", isLower, func(r rune) bool { return isCased(r) && !isLower(r) })
	cased("isupper", isUpper, func(r rune) bool { return isCased(r) && !isUpper(r) })
	add(m, "isascii", 0, 0, func(_ *Thread, s Str, _ []Value) (Value, error) { return Bool(isASCII(string(s))), nil })
	add(m, "isprintable", 0, 0, func(t *Thread, s Str, _ []Value) (Value, error) {
		return Bool(allRunes(string(s), isPrintable)), strWork(t, len(s))
	})
	add(m, "isidentifier", 0, 0, func(t *Thread, s Str, _ []Value) (Value, error) {
		return Bool(IsIdentifier(string(s))), strWork(t, len(s))
	})
	add(m, "istitle", 0, 0, func(t *Thread, s Str, _ []Value) (Value, error) {
		return Bool(isTitle(string(s))), strWork(t, len(s))
	})
}

// IsIdentifier reports whether s is a valid Python identifier (a keyword counts
// as one).
func IsIdentifier(s string) bool {
	if s == "" {
		return false
	}
	first, n := DecodeRune(s)
	return isIdentifierStart(first) && allRunes(s[n:], isIdentifierPart)
}

func isTitle(s string) bool {
	found, inWord := false, false
	ok := allRunes(s, func(r rune) bool {
		lower := isLower(r)
		upper := !lower && isCased(r)
		if upper == inWord && upper || lower && !inWord {
			return false
		}
		inWord = upper || lower
		found = found || inWord
		return true
	})
	return ok && found
}

func strMaketrans(t *Thread, args []Value, kwargs []Keyword) (Value, error) {
	if err := positional("str.maketrans", args, kwargs, 1, 3); err != nil {
		return nil, err
	}
	table := NewDict(0)
	if len(args) == 1 {
		source, ok := Native(args[0]).(*Dict)
		if !ok {
			return nil, TypeErrorf("if you give only one argument to maketrans it must be a dict")
		}
		return table, maketransDict(t, table, source)
	}
	var parts [3]string
	for i, a := range args {
		s, ok := Native(a).(Str)
		switch {
		case ok:
			parts[i] = string(s)
		case i == 0:
			return nil, TypeErrorf("first maketrans argument must be a string if there is a second argument")
		default:
			return nil, TypeErrorf("maketrans() argument %d must be str, not %s", i+1, argTypeName(a))
		}
	}
	if err := t.allocN(int64(len(parts[0])+len(parts[1])+len(parts[2])), 4); err != nil {
		return nil, err
	}
	from, to := decodeRunes(parts[0]), decodeRunes(parts[1])
	if len(from) != len(to) {
		return nil, ValueErrorf("the first two maketrans arguments must have equal length")
	}
	for i, r := range from {
		if err := table.Set(t, newInt64(int64(r)), newInt64(int64(to[i]))); err != nil {
			return nil, err
		}
	}
	for _, r := range decodeRunes(parts[2]) {
		if err := table.Set(t, newInt64(int64(r)), None); err != nil {
			return nil, err
		}
	}
	return table, nil
}

func maketransDict(t *Thread, table, source *Dict) error {
	for k, v := range source.All() {
		if err := t.Step(1); err != nil {
			return err
		}
		switch key := Native(k).(type) {
		case Str:
			r, n := rune(0), 0
			if key != "" {
				r, n = DecodeRune(string(key))
			}
			if n == 0 || n != len(key) {
				return ValueErrorf("string keys in translate table must be of length 1")
			}
			k = newInt64(int64(r))
		case Int, Bool:
		default:
			return TypeErrorf("keys in translate table must be strings or integers")
		}
		if err := table.Set(t, k, v); err != nil {
			return err
		}
	}
	return nil
}

// strTranslate is str.translate.
func strTranslate(t *Thread, s Str, args []Value) (Value, error) {
	table, isDict := args[0].(*Dict)
	b := strings.Builder{}
	for rest := string(s); rest != ""; {
		r, n := DecodeRune(rest)
		if err := t.Step(1); err != nil {
			return nil, err
		}
		key := newInt64(int64(r))
		var to Value
		found := true
		var err error
		if isDict {
			to, found, err = table.Get(t, key)
		} else {
			to, err = GetItem(t, args[0], key)
			if err != nil && IsException(err, LookupError) {
				found, err = false, nil
			}
		}
		if err != nil {
			return nil, err
		}
		piece := rest[:n]
		rest = rest[n:]
		if found {
			switch v := Native(to).(type) {
			case NoneType:
				continue
			case Str:
				piece = string(v)
			case Int:
				if v < 0 || v > 0x10ffff {
					return nil, ValueErrorf("character mapping must be in range(0x110000)")
				}
				piece = string(AppendRune(nil, rune(v)))
			default:
				return nil, TypeErrorf("character mapping must return integer, None or str")
			}
		}
		if err := t.Alloc(int64(len(piece))); err != nil {
			return nil, err
		}
		b.WriteString(piece)
	}
	return Str(b.String()), nil
}
