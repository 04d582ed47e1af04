import io
from io import BytesIO, StringIO

f = StringIO()
print(f.write('héllo\n'), f.write('world'), f.getvalue(), f.tell(), f.read())
f.seek(0)
print(repr(f.readline()), f.tell(), repr(f.read(2)), repr(f.read()), repr(f.readline()))
f.seek(0)
print(list(f), f.seek(1), f.write('XY'), f.getvalue(), f.seek(0, 2))
f.truncate(3)
print(f.getvalue(), f.seek(0), f.readlines())
g = StringIO('a\nb\nc')
print(g.readlines(), g.read(), g.seek(2), next(g), g.readline(0), g.readline(1), g.closed)
with StringIO('x') as h:
    print(h.read(), h.readable(), h.writable(), h.seekable(), h.isatty())
print(h.closed)
b = BytesIO(b'abc\ndef')
print(b.read(2), b.readline(), b.tell(), b.read(), b.getvalue(), b.seek(0), list(b))
b.seek(10)
b.write(b'z')
print(b.getvalue(), b.seek(-1, 2), b.read(), b.seek(0), b.seek(2, 1))
w = StringIO()
w.writelines(['a', 'b\n'])
print(w.getvalue(), file=w)
print(repr(w.getvalue()))
for fn in (lambda: StringIO(1), lambda: BytesIO('x'), lambda: f.write(b'x'), lambda: b.write('x'), lambda: h.read(), lambda: f.seek(-1), lambda: f.seek(1, 1), lambda: f.seek(0, 5)):
    try:
        print(fn())
    except (TypeError, ValueError, OSError) as e:
        print(type(e).__name__, e)
print(StringIO('a\r\nb', newline=None).read() == 'a\nb', io.SEEK_END, isinstance(f, io.IOBase))
