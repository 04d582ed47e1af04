package syntax

import (
	"strings"
	"unicode/utf8"
)

// Options are the settings of a Jinja2 Environment that change how a source is
// read. The zero value is Jinja2's default.
type Options struct {
	// TrimBlocks removes the first newline after a block.
	TrimBlocks bool
	// LstripBlocks removes white space from the start of a line to a block.
	LstripBlocks bool
	// KeepTrailingNewline keeps the single newline at the end of a source.
	KeepTrailingNewline bool
	// NewlineSequence replaces every newline of the source; "" means "\n".
	NewlineSequence string
}

type state uint8

const (
	inRoot state = iota
	inComment
	inRaw
	inBlock
	inVariable
)

// lexer makes tokens on demand, so that the first error in the source wins
// whether the lexer or the parser notices it, as with Jinja2's generators.
type lexer struct {
	opt Options
	src string
	pos int
	// line of pos.
	line  int
	state state
	// lineStart tells whether the last match ended with a newline.
	lineStart bool
	// brackets are the closing brackets that the expression still needs.
	brackets []byte
	// queued is the tag that followed the data token just returned.
	queued   token
	isQueued bool
	lastLine int
}

func newLexer(src string, opt Options) *lexer {
	if strings.IndexByte(src, '\r') >= 0 {
		src = strings.ReplaceAll(src, "\r\n", "\n")
		src = strings.ReplaceAll(src, "\r", "\n")
	}
	if !opt.KeepTrailingNewline {
		src = strings.TrimSuffix(src, "\n")
	}
	if opt.NewlineSequence == "" {
		opt.NewlineSequence = "\n"
	}
	return &lexer{opt: opt, src: src, line: 1, lineStart: true, lastLine: 1}
}

// next gives the next token that means something to the parser. After the end
// it gives tokEOF for ever.
func (l *lexer) next() (token, *Error) {
	if l.isQueued {
		l.isQueued = false
		l.lastLine = l.queued.line
		return l.queued, nil
	}
	for l.pos < len(l.src) {
		tok, ok, err := l.step()
		if err != nil {
			return token{}, err
		}
		if ok {
			l.lastLine = tok.line
			return tok, nil
		}
	}
	return token{kind: tokEOF, line: l.lastLine}, nil
}

// step makes one match; ok is false when it produced nothing for the parser.
func (l *lexer) step() (tok token, ok bool, err *Error) {
	switch l.state {
	case inRoot:
		tok, ok = l.root()
		return tok, ok, nil
	case inComment:
		return token{}, false, l.comment()
	case inRaw:
		return l.raw()
	}
	return l.tag()
}

// advance moves to pos and counts the lines passed.
func (l *lexer) advance(pos int) {
	l.line += strings.Count(l.src[l.pos:pos], "\n")
	if pos > l.pos {
		l.lineStart = l.src[pos-1] == '\n'
	}
	l.pos = pos
}

// root reads data up to the next tag.
func (l *lexer) root() (token, bool) {
	start := l.pos
	at, begin := l.findTag()
	if at < 0 {
		tok := token{kind: tokData, line: l.line, text: l.newlines(l.src[start:])}
		l.advance(len(l.src))
		return tok, true
	}
	end := at + 2
	sign := byte(0)
	if end < len(l.src) && (l.src[end] == '-' || l.src[end] == '+') {
		sign = l.src[end]
		end++
	}
	next := begin
	if begin == inBlock {
		if after := l.rawBegin(end); after > 0 {
			next, end = inRaw, after
		}
	}
	text := l.strip(l.src[start:at], sign, begin == inVariable)
	tok := token{kind: tokData, line: l.line, text: l.newlines(text)}
	l.advance(at)
	switch next {
	case inVariable:
		l.queued, l.isQueued = token{kind: tokVariableBegin, line: l.line}, true
	case inBlock:
		l.queued, l.isQueued = token{kind: tokBlockBegin, line: l.line}, true
	}
	l.advance(end)
	l.state = next
	if text != "" {
		return tok, true
	}
	if l.isQueued {
		l.isQueued = false
		return l.queued, true
	}
	return token{}, false
}

// findTag finds the first tag from pos on.
func (l *lexer) findTag() (at int, begin state) {
	for at = l.pos; ; at++ {
		i := strings.IndexByte(l.src[at:], '{')
		if i < 0 || at+i+1 >= len(l.src) {
			return -1, inRoot
		}
		at += i
		switch l.src[at+1] {
		case '%':
			return at, inBlock
		case '{':
			return at, inVariable
		case '#':
			return at, inComment
		}
	}
}

// rawBegin gives the end of a raw tag whose name is expected at pos, or 0.
func (l *lexer) rawBegin(pos int) int {
	pos = skipSpace(l.src, pos)
	if !strings.HasPrefix(l.src[pos:], "raw") {
		return 0
	}
	pos = skipSpace(l.src, pos+3)
	if strings.HasPrefix(l.src[pos:], "-%}") {
		return skipSpace(l.src, pos+3)
	}
	if strings.HasPrefix(l.src[pos:], "%}") {
		return pos + 2
	}
	return 0
}

// strip applies white space control to the text before a tag.
func (l *lexer) strip(text string, sign byte, variable bool) string {
	if sign == '-' {
		return trimRightSpace(text)
	}
	if sign == '+' || variable || !l.opt.LstripBlocks {
		return text
	}
	from := strings.LastIndexByte(text, '\n') + 1
	if (from > 0 || l.lineStart) && skipSpace(text, from) == len(text) {
		return text[:from]
	}
	return text
}

func (l *lexer) newlines(text string) string {
	if l.opt.NewlineSequence == "\n" {
		return text
	}
	return strings.ReplaceAll(text, "\n", l.opt.NewlineSequence)
}

