package regex

// iop is an instruction of the backtracking engine.
type iop uint8

const (
	iChar   iop = iota // match r
	iAny               // match anything but a newline
	iAnyNL             // match anything
	iSet               // match set
	iSplit             // try x, then y
	iJump              // go to x
	iSave              // store the position in register x
	iAt                // check the place at
	iRef               // match what group x captured, compared under fold
	iRun               // the single character test at pc+1, x to y times; go on at pc+2
	iLoop              // enter loop x
	iNext              // one round of loop x ends; body at y, go on at pc+1
	iLook              // sub-program at pc+1, go on at x; y characters behind
	iAtomic            // sub-program at pc+1, go on at x
	iCond              // go on at pc+1 when group x is set, else at y
	iFail              // no match here
	iDone              // end of a sub-program
	iMatch             // end of the program
)

// inst is one instruction.
type inst struct {
	op     iop
	kind   repeatKind
	at     atKind
	fold   foldMode
	negate bool
	r      rune
	x, y   int32
	set    *charSet
}

// loop describes a counted repeat. Its two registers hold the number of
// rounds done and the position where the last counted round began.
type loop struct {
	min, max int32
	kind     repeatKind
	reg      int32
}

// prog is a program for the backtracking engine.
type prog struct {
	insts []inst
	loops []loop
	regs  int // captures, then lastindex, then loops
	caps  int // registers that hold captures
	// first says which characters below 256 can start a match; firstAny is
	// set when nothing is known of others or a match can be empty.
	first    [4]uint64
	firstAny bool
	// anchored programs match at position 0 only.
	anchored bool
}

type compiler struct{ *prog }

// compileProg translates the tree; groups counts group 0 too.
func compileProg(n *node, groups int) *prog {
	c := compiler{&prog{caps: 2 * groups, regs: 2*groups + 1}}
	c.emit(n)
	c.add(inst{op: iMatch})
	f := firstOf(n)
	c.first, c.firstAny = f.low, f.nullable
	c.anchored = anchored(n)
	return c.prog
}

func (c *compiler) add(i inst) int32 {
	c.insts = append(c.insts, i)
	return int32(len(c.insts) - 1)
}

func (c *compiler) here() int32 { return int32(len(c.insts)) }

// bare strips groups that capture nothing.
func bare(n *node) *node {
	for n.op == opGroup && n.group == 0 {
		n = n.subs[0]
	}
	return n
}

func (c *compiler) emit(n *node) {
	switch n.op {
	case opEmpty:
	case opFail:
		c.add(inst{op: iFail})
	case opLit:
		c.add(inst{op: iChar, r: n.r})
	case opAny:
		c.add(inst{op: iAny})
	case opAnyNL:
		c.add(inst{op: iAnyNL})
	case opSet:
		c.add(inst{op: iSet, set: n.set})
	case opConcat:
		for _, s := range n.subs {
			c.emit(s)
		}
	case opAlt:
		c.alt(n)
	case opRepeat:
		c.repeat(n)
	case opGroup:
		if n.group > 0 {
			c.add(inst{op: iSave, x: int32(2 * n.group)})
		}
		c.emit(n.subs[0])
		if n.group > 0 {
			c.add(inst{op: iSave, x: int32(2*n.group + 1)})
		}
	case opAtomic:
		c.atomic(func() { c.emit(n.subs[0]) })
	case opAt:
		c.add(inst{op: iAt, at: n.at})
	case opRef:
		c.add(inst{op: iRef, x: int32(n.group), fold: n.fold})
	case opLook:
		at := c.add(inst{op: iLook, negate: n.negate})
		if n.behind {
			c.insts[at].y = int32(min(n.subs[0].lo, maxSubject+1))
		}
		c.emit(n.subs[0])
		c.add(inst{op: iDone})
		c.insts[at].x = c.here()
	case opCond:
		at := c.add(inst{op: iCond, x: int32(n.group)})
		c.emit(n.subs[0])
		j := c.add(inst{op: iJump})
		c.insts[at].y = c.here()
		c.emit(n.subs[1])
		c.insts[j].x = c.here()
	}
}

