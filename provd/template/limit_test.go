package template

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd/python"
)

// Every way found to make a template use more than its share ends with the
// limit that it breaks, at the template's own place.
func TestLimits(t *testing.T) {
	t.Parallel()
	limits := python.Limits{Steps: 300_000, Alloc: 32 << 20}
	tests := []struct {
		name  string
		files mapLoader
		what  string
	}{
		{"a loop of a thousand million texts", mapLoader{"main": "{% for i in range(10**9) %}0123456789{% endfor %}"}, "steps"},
		{"a thousand million bytes", mapLoader{"main": "{% set x = 'x' * 1000000 %}{% for i in range(1000) %}{{ x }}{% endfor %}"}, "memory"},
		{"a loop with nothing in it", mapLoader{"main": "{% for i in range(10**12) %}{% endfor %}"}, "steps"},
		{"a loop that filters everything out", mapLoader{"main": "{% for i in range(10**12) if i < 0 %}{% endfor %}"}, "steps"},
		{"a filter without end", mapLoader{"main": "{{ range(10**12)|reject('number')|first }}"}, "steps"},
		{"a repeated text", mapLoader{"main": "{{ 'a' * 10**9 }}"}, "memory"},
		{"a repeated list", mapLoader{"main": "{{ [1] * 10**9 }}"}, "memory"},
		{"a long list", mapLoader{"main": "{{ range(10**9)|list|length }}"}, "steps"},
		{"a great power", mapLoader{"main": "{{ 10 ** (10 ** 8) }}"}, "integer size"},
		{"a padded number", mapLoader{"main": "{{ '%1000000000d'|format(1) }}"}, "memory"},
		{"a centred text", mapLoader{"main": "{{ 'a'|center(10**9) }}"}, "memory"},
		{"an indented text", mapLoader{"main": "{{ 'a'|indent(10**9) }}"}, "memory"},
		{"many indented lines", mapLoader{"main": "{{ ('a\\n' * 10000)|indent(10000) }}"}, "memory"},
		{"a filled batch", mapLoader{"main": "{{ [1]|batch(10**9, 'x')|list }}"}, "memory"},
		{"slices without end", mapLoader{"main": "{{ [1]|slice(10**12)|list }}"}, "steps"},
		{"a replacement", mapLoader{"main": "{{ ('a' * 10000)|replace('a', 'b' * 10000) }}"}, "memory"},
		{"a joined text", mapLoader{"main": "{{ range(10000)|join('b' * 10000) }}"}, "memory"},
		{"an escaped text", mapLoader{"main": "{% set x = '<' * 10**6 %}{% for i in range(10) %}{% set y = x|e %}{% endfor %}"}, "memory"},
		{"a text that doubles", mapLoader{
			"main": "{% set n = namespace(x='a') %}{% for i in range(60) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
		}, "memory"},
		{"a captured text that doubles", mapLoader{
			"main": "{% set n = namespace(x='a') %}{% for i in range(60) %}{% set n.x %}{{ n.x }}{{ n.x }}{% endset %}{% endfor %}",
		}, "memory"},
		{"a structure shared many times, shown", mapLoader{
			"main": "{% set n = namespace(x=[1]) %}{% for i in range(40) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x }}",
		}, "steps"},
		{"a structure shared many times, as JSON", mapLoader{
			"main": "{% set n = namespace(x=[1]) %}{% for i in range(40) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x|tojson }}",
		}, "steps"},
		{"a structure shared many times, pretty", mapLoader{
			"main": "{% set n = namespace(x=[1]) %}{% for i in range(40) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x|pprint }}",
		}, "steps"},
		{"a list in itself as JSON", mapLoader{
			"main": "{% set l = [] %}{% set _ = l.append(l) %}{{ l|tojson }}",
		}, "recursion depth"},
		{"a macro that calls itself", mapLoader{"main": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"}, "recursion depth"},
		{"a recursive loop without end", mapLoader{"main": "{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}"}, "recursion depth"},
		{"a template that includes itself", mapLoader{"main": "{% include 'main' %}"}, "recursion depth"},
		{"a template that extends itself", mapLoader{"main": "{% extends 'main' %}"}, "recursion depth"},
		{"two templates that extend each other", mapLoader{"main": "{% extends 'b' %}", "b": "{% extends 'main' %}"}, "recursion depth"},
		{"a template that imports itself", mapLoader{"main": "{% import 'main' as m %}"}, "recursion depth"},
		{"a block that shows itself", mapLoader{"main": "{% block a %}{{ self.a() }}{% endblock %}"}, "recursion depth"},
		{"a deep expression in a macro that calls itself", mapLoader{
			"main": "{% macro m() %}{{ m()" + strings.Repeat(" + 1", 900) + " }}{% endmacro %}{{ m() }}",
		}, "recursion depth"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			env := New(Config{Loader: tt.files})
			tpl, err := env.Get("main")
			if err != nil {
				t.Fatal(err)
			}
			out, err := tpl.Render(python.NewThread(t.Context(), limits), nil)
			var limit *python.LimitError
			if !errors.As(err, &limit) {
				t.Fatalf("Render gave %d bytes and %v", len(out), err)
			}
			if limit.What != tt.what || limit.Pos.Line != 1 || tt.files[limit.Pos.File] == "" {
				t.Errorf("limit %q at %s, want %q", limit.What, limit.Pos, tt.what)
			}
		})
	}
}

// A canceled context ends a render.
func TestCanceled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	tpl, err := New(Config{}).Parse("main", []byte("{% for i in range(10**6) %}{% endfor %}"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tpl.Render(python.NewThread(ctx, python.Limits{}), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("Render gave %v", err)
	}
}

func TestMaxOutput(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{9: "", 10: "0123456789"} {
		tpl, err := New(Config{MaxOutput: n}).Parse("main", []byte("{% for i in range(10) %}{{ i }}{% endfor %}"))
		if err != nil {
			t.Fatal(err)
		}
		out, err := tpl.Render(python.NewThread(t.Context(), python.Limits{}), nil)
		if diff := cmp.Diff(want, out); diff != "" || (err == nil) != (want != "") {
			t.Errorf("with %d bytes: %v (-want +got):\n%s", n, err, diff)
		}
	}
}

// Sources made to keep the compiler busy for hours are refused.
func TestCompileWork(t *testing.T) {
	t.Parallel()
	var names strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&names, "{%% set b%d=1 %%}", i)
	}
	tests := map[string]string{
		"names in branches":       strings.Repeat("{% if a %}", 99) + names.String() + strings.Repeat("{% endif %}", 99),
		"loops in loops":          strings.Repeat("{% for a in b %}", 99) + strings.Repeat("{{ c }}", 100_000) + strings.Repeat("{% endfor %}", 99),
		"macros in macros":        strings.Repeat("{% macro a() %}", 99) + strings.Repeat("{{ c }}", 100_000) + strings.Repeat("{% endmacro %}", 99),
		"scoped blocks and loops": "{% block a scoped %}{% endblock %}" + strings.Repeat("{% for a in b %}", 99) + strings.Repeat("{{ c }}", 100_000) + strings.Repeat("{% endfor %}", 99),
	}
	for name, src := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := New(Config{}).Parse("main", []byte(src))
			if !python.IsException(err, TemplateSyntaxError) || !strings.Contains(err.Error(), "too many names") {
				t.Errorf("Parse gave %v", err)
			}
		})
	}
}
