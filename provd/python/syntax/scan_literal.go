package syntax

import "strings"

// number scans a number literal. Its value is computed by the parser.
func (s *scanner) number(pos Position) {
	start := s.off
	kind, what := tokInt, "decimal"
	if s.src[s.off] == '0' {
		switch s.peek(1) | 0x20 {
		case 'x':
			s.radix(pos, "hexadecimal", isHexDigit)
			return
		case 'o':
			s.radix(pos, "octal", func(c byte) bool { return c >= '0' && c <= '7' })
			return
		case 'b':
			s.radix(pos, "binary", func(c byte) bool { return c == '0' || c == '1' })
			return
		}
	}
	s.digits(pos, what, isDigit)
	if s.peek(0) == '.' {
		kind = tokFloat
		s.off++
		if isDigit(s.peek(0)) {
			s.digits(pos, what, isDigit)
		}
	}
	if s.peek(0)|0x20 == 'e' {
		n := 1
		if s.peek(1) == '+' || s.peek(1) == '-' {
			n = 2
		}
		if isDigit(s.peek(n)) {
			kind = tokFloat
			s.off += n
			s.digits(pos, what, isDigit)
		}
	}
	if c := s.peek(0); c == 'j' || c == 'J' {
		s.fail(pos, "complex numbers are not supported")
	}
	s.endNumber(pos, what)
	text := s.src[start:s.off]
	if kind == tokInt && text[0] == '0' && strings.Trim(text, "0_") != "" {
		s.fail(pos, "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers")
	}
	s.emit(kind, pos, start, s.off)
}

// radix scans an integer with a base prefix.
func (s *scanner) radix(pos Position, what string, digit func(byte) bool) {
	start := s.off
	s.off += 2
	if s.peek(0) == '_' {
		s.off++
	}
	if !digit(s.peek(0)) {
		s.fail(pos, "invalid %s literal", what)
	}
	s.digits(pos, what, digit)
	if isDigit(s.peek(0)) {
		s.fail(pos, "invalid digit '%c' in %s literal", s.peek(0), what)
	}
	s.endNumber(pos, what)
	s.emit(tokInt, pos, start, s.off)
}

// digits scans digits with single underscores between them.
func (s *scanner) digits(pos Position, what string, digit func(byte) bool) {
	for {
		for digit(s.peek(0)) {
			s.off++
		}
		if s.peek(0) != '_' {
			return
		}
		if !digit(s.peek(1)) {
			s.fail(pos, "invalid %s literal", what)
		}
		s.off++
	}
}

// endNumber refuses a number that runs into a name. Keywords that may follow
// an operand are let through, as CPython does ("1if x else 2").
func (s *scanner) endNumber(pos Position, what string) {
	if !isNameStart(s.peek(0)) {
		return
	}
	rest := s.src[s.off:s.end]
	for _, kw := range []string{"and", "else", "for", "if", "in", "is", "not", "or"} {
		if strings.HasPrefix(rest, kw) {
			return
		}
	}
	s.fail(pos, "invalid %s literal", what)
}

func isHexDigit(c byte) bool {
	return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f'
}

// isStringPrefix reports whether a name directly before a quote belongs to the
// string literal.
func isStringPrefix(text string) bool {
	switch strings.ToLower(text) {
	case "r", "b", "u", "f", "rb", "br", "rf", "fr":
		return true
	}
	return false
}

// str scans a string literal from its prefix at start; s.off is at the quote.
func (s *scanner) str(pos Position, start int) {
	quote := s.src[s.off]
	triple := s.peek(1) == quote && s.peek(2) == quote
	if triple {
		s.off += 3
	} else {
		s.off++
	}
	for {
		if s.off >= s.end {
			if triple {
				s.fail(pos, "unterminated triple-quoted string literal (detected at line %d)", s.line)
			}
			s.fail(pos, "unterminated string literal (detected at line %d)", s.line)
		}
		c := s.src[s.off]
		switch {
		case c == '\\':
			s.off++
			if s.peek(0) == '\n' {
				s.newline(s.off + 1)
			}
			if s.off < s.end {
				s.off++
			}
		case c == '\n':
			if !triple {
				s.fail(pos, "unterminated string literal (detected at line %d)", s.line)
			}
			s.off++
			s.newline(s.off)
		case c == quote && !triple:
			s.off++
			s.emit(tokString, pos, start, s.off)
			return
		case c == quote && s.peek(1) == quote && s.peek(2) == quote:
			s.off += 3
			s.emit(tokString, pos, start, s.off)
			return
		default:
			s.off++
		}
	}
}

// operators by length, longest first.
var operators = func() (byLen [4]map[string]kind) {
	for k := tokLParen; k <= tokStarStarEq; k++ {
		text := kindNames[k]
		if byLen[len(text)] == nil {
			byLen[len(text)] = map[string]kind{}
		}
		byLen[len(text)][text] = k
	}
	return byLen
}()

// operator scans an operator or delimiter and keeps account of brackets.
func (s *scanner) operator(pos Position) {
	for n := 3; n > 0; n-- {
		if s.off+n > s.end {
			continue
		}
		k, ok := operators[n][s.src[s.off:s.off+n]]
		if !ok {
			continue
		}
		switch k {
		case tokLParen, tokLBrack, tokLBrace:
			if len(s.brackets) >= MaxBrackets {
				s.fail(pos, "too many nested parentheses")
			}
			s.brackets = append(s.brackets, bracket{s.src[s.off], pos})
		case tokRParen, tokRBrack, tokRBrace:
			s.closeBracket(pos, s.src[s.off])
		}
		s.emit(k, pos, s.off, s.off+n)
		s.off += n
		return
	}
	s.fail(pos, "invalid syntax: unexpected character %q", s.src[s.off])
}

func (s *scanner) closeBracket(pos Position, char byte) {
	if len(s.brackets) == 0 {
		s.fail(pos, "unmatched '%c'", char)
	}
	open := s.brackets[len(s.brackets)-1]
	s.brackets = s.brackets[:len(s.brackets)-1]
	want := map[byte]byte{'(': ')', '[': ']', '{': '}'}[open.char]
	if char == want {
		return
	}
	if open.pos.Line != pos.Line {
		s.fail(pos, "closing parenthesis '%c' does not match opening parenthesis '%c' on line %d", char, open.char, open.pos.Line)
	}
	s.fail(pos, "closing parenthesis '%c' does not match opening parenthesis '%c'", char, open.char)
}
