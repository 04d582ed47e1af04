package provd

import (
	"provbox/provd/document"
)

// flatten merges a config over its ancestors and the base raw config
// (spec/rest.md section 8): depth first in the order of parent_ids, each
// document once, so that cycles and diamonds are harmless. Parents that do not
// exist are skipped. A config id that does not exist is an *Error with NotFound.
func flatten(tx Tx, base *document.Object, id string) (*document.Object, error) {
	doc, err := tx.Configs().Get(id)
	if err != nil {
		return nil, err
	}
	raw := base.Clone()
	merge(tx, raw, doc, map[string]struct{}{id: {}})
	return raw, nil
}

func merge(tx Tx, raw, doc *document.Object, seen map[string]struct{}) {
	for _, p := range doc.List("parent_ids") {
		parent, ok := p.(string)
		if !ok {
			continue
		}
		if _, ok := seen[parent]; ok {
			continue
		}
		seen[parent] = struct{}{}
		if pdoc, err := tx.Configs().Get(parent); err == nil {
			merge(tx, raw, pdoc, seen)
		}
	}
	raw.Merge(doc.Object("raw_config"))
}
