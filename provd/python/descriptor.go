package python

// Property is Python's property; absent functions are nil.
type Property struct {
	Get, Set, Del Value
	Doc           Value

	name string
}

// Type returns PropertyClass.
func (*Property) Type() *Class { return PropertyClass }

// label is how error messages name the property.
func (p *Property) label() string {
	if p.name == "" {
		return ""
	}
	return " '" + p.name + "'"
}

// StaticMethod is Python's staticmethod.
type StaticMethod struct{ Func Value }

// Type returns StaticMethodClass.
func (*StaticMethod) Type() *Class { return StaticMethodClass }

// Call calls the function.
func (s *StaticMethod) Call(t *Thread, args []Value, kwargs []Keyword) (Value, error) {
	return Call(t, s.Func, args, kwargs)
}

// ClassMethod is Python's classmethod.
type ClassMethod struct{ Func Value }

// Type returns ClassMethodClass.
func (*ClassMethod) Type() *Class { return ClassMethodClass }

func linkDescriptors() {
	PropertyClass.define(ClassSpec{
		New: func(_ *Thread, _ *Class, args []Value, kwargs []Keyword) (Value, error) {
			p := &Property{}
			err := Unpack("property", args, kwargs, "fget??", &p.Get, "fset??", &p.Set, "fdel??", &p.Del, "doc??", &p.Doc)
			return p, err
		},
		Methods: map[string]MethodFunc{
			"getter":  propertyWith(func(p *Property, f Value) { p.Get = f }),
			"setter":  propertyWith(func(p *Property, f Value) { p.Set = f }),
			"deleter": propertyWith(func(p *Property, f Value) { p.Del = f }),
		},
		Getters: map[string]GetFunc{
			"fget": propertyField(func(p *Property) Value { return p.Get }),
			"fset": propertyField(func(p *Property) Value { return p.Set }),
			"fdel": propertyField(func(p *Property) Value { return p.Del }),
			"__doc__": func(t *Thread, self Value) (Value, error) {
				p, ok := Native(self).(*Property)
				switch {
				case !ok:
					return None, nil
				case p.Doc != nil && p.Doc != Value(None):
					return p.Doc, nil
				case p.Get == nil || p.Get == Value(None):
					return None, nil
				}
				doc, ok, err := LookupAttr(t, p.Get, "__doc__")
				if !ok || err != nil {
					return None, err
				}
				return doc, nil
			},
		},
	})
	wrapped := func(get func(Value) Value) map[string]GetFunc {
		return map[string]GetFunc{
			"__func__":    func(_ *Thread, self Value) (Value, error) { return get(Native(self)), nil },
			"__wrapped__": func(_ *Thread, self Value) (Value, error) { return get(Native(self)), nil },
			"__name__": func(t *Thread, self Value) (Value, error) {
				return GetAttr(t, get(Native(self)), "__name__")
			},
		}
	}
	StaticMethodClass.define(ClassSpec{
		New: func(_ *Thread, _ *Class, args []Value, kwargs []Keyword) (Value, error) {
			s := &StaticMethod{}
			return s, Unpack("staticmethod", args, kwargs, "function", &s.Func)
		},
		Getters: wrapped(func(v Value) Value { return v.(*StaticMethod).Func }),
	})
	ClassMethodClass.define(ClassSpec{
		New: func(_ *Thread, _ *Class, args []Value, kwargs []Keyword) (Value, error) {
			c := &ClassMethod{}
			return c, Unpack("classmethod", args, kwargs, "function", &c.Func)
		},
		Getters: wrapped(func(v Value) Value { return v.(*ClassMethod).Func }),
	})
	SuperClass.define(ClassSpec{
		New: func(_ *Thread, _ *Class, args []Value, _ []Keyword) (Value, error) {
			if len(args) == 0 {
				return nil, RuntimeErrorf("super(): no arguments")
			}
			c, ok := args[0].(*Class)
			if !ok {
				return nil, TypeErrorf("super() argument 1 must be a type, not %s", TypeName(args[0]))
			}
			if len(args) != 2 {
				return nil, TypeErrorf("super() needs a type and an object here")
			}
			return NewSuper(c, args[1])
		},
		Methods: map[string]MethodFunc{
			"__repr__": func(_ *Thread, self Value, _ []Value, _ []Keyword) (Value, error) {
				s := self.(*Super)
				return Str("<super: <class '" + s.Class.name + "'>, <" + s.start.name + " object>>"), nil
			},
		},
	})
}

func propertyWith(set func(p *Property, f Value)) MethodFunc {
	return func(_ *Thread, self Value, args []Value, kwargs []Keyword) (Value, error) {
		var f Value
		if err := Unpack("property", args, kwargs, "function", &f); err != nil {
			return nil, err
		}
		p, ok := Native(self).(*Property)
		if !ok {
			return nil, TypeErrorf("not a property")
		}
		c := *p
		set(&c, f)
		return &c, nil
	}
}

func propertyField(get func(p *Property) Value) GetFunc {
	return func(_ *Thread, self Value) (Value, error) {
		if p, ok := Native(self).(*Property); ok {
			if v := get(p); v != nil {
				return v, nil
			}
		}
		return None, nil
	}
}
