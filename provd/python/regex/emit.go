package regex

import (
	"regexp"
	"strconv"
	"strings"
)

const (
	// maxGoInsts bounds a program of Go's regexp, which spells repeats out.
	maxGoInsts = 4000
	// maxGoRepeat is the largest repeat count Go's regexp accepts.
	maxGoRepeat = 1000
	// maxGoWork bounds instructions times characters of one run on Go's
	// regexp, because such a run cannot be interrupted.
	maxGoWork = 1 << 23
)

// goForm is what a pattern looks like in the syntax of Go's regexp.
type goForm struct {
	src string
	// size estimates the instructions of the program.
	size int
	// dollar is set when the form holds for subjects without a newline at the
	// end only, because Python's "$" also matches before that newline.
	dollar bool
}

// emitter writes the Go form of a tree. With ascii set the form is for
// subjects of characters below 0x80 only, where Unicode and ASCII rules agree.
type emitter struct {
	b      strings.Builder
	ascii  bool
	dollar bool
	ok     bool
}

// goFormOf translates the tree, or reports that Go's regexp cannot express it.
func goFormOf(n *node, ascii bool) (goForm, bool) {
	e := emitter{ascii: ascii, ok: true}
	size := e.emit(n)
	if !e.ok || size > maxGoInsts {
		return goForm{}, false
	}
	return goForm{src: e.b.String(), size: size, dollar: e.dollar}, true
}

func (e *emitter) refuse() int {
	e.ok = false
	return 0
}

// emit writes n and returns the estimated number of instructions.
func (e *emitter) emit(n *node) int {
	if !e.ok {
		return 0
	}
	switch n.op {
	case opEmpty:
		e.b.WriteString("(?:)")
		return 1
	case opFail:
		e.b.WriteString(`[^\x00-\x{10ffff}]`)
		return 1
	case opLit:
		if n.r >= 0xd800 && n.r <= 0xdfff {
			return e.refuse()
		}
		e.char(n.r)
		return 1
	case opAny:
		e.b.WriteString(`[^\n]`)
		return 2
	case opAnyNL:
		e.b.WriteString(`(?s:.)`)
		return 2
	case opSet:
		return e.set(n.set)
	case opConcat, opAlt:
		return e.list(n)
	case opGroup:
		if n.group == 0 {
			return e.wrapped(n.subs[0])
		}
		e.b.WriteByte('(')
		size := e.emit(n.subs[0])
		e.b.WriteByte(')')
		return size + 2
	case opRepeat:
		return e.repeat(n)
	case opAt:
		return e.place(n.at)
	}
	return e.refuse()
}

func (e *emitter) wrapped(n *node) int {
	e.b.WriteString("(?:")
	size := e.emit(n)
	e.b.WriteByte(')')
	return size
}

func (e *emitter) list(n *node) int {
	size := 0
	e.b.WriteString("(?:")
	for i, s := range n.subs {
		if n.op == opAlt && i > 0 {
			e.b.WriteByte('|')
			size += 2
		}
		size += e.emit(s)
		if size > maxGoInsts {
			return e.refuse()
		}
	}
	e.b.WriteByte(')')
	return size
}

// repeat writes a quantifier. A body that can match nothing is refused when it
// may run more than once: the engines disagree about its captures.
func (e *emitter) repeat(n *node) int {
	if n.kind == possessive || n.min > maxGoRepeat || n.max > maxGoRepeat ||
		n.subs[0].lo == 0 && n.max != 1 {
		return e.refuse()
	}
	size := e.wrapped(n.subs[0]) + 1
	switch {
	case n.min == 0 && n.max == infinite:
		e.b.WriteByte('*')
	case n.min == 1 && n.max == infinite:
		e.b.WriteByte('+')
	case n.min == 0 && n.max == 1:
		e.b.WriteByte('?')
	default:
		e.b.WriteByte('{')
		e.b.WriteString(strconv.Itoa(n.min))
		if n.max != n.min {
			e.b.WriteByte(',')
			if n.max != infinite {
				e.b.WriteString(strconv.Itoa(n.max))
			}
		}
		e.b.WriteByte('}')
		size *= max(n.min, n.max, 1) + 1
	}
	if n.kind == lazy {
		e.b.WriteByte('?')
	}
	if size > maxGoInsts {
		return e.refuse()
	}
	return size
}

