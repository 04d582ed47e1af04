package python

import "slices"

// linkType defines type.
func linkType() {
	class := func(v Value) *Class {
		if c, ok := v.(*Class); ok {
			return c
		}
		return v.Type()
	}
	m := newMethodTable("type")
	m.m["__call__"] = func(t *Thread, self Value, args []Value, kwargs []Keyword) (Value, error) {
		return construct(t, class(self), args, kwargs)
	}
	m.m["__init__"] = func(*Thread, Value, []Value, []Keyword) (Value, error) { return None, nil }
	add(m, "mro", 0, 0, func(_ *Thread, self Value, _ []Value) (Value, error) {
		return NewList(classValues(class(self).mro)), nil
	})
	add(m, "__repr__", 0, 0, func(_ *Thread, self Value, _ []Value) (Value, error) {
		c := class(self)
		if c.module == "builtins" {
			return Str("<class '" + c.qualname + "'>"), nil
		}
		return Str("<class '" + c.module + "." + c.qualname + "'>"), nil
	})
	add(m, "__instancecheck__", 1, 1, func(_ *Thread, self Value, args []Value) (Value, error) {
		return Bool(IsInstance(args[0], class(self))), nil
	})
	add(m, "__subclasscheck__", 1, 1, func(_ *Thread, self Value, args []Value) (Value, error) {
		c, ok := args[0].(*Class)
		if !ok {
			return nil, TypeErrorf("issubclass() arg 1 must be a class")
		}
		return Bool(c.IsSubclass(class(self))), nil
	})
	union := func(t *Thread, self Value, args []Value) (Value, error) { return newUnion(t, self, args[0]) }
	add(m, "__or__", 1, 1, union)
	add(m, "__ror__", 1, 1, func(t *Thread, self Value, args []Value) (Value, error) {
		return newUnion(t, args[0], self)
	})
	TypeClass.define(ClassSpec{
		New:     newType,
		Methods: m.m,
		Getters: map[string]GetFunc{
			"__name__":     func(_ *Thread, self Value) (Value, error) { return Str(class(self).name), nil },
			"__qualname__": func(_ *Thread, self Value) (Value, error) { return Str(class(self).qualname), nil },
			"__module__":   func(_ *Thread, self Value) (Value, error) { return Str(class(self).module), nil },
			"__bases__":    func(_ *Thread, self Value) (Value, error) { return Tuple(classValues(class(self).bases)), nil },
			"__mro__":      func(_ *Thread, self Value) (Value, error) { return Tuple(classValues(class(self).mro)), nil },
			"__base__": func(_ *Thread, self Value) (Value, error) {
				if b := class(self).bases; len(b) > 0 {
					return b[0], nil
				}
				return None, nil
			},
			"__dict__": func(t *Thread, self Value) (Value, error) { return class(self).ns.Copy(t) },
			"__doc__": func(_ *Thread, self Value) (Value, error) {
				if v, ok := class(self).ns.GetStr("__doc__"); ok {
					return v, nil
				}
				return None, nil
			},
			"__annotations__": func(t *Thread, self Value) (Value, error) {
				c := class(self)
				if v, ok := c.ns.GetStr("__annotations__"); ok {
					return v, nil
				}
				if c.native {
					return nil, noAttribute(c, "__annotations__")
				}
				d := new(Dict)
				return d, c.setAttr(t, "__annotations__", d)
			},
		},
		Setters: map[string]SetFunc{
			"__name__": func(_ *Thread, self, value Value) error {
				c := class(self)
				s, ok := value.(Str)
				if !c.native && !ok {
					return TypeErrorf("can only assign string to %s.__name__, not '%s'", c.name, typeNameOrNone(value))
				}
				if c.native {
					return TypeErrorf("cannot set '__name__' attribute of immutable type '%s'", c.name)
				}
				c.name = string(s)
				return nil
			},
			"__doc__": func(t *Thread, self, value Value) error { return class(self).setAttr(t, "__doc__", value) },
			"__module__": func(t *Thread, self, value Value) error {
				c := class(self)
				if s, ok := value.(Str); ok && !c.native {
					c.module = string(s)
				}
				return c.setAttr(t, "__module__", value)
			},
			"__qualname__": func(_ *Thread, self, value Value) error {
				c := class(self)
				s, ok := value.(Str)
				if c.native || !ok {
					return TypeErrorf("cannot set '__qualname__' attribute of immutable type '%s'", c.name)
				}
				c.qualname = string(s)
				return nil
			},
			"__annotations__": func(t *Thread, self, value Value) error {
				return class(self).setAttr(t, "__annotations__", value)
			},
		},
	})
	TypeClass.ns.SetStr("__new__", newMethod(TypeClass))
}

func classValues(classes []*Class) []Value {
	values := make([]Value, len(classes))
	for i, c := range classes {
		values[i] = c
	}
	return values
}

// Union is what `X | Y` makes of classes; isinstance takes it.
type Union struct{ members []Value }

// Type returns UnionClass.
func (*Union) Type() *Class { return UnionClass }

func newUnion(t *Thread, a, b Value) (Value, error) {
	u := &Union{}
	for _, v := range [...]Value{a, b} {
		switch v := v.(type) {
		case *Union:
			if err := chargeItems(t, len(v.members)); err != nil {
				return nil, err
			}
			u.members = append(u.members, v.members...)
		case *Class:
			u.members = append(u.members, v)
		case NoneType:
			u.members = append(u.members, NoneClass)
		default:
			return NotImplemented, nil
		}
	}
	var members []Value
	for _, v := range u.members {
		if !slices.Contains(members, v) {
			members = append(members, v)
		}
	}
	if u.members = members; len(members) == 1 {
		return members[0], nil
	}
	return u, nil
}

func linkUnion() {
	m := newMethodTable("types.UnionType")
	add(m, "__or__", 1, 1, func(t *Thread, self *Union, args []Value) (Value, error) { return newUnion(t, self, args[0]) })
	add(m, "__ror__", 1, 1, func(t *Thread, self *Union, args []Value) (Value, error) { return newUnion(t, args[0], self) })
	add(m, "__repr__", 0, 0, func(t *Thread, self *Union, _ []Value) (Value, error) {
		text := ""
		for i, v := range self.members {
			if i > 0 {
				text += " | "
			}
			if c, ok := v.(*Class); ok {
				if c == NoneClass {
					text += "None"
				} else {
					if c.module != "builtins" {
						text += c.module + "."
					}
					text += c.qualname
				}
			}
		}
		return Str(text), nil
	})
	UnionClass.define(ClassSpec{Module: "types", NoNew: true, Methods: m.m})
}
