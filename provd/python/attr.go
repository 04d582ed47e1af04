package python

// GetAttr returns v.name.
func GetAttr(t *Thread, v Value, name string) (Value, error) {
	return getAttr(t, v, name, hashString(name))
}

// getAttr is GetAttr for a name whose hash is known.
func getAttr(t *Thread, v Value, name string, h uint64) (Value, error) {
	attr, self, err := findAttr(t, v, name, h)
	if err != nil {
		return nil, err
	}
	if attr == nil {
		return nil, noAttribute(v, name)
	}
	if self != nil {
		return &BoundMethod{Self: self, Func: attr}, nil
	}
	return attr, nil
}

// LookupAttr is GetAttr that says false where GetAttr raises AttributeError.
func LookupAttr(t *Thread, v Value, name string) (Value, bool, error) {
	attr, self, err := findAttr(t, v, name, hashString(name))
	if err != nil {
		if IsException(err, AttributeError) {
			return nil, false, nil
		}
		return nil, false, err
	}
	if attr != nil && self != nil {
		attr = &BoundMethod{Self: self, Func: attr}
	}
	return attr, attr != nil, nil
}

// LookupMethod returns what GetAttr returns, but does not make a bound method:
// when self is not nil, the call is fn(self, ...). It is for calls, where the
// bound method would be garbage at once.
func LookupMethod(t *Thread, v Value, name string) (fn, self Value, err error) {
	return lookupMethod(t, v, name, hashString(name))
}

// LookupKey is LookupMethod for a name that is a key.
func LookupKey(t *Thread, v Value, name Key) (fn, self Value, err error) {
	return lookupMethod(t, v, name.String(), name.hash)
}

// lookupMethod is LookupMethod for a name whose hash is known.
func lookupMethod(t *Thread, v Value, name string, h uint64) (fn, self Value, err error) {
	c := v.Type()
	if cache := c.fresh(); cache.hooks.plain {
		if fn, self = cache.find(v, c, name, h); fn != nil {
			return fn, self, nil
		}
	}
	fn, self, err = findAttr(t, v, name, h)
	if err == nil && fn == nil {
		err = noAttribute(v, name)
	}
	return fn, self, err
}

// noAttribute returns the error for an attribute that does not exist.
func noAttribute(v Value, name string) error {
	var exc *Instance
	switch v := v.(type) {
	case *Class:
		exc = NewException(AttributeError, Str("type object '"+v.name+"' has no attribute '"+name+"'"))
	case *Module:
		exc = NewException(AttributeError, Str("module '"+v.name+"' has no attribute '"+name+"'"))
	default:
		exc = NewException(AttributeError, Str("'"+TypeName(v)+"' object has no attribute '"+name+"'"))
	}
	if data := ExceptionDataOf(exc); data != nil {
		data.fields = map[string]Value{"name": Str(name), "obj": v}
	}
	return Throw(exc)
}

// findAttr finds an attribute: nil when there is none. When self is not nil the
// attribute is a function still to be bound to self.
func findAttr(t *Thread, v Value, name string, h uint64) (attr, self Value, err error) {
	c := v.Type()
	cache := c.fresh()
	hooks := cache.attrHooks(c)
	if hooks.plain {
		if attr, self := cache.find(v, c, name, h); attr != nil {
			return attr, self, nil
		}
		return findPlain(t, v, c, cache, name, h)
	}
	if hooks.getattribute != nil {
		attr, err = callFound(t, hooks.getattribute, v, Str(name))
	} else {
		attr, self, err = findPlain(t, v, c, cache, name, h)
	}
	if hook := hooks.getattr; hook != nil && (err == nil && attr == nil || err != nil && IsException(err, AttributeError)) {
		attr, err = callFound(t, hook, v, Str(name))
		self = nil
	}
	return attr, self, err
}

// find is findPlain in the most frequent cases, where no code has to run, and nothing
// in others.
func (l *classCache) find(v Value, c *Class, name string, h uint64) (attr, self Value) {
	own := (*Dict)(nil)
	switch v := v.(type) {
	case *Instance:
		own = v.attrs
	case *Dict, *List, Str:
	default:
		return nil, nil
	}
	a := l.get(c, h, name)
	if a.kind == attrData || a.kind == attrDepends {
		return nil, nil
	}
	if own != nil {
		if i := own.findStr(h, name); i >= 0 {
			return own.entries[i].value, nil
		}
	}
	switch a.kind {
	case attrBound:
		return a.value, v
	case attrPlain:
		return a.value, nil
	}
	return nil, nil
}

