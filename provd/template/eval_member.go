package template

import (
	"provbox/provd/python"
)

// attribute is environment.getattr: the attribute first, then the item.
func attribute(t *python.Thread, obj python.Value, name string, key python.Value) (python.Value, error) {
	switch o := obj.(type) {
	case *loopContext:
		if v, err := o.attr(t, name); v != nil || err != nil {
			return v, err
		}
	case *undefined:
		if len(name) < 2 || name[:2] != "__" {
			return nil, o.fail()
		}
	case *namespace:
		if v, ok := o.attrs.GetStr(name); ok {
			return v, nil
		}
		return &undefined{obj: obj, name: key}, nil
	}
	v, ok, err := python.LookupAttr(t, obj, name)
	if err != nil || ok {
		return v, err
	}
	return itemOrUndefined(t, obj, key)
}

// itemOrUndefined is obj[key], undefined where there is no such item.
func itemOrUndefined(t *python.Thread, obj, key python.Value) (python.Value, error) {
	v, err := python.GetItem(t, obj, key)
	if err != nil && isAny(err, python.TypeError, python.LookupError, python.AttributeError) {
		return &undefined{obj: obj, name: key}, nil
	}
	return v, err
}

// item is environment.getitem: the item first, then the attribute.
func item(t *python.Thread, obj, key python.Value) (python.Value, error) {
	if d, ok := obj.(*python.Dict); ok {
		v, ok, err := d.Get(t, key)
		if ok {
			return v, nil
		}
		if err != nil && !isAny(err, python.TypeError, python.LookupError, python.AttributeError) {
			return nil, err
		}
	} else {
		v, err := python.GetItem(t, obj, key)
		if err == nil {
			return v, nil
		}
		if !isAny(err, python.TypeError, python.LookupError, python.AttributeError) {
			return nil, err
		}
	}
	if name, ok := python.Native(key).(python.Str); ok {
		v, ok, err := python.LookupAttr(t, obj, string(name))
		if err != nil || ok {
			return v, err
		}
	}
	return &undefined{obj: obj, name: key}, nil
}

type getattrExpr struct {
	node expr
	key  python.Key
	// ofDict is what all dicts have by that name, nil for nothing.
	ofDict python.Value
}

func (e *getattrExpr) eval(f *frame) (python.Value, error) {
	obj, err := e.node.eval(f)
	if err != nil {
		return nil, err
	}
	return e.of(f.t, obj)
}

// of is the attribute of obj.
func (e *getattrExpr) of(t *python.Thread, obj python.Value) (python.Value, error) {
	if d, ok := obj.(*python.Dict); ok && e.ofDict == nil {
		return member(d, e.key), nil
	}
	return attribute(t, obj, e.key.String(), e.key.Value())
}

// member is the item of a dict that has no attribute of that name.
func member(d *python.Dict, key python.Key) python.Value {
	if v, ok := d.GetKey(key); ok {
		return v
	}
	return &undefined{obj: d, name: key.Value()}
}

type getitemExpr struct {
	node, arg expr
	// text is set when arg is a string in the template that names no attribute of
	// dicts; key is that string.
	text bool
	key  python.Key
}

func (e *getitemExpr) eval(f *frame) (python.Value, error) {
	obj, err := e.node.eval(f)
	if err != nil {
		return nil, err
	}
	if d, ok := obj.(*python.Dict); ok && e.text {
		return member(d, e.key), nil
	}
	key, err := e.arg.eval(f)
	if err != nil {
		return nil, err
	}
	return item(f.t, obj, key)
}

type sliceExpr struct{ node, start, stop, step expr }

func (e *sliceExpr) eval(f *frame) (python.Value, error) {
	obj, err := e.node.eval(f)
	if err != nil {
		return nil, err
	}
	s := &python.Slice{Start: python.None, Stop: python.None, Step: python.None}
	for _, part := range []struct {
		expr expr
		to   *python.Value
	}{{e.start, &s.Start}, {e.stop, &s.Stop}, {e.step, &s.Step}} {
		if part.expr == nil {
			continue
		}
		if *part.to, err = part.expr.eval(f); err != nil {
			return nil, err
		}
	}
	return python.GetItem(f.t, obj, s)
}

type keyword struct {
	name  string
	value expr
}

// arguments are the arguments of a call, filter or test.
type arguments struct {
	pos        []expr
	kwargs     []keyword
	star, dict expr
}

// eval pushes first, unless it is nil, and the arguments on the render's stack
// and gives the part of the stack that they are. It is good until the caller
// drops it, which the caller must do also after an error.
func (a *arguments) eval(f *frame, first python.Value) ([]python.Value, []python.Keyword, error) {
	start := len(f.stack)
	if first != nil {
		f.stack = append(f.stack, first)
	}
	for _, e := range a.pos {
		v, err := e.eval(f)
		if err != nil {
			return nil, nil, err
		}
		f.stack = append(f.stack, v)
	}
	if a.star != nil {
		v, err := a.star.eval(f)
		if err != nil {
			return nil, nil, err
		}
		more, err := python.ListOf(f.t, v)
		if err != nil {
			return nil, nil, err
		}
		if err := f.t.Alloc(int64(len(more)) * valueSize); err != nil {
			return nil, nil, err
		}
		f.stack = append(f.stack, more...)
	}
	var kwargs []python.Keyword
	if len(a.kwargs) > 0 || a.dict != nil {
		var err error
		if kwargs, err = a.keywords(f); err != nil {
			return nil, nil, err
		}
	}
	return f.stack[start:len(f.stack):len(f.stack)], kwargs, nil
}

