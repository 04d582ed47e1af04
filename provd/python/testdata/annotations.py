# Annotations are parsed, never evaluated.
from __future__ import annotations

import typing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nowhere import Missing

def f(a: Missing, *args: Missing[int], k: 'x' | None = None, **kw: dict[str, Missing]) -> Missing:
    local: Missing = 1
    other: Missing
    return local

x: Missing = 5
y: list[Missing]
class C:
    field: Missing
    value: Missing = 3
    self_typed: C
    def m(self: C, other: C | None = None) -> C:
        return self

assert f(1) == 1 and x == 5 and C.value == 3 and not hasattr(C, 'field')
o = C()
o.attr: Missing = 4
(z): Missing = 6
d = {}
d['k']: Missing = 7
assert o.attr == 4 and z == 6 and d == {'k': 7} and o.m() is o
try:
    y
    assert False
except NameError:
    pass

def unbound():
    v: int
    try:
        return v
    except UnboundLocalError:
        return 'unbound'
assert unbound() == 'unbound'
---
# dialect
# Without the __future__ import, too.
def f(a: undefined) -> undefined:
    return a
class C:
    v: undefined = 1
assert f(1) == 1 and C.v == 1 and f.__annotations__ == {}
