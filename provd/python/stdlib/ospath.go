package stdlib

import (
	"strings"

	"provbox/provd/python"
)

// pathArg gives the text of a path and the way back to the kind of value it came
// from.
func pathArg(v python.Value) (string, func(string) python.Value, error) {
	switch s := python.Native(v).(type) {
	case python.Str:
		return string(s), func(p string) python.Value { return python.Str(p) }, nil
	case python.Bytes:
		return string(s), func(p string) python.Value { return python.Bytes(p) }, nil
	}
	return "", nil, python.TypeErrorf("expected str, bytes or os.PathLike object, not %s", python.TypeName(v))
}

// buildOSPath makes os.path: posixpath, without the functions that would need
// more of the file system than a FileSystem tells.
func buildOSPath(l *Library, b builder) {
	text := func(name string, f func(p string) string) {
		b.fn(name, oneArg(name, func(t *python.Thread, v python.Value) (python.Value, error) {
			p, back, err := pathArg(v)
			if err != nil {
				return nil, err
			}
			if err := t.Alloc(int64(2*len(p)) + 64); err != nil {
				return nil, err
			}
			if err := t.Step(1 + len(p)/16); err != nil {
				return nil, err
			}
			return back(f(p)), nil
		}))
	}
	pair := func(name string, f func(p string) (string, string)) {
		b.fn(name, oneArg(name, func(t *python.Thread, v python.Value) (python.Value, error) {
			p, back, err := pathArg(v)
			if err != nil {
				return nil, err
			}
			if err := t.Alloc(64); err != nil {
				return nil, err
			}
			x, y := f(p)
			return python.Tuple{back(x), back(y)}, nil
		}))
	}
	text("basename", func(p string) string { return p[strings.LastIndexByte(p, '/')+1:] })
	text("dirname", func(p string) string { head, _ := splitPath(p); return head })
	text("normpath", normPath)
	text("normcase", func(p string) string { return p })
	text("abspath", l.absPath)
	text("realpath", l.absPath)
	text("expanduser", func(p string) string { return p })
	text("expandvars", func(p string) string { return p })
	pair("split", splitPath)
	pair("splitext", splitExt)
	pair("splitdrive", func(p string) (string, string) { return p[:0], p })
	b.fn("isabs", oneArg("isabs", func(_ *python.Thread, v python.Value) (python.Value, error) {
		p, _, err := pathArg(v)
		return truth(strings.HasPrefix(p, "/")), err
	}))
	b.fn("join", joinPath)
	b.fn("commonprefix", oneArg("commonprefix", commonPrefix))
	b.fn("relpath", l.relPath)
	b.fn("commonpath", oneArg("commonpath", commonPath))
	b.set("sep", python.Str("/"))
	b.set("altsep", python.None)
	b.set("curdir", python.Str("."))
	b.set("pardir", python.Str(".."))
	b.set("extsep", python.Str("."))
	b.set("pathsep", python.Str(":"))
	b.set("devnull", python.Str("/dev/null"))
	b.set("supports_unicode_filenames", python.False)
	l.pathQueries(b)
}

func splitPath(p string) (head, tail string) {
	i := strings.LastIndexByte(p, '/') + 1
	head, tail = p[:i], p[i:]
	if t := strings.TrimRight(head, "/"); t != "" {
		head = t
	}
	return head, tail
}

func splitExt(p string) (root, ext string) {
	base := strings.LastIndexByte(p, '/') + 1
	dot := strings.LastIndexByte(p, '.')
	if dot <= base || strings.Trim(p[base:dot], ".") == "" {
		return p, p[:0]
	}
	return p[:dot], p[dot:]
}

func normPath(p string) string {
	if p == "" {
		return "."
	}
	root := ""
	if strings.HasPrefix(p, "/") {
		root = "/"
		// POSIX: exactly two slashes may mean something else.
		if strings.HasPrefix(p, "//") && !strings.HasPrefix(p, "///") {
			root = "//"
		}
	}
	var out []string
	for _, c := range strings.Split(p, "/") {
		switch {
		case c == "" || c == ".":
		case c != ".." || root == "" && len(out) == 0 || len(out) > 0 && out[len(out)-1] == "..":
			out = append(out, c)
		case len(out) > 0:
			out = out[:len(out)-1]
		}
	}
	if p = root + strings.Join(out, "/"); p == "" {
		return "."
	}
	return p
}

