package stdlib_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"provbox/provd/python"
	"provbox/provd/python/stdlib"
)

// memory is a FileSystem of a map.
type memory struct{ files fstest.MapFS }

func (m memory) rel(name string) string {
	return strings.TrimPrefix(path.Clean(path.Join("/", name)), "/")
}

func (m memory) Stat(_ *python.Thread, name string) (fs.FileInfo, error) {
	if rel := m.rel(name); rel != "" {
		return m.files.Stat(rel)
	}
	return m.files.Stat(".")
}

func (m memory) ReadDir(_ *python.Thread, name string) ([]string, error) {
	rel := m.rel(name)
	if rel == "" {
		rel = "."
	}
	info, err := m.files.Stat(rel)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, stdlib.ErrNotDirectory
	}
	entries, err := m.files.ReadDir(rel)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	slices.Sort(names)
	return names, err
}

func (m memory) Mkdir(_ *python.Thread, name string) error {
	if _, ok := m.files[m.rel(name)]; ok {
		return fs.ErrExist
	}
	m.files[m.rel(name)] = &fstest.MapFile{Mode: fs.ModeDir}
	return nil
}

func (m memory) Remove(_ *python.Thread, name string) error {
	f, ok := m.files[m.rel(name)]
	switch {
	case !ok:
		return &fs.PathError{Op: "remove", Path: name, Err: fs.ErrNotExist}
	case f.Mode.IsDir():
		return stdlib.ErrIsDirectory
	}
	delete(m.files, m.rel(name))
	return nil
}

func (m memory) Rename(_ *python.Thread, from, to string) error {
	f, ok := m.files[m.rel(from)]
	if !ok {
		return fs.ErrNotExist
	}
	delete(m.files, m.rel(from))
	m.files[m.rel(to)] = f
	return nil
}

// check runs a program and compares what it prints.
func check(t *testing.T, o stdlib.Options, src, want string) {
	t.Helper()
	got, err := run(t, newThread(t, python.Limits{}), o, "test.py", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.TrimLeft(want, "\n"), got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	m := memory{fstest.MapFS{
		"var/tftpboot/a.cfg": &fstest.MapFile{Data: []byte("hello"), ModTime: time.Unix(1700000000, 0)},
		"var/tftpboot/b.xml": &fstest.MapFile{},
	}}
	check(t, stdlib.Options{Files: m, Dir: "/var"}, `
import errno
import os
print(os.path.exists('/var/tftpboot'), os.path.isfile('/var/tftpboot/a.cfg'), os.path.isdir('/var'), os.path.isfile('/var'), os.path.exists('/nope'))
print(os.listdir('/var/tftpboot'), os.path.getsize('/var/tftpboot/a.cfg'), os.path.getmtime('/var/tftpboot/a.cfg'), os.stat('/var/tftpboot/a.cfg').st_size)
os.makedirs('/var/x/y', exist_ok=True)
os.makedirs('/var/x/y', exist_ok=True)
os.mkdir('/var/z')
os.rename('/var/tftpboot/b.xml', '/var/z/c.xml')
print(os.listdir('/var/x'), os.listdir('/var/z'), os.getcwd(), os.path.abspath('q'), os.access('/var', os.R_OK))
os.remove('/var/tftpboot/a.cfg')
for f in (lambda: os.remove('/var/tftpboot/a.cfg'), lambda: os.remove('/var/z'), lambda: os.listdir('/var/z/c.xml'), lambda: os.stat('/no'), lambda: os.mkdir('/var/z'), lambda: os.rename('/a', '/b'), lambda: os.path.getsize('/no'), lambda: os.makedirs('/var/z')):
    try:
        f()
    except OSError as e:
        print(type(e).__name__, e, e.errno == errno.ENOENT, e.filename)
`, `
True True True False False
['a.cfg', 'b.xml'] 5 1700000000.0 5
['y'] ['c.xml'] /var /var/q True
FileNotFoundError [Errno 2] No such file or directory: '/var/tftpboot/a.cfg' True /var/tftpboot/a.cfg
IsADirectoryError [Errno 21] Is a directory: '/var/z' False /var/z
NotADirectoryError [Errno 20] Not a directory: '/var/z/c.xml' False /var/z/c.xml
FileNotFoundError [Errno 2] No such file or directory: '/no' True /no
FileExistsError [Errno 17] File exists: '/var/z' False /var/z
FileNotFoundError [Errno 2] No such file or directory: '/a' -> '/b' True /a
FileNotFoundError [Errno 2] No such file or directory: '/no' True /no
FileExistsError [Errno 17] File exists: '/var/z' False /var/z
`)
}

// TestNothing shows what a library without any injection refuses.
func TestNothing(t *testing.T) {
	t.Parallel()
	check(t, stdlib.Options{}, `
import os, uuid, random, time
print(os.path.exists('/etc/passwd'), os.environ, os.getcwd())
for f in (lambda: os.listdir('/'), lambda: os.remove('/etc/passwd'), lambda: os.stat('/'), uuid.uuid4, random.random, lambda: os.urandom(4), lambda: time.sleep(1), random.seed):
    try:
        f()
    except Exception as e:
        print(type(e).__name__, e)
`, `
False {} /
PermissionError [Errno 13] Permission denied: '/'
PermissionError [Errno 13] Permission denied: '/etc/passwd'
PermissionError [Errno 13] Permission denied: '/'
NotImplementedError no source of randomness here
NotImplementedError no source of randomness here
NotImplementedError no source of randomness here
RuntimeError time.sleep is not available here
NotImplementedError random.seed is not available here
`)
}

// TestAbsentModules shows that modules that reach the machine do not exist.
func TestAbsentModules(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"socket", "subprocess", "threading", "ctypes", "importlib", "pickle", "builtins", "gc", "inspect", "shutil",
		"tempfile", "multiprocessing", "asyncio", "signal", "_socket", "urllib_parse", "../os", "lib.os",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lib := stdlib.New(stdlib.Options{})
			th := newThread(t, python.Limits{})
			if _, found, err := lib.Lookup(th, name); found || err != nil || lib.Has(name) {
				t.Errorf("found %v, %v", found, err)
			}
			_, err := lib.Import(th, name, nil, 0)
			top, _, _ := strings.Cut(name, ".")
			if name == "../os" {
				top = ""
			}
			want := "ModuleNotFoundError: No module named '" + top + "'"
			if err == nil || err.Error() != want {
				t.Errorf("error %v, want %s", err, want)
			}
		})
	}
}

