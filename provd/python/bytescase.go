package python

import "strings"

// The methods of bytes that know letters know those of ASCII only.

func byteUpper(c byte) bool { return c >= 'A' && c <= 'Z' }
func byteLower(c byte) bool { return c >= 'a' && c <= 'z' }

// byteTo returns a letter in upper or lower case, and other bytes as they are.
func byteTo(upper bool, c byte) byte {
	if upper && byteLower(c) || !upper && byteUpper(c) {
		return c ^ 0x20
	}
	return c
}

func addBytesCase(m methodTable) {
	mapped := func(name string, to func(c byte, first, inWord bool) byte) {
		add(m, name, 0, 0, func(t *Thread, b Bytes, _ []Value) (Value, error) {
			if err := t.Alloc(int64(len(b))); err != nil {
				return nil, err
			}
			out := []byte(b)
			inWord := false
			for i, c := range out {
				out[i] = to(c, i == 0, inWord)
				inWord = byteUpper(c) || byteLower(c)
			}
			return Bytes(out), strWork(t, len(b))
		})
	}
	mapped("upper", func(c byte, _, _ bool) byte { return byteTo(true, c) })
	mapped("lower", func(c byte, _, _ bool) byte { return byteTo(false, c) })
	mapped("swapcase", func(c byte, _, _ bool) byte { return byteTo(byteLower(c), c) })
	mapped("capitalize", func(c byte, first, _ bool) byte { return byteTo(first, c) })
	mapped("title", func(c byte, _, inWord bool) byte { return byteTo(!inWord, c) })

	test := func(name string, ok func(b Bytes) bool) {
		add(m, name, 0, 0, func(t *Thread, b Bytes, _ []Value) (Value, error) { return Bool(ok(b)), strWork(t, len(b)) })
	}
	all := func(name string, ok func(r rune) bool) {
		test(name, func(b Bytes) bool {
			for i := range len(b) {
				if b[i] >= 0x80 || !ok(rune(b[i])) {
					return false
				}
			}
			return b != ""
		})
	}
	all("isalpha", isAlpha)
	all("isdigit", isDecimal)
	all("isalnum", isAlnum)
	all("isspace", isByteSpace)
	test("isascii", func(b Bytes) bool { return isASCII(string(b)) })
	cased := func(name string, want, other func(c byte) bool) {
		test(name, func(b Bytes) bool {
			return strings.ContainsFunc(string(b), func(r rune) bool { return r < 0x80 && want(byte(r)) }) &&
				!strings.ContainsFunc(string(b), func(r rune) bool { return r < 0x80 && other(byte(r)) })
		})
	}
	cased("islower", byteLower, byteUpper)
	cased("isupper", byteUpper, byteLower)
	test("istitle", func(b Bytes) bool {
		inWord, found := false, false
		for i := range len(b) {
			up, low := byteUpper(b[i]), byteLower(b[i])
			if up && inWord || low && !inWord {
				return false
			}
			inWord = up || low
			found = found || inWord
		}
		return found
	})
}

func addBytesPad(m methodTable) {
	justify := func(name string, split func(pad, width int) (left int)) {
		add(m, name, 1, 2, func(t *Thread, b Bytes, args []Value) (Value, error) {
			width, err := indexArg(t, args[0])
			if err != nil {
				return nil, err
			}
			fill := " "
			if len(args) == 2 {
				var ok bool
				if fill, ok = bytesLike(args[1]); !ok || len(fill) != 1 {
					return nil, TypeErrorf("%s() argument 2 must be a byte string of length 1, not %s", name, argTypeName(args[1]))
				}
			}
			pad := width - len(b)
			if pad <= 0 {
				return b, nil
			}
			left := split(pad, width)
			s, err := padded(t, string(b), fill, left, pad-left)
			return Bytes(s), err
		})
	}
	justify("ljust", func(int, int) int { return 0 })
	justify("rjust", func(pad, _ int) int { return pad })
	justify("center", func(pad, width int) int { return pad/2 + pad&width&1 })
	add(m, "zfill", 1, 1, func(t *Thread, b Bytes, args []Value) (Value, error) {
		width, err := indexArg(t, args[0])
		if err != nil {
			return nil, err
		}
		s, err := zeroFill(t, string(b), width-len(b))
		return Bytes(s), err
	})
	addKw(m, "expandtabs", func(t *Thread, b Bytes, args []Value, kwargs []Keyword) (Value, error) {
		size := 8
		if err := Unpack("expandtabs", args, kwargs, "tabsize?", &size); err != nil {
			return nil, err
		}
		s, err := expandTabs(t, string(b), size, func(s string) int { return len(s) })
		return Bytes(s), err
	})
	addKw(m, "translate", bytesTranslate)
}

// bytesTranslate is bytes.translate(table, delete=b"").
func bytesTranslate(t *Thread, b Bytes, args []Value, kwargs []Keyword) (Value, error) {
	var tableArg, deleteArg Value
	if len(args) == 0 {
		return nil, TypeErrorf("translate() takes at least 1 positional argument (0 given)")
	}
	if err := Unpack("translate", args, kwargs, "table", &tableArg, "delete?", &deleteArg); err != nil {
		return nil, err
	}
	table := ""
	if tableArg != Value(None) {
		var err error
		if table, err = bytesArg(tableArg); err != nil {
			return nil, err
		}
		if len(table) != 256 {
			return nil, ValueErrorf("translation table must be 256 characters long")
		}
	}
	var drop [256]bool
	if deleteArg != nil {
		chars, err := bytesArg(deleteArg)
		if err != nil {
			return nil, err
		}
		for i := range len(chars) {
			drop[chars[i]] = true
		}
	}
	if err := t.Alloc(int64(len(b))); err != nil {
		return nil, err
	}
	out := make([]byte, 0, len(b))
	for i := range len(b) {
		switch c := b[i]; {
		case drop[c]:
		case table != "":
			out = append(out, table[c])
		default:
			out = append(out, c)
		}
	}
	return Bytes(out), strWork(t, len(b))
}

// bytesMakeTrans is bytes.maketrans(from, to).
func bytesMakeTrans(owner string) BuiltinFunc {
	return func(_ *Thread, args []Value, kwargs []Keyword) (Value, error) {
		if err := positional(owner+".maketrans", args, kwargs, 2, 2); err != nil {
			return nil, err
		}
		return makeTransTable(args)
	}
}

func makeTransTable(args []Value) (Value, error) {
	from, err := bytesArg(args[0])
	if err != nil {
		return nil, err
	}
	to, err := bytesArg(args[1])
	if err != nil {
		return nil, err
	}
	if len(from) != len(to) {
		return nil, ValueErrorf("maketrans arguments must have same length")
	}
	table := make([]byte, 256)
	for i := range table {
		table[i] = byte(i)
	}
	for i := range len(from) {
		table[from[i]] = to[i]
	}
	return Bytes(table), nil
}
