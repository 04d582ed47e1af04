package stdlib

import (
	"errors"
	"io"
	"io/fs"
	"strings"

	"provbox/provd/python"
)

// maxRandom bounds the bytes one os.urandom call returns.
const maxRandom = 1 << 16

// files is the file system the functions act on.
func (l *Library) files() FileSystem {
	if l.options.Files == nil {
		return noFiles{}
	}
	return l.options.Files
}

// pathQueries defines the functions of os.path that ask the file system.
func (l *Library) pathQueries(b builder) {
	query := func(name string, f func(fs.FileInfo) bool) {
		b.fn(name, oneArg(name, func(t *python.Thread, v python.Value) (python.Value, error) {
			p, _, err := pathArg(v)
			if err != nil {
				return nil, err
			}
			info, err := l.files().Stat(t, p)
			if err != nil {
				return python.False, passLimit(err)
			}
			return truth(f(info)), nil
		}))
	}
	query("exists", func(fs.FileInfo) bool { return true })
	query("lexists", func(fs.FileInfo) bool { return true })
	query("isfile", func(i fs.FileInfo) bool { return !i.IsDir() })
	query("isdir", fs.FileInfo.IsDir)
	query("islink", func(fs.FileInfo) bool { return false })
	query("ismount", func(fs.FileInfo) bool { return false })
	measure := func(name string, f func(fs.FileInfo) python.Value) {
		b.fn(name, oneArg(name, func(t *python.Thread, v python.Value) (python.Value, error) {
			info, err := l.stat(t, v)
			if err != nil {
				return nil, err
			}
			return f(info), nil
		}))
	}
	measure("getsize", func(i fs.FileInfo) python.Value { return python.Int(i.Size()) })
	for _, name := range []string{"getmtime", "getatime", "getctime"} {
		measure(name, func(i fs.FileInfo) python.Value { return modTime(i) })
	}
}

// passLimit keeps errors that are neither an answer of the file system nor
// exceptions a query may hide.
func passLimit(err error) error {
	var limit *python.LimitError
	if errors.As(err, &limit) {
		return err
	}
	return nil
}

func modTime(i fs.FileInfo) python.Value {
	return python.Float(float64(i.ModTime().UnixNano()) / 1e9)
}

func (l *Library) stat(t *python.Thread, v python.Value) (fs.FileInfo, error) {
	p, _, err := pathArg(v)
	if err != nil {
		return nil, err
	}
	info, err := l.files().Stat(t, p)
	if err != nil {
		return nil, osError(t, err, p)
	}
	return info, nil
}

// buildOS makes os: names, and the file functions on the injected file system.
func buildOS(l *Library, b builder) {
	for _, name := range []string{"sep", "altsep", "curdir", "pardir", "extsep", "pathsep", "devnull"} {
		if path, err := l.module(b.t, "os.path"); err == nil {
			v, _ := path.Dict().GetStr(name)
			b.set(name, v)
		}
	}
	b.set("name", python.Str("posix"))
	b.set("linesep", python.Str("\n"))
	b.set("error", python.OSError)
	b.set("environ", python.NewDict(0))
	b.ints(map[string]int{"F_OK": 0, "R_OK": 4, "W_OK": 2, "X_OK": 1, "SEEK_SET": 0, "SEEK_CUR": 1, "SEEK_END": 2})
	b.fn("getenv", func(_ *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var key python.Value
		var def python.Value = python.None
		err := python.Unpack("getenv", args, kwargs, "key", &key, "default?", &def)
		return def, err
	})
	b.fn("getcwd", noArgs("getcwd", func(*python.Thread) (python.Value, error) {
		return python.Str(l.options.Dir), nil
	}))
	b.fn("fspath", oneArg("fspath", func(_ *python.Thread, v python.Value) (python.Value, error) {
		_, _, err := pathArg(v)
		return v, err
	}))
	b.fn("fsencode", oneArg("fsencode", func(_ *python.Thread, v python.Value) (python.Value, error) {
		p, _, err := pathArg(v)
		return python.Bytes(p), err
	}))
	b.fn("fsdecode", oneArg("fsdecode", func(_ *python.Thread, v python.Value) (python.Value, error) {
		p, _, err := pathArg(v)
		return python.Str(p), err
	}))
	b.fn("strerror", oneArg("strerror", func(t *python.Thread, v python.Value) (python.Value, error) {
		n, err := asInt(t, v)
		for _, e := range errnos {
			if int64(e.code) == n {
				return python.Str(e.text), err
			}
		}
		return python.Str("Unknown error"), err
	}))
	b.fn("urandom", oneArg("urandom", func(t *python.Thread, v python.Value) (python.Value, error) {
		n, err := asInt(t, v)
		if err != nil {
			return nil, err
		}
		if n < 0 {
			return nil, python.ValueErrorf("negative argument not allowed")
		}
		r, err := l.random(t, int(min(n, maxRandom+1)))
		return python.Bytes(r), err
	}))
	l.osFiles(b)
}