func (l *Library) absPath(p string) string {
	if !strings.HasPrefix(p, "/") {
		p = join(l.options.Dir, p)
	}
	return normPath(p)
}

func join(a, b string) string {
	switch {
	case strings.HasPrefix(b, "/"):
		return b
	case a == "" || strings.HasSuffix(a, "/"):
		return a + b
	}
	return a + "/" + b
}

func joinPath(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	if len(kwargs) > 0 {
		return nil, python.TypeErrorf("join() got an unexpected keyword argument '%s'", kwargs[0].Name)
	}
	if len(args) == 0 {
		return nil, python.TypeErrorf("join() missing 1 required positional argument: 'a'")
	}
	path, back, err := pathArg(args[0])
	if err != nil {
		return nil, err
	}
	_, isStr := asStr(args[0])
	for _, a := range args[1:] {
		s, ok := asStr(a)
		b, isBytes := asBytes(a)
		switch {
		case !ok && !isBytes:
			return nil, python.TypeErrorf("join() argument must be str, bytes, or os.PathLike object, not '%s'", python.TypeName(a))
		case ok != isStr:
			return nil, python.TypeErrorf("Can't mix strings and bytes in path components")
		case isBytes:
			s = b
		}
		if err := t.Alloc(int64(len(path)+len(s)) + 1); err != nil {
			return nil, err
		}
		path = join(path, s)
	}
	return back(path), nil
}

// commonPrefix is the longest common leading text of any strings.
func commonPrefix(t *python.Thread, v python.Value) (python.Value, error) {
	items, err := python.ListOf(t, v)
	if err != nil || len(items) == 0 {
		return python.Str(""), err
	}
	first, back, err := pathArg(items[0])
	if err != nil {
		return nil, err
	}
	for _, it := range items[1:] {
		s, _, err := pathArg(it)
		if err != nil {
			return nil, err
		}
		n := 0
		for n < len(first) && n < len(s) && first[n] == s[n] {
			n++
		}
		for n > 0 && n < len(first) && first[n]&0xc0 == 0x80 {
			n-- // not inside a character
		}
		first = first[:n]
		if err := t.Step(1 + n/16); err != nil {
			return nil, err
		}
	}
	return back(first), nil
}

func commonPath(t *python.Thread, v python.Value) (python.Value, error) {
	items, err := python.ListOf(t, v)
	if err != nil {
		return nil, err
	}
	if len(items) == 0 {
		return nil, python.ValueErrorf("commonpath() arg is an empty sequence")
	}
	var common []string
	var back func(string) python.Value
	abs := false
	for i, it := range items {
		p, b, err := pathArg(it)
		if err != nil {
			return nil, err
		}
		var parts []string
		for _, c := range strings.Split(p, "/") {
			if c != "" && c != "." {
				parts = append(parts, c)
			}
		}
		if i == 0 {
			common, back, abs = parts, b, strings.HasPrefix(p, "/")
			continue
		}
		if abs != strings.HasPrefix(p, "/") {
			return nil, python.ValueErrorf("Can't mix absolute and relative paths")
		}
		n := 0
		for n < len(common) && n < len(parts) && common[n] == parts[n] {
			n++
		}
		common = common[:n]
		if err := t.Step(1 + len(p)/16); err != nil {
			return nil, err
		}
	}
	out := strings.Join(common, "/")
	if abs {
		out = "/" + out
	}
	return back(out), nil
}

func (l *Library) relPath(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
	var path, start python.Value
	if err := python.Unpack("relpath", args, kwargs, "path", &path, "start??", &start); err != nil {
		return nil, err
	}
	p, back, err := pathArg(path)
	if err != nil {
		return nil, err
	}
	if p == "" {
		return nil, python.ValueErrorf("no path specified")
	}
	from := "."
	if !isNone(start) {
		if from, _, err = pathArg(start); err != nil {
			return nil, err
		}
	}
	if err := t.Alloc(int64(4*(len(p)+len(from))) + 64); err != nil {
		return nil, err
	}
	a := strings.FieldsFunc(l.absPath(from), func(r rune) bool { return r == '/' })
	b := strings.FieldsFunc(l.absPath(p), func(r rune) bool { return r == '/' })
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	out := append(strings.Split(strings.TrimSuffix(strings.Repeat("../", len(a)-n), "/"), "/"), b[n:]...)
	if out[0] == "" {
		out = out[1:]
	}
	if len(out) == 0 {
		return back("."), nil
	}
	return back(strings.Join(out, "/")), nil
}
