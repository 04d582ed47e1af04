package python

import (
	"encoding/hex"
	"strings"
)

// linkBytes defines bytes.
func linkBytes() {
	m := newMethodTable("bytes")
	addCommon(m, "__len__", "__iter__", "__contains__", "__getitem__", "__hash__", "__repr__")
	addBinary(m, false, OpAdd)
	addBinary(m, true, OpMul)
	addCompare(m, OpEq, OpNe, OpLt, OpLe, OpGt, OpGe)
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
	BytesClass.define(ClassSpec{
		New: newBytes, Methods: m.m,
		ClassMethods: map[string]MethodFunc{"fromhex": bytesFromHex},
	})
	BytesClass.ns.SetStr("__new__", newMethod(BytesClass))
}

// newBytes is bytes().
func newBytes(t *Thread, _ *Class, args []Value, kwargs []Keyword) (Value, error) {
	var source, encoding, errors Value
	err := Unpack("bytes", args, kwargs, "source?", &source, "encoding?", &encoding, "errors?", &errors)
	if err != nil || source == nil {
		return Bytes(""), err
	}
	if s, ok := Native(source).(Str); ok {
		if encoding == nil {
			return nil, TypeErrorf("string argument without an encoding")
		}
		name, err := strArg(encoding, "bytes() argument 'encoding' must be str, not %s")
		if err != nil {
			return nil, err
		}
		handler := "strict"
		if errors != nil {
			if handler, err = strArg(errors, "bytes() argument 'errors' must be str, not %s"); err != nil {
				return nil, err
			}
		}
		b, err := encodeStr(t, string(s), name, handler)
		return Bytes(b), err
	}
	if encoding != nil || errors != nil {
		return nil, TypeErrorf("encoding without a string argument")
	}
	if n, ok, err := asIndex(t, source); err != nil {
		return nil, err
	} else if ok {
		if n < 0 {
			return nil, ValueErrorf("negative count")
		}
		b, err := repeatString(t, "\x00", n)
		return Bytes(b), err
	}
	b, err := bytesOf(t, source)
	return Bytes(b), err
}

// bytesOf converts bytes or an iterable of integers.
func bytesOf(t *Thread, v Value) (string, error) {
	if b, ok := Native(v).(Bytes); ok {
		return string(b), nil
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
		return "", TypeErrorf("cannot convert '%s' object to bytes", TypeName(v))
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
	by := ""
	switch s := Native(sep).(type) {
	case Str:
		by = string(s)
	case Bytes:
		by = string(s)
	default:
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
