package template

import (
	"strings"

	"provbox/provd/python"
)

// MarkupClass is markupsafe.Markup: a str that is safe to print where escaping
// is on, and that escapes what it is combined with. The filters e, escape and
// safe make it also where escaping is off. It is immutable.
var MarkupClass = newMarkupClass()

// markupRef is MarkupClass for the functions that the class itself is made of,
// which could not name it without an initialisation cycle. Nothing changes it
// after newMarkupClass.
var markupRef = new(struct{ class *python.Class })

// markup makes a Markup of a text that is already safe.
func markup(s string) python.Value { return python.NewInstance(markupRef.class, python.Str(s)) }

// isMarkup tells whether v is a Markup, and its text.
func isMarkup(v python.Value) (string, bool) {
	if i, ok := v.(*python.Instance); ok && i.Type().IsSubclass(markupRef.class) {
		s, ok := i.Native.(python.Str)
		return string(s), ok
	}
	return "", false
}

// isSafe tells whether v has a form for HTML of its own.
func isSafe(t *python.Thread, v python.Value) (bool, error) {
	switch v.(type) {
	case python.Str, python.Int, python.Bool, python.NoneType, python.Float, *undefined:
		return false, nil
	}
	_, ok, err := python.LookupAttr(t, v, "__html__")
	return ok, err
}

// escaped is str(markupsafe.escape(v)).
func escaped(t *python.Thread, v python.Value) (string, error) {
	if s, ok := isMarkup(v); ok {
		return s, nil
	}
	safe, err := isSafe(t, v)
	if err != nil {
		return "", err
	}
	if safe {
		h, err := python.CallMethod(t, v, "__html__")
		if err != nil {
			return "", err
		}
		return toStr(t, h)
	}
	s, err := toStr(t, v)
	if err != nil {
		return "", err
	}
	return escapeText(t, s)
}

// escapeText replaces the five characters that mean something in HTML.
func escapeText(t *python.Thread, s string) (string, error) {
	if !strings.ContainsAny(s, `&<>'"`) {
		return s, nil
	}
	if err := t.Alloc(int64(len(s)) + 4*int64(countSpecial(s))); err != nil {
		return "", err
	}
	var b strings.Builder
	b.Grow(len(s) + 4*countSpecial(s))
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '&':
			b.WriteString("&amp;")
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '\'':
			b.WriteString("&#39;")
		case '"':
			b.WriteString("&#34;")
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), nil
}

func countSpecial(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '&', '<', '>', '\'', '"':
			n++
		}
	}
	return n
}

// newMarkup is markupsafe.Markup(v).
func newMarkup(t *python.Thread, v python.Value) (python.Value, error) {
	if s, ok := v.(python.Str); ok {
		return markup(string(s)), nil
	}
	safe, err := isSafe(t, v)
	if err != nil {
		return nil, err
	}
	if safe {
		if v, err = python.CallMethod(t, v, "__html__"); err != nil {
			return nil, err
		}
	}
	s, err := toStr(t, v)
	return markup(s), err
}

// markupMethod is a method whose self is the text of the Markup.
type markupMethod func(t *python.Thread, self python.Str, args []python.Value, kwargs []python.Keyword) (python.Value, error)

func newMarkupClass() *python.Class {
	methods := map[string]python.MethodFunc{"__init__": noInit}
	define := func(name string, fn markupMethod) {
		methods[name] = func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			s, ok := python.Native(self).(python.Str)
			if !ok {
				return nil, python.TypeErrorf("descriptor %s requires a 'Markup' object", quoted(name))
			}
			return fn(t, s, args, kwargs)
		}
	}
	define("__html__", func(_ *python.Thread, self python.Str, _ []python.Value, _ []python.Keyword) (python.Value, error) {
		return markup(string(self)), nil
	})
	define("__add__", func(t *python.Thread, self python.Str, args []python.Value, _ []python.Keyword) (python.Value, error) {
		return markupConcat(t, self, args, true)
	})
	define("__radd__", func(t *python.Thread, self python.Str, args []python.Value, _ []python.Keyword) (python.Value, error) {
		return markupConcat(t, self, args, false)
	})
	define("__mul__", markupRepeat)
	define("__rmul__", markupRepeat)
	define("__mod__", markupMod)
	define("__repr__", func(t *python.Thread, self python.Str, _ []python.Value, _ []python.Keyword) (python.Value, error) {
		s, err := python.Repr(t, self)
		return python.Str("Markup(" + s + ")"), err
	})
	define("join", markupJoin)
	define("unescape", func(t *python.Thread, self python.Str, _ []python.Value, _ []python.Keyword) (python.Value, error) {
		s, err := htmlUnescape(t, string(self))
		return python.Str(s), err
	})
	define("striptags", func(t *python.Thread, self python.Str, _ []python.Value, _ []python.Keyword) (python.Value, error) {
		s, err := stripTags(t, string(self))
		return python.Str(s), err
	})
	define("format", markupFormat)
	for _, name := range []string{
		"__getitem__", "capitalize", "title", "lower", "upper", "replace", "ljust", "rjust", "lstrip", "rstrip",
		"center", "strip", "translate", "expandtabs", "swapcase", "zfill",
	} {
		define(name, escapingMethod(name, true))
	}
	for _, name := range []string{"split", "rsplit", "splitlines"} {
		define(name, escapingMethod(name, false))
	}
	for _, name := range []string{"partition", "rpartition"} {
		define(name, escapingMethod(name, true))
	}
	markupRef.class = python.NewBuiltinClass(python.ClassSpec{
		Name: "Markup", Module: "markupsafe", Bases: []*python.Class{python.StrClass}, Methods: methods,
		New: func(t *python.Thread, _ *python.Class, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var base python.Value = python.Str("")
			if err := python.Unpack("Markup", args, kwargs, "base?", &base); err != nil {
				return nil, err
			}
			return newMarkup(t, base)
		},
		ClassMethods: map[string]python.MethodFunc{
			"escape": func(t *python.Thread, _ python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
				var v python.Value
				if err := python.Unpack("escape", args, kwargs, "s", &v); err != nil {
					return nil, err
				}
				s, err := escaped(t, v)
				return markup(s), err
			},
		},
	})
	return markupRef.class
}

