package query

import (
	"errors"
	"fmt"
	"iter"
	"strings"

	"provbox/provd/document"
)

// MaxConditions bounds the conditions of one selector. A client of wazo-provd
// uses a handful.
const MaxConditions = 64

// matcher is a compiled selector: all conditions must hold.
type matcher []condition

type condition struct {
	path []string
	// test is told every value at the path, and decides.
	test func(iter.Seq[any]) bool
}

func (m matcher) match(d *document.Object) bool {
	for _, c := range m {
		if !c.test(values(d, c.path)) {
			return false
		}
	}
	return true
}

// compile checks a selector and names everything that is wrong with it.
func compile(selector *document.Object) (matcher, error) {
	var (
		m        matcher
		problems []error
	)
	for key, cond := range selector.All() {
		path := strings.Split(key, ".")
		ops, ok := cond.(*document.Object)
		if !ok || !hasOperator(ops) {
			m = append(m, condition{path, anyOf(func(v any) bool { return document.Equal(v, cond) })})
			continue
		}
		for name, operand := range ops.All() {
			test, err := operator(name, operand)
			if err != nil {
				problems = append(problems, fmt.Errorf("selector: key %s: %w", clip(key), err))
				continue
			}
			m = append(m, condition{path, test})
		}
	}
	if len(m) > MaxConditions {
		problems = append(problems, fmt.Errorf("selector: %d conditions, at most %d are allowed", len(m), MaxConditions))
	}
	return m, errors.Join(problems...)
}

func hasOperator(o *document.Object) bool {
	for k := range o.All() {
		if strings.HasPrefix(k, "$") {
			return true
		}
	}
	return false
}

// operator returns the test of one operator (spec/rest.md section 9.1).
func operator(name string, operand any) (func(iter.Seq[any]) bool, error) {
	switch name {
	case "$in", "$nin":
		list, ok := operand.([]any)
		if !ok {
			return nil, fmt.Errorf("the operand of %s must be a list", name)
		}
		in := anyOf(func(v any) bool { return contains(list, v) })
		if name == "$in" {
			return in, nil
		}
		return func(vs iter.Seq[any]) bool { return !in(vs) }, nil
	case "$contains":
		return anyOf(func(v any) bool { return holds(v, operand) }), nil
	case "$gt", "$ge", "$lt", "$le":
		if document.Compare(operand, operand) != 0 {
			return nil, fmt.Errorf("the operand of %s must be a string or a number", name)
		}
		// A value that has no order with the operand, null included, does not
		// match: one odd document must not fail everybody's list.
		return anyOf(func(v any) bool { return ordered(name, document.Compare(v, operand)) }), nil
	case "$ne":
		return func(vs iter.Seq[any]) bool {
			return !anyOf(func(v any) bool { return document.Equal(v, operand) })(vs)
		}, nil
	case "$exists":
		want := document.Truthy(operand)
		return func(vs iter.Seq[any]) bool {
			return anyOf(func(any) bool { return true })(vs) == want
		}, nil
	}
	return nil, fmt.Errorf("unknown operator %s, want one of $in, $nin, $contains, $gt, $ge, $lt, $le, $ne, $exists", clip(name))
}

func ordered(op string, c int) bool {
	switch op {
	case "$gt":
		return c == 1
	case "$ge":
		return c == 1 || c == 0
	case "$lt":
		return c == -1
	default:
		return c == -1 || c == 0
	}
}

func anyOf(pred func(any) bool) func(iter.Seq[any]) bool {
	return func(vs iter.Seq[any]) bool {
		for v := range vs {
			if pred(v) {
				return true
			}
		}
		return false
	}
}

func contains(list []any, v any) bool {
	for _, e := range list {
		if document.Equal(e, v) {
			return true
		}
	}
	return false
}

// holds is Python's "operand in value": a substring, an element, or a key.
func holds(v, operand any) bool {
	switch v := v.(type) {
	case string:
		s, ok := operand.(string)
		return ok && strings.Contains(v, s)
	case []any:
		return contains(v, operand)
	case *document.Object:
		s, ok := operand.(string)
		return ok && v.Has(s)
	}
	return false
}

// values yields what a path leads to: objects are descended, and at the last
// segment every element of a list is tried, through nested lists. A list in
// the middle of a path ends it.
func values(v any, path []string) iter.Seq[any] {
	return func(yield func(any) bool) { walk(v, path, yield) }
}

func walk(v any, path []string, yield func(any) bool) bool {
	switch v := v.(type) {
	case *document.Object:
		next, ok := v.Get(path[0])
		switch {
		case !ok:
			return true
		case len(path) == 1:
			return yield(next)
		}
		return walk(next, path[1:], yield)
	case []any:
		if len(path) > 1 {
			return true
		}
		for _, e := range v {
			if !walk(e, path, yield) {
				return false
			}
		}
	}
	return true
}

// clip quotes a client's text for an error, cut to a length that suits one.
func clip(s string) string {
	const most = 60
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return fmt.Sprintf("%q", s)
}
