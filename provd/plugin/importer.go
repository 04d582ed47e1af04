package plugin

import (
	"strings"

	"provbox/provd/plugin/host"
	"provbox/provd/python"
	"provbox/provd/python/stdlib"
)

// importer finds modules for one interpreter: those of the host, then those of
// the standard library.
type importer struct {
	library *stdlib.Library
	loaders map[string]host.Loader
	loaded  map[string]*python.Module
}

// Import is the import statement (see python.Env).
func (im *importer) Import(t *python.Thread, name string, fromlist []string, level int) (python.Value, error) {
	if level > 0 {
		return nil, python.Raise(python.ImportError, "attempted relative import with no known parent package")
	}
	var top, leaf *python.Module
	for i := 0; i <= len(name); i++ {
		if i < len(name) && name[i] != '.' {
			continue
		}
		m, err := im.module(t, canonical(name[:i]))
		if err != nil {
			return nil, err
		}
		if m == nil {
			return nil, missing(name[:i])
		}
		if top == nil {
			top = m
		}
		leaf = m
	}
	if len(fromlist) == 0 {
		return top, nil
	}
	for _, sub := range fromlist {
		if _, ok := leaf.Dict().GetStr(sub); ok || sub == "*" {
			continue
		}
		if _, err := im.module(t, canonical(name)+"."+sub); err != nil {
			return nil, err
		}
	}
	return leaf, nil
}

// canonical gives the modules of wazo-provd their name; packages for releases
// before 24.02 call the service provd.
func canonical(name string) string {
	if rest, ok := strings.CutPrefix(name, "provd"); ok && (rest == "" || rest[0] == '.') {
		return "wazo_provd" + rest
	}
	return name
}

// alongside are modules that come with another one: in CPython that one imports
// them itself, and packages rely on it.
func alongside(name string) []string {
	if name == "urllib.request" {
		return []string{"urllib.error", "urllib.parse"}
	}
	return nil
}

// module returns a module by its full name, nil when there is none. It becomes an
// attribute of its package.
func (im *importer) module(t *python.Thread, name string) (*python.Module, error) {
	if m := im.loaded[name]; m != nil {
		return m, nil
	}
	var m *python.Module
	if load := im.loaders[name]; load != nil {
		m = load(name)
	} else {
		v, found, err := im.library.Lookup(t, name)
		if err != nil || !found {
			return nil, err
		}
		m, _ = v.(*python.Module)
		if m == nil {
			return nil, nil
		}
	}
	im.loaded[name] = m
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		parent, err := im.module(t, name[:i])
		if err != nil {
			return nil, err
		}
		if parent != nil {
			parent.Dict().SetStr(name[i+1:], m)
		}
	}
	for _, other := range alongside(name) {
		if _, err := im.module(t, other); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func missing(name string) error {
	exc := python.NewException(python.ModuleNotFoundError, python.Str("No module named '"+name+"'"))
	exc.Attrs().SetStr("name", python.Str(name))
	return python.Throw(exc)
}
