package stdlib

import (
	"math"
	"strings"

	"provbox/provd/python"
)

// encoder is one json.dumps.
type encoder struct {
	t         *python.Thread
	b         strings.Builder
	skipKeys  bool
	ascii     bool
	circular  bool
	nan       bool
	sortKeys  bool
	indent    string
	hasIndent bool
	item, key string // separators
	fallback  python.Value
	active    map[python.Value]bool
	level     int
}

// write appends text, charging it.
func (e *encoder) write(s string) error {
	if err := e.t.Alloc(int64(len(s))); err != nil {
		return err
	}
	e.b.WriteString(s)
	return nil
}

func (e *encoder) newline() error {
	if !e.hasIndent {
		return nil
	}
	if err := e.t.Alloc(int64(1 + e.level*len(e.indent))); err != nil {
		return err
	}
	e.b.WriteByte('\n')
	for range e.level {
		e.b.WriteString(e.indent)
	}
	return nil
}

func (e *encoder) value(v python.Value) error {
	if err := e.t.Step(1); err != nil {
		return err
	}
	switch x := python.Native(v).(type) {
	case python.NoneType:
		return e.write("null")
	case python.Bool:
		if x {
			return e.write("true")
		}
		return e.write("false")
	case python.Str:
		return e.str(string(x))
	case python.Int, *python.BigInt:
		s, err := python.Repr(e.t, x)
		if err != nil {
			return err
		}
		return e.write(s)
	case python.Float:
		s, err := e.float(x)
		if err != nil {
			return err
		}
		return e.write(s)
	case *python.List:
		return e.nested(x, func() error { return e.list(x.Len(), func(i int) python.Value { return x.Items()[i] }, x.Len) })
	case python.Tuple:
		return e.nested(nil, func() error {
			return e.list(len(x), func(i int) python.Value { return x[i] }, func() int { return len(x) })
		})
	case *python.Dict:
		return e.nested(x, func() error { return e.dict(x) })
	}
	return e.nested(v, func() error { return e.other(v) })
}

// nested runs f one level deeper, refusing containers that hold themselves.
func (e *encoder) nested(id python.Value, f func() error) error {
	if err := e.t.Enter(); err != nil {
		return err
	}
	defer e.t.Leave()
	if id != nil && e.circular {
		switch id.(type) {
		case *python.List, *python.Dict, *python.Instance, *python.Set, *python.Class, *python.Function:
			if e.active[id] {
				return python.ValueErrorf("Circular reference detected")
			}
			e.active[id] = true
			defer delete(e.active, id)
		}
	}
	return f()
}

func (e *encoder) other(v python.Value) error {
	fn := e.fallback
	if isNone(fn) {
		return notSerializable(v)
	}
	r, err := python.Call(e.t, fn, []python.Value{v}, nil)
	if err != nil {
		return err
	}
	return e.value(r)
}

func notSerializable(v python.Value) error {
	return python.TypeErrorf("Object of type %s is not JSON serializable", python.TypeName(v))
}

func (e *encoder) list(n int, item func(int) python.Value, length func() int) error {
	if n == 0 {
		return e.write("[]")
	}
	if err := e.write("["); err != nil {
		return err
	}
	e.level++
	for i := 0; i < length(); i++ {
		if i > 0 {
			if err := e.write(e.item); err != nil {
				return err
			}
		}
		if err := e.newline(); err != nil {
			return err
		}
		if err := e.value(item(i)); err != nil {
			return err
		}
	}
	e.level--
	if err := e.newline(); err != nil {
		return err
	}
	return e.write("]")
}

func (e *encoder) dict(d *python.Dict) error {
	if d.Len() == 0 {
		return e.write("{}")
	}
	if err := e.t.Alloc(int64(40 * d.Len())); err != nil {
		return err
	}
	keys := make([]python.Value, 0, d.Len())
	values := make([]python.Value, 0, d.Len())
	for k, v := range d.All() {
		values = append(values, v)
		keys = append(keys, k)
	}
	order := make([]int, len(keys))
	for i := range order {
		order[i] = i
	}
	if e.sortKeys {
		if err := e.sort(keys, order); err != nil {
			return err
		}
	}
	if err := e.write("{"); err != nil {
		return err
	}
	e.level++
	first := true
	for _, i := range order {
		name, ok, err := e.keyText(keys[i])
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if !first {
			if err := e.write(e.item); err != nil {
				return err
			}
		}
		first = false
		if err := e.newline(); err != nil {
			return err
		}
		if err := e.str(name); err != nil {
			return err
		}
		if err := e.write(e.key); err != nil {
			return err
		}
		if err := e.value(values[i]); err != nil {
			return err
		}
	}
	e.level--
	if err := e.newline(); err != nil {
		return err
	}
	return e.write("}")
}

