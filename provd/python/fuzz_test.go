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
