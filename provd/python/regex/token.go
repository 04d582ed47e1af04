package regex

import "unicode/utf8"

// token is one unit of a pattern: a character, or a backslash and the
// character after it.
type token struct {
	r   rune // the character, or the escaped one
	esc bool
	eof bool
}

func (t token) is(r rune) bool { return !t.eof && !t.esc && t.r == r }

// text is the token as written.
func (t token) text() string {
	switch {
	case t.eof:
		return ""
	case t.esc:
		return `\` + string(t.r)
	}
	return string(t.r)
}

func (t token) width() int {
	switch {
	case t.eof:
		return 0
	case t.esc:
		return 2
	}
	return 1
}

// tokenizer cuts a pattern or a template into tokens, one token ahead.
type tokenizer struct {
	text    string
	src     []rune
	isBytes bool
	idx     int // position after next
	next    token
	err     error // first error; a lone backslash at the end is found here
}

func newTokenizer(text string, isBytes bool) *tokenizer {
	z := &tokenizer{text: text, src: decode(text, isBytes), isBytes: isBytes}
	z.advance()
	return z
}

// decode gives the characters of s: code points, or bytes as Latin-1.
func decode(s string, isBytes bool) []rune {
	if !isBytes {
		out := make([]rune, 0, len(s))
		for i := 0; i < len(s); {
			r, size := decodeRune(s[i:])
			out = append(out, r)
			i += size
		}
		return out
	}
	out := make([]rune, len(s))
	for i := range len(s) {
		out[i] = rune(s[i])
	}
	return out
}

func (z *tokenizer) advance() {
	if z.idx >= len(z.src) {
		z.next = token{eof: true}
		return
	}
	r := z.src[z.idx]
	z.idx++
	if r != '\\' {
		z.next = token{r: r}
		return
	}
	if z.idx >= len(z.src) {
		z.next = token{eof: true}
		if z.err == nil {
			z.err = newSyntaxError("bad escape (end of pattern)", z.text, z.src, len(z.src)-1)
		}
		return
	}
	z.next = token{r: z.src[z.idx], esc: true}
	z.idx++
}

func (z *tokenizer) get() token {
	t := z.next
	z.advance()
	return t
}

func (z *tokenizer) match(r rune) bool {
	if z.next.is(r) {
		z.advance()
		return true
	}
	return false
}

func (z *tokenizer) tell() int { return z.idx - z.next.width() }

func (z *tokenizer) seek(pos int) {
	z.idx = pos
	z.advance()
}

// fail makes the error msg, offset characters before the current position.
// An earlier error of the tokenizer wins.
func (z *tokenizer) fail(msg string, offset int) error {
	if z.err == nil {
		z.err = newSyntaxError(msg, z.text, z.src, z.tell()-offset)
	}
	return z.err
}

// digits reads up to n characters accepted by ok.
func (z *tokenizer) digits(n int, ok func(rune) bool) string {
	var out []rune
	for len(out) < n && !z.next.eof && !z.next.esc && ok(z.next.r) {
		out = append(out, z.get().r)
	}
	return string(out)
}

// until reads a name up to the terminator.
func (z *tokenizer) until(terminator rune, name string) (string, error) {
	var out string
	for {
		t := z.get()
		if t.eof {
			if out == "" {
				return "", z.fail("missing "+name, 0)
			}
			return "", z.fail("missing "+string(terminator)+", unterminated name", runeLen(out))
		}
		if t.is(terminator) {
			if out == "" {
				return "", z.fail("missing "+name, 1)
			}
			return out, nil
		}
		out += t.text()
		if len(out) > maxName {
			return "", z.fail("group name is too long", 0)
		}
	}
}

// maxName bounds group names in bytes.
const maxName = 256

func runeLen(s string) int { return utf8.RuneCountInString(s) }

func isOct(r rune) bool { return '0' <= r && r <= '7' }
func isDec(r rune) bool { return '0' <= r && r <= '9' }
func isHex(r rune) bool {
	return isDec(r) || 'a' <= r && r <= 'f' || 'A' <= r && r <= 'F'
}

func isASCIILetter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }
