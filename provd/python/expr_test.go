package python

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestExpressions compares what expressions evaluate to with what CPython 3.11
// made of them. The expectations are written by testdata/exprs/generate.py.
func TestExpressions(t *testing.T) {
	t.Parallel()
	setup, err := os.ReadFile("testdata/exprs/setup.py")
	if err != nil {
		t.Fatal(err)
	}
	prelude, err := Compile("setup.py", setup)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/exprs/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no expectations: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var rows [][2]string
			if err := json.Unmarshal(data, &rows); err != nil {
				t.Fatal(err)
			}
			env := &Env{Builtins: Builtins()}
			globals := NewDict(0)
			globals.SetStr("__name__", Str("__main__"))
			if err := prelude.Exec(NewThread(context.Background(), Limits{}), globals, env); err != nil {
				t.Fatal(err)
			}
			failed := 0
			for _, row := range rows {
				if got := evaluate(row[0], globals, env); got != row[1] {
					failed++
					if failed <= maxShown {
						t.Errorf("%s\n got %s\nwant %s", row[0], got, row[1])
					}
				}
			}
			if failed > 0 {
				t.Errorf("%d of %d expressions differ", failed, len(rows))
			}
		})
	}
}

// maxShown bounds the differences a failing test prints.
const maxShown = 15

// evaluate returns the repr of an expression, or "!Class: message".
func evaluate(expr string, globals *Dict, env *Env) string {
	program, err := Compile("expr.py", []byte("_ = ("+expr+")\n"))
	if err != nil {
		return "!" + err.Error()
	}
	thread := NewThread(context.Background(), Limits{})
	if err := program.Exec(thread, globals, env); err != nil {
		return shown(thread, err)
	}
	v, _ := globals.GetStr("_")
	s, err := Repr(thread, v)
	if err != nil {
		return shown(thread, err)
	}
	return s
}

func shown(thread *Thread, err error) string {
	var exc *Exception
	if !errors.As(err, &exc) {
		return "!" + err.Error()
	}
	s, err := ToStr(thread, exc.Value)
	if err != nil {
		return "!" + err.Error()
	}
	return "!" + exc.Value.class.name + ": " + s
}
