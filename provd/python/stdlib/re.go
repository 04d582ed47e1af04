package stdlib

import (
	"errors"
	"math"

	"provbox/provd/python"
	"provbox/provd/python/regex"
)

// maxPatterns bounds the compiled expressions one program's re module keeps.
const maxPatterns = 100

// reModule is the state of one program's re module.
type reModule struct {
	pattern, match, err *python.Class
	cache               map[patternKey]*pattern
	order               []patternKey
}

type patternKey struct {
	text    string
	isBytes bool
	flags   regex.Flags
}

// pattern is re.Pattern.
type pattern struct {
	mod *reModule
	re  *regex.Regexp
}

func (p *pattern) Type() *python.Class { return p.mod.pattern }

// text wraps a part of a subject or pattern as the kind of value it came from.
func (p *pattern) text(s string) python.Value {
	if p.re.IsBytes() {
		return python.Bytes(s)
	}
	return python.Str(s)
}

func buildRe(_ *Library, b builder) {
	m := &reModule{cache: map[patternKey]*pattern{}}
	m.err = b.exception("error", python.ExceptionClass)
	m.pattern = b.class(m.patternSpec())
	m.match = b.class(m.matchSpec())
	for _, name := range []string{"match", "search", "fullmatch", "findall", "finditer"} {
		b.fn(name, m.delegate(name))
	}
	b.fn("compile", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var pat, flags python.Value
		if err := python.Unpack("compile", args, kwargs, "pattern", &pat, "flags?", &flags); err != nil {
			return nil, err
		}
		p, err := m.compile(t, pat, flags)
		if err != nil {
			return nil, err
		}
		return p, nil
	})
	for _, name := range []string{"sub", "subn"} {
		b.fn(name, func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
			var pat, repl, s, count, flags python.Value
			if err := python.Unpack(name, args, kwargs, "pattern", &pat, "repl", &repl, "string", &s, "count?", &count, "flags?", &flags); err != nil {
				return nil, err
			}
			p, err := m.compile(t, pat, flags)
			if err != nil {
				return nil, err
			}
			return p.sub(t, repl, s, count, name == "subn")
		})
	}
	b.fn("split", func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var pat, s, count, flags python.Value
		if err := python.Unpack("split", args, kwargs, "pattern", &pat, "string", &s, "maxsplit?", &count, "flags?", &flags); err != nil {
			return nil, err
		}
		p, err := m.compile(t, pat, flags)
		if err != nil {
			return nil, err
		}
		return p.split(t, s, count)
	})
	b.fn("escape", oneArg("escape", reEscape))
	b.fn("purge", noArgs("purge", func(*python.Thread) (python.Value, error) {
		clear(m.cache)
		m.order = nil
		return python.None, nil
	}))
	b.ints(map[string]int{
		"NOFLAG": 0, "TEMPLATE": 1, "T": 1, "IGNORECASE": 2, "I": 2, "LOCALE": 4, "L": 4, "MULTILINE": 8, "M": 8,
		"DOTALL": 16, "S": 16, "UNICODE": 32, "U": 32, "VERBOSE": 64, "X": 64, "DEBUG": 128, "ASCII": 256, "A": 256,
	})
	b.set("RegexFlag", python.IntClass)
}

// delegate makes the module function that compiles and calls a method.
func (m *reModule) delegate(name string) python.BuiltinFunc {
	return func(t *python.Thread, args []python.Value, kwargs []python.Keyword) (python.Value, error) {
		var pat, s, flags python.Value
		if err := python.Unpack(name, args, kwargs, "pattern", &pat, "string", &s, "flags?", &flags); err != nil {
			return nil, err
		}
		p, err := m.compile(t, pat, flags)
		if err != nil {
			return nil, err
		}
		switch name {
		case "findall":
			return p.findall(t, s, 0, math.MaxInt)
		case "finditer":
			return p.finditer(t, s, 0, math.MaxInt)
		}
		return p.one(t, name, s, 0, math.MaxInt)
	}
}

func reEscape(t *python.Thread, v python.Value) (python.Value, error) {
	if s, ok := asStr(v); ok {
		if err := t.Alloc(2 * int64(len(s))); err != nil {
			return nil, err
		}
		return python.Str(regex.Escape(s)), nil
	}
	s, err := wantBytes(v)
	if err != nil {
		return nil, err
	}
	if err := t.Alloc(2 * int64(len(s))); err != nil {
		return nil, err
	}
	return python.Bytes(regex.Escape(s)), nil
}

