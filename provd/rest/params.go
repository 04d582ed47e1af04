package rest

import (
	"net/http"

	"provbox/provd"
	"provbox/provd/document"
)

func (c *call) listParams() error {
	list, err := c.cfg.Params.Params(c.r.Context(), c.tenant)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, "params", params(list, "/0.2/configure"))
}

// params is how parameters that are found below a path are listed.
func params(all []provd.Param, path string) []any {
	list := make([]any, len(all))
	for i, p := range all {
		list[i] = document.New("id", p.ID, "description", p.Description, "value", p.Value,
			"links", links("srv.configure.param", location(path, p.ID)))
	}
	return list
}

func (c *call) getParam() error {
	p, err := c.cfg.Params.Param(c.r.Context(), c.tenant, c.params["param_id"])
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, "param", document.New("value", p.Value))
}

func (c *call) putParam() error {
	value, err := c.value()
	if err != nil {
		return err
	}
	if err := c.cfg.Params.SetParam(c.r.Context(), c.tenant, c.params["param_id"], value); err != nil {
		return err
	}
	return c.noContent()
}

// value returns the value of a parameter that the body holds.
func (c *call) value() (any, error) {
	body, _ := c.body.(*document.Object)
	value, ok := body.Object("param").Get("value")
	if !ok {
		return nil, provd.Errorf(provd.Invalid, "Wrong information in entity")
	}
	return value, nil
}
