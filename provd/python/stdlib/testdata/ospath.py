import os
import os.path
from os.path import basename, dirname, join, normpath, split, splitext

paths = ['', '/', 'a', '/a', 'a/', '/a/', 'a/b', '//a//b//', '///a', './a/../b', '../..', '/..', 'a/./b/..', 'a.b/c', 'x.tar.gz', '.hidden', '..x', 'a/.b.c', 'dir.d/', 'a..', '...', 'é/ü.txt']
for p in paths:
    print(repr(p), split(p), splitext(p), basename(p), dirname(p), normpath(p), os.path.isabs(p), os.path.splitdrive(p), os.path.normcase(p))
print(join('a', 'b'), join('a/', 'b'), join('a', '/b'), join('', 'b'), join('a', ''), join('a', 'b', '../c'), join('/'), join(b'a', b'b'))
print(os.path.commonprefix(['/usr/lib', '/usr/local']), os.path.commonprefix([]), os.path.commonpath(['/usr/lib', '/usr/local/x']), os.path.commonpath(['a/b', 'a/c']), os.path.relpath('/a/b/c', '/a/d'), os.path.relpath('/a', '/a'), os.path.abspath('/x/../y'), os.path.relpath('/a/b', '/'))
print(os.sep, os.curdir, os.pardir, os.linesep == '\n', os.name, os.extsep, os.pathsep, os.altsep, os.path.sep, os.fspath('x'), os.fsencode('é'), os.fsdecode(b'x'), os.getenv('NOPE_PROVBOX', 'd'), os.error is OSError, os.strerror(2))
for f in (lambda: join('a', None), lambda: join('a', b'b'), lambda: basename(1), lambda: join(), lambda: os.path.commonpath([]), lambda: os.path.commonpath(['/a', 'b']), lambda: os.fspath(1), lambda: os.path.relpath('')):
    try:
        print(f())
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
