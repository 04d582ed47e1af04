"""Writes *.json next to this file: what CPython 3.11 makes of the expressions,
and the output of ../model/*.py.

Each file is a list of [expression, result]; the result is the repr, or
"!Class: message" for an exception. Run it with CPython 3.11 only.
"""
import itertools
import json
import os
import subprocess
import sys
import warnings

warnings.simplefilter('ignore')
assert sys.version_info[:2] == (3, 11)
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, 'setup.py')) as f:
    setup = f.read()


def result(expr):
    ns = {'__name__': '__main__'}
    exec(setup, ns)
    try:
        return repr(eval(expr, ns))
    except Exception as e:
        return '!%s: %s' % (type(e).__name__, e)


def write(name, exprs):
    seen = dict.fromkeys(exprs)
    rows = [[e, result(e)] for e in seen]
    # Addresses differ from run to run.
    rows = [r for r in rows if ' at 0x' not in r[1]]
    with open(os.path.join(here, name + '.json'), 'w') as f:
        f.write('[\n')
        f.write(',\n'.join(json.dumps(r, ensure_ascii=True) for r in rows))
        f.write('\n]\n')


def lines(name):
    with open(os.path.join(here, name + '.txt')) as f:
        return [l.rstrip('\n') for l in f if l.strip() and not l.startswith('#')]


def product(template, *choices):
    return [template.format(*c) for c in itertools.product(*choices)]


ints = ['0', '1', '-1', '7', '-7', '255', '10**15', '2**62', '-2**63', '2**64', '3**80', 'True']
floats = ['0.0', '-0.0', '1.0', '1.5', '-2.5', '0.1', '1e16', '1e-5', '123456789.123', '1e300', '5e-324',
          'float("inf")', 'float("nan")', '9007199254740993.0', '2.675', '0.5', '1e22', '1e15', '999999.5']
texts = ["''", "'a'", "'abc'", "'it\\'s'", "'\"'", "'\\'\"'", "'\\n\\t\\x00\\x7f\\x80\\xa0\\xad'", "'h\\xe9llo'",
         "'\\u20ac\\U0001f600'", "'\\ud800'", "'\\u200b\\u2028'", "'\\\\'"]


