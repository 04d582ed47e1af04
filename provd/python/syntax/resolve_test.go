package syntax

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// scopes describes every scope of a module: its slots (cells marked with a
// star), captured variables, and how each name is bound.
func scopes(m *Module) string {
	var out []string
	walk := func(s *Scope, names []*Ident) {
		locals := append([]string(nil), s.Locals...)
		for _, i := range s.Cells {
			locals[i] += "*"
		}
		line := s.Qualname + " [" + strings.Join(locals, " ") + "]"
		for i, f := range s.Frees {
			from := "free"
			if s.Captures[i].Slot {
				from = "slot"
			}
			line += fmt.Sprintf(" ^%s=%s%d", f, from, s.Captures[i].Index)
		}
		if s.Generator {
			line += " generator"
		}
		seen := map[string]bool{}
		for _, id := range names {
			text := fmt.Sprintf(" %s:%s", id.Name, [...]string{"none", "local", "cell", "free", "global", "name", "classfree"}[id.Binding])
			if !seen[text] {
				seen[text] = true
				line += text
			}
		}
		out = append(out, line)
	}
	r := resolveBlocks(m)
	for _, b := range r.blocks {
		walk(b.Scope, b.idents)
	}
	return strings.Join(out, "\n")
}

func TestResolve(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, src, want string }{
		{"locals and globals", "def f(a, *b, c=d, **e):\n x = a\n return y", `
<module> [] d:global f:global
f [a c b e x] a:local c:local b:local e:local x:local y:global`},
		{"closure", "def f(a):\n def g():\n  def h(): return a\n  return h\n return g", `
<module> [] f:global
f [a* g] a:cell g:local
f.<locals>.g [h] ^a=slot0 h:local
f.<locals>.g.<locals>.h [] ^a=free0 a:free`},
		{"nonlocal", "def f():\n x = 1\n def g():\n  nonlocal x\n  x = 2", `
<module> [] f:global
f [x* g] x:cell g:local
f.<locals>.g [] ^x=slot0 x:free`},
		{"global stops the search", "def f():\n global x\n x = 1\n def g(): return x", `
<module> [] f:global
f [g] x:global g:local
f.<locals>.g [] x:global`},
		{"class scope is not seen from methods", "class C:\n x = 1\n def f(self): return x", `
<module> [] C:global
C [] x:name f:name
C.f [self] self:local x:global`},
		{"class in function", "def f(x):\n class C:\n  y = x\n  x = 1\n  z = f\n class D:\n  y = x", `
<module> [] f:global
f [x* C D] x:cell C:local D:local
f.<locals>.C [] x:name y:name f:name z:name
f.<locals>.D [] ^x=slot0 x:classfree y:name`},
		{"super", "class C:\n def f(self): return super().f()\n def g(self): return __class__\n def h(self): return 1", `
<module> [] C:global
C [__class__*] f:name g:name h:name
C.f [self] ^__class__=slot0 self:local super:global
C.g [self] ^__class__=slot0 self:local __class__:free
C.h [self] self:local`},
		{"mangling", "class _C:\n __a = 1\n def __f(self, __b): return self.__a, __b, __c__, __g\n", `
<module> [] _C:global
_C [] _C__a:name _C__f:name
_C.__f [self _C__b] self:local _C__b:local __c__:global _C__g:global`},
		{"comprehension", "def f(a):\n return [b + a + c for b in a if (d := b)]", `
<module> [] f:global
f [a* d*] a:cell
f.<locals>.<listcomp> [.0 b] ^d=slot1 ^a=slot0 b:local d:free a:free c:global`},
		{"comprehension in a class", "class C:\n x = [1]\n y = [x for z in x]", `
<module> [] C:global
C [] x:name y:name
C.<listcomp> [.0 z] z:local x:global`},
		{"generator", "def f():\n yield 1\ng = (x for x in f())", `
<module> [] f:global g:global
f [] generator
<genexpr> [.0 x] generator x:local`},
		{"bindings", "def f():\n import a.b, c as d\n from e import g as h\n for i, (j, *k) in x: pass\n with x as l: pass\n" +
			" try: pass\n except x as m: pass\n del n\n o += 1\n p: int\n def q(): pass\n class r: pass", `
<module> [] f:global
f [a d h i j k l m n o p q r] a:local d:local h:local x:global i:local j:local k:local l:local m:local n:local o:local p:local q:local r:local
f.<locals>.q []
f.<locals>.r []`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m, err := parse("t.py", []byte(tt.src))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimSpace(tt.want), scopes(m)); diff != "" {
				t.Errorf("scopes (-want +got):\n%s", diff)
			}
		})
	}
}
