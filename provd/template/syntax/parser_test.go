package syntax

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseTree(t *testing.T) {
	t.Parallel()
	name := func(s string) *Name { return &Name{At: 1, Name: s} }
	number := func(n int64) *Const { return &Const{At: 1, Value: n} }
	tests := []struct {
		name, src string
		opt       Options
		want      []Stmt
	}{
		{name: "empty", src: ""},
		{
			name: "data and variable share an output",
			src:  "a{{ x }}b",
			want: []Stmt{&Output{At: 1, Nodes: []Expr{
				&Data{At: 1, Text: "a"}, name("x"), &Data{At: 1, Text: "b"},
			}}},
		},
		{
			name: "carriage returns become newlines and the last one goes",
			src:  "a\r\nb\rc\r\n",
			want: []Stmt{&Output{At: 1, Nodes: []Expr{&Data{At: 1, Text: "a\nb\nc"}}}},
		},
		{
			name: "a no-break space is white space inside and outside of tags",
			src:  "a\u00a0{{-\u00a0x\u00a0-}}\u00a0b",
			want: []Stmt{&Output{At: 1, Nodes: []Expr{
				&Data{At: 1, Text: "a"}, name("x"), &Data{At: 1, Text: "b"},
			}}},
		},
		{
			name: "unary minus binds less than a subscript and more than a filter",
			src:  "{{ -a[0]|abs }}",
			want: []Stmt{&Output{At: 1, Nodes: []Expr{&Filter{
				At: 1, Name: "abs",
				Node: &Sign{At: 1, Node: &Getitem{At: 1, Node: name("a"), Arg: number(0)}},
			}}}},
		},
		{
			name: "power groups to the left",
			src:  "{{ a ** b ** c }}",
			want: []Stmt{&Output{At: 1, Nodes: []Expr{&Binary{
				At: 1, Op: Pow, Right: name("c"),
				Left: &Binary{At: 1, Op: Pow, Left: name("a"), Right: name("b")},
			}}}},
		},
		{
			name: "several targets",
			src:  "{% set a, b = 1, 2 %}",
			want: []Stmt{&Assign{
				At:     1,
				Target: &Tuple{At: 1, Items: []Expr{&Name{At: 1, Name: "a", Ctx: Store}, &Name{At: 1, Name: "b", Ctx: Store}}},
				Value:  &Tuple{At: 1, Items: []Expr{number(1), number(2)}},
			}},
		},
		{
			name: "lines are those of the source",
			src:  "\n{% if x %}\n{{ y }}\n{% endif %}",
			want: []Stmt{
				&Output{At: 1, Nodes: []Expr{&Data{At: 1, Text: "\n"}}},
				&If{At: 2, Test: &Name{At: 2, Name: "x"}, Body: []Stmt{&Output{At: 2, Nodes: []Expr{
					&Data{At: 2, Text: "\n"}, &Name{At: 3, Name: "y"}, &Data{At: 3, Text: "\n"},
				}}}},
			},
		},
		{
			name: "block settings",
			src:  "a\n  {% if x %}\nb{% endif %}\n",
			opt:  Options{TrimBlocks: true, LstripBlocks: true, KeepTrailingNewline: true},
			want: []Stmt{
				&Output{At: 1, Nodes: []Expr{&Data{At: 1, Text: "a\n"}}},
				&If{At: 2, Test: &Name{At: 2, Name: "x"}, Body: []Stmt{&Output{At: 3, Nodes: []Expr{&Data{At: 3, Text: "b"}}}}},
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tpl, err := Parse(tt.src, tt.opt)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, tpl.Body); diff != "" {
				t.Errorf("tree (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, src string
		want      Error
	}{
		{"comment without end", "a\n{# b", Error{Line: 2, Msg: "Missing end of comment tag"}},
		{"raw without end", "{% raw %}\n{{", Error{Line: 1, Msg: "Missing end of raw directive"}},
		{"unknown tag", "{% if 1 %}\n{% foo %}", Error{Line: 2, Msg: "Encountered unknown tag 'foo'. Jinja was looking for" +
			" the following tags: 'elif' or 'else' or 'endif'. The innermost block that needs to be closed is 'if'."}},
		{"wrong nesting", "{% if 1 %}{% for a in b %}{% endif %}", Error{Line: 1, Msg: "Encountered unknown tag 'endif'." +
			" You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for 'endfor' or 'else'." +
			" The innermost block that needs to be closed is 'for'."}},
		{"character", "é\n{{ a ? }}", Error{Line: 2, Msg: "unexpected char '?' at 7"}},
		{"bracket", "{{ (a] }}", Error{Line: 1, Msg: "unexpected ']', expected ')'"}},
		{"target", "{% set 1 = 2 %}", Error{Line: 1, Msg: "can't assign to 'const'"}},
		{"private import", "{% from 'a' import _b %}", Error{
			Line: 1, Msg: "names starting with an underline can not be imported", Assertion: true,
		}},
		{"not UTF-8", "a\xff", Error{Line: 1, Msg: "template is not valid UTF-8"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse(tt.src, Options{})
			var got *Error
			if !errors.As(err, &got) {
				t.Fatalf("Parse gave %v", err)
			}
			if diff := cmp.Diff(tt.want, *got); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

// Sources made to exhaust the stack of a recursive parser, or of whoever walks
// the tree later, are refused.
func TestParseNesting(t *testing.T) {
	t.Parallel()
	const n = 60_000
	tests := map[string]string{
		"parentheses": "{{ " + strings.Repeat("(", n),
		"lists":       "{{ " + strings.Repeat("[", n),
		"dicts":       "{{ " + strings.Repeat("{1:", n),
		"signs":       "{{ " + strings.Repeat("- ", n) + "1 }}",
		"not":         "{{ " + strings.Repeat("not ", n) + "1 }}",
		"else":        "{{ " + strings.Repeat("1 if 0 else ", n) + "1 }}",
		"if chain":    "{{ 1" + strings.Repeat(" if 0", n) + " }}",
		"sums":        "{{ 1" + strings.Repeat(" + 1", n) + " }}",
		"or":          "{{ 1" + strings.Repeat(" or 1", n) + " }}",
		"subscripts":  "{{ a" + strings.Repeat(".b", n) + " }}",
		"calls":       "{{ a" + strings.Repeat("()", n) + " }}",
		"filters":     "{{ a" + strings.Repeat("|e", n) + " }}",
		"blocks":      strings.Repeat("{% if 1 %}", n),
		"loops":       strings.Repeat("{% for a in b %}", n),
		"targets":     "{% set " + strings.Repeat("(", n),
		"arguments":   "{{ a(" + strings.Repeat("1,", n),
		"parameters":  "{% macro a(" + strings.Repeat("a,", n),
	}
	for name, src := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if len(src) > MaxSource {
				t.Fatalf("source of %d bytes is refused for its length", len(src))
			}
			_, err := Parse(src, Options{})
			if err == nil || !strings.Contains(err.Error(), "more than") {
				t.Errorf("Parse gave %v", err)
			}
		})
	}
	if _, err := Parse(strings.Repeat("x", MaxSource+1), Options{}); err == nil {
		t.Error("a source above MaxSource was accepted")
	}
}

func FuzzParseTemplate(f *testing.F) {
	for _, src := range []string{
		"", "a{{ b }}c", "{% if a %}b{% elif c %}d{% else %}e{% endif %}", "{#- a -#}",
		"{% for a, (b, c) in d if e recursive %}{{ loop(f) }}{% else %}{% endfor %}",
		"{% raw -%} {{ {% {%- endraw %}", "{{ a.b[0:1, ::2](c, d=1, *e, **f)|g(h)|i is not j(k) }}",
		"{{ 'a\\x41\\u00e9\\N{x}' ~ \"b\" }}", "{{ 1_0.5e-3 // 0x1F ** -2 }}", "{% set a, b.c = 1 %}",
		"{% macro a(b, c=1) %}{% endmacro %}{% call(d) a(1) %}{% endcall %}", "{%+ include ['a', b] ignore missing without context -%}",
		"{% from 'a' import b as c, d with context %}", "{% extends 'a' %}{% block b scoped required %}{% endblock b %}",
		"{% set a | upper %}x{% endset %}{% filter e|f %}{% endfilter %}{% with a=1 %}{% endwith %}", "{{ (((",
		"{# ", "{% raw %}", "\u00a0{%\u00a0print\u00a01\u00a0-%}\u2028",
	} {
		f.Add(src, true, false)
	}
	f.Fuzz(func(t *testing.T, src string, trim, keep bool) {
		tpl, err := Parse(src, Options{TrimBlocks: trim, LstripBlocks: trim, KeepTrailingNewline: keep})
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Line < 1 || e.Line > 1+strings.Count(src, "\n")+strings.Count(src, "\r") {
				t.Errorf("error %#v", err)
			}
			return
		}
		Walk(tpl, func(n Node) {
			if n.Line() < 1 {
				t.Errorf("node %T has line %d", n, n.Line())
			}
		})
	})
}
