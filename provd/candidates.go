package provd

import (
	"iter"

	"provbox/provd/document"
	"provbox/provd/query"
)

// Indexed members that a selector may name, the most telling first.
var (
	deviceIndexes = [...]string{"mac", "sn", "uuid", "ip", "config", "plugin"}
	configIndexes = [...]string{"role", "X_type"}
)

// candidates iterates over the documents that a query may match, in the order of
// the ids: those that an index or the id names when the selector asks for one
// value of it, else all. What a list costs then follows from what it finds, not
// from how much is stored.
func candidates(c Collection, q query.Query, indexes []string) iter.Seq2[string, *document.Object] {
	if id, ok := q.Exact("id"); ok {
		return func(yield func(string, *document.Object) bool) {
			if doc, err := c.Get(id); err == nil {
				yield(id, doc)
			}
		}
	}
	for _, member := range indexes {
		if value, ok := q.Exact(member); ok {
			return c.Find(member, value)
		}
	}
	return c.All()
}
