package template

import (
	"provbox/provd/python"
)

// builtinFilters are Jinja2's filters by name. random is refused: a file must
// render the same each time.
func builtinFilters() map[string]function {
	return map[string]function{
		"abs":            one(func(in *invocation, v python.Value) (python.Value, error) { return in.builtin("abs", in.args) }),
		"attr":           filterAttr,
		"batch":          filterBatch,
		"capitalize":     textFilter("capitalize"),
		"center":         filterCenter,
		"count":          one(filterLength),
		"d":              filterDefault,
		"default":        filterDefault,
		"dictsort":       filterDictsort,
		"e":              one(filterEscape),
		"escape":         one(filterEscape),
		"filesizeformat": filterFilesizeformat,
		"first":          one(filterFirst),
		"float":          filterFloat,
		"forceescape":    one(filterForceescape),
		"format":         filterFormat,
		"groupby":        filterGroupby,
		"indent":         filterIndent,
		"int":            filterInt,
		"items":          one(filterItems),
		"join":           filterJoin,
		"last":           one(filterLast),
		"length":         one(filterLength),
		"list":           one(filterList),
		"lower":          textFilter("lower"),
		"map":            filterMap,
		"max":            filterMinMax("max"),
		"min":            filterMinMax("min"),
		"pprint":         one(filterPprint),
		"random": func(*invocation) (python.Value, error) {
			return nil, python.Raise(TemplateRuntimeError, "random is not available: a file must render the same each time")
		},
		"reject":     filterSelect(false, false),
		"rejectattr": filterSelect(false, true),
		"replace":    filterReplace,
		"reverse":    one(filterReverse),
		"round":      filterRound,
		"safe":       one(func(in *invocation, v python.Value) (python.Value, error) { return newMarkup(in.t, v) }),
		"select":     filterSelect(true, false),
		"selectattr": filterSelect(true, true),
		"slice":      filterSlice,
		"sort":       filterSort,
		"string":     one(func(in *invocation, v python.Value) (python.Value, error) { return softStr(in.t, v) }),
		"striptags":  one(filterStriptags),
		"sum":        filterSum,
		"title":      one(filterTitle),
		"tojson":     filterTojson,
		"trim":       filterTrim,
		"truncate":   filterTruncate,
		"unique":     filterUnique,
		"upper":      textFilter("upper"),
		"urlencode":  one(filterUrlencode),
		"urlize":     filterUrlize,
		"wordcount":  one(filterWordcount),
		"wordwrap":   filterWordwrap,
		"xmlattr":    filterXmlattr,
	}
}

// one makes a filter or test that takes nothing but the value.
func one(fn func(*invocation, python.Value) (python.Value, error)) function {
	return func(in *invocation) (python.Value, error) {
		v, err := in.only()
		if err != nil {
			return nil, err
		}
		return fn(in, v)
	}
}

// textFilter calls a method of str.
func textFilter(method string) function {
	return one(func(in *invocation, v python.Value) (python.Value, error) { return in.textMethod(v, method) })
}

func filterDefault(in *invocation) (python.Value, error) {
	if len(in.args) == 2 && len(in.kwargs) == 0 {
		// The way nearly every template calls it.
		if isUndef(in.args[0]) {
			return in.args[1], nil
		}
		return in.args[0], nil
	}
	var v, boolean python.Value = nil, python.False
	var standard python.Value = python.Str("")
	if err := in.unpack("value", &v, "default_value?", &standard, "boolean?", &boolean); err != nil {
		return nil, err
	}
	if isUndef(v) {
		return standard, nil
	}
	if ok, err := truth(in.t, boolean); err != nil || !ok {
		return v, err
	}
	if ok, err := truth(in.t, v); err != nil || ok {
		return v, err
	}
	return standard, nil
}

func filterEscape(in *invocation, v python.Value) (python.Value, error) {
	if _, ok := isMarkup(v); ok {
		return v, nil
	}
	s, err := escaped(in.t, v)
	if err != nil {
		return nil, err
	}
	return markup(s), nil
}

