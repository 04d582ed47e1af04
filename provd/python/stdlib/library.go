package stdlib

import (
	"io"
	"strings"
	"time"

	"provbox/provd/python"
)

// Options is what a host injects into the modules of one program. The zero value
// is a library without files and without randomness, in UTC.
type Options struct {
	// Files is what os, os.path and io.open act on. Nil: the functions that need
	// files raise PermissionError.
	Files FileSystem
	// Open is the builtin open, for io.open and the modules written in the
	// dialect; nil means that there is none.
	Open python.Value
	// Dir is the working directory that os.getcwd and os.path.abspath show; ""
	// is "/".
	Dir string
	// Sleep is time.sleep; it returns when d is over, or the error that ends the
	// call. Nil: time.sleep raises RuntimeError.
	Sleep func(t *python.Thread, d time.Duration) error
	// Random is the source of uuid.uuid4, os.urandom and random. Nil: they raise
	// NotImplementedError.
	Random io.Reader
	// Programs keeps compiled modules; nil compiles them for this program alone.
	Programs *Programs
	// Location is the local time zone of datetime and time; nil is UTC.
	Location *time.Location
}

// Library holds the standard modules of one program. Modules are made when first
// asked for. A Library must not be used by two goroutines at once.
type Library struct {
	options Options
	modules map[string]*python.Module
	env     *python.Env // of the modules written in the dialect
}

// New returns the library of one program. It does no work.
func New(o Options) *Library {
	if o.Location == nil {
		o.Location = time.UTC
	}
	if o.Dir == "" {
		o.Dir = "/"
	}
	if o.Programs == nil {
		o.Programs = NewPrograms()
	}
	return &Library{options: o, modules: map[string]*python.Module{}}
}

// Lookup finds a module by its full name, making it when needed; found is false
// when the library has none of that name. An error means that a module written in
// the dialect could not run within t's limits.
func (l *Library) Lookup(t *python.Thread, name string) (m python.Value, found bool, err error) {
	mod, err := l.module(t, name)
	if mod == nil || err != nil {
		return nil, false, err
	}
	return mod, true, nil
}

// Has reports whether the library has a module of that full name.
func (l *Library) Has(name string) bool {
	_, ok := l.modules[name]
	return ok || goModule(name) != nil || hasSource(name)
}

// Import is the Import of a python.Env that knows these modules only. A host with
// modules of its own tries them first and falls back to it.
func (l *Library) Import(t *python.Thread, name string, fromlist []string, level int) (python.Value, error) {
	if level > 0 {
		return nil, python.Raise(python.ImportError, "attempted relative import with no known parent package")
	}
	top := name
	// Every package on the way is imported, the outermost first.
	for i := 0; i <= len(name); i++ {
		if i < len(name) && name[i] != '.' {
			continue
		}
		part := name[:i]
		m, err := l.module(t, part)
		if err != nil {
			return nil, err
		}
		if m == nil {
			return nil, notFound(part)
		}
		if top == name && i < len(name) {
			top = part
		}
	}
	if len(fromlist) == 0 {
		return l.modules[top], nil
	}
	m := l.modules[name]
	for _, sub := range fromlist {
		if _, ok := m.Dict().GetStr(sub); ok || sub == "*" {
			continue
		}
		// `from xml import sax` names a module, not an attribute.
		if _, err := l.module(t, name+"."+sub); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// notFound is the ModuleNotFoundError for a module that does not exist; the
// package it would be in does.
func notFound(name string) error {
	if i := strings.LastIndexByte(name, '.'); i > 0 && !isPackage(name[:i]) {
		return python.Raise(python.ModuleNotFoundError, "No module named '%s'; '%s' is not a package", name, name[:i])
	}
	return python.Raise(python.ModuleNotFoundError, "No module named '%s'", name)
}

// module returns the module, making it when needed; nil when there is none.
func (l *Library) module(t *python.Thread, name string) (*python.Module, error) {
	if m, ok := l.modules[name]; ok {
		return m, nil
	}
	var m *python.Module
	if build := goModule(name); build != nil {
		m = python.NewModule(name, python.NewDict(32))
		m.Dict().SetStr("__name__", python.Str(name))
		l.modules[name] = m
		build(l, builder{m.Dict(), name, t})
	}
	if hasSource(name) {
		if m == nil {
			m = python.NewModule(name, python.NewDict(32))
			m.Dict().SetStr("__name__", python.Str(name))
			l.modules[name] = m
		}
		if err := l.run(t, name, m.Dict()); err != nil {
			delete(l.modules, name)
			return nil, err
		}
	}
	if m == nil {
		return nil, nil
	}
	// A submodule is an attribute of its package.
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		if parent, err := l.module(t, name[:i]); err != nil {
			return nil, err
		} else if parent != nil {
			parent.Dict().SetStr(name[i+1:], m)
		}
	}
	return m, nil
}

// attr returns an attribute of one of the library's own Go modules.
func (l *Library) attr(t *python.Thread, module, name string) (python.Value, error) {
	m, err := l.module(t, module)
	if err != nil {
		return nil, err
	}
	if m != nil {
		if v, ok := m.Dict().GetStr(name); ok {
			return v, nil
		}
	}
	return nil, python.Raise(python.ImportError, "cannot import name '%s' from '%s'", name, module)
}
