# Parameters of every kind.
def f(a, b=2, *args, c, d=4, **kw):
    return a, b, args, c, d, kw

assert f(1, c=3) == (1, 2, (), 3, 4, {})
assert f(1, 5, 6, 7, c=8, d=9, e=10) == (1, 5, (6, 7), 8, 9, {'e': 10})
assert f(*[1, 2, 3], **{'c': 4, 'x': 5}) == (1, 2, (3,), 4, 4, {'x': 5})
assert f(*(1,), *[2], 3, c=4, **{'d': 5}, **{'y': 6}) == (1, 2, (3,), 4, 5, {'y': 6})
assert f(b=1, a=2, c=3) == (2, 1, (), 3, 4, {})

def g(a, /, b, *, c=3):
    return a, b, c

assert g(1, 2) == (1, 2, 3)
assert g(1, b=2, c=4) == (1, 2, 4)

def h(a, /, **kw):
    return a, kw

assert h(1, a=2) == (1, {'a': 2})
assert (lambda *a, **k: (a, k))(1, x=2) == ((1,), {'x': 2})
assert (lambda x, y=2, *z: x + y)(1) == 3

def none():
    pass

assert none() is None
---
# Defaults are evaluated once, where the function is defined.
calls = []
def default():
    calls.append(1)
    return []

def f(a=default(), *, b=default()):
    a.append(1)
    return a, b

assert len(calls) == 2
f()
assert f() == ([1, 1], [])
assert f.__defaults__ == ([1, 1],)
assert f.__kwdefaults__ == {'b': []}
---
# Many arguments go the long way round.
def f(*args, **kw):
    return len(args), len(kw)

assert f(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29,
         30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56,
         57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, k=1) == (70, 1)
assert f(**{str(i): i for i in range(100)}) == (0, 100)
---
# Attributes of functions.
def f():
    "The doc."
def g(): pass

assert (f.__name__, f.__qualname__, f.__doc__, f.__module__) == ('f', 'f', 'The doc.', '__main__')
assert g.__doc__ is None
f.level = 3
assert f.level == 3 and f.__dict__ == {'level': 3}
del f.level
assert not hasattr(f, 'level')
f.__name__ = 'renamed'
assert f.__name__ == 'renamed'
assert repr(f).startswith('<function f at 0x')
assert (lambda: 0).__name__ == '<lambda>'
assert callable(f) and type(f).__name__ == 'function'

def outer():
    def inner(): pass
    class C:
        def m(self): pass
    return inner, C

inner, C = outer()
assert inner.__qualname__ == 'outer.<locals>.inner'
assert C.__qualname__ == 'outer.<locals>.C'
assert C.m.__qualname__ == 'outer.<locals>.C.m'
assert C().m.__name__ == 'm'
---
# Decorators, from the bottom up.
log = []
def deco(name):
    log.append('eval ' + name)
    def wrap(fn):
        log.append('apply ' + name)
        def wrapped(*args, **kw):
            return name, fn(*args, **kw)
        return wrapped
    return wrap

@deco('outer')
@deco('inner')
def f(x):
    return x

assert f(1) == ('outer', ('inner', 1))
assert log == ['eval outer', 'eval inner', 'apply inner', 'apply outer']

class Register:
    def __init__(self):
        self.names = []
    def __call__(self, cls):
        self.names.append(cls.__name__)
        return cls

register = Register()
@register
class Thing: pass
assert register.names == ['Thing'] and isinstance(Thing(), Thing)
---
# Arguments are evaluated from left to right.
order = []
def n(v):
    order.append(v)
    return v
def f(*args, **kw): pass
n(f)(n(1), *n([2]), n(3), a=n(4), **n({'b': 5}))
assert order == [f, 1, [2], 3, 4, {'b': 5}]
---
# Recursion.
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
assert fib(15) == 610
def even(n): return n == 0 or odd(n - 1)
def odd(n): return n != 0 and even(n - 1)
assert even(100)
---
def f(a): pass
f() ### "TypeError: f\\(\\) missing 1 required positional argument: 'a'"
---
def f(a, b): pass
f() ### "TypeError: f\\(\\) missing 2 required positional arguments: 'a' and 'b'"
---
def f(a, b, c, d=1): pass
f() ### "TypeError: f\\(\\) missing 3 required positional arguments: 'a', 'b', and 'c'"
---
def f(*, a, b): pass
f() ### "TypeError: f\\(\\) missing 2 required keyword-only arguments: 'a' and 'b'"
---
def f(): pass
f(1) ### "TypeError: f\\(\\) takes 0 positional arguments but 1 was given"
---
def f(a): pass
f(1, 2) ### "TypeError: f\\(\\) takes 1 positional argument but 2 were given"
---
def f(a, b=1): pass
f(1, 2, 3) ### "TypeError: f\\(\\) takes from 1 to 2 positional arguments but 3 were given"
---
def f(a, *, k=1): pass
f(1, 2, k=3) ### "TypeError: f\\(\\) takes 1 positional argument but 2 positional arguments \\(and 1 keyword-only argument\\) were given"
---
def f(a): pass
f(1, a=2) ### "TypeError: f\\(\\) got multiple values for argument 'a'"
---
def f(a): pass
f(1, z=2) ### "TypeError: f\\(\\) got an unexpected keyword argument 'z'"
---
def f(a, /): pass
f(a=1) ### "TypeError: f\\(\\) got some positional-only arguments passed as keyword arguments: 'a'"
---
def f(**k): pass
f(**{'a': 1}, **{'a': 2}) ### "TypeError: __main__\\.f\\(\\) got multiple values for keyword argument 'a'"
---
def f(**k): pass
f(**{1: 2}) ### "TypeError: keywords must be strings"
---
def f(*a): pass
f(*1) ### "TypeError: __main__\\.f\\(\\) argument after \\* must be an iterable, not int"
---
def f(**a): pass
f(**1) ### "TypeError: __main__\\.f\\(\\) argument after \\*\\* must be a mapping, not int"
---
class C:
    def m(self, a): pass
C().m() ### "TypeError: C\\.m\\(\\) missing 1 required positional argument: 'a'"
---
None() ### "TypeError: 'NoneType' object is not callable"
---
# The traceback goes to the innermost frame.
def f():
    g(1,
      2)
def g(a, b):
    return a + 'x' + b ### "TypeError: unsupported operand type\\(s\\) for \\+: 'int' and 'str'"
f()
---
# Exceptions keep their own copy of the arguments.
def f(*a): return a
e = ValueError(1, 2)
f(3, 4)
assert e.args == (1, 2)
