import itertools as it
from itertools import chain, islice, zip_longest

print(list(islice(it.count(), 3)), list(islice(it.count(5, 2), 3)), list(islice(it.count(1.5, -0.5), 3)), list(islice(it.cycle('ab'), 5)), list(it.cycle([])))
print(list(it.repeat(1, 3)), list(islice(it.repeat('x'), 2)), list(it.repeat(1, 0)), list(it.repeat(1, -2)))
print(list(chain('ab', [1], ())), list(chain.from_iterable(['ab', 'cd'])), list(chain()))
print(list(it.accumulate([1, 2, 3])), list(it.accumulate([1, 2, 3], lambda a, b: a * b)), list(it.accumulate([1], initial=10)), list(it.accumulate([])))
print(list(it.compress('abcd', [1, 0, 1])), list(it.dropwhile(lambda x: x < 3, [1, 3, 2])), list(it.takewhile(lambda x: x < 3, [1, 3, 2])), list(it.filterfalse(None, [0, 1, ''])), list(it.filterfalse(lambda x: x % 2, range(5))))
print(list(islice('abcdef', 2)), list(islice('abcdef', 1, None, 2)), list(islice('abcdef', 2, 4)), list(islice('abc', 5)), list(islice('abcdef', None)))
r = iter(range(10))
print(list(islice(r, 2, 5)), next(r), list(islice(r, 0, 4, 3)), list(r))
print(list(it.starmap(pow, [(2, 3), (3, 2)])), list(zip_longest('ab', [1])), list(zip_longest('a', [1, 2], fillvalue='-')), list(zip_longest()))
print(list(it.pairwise('abc')), list(it.pairwise('a')), [(k, list(g)) for k, g in it.groupby('aabbca')], [(k, len(list(g))) for k, g in it.groupby(range(7), lambda x: x // 3)])
g = it.groupby('aab')
k1, g1 = next(g)
k2, g2 = next(g)
print(k1, list(g1), k2, list(g2))
a, b = it.tee([1, 2, 3])
print(next(a), next(a), list(b), list(a), it.tee('x', 0))
print(list(it.product('ab', [1, 2])), list(it.product('ab', repeat=2)), list(it.product()), list(it.product('a', '')), list(it.product([0, 1], repeat=0)))
print(list(it.permutations('abc', 2)), list(it.permutations([1, 2, 3])), list(it.permutations('ab', 3)), list(it.permutations([], 0)))
print(list(it.combinations('abcd', 2)), list(it.combinations('abc', 0)), list(it.combinations('a', 2)), list(it.combinations_with_replacement('abc', 2)), list(it.combinations_with_replacement('', 1)))
x = it.count()
print(next(x), x.__next__(), iter(x) is x, type(x).__name__)
for f in (lambda: islice([1], -1), lambda: list(islice([1], 0, 1, 0)), lambda: it.chain.from_iterable(1), lambda: list(chain(1)), lambda: it.permutations('a', -1), lambda: it.repeat(), lambda: it.tee([], -1), lambda: it.combinations('a'), lambda: it.product('a', repeat=-1)):
    try:
        print(f())
    except (ValueError, TypeError) as e:
        print(type(e).__name__)