func (e *emitter) place(k atKind) int {
	switch k {
	case atBegin:
		e.b.WriteString(`\A`)
	case atBeginLine:
		e.b.WriteString(`(?m:^)`)
	case atEnd:
		e.dollar = true
		e.b.WriteString(`\z`)
	case atEndLine:
		e.b.WriteString(`(?m:$)`)
	case atEndText:
		e.b.WriteString(`\z`)
	case atWordASCII:
		e.b.WriteString(`\b`)
	case atWord:
		if !e.ascii {
			return e.refuse()
		}
		e.b.WriteString(`\b`)
	default:
		// \B: Python has none in an empty subject, Go has.
		return e.refuse()
	}
	return 1
}

func (e *emitter) char(r rune) {
	if isWord(r, true) {
		e.b.WriteRune(r)
		return
	}
	e.b.WriteString(`\x{`)
	e.b.WriteString(strconv.FormatInt(int64(r), 16))
	e.b.WriteByte('}')
}

// set writes a class. For ASCII subjects it is spelled out from the bitmap,
// which has categories and case folding in it already.
func (e *emitter) set(s *charSet) int {
	if e.ascii {
		var members []runeRange
		for r := rune(0); r < 0x80; r++ {
			if !s.has(r) {
				continue
			}
			if k := len(members) - 1; k >= 0 && members[k].hi == r-1 {
				members[k].hi = r
			} else {
				members = append(members, runeRange{r, r})
			}
		}
		if len(members) == 0 {
			e.b.WriteString(`[^\x00-\x{10ffff}]`)
			return 1
		}
		e.ranges(members, nil, false)
		return 1 + len(members)/4
	}
	if s.fold != foldNone || len(s.ranges) > 64 {
		return e.refuse()
	}
	for _, g := range s.ranges {
		if g.lo <= 0xdfff && g.hi >= 0xd800 && !s.negate && g.lo >= 0xd800 && g.hi <= 0xdfff {
			return e.refuse()
		}
	}
	e.ranges(s.ranges, s.cats, s.negate)
	return 2 + len(s.ranges)/4 + len(s.cats)
}

func (e *emitter) ranges(ranges []runeRange, cats []catRef, negate bool) {
	e.b.WriteByte('[')
	if negate {
		e.b.WriteByte('^')
	}
	for _, g := range ranges {
		e.char(g.lo)
		if g.hi > g.lo {
			e.b.WriteByte('-')
			e.char(g.hi)
		}
	}
	for _, c := range cats {
		e.category(c)
	}
	e.b.WriteByte(']')
}

// category writes a category inside a class. A negated category that is a
// union of classes cannot be written there.
func (e *emitter) category(c catRef) {
	const spaces = `\x{9}-\x{d} `
	switch {
	case c.ascii && c.cat == catDigit:
		e.b.WriteString(`0-9`)
	case c.ascii && c.cat == catNotDigit:
		e.b.WriteString(`\D`)
	case c.ascii && c.cat == catSpace:
		e.b.WriteString(spaces)
	case c.ascii && c.cat == catWord:
		e.b.WriteString(`\w`)
	case c.ascii && c.cat == catNotWord:
		e.b.WriteString(`\W`)
	case c.cat == catDigit:
		e.b.WriteString(`\p{Nd}`)
	case c.cat == catNotDigit:
		e.b.WriteString(`\P{Nd}`)
	case c.cat == catSpace:
		e.b.WriteString(spaces + `\x{1c}-\x{1f}\x{85}\p{Z}`)
	case c.cat == catWord:
		e.b.WriteString(`_\p{L}\p{N}`)
	default:
		e.ok = false
	}
}

// compileGo compiles a form as one of the variants below.
func compileGo(src string) *regexp.Regexp {
	re, err := regexp.Compile(src)
	if err != nil {
		return nil // too large for Go's regexp after all
	}
	return re
}
