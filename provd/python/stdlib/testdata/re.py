import re

p = re.compile(r'(?P<user>\w+)@(?P<host>[\w.]+)(?::(\d+))?')
m = p.search('mail bob@example.org:25 now')
print(m, m.group(), m.group(1, 2), m.group('host'), m['user'], m[3])
print(m.groups(), m.groupdict(), m.span(), m.start(1), m.end('host'), m.span(3))
print(m.lastindex, m.lastgroup, m.pos, m.endpos, m.string, m.re is p, m.regs)
print(m.expand(r'\g<host>!\1 \g<3>'))
n = p.search('x@y')
print(n.groups(), n.groups('-'), n.groupdict('?'), n.group(3), n.span(3), n.lastindex, n.lastgroup)
print(p.match('nope'), p.fullmatch('a@b'), p.match('a@b!'), p.fullmatch('a@b!'))
print(p.pattern, p.flags, p.groups, dict(p.groupindex))
print(repr(p), re.compile('a', re.I | re.M), re.compile(b'x', re.S), re.compile('é', re.A))
print(bool(m), p == re.compile(p.pattern), p != re.compile('x'), hash(p) == hash(re.compile(p.pattern)))
print(re.findall(r'\d+', 'a1b22c333'), re.findall(r'(\w)(\d)', 'a1 b2'), re.findall(r'(\w)\d', 'a1 b2'), re.findall('x*', 'axb'))
print([x.span() for x in re.finditer('a|', 'baa')], [x.group() for x in p.finditer('a@b c@d')])
print(re.sub(r'(\w)(\d)', r'\2\1', 'a1 b2 c'), re.sub('a', 'b', 'aaaa', 2), re.sub('x*', '-', 'abxd'), re.subn('a', 'b', 'banana'))
print(re.sub(r'\d+', lambda m: str(int(m.group()) * 2), '1 a 22'), re.sub('(a)|b', r'[\1]', 'ab'), re.sub('a', r'\n\\', 'xay'))
print(re.sub(b'a+', b'<\\g<0>>', b'caat'), re.subn(b'z', b'', b'q'))
print(re.split(r'[,;]\s*', 'a, b;c'), re.split('(,)', 'a,b,c', 1), re.split('x*', 'axbc'), re.split('(x)|,', 'axb,c'), re.split('a', 'b'))
print(re.escape('a.b*c [x] é\n-_/'), re.escape(b'a.b'))
print(re.match(r'(?i)straSSe', 'STRASSE'), re.match('a.b', 'a\nb', re.S), re.search('^b', 'a\nb', re.M))
print(p.search('a@b c@d', 3), p.search('a@b c@d', 3, 5), re.compile('^b').search('ab', 1), re.compile('$').search('ab', 0, 1))
print(re.fullmatch('(a|ab)(c|bcd)', 'abcd').groups(), re.match('é+', 'éé').span(), re.match(b'\xc3', b'\xc3\xa9'))
print(re.search('日(本)', 'x日本').span(1), re.sub('[^\\w\\sÀ-ÿ]', '', 'Élan! (x) 日', flags=re.UNICODE))
print([w for w in re.split(r'(?<=[a-z])(?=[A-Z])', 'camelCaseWord')])
for bad, flags in (('(', 0), ('a**', 0), ('[b-a]', 0), ('(?P<x>a)(?P<x>b)', 0), (r'\1', 0), ('(?<=a*)', 0), ('a\n(', 0), ('(?z)', 0), ('x', re.L)):
    try:
        re.compile(bad, flags)
    except re.error as e:
        print(e, '|', e.msg, e.pos, e.lineno, e.colno, repr(e.pattern))
    except ValueError as e:
        print('ValueError', e)
for f in (
    lambda: m.group(4),
    lambda: m.group('zz'),
    lambda: re.match('a', b'a'),
    lambda: re.match(b'a', 'a'),
    lambda: re.match('a', None),
    lambda: re.match(1, 'a'),
    lambda: re.sub('a', r'\2', 'a'),
    lambda: re.sub('a', r'\g<x>', 'a'),
    lambda: re.sub('a', lambda m: 1, 'xaa'),
    lambda: re.compile(p, re.I),
    lambda: p.search(),
    lambda: re.sub('a', r'\q', 'a'),
):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
print(re.compile(p) is p, re.I | re.M == 10, int(re.IGNORECASE), isinstance(p, re.Pattern), isinstance(m, re.Match))
print(re.Pattern.__name__, re.compile('').sub('-', 'abc'), re.sub('', '-', 'abc', 2))
print(re.findall(r'(?m)^(\w+)\s*=\s*(.*)$', 'a = 1\nb=2\n\nc =3'))
print(re.match(r'(a)(b)?(c)?', 'ac').lastindex, re.match('(a(b))', 'ab').lastindex, re.match('((?P<x>a)b)', 'ab').lastgroup)


class S(str):
    pass


print(type(re.sub('x', 'y', S('axb'))).__name__, re.match('a', S('abc')).group())
print(re.sub('a', '', 'b'), re.sub('(?P<a>x)', r'\g<a>\g<a>', 'x'), re.sub(r'\bfoo\b', 'bar', 'foo food foo'))
