package python

import (
	"context"
	"errors"
	"sync"
	"testing"
)

func compileTest(t testing.TB, file, src string) *Program {
	t.Helper()
	p, err := Compile(file, []byte(src))
	if err != nil {
		t.Fatalf("compile: %v", err)
	}
	return p
}

// The pattern of plugin packages: entry.py runs common.py in a dict of its own
// or in its own globals (spec/plugins.md section 1).
func TestExecInSharedGlobals(t *testing.T) {
	t.Parallel()
	common := compileTest(t, "common.py", `
"""Common code."""
import pkg

base_version = pkg.value

class Base:
    def version(self):
        return base_version
    def model(self):
        return MODEL

def helper():
    return execfile_, base_version
`)
	entry := compileTest(t, "entry.py", `
common = {}
execfile_('common.py', common)
MODEL = 'mine'

class Plugin(common['Base']):
    IS_PLUGIN = True
    def version(self):
        return super().version() + 1

assert Plugin().version() == 2
try:
    Plugin().model()
    assert False
except NameError as e:
    assert str(e) == "name 'MODEL' is not defined"

execfile_('common.py')
assert Base().model() == 'mine'
base_version = 10
assert Base().version() == 10
assert Plugin().version() == 2
assert __doc__ == 'Common code.'
assert Base.__module__ == '__main__'
`)
	env := testEnv()
	globals := newGlobals()
	globals.SetStr("execfile_", NewBuiltin("execfile_", func(th *Thread, args []Value, _ []Keyword) (Value, error) {
		target := th.Globals()
		if len(args) > 1 {
			target = args[1].(*Dict)
			target.SetStr("execfile_", args[0])
			target.SetStr("__name__", Str("common"))
		}
		return None, common.Exec(th, target, env)
	}))
	if err := entry.Exec(NewThread(context.Background(), Limits{}), globals, env); err != nil {
		t.Fatal(err)
	}
	// A function is called long after its program has run, on another thread.
	plugin, _ := globals.GetStr("Plugin")
	th := NewThread(context.Background(), Limits{})
	obj, err := Call(th, plugin, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	v, err := CallMethod(th, obj, "version")
	if err != nil || v != Value(Int(2)) {
		t.Errorf("version() = %v, %v", v, err)
	}
	if th.frame != nil {
		t.Error("the thread still has a frame")
	}
}

func TestExecWithoutEnv(t *testing.T) {
	t.Parallel()
	th := NewThread(context.Background(), Limits{})
	p := compileTest(t, "a.py", "x = 1\ndef f(): return x\ny = f()")
	globals := NewDict(0)
	if err := p.Exec(th, globals, nil); err != nil {
		t.Fatal(err)
	}
	if v, _ := globals.GetStr("y"); v != Value(Int(1)) {
		t.Errorf("y = %v", v)
	}
	err := compileTest(t, "b.py", "import x").Exec(th, globals, &Env{})
	if !IsException(err, ImportError) {
		t.Errorf("import without Import: %v", err)
	}
	err = compileTest(t, "c.py", "len").Exec(th, globals, &Env{})
	if !IsException(err, NameError) {
		t.Errorf("len without Builtins: %v", err)
	}
}

// Errors of the host that are no Python exceptions pass through the program.
func TestHostErrorsAreNotCaught(t *testing.T) {
	t.Parallel()
	broken := errors.New("store: disk is gone")
	globals := newGlobals()
	globals.SetStr("fail", NewBuiltin("fail", func(*Thread, []Value, []Keyword) (Value, error) { return nil, broken }))
	p := compileTest(t, "a.py", "try:\n    fail()\nexcept BaseException:\n    pass\nfinally:\n    undefined")
	err := p.Exec(NewThread(context.Background(), Limits{}), globals, testEnv())
	if !errors.Is(err, broken) {
		t.Errorf("error %v, want the host's", err)
	}
}

// One Program may run on many threads at once.
func TestProgramIsShared(t *testing.T) {
	t.Parallel()
	p := compileTest(t, "a.py", `
class C(dict):
    def f(self, n):
        return [i for i in range(n) if i % 2] + list(x for x in 'ab')
out = C().f(6)
try:
    out.missing
except AttributeError as e:
    text = f'{e}'
`)
	env := testEnv()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 20 {
				globals := newGlobals()
				if err := p.Exec(NewThread(context.Background(), Limits{}), globals, env); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func TestGeneratorFromGo(t *testing.T) {
	t.Parallel()
	th := NewThread(context.Background(), Limits{})
	globals := newGlobals()
	p := compileTest(t, "a.py", `
def g():
    try:
        x = yield 'first'
        try:
            y = yield x
        except ValueError as e:
            y = str(e)
        return y
    finally:
        closed.append(1)
closed = []
`)
	if err := p.Exec(th, globals, testEnv()); err != nil {
		t.Fatal(err)
	}
	fn, _ := globals.GetStr("g")
	start := func() *Generator {
		v, err := Call(th, fn, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		return v.(*Generator)
	}
	check := func(step string, v Value, done bool, err error, want string, wantDone bool) {
		t.Helper()
		if err != nil || done != wantDone || v != Value(Str(want)) {
			t.Errorf("%s: %v, %v, %v; want %q, %v", step, v, done, err, want, wantDone)
		}
	}
	g := start()
	v, done, err := g.Send(th, None)
	check("first", v, done, err, "first", false)
	v, done, err = g.Send(th, Str("sent"))
	check("send", v, done, err, "sent", false)
	v, done, err = g.Throw(th, ValueErrorf("thrown"))
	check("throw", v, done, err, "thrown", true)
	if v, ok, err := g.Next(th); ok || err != nil {
		t.Errorf("finished generator: %v, %v, %v", v, ok, err)
	}
	if _, _, err := g.Throw(th, TypeErrorf("late")); !IsException(err, TypeError) {
		t.Errorf("throw into a finished generator: %v", err)
	}
	g = start()
	if _, _, err := g.Send(th, None); err != nil {
		t.Fatal(err)
	}
	if err := g.Close(th); err != nil {
		t.Errorf("close: %v", err)
	}
	closed, _ := globals.GetStr("closed")
	if n := closed.(*List).Len(); n != 2 {
		t.Errorf("finally ran %d times, want 2", n)
	}
}