func (c *compiler) alt(n *node) {
	var ends []int32
	for i, s := range n.subs {
		if i == len(n.subs)-1 {
			c.emit(s)
			break
		}
		split := c.add(inst{op: iSplit})
		c.insts[split].x = c.here()
		c.emit(s)
		ends = append(ends, c.add(inst{op: iJump}))
		c.insts[split].y = c.here()
	}
	for _, e := range ends {
		c.insts[e].x = c.here()
	}
}

func (c *compiler) atomic(body func()) {
	at := c.add(inst{op: iAtomic})
	body()
	c.add(inst{op: iDone})
	c.insts[at].x = c.here()
}

// count clips a repeat count to what can matter for a subject.
func count(n int) int32 {
	if n == infinite || n > maxSubject {
		return maxSubject + 1
	}
	return int32(n)
}

func (c *compiler) repeat(n *node) {
	sub := bare(n.subs[0])
	lo, hi := count(n.min), count(n.max)
	switch {
	case sub.single():
		c.add(inst{op: iRun, x: lo, y: hi, kind: n.kind})
		c.emit(sub)
	case n.kind == possessive:
		// Each round is atomic by itself, too, as CPython runs it.
		c.atomic(func() { c.loop(lo, hi, greedy, func() { c.atomic(func() { c.emit(sub) }) }) })
	default:
		c.loop(lo, hi, n.kind, func() { c.emit(sub) })
	}
}

func (c *compiler) loop(lo, hi int32, kind repeatKind, body func()) {
	l := int32(len(c.loops))
	c.loops = append(c.loops, loop{min: lo, max: hi, kind: kind, reg: int32(c.regs)})
	c.regs += 2
	enter := c.add(inst{op: iLoop, x: l})
	at := c.here()
	body()
	c.insts[enter].y = c.here()
	c.add(inst{op: iNext, x: l, y: at})
}

// anchored reports whether n can match at position 0 only.
func anchored(n *node) bool {
	switch n.op {
	case opAt:
		return n.at == atBegin
	case opConcat, opGroup, opAtomic:
		return anchored(n.subs[0])
	case opAlt:
		for _, s := range n.subs {
			if !anchored(s) {
				return false
			}
		}
		return true
	}
	return false
}

// firstSet is what is known of the first character of a match.
type firstSet struct {
	low      [4]uint64
	nullable bool
}

// has reports whether a match may begin with r.
func (f *firstSet) has(r rune) bool { return r >= 256 || f.low[r>>6]&(1<<(r&63)) != 0 }

func (f *firstSet) union(o firstSet) {
	for i := range f.low {
		f.low[i] |= o.low[i]
	}
}

func firstOf(n *node) firstSet {
	var f firstSet
	switch n.op {
	case opFail:
	case opLit:
		if n.r < 256 {
			f.low[n.r>>6] |= 1 << (n.r & 63)
		}
	case opSet:
		f.low = n.set.low
	case opConcat:
		for _, s := range n.subs {
			g := firstOf(s)
			f.union(g)
			if !g.nullable {
				return f
			}
		}
		f.nullable = true
	case opAlt:
		for _, s := range n.subs {
			g := firstOf(s)
			f.union(g)
			f.nullable = f.nullable || g.nullable
		}
	case opRepeat:
		f = firstOf(n.subs[0])
		f.nullable = f.nullable || n.min == 0
	case opGroup, opAtomic:
		f = firstOf(n.subs[0])
	case opAny, opAnyNL, opRef, opCond:
		f.low = [4]uint64{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}
		f.nullable = n.lo == 0
	default: // places and look-around take no character
		f.nullable = true
	}
	return f
}
