package python

import (
	"encoding/hex"
	"strings"
)

// linkBytes defines bytes and bytearray.
func linkBytes() {
	m := bytesMethods("bytes")
	BytesClass.define(ClassSpec{
		New: newBytes, Methods: m.m,
		ClassMethods:  map[string]MethodFunc{"fromhex": bytesFromHex},
		StaticMethods: map[string]BuiltinFunc{"maketrans": bytesMakeTrans("bytes")},
	})
	BytesClass.ns.SetStr("__new__", newMethod(BytesClass))
	linkByteArray(bytesMethods("bytearray"))
}

// bytesMethods are the methods of bytes, with the messages of owner.
func bytesMethods(owner string) methodTable {
	m := newMethodTable(owner)
	addCommon(m, "__len__", "__iter__", "__contains__", "__getitem__", "__hash__", "__repr__")
	addBinary(m, false, OpAdd, OpMod)
	addBinary(m, true, OpMul)
	addCompare(m, OpEq, OpNe, OpLt, OpLe, OpGt, OpGe)
	add(m, "__bytes__", 0, 0, func(_ *Thread, b Bytes, _ []Value) (Value, error) { return b, nil })
	addKw(m, "decode", func(t *Thread, b Bytes, args []Value, kwargs []Keyword) (Value, error) {
		encoding, errors := "utf-8", "strict"
		if err := Unpack("decode", args, kwargs, "encoding?", &encoding, "errors?", &errors); err != nil {
			return nil, err
		}
		return text(decodeBytes(t, string(b), encoding, errors))
	})
	addKw(m, "hex", bytesHex)
	addBytesSearch(m)
	addBytesSplit(m)
	addBytesEdit(m)
	addBytesCase(m)
	addBytesPad(m)
	return m
}

// newBytes is bytes().
func newBytes(t *Thread, _ *Class, args []Value, kwargs []Keyword) (Value, error) {
	b, err := makeBytes(t, "bytes", args, kwargs)
	return Bytes(b), err
}

// makeBytes is what bytes() and bytearray() make of their arguments.
func makeBytes(t *Thread, fname string, args []Value, kwargs []Keyword) (string, error) {
	var source, encodingArg, errorsArg Value
	if err := Unpack(fname, args, kwargs, "source?", &source, "encoding?", &encodingArg, "errors?", &errorsArg); err != nil {
		return "", err
	}
	encoding, handler := "", "strict"
	if encodingArg != nil {
		var err error
		if encoding, err = strArg(encodingArg, fname+"() argument 'encoding' must be str, not %s"); err != nil {
			return "", err
		}
	}
	if errorsArg != nil {
		var err error
		if handler, err = strArg(errorsArg, fname+"() argument 'errors' must be str, not %s"); err != nil {
			return "", err
		}
	}
	if source == nil {
		if encodingArg != nil || errorsArg != nil {
			word := "errors"
			if encodingArg != nil {
				word = "encoding"
			}
			return "", TypeErrorf("%s without a string argument", word)
		}
		return "", nil
	}
	if s, ok := Native(source).(Str); ok {
		if encodingArg == nil {
			return "", TypeErrorf("string argument without an encoding")
		}
		return encodeStr(t, string(s), encoding, handler)
	}
	if encodingArg != nil || errorsArg != nil {
		word := "encoding"
		if encodingArg == nil {
			word = "errors"
		}
		return "", TypeErrorf("%s without a string argument", word)
	}
	if n, ok, err := sizeOf(t, source); IsException(err, OverflowError) {
		return "", OverflowErrorf("cannot fit 'int' into an index-sized integer")
	} else if err != nil {
		return "", err
	} else if ok {
		if n < 0 {
			return "", ValueErrorf("negative count")
		}
		return repeatString(t, "\x00", n)
	}
	return bytesOf(t, source, fname)
}

