package template

import (
	"slices"
	"strings"
	"unicode/utf8"

	"provbox/provd/python"
)

// prettyFormat is Python's pprint.pformat: 80 columns, dictionaries sorted.
func prettyFormat(t *python.Thread, v python.Value) (string, error) {
	p := &printer{t: t, active: map[any]bool{}}
	err := p.format(v, 0, 0, 0)
	return p.b.String(), err
}

const prettyWidth = 80

type printer struct {
	t      *python.Thread
	b      strings.Builder
	active map[any]bool
}

func (p *printer) write(s string) error {
	if err := p.t.Alloc(2 * int64(len(s))); err != nil {
		return err
	}
	p.b.WriteString(s)
	return nil
}

// recursionMark is what stands for an object inside itself; CPython adds its
// address.
func recursionMark(v python.Value) string { return "<Recursion on " + python.TypeName(v) + ">" }

// container tells whether pprint breaks v into lines, and a key for it.
func container(v python.Value) (key any, ok bool) {
	switch v := v.(type) {
	case *python.Dict, *python.List, *python.Set:
		return v, true
	case python.Tuple:
		if len(v) > 0 {
			return &v[0], true
		}
	}
	return nil, false
}

func (p *printer) format(v python.Value, indent, allowance, level int) error {
	key, isContainer := container(v)
	if isContainer && p.active[key] {
		return p.write(recursionMark(v))
	}
	rep, err := p.repr(v)
	if err != nil {
		return err
	}
	text, isText := v.(python.Str)
	if utf8.RuneCountInString(rep) <= prettyWidth-indent-allowance || !isContainer && !isText {
		return p.write(rep)
	}
	if isText {
		return p.text(string(text), rep, indent, allowance, level+1)
	}
	if err := p.t.Enter(); err != nil {
		return err
	}
	p.active[key] = true
	switch v := v.(type) {
	case *python.Dict:
		err = p.dict(v, indent, allowance, level+1)
	case *python.List:
		err = p.items("[", v.Items(), "]", indent, allowance, level+1)
	case python.Tuple:
		end := ")"
		if len(v) == 1 {
			end = ",)"
		}
		err = p.items("(", v, end, indent, allowance, level+1)
	case *python.Set:
		err = p.set(v, indent, allowance, level+1)
	}
	delete(p.active, key)
	p.t.Leave()
	return err
}

func (p *printer) dict(d *python.Dict, indent, allowance, level int) error {
	if err := p.write("{"); err != nil {
		return err
	}
	keys, values, err := p.sorted(d)
	if err != nil {
		return err
	}
	for i, k := range keys {
		rep, err := p.repr(k)
		if err != nil {
			return err
		}
		if err := p.write(rep + ": "); err != nil {
			return err
		}
		after := 1
		if i == len(keys)-1 {
			after = allowance + 1
		}
		if err := p.format(values[i], indent+1+utf8.RuneCountInString(rep)+2, after, level); err != nil {
			return err
		}
		if i < len(keys)-1 {
			if err := p.write(",\n" + strings.Repeat(" ", indent+1)); err != nil {
				return err
			}
		}
	}
	return p.write("}")
}

func (p *printer) set(s *python.Set, indent, allowance, level int) error {
	start, end := "{", "}"
	if s.Type() != python.SetClass {
		start, end = "frozenset({", "})"
		indent += len("frozenset") + 1
	}
	items := slices.Collect(s.All())
	if err := p.sort(items, nil); err != nil {
		return err
	}
	return p.items(start, items, end, indent, allowance, level)
}

func (p *printer) items(start string, items []python.Value, end string, indent, allowance, level int) error {
	if err := p.write(start); err != nil {
		return err
	}
	for i, v := range items {
		after := 1
		if i == len(items)-1 {
			after = allowance + len(end)
		}
		if i > 0 {
			if err := p.write(",\n" + strings.Repeat(" ", indent+1)); err != nil {
				return err
			}
		}
		if err := p.format(v, indent+1, after, level); err != nil {
			return err
		}
	}
	return p.write(end)
}

// text breaks a long text after white space into several literals.
func (p *printer) text(s, rep string, indent, allowance, level int) error {
	if level == 1 {
		indent++
		allowance++
	}
	chunks, err := p.chunks(s, prettyWidth-indent, allowance)
	if err != nil {
		return err
	}
	if len(chunks) == 1 {
		return p.write(rep)
	}
	out := strings.Join(chunks, "\n"+strings.Repeat(" ", indent))
	if level == 1 {
		out = "(" + out + ")"
	}
	return p.write(out)
}

