package firmware

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// source is the node that holds the files of the package.
const source = "a"

// maxSteps bounds a graph; the longest published one has six steps.
const maxSteps = 64

// order returns the steps so that each comes after the one it takes from, and the
// nodes nothing is taken from, whose content is what is installed (spec/plugins.md
// section 7.2).
func (in Install) order() (steps []Step, terminals []string, err error) {
	if len(in.Steps) > maxSteps {
		return nil, nil, fmt.Errorf("install %s: more than %d steps", in.ID, maxSteps)
	}
	made := make(map[string]bool)
	for _, s := range in.Steps {
		switch {
		case s.To == source:
			return nil, nil, fmt.Errorf("install %s: step %s-%s: node %s holds the downloaded files and cannot be a destination", in.ID, s.From, s.To, source)
		case made[s.To]:
			return nil, nil, fmt.Errorf("install %s: two steps make node %s", in.ID, s.To)
		}
		made[s.To] = true
	}
	reached := []string{source}
	for i := 0; i < len(reached); i++ {
		leaf := true
		for _, s := range in.Steps {
			if s.From == reached[i] {
				steps, reached, leaf = append(steps, s), append(reached, s.To), false
			}
		}
		if leaf {
			terminals = append(terminals, reached[i])
		}
	}
	if len(steps) == 0 {
		return nil, nil, fmt.Errorf("install %s: no step takes from node %s", in.ID, source)
	}
	for _, s := range in.Steps {
		if !slices.Contains(reached, s.To) {
			return nil, nil, fmt.Errorf("install %s: step %s-%s does not begin at node %s", in.ID, s.From, s.To, source)
		}
	}
	return steps, terminals, nil
}

// variables returns what a package's steps can refer to (spec/plugins.md section
// 7.1).
func (db *DB) variables(p Package) map[string]string {
	vars := make(map[string]string)
	for i, id := range p.Files {
		vars["FILE"+strconv.Itoa(i+1)] = db.Files[id].Name
	}
	for i, arg := range p.Args {
		vars["ARG"+strconv.Itoa(i+1)] = arg
	}
	return vars
}

// expand replaces $NAME and ${NAME} in a word; \$ is a dollar sign.
func expand(word string, vars map[string]string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(word); i++ {
		if strings.HasPrefix(word[i:], `\$`) {
			b.WriteByte('$')
			i++
			continue
		}
		if word[i] != '$' {
			b.WriteByte(word[i])
			continue
		}
		rest := word[i+1:]
		name := rest[:nameLen(rest)]
		skip := len(name)
		if strings.HasPrefix(rest, "{") {
			inner, _, ok := strings.Cut(rest[1:], "}")
			if !ok {
				return "", fmt.Errorf("%q: a brace is not closed", word)
			}
			name, skip = inner, len(inner)+2
		}
		value, ok := vars[name]
		if !ok {
			return "", fmt.Errorf("%q: there is no variable %q", word, name)
		}
		b.WriteString(value)
		i += skip
	}
	return b.String(), nil
}

func nameLen(s string) int {
	i := strings.IndexFunc(s, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
	if i < 0 {
		return len(s)
	}
	return i
}
