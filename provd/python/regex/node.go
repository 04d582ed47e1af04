package regex

// nodeOp says what a node of the pattern tree matches.
type nodeOp uint8

const (
	opEmpty  nodeOp = iota // nothing, always matches
	opFail                 // never matches
	opLit                  // the character r
	opAny                  // any character but a newline
	opAnyNL                // any character
	opSet                  // one character of set
	opConcat               // subs one after the other
	opAlt                  // one of subs, the first that leads to a match
	opRepeat               // subs[0], min to max times
	opGroup                // subs[0], captured as group
	opAtomic               // subs[0], without backtracking into it
	opAt                   // the empty string at a place
	opRef                  // what group captured
	opLook                 // look-around: subs[0] ahead or behind
	opCond                 // subs[0] when group is set, else subs[1]
)

type repeatKind uint8

const (
	greedy repeatKind = iota
	lazy
	possessive
)

// atKind is a zero-width place.
type atKind uint8

const (
	atBegin     atKind = iota // start of the subject: \A, and ^ without M
	atBeginLine               // ^ with M
	atEnd                     // $ without M: the end, or before a last newline
	atEndLine                 // $ with M
	atEndText                 // \Z
	atWord                    // \b, Unicode
	atNotWord                 // \B, Unicode
	atWordASCII               // \b, ASCII
	atNotWordASCII
)

// foldMode is how characters are compared.
type foldMode uint8

const (
	foldNone foldMode = iota
	foldASCII
	foldUnicode
)

const (
	infinite = -1
	// maxWidth saturates width arithmetic; it is above any subject length.
	maxWidth = 1 << 40
	// maxRepeat is CPython's MAXREPEAT on 64-bit machines.
	maxRepeat = 1<<32 - 1
)

// node is one part of a parsed pattern. lo and hi bound the number of
// characters it can match.
type node struct {
	op       nodeOp
	kind     repeatKind
	at       atKind
	fold     foldMode
	behind   bool
	negate   bool
	r        rune
	group    int
	min, max int
	lo, hi   int
	set      *charSet
	subs     []*node
}

func satAdd(a, b int) int { return min(a+b, maxWidth) }

func satMul(a, b int) int {
	if a == 0 || b == 0 {
		return 0
	}
	if a > maxWidth/b {
		return maxWidth
	}
	return a * b
}

// concat joins items; single items stay themselves.
func concat(items []*node) *node {
	switch len(items) {
	case 0:
		return &node{op: opEmpty}
	case 1:
		return items[0]
	}
	n := &node{op: opConcat, subs: items}
	for _, it := range items {
		n.lo = satAdd(n.lo, it.lo)
		n.hi = satAdd(n.hi, it.hi)
	}
	return n
}

// alternate builds a choice between items.
func alternate(items []*node) *node {
	if len(items) == 1 {
		return items[0]
	}
	n := &node{op: opAlt, subs: items, lo: maxWidth}
	for _, it := range items {
		n.lo = min(n.lo, it.lo)
		n.hi = max(n.hi, it.hi)
	}
	return n
}

// repeat builds sub{lo,hi}; hi may be infinite.
func repeat(sub *node, lo, hi int, kind repeatKind) *node {
	n := &node{op: opRepeat, subs: []*node{sub}, min: lo, max: hi, kind: kind}
	n.lo = satMul(sub.lo, lo)
	switch {
	case hi != infinite:
		n.hi = satMul(sub.hi, hi)
	case sub.hi > 0:
		n.hi = maxWidth
	}
	return n
}

// single reports whether n matches exactly one character by a plain test.
func (n *node) single() bool {
	return n.op == opLit || n.op == opAny || n.op == opAnyNL || n.op == opSet
}
