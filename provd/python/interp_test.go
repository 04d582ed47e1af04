package python

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// execSource compiles and runs a source text.
func execSource(t *testing.T, l Limits, src string) (*Dict, error) {
	t.Helper()
	p, err := Compile("test.py", []byte(src))
	if err != nil {
		t.Fatalf("compile: %v", err)
	}
	globals := newGlobals()
	return globals, p.Exec(NewThread(context.Background(), l), globals, testEnv())
}

func mustRaise(t *testing.T, src string) *Exception {
	t.Helper()
	_, err := execSource(t, Limits{}, src)
	var exc *Exception
	if !errors.As(err, &exc) {
		t.Fatalf("error is %v, want an exception", err)
	}
	return exc
}

func TestTraceback(t *testing.T) {
	t.Parallel()
	exc := mustRaise(t, `
def inner():
    raise ValueError('text')

class C:
    def method(self):
        try:
            inner()
        finally:
            pass

def gen():
    yield C().method()

f = lambda: [x for x in gen()]
f()
`)
	var got []string
	for _, f := range exc.Traceback {
		got = append(got, fmt.Sprintf("%s %d:%d", f.Function, f.Line, f.Col))
	}
	want := []string{
		"inner 3:5", "method 8:13", "gen 13:15", "<listcomp> 15:13", "<lambda> 15:13", "<module> 16:1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("traceback (-want +got):\n%s", diff)
	}
	if got, want := exc.Error(), "test.py:3: ValueError: text"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
}

// A re-raised exception keeps where it came from, and does not collect the same
// frame twice.
func TestTracebackOfReraise(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"raise", "raise e"} {
		exc := mustRaise(t, `
def f():
    1 / 0
def g():
    try:
        f()
    except ZeroDivisionError as e:
        `+how+`
g()
`)
		var got []string
		for _, f := range exc.Traceback {
			got = append(got, fmt.Sprintf("%s %d", f.Function, f.Line))
		}
		want := []string{"f 3", "g 6", "<module> 9"}
		if how == "raise e" {
			want = []string{"f 3", "g 6", "g 8", "<module> 9"}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", how, diff)
		}
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, src, what string
		line            int
	}{
		{"endless loop", "while True:\n    pass", "steps", 1},
		{"endless for", "def g():\n    while True:\n        yield\nfor _ in g(): pass", "steps", 0},
		{"recursion", "def f():\n    f()\nf()", "recursion depth", 2},
		{"mutual recursion in methods", "class C:\n    def __getattr__(self, n):\n        return self.x\nC().x", "recursion depth", 3},
		{"recursion in __repr__", "class C:\n    def __repr__(self):\n        return repr(self)\nrepr(C())", "recursion depth", 0},
		{"recursion in class bodies", "def f():\n    class C:\n        f()\nf()", "recursion depth", 0},
		{"recursive generators", "def g():\n    yield from g()\nnext(g())", "recursion depth", 2},
		{"growing list", "x = []\nwhile True:\n    x = [x, x]", "memory", 3},
		{"growing tuple", "x = ()\nwhile True:\n    x = (*x, *x, 1)", "memory", 3},
		{"growing dict", "x = {}\nn = 0\nwhile True:\n    x[n] = {}\n    n += 1", "memory", 4},
		{"doubling string", "x = 'x'\nwhile True:\n    x = f'{x}{x}'", "memory", 3},
		{"closures", "x = []\nwhile True:\n    x.append(lambda: 0)", "memory", 3},
		{"generators", "def g():\n    yield\nx = []\nwhile True:\n    x.append(g())", "memory", 5},
		{"classes", "x = []\nwhile True:\n    class C: pass\n    x.append(C)", "memory", 0},
		{"bound methods", "class C:\n    def f(self): pass\nc = C()\nx = []\nwhile True:\n    x.append(c.f)", "memory", 6},
		{"sets", "x = []\nwhile True:\n    x.append(set())", "memory", 3},
		{"numbers", "x = []\nn = 10**10\nwhile True:\n    x.append(n + 1.5)", "memory", 4},
		{"arguments", "def f(*a, **k): return f(*a, *a, 1)\nf()", "", 1},
		{"comprehension", "[x for x in iter(int, 1)]", "", 1},
		{"nested comprehensions", "[1 for a in range(10**9) for b in range(10**9)]", "", 1},
		{"sorted key", "sorted(range(10**9), key=lambda x: -x)", "", 0},
		{"caught by nothing", "while True:\n    try:\n        while True: pass\n    except BaseException:\n        pass\n    except:\n        pass", "steps", 3},
		{"finally does not run", "try:\n    while True: pass\nfinally:\n    print('ran')", "steps", 2},
		{"with does not exit", "class C:\n    def __enter__(self): pass\n    def __exit__(self, *a):\n        print('ran')\n        return True\nwith C():\n    while True: pass", "steps", 7},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, err := Compile("test.py", []byte(tt.src))
			if err != nil {
				t.Fatal(err)
			}
			th := NewThread(context.Background(), Limits{Steps: 300_000, Alloc: 4 << 20, Depth: 100})
			th.Print = func(text string) { t.Errorf("printed %q", text) }
			err = p.Exec(th, newGlobals(), testEnv())
			var limit *LimitError
			if !errors.As(err, &limit) {
				t.Fatalf("error is %v, want a limit", err)
			}
			if tt.what != "" && limit.What != tt.what {
				t.Errorf("limit %q, want %q", limit.What, tt.what)
			}
			if tt.line > 0 && limit.Pos.Line != tt.line {
				t.Errorf("place %v, want line %d", limit.Pos, tt.line)
			}
			if limit.Pos.File != "test.py" {
				t.Errorf("place %v has no file", limit.Pos)
			}
		})
	}
}

