package host

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"strings"

	"provbox/provd/plugin/layer"
	"provbox/provd/python"
)

// Error numbers of Linux that packages compare with or print.
const (
	errNoEntry     = 2
	errAccess      = 13
	errExists      = 17
	errIsDirectory = 21
	errNoSpace     = 28
	errReadOnly    = 30
)

// osError raises the OSError that stands for an error of the layers.
func osError(t *python.Thread, err error, name string) error {
	class, number, text := python.OSError, errReadOnly, "Read-only file system"
	switch {
	case errors.Is(err, fs.ErrNotExist):
		class, number, text = python.FileNotFoundError, errNoEntry, "No such file or directory"
	case errors.Is(err, fs.ErrExist):
		class, number, text = python.FileExistsError, errExists, "File exists"
	case errors.Is(err, layer.ErrIsDirectory):
		class, number, text = python.IsADirectoryError, errIsDirectory, "Is a directory"
	case errors.Is(err, fs.ErrPermission):
		class, number, text = python.PermissionError, errAccess, "Permission denied"
	case errors.Is(err, layer.ErrFull):
		number, text = errNoSpace, "No space left on device"
	}
	exc, callErr := python.Call(t, class, []python.Value{python.NewInt(number), python.Str(text), python.Str(name)}, nil)
	if callErr != nil {
		return callErr
	}
	inst, ok := exc.(*python.Instance)
	if !ok {
		return err
	}
	return python.Throw(inst)
}

func readFile(t *python.Thread, name string) ([]byte, error) {
	c := callOf(t)
	rel, ok := c.Relative(name)
	if !ok {
		return nil, osError(t, fs.ErrNotExist, name)
	}
	limit := c.MaxFile
	if limit == 0 {
		limit = DefaultMaxFile
	}
	data, err := c.Files.ReadFile(rel, limit)
	if err != nil {
		return nil, osError(t, err, name)
	}
	return data, t.Alloc(int64(len(data)))
}

func writeFile(t *python.Thread, name, content string) error {
	c := callOf(t)
	rel, ok := c.Relative(name)
	if !ok {
		return osError(t, fs.ErrNotExist, name)
	}
	if err := c.Files.WriteFile(rel, content); err != nil {
		return osError(t, err, name)
	}
	return nil
}

// FileSystem is what os and os.path of a package act on: the files of the call
// that the thread is for.
type FileSystem struct{}

// on runs an operation of the layers on a path of the package.
func on[T any](t *python.Thread, name string, op func(files *layer.Scratch, name string) (T, error)) (T, error) {
	var none T
	c := callOf(t)
	rel, ok := c.Relative(name)
	if !ok {
		return none, osError(t, fs.ErrNotExist, name)
	}
	v, err := op(c.Files, rel)
	if err != nil {
		return none, osError(t, err, name)
	}
	return v, nil
}

// Stat describes a file or directory.
func (FileSystem) Stat(t *python.Thread, name string) (fs.FileInfo, error) {
	return on(t, name, (*layer.Scratch).Stat)
}

// ReadDir returns the names in a directory.
func (FileSystem) ReadDir(t *python.Thread, name string) ([]string, error) {
	return on(t, name, (*layer.Scratch).ReadDir)
}

// Mkdir makes a directory.
func (FileSystem) Mkdir(t *python.Thread, name string) error {
	_, err := on(t, name, func(files *layer.Scratch, name string) (any, error) { return nil, files.Mkdir(name) })
	return err
}

// Remove removes a generated file.
func (FileSystem) Remove(t *python.Thread, name string) error {
	_, err := on(t, name, func(files *layer.Scratch, name string) (any, error) { return nil, files.Remove(name) })
	return err
}

// Rename moves a generated file.
func (FileSystem) Rename(t *python.Thread, from, to string) error {
	_, err := on(t, from, func(files *layer.Scratch, from string) (any, error) {
		rel, ok := callOf(t).Relative(to)
		if !ok {
			return nil, &fs.PathError{Op: "rename", Path: to, Err: fs.ErrNotExist}
		}
		return nil, files.Rename(from, rel)
	})
	return err
}

// file is an open file of a package. Its content is in memory; closing publishes
// what was written to the rendering in progress.
type file struct {
	name     string
	data     []byte
	pos      int
	readable bool
	writable bool
	binary   bool
	append   bool
	encoding python.Value
	errors   python.Value
	dirty    bool
	closed   bool
}

// Type returns the class of open files.
func (*file) Type() *python.Class { return fileClass }

// Next returns the next line.
func (f *file) Next(t *python.Thread) (python.Value, bool, error) {
	line, err := f.line(t)
	if err != nil || len(line) == 0 {
		return nil, false, err
	}
	v, err := f.decode(t, line)
	return v, true, err
}

// Open is the builtin open on the package's files.
func Open() *python.Builtin { return python.NewBuiltin("open", openFile) }

// maxOpen bounds the files one call has open for writing.
const maxOpen = 256

