package python

import (
	"errors"
	"slices"
)

// excMarker is on the operand stack while an exception is being handled: below
// an except clause, and below a finally block that was entered by an exception.
type excMarker struct {
	exc  *Exception
	prev *Exception // what the frame handled before
}

// Type returns cellClass; programs never see a marker.
func (*excMarker) Type() *Class { return cellClass }

// resumeMarker is on the operand stack below a finally block that was entered
// by a jump or return: where it continues, and the value to return.
type resumeMarker struct {
	pc    int
	value Value
}

// Type returns cellClass; programs never see a marker.
func (*resumeMarker) Type() *Class { return cellClass }

// withMarker is the exit function of a with statement.
type withMarker struct{ exit, manager Value }

// Type returns cellClass; programs never see a marker.
func (*withMarker) Type() *Class { return cellClass }

func asException(err error, exc **Exception) bool {
	if e, ok := err.(*Exception); ok {
		*exc = e
		return true
	}
	return errors.As(err, exc)
}

// handle finds the handler for an error raised by the instruction at pc. It
// returns the error if the frame has none: a *LimitError or an error of the host
// that is no Python exception never has.
func (f *frame) handle(t *Thread, pc int, err error) error {
	pc = max(pc, 0)
	var exc *Exception
	if !asException(err, &exc) {
		return f.limit(err, pc)
	}
	if !f.reraise {
		f.chain(t, exc)
		exc.AddFrame(f.code.at(pc))
	}
	f.reraise = false
	for i := range f.code.handlers {
		h := &f.code.handlers[i]
		if pc < h.start || pc >= h.end {
			continue
		}
		f.cut(h.depth)
		f.push(&excMarker{exc, f.handled})
		f.handled = exc
		f.pc = h.target
		return nil
	}
	return err
}

// chain sets the __context__ of an exception that has just been raised.
func (f *frame) chain(t *Thread, exc *Exception) {
	data := ExceptionDataOf(exc.Value)
	h := t.Handled()
	if len(exc.Traceback) > 0 || data == nil || h == nil || h.Value == exc.Value {
		return
	}
	// Whatever follows the chain must come to an end: cut it where it leads
	// back to exc. A program can make other cycles by hand, hence the bound.
	const most = 1000
	for inst, n := h.Value, 0; inst != nil && n < most; n++ {
		d := ExceptionDataOf(inst)
		if d == nil {
			break
		}
		if d.Context == exc.Value {
			d.Context = nil
			break
		}
		inst = d.Context
	}
	data.Context = h.Value
}

// cut drops operands down to a depth. Exceptions that were being handled above
// it are no longer.
func (f *frame) cut(depth int) {
	for f.sp > depth {
		f.sp--
		if m, ok := f.slots[f.sp].(*excMarker); ok {
			f.handled = m.prev
		}
		f.slots[f.sp] = nil
	}
}

// execExcept executes raise, try, finally, with and assert.
func (f *frame) execExcept(t *Thread, in instr) error {
	arg := in.arg()
	switch in.op() {
	case opRaise:
		return f.raise(t, f.take(arg))
	case opReraise:
		m := f.pop().(*excMarker)
		f.handled = m.prev
		f.reraise = true
		return m.exc
	case opExcMatch:
		class := f.pop()
		ok, err := matches(f.top(0).(*excMarker).exc.Value.class, class)
		f.push(Bool(ok))
		return err
	case opExcValue:
		f.push(f.top(0).(*excMarker).exc.Value)
	case opPopExcept:
		f.handled = f.pop().(*excMarker).prev
	case opPushNormal:
		f.push(nil)
	case opPushResume:
		f.push(&resumeMarker{pc: arg})
	case opPushReturn:
		v := f.pop()
		f.push(&resumeMarker{arg, v})
	case opEndFinally:
		switch m := f.pop().(type) {
		case *excMarker:
			f.handled = m.prev
			f.reraise = true
			return m.exc
		case *resumeMarker:
			f.pc = m.pc
			if m.value != nil {
				f.push(m.value)
			}
		}
	case opUnwind:
		f.cut(arg)
	case opUnwindKeep:
		v := f.pop()
		f.cut(arg)
		f.push(v)
	case opWithEnter:
		return f.withEnter(t)
	case opWithExit:
		return f.withExit(t)
	case opAssertError:
		return Throw(NewException(AssertionError, append([]Value(nil), f.take(arg)...)...))
	}
	return nil
}

