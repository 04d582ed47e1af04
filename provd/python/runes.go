package python

import (
	"unicode/utf8"
)

const (
	surrogateMin = 0xD800
	surrogateMax = 0xDFFF
	escapedByte  = 0xDC00 // surrogateescape: U+DC00 + the byte
)

// AppendRune appends the UTF-8 form of r, or for a surrogate its generalised
// three-byte form, which is how Str holds lone surrogates.
func AppendRune(b []byte, r rune) []byte {
	if r >= surrogateMin && r <= surrogateMax {
		return append(b, 0xED, 0x80|byte(r>>6)&0x3F, 0x80|byte(r)&0x3F)
	}
	return utf8.AppendRune(b, r)
}

// DecodeRune returns the first code point of s and its length in bytes, reading
// what AppendRune writes. A byte that is not UTF-8 is the lone surrogate
// U+DC00+byte, as Python's surrogateescape has it; s must not be empty.
func DecodeRune(s string) (rune, int) {
	r, n := utf8.DecodeRuneInString(s)
	if r != utf8.RuneError || n > 1 {
		return r, n
	}
	if len(s) >= 3 && s[0] == 0xED && s[1] >= 0xA0 && s[1] <= 0xBF && s[2]&0xC0 == 0x80 {
		return 0xD000 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F), 3
	}
	return escapedByte + rune(s[0]), 1
}

// decodeLastRune is DecodeRune from the end.
func decodeLastRune(s string) (rune, int) {
	r, n := utf8.DecodeLastRuneInString(s)
	if r != utf8.RuneError || n > 1 {
		return r, n
	}
	if len(s) >= 3 {
		if r, n := DecodeRune(s[len(s)-3:]); n == 3 {
			return r, n
		}
	}
	return escapedByte + rune(s[len(s)-1]), 1
}

// isASCII reports whether s has only ASCII characters, so that bytes are code
// points.
func isASCII(s string) bool {
	for len(s) >= 8 {
		if (s[0]|s[1]|s[2]|s[3]|s[4]|s[5]|s[6]|s[7])&0x80 != 0 {
			return false
		}
		s = s[8:]
	}
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// strLen counts code points.
func strLen(s string) int {
	if isASCII(s) {
		return len(s)
	}
	n := 0
	for i := 0; i < len(s); n++ {
		if s[i] < utf8.RuneSelf {
			i++
			continue
		}
		_, size := DecodeRune(s[i:])
		i += size
	}
	return n
}

// byteOffset returns where the n-th code point of s starts; len(s) when there
// are not so many.
func byteOffset(s string, n int) int {
	i := 0
	for ; n > 0 && i < len(s); n-- {
		if s[i] < utf8.RuneSelf {
			i++
			continue
		}
		_, size := DecodeRune(s[i:])
		i += size
	}
	return i
}

func decodeRunes(s string) []rune {
	runes := make([]rune, 0, len(s))
	for len(s) > 0 {
		r, n := DecodeRune(s)
		runes = append(runes, r)
		s = s[n:]
	}
	return runes
}

// singleBytes are the one-character strings of ASCII, ready made.
var singleBytes = func() (table [utf8.RuneSelf]Value) {
	for i := range table {
		table[i] = Str([]byte{byte(i)})
	}
	return table
}()

// runeStr returns the one-character string of r.
func runeStr(r rune) Value {
	if r >= 0 && r < utf8.RuneSelf {
		return singleBytes[r]
	}
	return Str(AppendRune(nil, r))
}

// strAt returns the i-th code point of s as a string; i counts from the end when
// negative.
func strAt(s string, i int) (Value, bool) {
	if isASCII(s) {
		if i < 0 {
			i += len(s)
		}
		if i < 0 || i >= len(s) {
			return nil, false
		}
		return singleBytes[s[i]], true
	}
	if i < 0 {
		if i += strLen(s); i < 0 {
			return nil, false
		}
	}
	at := byteOffset(s, i)
	if at >= len(s) {
		return nil, false
	}
	r, _ := DecodeRune(s[at:])
	return runeStr(r), true
}
