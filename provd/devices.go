package provd

import (
	"context"
	"iter"
	"slices"

	"provbox/provd/document"
	"provbox/provd/query"
)

// Scope says on whose behalf a use case runs: the request's tenant, and that
// one with every tenant below it. Documents outside Tenants do not exist for the
// caller.
type Scope struct {
	Tenant  string
	Tenants []string
}

// Has reports whether documents of a tenant exist for the caller.
func (s Scope) Has(tenant string) bool { return slices.Contains(s.Tenants, tenant) }

// sees reports whether a device is visible. One that appeared before the master
// tenant was known counts as the master's.
func (m *Manager) sees(s Scope, dev Device) bool {
	tenant := dev.Tenant()
	if tenant == "" {
		tenant = m.MasterTenant()
	}
	return s.Has(tenant)
}

// noSuchResource is the text that clients of wazo-provd know.
func noSuchResource() error { return Errorf(NotFound, "No such resource") }

// visible returns the device if it exists for the caller.
func (m *Manager) visible(tx Tx, id string, s Scope) (Device, error) {
	doc, err := tx.Devices().Get(id)
	if CodeOf(err) == NotFound {
		return Device{}, noSuchResource()
	}
	if err != nil {
		return Device{}, err
	}
	if dev := (Device{doc}); m.sees(s, dev) {
		return dev, nil
	}
	return Device{}, noSuchResource()
}

// Devices returns the devices of these tenants that match the query.
func (m *Manager) Devices(_ context.Context, q query.Query, tenants []string) ([]*document.Object, error) {
	scope := Scope{Tenants: tenants}
	return m.find(q, func(tx Tx, yield func(string, *document.Object) bool) {
		for id, doc := range m.devicesOf(tx, q, scope) {
			if m.sees(scope, Device{doc}) && !yield(id, doc) {
				return
			}
		}
	})
}

// devicesOf iterates over the devices that a query of these tenants may match.
func (m *Manager) devicesOf(tx Tx, q query.Query, s Scope) iter.Seq2[string, *document.Object] {
	// Devices without a tenant are the master's, and are not in its index.
	if q.Selector.Len() == 0 && len(s.Tenants) == 1 && s.Tenants[0] != m.MasterTenant() {
		return tx.Devices().Find("tenant_uuid", s.Tenants[0])
	}
	return candidates(tx.Devices(), q, deviceIndexes[:])
}

// find applies a query to the documents that list yields.
func (m *Manager) find(q query.Query, list func(Tx, func(string, *document.Object) bool)) (docs []*document.Object, err error) {
	err = m.cfg.Store.View(func(tx Tx) error {
		docs, err = q.Apply(func(yield func(string, *document.Object) bool) { list(tx, yield) })
		if err != nil {
			return &Error{Code: Invalid, Message: err.Error()}
		}
		return nil
	})
	return docs, err
}

// Device returns one device.
func (m *Manager) Device(_ context.Context, id string, s Scope) (dev Device, err error) {
	err = m.cfg.Store.View(func(tx Tx) error {
		dev, err = m.visible(tx, id, s)
		return err
	})
	return dev, err
}

// CreateDevice stores a new device in the request's tenant and tries to
// configure it.
func (m *Manager) CreateDevice(ctx context.Context, dev Device, s Scope) (id string, err error) {
	dev.Set("tenant_uuid", s.Tenant)
	err = m.Change(ctx, func(c *Change) error {
		id, err = c.InsertDevice(dev)
		return err
	})
	return id, err
}

// UpdateDevice replaces a device (spec/rest.md section 5.4). One that is new
// goes to the request's tenant. One that has a tenant keeps it, unless the
// document names another that the caller may act for, or gives the device back
// to the master tenant.
func (m *Manager) UpdateDevice(ctx context.Context, id string, dev Device, s Scope) error {
	dev.Set("id", id)
	return m.Change(ctx, func(c *Change) error {
		doc, err := c.Devices().Get(id)
		if err != nil {
			return noSuchResource()
		}
		old := Device{doc}
		given, _ := dev.Get("tenant_uuid")
		switch tenant := dev.Tenant(); {
		case old.IsNew():
			dev.Set("tenant_uuid", s.Tenant)
		case !m.sees(s, old):
			return noSuchResource()
		case given != nil && !isText(given):
			return Errorf(Invalid, "tenant_uuid: want a string")
		case tenant == "":
			dev.Set("tenant_uuid", old.Tenant())
		case tenant != old.Tenant() && tenant != m.MasterTenant() && !slices.Contains(s.Tenants, tenant):
			return Errorf(Invalid, "tenant_uuid %s is not a tenant this token may act for", quote(tenant))
		}
		_, err = c.UpdateDevice(dev)
		return err
	})
}

// DeleteDevice removes a device with its files, and its config when that was
// transient.
func (m *Manager) DeleteDevice(ctx context.Context, id string, s Scope) error {
	return m.Change(ctx, func(c *Change) error {
		if _, err := m.visible(c, id, s); err != nil {
			return err
		}
		return c.DeleteDevice(id)
	})
}

// Reconfigure renders the device's files again. A device that does not exist is
// Invalid here, which is what wazo-provd answers (spec/rest.md section 5.7).
func (m *Manager) Reconfigure(ctx context.Context, id string, s Scope) error {
	err := m.cfg.Store.View(func(tx Tx) error {
		doc, err := tx.Devices().Get(id)
		if err != nil {
			return Errorf(Invalid, "invalid device ID %q", id)
		}
		if !m.sees(s, Device{doc}) {
			return Errorf(Invalid, "Tenant invalid for device")
		}
		return nil
	})
	if err != nil {
		return err
	}
	m.render(context.WithoutCancel(ctx), id)
	m.storeOutcomes()
	return nil
}
