# Corners of the built-in values that expressions cannot show.
def show(f, *args):
    try:
        print(repr(f(*args)))
    except BaseException as e:
        print('%s: %s' % (type(e).__name__, e))

# Augmented assignment of sets, frozensets and others.
def aug(op, a, b):
    same = a
    try:
        if op == '|':
            a |= b
        elif op == '&':
            a &= b
        elif op == '-':
            a -= b
        elif op == '^':
            a ^= b
        elif op == '+':
            a += b
        elif op == '*':
            a *= b
        elif op == '%':
            a %= b
        elif op == '//':
            a //= b
        elif op == '**':
            a **= b
        elif op == '<<':
            a <<= b
    except TypeError as e:
        return str(e)
    return (sorted(a, key=str) if isinstance(a, (set, frozenset)) else a), type(a).__name__, a is same
for op in '|&-^':
    for make in (lambda: {1, 2}, lambda: frozenset({1, 2}), lambda: {1: 1, 2: 2}.keys(), lambda: {'a': 1}, lambda: 6):
        for b in ({2, 3}, frozenset({2, 3}), [2, 3], {2: 2}.keys(), {'b': 2}, 3):
            if isinstance(make(), (set, dict)) and not isinstance(b, (set, frozenset)) and isinstance(b, type({}.keys())):
                continue
            print(op, aug(op, make(), b))
for op, a, b in [('+', [1], (2,)), ('+', [1], 'ab'), ('+', [1], 5), ('+', (1,), (2,)), ('+', (1,), [2]), ('+', 'a', 'b'), ('+', 'a', 1), ('+', 1, 2.5),
                 ('*', [1], 2), ('*', [1], 'a'), ('*', 'ab', 2), ('*', (1,), True), ('*', 2, [1]), ('%', '%s', 5), ('%', 7, 4), ('//', 7, 2), ('**', 2, 10), ('<<', 1, 70), ('**', 'a', 2), ('-', 'a', 1)]:
    print(op, aug(op, a, b))
s = {1}
t = s
s |= s
s -= {5}
print(s is t, s)
s ^= s
print(s, t)

# Classes derived from the containers.
class MyList(list):
    def __init__(self, *args):
        super().__init__(args)
        self.made = True
class MyDict(dict):
    def __setitem__(self, k, v):
        super().__setitem__(k, ('set', v))
    def __getitem__(self, k):
        return ('get', super().__getitem__(k))
class MySet(set):
    pass
class MyFrozen(frozenset):
    pass
class MyTuple(tuple):
    def __new__(cls, *args):
        return super().__new__(cls, args)
class MyInt(int):
    def __add__(self, o):
        return 'added'
    def __repr__(self):
        return 'MyInt'
class MyFloat(float):
    pass
class MyBytes(bytes):
    pass
l = MyList(1, 2, 3)
l.append(4)
l += [5]
print(l, l.made, len(l), l[1:], l == [1, 2, 3, 4, 5], [1, 2, 3, 4, 5] == l, type(l + [6]).__name__, type(l * 2).__name__, list(reversed(l)), sorted(l, reverse=True), 3 in l, l.index(2), l.__class__.__name__)
print(type(l).__name__, isinstance(l, list), bool(l), bool(MyList()), repr(MyList('a')), [l, l], hash(MyTuple(1)) == hash((1,)))
l.extend(l)
del l[5:]
l.sort(key=lambda v: -v)
print(l, *l)
a, *b = l
print(a, b, [*l], (*l,), {**MyDict(x=1)})
d = MyDict(a=1)
d['b'] = 2
print(d, d['b'], d.get('b'), list(d.items()), d.pop('b'), 'a' in d, len(d), {**d}, dict(d), d == {'a': 1}, d.copy(), type(d.copy()).__name__)
d.update(c=3)
d.setdefault('e', 5)
print(d)
for k in d:
    print(k, d[k])
