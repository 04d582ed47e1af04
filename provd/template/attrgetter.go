package template

import (
	"strconv"
	"strings"

	"provbox/provd/python"
)

// getter looks up the attribute that a filter was told: a name, a number, or
// several of them with dots between.
type getter struct {
	parts []python.Value
	// ignoreCase makes texts lower case.
	ignoreCase bool
	// standard replaces an undefined part; nil leaves it.
	standard python.Value
}

// attributeParts splits an attribute at its dots; None has no parts.
func attributeParts(attr python.Value) []python.Value {
	if attr == nil || attr == python.None {
		return nil
	}
	s, ok := python.Native(attr).(python.Str)
	if !ok {
		return []python.Value{attr}
	}
	var parts []python.Value
	for part := range strings.SplitSeq(string(s), ".") {
		if n, err := strconv.ParseInt(part, 10, 64); err == nil && part[0] != '-' && part[0] != '+' {
			parts = append(parts, python.Int(n))
		} else {
			parts = append(parts, python.Str(part))
		}
	}
	return parts
}

func newGetter(attr python.Value, ignoreCase bool) *getter {
	return &getter{parts: attributeParts(attr), ignoreCase: ignoreCase}
}

func (g *getter) get(t *python.Thread, v python.Value) (python.Value, error) {
	for _, part := range g.parts {
		var err error
		if v, err = item(t, v, part); err != nil {
			return nil, err
		}
		if g.standard != nil && isUndef(v) {
			v = g.standard
		}
	}
	return fold(t, v, g.ignoreCase)
}

// fold makes a text lower case if ignoreCase is set.
func fold(t *python.Thread, v python.Value, ignoreCase bool) (python.Value, error) {
	if ignoreCase {
		if _, ok := python.Native(v).(python.Str); ok {
			return python.CallMethod(t, v, "lower")
		}
	}
	return v, nil
}

// keyFunc is the getter as a function of Python, for sorted, min and max.
func (g *getter) keyFunc() python.Keyword {
	return python.Keyword{Name: "key", Value: python.NewBuiltin("attrgetter",
		func(t *python.Thread, args []python.Value, _ []python.Keyword) (python.Value, error) {
			if len(args) != 1 {
				return nil, python.TypeErrorf("attrgetter() takes 1 positional argument but %d were given", len(args))
			}
			return g.get(t, args[0])
		})}
}

// multiKey is the key of the sort filter: a list of the attributes named in a
// list with commas.
func multiKey(attr python.Value, ignoreCase bool) python.Keyword {
	var getters []*getter
	if s, ok := python.Native(attr).(python.Str); ok {
		for part := range strings.SplitSeq(string(s), ",") {
			getters = append(getters, newGetter(python.Str(part), ignoreCase))
		}
	} else {
		getters = []*getter{newGetter(attr, ignoreCase)}
	}
	return python.Keyword{Name: "key", Value: python.NewBuiltin("attrgetter",
		func(t *python.Thread, args []python.Value, _ []python.Keyword) (python.Value, error) {
			keys := make([]python.Value, len(getters))
			for i, g := range getters {
				v, err := g.get(t, args[0])
				if err != nil {
					return nil, err
				}
				keys[i] = v
			}
			return python.NewList(keys), nil
		})}
}
