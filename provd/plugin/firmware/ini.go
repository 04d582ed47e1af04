package firmware

import (
	"fmt"
	"strings"
)

// section is one section of an INI file, with its options in order.
type section struct {
	name    string
	line    int
	options []option
}

type option struct {
	name  string // lower case
	value string // lines joined by newlines
	line  int
}

// get returns an option's value; "" and false when there is none.
func (s *section) get(name string) (string, bool) {
	for _, o := range s.options {
		if o.name == name {
			return o.value, true
		}
	}
	return "", false
}

// parseINI reads the grammar that Python's configparser has: sections, options
// with ":" or "=", values continued on indented lines, whole-line comments with
// "#" or ";". A section or option that appears twice is an error.
func parseINI(src string) ([]section, error) {
	var sections []section
	seen := make(map[string]bool)
	for i, line := range strings.Split(strings.ReplaceAll(src, "\r\n", "\n"), "\n") {
		n := i + 1
		text := strings.TrimSpace(line)
		if text == "" || text[0] == '#' || text[0] == ';' {
			continue
		}
		var current *section
		if len(sections) > 0 {
			current = &sections[len(sections)-1]
		}
		indented := line[0] == ' ' || line[0] == '\t'
		switch {
		case indented && current != nil && len(current.options) > 0:
			last := &current.options[len(current.options)-1]
			last.value += "\n" + text
		case text[0] == '[':
			name, _, ok := strings.Cut(text[1:], "]")
			if !ok {
				return nil, fmt.Errorf("line %d: section without closing bracket", n)
			}
			if seen[name] {
				return nil, fmt.Errorf("line %d: section %s is there twice", n, name)
			}
			seen[name] = true
			sections = append(sections, section{name: name, line: n})
		default:
			at := strings.IndexAny(text, ":=")
			if at <= 0 || current == nil {
				return nil, fmt.Errorf("line %d: neither a section nor an option: %.60q", n, text)
			}
			name := strings.ToLower(strings.TrimSpace(text[:at]))
			if _, twice := current.get(name); twice {
				return nil, fmt.Errorf("line %d: option %s is there twice", n, name)
			}
			current.options = append(current.options, option{name, strings.TrimSpace(text[at+1:]), n})
		}
	}
	return sections, nil
}
