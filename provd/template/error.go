package template

import (
	"errors"

	"provbox/provd/python"
	"provbox/provd/template/syntax"
)

// The exception classes of jinja2.exceptions, for `except` in plugin code. They
// are immutable.
var (
	// TemplateError is the base of the others.
	TemplateError = newErrorClass("TemplateError", python.ExceptionClass)
	// TemplateNotFound is raised for a name the loader does not have. It has the
	// attributes name, message and templates.
	TemplateNotFound = newErrorClass("TemplateNotFound", python.OSError, python.LookupError, TemplateError)
	// TemplatesNotFound is raised when none of several names exists.
	TemplatesNotFound = newErrorClass("TemplatesNotFound", TemplateNotFound)
	// TemplateSyntaxError is raised for a template that cannot be parsed. It has
	// the attributes message, lineno, name and filename.
	TemplateSyntaxError = newErrorClass("TemplateSyntaxError", TemplateError)
	// TemplateAssertionError is raised for a template that parses but cannot mean
	// anything.
	TemplateAssertionError = newErrorClass("TemplateAssertionError", TemplateSyntaxError)
	// TemplateRuntimeError is raised for mistakes noticed while rendering.
	TemplateRuntimeError = newErrorClass("TemplateRuntimeError", TemplateError)
	// UndefinedError is raised for every use of an undefined value other than
	// printing, iterating and testing it.
	UndefinedError = newErrorClass("UndefinedError", TemplateRuntimeError)
	// SecurityError is never raised here; plugins may name it.
	SecurityError = newErrorClass("SecurityError", TemplateRuntimeError)
	// FilterArgumentError is raised for arguments that a filter cannot use.
	FilterArgumentError = newErrorClass("FilterArgumentError", TemplateRuntimeError)
)

func newErrorClass(name string, bases ...*python.Class) *python.Class {
	return python.NewBuiltinClass(python.ClassSpec{
		Name: name, Module: "jinja2.exceptions", Bases: bases,
		Getters: map[string]python.GetFunc{"message": firstArgument},
	})
}

// firstArgument is the message of an exception of this package.
func firstArgument(_ *python.Thread, self python.Value) (python.Value, error) {
	if d := python.ExceptionDataOf(self); d != nil && len(d.Args) > 0 {
		return d.Args[0], nil
	}
	return python.None, nil
}

// notFound raises TemplateNotFound for a name.
func notFound(name string) error {
	exc := python.NewException(TemplateNotFound, python.Str(name))
	exc.Attrs().SetStr("name", python.Str(name))
	exc.Attrs().SetStr("templates", python.NewList([]python.Value{python.Str(name)}))
	return python.Throw(exc)
}

// syntaxError turns the parser's or compiler's error into the exception.
func syntaxError(name string, err *syntax.Error) error {
	class := TemplateSyntaxError
	if err.Assertion {
		class = TemplateAssertionError
	}
	exc := python.NewException(class, python.Str(err.Msg))
	exc.Attrs().SetStr("lineno", python.Int(err.Line))
	exc.Attrs().SetStr("name", python.Str(name))
	exc.Attrs().SetStr("filename", python.Str(name))
	return &python.Exception{
		Value:     exc,
		Traceback: []python.Frame{{File: name, Line: err.Line, Function: "template"}},
	}
}

// isAny tells whether err is a Python exception of one of the classes.
func isAny(err error, classes ...*python.Class) bool {
	var exc *python.Exception
	if !errors.As(err, &exc) {
		return false
	}
	for _, c := range classes {
		if exc.Value.Type().IsSubclass(c) {
			return true
		}
	}
	return false
}
