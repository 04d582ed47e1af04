package provd

import (
	"context"
	"log/slog"
	"maps"
	"slices"

	"provbox/provd/document"
)

// Tenants returns the tenants that have devices or settings here, sorted. Devices
// that have no tenant yet do not count.
func (m *Manager) Tenants() (list []string, err error) {
	err = m.cfg.Store.View(func(tx Tx) error {
		list = tenantsHere(tx)
		return nil
	})
	return list, err
}

func tenantsHere(tx Tx) []string {
	found := make(map[string]bool)
	for _, doc := range tx.Devices().All() {
		found[Device{doc}.Tenant()] = true
	}
	for tenant := range tenants(tx).All() {
		found[tenant] = true
	}
	delete(found, "")
	return slices.Sorted(maps.Keys(found))
}

// FormerTenants returns the tenants that were here when the box was last pointed at
// another stack. That the new stack does not know them is no sign that they were
// deleted.
func (m *Manager) FormerTenants() (list []string, err error) {
	err = m.cfg.Store.View(func(tx Tx) error {
		former, _ := stored(tx, formerParam).([]any)
		for _, v := range former {
			if tenant, ok := v.(string); ok {
				list = append(list, tenant)
			}
		}
		return nil
	})
	return list, err
}

// DeleteTenant removes what belongs to a tenant that does not exist any more:
// its devices with their files, and its provisioning key (spec/wazo-link.md
// section 4). The master tenant is an *Error with Denied. It returns how many
// devices there were.
func (m *Manager) DeleteTenant(ctx context.Context, tenant string) (devices int, err error) {
	if tenant == "" || tenant == m.MasterTenant() {
		return 0, Errorf(Denied, "the devices of the master tenant are not deleted")
	}
	var removed []Device
	err = m.Change(ctx, func(c *Change) error {
		for id, doc := range c.Devices().Find("tenant_uuid", tenant) {
			if err := c.DeleteDevice(id); err != nil {
				return err
			}
			removed = append(removed, Device{doc})
		}
		all := tenants(c)
		if !all.Has(tenant) {
			return nil
		}
		all.Delete(tenant)
		return c.Params().Put(tenantParams, document.New("value", all))
	})
	if err != nil {
		return 0, err
	}
	for _, dev := range removed {
		m.events.Record(Event{
			Device: dev.ID(), MAC: dev.MAC(), IP: dev.IP(), Topic: "config",
			Text: "deleted: its tenant does not exist any more", Attrs: []slog.Attr{slog.String("tenant", tenant)},
		})
	}
	return len(removed), nil
}
