package template

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf16"

	"provbox/provd/python"
)

func filterTojson(in *invocation) (python.Value, error) {
	var v python.Value
	var indent python.Value = python.None
	if err := in.unpack("value", &v, "indent?", &indent); err != nil {
		return nil, err
	}
	w := jsonWriter{in: in, out: in.f.newOutput(), sep: ", "}
	if indent != python.None {
		unit, ok := python.Native(indent).(python.Str)
		if !ok {
			s, err := python.Binary(in.t, python.OpMul, python.Str(" "), indent)
			if err != nil {
				return nil, err
			}
			unit, _ = s.(python.Str)
		}
		w.pretty, w.unit, w.sep = true, string(unit), ","
	}
	if err := w.value(v, 0); err != nil {
		return nil, err
	}
	return markup(w.out.String()), nil
}

// jsonWriter is json.dumps with sorted keys and, for HTML, without the four
// characters that Jinja2's tojson hides.
type jsonWriter struct {
	in     *invocation
	out    *output
	pretty bool
	unit   string
	sep    string
}

func (w *jsonWriter) value(v python.Value, depth int) error {
	t := w.in.t
	if err := t.Step(1); err != nil {
		return err
	}
	if err := t.Enter(); err != nil {
		return err
	}
	defer t.Leave()
	switch v := python.Native(v).(type) {
	case python.Str:
		return w.text(string(v))
	case *python.Dict:
		return w.dict(v, depth)
	case *python.List:
		return w.list(v.Items(), depth)
	case python.Tuple:
		return w.list(v, depth)
	}
	s, ok, err := jsonScalar(t, v)
	if err != nil {
		return err
	}
	if !ok {
		return python.TypeErrorf("Object of type %s is not JSON serializable", python.TypeName(v))
	}
	return w.out.write(s)
}

// jsonScalar is the form of None, booleans and numbers.
func jsonScalar(t *python.Thread, v python.Value) (string, bool, error) {
	switch v := python.Native(v).(type) {
	case python.NoneType:
		return "null", true, nil
	case python.Bool:
		if v {
			return "true", true, nil
		}
		return "false", true, nil
	case python.Int, *python.BigInt:
		s, err := python.Repr(t, v)
		return s, true, err
	case python.Float:
		switch x := float64(v); {
		case math.IsNaN(x):
			return "NaN", true, nil
		case math.IsInf(x, 1):
			return "Infinity", true, nil
		case math.IsInf(x, -1):
			return "-Infinity", true, nil
		}
		s, err := python.Repr(t, v)
		return s, true, err
	}
	return "", false, nil
}

func (w *jsonWriter) dict(d *python.Dict, depth int) error {
	if d.Len() == 0 {
		return w.out.write("{}")
	}
	items, err := python.CallMethod(w.in.t, d, "items")
	if err != nil {
		return err
	}
	sorted, err := w.in.builtin("sorted", []python.Value{items})
	if err != nil {
		return err
	}
	first := true
	if err := w.out.write("{"); err != nil {
		return err
	}
	err = python.Iterate(w.in.t, sorted, func(pair python.Value) error {
		kv, err := w.in.f.unpacked(pair, 2)
		if err != nil {
			return err
		}
		if err := w.separator(&first, depth+1); err != nil {
			return err
		}
		key, ok := python.Native(kv[0]).(python.Str)
		if !ok {
			s, ok, err := jsonScalar(w.in.t, kv[0])
			if err != nil {
				return err
			}
			if !ok {
				return python.TypeErrorf("keys must be str, int, float, bool or None, not %s", python.TypeName(kv[0]))
			}
			key = python.Str(s)
		}
		if err := w.text(string(key)); err != nil {
			return err
		}
		if err := w.out.write(": "); err != nil {
			return err
		}
		return w.value(kv[1], depth+1)
	})
	if err != nil {
		return err
	}
	return w.end("}", depth)
}

func (w *jsonWriter) list(items []python.Value, depth int) error {
	if len(items) == 0 {
		return w.out.write("[]")
	}
	if err := w.out.write("["); err != nil {
		return err
	}
	first := true
	for _, v := range items {
		if err := w.separator(&first, depth+1); err != nil {
			return err
		}
		if err := w.value(v, depth+1); err != nil {
			return err
		}
	}
	return w.end("]", depth)
}

func (w *jsonWriter) separator(first *bool, depth int) error {
	if !*first {
		if err := w.out.write(w.sep); err != nil {
			return err
		}
	}
	*first = false
	return w.newline(depth)
}

func (w *jsonWriter) end(bracket string, depth int) error {
	if err := w.newline(depth); err != nil {
		return err
	}
	return w.out.write(bracket)
}

func (w *jsonWriter) newline(depth int) error {
	if !w.pretty {
		return nil
	}
	if err := w.out.write("\n"); err != nil {
		return err
	}
	for range depth {
		if err := w.out.write(w.unit); err != nil {
			return err
		}
	}
	return nil
}

func (w *jsonWriter) text(s string) error {
	if err := w.in.t.Alloc(12 * int64(len(s))); err != nil {
		return err
	}
	var b strings.Builder
	b.WriteByte('"')
	for s != "" {
		r, n := python.DecodeRune(s)
		s = s[n:]
		switch r {
		case '"', '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '\n':
			b.WriteString(`\n`)
		case '\r':
			b.WriteString(`\r`)
		case '\t':
			b.WriteString(`\t`)
		case '\b':
			b.WriteString(`\b`)
		case '\f':
			b.WriteString(`\f`)
		case '<', '>', '&', '\'':
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			switch {
			case r >= ' ' && r < 0x7f:
				b.WriteRune(r)
			case r > 0xffff:
				hi, lo := utf16.EncodeRune(r)
				fmt.Fprintf(&b, `\u%04x\u%04x`, hi, lo)
			default:
				fmt.Fprintf(&b, `\u%04x`, r)
			}
		}
	}
	b.WriteByte('"')
	return w.out.write(b.String())
}
