package python

import "slices"

// linkObject defines object and type.
func linkObject() {
	m := newMethodTable("object")
	m.m["__init__"] = func(_ *Thread, self Value, args []Value, kwargs []Keyword) (Value, error) {
		if len(args) == 0 && len(kwargs) == 0 {
			return None, nil
		}
		c := self.Type()
		if init, ok := c.Lookup("__init__"); ok {
			if m, ok := init.(*Method); !ok || m.class != ObjectClass {
				return nil, TypeErrorf("object.__init__() takes exactly one argument (the instance to initialize)")
			}
		}
		if c.userNew() == nil && c.layout() == ObjectClass {
			return nil, TypeErrorf("%s.__init__() takes exactly one argument (the instance to initialize)", c.name)
		}
		return None, nil
	}
	add(m, "__repr__", 0, 0, func(_ *Thread, self Value, _ []Value) (Value, error) { return Str(objectRepr(self)), nil })
	add(m, "__str__", 0, 0, func(t *Thread, self Value, _ []Value) (Value, error) {
		r, found, err := callSpecial(t, self, "__repr__")
		if err == nil && !found {
			r = Str(objectRepr(self))
		}
		return r, err
	})
	add(m, "__hash__", 0, 0, func(_ *Thread, self Value, _ []Value) (Value, error) {
		return newInt64(int64(hashIdentity(self))), nil
	})
	add(m, "__eq__", 1, 1, func(_ *Thread, self Value, args []Value) (Value, error) {
		if Is(self, args[0]) {
			return True, nil
		}
		return NotImplemented, nil
	})
	add(m, "__ne__", 1, 1, func(t *Thread, self Value, args []Value) (Value, error) {
		r, found, err := callSpecial(t, self, "__eq__", args[0])
		if err != nil || !found || r == Value(NotImplemented) {
			return NotImplemented, err
		}
		eq, err := Truth(t, r)
		return Bool(!eq), err
	})
	for _, op := range []CompareOp{OpLt, OpLe, OpGt, OpGe} {
		add(m, compareNames[op].method, 1, 1, func(*Thread, Value, []Value) (Value, error) { return NotImplemented, nil })
	}
	addAttrMethods(m)
	add(m, "__format__", 1, 1, func(t *Thread, self Value, args []Value) (Value, error) {
		if spec, ok := Native(args[0]).(Str); ok && spec == "" {
			s, err := ToStr(t, self)
			return Str(s), err
		}
		return nil, TypeErrorf("unsupported format string passed to %s.__format__", TypeName(self))
	})
	add(m, "__dir__", 0, 0, func(t *Thread, self Value, _ []Value) (Value, error) { return dirOf(t, self) })
	ObjectClass.define(ClassSpec{
		New:     newObject,
		Methods: m.m,
		ClassMethods: map[string]MethodFunc{
			"__init_subclass__": func(_ *Thread, self Value, args []Value, kwargs []Keyword) (Value, error) {
				if c, ok := self.(*Class); ok && (len(args) > 0 || len(kwargs) > 0) {
					return nil, TypeErrorf("%s.__init_subclass__() takes no keyword arguments", c.name)
				}
				return None, nil
			},
		},
		Getters: map[string]GetFunc{
			"__class__": func(_ *Thread, self Value) (Value, error) { return self.Type(), nil },
			"__dict__":  objectDict,
		},
		Setters: map[string]SetFunc{"__class__": setClass, "__dict__": setDict},
	})
	ObjectClass.ns.SetStr("__new__", newMethod(ObjectClass))
}

