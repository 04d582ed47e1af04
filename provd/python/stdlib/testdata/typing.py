from __future__ import annotations

import abc
import collections.abc
import os.path
import sys
import types
import typing
import unicodedata
import warnings
from typing import TYPE_CHECKING, Any, Callable, Dict, Generic, List, Literal, NamedTuple, Optional, Protocol, TypedDict, TypeVar, Union, cast

if TYPE_CHECKING:
    from nowhere import Nothing

T = TypeVar('T')
Alias = Dict[str, List[Optional[int]]]
Fn = Callable[[int, str], bool]
U = Union[int, str, None]
L = Literal['a', 'b']


class G(Generic[T]):
    def get(self) -> T:
        return 1


class Proto(Protocol):
    def f(self) -> int: ...


class D(TypedDict, total=False):
    a: int
    b: str


class E(D):
    c: str


def f(x: Nothing, *, y: Any = 1) -> Alias:
    z: List[int] = []
    return z


print(G().get(), f(1), D(a=1), E(c='x'), type(D(a=1)) is dict, cast('Nothing', 5), G[int]().get())
P = NamedTuple('P', [('x', int), ('y', str)])
print(P(1, 'a').y, P(1, 'a'))


@typing.overload
def g(x: int) -> int: ...


@typing.final
class Final:
    pass


NewInt = typing.NewType('NewInt', int)
print(NewInt(5), typing.Any is Any, sys.version_info >= (3, 8), sys.version_info.major, sys.version_info[:2], sys.maxsize)
print(isinstance(f, types.FunctionType), isinstance(sys, types.ModuleType), isinstance(None, types.NoneType), isinstance(len, types.BuiltinFunctionType), isinstance((i for i in ()), types.GeneratorType))
print(repr(List), repr(Optional[int]) != '', repr(T), repr(Dict[str, int]), repr(Any), repr(Callable[[int], str]))
warnings.filterwarnings('ignore')
warnings.warn('careful')
with warnings.catch_warnings():
    warnings.simplefilter('ignore')
print(unicodedata.normalize('NFD', 'é') == 'e\u0301', unicodedata.normalize('NFKC', 'ﬁ①'), unicodedata.category('a'), unicodedata.category('É'), unicodedata.category('1'), unicodedata.category(' '), unicodedata.combining('\u0301'), unicodedata.decimal('٣'), unicodedata.digit('7'), unicodedata.is_normalized('NFC', 'é'), unicodedata.decimal('x', -1))
print(''.join(c for c in unicodedata.normalize('NFD', 'Éléphant çà') if unicodedata.category(c) != 'Mn'))
print(collections.abc.Mapping.__name__, os.path.join('a', 'b'), abc.ABC.__name__)
for name in ('socket', 'subprocess', 'pickle', 'threading', 'ctypes_nope', 'os.nope', 'a.b.c', 'math.x'):
    try:
        __import__
    except NameError:
        pass
for stmt in ():
    pass
try:
    import nowhere
except ImportError as e:
    print(type(e).__name__, e)
try:
    import os.nope
except ImportError as e:
    print(type(e).__name__, e)
try:
    import math.x
except ImportError as e:
    print(type(e).__name__, e)
try:
    from math import nope
except ImportError as e:
    print(type(e).__name__, str(e).split(' (')[0])
try:
    from nowhere.deep import x
except ImportError as e:
    print(type(e).__name__, e)
