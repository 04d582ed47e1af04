package regex

// entryKind says what an entry of the backtrack stack undoes or resumes.
type entryKind uint8

const (
	eBranch entryKind = iota // resume at pc, pos
	eReg                     // register pc had the value pos
	eGreedy                  // a greedy run: give back one character, not below aux
	eLazy                    // a lazy run at pc: take one more character, aux still allowed
)

// entry is one element of the backtrack stack.
type entry struct {
	kind entryKind
	pc   int32
	pos  int32
	aux  int32
}

// machine runs one program over one subject. It keeps every alternative on an
// explicit stack, so deep backtracking cannot exhaust the goroutine's stack;
// it recurses only for nested look-around and atomic groups, which the
// pattern's nesting limit bounds.
type machine struct {
	prog  *prog
	text  string
	runes []rune
	start int // where the match has to begin
	end   int
	regs  []int32
	stack []entry
	meter meter
	full  bool // a match must reach the end
	// notEmpty refuses the empty match, as the search after an empty match.
	notEmpty bool
}

func (m *machine) at(i int) rune {
	if m.runes != nil {
		return m.runes[i]
	}
	return rune(m.text[i])
}

func (m *machine) reset(p *prog, s *Subject, end int, b Budget) {
	m.prog, m.text, m.runes, m.end = p, s.text, s.runes, end
	m.meter = newMeter(b)
	if cap(m.regs) < p.regs {
		m.regs = make([]int32, p.regs)
	}
	m.regs = m.regs[:p.regs]
	m.full, m.notEmpty = false, false
}

// release drops references to the subject before the machine is kept for
// later, and a stack too large to keep.
func (m *machine) release() {
	m.text, m.runes, m.meter.budget = "", nil, nil
	if cap(m.stack) > 1<<12 {
		m.stack = nil
	}
}

// search tries every start from pos on; once tries pos only.
func (m *machine) search(pos int, once bool) (bool, error) {
	for ; pos <= m.end; pos++ {
		if !once && !m.prog.firstAny {
			for pos < m.end {
				r := m.at(pos)
				if r >= 256 || m.prog.first[r>>6]&(1<<(r&63)) != 0 {
					break
				}
				pos++
				if m.meter.left--; m.meter.left < 0 {
					if err := m.meter.charge(); err != nil {
						return false, err
					}
				}
			}
			if pos == m.end {
				return false, nil // a match takes at least one character
			}
		}
		for i := range m.regs {
			m.regs[i] = -1
		}
		m.stack = m.stack[:0]
		m.start = pos
		end, ok, err := m.run(0, pos)
		if err != nil {
			return false, err
		}
		if ok {
			m.regs[0], m.regs[1] = int32(pos), int32(end)
			return true, nil
		}
		if once || m.prog.anchored {
			return false, nil
		}
		m.notEmpty = false
	}
	return false, nil
}

func (m *machine) push(e entry) error {
	if len(m.stack) == cap(m.stack) {
		n := max(64, 2*len(m.stack))
		if n > maxStack {
			return &LimitError{"backtracking"}
		}
		if m.meter.budget != nil && n > 1<<12 {
			if err := m.meter.budget.Alloc(int64(n) * 16); err != nil {
				return err
			}
		}
		next := make([]entry, len(m.stack), n)
		copy(next, m.stack)
		m.stack = next
	}
	m.stack = append(m.stack, e)
	return nil
}

// set changes a register and remembers its old value.
func (m *machine) set(reg int32, v int32) error {
	old := m.regs[reg]
	m.regs[reg] = v
	return m.push(entry{kind: eReg, pc: reg, pos: old})
}

// unwind undoes every register change above base and drops the alternatives.
func (m *machine) unwind(base int) {
	for i := len(m.stack) - 1; i >= base; i-- {
		if e := &m.stack[i]; e.kind == eReg {
			m.regs[e.pc] = e.pos
		}
	}
	m.stack = m.stack[:base]
}

// commit drops the alternatives above base and keeps the register changes.
func (m *machine) commit(base int) {
	out := base
	for i := base; i < len(m.stack); i++ {
		if m.stack[i].kind == eReg {
			m.stack[out] = m.stack[i]
			out++
		}
	}
	m.stack = m.stack[:out]
}

// test is the single character test of an instruction.
func test(i *inst, r rune) bool {
	switch i.op {
	case iChar:
		return i.r == r
	case iAny:
		return r != '\n'
	case iSet:
		return i.set.has(r)
	}
	return true
}

// place reports whether pos is a place of the given kind.
func (m *machine) place(k atKind, pos int) bool {
	switch k {
	case atBegin:
		return pos == 0
	case atBeginLine:
		return pos == 0 || m.at(pos-1) == '\n'
	case atEnd:
		return pos == m.end || pos == m.end-1 && m.at(pos) == '\n'
	case atEndLine:
		return pos == m.end || m.at(pos) == '\n'
	case atEndText:
		return pos == m.end
	}
	// CPython: an empty subject has no boundary and no \B either.
	if m.end == 0 {
		return false
	}
	ascii := k == atWordASCII || k == atNotWordASCII
	before := pos > 0 && isWord(m.at(pos-1), ascii)
	after := pos < m.end && isWord(m.at(pos), ascii)
	return (before != after) == (k == atWord || k == atWordASCII)
}
