package python

// linkFunctions defines the classes of built-in functions and methods.
func linkFunctions() {
	text := func(get func(self Value) string) GetFunc {
		return func(_ *Thread, self Value) (Value, error) { return Str(get(self)), nil }
	}
	name := func(self Value) string {
		switch f := self.(type) {
		case *Builtin:
			return f.name
		case *Method:
			return f.name
		case *GetSet:
			return f.name
		case *BoundMethod:
			if m, ok := f.Func.(*Method); ok {
				return m.name
			}
		}
		return ""
	}
	qualname := func(self Value) string {
		switch f := self.(type) {
		case *Method:
			return f.class.name + "." + f.name
		case *GetSet:
			return f.class.name + "." + f.name
		case *BoundMethod:
			return TypeName(f.Self) + "." + name(self)
		}
		return name(self)
	}
	names := map[string]GetFunc{"__name__": text(name), "__qualname__": text(qualname)}

	m := newMethodTable("builtin_function_or_method")
	m.m["__call__"] = callSelf
	add(m, "__repr__", 0, 0, func(_ *Thread, self Value, _ []Value) (Value, error) {
		if b, ok := self.(*BoundMethod); ok {
			return Str("<built-in method " + name(self) + " of " + objectRepr(b.Self)[1:]), nil
		}
		return Str("<built-in function " + name(self) + ">"), nil
	})
	BuiltinFunctionClass.define(ClassSpec{
		NoNew: true, Final: true, Methods: m.m,
		Getters: map[string]GetFunc{
			"__name__": text(name), "__qualname__": text(qualname),
			"__module__": text(func(Value) string { return "builtins" }),
			"__self__": func(_ *Thread, self Value) (Value, error) {
				if b, ok := self.(*BoundMethod); ok {
					return b.Self, nil
				}
				return None, nil
			},
		},
	})

	m = newMethodTable("method_descriptor")
	m.m["__call__"] = callSelf
	add(m, "__repr__", 0, 0, func(_ *Thread, self *Method, _ []Value) (Value, error) {
		return Str("<method '" + self.name + "' of '" + self.class.name + "' objects>"), nil
	})
	MethodDescriptorClass.define(ClassSpec{NoNew: true, Final: true, Methods: m.m, Getters: names})

	m = newMethodTable("getset_descriptor")
	add(m, "__repr__", 0, 0, func(_ *Thread, self *GetSet, _ []Value) (Value, error) {
		return Str("<attribute '" + self.name + "' of '" + self.class.name + "' objects>"), nil
	})
	GetSetClass.define(ClassSpec{NoNew: true, Final: true, Methods: m.m, Getters: names})
	linkBoundMethod()
}

func callSelf(t *Thread, self Value, args []Value, kwargs []Keyword) (Value, error) {
	return Call(t, self, args, kwargs)
}

// linkBoundMethod defines method, the class of bound Python functions. Unknown
// attributes are those of the function.
func linkBoundMethod() {
	m := newMethodTable("method")
	m.m["__call__"] = callSelf
	add(m, "__repr__", 0, 0, func(t *Thread, self *BoundMethod, _ []Value) (Value, error) {
		name := "?"
		if v, ok, err := LookupAttr(t, self.Func, "__qualname__"); err == nil && ok {
			if s, ok := v.(Str); ok {
				name = string(s)
			}
		}
		of, err := Repr(t, self.Self)
		return Str("<bound method " + name + " of " + of + ">"), err
	})
	add(m, "__eq__", 1, 1, func(_ *Thread, self *BoundMethod, args []Value) (Value, error) {
		o, ok := args[0].(*BoundMethod)
		if !ok {
			return NotImplemented, nil
		}
		return Bool(Is(self.Self, o.Self) && Is(self.Func, o.Func)), nil
	})
	add(m, "__hash__", 0, 0, func(_ *Thread, self *BoundMethod, _ []Value) (Value, error) {
		return newInt64(int64((identity(self.Self) ^ identity(self.Func)) >> 4)), nil
	})
	add(m, "__getattr__", 1, 1, func(t *Thread, self *BoundMethod, args []Value) (Value, error) {
		name, _ := args[0].(Str)
		if v, ok, err := LookupAttr(t, self.Func, string(name)); err != nil || ok {
			return v, err
		}
		return nil, noAttribute(self, string(name))
	})
	MethodClass.define(ClassSpec{
		Methods: m.m,
		New: func(_ *Thread, _ *Class, args []Value, kwargs []Keyword) (Value, error) {
			if err := positional("method", args, kwargs, 2, 2); err != nil {
				return nil, err
			}
			if !IsCallable(args[0]) {
				return nil, TypeErrorf("first argument must be callable")
			}
			return &BoundMethod{Func: args[0], Self: args[1]}, nil
		},
		Getters: map[string]GetFunc{
			"__self__": func(_ *Thread, self Value) (Value, error) {
				if b, ok := self.(*BoundMethod); ok {
					return b.Self, nil
				}
				return None, nil
			},
			"__func__": func(_ *Thread, self Value) (Value, error) {
				if b, ok := self.(*BoundMethod); ok {
					return b.Func, nil
				}
				return None, nil
			},
		},
	})
}
