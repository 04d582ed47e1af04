package stdlib_test

import (
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"provbox/provd/python"
	"provbox/provd/python/stdlib"
)

var update = flag.Bool("update", false, "rewrite the .out files by running the scripts with CPython 3.11 (python3)")

// clock is the time of every test.
var clock = time.Date(2024, 2, 29, 13, 5, 9, 123456000, time.UTC)

func newThread(t *testing.T, l python.Limits) *python.Thread {
	t.Helper()
	th := python.NewThread(context.Background(), l)
	th.Now = func() time.Time { return clock }
	return th
}

// run executes a program with a library of its own and returns what it printed.
func run(t *testing.T, th *python.Thread, o stdlib.Options, name string, src []byte) (string, error) {
	t.Helper()
	var out strings.Builder
	th.Print = func(s string) { out.WriteString(s) }
	prog, err := python.Compile(name, src)
	if err != nil {
		t.Fatal(err)
	}
	lib := stdlib.New(o)
	globals := python.NewDict(0)
	globals.SetStr("__name__", python.Str("__main__"))
	err = prog.Exec(th, globals, &python.Env{Builtins: python.Builtins(), Import: lib.Import})
	return out.String(), err
}

// TestScripts runs testdata/*.py and compares what they print with what CPython
// printed.
func TestScripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.py")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".py"), func(t *testing.T) {
			t.Parallel()
			golden := strings.TrimSuffix(file, ".py") + ".out"
			if *update {
				cmd := exec.Command("python3", "-P", "-W", "ignore", file)
				cmd.Env = append(os.Environ(), "TZ=UTC", "PYTHONHASHSEED=0", "PYTHONIOENCODING=utf-8")
				out, err := cmd.Output()
				if err != nil {
					t.Fatalf("%s: %v", file, err)
				}
				if err := os.WriteFile(golden, out, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			got, err := run(t, newThread(t, python.Limits{}), stdlib.Options{}, filepath.Base(file), src)
			if err != nil {
				t.Errorf("%v", err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("-CPython +got\n%s", diff)
			}
		})
	}
}