def numbers():
    nums = ints + floats[:12]
    for op in ['+', '-', '*', '/', '//', '%']:
        yield from product('({0}) ' + op + ' ({1})', nums, nums)
    small = ['0', '1', '-1', '2', '-3', '7', '0.5', '-2.0', 'True', '64']
    yield from product('({0}) ** ({1})', small, [s for s in small if s != '0.5'])
    yield from product('pow({0}, {1}, {2})', ['3', '-3', '10**20'], ['0', '5', '-1'], ['7', '-7', '1'])
    for op in ['<<', '>>']:
        yield from product('({0}) ' + op + ' ({1})', ints, ['0', '1', '5', '63', '64', '100', '-1', 'True', '1.0'])
    for op in ['&', '|', '^']:
        yield from product('({0}) ' + op + ' ({1})', ints, ints)
    for op in ['==', '!=', '<', '<=', '>', '>=']:
        yield from product('({0}) ' + op + ' ({1})', nums, nums)
    yield from product('divmod({0}, {1})', nums, ['1', '-3', '7', '0', '2.5', '-0.5', '10**20'])
    yield from product('{0}({1})', ['repr', 'abs', 'int', 'float', 'bool', 'round', '-', '+', 'hash', 'hex', 'bin', 'oct', '~'], nums)
    yield from product('round({0}, {1})', nums + ['2.5', '25', '-25', '1234567', '0.15', '1.005'], ['0', '1', '2', '-1', '-2', '-5', 'None', '20', '400', '-400'])
    yield from product('({0}).{1}()', ['5', '-5', '0', '2**70', 'True', '2.0', '-1.5', '0.1'],
                       ['bit_length', 'bit_count', 'is_integer', 'as_integer_ratio', 'conjugate', 'hex', '__int__', '__floor__', '__ceil__', '__trunc__', '__abs__', '__bool__', '__neg__'])
    yield from product('({0}).to_bytes({1})', ['0', '1', '255', '256', '-1', '-128', '-129', '2**64'],
                       ["1, 'big'", "2, 'little'", "1, 'big', signed=True", "2, 'big', signed=True", "9, 'big'", "0, 'big'", "2, 'middle'", '', '-1'])
    yield from product('int.from_bytes({0}, {1})', ["b''", "b'\\x01\\x02'", "b'\\xff\\xfe'", '[1, 2]', '5', '"a"'], ["'big'", "'little'", "'big', signed=True", "'x'"])
    lits = ["'12'", "' 12 '", "'-12'", "'+12'", "'1_000'", "'1__0'", "'_1'", "'1_'", "'0x1f'", "'0b101'", "'0o17'", "'010'", "'0'", "'00'", "''", "' '", "'-'",
            "'1.5'", "'a'", "'\\u0663\\u0664'", "'\\u00b2'", "b'12'", "b'x'", "'9'*30", "'9'*4301", "'- 1'", "'0x'", "'0x_f'", "'ff'", "'z'", "'1e3'", "'\\xa012\\u2003'", "'\\ud800'"]
    yield from product('int({0})', lits + ['None', '[]', '1.9', '-1.9', 'float("nan")', 'float("inf")', 'Num()', 'Idx()', 'Plain()', '1e30'])
    yield from product('int({0}, {1})', lits, ['0', '10', '16', '2', '8', '36'])
    yield from ['int("1", 1)', 'int("1", 37)', 'int(1, 10)', 'int(base=10)', 'int("1", "a")', 'int("11", base=2)', 'int()', 'int(1, 2, 3)', 'int(x="1")',
                'int("12", 3**50)', 'int("7fffffffffffffffff", 16)', 'str(10**4299)[:5]', 'str(10**4300)[:5]', 'len(str(10**4299))', "'%d' % 10**4300", 'f"{10**4300}"', 'hex(10**4300)[:9]']
    flits = lits + ["'1e5'", "'.5'", "'5.'", "'.'", "'inf'", "'-Infinity'", "'NaN'", "'+nan'", "'1e400'", "'1e-400'", "'1_0.5_0e1_0'", "'1._5'", "'1e'", "'1e+'", "'0x1p3'", "'infinit'", "'++1'"]
    yield from product('float({0})', flits + ['None', '[]', 'Num()', 'Idx()', 'Plain()', '10**400', '10**25', '2**53+1'])
    yield from ['float(1, 2)', 'float(x=1)', 'float.fromhex("0x1.8p1")', 'float.fromhex("-inf")', 'float.fromhex("1.8")', 'float.fromhex("zz")',
                '(2**53+1)/1', '10**400/10**399', '10**400/3', '1/10**400', '(2**1024-2**970)/1.0', '(10**30)/(7)', '-7/2', '1/3', '2/3', '10**20/3**20', '(2**70+1)/2**70',
                '(5e-324).hex()', '(1e300).hex()', '0.1 + 0.2', '1e308 * 10', '-1e308*10', '2.0**1024', '0**0', '0.0**0', '(-2)**2', 
                'sum([0.1]*10)', 'sum([1, 2.5])', 'sum([[1], [2]], [])', "sum(['a'], '')", "sum(['a'])", 'sum(5)', 'sum([1], start=5)', 'sum((Point(1), Point(2)), Point(0))',
                '1 if 10**30 == 1e30 else 0', '2**53 == 2.0**53', '2**53+1 == 2.0**53', '10**400 > 1e308', '-10**400 < float("-inf")', '10**400 == float("inf")',
                'hash(1) == hash(1.0) == hash(True)', 'hash(2**61-1)', 'hash(2**61)', 'hash(-1)', 'hash(0.5)', 'hash(-0.5)', 'hash(1e300)', 'hash(float("inf"))', 'hash(float("-inf"))',
                'hash(10**30)', 'hash(-10**30)', 'hash(1e100)', 'hash(())', 'hash((1, 2))', 'hash((1,))', 'hash((-1, 0.5, True))', 'hash(range(5)) == hash(range(0, 5, 1))', 'hash(frozenset({1, 2, 3}))']


