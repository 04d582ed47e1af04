package stdlib

import (
	"math"
	"strings"

	"provbox/provd/python"
	"provbox/provd/python/regex"
)

func (m *reModule) patternSpec() python.ClassSpec {
	ranged := func(name string, f func(p *pattern, t *python.Thread, s python.Value, pos, end int) (python.Value, error)) python.MethodFunc {
		full := method(func(t *python.Thread, p *pattern, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var s, from, to python.Value
			if err := python.Unpack(name, args, kwargs, "string", &s, "pos?", &from, "endpos?", &to); err != nil {
				return nil, err
			}
			pos, end := 0, math.MaxInt
			var err error
			if from != nil {
				if pos, err = clampInt(t, from); err != nil {
					return nil, err
				}
			}
			if to != nil {
				if end, err = clampInt(t, to); err != nil {
					return nil, err
				}
			}
			return f(p, t, s, pos, end)
		})
		return func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			if p, ok := self.(*pattern); ok && len(args) == 1 && len(kwargs) == 0 {
				return f(p, t, args[0], 0, math.MaxInt)
			}
			return full(t, self, args, kwargs)
		}
	}
	methods := map[string]python.MethodFunc{
		"findall":  ranged("findall", (*pattern).findall),
		"finditer": ranged("finditer", (*pattern).finditer),
		"split": method(func(t *python.Thread, p *pattern, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var s, count python.Value
			if err := python.Unpack("split", args, kwargs, "string", &s, "maxsplit?", &count); err != nil {
				return nil, err
			}
			return p.split(t, s, count)
		}),
		"__repr__": method(func(t *python.Thread, p *pattern, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			return p.repr(t)
		}),
		"__copy__": itself, "__deepcopy__": itself,
		"__eq__": binaryMethod(func(_ *python.Thread, p *pattern, other python.Value) (python.Value, error) {
			o, ok := other.(*pattern)
			if !ok {
				return notImplemented, nil
			}
			return truth(p == o || p.key() == o.key()), nil
		}),
		"__hash__": method(func(t *python.Thread, p *pattern, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			h, err := python.Hash(t, p.text(p.re.Pattern()))
			return python.Int(int64(h)), err
		}),
	}
	for _, name := range []string{"match", "search", "fullmatch"} {
		methods[name] = ranged(name, func(p *pattern, t *python.Thread, s python.Value, pos, end int) (python.Value, error) {
			return p.one(t, name, s, pos, end)
		})
	}
	for _, name := range []string{"sub", "subn"} {
		full := method(func(t *python.Thread, p *pattern, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var repl, s, count python.Value
			if err := python.Unpack(name, args, kwargs, "repl", &repl, "string", &s, "count?", &count); err != nil {
				return nil, err
			}
			return p.sub(t, repl, s, count, name == "subn")
		})
		methods[name] = func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			if p, ok := self.(*pattern); ok && len(args) == 2 && len(kwargs) == 0 {
				return p.sub(t, args[0], args[1], nil, name == "subn")
			}
			return full(t, self, args, kwargs)
		}
	}
	return python.ClassSpec{
		Name: "Pattern", Dotted: true, NoNew: true, Final: true, Methods: methods,
		ClassMethods: map[string]python.MethodFunc{"__class_getitem__": genericAlias},
		Getters: map[string]python.GetFunc{
			"pattern": getter(func(_ *python.Thread, p *pattern) (python.Value, error) {
				return p.text(p.re.Pattern()), nil
			}),
			"flags": getter(func(_ *python.Thread, p *pattern) (python.Value, error) {
				return python.NewInt(int(p.re.Flags())), nil
			}),
			"groups": getter(func(_ *python.Thread, p *pattern) (python.Value, error) {
				return python.NewInt(p.re.Groups()), nil
			}),
			"groupindex": getter(func(_ *python.Thread, p *pattern) (python.Value, error) {
				d := python.NewDict(0)
				for g := 1; g <= p.re.Groups(); g++ {
					if name := p.re.GroupName(g); name != "" {
						d.SetStr(name, python.NewInt(g))
					}
				}
				return d, nil
			}),
		},
	}
}

// genericAlias answers subscription of a class that is generic in annotations
// only, as in re.Pattern[str]: the class itself.
func genericAlias(_ *python.Thread, cls python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
	return cls, nil
}

func (p *pattern) key() patternKey {
	return patternKey{p.re.Pattern(), p.re.IsBytes(), p.re.Flags()}
}

var flagNames = [...]struct {
	flag regex.Flags
	name string
}{
	{regex.Template, "re.TEMPLATE"},
	{regex.IgnoreCase, "re.IGNORECASE"},
	{regex.Locale, "re.LOCALE"},
	{regex.Multiline, "re.MULTILINE"},
	{regex.DotAll, "re.DOTALL"},
	{regex.Unicode, "re.UNICODE"},
	{regex.Verbose, "re.VERBOSE"},
	{regex.Debug, "re.DEBUG"},
	{regex.ASCII, "re.ASCII"},
}

