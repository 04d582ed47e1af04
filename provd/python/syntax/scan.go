package syntax

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// scanner cuts source text into tokens. Errors leave it as panics of *Error,
// which Parse recovers: the parser calls it from deep inside expressions (for
// the expressions of f-strings), where error returns would drown the grammar.
type scanner struct {
	file string
	src  string // whole file; only src[off:end] is scanned
	off  int
	end  int

	line      int32
	markOff   int   // an offset on the current line ...
	markCol   int32 // ... and its column
	indents   []indent
	brackets  []bracket
	lineStart bool // at the first character of a logical line

	// embedded is set for the expression part of an f-string: newlines mean
	// nothing, and the end of the text is the end of the expression.
	embedded bool
	budget   *int // tokens left, shared with the scanners of f-strings
	toks     []token
}

// indent is one indentation level: its width with tabs to 8 columns and with
// tabs as 1. Two lines whose order differs between the two mix tabs and spaces.
type indent struct{ col, alt int }

// bracket is an open bracket.
type bracket struct {
	char byte
	pos  Position
}

// tokenize scans a whole file that prepare has checked.
func tokenize(file, src string, budget *int) []token {
	s := &scanner{
		file: file, src: src, end: len(src), line: 1, markCol: 1,
		indents: []indent{{}}, lineStart: true, budget: budget,
	}
	s.run()
	return s.toks
}

// tokenizeEmbedded scans the expression part src[off:end] of an f-string.
func tokenizeEmbedded(file, src string, off, end int, pos Position, budget *int) []token {
	s := &scanner{
		file: file, src: src, off: off, end: end, line: pos.Line, markOff: off, markCol: pos.Col,
		embedded: true, budget: budget,
	}
	s.run()
	return s.toks
}

// prepare checks the limits and the encoding of a source file and normalises
// its line ends.
func prepare(file string, src []byte) (string, *Error) {
	if len(src) > MaxSource {
		return "", &Error{File: file, Pos: Position{1, 1}, Msg: fmt.Sprintf("source is too large (%d bytes, limit %d)", len(src), MaxSource)}
	}
	text := strings.TrimPrefix(string(src), "\ufeff")
	if strings.IndexByte(text, '\r') >= 0 {
		text = strings.ReplaceAll(text, "\r\n", "\n")
		text = strings.ReplaceAll(text, "\r", "\n")
	}
	if i := strings.IndexByte(text, 0); i >= 0 {
		return "", &Error{File: file, Pos: positionAt(text, i), Msg: "source code cannot contain null bytes"}
	}
	if !utf8.ValidString(text) {
		i := strings.IndexFunc(text, func(r rune) bool { return r == utf8.RuneError })
		return "", &Error{File: file, Pos: positionAt(text, i), Msg: "source is not valid UTF-8"}
	}
	if name := declaredEncoding(text); name != "" {
		ascii := strings.IndexFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
		switch strings.ReplaceAll(strings.ToLower(name), "_", "-") {
		case "utf-8", "utf8", "utf-8-unix", "ascii", "us-ascii":
		default:
			if !ascii {
				return "", &Error{File: file, Pos: Position{1, 1}, Msg: "source encoding " + clip(name) + " is not supported, only UTF-8"}
			}
		}
	}
	return text, nil
}

// codingLine is PEP 263's encoding declaration.
var codingLine = regexp.MustCompile(`^[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)`)

// declaredEncoding finds an encoding declaration in the first two lines; only
// a comment or blank line may come before it.
func declaredEncoding(text string) string {
	for range 2 {
		line, rest, _ := strings.Cut(text, "\n")
		if m := codingLine.FindStringSubmatch(line); m != nil {
			return m[1]
		}
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			return ""
		}
		text = rest
	}
	return ""
}

// positionAt counts lines and columns up to an offset.
func positionAt(text string, off int) Position {
	before := text[:off]
	line := strings.Count(before, "\n") + 1
	col := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	return Position{int32(line), int32(col)}
}

func (s *scanner) fail(pos Position, format string, args ...any) {
	panic(&Error{File: s.file, Pos: pos, Msg: fmt.Sprintf(format, args...)})
}

// at is the position of an offset on the current line, at or after the last
// one asked for.
func (s *scanner) at(off int) Position {
	for s.markOff < off {
		_, n := utf8.DecodeRuneInString(s.src[s.markOff:s.end])
		s.markOff += n
		s.markCol++
	}
	return Position{s.line, s.markCol}
}

// newline notes that the line ends before off.
func (s *scanner) newline(off int) {
	s.line++
	s.markOff, s.markCol = off, 1
}

func (s *scanner) peek(n int) byte {
	if s.off+n < s.end {
		return s.src[s.off+n]
	}
	return 0
}

func (s *scanner) emit(k kind, pos Position, off, end int) {
	if *s.budget--; *s.budget < 0 {
		s.fail(pos, "too many tokens (limit %d)", MaxTokens)
	}
	s.toks = append(s.toks, token{kind: k, pos: pos, off: int32(off), end: int32(end)})
}

