package python

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"provbox/provd/python/internal/chunked"
)

// FuzzExec checks that any source either does not compile, or compiles to
// well-formed code that ends within its limits with an error of a known kind.
func FuzzExec(f *testing.F) {
	files, err := filepath.Glob("testdata/*.py")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		chunks, err := chunked.Read(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, c := range chunks {
			f.Add([]byte(c.Source))
		}
	}
	for _, src := range []string{
		"while True: pass",
		"def f(): f()\nf()",
		"x = [x for x in range(1 << 62) if not x]",
		"x = 'a' * (1 << 28)",
		"x = 1 << (1 << 40)",
		"x = ()\nwhile True: x = (*x, *x, 1)",
		"def g():\n  yield from g()\nlist(g())",
		"def f(*a, **k): return f(*a, *a, **k)\nf(1)",
		"class C:\n  def __getattr__(self, n): return getattr(self, n + 'x')\nC().x",
		"class C(metaclass=lambda *a: a[2]): f = lambda: super()\nC['__classcell__'].x",
		"try:\n  raise\nfinally:\n  while True:\n    try: continue\n    finally: break",
		"globals()['__name__'] = globals()\nrepr(globals())\nlocals()[()] = 1\n(lambda: 0).__dict__[1] = 2",
	} {
		f.Add([]byte(src))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		p, err := Compile("fuzz.py", src)
		if err != nil {
			var bad *SyntaxError
			if !errors.As(err, &bad) {
				t.Fatalf("compile error is a %T: %v", err, err)
			}
			return
		}
		if err := verify(p.code); err != nil {
			t.Fatal(err)
		}
		th := NewThread(context.Background(), Limits{Steps: 20_000, Alloc: 1 << 20, Depth: 50, Output: 1 << 10})
		err = p.Exec(th, newGlobals(), testEnv())
		var exc *Exception
		var limit *LimitError
		if err != nil && !errors.As(err, &exc) && !errors.As(err, &limit) {
			t.Fatalf("run error is a %T: %v", err, err)
		}
		if th.frame != nil || th.depth != 0 {
			t.Fatalf("the thread is left with frame %v and depth %d", th.frame, th.depth)
		}
	})
}
