package python

import (
	"context"
	"errors"
	"runtime"
	"testing"
)

// hostile are programs that ask for more memory, time or depth than any plugin
// needs, most of them in one operation that a step counter does not see.
var hostile = map[string]string{
	"str repeat":            "'a' * 10**9",
	"str repeat big":        "'abc' * (1 << 62)",
	"list repeat":           "[0] * 10**9",
	"tuple repeat":          "(0, 1) * (1 << 61)",
	"bytes repeat":          "b'a' * 10**10",
	"bytes of count":        "bytes(10**10)",
	"list of range":         "list(range(10**18))",
	"tuple of range":        "tuple(range(10**18))",
	"set of range":          "set(range(10**18))",
	"sum of range":          "sum(range(10**18))",
	"dict from keys":        "dict.fromkeys(range(10**18))",
	"sorted range":          "sorted(range(10**18))",
	"max of range":          "max(range(10**18))",
	"any of range":          "any(0 for _ in range(10**18))",
	"in range":              "'x' in range(10**18)",
	"in huge range":         "1.5 in range(10**30)",
	"range count":           "range(10**18).count('a')",
	"unpack range":          "[*range(10**18)]",
	"join range":            "''.join(str(i) for i in range(10**18))",
	"zip of ranges":         "dict(zip(range(10**18), range(10**18)))",
	"enumerate":             "list(enumerate(range(10**18)))",
	"map":                   "list(map(str, range(10**18)))",
	"filter":                "list(filter(None, (0 for _ in range(10**18))))",
	"iter sentinel":         "list(iter(lambda: 1, 2))",
	"percent width":         "'%1000000000d' % 1",
	"percent star":          "'%*d' % (10**9, 1)",
	"percent precision":     "'%.1000000000f' % 1.5",
	"percent int precision": "'%.1000000000d' % 1",
	"percent string width":  "'%1000000000s' % 'a'",
	"format width":          "'{:>9999999999}'.format(1)",
	"format string width":   "'{:9999999999}'.format('a')",
	"format precision":      "format(1.5, '.2000000000f')",
	"format grouping":       "format(1, '09999999999,')",
	"format nested width":   "'{:{}}'.format(1, 10**10)",
	"fstring width":         "f'{1:{10**10}}'",
	"zfill":                 "'1'.zfill(10**10)",
	"ljust":                 "'1'.ljust(10**10)",
	"rjust":                 "'1'.rjust(10**10, '€')",
	"center":                "'1'.center(10**10)",
	"expandtabs":            "'\\t'.expandtabs(10**10)",
	"replace blowup":        "('a' * 10**6).replace('a', 'b' * 10**6)",
	"replace empty":         "('a' * 10**6).replace('', 'b' * 10**6)",
	"bytes replace":         "(b'a' * 10**6).replace(b'', b'b' * 10**6)",
	"translate blowup":      "('a' * 10**6).translate({97: 'b' * 10**6})",
	"join blowup":           "('a' * 10**6).join(['b'] * 10**6)",
	"double":                "(lambda f: f(f, 'a'))(lambda f, s: f(f, s + s))",
	"list double":           "(lambda f: f(f, [1]))(lambda f, s: f(f, s + s))",
	"bytes percent width":   "b'%1000000000d' % 1",
	"bytes percent star":    "b'%*s' % (10**9, b'a')",
	"bytes percent double":  "(lambda f: f(f, b'a'))(lambda f, s: f(f, b'%s%s' % (s, s)))",
	"bytes center":          "b'1'.center(10**10)",
	"bytes expandtabs":      "b'\\t'.expandtabs(10**10)",
	"bytearray":             "bytearray(10**10)",
	"bytearray of range":    "bytearray(0 for _ in range(10**18))",
	"bytearray extend":      "bytearray().extend(0 for _ in range(10**18))",
	"bytearray append":      "(lambda o: [o.append(1) for _ in range(10**18)])(bytearray())",
	"bytearray insert":      "(lambda o: [o.insert(0, 1) for _ in range(10**18)])(bytearray())",
	"bytearray double":      "(lambda o: [o.__iadd__(o) for _ in range(100)])(bytearray(b'a'))",
	"bytearray imul":        "(lambda o: [o.__imul__(2) for _ in range(100)])(bytearray(b'a'))",
	"bytearray mul":         "bytearray(b'a') * 10**10",
	"bytearray slice":       "(lambda o: [o.__setitem__(slice(0, 0), o) for _ in range(100)])(bytearray(b'a'))",
	"bytearray methods":     "(lambda o: [o.upper() for _ in range(10**18)])(bytearray(b'a'))",
	"pow":                   "10 ** 10 ** 8",
	"pow of pow":            "(10**1000) ** (10**1000)",
	"pow builtin":           "pow(3, 1 << 60)",
	"pow mod":               "pow(3, 1 << 4000000, (1 << 4000000) - 1)",
	"shift":                 "1 << 10**9",
	"shift huge":            "1 << (1 << 100)",
	"mul":                   "(1 << 4000000) * (1 << 4000000)",
	"mul chain":             "(lambda f: f(f, 3))(lambda f, n: f(f, n * n))",
	"divide chain":          "[(1 << 4000000) // ((1 << 2000000) + i) for i in range(10**6)]",
	"int of hex":            "int('f' * 10**7, 16)",
	"int of base 32":        "[int('7' * 10**5, 32) for _ in range(10**6)]",
	"to_bytes":              "(1).to_bytes(10**10, 'big')",
	"encode blowup":         "('€' * 10**8).encode('ascii', 'xmlcharrefreplace')",
	"repr blowup":           "repr('\\x00' * 10**9)",
	"repr of shared":        "(lambda f: repr(f(f, [1], 40)))(lambda f, l, n: l if n == 0 else f(f, [l, l], n - 1))",
	"eq of shared":          "(lambda f: f(f, [1], 60) == f(f, [1], 60))(lambda f, l, n: l if n == 0 else f(f, [l, l], n - 1))",
	"hash of shared":        "(lambda f: hash(f(f, (1,), 60)))(lambda f, l, n: l if n == 0 else f(f, (l, l), n - 1))",
	"recursion":             "(lambda f: f(f))(lambda f: f(f))",
	"set algebra":           "[set(range(1000)) | {i} for i in range(10**9)]",
	"set growth":            "{i for i in range(10**9)}",
	"dict growth":           "{i: i for i in range(10**9)}",
	"equal hashes":          "{i * (2**61 - 1): i for i in range(10**9)}",
	"split":                 "[('a ' * 10**6).split() for _ in range(10**6)]",
	"splitlines":            "[('\\n' * 10**6).splitlines() for _ in range(10**6)]",
	"list of str":           "list('a' * 10**8)",
	"find in loop":          "[('a' * 10**6).find('b') for _ in range(10**9)]",
	"len in loop":           "[len(s) for s in [('é' * 10**7)] for _ in range(10**9)]",
	"compare in loop":       "[a == b for a, b in [('a' * 10**8, 'a' * 10**8)] for _ in range(10**9)]",
	"hash in loop":          "[hash(a) for a in ['a' * 10**8] for _ in range(10**9)]",
	"title in loop":         "[a.title() for a in ['a' * 10**6] for _ in range(10**9)]",
	"iterator tower":        "(lambda f: list(f(f, iter([1]), 10**5)))(lambda f, it, n: __tower(it, n))",
	"big slices":            "[a[:] for a in [[0] * 10**6] for _ in range(10**9)]",
	"int to str":            "[str(10**4000) for _ in range(10**9)]",
	"union":                 "[int | str for _ in range(10**9)]",
	"print":                 "[print('a' * 1000) for _ in range(10**9)]",
	"method tower":          "__methods(10**6)()",
	"property tower":        "__property().x",
	"getattr tower":         "__getattr()[0]",
	"eq tower":              "__nested(10**5) == __nested(10**5)",
	"repr tower":            "repr(__nested(10**5))",
	"isinstance tower":      "isinstance(1, __tuples(10**5))",
	"lt tower":              "__nested(10**5) < __nested(10**5)",
	"exception tower":       "repr(__exceptions(10**5))",
}

