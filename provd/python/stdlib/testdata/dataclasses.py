from __future__ import annotations

import dataclasses
from dataclasses import KW_ONLY, InitVar, dataclass, field
from typing import ClassVar, NamedTuple


def show(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


@dataclass
class Line:
    number: int
    name: str = 'x'
    tags: list[str] = field(default_factory=list)
    kind: ClassVar[str] = 'sip'
    hidden: int = field(default=3, repr=False, compare=False)


show(lambda: Line(1))
show(lambda: Line(1, 'b', ['t']))
show(lambda: Line())
show(lambda: Line(1, 2, 3, 4, 5))
show(lambda: Line(1, nope=2))
show(lambda: Line(1, number=2))
show(lambda: Line(1) == Line(1, hidden=9))
show(lambda: Line(1) == 1)
show(lambda: Line(1).tags is Line(1).tags)
show(lambda: hash(Line(1)))
show(lambda: [f.name for f in dataclasses.fields(Line)])
show(lambda: dataclasses.asdict(Line(1, tags=[Line(2)])))
show(lambda: dataclasses.astuple(Line(1)))
show(lambda: dataclasses.replace(Line(1), name='z'))
show(lambda: dataclasses.is_dataclass(Line))
show(lambda: dataclasses.is_dataclass(3))
show(lambda: Line(1) < Line(2))
show(lambda: Line.__annotations__)


@dataclass(frozen=True, order=True)
class Key:
    a: int
    b: int = 0


show(lambda: sorted([Key(2), Key(1, 5), Key(1)]))
show(lambda: {Key(1): 'x'}[Key(1, 0)])
show(lambda: Key(1) <= Key(1))


def assign():
    Key(1).a = 5


def delete():
    del Key(1).a


show(assign)
show(delete)
show(lambda: isinstance(dataclasses.FrozenInstanceError(), AttributeError))


@dataclass
class Base:
    a: int
    b: int = 2


@dataclass
class Child(Base):
    c: int = 3
    b: int = 7
    seed: InitVar[int] = 4
    _: KW_ONLY
    k: int
    total: int = field(init=False)

    def __post_init__(self, seed):
        self.total = self.a + self.b + self.c + seed


show(lambda: Child(1, k=2))
show(lambda: Child(1, 2, 3, 4, k=5))
show(lambda: Child(1))
show(lambda: Child.__match_args__)


def bad_order():
    @dataclass
    class Bad:
        a: int = 1
        b: int

    return Bad


def bad_default():
    @dataclass
    class Bad:
        a: list = []


show(bad_order)
show(bad_default)
show(lambda: dataclasses.asdict(1))
show(lambda: field(default=1, default_factory=list))


class Point(NamedTuple):
    """A point."""

    x: int
    y: int = 5

    def total(self):
        return self.x + self.y

    @property
    def double(self):
        return self.total() * 2


show(lambda: Point(1))
show(lambda: (Point(1).total(), Point(2, 3).double, Point(1)[1], Point(1)._asdict(), Point._fields, Point.__doc__))
show(lambda: Point(1)._replace(y=9))
show(lambda: isinstance(Point(1), tuple))


def bad_tuple():
    class Bad(NamedTuple):
        a: int = 1
        b: int

    return Bad


show(bad_tuple)
show(lambda: NamedTuple('T', [('a', int), ('b', str)])(1, 'c'))


class Notes:
    a: int
    b: Missing[int] = 2
    (c): int = 3

    def f(self):
        inner: int = 5
        return inner


class Plain(Notes):
    pass


show(lambda: (Notes.__annotations__, Plain.__annotations__, hasattr(Notes, 'a'), Notes().f()))
