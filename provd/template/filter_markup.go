package template

import (
	"regexp"
	"slices"
	"strings"

	"provbox/provd/python"
)

func filterXmlattr(in *invocation) (python.Value, error) {
	var d python.Value
	var autospace python.Value = python.True
	if err := in.unpack("d", &d, "autospace?", &autospace); err != nil {
		return nil, err
	}
	items, err := python.CallMethod(in.t, d, "items")
	if err != nil {
		return nil, err
	}
	var out []string
	size := 0
	err = python.Iterate(in.t, items, func(pair python.Value) error {
		kv, err := in.f.unpacked(pair, 2)
		if err != nil {
			return err
		}
		if kv[1] == python.None || isUndef(kv[1]) {
			return nil
		}
		key, ok := python.Native(kv[0]).(python.Str)
		if !ok {
			return python.TypeErrorf("expected string or bytes-like object, got '%s'", python.TypeName(kv[0]))
		}
		if strings.ContainsAny(string(key), " \t\n\r\f\v/>=") {
			return python.ValueErrorf("Invalid character in attribute name: %s", reprName(key))
		}
		k, err := escaped(in.t, kv[0])
		if err != nil {
			return err
		}
		v, err := escaped(in.t, kv[1])
		if err != nil {
			return err
		}
		size += len(k) + len(v) + 4
		out = append(out, k+`="`+v+`"`)
		return in.t.Alloc(int64(len(k) + len(v) + 4))
	})
	if err != nil {
		return nil, err
	}
	if err := in.t.Alloc(int64(size)); err != nil {
		return nil, err
	}
	s := strings.Join(out, " ")
	space, err := truth(in.t, autospace)
	if err != nil {
		return nil, err
	}
	if space && s != "" {
		s = " " + s
	}
	if in.escaping() {
		return markup(s), nil
	}
	return python.Str(s), nil
}

func filterUrlencode(in *invocation, v python.Value) (python.Value, error) {
	native := python.Native(v)
	if _, ok := native.(python.Str); ok {
		return in.quote(v, false)
	}
	pairs := v
	if _, ok := native.(*python.Dict); ok {
		var err error
		if pairs, err = python.CallMethod(in.t, v, "items"); err != nil {
			return nil, err
		}
	} else if _, ok := native.(python.Bytes); !ok {
		_, err := python.Iter(in.t, v)
		if python.IsException(err, python.TypeError) {
			return in.quote(v, false)
		}
		if err != nil {
			return nil, err
		}
	}
	var out []python.Value
	err := python.Iterate(in.t, pairs, func(pair python.Value) error {
		kv, err := in.f.unpacked(pair, 2)
		if err != nil {
			return err
		}
		key, err := in.quote(kv[0], true)
		if err != nil {
			return err
		}
		value, err := in.quote(kv[1], true)
		if err != nil {
			return err
		}
		both, err := in.joinTexts([]python.Value{key, value}, "=", toStr)
		out = append(out, both)
		return err
	})
	if err != nil {
		return nil, err
	}
	return in.joinTexts(out, "&", toStr)
}

// quote is Jinja2's url_quote.
func (in *invocation) quote(v python.Value, query bool) (python.Value, error) {
	var s string
	if b, ok := python.Native(v).(python.Bytes); ok {
		s = string(b)
	} else {
		var err error
		if s, err = toStr(in.t, v); err != nil {
			return nil, err
		}
	}
	if err := in.t.Alloc(3 * int64(len(s))); err != nil {
		return nil, err
	}
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("_.-~", c) >= 0,
			c == '/' && !query:
			b.WriteByte(c)
		case c == ' ' && query:
			b.WriteByte('+')
		default:
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return python.Str(b.String()), nil
}

// The expressions of Jinja2's urlize, with Python's \w spelt out.
var (
	urlRE = regexp.MustCompile(`(?i)^((https?://|www\.)(([\p{L}\p{N}_%-]+\.)+)?([a-z]{2,63}|xn--[\p{L}\p{N}_%]{2,59})` +
		`|([\p{L}\p{N}_%-]{2,63}\.)+(com|net|int|edu|gov|org|info|mil)` +
		`|(https?://)((([\d]{1,3})(\.[\d]{1,3}){3})|(\[([\da-f]{0,4}:){2}([\da-f]{0,4}:?){1,6}])))` +
		`(?::[\d]{1,5})?(?:[/?#](?s:.)*)?$`)
	emailRE  = regexp.MustCompile(`^(?s:.)+@[\p{L}\p{N}_][\p{L}\p{N}_.-]*\.[\p{L}\p{N}_]+$`)
	schemeRE = regexp.MustCompile(`^[\p{L}\p{N}_.+-]{2,}:/{0,2}$`)
	headRE   = regexp.MustCompile(`^([(<]|&lt;)+`)
	tailRE   = regexp.MustCompile(`([)>.,\n]|&gt;)+$`)
)

// urlizer holds the settings of one use of urlize.
type urlizer struct {
	limit       int
	rel, target string
	schemes     []string
}