func addAttrMethods(m methodTable) {
	attrName := func(v Value) (string, error) {
		s, ok := Native(v).(Str)
		if !ok {
			return "", TypeErrorf("attribute name must be string, not '%s'", TypeName(v))
		}
		return string(s), nil
	}
	add(m, "__getattribute__", 1, 1, func(t *Thread, self Value, args []Value) (Value, error) {
		name, err := attrName(args[0])
		if err != nil {
			return nil, err
		}
		attr, bound, err := findPlain(t, self, self.Type(), self.Type().fresh(), name, hashString(name))
		switch {
		case err != nil:
			return nil, err
		case attr == nil:
			return nil, noAttribute(self, name)
		case bound != nil:
			return &BoundMethod{Self: bound, Func: attr}, nil
		}
		return attr, nil
	})
	add(m, "__setattr__", 2, 2, func(t *Thread, self Value, args []Value) (Value, error) {
		name, err := attrName(args[0])
		if err != nil {
			return nil, err
		}
		return None, setPlain(t, self, name, hashString(name), args[1])
	})
	add(m, "__delattr__", 1, 1, func(t *Thread, self Value, args []Value) (Value, error) {
		name, err := attrName(args[0])
		if err != nil {
			return nil, err
		}
		return None, setPlain(t, self, name, hashString(name), nil)
	})
}

// newObject is object.__new__.
func newObject(t *Thread, c *Class, args []Value, kwargs []Keyword) (Value, error) {
	if len(args) > 0 || len(kwargs) > 0 {
		if c.userNew() != nil {
			return nil, TypeErrorf("object.__new__() takes exactly one argument (the type to instantiate)")
		}
		init, _ := c.Lookup("__init__")
		if m, ok := init.(*Method); ok && m.class == ObjectClass {
			return nil, TypeErrorf("%s() takes no arguments", c.name)
		}
	}
	if err := t.Alloc(48); err != nil {
		return nil, err
	}
	return &Instance{class: c}, nil
}

func objectDict(_ *Thread, self Value) (Value, error) {
	if i, ok := self.(*Instance); ok && i.class != ObjectClass && i.class.slots == nil {
		return i.Attrs(), nil
	}
	return nil, noAttribute(self, "__dict__")
}

func setDict(_ *Thread, self, value Value) error {
	i, ok := self.(*Instance)
	if !ok || i.class == ObjectClass {
		return noAttribute(self, "__dict__")
	}
	if value == nil {
		i.attrs = nil
		return nil
	}
	d, ok := Native(value).(*Dict)
	if !ok {
		return TypeErrorf("__dict__ must be set to a dictionary, not a '%s'", TypeName(value))
	}
	i.attrs = d
	return nil
}

func setClass(_ *Thread, self, value Value) error {
	c, ok := value.(*Class)
	if !ok {
		return TypeErrorf("__class__ must be set to a class, not '%s' object", typeNameOrNone(value))
	}
	i, ok := self.(*Instance)
	if !ok || c.native || i.class.native {
		return TypeErrorf("__class__ assignment only supported for mutable types or ModuleType subclasses")
	}
	if c.layout() != i.class.layout() {
		return TypeErrorf("__class__ assignment: '%s' object layout differs from '%s'", c.name, i.class.name)
	}
	i.class = c
	return nil
}

func typeNameOrNone(v Value) string {
	if v == nil {
		return "NULL"
	}
	return TypeName(v)
}

// dirOf lists the attribute names of a value, sorted.
func dirOf(t *Thread, v Value) (Value, error) {
	seen := make(map[string]bool)
	add := func(d *Dict) error {
		if d == nil {
			return nil
		}
		if err := d.charge(t, d.live); err != nil {
			return err
		}
		for k := range d.All() {
			if s, ok := k.(Str); ok {
				seen[string(s)] = true
			}
		}
		return nil
	}
	classes := v.Type().mro
	switch v := v.(type) {
	case *Class:
		classes = v.mro
	case *Instance:
		if err := add(v.attrs); err != nil {
			return nil, err
		}
	case *Module:
		classes = nil
		if err := add(v.ns); err != nil {
			return nil, err
		}
	case HasAttrs:
		for _, name := range v.AttrNames() {
			seen[name] = true
		}
	}
	for _, c := range classes {
		if err := add(c.ns); err != nil {
			return nil, err
		}
	}
	names := make([]Value, 0, len(seen))
	for name := range seen {
		names = append(names, Str(name))
	}
	slices.SortFunc(names, func(a, b Value) int { return compareStrings(a, b) })
	return NewList(names), nil
}

func compareStrings(a, b Value) int {
	x, _ := a.(Str)
	y, _ := b.(Str)
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}
