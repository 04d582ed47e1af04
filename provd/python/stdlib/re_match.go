package stdlib

import (
	"fmt"
	"math"
	"strings"

	"provbox/provd/python"
	"provbox/provd/python/regex"
)

// match is re.Match.
type match struct {
	p        *pattern
	m        *regex.Match
	s        *regex.Subject
	v        python.Value // the string as given
	pos, end int
}

func (m *match) Type() *python.Class { return m.p.mod.match }

func (mod *reModule) matchSpec() python.ClassSpec {
	defaulted := func(name string, f func(m *match, t *python.Thread, none python.Value) (python.Value, error)) python.MethodFunc {
		return method(func(t *python.Thread, m *match, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var none python.Value = python.None
			if err := python.Unpack(name, args, kwargs, "default?", &none); err != nil {
				return nil, err
			}
			return f(m, t, none)
		})
	}
	place := func(name string, f func(i, j int) python.Value) python.MethodFunc {
		return method(func(t *python.Thread, m *match, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var group python.Value = python.Int(0)
			if err := python.Unpack(name, args, kwargs, "group?", &group); err != nil {
				return nil, err
			}
			g, err := m.index(t, group)
			if err != nil {
				return nil, err
			}
			return f(m.m.Spans[2*g], m.m.Spans[2*g+1]), nil
		})
	}
	span := func(i, j int) python.Value { return python.Tuple{python.NewInt(i), python.NewInt(j)} }
	return python.ClassSpec{
		Name: "Match", Dotted: true, NoNew: true, Final: true,
		ClassMethods: map[string]python.MethodFunc{"__class_getitem__": genericAlias},
		Methods: map[string]python.MethodFunc{
			"group":     method(matchGroup),
			"groups":    defaulted("groups", (*match).groups),
			"groupdict": defaulted("groupdict", (*match).groupdict),
			"start":     place("start", func(i, _ int) python.Value { return python.NewInt(i) }),
			"end":       place("end", func(_, j int) python.Value { return python.NewInt(j) }),
			"span":      place("span", span),
			"expand": method(func(t *python.Thread, m *match, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
				var template python.Value
				if err := python.Unpack("expand", args, kwargs, "template", &template); err != nil {
					return nil, err
				}
				return m.expand(t, template)
			}),
			"__getitem__": method(func(t *python.Thread, m *match, args []python.Value, _ []python.Keyword) (python.Value, error) {
				return matchGroup(t, m, args, nil)
			}),
			"__repr__": method(func(t *python.Thread, m *match, _ []python.Value, _ []python.Keyword) (python.Value, error) {
				text, err := python.Repr(t, m.p.text(m.s.Slice(m.m.Spans[0], m.m.Spans[1])))
				if err != nil {
					return nil, err
				}
				return str(t, fmt.Sprintf("<re.Match object; span=(%d, %d), match=%s>", m.m.Spans[0], m.m.Spans[1], text))
			}),
			"__copy__": itself, "__deepcopy__": itself,
		},
		Getters: map[string]python.GetFunc{
			"re":     getter(func(_ *python.Thread, m *match) (python.Value, error) { return m.p, nil }),
			"string": getter(func(_ *python.Thread, m *match) (python.Value, error) { return m.v, nil }),
			"pos":    getter(func(_ *python.Thread, m *match) (python.Value, error) { return python.NewInt(m.pos), nil }),
			"endpos": getter(func(_ *python.Thread, m *match) (python.Value, error) { return python.NewInt(m.end), nil }),
			"lastindex": getter(func(_ *python.Thread, m *match) (python.Value, error) {
				if m.m.LastIndex == 0 {
					return python.None, nil
				}
				return python.NewInt(m.m.LastIndex), nil
			}),
			"lastgroup": getter(func(_ *python.Thread, m *match) (python.Value, error) {
				if name := m.p.re.GroupName(m.m.LastIndex); name != "" {
					return python.Str(name), nil
				}
				return python.None, nil
			}),
			"regs": getter(func(_ *python.Thread, m *match) (python.Value, error) {
				regs := make(python.Tuple, len(m.m.Spans)/2)
				for g := range regs {
					regs[g] = span(m.m.Spans[2*g], m.m.Spans[2*g+1])
				}
				return regs, nil
			}),
		},
	}
}

// index finds a group by number or name.
func (m *match) index(t *python.Thread, v python.Value) (int, error) {
	if name, ok := asStr(v); ok {
		if g, ok := m.p.re.GroupIndex(name); ok {
			return g, nil
		}
		return 0, python.IndexErrorf("no such group")
	}
	n, ok, err := asBig(t, v)
	if err != nil {
		return 0, err
	}
	if !ok || !n.IsInt64() || n.Int64() < 0 || n.Int64() > int64(m.p.re.Groups()) {
		return 0, python.IndexErrorf("no such group")
	}
	return int(n.Int64()), nil
}

func matchGroup(t *python.Thread, m *match, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	if len(kwargs) > 0 {
		return nil, python.TypeErrorf("group() takes no keyword arguments")
	}
	if len(args) == 0 {
		return m.p.value(t, m.s, m.m, 0, python.None)
	}
	out := make(python.Tuple, len(args))
	for i, a := range args {
		g, err := m.index(t, a)
		if err != nil {
			return nil, err
		}
		if out[i], err = m.p.value(t, m.s, m.m, g, python.None); err != nil {
			return nil, err
		}
	}
	if len(out) == 1 {
		return out[0], nil
	}
	return out, nil
}

