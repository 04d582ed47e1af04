package python

// run executes the frame from f.pc until it returns, yields or raises. A
// pending error is raised first. After a yield f.yielded is set and run can be
// called again; a value for the yield expression has to be pushed before.
//
// What is most frequent is done here, as Go keeps pc, sp and the slices at hand.
func (f *frame) run(t *Thread, err error) (Value, error) {
	instrs, slots := f.code.instrs, f.slots
	pc, sp := f.pc, f.sp
	for {
		if err != nil {
			f.sp = sp
			if err = f.handle(t, pc-1, err); err != nil {
				return nil, err
			}
			pc, sp = f.pc, f.sp
		}
	loop:
		for {
			if t.steps++; t.steps >= t.nextCheck {
				if err = t.checkSteps(); err != nil {
					pc++
					break loop
				}
			}
			in := instrs[pc]
			pc++
			switch in.op() {
			case opPop:
				sp--
			case opPushNil:
				slots[sp] = nil
				sp++
			case opConst:
				slots[sp] = f.code.consts[in.arg()]
				sp++
			case opLoadLocal:
				v := slots[in.arg()]
				if v == nil {
					err = f.unboundLocal(in.arg())
					break loop
				}
				slots[sp] = v
				sp++
			case opStoreLocal:
				sp--
				slots[in.arg()] = slots[sp]
			case opLoadGlobal:
				name := &f.code.names[in.arg()]
				v := lookupName(f.globals, name)
				if v == nil {
					if v = lookupName(f.env.Builtins, name); v == nil {
						err = undefined(name)
						break loop
					}
				}
				slots[sp] = v
				sp++
			case opLoadFree:
				v := f.frees[in.arg()].v
				if v == nil {
					err = f.unboundFree(in.arg())
					break loop
				}
				slots[sp] = v
				sp++
			case opGetAttr:
				name := &f.code.names[in.arg()]
				v, err2 := getAttr(t, slots[sp-1], name.text, name.hash)
				if _, bound := v.(*BoundMethod); bound {
					err2 = t.Alloc(objectBytes)
				}
				if err = err2; err != nil {
					break loop
				}
				slots[sp-1] = v
			case opGetMethod:
				name := &f.code.names[in.arg()]
				if slots[sp-1], slots[sp], err = lookupMethod(t, slots[sp-1], name.text, name.hash); err != nil {
					break loop
				}
				sp++
			case opGetItem:
				sp--
				if slots[sp-1], err = GetItem(t, slots[sp-1], slots[sp]); err != nil {
					break loop
				}
			case opGetConst:
				t.steps++
				key := f.code.consts[in.arg()]
				if d, ok := slots[sp-1].(*Dict); ok {
					if i := d.findStr(f.code.hashes[in.arg()], string(key.(Str))); i >= 0 {
						slots[sp-1] = d.entries[i].value
						continue
					}
				}
				if slots[sp-1], err = GetItem(t, slots[sp-1], key); err != nil {
					break loop
				}
			case opBinary, opInPlace:
				sp--
				x, y, op := slots[sp-1], slots[sp], BinaryOp(in.arg())
				if n, ok := quickInts(op, x, y); ok {
					if next := instrs[pc].op(); next == opConst || next == opLoadLocal {
						n, pc = f.arithmetic(t, n, pc)
					}
					slots[sp-1] = newInt64(int64(n))
					continue
				}
				if err = t.Alloc(objectBytes); err != nil {
					break loop
				}
				if in.op() == opBinary {
					slots[sp-1], err = Binary(t, op, x, y)
				} else {
					slots[sp-1], err = InPlace(t, op, x, y)
				}
				if err != nil {
					break loop
				}
			case opCompare:
				sp--
				x, y, op := slots[sp-1], slots[sp], CompareOp(in.arg())
				if a, ok := x.(Int); ok && op <= OpGe {
					if b, ok := y.(Int); ok {
						truth := compareInts(op, a, b)
						// A condition needs no object.
						if next := instrs[pc]; next.op() == opJumpIfFalse {
							sp--
							t.steps++
							if pc++; !truth {
								pc = next.arg()
							}
							continue
						}
						slots[sp-1] = truth
						continue
					}
				}
				if slots[sp-1], err = Compare(t, op, x, y); err != nil {
					break loop
				}
			case opJump:
				pc = in.arg()
			case opJumpIfFalse, opJumpIfTrue:
				sp--
				b, ok := slots[sp].(Bool)
				if !ok {
					var truth bool
					if truth, err = Truth(t, slots[sp]); err != nil {
						break loop
					}
					b = Bool(truth)
				}
				if bool(b) == (in.op() == opJumpIfTrue) {
					pc = in.arg()
				}
			case opForIter:
				if next := instrs[pc]; next.op() == opUnpack && next.arg() == 2 {
					// The pairs of a dict need not be made to be taken apart.
					if it, ok := slots[sp-1].(*dictIter); ok && it.kind == viewItems {
						var e *dictEntry
						if e, err = it.advance(t); err != nil {
							break loop
						}
						if e != nil {
							slots[sp], slots[sp+1] = e.value, e.key
							sp += 2
							pc++
							t.steps++
							continue
						}
						sp--
						pc = in.arg()
						continue
					}
				}
				var v Value
				var ok bool
				switch it := slots[sp-1].(type) {
				case *listIter:
					v, ok, err = it.Next(t)
				case *Generator:
					v, ok, err = it.Next(t)
				default:
					v, ok, err = it.(Iterator).Next(t)
				}
				if err != nil {
					break loop
				}
				if ok {
					slots[sp] = v
					sp++
				} else {
					sp--
					pc = in.arg()
				}
			case opCall:
				base := sp - in.arg() - 2
				fn, args := slots[base], slots[base+2:sp]
				if slots[base+1] != nil {
					args = slots[base+1 : sp]
				}
				switch fn := fn.(type) {
				case *Function:
					slots[base], err = fn.Call(t, args, nil)
				case *Builtin:
					slots[base], err = fn.callIn(t, args)
				case *Class:
					slots[base], err = f.callClass(t, fn, args)
				default:
					slots[base], err = f.call(t, slots[base:sp], nil)
				}
				if err != nil {
					break loop
				}
				sp = base + 1
			case opFormatValue:
				// Strings and numbers are left to opBuildString.
				_, isStr := slots[sp-1].(Str)
				if _, isInt := slots[sp-1].(Int); (isStr || isInt) && in.arg() == 0 {
					if err = t.Alloc(objectBytes); err != nil {
						break loop
					}
					continue
				}
				f.pc, f.sp = pc, sp
				if err = f.exec(t, in); err != nil {
					break loop
				}
				pc, sp = f.pc, f.sp
			case opReturn:
				return slots[sp-1], nil
			case opYield:
				f.pc, f.sp, f.yielded = pc, sp-1, true
				return slots[sp-1], nil
			case opYieldFrom:
				var v Value
				var done bool
				if v, done, err = delegate(t, slots[sp-2], slots[sp-1]); err != nil {
					break loop
				}
				sp--
				if !done {
					// Stay at this instruction, with the iterator in its place.
					f.pc, f.sp, f.yielded = pc-1, sp, true
					return v, nil
				}
				slots[sp-1] = v
			default:
				f.pc, f.sp = pc, sp
				if err = f.exec(t, in); err != nil {
					break loop
				}
				pc, sp = f.pc, f.sp
			}
		}
	}
}

