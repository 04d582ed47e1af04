package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"provbox/provd/document"
)

// maxFile bounds a settings file, in bytes.
const maxFile = 1 << 20

// Problems are all the things that are wrong with a settings file, each with
// its key.
type Problems []string

func (p Problems) Error() string { return strings.Join(p, "\n") }

// Load reads and checks a settings file. Problems of its content are returned
// as Problems.
func Load(file string) (*Settings, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read settings %s: %w", file, err)
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("read settings %s: larger than %d bytes", file, maxFile)
	}
	return Parse(data)
}

// Parse is Load for the content of a file.
func Parse(data []byte) (*Settings, error) {
	s := Default()
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return nil, Problems{strings.TrimPrefix(err.Error(), "yaml: ")}
	}
	shape := shaper{lines: true}
	problems, err := decode(&root, &shape, "", s)
	if err != nil {
		return nil, err
	}
	if s.Bus.On() && s.Bus.Host == "" {
		s.Bus.Host = "localhost" // wazo-provd's default
	}
	problems = append(problems, s.readBase()...)
	problems = append(problems, s.readDHCP(data)...)
	problems = append(problems, slices.DeleteFunc(s.validate(), shape.said)...)
	if len(problems) > 0 {
		return nil, problems
	}
	return s, nil
}

// decode reads a document or a part of one, called key, into a pointer to a
// struct. What does not fit is left out and is among the problems.
func decode(n *yaml.Node, shape *shaper, key string, into any) (problems Problems, err error) {
	if n.Kind == 0 {
		return nil, nil // an empty file is all defaults
	}
	fits := shape.fit(n, reflect.TypeOf(into), key)
	problems = shape.problems
	if !fits {
		return problems, nil
	}
	var typeErrs *yaml.TypeError
	switch err := n.Decode(into); {
	case err == nil:
	case errors.As(err, &typeErrs):
		problems = append(problems, typeErrs.Errors...) // a key given twice
	default:
		return nil, Problems{strings.TrimPrefix(err.Error(), "yaml: ")}
	}
	return problems, nil
}

// readBase reads base_raw_config_file.
func (s *Settings) readBase() []string {
	file := s.General.BaseRawConfigFile
	if file == "" {
		return nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return []string{"general.base_raw_config_file: " + err.Error()}
	}
	o, err := document.Decode(data)
	if err != nil {
		return []string{fmt.Sprintf("general.base_raw_config_file: %s: %v", file, err)}
	}
	s.General.BaseRawConfig.Object = o
	return nil
}

// UnmarshalYAML reads a mapping with its order.
func (o *Object) UnmarshalYAML(n *yaml.Node) error {
	v, err := value(n, 0)
	if err != nil {
		return err
	}
	if v == nil {
		o.Object = document.New()
		return nil
	}
	obj, ok := v.(*document.Object)
	if !ok {
		return fmt.Errorf("line %d: want a mapping", n.Line)
	}
	o.Object = obj
	return nil
}

// value converts a YAML value to a document value.
func value(n *yaml.Node, depth int) (any, error) {
	if depth > document.MaxDepth {
		return nil, fmt.Errorf("line %d: nested deeper than %d levels", n.Line, document.MaxDepth)
	}
	switch n.Kind {
	case yaml.MappingNode:
		o := document.New()
		for i := 0; i+1 < len(n.Content); i += 2 {
			v, err := value(n.Content[i+1], depth+1)
			if err != nil {
				return nil, err
			}
			o.Set(n.Content[i].Value, v)
		}
		return o, nil
	case yaml.SequenceNode:
		l := []any{}
		for _, c := range n.Content {
			v, err := value(c, depth+1)
			if err != nil {
				return nil, err
			}
			l = append(l, v)
		}
		return l, nil
	case yaml.ScalarNode:
		return scalar(n)
	}
	return nil, fmt.Errorf("line %d: aliases are not supported here", n.Line)
}

func scalar(n *yaml.Node) (any, error) {
	var v any
	if err := n.Decode(&v); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case nil, bool, string:
		return v, nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("line %d: %s is not a number", n.Line, n.Value)
		}
	case int, int64, uint64:
	default:
		// A date, say: the text is what was meant.
		return n.Value, nil
	}
	if json.Valid([]byte(n.Value)) {
		// 82.10 is not 82.1 to everyone who reads it.
		return json.Number(n.Value), nil
	}
	b, err := json.Marshal(v)
	return json.Number(b), err
}