// TestEveryModule imports everything there is.
func TestEveryModule(t *testing.T) {
	t.Parallel()
	names := strings.Fields(`re logging os os.path operator math struct binascii base64 hashlib errno itertools copy io json
		json.decoder datetime time typing types sys __future__ warnings html xml xml.sax xml.sax.saxutils uuid random
		unicodedata urllib urllib.parse abc calendar collections collections.abc configparser contextlib enum functools
		ipaddress packaging packaging.version string textwrap posixpath typing_extensions`)
	lib := stdlib.New(stdlib.Options{})
	th := newThread(t, python.Limits{})
	for _, name := range names {
		m, found, err := lib.Lookup(th, name)
		if err != nil || !found || !lib.Has(name) {
			t.Errorf("%s: found %v, %v", name, found, err)
			continue
		}
		again, _, _ := lib.Lookup(th, name)
		if m != again {
			t.Errorf("%s is made twice", name)
		}
	}
	// A second library shares nothing with the first.
	other := stdlib.New(stdlib.Options{})
	for _, name := range names {
		m, _, _ := lib.Lookup(th, name)
		o, _, err := other.Lookup(th, name)
		if err != nil || m == o {
			t.Errorf("%s: shared %v, %v", name, m == o, err)
		}
	}
}

// TestSharedPrograms shows that libraries may share compiled modules and still
// have their own objects.
func TestSharedPrograms(t *testing.T) {
	t.Parallel()
	programs := stdlib.NewPrograms()
	done := make(chan string, 4)
	for i := range 4 {
		go func() {
			lib := stdlib.New(stdlib.Options{Programs: programs})
			th := python.NewThread(context.Background(), python.Limits{})
			m, _, err := lib.Lookup(th, "calendar")
			if err == nil {
				_, err = python.CallMethod(th, m, "setfirstweekday", python.Int(i))
			}
			var v python.Value
			if err == nil {
				v, err = python.CallMethod(th, m, "firstweekday")
			}
			done <- fmt.Sprint(i, v, err)
		}()
	}
	var got []string
	for range 4 {
		got = append(got, <-done)
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{"0 0 <nil>", "1 1 <nil>", "2 2 <nil>", "3 3 <nil>"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Skip("no time zones on this machine")
	}
	check(t, stdlib.Options{Location: paris}, `
import datetime, time
print(datetime.datetime.now(), datetime.datetime.utcnow().year, datetime.date.today(), time.time(), int(time.time()))
print(datetime.datetime.now(datetime.timezone.utc), datetime.datetime.now().astimezone(), time.localtime()[3:5], time.gmtime()[3:5], time.strftime('%H %Z'), time.timezone, time.tzname, f'{time.time():012f}')
`, `
2024-02-29 14:05:09.123456 2024 2024-02-29 1709211909.123456 1709211909
2024-02-29 13:05:09.123456+00:00 2024-02-29 14:05:09.123456+01:00 (14, 5) (13, 5) 14 CET -3600 ('CET', 'CEST') 1709211909.123456
`)
}

func TestRandom(t *testing.T) {
	t.Parallel()
	check(t, stdlib.Options{Random: rand.NewChaCha8([32]byte{1})}, `
import random, uuid, os
u = uuid.uuid4()
print(u.version, u.variant, len(os.urandom(5)), len({uuid.uuid4() for _ in range(10)}))
print(all(0 <= random.random() < 1 for _ in range(50)), {random.randint(1, 3) for _ in range(99)}, {random.choice('ab') for _ in range(50)}, {random.randrange(0, 10, 5) for _ in range(50)})
x = list(range(20))
random.shuffle(x)
print(sorted(x) == list(range(20)), x != list(range(20)), len(random.sample(x, 5)), random.getrandbits(9) < 512, 2 <= random.uniform(2, 3) <= 3, len(random.randbytes(3)))
`, `
4 specified in RFC 4122 5 10
True {1, 2, 3} {'a', 'b'} {0, 5}
True True 5 True True 3
`)
}

// TestHostErrors shows that what a FileSystem returns reaches the program as it
// should.
func TestHostErrors(t *testing.T) {
	t.Parallel()
	th := newThread(t, python.Limits{})
	_, err := run(t, th, stdlib.Options{Files: broken{}}, "x.py", []byte("import os\nos.path.exists('a')"))
	var limit *python.LimitError
	if !errors.As(err, &limit) || limit.What != "steps" {
		t.Errorf("error %v, want the step limit", err)
	}
	check(t, stdlib.Options{Files: broken{}}, `
import os
for f in (lambda: os.listdir('x'), lambda: os.remove('y')):
    try:
        f()
    except Exception as e:
        print(type(e).__name__, e)
`, `
ValueError mine
OSError [Errno 5] Input/output error: 'y'
`)
}

type broken struct{ memory }

func (broken) Stat(*python.Thread, string) (fs.FileInfo, error) {
	return nil, &python.LimitError{What: "steps"}
}

func (broken) ReadDir(*python.Thread, string) ([]string, error) {
	return nil, python.ValueErrorf("mine")
}
func (broken) Remove(*python.Thread, string) error { return errors.New("disk on fire") }

// TestOpen shows that the host's open reaches the modules that use it.
func TestOpen(t *testing.T) {
	t.Parallel()
	open := python.NewBuiltin("open", func(t *python.Thread, args []python.Value, _ []python.Keyword) (python.Value, error) {
		if python.Is(args[0], python.Str("missing.ini")) {
			return nil, python.Raise(python.FileNotFoundError, "no such file")
		}
		lib := stdlib.New(stdlib.Options{})
		io, _, err := lib.Lookup(t, "io")
		if err != nil {
			return nil, err
		}
		return python.CallMethod(t, io, "StringIO", python.Str("[a]\nx = 1\n"))
	})
	check(t, stdlib.Options{Open: open}, `
import configparser, io
p = configparser.ConfigParser()
print(p.read(['missing.ini', 'a.ini']), p['a']['x'], io.open('b').read())
`, "['a.ini'] 1 [a]\nx = 1\n\n")
}

func TestSleep(t *testing.T) {
	t.Parallel()
	var slept []time.Duration
	o := stdlib.Options{Sleep: func(_ *python.Thread, d time.Duration) error {
		slept = append(slept, d)
		if d > time.Minute {
			return python.Raise(python.TimeoutError, "too long")
		}
		return nil
	}}
	check(t, o, `
import sys, time
time.sleep(1.5)
for bad in (-1, 'x', 3600, 1e300):
    try:
        time.sleep(bad)
    except Exception as e:
        print(type(e).__name__, e)
print(sys.stdout.write('hello '), file=sys.stderr)
`, "ValueError sleep length must be non-negative\nTypeError must be real number, not str\nTimeoutError too long\nTimeoutError too long\nhello 6\n")
	want := []time.Duration{1500 * time.Millisecond, time.Hour, 1e6 * time.Second}
	if diff := cmp.Diff(want, slept); diff != "" {
		t.Error(diff)
	}
}
