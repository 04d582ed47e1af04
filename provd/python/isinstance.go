package python

// isInstance is isinstance(v, classes).
func isInstance(t *Thread, v, classes Value) (bool, error) {
	switch c := classes.(type) {
	case *Class:
		if IsInstance(v, c) {
			return true, nil
		}
		if c.meta == TypeClass {
			return false, nil
		}
	case Tuple:
		return anyOf(t, c, func(c Value) (bool, error) { return isInstance(t, v, c) })
	case *Union:
		return anyOf(t, c.members, func(c Value) (bool, error) { return isInstance(t, v, c) })
	}
	if fn, ok := lookupSpecial(classes, "__instancecheck__"); ok {
		r, err := callFound(t, fn, classes, v)
		if err != nil {
			return false, err
		}
		return Truth(t, r)
	}
	return false, TypeErrorf("isinstance() arg 2 must be a type, a tuple of types, or a union")
}

// isSubclass is issubclass(class, classes).
func isSubclass(t *Thread, class, classes Value) (bool, error) {
	k, isClass := class.(*Class)
	if many, ok := classes.(Tuple); ok && len(many) == 0 {
		return false, nil
	}
	if !isClass {
		return false, TypeErrorf("issubclass() arg 1 must be a class")
	}
	switch c := classes.(type) {
	case *Class:
		if k.IsSubclass(c) {
			return true, nil
		}
		if c.meta == TypeClass {
			return false, nil
		}
	case Tuple:
		return anyOf(t, c, func(c Value) (bool, error) { return isSubclass(t, class, c) })
	case *Union:
		return anyOf(t, c.members, func(c Value) (bool, error) { return isSubclass(t, class, c) })
	}
	if fn, ok := lookupSpecial(classes, "__subclasscheck__"); ok {
		r, err := callFound(t, fn, classes, class)
		if err != nil {
			return false, err
		}
		return Truth(t, r)
	}
	return false, TypeErrorf("issubclass() arg 2 must be a class, a tuple of classes, or a union")
}

func anyOf(t *Thread, items []Value, test func(Value) (bool, error)) (bool, error) {
	if err := t.Enter(); err != nil {
		return false, err
	}
	defer t.Leave()
	for _, item := range items {
		if err := t.Step(1); err != nil {
			return false, err
		}
		if ok, err := test(item); err != nil || ok {
			return ok, err
		}
	}
	return false, nil
}
