package syntax

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd/python/internal/chunked"
)

func TestParseTree(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, src, want string }{
		{
			"precedence", "a or b and not c < d | e ^ f & g << h + i * -j ** k",
			"(expr (Or [a (And [b (Not (cmp c Lt (BitOr d (BitXor e (BitAnd f (LShift g (Add h (Mult i (USub (Pow j k))))))))))])]))",
		},
		{"power binds right", "a ** -b ** c", "(expr (Pow a (USub (Pow b c))))"},
		{"left associative", "a - b - c", "(expr (Sub (Sub a b) c))"},
		{"chained comparison", "a < b <= c is not d not in e", "(expr (cmp a Lt b LtE c IsNot d NotIn e))"},
		{"conditional", "a if b else c if d else e", "(expr (if b a (if d c e)))"},
		{"lambda", "lambda a, /, b=1, *c, d, **e: a", "(expr (lambda {a, /, b=1, *c, d, **e} a))"},
		{"bare star", "lambda *, a: a", "(expr (lambda {*, a} a))"},
		{
			"numbers", "0xff_ff, 0b11, 0o17, 1_000, 00, 18446744073709551616, 1.5e3, .5, 1e400",
			"(expr (tuple [ffff 3 f 3e8 0 10000000000000000 f1.5000000000000000e+03 f5.0000000000000000e-01 f+Inf]))",
		},
		{"strings", `'a' "b" r'\n' '\x41\101é\
c' u'x'`, "(expr 'ab\\5cnAA\\c3\\a9cx')"},
		{"bytes", `b'\xff\400' rb'\x'`, "(expr b'\\ff\\00\\5cx')"},
		{"surrogate escape", `'\ud800'`, "(expr '\\ed\\a0\\80')"},
		{"f-string", `f'a{b!r:>{w}.2f}c{{}}'`, "(expr (fstring ['a' (field b r (fstring ['>' (field w 0 -) '.2f'])) 'c{}']))"},
		{
			"f-string debug", `f'{a = } {b=!s} {c=:x}'`,
			"(expr (fstring ['a\\20=\\20' (field a r -) '\\20b=' (field b s -) '\\20c=' (field c 0 (fstring ['x']))]))",
		},
		{
			"f-string operators", `f'{a!=b}{c==d}{(lambda: 1)}{e:=^9}{x, *y}'`,
			"(expr (fstring [(field (cmp a NotEq b) 0 -) (field (cmp c Eq d) 0 -) (field (lambda {} 1) 0 -) " +
				"(field e 0 (fstring ['=^9'])) (field (tuple [x (star y)]) 0 -)]))",
		},
		{"f-string nested", `f"{f'{a}' 'b'}" 'c'`, "(expr (fstring [(field (fstring [(field a 0 -) 'b']) 0 -) 'c']))"},
		{"f-string raw", `rf'\{a}\n'`, "(expr (fstring ['\\5c' (field a 0 -) '\\5cn']))"},
		{"f-string backslash brace", `f'\{a}'`, "(expr (fstring ['\\5c' (field a 0 -)]))"},
		{"f-string over lines", "f'''{\na\n:>3}'''", "(expr (fstring [(field a 0 (fstring ['>3']))]))"},
		{
			"slices", "a[:], a[1:2:3], a[::b], a[c, 1:], a[*b]",
			"(expr (tuple [(sub a (slice - - -)) (sub a (slice 1 2 3)) (sub a (slice - - b)) (sub a (tuple [c (slice 1 - -)])) (sub a (tuple [(star b)]))]))",
		},
		{
			"displays", "[*a, b], {*a}, {}, {a: b, **c}, (), (a,), [], {a, b}",
			"(expr (tuple [(list [(star a) b]) (set [(star a)]) (dict) (dict a:b -:c) (tuple []) (tuple [a]) (list []) (set [a b])]))",
		},
		{
			"comprehensions", "[a for b, *c in d if e if f for g in h], {a for b in c}, {a: b for c in d}, (a for b in c if d)",
			"(expr (tuple [(listcomp a (for (tuple [b (star c)]) d [e f]) (for g h [])) (setcomp a (for b c [])) " +
				"(dictcomp a:b (for c d [])) (genexp a (for b c [d]))]))",
		},
		{"call", "f(a, *b, c, d=1, *e, **g, h=2)", "(expr (call f [a (star b) c (star e)] [(kw d 1) (kw  g) (kw h 2)]))"},
		{"generator argument", "f(a for a in b)", "(expr (call f [(genexp a (for a b []))] []))"},
		{"walrus", "if (a := b) and f(c := d): pass", "(if (And [(walrus a b) (call f [(walrus c d)] [])]) [(pass)] [])"},
		{"assign", "a = b.c = d[0], *e = f", "(assign [a (attr b c) (tuple [(sub d 0) (star e)])] f)"},
		{"augmented", "a //= b; c.d @= yield_", "(aug FloorDiv a b) (aug MatMult (attr c d) yield_)"},
		{"annotated", "a: int\nb.c: 'x' = 1\n(d): e = f", "(ann a int - true) (ann (attr b c) 'x' 1 false) (ann d e f false)"},
		{
			"import", "import a.b, c as d\nfrom .. import e\nfrom ...f.g import (h as i, j,)\nfrom k import *",
			"(import a.b c:d) (from .. e) (from ...f.g h:i j) (from k *)",
		},
		{"if", "if a: b\nelif c:\n  d\nelse:\n  e", "(if a [(expr b)] [(if c [(expr d)] [(expr e)])])"},
		{"loops", "for a, in b: c\nelse: d\nwhile e: break", "(for (tuple [a]) b [(expr c)] [(expr d)]) (while e [(break)] [])"},
		{
			"try", "try: a\nexcept B as c: d\nexcept: e\nelse: f\nfinally: g",
			"(try [(expr a)] (except B c [(expr d)]) (except - - [(expr e)]) [(expr f)] [(expr g)])",
		},
		{"with", "with a as b, c: d", "(with (item a b) (item c -) [(expr d)])"},
		{"with parentheses", "with (a as b, c as d,): e", "(with (item a b) (item c d) [(expr e)])"},
		{"with two in parentheses", "with (a, b): c", "(with (item a -) (item b -) [(expr c)])"},
		{"with call of parentheses", "with (a, b).c() as d: e", "(with (item (call (attr (tuple [a b]) c) [] []) d) [(expr e)])"},
		{"with tuple of parentheses", "with (a), (b) as c: d", "(with (item a -) (item b c) [(expr d)])"},
		{"with walrus", "with (a := b): c", "(with (item (walrus a b) -) [(expr c)])"},
		{"with generator", "with (a for a in b): c", "(with (item (genexp a (for a b [])) -) [(expr c)])"},
		{"def", "@d.e(1)\ndef f(a: int, /, b='x', *c: d, e, **g) -> h: return", "(def f [(call (attr d e) [1] [])] {a:int, /, b='x', *c:d, e, **g} h [(return -)])"},
		{"class", "class A(B, *c, metaclass=D): x = 1", "(class A [] [B (star c)] [(kw metaclass D)] [(assign [x] 1)])"},
		{"class empty", "class A: pass", "(class A [] [] [] [(pass)])"},
		{
			"statements", "del a, b[0]; raise A from b; assert a, b; global_ = 1",
			"(del (tuple [a (sub b 0)])) (raise A b) (assert a b) (assign [global_] 1)",
		},
		{
			"yield", "def f():\n a = yield\n yield b, c\n yield from d\n e = yield f",
			"(def f [] {} - [(assign [a] (yield -)) (expr (yield (tuple [b c]))) (expr (yieldfrom d)) (assign [e] (yield f))])",
		},
		{
			"match is a name", "match = match.match(match)\nmatch[0] = 1\nmatch: int = 1\nmatch, a = b\nmatch(x)\ncase = _ = 1",
			"(assign [match] (call (attr match match) [match] [])) (assign [(sub match 0)] 1) (ann match int 1 true) " +
				"(assign [(tuple [match a])] b) (expr (call match [x] [])) (assign [case _] 1)",
		},
		{"continuation", "a = b + \\\n  c\nd = (e\n\n  # comment\n  + f)", "(assign [a] (Add b c)) (assign [d] (Add e f))"},
		{"continued indentation", "\\\ndef f():\n    \\\n'doc'\n    \\\na = 1\n", "(def f [] {} - [(expr 'doc') (assign [a] 1)])"},
		{"layout", "if a:\n\tb\n\n# comment\n    # deeper\n\tc\nd", "(if a [(expr b) (expr c)] []) (expr d)"},
		{"no final newline", "if a:\n  b", "(if a [(expr b)] [])"},
		{"crlf and form feed", "a\r\n\fb\r\nif c:\r\n  d\r\n", "(expr a) (expr b) (if c [(expr d)] [])"},
		{"byte order mark", "\ufeffa", "(expr a)"},
		{"empty", "", ""},
		{"unicode names", "é = ｗ = 名前", "(assign [é w] 名前)"},
		{"number before keyword", "1if a else 2", "(expr (if a 1 2))"},
		{"future", "'doc'\nfrom __future__ import annotations\nx", "(expr 'doc') (from __future__ annotations) (expr x)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m, err := parse("t.py", []byte(tt.src))
			if err != nil {
				t.Fatal(err)
			}
			got := dump(m)
			want := "[" + tt.want + "]"
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("tree (-want +got):\n%s", diff)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	chunks, err := chunked.Read("testdata/errors.py")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range chunks {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse("errors.py", []byte(c.Source))
			var bad *Error
			if err == nil {
				t.Fatalf("accepted, want %q", c.Want)
			}
			if !errors.As(err, &bad) {
				t.Fatalf("error is a %T", err)
			}
			if msg := c.Check(int(bad.Pos.Line), bad.Msg); msg != "" {
				t.Error(msg)
			}
			if bad.Pos.Col < 1 || bad.File != "errors.py" {
				t.Errorf("position %s:%s", bad.File, bad.Pos)
			}
		})
	}
}

