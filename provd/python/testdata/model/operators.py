# Operators through dunder methods.
def show(f, *args):
    try:
        print(repr(f(*args)))
    except BaseException as e:
        print('%s: %s' % (type(e).__name__, e))

log = []
class V:
    def __init__(self, name):
        self.name = name
    def __repr__(self):
        return self.name

def method(name, result):
    def f(self, *args):
        log.append('%s.%s(%s)' % (self.name, name, ', '.join(map(repr, args))))
        return result
    return f

ops = ['add', 'sub', 'mul', 'truediv', 'floordiv', 'mod', 'pow', 'lshift', 'rshift', 'and', 'or', 'xor', 'matmul']
full = {}
for op in ops:
    full['__%s__' % op] = method(op, 'R' + op)
    full['__r%s__' % op] = method('r' + op, 'RR' + op)
    full['__i%s__' % op] = method('i' + op, 'I' + op)
no = {}
for op in ops:
    no['__%s__' % op] = method(op, NotImplemented)
    no['__r%s__' % op] = method('r' + op, NotImplemented)
    no['__i%s__' % op] = method('i' + op, NotImplemented)
Full = type('Full', (V,), full)
No = type('No', (V,), no)
SubNo = type('SubNo', (Full,), {'__radd__': method('radd', 'subradd')})

f, n, v, s = Full('f'), No('n'), V('v'), SubNo('s')
pairs = [(f, n), (n, f), (f, 1), (1, f), (n, 1), (1, n), (n, n), (n, v), (v, f), (f, s), (s, f), ('a', f), ([1], f), ('a', n), ([1], n), ((1,), n), (b'a', n)]
binary = {
    '+': lambda a, b: a + b, '-': lambda a, b: a - b, '*': lambda a, b: a * b, '/': lambda a, b: a / b,
    '//': lambda a, b: a // b, '%': lambda a, b: a % b, '**': lambda a, b: a ** b, '<<': lambda a, b: a << b,
    '>>': lambda a, b: a >> b, '&': lambda a, b: a & b, '|': lambda a, b: a | b, '^': lambda a, b: a ^ b, '@': lambda a, b: a @ b,
}
for sym, op in binary.items():
    for a, b in pairs:
        if sym == '%' and isinstance(a, (str, bytes)):
            continue
        log.clear()
        try:
            r = repr(op(a, b))
        except TypeError as e:
            r = str(e)
        print(a, sym, b, '->', r, log)

def iadd(a, b):
    a += b
    return a
def isub(a, b):
    a -= b
    return a
def ipow(a, b):
    a **= b
    return a
def imatmul(a, b):
    a @= b
    return a
for op in (iadd, isub, ipow, imatmul):
    for a, b in [(f, 1), (n, 1), (n, f), (v, f), (v, 1), (1, f), (1, v), ('a', 1), (None, 1)]:
        log.clear()
        try:
            r = repr(op(a, b))
        except TypeError as e:
            r = str(e)
        print(op.__name__, a, b, '->', r, log)

class Cmp:
    def __init__(self, name, result):
        self.name, self.result = name, result
    def __repr__(self):
        return self.name
for op in ['eq', 'ne', 'lt', 'le', 'gt', 'ge']:
    def make(op):
        def f(self, other):
            log.append('%s.%s' % (self.name, op))
            return self.result
        return f
    setattr(Cmp, '__%s__' % op, make(op))
class SubCmp(Cmp):
    pass
t, u, w = Cmp('t', 'yes'), Cmp('u', NotImplemented), SubCmp('w', 'sub')
for name, op in [('==', lambda a, b: a == b), ('!=', lambda a, b: a != b), ('<', lambda a, b: a < b), ('<=', lambda a, b: a <= b), ('>', lambda a, b: a > b), ('>=', lambda a, b: a >= b)]:
    for a, b in [(t, u), (u, t), (u, u), (u, 1), (1, u), (1, t), (t, w), (w, t), (u, w), ([1], u), (None, t)]:
        log.clear()
        try:
            r = repr(op(a, b))
        except TypeError as e:
            r = str(e)
        print(a, name, b, '->', r, log)

# Truth and length.
class Len:
    def __init__(self, n):
        self.n = n
    def __len__(self):
        return self.n
class Bool:
    def __init__(self, v):
        self.v = v
    def __bool__(self):
        return self.v
for v in (Len(0), Len(3), Bool(True), Bool(False)):
    print(bool(v), not v, 'T' if v else 'F', v and 1, v or 2) if isinstance(v, (Len, Bool)) and (isinstance(v, Bool) or v.n == 0) and False else print(bool(v), not v)
