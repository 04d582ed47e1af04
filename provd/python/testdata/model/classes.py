# Classes, resolution order, super and the class statement's hooks.
def show(f, *args):
    try:
        print(repr(f(*args)))
    except BaseException as e:
        print('%s: %s' % (type(e).__name__, e))

class A:
    x = 1
    def who(self):
        return 'A'
    def chain(self):
        return ['A']

class B(A):
    def who(self):
        return 'B' + super().who()
    def chain(self):
        return ['B'] + super().chain()

class C(A):
    def who(self):
        return 'C' + super().who()
    def chain(self):
        return ['C'] + super().chain()

class D(B, C):
    def chain(self):
        return ['D'] + super().chain()

print([c.__name__ for c in D.__mro__])
print(D().who(), D().chain())
show(lambda: type('E', (A, B), {}))
show(lambda: type('E', (D, C, A), {}).__mro__)

# Changing a class is seen by instances and subclasses, however often it was asked.
d = D()
print(d.x, D.x)
A.x = 2
print(d.x, D.x, B.x)
C.x = 3
print(d.x, D.x, B.x)
d.x = 4
print(d.x, D.x)
del d.x
del C.x
print(d.x)
del A.x
show(lambda: d.x)
show(lambda: D.x)
A.late = lambda self: 'late'
print(d.late())
B.late = lambda self: 'B late'
print(d.late(), C().late())
del B.late
print(d.late())
show(lambda: delattr(B, 'late'))

# __getattr__ comes after everything else, __getattribute__ before.
class G:
    y = 'class'
    def __init__(self):
        self.z = 'own'
    def __getattr__(self, name):
        if name == 'boom':
            raise AttributeError('no boom')
        return 'got ' + name

g = G()
print(g.y, g.z, g.w, hasattr(g, 'boom'), getattr(g, 'boom', 'default'))
show(lambda: g.boom)

class GA:
    def __init__(self):
        self.log = []
    def __getattribute__(self, name):
        if name in ('log', '__class__'):
            return object.__getattribute__(self, name)
        self.log.append(name)
        if name == 'missing':
            raise AttributeError(name)
        return 'ga ' + name
ga = GA()
print(ga.a, ga.b, ga.log)
show(lambda: ga.missing)

class GB(GA):
    def __getattr__(self, name):
        return 'fallback ' + name
print(GB().missing)

# A property that fails with AttributeError falls back to __getattr__.
class GP:
    @property
    def p(self):
        return self.nothing
    def __getattr__(self, name):
        return 'fallback ' + name
print(GP().p)

class SetLog:
    def __init__(self):
        super().__setattr__('log', [])
    def __setattr__(self, name, value):
        self.log.append((name, value))
        super().__setattr__(name, value)
    def __delattr__(self, name):
        self.log.append(('del', name))
        super().__delattr__(name)
s = SetLog()
s.a = 1
s.b = 2
del s.a
print(s.log, hasattr(s, 'a'), s.b)
show(lambda: delattr(s, 'zz'))

# Descriptors.
class Desc:
    def __set_name__(self, owner, name):
        self.name = name
        print('set_name', owner.__name__, name)
    def __get__(self, obj, owner):
        if obj is None:
            return 'class access'
        return obj.__dict__.get(self.name, 'unset')
    def __set__(self, obj, value):
        obj.__dict__[self.name] = value * 2
    def __delete__(self, obj):
        print('delete', self.name)

class NonData:
    def __get__(self, obj, owner):
        return 'nondata'

class HasDesc:
    d = Desc()
    n = NonData()

h = HasDesc()
print(HasDesc.d, h.d, h.n)
h.d = 21
h.n = 'own'
print(h.d, h.n, HasDesc.n)
del h.d

# Properties.
class P:
    def __init__(self):
        self._v = 0
    @property
    def v(self):
        "doc of v"
        return self._v
    @v.setter
    def v(self, value):
        self._v = value
    @v.deleter
    def v(self):
        self._v = None
    @property
    def ro(self):
        return 'ro'
    w = property(None, lambda self, v: print('w', v))
p = P()
p.v = 5
print(p.v)
del p.v
print(p.v)
p.w = 1
show(lambda: p.w)
show(lambda: setattr(p, 'ro', 1))
show(lambda: delattr(p, 'ro'))
show(lambda: delattr(p, 'w'))
print(isinstance(P.v, property))

class PS(P):
    @property
    def v(self):
        return 'sub ' + str(super().v)
print(PS().v)

