# Assignment to several targets.
a, b = 1, 2
(a, b), c = (3, 4), 5
[d, e] = 'xy'
assert (a, b, c, d, e) == (3, 4, 5, 'x', 'y')
a, *b = [1, 2, 3]
*c, d = (1, 2, 3)
e, *f, g = 'abcd'
h, *i = [1]
assert (a, b, c, d, e, f, g, h, i) == (1, [2, 3], [1, 2], 3, 'a', ['b', 'c'], 'd', 1, [])
(a, *[b, c]), d = (1, 2, 3), 4
assert (a, b, c, d) == (1, 2, 3, 4)
a, = [9]
assert a == 9
for k, (x, *y) in {'k': (1, 2, 3)}.items():
    assert (k, x, y) == ('k', 1, [2, 3])
() = []
[] = ()
class O: pass
o = O()
d = {}
o.x, d['k'], *o.rest = range(5)
assert (o.x, d, o.rest) == (0, {'k': 1}, [2, 3, 4])
a = b, c = 1, 2
assert (a, b, c) == ((1, 2), 1, 2)
def gen():
    yield 1
    yield 2
x, y = gen()
assert (x, y) == (1, 2)
x, y = {'p': 1, 'q': 2}
assert (x, y) == ('p', 'q')
---
# Displays with stars.
a = [1, 2]
assert [*a, 3, *a] == [1, 2, 3, 1, 2]
assert (*a, *'xy') == (1, 2, 'x', 'y')
assert {*a, 2, 5} == {1, 2, 5}
assert {**{'a': 1, 'b': 2}, 'b': 3, **{'c': 4}} == {'a': 1, 'b': 3, 'c': 4}
assert [*range(3), *{'k': 1}] == [0, 1, 2, 'k']
def f():
    return 1, *a
assert f() == (1, 1, 2)
t = *a, 9
assert t == (1, 2, 9)
class M:
    def keys(self): return ['x']
    def __getitem__(self, k): return k * 2
assert {**M()} == {'x': 'xx'}
---
a, b = 1, 2, 3 ### "ValueError: too many values to unpack \\(expected 2\\)"
---
a, b = 1, ### "ValueError: not enough values to unpack \\(expected 2, got 1\\)"
---
a, b, *c = [1] ### "ValueError: not enough values to unpack \\(expected at least 2, got 1\\)"
---
a, b = 5 ### "TypeError: cannot unpack non-iterable int object"
---
a, b = None ### "TypeError: cannot unpack non-iterable NoneType object"
---
def g():
    yield 1
    yield 2
    yield 3
    assert False, 'asked too often'
a, b = g() ### "ValueError: too many values to unpack \\(expected 2\\)"
---
[*5] ### "TypeError: Value after \\* must be an iterable, not int"
---
{**5} ### "TypeError: 'int' object is not a mapping"
---
{*[[]]} ### "TypeError: unhashable type: 'list'"