// sort orders the members by key, by a merge sort that stops at the first key
// that cannot be compared.
func (e *encoder) sort(keys []python.Value, order []int) error {
	if len(order) < 2 {
		return nil
	}
	mid := len(order) / 2
	a, b := append([]int(nil), order[:mid]...), append([]int(nil), order[mid:]...)
	if err := e.sort(keys, a); err != nil {
		return err
	}
	if err := e.sort(keys, b); err != nil {
		return err
	}
	for i := range order {
		take := len(b) == 0
		if !take && len(a) > 0 {
			less, err := python.CompareBool(e.t, python.OpLt, keys[b[0]], keys[a[0]])
			if err != nil {
				return err
			}
			take = !less
		}
		if take {
			order[i], a = a[0], a[1:]
		} else {
			order[i], b = b[0], b[1:]
		}
	}
	return e.t.Step(len(order))
}

// keyText is the string a key becomes; not ok means that it is skipped.
func (e *encoder) keyText(k python.Value) (string, bool, error) {
	switch x := python.Native(k).(type) {
	case python.Str:
		return string(x), true, nil
	case python.Bool:
		if x {
			return "true", true, nil
		}
		return "false", true, nil
	case python.NoneType:
		return "null", true, nil
	case python.Float:
		s, err := e.float(x)
		return s, true, err
	case python.Int, *python.BigInt:
		s, err := python.Repr(e.t, x)
		return s, true, err
	}
	if e.skipKeys {
		return "", false, nil
	}
	return "", false, python.TypeErrorf("keys must be str, int, float, bool or None, not %s", python.TypeName(k))
}

func (e *encoder) float(x python.Float) (string, error) {
	f := float64(x)
	s := ""
	switch {
	case math.IsNaN(f):
		s = "NaN"
	case math.IsInf(f, 1):
		s = "Infinity"
	case math.IsInf(f, -1):
		s = "-Infinity"
	default:
		return python.Repr(e.t, x)
	}
	if !e.nan {
		return "", python.ValueErrorf("Out of range float values are not JSON compliant")
	}
	return s, nil
}

func (e *encoder) str(s string) error {
	if err := e.t.Alloc(int64(len(s)) + 2); err != nil {
		return err
	}
	if err := e.t.Step(len(s) / 32); err != nil {
		return err
	}
	b := &e.b
	b.WriteByte('"')
	for i := 0; i < len(s); {
		c := s[i]
		if c < 0x80 {
			i++
			switch {
			case c == '"' || c == '\\':
				b.WriteByte('\\')
				b.WriteByte(c)
			case c >= ' ' && (c != 0x7f || !e.ascii):
				b.WriteByte(c)
			case c == '\n':
				b.WriteString(`\n`)
			case c == '\r':
				b.WriteString(`\r`)
			case c == '\t':
				b.WriteString(`\t`)
			case c == '\f':
				b.WriteString(`\f`)
			case c == '\b':
				b.WriteString(`\b`)
			default:
				if err := e.unit(rune(c)); err != nil {
					return err
				}
			}
			continue
		}
		r, size := python.DecodeRune(s[i:])
		switch {
		case !e.ascii:
			b.WriteString(s[i : i+size])
		case r >= 0x10000:
			r -= 0x10000
			if err := e.unit(0xd800 | r>>10); err != nil {
				return err
			}
			if err := e.unit(0xdc00 | r&0x3ff); err != nil {
				return err
			}
		default:
			if err := e.unit(r); err != nil {
				return err
			}
		}
		i += size
	}
	b.WriteByte('"')
	return nil
}

// unit writes the escape of one UTF-16 unit.
func (e *encoder) unit(r rune) error {
	const digits = "0123456789abcdef"
	if err := e.t.Alloc(6); err != nil {
		return err
	}
	e.b.Write([]byte{'\\', 'u', digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15]})
	return nil
}
