package stdlib

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"provbox/provd/python"
)

// buildBase64 makes base64.
func buildBase64(l *Library, b builder) {
	failure := python.ValueError
	if v, err := l.attr(b.t, "binascii", "Error"); err == nil {
		if c, ok := v.(*python.Class); ok {
			failure = c
		}
	}
	encode := func(name string, f func(s string) string) {
		b.fn(name, oneArg(name, func(t *python.Thread, v python.Value) (python.Value, error) {
			s, err := wantBytes(v)
			if err != nil {
				return nil, err
			}
			if err := t.Alloc(int64(2*len(s)) + 8); err != nil {
				return nil, err
			}
			return python.Bytes(f(s)), nil
		}))
	}
	std := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	encode("standard_b64encode", std)
	encode("urlsafe_b64encode", func(s string) string { return base64.URLEncoding.EncodeToString([]byte(s)) })
	encode("b32encode", func(s string) string { return base32.StdEncoding.EncodeToString([]byte(s)) })
	encode("b16encode", func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) })
	encode("encodebytes", func(s string) string {
		var out strings.Builder
		for len(s) > 57 {
			out.WriteString(std(s[:57]) + "\n")
			s = s[57:]
		}
		if s != "" {
			out.WriteString(std(s) + "\n")
		}
		return out.String()
	})
	b.fn("b64encode", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var v, alt python.Value
		if err := python.Unpack("b64encode", args, kwargs, "s", &v, "altchars??", &alt); err != nil {
			return nil, err
		}
		s, err := wantBytes(v)
		if err != nil {
			return nil, err
		}
		if err := t.Alloc(int64(4*len(s)) + 8); err != nil {
			return nil, err
		}
		out := std(s)
		if !isNone(alt) {
			a, err := altChars(alt)
			if err != nil {
				return nil, err
			}
			out = strings.NewReplacer("+", a[:1], "/", a[1:]).Replace(out)
		}
		return python.Bytes(out), nil
	})
	decode := func(t *python.Thread, v, alt python.Value, validate bool) (python.Value, error) {
		s, err := textOrBytes(v)
		if err != nil {
			return nil, err
		}
		if err := t.Alloc(int64(len(s))); err != nil {
			return nil, err
		}
		if !isNone(alt) {
			a, err := altChars(alt)
			if err != nil {
				return nil, err
			}
			s = strings.NewReplacer(a[:1], "+", a[1:], "/").Replace(s)
		}
		return decodeBase64(t, s, validate, failure)
	}
	b.fn("b64decode", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var v, alt python.Value
		validate := false
		if err := python.Unpack("b64decode", args, kwargs, "s", &v, "altchars??", &alt, "validate?", &validate); err != nil {
			return nil, err
		}
		return decode(t, v, alt, validate)
	})
	for name, alt := range map[string]python.Value{"standard_b64decode": nil, "urlsafe_b64decode": python.Bytes("-_"), "decodebytes": nil} {
		b.fn(name, oneArg(name, func(t *python.Thread, v python.Value) (python.Value, error) {
			return decode(t, v, alt, false)
		}))
	}
	b.fn("b16decode", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var v python.Value
		fold := false
		if err := python.Unpack("b16decode", args, kwargs, "s", &v, "casefold?", &fold); err != nil {
			return nil, err
		}
		return decode16(t, v, fold, failure)
	})
	b.fn("b32decode", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var v python.Value
		fold := false
		if err := python.Unpack("b32decode", args, kwargs, "s", &v, "casefold?", &fold); err != nil {
			return nil, err
		}
		s, err := textOrBytes(v)
		if err != nil {
			return nil, err
		}
		if err := t.Alloc(int64(2 * len(s))); err != nil {
			return nil, err
		}
		if len(s)%8 != 0 {
			return nil, python.Raise(failure, "Incorrect padding")
		}
		if fold {
			s = strings.ToUpper(s)
		}
		out, err := base32.StdEncoding.DecodeString(s)
		if err != nil || strings.ContainsAny(s, "\r\n") {
			return nil, python.Raise(failure, "Non-base32 digit found")
		}
		return python.Bytes(out), nil
	})
}

func decode16(t *python.Thread, v python.Value, fold bool, failure *python.Class) (python.Value, error) {
	s, err := textOrBytes(v)
	if err != nil {
		return nil, err
	}
	if err := t.Alloc(int64(2 * len(s))); err != nil {
		return nil, err
	}
	if fold {
		s = strings.ToUpper(s)
	}
	out, err := hex.DecodeString(s)
	if err != nil || s != strings.ToUpper(s) {
		if len(s)%2 != 0 && strings.Trim(s, "0123456789ABCDEF") == "" {
			return nil, python.Raise(failure, "Odd-length string")
		}
		return nil, python.Raise(failure, "Non-base16 digit found")
	}
	return python.Bytes(out), nil
}

func altChars(v python.Value) (string, error) {
	a, err := textOrBytes(v)
	if err == nil && len(a) != 2 {
		err = python.Raise(python.AssertionError, "invalid altchars")
	}
	return a, err
}
