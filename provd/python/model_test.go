package python

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestModel runs scripts about classes, operators and containers and compares
// what they print with what CPython 3.11 printed (testdata/exprs/generate.py).
func TestModel(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/model/*.py")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".py"), func(t *testing.T) {
			t.Parallel()
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(strings.TrimSuffix(file, ".py") + ".out")
			if err != nil {
				t.Fatal(err)
			}
			program, err := Compile(filepath.Base(file), src)
			if err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			thread := NewThread(context.Background(), Limits{})
			thread.Print = func(text string) { out.WriteString(text) }
			globals := NewDict(0)
			globals.SetStr("__name__", Str("__main__"))
			if err := program.Exec(thread, globals, &Env{Builtins: Builtins()}); err != nil {
				t.Errorf("script failed: %v", err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(out.String(), "\n")); diff != "" {
				t.Errorf("output differs (-CPython +dialect):\n%s", diff)
			}
		})
	}
}
