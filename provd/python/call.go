package python

import "strings"

// Call calls fn. args and kwargs are not kept.
func Call(t *Thread, fn Value, args []Value, kwargs []Keyword) (Value, error) {
	if err := t.Enter(); err != nil {
		return nil, err
	}
	defer t.Leave()
	switch f := fn.(type) {
	case *Builtin:
		return f.fn(t, args, kwargs)
	case *BoundMethod:
		return f.Call(t, args, kwargs)
	case *Class:
		return instantiate(t, f, args, kwargs)
	case Callable:
		return f.Call(t, args, kwargs)
	}
	call, ok := lookupSpecial(fn, "__call__")
	if !ok {
		return nil, TypeErrorf("'%s' object is not callable", TypeName(fn))
	}
	return callFoundArgs(t, call, fn, args, kwargs)
}

// CallMethod calls v.name(args...).
func CallMethod(t *Thread, v Value, name string, args ...Value) (Value, error) {
	fn, self, err := LookupMethod(t, v, name)
	if err != nil {
		return nil, err
	}
	if self == nil {
		return Call(t, fn, args, nil)
	}
	if m, ok := fn.(*Method); ok {
		return m.fn(t, self, args, nil)
	}
	return Call(t, fn, prepend(self, args), nil)
}

// IsCallable reports whether v can be called.
func IsCallable(v Value) bool {
	switch v.(type) {
	case Callable, *Class:
		return true
	}
	_, ok := lookupSpecial(v, "__call__")
	return ok
}

// Call calls the method with m.Self before the arguments.
func (m *BoundMethod) Call(t *Thread, args []Value, kwargs []Keyword) (Value, error) {
	if f, ok := m.Func.(*Method); ok {
		return f.fn(t, m.Self, args, kwargs)
	}
	return Call(t, m.Func, prepend(m.Self, args), kwargs)
}

// Call calls the method on its first argument.
func (m *Method) Call(t *Thread, args []Value, kwargs []Keyword) (Value, error) {
	if len(args) == 0 {
		return nil, TypeErrorf("unbound method %s.%s() needs an argument", m.class.name, m.name)
	}
	if !IsInstance(args[0], m.class) {
		if strings.HasPrefix(m.name, "__") {
			return nil, wrongSelf(m.name, m.class.name, args[0])
		}
		return nil, TypeErrorf("descriptor '%s' for '%s' objects doesn't apply to a '%s' object",
			m.name, m.class.name, TypeName(args[0]))
	}
	return m.fn(t, args[0], args[1:], kwargs)
}

// instantiate calls a class: __new__, then __init__ when that made an instance.
func instantiate(t *Thread, c *Class, args []Value, kwargs []Keyword) (Value, error) {
	if c.meta != TypeClass {
		if call, ok := c.meta.Lookup("__call__"); ok {
			if m, ok := call.(*Method); !ok || m.class != TypeClass {
				return callFoundArgs(t, call, c, args, kwargs)
			}
		}
	}
	return construct(t, c, args, kwargs)
}

// construct is type.__call__.
func construct(t *Thread, c *Class, args []Value, kwargs []Keyword) (Value, error) {
	if c == TypeClass && len(args) == 1 && len(kwargs) == 0 {
		return args[0].Type(), nil
	}
	if c.noNew {
		return nil, TypeErrorf("cannot create '%s' instances", c.name)
	}
	var v Value
	var err error
	whole := c.native && c.fresh().whole
	if whole {
		v, err = c.newFunc(t, c, args, kwargs)
	} else if fn := c.userNew(); fn != nil {
		v, err = Call(t, fn, prepend(c, args), kwargs)
	} else {
		v, err = c.make(t, c.layout(), args, kwargs)
	}
	if err != nil || whole && v.Type() == c || !IsInstance(v, c) {
		return v, err
	}
	init, ok := v.Type().Lookup("__init__")
	if !ok || c.initDone(init) {
		return v, nil
	}
	r, err := callFoundArgs(t, init, v, args, kwargs)
	if err != nil {
		return nil, err
	}
	if r != Value(None) {
		return nil, TypeErrorf("__init__() should return None, not '%s'", TypeName(r))
	}
	return v, nil
}

// initDone reports whether the New that c has does what __init__ would.
func (c *Class) initDone(init Value) bool {
	m, ok := init.(*Method)
	owner := c.layout()
	return ok && (m.class == owner && c.native || m.class == ObjectClass && owner != ObjectClass)
}

// userNew returns the __new__ of a program's class in c's resolution order, or
// nil when instances are made by a built-in class.
func (c *Class) userNew() Value {
	if c.native {
		return nil
	}
	v, ok := c.Lookup("__new__")
	if !ok {
		return nil
	}
	if s, ok := v.(*StaticMethod); ok {
		v = s.Func
	}
	if _, ok := v.(*Builtin); ok {
		return nil
	}
	return v
}

// make runs the New of owner, c's layout, and makes its result an instance of c.
func (c *Class) make(t *Thread, owner *Class, args []Value, kwargs []Keyword) (Value, error) {
	v, err := owner.newFunc(t, c, args, kwargs)
	if err != nil || c == owner || v.Type() == c {
		return v, err
	}
	if i, ok := v.(*Instance); ok {
		i.class = c
		return i, nil
	}
	if v.Type() != owner {
		return v, nil
	}
	return &Instance{class: c, Native: v}, nil
}

// newMethod is the __new__ attribute of a built-in class that makes its own
// instances.
func newMethod(owner *Class) *StaticMethod {
	return &StaticMethod{NewBuiltin("__new__", func(t *Thread, args []Value, kwargs []Keyword) (Value, error) {
		if len(args) == 0 {
			return nil, TypeErrorf("%s.__new__(): not enough arguments", owner.name)
		}
		c, ok := args[0].(*Class)
		if !ok {
			return nil, TypeErrorf("%s.__new__(X): X is not a type object (%s)", owner.name, TypeName(args[0]))
		}
		if !c.IsSubclass(owner) {
			return nil, TypeErrorf("%s.__new__(%s): %s is not a subtype of %s", owner.name, c.name, c.name, owner.name)
		}
		if l := c.layout(); l != owner {
			return nil, TypeErrorf("%s.__new__(%s) is not safe, use %s.__new__()", owner.name, c.name, l.name)
		}
		return c.make(t, owner, args[1:], kwargs)
	})}
}
