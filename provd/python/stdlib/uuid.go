package stdlib

import (
	"crypto/md5"
	"crypto/sha1"
	"encoding/hex"
	"math/big"
	"strings"

	"provbox/provd/python"
)

// uuidValue is uuid.UUID.
type uuidValue struct {
	class *python.Class
	b     [16]byte
}

func (u *uuidValue) Type() *python.Class { return u.class }

func (u *uuidValue) String() string {
	h := hex.EncodeToString(u.b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

func (u *uuidValue) int() *big.Int { return new(big.Int).SetBytes(u.b[:]) }

// rfc4122 sets variant and version.
func (u *uuidValue) rfc4122(version int) {
	u.b[8] = u.b[8]&0x3f | 0x80
	u.b[6] = u.b[6]&0x0f | byte(version<<4)
}

// parseUUID reads the hexadecimal forms that CPython accepts.
func parseUUID(s string) ([16]byte, error) {
	var out [16]byte
	s = strings.ReplaceAll(strings.ReplaceAll(s, "urn:", ""), "uuid:", "")
	s = strings.ReplaceAll(strings.Trim(s, "{}"), "-", "")
	if len(s) != 32 {
		return out, python.ValueErrorf("badly formed hexadecimal UUID string")
	}
	b, err := hex.DecodeString(s)
	if err != nil {
		return out, python.ValueErrorf("invalid literal for int() with base 16: '%s'", strings.ToValidUTF8(s, "?"))
	}
	copy(out[:], b)
	return out, nil
}

// buildUUID makes uuid.
func buildUUID(l *Library, b builder) {
	var class *python.Class
	text := func(f func(u *uuidValue) string) python.GetFunc {
		return getter(func(_ *python.Thread, u *uuidValue) (python.Value, error) { return python.Str(f(u)), nil })
	}
	number := func(from, to int) python.GetFunc {
		return getter(func(_ *python.Thread, u *uuidValue) (python.Value, error) {
			return python.NewBigInt(new(big.Int).SetBytes(u.b[from:to])), nil
		})
	}
	methods := map[string]python.MethodFunc{
		"__str__": method(func(_ *python.Thread, u *uuidValue, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			return python.Str(u.String()), nil
		}),
		"__repr__": method(func(_ *python.Thread, u *uuidValue, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			return python.Str("UUID('" + u.String() + "')"), nil
		}),
		"__int__": method(func(_ *python.Thread, u *uuidValue, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			return python.NewBigInt(u.int()), nil
		}),
		"__hash__": method(func(t *python.Thread, u *uuidValue, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			h, err := python.Hash(t, python.NewBigInt(u.int()))
			return python.Int(int64(h)), err
		}),
		"__copy__": itself, "__deepcopy__": itself,
	}
	comparisons(methods, func(_ *python.Thread, _ string, self, other python.Value) (int, bool, error) {
		a, ok := python.Native(self).(*uuidValue)
		c, ok2 := python.Native(other).(*uuidValue)
		if !ok || !ok2 {
			return 0, false, nil
		}
		return strings.Compare(string(a.b[:]), string(c.b[:])), true, nil
	})
	class = b.class(python.ClassSpec{
		Name: "UUID", Methods: methods,
		New: func(t *python.Thread, _ *python.Class, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			return newUUID(t, class, args, kwargs)
		},
		Getters: map[string]python.GetFunc{
			"hex": text(func(u *uuidValue) string { return hex.EncodeToString(u.b[:]) }),
			"urn": text(func(u *uuidValue) string { return "urn:uuid:" + u.String() }),
			"int": number(0, 16), "time_low": number(0, 4), "time_mid": number(4, 6), "time_hi_version": number(6, 8),
			"clock_seq_hi_variant": number(8, 9), "clock_seq_low": number(9, 10), "node": number(10, 16),
			"bytes": getter(func(_ *python.Thread, u *uuidValue) (python.Value, error) { return python.Bytes(u.b[:]), nil }),
			"version": getter(func(_ *python.Thread, u *uuidValue) (python.Value, error) {
				if u.b[8]&0xc0 != 0x80 {
					return python.None, nil
				}
				return python.NewInt(int(u.b[6] >> 4)), nil
			}),
			"variant": text(func(u *uuidValue) string {
				switch c := u.b[8]; {
				case c&0x80 == 0:
					return "reserved for NCS compatibility"
				case c&0x40 == 0:
					return "specified in RFC 4122"
				case c&0x20 == 0:
					return "reserved for Microsoft compatibility"
				}
				return "reserved for future definition"
			}),
		},
	})
	b.fn("uuid4", noArgs("uuid4", func(t *python.Thread) (python.Value, error) {
		r, err := l.random(t, 16)
		if err != nil {
			return nil, err
		}
		u := &uuidValue{class: class, b: [16]byte(r)}
		u.rfc4122(4)
		return u, nil
	}))
	hashed := func(name string, version int, sum func(data []byte) []byte) {
		b.fn(name, func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var space python.Value
			var s string
			if err := python.Unpack(name, args, kwargs, "namespace", &space, "name", &s); err != nil {
				return nil, err
			}
			ns, ok := python.Native(space).(*uuidValue)
			if !ok {
				return nil, python.AttributeErrorf("'%s' object has no attribute 'bytes'", python.TypeName(space))
			}
			if err := t.Step(1 + len(s)/32); err != nil {
				return nil, err
			}
			u := &uuidValue{class: class, b: [16]byte(sum(append(ns.b[:], s...))[:16])}
			u.rfc4122(version)
			return u, nil
		})
	}
	hashed("uuid3", 3, func(data []byte) []byte { s := md5.Sum(data); return s[:] })
	hashed("uuid5", 5, func(data []byte) []byte { s := sha1.Sum(data); return s[:] })
	for name, last := range map[string]byte{"NAMESPACE_DNS": 0x10, "NAMESPACE_URL": 0x11, "NAMESPACE_OID": 0x12, "NAMESPACE_X500": 0x14} {
		u := &uuidValue{class: class, b: [16]byte{0x6b, 0xa7, 0xb8, last, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}}
		b.set(name, u)
	}
}

func newUUID(t *python.Thread, class *python.Class, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var text, raw, number, version, unused python.Value
	if err := python.Unpack("UUID", args, kwargs, "hex??", &text, "bytes??", &raw, "bytes_le??", &unused,
		"fields??", &unused, "int??", &number, "version??", &version, "$", "is_safe?", &unused); err != nil {
		return nil, err
	}
	u := &uuidValue{class: class}
	given := 0
	for _, v := range []python.Value{text, raw, number} {
		if !isNone(v) {
			given++
		}
	}
	if given != 1 {
		return nil, python.TypeErrorf("one of the hex, bytes, bytes_le, fields, or int arguments must be given")
	}
	switch {
	case !isNone(text):
		s, err := wantStr("hex", text)
		if err != nil {
			return nil, err
		}
		if u.b, err = parseUUID(s); err != nil {
			return nil, err
		}
	case !isNone(raw):
		s, err := wantBytes(raw)
		if err != nil {
			return nil, err
		}
		if len(s) != 16 {
			return nil, python.ValueErrorf("bytes is not a 16-char string")
		}
		copy(u.b[:], s)
	default:
		n, err := wantBig(t, number)
		if err != nil {
			return nil, err
		}
		if n.Sign() < 0 || n.BitLen() > 128 {
			return nil, python.ValueErrorf("int is out of range (need a 128-bit value)")
		}
		n.FillBytes(u.b[:])
	}
	if !isNone(version) {
		v, err := asInt(t, version)
		if err != nil {
			return nil, err
		}
		if v < 1 || v > 5 {
			return nil, python.ValueErrorf("illegal version number")
		}
		u.rfc4122(int(v))
	}
	return u, nil
}
