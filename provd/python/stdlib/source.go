package stdlib

import (
	"embed"
	"fmt"
	"strings"
	"sync"

	"provbox/provd/python"
)

// sources are the modules written in the dialect.
//
//go:embed all:lib
var sources embed.FS

func sourceFile(name string) string {
	return "lib/" + strings.ReplaceAll(name, ".", "/") + ".py"
}

// hasSource reports whether a module is written in the dialect, at least partly:
// the source runs in the namespace that Go filled before.
func hasSource(name string) bool {
	if strings.ContainsAny(name, "/\\") {
		return false
	}
	f, err := sources.Open(sourceFile(name))
	if err != nil {
		return false
	}
	return f.Close() == nil
}

// isPackage reports whether a module may have submodules.
func isPackage(name string) bool {
	switch name {
	case "collections", "json", "logging", "html", "xml", "xml.sax", "urllib", "packaging":
		return true
	}
	return false
}

// Programs keeps the compiled form of the modules written in the dialect, for
// any number of libraries. It is safe for concurrent use.
type Programs struct {
	mu       sync.Mutex
	compiled map[string]*python.Program
}

// NewPrograms returns an empty set.
func NewPrograms() *Programs { return &Programs{compiled: map[string]*python.Program{}} }

func (p *Programs) get(name string) (*python.Program, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if prog, ok := p.compiled[name]; ok {
		return prog, nil
	}
	src, err := sources.ReadFile(sourceFile(name))
	if err != nil {
		return nil, fmt.Errorf("read module %s: %w", name, err)
	}
	prog, err := python.Compile("<"+name+">", src)
	if err != nil {
		return nil, fmt.Errorf("compile module %s: %w", name, err)
	}
	p.compiled[name] = prog
	return prog, nil
}

// run executes a module written in the dialect.
func (l *Library) run(t *python.Thread, name string, globals *python.Dict) error {
	prog, err := l.options.Programs.get(name)
	if err != nil {
		return err
	}
	if l.env == nil {
		l.env = &python.Env{Builtins: python.Builtins(), Import: l.Import}
		if l.options.Open != nil {
			l.env.Builtins.SetStr("open", l.options.Open)
		}
	}
	return prog.Exec(t, globals, l.env)
}
