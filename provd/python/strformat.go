package python

import (
	"strconv"
	"strings"
)

// StrFormat evaluates format.format(*args, **kwargs).
func StrFormat(t *Thread, format string, args []Value, kwargs []Keyword) (string, error) {
	f := fieldFormatter{
		t: t, args: args,
		named: func(name string) (Value, error) {
			for _, kw := range kwargs {
				if kw.Name == name {
					return kw.Value, nil
				}
			}
			return nil, NewKeyError(Str(name))
		},
	}
	return f.expand(format, 2)
}

// StrFormatMap evaluates format.format_map(mapping).
func StrFormatMap(t *Thread, format string, mapping Value) (string, error) {
	f := fieldFormatter{t: t, mapping: true, named: func(name string) (Value, error) {
		return GetItem(t, mapping, Str(name))
	}}
	return f.expand(format, 2)
}

// fieldFormatter expands the replacement fields of one str.format call.
type fieldFormatter struct {
	t       *Thread
	args    []Value
	named   func(name string) (Value, error)
	mapping bool // format_map: no positional fields
	manual  bool
	auto    bool
	next    int
}

// field is one parsed {name!conversion:spec}.
type field struct {
	name       string
	conversion rune
	spec       string
	nested     bool // the spec has fields of its own
}

func (f *fieldFormatter) expand(format string, depth int) (string, error) {
	if depth <= 0 {
		return "", ValueErrorf("Max string recursion exceeded")
	}
	if err := strWork(f.t, len(format)); err != nil {
		return "", err
	}
	var b strings.Builder
	b.Grow(min(len(format), 256)) // what fields become is about as long as they are
	write := func(s string) error {
		if err := f.t.Alloc(int64(len(s))); err != nil {
			return err
		}
		b.WriteString(s)
		return nil
	}
	for format != "" {
		at := indexEither(format, '{', '}')
		if at < 0 {
			return b.String() + format, f.t.Alloc(int64(len(format)))
		}
		c := format[at]
		rest := format[at+1:]
		doubled := rest != "" && rest[0] == c
		switch {
		case c == '}' && !doubled:
			return "", ValueErrorf("Single '}' encountered in format string")
		case rest == "":
			return "", ValueErrorf("Single '{' encountered in format string")
		}
		if doubled {
			at++
		}
		if err := write(format[:at]); err != nil {
			return "", err
		}
		format = rest
		if doubled {
			format = rest[1:]
			continue
		}
		fl, after, err := parseField(rest)
		if err != nil {
			return "", err
		}
		format = after
		s, err := f.render(fl, depth)
		if err != nil {
			return "", err
		}
		if err := write(s); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

// indexEither is strings.IndexAny of two bytes, for texts too short to prepare for.
func indexEither(s string, a, b byte) int {
	for i := 0; i < len(s); i++ {
		if s[i] == a || s[i] == b {
			return i
		}
	}
	return -1
}

// parseField reads a field after its opening brace.
func parseField(s string) (fl field, rest string, err error) {
	i, bracket, end := 0, false, byte(0)
scan:
	for ; i < len(s); i++ {
		switch c := s[i]; c {
		case '{':
			if bracket {
				continue
			}
			return fl, "", ValueErrorf("unexpected '{' in field name")
		case '[':
			bracket = true
		case ']':
			bracket = false
		case '}', ':', '!':
			if !bracket {
				end = c
				break scan
			}
		}
	}
	fl.name = s[:i]
	if end == 0 {
		return fl, "", ValueErrorf("expected '}' before end of string")
	}
	s = s[i+1:]
	if end == '}' {
		return fl, s, nil
	}
	if end == '!' {
		if s == "" {
			return fl, "", ValueErrorf("end of string while looking for conversion specifier")
		}
		r, n := DecodeRune(s)
		fl.conversion, s = r, s[n:]
		if s != "" {
			c := s[0]
			s = s[1:]
			if c == '}' {
				return fl, s, nil
			}
			if c != ':' {
				return fl, "", ValueErrorf("expected ':' after conversion specifier")
			}
		}
	}
	open := 1
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '{':
			fl.nested = true
			open++
		case '}':
			if open--; open == 0 {
				fl.spec = s[:i]
				return fl, s[i+1:], nil
			}
		}
	}
	return fl, "", ValueErrorf("unmatched '{' in format spec")
}

func (f *fieldFormatter) render(fl field, depth int) (string, error) {
	v, err := f.lookup(fl.name)
	if err != nil {
		return "", err
	}
	s, converted, err := convert(f.t, v, fl.conversion)
	if err != nil {
		return "", err
	}
	if !converted && fl.conversion != 0 {
		if fl.conversion > 32 && fl.conversion < 127 {
			return "", ValueErrorf("Unknown conversion specifier %c", fl.conversion)
		}
		return "", ValueErrorf(`Unknown conversion specifier \x%x`, fl.conversion)
	}
	if converted {
		v = Str(s)
	}
	if fl.nested {
		if fl.spec, err = f.expand(fl.spec, depth-1); err != nil {
			return "", err
		}
	}
	return Format(f.t, v, fl.spec)
}

// lookup evaluates a field name: a key or number, then attributes and items.
func (f *fieldFormatter) lookup(name string) (Value, error) {
	first, rest := name, ""
	if i := indexEither(name, '.', '['); i >= 0 {
		first, rest = name[:i], name[i:]
	}
	v, err := f.argument(first)
	for err == nil && rest != "" {
		c := rest[0]
		rest = rest[1:]
		part := rest
		switch c {
		case '.':
			if i := strings.IndexAny(rest, ".["); i >= 0 {
				part = rest[:i]
			}
			rest = rest[len(part):]
			if part == "" {
				return nil, ValueErrorf("Empty attribute in format string")
			}
			v, err = GetAttr(f.t, v, part)
		case '[':
			i := strings.IndexByte(rest, ']')
			if i < 0 {
				return nil, ValueErrorf("Missing ']' in format string")
			}
			part, rest = rest[:i], rest[i+1:]
			if part == "" {
				return nil, ValueErrorf("Empty attribute in format string")
			}
			var key Value = Str(part)
			n, isIndex, errIndex := fieldIndex(part)
			if errIndex != nil {
				return nil, errIndex
			}
			if isIndex {
				key = NewInt(n)
			}
			v, err = GetItem(f.t, v, key)
		default:
			return nil, ValueErrorf("Only '.' or '[' may follow ']' in format field specifier")
		}
	}
	return v, err
}

// argument evaluates the first part of a field name.
func (f *fieldFormatter) argument(name string) (Value, error) {
	n, isIndex, err := fieldIndex(name)
	if err != nil {
		return nil, err
	}
	if name == "" {
		if f.manual {
			return nil, ValueErrorf("cannot switch from manual field specification to automatic field numbering")
		}
		f.auto = true
		n = f.next
		f.next++
	} else if isIndex {
		if f.auto {
			return nil, ValueErrorf("cannot switch from automatic field numbering to manual field specification")
		}
		f.manual = true
	} else {
		return f.named(name)
	}
	if f.mapping {
		return nil, ValueErrorf("Format string contains positional fields")
	}
	if n >= len(f.args) {
		return nil, IndexErrorf("Replacement index %d out of range for positional args tuple", n)
	}
	return f.args[n], nil
}

// fieldIndex reads a number made of digits only.
func fieldIndex(s string) (n int, ok bool, err error) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false, nil
	}
	n, convErr := strconv.Atoi(s)
	if convErr != nil {
		return 0, false, ValueErrorf("Too many decimal digits in format string")
	}
	return n, true, nil
}
