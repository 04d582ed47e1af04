# Literals.
assert 0xFF == 255 and 0o17 == 15 and 0b101 == 5 and 1_000_000 == 1000000
assert 123456789012345678901234567890 == 123456789 * 10**21 + 12345678901234567890
assert 9223372036854775807 + 1 == 9223372036854775808 == 2**63
assert -9223372036854775808 == -2**63
assert 1.5e3 == 1500.0 and .5 == 0.5 and 5. == 5.0 and 1e-2 == 0.01 and 1_0.5 == 10.5
assert 1e400 == float('inf') and -0.0 == 0.0 and str(-0.0) == '-0.0'
assert 'a' 'b' "c" == 'abc' and ('x'
    'y') == 'xy'
assert '\x41\u00e9\U0001f600\101\n\t\\\'\"\a\0' == 'A' + chr(233) + chr(128512) + 'A' + chr(10) + chr(9) + chr(92) + chr(39) + chr(34) + chr(7) + chr(0)
assert r'\n' == '\\n' and len(r'\'') == 2 and '\q' == '\\q'
assert b'\xff\n' == bytes([255, 10]) and rb'\x' == b'\\x' and b'a' b'b' == b'ab'
assert '''a
b''' == 'a\nb' and """x\
y""" == 'xy'
assert "it's" == 'it\'s' and u'u' == 'u' and R'\d' == '\\d'
assert (1,) == tuple([1]) and () == tuple() and (1) == 1
assert [1, 2,] == [1, 2] and {1, 2,} == {2, 1} and {'a': 1,}['a'] == 1
assert ... is Ellipsis and None is None and True is not False
assert type({}) is dict and type({1}) is set and type(()) is tuple
assert [1, 2, 3, 4][1:3] == [2, 3] and 'abc'[::-1] == 'cba' and [1, 2, 3][-1] == 3
assert (1, 2, 3)[:2] == (1, 2) and 'hello'[1:-1:2] == 'el'
assert not 1 == 2 and -2 ** 2 == -4 and 2 ** -1 == 0.5 and ~5 == -6 and +3 == 3
assert 7 // 2 == 3 and -7 // 2 == -4 and 7 % -3 == -2 and 7 / 2 == 3.5
assert 1 | 2 ^ 3 & 4 << 1 == 3 and (1 if 0 else 2) == 2
a = 5; b = 6; assert a < b
if a: b = 7; a = 8
assert (a, b) == (8, 7)
x = 1 if a else \
    2
assert x == 1
---
# A long list and dict are the same as short ones.
l = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30,
     31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59,
     60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88,
     *[89, 90], 91]
assert l == list(range(92))
n = 1
t = (n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n,
     n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n)
assert t == (1,) * 70
d = {0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7, 8: 8, 9: 9, 10: 10, 11: 11, 12: 12, 13: 13, 14: 14, 15: 15, 16: 16,
     17: 17, 18: 18, 19: 19, 20: 20, 21: 21, 22: 22, 23: 23, 24: 24, 25: 25, 26: 26, 27: 27, 28: 28, 29: 29, 30: 30, 31: 31,
     32: 32, 33: 33, **{34: 34}, 35: 35}
assert d == {i: i for i in range(36)}
s = {n, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32,
     33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62,
     63, 64, 65, 66}
assert len(s) == 66
