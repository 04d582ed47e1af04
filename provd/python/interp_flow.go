package python

// execFlow executes jumps, iteration, unpacking, calls, and the making of
// functions and classes.
func (f *frame) execFlow(t *Thread, in instr) (err error) {
	arg := in.arg()
	switch in.op() {
	case opJumpIfFalseKeep, opJumpIfTrueKeep:
		truth, err := Truth(t, f.top(0))
		if err != nil {
			return err
		}
		if truth == (in.op() == opJumpIfTrueKeep) {
			f.pc = arg
		} else {
			f.sp--
		}
	case opGetIter:
		f.slots[f.sp-1], err = iterValue(t, f.top(0))
	case opUnpack:
		return f.unpack(t, arg, 0, false)
	case opUnpackEx:
		return f.unpack(t, arg&0xfff, arg>>12, true)
	case opCallKw:
		shape := &f.code.calls[arg]
		base := f.sp - shape.args - 2
		values := f.slots[f.sp-len(shape.names) : f.sp]
		for i, name := range shape.names {
			f.keywords = append(f.keywords, Keyword{name, values[i]})
		}
		window := f.slots[base : f.sp-len(values)]
		if fn, ok := window[0].(*Function); ok && window[1] != nil {
			f.slots[base], err = fn.Call(t, window[1:], f.keywords)
		} else {
			f.slots[base], err = f.call(t, window, f.keywords)
		}
		f.sp = base + 1
		clear(f.keywords)
		f.keywords = f.keywords[:0]
	case opCallEx:
		list := f.pop().(*List)
		err = f.callList(t, list, nil)
	case opCallExKw:
		d := f.pop().(*Dict)
		list := f.pop().(*List)
		err = f.callList(t, list, d)
	case opDictMerge:
		return f.mergeKeywords(t)
	case opMakeFunc:
		spec := &f.code.funcs[arg]
		fn, err := f.makeFunction(t, spec, f.take(spec.defaults+len(spec.kwOnly)))
		if err != nil {
			return err
		}
		f.push(fn)
	case opMakeClass:
		return f.makeClass(t, f.code.funcs[arg].code)
	case opYieldIter:
		f.slots[f.sp-1], err = iterValue(t, f.top(0))
	}
	return err
}

// iterValue is Iter with the result as an operand.
func iterValue(t *Thread, v Value) (Value, error) {
	it, err := Iter(t, v)
	if err != nil {
		return nil, err
	}
	return it, nil
}

// objectBytes is what every small object is charged for that an instruction may
// make without the operation charging it: a boxed number, a bound method, the
// result of a built-in function.
const objectBytes = 48

// call calls window[0] with window[2:], or as a method of window[1] if that is
// not nil.
func (f *frame) call(t *Thread, window []Value, kwargs []Keyword) (Value, error) {
	if err := t.Alloc(objectBytes); err != nil {
		return nil, err
	}
	fn, self, args := window[0], window[1], window[2:]
	if self != nil {
		if m, ok := fn.(*Method); ok {
			return m.fn(t, self, args, kwargs)
		}
		return Call(t, fn, window[1:], kwargs)
	}
	if fn == Value(SuperClass) && len(args) == 0 && len(kwargs) == 0 {
		return f.zeroSuper()
	}
	return Call(t, fn, args, kwargs)
}

// callIn is call for the most frequent built-ins.
func (b *Builtin) callIn(t *Thread, args []Value) (Value, error) {
	if err := t.Alloc(objectBytes); err != nil {
		return nil, err
	}
	if err := t.Enter(); err != nil {
		return nil, err
	}
	v, err := b.fn(t, args, nil)
	t.Leave()
	return v, err
}

// callClass is call for a class.
func (f *frame) callClass(t *Thread, c *Class, args []Value) (Value, error) {
	if err := t.Alloc(objectBytes); err != nil {
		return nil, err
	}
	if c == SuperClass && len(args) == 0 {
		return f.zeroSuper()
	}
	if err := t.Enter(); err != nil {
		return nil, err
	}
	v, err := instantiate(t, c, args, nil)
	t.Leave()
	return v, err
}

// callList calls the function below with arguments collected in a list and a
// dict; both are gone from the stack.
func (f *frame) callList(t *Thread, list *List, d *Dict) error {
	base := f.sp - 2
	window := make([]Value, 0, len(list.items)+2)
	window = append(append(window, f.slots[base:f.sp]...), list.items...)
	var kwargs []Keyword
	if d != nil {
		kwargs = make([]Keyword, 0, d.Len())
		for k, v := range d.All() {
			kwargs = append(kwargs, Keyword{string(k.(Str)), v})
		}
	}
	v, err := f.call(t, window, kwargs)
	f.slots[base] = v
	f.sp = base + 1
	return err
}

// mergeKeywords adds "**mapping" to the keyword arguments of a call.
func (f *frame) mergeKeywords(t *Thread) error {
	v := f.pop()
	d := f.top(0).(*Dict)
	from := NewDict(0)
	if err := updateDict(t, from, v); err != nil {
		if IsException(err, TypeError) {
			if _, ok, lookupErr := LookupAttr(t, v, "keys"); !ok && lookupErr == nil {
				return TypeErrorf("%s argument after ** must be a mapping, not %s", f.calleeName(f.top(3)), TypeName(v))
			}
		}
		return err
	}
	for k, v := range from.All() {
		name, ok := Native(k).(Str)
		if !ok {
			return TypeErrorf("keywords must be strings")
		}
		if _, dup := d.GetStr(string(name)); dup {
			return TypeErrorf("%s got multiple values for keyword argument '%s'", f.calleeName(f.top(3)), name)
		}
		if err := d.Set(t, name, v); err != nil {
			return err
		}
	}
	return nil
}

