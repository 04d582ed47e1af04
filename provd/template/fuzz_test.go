package template

import (
	"encoding/json"
	"errors"
	"os"
	"testing"

	"provbox/provd/python"
)

// fuzzVars are the variables of the templates made up; they are fresh for each
// render because a template can change them.
const fuzzVars = `{"x": "X", "n": null, "t": true, "i": 42, "fl": 2.5, "s": "a <b>", "items": [1, 2, 3],
	"l": ["b", "A"], "d": {"a": 1, "b": {"c": 2}}, "users": [{"name": "bob", "age": 30}, {"name": "al"}]}`

// FuzzRender renders arbitrary templates with small limits: whatever they are,
// the outcome is a text, a Python exception or a limit.
func FuzzRender(f *testing.F) {
	for _, name := range []string{"scopes", "inherit", "loops", "filters"} {
		data, err := os.ReadFile("testdata/" + name + ".json")
		if err != nil {
			f.Fatal(err)
		}
		var cases []corpusCase
		if err := json.Unmarshal(data, &cases); err != nil {
			f.Fatal(err)
		}
		for i := range cases {
			if files := cases[i].files(f); i%7 == 0 {
				f.Add(files["main"], files["p"]+files["i"]+files["l"])
			}
		}
	}
	f.Fuzz(func(t *testing.T, main, other string) {
		env := New(Config{
			Loader:    mapLoader{"main": main, "p": other, "i": other, "l": other},
			MaxOutput: 1 << 16,
		})
		tpl, err := env.Get("main")
		if err == nil {
			own, ferr := python.FromJSON([]byte(fuzzVars))
			if ferr != nil {
				t.Fatal(ferr)
			}
			limits := python.Limits{Steps: 20_000, Alloc: 4 << 20, Depth: 40}
			_, err = tpl.Render(python.NewThread(t.Context(), limits), own.(*python.Dict))
		}
		var exc *python.Exception
		var limit *python.LimitError
		if err != nil && !errors.As(err, &exc) && !errors.As(err, &limit) {
			t.Errorf("error %T: %v", err, err)
		}
	})
}
