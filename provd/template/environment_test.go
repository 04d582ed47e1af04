package template

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd/python"
)

func renderNamed(t *testing.T, env *Environment, name string, vars *python.Dict) string {
	t.Helper()
	tpl, err := env.Get(name)
	if err != nil {
		t.Fatal(err)
	}
	out, err := tpl.Render(python.NewThread(t.Context(), python.Limits{}), vars)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestGetCompilesOncePerSource(t *testing.T) {
	t.Parallel()
	files := mapLoader{"a": "one", "b": "{% include 'a' %}"}
	env := New(Config{Loader: files})
	first, err := env.Get("a")
	if err != nil {
		t.Fatal(err)
	}
	if second, err := env.Get("a"); err != nil || second != first {
		t.Errorf("second Get gave %p, first %p, %v", second, first, err)
	}
	files["a"] = "two"
	if got := renderNamed(t, env, "a", nil) + renderNamed(t, env, "b", nil); got != "twotwo" {
		t.Errorf("after the change %q", got)
	}
	delete(files, "a")
	if _, err := env.Get("a"); !python.IsException(err, TemplateNotFound) {
		t.Errorf("after the removal %v", err)
	}
}

// stampedLoader counts how often it is read.
type stampedLoader struct {
	files  mapLoader
	stamps map[string]Stamp
	reads  int
}

func (l *stampedLoader) Source(name string) ([]byte, error) {
	l.reads++
	return l.files.Source(name)
}

func (l *stampedLoader) Stamp(name string) (Stamp, bool, error) {
	if _, ok := l.files[name]; !ok {
		return Stamp{}, false, fs.ErrNotExist
	}
	s, ok := l.stamps[name]
	return s, ok, nil
}

func TestStampsSpareReading(t *testing.T) {
	t.Parallel()
	l := &stampedLoader{files: mapLoader{"a": "one"}, stamps: map[string]Stamp{}}
	env := New(Config{Loader: l, CacheTemplates: 2})
	steps := []struct {
		name   string
		change func()
		want   string
		reads  int
	}{
		{"unknown stamp", func() {}, "one", 1},
		{"still unknown", func() {}, "one", 1},
		{"first stamp", func() { l.stamps["a"] = Stamp{Size: 3} }, "one", 1},
		{"same stamp", func() {}, "one", 0},
		{"another place", func() { l.stamps["a"] = Stamp{Place: 1, Size: 3} }, "one", 1},
		{"and again", func() {}, "one", 0},
		{"changed", func() { l.files["a"], l.stamps["a"] = "two", Stamp{Place: 1, Size: 3, ModTime: 1} }, "two", 1},
		{"the same after it", func() {}, "two", 0},
		{"unknown again", func() { l.files["a"] = "three"; delete(l.stamps, "a") }, "three", 1},
	}
	for _, s := range steps {
		s.change()
		l.reads = 0
		if got := renderNamed(t, env, "a", nil); got != s.want || l.reads != s.reads {
			t.Errorf("%s: %q after %d reads, want %q after %d", s.name, got, l.reads, s.want, s.reads)
		}
	}
	for i := range 10 {
		name := fmt.Sprint(i)
		l.files[name], l.stamps[name] = name, Stamp{Size: 1}
		renderNamed(t, env, name, nil)
	}
	if n := len(env.cache.stamps); n > 2 {
		t.Errorf("%d stamps are kept of 2 templates", n)
	}
	delete(l.files, "9")
	if _, err := env.Get("9"); !python.IsException(err, TemplateNotFound) {
		t.Errorf("after the removal %v", err)
	}
}

func TestCacheIsBounded(t *testing.T) {
	t.Parallel()
	files := mapLoader{}
	env := New(Config{Loader: files, CacheTemplates: 3, CacheBytes: 100})
	for i := range 20 {
		name := fmt.Sprint(i)
		files[name] = strings.Repeat("x", 10*i)
		if got := renderNamed(t, env, name, nil); got != files[name] {
			t.Errorf("template %s gave %q", name, got)
		}
		if n := env.cache.recent.Len(); n > 3 || n != len(env.cache.byName) || n > 1 && env.cache.bytes > 100 {
			t.Errorf("after %s the cache has %d templates of %d bytes", name, n, env.cache.bytes)
		}
	}
}

// failingLoader cannot read.
type failingLoader struct{}

func (failingLoader) Source(string) ([]byte, error) { return nil, fs.ErrPermission }

func TestGetErrors(t *testing.T) {
	t.Parallel()
	env := New(Config{Loader: mapLoader{"bad": "a\n{% if %}", "latin": "\xe9"}})
	for _, name := range []string{"", "nope", "../a", "a/../b", "a\\b", "a\x00", strings.Repeat("a", 2000)} {
		_, err := env.Get(name)
		if !python.IsException(err, TemplateNotFound) || !python.IsException(err, python.LookupError) {
			t.Errorf("Get(%.20q) gave %v", name, err)
		}
	}
	_, err := env.Get("bad")
	if got, want := fmt.Sprint(err), "bad:2: TemplateSyntaxError: Expected an expression, got 'end of statement block'"; got != want {
		t.Errorf("Get gave %q, want %q", got, want)
	}
	exc := python.ExceptionOf(err, TemplateSyntaxError)
	thread := python.NewThread(t.Context(), python.Limits{})
	attrs := map[string]string{}
	for _, name := range []string{"message", "lineno", "name", "filename"} {
		v, err := python.GetAttr(thread, exc, name)
		if err != nil {
			t.Fatal(err)
		}
		if attrs[name], err = python.ToStr(thread, v); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string]string{
		"message": "Expected an expression, got 'end of statement block'", "lineno": "2", "name": "bad", "filename": "bad",
	}
	if diff := cmp.Diff(want, attrs); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
	if _, err := env.Get("latin"); !python.IsException(err, python.UnicodeDecodeError) {
		t.Errorf("a source that is not UTF-8 gave %v", err)
	}
	if _, err := New(Config{Loader: failingLoader{}}).Get("a"); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("a loader that fails gave %v", err)
	}
	if _, err := New(Config{}).Get("a"); !python.IsException(err, python.TypeError) {
		t.Errorf("no loader gave %v", err)
	}
}