func filterForceescape(in *invocation, v python.Value) (python.Value, error) {
	s, err := htmlText(in.t, v)
	if err != nil {
		return nil, err
	}
	s, err = escapeText(in.t, s)
	return markup(s), err
}

// htmlText is the text of v, in its form for HTML if it has one.
func htmlText(t *python.Thread, v python.Value) (string, error) {
	safe, err := isSafe(t, v)
	if err != nil {
		return "", err
	}
	if safe {
		return escaped(t, v)
	}
	return toStr(t, v)
}

func filterStriptags(in *invocation, v python.Value) (python.Value, error) {
	s, err := htmlText(in.t, v)
	if err == nil {
		s, err = stripTags(in.t, s)
	}
	return python.Str(s), err
}

func filterLength(in *invocation, v python.Value) (python.Value, error) {
	n, err := python.Len(in.t, v)
	return python.NewInt(n), err
}

func filterInt(in *invocation) (python.Value, error) {
	if len(in.args) == 1 && len(in.kwargs) == 0 {
		switch v := in.args[0].(type) {
		case python.Int:
			return v, nil
		case python.Bool:
			if v {
				return python.Int(1), nil
			}
			return python.Int(0), nil
		}
	}
	var v python.Value
	var standard, base python.Value = python.Int(0), python.Int(10)
	if err := in.unpack("value", &v, "default?", &standard, "base?", &base); err != nil {
		return nil, err
	}
	args := []python.Value{v}
	if _, ok := python.Native(v).(python.Str); ok {
		args = append(args, base)
	}
	n, err := python.Call(in.t, python.IntClass, args, nil)
	if !isAny(err, python.TypeError, python.ValueError) {
		return n, err
	}
	// "42.23" is 42.
	x, err := python.Call(in.t, python.FloatClass, args[:1], nil)
	if err == nil {
		n, err = python.Call(in.t, python.IntClass, []python.Value{x}, nil)
	}
	if isAny(err, python.TypeError, python.ValueError) {
		return standard, nil
	}
	return n, err
}

func filterFloat(in *invocation) (python.Value, error) {
	var v python.Value
	var standard python.Value = python.Float(0)
	if err := in.unpack("value", &v, "default?", &standard); err != nil {
		return nil, err
	}
	x, err := python.Call(in.t, python.FloatClass, []python.Value{v}, nil)
	if isAny(err, python.TypeError, python.ValueError) {
		return standard, nil
	}
	return x, err
}

func filterRound(in *invocation) (python.Value, error) {
	var v python.Value
	var precision, method python.Value = python.Int(0), python.Str("common")
	if err := in.unpack("value", &v, "precision?", &precision, "method?", &method); err != nil {
		return nil, err
	}
	m, _ := python.Native(method).(python.Str)
	switch m {
	case "common":
		return in.builtin("round", []python.Value{v, precision})
	case "ceil", "floor":
	default:
		return nil, python.Raise(FilterArgumentError, "method must be common, ceil or floor")
	}
	scale, err := python.Binary(in.t, python.OpPow, python.Int(10), precision)
	if err != nil {
		return nil, err
	}
	x, err := python.Binary(in.t, python.OpMul, v, scale)
	if err != nil {
		return nil, err
	}
	whole, err := integral(in.t, x, m == "ceil")
	if err != nil {
		return nil, err
	}
	return python.Binary(in.t, python.OpDiv, whole, scale)
}

func filterAttr(in *invocation) (python.Value, error) {
	var obj, name python.Value
	if err := in.unpack("obj", &obj, "name", &name); err != nil {
		return nil, err
	}
	s, ok := python.Native(name).(python.Str)
	if !ok {
		return nil, python.TypeErrorf("attribute name must be string, not '%s'", python.TypeName(name))
	}
	v, ok, err := python.LookupAttr(in.t, obj, string(s))
	if err != nil || ok {
		return v, err
	}
	return &undefined{obj: obj, name: name}, nil
}

func filterPprint(in *invocation, v python.Value) (python.Value, error) {
	s, err := prettyFormat(in.t, v)
	return python.Str(s), err
}