func (p *pattern) repr(t *python.Thread) (python.Value, error) {
	text, err := python.Repr(t, p.text(p.re.Pattern()))
	if err != nil {
		return nil, err
	}
	// CPython cuts the text at 200 characters.
	if r := []rune(text); len(r) > 200 {
		text = string(r[:200])
	}
	f := p.re.Flags()
	if !p.re.IsBytes() && f&(regex.Locale|regex.Unicode|regex.ASCII) == regex.Unicode {
		f &^= regex.Unicode
	}
	var names []string
	for _, n := range flagNames {
		if f&n.flag != 0 {
			names = append(names, n.name)
		}
	}
	if len(names) > 0 {
		text += ", " + strings.Join(names, "|")
	}
	return str(t, "re.compile("+text+")")
}

// value gives group g of a match as a value; none stands for a group that took
// no part.
func (p *pattern) value(t *python.Thread, s *regex.Subject, m *regex.Match, g int, none python.Value) (python.Value, error) {
	i, j := m.Spans[2*g], m.Spans[2*g+1]
	if i < 0 {
		return none, nil
	}
	if err := t.Alloc(16); err != nil {
		return nil, err
	}
	return p.text(s.Slice(i, j)), nil
}

func (p *pattern) findall(t *python.Thread, v python.Value, pos, end int) (python.Value, error) {
	out := python.NewList(nil)
	err := p.scan(t, v, pos, end, func(s *regex.Subject, m *regex.Match) (bool, error) {
		var item python.Value
		var err error
		switch n := p.re.Groups(); n {
		case 0, 1:
			item, err = p.value(t, s, m, n, p.text(""))
		default:
			tuple := make(python.Tuple, n)
			if err := t.Alloc(16 * int64(n)); err != nil {
				return false, err
			}
			for g := 1; g <= n && err == nil; g++ {
				tuple[g-1], err = p.value(t, s, m, g, p.text(""))
			}
			item = tuple
		}
		if err != nil {
			return false, err
		}
		return true, out.Append(t, item)
	})
	return out, err
}

// scan calls f with every match until f says stop.
func (p *pattern) scan(t *python.Thread, v python.Value, pos, end int, f func(*regex.Subject, *regex.Match) (bool, error)) error {
	s, err := p.subject(t, v)
	if err != nil {
		return err
	}
	sc := p.re.Scan(s, pos, end)
	for {
		m, err := sc.Next(t)
		if err != nil {
			return p.mod.error(nil, err)
		}
		if m == nil {
			return nil
		}
		if err := t.Step(1); err != nil {
			return err
		}
		if more, err := f(s, m); err != nil || !more {
			return err
		}
	}
}

func (p *pattern) finditer(t *python.Thread, v python.Value, pos, end int) (python.Value, error) {
	s, err := p.subject(t, v)
	if err != nil {
		return nil, err
	}
	sc := p.re.Scan(s, pos, end)
	return python.NewIterator(nil, func(t *python.Thread) (python.Value, bool, error) {
		m, err := sc.Next(t)
		if err != nil {
			return nil, false, p.mod.error(nil, err)
		}
		if m == nil {
			return nil, false, nil
		}
		r, err := p.result(t, s, v, m, pos, end)
		return r, err == nil, err
	}), nil
}

func (p *pattern) split(t *python.Thread, v, count python.Value) (python.Value, error) {
	limit := 0
	if count != nil {
		n, err := asInt(t, count)
		if err != nil {
			return nil, err
		}
		limit = int(n)
	}
	out := python.NewList(nil)
	last, n := 0, 0
	var subject *regex.Subject
	var err error
	if limit < 0 {
		// CPython: a negative maxsplit splits nothing.
		if subject, err = p.subject(t, v); err != nil {
			return nil, err
		}
		return out, out.Append(t, p.text(subject.String()))
	}
	err = p.scan(t, v, 0, math.MaxInt, func(s *regex.Subject, m *regex.Match) (bool, error) {
		subject = s
		if err := out.Append(t, p.text(s.Slice(last, m.Spans[0]))); err != nil {
			return false, err
		}
		for g := 1; g <= p.re.Groups(); g++ {
			item, err := p.value(t, s, m, g, python.None)
			if err == nil {
				err = out.Append(t, item)
			}
			if err != nil {
				return false, err
			}
		}
		last = m.Spans[1]
		n++
		return limit == 0 || n < limit, nil
	})
	if err != nil {
		return nil, err
	}
	if subject == nil {
		if subject, err = p.subject(t, v); err != nil {
			return nil, err
		}
	}
	return out, out.Append(t, p.text(subject.Slice(last, subject.Len())))
}
