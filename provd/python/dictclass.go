package python

// linkDict defines dict and its views.
func linkDict() {
	m := newMethodTable("dict")
	addCommon(m, "__len__", "__iter__", "__contains__", "__setitem__", "__delitem__", "__repr__")
	addBinary(m, true, OpOr)
	addInPlace(m, OpOr)
	addCompare(m, OpEq, OpNe)
	m.m["__getitem__"] = dictGetItem
	addDictMethods(m)
	addDictViews(m)
	m.m["__init__"] = func(t *Thread, self Value, args []Value, kwargs []Keyword) (Value, error) {
		d, ok := Native(self).(*Dict)
		if !ok {
			return nil, wrongSelf("__init__", "dict", self)
		}
		return None, dictUpdateFrom(t, "dict", d, args, kwargs)
	}
	DictClass.define(ClassSpec{
		Methods:      m.m,
		ClassMethods: map[string]MethodFunc{"fromkeys": dictFromKeys},
		New: func(t *Thread, c *Class, args []Value, kwargs []Keyword) (Value, error) {
			d := new(Dict)
			if !c.native {
				return d, nil // __init__ fills it
			}
			return d, dictUpdateFrom(t, "dict", d, args, kwargs)
		},
	})
	DictClass.ns.SetStr("__new__", newMethod(DictClass))

	for _, c := range []*Class{DictKeysClass, DictValuesClass, DictItemsClass} {
		m := newMethodTable(c.name)
		addCommon(m, "__len__", "__iter__", "__contains__", "__repr__")
		if c != DictValuesClass {
			addBinary(m, true, OpAnd, OpOr, OpSub, OpXor)
			addCompare(m, OpEq, OpNe, OpLt, OpLe, OpGt, OpGe)
			add(m, "isdisjoint", 1, 1, func(t *Thread, v *DictView, args []Value) (Value, error) {
				s, err := setOf(t, v)
				if err != nil {
					return nil, err
				}
				return s.isDisjoint(t, args[0])
			})
		}
		add(m, "__reversed__", 0, 0, func(_ *Thread, v *DictView, _ []Value) (Value, error) {
			return reverseDict(v.dict, v.kind), nil
		})
		c.define(ClassSpec{Methods: m.m, NoNew: true, Final: true})
	}
}

// dictGetItem is dict.__getitem__, which asks a subclass's __missing__.
func dictGetItem(t *Thread, self Value, args []Value, kwargs []Keyword) (Value, error) {
	if err := positional("dict.__getitem__", args, kwargs, 1, 1); err != nil {
		return nil, err
	}
	d, ok := Native(self).(*Dict)
	if !ok {
		return nil, wrongSelf("__getitem__", "dict", self)
	}
	v, ok, err := d.Get(t, args[0])
	if ok || err != nil {
		return v, err
	}
	if _, sub := self.(*Instance); sub {
		if r, found, err := callSpecial(t, self, "__missing__", args[0]); found || err != nil {
			return r, err
		}
	}
	return nil, NewKeyError(args[0])
}

func dictUpdate(t *Thread, d *Dict, args []Value, kwargs []Keyword) error {
	return dictUpdateFrom(t, "update", d, args, kwargs)
}

// dictUpdateFrom fills a dict from a mapping or an iterable of pairs, then from
// keywords.
func dictUpdateFrom(t *Thread, fname string, d *Dict, args []Value, kwargs []Keyword) error {
	if len(args) > 1 {
		return TypeErrorf("%s expected at most 1 argument, got %d", fname, len(args))
	}
	if len(args) == 1 {
		if err := dictMerge(t, d, args[0]); err != nil {
			return err
		}
	}
	for _, kw := range kwargs {
		if err := d.Set(t, Str(kw.Name), kw.Value); err != nil {
			return err
		}
	}
	return nil
}

