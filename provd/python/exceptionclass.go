package python

import "slices"

// linkExceptions defines the exception classes.
func linkExceptions() {
	m := newMethodTable("BaseException")
	m.m["__init__"] = initException
	add(m, "__str__", 0, 0, func(t *Thread, self Value, _ []Value) (Value, error) {
		return exceptionStr(t, self)
	})
	add(m, "__repr__", 0, 0, exceptionRepr)
	add(m, "with_traceback", 1, 1, func(_ *Thread, self Value, _ []Value) (Value, error) { return self, nil })
	add(m, "add_note", 1, 1, addNote)
	BaseException.define(ClassSpec{
		New:     newException,
		Methods: m.m,
		Getters: map[string]GetFunc{
			"args": exceptionGetter(func(d *ExceptionData) Value { return d.Args }),
			"__cause__": exceptionGetter(func(d *ExceptionData) Value {
				return instanceOrNone(d.Cause)
			}),
			"__context__": exceptionGetter(func(d *ExceptionData) Value {
				return instanceOrNone(d.Context)
			}),
			"__suppress_context__": exceptionGetter(func(d *ExceptionData) Value { return Bool(d.SuppressContext) }),
			"__traceback__":        exceptionGetter(func(*ExceptionData) Value { return None }),
		},
		Setters: map[string]SetFunc{
			"args": func(t *Thread, self, value Value) error {
				d := ExceptionDataOf(self)
				if value == nil || d == nil {
					return TypeErrorf("args may not be deleted")
				}
				items, err := ListOf(t, value)
				d.Args = items
				return err
			},
			"__cause__":            linkSetter("cause", func(d *ExceptionData, i *Instance) { d.Cause, d.SuppressContext = i, true }),
			"__context__":          linkSetter("context", func(d *ExceptionData, i *Instance) { d.Context = i }),
			"__suppress_context__": suppressContext,
			"__traceback__":        func(*Thread, Value, Value) error { return nil },
		},
	})
	BaseException.ns.SetStr("__new__", newMethod(BaseException))
	own := map[*Class]ClassSpec{
		KeyError: {Methods: map[string]MethodFunc{"__str__": keyErrorStr}},
		StopIteration: {
			Getters: fieldGetters("value"), Setters: fieldSetters("value"),
		},
		SystemExit:     {Getters: fieldGetters("code"), Setters: fieldSetters("code")},
		AttributeError: {Getters: fieldGetters("name", "obj"), Setters: fieldSetters("name", "obj")},
		NameError:      {Getters: fieldGetters("name"), Setters: fieldSetters("name")},
		ImportError: {
			Getters: fieldGetters("msg", "name", "path"), Setters: fieldSetters("msg", "name", "path"),
		},
		SyntaxErrorClass: {
			Getters: fieldGetters("msg", "filename", "lineno", "offset", "text"),
			Setters: fieldSetters("msg", "filename", "lineno", "offset", "text"),
		},
		OSError: {
			New:     newOSError,
			Methods: map[string]MethodFunc{"__str__": osErrorStr, "__init__": initOSError},
			Getters: fieldGetters("errno", "strerror", "filename", "filename2"),
			Setters: fieldSetters("errno", "strerror", "filename", "filename2"),
		},
		UnicodeDecodeError: unicodeErrorSpec(decodeErrorStr),
		UnicodeEncodeError: unicodeErrorSpec(encodeErrorStr),
	}
	for _, c := range exceptionClasses() {
		if c != BaseException {
			c.define(own[c])
		}
	}
	OSError.ns.SetStr("__new__", newMethod(OSError))
}

func instanceOrNone(i *Instance) Value {
	if i == nil {
		return None
	}
	return i
}

func exceptionGetter(get func(d *ExceptionData) Value) GetFunc {
	return func(_ *Thread, self Value) (Value, error) {
		if d := ExceptionDataOf(self); d != nil {
			return get(d), nil
		}
		return None, nil
	}
}

