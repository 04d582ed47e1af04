package template

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"provbox/provd/python"
)

func filterWordwrap(in *invocation) (python.Value, error) {
	var v python.Value
	var width, breakLong, onHyphens python.Value = python.Int(79), python.True, python.True
	var wrap python.Value = python.None
	err := in.unpack("s", &v, "width?", &width, "break_long_words?", &breakLong, "wrapstring?", &wrap,
		"break_on_hyphens?", &onHyphens)
	if err != nil {
		return nil, err
	}
	if wrap == python.None {
		wrap = python.Str(in.f.env.newline())
	}
	lines, err := python.CallMethod(in.t, v, "splitlines")
	if err != nil {
		return nil, err
	}
	list, err := python.ListOf(in.t, lines)
	if err != nil {
		return nil, err
	}
	w := wrapper{t: in.t, exact: onHyphens == python.True}
	if w.breakLong, err = truth(in.t, breakLong); err != nil {
		return nil, err
	}
	if w.onHyphens, err = truth(in.t, onHyphens); err != nil {
		return nil, err
	}
	if w.width, err = in.wrapWidth(width); err != nil {
		return nil, err
	}
	var out []python.Value
	for _, line := range list {
		text, err := toStr(in.t, line)
		if err != nil {
			return nil, err
		}
		wrapped, err := w.wrap([]rune(text))
		if err != nil {
			return nil, err
		}
		joined, err := in.joinWith(wrap, wrapped)
		if err != nil {
			return nil, err
		}
		out = append(out, joined)
	}
	return in.joinWith(wrap, out)
}

// wrapWidth checks the width as textwrap does.
func (in *invocation) wrapWidth(v python.Value) (int, error) {
	bad, err := python.CompareBool(in.t, python.OpLe, v, python.Int(0))
	if err != nil {
		return 0, err
	}
	if bad {
		return 0, python.ValueErrorf("invalid width %s (must be > 0)", reprName(v))
	}
	whole, err := integral(in.t, v, false)
	if err != nil {
		return 0, err
	}
	switch n := python.Native(whole).(type) {
	case python.Int:
		return int(min(n, math.MaxInt32)), nil
	case python.Bool:
		return 1, nil
	}
	return math.MaxInt32, nil
}

func (in *invocation) joinWith(sep python.Value, items []python.Value) (python.Value, error) {
	return python.CallMethod(in.t, sep, "join", python.NewList(items))
}

// wrapper is Python's textwrap.TextWrapper with the settings of the filter.
type wrapper struct {
	t     *python.Thread
	width int
	// exact splits at hyphens, which textwrap does only for the value True.
	exact, onHyphens, breakLong bool
}

// wrap breaks a line of text into lines of at most width characters.
func (w *wrapper) wrap(text []rune) ([]python.Value, error) {
	if err := w.t.Alloc(32 * int64(len(text))); err != nil {
		return nil, err
	}
	chunks := w.split(text)
	slices.Reverse(chunks)
	var lines []python.Value
	pop := func() []rune {
		c := chunks[len(chunks)-1]
		chunks = chunks[:len(chunks)-1]
		return c
	}
	for len(chunks) > 0 {
		if err := w.t.Step(1); err != nil {
			return nil, err
		}
		var line [][]rune
		n := 0
		if len(lines) > 0 && isBlankText(chunks[len(chunks)-1]) {
			pop()
		}
		for len(chunks) > 0 && n+len(chunks[len(chunks)-1]) <= w.width {
			c := pop()
			line = append(line, c)
			n += len(c)
		}
		if k := len(chunks) - 1; k >= 0 && len(chunks[k]) > w.width {
			if w.breakLong {
				end := w.breakAt(chunks[k], w.width-n)
				line = append(line, chunks[k][:end])
				chunks[k] = chunks[k][end:]
			} else if len(line) == 0 {
				line = append(line, pop())
			}
		}
		if k := len(line) - 1; k >= 0 && isBlankText(line[k]) {
			line = line[:k]
		}
		if len(line) > 0 {
			lines = append(lines, python.Str(string(slices.Concat(line...))))
		}
	}
	return lines, nil
}

// breakAt is where a word that fits on no line is cut: after space characters,
// or after the last hyphen before that.
func (w *wrapper) breakAt(word []rune, space int) int {
	if !w.onHyphens {
		return space
	}
	for i := space - 1; i > 0; i-- {
		if word[i] != '-' {
			continue
		}
		if slices.ContainsFunc(word[:i], func(r rune) bool { return r != '-' }) {
			return i + 1
		}
		break
	}
	return space
}

func isBlankText(text []rune) bool {
	return !slices.ContainsFunc(text, func(r rune) bool { return !isSpace(r) })
}

// isWrapSpace tells the white space at which textwrap breaks; no-break spaces
// are not among it.
func isWrapSpace(r rune) bool { return r == ' ' || r >= '\t' && r <= '\r' }

// split cuts a text into words and the white space between them.
func (w *wrapper) split(text []rune) [][]rune {
	var chunks [][]rune
	for i := 0; i < len(text); {
		end := i
		switch {
		case isWrapSpace(text[i]):
			for end < len(text) && isWrapSpace(text[end]) {
				end++
			}
		case !w.exact:
			for end < len(text) && !isWrapSpace(text[end]) {
				end++
			}
		default:
			end = wordEnd(text, i)
		}
		chunks = append(chunks, text[i:end])
		i = end
	}
	return chunks
}

// wordEnd is the end of the word at i: at white space, after a hyphen between
// letters, before or after a dash between words.
func wordEnd(text []rune, i int) int {
	if n := dash(text, i); n > 0 {
		return i + n
	}
	for j := i + 1; j < len(text); j++ {
		if isWrapSpace(text[j]) || dash(text, j) > 0 {
			return j
		}
		if text[j] == '-' && isHyphen(text, j) {
			return j + 1
		}
	}
	return len(text)
}

// dash is the length of the dash of several hyphens between two words at i.
func dash(text []rune, i int) int {
	if i == 0 || text[i] != '-' || !isWordChar(text[i-1]) && !strings.ContainsRune(`!"'&.,?`, text[i-1]) {
		return 0
	}
	n := 1
	for i+n < len(text) && text[i+n] == '-' {
		n++
	}
	if n < 2 || i+n == len(text) || !isWordChar(text[i+n]) {
		return 0
	}
	return n
}

// isHyphen tells whether the hyphen at j may end a line.
func isHyphen(text []rune, j int) bool {
	letter := func(k int) bool {
		return k >= 0 && k < len(text) && isWordChar(text[k]) && !unicode.IsDigit(text[k])
	}
	before := letter(j-1) && (letter(j-2) || j >= 3 && text[j-2] == '-' && letter(j-3))
	after := letter(j+1) && (letter(j+2) || j+2 < len(text) && text[j+2] == '-' && letter(j+3))
	return before && after
}
