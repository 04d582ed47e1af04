# Formatted string literals.
name, n, pi = 'bob', 42, 3.14159
assert f'hello {name}!' == 'hello bob!'
assert f'{n:05d}|{n:>6}|{n:<6}|{n:^6}|{n:x}|{n:#X}' == '00042|    42|42    |  42  |2a|0X2A'
assert f'{pi:.2f} {pi:8.3f} {n:,}' == '3.14    3.142 42'
assert f'{name!r} {name!s} {name!a}' == "'bob' bob 'bob'"
assert f'{name!r:>8}' == "   'bob'"
width, prec = 10, 3
assert f'{pi:{width}.{prec}f}' == '     3.142'
assert f'{pi:{"8"}.{2}}' == '     3.1'
assert f'{{{name}}}' == '{bob}' and f'{{}}' == '{}'
assert f'{n + 1} {n if n else 0} {[x for x in range(2)]} {(lambda: 5)()}' == '43 42 [0, 1] 5'
assert f'{"nested"} {name["b" == "b"]}' == 'nested o'
d = {'k': {'j': 1}}
assert f'{d["k"]["j"]} {d.get("z", "none")}' == '1 none'
assert f"{'a' if n != 42 else 'b'}" == 'b'
assert f'{n=} {n = } {n=:>5} {name=!s} {n+1=}' == "n=42 n = 42 n=   42 name=bob n+1=43"
assert f'a' 'b{n}' f'{n}' == 'ab{n}42'
assert rf'\d{n}\n' == '\\d42\\n'
assert f'{n}\t{name}\x41' == '42\tbobA'
assert f'''{
    n
    + 1
}''' == '43'
assert f'' == '' and f'plain' == 'plain'
assert f'{1, 2}' == '(1, 2)'
assert f'{None} {True} {b"x"} {[1, "a"]} {1.0} {1e100}' == "None True b'x' [1, 'a'] 1.0 1e+100"
assert f'{n!r:^{width}}' == '    42    '
assert f'{(x := 5)} {x}' == '5 5'
assert f'{"é"}{n}ü' == 'é42ü'
assert f'{3 > 2} {n != 41} {n == 42}' == 'True True True'
def g():
    yield f'{(yield 1)}'
it = g()
next(it)
assert it.send('s') == 's'
---
# Many parts.
a = 1
assert f'{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}' == '1' * 70
---
# Each value is formatted when its turn comes.
log = []
class F:
    def __init__(self, n): self.n = n
    def __format__(self, spec):
        log.append((self.n, spec))
        return str(self.n)
assert f'{F(1):a}{F(2)}{F(3):{F(4)}}' == '123'
assert log == [(1, 'a'), (2, ''), (4, ''), (3, '4')]
---
f'{1:y}' ### "ValueError: Unknown format code 'y' for object of type 'int'"
---
f'{undefined}' ### "NameError: name 'undefined' is not defined"
---
x = (f'a'
     f'{1}'
     f'{1 / 0}') ### "ZeroDivisionError: division by zero"