func openFile(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var name python.Value
	mode := "r"
	encoding, onError := python.Value(python.None), python.Value(python.None)
	var buffering, newline python.Value
	err := python.Unpack("open", args, kwargs, "file", &name, "mode?", &mode, "buffering?", &buffering,
		"encoding?", &encoding, "errors?", &onError, "newline?", &newline)
	if err != nil {
		return nil, err
	}
	s, err := octets(t, name)
	if err != nil {
		return nil, err
	}
	f := &file{name: s, encoding: encoding, errors: onError, binary: strings.Contains(mode, "b")}
	if encoding == python.None {
		f.encoding = python.Str("utf-8")
	}
	if onError == python.None {
		f.errors = python.Str("strict")
	}
	kinds := 0
	for _, m := range mode {
		switch m {
		case 'r':
			f.readable, kinds = true, kinds+1
		case 'w', 'a', 'x':
			f.writable, f.append, kinds = true, m == 'a', kinds+1
		case '+':
			f.readable, f.writable = true, true
		case 'b', 't':
		default:
			return nil, python.ValueErrorf("invalid mode: '%s'", mode)
		}
	}
	if kinds != 1 {
		return nil, python.ValueErrorf("must have exactly one of create/read/write/append mode")
	}
	return f, f.load(t, mode)
}

// load reads what is there, or for a new file checks that it can be written.
func (f *file) load(t *python.Thread, mode string) error {
	c := callOf(t)
	if strings.ContainsAny(mode, "ra") {
		data, err := readFile(t, f.name)
		if err != nil && (strings.Contains(mode, "r") || !python.IsException(err, python.FileNotFoundError)) {
			return err
		}
		f.data = data
	}
	if strings.Contains(mode, "x") {
		if rel, ok := c.Relative(f.name); ok {
			if _, err := c.Files.Stat(rel); err == nil {
				return osError(t, fs.ErrExist, f.name)
			}
		}
	}
	if !f.writable {
		return nil
	}
	if len(c.open) >= maxOpen {
		return osError(t, layer.ErrFull, f.name)
	}
	// The file exists, empty, from the moment it is opened.
	if err := writeFile(t, f.name, string(f.data)); err != nil {
		return err
	}
	c.open = append(c.open, f)
	return nil
}

// flush publishes what was written.
func (f *file) flush(t *python.Thread) error {
	if !f.dirty {
		return nil
	}
	f.dirty = false
	return writeFile(t, f.name, string(f.data))
}

// Finish closes the files that the package left open, as Python does when it
// collects them.
func (c *Call) Finish(t *python.Thread) error {
	for _, f := range c.open {
		if err := f.close(t); err != nil {
			return err
		}
	}
	c.open = nil
	return nil
}

func (f *file) close(t *python.Thread) error {
	if f.closed {
		return nil
	}
	f.closed = true
	return f.flush(t)
}

// use fails when the file is closed or not open for that.
func (f *file) use(allowed bool, what string) error {
	if f.closed {
		return python.ValueErrorf("I/O operation on closed file.")
	}
	if !allowed {
		return python.Raise(python.OSError, "not %s", what)
	}
	return nil
}

func (f *file) write(t *python.Thread, v python.Value) (int, error) {
	if err := f.use(f.writable, "writable"); err != nil {
		return 0, err
	}
	var data string
	n := 0
	switch native := python.Native(v).(type) {
	case python.Bytes:
		if !f.binary {
			return 0, python.TypeErrorf("write() argument must be str, not bytes")
		}
		data, n = string(native), len(native)
	case python.Str:
		if f.binary {
			return 0, python.TypeErrorf("a bytes-like object is required, not 'str'")
		}
		encoded, err := python.CallMethod(t, native, "encode", f.encoding, f.errors)
		if err != nil {
			return 0, err
		}
		b, _ := encoded.(python.Bytes)
		data = string(b)
		if n, err = python.Len(t, native); err != nil {
			return 0, err
		}
	default:
		if f.binary {
			return 0, python.TypeErrorf("a bytes-like object is required, not '%s'", python.TypeName(v))
		}
		return 0, python.TypeErrorf("write() argument must be str, not %s", python.TypeName(v))
	}
	if err := t.Alloc(int64(len(data))); err != nil {
		return 0, err
	}
	if f.append {
		f.pos = len(f.data)
	}
	if f.pos < len(f.data) {
		f.data = append(f.data[:f.pos:f.pos], append([]byte(data), f.data[min(len(f.data), f.pos+len(data)):]...)...)
	} else {
		f.data = append(f.data, data...)
	}
	f.pos += len(data)
	f.dirty = true
	return n, nil
}

func (f *file) read(t *python.Thread, limit int) ([]byte, error) {
	if err := f.use(f.readable, "readable"); err != nil {
		return nil, err
	}
	rest := f.data[min(f.pos, len(f.data)):]
	if limit >= 0 && limit < len(rest) {
		rest = rest[:limit]
	}
	f.pos += len(rest)
	return rest, t.Alloc(int64(len(rest)))
}

func (f *file) line(t *python.Thread) ([]byte, error) {
	rest := f.data[min(f.pos, len(f.data)):]
	n := bytes.IndexByte(rest, '\n') + 1
	if n == 0 {
		n = len(rest)
	}
	return f.read(t, n)
}

// decode turns what was read into bytes, or into text with plain newlines.
func (f *file) decode(t *python.Thread, data []byte) (python.Value, error) {
	if f.binary {
		return python.Bytes(data), nil
	}
	text := strings.ReplaceAll(strings.ReplaceAll(string(data), "\r\n", "\n"), "\r", "\n")
	return python.CallMethod(t, python.Bytes(text), "decode", f.encoding, f.errors)
}

func (f *file) seek(offset int64, whence int) error {
	base := 0
	switch whence {
	case io.SeekCurrent:
		base = f.pos
	case io.SeekEnd:
		base = len(f.data)
	}
	if to := int64(base) + offset; to >= 0 && to <= int64(len(f.data)) {
		f.pos = int(to)
		return nil
	}
	return python.ValueErrorf("cannot seek there")
}
