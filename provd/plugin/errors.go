package plugin

import (
	"errors"

	"provbox/provd/python"
)

// ExceptionText returns the exception that a package raised as "Class: message",
// without the place; false when err is no exception of a package. The place is in
// err's own text.
func ExceptionText(err error) (string, bool) {
	var exc *python.Exception
	if !errors.As(err, &exc) {
		return "", false
	}
	bare := python.Exception{Value: exc.Value}
	text := bare.Error()
	if text == exc.Value.Type().Name() {
		text += ": "
	}
	return text, true
}
