package python

// The exception classes, with CPython's names and places in the hierarchy.
var (
	// BaseException is the exception class of the same name.
	BaseException = bareClass("BaseException", ObjectClass)
	// ExceptionClass is Python's Exception; the name Exception is the Go error.
	ExceptionClass = bareClass("Exception", BaseException)
	// ArithmeticError is the exception class of the same name.
	ArithmeticError = bareClass("ArithmeticError", ExceptionClass)
	// FloatingPointError is the exception class of the same name.
	FloatingPointError = bareClass("FloatingPointError", ArithmeticError)
	// OverflowError is the exception class of the same name.
	OverflowError = bareClass("OverflowError", ArithmeticError)
	// ZeroDivisionError is the exception class of the same name.
	ZeroDivisionError = bareClass("ZeroDivisionError", ArithmeticError)
	// AssertionError is the exception class of the same name.
	AssertionError = bareClass("AssertionError", ExceptionClass)
	// AttributeError is the exception class of the same name.
	AttributeError = bareClass("AttributeError", ExceptionClass)
	// BufferError is the exception class of the same name.
	BufferError = bareClass("BufferError", ExceptionClass)
	// EOFError is the exception class of the same name.
	EOFError = bareClass("EOFError", ExceptionClass)
	// ImportError is the exception class of the same name.
	ImportError = bareClass("ImportError", ExceptionClass)
	// ModuleNotFoundError is the exception class of the same name.
	ModuleNotFoundError = bareClass("ModuleNotFoundError", ImportError)
	// LookupError is the exception class of the same name.
	LookupError = bareClass("LookupError", ExceptionClass)
	// IndexError is the exception class of the same name.
	IndexError = bareClass("IndexError", LookupError)
	// KeyError is the exception class of the same name.
	KeyError = bareClass("KeyError", LookupError)
	// MemoryError is the exception class of the same name.
	MemoryError = bareClass("MemoryError", ExceptionClass)
	// NameError is the exception class of the same name.
	NameError = bareClass("NameError", ExceptionClass)
	// UnboundLocalError is the exception class of the same name.
	UnboundLocalError = bareClass("UnboundLocalError", NameError)
	// OSError is the exception class of the same name.
	OSError = bareClass("OSError", ExceptionClass)
	// BlockingIOError is the exception class of the same name.
	BlockingIOError = bareClass("BlockingIOError", OSError)
	// ChildProcessError is the exception class of the same name.
	ChildProcessError = bareClass("ChildProcessError", OSError)
	// ConnectionError is the exception class of the same name.
	ConnectionError = bareClass("ConnectionError", OSError)
	// BrokenPipeError is the exception class of the same name.
	BrokenPipeError = bareClass("BrokenPipeError", ConnectionError)
	// ConnectionAbortedError is the exception class of the same name.
	ConnectionAbortedError = bareClass("ConnectionAbortedError", ConnectionError)
	// ConnectionRefusedError is the exception class of the same name.
	ConnectionRefusedError = bareClass("ConnectionRefusedError", ConnectionError)
	// ConnectionResetError is the exception class of the same name.
	ConnectionResetError = bareClass("ConnectionResetError", ConnectionError)
	// FileExistsError is the exception class of the same name.
	FileExistsError = bareClass("FileExistsError", OSError)
	// FileNotFoundError is the exception class of the same name.
	FileNotFoundError = bareClass("FileNotFoundError", OSError)
	// InterruptedError is the exception class of the same name.
	InterruptedError = bareClass("InterruptedError", OSError)
	// IsADirectoryError is the exception class of the same name.
	IsADirectoryError = bareClass("IsADirectoryError", OSError)
	// NotADirectoryError is the exception class of the same name.
	NotADirectoryError = bareClass("NotADirectoryError", OSError)
	// PermissionError is the exception class of the same name.
	PermissionError = bareClass("PermissionError", OSError)
	// ProcessLookupError is the exception class of the same name.
	ProcessLookupError = bareClass("ProcessLookupError", OSError)
	// TimeoutError is the exception class of the same name.
	TimeoutError = bareClass("TimeoutError", OSError)
	// ReferenceError is the exception class of the same name.
	ReferenceError = bareClass("ReferenceError", ExceptionClass)
	// RuntimeError is the exception class of the same name.
	RuntimeError = bareClass("RuntimeError", ExceptionClass)
	// NotImplementedError is the exception class of the same name.
	NotImplementedError = bareClass("NotImplementedError", RuntimeError)
	// RecursionError is the exception class of the same name.
	RecursionError = bareClass("RecursionError", RuntimeError)
	// StopAsyncIteration is the exception class of the same name.
	StopAsyncIteration = bareClass("StopAsyncIteration", ExceptionClass)
	// StopIteration is the exception class of the same name.
	StopIteration = bareClass("StopIteration", ExceptionClass)
	// SyntaxErrorClass is Python's SyntaxError; programs meet it only as a name.
	SyntaxErrorClass = bareClass("SyntaxError", ExceptionClass)
	// IndentationError is the exception class of the same name.
	IndentationError = bareClass("IndentationError", SyntaxErrorClass)
	// TabError is the exception class of the same name.
	TabError = bareClass("TabError", IndentationError)
	// SystemError is the exception class of the same name.
	SystemError = bareClass("SystemError", ExceptionClass)
	// TypeError is the exception class of the same name.
	TypeError = bareClass("TypeError", ExceptionClass)
	// ValueError is the exception class of the same name.
	ValueError = bareClass("ValueError", ExceptionClass)
	// UnicodeError is the exception class of the same name.
	UnicodeError = bareClass("UnicodeError", ValueError)
	// UnicodeDecodeError is the exception class of the same name.
	UnicodeDecodeError = bareClass("UnicodeDecodeError", UnicodeError)
	// UnicodeEncodeError is the exception class of the same name.
	UnicodeEncodeError = bareClass("UnicodeEncodeError", UnicodeError)
	// UnicodeTranslateError is the exception class of the same name.
	UnicodeTranslateError = bareClass("UnicodeTranslateError", UnicodeError)
	// Warning is the exception class of the same name.
	Warning = bareClass("Warning", ExceptionClass)
	// BytesWarning is the exception class of the same name.
	BytesWarning = bareClass("BytesWarning", Warning)
	// DeprecationWarning is the exception class of the same name.
	DeprecationWarning = bareClass("DeprecationWarning", Warning)
	// EncodingWarning is the exception class of the same name.
	EncodingWarning = bareClass("EncodingWarning", Warning)
	// FutureWarning is the exception class of the same name.
	FutureWarning = bareClass("FutureWarning", Warning)
	// ImportWarning is the exception class of the same name.
	ImportWarning = bareClass("ImportWarning", Warning)
	// PendingDeprecationWarning is the exception class of the same name.
	PendingDeprecationWarning = bareClass("PendingDeprecationWarning", Warning)
	// ResourceWarning is the exception class of the same name.
	ResourceWarning = bareClass("ResourceWarning", Warning)
	// RuntimeWarning is the exception class of the same name.
	RuntimeWarning = bareClass("RuntimeWarning", Warning)
	// SyntaxWarning is the exception class of the same name.
	SyntaxWarning = bareClass("SyntaxWarning", Warning)
	// UnicodeWarning is the exception class of the same name.
	UnicodeWarning = bareClass("UnicodeWarning", Warning)
	// UserWarning is the exception class of the same name.
	UserWarning = bareClass("UserWarning", Warning)
	// GeneratorExit is the exception class of the same name.
	GeneratorExit = bareClass("GeneratorExit", BaseException)
	// KeyboardInterrupt is the exception class of the same name.
	KeyboardInterrupt = bareClass("KeyboardInterrupt", BaseException)
	// SystemExit is the exception class of the same name.
	SystemExit = bareClass("SystemExit", BaseException)
)

