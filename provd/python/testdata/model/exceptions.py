# Exception objects, their texts and links.
def show(f, *args):
    try:
        print(repr(f(*args)))
    except BaseException as e:
        print('%s: %s' % (type(e).__name__, e))

class Plain(Exception):
    pass

class WithInit(Exception):
    def __init__(self, code, text='t'):
        self.code = code
        super().__init__(f'{text}: {code}')

class NoSuper(Exception):
    def __init__(self, a, b=None):
        self.a = a

class Kw(ValueError):
    def __init__(self, *, name):
        super().__init__(name)
        self.name = name

print(repr(WithInit(5)), str(WithInit(5, 'x')), WithInit(5).args, WithInit(1).code)
print(repr(NoSuper(1, 2)), str(NoSuper(1)), NoSuper(1, b=2).args)
print(repr(Kw(name='n')), Kw(name='n').name)
show(Kw, 'n')
show(lambda: Plain(a=1))

class MyOS(OSError):
    pass
class MyOSInit(OSError):
    def __init__(self, path):
        super().__init__(2, 'gone', path)
        self.path = path
for e in (MyOS(2, 'm'), MyOS(2, 'm', 'f'), MyOS('only'), MyOSInit('p')):
    print(repr(e), str(e), e.errno, e.strerror, e.filename, e.args, type(e).__mro__[1].__name__)
e = OSError(2, 'm', 'f')
e.filename = 'other'
e.errno = 5
print(str(e), repr(e), e.errno)
e = FileNotFoundError(2, 'x')
print(isinstance(e, OSError), e.filename)

class MyKey(KeyError):
    pass
print(str(MyKey('a')), repr(MyKey('a')), isinstance(MyKey(), LookupError))

# Links.
def chain():
    try:
        try:
            raise ValueError('first')
        except ValueError as e:
            raise TypeError('second') from e
    except TypeError as e:
        return e
e = chain()
print(repr(e.__cause__), repr(e.__context__), e.__suppress_context__)
def context():
    try:
        try:
            raise ValueError('first')
        except ValueError:
            raise TypeError('second')
    except TypeError as e:
        return e
e = context()
print(repr(e.__cause__), repr(e.__context__), e.__suppress_context__)
def none():
    try:
        try:
            raise ValueError('first')
        except ValueError:
            raise TypeError('second') from None
    except TypeError as e:
        return e
e = none()
print(repr(e.__cause__), repr(e.__context__), e.__suppress_context__)
e = ValueError('v')
e.__cause__ = KeyError('k')
print(repr(e.__cause__), e.__suppress_context__)
e.__cause__ = None
e.__context__ = TypeError('t')
e.__suppress_context__ = False
print(e.__cause__, repr(e.__context__), e.__suppress_context__)
show(lambda: setattr(e, '__cause__', 5))
show(lambda: setattr(e, '__context__', 'x'))
show(lambda: delattr(e, '__cause__'))
show(lambda: delattr(e, 'args'))
e.args = [1, 2]
print(e.args, e, repr(e))
show(lambda: setattr(e, 'args', 5))
e.anything = 'attr'
print(e.anything, e.__dict__)
e.add_note('n1')
e.add_note('n2')
print(e.__notes__)
show(e.add_note, 5)

# Raising.
def raises(what):
    try:
        raise what
    except BaseException as e:
        return type(e).__name__, e.args
print(raises(ValueError), raises(ValueError('x')), raises(Plain), raises(KeyboardInterrupt))
show(raises, WithInit)
show(raises, 5)
show(raises, int)
def from_bad():
    raise ValueError from 5
show(from_bad)

class Raiser:
    def __str__(self):
        raise ValueError('in str')
    __repr__ = __str__
show(str, Raiser())
show(lambda: '%s' % Raiser())
show(lambda: f'{Raiser()}')
show(lambda: str([Raiser()]))
show(lambda: str(Exception(Raiser())))
show(lambda: {Raiser()}.pop() and None)

# Messages that name the key or the attribute.
for f in (lambda: {}['k'], lambda: {}[1, 2], lambda: [][3], lambda: ().x, lambda: None.x, lambda: Plain.x, lambda: (5).x,
          lambda: {}.pop('k'), lambda: [].remove(1), lambda: int('x'), lambda: float('y'), lambda: 'a' + 1, lambda: 1 + 'a',
          lambda: len(5), lambda: 5(), lambda: 5[0], lambda: [1][''], lambda: chr(-1), lambda: undefined):
    try:
        f()
    except Exception as e:
        print(type(e).__name__, e, e.args)

try:
    (5).x
except AttributeError as e:
    print(e.name, e.obj)
try:
    undefined
except NameError as e:
    print(e)

print(StopIteration(1, 2).value, SystemExit(4).code, SystemExit((1, 2)).code, ImportError('m', name='n', path='p').path)
print(issubclass(UnicodeDecodeError, ValueError), UnicodeDecodeError.__mro__)
u = UnicodeEncodeError('ascii', 'a\xe9', 1, 2, 'because')
print(u.encoding, u.object, u.start, u.end, u.reason, u)
u.reason = 'changed'
u.start = 0
print(u)
