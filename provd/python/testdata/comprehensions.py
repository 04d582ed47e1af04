# Comprehensions of every kind.
assert [x * 2 for x in range(4)] == [0, 2, 4, 6]
assert [x for x in range(10) if x % 2 if x > 4] == [5, 7, 9]
assert [(x, y) for x in range(3) for y in range(x)] == [(1, 0), (2, 0), (2, 1)]
assert {x % 3 for x in range(9)} == {0, 1, 2}
assert {k: v for k, v in [('a', 1), ('b', 2)] if v > 1} == {'b': 2}
assert {v: k for k, v in {'a': 1}.items()} == {1: 'a'}
assert [[y for y in range(x)] for x in range(3)] == [[], [0], [0, 1]]
assert [a + b for a, b in zip('ab', 'cd')] == ['ac', 'bd']
assert [first for first, *_ in [(1, 2, 3), (4,)]] == [1, 4]
assert [x for row in [[1], [2, 3]] for x in row] == [1, 2, 3]
assert [i for i in [1, 2] if [j for j in [2] if j == i]] == [2]
assert [lambda: 0 for _ in 'ab'][1]() == 0
---
# The variable does not leak, and the first iterable sees the outer scope.
x = 'outer'
assert [x for x in [x]] == ['outer']
assert x == 'outer'
try:
    [never for never in [1]]
    never
    assert False
except NameError:
    pass

def f(x):
    return [x + y for y in (lambda: [x])()]
assert f(1) == [2]

class C:
    n = 3
    items = [i for i in range(n)]
assert C.items == [0, 1, 2]
---
# Evaluation order in a dict comprehension: key, then value.
log = []
def n(v):
    log.append(v)
    return v
assert {n(1): n(2) for _ in 'a'} == {1: 2} and log == [1, 2]
---
# An exception inside leaves the function's stack in order.
def f(items):
    out = []
    for i in items:
        try:
            out.append([10 // j for j in i])
        except ZeroDivisionError:
            out.append('zero')
    return out
assert f([[1, 2], [0], [5]]) == [[10, 5], 'zero', [2]]
---
[1 / x for x in [1, 0]] ### "ZeroDivisionError: division by zero"
---
[x for x in 5] ### "TypeError: 'int' object is not iterable"
---
class C:
    n = 1
    m = [n for _ in 'a'] ### "NameError: name 'n' is not defined"
---
{[]: 1 for _ in 'a'} ### "TypeError: unhashable type: 'list'"
