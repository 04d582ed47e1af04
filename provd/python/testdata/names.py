# Scopes: local, enclosing, global and builtin names.
x = 'global'

def read():
    return x

def shadow():
    x = 'local'
    return x

def write():
    global x, y
    x = 'written'
    y = 'made'

assert read() == 'global'
assert shadow() == 'local'
write()
assert (x, y) == ('written', 'made')
assert len([1]) == 1

def len(v):
    return 'mine'

assert len([1]) == 'mine'
del len
assert len([1]) == 1
---
# Closures share variables, also with later assignments.
def outer():
    n = 0
    def bump(by=1):
        nonlocal n
        n += by
        return n
    def get():
        return n
    n = 10
    return bump, get

bump, get = outer()
assert bump() == 11
assert bump(by=5) == 16
assert get() == 16
bump2, get2 = outer()
assert get2() == 10

def depth1(a):
    def depth2(b):
        def depth3(c):
            return a + b + c
        return depth3
    return depth2

assert depth1(1)(2)(3) == 6

fs = [lambda: i for i in range(3)]
assert [f() for f in fs] == [2, 2, 2]
fs = [lambda i=i: i for i in range(3)]
assert [f() for f in fs] == [0, 1, 2]

def param_cell(a, *args, k=1, **kw):
    def inner():
        return a, args, k, kw
    a += 1
    return inner()

assert param_cell(1, 2, 3, k=4, z=5) == (2, (2, 3), 4, {'z': 5})
---
# A class body is no scope for its functions.
v = 'global'
def f():
    v = 'enclosing'
    class C:
        seen = v
        v = 'class'
        after = v
        def m(self):
            return v
        items = [v for _ in [1]]
    return C

C = f()
assert (C.after, C().m()) == ('class', 'enclosing')
assert C.items == ['enclosing']
---
def f():
    v = 'enclosing'
    class C:
        w = v
        def m(self):
            return v
    return C

assert f().w == 'enclosing'
assert f()().m() == 'enclosing'
---
print(undefined_name) ### "NameError: name 'undefined_name' is not defined"
---
def f():
    print(v) ### "UnboundLocalError: cannot access local variable 'v' where it is not associated with a value"
    v = 1
f()
---
def f():
    v = 1
    del v
    return v ### "UnboundLocalError: cannot access local variable 'v' where it is not associated with a value"
f()
---
def f():
    def g():
        return v ### "NameError: cannot access free variable 'v' where it is not associated with a value in enclosing scope"
    g()
    v = 1
f()
---
def f():
    v = 1
    def g():
        return v
    del v
    return v ### "UnboundLocalError: cannot access local variable 'v' where it is not associated with a value"
f()
---
v = 1
del v
v ### "NameError: name 'v' is not defined"
---
del never ### "NameError: name 'never' is not defined"
---
class C:
    a = 1
    del a
    a ### "NameError: name 'a' is not defined"
---
def f():
    v += 1 ### "UnboundLocalError: cannot access local variable 'v' where it is not associated with a value"
f()
---
# Deletion of all kinds of variables, and rebinding.
def f():
    a = b = c = 1
    def g():
        nonlocal b
        del b
        b = 2
        return b
    assert g() == 2
    del a, (b, [c])
    a = 5
    return a

assert f() == 5
g1 = 1
def h():
    global g1
    del g1
h()
try:
    g1
    assert False
except NameError as e:
    assert str(e) == "name 'g1' is not defined"
---
# The walrus binds outside comprehensions.
def f(data):
    if (n := len(data)) > 2:
        found = [last := v for v in data if (w := v * 2) > 2]
        return n, found, last, w
    return n

assert f([1]) == 1
assert f([1, 2, 3]) == (3, [2, 3], 3, 6)
out = [top := i for i in range(4)]
assert top == 3
---
# Private names.
class _Base:
    __secret = 1
    def __hidden(self):
        return self.__secret
    def call(self):
        return self.__hidden()
    def keyword(self, __p=3):
        return __p
    def local(self):
        __v = 4
        return [__v for _ in 'a'][0]
    __dunder__ = 5

class Sub(_Base):
    __secret = 2
    def mine(self):
        return self.__secret

s = Sub()
assert s.call() == 1
assert s.mine() == 2
assert s.keyword() == 3
assert s.keyword(_Base__p=7) == 7
assert s.local() == 4
assert s.__dunder__ == 5
assert s._Base__secret == 1 and s._Sub__secret == 2
---
# globals() and locals() of the running code.
def f(a, b=2):
    c = 3
    return locals()

assert f(1) == {'a': 1, 'b': 2, 'c': 3}
assert globals()['f'] is f
globals()['made'] = 9
assert made == 9

class C:
    v = 1
    assert locals()['v'] == 1
---
# NameError knows the name.
try:
    missing
    assert False
except NameError as e:
    assert e.name == 'missing', e.name
