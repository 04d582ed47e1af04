package template

import (
	"math"
	"strconv"
	"strings"

	"provbox/provd/python"
)

func filterIndent(in *invocation) (python.Value, error) {
	var v python.Value
	var width, first, blank python.Value = python.Int(4), python.False, python.False
	if err := in.unpack("s", &v, "width?", &width, "first?", &first, "blank?", &blank); err != nil {
		return nil, err
	}
	prefix, ok := python.Native(width).(python.Str)
	if !ok {
		spaces, err := python.Binary(in.t, python.OpMul, python.Str(" "), width)
		if err != nil {
			return nil, err
		}
		prefix, _ = spaces.(python.Str)
	}
	_, safe := isMarkup(v)
	text, ok := python.Native(v).(python.Str)
	if !ok {
		// s += newline fails for everything that is not a text.
		sum, err := python.InPlace(in.t, python.OpAdd, v, python.Str("\n"))
		if err == nil {
			err = python.AttributeErrorf("'%s' object has no attribute 'splitlines'", python.TypeName(sum))
		}
		return nil, err
	}
	always, err := truth(in.t, blank)
	if err != nil {
		return nil, err
	}
	atFirst, err := truth(in.t, first)
	if err != nil {
		return nil, err
	}
	s, err := indented(in.t, string(text), string(prefix), atFirst, always)
	if err != nil {
		return nil, err
	}
	if safe {
		return markup(s), nil
	}
	return python.Str(s), nil
}

func indented(t *python.Thread, text, prefix string, first, blank bool) (string, error) {
	if err := t.Alloc(int64(len(text)) + 1); err != nil {
		return "", err
	}
	lines, err := python.CallMethod(t, python.Str(text+"\n"), "splitlines")
	if err != nil {
		return "", err
	}
	list, err := python.ListOf(t, lines)
	if err != nil {
		return "", err
	}
	if err := t.Alloc(int64(len(list))*int64(len(prefix)+1) + int64(len(text))); err != nil {
		return "", err
	}
	var b strings.Builder
	for i, line := range list {
		s, _ := line.(python.Str)
		if i > 0 {
			b.WriteByte('\n')
		}
		if i == 0 && first || i > 0 && (blank || s != "") {
			b.WriteString(prefix)
		}
		b.WriteString(string(s))
	}
	return b.String(), nil
}

// defaultLeeway is the policy truncate.leeway.
const defaultLeeway = 5

func filterTruncate(in *invocation) (python.Value, error) {
	var s python.Value
	var length, kill, end, leeway python.Value = python.Int(255), python.False, python.Str("..."), python.None
	err := in.unpack("s", &s, "length?", &length, "killwords?", &kill, "end?", &end, "leeway?", &leeway)
	if err != nil {
		return nil, err
	}
	if leeway == python.None {
		leeway = python.Int(defaultLeeway)
	}
	endLen, err := python.Len(in.t, end)
	if err != nil {
		return nil, err
	}
	if err := in.assertAtLeast("length", length, endLen); err != nil {
		return nil, err
	}
	if err := in.assertAtLeast("leeway", leeway, 0); err != nil {
		return nil, err
	}
	n, err := python.Len(in.t, s)
	if err != nil {
		return nil, err
	}
	most, err := python.Binary(in.t, python.OpAdd, length, leeway)
	if err != nil {
		return nil, err
	}
	short, err := python.CompareBool(in.t, python.OpLe, python.Int(n), most)
	if err != nil || short {
		return s, err
	}
	stop, err := python.Binary(in.t, python.OpSub, length, python.Int(endLen))
	if err != nil {
		return nil, err
	}
	head, err := python.GetItem(in.t, s, &python.Slice{Start: python.None, Stop: stop, Step: python.None})
	if err != nil {
		return nil, err
	}
	whole, err := truth(in.t, kill)
	if err != nil {
		return nil, err
	}
	if !whole {
		parts, err := python.CallMethod(in.t, head, "rsplit", python.Str(" "), python.Int(1))
		if err != nil {
			return nil, err
		}
		if head, err = python.GetItem(in.t, parts, python.Int(0)); err != nil {
			return nil, err
		}
	}
	return python.Binary(in.t, python.OpAdd, head, end)
}

func (in *invocation) assertAtLeast(what string, v python.Value, least int) error {
	ok, err := python.CompareBool(in.t, python.OpGe, v, python.Int(least))
	if err != nil || ok {
		return err
	}
	got, err := toStr(in.t, v)
	if err != nil {
		return err
	}
	return python.Raise(python.AssertionError, "expected %s >= %d, got %s", what, least, got)
}

func filterWordcount(in *invocation, v python.Value) (python.Value, error) {
	s, err := toStr(in.t, v)
	if err != nil {
		return nil, err
	}
	n, inside := 0, false
	for _, r := range s {
		word := isWordChar(r)
		if word && !inside {
			n++
		}
		inside = word
	}
	return python.NewInt(n), nil
}

func filterFilesizeformat(in *invocation) (python.Value, error) {
	var v python.Value
	var binary python.Value = python.False
	if err := in.unpack("value", &v, "binary?", &binary); err != nil {
		return nil, err
	}
	f, err := python.Call(in.t, python.FloatClass, []python.Value{v}, nil)
	if err != nil {
		return nil, err
	}
	x, _ := f.(python.Float)
	iec, err := truth(in.t, binary)
	if err != nil {
		return nil, err
	}
	base, suffix := 1000.0, "B"
	if iec {
		base, suffix = 1024, "iB"
	}
	bytes := float64(x)
	if bytes == 1 {
		return python.Str("1 Byte"), nil
	}
	if bytes < base {
		n, err := python.Call(in.t, python.IntClass, []python.Value{f}, nil)
		if err != nil {
			return nil, err
		}
		s, err := toStr(in.t, n)
		return python.Str(s + " Bytes"), err
	}
	const prefixes = "kMGTPEZY"
	for i := range len(prefixes) {
		unit := math.Pow(base, float64(i+2))
		if bytes < unit || i == len(prefixes)-1 {
			prefix := prefixes[i : i+1]
			if iec {
				prefix = strings.ToUpper(prefix)
			}
			return python.Str(pythonFixed(base*bytes/unit) + " " + prefix + suffix), nil
		}
	}
	return python.Str(""), nil
}

// pythonFixed formats with one decimal as Python's format does.
func pythonFixed(x float64) string {
	switch {
	case math.IsNaN(x):
		return "nan"
	case math.IsInf(x, 0):
		return "inf"
	}
	return strconv.FormatFloat(x, 'f', 1, 64)
}

// integral is math.ceil or math.floor.
func integral(t *python.Thread, v python.Value, ceil bool) (python.Value, error) {
	if python.IsInstance(v, python.IntClass) {
		return v, nil
	}
	x, ok := python.Native(v).(python.Float)
	if !ok {
		return nil, python.TypeErrorf("must be real number, not %s", python.TypeName(v))
	}
	f := math.Floor(float64(x))
	if ceil {
		f = math.Ceil(float64(x))
	}
	return python.Call(t, python.IntClass, []python.Value{python.Float(f)}, nil)
}
