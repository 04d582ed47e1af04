package regex

// run executes from pc at pos until the program, or the sub-program that pc
// belongs to, matches. On success the entries it pushed stay on the stack; on
// failure they are gone and every register is as before.
func (m *machine) run(pc int32, at int) (int, bool, error) {
	base := len(m.stack)
	insts := m.prog.insts
	pos := at
	for {
		if m.meter.left--; m.meter.left < 0 {
			if err := m.meter.charge(); err != nil {
				return 0, false, err
			}
		}
		in := &insts[pc]
		ok := true
		var err error
		switch in.op {
		case iChar:
			ok = pos < m.end && m.at(pos) == in.r
			pos++
			pc++
		case iAny:
			ok = pos < m.end && m.at(pos) != '\n'
			pos++
			pc++
		case iAnyNL:
			ok = pos < m.end
			pos++
			pc++
		case iSet:
			ok = pos < m.end && in.set.has(m.at(pos))
			pos++
			pc++
		case iSplit:
			err = m.push(entry{kind: eBranch, pc: in.y, pos: int32(pos)})
			pc = in.x
		case iJump:
			pc = in.x
		case iSave:
			if err = m.set(in.x, int32(pos)); err == nil && in.x&1 == 1 {
				err = m.set(int32(m.prog.caps), in.x/2)
			}
			pc++
		case iAt:
			ok = m.place(in.at, pos)
			pc++
		case iRef:
			pos, ok, err = m.reference(in, pos)
			pc++
		case iRun:
			pos, ok, err = m.repeat(in, pc, pos)
			pc += 2
		case iLoop:
			l := &m.prog.loops[in.x]
			if err = m.set(l.reg, -1); err == nil {
				err = m.set(l.reg+1, -1)
			}
			pc = in.y
		case iNext:
			pc, ok, err = m.next(in, pc, pos)
		case iLook:
			pc, ok, err = m.look(in, pc, pos)
		case iAtomic:
			inner := len(m.stack)
			if pos, ok, err = m.run(pc+1, pos); ok {
				m.commit(inner)
			}
			pc = in.x
		case iCond:
			if m.regs[2*in.x] >= 0 && m.regs[2*in.x+1] >= 0 {
				pc++
			} else {
				pc = in.y
			}
		case iFail:
			ok = false
		case iDone:
			return pos, true, nil
		case iMatch:
			if (!m.full || pos == m.end) && (!m.notEmpty || pos != m.start) {
				return pos, true, nil
			}
			ok = false
		}
		if err != nil {
			return 0, false, err
		}
		if ok {
			continue
		}
		if pc, pos, ok = m.backtrack(base); !ok {
			return 0, false, nil
		}
	}
}

// backtrack goes back to the latest alternative above base.
func (m *machine) backtrack(base int) (int32, int, bool) {
	for len(m.stack) > base {
		top := len(m.stack) - 1
		e := &m.stack[top]
		switch e.kind {
		case eReg:
			m.regs[e.pc] = e.pos
			m.stack = m.stack[:top]
		case eBranch:
			pc, pos := e.pc, int(e.pos)
			m.stack = m.stack[:top]
			return pc, pos, true
		case eGreedy:
			e.pos--
			pc, pos := e.pc, int(e.pos)
			if e.pos <= e.aux {
				m.stack = m.stack[:top]
			}
			return pc, pos, true
		case eLazy:
			pos := int(e.pos)
			if pos >= m.end || !test(&m.prog.insts[e.pc+1], m.at(pos)) {
				m.stack = m.stack[:top]
				continue
			}
			pc := e.pc + 2
			e.pos++
			if e.aux--; e.aux <= 0 {
				m.stack = m.stack[:top]
			}
			return pc, pos + 1, true
		}
	}
	return 0, 0, false
}

// repeat runs a single character repeat from pos and leaves its alternatives
// on the stack.
func (m *machine) repeat(in *inst, pc int32, pos int) (int, bool, error) {
	one := &m.prog.insts[pc+1]
	want := int(in.y)
	if in.kind == lazy {
		want = int(in.x)
	}
	stop := min(m.end, pos+want)
	i := pos
	for i < stop && test(one, m.at(i)) {
		i++
		if m.meter.left--; m.meter.left < 0 {
			if err := m.meter.charge(); err != nil {
				return 0, false, err
			}
		}
	}
	low := pos + int(in.x)
	if i < low {
		return 0, false, nil
	}
	var err error
	switch {
	case in.kind == lazy && in.y > in.x:
		err = m.push(entry{kind: eLazy, pc: pc, pos: int32(i), aux: in.y - in.x})
	case in.kind == greedy && i > low:
		err = m.push(entry{kind: eGreedy, pc: pc + 2, pos: int32(i), aux: int32(low)})
	}
	return i, true, err
}

// next ends one round of a loop (or begins the first) and decides whether
// another follows. As in CPython, a round that took nothing ends a loop that
// has its minimum.
func (m *machine) next(in *inst, pc int32, pos int) (int32, bool, error) {
	l := &m.prog.loops[in.x]
	n := m.regs[l.reg] + 1
	last := m.regs[l.reg+1]
	if err := m.set(l.reg, n); err != nil {
		return 0, false, err
	}
	if n < l.min {
		return in.y, true, nil
	}
	more := n < l.max && last != int32(pos)
	if !more {
		return pc + 1, true, nil
	}
	if l.kind == lazy {
		// The alternative begins a round: its bookkeeping is the iNext that
		// follows would do, so it is pushed as a branch to the body with the
		// round's start already noted.
		if err := m.set(l.reg+1, int32(pos)); err != nil {
			return 0, false, err
		}
		err := m.push(entry{kind: eBranch, pc: in.y, pos: int32(pos)})
		return pc + 1, true, err
	}
	if err := m.push(entry{kind: eBranch, pc: pc + 1, pos: int32(pos)}); err != nil {
		return 0, false, err
	}
	return in.y, true, m.set(l.reg+1, int32(pos))
}

// look runs a look-around.
func (m *machine) look(in *inst, pc int32, pos int) (int32, bool, error) {
	from := pos - int(in.y)
	if from < 0 {
		return in.x, in.negate, nil
	}
	base := len(m.stack)
	_, ok, err := m.run(pc+1, from)
	if err != nil {
		return 0, false, err
	}
	if ok && in.negate {
		m.unwind(base)
		return 0, false, nil
	}
	if ok {
		m.commit(base)
	}
	return in.x, ok != in.negate, nil
}

// reference matches again what a group captured; a group that is not set
// does not match.
func (m *machine) reference(in *inst, pos int) (int, bool, error) {
	from, to := int(m.regs[2*in.x]), int(m.regs[2*in.x+1])
	if from < 0 || to < from || to-from > m.end-pos {
		return 0, false, nil
	}
	for i := from; i < to; i++ {
		if m.meter.left--; m.meter.left < 0 {
			if err := m.meter.charge(); err != nil {
				return 0, false, err
			}
		}
		if !sameFold(m.at(i), m.at(pos), in.fold) {
			return 0, false, nil
		}
		pos++
	}
	return pos, true, nil
}