// escapingMethod is a method of str whose text arguments are escaped before if
// escape is set, and whose texts in the result are Markup.
func escapingMethod(name string, escape bool) markupMethod {
	return func(t *python.Thread, self python.Str, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		if escape {
			args = append([]python.Value(nil), args...)
			kwargs = append([]python.Keyword(nil), kwargs...)
			for i := range args {
				if err := escapeArgument(t, &args[i]); err != nil {
					return nil, err
				}
			}
			for i := range kwargs {
				if err := escapeArgument(t, &kwargs[i].Value); err != nil {
					return nil, err
				}
			}
		}
		fn, err := python.GetAttr(t, self, name)
		if err != nil {
			return nil, err
		}
		v, err := python.Call(t, fn, args, kwargs)
		if err != nil {
			return nil, err
		}
		switch v := v.(type) {
		case python.Str:
			return markup(string(v)), nil
		case *python.List:
			parts := append([]python.Value(nil), v.Items()...)
			markAll(parts)
			return python.NewList(parts), nil
		case python.Tuple:
			parts := append(python.Tuple(nil), v...)
			markAll(parts)
			return parts, nil
		}
		return v, nil
	}
}

func markAll(parts []python.Value) {
	for i, p := range parts {
		if s, ok := p.(python.Str); ok {
			parts[i] = markup(string(s))
		}
	}
}

// escapeArgument escapes a text; other values stay as they are.
func escapeArgument(t *python.Thread, v *python.Value) error {
	if _, ok := python.Native(*v).(python.Str); !ok {
		safe, err := isSafe(t, *v)
		if err != nil || !safe {
			return err
		}
	}
	s, err := escaped(t, *v)
	*v = python.Str(s)
	return err
}

func markupConcat(t *python.Thread, self python.Str, args []python.Value, after bool) (python.Value, error) {
	if len(args) != 1 {
		return nil, python.TypeErrorf("expected 1 argument, got %d", len(args))
	}
	if _, ok := python.Native(args[0]).(python.Str); !ok {
		safe, err := isSafe(t, args[0])
		if err != nil {
			return nil, err
		}
		if !safe {
			return python.NotImplemented, nil
		}
	}
	other, err := escaped(t, args[0])
	if err != nil {
		return nil, err
	}
	if err := t.Alloc(int64(len(self) + len(other))); err != nil {
		return nil, err
	}
	if after {
		return markup(string(self) + other), nil
	}
	return markup(other + string(self)), nil
}

func markupRepeat(t *python.Thread, self python.Str, args []python.Value, _ []python.Keyword) (python.Value, error) {
	if len(args) != 1 {
		return python.NotImplemented, nil
	}
	if _, ok := args[0].Type().Lookup("__index__"); !ok {
		return nil, python.TypeErrorf("'%s' object cannot be interpreted as an integer", python.TypeName(args[0]))
	}
	v, err := python.Binary(t, python.OpMul, self, args[0])
	if s, ok := v.(python.Str); ok {
		return markup(string(s)), nil
	}
	return v, err
}

func markupJoin(t *python.Thread, self python.Str, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var seq python.Value
	if err := python.Unpack("join", args, kwargs, "seq", &seq); err != nil {
		return nil, err
	}
	items, err := python.ListOf(t, seq)
	if err != nil {
		return nil, err
	}
	parts := make([]string, len(items))
	size := 0
	for i, v := range items {
		if parts[i], err = escaped(t, v); err != nil {
			return nil, err
		}
		size += len(parts[i]) + len(self)
	}
	if err := t.Alloc(int64(size)); err != nil {
		return nil, err
	}
	return markup(strings.Join(parts, string(self))), nil
}
