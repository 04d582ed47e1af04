package firmware

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// glob returns what below fsys a pattern matches, in order. Elements of the path
// are matched one by one as a shell does: * and ? are no slash, a leading dot has
// to be written out, [!x] is every character but x. An absolute pattern and one
// with .. are errors; no match is none.
func glob(fsys fs.FS, pattern string) ([]string, error) {
	if err := checkPath(pattern); err != nil {
		return nil, err
	}
	names := []string{"."}
	for element := range strings.SplitSeq(path.Clean(pattern), "/") {
		var next []string
		for _, dir := range names {
			found, err := globIn(fsys, dir, element)
			if err != nil {
				return nil, err
			}
			next = append(next, found...)
		}
		names = next
	}
	slices.Sort(names)
	return names, nil
}

func globIn(fsys fs.FS, dir, element string) ([]string, error) {
	if !strings.ContainsAny(element, "*?[") {
		name := path.Join(dir, element)
		_, err := fs.Stat(fsys, name)
		if err == nil {
			return []string{name}, nil
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
	}
	if info, err := fs.Stat(fsys, dir); err != nil || !info.IsDir() {
		return nil, err
	}
	entries, err := fs.ReadDir(fsys, dir)
	var found []string
	for _, e := range entries {
		if matches(element, e.Name()) {
			found = append(found, path.Join(dir, e.Name()))
		}
	}
	return found, err
}

// checkPath refuses what could lead out of a node.
func checkPath(name string) error {
	if name == "" || strings.HasPrefix(name, "/") || strings.ContainsAny(name, "\\\x00") || slices.Contains(strings.Split(name, "/"), "..") {
		return fmt.Errorf("%q is not a path below the node: it has to be relative, without \"..\" and backslashes", name)
	}
	return nil
}

// matches reports whether a file name matches an element of a pattern.
func matches(pattern, name string) bool {
	if strings.HasPrefix(name, ".") && !strings.HasPrefix(pattern, ".") {
		return false
	}
	p, n := []rune(pattern), []rune(name)
	var pi, ni int
	star, mark := -1, 0 // the last star, and up to where it matches
	for ni < len(n) {
		if pi < len(p) && p[pi] == '*' {
			star, mark = pi, ni
			pi++
			continue
		}
		if width, ok := matchOne(p[pi:], n[ni]); ok {
			pi += width
			ni++
			continue
		}
		if star < 0 {
			return false
		}
		mark++
		pi, ni = star+1, mark
	}
	for pi < len(p) && p[pi] == '*' {
		pi++
	}
	return pi == len(p)
}

// matchOne matches one character with what a pattern begins with; width is how
// much of the pattern that is.
func matchOne(p []rune, c rune) (width int, ok bool) {
	if len(p) == 0 {
		return 0, false
	}
	switch p[0] {
	case '?':
		return 1, true
	case '[':
		if width, ok, isSet := matchSet(p, c); isSet {
			return width, ok
		}
	}
	return 1, p[0] == c
}

// matchSet matches [abc], [a-c] and [!abc]. A bracket that is not closed is no set
// but a character.
func matchSet(p []rune, c rune) (width int, ok, isSet bool) {
	i := 1
	negated := i < len(p) && p[i] == '!'
	if negated {
		i++
	}
	for first := i; i < len(p); i++ {
		if p[i] == ']' && i > first {
			return i + 1, ok != negated, true
		}
		if i+2 < len(p) && p[i+1] == '-' && p[i+2] != ']' {
			ok = ok || p[i] <= c && c <= p[i+2]
			i += 2
			continue
		}
		ok = ok || p[i] == c
	}
	return 0, false, false
}
