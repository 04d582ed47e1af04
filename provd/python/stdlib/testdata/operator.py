import operator
from operator import attrgetter, itemgetter, methodcaller


class P:
    def __init__(self, x, y=None):
        self.x = x
        self.y = y

    def add(self, n, k=0):
        return self.x + n + k


print(itemgetter(1)([1, 2]), itemgetter('a', 'b')({'a': 1, 'b': 2, 'c': 3}), sorted([(2, 'a'), (1, 'b')], key=itemgetter(0)))
print(attrgetter('x')(P(3)), attrgetter('x', 'y.x')(P(1, P(2))), methodcaller('add', 1, k=5)(P(10)), methodcaller('upper')('a'))
print(itemgetter(1), itemgetter(1, 'a'), attrgetter('x'), methodcaller('f', 1, k=2))
print(operator.add(1, 2), operator.sub(5, 3), operator.mul('a', 3), operator.truediv(1, 4), operator.floordiv(-7, 2), operator.mod(7, 3))
print(operator.pow(2, 10), operator.lshift(1, 4), operator.rshift(16, 2), operator.and_(6, 3), operator.or_(6, 3), operator.xor(6, 3))
print(operator.neg(3), operator.pos(3), operator.invert(3), operator.not_(0), operator.truth([]), operator.abs(-4), operator.index(True))
print(operator.eq(1, 1.0), operator.ne(1, 2), operator.lt(1, 2), operator.le(2, 2), operator.gt(1, 2), operator.ge(1, 2))
print(operator.is_(None, None), operator.is_not(1, None), operator.contains([1], 1), operator.countOf([1, 2, 1], 1), operator.indexOf('abc', 'c'))
print(operator.getitem({'a': 1}, 'a'), operator.concat([1], [2]), operator.length_hint([1, 2]))
d = {}
operator.setitem(d, 'k', 1)
print(d)
operator.delitem(d, 'k')
print(d)
a = [1]
print(operator.iadd(a, [2]), a, operator.__add__(1, 1), operator.__and__(3, 1))
for f in (lambda: itemgetter(5)([1]), lambda: itemgetter(), lambda: attrgetter(1), lambda: attrgetter('zz')(1), lambda: operator.indexOf([], 1), lambda: operator.index(1.5), lambda: methodcaller()):
    try:
        f()
    except Exception as e:
        print(type(e).__name__, e)

for f in (lambda: operator.concat(1, 2), lambda: operator.concat([1], [2]), lambda: operator.call(len, 'ab')):
    try:
        print(f())
    except TypeError as e:
        print(e)
