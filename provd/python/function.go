package python

import "fmt"

// Function is a function made by a program.
type Function struct {
	code       *code
	name       string
	qualname   string
	doc        Value
	module     Value
	globals    *Dict
	env        *Env
	frees      []*cell
	defaults   []Value   // of the last positional parameters
	kwDefaults []Keyword // of keyword-only parameters
	attrs      *Dict     // attributes set by the program; nil until the first
}

// FunctionClass is the class function.
var FunctionClass = bareClass("function", ObjectClass)

// functionBytes is what a function object is charged for.
const functionBytes = 192

// Type returns FunctionClass.
func (*Function) Type() *Class { return FunctionClass }

// BindsSelf marks functions as methods when they are found on a class.
func (*Function) BindsSelf() {}

// Name returns the function's __name__.
func (fn *Function) Name() string { return fn.name }

// Qualname returns the function's __qualname__.
func (fn *Function) Qualname() string { return fn.qualname }

// Globals returns the globals the function runs in.
func (fn *Function) Globals() *Dict { return fn.globals }

// Call calls the function. A generator function returns a *Generator.
func (fn *Function) Call(t *Thread, args []Value, kwargs []Keyword) (Value, error) {
	c := fn.code
	if c.generator || t.frame == nil && t.frames == nil {
		f := newFrame(c, fn.globals, fn.env, fn.frees)
		if err := fn.start(t, f, args, kwargs); err != nil {
			return nil, err
		}
		if c.generator {
			return newGenerator(t, fn, f)
		}
		return f.enter(t)
	}
	var spare **frame
	if t.frame != nil {
		spare = &t.frame.callee
	} else {
		spare = &t.frames.first
	}
	f := *spare
	if f == nil {
		f = new(frame)
		*spare = f
	}
	f.prepare(c, fn.globals, fn.env, fn.frees)
	var v Value
	err := fn.start(t, f, args, kwargs)
	if err == nil {
		v, err = f.enter(t)
	}
	f.release()
	return v, err
}

// start sets the parameters in a new frame.
func (fn *Function) start(t *Thread, f *frame, args []Value, kwargs []Keyword) error {
	c := fn.code
	if len(kwargs) == 0 && len(args) == c.params && c.simple {
		copy(f.locals, args)
	} else if err := fn.bind(t, f.locals, args, kwargs); err != nil {
		return err
	}
	if len(c.cells) > 0 {
		f.makeCells()
	}
	return nil
}

// makeFunction makes a function in a frame; values are the default values.
func (f *frame) makeFunction(t *Thread, spec *funcSpec, values []Value) (*Function, error) {
	c := spec.code
	if err := t.Alloc(functionBytes + int64(len(c.captures)+len(values))*valueBytes); err != nil {
		return nil, err
	}
	fn := &Function{
		code: c, name: c.name, qualname: c.qualname, doc: c.doc, module: None,
		globals: f.globals, env: f.env, frees: f.capture(c),
	}
	if m, ok := f.globals.GetStr("__name__"); ok {
		fn.module = m
	}
	if n := spec.defaults; n > 0 {
		fn.defaults = append([]Value(nil), values[:n]...)
	}
	for i, name := range spec.kwOnly {
		fn.kwDefaults = append(fn.kwDefaults, Keyword{name, values[spec.defaults+i]})
	}
	return fn, nil
}

// capture collects the cells that code made in this frame shares with it.
func (f *frame) capture(c *code) []*cell {
	if len(c.captures) == 0 {
		return nil
	}
	cells := make([]*cell, len(c.captures))
	for i, from := range c.captures {
		if from.Slot {
			cells[i] = f.locals[from.Index].(*cell)
		} else {
			cells[i] = f.frees[from.Index]
		}
	}
	return cells
}

