package python

import (
	"errors"
	"testing"
)

func mustClass(t *testing.T, name string, bases ...*Class) *Class {
	t.Helper()
	c, err := NewClass(name, bases, new(Dict))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestNewClassRefuses(t *testing.T) {
	t.Parallel()
	a := mustClass(t, "A")
	b := mustClass(t, "B", a)
	deep := a
	for range maxMRO - 3 {
		deep = mustClass(t, "Deep", deep)
	}
	tests := map[string]struct {
		bases []*Class
		want  string
	}{
		"no order":  {[]*Class{a, b}, "TypeError: Cannot create a consistent method resolution\norder (MRO) for bases A, B"},
		"twice":     {[]*Class{a, a}, "TypeError: duplicate base class A"},
		"final":     {[]*Class{BoolClass}, "TypeError: type 'bool' is not an acceptable base type"},
		"layout":    {[]*Class{DictClass, ListClass}, "TypeError: multiple bases have instance lay-out conflict"},
		"exception": {[]*Class{ExceptionClass, StrClass}, "TypeError: multiple bases have instance lay-out conflict"},
		"deep":      {[]*Class{deep, mustClass(t, "Other")}, "TypeError: class hierarchy is too deep"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := NewClass("X", test.bases, new(Dict)); message(err) != test.want {
				t.Errorf("got %q, want %q", message(err), test.want)
			}
		})
	}
}

// TestLookupSeesChanges changes classes between lookups: nothing may be answered
// from a cache that is out of date.
func TestLookupSeesChanges(t *testing.T) {
	t.Parallel()
	th := testThread()
	top := mustClass(t, "Top")
	left, right := mustClass(t, "Left", top), mustClass(t, "Right", top)
	bottom := mustClass(t, "Bottom", left, right)
	inst := NewInstance(bottom, nil)
	check := func(step string, want Value) {
		t.Helper()
		got, ok, err := LookupAttr(th, inst, "x")
		if err != nil || ok != (want != nil) || ok && !Is(got, want) {
			t.Errorf("%s: got %v %v %v, want %v", step, got, ok, err, want)
		}
	}
	set := func(c *Class, v Value) {
		t.Helper()
		if err := SetAttr(th, c, "x", v); err != nil {
			t.Fatal(err)
		}
	}
	check("nothing", nil)
	set(top, Int(1))
	check("on top", Int(1))
	set(right, Int(2))
	check("on the right", Int(2))
	set(left, Int(3))
	check("on the left", Int(3))
	if err := DelAttr(th, left, "x"); err != nil {
		t.Fatal(err)
	}
	check("left removed", Int(2))
	inst.Attrs().SetStr("x", Int(4))
	check("on the instance", Int(4))
	set(bottom, &Property{Get: NewBuiltin("get", func(*Thread, []Value, []Keyword) (Value, error) { return Int(5), nil })})
	check("a property goes first", Int(5))
	for i := range 3 * maxCachedLookups {
		if _, ok, _ := LookupAttr(th, inst, "missing"+string(rune('a'+i%26))+string(rune(i))); ok {
			t.Fatal("found what is not there")
		}
	}
	check("after many misses", Int(5))
}

