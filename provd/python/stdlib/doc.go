// Package stdlib provides the standard modules that programs of the Python
// dialect import (spec/plugins.md section 1), each only as far as it is harmless
// and useful: text, numbers, dates, containers, codecs, parsers. There is no
// module that reaches the machine; the file functions of os act on the
// FileSystem the host injects, the clock is the Thread's, random numbers come
// from the host or not at all.
//
// Promises:
//
//   - Results and messages are those of CPython 3.11 for what is provided; a
//     module or name that is not provided raises ModuleNotFoundError,
//     ImportError or AttributeError as a missing one would.
//   - Work and memory that a program controls are charged to the Thread before
//     they are spent.
//   - The package has no mutable state. A Library belongs to one program; its
//     modules, classes and caches are its own.
//
// Most modules are written in Go. A few that are shorter so are written in the
// dialect itself, under lib/, and run in the same sandbox as the program.
package stdlib
