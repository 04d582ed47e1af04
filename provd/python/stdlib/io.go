package stdlib

import (
	"strings"

	"provbox/provd/python"
)

// buffer is io.StringIO and io.BytesIO. data holds what was written; pos is a
// byte offset, which for a StringIO lies between characters.
type buffer struct {
	class  *python.Class
	text   bool
	data   []byte
	pos    int
	closed bool
}

func (f *buffer) Type() *python.Class { return f.class }

// Next returns the next line.
func (f *buffer) Next(t *python.Thread) (python.Value, bool, error) {
	line, err := f.line(-1)
	if err != nil || line == "" {
		return nil, false, err
	}
	return f.value(line), true, t.Alloc(int64(len(line)))
}

func (f *buffer) value(s string) python.Value {
	if f.text {
		return python.Str(s)
	}
	return python.Bytes(s)
}

func (f *buffer) check() error {
	switch {
	case f.closed && f.text:
		return python.ValueErrorf("I/O operation on closed file")
	case f.closed:
		return python.ValueErrorf("I/O operation on closed file.")
	}
	return nil
}

// rest is what lies after the position.
func (f *buffer) rest() string {
	if f.pos >= len(f.data) {
		return ""
	}
	return string(f.data[f.pos:])
}

// advance is the length in bytes of the first n characters (bytes) of s; all of
// them when n is negative.
func (f *buffer) advance(s string, n int) int {
	if n < 0 || n >= len(s) {
		return len(s)
	}
	if !f.text {
		return n
	}
	at := 0
	for ; n > 0 && at < len(s); n-- {
		_, size := python.DecodeRune(s[at:])
		at += size
	}
	return at
}

func (f *buffer) line(limit int) (string, error) {
	if err := f.check(); err != nil {
		return "", err
	}
	if f.pos >= len(f.data) {
		return "", nil
	}
	end := len(f.data)
	for i := f.pos; i < len(f.data); i++ {
		if f.data[i] == '\n' {
			end = i + 1
			break
		}
	}
	s := string(f.data[f.pos:end])
	s = s[:f.advance(s, limit)]
	f.pos += len(s)
	return s, nil
}

func (f *buffer) write(t *python.Thread, v python.Value) (python.Value, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	var s string
	var ok bool
	n := 0
	if f.text {
		if s, ok = asStr(v); !ok {
			return nil, python.TypeErrorf("string argument expected, got '%s'", python.TypeName(v))
		}
		var err error
		if n, err = python.Len(t, python.Str(s)); err != nil {
			return nil, err
		}
	} else {
		if s, ok = asBytes(v); !ok {
			return nil, python.TypeErrorf("a bytes-like object is required, not '%s'", python.TypeName(v))
		}
		n = len(s)
	}
	// A position behind the end is filled up.
	if gap := f.pos - len(f.data); gap > 0 && s != "" {
		if err := t.Alloc(int64(gap)); err != nil {
			return nil, err
		}
		f.data = append(f.data, make([]byte, gap)...)
	}
	if err := t.Alloc(2 * int64(len(s))); err != nil {
		return nil, err
	}
	if f.pos >= len(f.data) {
		f.data = append(f.data, s...)
	} else {
		old := string(f.data[f.pos:])
		tail := old[f.advance(old, n):]
		if err := t.Alloc(int64(len(old))); err != nil {
			return nil, err
		}
		f.data = append(append(f.data[:f.pos], s...), tail...)
	}
	f.pos += len(s)
	return python.NewInt(n), nil
}

// tell is the position in characters.
func (f *buffer) tell(t *python.Thread) (int, error) {
	if !f.text || f.pos > len(f.data) {
		return f.pos, nil
	}
	return python.Len(t, python.Str(f.data[:f.pos]))
}

