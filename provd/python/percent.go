package python

import (
	"math"
	"strconv"
	"strings"
)

// PercentFormat evaluates `format % arg`.
func PercentFormat(t *Thread, format Str, arg Value) (Value, error) {
	p := percentFormatter{t: t, format: string(format), arg: arg}
	switch a := Native(arg).(type) {
	case Tuple:
		p.args = a
	case Str:
		p.args = []Value{arg}
	default:
		p.args = []Value{arg}
		_, p.mapping = lookupSpecial(arg, "__getitem__")
	}
	s, err := p.run()
	return Str(s), err
}

type percentFormatter struct {
	t       *Thread
	format  string
	i       int
	arg     Value
	args    []Value
	used    int
	mapping bool
	bytes   bool // the format is bytes, not a str
	out     []byte
}

// percentSpec is one parsed conversion.
type percentSpec struct {
	left, plus, space, alternate, zero bool
	bytes                              bool // lengths are in bytes
	width, precision                   int  // precision -1: none
	kind                               rune
}

func (p *percentFormatter) write(s string) error {
	if err := p.t.Alloc(int64(len(s))); err != nil {
		return err
	}
	p.out = append(p.out, s...)
	return nil
}

func (p *percentFormatter) run() (string, error) {
	if err := strWork(p.t, len(p.format)); err != nil {
		return "", err
	}
	p.out = p.t.takeBuffer()
	defer func() { p.t.giveBuffer(p.out) }()
	for p.i < len(p.format) {
		at := strings.IndexByte(p.format[p.i:], '%')
		if at < 0 {
			if err := p.write(p.format[p.i:]); err != nil {
				return "", err
			}
			break
		}
		if err := p.write(p.format[p.i : p.i+at]); err != nil {
			return "", err
		}
		p.i += at + 1
		if err := p.conversion(); err != nil {
			return "", err
		}
	}
	if p.used < len(p.args) && !p.mapping {
		kind := "string"
		if p.bytes {
			kind = "bytes"
		}
		return "", TypeErrorf("not all arguments converted during %s formatting", kind)
	}
	return string(p.out), nil
}

func (p *percentFormatter) next() (Value, error) {
	if p.used >= len(p.args) {
		return nil, TypeErrorf("not enough arguments for format string")
	}
	p.used++
	return p.args[p.used-1], nil
}

func (p *percentFormatter) peek() byte {
	if p.i < len(p.format) {
		return p.format[p.i]
	}
	return 0
}

// conversion formats one conversion after its %.
func (p *percentFormatter) conversion() error {
	if err := p.t.Step(1); err != nil {
		return err
	}
	switch p.peek() {
	case '%':
		p.i++
		return p.write("%")
	case 's', 'd':
		if p.bytes && p.peek() == 's' {
			break
		}
		if done, err := p.simple(); done {
			return err
		}
	}
	if p.peek() == '(' {
		if err := p.key(); err != nil {
			return err
		}
	}
	s := percentSpec{precision: -1, bytes: p.bytes}
	p.flags(&s)
	var err error
	if s.width, err = p.number("width too big", maxInt); err != nil {
		return err
	}
	if s.width < 0 {
		s.left, s.width = true, -s.width
	}
	if p.peek() == '.' {
		p.i++
		tooBig := "precision too big"
		if p.bytes {
			tooBig = "prec too big"
		}
		if s.precision, err = p.number(tooBig, math.MaxInt32); err != nil {
			return err
		}
		s.precision = max(s.precision, 0)
	}
	for c := p.peek(); c == 'h' || c == 'l' || c == 'L'; c = p.peek() {
		p.i++
		break
	}
	if p.i >= len(p.format) {
		return ValueErrorf("incomplete format")
	}
	r, n := rune(p.format[p.i]), 1
	if !p.bytes {
		r, n = DecodeRune(p.format[p.i:])
	}
	at := p.i
	p.i += n
	s.kind = r
	v, err := p.next()
	if err != nil {
		return err
	}
	text, err := p.one(s, v, at)
	if err != nil {
		return err
	}
	return p.write(text)
}

// simple formats the common cases %s of a string and %s or %d of an int.
func (p *percentFormatter) simple() (done bool, err error) {
	if p.used >= len(p.args) {
		return false, nil
	}
	switch v := p.args[p.used].(type) {
	case Str:
		if p.format[p.i] != 's' {
			return false, nil
		}
		err = p.write(string(v))
	case Int:
		p.out = strconv.AppendInt(p.out, int64(v), 10)
	default:
		return false, nil
	}
	p.i++
	p.used++
	return true, err
}

