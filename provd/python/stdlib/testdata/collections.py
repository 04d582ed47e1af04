from collections import ChainMap, Counter, OrderedDict, UserDict, defaultdict, deque, namedtuple
from collections import abc

o = OrderedDict([('b', 1), ('a', 2)])
o['c'] = 3
print(o, list(o), o == {'a': 2, 'b': 1, 'c': 3}, o == OrderedDict([('a', 2), ('b', 1), ('c', 3)]), OrderedDict())
o.move_to_end('b')
print(list(o), o.popitem(), o.popitem(last=False), o, list(reversed(o)))
o.update(x=1, y=2)
o.move_to_end('y', last=False)
print(list(o.items()), o.copy(), OrderedDict.fromkeys('ab', 0), isinstance(o, dict), o | {'q': 1})
d = defaultdict(list)
d['a'].append(1)
d['a'].append(2)
print(d, d['b'], len(d), d.get('z'), 'z' in d, defaultdict(int, {'x': 1})['y'], defaultdict(None, a=1), d.copy())
c = defaultdict(lambda: defaultdict(int))
c['x']['y'] += 1
print(dict(c['x']), sorted(c))
try:
    defaultdict(None)['k']
except KeyError as e:
    print('KeyError', e)
k = Counter('abracadabra')
print(k, k['z'], k.most_common(2), sorted(k.elements()), k.total(), Counter(a=1) + Counter(a=2, b=-1), Counter(a=3) - Counter(a=1), Counter(a=1) | Counter(a=2), Counter(a=1) & Counter(a=2))
k.update('aaa')
k.subtract({'b': 5})
print(k['a'], k['b'], +k, dict(Counter([1, 1, 2])), Counter() == Counter(a=0))
Q = deque([1, 2, 3], maxlen=3)
Q.append(4)
Q.appendleft(0)
print(Q, Q.maxlen, Q.pop(), Q.popleft(), list(Q), len(Q), Q[0], bool(deque()))
r = deque('abc')
r.rotate(1)
r.extend('de')
r.extendleft('xy')
print(r, r.count('a'), r.index('a'), 'd' in r, list(reversed(r)), r + deque('z'), deque([1]) * 2, deque([1, 2]) < deque([1, 3]), deque([1]) == deque([1]))
r.remove('c')
r.reverse()
r.insert(1, '!')
r[0] = '?'
del r[-1]
print(r)
for f in (lambda: deque().pop(), lambda: deque().popleft(), lambda: r[99], lambda: r.remove('zz'), lambda: deque([], -1)):
    try:
        f()
    except (IndexError, ValueError) as e:
        print(type(e).__name__, e)
P = namedtuple('P', 'x y')
p = P(1, y=2)
print(p, p.x, p[1], p._asdict(), p._replace(x=5), P._make([3, 4]), P._fields, p == (1, 2), hash(p) == hash((1, 2)), len(p), list(p), isinstance(p, tuple))
x, y = p
print(x, y, namedtuple('D', ['a', 'b'], defaults=[7])(1), namedtuple('R', 'a class a', rename=True)._fields, P.__name__, P.__doc__)


class Q2(P):
    def norm(self):
        return self.x + self.y


print(Q2(1, 2).norm(), Q2(1, 2), type(Q2(1, 2)._replace(x=3)).__name__)
for f in (lambda: P(1), lambda: P(1, 2, 3), lambda: P(1, 2, x=3), lambda: P(1, z=2, y=1), lambda: namedtuple('P', 'a a'), lambda: namedtuple('P', '1a'), lambda: namedtuple('P', 'class'), lambda: namedtuple('P', '_a'), lambda: p._replace(q=1), lambda: P._make([1])):
    try:
        print(f())
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
try:
    p.x = 5
except AttributeError:
    print('immutable')
m = ChainMap({'a': 1}, {'a': 2, 'b': 3})
m['c'] = 4
print(m['a'], m['b'], dict(m), len(m), m.maps, m.new_child({'a': 0})['a'], m.parents['a'], 'z' in m, m.get('z', 9), sorted(m.items()))


class U(UserDict):
    def __setitem__(self, k, v):
        super().__setitem__(k.upper(), v)


u = U(a=1)
u.update({'b': 2})
print(u, u['A'], 'a' in u, len(u), dict(u.items()), u.pop('A'), u.setdefault('c', 5), u.data)
for v in ([], (), {}, set(), frozenset(), 'x', b'x', range(1), iter([]), (i for i in ()), 5, len, None, {}.keys(), {}.items(), {}.values(), deque(), o, Counter()):
    print(
        type(v).__name__,
        ''.join(
            '1' if isinstance(v, getattr(abc, n)) else '0'
            for n in 'Iterable Iterator Sized Container Collection Hashable Callable Sequence MutableSequence Mapping MutableMapping Set MutableSet Generator Reversible'.split()
        ),
    )


class M(abc.Mapping):
    def __init__(self, d):
        self.d = d

    def __getitem__(self, k):
        return self.d[k]

    def __iter__(self):
        return iter(self.d)

    def __len__(self):
        return len(self.d)


mm = M({'a': 1})
print(mm.get('a'), mm.get('b', 0), 'a' in mm, list(mm.keys()), list(mm.items()), list(mm.values()), mm == {'a': 1}, isinstance(mm, abc.Mapping), mm.keys() & {'a', 'b'})
try:
    abc.Mapping()
except TypeError as e:
    print(e)


# Corners that random comparison with CPython found.
def shown(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


P = namedtuple('P', 'x y')
shown(lambda: setattr(P(1, 2), 'x', 3))
shown(lambda: setattr(P(1, 2), 'z', 3))
shown(lambda: delattr(P(1, 2), 'x'))
shown(lambda: P(1, z=2))
shown(lambda: P.x.__doc__)
shown(lambda: {'b': 2} | OrderedDict(a=1))
shown(lambda: {'b': 2} | defaultdict(int, a=1))
C = Counter
shown(lambda: (C('a') <= C('ab'), C('a') < C('a'), C('ab') >= C('a'), C('ab') > C('ab')))
shown(lambda: C('a') < 1)
shown(lambda: C.fromkeys('ab'))
shown(lambda: C(a='x'))
d = deque([1])
d.append(d)
shown(lambda: d)
