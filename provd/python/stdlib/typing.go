package stdlib

import (
	"strings"

	"provbox/provd/python"
)

// typingForm is a name of typing: it may be subscribed, called and combined, and
// stands for nothing at run time.
type typingForm struct {
	class *python.Class
	text  string
}

func (f *typingForm) Type() *python.Class { return f.class }

// formText is how a type appears inside the brackets of another.
func formText(t *python.Thread, v python.Value) (string, error) {
	switch x := v.(type) {
	case *typingForm:
		return x.text, nil
	case *python.Class:
		if x.Module() == "builtins" {
			return x.Qualname(), nil
		}
		return x.Module() + "." + x.Qualname(), nil
	case *python.List:
		parts := make([]string, 0, x.Len())
		for _, e := range x.Items() {
			s, err := formText(t, e)
			if err != nil {
				return "", err
			}
			parts = append(parts, s)
		}
		return "[" + strings.Join(parts, ", ") + "]", nil
	}
	if v == python.Value(python.Ellipsis) {
		return "...", nil
	}
	return python.Repr(t, v)
}

// formSpec is the class of the names of typing.
func formSpec() python.ClassSpec {
	join := binaryMethod(func(t *python.Thread, f *typingForm, other python.Value) (python.Value, error) {
		s, err := formText(t, other)
		if err != nil {
			return nil, err
		}
		if err := t.Alloc(int64(len(f.text) + len(s) + 64)); err != nil {
			return nil, err
		}
		return &typingForm{f.class, "typing.Union[" + f.text + ", " + s + "]"}, nil
	})
	return python.ClassSpec{
		Name: "_SpecialForm", NoNew: true,
		Methods: map[string]python.MethodFunc{
			"__getitem__": binaryMethod(func(t *python.Thread, f *typingForm, item python.Value) (python.Value, error) {
				items, ok := item.(python.Tuple)
				if !ok {
					items = python.Tuple{item}
				}
				if err := t.Enter(); err != nil {
					return nil, err
				}
				defer t.Leave()
				parts := make([]string, 0, len(items))
				n := 0
				for _, e := range items {
					s, err := formText(t, e)
					if err != nil {
						return nil, err
					}
					if n += len(s); n > maxName {
						s = "..." // nobody reads it; it must not double with every level
					}
					parts = append(parts, s)
				}
				if err := t.Alloc(int64(len(f.text) + n + 64)); err != nil {
					return nil, err
				}
				return &typingForm{f.class, f.text + "[" + strings.Join(parts, ", ") + "]"}, nil
			}),
			"__call__": method(func(_ *python.Thread, f *typingForm, _ []python.Value, _ []python.Keyword) (python.Value, error) {
				return f, nil
			}),
			"__or__": join, "__ror__": join,
			"__repr__": method(func(_ *python.Thread, f *typingForm, _ []python.Value, _ []python.Keyword) (python.Value, error) {
				return python.Str(f.text), nil
			}),
			"__mro_entries__": func(*python.Thread, python.Value, []python.Value, []python.Keyword) (python.Value, error) {
				return python.Tuple{}, nil
			},
			"__instancecheck__": func(*python.Thread, python.Value, []python.Value, []python.Keyword) (python.Value, error) {
				return nil, python.TypeErrorf("Subscripted generics cannot be used with class and instance checks")
			},
			"__copy__": itself, "__deepcopy__": itself,
		},
	}
}

// maxName bounds the texts of typing forms.
const maxName = 200

// openInit is an __init_subclass__ that takes any keywords.
func openInit(*python.Thread, python.Value, []python.Value, []python.Keyword) (python.Value, error) {
	return python.None, nil
}

