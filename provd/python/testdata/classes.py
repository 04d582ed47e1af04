# Classes, instances, attributes.
class A:
    """Doc of A."""
    kind = 'a'
    items = []

    def __init__(self, v=1):
        self.v = v

    def get(self):
        return self.v

assert A.__doc__ == 'Doc of A.' and A.__name__ == 'A' and A.__module__ == '__main__'
a, b = A(), A(2)
assert a.get() == 1 and b.get() == 2 and A.get(b) == 2
a.kind = 'own'
assert (a.kind, b.kind, A.kind) == ('own', 'a', 'a')
A.kind = 'changed'
assert b.kind == 'changed'
a.items.append(1)
assert b.items == [1]
assert a.__dict__ == {'v': 1, 'kind': 'own'}
assert a.__class__ is A and type(a) is A and isinstance(a, A)
m = b.get
b.v = 9
assert m() == 9
assert hasattr(a, 'v') and not hasattr(a, 'w') and getattr(a, 'w', 3) == 3
setattr(a, 'w', 4)
del a.w
assert not hasattr(a, 'w')
class Empty: pass
assert Empty.__doc__ is None
---
# Inheritance, super() and the resolution order.
class Base:
    def __init__(self, x):
        self.log = ['Base %s' % x]
    def hello(self):
        return 'base'
    @classmethod
    def make(cls, x):
        return cls(x)
    @staticmethod
    def twice(x):
        return x * 2

class Left(Base):
    def __init__(self, x):
        super().__init__(x)
        self.log.append('Left')
    def hello(self):
        return 'left ' + super().hello()

class Right(Base):
    def __init__(self, x):
        super(Right, self).__init__(x)
        self.log.append('Right')
    def hello(self):
        return 'right ' + super().hello()

class Both(Left, Right):
    def __init__(self, x):
        super().__init__(x)
        self.log.append('Both')
    def hello(self):
        return 'both ' + super().hello()
    @classmethod
    def make(cls, x):
        return super().make(x + 1)

b = Both(1)
assert b.log == ['Base 1', 'Right', 'Left', 'Both']
assert b.hello() == 'both left right base'
assert [c.__name__ for c in Both.__mro__] == ['Both', 'Left', 'Right', 'Base', 'object']
assert Both.make(1).log[0] == 'Base 2'
assert Both.twice(4) == 8 and b.twice(5) == 10
assert issubclass(Both, Right) and not issubclass(Left, Right)
assert isinstance(b, (int, Base))
assert Both.__bases__ == (Left, Right)
---
# super() in nested functions, class variables through __class__.
class A:
    def f(self):
        return 'A'
class B(A):
    def f(self):
        def inner(me):
            return super(B, me).f()
        return inner(self) + super().f() + __class__.__name__
    def g(self):
        return [super(B, self).f() for _ in range(2)]
    def late(self):
        self = self
        return super().f()
assert B().f() == 'AAB' and B().g() == ['A', 'A'] and B().late() == 'A'

class Outer:
    class Inner(A):
        def f(self):
            return 'Inner' + super().f()
    def make(self):
        return self.Inner()
assert Outer().make().f() == 'InnerA'
---
# Properties and descriptors.
class Celsius:
    def __init__(self):
        self._t = 0
    @property
    def t(self):
        "The temperature."
        return self._t
    @t.setter
    def t(self, value):
        if value < -273:
            raise ValueError('too cold')
        self._t = value
    @t.deleter
    def t(self):
        self._t = None
    f = property(lambda self: self._t * 9 / 5 + 32)

c = Celsius()
c.t = 100
assert c.t == 100 and c.f == 212
try:
    c.t = -300
except ValueError as e:
    assert str(e) == 'too cold'
del c.t
assert c.t is None

class Typed:
    def __set_name__(self, owner, name):
        self.name = '_' + name
    def __get__(self, obj, cls=None):
        return self if obj is None else getattr(obj, self.name, 'unset')
    def __set__(self, obj, value):
        setattr(obj, self.name, int(value))
class Holder:
    n = Typed()
