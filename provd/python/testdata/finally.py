# finally runs on every way out.
def f(how):
    log = []
    def run():
        for i in range(2):
            try:
                log.append(i)
                if how == 'return':
                    return 'r'
                if how == 'break':
                    break
                if how == 'continue':
                    continue
                if how == 'raise':
                    raise ValueError(i)
                log.append('end')
            finally:
                log.append('f')
            log.append('after')
        else:
            log.append('else')
        return 'x'
    try:
        log.append(run())
    except ValueError as e:
        log.append(e.args[0])
    return log

assert f('fall') == [0, 'end', 'f', 'after', 1, 'end', 'f', 'after', 'else', 'x']
assert f('return') == [0, 'f', 'r']
assert f('break') == [0, 'f', 'x']
assert f('continue') == [0, 'f', 1, 'f', 'else', 'x']
assert f('raise') == [0, 'f', 0]
---
# Nested finally blocks run from the inside out.
log = []
def f():
    try:
        try:
            try:
                return 'value'
            finally:
                log.append(1)
        finally:
            log.append(2)
    finally:
        log.append(3)

assert f() == 'value' and log == [1, 2, 3]

def g():
    for i in range(3):
        try:
            for j in range(3):
                try:
                    if j == 1:
                        break
                    if i == 1:
                        continue
                    if i == 2:
                        return i, j
                finally:
                    log.append((i, j))
        finally:
            log.append(i)

log.clear()
assert g() == (2, 0)
assert log == [(0, 0), (0, 1), 0, (1, 0), (1, 1), 1, (2, 0), 2]
---
# A finally block that leaves by itself wins.
def swallow():
    try:
        1 / 0
    finally:
        return 'swallowed'

def override():
    try:
        return 'first'
    finally:
        return 'second'

def loop():
    while True:
        try:
            return 'lost'
        finally:
            break
    return 'broke'

def again():
    n = 0
    for i in range(3):
        try:
            n += 1
            raise ValueError
        finally:
            continue
    return n

def inner_loop():
    try:
        return 1
    finally:
        for x in [1]:
            try:
                return 2
            finally:
                break

def replace():
    try:
        raise ValueError('a')
    finally:
        raise KeyError('b')

assert swallow() == 'swallowed'
assert override() == 'second'
assert loop() == 'broke'
assert again() == 3
assert inner_loop() == 1
try:
    replace()
except KeyError as e:
    assert isinstance(e.__context__, ValueError)
---
# The value returned is the one computed before the finally block.
def f():
    x = 1
    try:
        return x
    finally:
        x = 2

def g():
    x = [1]
    try:
        return x
    finally:
        x.append(2)

assert f() == 1 and g() == [1, 2]
---
# With except and else.
def f(n):
    log = []
    try:
        try:
            log.append('try')
            if n == 1:
                raise ValueError
            if n == 2:
                raise KeyError
            if n == 3:
                return log
        except ValueError:
            log.append('except')
            if n == 1:
                return log
        else:
            log.append('else')
        finally:
            log.append('finally')
    except KeyError:
        log.append('outer')
    log.append('end')
    return log

assert f(0) == ['try', 'else', 'finally', 'end']
assert f(1) == ['try', 'except', 'finally']
assert f(2) == ['try', 'finally', 'outer', 'end']
assert f(3) == ['try', 'finally']
---
# An exception in the else or except part is not caught by its own clauses.
log = []
try:
    try:
        pass
    except ValueError:
        log.append('wrong')
    else:
        raise ValueError('else')
    finally:
        log.append('f1')
except ValueError as e:
    log.append(str(e))
try:
    try:
        raise ValueError('a')
    except ValueError:
        raise ValueError('b')
    except Exception:
        log.append('wrong')
    finally:
        log.append('f2')
except ValueError as e:
    log.append(str(e))
assert log == ['f1', 'else', 'f2', 'b']
---
# In a finally block entered by an exception, a bare raise goes on with it.
log = []
try:
    try:
        raise ValueError('v')
    finally:
        try:
            raise
        except ValueError:
            log.append('seen')
except ValueError:
    log.append('went on')
assert log == ['seen', 'went on']
---
# Module level.
out = []
try:
    out.append(1)
finally:
    out.append(2)
for i in range(2):
    try:
        continue
    finally:
        out.append(3)
assert out == [1, 2, 3, 3]
---
try:
    1 / 0 ### "ZeroDivisionError: division by zero"
finally:
    x = 1
