package rest

import (
	"net/http"

	"provbox/provd"
	"provbox/provd/document"
)

func (c *call) listParams() error {
	params, err := c.cfg.Params.Params(c.r.Context(), c.tenant)
	if err != nil {
		return err
	}
	list := make([]any, len(params))
	for i, p := range params {
		list[i] = document.New("id", p.ID, "description", p.Description, "value", p.Value,
			"links", links("srv.configure.param", location("/0.2/configure", p.ID)))
	}
	return c.json(http.StatusOK, "params", list)
}

func (c *call) getParam() error {
	p, err := c.cfg.Params.Param(c.r.Context(), c.tenant, c.params["param_id"])
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, "param", document.New("value", p.Value))
}

func (c *call) putParam() error {
	body, _ := c.body.(*document.Object)
	param := body.Object("param")
	value, ok := param.Get("value")
	if !ok {
		return provd.Errorf(provd.Invalid, "Wrong information in entity")
	}
	if err := c.cfg.Params.SetParam(c.r.Context(), c.tenant, c.params["param_id"], value); err != nil {
		return err
	}
	return c.noContent()
}
