# Refused sources. Each chunk fails at the marked line.
x = (1 ### "'\\(' was never closed"
---
x = [1) ### "closing parenthesis '\\)' does not match opening parenthesis '\\['"
---
x = 1) ### "unmatched '\\)'"
---
x = 'abc ### "unterminated string literal \\(detected at line \\d+\\)"
---
x = """abc ### "unterminated triple-quoted string literal \\(detected at line \\d+\\)"

---
x = 012 ### "leading zeros in decimal integer literals are not permitted"
---
x = 1__0 ### "invalid decimal literal"
---
x = 12abc ### "invalid decimal literal"
---
x = 0xg ### "invalid hexadecimal literal"
---
x = 0b12 ### "invalid digit '2' in binary literal"
---
# dialect
x = 1j ### "complex numbers are not supported"
---
x = 1 \ + 2 ### "unexpected character after line continuation character"
---
x = 1 ? 2 ### "invalid syntax"
---
x = a‘b ### "invalid character '‘' \\(U\\+2018\\)"
---
x = '\x1' ### "truncated .xXX escape"
---
x = b'é' ### "bytes can only contain ASCII literal characters"
---
x = 'a' b'b' ### "cannot mix bytes and nonbytes literals"
---
# dialect
x = '\N{BULLET}' ### "named unicode escapes .* are not supported"
---
x = '\U00110000' ### "illegal Unicode character"
---
  x = 1 ### "unexpected indent"
---
if x:
pass ### "expected an indented block after 'if' statement on line 45"
---
def f():
pass ### "expected an indented block after function definition on line 48"
---
if x:
        y = 1
    z = 2 ### "unindent does not match any outer indentation level"
---
if x:
        y = 1
	z = 2 ### "inconsistent use of tabs and spaces in indentation"
---
if x ### "expected ':'"
    pass
---
f() = 1 ### "cannot assign to function call"
---
1 = x ### "cannot assign to literal"
---
None = 1 ### "cannot assign to None"
---
x + 1 = 2 ### "cannot assign to expression"
---
[a, f()] = x ### "cannot assign to function call"
---
(a, *b, *c) = x ### "multiple starred expressions in assignment"
---
*a = x ### "starred assignment target must be in a list or tuple"
---
x = *a ### "can't use starred expression here"
---
*a ### "can't use starred expression here"
---
(*a) ### "cannot use starred expression here"
---
a, b += 1 ### "'tuple' is an illegal expression for augmented assignment"
---
(a, b): int ### "only single target \\(not tuple\\) can be annotated"
---
del f() ### "cannot delete function call"
---
for f() in x: ### "cannot assign to function call"
    pass
---
with x as f(): ### "cannot assign to function call"
    pass
---
(f() := 1) ### "cannot use assignment expressions with function call"
---
f(a, b=1, c) ### "positional argument follows keyword argument"
---
f(**a, b) ### "positional argument follows keyword argument unpacking"
---
f(**a, *b) ### "iterable argument unpacking follows keyword argument unpacking"
---
f(a=1, a=2) ### "keyword argument repeated: a"
---
f(x for x in y, 1) ### "Generator expression must be parenthesized"
---
f(a.b=1) ### "expression cannot contain assignment, perhaps you meant \"==\"\\?"
---
def f(a=1, b): ### "non-default argument follows default argument"
    pass
---
def f(a, a): ### "duplicate argument 'a' in function definition"
    pass
---
def f(*): ### "named arguments must follow bare \\*"
    pass
---
def f(**k, a): ### "arguments cannot follow var-keyword argument"
    pass
---
def f(*a, *b): ### "\\* argument may appear only once"
    pass
---
def f(/, a): ### "invalid syntax|at least one argument must precede /"
    pass
---
f'{' ### "f-string: expecting '}'"
---
f'}' ### "f-string: single '}' is not allowed"
---
f'{}' ### "f-string: empty expression not allowed"
---
f'{a!x}' ### "f-string: invalid conversion character.*: expected 's', 'r', or 'a'"
---
f'{a["\n"]}' ### "f-string expression part cannot include a backslash"
---
f'{a # b}' ### "f-string expression part cannot include '#'"
---
f'{a:{b:{c}}}' ### "f-string: expressions nested too deeply"
---
f'{(a}' ### "f-string: closing parenthesis '}' does not match opening parenthesis '\\('"
---
f'{a b}' ### "invalid syntax"
---
return 1 ### "'return' outside function"
---
class C:
    return 1 ### "'return' outside function"
---
yield 1 ### "'yield' outside function"
---
def f():
    [(yield x) for x in y] ### "'yield' inside list comprehension"
---
break ### "'break' outside loop"
---
while x:
    def f():
        break ### "'break' outside loop"
---
for x in y:
    pass
else:
    continue ### "'continue' not properly in loop"
---
def f():
    from os import * ### "import \\* only allowed at module level"
---
x = 1
from __future__ import annotations ### "from __future__ imports must occur at the beginning of the file"
---
from __future__ import braces ### "not a chance|future feature braces is not defined"
---
from __future__ import wings ### "future feature wings is not defined"
---
nonlocal x ### "nonlocal declaration not allowed at module level"
---
def f():
    nonlocal x ### "no binding for nonlocal 'x' found"
---
def f(x):
    global x ### "name 'x' is parameter and global"
---
def f():
    print(x)
    global x ### "name 'x' is used prior to global declaration"
---
def f():
    x = 1
    global x ### "name 'x' is assigned to before global declaration"
---
def f():
    def g():
        global x; nonlocal x ### "name 'x' is nonlocal and global"
---
try:
    pass
x = 1 ### "expected 'except' or 'finally' block"
---
try:
    pass
except: ### "default 'except:' must be last"
    pass
except ValueError:
    pass
---
try:
    pass
except A, B: ### "multiple exception types must be parenthesized"
    pass
---
# dialect
try:
    pass
except* A: ### "except\\* is not supported"
    pass
---
# dialect
async def f(): ### "async functions are not supported"
    pass
---
# dialect
def f():
    await x ### "async functions are not supported"
---
# dialect
x = [y async for y in z] ### "async functions are not supported"
---
# dialect
match x: ### "match statements are not supported"
    case 1:
        pass
---
# dialect
match (x, y): ### "match statements are not supported"
    case _:
        pass
---
# dialect
match [x]: ### "match statements are not supported"
    case _:
        pass
---
@f
x = 1 ### "invalid syntax"
---
x = yield = 1 ### "assign(ment)? to yield expression"
---
[x for x in y if z := 1] ### "invalid syntax"
---
x if y ### "expected 'else' after 'if' expression"
---
{1: 2, 3} ### "':' expected after dictionary key"
---
{**a for a in b} ### "dict unpacking cannot be used in dict comprehension"
---
[*a for a in b] ### "iterable unpacking cannot be used in comprehension"
---
[i := 0 for i in x] ### "assignment expression cannot rebind comprehension iteration variable 'i'"
---
[x for x in (y := z)] ### "assignment expression cannot be used in a comprehension iterable expression"
---
class C:
    [y := x for x in z] ### "assignment expression within a comprehension cannot be used in a class body"
---
print "hello" ### "Missing parentheses in call to 'print'. Did you mean print\\(...\\)\\?"
---
import a as b.c ### "invalid syntax"
---
from a import b, ### "trailing comma not allowed without surrounding parentheses"
---
from . import ### "invalid syntax"
---
x = (1 2) ### "Perhaps you forgot a comma\\?"
---
lambda x, x: 1 ### "duplicate argument 'x' in function definition"
---
if x: if y: pass ### "invalid syntax"
---
x = 'abc\u12' ### "codec can't decode bytes in position 3-6: truncated .uXXXX escape"
---
x = 'ab' 'c\U00110000' ### "codec can't decode bytes in position 1-10: illegal Unicode character"
---
x = b'a\x4' ### "\\(value error\\) invalid .x escape at position 1"
---
[i for i in (lambda: (j := range(5)))()] ### "assignment expression cannot be used in a comprehension iterable expression"
---
[i for i in [(j := True) for k in range(5)]] ### "assignment expression cannot be used in a comprehension iterable expression"
---
[i for i in range(5) if (j := 0) for j in range(5)] ### "comprehension inner loop cannot rebind assignment expression target 'j'"
---
[i, j for i, j in x] ### "did you forget parentheses around the comprehension target\\?"