func (p *printer) chunks(s string, width, allowance int) ([]string, error) {
	list, err := python.CallMethod(p.t, python.Str(s), "splitlines", python.True)
	if err != nil {
		return nil, err
	}
	lines, err := python.ListOf(p.t, list)
	if err != nil {
		return nil, err
	}
	var chunks []string
	add := func(s string) error {
		rep, err := python.Repr(p.t, python.Str(s))
		chunks = append(chunks, rep)
		return err
	}
	fits := func(s string, width int) (bool, error) {
		rep, err := python.Repr(p.t, python.Str(s))
		return utf8.RuneCountInString(rep) <= width, err
	}
	for i, line := range lines {
		text, _ := line.(python.Str)
		last := i == len(lines)-1
		most := width
		if last {
			most -= allowance
		}
		ok, err := fits(string(text), most)
		if err != nil {
			return nil, err
		}
		if ok {
			if err := add(string(text)); err != nil {
				return nil, err
			}
			continue
		}
		parts := spacedParts(string(text))
		most, current := width, ""
		for j, part := range parts {
			if j == len(parts)-1 && last {
				most -= allowance
			}
			if err := p.t.Alloc(int64(len(current) + len(part))); err != nil {
				return nil, err
			}
			ok, err := fits(current+part, most)
			if err != nil {
				return nil, err
			}
			if !ok {
				if current != "" {
					if err := add(current); err != nil {
						return nil, err
					}
				}
				current = part
			} else {
				current += part
			}
		}
		if current != "" {
			if err := add(current); err != nil {
				return nil, err
			}
		}
	}
	return chunks, nil
}

// spacedParts cuts a text after each run of white space.
func spacedParts(s string) []string {
	var parts []string
	for s != "" {
		n := strings.IndexFunc(s, isSpace)
		if n < 0 {
			return append(parts, s)
		}
		rest := strings.TrimLeftFunc(s[n:], isSpace)
		parts = append(parts, s[:len(s)-len(rest)])
		s = rest
	}
	return parts
}

// sorted gives the members of a dict in the order of their keys.
func (p *printer) sorted(d *python.Dict) (keys, values []python.Value, err error) {
	if err := p.t.Alloc(int64(d.Len()) * 3 * valueSize); err != nil {
		return nil, nil, err
	}
	for k, v := range d.All() {
		keys = append(keys, k)
		values = append(values, v)
	}
	return keys, values, p.sort(keys, values)
}

// sort sorts keys, and values with them. Keys of types that do not compare are
// ordered by the names of their types.
func (p *printer) sort(keys, values []python.Value) error {
	order := make([]int, len(keys))
	for i := range order {
		order[i] = i
	}
	var failed error
	less := func(a, b python.Value) bool {
		ok, err := python.CompareBool(p.t, python.OpLt, a, b)
		if python.IsException(err, python.TypeError) {
			return python.TypeName(a) < python.TypeName(b)
		}
		if err != nil && failed == nil {
			failed = err
		}
		return ok
	}
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case failed != nil:
			return 0
		case less(keys[i], keys[j]):
			return -1
		case less(keys[j], keys[i]):
			return 1
		}
		return 0
	})
	for _, list := range [][]python.Value{keys, values} {
		old := slices.Clone(list)
		for i := range old {
			list[i] = old[order[i]]
		}
	}
	return failed
}

// repr is pprint's own repr, which sorts dictionaries too.
func (p *printer) repr(v python.Value) (string, error) {
	if err := p.t.Step(1); err != nil {
		return "", err
	}
	key, ok := container(v)
	if _, isSet := v.(*python.Set); !ok || isSet {
		return python.Repr(p.t, v)
	}
	if p.active[key] {
		return recursionMark(v), nil
	}
	if err := p.t.Enter(); err != nil {
		return "", err
	}
	p.active[key] = true
	defer func() {
		delete(p.active, key)
		p.t.Leave()
	}()
	var parts []string
	size := 0
	add := func(v python.Value, prefix string) error {
		s, err := p.repr(v)
		parts = append(parts, prefix+s)
		size += len(prefix) + len(s) + 2
		if err != nil {
			return err
		}
		return p.t.Alloc(int64(len(prefix) + len(s) + 2))
	}
	format := [2]string{"[", "]"}
	switch v := v.(type) {
	case *python.Dict:
		format = [2]string{"{", "}"}
		keys, values, err := p.sorted(v)
		if err != nil {
			return "", err
		}
		for i, k := range keys {
			rep, err := p.repr(k)
			if err != nil {
				return "", err
			}
			if err := add(values[i], rep+": "); err != nil {
				return "", err
			}
		}
	case *python.List:
		for _, item := range v.Items() {
			if err := add(item, ""); err != nil {
				return "", err
			}
		}
	case python.Tuple:
		format = [2]string{"(", ")"}
		if len(v) == 1 {
			format[1] = ",)"
		}
		for _, item := range v {
			if err := add(item, ""); err != nil {
				return "", err
			}
		}
	}
	if err := p.t.Alloc(int64(size)); err != nil {
		return "", err
	}
	return format[0] + strings.Join(parts, ", ") + format[1], nil
}
