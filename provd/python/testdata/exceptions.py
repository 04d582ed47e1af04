# try, except, else.
def f(action):
    log = []
    try:
        log.append('body')
        action()
    except ValueError as e:
        log.append('value ' + str(e))
    except (KeyError, IndexError):
        log.append('lookup')
    except Exception:
        log.append('other')
    else:
        log.append('else')
    return log

def fail(exc):
    def action():
        raise exc
    return action

assert f(lambda: 1) == ['body', 'else']
assert f(fail(ValueError('v'))) == ['body', 'value v']
assert f(fail(KeyError('k'))) == ['body', 'lookup']
assert f(lambda: [][1]) == ['body', 'lookup']
assert f(lambda: 1 / 0) == ['body', 'other']
assert f(fail(UnicodeError('u'))) == ['body', 'value u']
---
# The variable of "as" is gone afterwards, on all ways out.
def f(how):
    for _ in [1]:
        try:
            1 / 0
        except ZeroDivisionError as e:
            if how == 'return':
                return 'returned'
            if how == 'break':
                break
            if how == 'continue':
                continue
            if how == 'del':
                del e
            if how == 'rebind':
                e = 5
    try:
        e
    except UnboundLocalError:
        return 'gone'

assert f('return') == 'returned'
for how in ['break', 'continue', 'del', 'rebind', 'fall']:
    assert f(how) == 'gone', how

e = 'outer'
try:
    1 / 0
except ZeroDivisionError as e:
    pass
assert 'e' not in globals()
---
# Raising: classes, instances, causes and contexts.
class Mine(Exception):
    def __init__(self, code, text='t'):
        super().__init__(code, text)
        self.code = code

try:
    raise Mine(5)
except Mine as e:
    assert e.code == 5 and e.args == (5, 't') and str(e) == "(5, 't')"

try:
    raise ValueError
except ValueError as e:
    assert e.args == () and str(e) == ''

try:
    try:
        {}['k']
    except KeyError as inner:
        raise ValueError('outer') from inner
except ValueError as e:
    assert isinstance(e.__cause__, KeyError)
    assert e.__cause__ is e.__context__
    assert e.__suppress_context__

try:
    try:
        {}['k']
    except KeyError:
        raise ValueError('outer')
except ValueError as e:
    assert e.__cause__ is None and isinstance(e.__context__, KeyError)

try:
    try:
        {}['k']
    except KeyError:
        raise ValueError('outer') from None
except ValueError as e:
    assert e.__cause__ is None and e.__suppress_context__

try:
    raise TypeError('t') from ValueError
except TypeError as e:
    assert type(e.__cause__) is ValueError
---
# Re-raising, directly and from a function.
def again():
    raise

def f():
    try:
        raise ValueError('first')
    except ValueError:
        again()

try:
    f()
except ValueError as e:
    assert str(e) == 'first'

log = []
try:
    try:
        1 / 0
    except ZeroDivisionError:
        try:
            [][0]
        except IndexError:
            log.append('inner')
        raise
except ZeroDivisionError:
    log.append('outer')
assert log == ['inner', 'outer']

try:
    try:
        raise KeyError('a')
    except KeyError as e:
        raise e
except KeyError as e:
    assert e.__context__ is None
---
# An exception while handling one: the handler state is restored.
def f():
    try:
        raise KeyError('a')
    except KeyError:
        try:
            raise ValueError('b')
        except ValueError:
            pass
        try:
            raise
        except KeyError as e:
            return e.args[0]

assert f() == 'a'

def g():
    try:
        return f()
    finally:
        try:
            raise
        except RuntimeError as e:
            assert str(e) == 'No active exception to reraise'

assert g() == 'a'
---
# Except clauses evaluate their classes only when needed, in order.
log = []
def cls(c):
    log.append(c.__name__)
    return c
try:
    raise IndexError
except cls(KeyError):
    pass
except cls(LookupError):
    log.append('caught')
except cls(Exception):
    pass
assert log == ['KeyError', 'LookupError', 'caught']
try:
    log.append('nothing raised')
except undefined_name:
    pass
---
# Exceptions that cross functions and loops leave the stack in order.
def each(items):
    out = []
    for i in items:
        for j in items:
            try:
                out.append(10 // (i - j))
            except ZeroDivisionError:
                continue
            else:
                break
    return out
assert each([1, 2, 3]) == [-10, 10, 5]
assert [each([n]) for n in range(3)] == [[], [], []]
---
raise ValueError('text') ### "ValueError: text"
---
raise ### "RuntimeError: No active exception to reraise"
---
raise 1 ### "TypeError: exceptions must derive from BaseException"
---
raise ValueError from 1 ### "TypeError: exception causes must derive from BaseException"
---
try:
    raise ValueError
except 1: ### "TypeError: catching classes that do not inherit from BaseException is not allowed"
    pass
---
try:
    raise ValueError
except (KeyError, int): ### "TypeError: catching classes that do not inherit from BaseException is not allowed"
    pass
---
assert 1 == 1, 'fine'
assert (1, 2) == (1,
                  2)
assert 1 > 2, 'not ' + 'greater' ### "AssertionError: not greater"
---
assert [] ### "AssertionError"
---
# A class that only looks like an exception.
class E: pass
raise E() ### "TypeError: exceptions must derive from BaseException"
---
try:
    raise ValueError('a')
except ValueError:
    undefined ### "NameError: name 'undefined' is not defined"
---
def f():
    try:
        1 / 0 ### "ZeroDivisionError: division by zero"
    except KeyError:
        pass
f()
---
# Raising again replaces the context, and breaks a cycle of contexts.
try:
    try:
        raise NameError
    except NameError as a:
        try:
            1 / 0
        except ZeroDivisionError:
            raise a
except NameError as e:
    assert isinstance(e.__context__, ZeroDivisionError)
    assert e.__context__.__context__ is None
