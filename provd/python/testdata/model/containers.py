# Lists, dicts and sets while they change.
def show(f, *args):
    try:
        print(repr(f(*args)))
    except BaseException as e:
        print('%s: %s' % (type(e).__name__, e))

# A deterministic random walk over a dict, checked against a list of pairs.
seed = 12345
def rand(n):
    global seed
    seed = (seed * 1103515245 + 12345) % 2147483648
    return (seed >> 8) % n

def walk(keys, steps):
    d, model = {}, []
    for step in range(steps):
        k = keys[rand(len(keys))]
        what = rand(10)
        at = [i for i, (mk, _) in enumerate(model) if mk == k]
        if what < 5:
            d[k] = step
            if at:
                model[at[0]] = (model[at[0]][0], step)
            else:
                model.append((k, step))
        elif what < 8:
            got = d.pop(k, None)
            want = model.pop(at[0])[1] if at else None
            assert got == want, (got, want)
        elif what < 9 and model:
            assert d.popitem() == model.pop()
        else:
            assert d.get(k) == (model[at[0]][1] if at else None)
        assert len(d) == len(model)
    assert list(d.items()) == model, (d, model)
    assert list(reversed(d.items())) == model[::-1]
    return len(d)

print(walk([str(i) for i in range(5)], 400))
print(walk([str(i) for i in range(60)], 1500))
print(walk(list(range(40)), 1500))
print(walk([i * 2**61 for i in range(1, 30)] + [i * (2**61 - 1) for i in range(30)], 800))
print(walk([(i, str(i)) for i in range(20)] + [None, True, 2.5, 'x', b'x', frozenset([1])], 800))

def setwalk(n, steps):
    s, model = set(), []
    for _ in range(steps):
        k = rand(n)
        what = rand(4)
        if what < 2:
            s.add(k)
            if k not in model:
                model.append(k)
        elif what == 2:
            s.discard(k)
            if k in model:
                model.remove(k)
        else:
            assert (k in s) == (k in model)
    assert sorted(s) == sorted(model)
    return len(s)
print(setwalk(30, 800))

# First in, first out.
d = {}
for i in range(1000):
    d[i] = i
    if i >= 5:
        del d[next(iter(d))]
print(d)
for i in range(2000):
    d[i] = 1
    d.popitem()
print(len(d))

# Changing while iterating.
def grow(d):
    for k in d:
        d[k + 1] = 1
show(grow, {1: 1})
def shrink(d):
    for k in d:
        del d[k]
show(shrink, {1: 1, 2: 2})
def replace(d):
    for k in d:
        d[k] = 'new'
    return d
show(replace, {1: 1, 2: 2})
def growset(s):
    for k in s:
        s.add(k + 1)
show(growset, {1})
def growlist(l):
    for v in l:
        if len(l) < 6:
            l.append(v * 2)
    return l
show(growlist, [1, 2])
def shrinklist(l):
    for v in l:
        l.remove(v)
    return l
show(shrinklist, [1, 2, 3, 4])
it = iter([1, 2])
print(list(it), list(it), next(it, 'end'))
l = [1]
it = iter(l)
next(it)
print(next(it, 'end'))
l.append(2)
print(next(it, 'still end'))

# Views are live.
d = {'a': 1}
k, v, i = d.keys(), d.values(), d.items()
d['b'] = 2
print(k, v, i, len(k), 'b' in k, 2 in v, ('b', 2) in i, list(reversed(k)))
d.clear()
print(k, v, i)

# Comparing runs code that changes the containers.
class Evil:
    def __init__(self, target, h=1):
        self.target, self.h = target, h
    def __hash__(self):
        return self.h
    def __eq__(self, other):
        self.target.clear()
        return False
    def __lt__(self, other):
        self.target.append(1)
        return False
d = {}
d[Evil(d)] = 1
d[Evil(d)] = 2
print(len(d) <= 2)
l = [1, 2, 3]
l[1] = Evil(l)
print(5 in l, len(l))
l = [1, 2, 3]
e = Evil(l)
l[:] = [e, e, e]
print([5, 6, 7] == l, len(l))
l = []
l += [Evil(l), Evil(l)]
show(l.sort)
print(len(l))
l = [1, 2, 3]
l[0] = Evil(l)
show(l.index, 9)
l = [1, 2, 3]
l[0] = Evil(l)
show(l.remove, 9)
l = [1, 2, 3]
l[0] = Evil(l)
show(l.count, 9)
s = set()
s.add(Evil(s))
s.add(Evil(s))
print(len(s) <= 2)
def evilkey(v):
    m.append(v)
    return v
