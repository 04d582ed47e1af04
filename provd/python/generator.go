package python

import "fmt"

// Generator is a suspended call of a generator function, or a generator
// expression. It is an iterator; Send, Throw and Close are the methods of the
// same name, for host code that drives generators (such as
// defer.inlineCallbacks).
//
// A generator that is dropped before its end is not closed: its finally blocks
// do not run, where CPython would run them when it frees the object.
type Generator struct {
	frame    *frame // nil when finished
	name     string
	qualname string
	started  bool
	running  bool
}

// GeneratorClass is the class generator.
var GeneratorClass = bareClass("generator", ObjectClass)

func newGenerator(t *Thread, fn *Function, f *frame) (Value, error) {
	if err := t.Alloc(frameBytes + int64(len(f.slots))*valueBytes); err != nil {
		return nil, err
	}
	return &Generator{frame: f, name: fn.name, qualname: fn.qualname}, nil
}

// Type returns GeneratorClass.
func (*Generator) Type() *Class { return GeneratorClass }

// Next resumes the generator until it yields a value; ok is false at its end.
func (g *Generator) Next(t *Thread) (v Value, ok bool, err error) {
	v, done, err := g.Send(t, None)
	return v, !done && err == nil, err
}

// Send resumes the generator with the value of the yield expression it waits
// in. It returns the next value yielded, or with done the generator's result
// (None once it is finished).
func (g *Generator) Send(t *Thread, sent Value) (v Value, done bool, err error) {
	if g.running {
		return nil, false, ValueErrorf("generator already executing")
	}
	if g.frame == nil {
		return None, true, nil
	}
	if !g.started {
		if sent != Value(None) {
			return nil, false, TypeErrorf("can't send non-None value to a just-started generator")
		}
		g.started = true
	} else {
		g.push(sent)
	}
	return g.resume(t, nil)
}

// Throw raises an error at the yield expression the generator waits in. The
// results are those of Send; the error itself comes back if the generator does
// not catch it.
func (g *Generator) Throw(t *Thread, thrown error) (v Value, done bool, err error) {
	if g.running {
		return nil, false, ValueErrorf("generator already executing")
	}
	f := g.frame
	if f == nil {
		return nil, false, thrown
	}
	if g.started && f.code.instrs[f.pc].op() == opYieldFrom {
		return g.throwInner(t, thrown)
	}
	if !g.started {
		// The code of the generator has no part in it, its finally blocks neither.
		g.started, g.frame = true, nil
		return nil, false, thrown
	}
	return g.resume(t, thrown)
}

// throwInner passes an error to the iterator of a "yield from".
func (g *Generator) throwInner(t *Thread, thrown error) (v Value, done bool, err error) {
	f := g.frame
	sub := f.slots[f.sp-1]
	g.running = true
	f.back = t.frame // what this frame handles is the context of what sub raises
	t.frame = f
	if IsException(thrown, GeneratorExit) {
		if err := closeIterator(t, sub); err != nil {
			thrown = err
		}
		v, done, err = nil, false, thrown
	} else if inner, ok := sub.(*Generator); ok {
		v, done, err = inner.Throw(t, thrown)
	} else {
		v, done, err = throwMethod(t, sub, thrown)
	}
	t.frame = f.back
	f.back, f.callee = nil, nil
	g.running = false
	switch {
	case err != nil: // raised here, behind the instruction
		f.sp--
		f.pc++
		return g.resume(t, err)
	case done:
		f.sp--
		f.pc++
		g.push(v)
		return g.resume(t, nil)
	}
	return v, false, nil
}

// throwMethod calls throw() of an iterator that is no generator.
func throwMethod(t *Thread, it Value, thrown error) (Value, bool, error) {
	var exc *Exception
	if !asException(thrown, &exc) {
		return nil, false, thrown
	}
	method, ok, err := LookupAttr(t, programIterator(it), "throw")
	if err != nil || !ok {
		if err == nil {
			err = thrown
		}
		return nil, false, err
	}
	v, err := Call(t, method, []Value{exc.Value}, nil)
	return stopValue(v, err)
}

func closeIterator(t *Thread, it Value) error {
	if g, ok := it.(*Generator); ok {
		return g.Close(t)
	}
	method, ok, err := LookupAttr(t, programIterator(it), "close")
	if err != nil || !ok {
		return err
	}
	_, err = Call(t, method, nil, nil)
	return err
}

// programIterator is the object behind an iterator made by Iter.
func programIterator(it Value) Value {
	if o, ok := it.(*objectIter); ok {
		return o.v
	}
	return it
}

// stopValue turns a raised StopIteration into the end of an iteration.
func stopValue(v Value, err error) (Value, bool, error) {
	if err == nil {
		return v, false, nil
	}
	stop := ExceptionOf(err, StopIteration)
	if stop == nil {
		return nil, false, err
	}
	if data := ExceptionDataOf(stop); data != nil && len(data.Args) > 0 {
		return data.Args[0], true, nil
	}
	return None, true, nil
}

