package provd

import (
	"context"

	"provbox/provd/document"
	"provbox/provd/query"
)

// Configs returns the config documents that match the query, of all tenants.
func (m *Manager) Configs(_ context.Context, q query.Query) ([]*document.Object, error) {
	return m.find(q, func(tx Tx, yield func(string, *document.Object) bool) {
		for id, doc := range candidates(tx.Configs(), q, configIndexes[:]) {
			if !yield(id, doc) {
				return
			}
		}
	})
}

// Config returns one config document as it was stored.
func (m *Manager) Config(_ context.Context, id string) (doc *document.Object, err error) {
	err = m.cfg.Store.View(func(tx Tx) error {
		doc, err = getConfig(tx, id)
		return err
	})
	return doc, err
}

func getConfig(tx Tx, id string) (*document.Object, error) {
	doc, err := tx.Configs().Get(id)
	if CodeOf(err) == NotFound {
		return nil, noSuchResource()
	}
	return doc, err
}

// RawConfig returns a config's raw_config merged over its parents' and the base
// raw config, without the defaults that plugins get.
func (m *Manager) RawConfig(_ context.Context, id string) (raw *document.Object, err error) {
	err = m.cfg.Store.View(func(tx Tx) error {
		if _, err := getConfig(tx, id); err != nil {
			return err
		}
		raw, err = flatten(tx, m.cfg.BaseRawConfig, id)
		return err
	})
	return raw, err
}

// CreateConfig stores a new config document and configures the devices that
// were waiting for it.
func (m *Manager) CreateConfig(ctx context.Context, doc *document.Object) (id string, err error) {
	err = m.Change(ctx, func(c *Change) error {
		id, err = c.InsertConfig(doc)
		return err
	})
	return id, err
}

// UpdateConfig replaces a config document and configures every device that
// inherits from it.
func (m *Manager) UpdateConfig(ctx context.Context, id string, doc *document.Object) error {
	doc.Set("id", id)
	return m.Change(ctx, func(c *Change) error {
		if _, err := getConfig(c, id); err != nil {
			return err
		}
		_, err := c.UpdateConfig(doc)
		return err
	})
}

// DeleteConfig removes a config document and configures every device that
// inherited from it.
func (m *Manager) DeleteConfig(ctx context.Context, id string) error {
	return m.Change(ctx, func(c *Change) error {
		if _, err := getConfig(c, id); err != nil {
			return err
		}
		return c.DeleteConfig(id)
	})
}

// Autocreate stores a new transient config for a phone that nobody assigned yet
// and returns its id.
func (m *Manager) Autocreate(ctx context.Context) (id string, err error) {
	err = m.Change(ctx, func(c *Change) error {
		id, err = c.Autocreate()
		return err
	})
	return id, err
}
