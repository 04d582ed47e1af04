package python

import (
	"fmt"
	"strconv"
	"strings"
)

// maxIntDigits is CPython's bound on the decimal digits of int to str and back,
// there for the same reason as here: the conversion is not linear.
const maxIntDigits = 4300

// ToStr returns str(v).
func ToStr(t *Thread, v Value) (string, error) {
	switch v := v.(type) {
	case Str:
		return string(v), nil
	case Int:
		return strconv.FormatInt(int64(v), 10), nil
	}
	if isCore(v) {
		return Repr(t, v)
	}
	return textOf(t, v, "__str__")
}

// Repr returns repr(v).
func Repr(t *Thread, v Value) (string, error) {
	switch v := v.(type) {
	case Str:
		return reprStr(t, string(v))
	case Int:
		return strconv.FormatInt(int64(v), 10), nil
	case Bool:
		if v {
			return "True", nil
		}
		return "False", nil
	case NoneType:
		return "None", nil
	case Float:
		return floatRepr(float64(v)), nil
	case *BigInt:
		return bigDecimal(t, v)
	case EllipsisType:
		return "Ellipsis", nil
	case NotImplementedType:
		return "NotImplemented", nil
	case Bytes:
		return reprBytes(t, string(v))
	}
	if isCore(v) {
		w := reprWriter{t: t}
		err := w.write(v)
		return w.b.String(), err
	}
	return textOf(t, v, "__repr__")
}

// textOf calls the method that shows an object.
func textOf(t *Thread, v Value, method string) (string, error) {
	r, found, err := callSpecial(t, v, method)
	if err != nil {
		return "", err
	}
	if !found {
		return objectRepr(v), nil
	}
	s, ok := Native(r).(Str)
	if !ok {
		return "", TypeErrorf("%s returned non-string (type %s)", method, TypeName(r))
	}
	return string(s), nil
}

// objectRepr is object.__repr__.
func objectRepr(v Value) string {
	c := v.Type()
	name := c.qualname
	if c.module != "builtins" {
		name = c.module + "." + name
	}
	return fmt.Sprintf("<%s object at 0x%x>", name, identity(v))
}

func bigDecimal(t *Thread, v *BigInt) (string, error) {
	n := v.big.BitLen()
	if n > maxIntDigits*34/10 { // more bits than 4300 digits can have
		return "", tooManyDigits()
	}
	if err := t.Step(n / 64); err != nil {
		return "", err
	}
	s := v.big.String()
	if len(strings.TrimPrefix(s, "-")) > maxIntDigits {
		return "", tooManyDigits()
	}
	return s, nil
}

func tooManyDigits() error {
	return ValueErrorf("Exceeds the limit (%d digits) for integer string conversion; "+
		"use sys.set_int_max_str_digits() to increase the limit", maxIntDigits)
}

// reprWriter shows containers. Output is charged as it grows.
type reprWriter struct {
	t *Thread
	b strings.Builder
}

func (w *reprWriter) text(s string) error {
	if err := w.t.Alloc(int64(len(s))); err != nil {
		return err
	}
	w.b.WriteString(s)
	return nil
}

func (w *reprWriter) write(v Value) error {
	switch v := v.(type) {
	case *List:
		return w.guarded(v, "[...]", func() error {
			return w.items("[", "]", func() []Value { return v.items })
		})
	case Tuple:
		return w.guarded(v, "(...)", func() error {
			last := ")"
			if len(v) == 1 {
				last = ",)"
			}
			return w.items("(", last, func() []Value { return v })
		})
	case *Dict:
		return w.guarded(v, "{...}", func() error { return w.members("{", "}", v, viewItems, ": ") })
	case *Set:
		return w.set(v, v.Type().name)
	case *DictView:
		return w.guarded(v, "...", func() error {
			if v.kind != viewItems {
				return w.members(v.Type().name+"([", "])", v.dict, v.kind, "")
			}
			return w.members("dict_items([", "])", v.dict, viewItems, "")
		})
	case *Range:
		return w.rangeText(v)
	case *Slice:
		return w.guarded(v, "slice(...)", func() error {
			return w.items("slice(", ")", func() []Value { return []Value{v.Start, v.Stop, v.Step} })
		})
	}
	s, err := Repr(w.t, v)
	if err != nil {
		return err
	}
	return w.text(s)
}

func (w *reprWriter) set(s *Set, name string) error {
	if s.dict.live == 0 {
		return w.text(name + "()")
	}
	first, last := "{", "}"
	if s.frozen || name != "set" {
		first, last = name+"({", "})"
	}
	return w.guarded(s, name+"(...)", func() error { return w.members(first, last, &s.dict, viewKeys, "") })
}

func (w *reprWriter) rangeText(r *Range) error {
	if err := w.text("range("); err != nil {
		return err
	}
	parts := []Value{r.Start, r.Stop}
	if r.Step != Value(Int(1)) {
		parts = append(parts, r.Step)
	}
	return w.items("", ")", func() []Value { return parts })
}

// guarded shows a container, or the mark for a container that contains itself.
func (w *reprWriter) guarded(v Value, mark string, show func() error) error {
	for _, a := range w.t.active {
		if Is(a, v) {
			if v, ok := v.(Tuple); ok && len(v) == 0 {
				break
			}
			return w.text(mark)
		}
	}
	if err := w.t.Enter(); err != nil {
		return err
	}
	w.t.active = append(w.t.active, v)
	err := show()
	w.t.active = w.t.active[:len(w.t.active)-1]
	w.t.Leave()
	return err
}

func (w *reprWriter) items(first, last string, items func() []Value) error {
	if err := w.text(first); err != nil {
		return err
	}
	for i := 0; i < len(items()); i++ {
		if err := w.next(i); err != nil {
			return err
		}
		if err := w.write(items()[i]); err != nil {
			return err
		}
	}
	return w.text(last)
}

func (w *reprWriter) next(i int) error {
	if i > 0 {
		if err := w.text(", "); err != nil {
			return err
		}
	}
	return w.t.Step(1)
}

// members shows a dict or one of its views: "key: value" when colon is not
// empty, otherwise keys, values or pairs.
func (w *reprWriter) members(first, last string, d *Dict, kind viewKind, colon string) error {
	if err := w.text(first); err != nil {
		return err
	}
	n := 0
	for i := 0; i < len(d.entries); i++ {
		e := d.entries[i]
		if e.key == nil {
			continue
		}
		if err := w.next(n); err != nil {
			return err
		}
		n++
		if err := w.member(e, kind, colon); err != nil {
			return err
		}
	}
	return w.text(last)
}

func (w *reprWriter) member(e dictEntry, kind viewKind, colon string) error {
	switch {
	case colon != "":
		if err := w.write(e.key); err != nil {
			return err
		}
		if err := w.text(colon); err != nil {
			return err
		}
		return w.write(e.value)
	case kind == viewKeys:
		return w.write(e.key)
	case kind == viewValues:
		return w.write(e.value)
	}
	return w.write(Tuple{e.key, e.value})
}
