package provd

import (
	"errors"
	"fmt"
)

// Code says what kind of failure an Error is. A transport maps it to its own
// status in one place.
type Code uint8

// The codes. Internal is the zero value, so that an error nobody classified is
// never blamed on the client.
const (
	Internal    Code = iota // a bug or a broken disk
	Invalid                 // the request or document is wrong; retrying does not help
	NotFound                // no such document, or not visible to this tenant
	Conflict                // the document exists already, or the operation runs already
	Denied                  // allowed to nobody in this state, e.g. a config that is not deletable
	Unavailable             // something needed is away for now; retrying may help
)

// Error is the domain's error: a code and a text that a client may see. The
// text never holds a secret.
type Error struct {
	Code    Code
	Message string
	Err     error // the cause, not shown to clients; may be nil
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Message + ": " + e.Err.Error()
	}
	return e.Message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error of a code. A %w in the format keeps its operand as the
// cause, so that errors.Is and errors.As see it.
func Errorf(code Code, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Code: code, Message: err.Error(), Err: errors.Unwrap(err)}
}

// CodeOf returns the code of the first Error in err's chain, Internal if there
// is none.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}
