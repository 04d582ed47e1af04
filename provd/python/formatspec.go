package python

import (
	"unicode/utf8"
)

// formatSpec is a parsed format specification:
// [[fill]align][sign][z][#][0][width][grouping][.precision][type].
type formatSpec struct {
	fill      string
	align     byte // '<', '>', '=', '^', 0 for the type's default
	sign      byte // '+', '-', ' ', 0
	noNegZero bool // z
	alternate bool
	width     int
	grouping  byte // ',', '_', 0
	precision int  // -1: none
	kind      rune // the type, 0: none
}

func isAlign(c byte) bool { return c == '<' || c == '>' || c == '=' || c == '^' }

// parseSpec reads a specification for a value of the named type. numeric types
// take a leading 0 of the width as "=" alignment.
func parseSpec(spec, typeName string, defaultAlign byte, defaultKind rune) (formatSpec, error) {
	f := formatSpec{fill: " ", precision: -1, kind: defaultKind, align: defaultAlign}
	rest := spec
	aligned, filled := false, false
	if rest != "" {
		_, n := DecodeRune(rest)
		if len(rest) > n && isAlign(rest[n]) {
			f.fill, f.align = rest[:n], rest[n]
			rest = rest[n+1:]
			aligned, filled = true, true
		} else if isAlign(rest[0]) {
			f.align = rest[0]
			rest = rest[1:]
			aligned = true
		}
	}
	next := func(set string) byte {
		for i := range len(set) {
			if rest != "" && rest[0] == set[i] {
				rest = rest[1:]
				return set[i]
			}
		}
		return 0
	}
	f.sign = next("+- ")
	f.noNegZero = next("z") != 0
	f.alternate = next("#") != 0
	if !filled && next("0") != 0 {
		f.fill = "0"
		if !aligned && defaultAlign == '>' {
			f.align = '='
		}
	}
	var err error
	if f.width, rest, err = specNumber(rest); err != nil {
		return f, err
	}
	f.width = max(f.width, 0)
	if f.grouping = next(",_"); f.grouping != 0 && rest != "" {
		switch {
		case rest[0] == ',' && f.grouping == ',':
			return f, ValueErrorf("Cannot specify ',' with ','.")
		case rest[0] == '_' && f.grouping == '_':
			return f, ValueErrorf("Cannot specify '_' with '_'.")
		case rest[0] == ',' || rest[0] == '_':
			return f, ValueErrorf("Cannot specify both ',' and '_'.")
		}
	}
	if next(".") != 0 {
		if f.precision, rest, err = specNumber(rest); err != nil {
			return f, err
		}
		if f.precision < 0 {
			return f, ValueErrorf("Format specifier missing precision")
		}
	}
	if rest != "" {
		r, n := DecodeRune(rest)
		if n < len(rest) {
			return f, ValueErrorf("Invalid format specifier '%s' for object of type '%s'", spec, typeName)
		}
		f.kind = r
	}
	return f, f.checkGrouping()
}

// checkGrouping refuses a thousands separator for a type that has none.
func (f *formatSpec) checkGrouping() error {
	if f.grouping == 0 {
		return nil
	}
	switch f.kind {
	case 'd', 'e', 'f', 'g', 'E', 'G', '%', 'F', 0:
		return nil
	case 'b', 'o', 'x', 'X':
		if f.grouping == '_' {
			return nil
		}
	}
	return ValueErrorf("Cannot specify '%c' with '%s'.", f.grouping, kindText(f.kind))
}

// specNumber reads decimal digits; -1 when there are none.
func specNumber(s string) (n int, rest string, err error) {
	n = -1
	for s != "" && s[0] >= '0' && s[0] <= '9' {
		n = max(n, 0)
		if n > (maxInt-9)/10 {
			return 0, s, ValueErrorf("Too many decimal digits in format string")
		}
		n = n*10 + int(s[0]-'0')
		s = s[1:]
	}
	return n, s, nil
}

func unknownKind(kind rune, typeName string) error {
	if kind > 32 && kind < 128 {
		return ValueErrorf("Unknown format code '%c' for object of type '%s'", kind, typeName)
	}
	return ValueErrorf(`Unknown format code '\x%x' for object of type '%s'`, kind, typeName)
}

// kindText is how messages show a type character.
func kindText(kind rune) string {
	if kind > 32 && kind < 128 {
		return string(kind)
	}
	return string(appendEscape(nil, kind))
}

// Format returns format(v, spec).
func Format(t *Thread, v Value, spec string) (string, error) {
	if isCore(v) {
		return formatNative(t, v, spec, TypeName(v))
	}
	fn, ok := lookupSpecial(v, "__format__")
	if !ok {
		return ToStr(t, v)
	}
	r, err := callFound(t, fn, v, Str(spec))
	if err != nil {
		return "", err
	}
	s, ok := Native(r).(Str)
	if !ok {
		return "", TypeErrorf("__format__ must return a str, not %s", TypeName(r))
	}
	return string(s), nil
}