def formats():
    specs = ['', 'd', '5', '<5', '>5', '^5', '=5', '05', '+', ' ', '-', '+d', 'x', 'X', 'o', 'b', 'c', '#x', '#X', '#o', '#b', '#010x', '<#10x', ',', '_', ',d', '_x', '_b', ',x',
             '010,', '08,', '07,', '012_', 'e', 'E', 'f', 'F', 'g', 'G', '%', 'n', '.2f', '.0f', '#.0f', '.3e', '.0e', '#.0e', '.3g', '#.3g', '.1', '.3', '.10', '.0', '.0%', '10.3f', '<10.3f', '^10.3f',
             '*^10.3f', '010.3f', '+.2f', ' .2f', ',.2f', '_.2f', '020,.2f', '.2', 's', '10s', '.2s', '<10s', '^10', 'é^7', '*<7', '0<7', '<07', 'z', 'z.1f', '+z.0f', 'q', 'ss', '5x5', '.', '.x', '1.2.3', ',,', '__', ',_',
             '=^5', '^=5', '<<5', '=05', '+05', '-05', ' 05', '+#x', 'i', 'u', 'r', '!', '\u20ac', '99999999999999999999', '.99999999999999999999', '#', '#g', '.15g', '.17g', '.20f', '+,', 'zd', '#c', '+c', '5c', '.2c', '.2d', ',s', '_s', ',c', ',n', '_n']
    vals = ['0', '1', '-1', '97', '1234567', '-1234567', '2**70', 'True', 'False', '0.0', '-0.0', '1.0', '1.5', '-2.5', '123456.789', '1e16', '1e-7', '1e100', '-0.04', 'float("inf")', 'float("nan")', '-float("inf")',
            "''", "'a'", "'abcdef'", "'\\u20acx'", 'None', '[1]', '(1, 2)', 'Point(1)', 'S("ab")', 'I(5)', 'Plain', '{}', "b'x'"]
    yield from ('format(%s, %r)' % (v, s) for v in vals for s in specs)
    pspecs = ['%s', '%r', '%a', '%d', '%i', '%u', '%x', '%X', '%o', '%e', '%E', '%f', '%F', '%g', '%G', '%c', '%%', '%5s', '%-5s|', '%05s', '%.2s', '%5.1s|', '%+d', '% d', '%05d', '%-5d|', '%+05d', '%.3d', '%8.3d', '%-8.3d|', '%08.3d', '%#x', '%#X', '%#o', '%#08x',
              '%.0f', '%#.0f', '%.3f', '%08.2f', '%-8.2f|', '%+.1f', '% .1f', '%.0e', '%.3g', '%#.3g', '%5c|', '%-5c|', '%ld', '%hd', '%lld', '%5%', '%y', '%', '%5', '%(a)s', '%(a', '%.', '%z s', '%b', '%.10d', '%.2r', '%020d', '%é']
    yield from ('%r %% (%s,)' % (s, v) for v in ['0', '97', '-42', '2**70', 'True', '0.0', '-0.0', '3.7', '-3.7', '1e100', 'float("nan")', 'float("inf")', "'a'", "'abc'", "'\\u20ac'", 'None', '[1]', 'Point(1)', 'Num()', 'Idx()', 'Plain', "b'x'", 'S("é")', 'I(3)'] for s in pspecs)
    yield from lines('formats')


