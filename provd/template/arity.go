package template

import (
	"slices"
	"strings"

	"provbox/provd/python"
)

// arityError is CPython's TypeError for arguments that do not fit a filter or
// test, which are functions of Python in Jinja2; nil when they fit. A parameter
// that ends in "?" is optional.
func (in *invocation) arityError(params []string) error {
	name, hidden := in.pythonName()
	names := make([]string, 0, len(params))
	least := 0
	for _, p := range params {
		if !strings.HasSuffix(p, "?") {
			least++
		}
		names = append(names, strings.TrimRight(p, "?"))
	}
	set := min(len(in.args), len(names))
	given := slices.Clone(names[:set])
	for _, kw := range in.kwargs {
		switch {
		case !slices.Contains(names, kw.Name):
			return python.TypeErrorf("%s() got an unexpected keyword argument '%s'", name, kw.Name)
		case slices.Contains(given, kw.Name):
			return python.TypeErrorf("%s() got multiple values for argument '%s'", name, kw.Name)
		}
		given = append(given, kw.Name)
	}
	if n := len(in.args) + hidden; len(in.args) > len(names) {
		most, verb := len(names)+hidden, "were"
		if n == 1 {
			verb = "was"
		}
		if least < len(names) {
			return python.TypeErrorf("%s() takes from %d to %d positional arguments but %d %s given", name, least+hidden, most, n, verb)
		}
		plural := "s"
		if most == 1 {
			plural = ""
		}
		return python.TypeErrorf("%s() takes %d positional argument%s but %d %s given", name, most, plural, n, verb)
	}
	var missing []string
	for _, p := range names[:least] {
		if !slices.Contains(given, p) {
			missing = append(missing, "'"+p+"'")
		}
	}
	switch n := len(missing); n {
	case 0:
		return nil
	case 1:
		return python.TypeErrorf("%s() missing 1 required positional argument: %s", name, missing[0])
	default:
		list := strings.Join(missing[:n-1], ", ")
		if n > 2 {
			list += ","
		}
		return python.TypeErrorf("%s() missing %d required positional arguments: %s and %s", name, n, list, missing[n-1])
	}
}

// pythonName is what Jinja2's function of a filter or test is called, and the
// number of arguments that it gets besides (an environment or a context).
func (in *invocation) pythonName() (name string, hidden int) {
	name = in.name
	if in.test {
		if name == "filter" || name == "test" {
			hidden = 1
		}
		return "test_" + name, hidden
	}
	switch name {
	case "d":
		name = "default"
	case "safe":
		return "do_mark_safe", 0
	case "string":
		return "soft_str", 0
	case "e", "escape":
		return "escape", 0
	}
	switch name {
	case "attr", "first", "last", "groupby", "sum", "min", "max", "sort", "unique", "join", "tojson", "replace",
		"xmlattr", "urlize", "truncate", "wordwrap", "map", "select", "selectattr", "reject", "rejectattr":
		hidden = 1
	}
	switch name {
	case "first", "groupby", "join", "list", "map", "reject", "rejectattr", "select", "selectattr", "slice", "sum":
		return "sync_do_" + name, hidden
	}
	return "do_" + name, hidden
}
