package template

import (
	"provbox/provd/python"
)

// loopContext is the variable loop. Looking ahead (last, nextitem) takes one
// item early, counting (length, revindex) takes all of them if the iterable has
// no length; both as in Jinja2.
type loopContext struct {
	iterable python.Value
	it       python.Iterator
	index0   int
	length   int
	counted  bool
	// after is the item taken early, nil if there is none.
	after           python.Value
	current, before python.Value
	lastChanged     python.Value
	recurse         *recursion
	depth0          int
}

var loopClass = newLoopClass()

// Type implements python.Value.
func (*loopContext) Type() *python.Class { return loopClass }

// advance moves to the next item.
func (l *loopContext) advance(t *python.Thread) (python.Value, bool, error) {
	v := l.after
	if v != nil {
		l.after = nil
	} else {
		var ok bool
		var err error
		if v, ok, err = l.it.Next(t); err != nil || !ok {
			return nil, false, err
		}
	}
	l.index0++
	l.before, l.current = l.current, v
	return v, true, nil
}

// peek gives the next item, or nil at the end.
func (l *loopContext) peek(t *python.Thread) (python.Value, error) {
	if l.after == nil {
		v, ok, err := l.it.Next(t)
		if err != nil || !ok {
			return nil, err
		}
		l.after = v
	}
	return l.after, nil
}

func (l *loopContext) len(t *python.Thread) (int, error) {
	if l.counted {
		return l.length, nil
	}
	n, err := python.Len(t, l.iterable)
	if python.IsException(err, python.TypeError) {
		var rest []python.Value
		if rest, err = python.ListOf(t, l.it); err != nil {
			return 0, err
		}
		l.it, err = python.Iter(t, python.NewList(rest))
		n = len(rest) + l.index0 + 1
		if l.after != nil {
			n++
		}
	}
	if err != nil {
		return 0, err
	}
	l.length, l.counted = n, true
	return n, nil
}

// attr gives an attribute; nil means that there is no such one among the data
// attributes.
func (l *loopContext) attr(t *python.Thread, name string) (python.Value, error) {
	switch name {
	case "index":
		return python.NewInt(l.index0 + 1), nil
	case "index0":
		return python.NewInt(l.index0), nil
	case "first":
		return python.Bool(l.index0 == 0), nil
	case "last":
		v, err := l.peek(t)
		return python.Bool(v == nil), err
	case "length", "revindex", "revindex0":
		n, err := l.len(t)
		switch name {
		case "revindex":
			n -= l.index0
		case "revindex0":
			n -= l.index0 + 1
		}
		return python.NewInt(n), err
	case "depth":
		return python.NewInt(l.depth0 + 1), nil
	case "depth0":
		return python.NewInt(l.depth0), nil
	case "previtem":
		if l.index0 == 0 {
			return &undefined{hint: "there is no previous item"}, nil
		}
		return l.before, nil
	case "nextitem":
		v, err := l.peek(t)
		if v == nil {
			v = &undefined{hint: "there is no next item"}
		}
		return v, err
	}
	return nil, nil
}

func (l *loopContext) cycle(args []python.Value) (python.Value, error) {
	if len(args) == 0 {
		return nil, python.TypeErrorf("no items for cycling given")
	}
	n := l.index0 % len(args)
	if n < 0 {
		n += len(args)
	}
	return args[n], nil
}

func (l *loopContext) changed(t *python.Thread, args []python.Value) (python.Value, error) {
	now := python.Tuple(append([]python.Value(nil), args...))
	if l.lastChanged != nil {
		same, err := python.Equal(t, l.lastChanged, now)
		if err != nil || same {
			return python.False, err
		}
	}
	l.lastChanged = now
	return python.True, nil
}

func (l *loopContext) call(args []python.Value) (python.Value, error) {
	if len(args) != 1 {
		return nil, python.TypeErrorf("LoopContext.__call__() takes 2 positional arguments but %d were given", len(args)+1)
	}
	if l.recurse == nil {
		return nil, python.TypeErrorf("The loop must have the 'recursive' marker to be called recursively.")
	}
	text, err := l.recurse.call(args[0], l.depth0+1)
	if err != nil {
		return nil, err
	}
	if m := l.recurse.stmt.markup; m == escapeOn || m == escapeAsk && l.recurse.frame.ctx.esc.on {
		return markup(text), nil
	}
	return python.Str(text), nil
}

func (l *loopContext) repr(t *python.Thread) (python.Value, error) {
	n, err := l.len(t)
	return python.Str("<LoopContext " + itoa(l.index0+1) + "/" + itoa(n) + ">"), err
}

func newLoopClass() *python.Class {
	method := func(fn func(l *loopContext, t *python.Thread, args []python.Value) (python.Value, error)) python.MethodFunc {
		return func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			l, ok := self.(*loopContext)
			if !ok || len(kwargs) > 0 {
				return nil, python.TypeErrorf("loop takes no keyword arguments")
			}
			return fn(l, t, args)
		}
	}
	getters := map[string]python.GetFunc{}
	for _, name := range []string{
		"index", "index0", "first", "last", "length", "revindex", "revindex0", "depth", "depth0", "previtem", "nextitem",
	} {
		getters[name] = func(t *python.Thread, self python.Value) (python.Value, error) {
			l, ok := self.(*loopContext)
			if !ok {
				return nil, python.TypeErrorf("descriptor %s requires a 'LoopContext' object", quoted(name))
			}
			return l.attr(t, name)
		}
	}
	return python.NewBuiltinClass(python.ClassSpec{
		Name: "LoopContext", Module: "jinja2.runtime", NoNew: true, Getters: getters,
		Methods: map[string]python.MethodFunc{
			"cycle": method(func(l *loopContext, _ *python.Thread, args []python.Value) (python.Value, error) {
				return l.cycle(args)
			}),
			"changed": method((*loopContext).changed),
			"__call__": method(func(l *loopContext, _ *python.Thread, args []python.Value) (python.Value, error) {
				return l.call(args)
			}),
			"__len__": method(func(l *loopContext, t *python.Thread, _ []python.Value) (python.Value, error) {
				n, err := l.len(t)
				return python.NewInt(n), err
			}),
			"__repr__": method(func(l *loopContext, t *python.Thread, _ []python.Value) (python.Value, error) {
				return l.repr(t)
			}),
			"__iter__": method(func(l *loopContext, _ *python.Thread, _ []python.Value) (python.Value, error) {
				return l, nil
			}),
			"__next__": method(func(l *loopContext, t *python.Thread, _ []python.Value) (python.Value, error) {
				v, ok, err := l.advance(t)
				if err == nil && !ok {
					err = python.NewStopIteration(nil)
				}
				return python.Tuple{v, l}, err
			}),
		},
	})
}
