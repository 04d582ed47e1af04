package regex

import "unicode"

// swapASCII gives the other case of an ASCII letter, r itself otherwise.
func swapASCII(r rune) rune {
	switch {
	case 'a' <= r && r <= 'z':
		return r - 32
	case 'A' <= r && r <= 'Z':
		return r + 32
	}
	return r
}

// nextFold walks the cycle of characters that re.IGNORECASE treats as equal.
// It is unicode.SimpleFold's cycle plus the pairs that Python joins because
// they share an upper case or the first character of a lower case: the dotted
// and dotless i with i, and four pairs of precomposed letters and ligatures.
func nextFold(r rune) rune {
	switch r {
	case 'I':
		return 'i'
	case 'i':
		return 0x130
	case 0x130:
		return 0x131
	case 0x131:
		return 'I'
	case 0x390:
		return 0x1fd3
	case 0x1fd3:
		return 0x390
	case 0x3b0:
		return 0x1fe3
	case 0x1fe3:
		return 0x3b0
	case 0xfb05:
		return 0xfb06
	case 0xfb06:
		return 0xfb05
	}
	return unicode.SimpleFold(r)
}

// sameFold reports whether a and b are equal under mode.
func sameFold(a, b rune, mode foldMode) bool {
	if a == b {
		return true
	}
	switch mode {
	case foldASCII:
		return swapASCII(a) == b
	case foldUnicode:
		for o := nextFold(a); o != a; o = nextFold(o) {
			if o == b {
				return true
			}
		}
	}
	return false
}

// literal builds the node for the character r under mode.
func literal(r rune, mode foldMode) *node {
	plain := &node{op: opLit, r: r, lo: 1, hi: 1}
	switch mode {
	case foldASCII:
		if o := swapASCII(r); o != r {
			return setNode(&charSet{ranges: []runeRange{{r, r}, {o, o}}})
		}
	case foldUnicode:
		if nextFold(r) == r {
			return plain
		}
		s := &charSet{ranges: []runeRange{{r, r}}}
		for o := nextFold(r); o != r; o = nextFold(o) {
			s.addRange(o, o)
		}
		return setNode(s)
	}
	return plain
}

func setNode(s *charSet) *node {
	return &node{op: opSet, set: s.seal(), lo: 1, hi: 1}
}
