package python

import (
	"math"
	"strconv"
	"strings"
)

func linkFloat() {
	m := newMethodTable("float")
	addCommon(m, "__repr__", "__bool__", "__hash__", "__format__")
	addBinary(m, true, OpAdd, OpSub, OpMul, OpDiv, OpFloorDiv, OpMod, OpPow)
	addCompare(m, OpEq, OpNe, OpLt, OpLe, OpGt, OpGe)
	addUnary(m, OpNeg, OpPos)
	addNumberMethods(m)
	add(m, "is_integer", 0, 0, func(_ *Thread, self Float, _ []Value) (Value, error) {
		f := float64(self)
		return Bool(f == math.Floor(f) && !math.IsInf(f, 0)), nil
	})
	add(m, "hex", 0, 0, func(_ *Thread, self Float, _ []Value) (Value, error) { return Str(floatHex(float64(self))), nil })
	FloatClass.define(ClassSpec{
		New: newFloat, Methods: m.m,
		ClassMethods: map[string]MethodFunc{"fromhex": floatFromHex},
		Getters: map[string]GetFunc{
			"real": selfGetter,
			"imag": func(*Thread, Value) (Value, error) { return Float(0), nil },
		},
	})
	FloatClass.ns.SetStr("__new__", newMethod(FloatClass))
}

// newFloat is float().
func newFloat(t *Thread, _ *Class, args []Value, kwargs []Keyword) (Value, error) {
	if err := positional("float", args, kwargs, 0, 1); err != nil {
		return nil, err
	}
	if len(args) == 0 {
		return Float(0), nil
	}
	text := ""
	switch v := Native(args[0]).(type) {
	case Str:
		text = string(v)
	case Bytes:
		text = string(v)
	case *ByteArray:
		text = string(v.data)
	default:
		f, ok, err := floatOf(t, args[0])
		if err == nil && !ok {
			err = TypeErrorf("float() argument must be a string or a real number, not '%s'", TypeName(args[0]))
		}
		return Float(f), err
	}
	if err := t.Step(len(text) / 8); err != nil {
		return nil, err
	}
	if f, ok := parseFloat(text); ok {
		return Float(f), nil
	}
	shown, err := Repr(t, args[0])
	if err != nil {
		return nil, err
	}
	return nil, ValueErrorf("could not convert string to float: %s", shown)
}

// parseFloat reads a float literal the way float(str) does.
func parseFloat(s string) (float64, bool) {
	s, ok := asciiDigits(strings.TrimFunc(s, isSpace))
	if !ok || s == "" {
		return 0, false
	}
	body := strings.ToLower(strings.TrimLeft(s, "+-"))
	if len(s)-len(body) > 1 {
		return 0, false
	}
	sign := 1.0
	if s[0] == '-' {
		sign = -1
	}
	switch body {
	case "inf", "infinity":
		return math.Inf(int(sign)), true
	case "nan":
		return math.Copysign(math.NaN(), sign), true
	}
	plain, ok := plainFloat(body)
	if !ok {
		return 0, false
	}
	f, err := strconv.ParseFloat(plain, 64)
	if err != nil && !math.IsInf(f, 0) {
		return 0, false
	}
	return sign * f, true
}

// plainFloat checks the shape digits[.digits][e[sign]digits] and drops single
// underscores between digits.
func plainFloat(s string) (string, bool) {
	mantissa, exp, hasExp := strings.Cut(s, "e")
	whole, frac, _ := strings.Cut(mantissa, ".")
	if whole == "" && frac == "" {
		return "", false
	}
	if hasExp {
		digits := exp
		if digits != "" && (digits[0] == '+' || digits[0] == '-') {
			digits = digits[1:]
		}
		if digits == "" {
			return "", false
		}
		exp = exp[:len(exp)-len(digits)]
		d, ok := dropUnderscores(digits, false)
		if !ok || !allDigits(d, 10) {
			return "", false
		}
		exp = "e" + exp + d
	}
	for _, part := range []*string{&whole, &frac} {
		if *part == "" {
			continue
		}
		d, ok := dropUnderscores(*part, false)
		if !ok || !allDigits(d, 10) {
			return "", false
		}
		*part = d
	}
	return whole + "." + frac + exp, true
}

// floatHex is float.hex.
func floatHex(f float64) string {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return floatRepr(f)
	}
	sign := ""
	if math.Signbit(f) {
		sign = "-"
	}
	bits := math.Float64bits(f)
	exp := int(bits >> 52 & 0x7ff)
	frac := bits & (1<<52 - 1)
	digits := strconv.FormatUint(frac|1<<52, 16)[1:]
	switch {
	case exp == 0 && frac == 0:
		return sign + "0x0.0p+0"
	case exp == 0:
		return sign + "0x0." + digits + "p-1022"
	}
	e := strconv.Itoa(exp - 1023)
	if exp >= 1023 {
		e = "+" + e
	}
	return sign + "0x1." + digits + "p" + e
}

func floatFromHex(t *Thread, self Value, args []Value, kwargs []Keyword) (Value, error) {
	if err := positional("float.fromhex", args, kwargs, 1, 1); err != nil {
		return nil, err
	}
	s, err := strArg(args[0], "bad argument type for built-in operation")
	if err != nil {
		return nil, TypeErrorf("bad argument type for built-in operation")
	}
	if err := t.Step(len(s) / 8); err != nil {
		return nil, err
	}
	text := strings.ToLower(strings.TrimFunc(s, isSpace))
	body := strings.TrimLeft(text, "+-")
	if body == "inf" || body == "infinity" || body == "nan" {
		f, _ := parseFloat(text)
		return Float(f), nil
	}
	if !strings.HasPrefix(body, "0x") {
		body = "0x" + body
	}
	if !strings.Contains(body, "p") {
		body += "p0"
	}
	f, err := strconv.ParseFloat(body, 64)
	if math.IsInf(f, 0) {
		return nil, OverflowErrorf("hexadecimal value too large to represent as a float")
	}
	if err != nil || strings.Contains(s, "_") || len(text)-len(strings.TrimLeft(text, "+-")) > 1 {
		return nil, ValueErrorf("invalid hexadecimal floating-point string")
	}
	if strings.HasPrefix(text, "-") {
		f = -f
	}
	if c, ok := self.(*Class); ok && c != FloatClass {
		return Call(t, c, []Value{Float(f)}, nil)
	}
	return Float(f), nil
}
