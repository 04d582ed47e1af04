package ruleform

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// fields reads what of a source has fields, and whether that was all. Name is read
// in either case.
func fields(source string) (f Form, ok bool) {
	f.Phone = true
	n := rule(source)
	if n == nil {
		return f, false
	}
	ok = true
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, v := n.Content[i].Value, n.Content[i+1]
		switch key {
		case "name":
			f.Name = v.Value
		case "vendor":
			f.Vendor = v.Value
		case "phone":
			f.Phone = v.Value != "false"
		case "match":
			ok = f.match(v) && ok
		case "oui":
			f.Match, f.Text = MAC, strings.Join(scalars(v), ", ")
		case "set":
			ok = f.sets(v) && ok
		default:
			ok = false
		}
	}
	return f, ok && f.Match != ""
}

// match reads a match that has fields.
func (f *Form) match(n *yaml.Node) bool {
	if n.Kind == yaml.ScalarNode {
		f.Match, f.Text = ClassIs, n.Value
		return true
	}
	if n.Kind != yaml.MappingNode {
		return false
	}
	if where := find(n, "option"); where != nil {
		is := find(n, "is")
		for match, option := range options {
			if is != nil && len(n.Content) == 4 && where.Value == option {
				f.Match, f.Text = match, is.Value
				return true
			}
		}
		return false
	}
	if len(n.Content) != 2 {
		return false
	}
	v := n.Content[1].Value
	switch n.Content[0].Value {
	case "starts":
		f.Match, f.Text = ClassStarts, v
	case "ends":
		f.Match, f.Text = ClassEnds, v
	case "absent":
		f.Match = NoClass
		return v == "true"
	default:
		return false
	}
	return true
}

func (f *Form) sets(n *yaml.Node) bool {
	if n.Kind != yaml.MappingNode {
		return false
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		s := Set{Option: n.Content[i].Value}
		v := n.Content[i+1]
		switch {
		case v.Kind == yaml.MappingNode && len(v.Content) == 2:
			s.Kind, s.Value = v.Content[0].Value, strings.Join(scalars(v.Content[1]), ", ")
			if s.Kind != IP && s.Kind != Hex && s.Kind != U8 && s.Kind != U16 && s.Kind != U32 {
				return false
			}
		case v.Kind != yaml.ScalarNode:
			return false
		case v.Tag == "!!null":
			s.Kind = Nothing
		case v.Tag == "!!bool" && v.Value == "true":
			s.Kind = Yes
		case v.Tag == "!!bool":
			s.Kind = No
		default:
			s.Kind, s.Value = Text, v.Value
		}
		f.Sets = append(f.Sets, s)
	}
	return true
}

// scalars are the texts of a list, or the one text that is there instead.
func scalars(n *yaml.Node) []string {
	if n.Kind != yaml.SequenceNode {
		return []string{n.Value}
	}
	var all []string
	for _, c := range n.Content {
		all = append(all, c.Value)
	}
	return all
}