func (f *buffer) seek(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	n, whence := 0, 0
	if err := python.Unpack("seek", args, kwargs, "pos", &n, "whence?", &whence); err != nil {
		return nil, err
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	if f.text && whence != 0 && n != 0 {
		return nil, python.Raise(python.OSError, "Can't do nonzero cur-relative seeks")
	}
	const most = 1 << 40
	switch {
	case whence < 0 || whence > 2:
		word := "invalid"
		if f.text {
			word = "Invalid"
		}
		return nil, python.ValueErrorf("%s whence (%d, should be 0, 1 or 2)", word, whence)
	case whence == 0 && n < 0:
		if f.text {
			return nil, python.ValueErrorf("Negative seek position %d", n)
		}
		return nil, python.ValueErrorf("negative seek value %d", n)
	case whence == 0 && f.text:
		if f.pos = f.advance(string(f.data), n); n > len(f.data) {
			f.pos = min(n, most)
		}
	case whence == 0:
		f.pos = min(n, most)
	case whence == 1:
		f.pos = min(max(f.pos+min(n, most), 0), most)
	case whence == 2:
		f.pos = min(max(len(f.data)+min(n, most), 0), most)
	}
	at, err := f.tell(t)
	return python.NewInt(at), err
}

func (f *buffer) lines(t *python.Thread) (python.Value, error) {
	out := python.NewList(nil)
	for {
		v, ok, err := f.Next(t)
		if err != nil || !ok {
			return out, err
		}
		if err := t.Step(1); err != nil {
			return nil, err
		}
		if err := out.Append(t, v); err != nil {
			return nil, err
		}
	}
}

// sizeArg takes the optional size of read and readline.
func sizeArg(t *python.Thread, name string, args []python.Value, kwargs []python.Keyword) (int, error) {
	var size python.Value
	if err := python.Unpack(name, args, kwargs, "size??", &size); err != nil || isNone(size) {
		return -1, err
	}
	return clampInt(t, size)
}

func bufferMethods() map[string]python.MethodFunc {
	m := map[string]python.MethodFunc{
		"write": method(func(t *python.Thread, f *buffer, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var v python.Value
			if err := python.Unpack("write", args, kwargs, "s", &v); err != nil {
				return nil, err
			}
			return f.write(t, v)
		}),
		"writelines": method(func(t *python.Thread, f *buffer, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var v python.Value
			if err := python.Unpack("writelines", args, kwargs, "lines", &v); err != nil {
				return nil, err
			}
			return python.None, python.Iterate(t, v, func(line python.Value) error {
				_, err := f.write(t, line)
				return err
			})
		}),
		"read": method(func(t *python.Thread, f *buffer, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			n, err := sizeArg(t, "read", args, kwargs)
			if err == nil {
				err = f.check()
			}
			if err != nil {
				return nil, err
			}
			if err := t.Alloc(int64(len(f.data))); err != nil {
				return nil, err
			}
			s := f.rest()
			s = s[:f.advance(s, n)]
			f.pos += len(s)
			return f.value(s), nil
		}),
		"readline": method(func(t *python.Thread, f *buffer, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			n, err := sizeArg(t, "readline", args, kwargs)
			if err != nil {
				return nil, err
			}
			s, err := f.line(n)
			if err != nil {
				return nil, err
			}
			return f.value(s), t.Alloc(int64(len(s)))
		}),
		"readlines": method(func(t *python.Thread, f *buffer, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			return f.lines(t)
		}),
		"getvalue": method(func(t *python.Thread, f *buffer, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			if err := f.check(); err != nil {
				return nil, err
			}
			return f.value(string(f.data)), t.Alloc(int64(len(f.data)))
		}),
		"seek": method(func(t *python.Thread, f *buffer, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			return f.seek(t, args, kwargs)
		}),
		"tell": method(func(t *python.Thread, f *buffer, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			if err := f.check(); err != nil {
				return nil, err
			}
			n, err := f.tell(t)
			return python.NewInt(n), err
		}),
		"truncate": method(func(t *python.Thread, f *buffer, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			at, err := f.tell(t)
			if err == nil && len(args)+len(kwargs) > 0 {
				at, err = sizeArg(t, "truncate", args, kwargs)
			}
			if err == nil {
				err = f.check()
			}
			if err != nil {
				return nil, err
			}
			if at < 0 {
				return nil, python.ValueErrorf("negative size value %d", at)
			}
			f.data = f.data[:f.advance(string(f.data), at)]
			return python.NewInt(at), nil
		}),
		"close": method(func(_ *python.Thread, f *buffer, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			f.closed, f.data = true, nil
			return python.None, nil
		}),
		"__exit__": method(func(_ *python.Thread, f *buffer, _ []python.Value, _ []python.Keyword) (python.Value, error) {
			f.closed, f.data = true, nil
			return python.None, nil
		}),
		"__enter__": itself, "__iter__": itself, "flush": ignore,
		"__next__": iteratorMethods()["__next__"],
	}
	for _, name := range []string{"readable", "writable", "seekable"} {
		m[name] = func(*python.Thread, python.Value, []python.Value, []python.Keyword) (python.Value, error) {
			return python.True, nil
		}
	}
	m["isatty"] = func(*python.Thread, python.Value, []python.Value, []python.Keyword) (python.Value, error) {
		return python.False, nil
	}
	return m
}

// buildIO makes io, without files of the machine. open is the host's builtin.
func buildIO(l *Library, b builder) {
	if l.options.Open != nil {
		b.set("open", l.options.Open)
	}
	base := b.class(python.ClassSpec{Name: "IOBase"})
	b.class(python.ClassSpec{Name: "TextIOBase", Bases: []*python.Class{base}})
	b.exception("UnsupportedOperation", python.OSError, python.ValueError)
	b.set("BlockingIOError", python.BlockingIOError)
	b.ints(map[string]int{"SEEK_SET": 0, "SEEK_CUR": 1, "SEEK_END": 2, "DEFAULT_BUFFER_SIZE": 8192})
	stream := func(name, parameter string, text bool) {
		var class *python.Class
		class = b.class(python.ClassSpec{
			Name: name, Module: "_io", Dotted: true, Bases: []*python.Class{base}, Methods: bufferMethods(),
			New: func(t *python.Thread, _ *python.Class, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
				f := &buffer{class: class, text: text}
				var initial, newline python.Value
				if err := python.Unpack(name, args, kwargs, parameter+"??", &initial, "newline?", &newline); err != nil {
					return nil, err
				}
				if isNone(initial) {
					return f, nil
				}
				if text {
					s, ok := asStr(initial)
					if !ok {
						return nil, python.TypeErrorf("initial_value must be str or None, not %s", python.TypeName(initial))
					}
					// The default newline="\n" leaves line ends alone; None translates.
					if newline != nil && isNone(newline) {
						s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
					}
					initial = python.Str(s)
				}
				_, err := f.write(t, initial)
				f.pos = 0
				return f, err
			},
			Getters: map[string]python.GetFunc{
				"closed": getter(func(_ *python.Thread, f *buffer) (python.Value, error) { return truth(f.closed), nil }),
			},
		})
	}
	stream("StringIO", "initial_value", true)
	stream("BytesIO", "initial_bytes", false)
}
