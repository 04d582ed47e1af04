package python

import "provbox/provd/python/syntax"

// Program is a compiled module. It is immutable and may be shared by threads
// and run any number of times.
type Program struct{ code *code }

// Env is what a program finds outside its own globals.
type Env struct {
	// Builtins are the names that globals do not hide; see Builtins. The dict
	// may be shared by threads that run at the same time only if none of them
	// changes it.
	Builtins *Dict
	// Import serves import statements, with the meaning of __import__: without
	// fromlist it returns the top-level package of a dotted name, with one the
	// module itself, whose submodules named in fromlist are then attributes of
	// it. level counts the leading dots of a relative import. Nil means that
	// nothing can be imported.
	Import func(t *Thread, name string, fromlist []string, level int) (Value, error)
}

// Compile compiles the source text of a module. The file name is used in errors
// and tracebacks. Errors are *SyntaxError; their number and cost are bounded
// (package syntax).
func Compile(filename string, src []byte) (*Program, error) {
	m, err := syntax.Parse(filename, src)
	if err != nil {
		return nil, err
	}
	c, err := compileModule(m)
	if err != nil {
		return nil, err
	}
	return &Program{c}, nil
}

// Filename returns the name given to Compile.
func (p *Program) Filename() string { return p.code.file }

// Doc returns the module's docstring, or "".
func (p *Program) Doc() string {
	s, _ := p.code.doc.(Str)
	return string(s)
}

// Exec runs the program with the given globals, which it adds to. Several
// programs may be run in the same globals, one after the other or one inside a
// call made by the other; functions remember the globals and env they were made
// in. Errors are *Exception, *LimitError, or what a host function returned.
func (p *Program) Exec(t *Thread, globals *Dict, env *Env) error {
	if env == nil {
		env = &Env{}
	}
	f := newFrame(p.code, globals, env, nil)
	if p.code.doc != Value(None) {
		globals.SetStr("__doc__", p.code.doc)
	}
	_, err := f.enter(t)
	return err
}

// linkCode defines the classes of the values that running code makes.
func linkCode() {
	FunctionClass.define(ClassSpec{NoNew: true, Final: true, Methods: functionMethods(), Getters: map[string]GetFunc{
		"__dict__": func(_ *Thread, self Value) (Value, error) {
			fn, ok := self.(*Function)
			if !ok {
				return nil, noAttribute(self, "__dict__")
			}
			return fn.dict(), nil
		},
	}})
	GeneratorClass.define(ClassSpec{NoNew: true, Final: true, Methods: generatorMethods()})
	cellClass.define(ClassSpec{NoNew: true, Final: true})
}
