package option

import "bytes"

// cond is a compiled match. nil never occurs where one is evaluated.
type cond interface {
	match(*subject) bool
	// asks marks the options that match looks at.
	asks(codes *[256]bool)
}

// subject is a client with its vendor class looked up once, because nearly
// every match asks for it.
type subject struct {
	Client
	class    []byte
	hasClass bool
}

func newSubject(c Client) *subject {
	s := &subject{Client: c}
	s.class, s.hasClass = c.Get(vendorClass)
	return s
}

func (s *subject) get(code byte) ([]byte, bool) {
	if code == vendorClass {
		return s.class, s.hasClass
	}
	return s.Get(code)
}

// where names an option, or a sub-option of one (82.1).
type where struct {
	code, sub byte
	nested    bool
}

// vendorClass is option 60, what a match looks at when it does not say.
const vendorClass = 60

func (w where) get(c *subject) ([]byte, bool) {
	v, ok := c.get(w.code)
	if !ok || !w.nested {
		return v, ok
	}
	for len(v) >= 2 && len(v) >= 2+int(v[1]) {
		if v[0] == w.sub {
			return v[2 : 2+v[1]], true
		}
		v = v[2+v[1]:]
	}
	return nil, false
}

type (
	whole struct {
		where
		text []byte
	}
	prefix struct {
		where
		text []byte
	}
	suffix struct {
		where
		text []byte
	}
	// part compares the bytes [at, at+n) like dhcpd's substring: fewer bytes
	// when the value ends before.
	part struct {
		where
		at, n int
		text  []byte
	}
	present struct {
		where
		want bool
	}
	negation    struct{ of cond }
	conjunction []cond
	disjunction []cond
)

func (m whole) match(c *subject) bool {
	v, ok := m.get(c)
	return ok && bytes.Equal(v, m.text)
}

func (m prefix) match(c *subject) bool {
	v, ok := m.get(c)
	return ok && bytes.HasPrefix(v, m.text)
}

func (m suffix) match(c *subject) bool {
	v, ok := m.get(c)
	return ok && bytes.HasSuffix(v, m.text)
}

func (m part) match(c *subject) bool {
	v, ok := m.get(c)
	if !ok || m.at > len(v) {
		return false
	}
	return bytes.Equal(v[m.at:min(m.at+m.n, len(v))], m.text)
}

func (m present) match(c *subject) bool {
	_, ok := m.get(c)
	return ok == m.want
}

func (m negation) match(c *subject) bool { return !m.of.match(c) }

func (m conjunction) match(c *subject) bool {
	for _, x := range m {
		if !x.match(c) {
			return false
		}
	}
	return true
}

func (m disjunction) match(c *subject) bool {
	for _, x := range m {
		if x.match(c) {
			return true
		}
	}
	return false
}
