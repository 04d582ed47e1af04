package template

import (
	"context"

	"provbox/provd/python"
)

// UndefinedClass is jinja2.Undefined: the type of variables, attributes and
// items that do not exist. It is immutable.
var UndefinedClass = newUndefinedClass()

// undefined prints nothing, iterates over nothing and is false; whatever else is
// done with it raises UndefinedError.
type undefined struct {
	// hint replaces the message.
	hint string
	// obj is what has no such member; nil for a variable.
	obj python.Value
	// name is the variable's or member's name.
	name python.Value
}

// Type implements python.Value.
func (*undefined) Type() *python.Class { return UndefinedClass }

func undefinedName(name string) *undefined { return &undefined{name: python.Str(name)} }

// IsUndefined tells whether v is Jinja2's undefined value.
func IsUndefined(v python.Value) bool {
	_, ok := v.(*undefined)
	return ok
}

// message tells how the value came to be undefined.
func (u *undefined) message() string {
	if u.hint != "" {
		return u.hint
	}
	if u.obj == nil {
		return reprName(u.name) + " is undefined"
	}
	what := objectTypeRepr(u.obj)
	if s, ok := python.Native(u.name).(python.Str); ok {
		return reprName(python.Str(what)) + " has no attribute " + reprName(s)
	}
	return what + " has no element " + reprName(u.name)
}

func (u *undefined) fail() error {
	return python.Throw(python.NewException(UndefinedError, python.Str(u.message())))
}

// reprName is the repr of a name in a message. It gets a small budget of its own:
// the name may be any value, and a message is made where no thread is at hand.
func reprName(v python.Value) string {
	t := python.NewThread(context.Background(), python.Limits{Steps: 10_000, Alloc: 1 << 20, Depth: 50})
	s, err := python.Repr(t, v)
	if err != nil {
		return "<" + python.TypeName(v) + ">"
	}
	return s
}

// objectTypeRepr names the kind of an object in messages.
func objectTypeRepr(v python.Value) string {
	switch v.(type) {
	case python.NoneType:
		return "None"
	case python.EllipsisType:
		return "Ellipsis"
	}
	c := v.Type()
	if c.Module() == "builtins" {
		return c.Name() + " object"
	}
	return c.Module() + "." + c.Name() + " object"
}

// Attr implements python.HasAttrs: Jinja2's __getattr__.
func (u *undefined) Attr(_ *python.Thread, name string) (python.Value, error) {
	if len(name) >= 2 && name[:2] == "__" {
		return nil, nil
	}
	return nil, u.fail()
}

// SetAttr implements python.HasAttrs.
func (*undefined) SetAttr(*python.Thread, string, python.Value) (bool, error) { return false, nil }

// AttrNames implements python.HasAttrs.
func (*undefined) AttrNames() []string { return nil }

func newUndefinedClass() *python.Class {
	fail := func(_ *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
		if u, ok := self.(*undefined); ok {
			return nil, u.fail()
		}
		return nil, python.TypeErrorf("descriptor requires an 'Undefined' object")
	}
	constant := func(v python.Value) python.MethodFunc {
		return func(*python.Thread, python.Value, []python.Value, []python.Keyword) (python.Value, error) {
			return v, nil
		}
	}
	methods := map[string]python.MethodFunc{
		"__eq__":   undefinedEqual(true),
		"__ne__":   undefinedEqual(false),
		"__hash__": constant(python.Int(0)),
		"__str__":  constant(python.Str("")),
		"__repr__": constant(python.Str("Undefined")),
		"__len__":  constant(python.Int(0)),
		"__bool__": constant(python.False),
		"__iter__": func(*python.Thread, python.Value, []python.Value, []python.Keyword) (python.Value, error) {
			return newGenerator("Undefined.__iter__", func(*python.Thread) (python.Value, bool, error) {
				return nil, false, nil
			}), nil
		},
	}
	for _, op := range []string{
		"add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "floordiv", "rfloordiv",
		"mod", "rmod", "pow", "rpow", "pos", "neg", "call", "getitem", "lt", "le", "gt", "ge",
		"int", "float", "complex",
	} {
		methods["__"+op+"__"] = fail
	}
	return python.NewBuiltinClass(python.ClassSpec{
		Name: "Undefined", Module: "jinja2.runtime", NoNew: true, Methods: methods,
	})
}

func undefinedEqual(same bool) python.MethodFunc {
	return func(_ *python.Thread, _ python.Value, args []python.Value, _ []python.Keyword) (python.Value, error) {
		equal := len(args) == 1 && IsUndefined(args[0])
		return python.Bool(equal == same), nil
	}
}
