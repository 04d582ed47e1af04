package python

// SetAttr evaluates `v.name = value`.
func SetAttr(t *Thread, v Value, name string, value Value) error {
	return setAttr(t, v, name, hashString(name), value)
}

// setAttr is SetAttr for a name whose hash is known.
func setAttr(t *Thread, v Value, name string, h uint64, value Value) error {
	c := v.Type()
	if hook := c.fresh().attrHooks(c).setattr; hook != nil {
		_, err := callFound(t, hook, v, Str(name), value)
		return err
	}
	return setPlain(t, v, name, h, value)
}

// DelAttr evaluates `del v.name`.
func DelAttr(t *Thread, v Value, name string) error {
	c := v.Type()
	if hook := c.fresh().attrHooks(c).delattr; hook != nil {
		_, err := callFound(t, hook, v, Str(name))
		return err
	}
	return setPlain(t, v, name, hashString(name), nil)
}

// setPlain is object.__setattr__, and with a nil value object.__delattr__.
func setPlain(t *Thread, v Value, name string, h uint64, value Value) error {
	c := v.Type()
	attr := c.fresh().get(c, h, name).value
	if attr != nil {
		if done, err := setDescriptor(t, attr, v, c, name, value); done {
			return err
		}
	}
	switch v := v.(type) {
	case *Instance:
		if c == ObjectClass {
			break
		}
		if value == nil {
			if v.attrs == nil || !v.attrs.DeleteStr(name) {
				return noAttribute(v, name)
			}
			return nil
		}
		if c.slots != nil && !c.slots[name] {
			break
		}
		return v.Attrs().setNamed(t, h, name, value)
	case *Class:
		return v.setAttr(t, name, value)
	case *Module:
		if value == nil {
			if !v.ns.DeleteStr(name) {
				return noAttribute(v, name)
			}
			return nil
		}
		return v.ns.Set(t, Str(name), value)
	case HasAttrs:
		handled, err := v.SetAttr(t, name, value)
		if handled || err != nil {
			return err
		}
	}
	if attr != nil {
		return AttributeErrorf("'%s' object attribute '%s' is read-only", c.name, name)
	}
	return noAttribute(v, name)
}

// setDescriptor sets or deletes through a data descriptor; done is false when
// attr is not one.
func setDescriptor(t *Thread, attr, v Value, c *Class, name string, value Value) (done bool, err error) {
	switch a := attr.(type) {
	case *GetSet:
		if a.set == nil {
			return true, AttributeErrorf("attribute '%s' of '%s' objects is not writable", name, a.class.name)
		}
		return true, a.set(t, v, value)
	case *Property:
		fn, args, missing := a.Set, []Value{v, value}, "setter"
		if value == nil {
			fn, args, missing = a.Del, args[:1], "deleter"
		}
		if fn == nil {
			return true, AttributeErrorf("property%s of '%s' object has no %s", a.label(), c.qualname, missing)
		}
		_, err := Call(t, fn, args, nil)
		return true, err
	case *Instance:
		method, args := "__set__", []Value{v, value}
		if value == nil {
			method, args = "__delete__", args[:1]
		}
		if fn, ok := a.class.Lookup(method); ok {
			_, err := callFoundArgs(t, fn, a, args, nil)
			return true, err
		}
	}
	return false, nil
}

func (c *Class) setAttr(t *Thread, name string, value Value) error {
	if c.native {
		return TypeErrorf("cannot set '%s' attribute of immutable type '%s'", name, c.name)
	}
	if value == nil {
		if !c.ns.DeleteStr(name) {
			return noAttribute(c, name)
		}
		c.changed()
		return nil
	}
	if err := c.ns.Set(t, Str(name), value); err != nil {
		return err
	}
	c.changed()
	return nil
}
