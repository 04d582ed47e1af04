package stdlib

import (
	"strings"

	"provbox/provd/python"
)

// alwaysSafe are the characters quote never changes.
const alwaysSafe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~"

// buildURLParse makes the codecs of urllib.parse; lib/urllib_parse.py adds the
// rest.
func buildURLParse(_ *Library, b builder) {
	quoter := func(name, safe string, plus bool) {
		b.fn(name, func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var v, encoding, onError python.Value
			var safeArg python.Value = python.Str(safe)
			if err := python.Unpack(name, args, kwargs, "string", &v, "safe?", &safeArg, "encoding??", &encoding, "errors??", &onError); err != nil {
				return nil, err
			}
			keep, ok := asStr(safeArg)
			if !ok {
				if keep, ok = asBytes(safeArg); !ok {
					return nil, python.TypeErrorf("safe must be str or bytes, not %s", python.TypeName(safeArg))
				}
			}
			s, err := quoteBytes(t, v, encoding, onError)
			if err != nil {
				return nil, err
			}
			if plus && strings.Contains(s, " ") {
				s, err = quoteURL(t, s, keep+" ")
				return python.Str(strings.ReplaceAll(s, " ", "+")), err
			}
			s, err = quoteURL(t, s, keep)
			return python.Str(s), err
		})
	}
	quoter("quote", "/", false)
	quoter("quote_plus", "", true)
	b.fn("quote_from_bytes", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var v python.Value
		safe := "/"
		if err := python.Unpack("quote_from_bytes", args, kwargs, "bs", &v, "safe?", &safe); err != nil {
			return nil, err
		}
		s, ok := asBytes(v)
		if !ok {
			return nil, python.TypeErrorf("quote_from_bytes() expected bytes")
		}
		s, err := quoteURL(t, s, safe)
		return python.Str(s), err
	})
	unquoter := func(name string, plus bool) {
		b.fn(name, func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var v python.Value
			var encoding, onError python.Value = python.Str("utf-8"), python.Str("replace")
			if err := python.Unpack(name, args, kwargs, "string", &v, "encoding??", &encoding, "errors??", &onError); err != nil {
				return nil, err
			}
			s, ok := asStr(v)
			if !ok {
				if s, ok = asBytes(v); !ok || plus {
					return nil, python.TypeErrorf("argument of type '%s' is not iterable", python.TypeName(v))
				}
			}
			if err := t.Alloc(2 * int64(len(s))); err != nil {
				return nil, err
			}
			if err := t.Step(1 + len(s)/16); err != nil {
				return nil, err
			}
			if plus {
				s = strings.ReplaceAll(s, "+", " ")
			}
			return unquoteURL(t, s, encoding, onError)
		})
	}
	unquoter("unquote", false)
	unquoter("unquote_plus", true)
	b.fn("unquote_to_bytes", oneArg("unquote_to_bytes", func(t *python.Thread, v python.Value) (python.Value, error) {
		s, ok := asStr(v)
		if !ok {
			var err error
			if s, err = wantBytes(v); err != nil {
				return nil, err
			}
		}
		if err := t.Alloc(int64(len(s))); err != nil {
			return nil, err
		}
		return python.Bytes(percentDecode(s)), t.Step(1 + len(s)/16)
	}))
}

// quoteBytes gives the bytes to quote of a str or bytes.
func quoteBytes(t *python.Thread, v, encoding, onError python.Value) (string, error) {
	if s, ok := asBytes(v); ok {
		if !isNone(encoding) {
			return "", python.TypeErrorf("quote() doesn't support 'encoding' for bytes")
		}
		if !isNone(onError) {
			return "", python.TypeErrorf("quote() doesn't support 'errors' for bytes")
		}
		return s, nil
	}
	if _, ok := asStr(v); !ok {
		return "", python.TypeErrorf("quote_from_bytes() expected bytes")
	}
	if isNone(encoding) {
		encoding = python.Str("utf-8")
	}
	if isNone(onError) {
		onError = python.Str("strict")
	}
	r, err := python.CallMethod(t, v, "encode", encoding, onError)
	if err != nil {
		return "", err
	}
	return wantBytes(r)
}

func quoteURL(t *python.Thread, s, safe string) (string, error) {
	var keep [128]bool
	for _, set := range []string{alwaysSafe, safe} {
		for i := range len(set) {
			if set[i] < 128 {
				keep[set[i]] = true
			}
		}
	}
	n := 0
	for i := range len(s) {
		if s[i] >= 128 || !keep[s[i]] {
			n++
		}
	}
	if err := t.Step(1 + len(s)/16); err != nil || n == 0 {
		return s, err
	}
	if err := t.Alloc(int64(len(s) + 2*n)); err != nil {
		return "", err
	}
	const digits = "0123456789ABCDEF"
	out := make([]byte, 0, len(s)+2*n)
	for i := range len(s) {
		if c := s[i]; c < 128 && keep[c] {
			out = append(out, c)
		} else {
			out = append(out, '%', digits[c>>4], digits[c&15])
		}
	}
	return string(out), nil
}

// percentDecode replaces the %xx that are complete.
func percentDecode(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if h, l := hexDigit(s[i+1]), hexDigit(s[i+2]); h >= 0 && l >= 0 {
				out = append(out, byte(h<<4|l))
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return string(out)
}

// unquoteURL decodes every run of ASCII by itself, as CPython does, so that the
// bytes of one character cannot come from two sides of another one.
func unquoteURL(t *python.Thread, s string, encoding, onError python.Value) (python.Value, error) {
	if !strings.Contains(s, "%") {
		return python.Str(s), nil
	}
	var out strings.Builder
	for s != "" {
		n := 0
		for n < len(s) && s[n] < 0x80 {
			n++
		}
		if n > 0 {
			part, err := python.CallMethod(t, python.Bytes(percentDecode(s[:n])), "decode", encoding, onError)
			if err != nil {
				return nil, err
			}
			text, _ := asStr(part)
			out.WriteString(text)
		}
		s = s[n:]
		n = 0
		for n < len(s) && s[n] >= 0x80 {
			n++
		}
		out.WriteString(s[:n])
		s = s[n:]
	}
	return python.Str(out.String()), nil
}
