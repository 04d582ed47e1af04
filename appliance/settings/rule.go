package settings

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"provbox/dhcp/option"
	"provbox/provd/document"
)

// maxRule bounds the text of one vendor rule, in bytes.
const maxRule = 16 << 10

// ReadRule reads one vendor rule, as an element of dhcp.rules has it, and returns
// it as a document. Everything that is wrong with it is returned as Problems. What
// it says of other rules is for ReadDHCP to check.
func ReadRule(source []byte) (*document.Object, error) {
	if len(source) > maxRule {
		return nil, Problems{fmt.Sprintf("the rule has %d bytes; at most %d are read", len(source), maxRule)}
	}
	var doc, more yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(source))
	switch err := d.Decode(&doc); {
	case errors.Is(err, io.EOF), err == nil && len(doc.Content) == 0:
		return nil, Problems{"the rule is empty"}
	case err != nil:
		return nil, Problems{strings.TrimPrefix(err.Error(), "yaml: ")}
	}
	switch err := d.Decode(&more); {
	case err == nil:
		return nil, Problems{"one rule at a time: there is a second document"}
	case !errors.Is(err, io.EOF):
		return nil, Problems{strings.TrimPrefix(err.Error(), "yaml: ")}
	}
	rule := doc.Content[0]
	if rule.Kind == yaml.SequenceNode {
		return nil, Problems{"one rule at a time, without the dash of a list"}
	}
	if rule.Kind != yaml.MappingNode {
		return nil, Problems{"expected a rule: name, match or oui, and set"}
	}
	if err := bare(rule); err != nil {
		return nil, Problems{err.Error()}
	}
	for i := 0; i < len(rule.Content); i += 2 {
		if rule.Content[i].Value == "classes" {
			return nil, Problems{"one rule at a time: name and match in the place of classes"}
		}
	}
	if _, err := option.ReadRules("", &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{rule}}); err != nil {
		list := problems(err)
		for i, p := range list {
			list[i] = strings.TrimPrefix(leading.ReplaceAllString(p, ""), ": ")
		}
		return nil, Problems(list)
	}
	digits(rule)
	v, err := value(rule, 0)
	if err != nil {
		return nil, Problems{err.Error()}
	}
	out, ok := v.(*document.Object)
	if !ok {
		return nil, Problems{"expected a rule: a mapping"}
	}
	return out, nil
}

// leading is what names the rule in a list of rules.
var leading = regexp.MustCompile(`^\[0\]( \([^\n]*?\): )?`)

// bare refuses what a document has no form for.
func bare(n *yaml.Node) error {
	switch {
	case n.Kind == yaml.AliasNode, n.Anchor != "":
		return fmt.Errorf("line %d: anchors and aliases are not supported", n.Line)
	case n.Style&yaml.TaggedStyle != 0:
		return fmt.Errorf("line %d: tags like %s are not supported", n.Line, n.Tag)
	}
	for _, c := range n.Content {
		if err := bare(c); err != nil {
			return err
		}
	}
	return nil
}

// asWritten makes texts of the numbers in rules and options that JSON does not
// write as they stand. Those are read digit for digit: the bytes 0010 are not the
// eight that YAML sees in them.
func asWritten(n *yaml.Node) {
	for i, c := range n.Content {
		if key := i - 1; n.Kind == yaml.MappingNode && i%2 == 1 && (n.Content[key].Value == "rules" || n.Content[key].Value == "options") {
			digits(c)
			continue
		}
		asWritten(c)
	}
}

func digits(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && (n.Tag == "!!int" || n.Tag == "!!float") && !json.Valid([]byte(n.Value)) {
		n.Tag = "!!str"
	}
	for _, c := range n.Content {
		digits(c)
	}
}
