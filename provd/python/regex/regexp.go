package regex

import (
	"regexp"
	"sync"
)

// Regexp is a compiled pattern. It is safe for concurrent use.
type Regexp struct {
	pattern string
	isBytes bool
	flags   Flags
	groups  []groupInfo // from 0, the whole match
	tree    *node
	ascii   engine // Go's regexp for subjects below 0x80
	wide    engine // Go's regexp for any str
	slow    func() *prog
	start   func() *firstSet // of the tree
	pool    sync.Pool        // of *machine
}

// Compile parses a pattern. isBytes says that text is the content of a bytes
// object. Errors are *SyntaxError, *FlagError and *OverflowError.
func Compile(text string, isBytes bool, flags Flags) (*Regexp, error) {
	n, p, err := parse(text, isBytes, flags)
	if err != nil {
		return nil, err
	}
	re := &Regexp{pattern: text, isBytes: isBytes, flags: p.flags, groups: p.groups, tree: n}
	re.ascii.form = sync.OnceValues(func() (goForm, bool) { return goFormOf(n, true) })
	re.wide.form = sync.OnceValues(func() (goForm, bool) {
		if isBytes {
			return goForm{}, false
		}
		return goFormOf(n, false)
	})
	re.start = sync.OnceValue(func() *firstSet {
		f := firstOf(n)
		return &f
	})
	re.slow = sync.OnceValue(func() *prog { return compileProg(n, len(re.groups)) })
	return re, nil
}

// Pattern is the text the expression was compiled from.
func (re *Regexp) Pattern() string { return re.pattern }

// IsBytes says that the expression matches bytes, not str.
func (re *Regexp) IsBytes() bool { return re.isBytes }

// Flags are the flags in force, inline ones and the implied Unicode included.
func (re *Regexp) Flags() Flags { return re.flags }

// Groups is the number of capturing groups, the whole match not counted.
func (re *Regexp) Groups() int { return len(re.groups) - 1 }

// GroupName is the name of group g, or "" when it has none.
func (re *Regexp) GroupName(g int) string { return re.groups[g].name }

// GroupIndex finds a group by name.
func (re *Regexp) GroupIndex(name string) (int, bool) {
	for i, g := range re.groups {
		if g.name == name && name != "" {
			return i, true
		}
	}
	return 0, false
}

// Match is where an expression matched.
type Match struct {
	// Spans holds start and end of group g at 2g and 2g+1, as positions of the
	// subject; -1 for a group that took no part.
	Spans []int
	// LastIndex is the group that was closed last, 0 for none.
	LastIndex int
}

// engine is the pattern on Go's regexp, compiled when first needed.
type engine struct {
	form     func() (goForm, bool)
	mu       sync.Mutex
	compiled [6]*regexp.Regexp
}

// mode is what is asked of a match.
type mode uint8

const (
	search mode = iota
	match
	fullMatch
)

