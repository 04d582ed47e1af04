package template

import (
	"maps"
	"slices"

	"provbox/provd/python"
)

// builtinGlobals are the variables that every template has.
func builtinGlobals() map[string]python.Value {
	return map[string]python.Value{
		"range":     python.RangeClass,
		"dict":      python.DictClass,
		"cycler":    cyclerClass,
		"joiner":    joinerClass,
		"namespace": namespaceClass,
		"lipsum": python.NewBuiltin("lipsum", func(*python.Thread, []python.Value, []python.Keyword) (python.Value, error) {
			return nil, python.Raise(TemplateRuntimeError, "lipsum is not available: a file must render the same each time")
		}),
	}
}

func sortedKeys(m map[string]python.Value) []string { return slices.Sorted(maps.Keys(m)) }

// noInit stands for __init__ in classes whose instances are complete when they
// are made.
func noInit(*python.Thread, python.Value, []python.Value, []python.Keyword) (python.Value, error) {
	return python.None, nil
}

// namespace is the object that namespace() makes: its attributes can be set from
// inner scopes.
type namespace struct{ attrs *python.Dict }

var namespaceClass = python.NewBuiltinClass(python.ClassSpec{
	Name: "Namespace", Module: "jinja2.utils",
	New: func(t *python.Thread, _ *python.Class, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		v, err := python.Call(t, python.DictClass, args, kwargs)
		if err != nil {
			return nil, err
		}
		d, ok := v.(*python.Dict)
		if !ok {
			return nil, python.TypeErrorf("dict() returned %s", python.TypeName(v))
		}
		return &namespace{attrs: d}, nil
	},
	Methods: map[string]python.MethodFunc{
		"__init__": noInit,
		"__setitem__": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var name, value python.Value
			if err := python.Unpack("__setitem__", args, kwargs, "name", &name, "value", &value); err != nil {
				return nil, err
			}
			if n, ok := self.(*namespace); ok {
				return python.None, n.attrs.Set(t, name, value)
			}
			return nil, python.TypeErrorf("descriptor '__setitem__' requires a 'Namespace' object")
		},
		"__repr__": func(t *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			n, ok := self.(*namespace)
			if !ok {
				return nil, python.TypeErrorf("descriptor '__repr__' requires a 'Namespace' object")
			}
			s, err := python.Repr(t, n.attrs)
			return python.Str("<Namespace " + s + ">"), err
		},
	},
})

// Type implements python.Value.
func (*namespace) Type() *python.Class { return namespaceClass }

// Attr implements python.HasAttrs.
func (n *namespace) Attr(_ *python.Thread, name string) (python.Value, error) {
	v, _ := n.attrs.GetStr(name)
	return v, nil
}

// SetAttr implements python.HasAttrs; only the set tag changes a namespace.
func (*namespace) SetAttr(*python.Thread, string, python.Value) (bool, error) { return false, nil }

// AttrNames implements python.HasAttrs.
func (n *namespace) AttrNames() []string {
	var names []string
	for k := range n.attrs.All() {
		if s, ok := k.(python.Str); ok {
			names = append(names, string(s))
		}
	}
	return names
}

// cycler is the object that cycler() makes.
type cycler struct {
	items python.Tuple
	pos   int
}

// Type implements python.Value.
func (*cycler) Type() *python.Class { return cyclerClass }

var cyclerClass = newCyclerClass()

func newCyclerClass() *python.Class {
	get := func(fn func(c *cycler) python.Value) python.GetFunc {
		return func(_ *python.Thread, self python.Value) (python.Value, error) {
			c, ok := self.(*cycler)
			if !ok {
				return nil, python.TypeErrorf("descriptor requires a 'Cycler' object")
			}
			return fn(c), nil
		}
	}
	method := func(fn func(c *cycler) python.Value) python.MethodFunc {
		g := get(fn)
		return func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			if err := python.Unpack("Cycler method", args, kwargs); err != nil {
				return nil, err
			}
			return g(t, self)
		}
	}
	next := method(func(c *cycler) python.Value {
		v := c.items[c.pos]
		c.pos = (c.pos + 1) % len(c.items)
		return v
	})
	return python.NewBuiltinClass(python.ClassSpec{
		Name: "Cycler", Module: "jinja2.utils",
		New: func(_ *python.Thread, _ *python.Class, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			if len(kwargs) > 0 {
				return nil, python.TypeErrorf("Cycler.__init__() got an unexpected keyword argument %s", quoted(kwargs[0].Name))
			}
			if len(args) == 0 {
				return nil, python.RuntimeErrorf("at least one item has to be provided")
			}
			return &cycler{items: slices.Clone(args)}, nil
		},
		Getters: map[string]python.GetFunc{
			"current": get(func(c *cycler) python.Value { return c.items[c.pos] }),
			"items":   get(func(c *cycler) python.Value { return c.items }),
			"pos":     get(func(c *cycler) python.Value { return python.Int(c.pos) }),
		},
		Methods: map[string]python.MethodFunc{
			"__init__": noInit, "next": next, "__next__": next,
			"reset": method(func(c *cycler) python.Value {
				c.pos = 0
				return python.None
			}),
		},
	})
}

// joiner is the object that joiner() makes: called, it gives nothing the first
// time and the separator after that.
type joiner struct {
	sep  python.Value
	used bool
}

var joinerClass = python.NewBuiltinClass(python.ClassSpec{
	Name: "Joiner", Module: "jinja2.utils",
	New: func(_ *python.Thread, _ *python.Class, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		j := &joiner{sep: python.Str(", ")}
		return j, python.Unpack("Joiner.__init__", args, kwargs, "sep?", &j.sep)
	},
	Methods: map[string]python.MethodFunc{"__init__": noInit},
	Getters: map[string]python.GetFunc{
		"sep": func(_ *python.Thread, self python.Value) (python.Value, error) {
			if j, ok := self.(*joiner); ok {
				return j.sep, nil
			}
			return python.None, nil
		},
		"used": func(_ *python.Thread, self python.Value) (python.Value, error) {
			j, ok := self.(*joiner)
			return python.Bool(ok && j.used), nil
		},
	},
})

// Type implements python.Value.
func (*joiner) Type() *python.Class { return joinerClass }

// Call implements python.Callable.
func (j *joiner) Call(_ *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	if err := python.Unpack("Joiner.__call__", args, kwargs); err != nil {
		return nil, err
	}
	if !j.used {
		j.used = true
		return python.Str(""), nil
	}
	return j.sep, nil
}
