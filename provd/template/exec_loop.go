package template

import (
	"provbox/provd/python"
)

// loop is a compiled for tag.
type loop struct {
	line   int
	target target
	// extended loops have the loop variable in loopSlot.
	extended bool
	loopSlot int
	filter   *loopFilter
	body     []stmt
	after    []stmt
	orElse   []stmt
	hasElse  bool
	// markup is how a recursive loop returns its text.
	markup escapeMode
}

// forStmt runs a loop; code is set for a recursive one.
type forStmt struct {
	*loop
	iter expr
	code *code
}

func (s *forStmt) exec(f *frame) error {
	f.line = s.line
	v, err := s.iter.eval(f)
	if err != nil {
		return err
	}
	if s.code == nil {
		return s.run(f, v, nil, 0)
	}
	text, err := (&recursion{stmt: s, frame: f}).call(v, 0)
	if err != nil {
		return err
	}
	return f.out.write(text)
}

// recursion renders a recursive loop over some items.
type recursion struct {
	stmt  *forStmt
	frame *frame
}

func (r *recursion) call(v python.Value, depth int) (string, error) {
	f := r.frame.newFrame(r.stmt.code, r.frame.ctx, r.frame, nil)
	err := f.nested(func() error {
		if err := r.stmt.run(f, v, r, depth); err != nil {
			return f.located(err)
		}
		return nil
	})
	return f.out.String(), err
}

// run runs the loop in the frame f over the items of v.
func (l *loop) run(f *frame, v python.Value, rec *recursion, depth int) error {
	if l.filter != nil {
		outer := f
		if rec != nil {
			// The filter is a function beside the loop's own.
			outer = f.outer
		}
		v = l.filter.iterator(outer, v)
	}
	it, err := python.Iter(f.t, v)
	if err != nil {
		return err
	}
	var lc *loopContext
	if l.extended {
		lc = &loopContext{iterable: v, it: it, index0: -1, recurse: rec, depth0: depth}
	}
	var pairs python.PairIterator // they need not be made to be taken apart
	if l.target.isTuple && len(l.target.items) == 2 && lc == nil {
		pairs = python.Pairs(it)
	}
	empty := true
	for {
		if err := f.t.Step(1); err != nil {
			return err
		}
		var item, second python.Value
		var ok bool
		switch {
		case lc != nil:
			item, ok, err = lc.advance(f.t)
		case pairs != nil:
			item, second, ok, err = pairs.NextPair(f.t)
		default:
			item, ok, err = it.Next(f.t)
		}
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		empty = false
		if pairs == nil {
			err = l.target.store(f, item)
		} else if err = l.target.items[0].store(f, item); err == nil {
			err = l.target.items[1].store(f, second)
		}
		if err != nil {
			return err
		}
		if lc != nil {
			f.slots[l.loopSlot] = lc
		}
		if err := f.execAll(l.body); err != nil {
			return err
		}
		f.line = l.line
	}
	if err := f.execAll(l.after); err != nil {
		return err
	}
	if empty && l.hasElse {
		return f.execAll(l.orElse)
	}
	return nil
}

// loopFilter is the if of a for tag.
type loopFilter struct {
	code   *code
	target target
	test   expr
}

// iterator gives the items of v that pass, one at a time: the loop's body runs
// between two tests and may change what they see.
func (lf *loopFilter) iterator(outer *frame, v python.Value) python.Value {
	var f *frame
	var it python.Iterator
	return newGenerator("loop filter", func(t *python.Thread) (python.Value, bool, error) {
		if f == nil {
			f = outer.newFrame(lf.code, outer.ctx, outer, outer.out)
			if err := f.execAll(lf.code.body); err != nil {
				return nil, false, f.located(err)
			}
			var err error
			if it, err = python.Iter(t, v); err != nil {
				return nil, false, f.located(err)
			}
		}
		item, ok, err := lf.next(f, it)
		if err != nil {
			return nil, false, f.located(err)
		}
		return item, ok, nil
	})
}

func (lf *loopFilter) next(f *frame, it python.Iterator) (python.Value, bool, error) {
	for {
		if err := f.t.Step(1); err != nil {
			return nil, false, err
		}
		item, ok, err := it.Next(f.t)
		if err != nil || !ok {
			return nil, false, err
		}
		if err := lf.target.store(f, item); err != nil {
			return nil, false, err
		}
		v, err := lf.test.eval(f)
		if err != nil {
			return nil, false, err
		}
		pass, err := truth(f.t, v)
		if err != nil {
			return nil, false, err
		}
		if pass {
			return lf.target.value(f), true, nil
		}
	}
}

// value builds the item from the targets again, as Jinja2's filter yields it.
func (t *target) value(f *frame) python.Value {
	if !t.isTuple {
		return f.get(t.ref)
	}
	items := make(python.Tuple, len(t.items))
	for i := range t.items {
		items[i] = t.items[i].value(f)
	}
	return items
}
