// Package chunked reads test scripts for the Python dialect. A script file
// holds several chunks separated by "---" lines; each is run on its own. A
// comment of the form
//
//	### "regexp"
//
// says that running the chunk must fail on that line, with a message that
// matches the Go-quoted expression. A chunk has at most one such comment; one
// without must succeed. Chunks without are also valid for CPython 3.11, unless
// they begin with a "# dialect" comment.
package chunked

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// Chunk is one test program.
type Chunk struct {
	// Name is "file.py:line" of the chunk's first line.
	Name string
	// Source is the program, padded with empty lines so that its line numbers
	// are those of the file.
	Source string
	// WantLine and Want are the line and message of the expected error; Want is
	// nil if the chunk must succeed.
	WantLine int
	Want     *regexp.Regexp
}

// Read reads a script file. Its errors are mistakes in the file.
func Read(file string) ([]Chunk, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var chunks []Chunk
	line := 1
	for text := range strings.SplitSeq(string(data), "\n---\n") {
		c := Chunk{
			Name:   fmt.Sprintf("%s:%d", file[strings.LastIndexByte(file, '/')+1:], line),
			Source: strings.Repeat("\n", line-1) + text + "\n",
		}
		for s := range strings.SplitSeq(text, "\n") {
			if _, quoted, ok := strings.Cut(s, "### "); ok {
				pattern, err := strconv.Unquote(strings.TrimSpace(quoted))
				if err != nil {
					return nil, fmt.Errorf("%s:%d: expectation is not a quoted string", file, line)
				}
				if c.Want != nil {
					return nil, fmt.Errorf("%s:%d: second expectation in one chunk", file, line)
				}
				if c.Want, err = regexp.Compile(pattern); err != nil {
					return nil, fmt.Errorf("%s:%d: %w", file, line, err)
				}
				c.WantLine = line
			}
			line++
		}
		line++ // the separator
		chunks = append(chunks, c)
	}
	return chunks, nil
}

// Check compares the outcome of a chunk with its expectation and returns what
// is wrong, or "". Line 0 and an empty message mean success.
func (c Chunk) Check(line int, message string) string {
	switch {
	case c.Want == nil && message == "":
		return ""
	case c.Want == nil:
		return fmt.Sprintf("line %d: unexpected error: %s", line, message)
	case message == "":
		return fmt.Sprintf("line %d: no error, want %q", c.WantLine, c.Want)
	case line != c.WantLine:
		return fmt.Sprintf("error on line %d (%s), want it on line %d", line, message, c.WantLine)
	case !c.Want.MatchString(message):
		return fmt.Sprintf("line %d: error %q does not match %q", line, message, c.Want)
	}
	return ""
}
