package host

import (
	"errors"

	"provbox/provd/python"
)

// Deferred is twisted's: a result that callbacks are applied to, one after
// another. Here everything happens at once, so one only waits for another
// Deferred that nobody has fired.
type Deferred struct {
	fired   bool
	result  python.Value // a *Failure after an error
	chain   []callbacks
	running bool
	waiting bool // on a Deferred that a callback returned
}

// callbacks is one link: what to call with a result and with a failure. Nil
// passes it on.
type callbacks struct {
	ok, fail func(t *python.Thread, result python.Value) (python.Value, error)
}

// maxChain bounds the callbacks of one Deferred.
const maxChain = 10_000

// Failure is twisted's: an exception as a value.
type Failure struct {
	exc *python.Instance
	err error // that raised it, with the place; nil when nothing did
}

// Type returns the class Failure.
func (*Failure) Type() *python.Class { return failureClass }

// Err returns the error that raises the failure.
func (f *Failure) Err() error {
	if f.err != nil {
		return f.err
	}
	return python.Throw(f.exc)
}

// Type returns the class Deferred.
func (*Deferred) Type() *python.Class { return deferredClass }

// Result returns what the Deferred fired with: a value, an error for a failure,
// or ErrUnfired.
func (d *Deferred) Result() (python.Value, error) {
	if !d.fired || d.waiting {
		return nil, ErrUnfired
	}
	if f, ok := d.result.(*Failure); ok {
		return nil, f.Err()
	}
	return d.result, nil
}

// ErrUnfired is the result of a Deferred that waits for something that cannot
// happen any more.
var ErrUnfired = errors.New("the package returned before its result was there")

// Await returns the result of a Deferred, and any other value as it is.
func Await(v python.Value) (python.Value, error) {
	if d, ok := v.(*Deferred); ok {
		return d.Result()
	}
	return v, nil
}

func succeeded(v python.Value) *Deferred { return &Deferred{fired: true, result: v} }

func failed(exc *python.Instance) *Deferred {
	return &Deferred{fired: true, result: &Failure{exc: exc}}
}

// deferredResult makes a Deferred of the outcome of a call. What no program can
// catch goes on as an error.
func deferredResult(v python.Value, err error) (python.Value, error) {
	if err == nil {
		return succeeded(v), nil
	}
	exc := python.ExceptionOf(err, python.ExceptionClass)
	if exc == nil {
		return nil, err
	}
	return &Deferred{fired: true, result: &Failure{exc, err}}, nil
}

func (d *Deferred) add(t *python.Thread, c callbacks) error {
	if len(d.chain) >= maxChain {
		return python.RuntimeErrorf("a Deferred has more than %d callbacks", maxChain)
	}
	d.chain = append(d.chain, c)
	return d.run(t)
}

func (d *Deferred) fire(t *python.Thread, result python.Value) error {
	if d.fired {
		return python.Throw(python.NewException(alreadyCalled))
	}
	d.fired, d.result = true, result
	return d.run(t)
}

// run applies the callbacks that can be applied now.
func (d *Deferred) run(t *python.Thread) error {
	if d.running || !d.fired {
		return nil
	}
	if err := t.Enter(); err != nil {
		return err
	}
	defer t.Leave()
	d.running = true
	defer func() { d.running = false }()
	for len(d.chain) > 0 && !d.waiting {
		c := d.chain[0]
		d.chain = d.chain[1:]
		fn := c.ok
		if _, bad := d.result.(*Failure); bad {
			fn = c.fail
		}
		if fn == nil {
			continue
		}
		if err := t.Step(1); err != nil {
			return err
		}
		v, err := fn(t, d.result)
		if err != nil {
			exc := python.ExceptionOf(err, python.ExceptionClass)
			if exc == nil {
				return err
			}
			v = &Failure{exc, err}
		}
		inner, ok := v.(*Deferred)
		if !ok {
			d.result = v
			continue
		}
		d.waiting = true
		resume := func(t *python.Thread, v python.Value) (python.Value, error) {
			d.result, d.waiting = v, false
			return python.None, d.run(t)
		}
		if err := inner.add(t, callbacks{resume, resume}); err != nil {
			return err
		}
	}
	return nil
}

