// Package syntax turns the source text of a plugin package's Python module
// into a resolved syntax tree: scanner, parser and resolver. It knows nothing
// of values or of running code, and does no I/O.
//
// The language is Python 3.11 as plugin packages use it (spec/libraries.md,
// last paragraphs): everything except async functions, match statements,
// except*, complex numbers and named unicode escapes. What is left out is
// refused with an error that names it; nothing is skipped silently. Type
// annotations are parsed and kept, but no later stage evaluates them.
//
// Promises:
//   - any input, however hostile, ends in a tree or in an *Error with a
//     position; source size, token count and nesting are bounded (MaxSource,
//     MaxTokens, MaxNesting), so neither the Go stack nor the heap can be
//     exhausted by one file;
//   - every node of a tree has the position of its first character;
//   - after Resolve, every name in the tree is bound to a slot, a cell, a free
//     variable, or a by-name lookup, following CPython's scoping rules
//     (comprehensions are scopes of their own, class scopes are not visible
//     from the functions inside them, private names are mangled).
package syntax

// Limits on one source file. They are far above what plugin packages hold
// (the longest has about 1,500 lines) and low enough that a hostile file costs
// milliseconds.
const (
	// MaxSource is the largest source accepted, in bytes.
	MaxSource = 1 << 20
	// MaxTokens is the largest number of tokens accepted in one file.
	MaxTokens = 200_000
	// MaxNesting bounds the depth of the syntax tree, counted in expressions
	// and statements inside each other.
	MaxNesting = 1000
	// MaxBrackets bounds brackets open at once, as CPython's tokenizer does.
	MaxBrackets = 200
	// MaxIndent bounds indentation levels, as CPython's tokenizer does.
	MaxIndent = 100
	// MaxDigits bounds the digits of a decimal integer literal, as CPython's
	// int_max_str_digits does. Other bases have the same bound.
	MaxDigits = 4300
	// MaxScopes bounds functions, classes and comprehensions inside each other.
	MaxScopes = 100
	// MaxLocals bounds the local variables of one function.
	MaxLocals = 2000
	// MaxCaptured bounds the variables a function takes from enclosing ones.
	MaxCaptured = 1000
)
