package template

import (
	"strconv"

	"provbox/provd/python"
)

// selfRef is the variable self: self.name() renders a block again.
type selfRef struct {
	r   *render
	ctx *renderContext
}

var selfClass = python.NewBuiltinClass(python.ClassSpec{
	Name: "TemplateReference", Module: "jinja2.runtime", NoNew: true,
	Methods: map[string]python.MethodFunc{
		"__getitem__": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var name string
			if err := python.Unpack("__getitem__", args, kwargs, "name", &name); err != nil {
				return nil, err
			}
			s, ok := self.(*selfRef)
			if !ok || len(s.ctx.blocks[name]) == 0 {
				return nil, python.NewKeyError(python.Str(name))
			}
			return &blockRef{r: s.r, ctx: s.ctx, name: name, versions: s.ctx.blocks[name]}, nil
		},
		"__repr__": func(_ *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			name := ""
			if s, ok := self.(*selfRef); ok {
				name = s.ctx.name
			}
			return python.Str("<TemplateReference " + quoted(name) + ">"), nil
		},
	},
})

// Type implements python.Value.
func (*selfRef) Type() *python.Class { return selfClass }

type selfStmt struct{ slot int }

func (s *selfStmt) exec(f *frame) error {
	f.slots[s.slot] = &selfRef{r: f.render, ctx: f.ctx}
	return nil
}

// blockRef is a version of a block: super, or a member of self.
type blockRef struct {
	r        *render
	ctx      *renderContext
	name     string
	versions []*code
	depth    int
}

var blockClass = python.NewBuiltinClass(python.ClassSpec{
	Name: "BlockReference", Module: "jinja2.runtime", NoNew: true,
	Getters: map[string]python.GetFunc{
		"super": func(_ *python.Thread, self python.Value) (python.Value, error) {
			b, ok := self.(*blockRef)
			if !ok {
				return nil, python.TypeErrorf("descriptor 'super' requires a 'BlockReference' object")
			}
			return superOf(b.r, b.ctx, b.name, b.versions, b.depth+1), nil
		},
		"name": func(_ *python.Thread, self python.Value) (python.Value, error) {
			b, ok := self.(*blockRef)
			if !ok {
				return nil, python.TypeErrorf("descriptor 'name' requires a 'BlockReference' object")
			}
			return python.Str(b.name), nil
		},
	},
})

// Type implements python.Value.
func (*blockRef) Type() *python.Class { return blockClass }

// Call implements python.Callable: it renders the block.
func (b *blockRef) Call(_ *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	if len(args) > 0 || len(kwargs) > 0 {
		return nil, python.TypeErrorf("BlockReference.__call__() takes 1 positional argument but %d were given",
			1+len(args)+len(kwargs))
	}
	out := b.r.newOutput()
	if err := b.r.run(b.versions[b.depth], b.ctx, nil, out); err != nil {
		return nil, err
	}
	if b.ctx.esc.on {
		return markup(out.String()), nil
	}
	return python.Str(out.String()), nil
}

// superOf is the version of a block at depth, or undefined.
func superOf(r *render, ctx *renderContext, name string, versions []*code, depth int) python.Value {
	if depth >= len(versions) {
		return &undefined{hint: "there is no parent block called " + quoted(name) + ".", name: python.Str("super")}
	}
	return &blockRef{r: r, ctx: ctx, name: name, versions: versions, depth: depth}
}

// superStmt gives a block the variable super.
type superStmt struct {
	slot int
	name string
	code *code
}

func (s *superStmt) exec(f *frame) error {
	versions := f.ctx.blocks[s.name]
	depth := len(versions)
	for i, v := range versions {
		if v == s.code {
			depth = i + 1
			break
		}
	}
	f.slots[s.slot] = superOf(f.render, f.ctx, s.name, versions, depth)
	return nil
}

// module is an imported template: what it exports and what it printed.
type module struct {
	name   string
	body   string
	values map[string]python.Value
}