// calling makes a link that calls a function of the program with the result
// before the arguments it was added with.
func calling(fn python.Value, args []python.Value, kwargs []python.Keyword) func(*python.Thread, python.Value) (python.Value, error) {
	if fn == nil || fn == python.None {
		return nil
	}
	args = append([]python.Value{nil}, args...)
	kwargs = append([]python.Keyword(nil), kwargs...)
	return func(t *python.Thread, result python.Value) (python.Value, error) {
		args[0] = result
		return python.Call(t, fn, args, kwargs)
	}
}

func adder(name string, link func(fn func(*python.Thread, python.Value) (python.Value, error)) callbacks) python.MethodFunc {
	return func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		if len(args) == 0 {
			return nil, python.TypeErrorf("Deferred.%s() missing 1 required positional argument: 'callback'", name)
		}
		return self, self.(*Deferred).add(t, link(calling(args[0], args[1:], kwargs)))
	}
}

var deferredClass = python.NewBuiltinClass(python.ClassSpec{
	Name: "Deferred", Module: "twisted.internet.defer", Final: true,
	New: func(*python.Thread, *python.Class, []python.Value, []python.Keyword) (python.Value, error) {
		return &Deferred{}, nil
	},
	Getters: map[string]python.GetFunc{
		"called": func(_ *python.Thread, self python.Value) (python.Value, error) {
			return python.Bool(self.(*Deferred).fired), nil
		},
		"result": func(_ *python.Thread, self python.Value) (python.Value, error) {
			if d := self.(*Deferred); d.fired {
				return d.result, nil
			}
			return nil, python.AttributeErrorf("'Deferred' object has no attribute 'result'")
		},
	},
	Methods: map[string]python.MethodFunc{
		"addBoth": adder("addBoth", func(fn func(*python.Thread, python.Value) (python.Value, error)) callbacks {
			return callbacks{fn, fn}
		}),
		"addCallback": adder("addCallback", func(fn func(*python.Thread, python.Value) (python.Value, error)) callbacks {
			return callbacks{ok: fn}
		}),
		"addErrback": adder("addErrback", func(fn func(*python.Thread, python.Value) (python.Value, error)) callbacks {
			return callbacks{fail: fn}
		}),
		"addCallbacks": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var ok, fail, okArgs, failArgs python.Value
			var okKw, failKw python.Value
			err := python.Unpack("addCallbacks", args, kwargs, "callback", &ok, "errback?", &fail, "callbackArgs?", &okArgs,
				"callbackKeywords?", &okKw, "errbackArgs?", &failArgs, "errbackKeywords?", &failKw)
			if err != nil {
				return nil, err
			}
			var link callbacks
			if link.ok, err = callingWith(t, ok, okArgs, okKw); err != nil {
				return nil, err
			}
			if link.fail, err = callingWith(t, fail, failArgs, failKw); err != nil {
				return nil, err
			}
			return self, self.(*Deferred).add(t, link)
		},
		"callback": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			result := python.Value(python.None)
			if err := python.Unpack("callback", args, kwargs, "result?", &result); err != nil {
				return nil, err
			}
			return python.None, self.(*Deferred).fire(t, result)
		},
		"errback": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var fail python.Value
			if err := python.Unpack("errback", args, kwargs, "fail", &fail); err != nil {
				return nil, err
			}
			f, err := failureOf(fail)
			if err != nil {
				return nil, err
			}
			return python.None, self.(*Deferred).fire(t, f)
		},
		"cancel": func(t *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			if d := self.(*Deferred); !d.fired {
				return python.None, d.fire(t, &Failure{exc: python.NewException(cancelled)})
			}
			return python.None, nil
		},
	},
})

func callingWith(t *python.Thread, fn, args, kwargs python.Value) (func(*python.Thread, python.Value) (python.Value, error), error) {
	var list []python.Value
	var kw []python.Keyword
	if args != nil && args != python.None {
		var err error
		if list, err = python.ListOf(t, args); err != nil {
			return nil, err
		}
	}
	if d, ok := kwargs.(*python.Dict); ok {
		for k, v := range d.All() {
			name, _ := k.(python.Str)
			kw = append(kw, python.Keyword{Name: string(name), Value: v})
		}
	}
	return calling(fn, list, kw), nil
}