show(bool, Bool(1))
show(bool, Len(-1))
show(len, Len(-1))
show(len, Len('a'))
show(len, Len(2.5))
show(len, Len(True))
show(len, Len(10**30))
class Both:
    def __bool__(self):
        return False
    def __len__(self):
        return 5
print(bool(Both()))

# Hash and equality in containers.
class Key:
    def __init__(self, v, h):
        self.v, self.h = v, h
    def __eq__(self, other):
        return isinstance(other, Key) and self.v == other.v
    def __hash__(self):
        return self.h
    def __repr__(self):
        return 'Key(%r)' % self.v
d = {}
for i in range(50):
    d[Key(i % 10, i % 3)] = i
print(d)
print(Key(4, 1) in d, Key(4, 2) in d, len(d))
print({Key(1, 1), Key(1, 1), Key(2, 1)})
class BadHash:
    def __hash__(self):
        return 'x'
show(hash, BadHash())
show(lambda: {BadHash(): 1})
class BigHash:
    def __hash__(self):
        return 10**30
print(hash(BigHash()) == hash(10**30))
class MinusOne:
    def __hash__(self):
        return -1
print(hash(MinusOne()))
class EqRaises:
    def __eq__(self, other):
        raise ValueError('eq')
    def __hash__(self):
        return 1
show(lambda: {EqRaises(): 1, EqRaises(): 2})
show(lambda: EqRaises() in [EqRaises()])
e = EqRaises()
print(e in [e], {e: 1}[e])

# Containers by protocol.
class Box:
    def __init__(self):
        self.d = {}
    def __getitem__(self, k):
        return ('get', k)
    def __setitem__(self, k, v):
        self.d['set', repr(k)] = v
    def __delitem__(self, k):
        self.d['del', repr(k)] = None
    def __contains__(self, k):
        return 'truthy' if k else ''
b = Box()
b[1] = 2
b['a', 2] = 3
b[1:2] = 4
b[::3, ...] = 5
del b[0]
print(b[1], b[1:2], b[1, 2], b[...], b[1:, 2:3], 1 in b, 0 in b, b.d)
class Old:
    def __getitem__(self, i):
        if i > 3:
            raise IndexError
        return i * i
print(list(Old()), 4 in Old(), 5 in Old(), [*Old()], dict(enumerate(Old())), max(Old()), tuple(zip(Old(), 'ab')))
class NoIter:
    __iter__ = None
    def __getitem__(self, i):
        return i
show(iter, NoIter())
class NoContains:
    __contains__ = None
    def __iter__(self):
        return iter('ab')
show(lambda: 'a' in NoContains())
class BadIter:
    def __iter__(self):
        return 5
show(list, BadIter())
class GenIter:
    def __iter__(self):
        yield 1
        yield 2
print(list(GenIter()), sum(GenIter()), 2 in GenIter(), sorted(GenIter(), reverse=True))
class Rev:
    def __reversed__(self):
        return 'custom'
print(reversed(Rev()))

# Numbers by protocol.
class N:
    def __abs__(self):
        return 'abs'
    def __round__(self, n=None):
        return ('round', n)
    def __divmod__(self, o):
        return ('divmod', o)
    def __rdivmod__(self, o):
        return ('rdivmod', o)
    def __neg__(self):
        return 'neg'
    def __pos__(self):
        return 'pos'
    def __invert__(self):
        return 'inv'
    def __trunc__(self):
        return 3
    def __index__(self):
        return 2
x = N()
print(abs(x), round(x), round(x, 2), divmod(x, 1), divmod(1, x), -x, +x, ~x, [1, 2, 3][x], 'abc'[x], 'a' * x, [0] * x, range(5)[x], hex(x), int(x), '%d' % x if False else '')

# str and repr by protocol.
class R:
    def __repr__(self):
        return 'R!'
class SR(R):
    def __str__(self):
        return 'S!'
class BadR:
    def __repr__(self):
        return 5
print(R(), [R()], str(R()), SR(), [SR()], '%s %r' % (SR(), SR()), f'{SR()} {SR()!r}', '{} {!r}'.format(SR(), SR()), {SR(): SR()})
show(repr, BadR())
show(str, BadR())
show(lambda: '%s' % BadR())
class F:
    def __format__(self, spec):
        return spec if spec != 'bad' else 5
print(f'{F():abc}', format(F(), 'x'), '{:y}'.format(F()))
show(format, F(), 'bad')

# Calling.
class Callme:
    def __call__(self, *args, **kwargs):
        return args, kwargs
c = Callme()
print(c(), c(1, a=2), c(*[1, 2], **{'b': 3}), callable(c), list(map(c, [1, 2])))
c.__call__ = lambda: 'own'
print(c())
show(lambda: V('x')())