// get compiles the form for a mode. With inner set the text it runs on begins
// one character before the position where the match may start, so that "^" and
// "\b" see that character; the match is then group 1.
func (e *engine) get(f goForm, m mode, inner bool) *regexp.Regexp {
	i := int(m) * 2
	if inner {
		i++
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.compiled[i] == nil {
		src := f.src
		tail := ""
		if m == fullMatch {
			tail = `\z`
		}
		switch {
		case inner && m == search:
			src = `\A(?s:.+?)(` + src + `)`
		case inner:
			src = `\A(?s:.)(` + src + `)` + tail
		case m != search:
			src = `\A(?:` + src + `)` + tail
		}
		e.compiled[i] = compileGo(src)
	}
	return e.compiled[i]
}

// Search finds the first match in positions pos to end of s. It returns nil
// when there is none. The only errors are the budget's and *LimitError.
func (re *Regexp) Search(b Budget, s *Subject, pos, end int) (*Match, error) {
	return re.do(b, s, pos, end, search, false)
}

// Match matches at position pos.
func (re *Regexp) Match(b Budget, s *Subject, pos, end int) (*Match, error) {
	return re.do(b, s, pos, end, match, false)
}

// FullMatch matches the whole text from pos to end.
func (re *Regexp) FullMatch(b Budget, s *Subject, pos, end int) (*Match, error) {
	return re.do(b, s, pos, end, fullMatch, false)
}

func (re *Regexp) do(b Budget, s *Subject, pos, end int, m mode, notEmpty bool) (*Match, error) {
	end = min(max(end, 0), s.Len())
	pos = min(max(pos, 0), s.Len())
	if pos > end {
		return nil, nil
	}
	if none, err := re.hopeless(b, s, pos, end, m); none || err != nil {
		return nil, err
	}
	if !notEmpty {
		if match, ok, err := re.fast(b, s, pos, end, m); ok || err != nil {
			return match, err
		}
	}
	return re.backtrack(b, s, pos, end, m, notEmpty)
}

// hopeless reports whether no character there is can begin a match. Most texts
// are shown to expressions that look for something else: this is much cheaper
// than either engine.
func (re *Regexp) hopeless(b Budget, s *Subject, pos, end int, m mode) (bool, error) {
	first := re.start()
	if first.nullable {
		return false, nil
	}
	if m != search {
		return pos == end || !first.has(s.at(pos)), nil
	}
	i := pos
	for i < end && !first.has(s.at(i)) {
		i++
	}
	return i == end, charge(b, (i-pos)/4)
}

// Absent reports that no match begins anywhere in text, or with here set at its
// beginning, which is cheaper to find out than to make a Subject. False says nothing.
func (re *Regexp) Absent(b Budget, text string, here bool) (bool, error) {
	first := re.start()
	switch {
	case first.nullable:
		return false, nil
	case here:
		return text == "" || text[0] < 0x80 && !first.has(rune(text[0])), charge(b, 1)
	}
	for i := range len(text) {
		if c := text[i]; c >= 0x80 || first.has(rune(c)) {
			return false, charge(b, i/4)
		}
	}
	return true, charge(b, len(text)/4)
}

// fast runs on Go's regexp; not ok means that it cannot.
func (re *Regexp) fast(b Budget, s *Subject, pos, end int, m mode) (*Match, bool, error) {
	e := &re.ascii
	if !s.ascii {
		if e = &re.wide; s.isBytes || s.odd {
			return nil, false, nil
		}
	}
	f, ok := e.form()
	if !ok || (end-pos)*f.size > maxGoWork || f.dollar && end > 0 && s.at(end-1) == '\n' {
		return nil, false, nil
	}
	inner := pos > 0
	g := e.get(f, m, inner)
	if g == nil {
		return nil, false, nil
	}
	from := pos
	if inner {
		from--
	}
	from = s.offset(from)
	found := g.FindStringSubmatchIndex(s.text[from:s.offset(end)])
	if inner && found != nil {
		found = found[2:]
	}
	for i, o := range found {
		if o >= 0 {
			found[i] = s.position(from + o)
		}
	}
	// What was read is charged, and a little for what may have been looked at
	// beyond the match; charging all of the rest would make a scan quadratic.
	read := end - pos
	if found != nil {
		read = found[1] - pos
	}
	if err := charge(b, read+read*f.size/16+(end-pos)/1024); err != nil {
		return nil, false, err
	}
	if found == nil {
		return nil, true, nil
	}
	return &Match{Spans: found, LastIndex: re.lastIndex(found)}, true, nil
}

// lastIndex works out which group was closed last: the one with the greatest
// end. Of several, an enclosing group closes after what it encloses, and
// otherwise the one that began later.
func (re *Regexp) lastIndex(spans []int) int {
	best := 0
	for g := 1; g < len(re.groups); g++ {
		start, end := spans[2*g], spans[2*g+1]
		if end < 0 {
			continue
		}
		if best == 0 || end > spans[2*best+1] ||
			end == spans[2*best+1] && !re.encloses(best, g) && start >= spans[2*best] {
			best = g
		}
	}
	return best
}

func (re *Regexp) encloses(outer, inner int) bool {
	for inner != 0 {
		if inner = re.groups[inner].parent; inner == outer {
			return true
		}
	}
	return false
}

func (re *Regexp) backtrack(b Budget, s *Subject, pos, end int, mo mode, notEmpty bool) (*Match, error) {
	m, _ := re.pool.Get().(*machine)
	if m == nil {
		m = &machine{}
	}
	m.reset(re.slow(), s, end, b)
	m.full, m.notEmpty = mo == fullMatch, notEmpty
	ok, err := m.search(pos, mo != search)
	if err == nil {
		err = m.meter.finish()
	}
	var out *Match
	if ok && err == nil {
		out = &Match{Spans: make([]int, m.prog.caps)}
		for i := range out.Spans {
			out.Spans[i] = int(m.regs[i])
		}
		out.LastIndex = max(0, int(m.regs[m.prog.caps]))
	}
	m.release()
	re.pool.Put(m)
	return out, err
}

// Scanner finds one match after the other, as finditer does.
type Scanner struct {
	re       *Regexp
	s        *Subject
	pos, end int
	notEmpty bool
	done     bool
}

// Scan starts a scan of positions pos to end of s.
func (re *Regexp) Scan(s *Subject, pos, end int) *Scanner {
	return &Scanner{re: re, s: s, pos: pos, end: end}
}

// Next returns the next match, nil after the last one. A match may be empty
// and touch the one before it, but is never empty where the last match was
// empty (the rule of Python 3.7 and later).
func (c *Scanner) Next(b Budget) (*Match, error) { return c.next(b, search) }

// NextHere is Next for a match that must begin where the scan stands.
func (c *Scanner) NextHere(b Budget) (*Match, error) { return c.next(b, match) }

func (c *Scanner) next(b Budget, mo mode) (*Match, error) {
	if c.done {
		return nil, nil
	}
	m, err := c.re.do(b, c.s, c.pos, c.end, mo, c.notEmpty)
	if err != nil || m == nil {
		c.done = true
		return nil, err
	}
	c.notEmpty = m.Spans[1] == m.Spans[0]
	c.pos = m.Spans[1]
	return m, nil
}