var moduleClass = python.NewBuiltinClass(python.ClassSpec{
	Name: "TemplateModule", Module: "jinja2.environment", NoNew: true,
	Methods: map[string]python.MethodFunc{
		"__str__": moduleText(func(m *module) python.Value { return python.Str(m.body) }),
		"__html__": moduleText(func(m *module) python.Value {
			return markup(m.body)
		}),
		"__repr__": moduleText(func(m *module) python.Value {
			return python.Str("<TemplateModule " + quoted(m.name) + ">")
		}),
	},
})

func moduleText(fn func(*module) python.Value) python.MethodFunc {
	return func(_ *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
		m, ok := self.(*module)
		if !ok {
			return nil, python.TypeErrorf("descriptor requires a 'TemplateModule' object")
		}
		return fn(m), nil
	}
}

// Type implements python.Value.
func (*module) Type() *python.Class { return moduleClass }

func (m *module) attr(name string) python.Value {
	if name == "__name__" {
		return python.Str(m.name)
	}
	return m.values[name]
}

// Attr implements python.HasAttrs.
func (m *module) Attr(_ *python.Thread, name string) (python.Value, error) { return m.attr(name), nil }

// SetAttr implements python.HasAttrs.
func (*module) SetAttr(*python.Thread, string, python.Value) (bool, error) { return false, nil }

// AttrNames implements python.HasAttrs.
func (m *module) AttrNames() []string { return sortedKeys(m.values) }

// makeModule renders a template for its names.
func (r *render) makeModule(t *Template, ctx *renderContext) (*module, error) {
	out := r.newOutput()
	if err := r.run(t.root, ctx, nil, out); err != nil {
		return nil, err
	}
	m := &module{name: t.name, body: out.String(), values: map[string]python.Value{}}
	for name := range ctx.exported {
		m.values[name] = ctx.vars[name]
	}
	return m, nil
}

// module gives a template imported without context, which is rendered once.
func (r *render) module(t *Template) (*module, error) {
	if m := r.modules[t]; m != nil {
		return m, nil
	}
	m, err := r.makeModule(t, newContext(t, &names{dict: t.env.globals}))
	if err != nil {
		return nil, err
	}
	if r.modules == nil {
		r.modules = map[*Template]*module{}
	}
	r.modules[t] = m
	return m, nil
}

// generator is a lazy iterable, what Jinja2's generator functions return.
type generator struct {
	name string
	next func(*python.Thread) (python.Value, bool, error)
	done bool
}

var generatorClass = python.NewBuiltinClass(python.ClassSpec{
	Name: "generator", NoNew: true,
	Methods: map[string]python.MethodFunc{
		"__iter__": func(_ *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			return self, nil
		},
		"__next__": func(t *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			g, ok := self.(*generator)
			if !ok {
				return nil, python.TypeErrorf("descriptor '__next__' requires a 'generator' object")
			}
			v, ok, err := g.Next(t)
			if err == nil && !ok {
				err = python.NewStopIteration(nil)
			}
			return v, err
		},
		"__repr__": func(_ *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			name := ""
			if g, ok := self.(*generator); ok {
				name = g.name
			}
			return python.Str("<generator object " + name + ">"), nil
		},
	},
})

func newGenerator(name string, next func(*python.Thread) (python.Value, bool, error)) *generator {
	return &generator{name: name, next: next}
}

// Type implements python.Value.
func (*generator) Type() *python.Class { return generatorClass }

// Next implements python.Iterator. An error ends the generator, as in Python.
func (g *generator) Next(t *python.Thread) (python.Value, bool, error) {
	if g.done {
		return nil, false, nil
	}
	v, ok, err := g.next(t)
	if err != nil || !ok {
		g.done, g.next = true, nil
		return nil, false, err
	}
	return v, true, nil
}

func itoa(n int) string { return strconv.Itoa(n) }