// The traceback names every template and line that the error passed through.
func TestErrorPositions(t *testing.T) {
	t.Parallel()
	env := New(Config{Loader: mapLoader{
		"main":  "\n{% extends 'base' %}\n{% block body %}\n{% include 'inc' %}{% endblock %}",
		"base":  "<\n\n{% block body %}{% endblock %}>",
		"inc":   "{% import 'lib' as lib %}\n\n{{ lib.fail(\n1) }}",
		"lib":   "{% macro fail(x) %}\n{% for i in [1] %}\n{{ x.y.z }}{% endfor %}{% endmacro %}",
		"loops": "{% for i in [[1]] recursive %}\n{{ loop(i) if i is iterable else 1 / 0 }}{% endfor %}",
	}})
	tests := []struct {
		name, want string
		frames     []python.Frame
	}{
		{"main", "lib:3: UndefinedError: 'int object' has no attribute 'y'", []python.Frame{
			{File: "lib", Line: 3, Function: "macro 'fail'"},
			{File: "inc", Line: 3, Function: "top-level template code"},
			{File: "main", Line: 4, Function: "block 'body'"},
			{File: "base", Line: 3, Function: "top-level template code"},
		}},
		{"loops", "loops:2: ZeroDivisionError: division by zero", []python.Frame{
			{File: "loops", Line: 2, Function: "loop"},
			{File: "loops", Line: 2, Function: "loop"},
			{File: "loops", Line: 1, Function: "top-level template code"},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tpl, err := env.Get(tt.name)
			if err != nil {
				t.Fatal(err)
			}
			_, err = tpl.Render(python.NewThread(t.Context(), python.Limits{}), nil)
			var exc *python.Exception
			if !errors.As(err, &exc) {
				t.Fatalf("Render gave %v", err)
			}
			if err.Error() != tt.want {
				t.Errorf("error %q, want %q", err, tt.want)
			}
			if diff := cmp.Diff(tt.frames, exc.Traceback); diff != "" {
				t.Errorf("frames (-want +got):\n%s", diff)
			}
		})
	}
}

func TestConfiguredNames(t *testing.T) {
	t.Parallel()
	twice := python.NewBuiltin("twice", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var v, sep python.Value = nil, python.Str("")
		if err := python.Unpack("twice", args, kwargs, "value", &v, "sep?", &sep); err != nil {
			return nil, err
		}
		sum, err := python.Binary(t, python.OpAdd, v, sep)
		if err != nil {
			return nil, err
		}
		return python.Binary(t, python.OpAdd, sum, v)
	})
	small := python.NewBuiltin("small", func(t *python.Thread, args []python.Value, _ []python.Keyword) (python.Value, error) {
		return python.Compare(t, python.OpLt, args[0], python.Int(10))
	})
	env := New(Config{
		Loader:  mapLoader{"main": "{{ 'a'|twice }}{{ 'b'|twice(sep='-') }}{{ 5 is small }}{{ [7, 70]|select('small')|list }}{{ site }}{{ name }}"},
		Filters: map[string]python.Value{"twice": twice},
		Tests:   map[string]python.Value{"small": small},
		Globals: map[string]python.Value{"site": python.Str("S"), "name": python.Str("global")},
	})
	vars := python.NewDict(1)
	vars.SetStr("name", python.Str("local"))
	if got, want := renderNamed(t, env, "main", vars), "aab-bTrue[7]Slocal"; got != want {
		t.Errorf("rendered %q, want %q", got, want)
	}
}

// Methods of plugin objects are called without conversion.
func TestObjectsAreShared(t *testing.T) {
	t.Parallel()
	list := python.NewList([]python.Value{python.Int(1)})
	vars := python.NewDict(1)
	vars.SetStr("l", list)
	env := New(Config{Loader: mapLoader{"main": "{% set _ = l.append(2) %}{{ l }}"}})
	if got := renderNamed(t, env, "main", vars); got != "[1, 2]" || list.Len() != 2 {
		t.Errorf("rendered %q, the list has %d items", got, list.Len())
	}
	if _, ok := vars.GetStr("_"); ok {
		t.Error("the template changed the variables it was given")
	}
}

func TestConcurrentRenders(t *testing.T) {
	t.Parallel()
	env := New(Config{CacheTemplates: 2, Loader: mapLoader{
		"main": "{% extends 'base' %}{% import 'lib' as lib %}{% block a %}{{ lib.f(n) }}{{ lib.c.next() }}{% endblock %}",
		"base": "{% for i in range(3) %}{% include 'inc' %}{% endfor %}{% block a %}{% endblock %}",
		"inc":  "{{ i }}{{ n }}",
		"lib":  "{% macro f(x) %}<{{ x }}>{% endmacro %}{% set c = cycler('odd', 'even') %}",
	}})
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			vars := python.NewDict(1)
			vars.SetStr("n", python.Int(n))
			for range 50 {
				tpl, err := env.Get("main")
				if err != nil {
					t.Error(err)
					return
				}
				out, err := tpl.Render(python.NewThread(t.Context(), python.Limits{}), vars)
				if want := strings.ReplaceAll("0n1n2n<n>odd", "n", fmt.Sprint(n)); err != nil || out != want {
					t.Errorf("rendered %q, %v, want %q", out, err, want)
					return
				}
			}
		})
	}
	wg.Wait()
}