func dictMerge(t *Thread, d *Dict, from Value) error {
	if o, ok := from.(*Dict); ok {
		return d.Update(t, o)
	}
	if i, ok := from.(*Instance); ok {
		if o, ok := i.Native.(*Dict); ok && plainDictClass(i.class) {
			return d.Update(t, o)
		}
	}
	keys, ok, err := LookupAttr(t, from, "keys")
	if err != nil {
		return err
	}
	if ok {
		names, err := Call(t, keys, nil, nil)
		if err != nil {
			return err
		}
		return Iterate(t, names, func(k Value) error {
			v, err := GetItem(t, from, k)
			if err != nil {
				return err
			}
			return d.Set(t, k, v)
		})
	}
	n := 0
	return Iterate(t, from, func(item Value) error {
		pair, err := ListOf(t, item)
		switch {
		case err != nil && IsException(err, TypeError) && !isIterable(item):
			return TypeErrorf("cannot convert dictionary update sequence element #%d to a sequence", n)
		case err != nil:
			return err
		case len(pair) != 2:
			return ValueErrorf("dictionary update sequence element #%d has length %d; 2 is required", n, len(pair))
		}
		n++
		return d.Set(t, pair[0], pair[1])
	})
}

// plainDictClass reports whether a subclass of dict iterates like a dict; its
// members are then copied without asking it.
func plainDictClass(c *Class) bool {
	v, _ := c.Lookup("__iter__")
	m, ok := v.(*Method)
	return ok && m.class == DictClass
}

func addDictMethods(m methodTable) {
	add(m, "get", 1, 2, func(t *Thread, d *Dict, args []Value) (Value, error) {
		v, ok, err := d.Get(t, args[0])
		switch {
		case err != nil || ok:
			return v, err
		case len(args) == 2:
			return args[1], nil
		}
		return None, nil
	})
	add(m, "setdefault", 1, 2, func(t *Thread, d *Dict, args []Value) (Value, error) {
		v, ok, err := d.Get(t, args[0])
		if err != nil || ok {
			return v, err
		}
		v = None
		if len(args) == 2 {
			v = args[1]
		}
		return v, d.Set(t, args[0], v)
	})
	add(m, "pop", 1, 2, func(t *Thread, d *Dict, args []Value) (Value, error) {
		v, ok, err := d.take(t, args[0])
		switch {
		case err != nil || ok:
			return v, err
		case len(args) == 2:
			return args[1], nil
		}
		return nil, NewKeyError(args[0])
	})
	add(m, "popitem", 0, 0, func(t *Thread, d *Dict, _ []Value) (Value, error) {
		for i := len(d.entries) - 1; i >= 0; i-- {
			if err := t.Step(1); err != nil {
				return nil, err
			}
			if e := d.entries[i]; e.key != nil {
				d.remove(i)
				return Tuple{e.key, e.value}, nil
			}
		}
		return nil, NewKeyError(Str("popitem(): dictionary is empty"))
	})
	add(m, "clear", 0, 0, func(_ *Thread, d *Dict, _ []Value) (Value, error) {
		d.clear()
		return None, nil
	})
	add(m, "copy", 0, 0, func(t *Thread, d *Dict, _ []Value) (Value, error) { return d.Copy(t) })
	addKw(m, "update", func(t *Thread, d *Dict, args []Value, kwargs []Keyword) (Value, error) {
		return None, dictUpdate(t, d, args, kwargs)
	})
	add(m, "__reversed__", 0, 0, func(_ *Thread, d *Dict, _ []Value) (Value, error) {
		return reverseDict(d, viewKeys), nil
	})
}

func addDictViews(m methodTable) {
	view := func(name string, kind viewKind) {
		add(m, name, 0, 0, func(_ *Thread, d *Dict, _ []Value) (Value, error) { return &DictView{d, kind}, nil })
	}
	view("keys", viewKeys)
	view("values", viewValues)
	view("items", viewItems)
}

func dictFromKeys(t *Thread, self Value, args []Value, kwargs []Keyword) (Value, error) {
	if err := positional("dict.fromkeys", args, kwargs, 1, 2); err != nil {
		return nil, err
	}
	var value Value = None
	if len(args) == 2 {
		value = args[1]
	}
	var into Value = new(Dict)
	if c, ok := self.(*Class); ok && c != DictClass {
		var err error
		if into, err = Call(t, c, nil, nil); err != nil {
			return nil, err
		}
	}
	return into, Iterate(t, args[0], func(k Value) error { return SetItem(t, into, k, value) })
}