// Close raises GeneratorExit in the generator, so that its finally blocks run,
// and finishes it.
func (g *Generator) Close(t *Thread) error {
	if g.frame == nil {
		return nil
	}
	if !g.started {
		g.frame = nil
		return nil
	}
	_, done, err := g.Throw(t, Throw(NewException(GeneratorExit)))
	switch {
	case err == nil && !done:
		return RuntimeErrorf("generator ignored GeneratorExit")
	case err == nil || IsException(err, GeneratorExit) || IsException(err, StopIteration):
		return nil
	}
	return err
}

func (g *Generator) push(v Value) {
	f := g.frame
	f.slots[f.sp] = v
	f.sp++
}

// resume runs the frame until it yields, returns or raises.
func (g *Generator) resume(t *Thread, thrown error) (v Value, done bool, err error) {
	f := g.frame
	if err := t.Enter(); err != nil {
		return nil, false, f.limit(err, f.pc)
	}
	g.running = true
	f.yielded = false
	f.back = t.frame
	t.frame = f
	v, err = f.run(t, thrown)
	t.frame = f.back
	f.back, f.callee = nil, nil
	g.running = false
	t.Leave()
	if f.yielded {
		return v, false, nil
	}
	g.frame = nil
	if stop := ExceptionOf(err, StopIteration); stop != nil {
		// PEP 479: it would end the caller's loop silently.
		wrapped := NewException(RuntimeError, Str("generator raised StopIteration"))
		data := ExceptionDataOf(wrapped)
		data.Cause, data.Context, data.SuppressContext = stop, stop, true
		err = Throw(wrapped)
	}
	return v, err == nil, err
}

// stopIteration raises StopIteration with the result of a generator.
func stopIteration(v Value) (Value, error) {
	if v == Value(None) {
		v = nil
	}
	return nil, NewStopIteration(v)
}

// generatorMethods are the attributes of GeneratorClass.
func generatorMethods() map[string]MethodFunc {
	finish := func(v Value, done bool, err error) (Value, error) {
		if err == nil && done {
			return stopIteration(v)
		}
		return v, err
	}
	method := func(name string, n int, fn func(t *Thread, g *Generator, args []Value) (Value, error)) MethodFunc {
		return func(t *Thread, self Value, args []Value, kwargs []Keyword) (Value, error) {
			g, ok := self.(*Generator)
			if !ok || len(args) != n || len(kwargs) > 0 {
				return nil, TypeErrorf("generator.%s() takes exactly %d argument%s (%d given)", name, n, pluralS(n), len(args))
			}
			return fn(t, g, args)
		}
	}
	return map[string]MethodFunc{
		"__iter__": method("__iter__", 0, func(_ *Thread, g *Generator, _ []Value) (Value, error) { return g, nil }),
		"__next__": method("__next__", 0, func(t *Thread, g *Generator, _ []Value) (Value, error) {
			return finish(g.Send(t, None))
		}),
		"send": method("send", 1, func(t *Thread, g *Generator, args []Value) (Value, error) {
			return finish(g.Send(t, args[0]))
		}),
		"close": method("close", 0, func(t *Thread, g *Generator, _ []Value) (Value, error) {
			return None, g.Close(t)
		}),
		"throw": func(t *Thread, self Value, args []Value, kwargs []Keyword) (Value, error) {
			g, ok := self.(*Generator)
			if !ok || len(args) < 1 || len(args) > 3 || len(kwargs) > 0 {
				return nil, TypeErrorf("throw expected at least 1 argument, got %d", len(args))
			}
			exc, err := thrownException(t, args)
			if err != nil {
				return nil, err
			}
			return finish(g.Throw(t, Throw(exc)))
		},
		"__repr__": method("__repr__", 0, func(_ *Thread, g *Generator, _ []Value) (Value, error) {
			return Str(fmt.Sprintf("<generator object %s at 0x%x>", g.qualname, identity(g))), nil
		}),
	}
}

// thrownException is the exception of throw(exc) or throw(class, value, tb).
func thrownException(t *Thread, args []Value) (*Instance, error) {
	var value Value = None
	if len(args) > 1 {
		value = args[1]
	}
	class, isClass := args[0].(*Class)
	switch {
	case !isClass && value != Value(None):
		return nil, TypeErrorf("instance exception may not have a separate value")
	case !isClass && ExceptionDataOf(args[0]) == nil || isClass && !class.IsSubclass(BaseException):
		return nil, TypeErrorf("exceptions must be classes or instances deriving from BaseException, not %s", TypeName(args[0]))
	case value == Value(None):
		return exceptionFrom(t, args[0], nil)
	case ExceptionDataOf(value) != nil && IsInstance(value, class):
		return value.(*Instance), nil
	}
	if tuple, ok := value.(Tuple); ok {
		return exceptionFrom(t, class, tuple)
	}
	return exceptionFrom(t, class, []Value{value})
}

// Attr returns an attribute of the generator.
func (g *Generator) Attr(_ *Thread, name string) (Value, error) {
	switch name {
	case "__name__":
		return Str(g.name), nil
	case "__qualname__":
		return Str(g.qualname), nil
	case "gi_running":
		return Bool(g.running), nil
	}
	return nil, nil
}

// SetAttr refuses all attributes.
func (*Generator) SetAttr(*Thread, string, Value) (bool, error) { return false, nil }

// AttrNames lists the attributes for dir().
func (*Generator) AttrNames() []string { return []string{"__name__", "__qualname__", "gi_running"} }