// comment skips to the end of a comment.
func (l *lexer) comment() *Error {
	i := strings.Index(l.src[l.pos:], "#}")
	if i < 0 {
		return errorf(l.line, "Missing end of comment tag")
	}
	end := l.pos + i + 2
	switch {
	case i > 0 && l.src[end-3] == '-':
		end = skipSpace(l.src, end)
	case i > 0 && l.src[end-3] == '+':
	default:
		end = l.trimNewline(end)
	}
	l.advance(end)
	l.state = inRoot
	return nil
}

// trimNewline passes the newline that TrimBlocks removes.
func (l *lexer) trimNewline(pos int) int {
	if l.opt.TrimBlocks && strings.HasPrefix(l.src[pos:], "\n") {
		return pos + 1
	}
	return pos
}

// raw reads the content of a raw block and its end.
func (l *lexer) raw() (token, bool, *Error) {
	for at := l.pos; ; at += 2 {
		i := strings.Index(l.src[at:], "{%")
		if i < 0 {
			return token{}, false, errorf(l.line, "Missing end of raw directive")
		}
		at += i
		pos, sign := at+2, byte(0)
		if pos < len(l.src) && (l.src[pos] == '-' || l.src[pos] == '+') {
			sign = l.src[pos]
			pos++
		}
		pos = skipSpace(l.src, pos)
		if !strings.HasPrefix(l.src[pos:], "endraw") {
			continue
		}
		end, ok := l.blockEnd(skipSpace(l.src, pos+6))
		if !ok {
			continue
		}
		text := l.strip(l.src[l.pos:at], sign, false)
		tok := token{kind: tokData, line: l.line, text: l.newlines(text)}
		l.advance(end)
		l.state = inRoot
		return tok, text != "", nil
	}
}

// blockEnd gives the position after the end of a block tag at pos.
func (l *lexer) blockEnd(pos int) (int, bool) {
	switch rest := l.src[pos:]; {
	case strings.HasPrefix(rest, "%}"):
		return l.trimNewline(pos + 2), true
	case strings.HasPrefix(rest, "-%}"):
		return skipSpace(l.src, pos+3), true
	case strings.HasPrefix(rest, "+%}"):
		return pos + 3, true
	}
	return 0, false
}

func (l *lexer) variableEnd(pos int) (int, bool) {
	switch rest := l.src[pos:]; {
	case strings.HasPrefix(rest, "}}"):
		return pos + 2, true
	case strings.HasPrefix(rest, "-}}"):
		return skipSpace(l.src, pos+3), true
	}
	return 0, false
}

// tag reads one token inside a block or a variable.
func (l *lexer) tag() (token, bool, *Error) {
	tok := token{line: l.line}
	if len(l.brackets) == 0 {
		end, ok := 0, false
		if l.state == inBlock {
			tok.kind = tokBlockEnd
			end, ok = l.blockEnd(l.pos)
		} else {
			tok.kind = tokVariableEnd
			end, ok = l.variableEnd(l.pos)
		}
		if ok {
			l.advance(end)
			l.state = inRoot
			return tok, true, nil
		}
	}
	if end := skipSpace(l.src, l.pos); end > l.pos {
		l.advance(end)
		return token{}, false, nil
	}
	if end := scanFloat(l.src, l.pos); end > 0 {
		tok.kind, tok.value = tokFloat, parseFloat(l.src[l.pos:end])
		l.advance(end)
		return tok, true, nil
	}
	if end := scanInteger(l.src, l.pos); end > 0 {
		v, ok := parseInteger(l.src[l.pos:end])
		if !ok {
			return token{}, false, errorf(l.line, "integer literal is too long")
		}
		tok.kind, tok.value = tokInteger, v
		l.advance(end)
		return tok, true, nil
	}
	if end := scanName(l.src, l.pos); end > l.pos {
		tok.kind, tok.text = tokName, l.src[l.pos:end]
		if !isIdentifier(tok.text) {
			return token{}, false, errorf(l.line, "Invalid character in identifier")
		}
		l.advance(end)
		return tok, true, nil
	}
	if end := scanString(l.src, l.pos); end > 0 {
		text, msg := unescape(l.newlines(l.src[l.pos+1 : end-1]))
		if msg != "" {
			return token{}, false, errorf(l.line, "%s", msg)
		}
		tok.kind, tok.text = tokString, text
		l.advance(end)
		return tok, true, nil
	}
	return l.operator(tok)
}

func (l *lexer) operator(tok token) (token, bool, *Error) {
	k, n := operator(l.src[l.pos:])
	if n == 0 {
		r, _ := utf8.DecodeRuneInString(l.src[l.pos:])
		return token{}, false, errorf(l.line, "unexpected char %s at %d",
			quote(string(r)), utf8.RuneCountInString(l.src[:l.pos]))
	}
	switch k {
	case tokLBrace:
		l.brackets = append(l.brackets, '}')
	case tokLParen:
		l.brackets = append(l.brackets, ')')
	case tokLBracket:
		l.brackets = append(l.brackets, ']')
	case tokRBrace, tokRParen, tokRBracket:
		c := l.src[l.pos]
		if len(l.brackets) == 0 {
			return token{}, false, errorf(l.line, "unexpected '%c'", c)
		}
		want := l.brackets[len(l.brackets)-1]
		l.brackets = l.brackets[:len(l.brackets)-1]
		if want != c {
			return token{}, false, errorf(l.line, "unexpected '%c', expected '%c'", c, want)
		}
	}
	tok.kind = k
	l.advance(l.pos + n)
	return tok, true, nil
}
