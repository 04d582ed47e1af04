package python

// frame is one running (or suspended) piece of code. Frames are on the heap, so
// that a generator can be left and entered again.
type frame struct {
	code    *code
	globals *Dict
	env     *Env
	frees   []*cell
	ns      *Dict // namespace of a class body

	slots  []Value // the locals, then the operands
	locals []Value // the same ones
	pc, sp int     // valid while the frame is not in the loop of run

	// keywords are those of the call that goes on, which does not keep them.
	keywords []Keyword

	// handled is the exception that the except clause or finally block being
	// run has caught, nil outside of one.
	handled *Exception
	// reraise says that the error about to be handled already has this frame in
	// its traceback.
	reraise bool
	// yielded says that run returned because of a yield.
	yielded bool

	back *frame // the frame that called this one
	// callee is a frame to use again for the next call from here: calls nest,
	// so that only one of them runs at a time.
	callee *frame
}

// cell is a variable shared between a function and functions inside it. It is
// kept in a local slot. Programs see one only where CPython shows them, too: as
// __classcell__ in the namespace a metaclass gets.
type cell struct{ v Value }

// cellClass is the class of cells.
var cellClass = bareClass("cell", ObjectClass)

// Type returns cellClass.
func (*cell) Type() *Class { return cellClass }

// frameBytes is what a frame is charged for, besides its slots, when it
// outlives the call that made it.
const frameBytes = 256

// newFrame makes a frame with empty slots.
func newFrame(c *code, globals *Dict, env *Env, frees []*cell) *frame {
	f := new(frame)
	f.prepare(c, globals, env, frees)
	return f
}

// prepare makes a frame ready to run code. Its slots are all nil.
func (f *frame) prepare(c *code, globals *Dict, env *Env, frees []*cell) {
	n := len(c.locals)
	if cap(f.slots) < c.size {
		f.slots = make([]Value, c.size)
	}
	f.slots = f.slots[:c.size]
	f.locals = f.slots[:n:n]
	f.code, f.globals, f.env, f.frees = c, globals, env, frees
	f.pc, f.sp = 0, n
}

// release drops what a finished frame refers to, so that it can be used again.
func (f *frame) release() {
	clear(f.slots)
	f.frees, f.handled, f.back, f.reraise = nil, nil, nil, false
}

// makeCells turns the slots that inner functions share into cells.
func (f *frame) makeCells() {
	for _, i := range f.code.cells {
		f.locals[i] = &cell{f.locals[i]}
	}
}

// enter runs the frame from its start as a call of its own.
func (f *frame) enter(t *Thread) (Value, error) {
	if err := t.Enter(); err != nil {
		return nil, f.limit(err, f.pc)
	}
	f.back = t.frame
	t.frame = f
	v, err := f.run(t, nil)
	t.frame = f.back
	t.Leave()
	return v, err
}

// limit fills in the place of a *LimitError that has none.
func (f *frame) limit(err error, pc int) error {
	if l, ok := err.(*LimitError); ok && l.Pos == (Frame{}) {
		l.Pos = f.code.at(pc)
	}
	return err
}

// Handled returns the exception being handled by the innermost except clause or
// finally block of the running program (what sys.exc_info() shows), or nil.
func (t *Thread) Handled() *Exception {
	for f := t.frame; f != nil; f = f.back {
		if f.handled != nil {
			return f.handled
		}
	}
	return nil
}

// Globals returns the globals of the running function (what globals() returns),
// or nil if the thread runs no program.
func (t *Thread) Globals() *Dict {
	if t.frame == nil {
		return nil
	}
	return t.frame.globals
}

// Locals returns the variables of the running function (what locals() returns):
// the globals or the class namespace themselves, or a new dict for a function.
// It is nil if the thread runs no program.
func (t *Thread) Locals() *Dict {
	f := t.frame
	switch {
	case f == nil:
		return nil
	case f.ns != nil:
		return f.ns
	case f.code.name == "<module>" && len(f.locals) == 0:
		return f.globals
	}
	d := NewDict(len(f.locals))
	add := func(name string, v Value) {
		if c, ok := v.(*cell); ok {
			v = c.v
		}
		if v != nil {
			d.SetStr(name, v)
		}
	}
	for i, name := range f.code.locals {
		add(name, f.locals[i])
	}
	for i, name := range f.code.frees {
		add(name, f.frees[i].v)
	}
	return d
}

// builtinGlobals and builtinLocals are the built-in functions of those names.
func builtinGlobals(t *Thread, args []Value, kwargs []Keyword) (Value, error) {
	return frameDict("globals", t.Globals, args, kwargs)
}

func builtinLocals(t *Thread, args []Value, kwargs []Keyword) (Value, error) {
	return frameDict("locals", t.Locals, args, kwargs)
}

func frameDict(name string, dict func() *Dict, args []Value, kwargs []Keyword) (Value, error) {
	if len(args)+len(kwargs) > 0 {
		return nil, TypeErrorf("%s() takes no arguments (%d given)", name, len(args)+len(kwargs))
	}
	d := dict()
	if d == nil {
		return nil, Raise(SystemError, "frame does not exist")
	}
	return d, nil
}
