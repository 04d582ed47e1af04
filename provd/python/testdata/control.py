# if, while, for and their else.
def sign(n):
    if n < 0:
        return -1
    elif n == 0:
        return 0
    else:
        return 1

assert [sign(n) for n in (-5, 0, 5)] == [-1, 0, 1]

def first_even(items):
    for i in items:
        if i % 2:
            continue
        found = i
        break
    else:
        found = None
    return found

assert first_even([1, 3, 4, 5]) == 4
assert first_even([1, 3]) is None
assert first_even([]) is None

n = 0
while n < 5:
    n += 1
    if n == 3:
        continue
    if n == 10:
        break
else:
    n = 100
assert n == 100

while True:
    n -= 1
    if n < 50:
        break
else:
    assert False
assert n == 49

out = []
for i in range(3):
    for j in range(3):
        if j == 2:
            break
        if i == 1:
            continue
        out.append((i, j))
assert out == [(0, 0), (0, 1), (2, 0), (2, 1)]
---
# Truth of everything.
class Empty:
    def __len__(self): return 0
class No:
    def __bool__(self): return False
    def __len__(self): return 1
falsy = [None, False, 0, 0.0, '', b'', (), [], {}, set(), range(0), Empty(), No()]
assert not any(falsy)
for v in falsy:
    if v:
        assert False
    assert not v
    assert (v or 'x') == 'x'
    assert (v and 'x') is v
assert [1] and 'a' and {1: 2} and (0,) and object()
---
# Boolean operators return operands and stop early.
log = []
def t(v):
    log.append(v)
    return v

assert (t(1) and t(0) and t(2)) == 0
assert log == [1, 0]
log.clear()
assert (t(0) or t('') or t(3) or t(4)) == 3
assert log == [0, '', 3]
assert not (not 1)
assert (1 if t(True) else t('no')) == 1

def cond(a, b, c):
    if a and b or not c:
        return 'yes'
    if not (a or b) and c:
        return 'none'
    while a and not b:
        return 'a'
    return 'no'
assert cond(1, 1, 1) == 'yes'
assert cond(0, 0, 1) == 'none'
assert cond(1, 0, 1) == 'a'
assert cond(0, 1, 1) == 'no'
assert cond(0, 0, 0) == 'yes'
---
# Chained comparisons evaluate each operand once.
log = []
def v(x):
    log.append(x)
    return x

assert v(1) < v(2) < v(3)
assert log == [1, 2, 3]
log.clear()
assert not (v(1) < v(0) < v(3))
assert log == [1, 0]
assert 1 < 2 > 0 != 5 == 5 in [5] is not None
assert (1 < 3 < 2) is False
assert 1 == 1.0 == True
x = None
assert x is None and x is not 1
assert 'a' in 'cat' and 'z' not in 'cat'
---
# Assignment forms.
a = b = c = []
assert a is b is c
a, b = 1, 2
a, b = b, a
assert (a, b) == (2, 1)
x = [1, 2, 3]
i = 0
i, x[i] = 1, 9
assert x == [1, 9, 3]
x[0] += 10
x[-1] *= 2
assert x == [11, 9, 6]
d = {'a': {'b': 1}}
d['a']['b'] -= 5
d['n'] = d.get('n', 0) + 1
assert d == {'a': {'b': -4}, 'n': 1}
class O: pass
o = O()
o.v = 1
o.v <<= 3
o.v -= 1
assert o.v == 7
n = 7
n **= 2; n %= 10; n |= 2; n ^= 1; n &= 14; n >>= 1; n /= 2
assert n == 2.5
s = t = [1]
s += (2, 3)
assert t == [1, 2, 3] and s is t
log = []
def at(v):
    log.append(v)
    return v
x[at(0)] = at('v')
x[at(1)] += at(1)
assert log == ['v', 0, 1, 1]
