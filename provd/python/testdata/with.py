# Context managers.
log = []
class CM:
    def __init__(self, name, swallow=False):
        self.name = name
        self.swallow = swallow
    def __enter__(self):
        log.append('enter ' + self.name)
        return self.name
    def __exit__(self, kind, value, tb):
        log.append(('exit ' + self.name, kind and kind.__name__, value and str(value)))
        return self.swallow

with CM('a') as a:
    assert a == 'a'
    log.append('body')
assert log == ['enter a', 'body', ('exit a', None, None)]

log.clear()
with CM('a') as a, CM('b'), CM('c') as (c):
    log.append(a + c)
assert log == ['enter a', 'enter b', 'enter c', 'ac', ('exit c', None, None), ('exit b', None, None), ('exit a', None, None)]

log.clear()
with (CM('a') as a, CM('b') as b,):
    pass
assert len(log) == 4

log.clear()
with CM('a', swallow=True):
    raise ValueError('v')
assert log == ['enter a', ('exit a', 'ValueError', 'v')]

log.clear()
try:
    with CM('a'), CM('b'):
        raise ValueError('v')
except ValueError as e:
    log.append('caught')
assert log == ['enter a', 'enter b', ('exit b', 'ValueError', 'v'), ('exit a', 'ValueError', 'v'), 'caught']

log.clear()
with CM('out') as o, CM('in', swallow=True):
    1 / 0
assert log[2:] == [('exit in', 'ZeroDivisionError', 'division by zero'), ('exit out', None, None)]

def leave(how):
    for i in range(2):
        with CM(str(i)):
            if how == 'return':
                return i
            if how == 'break':
                break
            if how == 'continue':
                continue
    return 'end'

log.clear()
assert leave('return') == 0
assert log == ['enter 0', ('exit 0', None, None)]
log.clear()
assert leave('break') == 'end'
assert log == ['enter 0', ('exit 0', None, None)]
log.clear()
assert leave('continue') == 'end'
assert len(log) == 4

class Target: pass
t = Target()
d = {}
with CM('x') as t.attr, CM('y') as d['k']:
    pass
assert t.attr == 'x' and d == {'k': 'y'}

log.clear()
def fail():
    raise KeyError('enter')
try:
    with CM('a'), fail():
        assert False
except KeyError:
    pass
assert log == ['enter a', ('exit a', 'KeyError', "'enter'")]
---
# The target's assignment is inside the protected part.
log = []
class CM:
    def __enter__(self):
        return 1
    def __exit__(self, *args):
        log.append(args[0].__name__)
try:
    with CM() as (a, b):
        pass
except TypeError as e:
    assert str(e) == 'cannot unpack non-iterable int object'
assert log == ['TypeError']
---
# An exception in __exit__ replaces the one of the body.
class CM:
    def __enter__(self): return self
    def __exit__(self, *args):
        raise KeyError('exit')
try:
    with CM():
        raise ValueError('body')
except KeyError as e:
    assert isinstance(e.__context__, ValueError)
---
with 1: ### "TypeError: 'int' object does not support the context manager protocol"
    pass
---
class C:
    def __enter__(self): pass
with C(): ### "TypeError: 'C' object does not support the context manager protocol \\(missed __exit__ method\\)"
    pass
