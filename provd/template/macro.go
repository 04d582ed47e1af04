package template

import (
	"slices"

	"provbox/provd/python"
)

// macroDef is a compiled macro or call block. The first slots of its code are
// the arguments, then caller, kwargs and varargs as far as the body uses them.
type macroDef struct {
	name           string
	anonymous      bool
	args           []string
	code           *code
	caller         bool
	explicitCaller bool
	catchKwargs    bool
	catchVarargs   bool
}

// macro is a macro as a value. It sees the variables of the frame it was defined
// in as they are when it is called.
type macro struct {
	*macroDef
	frame *frame
	// autoescape was in force at the definition.
	autoescape bool
}

var macroClass = newMacroClass()

// Type implements python.Value.
func (*macro) Type() *python.Class { return macroClass }

func (d *macroDef) bind(f *frame) *macro {
	return &macro{macroDef: d, frame: f, autoescape: f.ctx.esc.on}
}

func (m *macro) repr() string {
	if m.anonymous {
		return "None"
	}
	return quoted(m.name)
}

// Call implements python.Callable.
func (m *macro) Call(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	return m.invoke(t, args, kwargs, m.autoescape)
}

// invoke renders the macro.
func (m *macro) invoke(t *python.Thread, args []python.Value, kwargs []python.Keyword, autoescape bool) (python.Value, error) {
	outer, r := m.frame, m.frame.render
	if r.t != t {
		// Plugin code kept the macro beyond the render that made it.
		r = &render{t: t, env: r.env}
	}
	f := r.newFrame(m.code, outer.ctx, outer, nil)
	if err := m.fill(f, args, kwargs); err != nil {
		return nil, err
	}
	if err := f.out.reserve(int(m.code.lastSize.Load())); err != nil {
		return nil, f.located(err)
	}
	if err := f.run(); err != nil {
		return nil, err
	}
	m.code.lastSize.Store(int64(f.out.b.Len()))
	if autoescape {
		return markup(f.out.String()), nil
	}
	return python.Str(f.out.String()), nil
}

// fill puts the arguments of a call into the slots. A slot that stays nil gets
// its default when the body starts.
func (m *macro) fill(f *frame, args []python.Value, kwargs []python.Keyword) error {
	if len(kwargs) > 0 {
		if err := f.t.Step(len(kwargs) * (1 + len(m.args))); err != nil {
			return err
		}
		kwargs = slices.Clone(kwargs)
	}
	take := func(name string) python.Value {
		for i, k := range kwargs {
			if k.Name == name {
				kwargs = slices.Delete(kwargs, i, i+1)
				return k.Value
			}
		}
		return nil
	}
	given := min(len(args), len(m.args))
	copy(f.slots, args[:given])
	for i := given; i < len(m.args); i++ {
		f.slots[i] = take(m.args[i])
	}
	next := len(m.args)
	if m.caller && !m.explicitCaller {
		v := take("caller")
		if v == nil || v == python.None {
			v = &undefined{hint: "No caller defined", name: python.Str("caller")}
		}
		f.slots[next] = v
		next++
	}
	if m.catchKwargs {
		d := python.NewDict(len(kwargs))
		for _, k := range kwargs {
			if err := d.Set(f.t, python.Str(k.Name), k.Value); err != nil {
				return err
			}
		}
		f.slots[next] = d
		next++
	} else if len(kwargs) > 0 {
		return m.unexpected(kwargs)
	}
	if m.catchVarargs {
		f.slots[next] = python.Tuple(slices.Clone(args[given:]))
	} else if len(args) > len(m.args) {
		return python.TypeErrorf("macro %s takes not more than %d argument(s)", m.repr(), len(m.args))
	}
	return nil
}

func (m *macro) unexpected(kwargs []python.Keyword) error {
	for _, k := range kwargs {
		if k.Name == "caller" {
			return python.TypeErrorf("macro %s was invoked with two values for the special"+
				" caller argument. This is most likely a bug.", m.repr())
		}
	}
	return python.TypeErrorf("macro %s takes no keyword argument %s", m.repr(), quoted(kwargs[0].Name))
}

// macroStmt defines a macro.
type macroStmt struct {
	line      int
	def       *macroDef
	ref       varRef
	toContext bool
}

func (s *macroStmt) exec(f *frame) error {
	m := s.def.bind(f)
	f.slots[s.ref.slot] = m
	if s.toContext {
		f.ctx.set(s.def.name, m)
		f.ctx.export(s.def.name)
	}
	return nil
}

// defaultStmt fills in an argument that the call left out.
type defaultStmt struct {
	line, slot int
	name       string
	value      expr
}

func (s *defaultStmt) exec(f *frame) error {
	if f.slots[s.slot] != nil {
		return nil
	}
	f.line = s.line
	if s.value == nil {
		f.slots[s.slot] = &undefined{
			hint: "parameter " + quoted(s.name) + " was not provided", name: python.Str(s.name),
		}
		return nil
	}
	v, err := s.value.eval(f)
	f.slots[s.slot] = v
	return err
}

func newMacroClass() *python.Class {
	get := func(fn func(m *macro) python.Value) python.GetFunc {
		return func(_ *python.Thread, self python.Value) (python.Value, error) {
			m, ok := self.(*macro)
			if !ok {
				return nil, python.TypeErrorf("descriptor requires a 'Macro' object")
			}
			return fn(m), nil
		}
	}
	return python.NewBuiltinClass(python.ClassSpec{
		Name: "Macro", Module: "jinja2.runtime", NoNew: true,
		Getters: map[string]python.GetFunc{
			"name": get(func(m *macro) python.Value {
				if m.anonymous {
					return python.None
				}
				return python.Str(m.name)
			}),
			"arguments": get(func(m *macro) python.Value {
				names := make(python.Tuple, len(m.args))
				for i, a := range m.args {
					names[i] = python.Str(a)
				}
				return names
			}),
			"catch_kwargs":  get(func(m *macro) python.Value { return python.Bool(m.catchKwargs) }),
			"catch_varargs": get(func(m *macro) python.Value { return python.Bool(m.catchVarargs) }),
			"caller":        get(func(m *macro) python.Value { return python.Bool(m.macroDef.caller) }),
		},
		Methods: map[string]python.MethodFunc{
			"__call__": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
				m, ok := self.(*macro)
				if !ok {
					return nil, python.TypeErrorf("descriptor '__call__' requires a 'Macro' object")
				}
				return m.Call(t, args, kwargs)
			},
			"__repr__": func(_ *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
				m, ok := self.(*macro)
				if !ok {
					return nil, python.TypeErrorf("descriptor '__repr__' requires a 'Macro' object")
				}
				if m.anonymous {
					return python.Str("<Macro anonymous>"), nil
				}
				return python.Str("<Macro " + m.repr() + ">"), nil
			},
		},
	})
}