// osFiles defines the functions of os that act on the file system.
func (l *Library) osFiles(b builder) {
	result := b.class(python.ClassSpec{Name: "stat_result", NoNew: true, Final: true})
	one := func(name string, f func(t *python.Thread, p string) error) {
		b.fn(name, func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var path, mode, existOK python.Value
			var err error
			if name == "makedirs" {
				err = python.Unpack(name, args, kwargs, "name", &path, "mode?", &mode, "exist_ok?", &existOK)
			} else {
				err = python.Unpack(name, args, kwargs, "path", &path, "mode?", &mode)
			}
			if err != nil {
				return nil, err
			}
			p, _, err := pathArg(path)
			if err != nil {
				return nil, err
			}
			if existOK != nil {
				ok, err := python.Truth(t, existOK)
				if err != nil {
					return nil, err
				}
				if ok {
					if info, err := l.files().Stat(t, p); err == nil && info.IsDir() {
						return python.None, nil
					}
				}
			}
			return python.None, f(t, p)
		})
	}
	remove := func(t *python.Thread, p string) error {
		if err := l.files().Remove(t, p); err != nil {
			return osError(t, err, p)
		}
		return nil
	}
	one("remove", remove)
	one("unlink", remove)
	one("rmdir", remove)
	one("mkdir", func(t *python.Thread, p string) error {
		if err := l.files().Mkdir(t, p); err != nil {
			return osError(t, err, p)
		}
		return nil
	})
	one("makedirs", l.makeDirs)
	for _, name := range []string{"rename", "replace"} {
		b.fn(name, func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var src, dst python.Value
			if err := python.Unpack(name, args, kwargs, "src", &src, "dst", &dst); err != nil {
				return nil, err
			}
			from, _, err := pathArg(src)
			if err != nil {
				return nil, err
			}
			to, _, err := pathArg(dst)
			if err != nil {
				return nil, err
			}
			if err := l.files().Rename(t, from, to); err != nil {
				return nil, osError(t, err, from, to)
			}
			return python.None, nil
		})
	}
	b.fn("listdir", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var path python.Value = python.Str(".")
		if err := python.Unpack("listdir", args, kwargs, "path??", &path); err != nil {
			return nil, err
		}
		p, back, err := pathArg(path)
		if err != nil {
			return nil, err
		}
		names, err := l.files().ReadDir(t, p)
		if err != nil {
			return nil, osError(t, err, p)
		}
		out := python.NewList(nil)
		for _, n := range names {
			if err := t.Alloc(int64(len(n))); err != nil {
				return nil, err
			}
			if err := out.Append(t, back(n)); err != nil {
				return nil, err
			}
		}
		return out, nil
	})
	b.fn("access", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var path, mode python.Value
		if err := python.Unpack("access", args, kwargs, "path", &path, "mode", &mode); err != nil {
			return nil, err
		}
		p, _, err := pathArg(path)
		if err != nil {
			return nil, err
		}
		_, err = l.files().Stat(t, p)
		return truth(err == nil), passLimit(err)
	})
	b.fn("stat", oneArg("stat", func(t *python.Thread, v python.Value) (python.Value, error) {
		info, err := l.stat(t, v)
		if err != nil {
			return nil, err
		}
		mode := 0o100644
		if info.IsDir() {
			mode = 0o040755
		}
		r := python.NewInstance(result, nil)
		a := r.Attrs()
		a.SetStr("st_mode", python.NewInt(mode))
		a.SetStr("st_size", python.Int(info.Size()))
		for _, name := range []string{"st_mtime", "st_atime", "st_ctime"} {
			a.SetStr(name, modTime(info))
		}
		return r, nil
	}))
}

// makeDirs makes a directory and those above it that are missing.
func (l *Library) makeDirs(t *python.Thread, p string) error {
	if err := t.Enter(); err != nil {
		return err
	}
	defer t.Leave()
	head, tail := splitPath(p)
	if tail == "" {
		head, tail = splitPath(head)
	}
	if head != "" && tail != "" && head != p {
		if _, err := l.files().Stat(t, head); err != nil {
			if err := l.makeDirs(t, head); err != nil && !python.IsException(err, python.FileExistsError) {
				return err
			}
		}
		if tail == "." {
			return nil
		}
	}
	if err := l.files().Mkdir(t, strings.TrimRight(p, "/")); err != nil {
		return osError(t, err, p)
	}
	return nil
}

// random returns n bytes of the injected randomness.
func (l *Library) random(t *python.Thread, n int) ([]byte, error) {
	if l.options.Random == nil {
		return nil, python.Raise(python.NotImplementedError, "no source of randomness here")
	}
	if n > maxRandom {
		return nil, &python.LimitError{What: "memory"}
	}
	if err := t.Alloc(int64(n)); err != nil {
		return nil, err
	}
	out := make([]byte, n)
	if _, err := io.ReadFull(l.options.Random, out); err != nil {
		return nil, python.RuntimeErrorf("random numbers: %v", err)
	}
	return out, nil
}
