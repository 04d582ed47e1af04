package stdlib

import (
	"encoding/base64"
	"encoding/hex"
	"hash/crc32"
	"strings"

	"provbox/provd/python"
)

// textOrBytes gives the content of a bytes or of an ASCII str.
func textOrBytes(v python.Value) (string, error) {
	if s, ok := asBytes(v); ok {
		return s, nil
	}
	s, ok := asStr(v)
	if !ok {
		return "", python.TypeErrorf("argument should be bytes, buffer or ASCII string, not '%s'", python.TypeName(v))
	}
	for i := range len(s) {
		if s[i] >= 0x80 {
			return "", python.ValueErrorf("string argument should contain only ASCII characters")
		}
	}
	return s, nil
}

// buildBinascii makes binascii.
func buildBinascii(_ *Library, b builder) {
	failure := b.exception("Error", python.ValueError)
	b.exception("Incomplete", python.ExceptionClass)
	for _, name := range []string{"hexlify", "b2a_hex"} {
		b.fn(name, hexlify)
	}
	for _, name := range []string{"unhexlify", "a2b_hex"} {
		b.fn(name, oneArg(name, func(t *python.Thread, v python.Value) (python.Value, error) {
			s, err := textOrBytes(v)
			if err != nil {
				return nil, err
			}
			if err := t.Alloc(int64(len(s))); err != nil {
				return nil, err
			}
			if len(s)%2 != 0 {
				return nil, python.Raise(failure, "Odd-length string")
			}
			out, err := hex.DecodeString(s)
			if err != nil {
				return nil, python.Raise(failure, "Non-hexadecimal digit found")
			}
			return python.Bytes(out), nil
		}))
	}
	b.fn("b2a_base64", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var v python.Value
		newline := true
		if err := python.Unpack("b2a_base64", args, kwargs, "data", &v, "$", "newline?", &newline); err != nil {
			return nil, err
		}
		s, err := wantBytes(v)
		if err != nil {
			return nil, err
		}
		if err := t.Alloc(int64(2*len(s)) + 8); err != nil {
			return nil, err
		}
		out := base64.StdEncoding.EncodeToString([]byte(s))
		if newline {
			out += "\n"
		}
		return python.Bytes(out), nil
	})
	b.fn("a2b_base64", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var v python.Value
		strict := false
		if err := python.Unpack("a2b_base64", args, kwargs, "data", &v, "$", "strict_mode?", &strict); err != nil {
			return nil, err
		}
		s, err := textOrBytes(v)
		if err != nil {
			return nil, err
		}
		return decodeBase64(t, s, strict, failure)
	})
	b.fn("crc32", crc)
	b.fn("crc_hqx", twoArgs("crc_hqx", func(t *python.Thread, data, start python.Value) (python.Value, error) {
		s, err := wantBytes(data)
		if err != nil {
			return nil, err
		}
		n, err := asInt(t, start)
		if err != nil {
			return nil, err
		}
		if err := t.Step(1 + len(s)/4); err != nil {
			return nil, err
		}
		c := uint16(n)
		for i := range len(s) {
			c ^= uint16(s[i]) << 8
			for range 8 {
				if c&0x8000 != 0 {
					c = c<<1 ^ 0x1021
				} else {
					c <<= 1
				}
			}
		}
		return python.NewInt(int(c)), nil
	}))
}

func crc(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var v python.Value
	start := int64(0)
	if err := python.Unpack("crc32", args, kwargs, "data", &v, "value?", &start); err != nil {
		return nil, err
	}
	s, err := wantBytes(v)
	if err != nil {
		return nil, err
	}
	if err := t.Step(1 + len(s)/64); err != nil {
		return nil, err
	}
	return python.Int(crc32.Update(uint32(start), crc32.IEEETable, []byte(s))), nil
}

func hexlify(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var v, sepArg python.Value
	group := 1
	if err := python.Unpack("hexlify", args, kwargs, "data", &v, "sep?", &sepArg, "bytes_per_sep?", &group); err != nil {
		return nil, err
	}
	s, err := wantBytes(v)
	if err != nil {
		return nil, err
	}
	sep := ""
	if sepArg != nil {
		if sep, err = textOrBytes(sepArg); err != nil {
			return nil, err
		}
		if len(sep) != 1 {
			return nil, python.ValueErrorf("sep must be length 1.")
		}
	}
	if err := t.Alloc(int64(3 * len(s))); err != nil {
		return nil, err
	}
	out := hex.EncodeToString([]byte(s))
	if sep == "" || group == 0 {
		return python.Bytes(out), nil
	}
	var b strings.Builder
	for i := range len(s) {
		// A positive group is counted from the right, a negative one from the left.
		if i > 0 && (group > 0 && (len(s)-i)%group == 0 || group < 0 && i%-group == 0) {
			b.WriteString(sep)
		}
		b.WriteString(out[2*i : 2*i+2])
	}
	return python.Bytes(b.String()), nil
}

// decodeBase64 decodes as binascii does: characters outside the alphabet are
// skipped, padding ends the data. Strict refuses both, and anything after the
// padding.
func decodeBase64(t *python.Thread, s string, strict bool, failure *python.Class) (python.Value, error) {
	if err := t.Alloc(int64(len(s))); err != nil {
		return nil, err
	}
	out := make([]byte, 0, len(s)*3/4)
	var acc uint32
	n, pads := 0, 0
	for i := range len(s) {
		c := s[i]
		if c == '=' {
			if strict && i == 0 {
				return nil, python.Raise(failure, "Leading padding not allowed")
			}
			if n >= 2 {
				if pads++; n+pads >= 4 {
					if strict && i+1 < len(s) {
						return nil, python.Raise(failure, "Excess data after padding")
					}
					return python.Bytes(out), nil
				}
			}
			continue
		}
		v := strings.IndexByte(base64Alphabet, c)
		if v < 0 {
			if strict {
				return nil, python.Raise(failure, "Only base64 data is allowed")
			}
			continue
		}
		if strict && pads > 0 {
			return nil, python.Raise(failure, "Discontinuous padding not allowed")
		}
		pads = 0
		acc = acc<<6 | uint32(v)
		switch n++; n {
		case 2:
			out = append(out, byte(acc>>4))
		case 3:
			out = append(out, byte(acc>>2))
		case 4:
			out = append(out, byte(acc))
			n = 0
		}
	}
	switch n {
	case 0:
		return python.Bytes(out), nil
	case 1:
		return nil, python.Raise(failure,
			"Invalid base64-encoded string: number of data characters (%d) cannot be 1 more than a multiple of 4", len(out)/3*4+1)
	}
	return nil, python.Raise(failure, "Incorrect padding")
}

const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
