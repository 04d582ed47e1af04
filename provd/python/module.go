package python

// Module is a Python module: a name and its namespace.
type Module struct {
	name string
	ns   *Dict
}

// NewModule returns a module over ns, which is not copied; nil means a new one.
// The namespace gets a __name__ when it has none.
func NewModule(name string, ns *Dict) *Module {
	if ns == nil {
		ns = new(Dict)
	}
	if _, ok := ns.GetStr("__name__"); !ok {
		ns.SetStr("__name__", Str(name))
	}
	return &Module{name: name, ns: ns}
}

// Type returns ModuleClass.
func (*Module) Type() *Class { return ModuleClass }

// Name returns the module's __name__.
func (m *Module) Name() string { return m.name }

// Dict returns the module's namespace.
func (m *Module) Dict() *Dict { return m.ns }

func (m *Module) attr(name string, h uint64) (Value, bool) {
	if i := m.ns.findStr(h, name); i >= 0 {
		return m.ns.entries[i].value, true
	}
	return m.ns, name == "__dict__"
}

func linkModule() {
	ModuleClass.define(ClassSpec{
		New: func(_ *Thread, _ *Class, args []Value, kwargs []Keyword) (Value, error) {
			var name string
			err := Unpack("module", args, kwargs, "name", &name)
			return NewModule(name, nil), err
		},
		Methods: map[string]MethodFunc{
			"__repr__": func(_ *Thread, self Value, _ []Value, _ []Keyword) (Value, error) {
				if m, ok := Native(self).(*Module); ok {
					return Str("<module '" + m.name + "'>"), nil
				}
				return Str(objectRepr(self)), nil
			},
		},
	})
}
