package python

import "strings"

// execImport executes import statements.
func (f *frame) execImport(t *Thread, in instr) error {
	switch in.op() {
	case opImport:
		spec := &f.code.imports[in.arg()]
		if f.env.Import == nil {
			return Raise(ImportError, "__import__ not found")
		}
		m, err := f.env.Import(t, spec.name, spec.fromlist, spec.level)
		if err != nil {
			return err
		}
		f.push(m)
	case opImportFrom:
		return f.importFrom(t, f.top(0), f.code.names[in.arg()].text)
	case opImportStar:
		return f.importStar(t, f.pop())
	}
	return nil
}

func (f *frame) importFrom(t *Thread, m Value, name string) error {
	v, ok, err := LookupAttr(t, m, name)
	if err != nil {
		return err
	}
	if !ok {
		return Raise(ImportError, "cannot import name '%s' from '%s' (unknown location)", name, moduleName(t, m))
	}
	f.push(v)
	return nil
}

func moduleName(t *Thread, m Value) string {
	if v, ok, err := LookupAttr(t, m, "__name__"); ok && err == nil {
		if s, ok := v.(Str); ok {
			return string(s)
		}
	}
	return "<unknown module name>"
}

// importStar is "from m import *": the names in __all__, or all that do not
// begin with an underscore.
func (f *frame) importStar(t *Thread, m Value) error {
	all, ok, err := LookupAttr(t, m, "__all__")
	if err != nil {
		return err
	}
	set := func(name string) error {
		v, err := GetAttr(t, m, name)
		if err == nil {
			f.globals.SetStr(name, v)
		}
		return err
	}
	if ok {
		return Iterate(t, all, func(v Value) error {
			name, ok := v.(Str)
			if !ok {
				return TypeErrorf("Item in %s.__all__ must be str, not %s", moduleName(t, m), TypeName(v))
			}
			return set(string(name))
		})
	}
	module, ok := m.(*Module)
	if !ok {
		return Raise(ImportError, "from-import-* object has no __dict__ and no __all__")
	}
	ns := module.Dict()
	var names []string
	for k := range ns.All() {
		if name, ok := k.(Str); ok && !strings.HasPrefix(string(name), "_") {
			names = append(names, string(name))
		}
	}
	for _, name := range names {
		if err := set(name); err != nil {
			return err
		}
	}
	return nil
}
