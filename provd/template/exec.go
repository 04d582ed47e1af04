package template

import (
	"provbox/provd/python"
)

type (
	namedSlot struct {
		name string
		slot int
	}
	resolvedSlot struct {
		name python.Key
		slot int
	}
	namedRef struct {
		name string
		ref  varRef
	}
	aliasSlot struct {
		from varRef
		slot int
	}
)

// enterStmt gives locals their first values.
type enterStmt struct {
	resolve []resolvedSlot
	alias   []aliasSlot
	clear   []int
}

func (s *enterStmt) exec(f *frame) error {
	for _, r := range s.resolve {
		f.slots[r.slot] = f.ctx.resolve(r.name)
	}
	for _, a := range s.alias {
		f.slots[a.slot] = f.get(a.from)
	}
	for _, slot := range s.clear {
		f.slots[slot] = nil
	}
	return nil
}

// groupStmt runs statements.
type groupStmt struct{ body []stmt }

func (s *groupStmt) exec(f *frame) error { return f.execAll(s.body) }

// raiseStmt raises an error known when the template was compiled.
type raiseStmt struct {
	class *python.Class
	msg   string
}

func (s *raiseStmt) exec(*frame) error { return python.Raise(s.class, "%s", s.msg) }

// outItem is a text, or an expression to print.
type outItem struct {
	text   string
	line   int
	expr   expr
	escape escapeMode
}

// outputStmt prints; with check set only if the template is not a child.
type outputStmt struct {
	check bool
	items []outItem
}

func (s *outputStmt) exec(f *frame) error {
	if s.check && f.top.extended != nil {
		return nil
	}
	for i := range s.items {
		item := &s.items[i]
		text := item.text
		if item.expr != nil {
			if err := f.t.Step(1); err != nil {
				return err
			}
			f.line = item.line
			v, err := item.expr.eval(f)
			if err != nil {
				return err
			}
			if n, ok := v.(python.Int); ok && item.escape != escapeRaw {
				// Digits need neither escaping nor a string of their own.
				if err := f.out.writeInt(int64(n)); err != nil {
					return err
				}
				continue
			}
			if text, err = f.printed(v, item.escape); err != nil {
				return err
			}
		}
		if err := f.out.write(text); err != nil {
			return err
		}
	}
	return nil
}

// printed gives what an expression prints.
func (f *frame) printed(v python.Value, mode escapeMode) (string, error) {
	switch mode {
	case escapeRaw:
		if s, ok := python.Native(v).(python.Str); ok {
			return string(s), nil
		}
		return "", python.TypeErrorf("sequence item 0: expected str instance, %s found", python.TypeName(v))
	case escapeAsk:
		if !f.ctx.esc.on {
			return toStr(f.t, v)
		}
	case escapeOff:
		return toStr(f.t, v)
	}
	return escaped(f.t, v)
}

type branch struct {
	line int
	test expr
	body []stmt
}

type ifStmt struct {
	branches []branch
	orElse   []stmt
}

func (s *ifStmt) exec(f *frame) error {
	for i := range s.branches {
		b := &s.branches[i]
		f.line = b.line
		v, err := b.test.eval(f)
		if err != nil {
			return err
		}
		ok, err := truth(f.t, v)
		if err != nil {
			return err
		}
		if ok {
			return f.execAll(b.body)
		}
	}
	return f.execAll(s.orElse)
}

// target is a name, the attribute of a namespace, or several targets.
type target struct {
	ref     varRef
	attr    string
	isTuple bool
	items   []target
	// toContext are the names that the context is told of.
	toContext []namedRef
}

func (t *target) assign(f *frame, v python.Value) error {
	if err := t.store(f, v); err != nil {
		return err
	}
	for _, n := range t.toContext {
		f.ctx.set(n.name, f.get(n.ref))
		f.ctx.export(n.name)
	}
	return nil
}

func (t *target) store(f *frame, v python.Value) error {
	switch {
	case t.isTuple:
		return t.unpack(f, v)
	case t.attr != "":
		ns, err := t.namespace(f)
		if err != nil {
			return err
		}
		return ns.attrs.Set(f.t, python.Str(t.attr), v)
	case t.ref.hops == 0:
		f.slots[t.ref.slot] = v
	default:
		// A target always belongs to the code it is in.
		return python.RuntimeErrorf("assignment to the variable of another scope")
	}
	return nil
}

