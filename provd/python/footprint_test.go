package python

import (
	"context"
	"errors"
	"runtime"
	"testing"
)

// hoards are expressions whose values a program keeps without end.
var hoards = []string{
	"None", "i", "i * 1.5", "i + 10**20", "str(i)", "'%d' % i", "f'{i}'", "'{}'.format(i)", "chr(i % 5000)", "'ab'[i % 2]", "'é€'[i % 2]",
	"repr(i)", "hex(i)", "'x' + str(i)", "'a,b'.upper()", "'a,b'.split(',')", "'a,b'.partition(',')", "bytes([i % 256])", "b'a' + b'b'", "'é'.encode()", "b'a'.decode()", "b'ab'.hex()",
	"(i,)", "(i, i, i)", "[]", "[i]", "[i] * 3", "{}", "{i: i}", "dict(a=i)", "set()", "{i}", "frozenset([i])", "{i} | {1}", "[1, 2][:]", "(1, 2)[:1]",
	"range(i)", "slice(i)", "range(10**20 + i)", "iter([])", "iter({})", "iter('a')", "iter(range(i))", "reversed([])", "enumerate([])", "zip([], [])", "map(str, [])", "filter(None, [])", "{}.keys()", "{}.items()",
	"lambda: i", "(x for x in ())", "Plain()", "WithAttrs(i)", "Plain().method", "[].append", "'a'.upper", "Plain", "type('X', (), {})", "ValueError(i)", "KeyError(i)", "OSError(2, 'm', 'f')", "super(Sub, Sub())",
	"property(len)", "staticmethod(len)", "classmethod(len)", "S('a')", "L([i])", "D(a=i)", "I(i)", "T((i,))", "caught(i)", "raised(i)", "Plain().__dict__", "Plain.__dict__", "dir(Plain)", "vars(WithAttrs(i))",
	"int | str", "-BIG", "~BIG", "+BIG", "abs(BIG)", "BIG >> 1", "BIG // 3", "BIG % (BIG - 1)", "BIG & -1", "divmod(BIG, 7)", "pow(BIG, 1, BIG - 1)", "next(iter(range(BIG, BIG + 5)))", "range(BIG)[1]", "BIG + 0", "round(BIG, -2)", "int(BIG)", "BIG.real",
	"sorted('ba')", "list('ab')", "tuple('ab')", "dict.fromkeys('ab')", "list(enumerate('ab'))", "list(zip('ab', 'cd'))", "list({1: 2}.items())", "sum([[i]], [])", "max([[i]])", "str.maketrans('a', 'b')", "'a'.translate({97: 'b'})",
	"gen(i)", "next(gen(i))", "list(gen(i))", "[j for j in 'ab']", "{j: j for j in 'ab'}", "(lambda *a, **k: (a, k))(i, x=i)", "'a'.join(['b', 'c'])", "'abc'.replace('b', 'xy')", "'a'.zfill(9)", "'a'.center(9)", "' a '.strip()", "'abc'[1:]", "'a' * 9",
}

const hoardSetup = `
BIG = 1 << 80000

class Plain:
    def method(self):
        pass

class Sub(Plain):
    pass

class WithAttrs:
    def __init__(self, i):
        self.a = i
        self.b = i

class S(str):
    pass

class L(list):
    pass

class D(dict):
    pass

class I(int):
    pass

class T(tuple):
    pass

def gen(i):
    yield i
    yield i

def caught(i):
    try:
        {}[i]
    except KeyError as e:
        return e

def raised(i):
    try:
        raise ValueError(i)
    except ValueError as e:
        return e

kept = []
`

// TestFootprint checks that what a program can keep alive stays in proportion to
// what it was charged for, whatever it is made of.
func TestFootprint(t *testing.T) {
	const limit, most = 4 << 20, 6
	setup, err := Compile("setup.py", []byte(hoardSetup))
	if err != nil {
		t.Fatal(err)
	}
	for _, expr := range hoards {
		t.Run(expr, func(t *testing.T) {
			program, err := Compile("hoard.py", []byte("def hoard():\n    add = kept.append\n    i = 1000\n    while True:\n        i += 1\n        add("+expr+")\nhoard()\n"))
			if err != nil {
				t.Fatal(err)
			}
			thread := NewThread(context.Background(), Limits{Alloc: limit, Steps: 1 << 40})
			globals := NewDict(0)
			env := &Env{Builtins: Builtins()}
			if err := setup.Exec(thread, globals, env); err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			err = program.Exec(thread, globals, env)
			var limitErr *LimitError
			if !errors.As(err, &limitErr) || limitErr.What != "memory" {
				t.Fatalf("ended with %v, want the memory limit", err)
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			if used := int64(after.HeapAlloc) - int64(before.HeapAlloc); used > most*limit {
				t.Errorf("%s: %d bytes are alive under a limit of %d, %.1f times as much", expr, used, limit, float64(used)/limit)
			}
			runtime.KeepAlive(globals)
		})
	}
}
