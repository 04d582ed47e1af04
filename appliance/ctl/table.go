package ctl

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"provbox/appliance/terminal"
	"provbox/provd/document"
)

// table is rows under a heading.
type table struct{ rows [][]string }

// newTable takes the heading; an empty one is not printed.
func newTable(heading ...string) *table {
	t := &table{}
	if strings.Join(heading, "") != "" {
		t.rows = append(t.rows, heading)
	}
	return t
}

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) print(w io.Writer) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range t.rows {
		cells := make([]string, len(row))
		for i, c := range row {
			cells[i] = terminal.Clean(c)
		}
		fmt.Fprintln(tw, strings.TrimRight(strings.Join(cells, "\t"), "\t"))
	}
	_ = tw.Flush() // a closed terminal is nobody's problem
}

// text shows a value in a cell.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return "-"
	case string:
		return v
	}
	b, err := document.Encode(v)
	if err != nil {
		return "?"
	}
	return string(b)
}

// printJSON prints a value indented, as it came. JSON has its control characters
// escaped.
func (s *session) printJSON(v any) error {
	b, err := document.Encode(v)
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, b, "", "  "); err != nil {
		return fmt.Errorf("indent: %w", err)
	}
	fmt.Fprintln(s.Stdout, out.String())
	return nil
}

// list takes the objects out of an answer.
func list(v any) []*document.Object {
	items, _ := v.([]any)
	var objects []*document.Object
	for _, item := range items {
		if o, ok := item.(*document.Object); ok {
			objects = append(objects, o)
		}
	}
	return objects
}
