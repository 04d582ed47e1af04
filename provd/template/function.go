package template

import (
	"slices"
	"strings"

	"provbox/provd/python"
)

// function is a filter or a test.
type function func(in *invocation) (python.Value, error)

// invocation is one use of a filter or test. It and its args are good only
// during the call.
type invocation struct {
	f    *frame
	t    *python.Thread
	name string
	test bool // a test, not a filter
	// args begin with the filtered or tested value.
	args   []python.Value
	kwargs []python.Keyword
}

// newInvocation takes an invocation from those that are done with.
func (r *render) newInvocation() *invocation {
	n := len(r.spare) - 1
	if n < 0 {
		return new(invocation)
	}
	in := r.spare[n]
	r.spare = r.spare[:n]
	return in
}

func (r *render) release(in *invocation) {
	*in = invocation{}
	r.spare = append(r.spare, in)
}

// keep is a copy for a generator, which lives longer than the call.
func (in *invocation) keep() *invocation {
	c := *in
	c.args, c.kwargs = slices.Clone(in.args), slices.Clone(in.kwargs)
	return &c
}

// unpack assigns the arguments to variables as python.Unpack does.
func (in *invocation) unpack(pairs ...any) error {
	if err := python.Unpack(in.name, in.args, in.kwargs, pairs...); err != nil {
		if arity := in.arityError(parameters(pairs)); arity != nil {
			return arity
		}
		return err
	}
	return nil
}

// parameters are the names among the pairs of unpack. They are copied, so that
// what the pairs point to need not be on the heap.
func parameters(pairs []any) []string {
	names := make([]string, 0, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		names = append(names, strings.Clone(name))
	}
	return names
}

// only gives the value when it is the only argument.
func (in *invocation) only() (python.Value, error) {
	if len(in.args) == 1 && len(in.kwargs) == 0 {
		return in.args[0], nil
	}
	name := in.name
	if !in.test && (name == "count" || name == "length") {
		name = "len"
	}
	if name == "len" || !in.test && name == "abs" || in.test && name == "callable" {
		if len(in.kwargs) > 0 {
			return nil, python.TypeErrorf("%s() takes no keyword arguments", name)
		}
		return nil, python.TypeErrorf("%s() takes exactly one argument (%d given)", name, len(in.args))
	}
	if err := in.arityError([]string{"value"}); err != nil {
		return nil, err
	}
	return nil, python.TypeErrorf("%s() takes exactly one argument (%d given)", name, len(in.args)+len(in.kwargs))
}

// escaping tells whether escaping is on where the filter is used.
func (in *invocation) escaping() bool { return in.f.ctx.esc.on }

// callableFunction makes a filter or test of a callable value.
func callableFunction(v python.Value) function {
	return func(in *invocation) (python.Value, error) { return python.Call(in.t, v, in.args, in.kwargs) }
}

// builtin calls a built-in function or class of Python.
func (in *invocation) builtin(name string, args []python.Value, kwargs ...python.Keyword) (python.Value, error) {
	fn := in.f.env.builtins[name]
	if fn == nil {
		return nil, python.NameErrorf("name %s is not defined", quoted(name))
	}
	return python.Call(in.t, fn, args, kwargs)
}

// isUndef is IsUndefined.
func isUndef(v python.Value) bool { return IsUndefined(v) }

// softStr is markupsafe.soft_str: texts stay what they are.
func softStr(t *python.Thread, v python.Value) (python.Value, error) {
	if _, ok := python.Native(v).(python.Str); ok {
		return v, nil
	}
	s, err := toStr(t, v)
	return python.Str(s), err
}

// textMethod calls a method of str on the value as text.
func (in *invocation) textMethod(v python.Value, method string, args ...python.Value) (python.Value, error) {
	s, err := softStr(in.t, v)
	if err != nil {
		return nil, err
	}
	return python.CallMethod(in.t, s, method, args...)
}

// callNamed applies a filter or test by name to a value, for map, select and
// their like.
func (in *invocation) callNamed(table map[string]function, kind string, name, v python.Value,
	args []python.Value, kwargs []python.Keyword,
) (python.Value, error) {
	key, _ := python.Native(name).(python.Str)
	fn := table[string(key)]
	if fn == nil {
		r, err := python.Repr(in.t, name)
		if err != nil {
			return nil, err
		}
		msg := "No " + kind + " named " + r + "."
		if u, ok := name.(*undefined); ok {
			msg += " (" + u.message() + "; did you forget to quote the callable name?)"
		}
		return nil, python.Throw(python.NewException(TemplateRuntimeError, python.Str(msg)))
	}
	inner := &invocation{f: in.f, t: in.t, name: string(key), test: kind == "test", kwargs: kwargs}
	inner.args = append(append(make([]python.Value, 0, 1+len(args)), v), args...)
	return fn(inner)
}
