package python

// BuildClass makes a class as the class statement does: bases may be any values
// (__mro_entries__ is honoured), kwargs are those of the class statement, ns is
// the executed body (with __module__ and __qualname__ in it).
func BuildClass(t *Thread, name string, bases []Value, ns *Dict, kwargs []Keyword) (Value, error) {
	if err := t.Alloc(512 + 8*maxMRO); err != nil {
		return nil, err
	}
	classes, replaced, err := resolveBases(t, bases)
	if err != nil {
		return nil, err
	}
	if replaced {
		ns.SetStr("__orig_bases__", Tuple(append([]Value(nil), bases...)))
	}
	var meta *Class
	rest := make([]Keyword, 0, len(kwargs))
	for _, kw := range kwargs {
		if kw.Name != "metaclass" {
			rest = append(rest, kw)
			continue
		}
		m, ok := kw.Value.(*Class)
		if !ok || !m.IsSubclass(TypeClass) {
			baseValues := make(Tuple, len(classes))
			for i, c := range classes {
				baseValues[i] = c
			}
			return Call(t, kw.Value, []Value{Str(name), baseValues, ns}, rest)
		}
		meta = m
	}
	for _, b := range classes {
		if meta == nil || b.meta.IsSubclass(meta) {
			meta = b.meta
		} else if !meta.IsSubclass(b.meta) {
			return nil, TypeErrorf("metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases")
		}
	}
	if meta != nil && meta != TypeClass && !meta.native {
		baseValues := make(Tuple, len(classes))
		for i, c := range classes {
			baseValues[i] = c
		}
		return Call(t, meta, []Value{Str(name), baseValues, ns}, rest)
	}
	return finishClass(t, meta, name, classes, ns, rest)
}

// finishClass makes the class and runs the hooks of its attributes and bases.
func finishClass(t *Thread, meta *Class, name string, bases []*Class, ns *Dict, kwargs []Keyword) (Value, error) {
	c, err := NewClass(name, bases, ns)
	if err != nil {
		return nil, err
	}
	if meta != nil {
		c.meta = meta
	}
	if err := c.setSlots(t); err != nil {
		return nil, err
	}
	setClassCell(c.ns, c)
	type entry struct {
		name string
		attr Value
	}
	var named []entry
	for k, v := range ns.All() {
		if s, ok := k.(Str); ok {
			named = append(named, entry{string(s), v})
		}
	}
	for _, e := range named {
		if p, ok := e.attr.(*Property); ok {
			p.name = e.name
			continue
		}
		if inst, ok := e.attr.(*Instance); ok {
			if fn, ok := inst.class.Lookup("__set_name__"); ok {
				if _, err := callFound(t, fn, inst, c, Str(e.name)); err != nil {
					return nil, err
				}
			}
		}
	}
	hook, ok := lookupIn(c.mro[1:], "__init_subclass__")
	if !ok {
		return c, nil
	}
	fn, self, err := bindToClass(t, hook, c)
	if err != nil {
		return nil, err
	}
	var args []Value
	if self != nil {
		args = []Value{self}
	}
	if m, ok := fn.(*Method); ok {
		_, err = m.fn(t, c, nil, kwargs)
	} else {
		_, err = Call(t, fn, args, kwargs)
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

// resolveBases turns the values of a class statement into classes.
func resolveBases(t *Thread, bases []Value) (classes []*Class, replaced bool, err error) {
	for _, b := range bases {
		if c, ok := b.(*Class); ok {
			classes = append(classes, c)
			continue
		}
		entries, ok, err := LookupAttr(t, b, "__mro_entries__")
		if err != nil {
			return nil, false, err
		}
		if !ok {
			return nil, false, TypeErrorf("bases must be types, not '%s' objects", TypeName(b))
		}
		r, err := Call(t, entries, []Value{Tuple(append([]Value(nil), bases...))}, nil)
		if err != nil {
			return nil, false, err
		}
		tuple, ok := r.(Tuple)
		if !ok {
			return nil, false, TypeErrorf("__mro_entries__ must return a tuple")
		}
		replaced = true
		for _, e := range tuple {
			c, ok := e.(*Class)
			if !ok {
				return nil, false, TypeErrorf("bases must be types")
			}
			classes = append(classes, c)
		}
	}
	return classes, replaced, nil
}

// newType is type.__new__: type(x), or type(name, bases, namespace).
func newType(t *Thread, meta *Class, args []Value, kwargs []Keyword) (Value, error) {
	if len(args) != 3 {
		return nil, TypeErrorf("type() takes 1 or 3 arguments")
	}
	name, ok := args[0].(Str)
	if !ok {
		return nil, TypeErrorf("type.__new__() argument 1 must be str, not %s", TypeName(args[0]))
	}
	bases, ok := Native(args[1]).(Tuple)
	if !ok {
		return nil, TypeErrorf("type.__new__() argument 2 must be tuple, not %s", TypeName(args[1]))
	}
	ns, ok := Native(args[2]).(*Dict)
	if !ok {
		return nil, TypeErrorf("type.__new__() argument 3 must be dict, not %s", TypeName(args[2]))
	}
	classes := make([]*Class, len(bases))
	for i, b := range bases {
		if classes[i], ok = b.(*Class); !ok {
			return nil, TypeErrorf("type() doesn't support MRO entry resolution; use types.new_class()")
		}
	}
	own, err := ns.Copy(t)
	if err != nil {
		return nil, err
	}
	return finishClass(t, meta, string(name), classes, own, kwargs)
}