// drop gives the stack back down to a length it had before.
func (r *render) drop(start int) {
	clear(r.stack[start:])
	r.stack = r.stack[:start]
}

func (a *arguments) keywords(f *frame) ([]python.Keyword, error) {
	kwargs := make([]python.Keyword, 0, len(a.kwargs))
	for _, k := range a.kwargs {
		v, err := k.value.eval(f)
		if err != nil {
			return nil, err
		}
		kwargs = append(kwargs, python.Keyword{Name: k.name, Value: v})
	}
	if a.dict == nil {
		return kwargs, nil
	}
	v, err := a.dict.eval(f)
	if err != nil {
		return nil, err
	}
	d, ok := python.Native(v).(*python.Dict)
	if !ok {
		return nil, python.TypeErrorf("argument after ** must be a mapping, not %s", python.TypeName(v))
	}
	for k, v := range d.All() {
		name, ok := python.Native(k).(python.Str)
		if !ok {
			return nil, python.TypeErrorf("keywords must be strings")
		}
		for _, old := range kwargs[:len(a.kwargs)] {
			if old.Name == string(name) {
				return nil, python.TypeErrorf("got multiple values for keyword argument %s", quoted(old.Name))
			}
		}
		kwargs = append(kwargs, python.Keyword{Name: string(name), Value: v})
	}
	return kwargs, nil
}

// callExpr calls node or, without making a bound method, method.
type callExpr struct {
	node   expr
	method *getattrExpr
	args   arguments
	// caller is the body of a call block.
	caller *macroDef
}

func (e *callExpr) eval(f *frame) (python.Value, error) {
	start := len(f.stack)
	v, err := e.call(f)
	f.drop(start)
	return v, err
}

func (e *callExpr) call(f *frame) (python.Value, error) {
	if err := f.t.Step(1); err != nil {
		return nil, err
	}
	fn, self, err := e.callee(f)
	if err != nil {
		return nil, err
	}
	args, kwargs, err := e.args.eval(f, self)
	if err != nil {
		return nil, err
	}
	if e.caller != nil {
		kwargs = append(kwargs, python.Keyword{Name: "caller", Value: e.caller.bind(f)})
	}
	v, err := call(f, fn, self, args, kwargs)
	if err != nil && python.IsException(err, python.StopIteration) {
		return &undefined{hint: "value was undefined because a callable raised a StopIteration exception"}, nil
	}
	return v, err
}

// call calls fn, whose self, if there is one, is args[0].
func call(f *frame, fn, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	switch fn := fn.(type) {
	case *macro:
		return fn.invoke(f.t, args, kwargs, f.ctx.esc.on)
	case *loopContext:
		if len(kwargs) == 0 {
			return fn.call(args)
		}
	case *python.Method:
		if self != nil {
			return fn.CallSelf(f.t, self, args[1:], kwargs)
		}
	case *undefined:
		return nil, fn.fail()
	}
	return python.Call(f.t, fn, args, kwargs)
}

func (e *callExpr) callee(f *frame) (fn, self python.Value, err error) {
	if e.method == nil {
		fn, err = e.node.eval(f)
		return fn, nil, err
	}
	m := e.method
	obj, err := m.node.eval(f)
	if err != nil {
		return nil, nil, err
	}
	switch obj.(type) {
	case *undefined, *namespace, *module, *selfRef, *blockRef:
		fn, err = m.of(f.t, obj)
		return fn, nil, err
	case *python.Dict:
		if m.ofDict == nil {
			fn, err = m.of(f.t, obj)
			return fn, nil, err
		}
	}
	fn, self, err = python.LookupKey(f.t, obj, m.key)
	if err != nil && python.IsException(err, python.AttributeError) {
		fn, err = itemOrUndefined(f.t, obj, m.key.Value())
		return fn, nil, err
	}
	return fn, self, err
}

// filterExpr applies a filter or a test.
type filterExpr struct {
	name string
	test bool
	fn   function
	node expr
	args arguments
	// escapes marks the filters e and escape without arguments.
	escapes bool
}

func (e *filterExpr) eval(f *frame) (python.Value, error) {
	if err := f.t.Step(1); err != nil {
		return nil, err
	}
	v, err := e.node.eval(f)
	if err != nil {
		return nil, err
	}
	start := len(f.stack)
	args, kwargs, err := e.args.eval(f, v)
	if err == nil {
		in := f.newInvocation()
		in.f, in.t, in.name, in.test, in.args, in.kwargs = f, f.t, e.name, e.test, args, kwargs
		v, err = e.fn(in)
		f.release(in)
	}
	f.drop(start)
	return v, err
}
