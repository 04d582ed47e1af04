package rest

import (
	"fmt"
	"strings"

	"provbox/provd/document"
)

// yaml writes a document of objects, lists, texts and scalars as YAML. Texts are
// written as JSON writes them, which YAML 1.2 reads alike.
func yaml(d *document.Object) (string, error) {
	var b strings.Builder
	if err := yamlObject(&b, d, ""); err != nil {
		return "", err
	}
	return b.String(), nil
}

func yamlObject(b *strings.Builder, o *document.Object, indent string) error {
	for key, v := range o.All() {
		name, err := document.Encode(key)
		if err != nil {
			return fmt.Errorf("write YAML: %w", err)
		}
		b.WriteString(indent + string(name) + ":")
		if err := yamlValue(b, v, indent); err != nil {
			return err
		}
	}
	return nil
}

// yamlValue writes what stands after "key:" or "-".
func yamlValue(b *strings.Builder, v any, indent string) error {
	switch v := v.(type) {
	case *document.Object:
		if v.Len() > 0 {
			b.WriteString("\n")
			return yamlObject(b, v, indent+"  ")
		}
	case []any:
		if len(v) > 0 {
			b.WriteString("\n")
			for _, e := range v {
				b.WriteString(indent + "  -")
				if err := yamlValue(b, e, indent+"  "); err != nil {
					return err
				}
			}
			return nil
		}
	}
	text, err := document.Encode(v)
	if err != nil {
		return fmt.Errorf("write YAML: %w", err)
	}
	b.WriteString(" " + string(text) + "\n")
	return nil
}
