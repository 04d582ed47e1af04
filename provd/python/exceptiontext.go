package python

import (
	"context"
	"fmt"
	"strconv"
)

// exceptionStr is BaseException.__str__.
func exceptionStr(t *Thread, self Value) (Value, error) {
	d := ExceptionDataOf(self)
	if d == nil || len(d.Args) == 0 {
		return Str(""), nil
	}
	var s string
	var err error
	if len(d.Args) == 1 {
		s, err = ToStr(t, d.Args[0])
	} else {
		s, err = Repr(t, d.Args)
	}
	return Str(s), err
}

// exceptionRepr is BaseException.__repr__.
func exceptionRepr(t *Thread, self Value, _ []Value) (Value, error) {
	d := ExceptionDataOf(self)
	name := TypeName(self)
	if d == nil || len(d.Args) == 0 {
		return Str(name + "()"), nil
	}
	if len(d.Args) == 1 {
		s, err := Repr(t, d.Args[0])
		return Str(name + "(" + s + ")"), err
	}
	s, err := Repr(t, d.Args)
	return Str(name + s), err
}

// keyErrorStr shows the key as repr does, so that an empty key can be seen.
func keyErrorStr(t *Thread, self Value, _ []Value, _ []Keyword) (Value, error) {
	if d := ExceptionDataOf(self); d != nil && len(d.Args) == 1 {
		s, err := Repr(t, d.Args[0])
		return Str(s), err
	}
	return exceptionStr(t, self)
}

// errnoClasses are the subclasses that OSError(errno, ...) becomes, by Linux's
// numbers.
var errnoClasses = map[Int]*Class{
	1: PermissionError, 2: FileNotFoundError, 3: ProcessLookupError, 4: InterruptedError,
	10: ChildProcessError, 11: BlockingIOError, 13: PermissionError, 17: FileExistsError,
	20: NotADirectoryError, 21: IsADirectoryError, 32: BrokenPipeError, 103: ConnectionAbortedError,
	104: ConnectionResetError, 108: BrokenPipeError, 110: TimeoutError, 111: ConnectionRefusedError,
	114: BlockingIOError, 115: BlockingIOError,
}

// newOSError is OSError.__new__: with 2 to 5 arguments they are errno, strerror,
// filename, a Windows code and a second filename.
func newOSError(t *Thread, c *Class, args []Value, kwargs []Keyword) (Value, error) {
	if n := len(args); n >= 2 && n <= 5 && c == OSError {
		if errno, ok := args[0].(Int); ok && errnoClasses[errno] != nil {
			c = errnoClasses[errno]
		}
	}
	v, err := newException(t, c, args, kwargs)
	if err != nil {
		return nil, err
	}
	if e, ok := v.(*Instance); ok {
		setOSError(e, args)
	}
	return v, nil
}

// setOSError reads the arguments of an OSError into its fields.
func setOSError(e *Instance, args []Value) {
	if n := len(args); n < 2 || n > 5 {
		return
	}
	setField(e, "errno", args[0])
	setField(e, "strerror", args[1])
	if len(args) > 2 && args[2] != Value(None) {
		setField(e, "filename", args[2])
		ExceptionDataOf(e).Args = Tuple{args[0], args[1]}
	}
	if len(args) > 4 && args[4] != Value(None) {
		setField(e, "filename2", args[4])
	}
}

func initOSError(t *Thread, self Value, args []Value, kwargs []Keyword) (Value, error) {
	if _, err := initException(t, self, args, kwargs); err != nil {
		return nil, err
	}
	if e, ok := self.(*Instance); ok && ExceptionDataOf(e) != nil {
		setOSError(e, args)
	}
	return None, nil
}

// NewOSError returns the error that raises the OSError class for an errno of
// Linux, with its message and, unless empty, the file it is about.
func NewOSError(errno int, message, filename string) error {
	c := OSError
	if k := errnoClasses[Int(errno)]; k != nil {
		c = k
	}
	e := NewException(c, NewInt(errno), Str(message))
	setField(e, "errno", NewInt(errno))
	setField(e, "strerror", Str(message))
	if filename != "" {
		setField(e, "filename", Str(filename))
	}
	return Throw(e)
}

func osErrorStr(t *Thread, self Value, _ []Value, _ []Keyword) (Value, error) {
	d := ExceptionDataOf(self)
	if d == nil || d.fields["errno"] == nil {
		return exceptionStr(t, self)
	}
	errno, err := ToStr(t, getField(d, "errno"))
	if err != nil {
		return nil, err
	}
	message, err := ToStr(t, getField(d, "strerror"))
	if err != nil {
		return nil, err
	}
	text := "[Errno " + errno + "] " + message
	for i, field := range [...]string{"filename", "filename2"} {
		v := getField(d, field)
		if v == Value(None) {
			break
		}
		name, err := Repr(t, v)
		if err != nil {
			return nil, err
		}
		text += [...]string{": ", " -> "}[i] + name
	}
	return Str(text), nil
}