func filterUrlize(in *invocation) (python.Value, error) {
	var v python.Value
	var limit, nofollow, target, rel, schemes python.Value = python.None, python.False, python.None, python.None, python.None
	err := in.unpack("value", &v, "trim_url_limit?", &limit, "nofollow?", &nofollow, "target?", &target,
		"rel?", &rel, "extra_schemes?", &schemes)
	if err != nil {
		return nil, err
	}
	u := urlizer{limit: -1}
	if n, ok := limit.(python.Int); ok && n >= 0 {
		u.limit = int(n)
	}
	if err := u.relations(in, rel, nofollow); err != nil {
		return nil, err
	}
	if ok, err := truth(in.t, target); err != nil {
		return nil, err
	} else if ok {
		s, err := escaped(in.t, target)
		if err != nil {
			return nil, err
		}
		u.target = ` target="` + s + `"`
	}
	if err := u.extraSchemes(in, schemes); err != nil {
		return nil, err
	}
	text, err := escaped(in.t, v)
	if err != nil {
		return nil, err
	}
	// Each word is at most doubled, plus the tag around it.
	if err := in.t.Alloc(int64(len(text)) * int64(40+len(u.rel)+len(u.target))); err != nil {
		return nil, err
	}
	var b strings.Builder
	for text != "" {
		n := strings.IndexFunc(text, isSpace)
		if n < 0 {
			n = len(text)
		}
		b.WriteString(u.word(text[:n]))
		rest := strings.TrimLeftFunc(text[n:], isSpace)
		b.WriteString(text[n : len(text)-len(rest)])
		text = rest
	}
	if in.escaping() {
		return markup(b.String()), nil
	}
	return python.Str(b.String()), nil
}

// relations makes the rel attribute; noopener is Jinja2's policy.
func (u *urlizer) relations(in *invocation, rel, nofollow python.Value) error {
	parts := []string{"noopener"}
	some, err := truth(in.t, rel)
	if err != nil {
		return err
	}
	if some {
		s, err := toStr(in.t, rel)
		if err != nil {
			return err
		}
		parts = append(parts, strings.FieldsFunc(s, isSpace)...)
	}
	if no, err := truth(in.t, nofollow); err != nil {
		return err
	} else if no {
		parts = append(parts, "nofollow")
	}
	slices.Sort(parts)
	s, err := escapeText(in.t, strings.Join(slices.Compact(parts), " "))
	u.rel = ` rel="` + s + `"`
	return err
}

func (u *urlizer) extraSchemes(in *invocation, schemes python.Value) error {
	if schemes == python.None {
		return nil
	}
	return python.Iterate(in.t, schemes, func(v python.Value) error {
		s, err := toStr(in.t, v)
		if err != nil {
			return err
		}
		if !schemeRE.MatchString(s) {
			return python.Raise(FilterArgumentError, "%s is not a valid URI scheme prefix.", reprName(v))
		}
		u.schemes = append(u.schemes, s)
		return nil
	})
}

// word makes a link of a word if it looks like an address.
func (u *urlizer) word(word string) string {
	head := headRE.FindString(word)
	middle, tail := word[len(head):], ""
	if n := len(middle); n > 0 && (strings.IndexByte(")>.,", middle[n-1]) >= 0 || strings.HasSuffix(middle, "&gt;")) {
		tail = tailRE.FindString(middle)
		middle = middle[:n-len(tail)]
	}
	for _, pair := range [][2]string{{"(", ")"}, {"<", ">"}, {"&lt;", "&gt;"}} {
		open := strings.Count(middle, pair[0])
		if open <= strings.Count(middle, pair[1]) {
			continue
		}
		for range min(open, strings.Count(tail, pair[1])) {
			n := strings.Index(tail, pair[1]) + len(pair[1])
			middle += tail[:n]
			tail = tail[n:]
		}
	}
	return head + u.link(middle) + tail
}

func (u *urlizer) link(s string) string {
	switch {
	case urlRE.MatchString(s):
		href := s
		if !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") {
			href = "https://" + s
		}
		return `<a href="` + href + `"` + u.rel + u.target + `>` + u.trim(s) + `</a>`
	case strings.HasPrefix(s, "mailto:") && emailRE.MatchString(s[7:]):
		return `<a href="` + s + `">` + s[7:] + `</a>`
	case strings.Contains(s, "@") && !strings.HasPrefix(s, "www.") && !strings.Contains(s, ":") && emailRE.MatchString(s):
		return `<a href="mailto:` + s + `">` + s + `</a>`
	}
	for _, scheme := range u.schemes {
		if s != scheme && strings.HasPrefix(s, scheme) {
			return `<a href="` + s + `"` + u.rel + u.target + `>` + s + `</a>`
		}
	}
	return s
}

func (u *urlizer) trim(s string) string {
	if r := []rune(s); u.limit >= 0 && len(r) > u.limit {
		return string(r[:u.limit]) + "..."
	}
	return s
}
