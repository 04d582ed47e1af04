# Generator functions.
def count(n):
    i = 0
    while i < n:
        yield i
        i += 1
    return 'done'

assert list(count(3)) == [0, 1, 2]
assert [x * 2 for x in count(3)] == [0, 2, 4]
assert sum(count(5)) == 10
g = count(1)
assert iter(g) is g
assert next(g) == 0
try:
    next(g)
except StopIteration as e:
    assert e.value == 'done'
assert next(g, 'default') == 'default'
assert list(g) == []
assert type(g).__name__ == 'generator'
assert repr(g).startswith('<generator object count at 0x')
assert g.__name__ == 'count'

def nothing():
    return
    yield

assert list(nothing()) == []

def bare():
    x = yield
    y = yield x
    return x, y

g = bare()
assert next(g) is None
assert g.send('a') == 'a'
try:
    g.send('b')
except StopIteration as e:
    assert e.value == ('a', 'b')
---
# Generators run only when asked.
log = []
def g():
    log.append('start')
    yield 1
    log.append('middle')
    yield 2
    log.append('end')
it = g()
assert log == []
next(it)
assert log == ['start']
for v in it:
    assert v == 2
assert log == ['start', 'middle', 'end']
---
# yield inside expressions, loops, try and with.
def f():
    total = 0
    while True:
        total += (yield total) or 0
        if total > 10:
            return total

g = f()
next(g)
assert g.send(4) == 4
assert g.send(None) == 4
try:
    g.send(7)
except StopIteration as e:
    assert e.value == 11

def pairs():
    received = [(yield 1), (yield 2)]
    yield received

g = pairs()
next(g)
g.send('a')
assert g.send('b') == ['a', 'b']

def protected():
    try:
        yield 1
    except ValueError as e:
        yield 'caught ' + str(e)
    finally:
        yield 'finally'
    yield 'after'

assert list(protected()) == [1, 'finally', 'after']
g = protected()
next(g)
assert g.throw(ValueError('v')) == 'caught v'
assert list(g) == ['finally', 'after']
g = protected()
next(g)
assert g.throw(KeyError) == 'finally'
try:
    next(g)
except KeyError:
    pass
---
# close() runs finally blocks.
log = []
def g():
    try:
        yield 1
    except GeneratorExit:
        log.append('exit')
        raise
    finally:
        log.append('finally')

it = g()
it.close()
assert log == []
it = g()
next(it)
it.close()
it.close()
assert log == ['exit', 'finally'] and list(it) == []

def stubborn():
    while True:
        try:
            yield 1
        except GeneratorExit:
            pass
it = stubborn()
next(it)
try:
    it.close()
except RuntimeError as e:
    assert str(e) == 'generator ignored GeneratorExit'
---
# yield from.
def inner():
    x = yield 1
    yield x
    return 'result'

def outer():
    r = yield from inner()
    yield r
    yield from [10, 20]
    yield from (c for c in 'ab')
    yield from {'k': 1}

assert list(outer()) == [1, None, 'result', 10, 20, 'a', 'b', 'k']
g = outer()
next(g)
assert g.send('sent') == 'sent'

def catching():
    try:
        yield 1
    except ValueError:
        yield 'inner caught'
    return 5

def delegating():
    try:
        v = yield from catching()
    except KeyError:
        v = 'key'
    yield v

g = delegating()
next(g)
assert g.throw(ValueError) == 'inner caught'
assert next(g) == 5
g = delegating()
next(g)
assert g.throw(KeyError) == 'key'

log = []
def closing():
    try:
        yield 1
    finally:
        log.append('closed')
def wrapper():
    yield from closing()
g = wrapper()
next(g)
g.close()
assert log == ['closed']

class Iter:
    def __init__(self): self.n = 0
    def __iter__(self): return self
    def __next__(self):
        self.n += 1
        if self.n > 2:
            raise StopIteration('value')
        return self.n
def from_object():
    v = yield from Iter()
    yield v
assert list(from_object()) == [1, 2, 'value']
---
# Generator expressions are lazy, but evaluate their first iterable at once.
log = []
def note(v):
    log.append(v)
    return v
g = (note(x) for x in note([1, 2]))
assert log == [[1, 2]]
assert next(g) == 1 and log == [[1, 2], 1]
assert sum(x for x in range(4)) == 6
assert list((i, j) for i in range(2) for j in range(i + 1) if i or j == 0) == [(0, 0), (1, 0), (1, 1)]
assert ','.join(str(i) for i in range(3)) == '0,1,2'
assert dict((k, v) for k, v in [('a', 1)]) == {'a': 1}
assert any(x > 1 for x in [1, 2]) and not all(x > 1 for x in [1, 2])
---
# Recursion through generators.
def walk(tree):
    if isinstance(tree, list):
        for t in tree:
            yield from walk(t)
    else:
        yield tree
assert list(walk([1, [2, [3, [4]], 5]])) == [1, 2, 3, 4, 5]

def permutations(items):
    if not items:
        yield []
    for i, item in enumerate(items):
        for rest in permutations(items[:i] + items[i + 1:]):
            yield [item] + rest
assert len(list(permutations([1, 2, 3, 4]))) == 24
---
# The state of exceptions belongs to each frame.
def g():
    try:
        raise ValueError('inside')
    except ValueError:
        yield 1
        try:
            raise
        except ValueError as e:
            yield str(e)
it = g()
next(it)
try:
    raise KeyError('outside')
except KeyError:
    assert next(it) == 'inside'
    try:
        raise
    except KeyError as e:
        assert e.args[0] == 'outside'
---
def g():
    yield 1
next(g()).x ### "AttributeError: 'int' object has no attribute 'x'"
---
def g():
    yield 1
    raise StopIteration
list(g()) ### "RuntimeError: generator raised StopIteration"
---
def g():
    yield 1
g().send(1) ### "TypeError: can't send non-None value to a just-started generator"
---
def g():
    it.send(None) ### "ValueError: generator already executing"
    yield 1
it = g()
next(it)
---
def g():
    yield 1
    1 / 0 ### "ZeroDivisionError: division by zero"
for _ in g():
    pass
---
def g():
    yield from 5 ### "TypeError: 'int' object is not iterable"
list(g())
---
def g():
    yield
it = g()
next(it)
it.throw(1) ### "TypeError: exceptions must (be classes or instances|derive from|deriving)"
---
# The forms of throw().
def g():
    while True:
        try:
            yield
        except Exception as e:
            yield type(e).__name__, e.args

def thrown(*args):
    it = g()
    next(it)
    return it.throw(*args)

assert thrown(ValueError) == ('ValueError', ())
assert thrown(ValueError, 'v') == ('ValueError', ('v',))
assert thrown(ValueError, ('v', 1)) == ('ValueError', ('v', 1))
assert thrown(ValueError('v')) == ('ValueError', ('v',))
assert thrown(LookupError, KeyError('k'), None) == ('KeyError', ('k',))
---
# The result of a generator comes with StopIteration.
def g():
    yield 1
    return 'result'
it = g()
next(it)
try:
    next(it)
except StopIteration as e:
    assert e.value == 'result'
try:
    next(it)
except StopIteration as e:
    assert e.value is None and e.args == ()
---
# An exception thrown into a generator that did not start runs none of it.
ran = []

def g():
    try:
        ran.append('started')
        yield 1
    finally:
        ran.append('finished')

a = g()
try:
    a.throw(KeyError('k'))
    assert False
except KeyError:
    pass
assert ran == []
assert next(a, 'over') == 'over'