// key reads (name) and takes its value from the mapping.
func (p *percentFormatter) key() error {
	if !p.mapping {
		return TypeErrorf("format requires a mapping")
	}
	p.i++
	start, open := p.i, 1
	for ; p.i < len(p.format); p.i++ {
		switch p.format[p.i] {
		case '(':
			open++
		case ')':
			open--
		}
		if open == 0 {
			break
		}
	}
	if open > 0 {
		return ValueErrorf("incomplete format key")
	}
	var key Value = Str(p.format[start:p.i])
	if p.bytes {
		key = Bytes(p.format[start:p.i])
	}
	v, err := GetItem(p.t, p.arg, key)
	if err != nil {
		return err
	}
	p.i++
	// The value stands in for the arguments, for this conversion only.
	p.args, p.used = []Value{v}, 0
	return nil
}

func (p *percentFormatter) flags(s *percentSpec) {
	for ; ; p.i++ {
		switch p.peek() {
		case '-':
			s.left = true
		case '+':
			s.plus = true
		case ' ':
			s.space = true
		case '#':
			s.alternate = true
		case '0':
			s.zero = true
		default:
			return
		}
	}
}

// number reads a width or precision of at most most: digits, or * for the next
// argument.
func (p *percentFormatter) number(tooBig string, most int) (int, error) {
	if p.peek() == '*' {
		p.i++
		v, err := p.next()
		if err != nil {
			return 0, err
		}
		switch v := Native(v).(type) {
		case Int:
			if int(v) > most || int(v) < -most {
				return 0, OverflowErrorf("Python int too large to convert to C int")
			}
			return int(v), nil
		case Bool:
			return int(boolInt(v)), nil
		case *BigInt:
			return 0, OverflowErrorf("Python int too large to convert to C ssize_t")
		}
		return 0, TypeErrorf("* wants int")
	}
	n := 0
	for c := p.peek(); c >= '0' && c <= '9'; c = p.peek() {
		if n > (most-9)/10 {
			return 0, ValueErrorf("%s", tooBig)
		}
		n = n*10 + int(c-'0')
		p.i++
	}
	return n, nil
}

// one formats a value by a conversion; at is where its type character is.
func (p *percentFormatter) one(s percentSpec, v Value, at int) (string, error) {
	if p.bytes {
		if text, done, err := p.oneOfBytes(s, v); done {
			return text, err
		}
	}
	switch s.kind {
	case 's', 'r', 'a':
		text, _, err := convert(p.t, v, s.kind)
		if err != nil {
			return "", err
		}
		if s.precision >= 0 && s.precision < len(text) {
			text = text[:byteOffset(text, s.precision)]
		}
		return s.pad(p.t, "", text, false)
	case 'c':
		text, err := percentChar(p.t, v)
		if err != nil {
			return "", err
		}
		return s.pad(p.t, "", text, false)
	case 'd', 'i', 'u', 'o', 'x', 'X':
		return s.integer(p.t, v)
	case 'e', 'E', 'f', 'F', 'g', 'G':
		x, err := FloatOf(p.t, v)
		if err != nil {
			return "", err
		}
		precision := s.precision
		if precision < 0 {
			precision = 6
		}
		if err := p.t.Alloc(int64(precision) + 400); err != nil {
			return "", err
		}
		text := floatText(x, byte(s.kind), precision, s.alternate, false)
		negative := strings.HasPrefix(text, "-")
		return s.pad(p.t, s.sign(negative), strings.TrimPrefix(text, "-"), s.zero)
	}
	if !p.bytes {
		at = strLen(p.format[:at])
	}
	return "", ValueErrorf("unsupported format character '%s' (0x%x) at index %d", printableOr(s.kind, '?'), s.kind, at)
}

func printableOr(r, other rune) string {
	if r > 31 && r < 127 {
		return string(r)
	}
	return string(other)
}

func (s *percentSpec) sign(negative bool) string {
	switch {
	case negative:
		return "-"
	case s.plus:
		return "+"
	case s.space:
		return " "
	}
	return ""
}

func (s *percentSpec) pad(t *Thread, prefix, body string, zero bool) (string, error) {
	pad := s.width - len(prefix) - len(body)
	if !s.bytes {
		pad = s.width - len(prefix) - strLen(body)
	}
	switch {
	case pad <= 0:
		return prefix + body, nil
	case s.left:
		return padded(t, prefix+body, " ", 0, pad)
	case zero:
		body, err := padded(t, body, "0", pad, 0)
		return prefix + body, err
	}
	return padded(t, prefix+body, " ", pad, 0)
}
