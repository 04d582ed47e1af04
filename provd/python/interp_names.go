package python

import "sync/atomic"

// exec executes the instructions that run leaves to it, group by group.
func (f *frame) exec(t *Thread, in instr) error {
	switch op := in.op(); {
	case op <= opClearName:
		return f.execName(t, in)
	case op <= opGetMethod:
		return f.execOperator(t, in)
	case op <= opFormatValue:
		return f.execBuild(t, in)
	case op <= opYieldIter:
		return f.execFlow(t, in)
	case op <= opImportStar:
		return f.execImport(t, in)
	}
	return f.execExcept(t, in)
}

// lookupName returns the member of a dict (nil: none) for a name, or nil.
func lookupName(d *Dict, name *codeName) Value {
	if d == nil {
		return nil
	}
	if i := int(atomic.LoadInt32(&name.seen)); i < len(d.entries) {
		e := &d.entries[i]
		if s, ok := e.key.(Str); ok && e.hash == name.hash && string(s) == name.text {
			return e.value
		}
	}
	i := d.findStr(name.hash, name.text)
	if i < 0 {
		return nil
	}
	atomic.StoreInt32(&name.seen, int32(i))
	return d.entries[i].value
}

func undefined(name *codeName) error {
	exc := NewException(NameError, Str("name '"+name.text+"' is not defined"))
	setField(exc, "name", Str(name.text))
	return Throw(exc)
}

func (f *frame) unboundLocal(slot int) error {
	return Raise(UnboundLocalError, "cannot access local variable '%s' where it is not associated with a value", f.code.locals[slot])
}

func (f *frame) unboundFree(i int) error {
	return NameErrorf("cannot access free variable '%s' where it is not associated with a value in enclosing scope", f.code.frees[i])
}

func (f *frame) push(v Value) {
	f.slots[f.sp] = v
	f.sp++
}

func (f *frame) pop() Value {
	f.sp--
	return f.slots[f.sp]
}

// top returns the operand n below the top.
func (f *frame) top(n int) Value { return f.slots[f.sp-1-n] }

// cell returns the cell in a slot.
func (f *frame) cell(slot int) *cell { return f.locals[slot].(*cell) }

// load pushes a value that may be unbound.
func (f *frame) load(v Value, unbound func() error) error {
	if v == nil {
		return unbound()
	}
	f.push(v)
	return nil
}

// execName executes stack shuffling and the access to variables.
func (f *frame) execName(t *Thread, in instr) error {
	arg := in.arg()
	switch in.op() {
	case opDup:
		f.push(f.top(0))
	case opDup2:
		f.push(f.top(1))
		f.push(f.top(1))
	case opSwap:
		s := f.slots[f.sp-2 : f.sp]
		s[0], s[1] = s[1], s[0]
	case opRot3:
		s := f.slots[f.sp-3 : f.sp]
		s[0], s[1], s[2] = s[2], s[0], s[1]
	case opLoadCell:
		return f.load(f.cell(arg).v, func() error { return f.unboundLocal(arg) })
	case opLoadName:
		return f.loadName(&f.code.names[arg])
	case opLoadClassFree:
		if v, ok := f.ns.GetStr(f.code.frees[arg]); ok {
			f.push(v)
			return nil
		}
		return f.load(f.frees[arg].v, func() error { return f.unboundFree(arg) })
	case opStoreCell:
		f.cell(arg).v = f.pop()
	case opStoreFree:
		f.frees[arg].v = f.pop()
	case opStoreGlobal:
		f.globals.SetStr(f.code.names[arg].text, f.pop())
	case opStoreName:
		f.ns.SetStr(f.code.names[arg].text, f.pop())
	case opDelLocal:
		if f.locals[arg] == nil {
			return f.unboundLocal(arg)
		}
		f.locals[arg] = nil
	case opDelCell:
		if f.cell(arg).v == nil {
			return f.unboundLocal(arg)
		}
		f.cell(arg).v = nil
	case opDelFree:
		if f.frees[arg].v == nil {
			return f.unboundFree(arg)
		}
		f.frees[arg].v = nil
	case opDelGlobal, opDelName:
		name := &f.code.names[arg]
		ns := f.ns
		if in.op() == opDelGlobal {
			ns = f.globals
		}
		if !ns.DeleteStr(name.text) {
			return undefined(name)
		}
	case opClearLocal:
		f.locals[arg] = nil
	case opClearCell:
		f.cell(arg).v = nil
	case opClearFree:
		f.frees[arg].v = nil
	case opClearGlobal:
		f.globals.DeleteStr(f.code.names[arg].text)
	case opClearName:
		f.ns.DeleteStr(f.code.names[arg].text)
	}
	return nil
}

func (f *frame) loadName(name *codeName) error {
	for _, d := range [...]*Dict{f.ns, f.globals, f.env.Builtins} {
		if v := lookupName(d, name); v != nil {
			f.push(v)
			return nil
		}
	}
	return undefined(name)
}

// execOperator executes operators, items and attributes.
func (f *frame) execOperator(t *Thread, in instr) (err error) {
	arg := in.arg()
	switch in.op() {
	case opUnary:
		f.slots[f.sp-1], err = Unary(t, UnaryOp(arg), f.top(0))
	case opNot:
		truth, err := Truth(t, f.top(0))
		f.slots[f.sp-1] = Bool(!truth)
		return err
	case opSetAttr:
		x, v := f.pop(), f.pop()
		err = SetAttr(t, x, f.code.names[arg].text, v)
	case opDelAttr:
		err = DelAttr(t, f.pop(), f.code.names[arg].text)
	case opSetItem:
		key, x, v := f.pop(), f.pop(), f.pop()
		err = SetItem(t, x, key, v)
	case opSetConst:
		x, v := f.pop(), f.pop()
		if err = t.Step(1); err != nil {
			return err
		}
		if d, ok := x.(*Dict); ok {
			return d.setHashed(t, f.code.hashes[arg], f.code.consts[arg], v)
		}
		err = SetItem(t, x, f.code.consts[arg], v)
	case opDelItem:
		key, x := f.pop(), f.pop()
		err = DelItem(t, x, key)
	}
	return err
}
