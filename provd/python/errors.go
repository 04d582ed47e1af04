package python

import (
	"errors"
	"fmt"
	"strings"
)

// Frame is one place of a traceback.
type Frame struct {
	// File is the name given to Compile.
	File string
	// Line and Col start at 1; 0 means unknown.
	Line, Col int
	// Function is the name of the function, "<module>" for module code.
	Function string
}

// String returns "file:line", or "?" when the place is not known.
func (f Frame) String() string {
	if f.File == "" && f.Line == 0 {
		return "?"
	}
	return fmt.Sprintf("%s:%d", f.File, f.Line)
}

// Exception is a Python exception on its way up the stack.
type Exception struct {
	// Value is the exception object; its class is BaseException or below.
	Value *Instance
	// Traceback lists the frames passed so far, innermost first.
	Traceback []Frame
}

// Error returns "file:line: Class: message", without the place when it is not
// known. It does not call into the program; a message that only a __str__ of the
// program could make is replaced by the arguments, and a long one is cut off.
func (e *Exception) Error() string {
	return e.text(plainMessage(e.Value))
}

// maxMessage is how many bytes of a message Error shows: it ends up in logs and in
// the store, and it is the program's.
const maxMessage = 4096

// Brief is Error without a message that may hold what the program works on, which
// may be secret. Messages of classes that speak of the program itself, its names
// and its types, stay.
func (e *Exception) Brief() string {
	switch e.Value.class.name {
	case "AttributeError", "ImportError", "IndentationError", "ModuleNotFoundError", "NameError", "NotImplementedError",
		"RecursionError", "SyntaxError", "TemplateAssertionError", "TemplateNotFound", "TemplateRuntimeError",
		"TemplateSyntaxError", "TemplatesNotFound", "TypeError", "UnboundLocalError", "UndefinedError", "ZeroDivisionError":
		return e.Error()
	}
	return e.text("")
}

func (e *Exception) text(msg string) string {
	var b strings.Builder
	if len(e.Traceback) > 0 {
		b.WriteString(e.Traceback[0].String())
		b.WriteString(": ")
	}
	b.WriteString(e.Value.class.name)
	if msg != "" {
		b.WriteString(": ")
		b.WriteString(cut(msg))
	}
	return b.String()
}

func cut(msg string) string {
	if len(msg) <= maxMessage {
		return msg
	}
	return strings.ToValidUTF8(msg[:maxMessage], "") + "…"
}

// AddFrame records that the exception passed through f on its way up. Long
// tracebacks keep their two ends.
func (e *Exception) AddFrame(f Frame) {
	const most = 64
	if len(e.Traceback) >= most {
		e.Traceback[most-1] = f
		return
	}
	e.Traceback = append(e.Traceback, f)
}

// LimitError says that a call used more than its Limits allow. It is not a
// Python exception: `except BaseException` does not catch it and finally blocks
// do not run.
type LimitError struct {
	// What was used up: "steps", "time", "memory", "recursion depth", "output"
	// or "integer size".
	What string
	// Pos is where the program was; the virtual machine fills it in.
	Pos Frame
	// Err is the context's error when What is "time".
	Err error
}

// Error returns "file:line: limit exceeded: what".
func (e *LimitError) Error() string {
	if e.Pos == (Frame{}) {
		return "limit exceeded: " + e.What
	}
	return e.Pos.String() + ": limit exceeded: " + e.What
}

// Unwrap returns the context's error, if that was the reason.
func (e *LimitError) Unwrap() error { return e.Err }

// ExceptionData is the Native part of every exception instance.
type ExceptionData struct {
	// Args is the exception's args attribute.
	Args Tuple
	// Cause is __cause__ (`raise ... from`), Context is __context__; nil is None.
	Cause, Context *Instance
	// SuppressContext is __suppress_context__.
	SuppressContext bool

	// fields holds the members of OSError, StopIteration and the like.
	fields map[string]Value
}

// Type returns BaseExceptionClass's type; the data is never seen on its own.
func (*ExceptionData) Type() *Class { return BaseException }

// ExceptionDataOf returns the exception state of an instance, or nil when it is
// not an exception.
func ExceptionDataOf(v Value) *ExceptionData {
	inst, ok := v.(*Instance)
	if !ok {
		return nil
	}
	data, _ := inst.Native.(*ExceptionData)
	return data
}

// NewException makes an exception object of a built-in class, or of a class
// whose __init__ need not run, with the given args.
func NewException(class *Class, args ...Value) *Instance {
	return &Instance{class: class, Native: &ExceptionData{Args: args}}
}

// Throw turns an exception object into the error that raises it.
func Throw(exc *Instance) error { return &Exception{Value: exc} }

// Raise returns the error that raises class with a formatted message.
func Raise(class *Class, format string, args ...any) error {
	msg := format
	if len(args) > 0 {
		msg = fmt.Sprintf(format, args...)
	}
	return Throw(NewException(class, Str(msg)))
}

// TypeErrorf returns the error that raises TypeError.
func TypeErrorf(format string, args ...any) error { return Raise(TypeError, format, args...) }

// ValueErrorf returns the error that raises ValueError.
func ValueErrorf(format string, args ...any) error { return Raise(ValueError, format, args...) }

// AttributeErrorf returns the error that raises AttributeError.
func AttributeErrorf(format string, args ...any) error {
	return Raise(AttributeError, format, args...)
}

// IndexErrorf returns the error that raises IndexError.
func IndexErrorf(format string, args ...any) error { return Raise(IndexError, format, args...) }

// NameErrorf returns the error that raises NameError.
func NameErrorf(format string, args ...any) error { return Raise(NameError, format, args...) }

// RuntimeErrorf returns the error that raises RuntimeError.
func RuntimeErrorf(format string, args ...any) error { return Raise(RuntimeError, format, args...) }

// OverflowErrorf returns the error that raises OverflowError.
func OverflowErrorf(format string, args ...any) error { return Raise(OverflowError, format, args...) }

// NewKeyError returns the error that raises KeyError for a key.
func NewKeyError(key Value) error { return Throw(NewException(KeyError, key)) }

// NewStopIteration returns the error that raises StopIteration; value nil means
// no value.
func NewStopIteration(value Value) error {
	if value == nil {
		return Throw(NewException(StopIteration))
	}
	return Throw(NewException(StopIteration, value))
}

// IsException reports whether err is a Python exception of class or a class
// derived from it.
func IsException(err error, class *Class) bool {
	return ExceptionOf(err, class) != nil
}

// ExceptionOf returns the exception object of err when it is of the given class
// or derived from it, otherwise nil.
func ExceptionOf(err error, class *Class) *Instance {
	if err == nil {
		return nil
	}
	exc, ok := err.(*Exception)
	if !ok {
		if exc, ok = errors.AsType[*Exception](err); !ok {
			return nil
		}
	}
	if !exc.Value.class.IsSubclass(class) {
		return nil
	}
	return exc.Value
}
