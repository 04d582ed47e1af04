package template

import (
	"html"
	"strings"

	"provbox/provd/python"
)

// escapeHelper stands for a value in `Markup % value`: whatever text the format
// takes from it is escaped.
type escapeHelper struct{ obj python.Value }

var escapeHelperClass = python.NewBuiltinClass(python.ClassSpec{
	Name: "_MarkupEscapeHelper", Module: "markupsafe", NoNew: true,
	Methods: map[string]python.MethodFunc{
		"__getitem__": helperMethod(func(t *python.Thread, obj python.Value, args []python.Value) (python.Value, error) {
			if len(args) != 1 {
				return nil, python.TypeErrorf("expected 1 argument, got %d", len(args))
			}
			v, err := python.GetItem(t, obj, args[0])
			return &escapeHelper{v}, err
		}),
		"__str__": helperMethod(func(t *python.Thread, obj python.Value, _ []python.Value) (python.Value, error) {
			s, err := escaped(t, obj)
			return python.Str(s), err
		}),
		"__repr__": helperMethod(func(t *python.Thread, obj python.Value, _ []python.Value) (python.Value, error) {
			s, err := python.Repr(t, obj)
			if err == nil {
				s, err = escapeText(t, s)
			}
			return python.Str(s), err
		}),
		"__int__": helperMethod(func(t *python.Thread, obj python.Value, _ []python.Value) (python.Value, error) {
			return python.Call(t, python.IntClass, []python.Value{obj}, nil)
		}),
		"__float__": helperMethod(func(t *python.Thread, obj python.Value, _ []python.Value) (python.Value, error) {
			return python.Call(t, python.FloatClass, []python.Value{obj}, nil)
		}),
	},
})

func helperMethod(fn func(*python.Thread, python.Value, []python.Value) (python.Value, error)) python.MethodFunc {
	return func(t *python.Thread, self python.Value, args []python.Value, _ []python.Keyword) (python.Value, error) {
		h, ok := self.(*escapeHelper)
		if !ok {
			return nil, python.TypeErrorf("descriptor requires a '_MarkupEscapeHelper' object")
		}
		return fn(t, h.obj, args)
	}
}

// Type implements python.Value.
func (*escapeHelper) Type() *python.Class { return escapeHelperClass }

// markupMod is Markup's % operator.
func markupMod(t *python.Thread, self python.Str, args []python.Value, _ []python.Keyword) (python.Value, error) {
	if len(args) != 1 {
		return nil, python.TypeErrorf("expected 1 argument, got %d", len(args))
	}
	arg := args[0]
	if tuple, ok := python.Native(arg).(python.Tuple); ok {
		wrapped := make(python.Tuple, len(tuple))
		for i, v := range tuple {
			wrapped[i] = &escapeHelper{v}
		}
		arg = wrapped
	} else if _, isStr := python.Native(arg).(python.Str); !isStr && hasGetitem(arg) {
		arg = &escapeHelper{arg}
	} else {
		arg = python.Tuple{&escapeHelper{arg}}
	}
	v, err := python.PercentFormat(t, self, arg)
	if err != nil {
		return nil, err
	}
	s, err := toStr(t, v)
	return markup(s), err
}

func hasGetitem(v python.Value) bool {
	_, ok := v.Type().Lookup("__getitem__")
	return ok
}

// markupFormat is Markup's format method for the fields that need no nesting:
// the values are escaped after they were formatted.
func markupFormat(t *python.Thread, self python.Str, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	wrapped := make([]python.Value, len(args))
	for i, v := range args {
		wrapped[i] = &formatHelper{v}
	}
	named := make([]python.Keyword, len(kwargs))
	for i, k := range kwargs {
		named[i] = python.Keyword{Name: k.Name, Value: &formatHelper{k.Value}}
	}
	s, err := python.StrFormat(t, string(self), wrapped, named)
	return markup(s), err
}

// formatHelper stands for a value in Markup.format.
type formatHelper struct{ obj python.Value }

var formatHelperClass = python.NewBuiltinClass(python.ClassSpec{
	Name: "EscapeFormatter", Module: "markupsafe", NoNew: true,
	Methods: map[string]python.MethodFunc{
		"__format__": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			h, ok := self.(*formatHelper)
			if !ok {
				return nil, python.TypeErrorf("descriptor requires an 'EscapeFormatter' object")
			}
			var spec string
			if err := python.Unpack("__format__", args, kwargs, "format_spec", &spec); err != nil {
				return nil, err
			}
			return h.format(t, spec)
		},
		"__getitem__": func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			h, ok := self.(*formatHelper)
			if !ok {
				return nil, python.TypeErrorf("descriptor requires an 'EscapeFormatter' object")
			}
			var key python.Value
			if err := python.Unpack("__getitem__", args, kwargs, "key", &key); err != nil {
				return nil, err
			}
			v, err := python.GetItem(t, h.obj, key)
			return &formatHelper{v}, err
		},
		"__str__":  formatText(toStr),
		"__repr__": formatText(python.Repr),
	},
})

// formatText is a method that gives the value itself as a text.
func formatText(text func(*python.Thread, python.Value) (string, error)) python.MethodFunc {
	return func(t *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
		if h, ok := self.(*formatHelper); ok {
			self = h.obj
		}
		s, err := text(t, self)
		return python.Str(s), err
	}
}

// Type implements python.Value.
func (*formatHelper) Type() *python.Class { return formatHelperClass }

// Attr implements python.HasAttrs, for fields like {0.name}.
func (h *formatHelper) Attr(t *python.Thread, name string) (python.Value, error) {
	v, ok, err := python.LookupAttr(t, h.obj, name)
	if err != nil || !ok {
		return nil, err
	}
	return &formatHelper{v}, nil
}

// SetAttr implements python.HasAttrs.
func (*formatHelper) SetAttr(*python.Thread, string, python.Value) (bool, error) { return false, nil }

// AttrNames implements python.HasAttrs.
func (*formatHelper) AttrNames() []string { return nil }

func (h *formatHelper) format(t *python.Thread, spec string) (python.Value, error) {
	safe, err := isSafe(t, h.obj)
	if err != nil {
		return nil, err
	}
	if safe && spec != "" {
		return nil, python.ValueErrorf("Unsupported format specification for Markup.")
	}
	if safe {
		s, err := escaped(t, h.obj)
		return python.Str(s), err
	}
	s, err := python.Format(t, h.obj, spec)
	if err != nil {
		return nil, err
	}
	s, err = escapeText(t, s)
	return python.Str(s), err
}

// htmlUnescape replaces the character references of HTML.
func htmlUnescape(t *python.Thread, s string) (string, error) {
	if err := t.Alloc(int64(len(s))); err != nil {
		return "", err
	}
	return html.UnescapeString(s), nil
}

// stripTags removes comments and tags and joins the words that are left.
func stripTags(t *python.Thread, s string) (string, error) {
	if err := t.Alloc(4 * int64(len(s))); err != nil {
		return "", err
	}
	s = removeBetween(s, "<!--", "-->")
	s = removeBetween(s, "<", ">")
	s = strings.Join(strings.FieldsFunc(s, isSpace), " ")
	return html.UnescapeString(s), nil
}

// removeBetween removes from each start to the next end after it.
func removeBetween(s, start, end string) string {
	var b strings.Builder
	for {
		i := strings.Index(s, start)
		if i < 0 {
			break
		}
		n := strings.Index(s[i+len(start):], end)
		if n < 0 {
			break
		}
		b.WriteString(s[:i])
		s = s[i+len(start)+n+len(end):]
	}
	b.WriteString(s)
	return b.String()
}
