package stdlib

import (
	"provbox/provd/python"
)

// builder fills the namespace of a module.
type builder struct {
	ns   *python.Dict
	name string
	t    *python.Thread // of the import
}

func (b builder) set(name string, v python.Value) { b.ns.SetStr(name, v) }

// fn defines a function.
func (b builder) fn(name string, f python.BuiltinFunc) { b.set(name, python.NewBuiltin(name, f)) }

// ints defines integer constants.
func (b builder) ints(values map[string]int) {
	for name, v := range values {
		b.set(name, python.NewInt(v))
	}
}

// class makes a class of the module and defines it.
func (b builder) class(spec python.ClassSpec) *python.Class {
	c := b.hidden(spec)
	b.set(spec.Name, c)
	return c
}

// hidden makes a class of the module without defining it.
func (b builder) hidden(spec python.ClassSpec) *python.Class {
	if spec.Module == "" {
		spec.Module = b.name
	}
	return python.NewBuiltinClass(spec)
}

// exception defines an exception class.
func (b builder) exception(name string, bases ...*python.Class) *python.Class {
	return b.class(python.ClassSpec{Name: name, Bases: bases})
}

// alias defines a second name of something defined before.
func (b builder) alias(name, old string) {
	if v, ok := b.ns.GetStr(old); ok {
		b.set(name, v)
	}
}

// method adapts a method of a class whose instances hold a T.
func method[T python.Value](f func(t *python.Thread, self T, args []python.Value, kwargs []python.Keyword) (python.Value, error)) python.MethodFunc {
	return func(t *python.Thread, self python.Value, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		s, ok := python.Native(self).(T)
		if !ok {
			return nil, python.TypeErrorf("object of type '%s' is not initialized", python.TypeName(self))
		}
		return f(t, s, args, kwargs)
	}
}

// getter adapts a computed attribute of a class whose instances hold a T.
func getter[T python.Value](f func(t *python.Thread, self T) (python.Value, error)) python.GetFunc {
	return func(t *python.Thread, self python.Value) (python.Value, error) {
		s, ok := python.Native(self).(T)
		if !ok {
			return nil, python.TypeErrorf("object of type '%s' is not initialized", python.TypeName(self))
		}
		return f(t, s)
	}
}

// itself is a method that returns its object (__copy__, __iter__, __enter__).
func itself(_ *python.Thread, self python.Value, _ []python.Value, _ []python.Keyword) (python.Value, error) {
	return self, nil
}

// noArgs is a function without parameters.
func noArgs(name string, f func(t *python.Thread) (python.Value, error)) python.BuiltinFunc {
	return func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		if err := python.Unpack(name, args, kwargs); err != nil {
			return nil, err
		}
		return f(t)
	}
}

// oneArg is a function of one positional argument.
func oneArg(name string, f func(t *python.Thread, v python.Value) (python.Value, error)) python.BuiltinFunc {
	return func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		if len(kwargs) > 0 {
			return nil, python.TypeErrorf("%s() takes no keyword arguments", name)
		}
		if len(args) != 1 {
			return nil, python.TypeErrorf("%s() takes exactly one argument (%d given)", name, len(args))
		}
		return f(t, args[0])
	}
}

// twoArgs is a function of two positional arguments.
func twoArgs(name string, f func(t *python.Thread, a, b python.Value) (python.Value, error)) python.BuiltinFunc {
	return func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		if len(kwargs) > 0 {
			return nil, python.TypeErrorf("%s() takes no keyword arguments", name)
		}
		if len(args) != 2 {
			return nil, python.TypeErrorf("%s expected 2 arguments, got %d", name, len(args))
		}
		return f(t, args[0], args[1])
	}
}
