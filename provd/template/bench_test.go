package template

import (
	"os"
	"testing"

	"provbox/provd/python"
)

// phoneFiles is a configuration of the size and kind that packages render, 5 KB
// for six lines and 24 keys.
func phoneFiles(t testing.TB) (mapLoader, *python.Dict) {
	t.Helper()
	files := mapLoader{}
	for _, name := range []string{"base.tpl", "phone.tpl", "keys.tpl"} {
		src, err := os.ReadFile("testdata/phone/" + name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = string(src)
	}
	data, err := os.ReadFile("testdata/phone/config.json")
	if err != nil {
		t.Fatal(err)
	}
	v, err := python.FromJSON(data)
	if err != nil {
		t.Fatal(err)
	}
	return files, v.(*python.Dict)
}

// TestPhone compares the render that is measured with Jinja2's.
func TestPhone(t *testing.T) {
	t.Parallel()
	files, vars := phoneFiles(t)
	want, err := os.ReadFile("testdata/phone/phone.cfg")
	if err != nil {
		t.Fatal(err)
	}
	if got := renderNamed(t, New(Config{Loader: files}), "phone.tpl", vars); got != string(want) {
		t.Errorf("rendered:\n%s", got)
	}
}

func BenchmarkRender(b *testing.B) {
	files, vars := phoneFiles(b)
	env := New(Config{Loader: files})
	b.ReportAllocs()
	for b.Loop() {
		tpl, err := env.Get("phone.tpl")
		if err != nil {
			b.Fatal(err)
		}
		out, err := tpl.Render(python.NewThread(b.Context(), python.Limits{}), vars)
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(out)))
	}
}

func BenchmarkCompile(b *testing.B) {
	files, _ := phoneFiles(b)
	env := New(Config{})
	b.ReportAllocs()
	for b.Loop() {
		for name, src := range files {
			if _, err := env.Parse(name, []byte(src)); err != nil {
				b.Fatal(err)
			}
		}
	}
}
