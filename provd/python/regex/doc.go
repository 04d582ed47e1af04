// Package regex implements the regular expressions of Python 3.11's re module
// for str and bytes patterns, with bounded work.
//
// A pattern is parsed fully into a tree by this package's own parser, which
// accepts exactly what CPython accepts and reports the same messages and
// positions. It then runs on one of two engines:
//
//   - Go's regexp, in linear time, where the pattern (and the subject at hand)
//     can be expressed there without any difference in the result;
//   - a backtracking engine, for look-around, back references, conditional and
//     atomic groups, possessive quantifiers, repeats above 1000, repeated
//     groups that can match nothing, and the corners where Unicode word
//     boundaries, case folding or "$" before a last newline differ.
//
// Promises: no pattern and no subject makes the package panic; every call
// reports its work to a Budget while it runs, so a pattern that backtracks
// without end stops with the budget's error (or a *LimitError of its own);
// pattern length, nesting, group count, program size and backtrack stack are
// bounded. A *Regexp is immutable after Compile and safe for concurrent use.
//
// Positions are code points for str and bytes for bytes, as in Python.
package regex