func linkSetter(what string, set func(d *ExceptionData, i *Instance)) SetFunc {
	return func(_ *Thread, self, value Value) error {
		d := ExceptionDataOf(self)
		if d == nil {
			return nil
		}
		if value == nil {
			return TypeErrorf("__%s__ may not be deleted", what)
		}
		if value == Value(None) {
			set(d, nil)
			return nil
		}
		if ExceptionDataOf(value) == nil {
			return TypeErrorf("exception %s must be None or derive from BaseException", what)
		}
		set(d, value.(*Instance))
		return nil
	}
}

func suppressContext(t *Thread, self, value Value) error {
	d := ExceptionDataOf(self)
	if d == nil || value == nil {
		return TypeErrorf("can't delete numeric/char attribute")
	}
	b, err := Truth(t, value)
	d.SuppressContext = b
	return err
}

// newException is BaseException.__new__.
func newException(t *Thread, c *Class, args []Value, kwargs []Keyword) (Value, error) {
	if err := t.Alloc(128); err != nil {
		return nil, err
	}
	e := NewException(c, slices.Clone(args)...)
	if len(kwargs) > 0 && c.native {
		if err := keywordFields(e, kwargs); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// initException is BaseException.__init__.
func initException(_ *Thread, self Value, args []Value, kwargs []Keyword) (Value, error) {
	e, ok := self.(*Instance)
	d := ExceptionDataOf(self)
	if !ok || d == nil {
		return None, nil
	}
	d.Args = slices.Clone(args)
	return None, keywordFields(e, kwargs)
}

// keywordFields sets the fields of the few exceptions that take them by keyword.
func keywordFields(e *Instance, kwargs []Keyword) error {
	for _, kw := range kwargs {
		known := e.class.IsSubclass(ImportError) && (kw.Name == "name" || kw.Name == "path") ||
			e.class.IsSubclass(AttributeError) && (kw.Name == "name" || kw.Name == "obj") ||
			e.class.IsSubclass(NameError) && kw.Name == "name"
		if !known && e.class.IsSubclass(ImportError) {
			return TypeErrorf("'%s' is an invalid keyword argument for ImportError()", kw.Name)
		}
		if !known {
			return TypeErrorf("%s() takes no keyword arguments", e.class.name)
		}
		setField(e, kw.Name, kw.Value)
	}
	return nil
}

func setField(e *Instance, name string, v Value) {
	d := ExceptionDataOf(e)
	if d == nil {
		return
	}
	if d.fields == nil {
		d.fields = make(map[string]Value)
	}
	d.fields[name] = v
}

// fieldAt says which argument a field comes from when it was not set.
var fieldAt = map[string]int{"value": 0, "code": 0, "msg": 0, "encoding": 0, "object": 1, "start": 2, "end": 3, "reason": 4}

func getField(d *ExceptionData, name string) Value {
	if v, ok := d.fields[name]; ok {
		return v
	}
	if i, ok := fieldAt[name]; ok && i < len(d.Args) {
		return d.Args[i]
	}
	return None
}

func fieldGetters(names ...string) map[string]GetFunc {
	m := make(map[string]GetFunc)
	for _, name := range names {
		m[name] = exceptionGetter(func(d *ExceptionData) Value { return getField(d, name) })
	}
	return m
}

func fieldSetters(names ...string) map[string]SetFunc {
	m := make(map[string]SetFunc)
	for _, name := range names {
		m[name] = func(_ *Thread, self, value Value) error {
			if value == nil {
				value = None
			}
			if e, ok := self.(*Instance); ok {
				setField(e, name, value)
			}
			return nil
		}
	}
	return m
}

func addNote(t *Thread, self Value, args []Value) (Value, error) {
	if _, ok := Native(args[0]).(Str); !ok {
		return nil, TypeErrorf("note must be a str, not '%s'", TypeName(args[0]))
	}
	e, ok := self.(*Instance)
	if !ok {
		return None, nil
	}
	notes, ok := e.Attrs().GetStr("__notes__")
	if !ok {
		notes = NewList(nil)
		e.attrs.SetStr("__notes__", notes)
	}
	l, ok := notes.(*List)
	if !ok {
		return nil, TypeErrorf("Cannot add note: __notes__ is not a list")
	}
	return None, l.Append(t, args[0])
}