// compile makes a pattern, or finds it among those compiled lately.
func (m *reModule) compile(t *python.Thread, v, flags python.Value) (*pattern, error) {
	var f int64
	if flags != nil {
		var err error
		if f, err = asInt(t, flags); err != nil {
			return nil, err
		}
	}
	key := patternKey{flags: regex.Flags(f)}
	switch p := python.Native(v).(type) {
	case *pattern:
		if f != 0 {
			return nil, python.ValueErrorf("cannot process flags argument with a compiled pattern")
		}
		return p, nil
	case python.Str:
		key.text = string(p)
	case python.Bytes:
		key.text, key.isBytes = string(p), true
	default:
		return nil, python.TypeErrorf("first argument must be string or compiled pattern")
	}
	if p, ok := m.cache[key]; ok {
		return p, nil
	}
	if err := t.Step(16 + 8*len(key.text)); err != nil {
		return nil, err
	}
	if err := t.Alloc(512 + 128*int64(len(key.text))); err != nil {
		return nil, err
	}
	re, err := regex.Compile(key.text, key.isBytes, key.flags)
	if err != nil {
		return nil, m.error(v, err)
	}
	p := &pattern{m, re}
	if len(m.order) >= maxPatterns {
		delete(m.cache, m.order[0])
		m.order = m.order[1:]
	}
	m.cache[key] = p
	m.order = append(m.order, key)
	return p, nil
}

// error turns an error of package regex into the exception Python raises.
func (m *reModule) error(pat python.Value, err error) error {
	var (
		syntax   *regex.SyntaxError
		flag     *regex.FlagError
		overflow *regex.OverflowError
		unknown  *regex.UnknownGroupError
		limit    *regex.LimitError
	)
	switch {
	case errors.As(err, &syntax):
		exc := python.NewException(m.err, python.Str(err.Error()))
		a := exc.Attrs()
		a.SetStr("msg", python.Str(syntax.Msg))
		if syntax.Pos < 0 {
			pat = python.None // CPython raises these late, without the pattern
		}
		a.SetStr("pattern", pat)
		for _, f := range []struct {
			name string
			v    int
		}{{"pos", syntax.Pos}, {"lineno", syntax.Line}, {"colno", syntax.Col}} {
			a.SetStr(f.name, python.None)
			if syntax.Pos >= 0 {
				a.SetStr(f.name, python.NewInt(f.v))
			}
		}
		return python.Throw(exc)
	case errors.As(err, &flag):
		return python.ValueErrorf("%s", flag.Msg)
	case errors.As(err, &overflow):
		return python.OverflowErrorf("%s", overflow.Msg)
	case errors.As(err, &unknown):
		return python.IndexErrorf("%s", unknown.Error())
	case errors.As(err, &limit):
		return &python.LimitError{What: "regular expression " + limit.What}
	}
	return err
}

// subject prepares the string to match on.
func (p *pattern) subject(t *python.Thread, v python.Value) (*regex.Subject, error) {
	var s *regex.Subject
	var err error
	if b, ok := python.Native(v).(*python.ByteArray); ok {
		v = b.Bytes()
	}
	switch x := python.Native(v).(type) {
	case python.Str:
		if p.re.IsBytes() {
			return nil, python.TypeErrorf("cannot use a bytes pattern on a string-like object")
		}
		s, err = regex.NewSubject(t, string(x), false)
	case python.Bytes:
		if !p.re.IsBytes() {
			return nil, python.TypeErrorf("cannot use a string pattern on a bytes-like object")
		}
		s, err = regex.NewSubject(t, string(x), true)
	default:
		return nil, python.TypeErrorf("expected string or bytes-like object, got '%s'", python.TypeName(v))
	}
	if err != nil {
		return nil, p.mod.error(nil, err)
	}
	return s, nil
}

// one runs match, search or fullmatch.
func (p *pattern) one(t *python.Thread, name string, v python.Value, pos, end int) (python.Value, error) {
	if text, ok := v.(python.Str); ok && !p.re.IsBytes() && pos == 0 && end == math.MaxInt {
		if absent, err := p.re.Absent(t, string(text), name != "search"); absent || err != nil {
			return python.None, err
		}
	}
	s, err := p.subject(t, v)
	if err != nil {
		return nil, err
	}
	var m *regex.Match
	switch name {
	case "match":
		m, err = p.re.Match(t, s, pos, end)
	case "search":
		m, err = p.re.Search(t, s, pos, end)
	default:
		m, err = p.re.FullMatch(t, s, pos, end)
	}
	if err != nil {
		return nil, p.mod.error(nil, err)
	}
	return p.result(t, s, v, m, pos, end)
}

// result wraps a match; nil becomes None.
func (p *pattern) result(t *python.Thread, s *regex.Subject, v python.Value, m *regex.Match, pos, end int) (python.Value, error) {
	if m == nil {
		return python.None, nil
	}
	if err := t.Alloc(128 + 8*int64(len(m.Spans))); err != nil {
		return nil, err
	}
	n := s.Len()
	return &match{
		p: p, m: m, s: s, v: v,
		pos: min(max(pos, 0), n), end: min(max(end, 0), n),
	}, nil
}