func unicodeErrorSpec(str func(t *Thread, d *ExceptionData) string) ClassSpec {
	names := []string{"encoding", "object", "start", "end", "reason"}
	return ClassSpec{
		Methods: map[string]MethodFunc{
			"__init__": func(t *Thread, self Value, args []Value, kwargs []Keyword) (Value, error) {
				if len(args) != len(names) || len(kwargs) > 0 {
					return nil, TypeErrorf("function takes exactly 5 arguments (%d given)", len(args))
				}
				return initException(t, self, args, nil)
			},
			"__str__": func(t *Thread, self Value, _ []Value, _ []Keyword) (Value, error) {
				d := ExceptionDataOf(self)
				if d == nil || len(d.Args) != len(names) {
					return exceptionStr(t, self)
				}
				return Str(str(t, d)), nil
			},
		},
		Getters: fieldGetters(names...), Setters: fieldSetters(names...),
	}
}

// unicodeErrorParts reads the fields that the texts below need; bad ones read as
// zero values.
func unicodeErrorParts(d *ExceptionData) (encoding string, start, end int, reason string) {
	e, _ := getField(d, "encoding").(Str)
	s, _ := getField(d, "start").(Int)
	n, _ := getField(d, "end").(Int)
	r, _ := getField(d, "reason").(Str)
	return string(e), int(s), int(n), string(r)
}

func decodeErrorStr(_ *Thread, d *ExceptionData) string {
	encoding, start, end, reason := unicodeErrorParts(d)
	if object, ok := getField(d, "object").(Bytes); ok && end == start+1 && start >= 0 && start < len(object) {
		return fmt.Sprintf("'%s' codec can't decode byte 0x%02x in position %d: %s", encoding, object[start], start, reason)
	}
	return fmt.Sprintf("'%s' codec can't decode bytes in position %d-%d: %s", encoding, start, end-1, reason)
}

func encodeErrorStr(_ *Thread, d *ExceptionData) string {
	encoding, start, end, reason := unicodeErrorParts(d)
	object, _ := getField(d, "object").(Str)
	if end == start+1 && start >= 0 {
		if at := byteOffset(string(object), start); at < len(object) {
			r, _ := DecodeRune(string(object)[at:])
			return fmt.Sprintf("'%s' codec can't encode character '%s' in position %d: %s",
				encoding, appendEscape(nil, r), start, reason)
		}
	}
	return fmt.Sprintf("'%s' codec can't encode characters in position %d-%d: %s", encoding, start, end-1, reason)
}

// plainMessage is the message of an exception for Go's error text, made without
// running code of the program.
func plainMessage(e *Instance) string {
	d := ExceptionDataOf(e)
	if d == nil || len(d.Args) == 0 {
		return ""
	}
	t := NewThread(context.Background(), Limits{Steps: 10_000, Alloc: 1 << 20, Depth: 20})
	args := d.Args
	if !isPlain(args, 4) {
		return strconv.Itoa(len(args)) + " arguments"
	}
	show := func(v Value, err error) string {
		s, _ := v.(Str)
		if err != nil {
			return ""
		}
		return string(s)
	}
	switch {
	case e.class.IsSubclass(OSError):
		if f := d.fields["filename"]; f == nil || isPlain(f, 2) {
			return show(osErrorStr(t, e, nil, nil))
		}
	case e.class.IsSubclass(KeyError):
		return show(keyErrorStr(t, e, nil, nil))
	case e.class.IsSubclass(UnicodeDecodeError) && len(args) == 5:
		return decodeErrorStr(t, d)
	case e.class.IsSubclass(UnicodeEncodeError) && len(args) == 5:
		return encodeErrorStr(t, d)
	}
	return show(exceptionStr(t, e))
}

// isPlain reports whether a value can be shown without running code.
func isPlain(v Value, depth int) bool {
	if depth == 0 {
		return false
	}
	switch v := v.(type) {
	case Tuple:
		for _, item := range v {
			if !isPlain(item, depth-1) {
				return false
			}
		}
		return true
	case *List:
		return isPlain(Tuple(v.items), depth)
	case *Dict:
		for key, value := range v.All() {
			if !isPlain(key, depth-1) || !isPlain(value, depth-1) {
				return false
			}
		}
		return true
	case Str, Int, Bool, NoneType, Float, *BigInt, Bytes:
		return true
	case *Class:
		return v.meta == TypeClass
	}
	return false
}
