package settings

import (
	"encoding"
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// shaper finds the values of a document that are not of the type that their key
// wants, and the keys that nobody knows. It takes them out, so that everything
// else can be read and checked: the reader is told all problems at once, each
// with its key, which the library's errors do not have.
type shaper struct {
	problems []string
	lines    bool // begin each with its line
	keys     []string
	seen     map[*yaml.Node]bool
}

var (
	yamlUnmarshaler = reflect.TypeFor[yaml.Unmarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
)

func (s *shaper) bad(n *yaml.Node, key, problem string) {
	s.keys = append(s.keys, key)
	text := problem
	if key != "" { // the file as a whole has none
		text = key + ": " + problem
	}
	if s.lines {
		text = fmt.Sprintf("line %d: %s", n.Line, text)
	}
	s.problems = append(s.problems, text)
}

// said reports whether a problem is about a value that was taken out, or about a
// part of it.
func (s *shaper) said(problem string) bool {
	for _, k := range s.keys {
		if rest, ok := strings.CutPrefix(problem, k); ok && rest != "" && strings.ContainsRune(":.", rune(rest[0])) {
			return true
		}
	}
	return false
}

// fit makes n something that can be decoded into a t, and reports whether it
// was.
func (s *shaper) fit(n *yaml.Node, t reflect.Type, key string) bool {
	switch {
	case n.Kind == yaml.DocumentNode && len(n.Content) == 1:
		return s.fit(n.Content[0], t, key)
	case n.Kind == yaml.AliasNode:
		if s.seen[n.Alias] {
			return true
		}
		if s.seen == nil {
			s.seen = map[*yaml.Node]bool{}
		}
		s.seen[n.Alias] = true
		return s.fit(n.Alias, t, key)
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	scalar := reflect.PointerTo(t).Implements(textUnmarshaler)
	switch {
	case n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null", reflect.PointerTo(t).Implements(yamlUnmarshaler), t.Kind() == reflect.Interface, t.Kind() == reflect.Map:
		return true
	case !scalar && t.Kind() == reflect.Struct:
		if n.Kind != yaml.MappingNode {
			s.bad(n, key, "want a mapping")
			return false
		}
		s.fields(n, t, key)
		return true
	case !scalar && t.Kind() == reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			s.bad(n, key, "want a list")
			return false
		}
		for i, e := range n.Content {
			if !s.fit(e, t.Elem(), fmt.Sprintf("%s[%d]", key, i)) {
				// Not left out, nor null, which is the same: the others keep their
				// numbers.
				n.Content[i] = &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Line: e.Line}
				if t.Elem().Kind() == reflect.Struct {
					n.Content[i] = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: e.Line}
				}
			}
		}
		return true
	}
	if n.Kind == yaml.ScalarNode && n.Decode(reflect.New(t).Interface()) == nil {
		return true
	}
	s.bad(n, key, wanted(t)+instead(n))
	return false
}

// fields is fit for a mapping.
func (s *shaper) fields(n *yaml.Node, t reflect.Type, key string) {
	known := map[string]reflect.Type{}
	members(t, known)
	if key != "" {
		key += "."
	}
	var kept []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		switch of, ok := known[k.Value]; {
		case k.ShortTag() == "!!merge":
			if v.Kind == yaml.MappingNode || v.Kind == yaml.AliasNode {
				s.fit(v, t, strings.TrimSuffix(key, "."))
			}
		case !ok:
			s.bad(k, key+fmt.Sprintf("%.60s", k.Value), "unknown key")
			continue
		case !s.fit(v, of, key+k.Value):
			continue
		}
		kept = append(kept, k, v)
	}
	n.Content = kept
}

// members are the fields of a struct by their keys.
func members(t reflect.Type, into map[string]reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		switch name, flags, _ := strings.Cut(f.Tag.Get("yaml"), ","); {
		case !f.IsExported() || name == "-":
		case flags == "inline":
			members(f.Type, into)
		case name == "":
			into[strings.ToLower(f.Name)] = f.Type
		default:
			into[name] = f.Type
		}
	}
}

func wanted(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[netip.Addr]():
		return "want an IP address such as 192.168.77.1"
	case reflect.TypeFor[netip.Prefix]():
		return "want a subnet such as 192.168.77.0/24"
	case reflect.TypeFor[time.Duration]():
		return "want a time such as 1h or 90s"
	}
	switch t.Kind() {
	case reflect.String:
		return "want a text"
	case reflect.Bool:
		return "want true or false"
	}
	return "want a number"
}

// instead shows what was there, if it can be shown. Secrets are texts, which are
// never wrong but when they are no scalars.
func instead(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode {
		return ""
	}
	return fmt.Sprintf(", not %.60q", n.Value)
}
