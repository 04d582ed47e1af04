// Package python runs the Python dialect that wazo-provd plugin packages are
// written in (spec/plugins.md section 1), without giving them the machine.
//
// It has two halves. The object model (this file's neighbours: values, classes,
// operators, formatting, built-in functions) holds what a Python 3.11 program
// computes with, and is shared with the template engine. The compiler and the
// virtual machine run programs on it.
//
// Promises:
//
//   - Results, texts of str() and repr(), number formatting and the texts of
//     error messages are those of CPython 3.11 for the supported subset.
//   - Nothing here does I/O. A program sees the names its host hands it and
//     nothing else.
//   - Every operation whose cost the program controls is charged to the Thread:
//     steps for loops, bytes before they are allocated, depth for nesting. Going
//     over ends the call with a *LimitError, which a program cannot catch.
//   - Bad input is an error, never a panic.
//   - The package has no mutable state of its own. Built-in classes, functions
//     and exceptions are immutable and may be used by many goroutines at once.
//     Everything a program makes (its classes, lists, dicts, instances) belongs
//     to that program: two goroutines must not run code on the same values at the
//     same time.
//
// Where it differs from CPython on purpose: there are no complex numbers; a set yields its elements in the order
// they were added; a class's __dict__ is a copy; list[int] is list; values
// without identity of their own (numbers, strings, bytes) are identical when they
// are equal and of one type, NaN included; integers are bounded at four million
// bits and classes at 200 bases, direct and indirect.
package python
