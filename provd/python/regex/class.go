package regex

import (
	"cmp"
	"slices"
	"unicode"
)

// category is one of Python's character classes.
type category uint8

const (
	catDigit category = iota
	catNotDigit
	catSpace
	catNotSpace
	catWord
	catNotWord
)

// catRef is a category together with the rules it follows.
type catRef struct {
	cat   category
	ascii bool
}

type runeRange struct{ lo, hi rune }

// charSet is the set of one bracket expression, category or folded literal.
// Members below 256 are answered from a bitmap built by seal.
type charSet struct {
	negate bool
	fold   foldMode
	ranges []runeRange
	cats   []catRef
	low    [4]uint64
}

func (s *charSet) addRange(lo, hi rune) { s.ranges = append(s.ranges, runeRange{lo, hi}) }

// seal merges the ranges and fills the bitmap; the set must not change
// afterwards.
func (s *charSet) seal() *charSet {
	slices.SortFunc(s.ranges, func(a, b runeRange) int { return cmp.Compare(a.lo, b.lo) })
	merged := s.ranges[:0]
	for _, g := range s.ranges {
		if k := len(merged) - 1; k >= 0 && g.lo <= merged[k].hi+1 {
			merged[k].hi = max(merged[k].hi, g.hi)
			continue
		}
		merged = append(merged, g)
	}
	s.ranges = merged
	for r := rune(0); r < 256; r++ {
		if s.slow(r) {
			s.low[r>>6] |= 1 << (r & 63)
		}
	}
	return s
}

// has reports whether r is matched by the set.
func (s *charSet) has(r rune) bool {
	if uint32(r) < 256 {
		return s.low[r>>6]&(1<<(r&63)) != 0
	}
	return s.slow(r)
}

func (s *charSet) slow(r rune) bool { return s.member(r) != s.negate }

func (s *charSet) member(r rune) bool {
	if s.plain(r) {
		return true
	}
	switch s.fold {
	case foldASCII:
		if o := swapASCII(r); o != r {
			return s.plain(o)
		}
	case foldUnicode:
		for o := nextFold(r); o != r; o = nextFold(o) {
			if s.plain(o) {
				return true
			}
		}
	}
	return false
}

func (s *charSet) plain(r rune) bool {
	i, found := slices.BinarySearchFunc(s.ranges, r, func(g runeRange, r rune) int { return cmp.Compare(g.lo, r) })
	if found || i > 0 && r <= s.ranges[i-1].hi {
		return true
	}
	for _, c := range s.cats {
		if c.has(r) {
			return true
		}
	}
	return false
}

func (c catRef) has(r rune) bool {
	switch c.cat {
	case catDigit:
		return isDigit(r, c.ascii)
	case catNotDigit:
		return !isDigit(r, c.ascii)
	case catSpace:
		return isSpace(r, c.ascii)
	case catNotSpace:
		return !isSpace(r, c.ascii)
	case catWord:
		return isWord(r, c.ascii)
	default:
		return !isWord(r, c.ascii)
	}
}

func isDigit(r rune, ascii bool) bool {
	if r < 0x80 || ascii {
		return '0' <= r && r <= '9'
	}
	return unicode.Is(unicode.Nd, r)
}

func isSpace(r rune, ascii bool) bool {
	if r < 0x80 || ascii {
		// str.isspace also counts the four separators 0x1c to 0x1f.
		return r == ' ' || 0x09 <= r && r <= 0x0d || !ascii && 0x1c <= r && r <= 0x1f
	}
	return r == 0x85 || unicode.Is(unicode.Z, r)
}

// isWord is str.isalnum or underscore.
func isWord(r rune, ascii bool) bool {
	if r < 0x80 || ascii {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_'
	}
	return unicode.IsLetter(r) || unicode.IsNumber(r)
}