// exceptionClasses returns all exception classes, bases first.
func exceptionClasses() []*Class {
	return []*Class{
		BaseException,
		ExceptionClass,
		ArithmeticError,
		FloatingPointError,
		OverflowError,
		ZeroDivisionError,
		AssertionError,
		AttributeError,
		BufferError,
		EOFError,
		ImportError,
		ModuleNotFoundError,
		LookupError,
		IndexError,
		KeyError,
		MemoryError,
		NameError,
		UnboundLocalError,
		OSError,
		BlockingIOError,
		ChildProcessError,
		ConnectionError,
		BrokenPipeError,
		ConnectionAbortedError,
		ConnectionRefusedError,
		ConnectionResetError,
		FileExistsError,
		FileNotFoundError,
		InterruptedError,
		IsADirectoryError,
		NotADirectoryError,
		PermissionError,
		ProcessLookupError,
		TimeoutError,
		ReferenceError,
		RuntimeError,
		NotImplementedError,
		RecursionError,
		StopAsyncIteration,
		StopIteration,
		SyntaxErrorClass,
		IndentationError,
		TabError,
		SystemError,
		TypeError,
		ValueError,
		UnicodeError,
		UnicodeDecodeError,
		UnicodeEncodeError,
		UnicodeTranslateError,
		Warning,
		BytesWarning,
		DeprecationWarning,
		EncodingWarning,
		FutureWarning,
		ImportWarning,
		PendingDeprecationWarning,
		ResourceWarning,
		RuntimeWarning,
		SyntaxWarning,
		UnicodeWarning,
		UserWarning,
		GeneratorExit,
		KeyboardInterrupt,
		SystemExit,
	}
}