func (s *scanner) run() {
	for {
		if s.lineStart {
			s.indentation()
		}
		s.skipBlank()
		if s.off >= s.end {
			break
		}
		s.next()
	}
	pos := s.at(s.off)
	if len(s.brackets) > 0 {
		b := s.brackets[len(s.brackets)-1]
		s.fail(b.pos, "'%c' was never closed", b.char)
	}
	if !s.embedded {
		if n := len(s.toks); n > 0 && s.toks[n-1].kind != tokNewline {
			s.emit(tokNewline, pos, s.off, s.off)
		}
		for range s.indents[1:] {
			s.emit(tokDedent, pos, s.off, s.off)
		}
	}
	s.emit(tokEOF, pos, s.off, s.off)
}

// indentation measures the start of a logical line and emits what changed.
// Blank lines and lines with only a comment are passed over.
func (s *scanner) indentation() {
	var in indent
	for {
		in = indent{}
		first := indent{} // before a line continuation inside the indentation, which decides
		for ; s.off < s.end; s.off++ {
			switch s.src[s.off] {
			case '\\':
				if s.peek(1) == '\n' {
					if first.col == 0 {
						first = in
					}
					pos := s.at(s.off)
					s.off++
					s.newline(s.off + 1)
					if s.off+1 >= s.end {
						s.fail(pos, "unexpected EOF while parsing")
					}
					continue
				}
			case ' ':
				in.col++
				in.alt++
				continue
			case '\t':
				in.col = (in.col/8 + 1) * 8
				in.alt++
				continue
			case '\f':
				in = indent{}
				continue
			}
			break
		}
		if first.col > 0 {
			in = first
		}
		if s.peek(0) == '#' {
			s.skipComment()
		}
		if s.off >= s.end {
			return // the end of the file closes all levels
		}
		if s.src[s.off] != '\n' {
			break
		}
		s.off++
		s.newline(s.off)
	}
	s.lineStart = false
	pos := s.at(s.off)
	top := s.indents[len(s.indents)-1]
	switch {
	case in.col > top.col:
		if in.alt <= top.alt {
			s.fail(pos, "inconsistent use of tabs and spaces in indentation")
		}
		if len(s.indents) > MaxIndent {
			s.fail(pos, "too many levels of indentation")
		}
		s.indents = append(s.indents, in)
		s.emit(tokIndent, pos, s.off, s.off)
		return
	case in.col < top.col:
		for in.col < s.indents[len(s.indents)-1].col {
			s.indents = s.indents[:len(s.indents)-1]
			s.emit(tokDedent, pos, s.off, s.off)
		}
		top = s.indents[len(s.indents)-1]
		if in.col != top.col {
			s.fail(pos, "unindent does not match any outer indentation level")
		}
	}
	if in.alt != top.alt {
		s.fail(pos, "inconsistent use of tabs and spaces in indentation")
	}
}

func (s *scanner) skipComment() {
	if i := strings.IndexByte(s.src[s.off:s.end], '\n'); i >= 0 {
		s.off += i
	} else {
		s.off = s.end
	}
}

// skipBlank passes white space, comments, line continuations and, inside
// brackets, newlines.
func (s *scanner) skipBlank() {
	for s.off < s.end {
		switch c := s.src[s.off]; c {
		case ' ', '\t', '\f':
			s.off++
		case '#':
			s.skipComment()
		case '\n':
			if len(s.brackets) == 0 && !s.embedded {
				return
			}
			s.off++
			s.newline(s.off)
		case '\\':
			pos := s.at(s.off)
			if s.peek(1) != '\n' {
				s.fail(pos, "unexpected character after line continuation character")
			}
			s.off += 2
			s.newline(s.off)
			if s.off >= s.end {
				s.fail(pos, "unexpected EOF while parsing")
			}
		default:
			return
		}
	}
}

// next scans one token; the text is not at its end.
func (s *scanner) next() {
	c := s.src[s.off]
	start := s.off
	pos := s.at(start)
	switch {
	case c == '\n':
		s.off++
		s.emit(tokNewline, pos, start, s.off)
		s.newline(s.off)
		s.lineStart = true
	case isNameStart(c) || c >= utf8.RuneSelf:
		s.name(pos)
	case isDigit(c) || c == '.' && isDigit(s.peek(1)):
		s.number(pos)
	case c == '"' || c == '\'':
		s.str(pos, start)
	default:
		s.operator(pos)
	}
}

// name scans an identifier, a keyword, or a string with a prefix.
func (s *scanner) name(pos Position) {
	start := s.off
	for s.off < s.end {
		c := s.src[s.off]
		if c < utf8.RuneSelf {
			if !isNameStart(c) && !isDigit(c) {
				break
			}
			s.off++
			continue
		}
		r, n := utf8.DecodeRuneInString(s.src[s.off:s.end])
		if !isNameRune(r, s.off == start) {
			if s.off > start {
				break // reported when the next token starts there
			}
			if unicode.IsPrint(r) {
				s.fail(pos, "invalid character '%c' (U+%04X)", r, r)
			}
			s.fail(pos, "invalid non-printable character U+%04X", r)
		}
		s.off += n
	}
	text := s.src[start:s.off]
	if q := s.peek(0); (q == '"' || q == '\'') && isStringPrefix(text) {
		s.str(pos, start)
		return
	}
	s.emit(keywordKind(text), pos, start, s.off)
}

// isNameRune reports whether a rune outside ASCII may stand in an identifier
// (Python's XID_Start and XID_Continue, by general category).
func isNameRune(r rune, first bool) bool {
	if unicode.IsLetter(r) || unicode.Is(unicode.Nl, r) {
		return true
	}
	return !first && unicode.In(r, unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc)
}

func isNameStart(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
