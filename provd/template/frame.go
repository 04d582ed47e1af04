package template

import (
	"errors"
	"strconv"
	"strings"
	"sync/atomic"

	"provbox/provd/python"
)

// code is the compiled form of what Jinja2 turns into one Python function: the
// top level of a template, a block, a macro, a recursive loop or a loop filter.
type code struct {
	tpl *Template
	// where names the code in tracebacks, as Jinja2 does.
	where string
	// line is where the code starts.
	line  int
	slots int
	body  []stmt
	// hasExtends is set for a top level with an extends tag.
	hasExtends bool
	// lastSize is the length of the last output of a top level or macro, a good
	// guess for the next.
	lastSize atomic.Int64
}

// stmt writes output or changes variables.
type stmt interface {
	exec(f *frame) error
}

// expr has a value, never nil.
type expr interface {
	eval(f *frame) (python.Value, error)
}

// frame is a running code. Its slots are the locals, nil where Python has
// Jinja2's "missing"; they stay alive for the macros defined in the frame.
type frame struct {
	*render
	code  *code
	ctx   *renderContext
	outer *frame
	slots []python.Value
	out   *output
	// top is the frame of the template's top level, or nil in a block.
	top *frame
	// extended is the parent template, in a frame that is its own top.
	extended *Template
	// buffer is the text that a filter or set block captured.
	buffer string
	line   int
}

// newFrame makes a frame that writes to out, or to an output of its own if that
// is nil.
func (r *render) newFrame(c *code, ctx *renderContext, outer *frame, out *output) *frame {
	var f *frame
	if out == nil {
		own := &struct {
			frame
			output
		}{output: output{t: r.t, max: r.env.maxOutput}}
		f, out = &own.frame, &own.output
	} else {
		f = new(frame)
	}
	f.render, f.code, f.ctx, f.outer, f.out, f.line = r, c, ctx, outer, out, c.line
	if c.slots > 0 {
		f.slots = make([]python.Value, c.slots)
	}
	if outer != nil {
		f.top = outer.top
	} else {
		f.top = f
	}
	return f
}

// run runs a top level or a block, and after a top level the parent it extends.
// It charges one level of depth.
func (r *render) run(c *code, ctx *renderContext, outer *frame, out *output) error {
	f := r.newFrame(c, ctx, outer, out)
	return f.nested(func() error {
		if err := f.execAll(c.body); err != nil {
			return f.located(err)
		}
		if c.hasExtends && f.extended != nil {
			return r.run(f.extended.root, ctx, nil, out)
		}
		return nil
	})
}

// run runs the body of the frame's code. It charges one level of depth.
func (f *frame) run() error {
	return f.nested(func() error {
		if err := f.execAll(f.code.body); err != nil {
			return f.located(err)
		}
		return nil
	})
}

// nested calls fn one level deeper.
func (f *frame) nested(fn func() error) error {
	if err := f.t.Enter(); err != nil {
		return f.located(err)
	}
	err := fn()
	f.t.Leave()
	return err
}

func (f *frame) execAll(body []stmt) error {
	for _, s := range body {
		if err := f.t.Step(1); err != nil {
			return err
		}
		if err := s.exec(f); err != nil {
			return err
		}
	}
	return nil
}

// located notes in the error that it passed through the frame.
func (f *frame) located(err error) error {
	here := python.Frame{File: f.code.tpl.name, Line: f.line, Function: f.code.where}
	var exc *python.Exception
	var limit *python.LimitError
	switch {
	case errors.As(err, &exc):
		exc.AddFrame(here)
	case errors.As(err, &limit):
		if limit.Pos == (python.Frame{}) {
			limit.Pos = here
		}
	}
	return err
}

// capture runs a body into a buffer of its own.
func (f *frame) capture(body []stmt) (string, error) {
	saved := f.out
	f.out = f.newOutput()
	err := f.execAll(body)
	text := f.out.String()
	f.out = saved
	return text, err
}

// varRef is a local of this code or, hops further out, of an enclosing one.
type varRef struct{ hops, slot int }

func (f *frame) get(ref varRef) python.Value {
	for n := ref.hops; n > 0; n-- {
		f = f.outer
	}
	return f.slots[ref.slot]
}

// output collects text. Its memory is charged before it is requested.
type output struct {
	t   *python.Thread
	max int
	b   strings.Builder
}

func (r *render) newOutput() *output { return &output{t: r.t, max: r.env.maxOutput} }

func (o *output) String() string { return o.b.String() }

func (o *output) write(s string) error {
	if len(s) > o.max-o.b.Len() {
		return &python.LimitError{What: "output"}
	}
	if len(s) > o.b.Cap()-o.b.Len() {
		// Builder.Grow doubles; the least keeps short texts from growing often.
		if err := o.reserve(max(len(s), 64)); err != nil {
			return err
		}
	}
	o.b.WriteString(s)
	return nil
}

func (o *output) writeInt(n int64) error {
	var room [20]byte // the longest has 19 digits and a sign
	digits := strconv.AppendInt(room[:0], n, 10)
	if len(digits) > o.max-o.b.Len() || len(digits) > o.b.Cap()-o.b.Len() {
		return o.write(string(digits))
	}
	o.b.Write(digits)
	return nil
}

// reserve makes room for n more bytes.
func (o *output) reserve(n int) error {
	if err := o.t.Alloc(2*int64(o.b.Cap()) + int64(n)); err != nil {
		return err
	}
	o.b.Grow(n)
	return nil
}
