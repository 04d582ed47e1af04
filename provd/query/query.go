// Package query selects documents as the REST API's list requests ask for:
// selectors, projection, order, skip and limit (spec/rest.md section 9).
//
// It is pure: a Query is a value, and applying it never changes a document.
// What a client can make it spend is bounded: a selector is at most
// MaxSelector bytes of JSON, has at most MaxConditions conditions, and walks a
// document no deeper than document.MaxDepth.
//
// Where the original answers 500 this package returns an error that says what
// is wrong with the query; sorting happens before projection and works
// together with a limit.
package query

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"provbox/provd/document"
)

// Query says which documents are wanted, in which order and in which form. The
// zero value is all of them as they are. A Query must not be changed while
// another goroutine uses it.
type Query struct {
	// Selector is what a document must match; nil or empty matches all.
	Selector *document.Object
	// Fields are the dotted paths of the members wanted besides "id"; nil is
	// the whole document, an empty slice only the id.
	Fields []string
	// Skip is how many of the matching documents are left out at the start.
	Skip int
	// Limit is how many documents are wanted at most; 0 is all, a negative
	// number none.
	Limit int
	// Sort is the dotted path of the member to sort by; "" keeps the order of
	// the collection. Values are compared as text, a missing one as "".
	Sort string
	// Desc turns the order round; equal ones keep their order.
	Desc bool
}

// Apply returns the documents that match, sorted, then skipped and limited,
// then projected. The results share nested values with docs. The error is
// about the selector and meant for the client.
func (q Query) Apply(docs iter.Seq2[string, *document.Object]) ([]*document.Object, error) {
	m, err := compile(q.Selector)
	if err != nil {
		return nil, err
	}
	found := []*document.Object{}
	if q.Limit < 0 {
		return found, nil
	}
	skip := max(q.Skip, 0)
	// Without an order the wanted ones are the first that match.
	enough := -1
	if q.Sort == "" && q.Limit > 0 {
		enough = q.Limit
	}
	skipped := 0
	for _, d := range docs {
		if !m.match(d) {
			continue
		}
		if q.Sort == "" && skipped < skip {
			skipped++
			continue
		}
		found = append(found, d)
		if len(found) == enough {
			break
		}
	}
	if q.Sort != "" {
		q.sort(found)
		found = found[min(skip, len(found)):]
		if q.Limit > 0 {
			found = found[:min(q.Limit, len(found))]
		}
	}
	if q.Fields != nil {
		for i, d := range found {
			found[i] = q.project(d)
		}
	}
	return found, nil
}

// Match reports whether one document matches the selector. The error is about
// the selector and meant for the client.
func (q Query) Match(doc *document.Object) (bool, error) {
	m, err := compile(q.Selector)
	if err != nil {
		return false, err
	}
	return m.match(doc), nil
}

// Exact returns the text that a top-level member must equal for a document to
// match, if the selector says so in the simplest form. A caller with an index
// on that member can use it to find candidates, and must still Match them.
func (q Query) Exact(member string) (string, bool) {
	if strings.Contains(member, ".") {
		return "", false
	}
	v, _ := q.Selector.Get(member)
	s, ok := v.(string)
	return s, ok
}

func (q Query) sort(docs []*document.Object) {
	type keyed struct {
		key string
		doc *document.Object
	}
	path := strings.Split(q.Sort, ".")
	all := make([]keyed, len(docs))
	for i, d := range docs {
		all[i] = keyed{sortKey(d, path), d}
	}
	slices.SortStableFunc(all, func(a, b keyed) int {
		if q.Desc {
			a, b = b, a
		}
		return cmp.Compare(a.key, b.key)
	})
	for i := range all {
		docs[i] = all[i].doc
	}
}

// sortKey is the text of the first value at the path.
func sortKey(d *document.Object, path []string) string {
	for v := range values(d, path) {
		switch v := v.(type) {
		case nil:
			return ""
		case string:
			return v
		case bool:
			// Python's spelling, which is the order clients know.
			if v {
				return "True"
			}
			return "False"
		default:
			// A document that was decoded encodes.
			b, _ := document.Encode(v)
			return string(b)
		}
	}
	return ""
}

func (q Query) project(d *document.Object) *document.Object {
	out := document.New()
	if id, ok := d.Get("id"); ok {
		out.Set("id", id)
	}
	for _, f := range q.Fields {
		path := strings.Split(f, ".")
		v, ok := member(d, path)
		if !ok {
			continue
		}
		into := out
		for _, name := range path[:len(path)-1] {
			next := into.Object(name)
			if next == nil {
				next = document.New()
			} else {
				// What an earlier field put here belongs to the document.
				next = shallow(next)
			}
			into.Set(name, next)
			into = next
		}
		into.Set(path[len(path)-1], v)
	}
	return out
}

// member descends objects only, as a projection does.
func member(d *document.Object, path []string) (any, bool) {
	for _, name := range path[:len(path)-1] {
		if d = d.Object(name); d == nil {
			return nil, false
		}
	}
	return d.Get(path[len(path)-1])
}

func shallow(o *document.Object) *document.Object {
	c := document.New()
	for k, v := range o.All() {
		c.Set(k, v)
	}
	return c
}