// Attr returns an attribute of the function.
func (fn *Function) Attr(t *Thread, name string) (Value, error) {
	switch name {
	case "__name__":
		return Str(fn.name), nil
	case "__qualname__":
		return Str(fn.qualname), nil
	case "__doc__":
		return fn.doc, nil
	case "__module__":
		return fn.module, nil
	case "__globals__":
		return fn.globals, nil
	case "__annotations__":
		return NewDict(0), nil // annotations are never evaluated
	case "__defaults__":
		if fn.defaults == nil {
			return None, nil
		}
		return Tuple(fn.defaults), nil
	case "__kwdefaults__":
		if fn.kwDefaults == nil {
			return None, nil
		}
		d := NewDict(len(fn.kwDefaults))
		for _, k := range fn.kwDefaults {
			d.SetStr(k.Name, k.Value)
		}
		return d, nil
	}
	if fn.attrs != nil {
		if v, ok := fn.attrs.GetStr(name); ok {
			return v, nil
		}
	}
	return nil, nil
}

func (fn *Function) dict() *Dict {
	if fn.attrs == nil {
		fn.attrs = NewDict(0)
	}
	return fn.attrs
}

// SetAttr sets or deletes an attribute of the function.
func (fn *Function) SetAttr(t *Thread, name string, value Value) (bool, error) {
	text := func(to *string) (bool, error) {
		s, ok := value.(Str)
		if !ok {
			return true, TypeErrorf("%s must be set to a string object", name)
		}
		*to = string(s)
		return true, nil
	}
	switch name {
	case "__name__":
		return text(&fn.name)
	case "__qualname__":
		return text(&fn.qualname)
	case "__doc__", "__module__":
		if value == nil {
			value = None
		}
		if name == "__doc__" {
			fn.doc = value
		} else {
			fn.module = value
		}
		return true, nil
	case "__globals__", "__closure__":
		return true, AttributeErrorf("readonly attribute")
	case "__defaults__":
		tuple, ok := value.(Tuple)
		if !ok && value != nil && value != Value(None) {
			return true, TypeErrorf("__defaults__ must be set to a tuple object")
		}
		fn.defaults = tuple[max(0, len(tuple)-fn.code.params):]
		return true, nil
	case "__annotations__":
		return true, nil // nobody reads them
	case "__code__", "__kwdefaults__", "__dict__":
		return true, AttributeErrorf("attribute '%s' of function objects cannot be set here", name)
	}
	if value == nil {
		return fn.attrs != nil && fn.attrs.DeleteStr(name), nil
	}
	return true, fn.dict().Set(t, Str(name), value)
}

// AttrNames lists the attributes for dir().
func (fn *Function) AttrNames() []string {
	names := []string{
		"__annotations__", "__defaults__", "__dict__", "__doc__", "__globals__",
		"__kwdefaults__", "__module__", "__name__", "__qualname__",
	}
	if fn.attrs != nil {
		for k := range fn.attrs.All() {
			if s, ok := k.(Str); ok {
				names = append(names, string(s))
			}
		}
	}
	return names
}

// functionMethods are the attributes of FunctionClass.
func functionMethods() map[string]MethodFunc {
	return map[string]MethodFunc{
		"__call__": func(t *Thread, self Value, args []Value, kwargs []Keyword) (Value, error) {
			return Call(t, self, args, kwargs)
		},
		"__get__": func(_ *Thread, self Value, args []Value, _ []Keyword) (Value, error) {
			if len(args) == 0 || len(args) > 2 {
				return nil, TypeErrorf("__get__ expected 1 or 2 arguments, got %d", len(args))
			}
			if args[0] == Value(None) {
				return self, nil
			}
			return &BoundMethod{Self: args[0], Func: self}, nil
		},
		"__repr__": func(_ *Thread, self Value, _ []Value, _ []Keyword) (Value, error) {
			name := "?"
			if fn, ok := self.(*Function); ok {
				name = fn.qualname
			}
			return Str(fmt.Sprintf("<function %s at 0x%x>", name, identity(self))), nil
		},
	}
}