h = Holder()
assert h.n == 'unset'
h.n = '5'
assert h.n == 5 and isinstance(Holder.n, Typed)
---
# Special methods.
class Vec:
    def __init__(self, *v): self.v = list(v)
    def __repr__(self): return 'Vec(%s)' % ', '.join(map(repr, self.v))
    def __str__(self): return '<' + ' '.join(map(str, self.v)) + '>'
    def __eq__(self, o): return isinstance(o, Vec) and self.v == o.v
    def __hash__(self): return hash(tuple(self.v))
    def __len__(self): return len(self.v)
    def __getitem__(self, i): return self.v[i]
    def __setitem__(self, i, x): self.v[i] = x
    def __delitem__(self, i): del self.v[i]
    def __contains__(self, x): return x in self.v
    def __iter__(self): return iter(self.v)
    def __add__(self, o):
        if not isinstance(o, Vec):
            return NotImplemented
        return Vec(*[a + b for a, b in zip(self, o)])
    def __mul__(self, n): return Vec(*[a * n for a in self])
    __rmul__ = __mul__
    def __neg__(self): return self * -1
    def __bool__(self): return any(self.v)
    def __lt__(self, o): return self.v < o.v
    def __call__(self, x, *, y=0): return (x, y, self.v[0])
    def __iadd__(self, o):
        self.v += o.v
        return self
    def __enter__(self): return self
    def __exit__(self, *a): return True
    def __format__(self, spec): return 'fmt:' + spec

v = Vec(1, 2)
assert repr(v) == 'Vec(1, 2)' and str(v) == '<1 2>' and f'{v!r} {v} {v:x}' == 'Vec(1, 2) fmt: fmt:x'
assert v == Vec(1, 2) and v != Vec(2) and not (v != Vec(1, 2))
assert len(v) == 2 and v[1] == 2 and v[0:1] == [1] and 2 in v and 5 not in v
v[0] = 7
assert list(v) == [7, 2]
del v[0]
assert [*v] == [2] and max(v) == 2
assert Vec(1, 2) + Vec(3, 4) == Vec(4, 6)
assert 3 * Vec(1) == Vec(3) == Vec(1) * 3 and -Vec(1) == Vec(-1)
assert not Vec(0, 0) and Vec(0, 1)
assert sorted([Vec(3), Vec(1)]) == [Vec(1), Vec(3)] and Vec(1) < Vec(2) > Vec(0)
assert v(5, y=6) == (5, 6, 2)
w = v
w += Vec(9)
assert v == Vec(2, 9) and w is v
assert {Vec(1): 'x'}[Vec(1)] == 'x' and len({Vec(1), Vec(1)}) == 1
with v as same:
    1 / 0
assert same is v
---
# Attribute hooks.
class Dyn:
    def __init__(self): self.real = 1
    def __getattr__(self, name):
        if name.startswith('x_'):
            return name[2:]
        raise AttributeError(name)
    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)
        self.__dict__.setdefault('log', []).append(name)
    def __delattr__(self, name):
        self.log.append('del ' + name)
        super().__delattr__(name)

d = Dyn()
assert d.real == 1 and d.x_abc == 'abc' and not hasattr(d, 'other')
d.y = 2
del d.y
assert d.log == ['real', 'y', 'del y']
---
# Iterators.
class Countdown:
    def __init__(self, n): self.n = n
    def __iter__(self): return self
    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        return self.n
assert list(Countdown(3)) == [2, 1, 0]
assert [x for x in Countdown(2)] == [1, 0]
a, b = Countdown(2)
assert (a, b) == (1, 0)

class Indexed:
    def __getitem__(self, i):
        if i > 2:
            raise IndexError
        return i * i
assert list(Indexed()) == [0, 1, 4] and 4 in Indexed()
---
# Subclasses of built-in classes.
class D(dict):
    def __missing__(self, key):
        return 'missing ' + key
    def get2(self, k): return self[k], self[k]
class L(list):
    def total(self): return sum(self)
class S(str):
    def shout(self): return self.upper() + '!'
class I(int):
    pass
d = D(a=1)
d['b'] = 2
assert d == {'a': 1, 'b': 2} and d['zz'] == 'missing zz' and d.get2('a') == (1, 1) and isinstance(d, dict)
l = L([1, 2])
l.append(3)
assert l.total() == 6 and len(l) == 3 and l == [1, 2, 3]
assert S('abc').shout() == 'ABC!' and S('abc') == 'abc'
assert I(3) + 4 == 7
class Err(ValueError):
    def __init__(self, msg, code):
        super().__init__(msg)
        self.code = code
    def __str__(self):
        return '%s (%d)' % (self.args[0], self.code)
