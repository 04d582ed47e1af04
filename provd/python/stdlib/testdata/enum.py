from enum import Enum, Flag, IntEnum, IntFlag, StrEnum, auto, unique


class Color(Enum):
    RED = 1
    GREEN = 2
    ALIAS = 1

    def describe(self):
        return self.name.lower()

    @classmethod
    def default(cls):
        return cls.RED

    @property
    def twice(self):
        return self.value * 2


print(Color.RED, repr(Color.RED), Color.RED.name, Color.RED.value, Color(2), Color['GREEN'], Color.ALIAS is Color.RED, list(Color), len(Color), Color.RED.describe(), Color.default(), Color.GREEN.twice)
print(Color.RED == Color.RED, Color.RED != Color.GREEN, Color.RED == 1, Color.RED in Color, hash(Color.RED) == hash(Color.RED), {Color.RED: 'r'}[Color.ALIAS], list(Color.__members__), isinstance(Color.RED, Color), type(Color.RED) is Color, f'{Color.RED}')


class N(IntEnum):
    A = 1
    B = auto()
    C = 10


print(N.A, repr(N.B), N.C + 1, N.A < N.B, N(10), N.A == 1, sorted([N.C, N.A]), f'{N.C:>4}', str(N.C), '%d' % N.B, [0, 1, 2][N.B], max(N), isinstance(N.A, int))


class S(StrEnum):
    X = auto()
    Y = 'why'


print(S.X, repr(S.Y), S.Y.upper(), S('why'), S.X == 'x', '-'.join([S.X, S.Y]), f'{S.Y}')


class P(Flag):
    R = auto()
    W = auto()
    X = auto()


rw = P.R | P.W
print(rw.value, P.R in rw, P.X in rw, rw & P.R, bool(rw & P.X), ~P.R == P.W | P.X, P(3) == rw, [m.name for m in rw], P.R ^ P.R == P(0))


class I(IntFlag):
    A = 1
    B = 2


print((I.A | I.B).value, I.A | 2, int(I.A | I.B), I.A & 1 == 1)


class Planet(Enum):
    EARTH = (5.9, 6.3)
    MARS = (6.4, 3.3)

    def __init__(self, mass, radius):
        self.mass = mass
        self.radius = radius


print(Planet.EARTH.mass, Planet.MARS.value, Planet((5.9, 6.3)).name)
F = Enum('F', 'one two')
print(list(F), F.two.value)
for f in (lambda: Color(9), lambda: Color['NO'], lambda: Color.NOPE, lambda: setattr(Color, 'RED', 5), lambda: unique(Color)):
    try:
        f()
    except Exception as e:
        print(type(e).__name__, e)


class Base(Enum):
    def shout(self):
        return self.name + '!'


class Derived(Base):
    A = 'a'

    @classmethod
    def _missing_(cls, value):
        return cls.A


print(Derived.A.shout(), Derived('zzz'))


class Mixed(str, Enum):
    A = 'a'


print(Mixed.A, repr(Mixed.A), f'{Mixed.A}', Mixed.A == 'a', Mixed('a') is Mixed.A, Mixed.A.upper(), '%s' % Mixed.A)