func (m *match) groups(t *python.Thread, none python.Value) (python.Value, error) {
	out := make(python.Tuple, m.p.re.Groups())
	for g := range out {
		var err error
		if out[g], err = m.p.value(t, m.s, m.m, g+1, none); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (m *match) groupdict(t *python.Thread, none python.Value) (python.Value, error) {
	d := python.NewDict(0)
	for g := 1; g <= m.p.re.Groups(); g++ {
		name := m.p.re.GroupName(g)
		if name == "" {
			continue
		}
		v, err := m.p.value(t, m.s, m.m, g, none)
		if err != nil {
			return nil, err
		}
		d.SetStr(name, v)
	}
	return d, nil
}

// replacement parses a replacement text of the pattern's kind.
func (p *pattern) replacement(t *python.Thread, v python.Value) (*regex.Replacement, error) {
	var text string
	switch x := python.Native(v).(type) {
	case python.Str:
		if p.re.IsBytes() {
			return nil, python.TypeErrorf("sequence item 0: expected a bytes-like object, str found")
		}
		text = string(x)
	case python.Bytes:
		if !p.re.IsBytes() {
			return nil, python.TypeErrorf("sequence item 0: expected str instance, bytes found")
		}
		text = string(x)
	default:
		return nil, python.TypeErrorf("decoding to str: need a bytes-like object, %s found", python.TypeName(v))
	}
	if err := t.Step(1 + len(text)/8); err != nil {
		return nil, err
	}
	if err := t.Alloc(16 * int64(len(text))); err != nil {
		return nil, err
	}
	rep, err := p.re.CompileReplacement(text)
	if err != nil {
		return nil, p.mod.error(v, err)
	}
	return rep, nil
}

func (m *match) expand(t *python.Thread, template python.Value) (python.Value, error) {
	rep, err := m.p.replacement(t, template)
	if err != nil {
		return nil, err
	}
	if err := t.Alloc(int64(rep.Size(m.s, m.m))); err != nil {
		return nil, err
	}
	var b strings.Builder
	rep.Expand(&b, m.s, m.m)
	return m.p.text(b.String()), nil
}

// sub is sub and subn.
func (p *pattern) sub(t *python.Thread, repl, v, count python.Value, withCount bool) (python.Value, error) {
	if count == nil && !withCount {
		if unchanged, err := p.unchanged(t, repl, v); unchanged || err != nil {
			return v, err
		}
	}
	limit := 0
	if count != nil {
		n, err := asInt(t, count)
		if err != nil {
			return nil, err
		}
		limit = int(n)
	}
	var rep *regex.Replacement
	if !python.IsCallable(repl) {
		var err error
		if rep, err = p.replacement(t, repl); err != nil {
			return nil, err
		}
	}
	var b strings.Builder
	var subject *regex.Subject
	last, n := 0, 0
	add := func(s string) error {
		if err := t.Alloc(int64(len(s))); err != nil {
			return err
		}
		b.WriteString(s)
		return nil
	}
	if limit < 0 {
		n = math.MinInt // CPython: a negative count replaces nothing
	} else if err := p.scan(t, v, 0, math.MaxInt, func(s *regex.Subject, m *regex.Match) (bool, error) {
		subject = s
		if err := add(s.Slice(last, m.Spans[0])); err != nil {
			return false, err
		}
		last = m.Spans[1]
		n++
		if rep != nil {
			if err := t.Alloc(int64(rep.Size(s, m))); err != nil {
				return false, err
			}
			rep.Expand(&b, s, m)
		} else if err := p.callReplacement(t, repl, s, v, m, n, add); err != nil {
			return false, err
		}
		return limit == 0 || n < limit, nil
	}); err != nil {
		return nil, err
	}
	if subject == nil {
		// Nothing was found; the kind of v is still to be checked.
		s, err := p.subject(t, v)
		if err != nil {
			return nil, err
		}
		subject = s
	}
	if err := add(subject.Slice(last, subject.Len())); err != nil {
		return nil, err
	}
	if withCount {
		return python.Tuple{p.text(b.String()), python.NewInt(max(n, 0))}, nil
	}
	return p.text(b.String()), nil
}

// unchanged reports that v is a text in which there is nothing to replace. Most
// texts that a package cleans are clean.
func (p *pattern) unchanged(t *python.Thread, repl, v python.Value) (bool, error) {
	text, ok := v.(python.Str)
	if !ok || p.re.IsBytes() {
		return false, nil
	}
	// A replacement with a backslash may be a mistake, which is to be reported.
	if with, ok := repl.(python.Str); !ok || strings.IndexByte(string(with), '\\') >= 0 {
		return false, nil
	}
	return p.re.Absent(t, string(text), false)
}

// callReplacement asks the program for the replacement of the n-th match.
func (p *pattern) callReplacement(t *python.Thread, repl python.Value, s *regex.Subject, v python.Value, m *regex.Match, n int, add func(string) error) error {
	arg, err := p.result(t, s, v, m, 0, math.MaxInt)
	if err != nil {
		return err
	}
	r, err := python.Call(t, repl, []python.Value{arg}, nil)
	if err != nil || isNone(r) {
		return err
	}
	if p.re.IsBytes() {
		if text, ok := asBytes(r); ok {
			return add(text)
		}
		return python.TypeErrorf("sequence item %d: expected a bytes-like object, %s found", n, python.TypeName(r))
	}
	if text, ok := asStr(r); ok {
		return add(text)
	}
	return python.TypeErrorf("sequence item %d: expected str instance, %s found", n, python.TypeName(r))
}