// calleeName names the function of a call in messages.
func (f *frame) calleeName(fn Value) string {
	switch fn := fn.(type) {
	case *Function:
		if m, ok := fn.module.(Str); ok && m != "builtins" {
			return string(m) + "." + fn.qualname + "()"
		}
		return fn.qualname + "()"
	case *Builtin:
		return fn.name + "()"
	case *Method:
		return fn.name + "()"
	case *Class:
		if fn.module != "builtins" {
			return fn.module + "." + fn.qualname + "()"
		}
		return fn.qualname + "()"
	}
	return TypeName(fn) + " object"
}

// zeroSuper is super() without arguments in a method.
func (f *frame) zeroSuper() (Value, error) {
	if f.code.params == 0 {
		return nil, RuntimeErrorf("super(): no arguments")
	}
	self := f.locals[0]
	if c, ok := self.(*cell); ok {
		self = c.v
	}
	if self == nil {
		return nil, RuntimeErrorf("super(): arg[0] deleted")
	}
	if f.code.classFree < 0 {
		return nil, RuntimeErrorf("super(): __class__ cell not found")
	}
	class, ok := f.frees[f.code.classFree].v.(*Class)
	if !ok {
		return nil, RuntimeErrorf("super(): empty __class__ cell")
	}
	s, err := NewSuper(class, self)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// classCellName is the member of a class namespace that holds the cell of
// __class__ until the class is made.
const classCellName = "__classcell__"

// setClassCell gives methods of a new class the class they are in, and removes
// the cell from its namespace.
func setClassCell(ns *Dict, class *Class) {
	if v, ok := ns.GetStr(classCellName); ok {
		if c, ok := v.(*cell); ok {
			c.v = class
		}
		ns.DeleteStr(classCellName)
	}
}

// makeClass runs a class body and makes the class.
func (f *frame) makeClass(t *Thread, c *code) error {
	keywords, bases := f.pop().(*Dict), f.top(0).(*List)
	var kwargs []Keyword
	for k, v := range keywords.All() {
		name, ok := Native(k).(Str)
		if !ok {
			return TypeErrorf("keywords must be strings")
		}
		kwargs = append(kwargs, Keyword{string(name), v})
	}
	body := newFrame(c, f.globals, f.env, f.capture(c))
	body.ns = NewDict(8)
	if m, ok := f.globals.GetStr("__name__"); ok {
		body.ns.SetStr("__module__", m)
	}
	body.ns.SetStr("__qualname__", Str(c.qualname))
	if c.doc != Value(None) {
		body.ns.SetStr("__doc__", c.doc)
	}
	body.makeCells()
	if _, err := body.enter(t); err != nil {
		return err
	}
	for _, i := range c.cells {
		// A method asks for __class__. The cell goes with the namespace, so
		// that it is set before hooks like __init_subclass__ run.
		body.ns.SetStr(classCellName, body.cell(i))
	}
	class, err := BuildClass(t, c.name, bases.items, body.ns, kwargs)
	f.slots[f.sp-1] = class
	return err
}

// unpack replaces the top by its items in reverse, for assignment to targets
// from left to right; with star, what is between the first before and the last
// after items is one list.
func (f *frame) unpack(t *Thread, before, after int, star bool) error {
	v := f.pop()
	var items []Value
	switch v := v.(type) {
	case Tuple:
		items = v
	case *List:
		items = v.items
	default:
		var err error
		if items, err = collect(t, v, before+after, star); err != nil {
			return err
		}
	}
	switch {
	case len(items) < before+after && star:
		return ValueErrorf("not enough values to unpack (expected at least %d, got %d)", before+after, len(items))
	case len(items) < before:
		return ValueErrorf("not enough values to unpack (expected %d, got %d)", before, len(items))
	case !star && len(items) > before:
		return ValueErrorf("too many values to unpack (expected %d)", before)
	}
	rest := len(items) - after
	for i := len(items) - 1; i >= rest; i-- {
		f.push(items[i])
	}
	if star {
		if err := t.allocN(int64(rest-before+4), valueBytes); err != nil {
			return err
		}
		f.push(NewList(append([]Value(nil), items[before:rest]...)))
	}
	for i := before - 1; i >= 0; i-- {
		f.push(items[i])
	}
	return nil
}

// collect takes the items of an iterable for unpacking: all of them with star,
// otherwise at most one more than wanted.
func collect(t *Thread, v Value, want int, star bool) ([]Value, error) {
	it, err := Iter(t, v)
	if err != nil {
		if IsException(err, TypeError) && !isIterable(v) {
			return nil, TypeErrorf("cannot unpack non-iterable %s object", TypeName(v))
		}
		return nil, err
	}
	if star {
		return ListOf(t, it)
	}
	items := make([]Value, 0, want+1)
	for len(items) <= want {
		item, ok, err := it.Next(t)
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		items = append(items, item)
	}
	return items, nil
}

// delegate is one step of "yield from it".
func delegate(t *Thread, it, sent Value) (v Value, done bool, err error) {
	if g, ok := it.(*Generator); ok {
		return g.Send(t, sent)
	}
	if sent != Value(None) {
		return stopValue(CallMethod(t, programIterator(it), "send", sent))
	}
	if o, ok := it.(*objectIter); ok { // its Next drops the value of StopIteration
		r, found, err := callSpecial(t, o.v, "__next__")
		if err == nil && !found {
			err = TypeErrorf("'%s' object is not an iterator", TypeName(o.v))
		}
		return stopValue(r, err)
	}
	v, ok, err := it.(Iterator).Next(t)
	if err == nil && !ok {
		return None, true, nil
	}
	return v, false, err
}
