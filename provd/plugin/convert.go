package plugin

import (
	"provbox/provd/document"
	"provbox/provd/python"
)

// fromDocument makes a dict of a document, an empty one of nil.
func (in *interpreter) fromDocument(doc *document.Object) (python.Value, error) {
	if doc == nil {
		return python.NewDict(0), nil
	}
	return in.names.FromGo(doc)
}

// toDocument makes an ordered object of the members of a dict.
func toDocument(members []python.Member) any {
	o := document.New()
	for _, m := range members {
		o.Set(m.Key, m.Value)
	}
	return o
}