show(lambda: '%(a)s' % d)
show(lambda: '{a}'.format(**d))
s = MySet([1, 2])
s.add(3)
s |= {4}
print(s, type(s).__name__, type(s | {9}).__name__ in ('set', 'MySet'), s == {1, 2, 3, 4}, {1} < s, MySet(), MyFrozen([1]), hash(MyFrozen([1])) == hash(frozenset([1])), {MyFrozen([1]): 1}[frozenset([1])])
t = MyTuple(1, 2)
print(t, t + (3,), type(t + (3,)).__name__, t == (1, 2), t[0], t[1:], len(t), 'x%s%s' % t, hash(t) == hash((1, 2)), {t: 1}[1, 2], (1, 2) < MyTuple(1, 3))
i = MyInt(5)
print(i, i + 1, 1 + i, i * 2, -i, abs(i), int(i), float(i), [0, 1, 2, 3, 4, 5][i], '%d|%s|%r' % (i, i, i), f'{i}|{i:03}|{i!r}', format(i, 'x'), i == 5, {5: 'a'}[i], range(i), 'a' * i, hash(i) == hash(5), bool(MyInt(0)), i < 6, max(i, 3), round(i), divmod(i, 2), i.bit_length(), hex(i), str(i))
f = MyFloat(2.5)
print(f, f + 1, repr(f), int(f), round(f), f == 2.5, f'{f:.2f}', '%.1f' % f, f.is_integer(), type(f + 1).__name__, hash(f) == hash(2.5), {2.5: 1}[f])
b = MyBytes(b'ab')
print(b, b + b'c', b[0], b.decode(), b == b'ab', {b'ab': 1}[b], b.hex(), len(b), b'a' in b)
print(isinstance(True, int), type(True + 0), True.__class__, bool.__mro__, True.real, (True).bit_length())

# Strings derived, joined, searched.
class MyStr(str):
    def __eq__(self, o):
        return 'eq'
    __hash__ = str.__hash__
m = MyStr('abc')
print(m == 'abc', 'abc' == m, m != 'abc', m.upper(), m[0], m + 'd', 'x' + m, ','.join([m, m]), m in 'xabcx', 'b' in m, m.replace('a', 'z'), 'abcd'.startswith(m), 'xabc'.endswith((m,)), 'abcabc'.split(m), 'abc'.strip(m), 'abc'.find(m), '%s' % m, f'{m:>5}', '{}'.format(m), int(MyStr('12')), float(MyStr('1.5')), m.encode(), {m: 1}, [m], str(m), repr(m), type(str(m)).__name__, len(m), m * 2, list(m), ord(MyStr('a')), getattr('x', MyStr('upper'))(), hash(m) == hash('abc'), isinstance(m, str), m.__class__.__name__, bytes(m, 'ascii'), dict(a=1).get(MyStr('b')))

# Iterators.
it = iter([1, 2, 3])
print(next(it), list(it), list(it), iter(it) is it)
e = enumerate('ab')
print(next(e), list(e), iter(e) is e, type(e).__name__)
z = zip('ab', [1, 2])
print(next(z), dict(z), type(z).__name__)
r = reversed([1, 2])
print(next(r), list(r), type(r).__name__, type(reversed({})).__name__, type(reversed({}.items())).__name__, type(reversed({}.values())).__name__, type(reversed('ab')).__name__)
m = map(lambda a, b: (a, b), 'abc', [1, 2])
print(list(m), type(m).__name__, list(filter(lambda v: v % 2, range(6))))
print([type(iter(x)).__name__ for x in ([], (), {}, set(), b'', range(1), {}.values(), {}.items(), frozenset(), zip(), map(str, []))])
print(sum(1 for _ in iter(lambda c=[0]: c.__setitem__(0, c[0] + 1) or c[0], 4)))
def gen():
    yield 1
    yield 2
print(list(zip(gen(), gen())), max(gen()), sorted(gen(), reverse=True), tuple(gen()), set(gen()), dict.fromkeys(gen()), ','.join(str(i) for i in gen()), any(i == 2 for i in gen()), all(gen()), [*gen()], 2 in gen(), list(enumerate(gen(), 5)), list(map(str, gen())), sum(gen()), min(gen(), default=0), list(filter(None, gen())))

# Names of functions and methods.
print(len.__name__, 'a'.upper.__name__, str.upper.__qualname__, [].append.__self__, dict.fromkeys.__name__, int.from_bytes.__self__, type(len).__name__, type([].append).__name__, type(str.join).__name__, type(int.real).__name__, len.__module__)
def f(a, b=1, *c, d=2, **e):
    "doc"
print(f.__name__, f.__doc__, f.__qualname__, f.__module__, f.__defaults__, f.__kwdefaults__)
f.attr = 1
print(f.attr, f.__dict__)
show(lambda: setattr(len, 'x', 1))
print(callable(f), callable(f.__call__), f.__class__.__name__)
