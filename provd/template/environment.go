package template

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"unicode/utf8"

	"provbox/provd/python"
	"provbox/provd/template/syntax"
)

// Loader finds the sources of templates.
type Loader interface {
	// Source returns the source of a template. A name that does not exist is an
	// error that wraps fs.ErrNotExist. It is called for every render, so that a
	// changed source takes effect at once, unless a Stamper knows that it did not
	// change. It must be safe for concurrent use.
	Source(name string) (src []byte, err error)
}

// Stamper is a Loader that knows without reading a source whether it is the one it
// returned before.
type Stamper interface {
	Loader
	// Stamp identifies the source that a template has at the moment: while it stays
	// the same, so does what Source returns. known is false when the loader cannot
	// tell; then Source is asked. A name that does not exist is an error that wraps
	// fs.ErrNotExist.
	Stamp(name string) (s Stamp, known bool, err error)
}

// Stamp identifies a source among all those that one name may stand for.
type Stamp struct {
	// Place tells the places apart that a loader looks in.
	Place int
	// Size is in bytes, ModTime whatever grows when the source is changed.
	Size, ModTime int64
}

// Defaults of Config.
const (
	// DefaultMaxOutput is the default of Config.MaxOutput. The largest file that
	// a published package renders has about 200 KB.
	DefaultMaxOutput = 16 << 20
	// DefaultCacheTemplates and DefaultCacheBytes are the defaults of the bounds
	// of the cache. The largest published package has 60 templates.
	DefaultCacheTemplates = 400
	DefaultCacheBytes     = 16 << 20
)

// Config describes an Environment. The zero value of every field is Jinja2's
// default.
type Config struct {
	// Loader finds templates; without one only Parse gives templates, and those
	// cannot refer to others.
	Loader Loader
	// Options change how sources are read.
	Options syntax.Options
	// Autoescape turns escaping for HTML on for all templates.
	Autoescape bool
	// Filters and Tests are added to the built-in ones; the values are callable
	// and get the filtered or tested value as first argument.
	Filters, Tests map[string]python.Value
	// Globals are variables of every template, below those of the render. The
	// built-in ones are range, dict, lipsum, cycler, joiner and namespace.
	Globals map[string]python.Value
	// MaxOutput bounds the bytes one render may produce.
	MaxOutput int
	// CacheTemplates and CacheBytes bound the compiled templates that are kept,
	// by number and by length of source.
	CacheTemplates, CacheBytes int
}

// Environment loads and compiles templates. It is safe for concurrent use.
type Environment struct {
	loader     Loader
	options    syntax.Options
	autoescape bool
	filters    map[string]function
	// replaced are the built-in filters that the configuration replaced.
	replaced map[string]bool
	tests    map[string]function
	globals  *python.Dict // never changed
	// builtins are the built-in functions of Python that filters use.
	builtins  map[string]python.Value
	maxOutput int
	cache     *cache
}

// New returns an environment; it loads nothing yet.
func New(cfg Config) *Environment {
	e := &Environment{
		loader:     cfg.Loader,
		options:    cfg.Options,
		autoescape: cfg.Autoescape,
		filters:    builtinFilters(),
		tests:      builtinTests(),
		globals:    python.NewDict(8),
		builtins:   map[string]python.Value{},
		replaced:   map[string]bool{},
		maxOutput:  orDefault(cfg.MaxOutput, DefaultMaxOutput),
		cache: newCache(
			orDefault(cfg.CacheTemplates, DefaultCacheTemplates),
			orDefault(cfg.CacheBytes, DefaultCacheBytes),
		),
	}
	all := python.Builtins()
	for _, name := range []string{"abs", "max", "min", "reversed", "round", "sorted", "sum"} {
		if v, ok := all.GetStr(name); ok {
			e.builtins[name] = v
		}
	}
	for name, v := range cfg.Filters {
		e.replaced[name] = e.filters[name] != nil
		e.filters[name] = callableFunction(v)
	}
	for name, v := range cfg.Tests {
		e.tests[name] = callableFunction(v)
	}
	for _, globals := range []map[string]python.Value{builtinGlobals(), cfg.Globals} {
		for name, v := range globals {
			e.globals.SetStr(name, v)
		}
	}
	return e
}

// newline is what the environment writes for a newline of a source.
func (e *Environment) newline() string {
	if e.options.NewlineSequence == "" {
		return "\n"
	}
	return e.options.NewlineSequence
}

func orDefault(v, standard int) int {
	if v <= 0 {
		return standard
	}
	return v
}

// Get returns the template of that name, compiling it if its source is new. The
// error raises TemplateNotFound or TemplateSyntaxError, or is the loader's.
func (e *Environment) Get(name string) (*Template, error) {
	t, found, err := e.Lookup(name)
	if err == nil && !found {
		err = notFound(name)
	}
	return t, err
}

// Lookup is Get for a template that may be missing: found is false then.
func (e *Environment) Lookup(name string) (t *Template, found bool, err error) {
	if e.loader == nil {
		return nil, false, python.TypeErrorf("no loader for this environment specified")
	}
	if !validName(name) {
		return nil, false, nil
	}
	var stamp Stamp
	var known bool
	if s, ok := e.loader.(Stamper); ok {
		var err error
		if stamp, known, err = s.Stamp(name); errors.Is(err, fs.ErrNotExist) {
			return nil, false, nil
		}
		if known = known && err == nil; known {
			if t := e.cache.stamped(name, stamp); t != nil {
				return t, true, nil
			}
		}
	}
	src, err := e.loader.Source(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("load template %q: %w", name, err)
	}
	if t = e.cache.get(name, src); t == nil {
		if t, err = e.Parse(name, src); err != nil {
			return nil, false, err
		}
		e.cache.put(t)
	}
	if known {
		// The stamp is older than the source: if it changed in between, it is read
		// again.
		e.cache.stamp(t, stamp)
	}
	return t, true, nil
}

// maxName bounds the length of a template name, which a template may compute.
const maxName = 1024

// validName refuses the names that a loader over files must never see.
func validName(name string) bool {
	if name == "" || len(name) > maxName || strings.IndexByte(name, 0) >= 0 || strings.IndexByte(name, '\\') >= 0 {
		return false
	}
	if !strings.Contains(name, "..") {
		return true
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == ".." {
			return false
		}
	}
	return true
}

// Parse compiles a source that does not come from the loader. The name is used
// in errors; "" means none. The error raises TemplateSyntaxError.
func (e *Environment) Parse(name string, src []byte) (*Template, error) {
	if !utf8.Valid(src) {
		return nil, python.Raise(python.UnicodeDecodeError,
			"'utf-8' codec can't decode template %s: invalid byte", name)
	}
	source := string(src)
	tree, err := syntax.Parse(source, e.options)
	if err == nil {
		var t *Template
		if t, err = compile(e, name, source, tree); err == nil {
			return t, nil
		}
	}
	var se *syntax.Error
	if errors.As(err, &se) {
		return nil, syntaxError(name, se)
	}
	return nil, err
}
