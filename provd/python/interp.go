package python

// stepBatch is how many instructions run between two charges to the thread.
const stepBatch = 64

// run executes the frame from f.pc until it returns, yields or raises. A
// pending error is raised first. After a yield f.yielded is set and run can be
// called again; a value for the yield expression has to be pushed before.
func (f *frame) run(t *Thread, err error) (Value, error) {
	instrs, stack, locals := f.code.instrs, f.stack, f.locals
	pc, sp := f.pc, f.sp
	steps := 0
	for {
		if err != nil {
			f.sp = sp
			if err = f.handle(t, pc-1, err); err != nil {
				t.steps += int64(steps)
				return nil, err
			}
			pc, sp = f.pc, f.sp
		}
	loop:
		for {
			if steps++; steps >= stepBatch {
				if err = t.Step(steps); err != nil {
					pc++
					break loop
				}
				steps = 0
			}
			in := instrs[pc]
			pc++
			switch in.op() {
			case opPop:
				sp--
			case opConst:
				stack[sp] = f.code.consts[in.arg()]
				sp++
			case opLoadLocal:
				v := locals[in.arg()]
				if v == nil {
					err = f.unboundLocal(in.arg())
					break loop
				}
				stack[sp] = v
				sp++
			case opStoreLocal:
				sp--
				locals[in.arg()] = stack[sp]
			case opLoadGlobal:
				name := &f.code.names[in.arg()]
				v := lookupName(f.globals, name)
				if v == nil {
					if v = lookupName(f.env.Builtins, name); v == nil {
						err = undefined(name)
						break loop
					}
				}
				stack[sp] = v
				sp++
			case opLoadFree:
				v := f.frees[in.arg()].v
				if v == nil {
					err = f.unboundFree(in.arg())
					break loop
				}
				stack[sp] = v
				sp++
			case opGetAttr:
				name := &f.code.names[in.arg()]
				v, err2 := getAttr(t, stack[sp-1], name.text, name.hash)
				if _, bound := v.(*BoundMethod); bound {
					err2 = t.Alloc(objectBytes)
				}
				if err = err2; err != nil {
					break loop
				}
				stack[sp-1] = v
			case opGetMethod:
				name := &f.code.names[in.arg()]
				if stack[sp-1], stack[sp], err = lookupMethod(t, stack[sp-1], name.text, name.hash); err != nil {
					break loop
				}
				sp++
			case opGetItem:
				sp--
				if stack[sp-1], err = GetItem(t, stack[sp-1], stack[sp]); err != nil {
					break loop
				}
			case opGetConst:
				steps++
				key := f.code.consts[in.arg()]
				if d, ok := stack[sp-1].(*Dict); ok {
					if i := d.findStr(f.code.hashes[in.arg()], string(key.(Str))); i >= 0 {
						stack[sp-1] = d.entries[i].value
						continue
					}
				}
				if stack[sp-1], err = GetItem(t, stack[sp-1], key); err != nil {
					break loop
				}
			case opBinary, opInPlace:
				sp--
				x, y, op := stack[sp-1], stack[sp], BinaryOp(in.arg())
				if v := quickInts(op, x, y); v != nil {
					stack[sp-1] = v
					continue
				}
				if err = t.Alloc(objectBytes); err != nil {
					break loop
				}
				if in.op() == opBinary {
					stack[sp-1], err = Binary(t, op, x, y)
				} else {
					stack[sp-1], err = InPlace(t, op, x, y)
				}
				if err != nil {
					break loop
				}
			case opCompare:
				sp--
				x, y, op := stack[sp-1], stack[sp], CompareOp(in.arg())
				if a, ok := x.(Int); ok && op <= OpGe {
					if b, ok := y.(Int); ok {
						stack[sp-1] = compareInts(op, a, b)
						continue
					}
				}
				if stack[sp-1], err = Compare(t, op, x, y); err != nil {
					break loop
				}
			case opJump:
				pc = in.arg()
			case opJumpIfFalse, opJumpIfTrue:
				sp--
				b, ok := stack[sp].(Bool)
				if !ok {
					var truth bool
					if truth, err = Truth(t, stack[sp]); err != nil {
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
					if it, ok := stack[sp-1].(*dictIter); ok && it.kind == viewItems {
						var e *dictEntry
						if e, err = it.advance(t); err != nil {
							break loop
						}
						if e != nil {
							stack[sp], stack[sp+1] = e.value, e.key
							sp += 2
							pc++
							steps++
							continue
						}
						sp--
						pc = in.arg()
						continue
					}
				}
				var v Value
				var ok bool
				switch it := stack[sp-1].(type) {
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
					stack[sp] = v
					sp++
				} else {
					sp--
					pc = in.arg()
				}
			case opCall:
				base := sp - in.arg() - 2
				fn, args := stack[base], stack[base+2:sp]
				if stack[base+1] != nil {
					args = stack[base+1 : sp]
				}
				switch fn := fn.(type) {
				case *Function:
					stack[base], err = fn.Call(t, args, nil)
				case *Builtin:
					stack[base], err = fn.callIn(t, args)
				case *Class:
					stack[base], err = f.callClass(t, fn, args)
				default:
					stack[base], err = f.call(t, stack[base:sp], nil)
				}
				if err != nil {
					break loop
				}
				sp = base + 1
			case opReturn:
				if err = t.Step(steps); err != nil {
					break loop
				}
				return stack[sp-1], nil
			case opYield:
				f.pc, f.sp, f.yielded = pc, sp-1, true
				if err = t.Step(steps); err != nil {
					f.yielded = false
					break loop
				}
				return stack[sp-1], nil
			case opYieldFrom:
				var v Value
				var done bool
				if v, done, err = delegate(t, stack[sp-2], stack[sp-1]); err != nil {
					break loop
				}
				sp--
				if !done {
					// Stay at this instruction, with the iterator in its place.
					f.pc, f.sp, f.yielded = pc-1, sp, true
					if err = t.Step(steps); err != nil {
						f.yielded = false
						break loop
					}
					return v, nil
				}
				stack[sp-1] = v
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

// quickInts adds, subtracts and multiplies integers that cannot overflow. It
// returns nil for everything else.
func quickInts(op BinaryOp, x, y Value) Value {
	const limit = 1 << 31
	a, ok := x.(Int)
	if !ok || a >= limit || a <= -limit {
		return nil
	}
	b, ok := y.(Int)
	if !ok || b >= limit || b <= -limit {
		return nil
	}
	switch op {
	case OpAdd:
		return newInt64(int64(a + b))
	case OpSub:
		return newInt64(int64(a - b))
	case OpMul:
		return newInt64(int64(a * b))
	}
	return nil
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