// TestHostClass uses a class implemented in Go the way host modules do, and
// derives from it.
func TestHostClass(t *testing.T) {
	t.Parallel()
	th := testThread()
	host := NewBuiltinClass(ClassSpec{
		Name: "Host", Module: "host", Doc: "a host class",
		Methods: map[string]MethodFunc{
			"__init__": func(_ *Thread, self Value, args []Value, kwargs []Keyword) (Value, error) {
				var name string
				if err := Unpack("Host", args, kwargs, "name", &name); err != nil {
					return nil, err
				}
				self.(*Instance).Native = Str(name)
				return None, nil
			},
			"greet": func(_ *Thread, self Value, _ []Value, _ []Keyword) (Value, error) {
				return "hello " + Native(self).(Str), nil
			},
		},
		ClassMethods: map[string]MethodFunc{
			"make": func(t *Thread, self Value, args []Value, kwargs []Keyword) (Value, error) {
				return Call(t, self, []Value{Str("made")}, nil)
			},
		},
		StaticMethods: map[string]BuiltinFunc{
			"static": func(_ *Thread, args []Value, _ []Keyword) (Value, error) { return NewInt(len(args)), nil },
		},
		Getters: map[string]GetFunc{"name": func(_ *Thread, self Value) (Value, error) { return Native(self), nil }},
		Attrs:   map[string]Value{"version": NewInt(3)},
	})
	globals := NewDict(0)
	globals.SetStr("Host", host)
	program, err := Compile("host.py", []byte(`
class Sub(Host):
    def greet(self):
        return super().greet() + '!'

out = [
    Host('a').greet(), Sub('b').greet(), Sub.make().greet(), Host.static(1, 2), Sub('c').name, Sub.version,
    Host.__doc__, repr(Host), isinstance(Sub('d'), Host), Sub.__mro__[1].__name__,
]
`))
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Exec(th, globals, &Env{Builtins: Builtins()}); err != nil {
		t.Fatal(err)
	}
	out, _ := globals.GetStr("out")
	got, err := Repr(th, out)
	want := `['hello a', 'hello b!', 'hello made!', 2, 'c', 3, 'a host class', "<class 'host.Host'>", True, 'Host']`
	if err != nil || got != want {
		t.Errorf("got %s (%v)\nwant %s", got, err, want)
	}
	refused := map[string]error{
		"'name' is read-only": SetAttr(th, must(Call(th, host, []Value{Str("x")}, nil)), "name", None),
		"class is immutable":  SetAttr(th, host, "version", None),
		"argument is missing": second(Call(th, host, nil, nil)),
		"argument is wrong":   second(Call(th, host, []Value{NewInt(1)}, nil)),
	}
	wants := map[string]string{
		"'name' is read-only": "AttributeError: attribute 'name' of 'Host' objects is not writable",
		"class is immutable":  "TypeError: cannot set 'version' attribute of immutable type 'Host'",
		"argument is missing": "TypeError: Host() missing required argument 'name' (pos 1)",
		"argument is wrong":   "TypeError: Host() argument 'name' must be str, not int",
	}
	for name, err := range refused {
		if message(err) != wants[name] {
			t.Errorf("%s: got %q, want %q", name, message(err), wants[name])
		}
	}
}

func must(v Value, _ error) Value { return v }

func second(_ Value, err error) error { return err }

// TestBuiltinsAreImmutable checks that no program can change what another sees.
func TestBuiltinsAreImmutable(t *testing.T) {
	t.Parallel()
	th := testThread()
	for name, v := range Builtins().All() {
		c, ok := v.(*Class)
		if !ok {
			continue
		}
		if err := SetAttr(th, c, "injected", None); !IsException(err, TypeError) {
			t.Errorf("%v: setting an attribute gave %v", name, err)
		}
		if _, ok := c.Lookup("injected"); ok {
			t.Errorf("%v has been changed", name)
		}
		ns, err := GetAttr(th, c, "__dict__")
		if err != nil {
			t.Fatal(err)
		}
		if err := SetItem(th, ns, Str("injected"), None); err != nil {
			t.Fatal(err)
		}
		if _, ok := c.ns.GetStr("injected"); ok {
			t.Errorf("%v has been changed through __dict__", name)
		}
	}
	first, second := Builtins(), Builtins()
	first.SetStr("len", None)
	if v, _ := second.GetStr("len"); v == Value(None) {
		t.Error("two programs share their built-in names")
	}
}

func TestExceptionErrors(t *testing.T) {
	t.Parallel()
	plain := NewInstance(mustClass(t, "Plain"), nil)
	tests := map[string]struct {
		err  error
		want string
	}{
		"message":   {ValueErrorf("bad %s", "thing"), "ValueError: bad thing"},
		"key":       {NewKeyError(Str("a")), "KeyError: 'a'"},
		"os":        {NewOSError(2, "No such file or directory", "f"), "FileNotFoundError: [Errno 2] No such file or directory: 'f'"},
		"no args":   {NewStopIteration(nil), "StopIteration"},
		"two args":  {Throw(NewException(ValueError, Int(1), Str("x"))), "ValueError: (1, 'x')"},
		"an object": {Throw(NewException(ValueError, plain)), "ValueError: 1 arguments"},
		"placed": {
			&Exception{Value: NewException(TypeError, Str("x")), Traceback: []Frame{{File: "e.py", Line: 3}}},
			"e.py:3: TypeError: x",
		},
		"limit": {&LimitError{What: "steps", Pos: Frame{File: "e.py", Line: 4}}, "e.py:4: limit exceeded: steps"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.err.Error(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	if IsException(errors.New("x"), BaseException) || IsException(nil, BaseException) || IsException(&LimitError{}, BaseException) {
		t.Error("something that is no exception counts as one")
	}
	if !IsException(NewKeyError(None), LookupError) || IsException(NewKeyError(None), ValueError) {
		t.Error("KeyError has the wrong classes")
	}
}