// quickInts adds, subtracts and multiplies integers that cannot overflow; it does
// nothing else.
func quickInts(op BinaryOp, x, y Value) (Int, bool) {
	if a, ok := x.(Int); ok {
		return quickInt(op, a, y)
	}
	return 0, false
}

func quickInt(op BinaryOp, a Int, y Value) (Int, bool) {
	const limit = 1 << 31
	b, ok := y.(Int)
	if !ok || a >= limit || a <= -limit || b >= limit || b <= -limit {
		return 0, false
	}
	switch op {
	case OpAdd:
		return a + b, true
	case OpSub:
		return a - b, true
	case OpMul:
		return a * b, true
	}
	return 0, false
}

// arithmetic goes on with a result that is small: in x + y - z only the last one
// becomes an object. It returns what it came to, and the place behind it.
func (f *frame) arithmetic(t *Thread, n Int, pc int) (Int, int) {
	for {
		var y Value
		switch in := f.code.instrs[pc]; in.op() {
		case opConst:
			y = f.code.consts[in.arg()]
		case opLoadLocal:
			y = f.locals[in.arg()]
		default:
			return n, pc
		}
		next := f.code.instrs[pc+1]
		if next.op() != opBinary {
			return n, pc
		}
		m, ok := quickInt(BinaryOp(next.arg()), n, y)
		if !ok {
			return n, pc
		}
		n = m
		pc += 2
		t.steps += 2
	}
}

func compareInts(op CompareOp, a, b Int) Bool {
	switch op {
	case OpEq:
		return a == b
	case OpNe:
		return a != b
	case OpLt:
		return a < b
	case OpLe:
		return a <= b
	case OpGt:
		return a > b
	}
	return a >= b
}
