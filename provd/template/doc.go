// Package template renders Jinja2 3.1 templates on the values of provd/python,
// so that a plugin's code and its templates share one world of objects and
// nothing is converted between them (spec/plugins.md section 10).
//
// An Environment loads templates by name, compiles each of them once and keeps
// the compiled form; Template.Render runs it on a python.Thread.
//
// Promises:
//
//   - The output is byte for byte what Jinja2 3.1 gives for the same source and
//     variables, with the default Environment: no escaping, undefined variables
//     print nothing, None prints "None", dictionaries keep their order. The
//     exceptions are deliberate: random, lipsum and named characters in string
//     literals are refused; a template that is imported without context is
//     rendered once per render instead of once per process, so that no state
//     leaks from one device's files into another's; and "include ... without
//     context" works inside macros and captured blocks, where Jinja2 3.1.2 prints
//     a generator object or in the wrong place.
//   - Errors are Python exceptions (UndefinedError, TemplateNotFound,
//     TemplateSyntaxError, TemplateRuntimeError and whatever Python itself
//     raises) with template name and line in their traceback.
//   - A template cannot do I/O. Steps, memory, nesting and output are charged to
//     the thread; going over ends the render with a *python.LimitError.
//   - An Environment and its templates are safe for concurrent use. The values
//     given to one render must not be used by another goroutine meanwhile.
//   - Bad input is an error, never a panic.
package template
