package regex

import (
	"sort"
	"unicode/utf8"
)

// Subject is a string prepared for matching. It is immutable and may be
// matched by any number of patterns.
type Subject struct {
	text    string
	isBytes bool
	ascii   bool    // every position is a byte offset, every character below 0x80
	runes   []rune  // characters, when positions are not byte offsets
	offsets []int32 // byte offset of every character and of the end
	odd     bool    // holds something that is not valid UTF-8
}

// maxSubject bounds a subject in bytes; positions are kept in 32 bits.
const maxSubject = 1 << 30

// NewSubject prepares s, the content of a str or of a bytes object. For a str
// that is not pure ASCII it allocates about eight times its length, which is
// reported to b first.
func NewSubject(b Budget, s string, isBytes bool) (*Subject, error) {
	if len(s) > maxSubject {
		return nil, &LimitError{"subject length"}
	}
	if b != nil {
		if err := b.Step(1 + len(s)/512); err != nil {
			return nil, err
		}
	}
	sub := &Subject{text: s, isBytes: isBytes, ascii: isASCII(s)}
	if isBytes || sub.ascii {
		return sub, nil
	}
	n := utf8.RuneCountInString(s)
	if b != nil {
		if err := b.Alloc(8 * int64(n)); err != nil {
			return nil, err
		}
	}
	sub.runes = make([]rune, 0, n)
	sub.offsets = make([]int32, 0, n+1)
	for i := 0; i < len(s); {
		r, size := decodeRune(s[i:])
		sub.odd = sub.odd || r >= 0xd800 && r <= 0xdfff
		sub.runes = append(sub.runes, r)
		sub.offsets = append(sub.offsets, int32(i))
		i += size
	}
	sub.offsets = append(sub.offsets, int32(len(s)))
	return sub, nil
}

// decodeRune reads one character of a Python str: UTF-8, the three-byte form in
// which a str holds a lone surrogate, or a byte that is neither, which counts as
// the surrogate U+DC00+byte as in Python's surrogateescape.
func decodeRune(s string) (rune, int) {
	r, size := utf8.DecodeRuneInString(s)
	if r != utf8.RuneError || size != 1 {
		return r, size
	}
	if len(s) >= 3 && s[0] == 0xed && s[1]&0xe0 == 0xa0 && s[2]&0xc0 == 0x80 {
		return 0xd000 | rune(s[1]&0x3f)<<6 | rune(s[2]&0x3f), 3
	}
	return 0xdc00 + rune(s[0]), 1
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// Len is the number of positions: code points of a str, bytes of a bytes.
func (s *Subject) Len() int {
	if s.runes != nil {
		return len(s.runes)
	}
	return len(s.text)
}

// Slice gives the text between two positions, which must lie in 0..Len() and
// be in order.
func (s *Subject) Slice(i, j int) string { return s.text[s.offset(i):s.offset(j)] }

// String is the whole text.
func (s *Subject) String() string { return s.text }

// offset gives the byte offset of position i.
func (s *Subject) offset(i int) int {
	if s.runes != nil {
		return int(s.offsets[i])
	}
	return i
}

// position gives the position of byte offset o.
func (s *Subject) position(o int) int {
	if s.runes == nil {
		return o
	}
	return sort.Search(len(s.offsets), func(i int) bool { return int(s.offsets[i]) >= o })
}

// at is the character at position i.
func (s *Subject) at(i int) rune {
	if s.runes != nil {
		return s.runes[i]
	}
	return rune(s.text[i])
}
