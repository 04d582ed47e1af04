package host

import "provbox/provd/python"

// enumMember is one member of an enum class.
type enumMember struct {
	name  string
	value python.Value
}

// newEnum makes an enumeration. base is the type members also are (int for an
// IntEnum), nil for a plain Enum.
func newEnum(module, name string, base *python.Class, members []enumMember) *python.Class {
	var class *python.Class
	made := make([]*python.Instance, len(members))
	names := make(map[*python.Instance]int, len(members))
	index := func(self python.Value) int {
		i, _ := self.(*python.Instance)
		return names[i]
	}
	of := func(value func(i int) (python.Value, error)) python.GetFunc {
		return func(_ *python.Thread, self python.Value) (python.Value, error) { return value(index(self)) }
	}
	shown := func(i int) (python.Value, error) { return python.Str(name + "." + members[i].name), nil }

	getters := make(map[string]python.GetFunc, len(members))
	for i, m := range members {
		getters[m.name] = func(*python.Thread, python.Value) (python.Value, error) { return made[i], nil }
	}
	all := func() []python.Value {
		values := make([]python.Value, len(made))
		for i, m := range made {
			values[i] = m
		}
		return values
	}
	meta := python.NewBuiltinClass(python.ClassSpec{
		Name: "EnumType", Module: "enum", Bases: []*python.Class{python.TypeClass}, Getters: getters,
		Methods: map[string]python.MethodFunc{
			"__iter__": func(t *python.Thread, _ python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
				return python.Iter(t, python.NewList(all()))
			},
			"__len__": func(*python.Thread, python.Value, []python.Value, []python.Keyword) (python.Value, error) {
				return python.NewInt(len(made)), nil
			},
			"__getitem__": func(_ *python.Thread, _ python.Value, args []python.Value, _ []python.Keyword) (python.Value, error) {
				for i, m := range members {
					if len(args) == 1 && python.Is(args[0], python.Str(m.name)) {
						return made[i], nil
					}
				}
				return nil, python.NewKeyError(args[0])
			},
		},
	})
	spec := python.ClassSpec{
		Name: name, Module: module, Meta: meta, Final: true,
		New: func(t *python.Thread, _ *python.Class, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var value python.Value
			if err := python.Unpack(name, args, kwargs, "value", &value); err != nil {
				return nil, err
			}
			for i, m := range members {
				if ok, err := python.Equal(t, value, m.value); err != nil || ok {
					return made[i], err
				}
			}
			shown, err := python.Repr(t, value)
			if err != nil {
				return nil, err
			}
			return nil, python.ValueErrorf("%s is not a valid %s", shown, name)
		},
		Getters: map[string]python.GetFunc{
			"name":  of(func(i int) (python.Value, error) { return python.Str(members[i].name), nil }),
			"value": of(func(i int) (python.Value, error) { return members[i].value, nil }),
		},
		Methods: map[string]python.MethodFunc{
			"__repr__": func(t *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
				i := index(self)
				value, err := python.Repr(t, members[i].value)
				return python.Str("<" + name + "." + members[i].name + ": " + value + ">"), err
			},
			"__str__": func(t *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
				if base == nil {
					return shown(index(self))
				}
				s, err := python.ToStr(t, members[index(self)].value)
				return python.Str(s), err
			},
		},
	}
	if base != nil {
		spec.Bases = []*python.Class{base}
	}
	class = python.NewBuiltinClass(spec)
	for i, m := range members {
		var native python.Value
		if base != nil {
			native = m.value
		}
		made[i] = python.NewInstance(class, native)
		names[made[i]] = i
	}
	return class
}
