package python

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"provbox/provd/python/internal/chunked"
)

// testModules are what scripts under testdata can import.
func testModules() map[string]*Module {
	make := func(name string, attrs ...any) *Module {
		ns := NewDict(0)
		ns.SetStr("__name__", Str(name))
		for i := 0; i < len(attrs); i += 2 {
			ns.SetStr(attrs[i].(string), attrs[i+1].(Value))
		}
		return NewModule(name, ns)
	}
	deep := make("pkg.sub.deep", "level", Int(3))
	sub := make("pkg.sub", "name", Str("sub"), "deep", deep)
	return map[string]*Module{
		"pkg":          make("pkg", "value", Int(1), "sub", sub),
		"pkg.sub":      sub,
		"pkg.sub.deep": deep,
		"pkg.star":     make("pkg.star", "__all__", NewList([]Value{Str("shown")}), "shown", Str("yes"), "hidden", Int(1)),
		"pkg.plain":    make("pkg.plain", "public", Int(1), "_private", Int(2)),
		"typing":       make("typing", "TYPE_CHECKING", False),
	}
}

// testEnv is an Env with the built-in names and the test modules.
func testEnv() *Env {
	modules := testModules()
	builtins := Builtins()
	return &Env{Builtins: builtins, Import: func(_ *Thread, name string, fromlist []string, level int) (Value, error) {
		if level > 0 {
			return nil, Raise(ImportError, "attempted relative import with no known parent package")
		}
		m, ok := modules[name]
		if !ok {
			return nil, Raise(ModuleNotFoundError, "No module named '%s'", name)
		}
		for i := range len(name) {
			if name[i] == '.' && len(fromlist) == 0 {
				return modules[name[:i]], nil
			}
		}
		return m, nil
	}}
}

func newGlobals() *Dict {
	globals := NewDict(0)
	globals.SetStr("__name__", Str("__main__"))
	return globals
}

// outcome is the line and message of a failure, or 0 and "".
func outcome(err error) (line int, message string) {
	var exc *Exception
	var syn *SyntaxError
	var limit *LimitError
	switch {
	case err == nil:
		return 0, ""
	case errors.As(err, &exc):
		bare := &Exception{Value: exc.Value}
		if len(exc.Traceback) > 0 {
			line = exc.Traceback[0].Line
		}
		return line, bare.Error()
	case errors.As(err, &syn):
		return int(syn.Pos.Line), "SyntaxError: " + syn.Msg
	case errors.As(err, &limit):
		return limit.Pos.Line, "LimitError: " + limit.What
	}
	return 0, err.Error()
}

func TestScripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.py")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		chunks, err := chunked.Read(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range chunks {
			t.Run(c.Name, func(t *testing.T) {
				t.Parallel()
				p, err := Compile(filepath.Base(file), []byte(c.Source))
				if err == nil {
					th := NewThread(context.Background(), Limits{Steps: 1_000_000})
					err = p.Exec(th, newGlobals(), testEnv())
				}
				if msg := c.Check(outcome(err)); msg != "" {
					t.Errorf("%s\n%v", msg, err)
				}
			})
		}
	}
}