def strings():
    subjects = ["''", "'a'", "'abc'", "'abcabc'", "' a b  c '", "'\\ta\\n b\\r\\nc\\x0bd\\u2028e'", "'H\\xe9llo W\\xf6rld'", "'\\u20ac\\u20ac1'", "'ABC'", "'Abc Def'", "'123'", "'-42'", "'a,b,,c'", "'\\xdf\\u0130\\ufb01\\u01c5\\u03a3'", "'\\u03a3\\u03b1\\u03a3'", "'they\\'re bill\\'s'", "'x.y-z_1'"]
    noarg = ['capitalize', 'casefold', 'isalnum', 'isalpha', 'isascii', 'isdecimal', 'isdigit', 'isidentifier', 'islower', 'isnumeric', 'isprintable', 'isspace', 'istitle', 'isupper', 'lower', 'lstrip', 'rstrip', 'split', 'rsplit', 'splitlines', 'strip', 'swapcase', 'title', 'upper', 'encode', 'expandtabs', '__len__', '__repr__', '__str__']
    yield from product('({0}).{1}()', subjects, noarg)
    calls = ["find('a')", "find('')", "find('c', 1)", "find('a', 1, 3)", "find('', 99)", "find('a', -2)", "rfind('a')", "rfind('')", "rfind('b', 0, 2)", "index('a')", "index('zz')", "rindex('c')", "rindex('zz')",
             "count('a')", "count('')", "count('b', 2)", "count('', 1, 2)", "count('', 9)", "startswith('a')", "startswith('')", "startswith(('x', 'a'))", "startswith('b', 1)", "startswith('', 99)", "startswith(())", "endswith('c')", "endswith(('c', 'd'))", "endswith('b', 0, 2)", "endswith('')",
             "replace('a', 'xy')", "replace('', '-')", "replace('', '-', 2)", "replace('b', '', 1)", "replace('a', 'z', 0)", "replace('a', 'z', -1)", "split(',')", "split(',', 1)", "split('b')", "split(None, 1)", "split(maxsplit=1)", "rsplit(',', 1)", "rsplit(None, 1)", "rsplit('b', 1)", "split('')", "split(' ')", "splitlines(True)", "splitlines(keepends=False)",
             "partition(',')", "rpartition(',')", "partition('b')", "rpartition('b')", "partition('')", "strip('a')", "strip('ac ')", "lstrip('-a')", "rstrip('c1')", "strip(None)", "strip('\\u20ac')", "center(9)", "center(8, '*')", "ljust(9, '.')", "rjust(9)", "rjust(9, '\\u20ac')", "ljust(-3)", "zfill(7)", "zfill(0)", "expandtabs(4)", "expandtabs(0)", "expandtabs(tabsize=3)",
             "join(['x', 'y'])", "join('xyz')", "join([])", "join(['q'])", "removeprefix('a')", "removesuffix('c')", "removeprefix('')", "translate({97: 'x', 98: None, 99: 100})", "translate({})", "translate(str.maketrans('ab', 'xy', 'c'))", "encode('ascii')", "encode('latin-1')", "encode('utf-8')", "encode('ascii', 'replace')", "encode('ascii', 'ignore')", "encode('ascii', 'xmlcharrefreplace')", "encode('ascii', 'backslashreplace')", "encode('latin-1', 'replace')", "encode('iso-8859-1', 'ignore')",
             "__contains__('b')", "__getitem__(0)", "__getitem__(-1)", "__getitem__(slice(1, 3))", "__getitem__(slice(None, None, -1))", "__getitem__(slice(-2, None))", "__getitem__(slice(None, None, 2))", "__add__('z')", "__mul__(2)", "__mod__(())"]
    yield from product('({0}).{1}', subjects, calls)
    yield from product('repr({0})', texts)
    yield from product('ascii({0})', texts)
    yield from product('repr([{0}])', texts)
    yield from product('({0}).encode()', texts)
    yield from product('len({0})', texts)
    yield from product('list({0})', texts)
    yield from product('{0} < {1}', texts, texts)
    yield from lines('strings')


def containers():
    seqs = ['[]', '[1, 2, 3]', '(1, 2, 3)', "'abcde'", "b'abcde'", 'range(5)', 'range(1, 10, 2)', '()', "'h\\xe9\\u20aco'", 'range(10, 0, -3)']
    bounds = ['None', '0', '1', '-1', '2', '-2', '10', '-10', '10**30', '-10**30', 'True', 'Idx()', "'a'", '1.0']
    steps = ['None', '1', '2', '-1', '-2', '0', '100', '-100']
    yield from ('%s[%s]' % (s, i) for s in seqs for i in bounds)
    yield from ('%s[%s:%s:%s]' % (s, a, b, c) for s in seqs for a in bounds[:10] for b in bounds[1:9] for c in steps[:6] if (hash_(s + a + b + c) % 4) == 0)
    yield from ('slice(%s, %s, %s).indices(%d)' % (a, b, c, n) for a in bounds[:9] for b in bounds[:9] for c in steps for n in (0, 5) if hash_(a + b + c + str(n)) % 3 == 0)
    yield from (e for e in product('{0} {1} {2}', ['[1, 2]', '(1, 2)', "'ab'", "b'ab'", '{1: 2}', '{1, 2}', 'None', '3', '2.5', 'range(3)', 'Point(1, 2)', 'Sub(1, 2)'],
                       ['+', '*', '-', '|', '&', '%', '<', '==', '!=', '>=', 'in', '@', '<<', '/'],
                       ['[1, 2]', '(1, 2)', "'ab'", "b'ab'", '{1: 2}', '{1, 2}', 'None', '3', '2.5', 'range(3)', 'Point(1, 2)', 'Sub(3)'])
                # bytes formatting is not in the dialect
                if not e.startswith("b'ab' %"))
    yield from lines('containers')


def hash_(s):
    h = 0
    for c in s:
        h = (h * 31 + ord(c)) % 1000003
    return h


write('numbers', numbers())
write('formats', formats())
write('strings', strings())
write('containers', containers())
write('objects', lines('objects'))
write('builtins', lines('builtins'))
write('bytes', lines('bytes'))
write('arguments', lines('arguments'))

model = os.path.join(here, '..', 'model')
for name in sorted(os.listdir(model)):
    if name.endswith('.py'):
        out = subprocess.run([sys.executable, name], cwd=model, check=True, capture_output=True).stdout
        with open(os.path.join(model, name[:-3] + '.out'), 'wb') as f:
            f.write(out)
