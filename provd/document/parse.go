package document

import (
	"encoding/json"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// parser reads the JSON that documents are mostly made of, several times as fast
// as encoding/json hands out its tokens: a document is read whenever a device is
// configured. Whatever it has doubts about, malformed JSON above all, is left to
// encoding/json, which has the last word and the words for the error.
type parser struct {
	data []byte
	at   int
	// members and values are those of the objects and lists that have not ended.
	members []member
	values  []any
	// before are the objects that ended last, by how many values are around them.
	// Objects beside each other mostly have the same names, which are kept once.
	before [MaxDepth + 1]*Object
}

// parse reads one value; false when encoding/json is to have a look at it.
func parse(data []byte) (any, bool) {
	p := parser{data: data}
	v, ok := p.value(0)
	p.space()
	return v, ok && p.at == len(data)
}

func (p *parser) space() {
	for p.at < len(p.data) {
		switch p.data[p.at] {
		case ' ', '\n', '\t', '\r':
			p.at++
		default:
			return
		}
	}
}

// next skips space and returns the byte that follows, 0 at the end.
func (p *parser) next() byte {
	p.space()
	if p.at == len(p.data) {
		return 0
	}
	return p.data[p.at]
}

func (p *parser) value(depth int) (any, bool) {
	if depth > MaxDepth {
		return nil, false
	}
	switch c := p.next(); c {
	case '{':
		return p.object(depth)
	case '[':
		return p.list(depth)
	case '"':
		raw, plain, ok := p.text()
		if !ok || plain {
			return string(raw), ok
		}
		return unescape(raw)
	case 't':
		return true, p.word("true")
	case 'f':
		return false, p.word("false")
	case 'n':
		return nil, p.word("null")
	default:
		return p.number()
	}
}

func (p *parser) word(w string) bool {
	if len(p.data)-p.at < len(w) || string(p.data[p.at:p.at+len(w)]) != w {
		return false
	}
	p.at += len(w)
	return true
}

// digits skips digits and returns how many there were.
func (p *parser) digits() int {
	from := p.at
	for p.at < len(p.data) && '0' <= p.data[p.at] && p.data[p.at] <= '9' {
		p.at++
	}
	return p.at - from
}

// skip skips a byte, if it is one of two.
func (p *parser) skip(a, b byte) bool {
	if p.at < len(p.data) && (p.data[p.at] == a || p.data[p.at] == b) {
		p.at++
		return true
	}
	return false
}

func (p *parser) number() (any, bool) {
	from := p.at
	p.skip('-', '-')
	zero := p.at < len(p.data) && p.data[p.at] == '0'
	if n := p.digits(); n == 0 || zero && n > 1 {
		return nil, false
	}
	if p.skip('.', '.') && p.digits() == 0 {
		return nil, false
	}
	if p.skip('e', 'E') {
		p.skip('+', '-')
		if p.digits() == 0 {
			return nil, false
		}
	}
	return json.Number(p.data[from:p.at]), true
}

func (p *parser) list(depth int) (any, bool) {
	p.at++
	if p.next() == ']' {
		p.at++
		return []any{}, true
	}
	from := len(p.values)
	for {
		v, ok := p.value(depth + 1)
		if !ok {
			return nil, false
		}
		p.values = append(p.values, v)
		switch c := p.next(); c {
		case ',':
			p.at++
		case ']':
			p.at++
			l := make([]any, len(p.values)-from)
			copy(l, p.values[from:])
			p.values = p.values[:from]
			return l, true
		default:
			return nil, false
		}
	}
}

func (p *parser) object(depth int) (any, bool) {
	p.at++
	if p.next() == '}' {
		p.at++
		return &Object{}, true
	}
	from := len(p.members)
	like := p.before[depth] // as long as the names are the same, in the same places
	for {
		if p.next() != '"' {
			return nil, false
		}
		raw, plain, ok := p.text()
		if !ok {
			return nil, false
		}
		var name string
		i := len(p.members) - from
		switch {
		case !plain:
			if name, ok = unescape(raw); !ok {
				return nil, false
			}
			like = nil
		case like != nil && i < len(like.members) && like.members[i].name == string(raw):
			name = like.members[i].name
		default:
			name, like = string(raw), nil
		}
		if p.next() != ':' {
			return nil, false
		}
		p.at++
		v, ok := p.value(depth + 1)
		if !ok {
			return nil, false
		}
		p.members = append(p.members, member{name, v})
		switch c := p.next(); c {
		case ',':
			p.at++
			continue
		case '}':
			p.at++
		default:
			return nil, false
		}
		o := &Object{members: slices.Clone(p.members[from:])}
		p.members = p.members[:from]
		p.before[depth] = o
		// The same names as those of an object have none twice.
		return o, o.indexed(like != nil)
	}
}

// indexed makes the index of an object with many members. It reports whether their
// names are different, which it need not find out when they are known to be.
func (o *Object) indexed(different bool) bool {
	if len(o.members) <= scanLimit {
		for i := 1; i < len(o.members) && !different; i++ {
			for j := range i {
				if o.members[i].name == o.members[j].name {
					return false
				}
			}
		}
		return true
	}
	o.index = make(map[string]int, 2*len(o.members))
	for i := range o.members {
		o.index[o.members[i].name] = i
	}
	return len(o.index) == len(o.members)
}

// text reads a string. plain is true when it is what stands between the quotes,
// false when there are escapes in it.
func (p *parser) text() (raw []byte, plain, ok bool) {
	p.at++
	from, plain, ascii := p.at, true, true
	for p.at < len(p.data) {
		switch c := p.data[p.at]; {
		case c == '"':
			raw = p.data[from:p.at]
			p.at++
			return raw, plain, ascii || utf8.Valid(raw)
		case c == '\\':
			plain = false
			p.at++ // the next one is no quote that ends it
		case c < ' ':
			return nil, false, false
		case c >= utf8.RuneSelf:
			ascii = false
		}
		p.at++
	}
	return nil, false, false
}

// unescape returns a string with escapes.
func unescape(raw []byte) (string, bool) {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			out = append(out, raw[i])
			continue
		}
		if i++; i == len(raw) {
			return "", false
		}
		switch c := raw[i]; c {
		case '"', '\\', '/':
			out = append(out, c)
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			r, ok := hex4(raw[i+1:])
			if !ok {
				return "", false
			}
			i += 4
			if utf16.IsSurrogate(r) {
				if len(raw) < i+7 || raw[i+1] != '\\' || raw[i+2] != 'u' {
					return "", false
				}
				low, ok := hex4(raw[i+3:])
				if r = utf16.DecodeRune(r, low); !ok || r == utf8.RuneError {
					return "", false
				}
				i += 6
			}
			out = utf8.AppendRune(out, r)
		default:
			return "", false
		}
	}
	return string(out), true
}

func hex4(b []byte) (r rune, ok bool) {
	if len(b) < 4 {
		return 0, false
	}
	for _, c := range b[:4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
