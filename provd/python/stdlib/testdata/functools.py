import functools
from functools import cached_property, lru_cache, partial, reduce, total_ordering, wraps

print(reduce(lambda a, b: a + b, [1, 2, 3]), reduce(lambda a, b: a * b, [], 5), reduce(max, 'hello'))
try:
    reduce(max, [])
except TypeError as e:
    print(e)


def f(a, b, c=0, *args, **kw):
    'doc of f'
    return a, b, c, args, kw


p = partial(f, 1, c=3)
print(p(2), p(2, c=4, d=5), partial(p, 9)(), p.func is f, p.args, p.keywords, partial(int, base=2)('101'))
print(repr(partial(len, [1])))


def deco(fn):
    @wraps(fn)
    def inner(*a, **k):
        'inner doc'
        return ('deco', fn(*a, **k))

    return inner


g = deco(f)
print(g(1, 2), g.__name__, g.__doc__, g.__wrapped__ is f)
calls = []


@lru_cache(maxsize=2)
def sq(x):
    calls.append(x)
    return x * x


print(sq(2), sq(2), sq(3), sq(2), sq(4), sq(3), calls, sq.cache_info(), sq.__name__)
sq.cache_clear()
print(sq.cache_info(), sq(2), len(calls))


@lru_cache
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


@functools.cache
def twice(n):
    return n * 2


print(fib(50), fib.cache_info().misses, twice(4), twice(4), twice.cache_info().hits)


class C:
    n = 0

    @cached_property
    def v(self):
        'a property'
        C.n += 1
        return C.n

    @lru_cache(maxsize=None)
    def m(self, x):
        calls.append(('m', x))
        return x + 1


c = C()
print(c.v, c.v, C().v, c.__dict__, C.v.__doc__, c.m(1), c.m(1), calls.count(('m', 1)))


@total_ordering
class V:
    def __init__(self, n):
        self.n = n

    def __eq__(self, o):
        return self.n == o.n

    def __lt__(self, o):
        return self.n < o.n


@total_ordering
class W(V):
    def __ge__(self, o):
        return self.n >= o.n


print(V(1) < V(2), V(1) <= V(1), V(2) > V(1), V(2) >= V(3), V(1) != V(2), max(V(1), V(5)).n, sorted([V(3), V(1)])[0].n, W(1) <= W(2))
print(sorted([3, 1, 2], key=functools.cmp_to_key(lambda a, b: b - a)))


@functools.singledispatch
def show(x):
    return 'any'


@show.register(int)
def _(x):
    return 'int'


@show.register(list)
def _(x):
    return 'list'


print(show(1), show([]), show('x'), show(True))
try:
    partial(5)
except TypeError as e:
    print(e)
try:
    total_ordering(type('X', (), {}))
except ValueError as e:
    print(e)
