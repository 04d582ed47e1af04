import math

print(math.ceil(2.1), math.floor(-2.1), math.trunc(-2.9), math.ceil(-0.5), math.ceil(5), math.floor(1e20), math.ceil(7 / 2))
print(math.sqrt(2), math.exp(1), math.log(10), math.log(8, 2), math.log2(8), math.log10(1000), math.log1p(0.5), math.log(10**400), math.log2(2**2000))
print(math.sin(1), math.cos(1), round(math.tan(1), 12), math.asin(1), math.acos(0), math.atan(1), math.atan2(1, -1), math.sinh(1), math.degrees(math.pi), math.radians(180))
print(math.pi, math.e, math.tau, math.inf, math.nan, math.isnan(math.nan), math.isinf(-math.inf), math.isfinite(1))
print(math.gcd(12, 18), math.gcd(), math.gcd(-4, 6, 8), math.lcm(4, 6), math.lcm(), math.lcm(0, 3), math.isqrt(17), math.isqrt(10**40))
print(math.factorial(0), math.factorial(20), math.factorial(30), math.comb(5, 2), math.comb(2, 5), math.comb(50, 25), math.perm(5, 2), math.perm(5), math.perm(2, 3))
print(math.pow(2, 0.5), math.fmod(-7, 3), math.remainder(7, 4), math.modf(-2.5), math.frexp(10.0), math.ldexp(0.5, 4), math.copysign(3, -0.0))
print(math.hypot(3, 4), math.hypot(1, 2, 2), math.dist([1, 2], [4, 6]), math.prod([1, 2, 3, 4]), math.prod([], start=5), math.prod([2.0, 3]))
print(math.fsum([0.1] * 10), math.fsum([1e100, 1.0, -1e100]), math.isclose(0.1 + 0.2, 0.3), math.isclose(1, 1.1), math.isclose(1, 1.1, rel_tol=0.2))
print(round(math.cbrt(27), 12), math.erf(0.5), math.gamma(5), math.fabs(-3), math.nextafter(1, 2))
for f in (
    lambda: math.sqrt(-1),
    lambda: math.log(0),
    lambda: math.log(-1),
    lambda: math.exp(1000),
    lambda: math.factorial(-1),
    lambda: math.factorial(1.5),
    lambda: math.ceil(math.inf),
    lambda: math.floor(math.nan),
    lambda: math.ceil('a'),
    lambda: math.pow(0, -1),
    lambda: math.pow(-8, 1 / 3),
    lambda: math.fmod(1, 0),
    lambda: math.sqrt('x'),
    lambda: math.gcd(1.5),
    lambda: math.isqrt(-1),
    lambda: math.acos(2),
    lambda: math.comb(-1, 2),
    lambda: math.dist([1], [1, 2]),
):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


class C:
    def __ceil__(self):
        return 'up'

    def __float__(self):
        return 4.0


print(math.ceil(C()), math.sqrt(C()), math.sqrt(True))

for x in (0, 1, -1.5, 1e308, 5e-324, 1.7976931348623157e308, float('inf'), float('nan')):
    print(math.ulp(x))
try:
    math.ldexp(1, 1.5)
except TypeError as e:
    print(e)