try:
    raise Err('bad', 3)
except ValueError as e:
    assert str(e) == 'bad (3)' and isinstance(e, Err)
---
# Class creation: body order, keywords, __init_subclass__, __new__.
class Registry:
    seen = []
    def __init_subclass__(cls, tag=None, **kw):
        super().__init_subclass__(**kw)
        cls.tag = tag
        Registry.seen.append(cls.__name__)
class One(Registry, tag='one'): pass
class Two(Registry): pass
assert Registry.seen == ['One', 'Two'] and One.tag == 'one' and Two.tag is None

class Single:
    instance = None
    def __new__(cls, *args):
        if cls.instance is None:
            cls.instance = super().__new__(cls)
        return cls.instance
    def __init__(self, v): self.v = v
assert Single(1) is Single(2) and Single.instance.v == 2

class Body:
    for i in range(3):
        pass
    if i == 2:
        yes = True
    squares = [n * n for n in range(3)]
    def f(self): return self.squares
    g = f
    del i
assert Body.yes and Body().g() == [0, 1, 4] and not hasattr(Body, 'i')
assert [k for k in Body.__dict__ if not k.startswith('__')] == ['yes', 'squares', 'f', 'g']
bases = (One,)
class Starred(*bases, **{'tag': 'x'}): pass
assert Starred.tag == 'x'
T = type('T', (One,), {'attr': 5})
assert T().attr == 5 and T.__name__ == 'T'
---
class A: pass
A().missing ### "AttributeError: 'A' object has no attribute 'missing'"
---
class A: pass
A.missing ### "AttributeError: type object 'A' has no attribute 'missing'"
---
class A:
    @property
    def p(self): return 1
A().p = 2 ### "AttributeError: property 'p' of 'A' object has no setter"
---
class A(5): pass ### "TypeError: int\\(\\) takes at most 2 arguments|bases must be types"
---
class A: pass
class B(A): pass
class C(A, B): pass ### "TypeError: Cannot create a consistent method resolution"
---
class A: pass
A(1) ### "TypeError: A\\(\\) takes no arguments"
---
class A:
    def __init__(self, x): pass
A() ### "TypeError: A\\.__init__\\(\\) missing 1 required positional argument: 'x'"
---
class A:
    def __init__(self):
        return 5
A() ### "TypeError: __init__\\(\\) should return None, not 'int'"
---
def f():
    super() ### "RuntimeError: super\\(\\): no arguments"
f()
---
def f(x):
    super() ### "RuntimeError: super\\(\\): __class__ cell not found"
f(1)
---
class A:
    def m(): pass
A().m() ### "TypeError: A\\.m\\(\\) takes 0 positional arguments but 1 was given"
---
class A:
    1 / 0 ### "ZeroDivisionError: division by zero"
---
class A:
    def __getattr__(self, n):
        return self.__dict__[n] ### "KeyError: 'x'"
A().x
---
# A method can use super() and __class__ while its class is still being made.
class Base:
    def __init_subclass__(cls):
        cls.made = cls.create()
    @classmethod
    def create(cls):
        return cls.__name__
class Sub(Base):
    @classmethod
    def create(cls):
        return super().create() + ' ' + __class__.__name__
assert Sub.made == 'Sub Sub' and '__classcell__' not in Sub.__dict__

class Outer:
    def f(self):
        class Inner:
            owner = __class__
        return Inner.owner
assert Outer().f() is Outer
---
# A metaclass.
class Meta(type):
    def __new__(mcls, name, bases, ns, **kw):
        cls = super().__new__(mcls, name, bases, ns)
        cls.keywords = kw
        return cls
    def __init__(cls, name, bases, ns, **kw):
        super().__init__(name, bases, ns)
    def __call__(cls, *args):
        return ('called', super().__call__(*args))
class C(metaclass=Meta, tag=1):
    def f(self): return __class__
kind, c = C()
assert kind == 'called' and c.f() is C and C.keywords == {'tag': 1} and type(C) is Meta
---
# documentation of properties; an in-place operator that is None
class C:
    @property
    def x(self):
        'what x is'
        return 1
    y = property(lambda self: 2, None, None, 'what y is')
    z = property(lambda self: 3)
    __iadd__ = None
    def __add__(self, other): return 5
