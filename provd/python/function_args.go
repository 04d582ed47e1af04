package python

import (
	"fmt"
	"strings"
)

// bind sets the parameters of a call in locals. The order of its checks, and so
// which of several mistakes is reported, is CPython's.
func (fn *Function) bind(t *Thread, locals, args []Value, kwargs []Keyword) error {
	c := fn.code
	n := copy(locals[:c.params], args)
	slot := c.params + c.kwOnly
	if c.star {
		var rest Tuple
		if len(args) > n {
			if err := chargeItems(t, len(args)-n); err != nil {
				return err
			}
			rest = append(rest, args[n:]...)
		}
		locals[slot] = rest
		slot++
	}
	var extra *Dict
	if c.kwArgs {
		extra = NewDict(0)
		locals[slot] = extra
	}
	for i := range kwargs {
		if err := fn.bindKeyword(t, locals, &kwargs[i], kwargs, extra); err != nil {
			return err
		}
	}
	if len(args) > n && !c.star {
		return fn.tooMany(locals, len(args))
	}
	return fn.bindDefaults(locals, n)
}

// bindKeyword sets one parameter by name.
func (fn *Function) bindKeyword(t *Thread, locals []Value, kw *Keyword, all []Keyword, extra *Dict) error {
	c := fn.code
	for i := c.posOnly; i < c.params+c.kwOnly; i++ {
		if c.locals[i] != kw.Name {
			continue
		}
		if locals[i] != nil {
			return TypeErrorf("%s() got multiple values for argument '%s'", fn.qualname, kw.Name)
		}
		locals[i] = kw.Value
		return nil
	}
	if extra != nil {
		if _, ok := extra.GetStr(kw.Name); ok {
			return TypeErrorf("%s() got multiple values for keyword argument '%s'", fn.qualname, kw.Name)
		}
		return extra.Set(t, Str(kw.Name), kw.Value)
	}
	var wrong []string
	for _, k := range all {
		for _, name := range c.locals[:c.posOnly] {
			if k.Name == name {
				wrong = append(wrong, name)
			}
		}
	}
	if len(wrong) > 0 {
		return TypeErrorf("%s() got some positional-only arguments passed as keyword arguments: '%s'",
			fn.qualname, strings.Join(wrong, ", "))
	}
	return TypeErrorf("%s() got an unexpected keyword argument '%s'", fn.qualname, kw.Name)
}

// bindDefaults fills the parameters that the call left out; n positional ones
// were given by position.
func (fn *Function) bindDefaults(locals []Value, n int) error {
	c := fn.code
	first := c.params - len(fn.defaults)
	var missing []string
	for i := n; i < c.params; i++ {
		switch {
		case locals[i] != nil:
		case i >= first:
			locals[i] = fn.defaults[i-first]
		default:
			missing = append(missing, c.locals[i])
		}
	}
	if missing != nil {
		return fn.missing("positional", missing)
	}
	for i := c.params; i < c.params+c.kwOnly; i++ {
		if locals[i] != nil {
			continue
		}
		for _, k := range fn.kwDefaults {
			if k.Name == c.locals[i] {
				locals[i] = k.Value
			}
		}
		if locals[i] == nil {
			missing = append(missing, c.locals[i])
		}
	}
	if missing != nil {
		return fn.missing("keyword-only", missing)
	}
	return nil
}

// missing is the error for arguments without a value.
func (fn *Function) missing(kind string, names []string) error {
	for i := range names {
		names[i] = "'" + names[i] + "'"
	}
	list := names[len(names)-1]
	switch rest := names[:len(names)-1]; len(rest) {
	case 0:
	case 1:
		list = rest[0] + " and " + list
	default:
		list = strings.Join(rest, ", ") + ", and " + list
	}
	return TypeErrorf("%s() missing %d required %s argument%s: %s", fn.qualname, len(names), kind, pluralS(len(names)), list)
}

// tooMany is the error for more positional arguments than parameters.
func (fn *Function) tooMany(locals []Value, given int) error {
	c := fn.code
	takes := fmt.Sprint(c.params)
	s := pluralS(c.params)
	if n := len(fn.defaults); n > 0 {
		takes = fmt.Sprintf("from %d to %d", c.params-n, c.params)
		s = "s"
	}
	kwOnly := 0
	for i := c.params; i < c.params+c.kwOnly; i++ {
		if locals[i] != nil {
			kwOnly++
		}
	}
	extra := ""
	were := "were"
	if kwOnly > 0 {
		extra = fmt.Sprintf(" positional argument%s (and %d keyword-only argument%s)", pluralS(given), kwOnly, pluralS(kwOnly))
	} else if given == 1 {
		were = "was"
	}
	return TypeErrorf("%s() takes %s positional argument%s but %d%s %s given", fn.qualname, takes, s, given, extra, were)
}