m = [3, 1, 2]
show(lambda: m.sort(key=evilkey))
class EvilIter:
    def __init__(self, l):
        self.l = l
    def __iter__(self):
        self.l.clear()
        return iter([7, 8])
l = [1, 2, 3]
l[1:2] = EvilIter(l)
print(l)
l = [1, 2, 3]
l.extend(EvilIter(l))
print(l)
class EvilIndex:
    def __init__(self, l):
        self.l = l
    def __index__(self):
        self.l.clear()
        return 1
l = [1, 2, 3]
show(lambda: l[EvilIndex(l)])
l = [1, 2, 3]
show(lambda: l.pop(EvilIndex(l)))
l = [1, 2, 3]
show(lambda: l.insert(EvilIndex(l), 5))
print(l)
l = [1, 2, 3]
show(lambda: l[EvilIndex(l):])
l = [1, 2, 3]
def delslice():
    del l[EvilIndex(l):]
show(delslice)
l = [1, 2, 3]
def setslice():
    l[EvilIndex(l):] = [9]
show(setslice)
def setitem():
    l[EvilIndex(l)] = 9
l = [1, 2, 3]
show(setitem)
class EvilRepr:
    def __init__(self, l):
        self.l = l
    def __repr__(self):
        self.l.clear()
        return 'evil'
l = [1, 2, 3]
l[0] = EvilRepr(l)
print(l)
d = {1: 1, 2: 2, 3: 3}
d[1] = EvilRepr(d)
print(len(repr(d)) > 0)

# Sorting is stable and uses < only.
words = ['banana', 'Apple', 'cherry', 'apple', 'Banana', 'fig', 'kiwi', 'Fig']
print(sorted(words), sorted(words, key=str.lower), sorted(words, key=len), sorted(words, key=len, reverse=True))
class OnlyLt:
    def __init__(self, v):
        self.v = v
    def __lt__(self, o):
        return self.v < o.v
    def __repr__(self):
        return 'O%d' % self.v
print(sorted([OnlyLt(3), OnlyLt(1), OnlyLt(2)]), min(OnlyLt(2), OnlyLt(1)), sorted([(1, OnlyLt(2)), (1, OnlyLt(1))]))
big = [rand(1000) for _ in range(500)]
print(sorted(big) == sorted(big, reverse=True)[::-1], sorted(big)[:5], sorted(big, key=lambda v: -v)[:5])
pairs = [(rand(5), i) for i in range(200)]
by = sorted(pairs, key=lambda p: p[0])
print(all(by[i][0] < by[i + 1][0] or by[i][1] < by[i + 1][1] for i in range(199)))
rev = sorted(pairs, key=lambda p: p[0], reverse=True)
print(all(rev[i][0] > rev[i + 1][0] or rev[i][1] < rev[i + 1][1] for i in range(199)))

# Slices assigned and deleted.
base = list(range(10))
for sl in [slice(2, 5), slice(5, 2), slice(None, None, 2), slice(8, 1, -3), slice(-3, None), slice(None, -3), slice(100, 200), slice(None), slice(None, None, -1), slice(1, 100, 4)]:
    l = base[:]
    del l[sl]
    m = base[:]
    n = len(m[sl])
    m[sl] = range(100, 100 + n)
    print(sl, base[sl], l, m)
l = [1]
l[5:] = 'ab'
l[:0] = (0,)
print(l)
l += l
l *= 2
print(l, l[::5])

# Dicts built in every way.
print(dict(a=1, **{'b': 2}), dict([('a', 1)], b=2), {**{'a': 1}, **{'a': 2, 'c': 3}}, {k: v for k, v in zip('ab', [1, 2])})
class Map:
    def keys(self):
        return ['x', 'y']
    def __getitem__(self, k):
        return k * 2
print(dict(Map()), {**Map()})
d = {'a': 1}
d |= {'b': 2}
d |= [('c', 3)]
print(d, d | {'a': 9}, {'a': 0} | d)
show(lambda: d | [('x', 1)])
print({1: 'int', 1.0: 'float', True: 'bool'}, {0: 'a', False: 'b', 0.0: 'c'}, {'1': 1, 1: 2})
print({1, 1.0, True}, len({(), frozenset(), 0, '', None, b''}))