// buildTyping makes typing. Annotations are not evaluated, so nothing here does
// more than stand for itself.
func buildTyping(l *Library, b builder) {
	b.set("TYPE_CHECKING", python.False)
	class := b.hidden(formSpec())
	for _, name := range strings.Fields(`Any NoReturn Never Self LiteralString ClassVar Final Union Optional Literal TypeAlias
		Concatenate TypeGuard Required NotRequired Unpack Annotated Callable Tuple Type List Dict Set FrozenSet DefaultDict
		OrderedDict Counter ChainMap Deque AbstractSet ByteString Collection Container ItemsView Iterable Iterator KeysView
		Mapping MappingView MutableMapping MutableSequence MutableSet Sequence ValuesView Awaitable AsyncIterator AsyncIterable
		Coroutine AsyncGenerator ContextManager AsyncContextManager Generator Hashable Sized Reversible Pattern Match IO TextIO
		BinaryIO Text AnyStr SupportsInt SupportsFloat SupportsIndex SupportsAbs SupportsBytes SupportsRound SupportsComplex`) {
		b.set(name, &typingForm{class, "typing." + name})
	}
	b.set("Text", python.StrClass)
	b.set("AnyStr", &typingForm{class, "~AnyStr"})
	generic := python.ClassSpec{
		Name: "Generic", Methods: map[string]python.MethodFunc{"__init__": ignore},
		ClassMethods: map[string]python.MethodFunc{"__class_getitem__": genericAlias, "__init_subclass__": openInit},
	}
	delete(generic.Methods, "__init__")
	b.class(generic)
	generic.Name = "Protocol"
	b.class(generic)
	// A TypedDict class makes plain dicts.
	b.class(python.ClassSpec{
		Name: "TypedDict", Bases: []*python.Class{python.DictClass},
		New: func(t *python.Thread, _ *python.Class, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			return python.Call(t, python.DictClass, args, kwargs)
		},
		ClassMethods: map[string]python.MethodFunc{"__init_subclass__": openInit, "__class_getitem__": genericAlias},
	})
	named := func(name, prefix string) {
		b.fn(name, func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			if len(args) == 0 {
				return nil, python.TypeErrorf("%s() missing 1 required positional argument: 'name'", name)
			}
			s, err := wantStr("name", args[0])
			if err != nil {
				return nil, err
			}
			if err := t.Alloc(int64(64 + len(s))); err != nil {
				return nil, err
			}
			return &typingForm{class, prefix + s}, nil
		})
	}
	b.fn("NamedTuple", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		return namedTuple(l, t, args, kwargs)
	})
	named("TypeVar", "~")
	named("ParamSpec", "~")
	named("TypeVarTuple", "")
	named("ForwardRef", "")
	b.fn("NewType", func(_ *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var name, base python.Value
		if err := python.Unpack("NewType", args, kwargs, "name", &name, "tp", &base); err != nil {
			return nil, err
		}
		return python.NewBuiltin("NewType", oneArg("NewType", func(_ *python.Thread, v python.Value) (python.Value, error) { return v, nil })), nil
	})
	b.fn("cast", twoArgs("cast", func(_ *python.Thread, _, v python.Value) (python.Value, error) { return v, nil }))
	same := func(_ *python.Thread, v python.Value) (python.Value, error) { return v, nil }
	for _, name := range []string{"overload", "final", "no_type_check", "runtime_checkable", "reveal_type", "override"} {
		b.fn(name, oneArg(name, same))
	}
	b.fn("dataclass_transform", func(*python.Thread, []python.Value, []python.Keyword) (python.Value, error) {
		return python.NewBuiltin("dataclass_transform", oneArg("dataclass_transform", same)), nil
	})
	b.fn("get_type_hints", func(t *python.Thread, args []python.Value, _ []python.Keyword) (python.Value, error) {
		if len(args) > 0 {
			if v, ok, err := python.LookupAttr(t, args[0], "__annotations__"); ok || err != nil {
				return v, err
			}
		}
		return python.NewDict(0), nil
	})
	b.fn("get_origin", oneArg("get_origin", func(*python.Thread, python.Value) (python.Value, error) { return python.None, nil }))
	b.fn("get_args", oneArg("get_args", func(*python.Thread, python.Value) (python.Value, error) { return python.Tuple{}, nil }))
	b.fn("assert_never", oneArg("assert_never", func(*python.Thread, python.Value) (python.Value, error) {
		return nil, python.Raise(python.AssertionError, "Expected code to be unreachable")
	}))
}

// namedTuple is typing.NamedTuple called as a function; lib/typing.py has the class
// form.
func namedTuple(l *Library, t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var name, fields python.Value
	if err := python.Unpack("NamedTuple", args, kwargs, "typename", &name, "fields", &fields); err != nil {
		return nil, err
	}
	names := python.NewList(nil)
	if err := python.Iterate(t, fields, func(field python.Value) error {
		first, err := python.GetItem(t, field, python.Int(0))
		if err != nil {
			return err
		}
		return names.Append(t, first)
	}); err != nil {
		return nil, err
	}
	make, err := l.attr(t, "collections", "namedtuple")
	if err != nil {
		return nil, err
	}
	return python.Call(t, make, []python.Value{name, names}, nil)
}
