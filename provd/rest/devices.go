package rest

import (
	"net/http"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/query"
)

func (c *call) listDevices() error {
	// Whose devices are seen is the caller's tenant alone: clients know that a
	// selector's tenant_uuid counts for nothing.
	q, err := c.query("tenant_uuid")
	if err != nil {
		return err
	}
	scope := c.own()
	if recurse := c.r.URL.Query().Get("recurse"); recurse == "true" || recurse == "True" {
		if scope, err = c.scope(); err != nil {
			return err
		}
	}
	docs, err := c.cfg.Devices.Devices(c.r.Context(), q, scope.Tenants)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, "devices", objects(docs))
}

// query reads what a list is asked for (spec/rest.md section 9), without some
// members of the selector.
func (c *call) query(without ...string) (query.Query, error) {
	q, err := query.Parse(c.r.URL.Query(), without...)
	if err != nil {
		return q, &provd.Error{Code: provd.Invalid, Message: err.Error()}
	}
	return q, nil
}

func (c *call) createDevice() error {
	doc, err := c.object("device")
	if err != nil {
		return err
	}
	if v, ok := doc.Get("id"); ok && v == nil {
		doc.Delete("id")
	}
	id, err := c.cfg.Devices.CreateDevice(c.r.Context(), provd.Device{Object: doc}, c.own())
	if err != nil {
		return err
	}
	return c.created("/0.2/dev_mgr/devices", id)
}

func (c *call) getDevice() error {
	scope, err := c.scope()
	if err != nil {
		return err
	}
	dev, err := c.cfg.Devices.Device(c.r.Context(), c.params["device_id"], scope)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, "device", dev.Object)
}

func (c *call) putDevice() error {
	doc, err := c.object("device")
	if err != nil {
		return err
	}
	scope, err := c.scope()
	if err != nil {
		return err
	}
	if err := c.cfg.Devices.UpdateDevice(c.r.Context(), c.params["device_id"], provd.Device{Object: doc}, scope); err != nil {
		return err
	}
	return c.noContent()
}

func (c *call) deleteDevice() error {
	scope, err := c.scope()
	if err != nil {
		return err
	}
	if err := c.cfg.Devices.DeleteDevice(c.r.Context(), c.params["device_id"], scope); err != nil {
		return err
	}
	return c.noContent()
}

// id reads the body {"id": …} of an action.
func (c *call) id() (string, error) {
	body, _ := c.body.(*document.Object)
	id, ok := body.Get("id")
	text, isText := id.(string)
	switch {
	case !ok:
		return "", provd.Errorf(provd.Invalid, `Missing "id" key`)
	case !isText:
		return "", provd.Errorf(provd.Invalid, `"id" must be a string`)
	}
	return text, nil
}

func (c *call) synchronize() error {
	id, err := c.id()
	if err != nil {
		return err
	}
	scope, err := c.scope()
	if err != nil {
		return err
	}
	op, err := c.cfg.Devices.Synchronize(c.background(), id, scope)
	if err != nil {
		return err
	}
	return c.started("/0.2/dev_mgr/synchronize", op)
}

func (c *call) reconfigure() error {
	id, err := c.id()
	if err != nil {
		return err
	}
	scope, err := c.scope()
	if err != nil {
		return err
	}
	if err := c.cfg.Devices.Reconfigure(c.r.Context(), id, scope); err != nil {
		return err
	}
	return c.noContent()
}
