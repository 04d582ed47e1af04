package host

import (
	"path"
	"strings"

	"provbox/provd/plugin/layer"
)

// Relative returns the name, within the package's layers, of a path that the
// package uses. A path outside the package's directory has none: to a package
// nothing else exists.
func (c *Call) Relative(name string) (string, bool) { return Relative(c.Root, name) }

// RelativeName is Relative for a file that may also be named relative to the
// package's directory, root.
func RelativeName(root, name string) (string, bool) {
	if !path.IsAbs(name) {
		name = root + "/" + name
	}
	return Relative(root, name)
}

// Relative returns the name below the directory root of an absolute path.
func Relative(root, name string) (string, bool) {
	if strings.Contains(name, "\x00") {
		return "", false
	}
	rest, ok := strings.CutPrefix(path.Clean(name), root)
	if !ok {
		return "", false
	}
	if rest == "" {
		return ".", true
	}
	rest, ok = strings.CutPrefix(rest, "/")
	return rest, ok && layer.Valid(rest)
}
