package host

import "provbox/provd/python"

var (
	alreadyCalled = exception("twisted.internet.defer", "AlreadyCalledError", python.ExceptionClass)
	cancelled     = exception("twisted.internet.defer", "CancelledError", python.ExceptionClass)
	// returned carries the value of defer.returnValue out of a generator; it is
	// no Exception, so that the generator does not catch it.
	returned = exception("twisted.internet.defer", "_DefGen_Return", python.BaseException)
)

var failureClass = python.NewBuiltinClass(python.ClassSpec{
	Name: "Failure", Module: "twisted.python.failure", Final: true,
	New: func(_ *python.Thread, _ *python.Class, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var exc python.Value
		if err := python.Unpack("Failure", args, kwargs, "exc_value", &exc); err != nil {
			return nil, err
		}
		return failureOf(exc)
	},
	Getters: map[string]python.GetFunc{
		"value": func(_ *python.Thread, self python.Value) (python.Value, error) { return self.(*Failure).exc, nil },
		"type": func(_ *python.Thread, self python.Value) (python.Value, error) {
			return self.(*Failure).exc.Type(), nil
		},
	},
	Methods: map[string]python.MethodFunc{
		"__repr__": func(t *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			f := self.(*Failure)
			msg, err := python.ToStr(t, f.exc)
			return python.Str("<twisted.python.failure.Failure " + f.exc.Type().Name() + ": " + msg + ">"), err
		},
		"check": func(_ *python.Thread, self python.Value, args []python.Value, _ []python.Keyword) (python.Value, error) {
			return self.(*Failure).check(args), nil
		},
		"getErrorMessage": func(t *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			s, err := python.ToStr(t, self.(*Failure).exc)
			return python.Str(s), err
		},
		"getTraceback": func(_ *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			return python.Str(self.(*Failure).Err().Error()), nil
		},
		"raiseException": func(_ *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			return nil, self.(*Failure).Err()
		},
		"trap": func(_ *python.Thread, self python.Value, args []python.Value, _ []python.Keyword) (python.Value, error) {
			f := self.(*Failure)
			if class := f.check(args); class != python.None {
				return class, nil
			}
			return nil, f.Err()
		},
	},
})

// check returns the first of the classes that the failure is of, or None.
func (f *Failure) check(classes []python.Value) python.Value {
	for _, c := range classes {
		if class, ok := c.(*python.Class); ok && f.exc.Type().IsSubclass(class) {
			return class
		}
	}
	return python.None
}

func failureOf(v python.Value) (*Failure, error) {
	if f, ok := v.(*Failure); ok {
		return f, nil
	}
	exc, ok := v.(*python.Instance)
	if !ok || python.ExceptionDataOf(exc) == nil {
		return nil, python.TypeErrorf("a failure needs an exception, not '%s'", python.TypeName(v))
	}
	return &Failure{exc: exc}, nil
}

func failureModule() module { return module{"Failure": failureClass} }

func deferModule() module {
	return module{
		"AlreadyCalledError": alreadyCalled,
		"CancelledError":     cancelled,
		"Deferred":           deferredClass,
		"fail": function("fail", func(_ *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var result python.Value
			if err := python.Unpack("fail", args, kwargs, "result", &result); err != nil {
				return nil, err
			}
			f, err := failureOf(result)
			if err != nil {
				return nil, err
			}
			return &Deferred{fired: true, result: f}, nil
		}),
		"inlineCallbacks": function("inlineCallbacks", inlineCallbacks),
		"maybeDeferred": function("maybeDeferred", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			if len(args) == 0 {
				return nil, python.TypeErrorf("maybeDeferred() missing 1 required positional argument: 'f'")
			}
			v, err := python.Call(t, args[0], args[1:], kwargs)
			if _, ok := v.(*Deferred); ok && err == nil {
				return v, nil
			}
			return deferredResult(v, err)
		}),
		"returnValue": function("returnValue", func(_ *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var v python.Value
			if err := python.Unpack("returnValue", args, kwargs, "val", &v); err != nil {
				return nil, err
			}
			return nil, python.Throw(python.NewException(returned, v))
		}),
		"succeed": function("succeed", func(_ *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var v python.Value
			if err := python.Unpack("succeed", args, kwargs, "result", &v); err != nil {
				return nil, err
			}
			return succeeded(v), nil
		}),
	}
}

