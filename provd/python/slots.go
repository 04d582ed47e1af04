package python

import "strings"

// setSlots reads a class's __slots__. Its instances can be given the attributes
// named there only, unless a base gives them a __dict__.
func (c *Class) setSlots(t *Thread) error {
	declared, ok := c.ns.GetStr("__slots__")
	if !ok {
		return nil
	}
	slots := make(map[string]bool)
	for _, b := range c.bases {
		if b.native && !b.IsSubclass(BaseException) && b.noDict() {
			continue
		}
		if b.slots == nil {
			return nil
		}
		for name := range b.slots {
			slots[name] = true
		}
	}
	add := func(v Value) error {
		name, ok := Native(v).(Str)
		if !ok {
			return TypeErrorf("__slots__ items must be strings, not '%s'", TypeName(v))
		}
		s := string(name)
		if !IsIdentifier(s) {
			return TypeErrorf("__slots__ must be identifiers")
		}
		if strings.HasPrefix(s, "__") && !strings.HasSuffix(s, "__") {
			if class := strings.TrimLeft(c.name, "_"); class != "" {
				s = "_" + class + s
			}
		}
		if _, ok := c.ns.GetStr(s); ok && s != "__dict__" && s != "__weakref__" {
			return ValueErrorf("'%s' in __slots__ conflicts with class variable", s)
		}
		slots[s] = true
		return t.Alloc(int64(len(s)) + valueBytes)
	}
	var err error
	if s, ok := Native(declared).(Str); ok {
		err = add(s)
	} else {
		err = Iterate(t, declared, add)
	}
	if err == nil && !slots["__dict__"] {
		c.slots = slots
	}
	return err
}

// noDict reports whether instances of a built-in class have no __dict__.
func (c *Class) noDict() bool {
	switch c {
	case ObjectClass, IntClass, FloatClass, StrClass, BytesClass, ByteArrayClass, TupleClass, ListClass, DictClass,
		SetClass, FrozensetClass:
		return true
	}
	return false
}
