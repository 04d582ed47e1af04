from contextlib import ExitStack, closing, contextmanager, nullcontext, suppress


@contextmanager
def cm(n):
    print('enter', n)
    try:
        yield n * 2
    except KeyError as e:
        print('swallowed', e)
    finally:
        print('exit', n)


with cm(1) as v:
    print(v)
with cm(2):
    raise KeyError('k')
try:
    with cm(3):
        raise ValueError('v')
except ValueError as e:
    print('out', e)


@cm(4)
def decorated():
    return 'body'


print(decorated(), decorated())


class T:
    def close(self):
        print('closed')


with closing(T()) as t:
    print(type(t).__name__)
with suppress(KeyError, IndexError):
    {}['x']
print('after')
try:
    with suppress(KeyError):
        [][1]
except IndexError:
    print('not suppressed')
with nullcontext(5) as n:
    print(n)
with ExitStack() as stack:
    a = stack.enter_context(cm('a'))
    stack.callback(print, 'callback', 1)
    stack.enter_context(cm('b'))
    print(a)


@contextmanager
def bad():
    if False:
        yield


try:
    with bad():
        pass
except RuntimeError as e:
    print(e)


@contextmanager
def twice():
    yield 1
    yield 2


try:
    with twice():
        pass
except RuntimeError as e:
    print(e)
with ExitStack() as s:
    s.enter_context(suppress(ValueError))
    raise ValueError('gone')
print('end')