// formatNative is the __format__ of the built-in values; messages name the type.
func formatNative(t *Thread, v Value, spec, typeName string) (string, error) {
	if spec == "" {
		return ToStr(t, v)
	}
	switch x := v.(type) {
	case Str:
		return formatStr(t, string(x), spec, typeName)
	case Int, *BigInt:
		return formatInt(t, v, spec, typeName)
	case Float:
		return formatFloatSpec(t, float64(x), spec, typeName)
	case Bool:
		return formatInt(t, boolInt(x), spec, typeName)
	}
	return "", TypeErrorf("unsupported format string passed to %s.__format__", typeName)
}

// FormatValue formats one replacement field of an f-string: conversion is 0,
// 's', 'r' or 'a'.
func FormatValue(t *Thread, v Value, conversion byte, spec string) (string, error) {
	s, done, err := convert(t, v, rune(conversion))
	if err != nil {
		return "", err
	}
	if !done {
		return Format(t, v, spec)
	}
	return formatStr(t, s, spec, "str")
}

// convert applies !s, !r or !a; done is false when there is nothing to apply.
func convert(t *Thread, v Value, conversion rune) (s string, done bool, err error) {
	switch conversion {
	case 's':
		s, err = ToStr(t, v)
	case 'r':
		s, err = Repr(t, v)
	case 'a':
		s, err = ASCII(t, v)
	default:
		return "", false, nil
	}
	return s, true, err
}

func formatStr(t *Thread, s, spec, typeName string) (string, error) {
	if spec == "" {
		return s, nil
	}
	f, err := parseSpec(spec, typeName, '<', 's')
	if err != nil {
		return "", err
	}
	if f.kind != 's' {
		return "", unknownKind(f.kind, typeName)
	}
	switch {
	case f.sign == ' ':
		return "", ValueErrorf("Space not allowed in string format specifier")
	case f.sign != 0:
		return "", ValueErrorf("Sign not allowed in string format specifier")
	case f.noNegZero:
		return "", ValueErrorf("Negative zero coercion (z) not allowed in string format specifier")
	case f.alternate:
		return "", ValueErrorf("Alternate form (#) not allowed in string format specifier")
	case f.align == '=':
		return "", ValueErrorf("'=' alignment not allowed in string format specifier")
	}
	if f.precision >= 0 && f.precision < len(s) {
		s = s[:byteOffset(s, f.precision)]
	}
	return f.pad(t, s)
}

// pad aligns a text that is not a number.
func (f *formatSpec) pad(t *Thread, s string) (string, error) {
	pad := f.width - strLen(s)
	if pad <= 0 {
		return s, nil
	}
	left := 0
	switch f.align {
	case '>', '=':
		left = pad
	case '^':
		left = pad / 2
	}
	return padded(t, s, f.fill, left, pad-left)
}

// padNumber aligns sign+prefix and body; "=" puts the fill between them, and a
// zero fill takes part in the grouping.
func (f *formatSpec) padNumber(t *Thread, prefix, digits, tail string) (string, error) {
	if err := t.Alloc(int64(f.width)); err != nil {
		return "", err
	}
	size := 3
	switch f.kind {
	case 'b', 'o', 'x', 'X':
		size = 4
	}
	least := 0
	if f.fill == "0" && f.align == '=' {
		least = f.width - utf8.RuneCountInString(prefix) - utf8.RuneCountInString(tail)
	}
	if f.grouping != 0 {
		if err := t.Alloc(2 * int64(len(digits))); err != nil {
			return "", err
		}
		digits = groupDigits(digits, f.grouping, size, least)
	}
	body := digits + tail
	pad := f.width - len(prefix) - strLen(body)
	if pad <= 0 {
		return prefix + body, nil
	}
	switch f.align {
	case '<':
		return padded(t, prefix+body, f.fill, 0, pad)
	case '^':
		return padded(t, prefix+body, f.fill, pad/2, pad-pad/2)
	case '=':
		s, err := padded(t, body, f.fill, pad, 0)
		return prefix + s, err
	}
	return padded(t, prefix+body, f.fill, pad, 0)
}

// groupDigits puts a separator between groups of digits, with leading zeros up
// to the least width.
func groupDigits(digits string, sep byte, size, least int) string {
	var out []byte // backwards
	left := len(digits)
	for {
		n := min(size, max(left, least, 1))
		for i := range n {
			if i < left {
				out = append(out, digits[left-1-i])
			} else {
				out = append(out, '0')
			}
		}
		left = max(left-n, 0)
		least -= n
		if left <= 0 && least <= 0 {
			break
		}
		least--
		out = append(out, sep)
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return string(out)
}
