// Package syntax reads Jinja2 3.1 templates: lexer, parser and syntax tree.
//
// It knows nothing about values and never runs anything; provd/template turns
// the tree into its compiled form. The tokens, the grammar, the treatment of
// white space and the texts of the errors are those of Jinja2 3.1 (spec/plugins.md
// section 10), including the corners that the published packages lean on:
// CRLF in a source, no-break spaces inside a tag, a comment that is opened by
// the last two characters of the file.
//
// Promises: Parse never panics, whatever the source is; the work is linear in
// the length of the source; nesting is bounded (MaxNesting, MaxBlocks), and so is
// the length of a source (MaxSource). Every node knows its line.
package syntax

// MaxSource is the greatest length of a template in bytes. The largest of the
// 2,321 published templates has about 60 KB.
const MaxSource = 1 << 20

// MaxBlocks is how deep tags may be nested. CPython stops Jinja2 at 20 nested
// loops and at 100 levels altogether.
const MaxBlocks = 100

// maxArguments is the greatest number of arguments of one call or macro.
const maxArguments = 1000

// MaxNesting is how deep brackets and operators may be nested before a template
// is refused: about 160 nested parentheses. Jinja2 itself gives up
// near 80, when CPython's stack ends.
const MaxNesting = 500

// maxChain is the longest row of operators of one level, which makes a tree as
// deep as the row is long.
const maxChain = 1000
