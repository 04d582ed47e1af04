import configparser
from configparser import ConfigParser, RawConfigParser
from io import StringIO

text = """
# comment
[first]
Name = value one
key: with colon
multi = line 1
    line 2

    line 3
empty =
quoted = "x; y"
pct = 100%

[Second Section]
a=1
b = true
c = 2.5
; another
url = http://x/y?a=b
"""
p = RawConfigParser()
p.read_file(StringIO(text))
print(p.sections(), p.options('first'), p.items('first'))
print(p.get('first', 'NAME'), p.getint('Second Section', 'a'), p.getboolean('Second Section', 'b'), p.getfloat('Second Section', 'c'), p.has_option('first', 'key'), p.has_section('zz'))
print(p['first']['multi'], list(p), 'first' in p, p['Second Section'].getint('a'), p['first'].get('zz', 'fb'), p.get('first', 'zz', fallback=None), len(p), dict(p['Second Section']))
p.set('first', 'new', 'n')
p.add_section('third')
p['third']['k'] = 'v'
print(p.remove_option('first', 'pct'), p.remove_section('Second Section'), p.remove_section('no'), p.sections())
out = StringIO()
p.write(out)
print(out.getvalue())
c = ConfigParser(defaults={'home': '/h'})
c.read_string('[a]\npath = %(home)s/x\npc = 50%%\nnested = %(path)s/y\n[b]\nhome=/b\nq=%(home)s')
print(c['a']['path'], c['a']['pc'], c.get('a', 'nested'), c.get('a', 'nested', raw=True), c['b']['q'], c.defaults(), c.items('b'), c.get('b', 'q', vars={'home': 'z'}))
c.read_dict({'d': {'x': 1, 'y': None or 'z'}})
print(dict(c['d']), c['d'].name)
e = ConfigParser(interpolation=configparser.ExtendedInterpolation())
e.read_string('[a]\nx = 1\ny = ${x}2 ${b:z} $$\n[b]\nz = Z')
print(e['a']['y'])
n = RawConfigParser(allow_no_value=True, delimiters=('=',), inline_comment_prefixes=(';',), strict=False)
n.read_string('[s]\nflag\nk = v ; c\nk = w\n[s]\nz:1 = 2')
print(n.items('s'))
n.optionxform = str
n.read_string('[T]\nCase=1')
print(n.options('T'))
for f in (
    lambda: p.get('zz', 'a'),
    lambda: p.get('first', 'zz'),
    lambda: p.items('zz'),
    lambda: p['zz'],
    lambda: p.add_section('first'),
    lambda: RawConfigParser().read_string('a = 1'),
    lambda: RawConfigParser().read_string('[a]\nx=1\nx=2'),
    lambda: RawConfigParser().read_string('[a]\n[a]'),
    lambda: RawConfigParser().read_string('[a]\nnonsense'),
    lambda: c.get('a', 'bad') if c.set('a', 'bad', '%(nope)s') is None else 0,
    lambda: c.set('a', 'q', '5%'),
    lambda: c.set('a', 'q', 5),
    lambda: p.getboolean('first', 'name'),
    lambda: p.set('zz', 'a', 'b'),
):
    try:
        print(f())
    except (configparser.Error, ValueError, TypeError, KeyError) as x:
        print(type(x).__name__, x)