// hostileAlloc is the memory a hostile program gets.
const hostileAlloc = 32 << 20

const hostileSetup = `
def __tower(it, n):
    for _ in range(n):
        it = map(None.__class__, it)
    return it

def __methods(n):
    m = len
    M = type([].append) and type(__Bound().go)
    for _ in range(n):
        m = M(m, 1)
    return m

class __Bound:
    def go(self):
        pass

def __property():
    class P:
        pass
    P.x = property(P.__getattribute__)
    class Q:
        def __getattr__(self, name):
            return getattr(self, name + 'x')
    P.x = property(lambda self: self.x)
    return P()

def __getattr():
    class G:
        def __getitem__(self, i):
            return self[i]
    return G()

def __nested(n):
    l = []
    for _ in range(n):
        l = [l]
    return l

def __tuples(n):
    l = (int,)
    l = (str,)
    for _ in range(n):
        l = (l,)
    return l

def __exceptions(n):
    e = ValueError()
    for _ in range(n):
        e = ValueError(e)
    return e
`

// TestHostilePrograms runs programs that must be stopped, and checks that they
// were stopped by a limit, before they took the memory.
func TestHostilePrograms(t *testing.T) {
	setup, err := Compile("setup.py", []byte(hostileSetup))
	if err != nil {
		t.Fatal(err)
	}
	for name, expr := range hostile {
		t.Run(name, func(t *testing.T) {
			program, err := Compile("hostile.py", []byte("try:\n    _ = ("+expr+")\nexcept BaseException as e:\n    caught = e\n"))
			if err != nil {
				t.Fatal(err)
			}
			thread := NewThread(context.Background(), Limits{Steps: 1_000_000, Alloc: hostileAlloc})
			globals := NewDict(0)
			env := &Env{Builtins: Builtins()}
			if err := setup.Exec(thread, globals, env); err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err = program.Exec(thread, globals, env)
			runtime.ReadMemStats(&after)
			var limit *LimitError
			if !errors.As(err, &limit) {
				caught, _ := globals.GetStr("caught")
				t.Errorf("%s: ended with error %v, caught %v; want a *LimitError", expr, err, caught)
			}
			// Garbage counts here, but not against the limit.
			const most = 20 * hostileAlloc
			if used := after.TotalAlloc - before.TotalAlloc; used > most {
				t.Errorf("%s: allocated %d bytes under a limit of %d", expr, used, hostileAlloc)
			}
		})
	}
}
