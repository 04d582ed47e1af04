package python

import (
	"math"
	"strconv"
	"strings"
)

// formatInt is int.__format__.
func formatInt(t *Thread, v Value, spec, typeName string) (string, error) {
	f, err := parseSpec(spec, typeName, '>', 'd')
	if err != nil {
		return "", err
	}
	switch f.kind {
	case 'e', 'E', 'f', 'F', 'g', 'G', '%':
		x, _, err := asFloat(v)
		if err != nil {
			return "", err
		}
		return f.float(t, x)
	case 'b', 'c', 'd', 'o', 'x', 'X', 'n':
	default:
		return "", unknownKind(f.kind, typeName)
	}
	if f.precision >= 0 {
		return "", ValueErrorf("Precision not allowed in integer format specifier")
	}
	if f.noNegZero {
		return "", ValueErrorf("Negative zero coercion (z) not allowed in integer format specifier")
	}
	if f.kind == 'c' {
		return f.char(t, v)
	}
	digits, negative, err := intDigits(t, v, f.kind)
	if err != nil {
		return "", err
	}
	prefix := signText(negative, f.sign)
	if f.alternate {
		prefix += basePrefix(f.kind)
	}
	return f.padNumber(t, prefix, digits, "")
}

const charRange = "%c arg not in range(0x110000)"

// char formats an int as the character of that number.
func (f *formatSpec) char(t *Thread, v Value) (string, error) {
	switch {
	case f.sign != 0:
		return "", ValueErrorf("Sign not allowed with integer format specifier 'c'")
	case f.alternate:
		return "", ValueErrorf("Alternate form (#) not allowed with integer format specifier 'c'")
	}
	i, ok := v.(Int)
	if !ok {
		return "", OverflowErrorf("Python int too large to convert to C long")
	}
	if i < 0 || i > 0x10ffff {
		return "", OverflowErrorf("%s", charRange)
	}
	return f.padNumber(t, "", "", string(AppendRune(nil, rune(i))))
}

func signText(negative bool, sign byte) string {
	switch {
	case negative:
		return "-"
	case sign == '+' || sign == ' ':
		return string(sign)
	}
	return ""
}

func basePrefix(kind rune) string {
	switch kind {
	case 'b':
		return "0b"
	case 'o':
		return "0o"
	case 'x':
		return "0x"
	case 'X':
		return "0X"
	}
	return ""
}

// intDigits returns the digits of an int in the base of a format type.
func intDigits(t *Thread, v Value, kind rune) (digits string, negative bool, err error) {
	base := 10
	switch kind {
	case 'b':
		base = 2
	case 'o':
		base = 8
	case 'x', 'X':
		base = 16
	}
	switch v := v.(type) {
	case Int:
		digits = strconv.FormatInt(int64(v), base)
	case *BigInt:
		if base == 10 {
			if digits, err = bigDecimal(t, v); err != nil {
				return "", false, err
			}
			break
		}
		if err := t.Alloc(int64(v.big.BitLen())); err != nil {
			return "", false, err
		}
		digits = v.big.Text(base)
	}
	if kind == 'X' {
		digits = strings.ToUpper(digits)
	}
	negative = strings.HasPrefix(digits, "-")
	return strings.TrimPrefix(digits, "-"), negative, nil
}

// formatFloatSpec is float.__format__.
func formatFloatSpec(t *Thread, x float64, spec, typeName string) (string, error) {
	f, err := parseSpec(spec, typeName, '>', 0)
	if err != nil {
		return "", err
	}
	switch f.kind {
	case 0, 'e', 'E', 'f', 'F', 'g', 'G', 'n', '%':
		return f.float(t, x)
	}
	return "", unknownKind(f.kind, typeName)
}

func (f *formatSpec) float(t *Thread, x float64) (string, error) {
	if f.precision > math.MaxInt32 {
		return "", ValueErrorf("precision too big")
	}
	if err := t.Alloc(int64(f.precision) + 400); err != nil {
		return "", err
	}
	kind, precision, dot0 := byte(f.kind), f.precision, false
	tail := ""
	switch kind {
	case 0:
		dot0 = true
		kind = 'g'
		if precision < 0 {
			kind = 'r'
		}
	case 'n':
		kind = 'g'
	case '%':
		kind, x, tail = 'f', x*100, "%"
	}
	if precision < 0 {
		precision = 6
	}
	s := floatText(x, kind, precision, f.alternate, dot0)
	negative := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	if negative && f.noNegZero && strings.Trim(s, "0.eE+-") == "" {
		negative = false
	}
	digits := s
	if i := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }); i >= 0 {
		digits, tail = s[:i], s[i:]+tail
	}
	prefix := signText(negative, f.sign)
	if digits == "" { // inf, nan: no grouping, and zeros may go before
		g := *f
		g.grouping = 0
		return g.padNumber(t, prefix, "", tail)
	}
	return f.padNumber(t, prefix, digits, tail)
}

// floatText writes a float as CPython's PyOS_double_to_string does: kind is e, f,
// g (or upper case), or r for the shortest text that reads back; dot0 adds ".0"
// to what looks like an integer.
func floatText(x float64, kind byte, precision int, alternate, dot0 bool) string {
	upper := kind >= 'A' && kind <= 'Z'
	if upper {
		kind |= 0x20
	}
	var s string
	switch {
	case math.IsInf(x, 0) || math.IsNaN(x):
		s = floatRepr(x)
	case kind == 'r':
		s = floatRepr(x)
		if alternate || !dot0 {
			s = alternatePoint(s, alternate)
		}
	case kind == 'g':
		s = generalFloat(x, precision, alternate, dot0)
	default:
		s = strconv.FormatFloat(x, kind, precision, 64)
		if alternate {
			s = alternatePoint(s, true)
		}
	}
	if upper {
		s = strings.ToUpper(s)
	}
	return s
}

// alternatePoint makes sure there is a decimal point.
func alternatePoint(s string, want bool) string {
	if !want || strings.Contains(s, ".") {
		return s
	}
	if i := strings.IndexByte(s, 'e'); i >= 0 {
		return s[:i] + "." + s[i:]
	}
	return s + "."
}

// generalFloat is format g: precision significant digits, in exponent form
// outside the range where that is shorter.
func generalFloat(x float64, precision int, alternate, dot0 bool) string {
	precision = max(precision, 1)
	s := strconv.FormatFloat(x, 'e', precision-1, 64)
	mantissa, exp, _ := strings.Cut(s, "e")
	e, err := strconv.Atoi(exp)
	if err != nil {
		return s
	}
	limit := precision
	if dot0 {
		limit--
	}
	if e < -4 || e+1 > limit {
		if !alternate {
			mantissa = trimZeros(mantissa)
		} else {
			mantissa = alternatePoint(mantissa, true)
		}
		return mantissa + "e" + exp
	}
	s = strconv.FormatFloat(x, 'f', max(precision-1-e, 0), 64)
	switch {
	case alternate:
		return alternatePoint(s, true)
	case dot0:
		if s = trimZeros(s); !strings.Contains(s, ".") {
			s += ".0"
		}
		return s
	}
	return trimZeros(s)
}

// trimZeros drops trailing zeros after the decimal point.
func trimZeros(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}
