package syntax

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"provbox/provd/python/internal/chunked"
)

// FuzzParse checks that any source ends in a tree or in an *Error with a place
// in the file.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"testdata/*.py", "../testdata/*.py"} {
		files, err := filepath.Glob(pattern)
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
			if data, err := os.ReadFile(file); err == nil {
				f.Add(data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		m, err := Parse("fuzz.py", src)
		if err == nil {
			if m == nil || m.Scope == nil {
				t.Fatal("no error and no resolved tree")
			}
			return
		}
		var bad *Error
		if !errors.As(err, &bad) {
			t.Fatalf("error is a %T: %v", err, err)
		}
		if bad.Pos.Line < 1 || bad.Pos.Col < 1 || bad.Msg == "" {
			t.Fatalf("error without a place or message: %v", err)
		}
	})
}
