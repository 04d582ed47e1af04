package python

import (
	"context"
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"
)

// checkFailure fails the test unless err is nil or of a kind a program or a host
// can meet.
func checkFailure(t *testing.T, err error) {
	t.Helper()
	var exc *Exception
	var limit *LimitError
	if err != nil && !errors.As(err, &exc) && !errors.As(err, &limit) {
		t.Fatalf("failed with a %T: %v", err, err)
	}
}

func fuzzThread() *Thread {
	return NewThread(context.Background(), Limits{Steps: 100_000, Alloc: 1 << 20, Depth: 100})
}

// fuzzValues are what the formatting functions are fuzzed with.
func fuzzValues(s string, i int64, f float64) []Value {
	huge, _ := bigPow(fuzzThread(), big.NewInt(i), big.NewInt(5))
	if huge == nil {
		huge = None
	}
	return []Value{
		Str(s), Int(i), Float(f), huge, True, None, Bytes(s), NewList([]Value{Int(i), Str(s)}), Tuple{Float(f)},
	}
}

// FuzzPercent formats arbitrary values by arbitrary formats with %.
func FuzzPercent(f *testing.F) {
	for _, format := range []string{
		"%s", "%d", "%05.3f|%-8s", "%(a)s", "%*.*f", "%%", "%c%r%a", "%#x%+o% i", "%e%G", "%1000000000d", "%.9999f", "%", "%(a", "é%5", "%lld",
	} {
		f.Add(format, "text", int64(-42), 2.5)
	}
	f.Fuzz(func(t *testing.T, format, s string, i int64, x float64) {
		values := fuzzValues(s, i, x)
		d := NewDict(0)
		d.SetStr("a", Str(s))
		for _, arg := range append(values, Tuple(values), Tuple{Int(i), Float(x), Str(s)}, d) {
			_, err := PercentFormat(fuzzThread(), Str(format), arg)
			checkFailure(t, err)
		}
	})
}

// FuzzFormat formats arbitrary values by arbitrary specifications and by
// str.format. Whatever comes out is as wide as was asked for.
func FuzzFormat(f *testing.F) {
	for _, spec := range []string{
		"", "5", "<5", "*^10.3f", "010,", "+#x", "_b", ".3", "z.1f", "%", "é>9s", "99999999999", ".99999999999f", "=+08_.2e", "c", "{}", "{0.x[1]!r:>{w}}",
	} {
		f.Add(spec, "text", int64(1234567), -0.04)
	}
	f.Fuzz(func(t *testing.T, spec, s string, i int64, x float64) {
		for _, v := range fuzzValues(s, i, x) {
			out, err := Format(fuzzThread(), v, spec)
			checkFailure(t, err)
			parsed, specErr := parseSpec(spec, "int", '>', 'd')
			if err == nil && specErr == nil && isCore(v) && strLen(out) < parsed.width {
				t.Fatalf("format(%v, %q) = %q is narrower than %d", v, spec, out, parsed.width)
			}
			for _, format := range []string{spec, "{:" + spec + "}", "{" + spec + "}", "{a" + spec, "{0!" + spec + "}{}"} {
				_, err := StrFormat(fuzzThread(), format, []Value{v, Int(i)}, []Keyword{{"a", v}, {"w", Int(3)}})
				checkFailure(t, err)
			}
		}
	})
}

// FuzzNumbers parses arbitrary text as int and float. What parses reads back
// from its repr.
func FuzzNumbers(f *testing.F) {
	for _, s := range []string{
		"0", "-12", " 1_000 ", "0x_ff", "1e5", "inf", "-nan", ".5e-3", "9" + strings.Repeat("0", 400), "٣٤", "1__0", "0b2", "1e999999999", "\xed\xa0\x80",
	} {
		f.Add(s, 10)
		f.Add(s, 0)
		f.Add(s, 16)
	}
	f.Fuzz(func(t *testing.T, s string, base int) {
		th := fuzzThread()
		v, err := newIntValue(th, IntClass, []Value{Str(s), NewInt(base)}, nil)
		checkFailure(t, err)
		if err == nil {
			text, err := Repr(th, v)
			checkFailure(t, err)
			again, err := newIntValue(fuzzThread(), IntClass, []Value{Str(text)}, nil)
			if eq, _ := Equal(th, v, again); err != nil || !eq {
				t.Fatalf("int(%q, %d) = %s reads back as %v (%v)", s, base, text, again, err)
			}
		}
		v, err = newFloat(th, FloatClass, []Value{Str(s)}, nil)
		checkFailure(t, err)
		if x, ok := v.(Float); ok && err == nil && x == x {
			again, ok := parseFloat(floatRepr(float64(x)))
			if !ok || again != float64(x) || math.Signbit(again) != math.Signbit(float64(x)) {
				t.Fatalf("float(%q) = %s reads back as %v", s, floatRepr(float64(x)), again)
			}
		}
	})
}

// FuzzText runs the methods of str and the codecs over arbitrary text, UTF-8 or
// not.
func FuzzText(f *testing.F) {
	f.Add("a b\tc", " ", 3)
	f.Add("h\xc3\xa9llo\xff\xed\xa0\x80", "l", -2)
	f.Add("ΑΣ ΑΣΑ ß ŉ \U0001f600", "ς", 100)
	f.Fuzz(func(t *testing.T, s, arg string, n int) {
		th := fuzzThread()
		for name, attr := range StrClass.ns.All() {
			m, ok := attr.(*Method)
			if !ok {
				continue
			}
			for _, args := range [][]Value{nil, {Str(arg)}, {NewInt(n)}, {Str(arg), NewInt(n)}, {Str(arg), Str(s)}} {
				v, err := m.fn(th, Str(s), args, nil)
				checkFailure(t, err)
				if err == nil && v == nil {
					t.Fatalf("%v returned nothing", name)
				}
			}
			th = fuzzThread()
		}
		for _, encoding := range []string{"utf-8", "ascii", "latin-1"} {
			for _, errors := range []string{"strict", "ignore", "replace", "backslashreplace", "surrogateescape", "surrogatepass"} {
				b, err := encodeStr(th, s, encoding, errors)
				checkFailure(t, err)
				_, decodeErr := decodeBytes(th, s, encoding, errors)
				checkFailure(t, decodeErr)
				if err == nil && errors == "strict" {
					if again, err := decodeBytes(th, b, encoding, errors); err != nil || again != s {
						t.Fatalf("%q as %s reads back as %q (%v)", s, encoding, again, err)
					}
				}
			}
		}
		if n := strLen(s); n != len(decodeRunes(s)) {
			t.Fatalf("%q has length %d but %d code points", s, n, len(decodeRunes(s)))
		}
		if r, err := reprStr(th, s); err == nil && len(r) < 2 {
			t.Fatalf("repr of %q is %q", s, r)
		}
	})
}
