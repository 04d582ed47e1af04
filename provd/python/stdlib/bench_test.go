package stdlib_test

import (
	"context"
	"testing"

	"provbox/provd/python"
	"provbox/provd/python/stdlib"
)

// BenchmarkImport makes a library and imports what most plugin packages import.
func BenchmarkImport(b *testing.B) {
	programs := stdlib.NewPrograms()
	for _, c := range []struct {
		name    string
		modules []string
	}{
		{"usual", []string{"__future__", "typing", "logging", "re", "os.path", "operator"}},
		{"packaging", []string{"packaging.version"}},
		{"configparser", []string{"configparser"}},
		{"datetime", []string{"datetime", "time", "calendar"}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				th := python.NewThread(context.Background(), python.Limits{})
				lib := stdlib.New(stdlib.Options{Programs: programs})
				for _, name := range c.modules {
					if _, found, err := lib.Lookup(th, name); !found || err != nil {
						b.Fatal(name, err)
					}
				}
			}
		})
	}
}