# __init_subclass__, class keywords, __class_getitem__.
class Base:
    registry = []
    def __init_subclass__(cls, tag=None, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.registry.append((cls.__name__, tag))
    def __class_getitem__(cls, item):
        return (cls.__name__, item)
class One(Base, tag='one'):
    pass
class Two(One):
    pass
print(Base.registry, Base[3], Two['a'])
show(lambda: type('X', (), {}, foo=1))

# Metaclasses.
class Meta(type):
    def __new__(mcls, name, bases, ns, **kwargs):
        ns['made'] = 'by ' + mcls.__name__
        return super().__new__(mcls, name, bases, ns)
    def __init__(cls, name, bases, ns, **kwargs):
        super().__init__(name, bases, ns)
        cls.kw = kwargs
    def __call__(cls, *args):
        print('calling', cls.__name__, args)
        return super().__call__(*args)
    def __len__(cls):
        return 42
    def __getitem__(cls, i):
        return 'item %s' % i
    def __iter__(cls):
        return iter('abc')
    def __contains__(cls, v):
        return v == 'yes'
    @property
    def prop(cls):
        return 'meta prop of ' + cls.__name__
    def __repr__(cls):
        return '<meta %s>' % cls.__name__
class M(metaclass=Meta):
    def __init__(self, *args):
        self.args = args
class N(M, option=1):
    pass
print(M.made, N.made, M(1, 2).args, len(N), N[7], list(M), 'yes' in M, 'no' in M, M.prop, N, type(N) is Meta, N.kw)
print(isinstance(N(), M), isinstance(N, Meta), issubclass(N, M))
show(lambda: N().prop)
show(lambda: type('X', (M, ), {}).made)

# __new__.
class Single:
    instance = None
    def __new__(cls, *args):
        if cls.instance is None:
            cls.instance = super().__new__(cls)
        return cls.instance
    def __init__(self, v=None):
        self.v = v
print(Single(1) is Single(2), Single(3).v)
class NotMine:
    def __new__(cls):
        return 5
    def __init__(self):
        print('never')
print(NotMine())
class Upper(str):
    def __new__(cls, s, extra=None):
        self = super().__new__(cls, s.upper())
        self.extra = extra
        return self
u = Upper('abc', extra=1)
print(u, repr(u), u.extra, u.lower(), type(u).__name__, len(u), u == 'ABC', {u: 1}['ABC'])
class Pos(int):
    def __new__(cls, v):
        if v < 0:
            raise ValueError('negative')
        return super().__new__(cls, v)
print(Pos(5) + 1, repr(Pos(7)))
show(Pos, -1)
class BadInit:
    def __init__(self):
        return 5
show(BadInit)

# Class of an instance can be changed.
class K1:
    n = 1
class K2:
    n = 2
k = K1()
k.__class__ = K2
print(k.n, type(k).__name__)
show(lambda: setattr(k, '__class__', int))
show(lambda: setattr(k, '__class__', 5))
k.__dict__ = {'n': 9}
print(k.n, k.__dict__)
show(lambda: setattr(k, '__dict__', 5))

# Names and documentation.
class Named:
    "the doc"
    class Inner:
        pass
print(Named.__doc__, Named.__name__, Named.__qualname__, Named.Inner.__qualname__, Named.__module__, Named, Named.Inner)
print(A.__doc__, Named().__doc__, Named.Inner().__doc__)
Named.__name__ = 'Renamed'
print(Named.__name__, Named.__qualname__)
show(lambda: setattr(int, '__name__', 'x'))
print(Named.__dict__['__doc__'], sorted(n for n in vars(A) if not n.startswith('__')))

# staticmethod, classmethod and functions as attributes.
class F:
    def method(self):
        return 'method'
    @staticmethod
    def static(v):
        return ('static', v)
    @classmethod
    def cls(klass, v):
        return (klass.__name__, v)
    builtin = len
    cl = A
class F2(F):
    @classmethod
    def cls(klass, v):
        return ('F2',) + super().cls(v)
    @staticmethod
    def static(v):
        return ('F2',) + F.static(v)
print(F.static(1), F().static(2), F.cls(3), F2.cls(4), F2().cls(5), F2.static(6), F().builtin([1]), F().cl is A)
print(F.method(F()), F().method.__func__ is F.method, F().method.__self__.__class__.__name__)
show(F.method)
m = F().method
print(m == m, m != F().method, hash(m) == hash(m))
f = F()
f.own = lambda *a: a
print(f.own(1))

# super corners.
class S1:
    @classmethod
    def make(cls):
        return cls.__name__
    @property
    def p(self):
        return 'S1.p'
    @staticmethod
    def st():
        return 'S1.st'
    attr = 'S1.attr'
class S2(S1):
    @classmethod
    def make(cls):
        return 'S2 ' + super().make()
    def test(self):
        return super().p, super().st(), super().attr, super(S2, self).p, super().__class__.__name__
    def missing(self):
        return super().nothing
    @staticmethod
    def nosuper():
        return super().p
print(S2.make(), S2().make(), S2().test())
show(S2().missing)
print(isinstance(super(S2, S2()), super))
