package template

import (
	"provbox/provd/python"
)

// builtinTests are Jinja2's tests by name.
func builtinTests() map[string]function {
	tests := map[string]function{
		"odd":         remainder(2, 1),
		"even":        remainder(2, 0),
		"divisibleby": testDivisible,
		"defined":     check(func(v python.Value) bool { return !isUndef(v) }),
		"undefined":   check(isUndef),
		"filter": one(func(in *invocation, v python.Value) (python.Value, error) {
			return known(in, v, in.f.env.filters)
		}),
		"test": one(func(in *invocation, v python.Value) (python.Value, error) {
			return known(in, v, in.f.env.tests)
		}),
		"none": check(func(v python.Value) bool { return v == python.None }),
		"boolean": check(func(v python.Value) bool {
			_, ok := v.(python.Bool)
			return ok
		}),
		"false": check(func(v python.Value) bool { return v == python.False }),
		"true":  check(func(v python.Value) bool { return v == python.True }),
		"integer": check(func(v python.Value) bool {
			_, isBool := v.(python.Bool)
			return !isBool && python.IsInstance(v, python.IntClass)
		}),
		"float":    check(func(v python.Value) bool { return python.IsInstance(v, python.FloatClass) }),
		"lower":    textTest("islower"),
		"upper":    textTest("isupper"),
		"string":   check(func(v python.Value) bool { return python.IsInstance(v, python.StrClass) }),
		"mapping":  check(func(v python.Value) bool { return python.IsInstance(v, python.DictClass) }),
		"number":   check(isNumber),
		"sequence": one(testSequence),
		"iterable": one(testIterable),
		"callable": check(python.IsCallable),
		"sameas":   testSameas,
		"escaped":  one(testEscaped),
		"in":       comparison(python.OpIn),
	}
	for op, names := range map[python.CompareOp][]string{
		python.OpEq: {"==", "eq", "equalto"}, python.OpNe: {"!=", "ne"},
		python.OpGt: {">", "gt", "greaterthan"}, python.OpGe: {">=", "ge"},
		python.OpLt: {"<", "lt", "lessthan"}, python.OpLe: {"<=", "le"},
	} {
		for _, name := range names {
			tests[name] = comparison(op)
		}
	}
	return tests
}

// check makes a test that cannot fail.
func check(fn func(python.Value) bool) function {
	return one(func(_ *invocation, v python.Value) (python.Value, error) { return python.Bool(fn(v)), nil })
}

func isNumber(v python.Value) bool {
	return python.IsInstance(v, python.IntClass) || python.IsInstance(v, python.FloatClass)
}

func remainder(n, want python.Int) function {
	return one(func(in *invocation, v python.Value) (python.Value, error) {
		r, err := python.Binary(in.t, python.OpMod, v, n)
		if err != nil {
			return nil, err
		}
		return python.Compare(in.t, python.OpEq, r, want)
	})
}

func testDivisible(in *invocation) (python.Value, error) {
	var v, n python.Value
	if err := in.unpack("value", &v, "num", &n); err != nil {
		return nil, err
	}
	r, err := python.Binary(in.t, python.OpMod, v, n)
	if err != nil {
		return nil, err
	}
	return python.Compare(in.t, python.OpEq, r, python.Int(0))
}

func known(in *invocation, name python.Value, table map[string]function) (python.Value, error) {
	if _, err := python.Hash(in.t, name); err != nil {
		return nil, err
	}
	s, ok := python.Native(name).(python.Str)
	return python.Bool(ok && table[string(s)] != nil), nil
}

func textTest(method string) function {
	return one(func(in *invocation, v python.Value) (python.Value, error) {
		s, err := toStr(in.t, v)
		if err != nil {
			return nil, err
		}
		return python.CallMethod(in.t, python.Str(s), method)
	})
}

func comparison(op python.CompareOp) function {
	return func(in *invocation) (python.Value, error) {
		if len(in.args) != 2 || len(in.kwargs) > 0 {
			if op == python.OpIn {
				if err := in.arityError([]string{"value", "seq"}); err != nil {
					return nil, err
				}
			}
			name := map[python.CompareOp]string{
				python.OpEq: "eq", python.OpNe: "ne", python.OpGt: "gt", python.OpGe: "ge", python.OpLt: "lt", python.OpLe: "le",
			}[op]
			if len(in.kwargs) > 0 {
				return nil, python.TypeErrorf("%s() takes no keyword arguments", name)
			}
			return nil, python.TypeErrorf("%s expected 2 arguments, got %d", name, len(in.args))
		}
		return python.Compare(in.t, op, in.args[0], in.args[1])
	}
}

func testSequence(in *invocation, v python.Value) (python.Value, error) {
	if _, err := python.Len(in.t, v); err != nil {
		return falseForException(err)
	}
	_, ok, err := python.LookupAttr(in.t, v, "__getitem__")
	if err != nil {
		return falseForException(err)
	}
	return python.Bool(ok), nil
}

// falseForException answers no for every exception; a limit still ends the
// render.
func falseForException(err error) (python.Value, error) {
	if python.IsException(err, python.ExceptionClass) {
		return python.False, nil
	}
	return nil, err
}

func testIterable(in *invocation, v python.Value) (python.Value, error) {
	_, err := python.Iter(in.t, v)
	if err == nil {
		return python.True, nil
	}
	if python.IsException(err, python.TypeError) {
		return python.False, nil
	}
	return nil, err
}

func testSameas(in *invocation) (python.Value, error) {
	var v, other python.Value
	if err := in.unpack("value", &v, "other", &other); err != nil {
		return nil, err
	}
	return python.Bool(python.Is(v, other)), nil
}

func testEscaped(in *invocation, v python.Value) (python.Value, error) {
	ok, err := isSafe(in.t, v)
	return python.Bool(ok), err
}
