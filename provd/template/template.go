package template

import (
	"strings"

	"provbox/provd/python"
)

// Template is a compiled template. It is safe for concurrent use.
type Template struct {
	env    *Environment
	name   string
	source string
	root   *code
	// blocks are the blocks of this source by name, in the order of the source.
	blocks     map[string]*code
	blockNames []string
}

// Name returns the name the template was loaded by.
func (t *Template) Name() string { return t.name }

// Render runs the template with the members of vars as variables; vars may be
// nil and is not changed. The error is a *python.Exception with the place in the
// template in its traceback, a *python.LimitError, or an error of the loader.
func (t *Template) Render(thread *python.Thread, vars *python.Dict) (string, error) {
	r := &render{t: thread, env: t.env}
	ctx := newContext(t, &names{dict: vars, next: &names{dict: t.env.globals}})
	out := r.newOutput()
	if err := out.reserve(int(t.root.lastSize.Load())); err != nil {
		return "", err
	}
	if err := r.run(t.root, ctx, nil, out); err != nil {
		return "", err
	}
	size := out.b.Len()
	t.root.lastSize.Store(int64(size))
	if out.b.Cap()-size > size/4+64 {
		// It may be kept for long: not with the room of a larger one.
		return strings.Clone(out.String()), nil
	}
	return out.String(), nil
}

// render is the state of one call of Render.
type render struct {
	t   *python.Thread
	env *Environment
	// loaded are the templates used so far, so that a loop with an include asks
	// the loader once and one render never mixes two versions of a source.
	loaded map[string]*Template
	// modules are the templates imported without context.
	modules map[*Template]*module
	// stack holds the arguments of the calls that are going on, spare the
	// invocations that are not.
	stack []python.Value
	spare []*invocation
}

// load returns a template by name. The error raises TemplateNotFound when there
// is none.
func (r *render) load(name string) (*Template, error) {
	if t := r.loaded[name]; t != nil {
		return t, nil
	}
	t, err := r.env.Get(name)
	if err != nil {
		return nil, err
	}
	if r.loaded == nil {
		r.loaded = map[string]*Template{}
	}
	if err := r.t.Alloc(int64(len(name)) + 64); err != nil {
		return nil, err
	}
	r.loaded[name] = t
	return t, nil
}

// loadValue is environment.get_template for a value.
func (r *render) loadValue(v python.Value) (*Template, error) {
	switch v := v.(type) {
	case python.Str:
		return r.load(string(v))
	case *undefined:
		return nil, v.fail()
	}
	if s, ok := python.Native(v).(python.Str); ok {
		return r.load(string(s))
	}
	if _, err := python.Hash(r.t, v); err != nil {
		return nil, err // Jinja2 looks in its cache first
	}
	s, err := python.ToStr(r.t, v)
	if err != nil {
		return nil, err
	}
	return nil, notFound(s)
}

// selectTemplate is environment.select_template: the first that exists.
func (r *render) selectTemplate(v python.Value) (*Template, error) {
	if u, ok := v.(*undefined); ok {
		return nil, u.fail()
	}
	some, err := python.Truth(r.t, v)
	if err != nil {
		return nil, err
	}
	if !some {
		return nil, templatesNotFound(nil, "Tried to select from an empty list of templates.")
	}
	tried, err := python.ListOf(r.t, v)
	if err != nil {
		return nil, err
	}
	msg := "none of the templates given were found: "
	for i, name := range tried {
		t, err := r.loadValue(name)
		if err == nil {
			return t, nil
		}
		if !isAny(err, TemplateNotFound, UndefinedError) {
			return nil, err
		}
		if i > 0 {
			msg += ", "
		}
		if u, ok := name.(*undefined); ok {
			msg += u.message()
			continue
		}
		s, err := python.ToStr(r.t, name)
		if err != nil {
			return nil, err
		}
		msg += s
	}
	return nil, templatesNotFound(tried, msg)
}

func templatesNotFound(tried []python.Value, msg string) error {
	exc := python.NewException(TemplatesNotFound, python.Str(msg))
	exc.Attrs().SetStr("templates", python.NewList(tried))
	var last python.Value = python.None
	if len(tried) > 0 {
		last = tried[len(tried)-1]
	}
	exc.Attrs().SetStr("name", last)
	return python.Throw(exc)
}
