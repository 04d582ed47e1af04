package python

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// codecName returns CPython's name of a supported encoding: utf-8, utf-8-sig,
// ascii or latin-1.
func codecName(encoding string) (string, error) {
	name := strings.Map(func(r rune) rune {
		if r == '_' || r == ' ' {
			return '-'
		}
		return unicode.ToLower(r)
	}, encoding)
	switch name {
	case "utf-8", "utf8", "u8", "utf", "cp65001":
		return "utf-8", nil
	case "utf-8-sig", "utf8-sig":
		return "utf-8-sig", nil
	case "ascii", "us-ascii", "646", "ansi-x3.4-1968", "iso646-us", "iso-ir-6":
		return "ascii", nil
	case "latin-1", "latin1", "latin", "l1", "iso-8859-1", "iso8859-1", "8859", "cp819", "iso-ir-100":
		return "latin-1", nil
	}
	return "", Raise(LookupError, "unknown encoding: %s", encoding)
}

// encodeStr is str.encode.
func encodeStr(t *Thread, s, encoding, errors string) (string, error) {
	codec, err := codecName(encoding)
	if err != nil {
		return "", err
	}
	if err := strWork(t, len(s)); err != nil {
		return "", err
	}
	prefix := ""
	if codec == "utf-8-sig" {
		codec, prefix = "utf-8", "\ufeff"
	}
	if codec == "utf-8" && utf8.ValidString(s) || isASCII(s) {
		return concat(t, prefix, s)
	}
	e := encoder{t: t, codec: codec, errors: errors, source: s, limit: 0x80, reason: "ordinal not in range(128)"}
	switch codec {
	case "latin-1":
		e.limit, e.reason = 0x100, "ordinal not in range(256)"
	case "utf-8":
		e.limit, e.reason = surrogateMin, "surrogates not allowed"
	}
	out, err := e.run()
	return prefix + out, err
}

// encoder is one str.encode call.
type encoder struct {
	t      *Thread
	codec  string
	errors string
	source string
	limit  rune
	reason string
	out    []byte
}

// encodable reports whether the codec has a byte form for r.
func (e *encoder) encodable(r rune) bool {
	return r < e.limit || e.codec == "utf-8" && r > surrogateMax
}

func (e *encoder) put(r rune) {
	if e.codec == "latin-1" {
		e.out = append(e.out, byte(r))
		return
	}
	e.out = utf8.AppendRune(e.out, r)
}

func (e *encoder) run() (string, error) {
	if err := e.t.Alloc(int64(len(e.source))); err != nil {
		return "", err
	}
	rest, position := e.source, 0
	for rest != "" {
		r, n := DecodeRune(rest)
		if e.encodable(r) {
			e.put(r)
			rest = rest[n:]
			position++
			continue
		}
		var run []rune
		for rest != "" {
			r, n := DecodeRune(rest)
			if e.encodable(r) {
				break
			}
			run = append(run, r)
			rest = rest[n:]
		}
		if err := e.handle(run, position); err != nil {
			return "", err
		}
		position += len(run)
	}
	return string(e.out), nil
}

// handle applies the error handler to a run of characters without byte form.
func (e *encoder) handle(run []rune, position int) error {
	if err := e.t.allocN(int64(len(run)), 10); err != nil {
		return err
	}
	switch e.errors {
	case "ignore":
		return nil
	case "replace":
		for range run {
			e.out = append(e.out, '?')
		}
		return nil
	case "xmlcharrefreplace":
		for _, r := range run {
			e.out = append(e.out, "&#"...)
			e.out = strconv.AppendInt(e.out, int64(r), 10)
			e.out = append(e.out, ';')
		}
		return nil
	case "backslashreplace":
		for _, r := range run {
			e.out = appendEscape(e.out, r)
		}
		return nil
	case "surrogateescape":
		for i, r := range run {
			if r < escapedByte+0x80 || r > escapedByte+0xff {
				return e.fail(position+i, position+len(run))
			}
			e.out = append(e.out, byte(r-escapedByte))
		}
		return nil
	case "surrogatepass":
		if e.codec == "utf-8" {
			for _, r := range run {
				e.out = AppendRune(e.out, r)
			}
			return nil
		}
	case "strict":
	default:
		return Raise(LookupError, "unknown error handler name '%s'", e.errors)
	}
	return e.fail(position, position+len(run))
}

