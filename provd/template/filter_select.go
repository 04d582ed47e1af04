package template

import (
	"provbox/provd/python"
)

// groupClass is the class of the pairs that groupby gives.
var groupClass = python.NewBuiltinClass(python.ClassSpec{
	Name: "_GroupTuple", Module: "jinja2.filters", Bases: []*python.Class{python.TupleClass},
	Getters: map[string]python.GetFunc{"grouper": groupMember(0), "list": groupMember(1)},
})

func groupMember(i int) python.GetFunc {
	return func(_ *python.Thread, self python.Value) (python.Value, error) {
		if t, ok := python.Native(self).(python.Tuple); ok && len(t) == 2 {
			return t[i], nil
		}
		return nil, python.TypeErrorf("descriptor requires a '_GroupTuple' object")
	}
}

func filterGroupby(in *invocation) (python.Value, error) {
	var v, attr python.Value
	var standard, caseSensitive python.Value = python.None, python.False
	err := in.unpack("value", &v, "attribute", &attr, "default?", &standard, "case_sensitive?", &caseSensitive)
	if err != nil {
		return nil, err
	}
	exact, err := truth(in.t, caseSensitive)
	if err != nil {
		return nil, err
	}
	key, real := newGetter(attr, !exact), newGetter(attr, false)
	if standard != python.None {
		key.standard, real.standard = standard, standard
	}
	sorted, err := in.builtin("sorted", []python.Value{v}, key.keyFunc())
	if err != nil {
		return nil, err
	}
	var groups []python.Value
	var members *python.List
	var last python.Value
	err = python.Iterate(in.t, sorted, func(item python.Value) error {
		k, err := key.get(in.t, item)
		if err != nil {
			return err
		}
		if members != nil {
			same, err := python.Equal(in.t, last, k)
			if err != nil {
				return err
			}
			if same {
				return members.Append(in.t, item)
			}
		}
		shown, err := real.get(in.t, item)
		if err != nil {
			return err
		}
		if err := in.t.Alloc(128); err != nil {
			return err
		}
		last, members = k, python.NewList([]python.Value{item})
		groups = append(groups, python.NewInstance(groupClass, python.Tuple{shown, members}))
		return nil
	})
	return python.NewList(groups), err
}

func filterMap(in *invocation) (python.Value, error) {
	if len(in.args) == 0 {
		return nil, python.TypeErrorf("sync_do_map() missing 1 required positional argument: 'value'")
	}
	in = in.keep()
	v, args, kwargs := in.args[0], in.args[1:], in.kwargs
	var apply func(t *python.Thread, item python.Value) (python.Value, error)
	prepare := func() error {
		if len(args) == 0 && keywordIndex(kwargs, "attribute") >= 0 {
			g := newGetter(kwargs[keywordIndex(kwargs, "attribute")].Value, false)
			for _, k := range kwargs {
				switch k.Name {
				case "attribute":
				case "default":
					if k.Value != python.None {
						g.standard = k.Value
					}
				default:
					return python.Raise(FilterArgumentError, "Unexpected keyword argument %s", quoted(k.Name))
				}
			}
			apply = g.get
			return nil
		}
		if len(args) == 0 {
			return python.Raise(FilterArgumentError, "map requires a filter argument")
		}
		apply = func(_ *python.Thread, item python.Value) (python.Value, error) {
			return in.callNamed(in.f.env.filters, "filter", args[0], item, args[1:], kwargs)
		}
		return nil
	}
	return in.lazyIf("do_map", v, prepare, func(t *python.Thread, item python.Value) (python.Value, bool, error) {
		out, err := apply(t, item)
		return out, true, err
	}), nil
}

func keywordIndex(kwargs []python.Keyword, name string) int {
	for i, k := range kwargs {
		if k.Name == name {
			return i
		}
	}
	return -1
}

// lazyIf is lazy that gives nothing for a false value and calls prepare before
// the first item, as Jinja2's generators do.
func (in *invocation) lazyIf(name string, v python.Value, prepare func() error,
	fn func(*python.Thread, python.Value) (python.Value, bool, error),
) python.Value {
	var inner *generator
	return newGenerator(name, func(t *python.Thread) (python.Value, bool, error) {
		if inner == nil {
			some, err := truth(t, v)
			if err != nil || !some {
				return nil, false, err
			}
			if err := prepare(); err != nil {
				return nil, false, err
			}
			inner = lazy(name, v, fn)
		}
		return inner.Next(t)
	})
}

// filterSelect makes select, reject, selectattr and rejectattr.
func filterSelect(keep, byAttr bool) function {
	return func(in *invocation) (python.Value, error) {
		if len(in.args) == 0 {
			return nil, python.TypeErrorf("sync_do_select() missing 1 required positional argument: 'value'")
		}
		in = in.keep()
		v, args := in.args[0], in.args[1:]
		g := &getter{}
		prepare := func() error {
			if !byAttr {
				return nil
			}
			if len(args) == 0 {
				return python.Raise(FilterArgumentError, "Missing parameter for attribute name")
			}
			g = newGetter(args[0], false)
			args = args[1:]
			return nil
		}
		return in.lazyIf("select_or_reject", v, prepare, func(t *python.Thread, item python.Value) (python.Value, bool, error) {
			tested, err := g.get(t, item)
			if err == nil && len(args) > 0 {
				tested, err = in.callNamed(in.f.env.tests, "test", args[0], tested, args[1:], in.kwargs)
			}
			if err != nil {
				return nil, false, err
			}
			ok, err := truth(t, tested)
			return item, ok == keep, err
		}), nil
	}
}