// findPlain is object.__getattribute__: data descriptors of the class, then the
// value's own attributes, then the rest of the class.
func findPlain(t *Thread, v Value, c *Class, cache *classCache, name string, h uint64) (attr, self Value, err error) {
	if s, ok := v.(*Super); ok && name != "__class__" {
		if attr, self, err = s.find(t, name); err != nil || attr != nil {
			return attr, self, err
		}
	}
	found := cache.get(c, h, name)
	attr, kind := found.value, found.kind
	if kind == attrData || kind == attrDepends && isDataDescriptor(attr) {
		return bind(t, attr, v, c)
	}
	switch v := v.(type) {
	case *Instance:
		if v.attrs != nil {
			if i := v.attrs.findStr(h, name); i >= 0 {
				return v.attrs.entries[i].value, nil, nil
			}
		}
	case *Class:
		if own := v.fresh().get(v, h, name).value; own != nil {
			return bindToClass(t, own, v)
		}
	case *Module:
		if own, ok := v.attr(name, h); ok {
			return own, nil, nil
		}
	case HasAttrs:
		own, err := v.Attr(t, name)
		if err != nil || own != nil {
			return own, nil, err
		}
	}
	switch kind {
	case attrNone:
		return nil, nil, nil
	case attrBound:
		return attr, v, nil
	}
	return bind(t, attr, v, c)
}

// isDataDescriptor reports whether a class attribute of a class that a program made
// goes before the instance's own attribute of that name.
func isDataDescriptor(attr Value) bool {
	c := attr.Type()
	if _, ok := c.Lookup("__set__"); ok {
		return true
	}
	_, ok := c.Lookup("__delete__")
	return ok
}

// bind evaluates a class attribute reached through an instance.
func bind(t *Thread, attr, v Value, c *Class) (Value, Value, error) {
	switch a := attr.(type) {
	case *Method:
		return a, v, nil
	case Binder:
		return a, v, nil
	case *GetSet:
		r, err := a.get(t, v)
		return r, nil, err
	case *Property:
		if a.Get == nil {
			return nil, nil, AttributeErrorf("property%s of '%s' object has no getter", a.label(), c.qualname)
		}
		r, err := Call(t, a.Get, []Value{v}, nil)
		return r, nil, err
	case *StaticMethod:
		return a.Func, nil, nil
	case *ClassMethod:
		return bindClassMethod(a, c)
	case *Instance:
		if get, ok := a.class.Lookup("__get__"); ok {
			r, err := callFound(t, get, a, v, c)
			return r, nil, err
		}
	}
	return attr, nil, nil
}

func bindClassMethod(m *ClassMethod, c *Class) (Value, Value, error) {
	switch m.Func.(type) {
	case *Method, Binder:
		return m.Func, c, nil
	}
	return &BoundMethod{Self: c, Func: m.Func}, nil, nil
}

// bindToClass evaluates a class attribute reached through the class itself.
func bindToClass(t *Thread, attr Value, c *Class) (Value, Value, error) {
	switch a := attr.(type) {
	case *StaticMethod:
		return a.Func, nil, nil
	case *ClassMethod:
		return bindClassMethod(a, c)
	case *Instance:
		if get, ok := a.class.Lookup("__get__"); ok {
			r, err := callFound(t, get, a, None, c)
			return r, nil, err
		}
	}
	return attr, nil, nil
}

// lookupSpecial finds a dunder method the way operators do: on the class, past
// the instance's own attributes. The result still has to be called with v, see
// callFound; found is false when there is none.
func lookupSpecial(v Value, name string) (fn Value, found bool) {
	return v.Type().Lookup(name)
}

// callFound calls a class attribute found by lookupSpecial as a method of v.
func callFound(t *Thread, fn, v Value, args ...Value) (Value, error) {
	return callFoundArgs(t, fn, v, args, nil)
}

func callFoundArgs(t *Thread, fn, v Value, args []Value, kwargs []Keyword) (Value, error) {
	// Built-in code can come back here without a frame of the program between.
	if err := t.Enter(); err != nil {
		return nil, err
	}
	defer t.Leave()
	switch f := fn.(type) {
	case *Method:
		return f.fn(t, v, args, kwargs)
	case Binder:
		return f.Call(t, prepend(v, args), kwargs)
	}
	attr, self, err := bind(t, fn, v, v.Type())
	if err != nil {
		return nil, err
	}
	if self != nil {
		args = prepend(self, args)
	}
	return Call(t, attr, args, kwargs)
}

// callSpecial calls v's dunder method; found is false when its class has none.
func callSpecial(t *Thread, v Value, name string, args ...Value) (r Value, found bool, err error) {
	fn, ok := lookupSpecial(v, name)
	if !ok || fn == Value(None) {
		return nil, false, nil
	}
	r, err = callFoundArgs(t, fn, v, args, nil)
	return r, true, err
}

func prepend(self Value, args []Value) []Value {
	all := make([]Value, len(args)+1)
	all[0] = self
	copy(all[1:], args)
	return all
}