func (e *encoder) fail(start, end int) error {
	return Throw(NewException(UnicodeEncodeError,
		Str(e.codec), Str(e.source), NewInt(start), NewInt(end), Str(e.reason)))
}

// decodeBytes is bytes.decode.
func decodeBytes(t *Thread, b, encoding, errors string) (string, error) {
	codec, err := codecName(encoding)
	if err != nil {
		return "", err
	}
	if err := strWork(t, len(b)); err != nil {
		return "", err
	}
	if codec == "utf-8-sig" {
		codec, b = "utf-8", strings.TrimPrefix(b, "\ufeff")
	}
	if isASCII(b) || codec == "utf-8" && utf8.ValidString(b) {
		return b, nil
	}
	if err := t.Alloc(2 * int64(len(b))); err != nil {
		return "", err
	}
	d := decoder{t: t, codec: codec, errors: errors, source: b}
	for i := 0; i < len(b); {
		c := b[i]
		switch {
		case c < utf8.RuneSelf:
			d.out = append(d.out, c)
			i++
			continue
		case codec == "latin-1":
			d.out = utf8.AppendRune(d.out, rune(c))
			i++
			continue
		}
		n, reason := 1, "ordinal not in range(128)"
		if codec == "utf-8" {
			n, reason = utf8Sequence(b[i:])
			if reason == "" {
				d.out = append(d.out, b[i:i+n]...)
				i += n
				continue
			}
		}
		used, err := d.handle(i, i+n, reason)
		if err != nil {
			return "", err
		}
		i += used
	}
	return string(d.out), nil
}

// utf8Sequence returns the length of the UTF-8 sequence that s begins with, or
// the length of the wrong part and what is wrong with it.
func utf8Sequence(s string) (n int, reason string) {
	lead := s[0]
	low, high, need := byte(0x80), byte(0xbf), 1
	switch {
	case lead < 0xc2 || lead > 0xf4:
		return 1, "invalid start byte"
	case lead < 0xe0:
	case lead < 0xf0:
		need = 2
		if lead == 0xe0 {
			low = 0xa0
		} else if lead == 0xed {
			high = 0x9f
		}
	default:
		need = 3
		if lead == 0xf0 {
			low = 0x90
		} else if lead == 0xf4 {
			high = 0x8f
		}
	}
	for i := 1; i <= need; i++ {
		if i >= len(s) {
			return i, "unexpected end of data"
		}
		if s[i] < low || s[i] > high {
			return i, "invalid continuation byte"
		}
		low, high = 0x80, 0xbf
	}
	return need + 1, ""
}

// decoder is one bytes.decode call.
type decoder struct {
	t      *Thread
	codec  string
	errors string
	source string
	out    []byte
}

// handle applies the error handler to source[start:end] and returns how many
// bytes it dealt with.
func (d *decoder) handle(start, end int, reason string) (int, error) {
	if err := d.t.Alloc(int64(end-start) * 4); err != nil {
		return 0, err
	}
	bad := d.source[start:end]
	switch d.errors {
	case "ignore":
		return len(bad), nil
	case "replace":
		d.out = append(d.out, "\ufffd"...)
		return len(bad), nil
	case "backslashreplace":
		for i := range len(bad) {
			d.out = appendEscape(d.out, rune(bad[i]))
		}
		return len(bad), nil
	case "surrogateescape":
		for i := range len(bad) {
			d.out = AppendRune(d.out, escapedByte+rune(bad[i]))
		}
		return len(bad), nil
	case "surrogatepass":
		if r, n := DecodeRune(d.source[start:]); n == 3 && r >= surrogateMin && r <= surrogateMax {
			d.out = AppendRune(d.out, r)
			return 3, nil
		}
	case "strict":
	default:
		return 0, Raise(LookupError, "unknown error handler name '%s'", d.errors)
	}
	return 0, Throw(NewException(UnicodeDecodeError,
		Str(d.codec), Bytes(d.source), NewInt(start), NewInt(end), Str(reason)))
}

// Encode returns s in an encoding, as s.encode(encoding, errors) does.
func Encode(t *Thread, s, encoding, errors string) ([]byte, error) {
	b, err := encodeStr(t, s, encoding, errors)
	return []byte(b), err
}

// Decode returns the text of b, as b.decode(encoding, errors) does.
func Decode(t *Thread, b []byte, encoding, errors string) (string, error) {
	return decodeBytes(t, string(b), encoding, errors)
}