// bytesOf converts bytes or an iterable of integers; kind is the class it is for.
func bytesOf(t *Thread, v Value, kind string) (string, error) {
	if b, ok := bytesLike(v); ok {
		return b, t.Alloc(int64(len(b)))
	}
	if fn, ok := lookupSpecial(v, "__bytes__"); ok {
		r, err := callFound(t, fn, v)
		if err != nil {
			return "", err
		}
		b, ok := Native(r).(Bytes)
		if !ok {
			return "", TypeErrorf("__bytes__ returned non-bytes (type %s)", TypeName(r))
		}
		return string(b), nil
	}
	if _, isStr := Native(v).(Str); isStr || !isIterable(v) {
		return "", TypeErrorf("cannot convert '%s' object to %s", TypeName(v), kind)
	}
	var out []byte
	err := Iterate(t, v, func(item Value) error {
		i, ok, err := clampIndex(t, item)
		switch {
		case err != nil:
			return err
		case !ok:
			return TypeErrorf("'%s' object cannot be interpreted as an integer", TypeName(item))
		case i < 0 || i > 255:
			if kind == "bytearray" {
				return ValueErrorf("byte must be in range(0, 256)")
			}
			return ValueErrorf("bytes must be in range(0, 256)")
		}
		out = append(out, byte(i))
		return t.Alloc(1)
	})
	return string(out), err
}

func bytesHex(t *Thread, b Bytes, args []Value, kwargs []Keyword) (Value, error) {
	var sep Value
	group := 1
	if err := Unpack("hex", args, kwargs, "sep?", &sep, "bytes_per_sep?", &group); err != nil {
		return nil, err
	}
	if err := t.Alloc(4 * int64(len(b))); err != nil {
		return nil, err
	}
	digits := hex.EncodeToString([]byte(b))
	if sep == nil {
		return Str(digits), nil
	}
	by, ok := bytesLike(sep)
	if s, isStr := Native(sep).(Str); isStr {
		by = string(s)
	} else if !ok {
		n, err := Len(t, sep)
		if err != nil {
			return nil, err
		}
		if n != 1 {
			return nil, ValueErrorf("sep must be length 1.")
		}
		return nil, TypeErrorf("sep must be str or bytes.")
	}
	if len(by) != 1 {
		return nil, ValueErrorf("sep must be length 1.")
	}
	if group == 0 || len(b) == 0 {
		return Str(digits), nil
	}
	var out strings.Builder
	n := max(group, -group)
	first := 0
	if group > 0 {
		first = len(b) % n
	}
	for i := range len(b) {
		if i > 0 && (i-first)%n == 0 {
			out.WriteString(by)
		}
		out.WriteString(digits[2*i : 2*i+2])
	}
	return Str(out.String()), nil
}

func bytesFromHex(t *Thread, self Value, args []Value, kwargs []Keyword) (Value, error) {
	if err := positional("bytes.fromhex", args, kwargs, 1, 1); err != nil {
		return nil, err
	}
	s, err := strArg(args[0], "fromhex() argument must be str, not %s")
	if err != nil {
		return nil, err
	}
	if err := strWork(t, len(s)); err != nil {
		return nil, err
	}
	var out []byte
	for i := 0; i < len(s); {
		if c := s[i]; c == ' ' || c >= '\t' && c <= '\r' {
			i++
			continue
		}
		for j := i; j < i+2; j++ {
			if j >= len(s) || !allDigits(s[j:j+1], 16) {
				return nil, ValueErrorf("non-hexadecimal number found in fromhex() arg at position %d", strLen(s[:j]))
			}
		}
		pair, err := hex.DecodeString(s[i : i+2])
		if err != nil {
			return nil, ValueErrorf("non-hexadecimal number found in fromhex() arg at position %d", i)
		}
		out = append(out, pair...)
		i += 2
	}
	if c, ok := self.(*Class); ok && c != BytesClass {
		return Call(t, c, []Value{Bytes(out)}, nil)
	}
	return Bytes(out), nil
}
