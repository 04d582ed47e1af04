# Import statements, from the modules of the test.
import pkg
import pkg.sub
import pkg.sub as renamed
import pkg.sub.deep as deep, pkg as p2
from pkg import value, sub as s, value as v2
from pkg.sub import (
    name,
    deep as d2,
)
from pkg.star import *

assert pkg.value == 1 and p2 is pkg
assert pkg.sub.name == 'sub' and renamed is pkg.sub and s is renamed
assert deep.level == 3 and d2 is deep and name == 'sub'
assert value == v2 == 1
assert shown == 'yes' and 'hidden' not in globals()

def f():
    import pkg.sub
    from pkg import value as local
    return pkg.sub.name, local
assert f() == ('sub', 1)

class C:
    from pkg import value
    import pkg as inner
assert C.value == 1 and C.inner is pkg
---
from pkg.plain import *
assert public == 1 and '_private' not in globals()
---
try:
    from nowhere import thing
except ImportError as e:
    assert isinstance(e, ModuleNotFoundError)
    thing = 'fallback'
assert thing == 'fallback'
---
import nowhere ### "ModuleNotFoundError: No module named 'nowhere'"
---
from pkg import absent ### "ImportError: cannot import name 'absent' from 'pkg'"
---
import pkg.absent ### "ModuleNotFoundError: No module named 'pkg.absent'"
---
import pkg
pkg.absent ### "AttributeError: module 'pkg' has no attribute 'absent'"
---
from . import x ### "ImportError: attempted relative import with no known parent package"
