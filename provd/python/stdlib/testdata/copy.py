import copy
from copy import deepcopy


class Node:
    def __init__(self, v):
        self.v = v
        self.next = None


class Custom:
    def __copy__(self):
        return 'copied'

    def __deepcopy__(self, memo):
        return 'deep'


class MyList(list):
    pass


class MyDict(dict):
    pass


a = [1, [2, 3], {'k': (4, [5])}, {6}, 'x', None]
b = copy.copy(a)
c = deepcopy(a)
print(b == a, b is a, b[1] is a[1], c == a, c[1] is a[1], c[2]['k'][1] is a[2]['k'][1], c[3] is a[3])
t = (1, 2)
u = (1, [2])
print(deepcopy(t) is t, deepcopy(u) is u, deepcopy(u) == u, copy.copy(u) is u)
n = Node(1)
n.next = n
m = deepcopy(n)
print(m is n, m.next is m, m.v)
l = []
l.append(l)
k = deepcopy(l)
print(k is l, k[0] is k)
shared = [1]
p = deepcopy([shared, shared])
print(p[0] is p[1], p[0] is shared)
print(copy.copy(Custom()), deepcopy(Custom()), deepcopy([Custom()]))
x = MyList([1, [2]])
x.attr = [3]
y = deepcopy(x)
z = copy.copy(x)
print(type(y).__name__, y, y.attr, y.attr is x.attr, y[1] is x[1], type(z).__name__, z, z.attr is x.attr, z[1] is x[1])
d = MyDict(a=[1])
e = deepcopy(d)
print(type(e).__name__, e, e['a'] is d['a'])
o = Node([1])
q = copy.copy(o)
print(q.v is o.v, q is o, q.__dict__ == o.__dict__)
err = deepcopy(ValueError('a', [1]))
print(type(err).__name__, err.args)
print(deepcopy(len) is len, deepcopy(Node) is Node, deepcopy(range(3)), deepcopy(frozenset([1])), copy.copy(b'x'), deepcopy(1 << 100), deepcopy({1: {2: [3]}}))
print(copy.copy({1: 2}), copy.copy({1}), copy.Error.__name__)


class Memo:
    def __init__(self, v):
        self.v = v

    def __deepcopy__(self, memo):
        new = Memo(None)
        memo[id(self)] = new
        new.v = deepcopy(self.v, memo)
        return new


s = [1]
w = deepcopy([Memo(s), s])
print(w[0].v is w[1], w[0].v is s)