func TestPositions(t *testing.T) {
	t.Parallel()
	const src = "é = f(\n  'x', b.c)\nif d:\n\te = f'{é}{\n g}'''\n"
	m, err := parse("t.py", []byte(strings.Replace(src, "f'{é}{\n g}'''", "f'''é{é}{\n g}'''", 1)))
	if err != nil {
		t.Fatal(err)
	}
	assign := m.Body[0].(*Assign)
	call := assign.Value.(*Call)
	inner := m.Body[1].(*If).Clauses[0].Body[0].(*Assign)
	fs := inner.Value.(*FString)
	got := fmt.Sprint(assign.Pos(), call.Pos(), call.Args[0].Pos(), call.Args[1].(*Attribute).NamePos,
		inner.Pos(), fs.Parts[1].(*FormattedValue).Value.Pos(), fs.Parts[2].(*FormattedValue).Value.Pos())
	if want := "1:1 1:5 2:3 2:10 4:2 4:12 5:2"; got != want {
		t.Errorf("positions %s, want %s", got, want)
	}
}

func TestHostileSources(t *testing.T) {
	t.Parallel()
	rep := strings.Repeat
	tests := []struct{ name, src, want string }{
		{"parentheses", rep("(", 100_000), "too many nested parentheses"},
		{"brackets", "x = " + rep("[", 201) + rep("]", 201), "too many nested parentheses"},
		{"not", rep("not ", 100_000) + "x", "too many nested expressions"},
		{"minus", rep("-", 100_000) + "x", "too many nested expressions"},
		{"power", rep("x**", 50_000) + "x", "too many nested expressions"},
		{"lambda", rep("lambda: ", 90_000) + "x", "too many nested expressions"},
		{"lambda scopes", rep("lambda: ", 150) + "x", "too many nested functions"},
		{"conditional", rep("x if y else ", 40_000) + "x", "too many nested expressions"},
		{"sum", "x" + rep("+x", 90_000), "too many nested expressions"},
		{"attributes", "x" + rep(".x", 90_000), "too many nested expressions"},
		{"calls", "x" + rep("()", 90_000), "too many nested expressions"},
		{"indentation", func() string {
			var b strings.Builder
			for i := range 200 {
				b.WriteString(rep(" ", i) + "if x:\n")
			}
			return b.String()
		}(), "too many levels of indentation"},
		{"tokens", rep("a,", 300_000), "too many tokens"},
		{"f-string tokens", "f'" + rep("{a,a,a,a,a,a,a,a}", 30_000) + "'", "too many tokens"},
		{"f-string brackets", "f'{" + rep("(", 1000) + "}'", "f-string: too many nested parenthesis"},
		{"size", rep("#", MaxSource+1), "source is too large"},
		{"decimal digits", rep("9", 5000), "Exceeds the limit"},
		{"hex digits", "0x" + rep("f", 5000), "Exceeds the limit"},
		{"locals", "def f():\n a0 = 1\n" + func() string {
			var b strings.Builder
			for i := range 3000 {
				fmt.Fprintf(&b, " a%d = 1\n", i)
			}
			return b.String()
		}(), "too many local variables"},
		{"long line", rep("x ", 190_000), "invalid syntax"},
		{"null byte", "x\x00", "source code cannot contain null bytes"},
		{"not UTF-8", "x = '\xff'", "source is not valid UTF-8"},
		{"other encoding", "# coding: latin-1\nx = 'é'", "source encoding latin-1 is not supported"},
		{"only a backslash", "\\", "unexpected character after line continuation"},
		{"backslash at the end", "x = 1 \\\n", "unexpected EOF"},
		{"backslash after indentation", "if x:\n  y\n  \\\n", "unexpected EOF"},
		{"unindent after continuation", "if x:\n    y = 1\n  \\\n  foo = 1\n", "unindent does not match"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse("hostile.py", []byte(tt.src))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

func TestLongButFlat(t *testing.T) {
	t.Parallel()
	var elifs strings.Builder
	elifs.WriteString("if x: pass\n")
	for range 5000 {
		elifs.WriteString("elif x: pass\n")
	}
	for name, src := range map[string]string{
		"elif":       elifs.String(),
		"list":       "[" + strings.Repeat("1,", 50_000) + "]",
		"and":        "a" + strings.Repeat(" and a", 50_000),
		"comparison": "a" + strings.Repeat(" < a", 50_000),
		"strings":    strings.Repeat("'a' ", 50_000),
	} {
		if _, err := Parse("flat.py", []byte(src)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
