package rawconfig

import (
	"encoding/json"
	"fmt"
	"strings"

	"provbox/provd/document"
)

// maxProblems bounds the problems that one error lists; a document of a
// megabyte can have very many.
const maxProblems = 50

// maxQuoted bounds how much of a client's value an error repeats, in bytes.
const maxQuoted = 80

// problems collects what is wrong with a document, in pydantic's form.
type problems struct {
	path  []string // of the value that is looked at
	lines []string
	count int
}

// What can be wrong with one value; the text and type of pydantic 1.
const (
	errString   = "str type expected (type=type_error.str)"
	errInteger  = "value is not a valid integer (type=type_error.integer)"
	errBool     = "value could not be parsed to a boolean (type=type_error.bool)"
	errDict     = "value is not a valid dict (type=type_error.dict)"
	errList     = "value is not a valid list (type=type_error.list)"
	errNone     = "none is not an allowed value (type=type_error.none.not_allowed)"
	errRequired = "field required (type=value_error.missing)"
)

// addAt reports what is wrong with a member of the value.
func (p *problems) addAt(name, text string) {
	p.path = append(p.path, name)
	p.add(text)
	p.path = p.path[:len(p.path)-1]
}

// add reports what is wrong with the value.
func (p *problems) add(text string) {
	p.count++
	if p.count > maxProblems {
		return
	}
	where := make([]string, len(p.path))
	for i, name := range p.path {
		where[i] = clip(name)
	}
	p.lines = append(p.lines, strings.Join(where, " -> ")+"\n  "+text)
}

// addValue reports a value of the wrong type; null has a text of its own.
func (p *problems) addValue(v any, text string) {
	if v == nil {
		text = errNone
	}
	p.add(text)
}

// err returns the collected problems as one error, nil if there are none.
func (p *problems) err(model string) error {
	if p.count == 0 {
		return nil
	}
	s := "s"
	if p.count == 1 {
		s = ""
	}
	text := fmt.Sprintf("%d validation error%s for %s\n%s", p.count, s, model, strings.Join(p.lines, "\n"))
	if more := p.count - len(p.lines); more > 0 {
		text += fmt.Sprintf("\nand %d more", more)
	}
	return &Error{text: text}
}

func clip(s string) string {
	if len(s) > maxQuoted {
		return strings.ToValidUTF8(s[:maxQuoted], "") + "…"
	}
	return s
}

// repr shows text as Python does, in single quotes. The caller bounds it.
func repr(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(s) + "'"
}

// className is the name of a value's Python type, which some texts give.
func className(v any) string {
	switch v := v.(type) {
	case nil:
		return "NoneType"
	case bool:
		return "bool"
	case string:
		return "str"
	case json.Number:
		if strings.ContainsAny(string(v), ".eE") {
			return "float"
		}
		return "int"
	case []any:
		return "list"
	case *document.Object:
		return "dict"
	}
	return "int"
}