// raise is the raise statement; operands are the exception and its cause.
func (f *frame) raise(t *Thread, operands []Value) error {
	if len(operands) == 0 {
		h := t.Handled()
		if h == nil {
			return RuntimeErrorf("No active exception to reraise")
		}
		f.reraise = true
		return h
	}
	exc, err := exceptionFrom(t, operands[0], nil)
	if err != nil {
		return err
	}
	if len(operands) == 2 {
		data := ExceptionDataOf(exc)
		if cause := operands[1]; cause == Value(None) {
			data.Cause = nil
		} else if data.Cause, err = exceptionFrom(t, cause, nil); err != nil {
			if IsException(err, TypeError) && ExceptionDataOf(cause) == nil {
				return TypeErrorf("exception causes must derive from BaseException")
			}
			return err
		}
		data.SuppressContext = true
	}
	raised := &Exception{Value: exc}
	if h := t.Handled(); h != nil && h.Value == exc {
		raised.Traceback = slices.Clone(h.Traceback)
	}
	return raised
}

// exceptionFrom makes an exception object of the operand of raise or throw: an
// exception, or an exception class that is called with args.
func exceptionFrom(t *Thread, v Value, args []Value) (*Instance, error) {
	if class, ok := v.(*Class); ok && class.IsSubclass(BaseException) {
		made, err := Call(t, class, args, nil)
		if err != nil {
			return nil, err
		}
		if ExceptionDataOf(made) == nil {
			return nil, TypeErrorf("calling %s should have returned an instance of BaseException, not %s",
				reprOr(t, v), reprOr(t, made.Type()))
		}
		return made.(*Instance), nil
	}
	if ExceptionDataOf(v) == nil {
		return nil, TypeErrorf("exceptions must derive from BaseException")
	}
	return v.(*Instance), nil
}

// reprOr is repr(v) for a message; its own errors do not matter.
func reprOr(t *Thread, v Value) string {
	if s, err := Repr(t, v); err == nil {
		return s
	}
	return TypeName(v)
}

// matches reports whether an except clause for a class or tuple of classes
// catches exceptions of a class.
func matches(exc *Class, v Value) (bool, error) {
	classes, ok := v.(Tuple)
	if !ok {
		classes = Tuple{v}
	}
	found := false
	for _, c := range classes {
		class, ok := c.(*Class)
		if !ok || !class.IsSubclass(BaseException) {
			return false, TypeErrorf("catching classes that do not inherit from BaseException is not allowed")
		}
		found = found || exc.IsSubclass(class)
	}
	return found, nil
}

// withEnter enters a context manager.
func (f *frame) withEnter(t *Thread) error {
	m := f.pop()
	enter, ok := lookupSpecial(m, "__enter__")
	if !ok {
		return TypeErrorf("'%s' object does not support the context manager protocol", TypeName(m))
	}
	exit, ok := lookupSpecial(m, "__exit__")
	if !ok {
		return TypeErrorf("'%s' object does not support the context manager protocol (missed __exit__ method)", TypeName(m))
	}
	v, err := callFound(t, enter, m)
	if err != nil {
		return err
	}
	f.push(&withMarker{exit, m})
	f.push(v)
	return nil
}

// withExit leaves a context manager. If that swallows the exception, the marker
// becomes one of normal completion.
func (f *frame) withExit(t *Thread) error {
	w := f.top(1).(*withMarker)
	marker := f.top(0)
	args := []Value{None, None, None}
	m, raised := marker.(*excMarker)
	if raised {
		args[0], args[1] = m.exc.Value.class, m.exc.Value
	}
	r, err := callFound(t, w.exit, w.manager, args...)
	if err != nil {
		return err
	}
	f.sp--
	f.slots[f.sp-1] = marker
	if !raised {
		return nil
	}
	swallow, err := Truth(t, r)
	if err != nil || !swallow {
		return err
	}
	f.handled = m.prev
	f.slots[f.sp-1] = nil
	return nil
}