// inlineCallbacks turns a generator function that yields Deferreds into one that
// returns a Deferred of its result.
func inlineCallbacks(_ *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var fn python.Value
	if err := python.Unpack("inlineCallbacks", args, kwargs, "f", &fn); err != nil {
		return nil, err
	}
	return &inlined{fn}, nil
}

// inlined is what inlineCallbacks returns. It binds like a function, because
// methods are decorated too.
type inlined struct{ fn python.Value }

// Type returns the class of built-in functions.
func (*inlined) Type() *python.Class { return python.BuiltinFunctionClass }

// BindsSelf marks the type.
func (*inlined) BindsSelf() {}

// Call starts the generator and drives it as far as it goes.
func (f *inlined) Call(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	gen, err := python.Call(t, f.fn, args, kwargs)
	if err != nil {
		return inlineResult(nil, err)
	}
	send, ok, err := python.LookupAttr(t, gen, "send")
	if err != nil {
		return nil, err
	}
	if !ok {
		return deferredResult(gen, nil)
	}
	throw, err := python.GetAttr(t, gen, "throw")
	if err != nil {
		return nil, err
	}
	out := &Deferred{}
	var step func(t *python.Thread, v python.Value) error
	step = func(t *python.Thread, v python.Value) error {
		for {
			resume := send
			if f, bad := v.(*Failure); bad {
				resume, v = throw, f.exc
			}
			yielded, err := python.Call(t, resume, []python.Value{v}, nil)
			if err != nil {
				result, err := inlineResult(nil, err)
				if err != nil {
					return err
				}
				return out.fire(t, result.(*Deferred).result)
			}
			d, ok := yielded.(*Deferred)
			if !ok {
				v = yielded
				continue
			}
			if d.fired && !d.waiting {
				v = d.result
				continue
			}
			next := func(t *python.Thread, v python.Value) (python.Value, error) { return python.None, step(t, v) }
			return d.add(t, callbacks{next, next})
		}
	}
	if err := step(t, python.None); err != nil {
		return nil, err
	}
	return out, nil
}

// inlineResult makes the result of a generator's end: what it returned, or the
// exception that ended it.
func inlineResult(v python.Value, err error) (python.Value, error) {
	if exc := python.ExceptionOf(err, python.StopIteration); exc != nil {
		return succeeded(firstArg(exc)), nil
	}
	if exc := python.ExceptionOf(err, returned); exc != nil {
		return succeeded(firstArg(exc)), nil
	}
	return deferredResult(v, err)
}

func firstArg(exc *python.Instance) python.Value {
	if data := python.ExceptionDataOf(exc); data != nil && len(data.Args) > 0 {
		return data.Args[0]
	}
	return python.None
}

// deferToThread calls the function at once, on the caller's own budget: the box
// gives every call into a package a goroutine of its own already.
func deferToThread(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	if len(args) == 0 {
		return nil, python.TypeErrorf("deferToThread() missing 1 required positional argument: 'f'")
	}
	if hook := callOf(t).Thread; hook != nil {
		name, _, err := python.LookupAttr(t, args[0], "__qualname__")
		if err != nil {
			return nil, err
		}
		s, _ := name.(python.Str)
		if hook(string(s), args[1:]) {
			return succeeded(python.None), nil
		}
	}
	return deferredResult(python.Call(t, args[0], args[1:], kwargs))
}

func threadsModule() module {
	return module{"deferToThread": function("deferToThread", deferToThread)}
}

// reactorModule has the one function of the reactor that makes sense without
// one. Its other names are missing, so that a package that needs them says which.
func reactorModule() module {
	return module{"callFromThread": function("callFromThread", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		if len(args) == 0 {
			return nil, python.TypeErrorf("callFromThread() missing 1 required positional argument: 'callable'")
		}
		_, err := python.Call(t, args[0], args[1:], kwargs)
		return python.None, err
	})}
}
