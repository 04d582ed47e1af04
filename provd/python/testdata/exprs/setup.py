# Names that the expressions use. It runs in CPython and in the dialect alike.
class Plain:
    pass

class Point:
    kind = 'point'
    def __init__(self, x, y=0):
        self.x = x
        self.y = y
    def __repr__(self):
        return 'Point(%r, %r)' % (self.x, self.y)
    def __eq__(self, other):
        if not isinstance(other, Point):
            return NotImplemented
        return (self.x, self.y) == (other.x, other.y)
    def __hash__(self):
        return hash((self.x, self.y))
    def __lt__(self, other):
        return self.x < other.x
    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)
    def __radd__(self, other):
        return Point(other + self.x, self.y)
    def __mul__(self, n):
        return Point(self.x * n, self.y * n)
    def __iadd__(self, other):
        return 'iadd'
    def __neg__(self):
        return Point(-self.x, -self.y)
    def __bool__(self):
        return self.x != 0
    def __len__(self):
        return 2
    def __getitem__(self, i):
        return (self.x, self.y)[i]
    def __contains__(self, v):
        return v == self.x
    def __call__(self, *args, **kwargs):
        return args, kwargs
    def __format__(self, spec):
        return 'P<' + spec + '>'
    def __str__(self):
        return 'point'
    @property
    def norm(self):
        return self.x * self.x + self.y * self.y
    @staticmethod
    def origin():
        return Point(0, 0)
    @classmethod
    def of(cls, v):
        return cls(v, v)

class Sub(Point):
    kind = 'sub'
    def __radd__(self, other):
        return 'sub radd'
    def __mul__(self, n):
        return super().__mul__(n)

class Seq:
    def __init__(self, *items):
        self.items = items
    def __getitem__(self, i):
        return self.items[i]

class Idx:
    def __index__(self):
        return 3

class Num:
    def __float__(self):
        return 2.5
    def __int__(self):
        return 7

class D(dict):
    def __missing__(self, key):
        return 'missing ' + str(key)

class L(list):
    def first(self):
        return self[0]

class S(str):
    def shout(self):
        return self.upper() + '!'

class I(int):
    pass

class T(tuple):
    pass

class Dyn:
    def __getattr__(self, name):
        if name.startswith('x'):
            return name * 2
        raise AttributeError(name)

class Frozen:
    def __init__(self):
        object.__setattr__(self, 'v', 1)
    def __setattr__(self, name, value):
        raise TypeError('frozen ' + name)

class E1(Exception):
    pass

class E2(E1):
    def __init__(self, a, b):
        super().__init__(a, b)
        self.a = a

class E3(ValueError):
    def __str__(self):
        return 'custom'

class Cycle:
    def __init__(self):
        self.l = [self]
    def __repr__(self):
        return 'C' + repr(self.l)

class NoHash:
    __hash__ = None

class EqOnly:
    def __eq__(self, o):
        return True

class Iter3:
    def __iter__(self):
        self.n = 0
        return self
    def __next__(self):
        self.n += 1
        if self.n > 3:
            raise StopIteration
        return self.n

def do(f, *args, **kwargs):
    return f(*args, **kwargs)

def caught(f, *args, **kwargs):
    try:
        return f(*args, **kwargs)
    except BaseException as e:
        return e

def seq(first, *rest):
    return rest[-1] if rest else first

def selflist():
    l = [1]
    l.append(l)
    return l

def selfdict():
    d = {'a': 1}
    d['d'] = d
    return d