// namespace gives the object of {% set name.attr = ... %}.
func (t *target) namespace(f *frame) (*namespace, error) {
	ns, ok := f.get(t.ref).(*namespace)
	if !ok {
		return nil, python.Raise(TemplateRuntimeError, "cannot assign attribute on non-namespace object")
	}
	return ns, nil
}

func (t *target) unpack(f *frame, v python.Value) error {
	items, err := f.unpacked(v, len(t.items))
	if err != nil {
		return err
	}
	for i := range t.items {
		if err := t.items[i].store(f, items[i]); err != nil {
			return err
		}
	}
	return nil
}

// unpacked gives exactly n values of an iterable, with Python's errors.
func (f *frame) unpacked(v python.Value, n int) ([]python.Value, error) {
	var items []python.Value
	switch v := v.(type) {
	case python.Tuple:
		items = v
	case *python.List:
		items = v.Items()
	default:
		it, err := python.Iter(f.t, v)
		if err != nil {
			if python.IsException(err, python.TypeError) {
				err = python.TypeErrorf("cannot unpack non-iterable %s object", python.TypeName(v))
			}
			return nil, err
		}
		for len(items) <= n {
			item, ok, err := it.Next(f.t)
			if err != nil {
				return nil, err
			}
			if !ok {
				break
			}
			items = append(items, item)
		}
	}
	if len(items) < n {
		return nil, python.ValueErrorf("not enough values to unpack (expected %d, got %d)", n, len(items))
	}
	if len(items) > n {
		return nil, python.ValueErrorf("too many values to unpack (expected %d)", n)
	}
	return items, nil
}

type assignStmt struct {
	line   int
	target target
	value  expr
}

func (s *assignStmt) exec(f *frame) error {
	f.line = s.line
	if s.target.attr != "" {
		// Jinja2 looks at the object before it evaluates the value.
		if _, err := s.target.namespace(f); err != nil {
			return err
		}
	}
	v, err := s.value.eval(f)
	if err != nil {
		return err
	}
	return s.target.assign(f, v)
}

// assignBlockStmt is a set tag with a body.
type assignBlockStmt struct {
	line   int
	body   []stmt
	target target
	filter expr
	after  []stmt
}

func (s *assignBlockStmt) exec(f *frame) error {
	v, err := f.filtered(s.body, s.filter, s.line)
	if err != nil {
		return err
	}
	if f.ctx.esc.on {
		if v, err = newMarkup(f.t, v); err != nil {
			return err
		}
	}
	if err := s.target.assign(f, v); err != nil {
		return err
	}
	return f.execAll(s.after)
}

// filtered runs a body into a buffer and filters it; filter may be nil.
func (f *frame) filtered(body []stmt, filter expr, line int) (python.Value, error) {
	text, err := f.capture(body)
	if err != nil {
		return nil, err
	}
	f.line = line
	if filter == nil {
		return python.Str(text), nil
	}
	saved := f.buffer
	f.buffer = text
	v, err := filter.eval(f)
	f.buffer = saved
	return v, err
}

type filterBlockStmt struct {
	line   int
	body   []stmt
	filter expr
	after  []stmt
}

func (s *filterBlockStmt) exec(f *frame) error {
	v, err := f.filtered(s.body, s.filter, s.line)
	if err != nil {
		return err
	}
	text, err := f.printed(v, escapeRaw)
	if err != nil {
		return err
	}
	if err := f.out.write(text); err != nil {
		return err
	}
	return f.execAll(s.after)
}

type autoescapeStmt struct {
	line                int
	value               expr
	before, body, after []stmt
}

func (s *autoescapeStmt) exec(f *frame) error {
	if err := f.execAll(s.before); err != nil {
		return err
	}
	f.line = s.line
	v, err := s.value.eval(f)
	if err != nil {
		return err
	}
	saved := f.ctx.esc.on
	if f.ctx.esc.on, err = truth(f.t, v); err != nil {
		return err
	}
	err = f.execAll(s.body)
	f.ctx.esc.on = saved
	if err != nil {
		return err
	}
	return f.execAll(s.after)
}