func TestContextEndsProgram(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	p, err := Compile("test.py", []byte("while True:\n    stop()"))
	if err != nil {
		t.Fatal(err)
	}
	globals := newGlobals()
	globals.SetStr("stop", NewBuiltin("stop", func(*Thread, []Value, []Keyword) (Value, error) {
		cancel()
		return None, nil
	}))
	err = p.Exec(NewThread(ctx, Limits{}), globals, testEnv())
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

// Steps are charged exactly, whichever way a function is left.
func TestStepsAreCounted(t *testing.T) {
	t.Parallel()
	steps := func(src string) int64 {
		p, err := Compile("test.py", []byte(src))
		if err != nil {
			t.Fatal(err)
		}
		th := NewThread(context.Background(), Limits{})
		if err := p.Exec(th, newGlobals(), testEnv()); err != nil {
			t.Fatal(err)
		}
		return th.Steps()
	}
	tests := []struct{ name, setup, each string }{
		{"call", "def f():\n    return 1\n", "f()\n"},
		{"raise", "def f():\n    raise ValueError\n", "try: f()\nexcept ValueError: pass\n"},
		{"yield", "def f():\n    while True: yield\ng = f()\n", "next(g)\n"},
	}
	for _, tt := range tests {
		ten := steps(tt.setup + strings.Repeat(tt.each, 10))
		twenty := steps(tt.setup + strings.Repeat(tt.each, 20))
		thirty := steps(tt.setup + strings.Repeat(tt.each, 30))
		if thirty-twenty != twenty-ten || twenty-ten < 10*6 {
			t.Errorf("%s: %d, %d, %d steps for 10, 20, 30 times", tt.name, ten, twenty, thirty)
		}
	}
}

func TestHandled(t *testing.T) {
	t.Parallel()
	p, err := Compile("test.py", []byte(`
note()
try:
    1 / 0
except ZeroDivisionError:
    def f():
        note()
    f()
    try:
        raise KeyError('k')
    except KeyError:
        note()
    note()
note()
`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	globals := newGlobals()
	globals.SetStr("note", NewBuiltin("note", func(th *Thread, _ []Value, _ []Keyword) (Value, error) {
		name := "none"
		if h := th.Handled(); h != nil {
			name = fmt.Sprintf("%s at %d", h.Value.Type().Name(), h.Traceback[0].Line)
		}
		got = append(got, name)
		return None, nil
	}))
	if err := p.Exec(NewThread(context.Background(), Limits{}), globals, testEnv()); err != nil {
		t.Fatal(err)
	}
	want := []string{"none", "ZeroDivisionError at 4", "KeyError at 10", "ZeroDivisionError at 4", "none"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("handled (-want +got):\n%s", diff)
	}
}

// What a comprehension makes room for is charged, and an iterator that is at its
// end, or that cannot go on, gives none.
func TestComprehensionsOfIterators(t *testing.T) {
	t.Parallel()
	globals, err := execSource(t, Limits{}, `
d = {n: str(n) for n in range(100)}
same = {k: v for k, v in d.items()} == d
few = [n for n in list(d) if n > 97]
it = iter([1, 2])
first = list(it)
none = [n for n in it]
it = iter(d.items())
next(it)
d['x'] = 1
try:
    {k: v for k, v in it}
except RuntimeError as e:
    first_error = str(e)
try:
    {k: v for k, v in it}
except RuntimeError as e:
    second_error = str(e)
def given(it):
    return [], {}
empty = given(iter((1, 2, 3)))
`)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, name := range []string{"same", "few", "first", "none", "first_error", "second_error", "empty"} {
		v, _ := globals.GetStr(name)
		if got[name], err = Repr(testThread(), v); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string]string{
		"same": "True", "few": "[98, 99]", "first": "[1, 2]", "none": "[]", "empty": "([], {})",
		"first_error":  "'dictionary changed size during iteration'",
		"second_error": "'dictionary changed size during iteration'",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	_, err = execSource(t, Limits{Alloc: 20 << 10}, "d = list(range(64))\nfor i in range(1000):\n    [n for n in d if n < 0]\n")
	var limit *LimitError
	if !errors.As(err, &limit) || limit.What != "memory" {
		t.Errorf("room for much is not charged: %v", err)
	}
}