assert C.x.__doc__ == 'what x is' and C.y.__doc__ == 'what y is' and C.z.__doc__ is None
c = C()
assert c + 1 == 5
try:
    c += 1
    assert False
except TypeError as e:
    assert str(e) == "'NoneType' object is not callable", e
---
# the annotations of a class body, in order
class C:
    b: 'int'
    a: undefined[x] = 1
    (c): int = 2
class D(C): pass
assert list(C.__annotations__) == ['b', 'a'] and D.__annotations__ == {}
---
# text made while text is made, also when that fails
class Shown:
    def __init__(self, n):
        self.n = n
    def __str__(self):
        if self.n == 0:
            raise ValueError('no %s, no %d' % ('text', self.n))
        return '<%d %s>' % (self.n, Shown(self.n - 1) if self.n > 1 else 'end %s' % 'x' * 2)
assert 'a%sb%sc%d' % (Shown(1), Shown(3), 7) == 'a<1 end xend x>b<3 <2 <1 end xend x>>>c7'
try:
    'a%sb%s' % (Shown(1), Shown(0))
    assert False
except ValueError as e:
    assert '%s!' % e == 'no text, no 0!'
kept = ['%d' % i for i in range(3)] + ['x%sx' % ('y' * 5000)] + ['%s%s' % (i, i) for i in 'ab']
assert kept == ['0', '1', '2', 'x' + 'y' * 5000 + 'x', 'aa', 'bb'], kept
---
# __slots__ bound the attributes of instances.
class A:
    __slots__ = ('a', '__p')

    def set(self):
        self.__p = 1
        return self.__p

class B(A):
    __slots__ = 'b'

class C(B):
    pass

class D(A):
    __slots__ = ('__dict__',)

class T(tuple):
    __slots__ = ()

def refused(o, name):
    try:
        setattr(o, name, 1)
    except AttributeError as e:
        return str(e)
    return None

assert A().set() == 1
a = A()
a.a = 2
assert a.a == 2
assert refused(a, 'c') == "'A' object has no attribute 'c'"
assert refused(a, 'set') == "'A' object attribute 'set' is read-only"
assert not hasattr(a, '__dict__')
b = B()
b.a = b.b = 1
assert refused(b, 'c') == "'B' object has no attribute 'c'"
assert refused(C(), 'c') is None and hasattr(C(), '__dict__')
assert refused(D(), 'c') is None
assert refused(T(), 'c') == "'T' object has no attribute 'c'"
for slots, text in ((('x',), "'x' in __slots__ conflicts with class variable"), ((1,), "__slots__ items must be strings, not 'int'"), (('a b',), '__slots__ must be identifiers')):
    try:
        type('E', (), {'__slots__': slots, 'x': 1})
        assert False
    except (TypeError, ValueError) as e:
        assert str(e) == text, e
---
# pow() with three arguments, and names that are set to None.
class A:
    def __pow__(self, o, m=None):
        return 'pow', o, m

assert pow(A(), 1, 2) == ('pow', 1, 2)
assert pow(A(), 1) == A() ** 1 == ('pow', 1, None)
try:
    A.__name__ = 5
    assert False
except TypeError as e:
    assert str(e) == "can only assign string to A.__name__, not 'int'", e
assert int | int is int
assert repr(int | A | None) == 'int | __main__.A | None', int | A | None
---
# A number leaves what is derived from a sequence to that class.
class S(str):
    def __mul__(self, n):
        return 'mul'
    __rmul__ = __add__ = __mul__

class L(list):
    def __add__(self, o):
        return NotImplemented

assert 3 * S('a') == S('a') * 3 == 'mul' and S('a') + 1 == 'mul'
assert (3).__mul__('a') is NotImplemented and (3).__rmod__('a') is NotImplemented
class P(str): pass
assert 3 * P('a') == 'aaa' and True * P('a') == 'a'
for f, text in ((lambda: L() + 1, "unsupported operand type(s) for +: 'L' and 'int'"), (lambda: P('a') + 1, 'can only concatenate str (not "int") to str')):
    try:
        f()
        assert False
    except TypeError as e:
        assert str(e) == text, e
