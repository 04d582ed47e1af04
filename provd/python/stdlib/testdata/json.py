import json

data = {'a': [1, 2.5, None, True, False, 'é"\\\n\x01\u2028😀/'], 'b': {}, 'c': [], 'd': {'x': (1, 2)}, 1: 2, None: 3, True: 4, 2.5: 5}
print(json.dumps(data))
print(json.dumps(data, ensure_ascii=False))
print(json.dumps(data, indent=2))
print(json.dumps({'b': 1, 'a': [1, {'z': 1}]}, indent='\t', sort_keys=True), json.dumps({'b': 1, 'a': 2}, separators=(',', ':')))
print(json.dumps([1, [2, []]], indent=0), json.dumps([], indent=2), json.dumps({}, indent=2), json.dumps([[]], indent=1, separators=(',', ': ')))
print(json.dumps([1e100, 1e-7, 0.1, -0.0, 1e16, 123456789012345678901234567890, float('inf'), float('-inf'), float('nan')]))
print(json.dumps('x'), json.dumps(None), json.dumps(1), json.dumps({(1, 2): 3, 'a': 1}, skipkeys=True), json.dumps({'k': {1}}, default=list), json.dumps({1: 1, 3: 2, 2: 3}, sort_keys=True))
text = ' {"a" : [1, -2.5e3, 0.5, true, false, null, "\\u00e9\\ud83d\\ude00\\n\\/\\"", {}], "b": {"c": []}, "a2": 12345678901234567890, "n": NaN, "i": -Infinity} '
d = json.loads(text)
print(d, type(d['a'][1]).__name__, len(d['a'][6]))
print(json.loads('"x"'), json.loads(b'[1, 2]'), json.loads('1E5'), json.loads('-0'), json.loads('-0.0'), json.loads('[1,2]', parse_int=str), json.loads('[1.50]', parse_float=str))
print(json.loads('{"a": 1, "a": 2}'), json.loads('{"a": 1}', object_hook=lambda d: sorted(d.items())), json.loads('{"b": {"c": 1}, "a": 2}', object_pairs_hook=list), json.loads('"\ud800"') == '\ud800', json.loads('"\t"', strict=False))
for bad in ('', '  ', '[1,]', '{"a":1,}', '{"a" 1}', '{a: 1}', '[1 2]', '"abc', '"a\\q"', '"\\u12"', '"a\nb"', '[1] x', 'nul', '{"a": }', '[', '{', '01', '1.', '-', '"\\', '\n\n  x', '{"a": 1', '[1', '"é" y', "{'a': 1}"):
    try:
        print(json.loads(bad))
    except json.JSONDecodeError as e:
        print(e, '|', e.msg, e.pos, e.lineno, e.colno)
for f in (
    lambda: json.dumps({1}),
    lambda: json.dumps({(1,): 2}),
    lambda: json.dumps(float('nan'), allow_nan=False),
    lambda: json.dumps({'b': 1, 2: 3}, sort_keys=True),
    lambda: json.loads(5),
    lambda: json.dumps(b'x'),
    lambda: json.loads('\ufeff1'),
):
    try:
        print(f())
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
a = []
a.append(a)
try:
    json.dumps(a)
except ValueError as e:
    print(e)


class E(json.JSONEncoder):
    def default(self, o):
        if isinstance(o, set):
            return sorted(o)
        return super().default(o)


print(json.dumps({'s': {2, 1}}, cls=E), E(indent=1).encode([1]), E().encode({3}))
try:
    json.dumps(object, cls=E)
except TypeError as e:
    print(e)
import io

f = io.StringIO()
json.dump({'a': 1}, f, indent=1)
print(f.getvalue(), json.load(io.StringIO('[1]')))
print(json.JSONDecoder().decode('[1]'), json.JSONDecoder().raw_decode('[1] x'), issubclass(json.JSONDecodeError, ValueError))
try:
    raise json.JSONDecodeError('msg', 'a\nbc', 3)
except json.JSONDecodeError as e:
    print(e, e.lineno, e.colno)


class D(dict):
    pass


class I(int):
    pass


print(json.dumps(D(a=I(3))), json.dumps([True, I(1)]))

print(json.dumps('\x7f'), json.dumps('\x7f', ensure_ascii=False), json.dumps({'\x7f': 1}))
try:
    json.dumps({1, 2}, default=lambda o: o)
except ValueError as e:
    print(e)
