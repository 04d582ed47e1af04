package plugin

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"sync"

	"provbox/provd/plugin/host"
	"provbox/provd/plugin/layer"
	"provbox/provd/python"
	"provbox/provd/template"
)

// maxSource bounds one source file; the largest published one has 30 KB.
const maxSource = 1 << 20

// maxSources bounds the source files of a package.
const maxSources = 64

// sources holds the compiled files of a package, for both interpreters.
type sources struct {
	files *layer.FS

	mu       sync.Mutex
	programs map[string]*python.Program
}

func newSources(files *layer.FS) *sources {
	return &sources{files: files, programs: make(map[string]*python.Program)}
}

// program returns the compiled form of a file of the package.
func (s *sources) program(name string) (*python.Program, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.programs[name]; p != nil {
		return p, nil
	}
	src, err := readAll(s.files, name, maxSource)
	if err != nil {
		return nil, err
	}
	if len(s.programs) >= maxSources {
		return nil, fmt.Errorf("more than %d source files", maxSources)
	}
	p, err := python.Compile(name, src)
	if err != nil {
		return nil, err
	}
	s.programs[name] = p
	return p, nil
}

func readAll(files *layer.FS, name string, limit int64) ([]byte, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if f.IsDir {
		return nil, &fs.PathError{Op: "read", Path: name, Err: layer.ErrIsDirectory}
	}
	var b bytes.Buffer
	b.Grow(int(min(max(f.Size, 0), limit)) + bytes.MinRead) // no need to grow while reading
	_, err = b.ReadFrom(io.LimitReader(f, limit+1))
	data := b.Bytes()
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("%s is larger than %d bytes", name, limit)
	}
	return data, err
}

// maxTemplate bounds one template; the largest published one has 120 KB.
const maxTemplate = 4 << 20

// templateLoader finds templates: custom ones first (spec/plugins.md section 10).
type templateLoader struct{ files *layer.FS }

// Source returns the source of a template.
func (l templateLoader) Source(name string) ([]byte, error) {
	name = cleanName(name)
	for _, dir := range []string{host.CustomTemplateDir + "/", host.TemplateDir + "/"} {
		data, err := readAll(l.files, dir+name, maxTemplate)
		if err == nil || !isMissing(err) {
			return data, err
		}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// cleanName removes what Jinja ignores of a name: empty and "." elements.
func cleanName(name string) string {
	if name != "" && name[0] != '/' && name[0] != '.' && path.Clean(name) == name {
		return name
	}
	return strings.TrimPrefix(path.Clean("/"+name), "/")
}

// Stamp tells whether the source of a template is still the one that it was.
func (l templateLoader) Stamp(name string) (template.Stamp, bool, error) {
	name = cleanName(name)
	for i, dir := range [...]string{host.CustomTemplateDir + "/", host.TemplateDir + "/"} {
		v, known, err := l.files.Version(dir + name)
		if err == nil {
			return template.Stamp{Place: 2*v.Layer + i, Size: v.Size, ModTime: v.ModTime}, known, nil
		}
	}
	return template.Stamp{}, false, fs.ErrNotExist
}
