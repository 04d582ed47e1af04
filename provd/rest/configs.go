package rest

import (
	"errors"
	"net/http"

	"provbox/provd"
)

func (c *call) listConfigs() error {
	q, err := c.query()
	if err != nil {
		return err
	}
	docs, err := c.cfg.Configs.Configs(c.r.Context(), q)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, "configs", objects(docs))
}

func (c *call) createConfig() error {
	doc, err := c.object("config")
	if err != nil {
		return err
	}
	if v, ok := doc.Get("id"); ok && v == nil {
		doc.Delete("id")
	}
	id, err := c.cfg.Configs.CreateConfig(c.r.Context(), doc)
	if err != nil {
		return err
	}
	return c.created("/0.2/cfg_mgr/configs", id)
}

func (c *call) getConfig() error {
	doc, err := c.cfg.Configs.Config(c.r.Context(), c.params["config_id"])
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, "config", doc)
}

func (c *call) putConfig() error {
	doc, err := c.object("config")
	if err != nil {
		return err
	}
	if err := c.cfg.Configs.UpdateConfig(c.r.Context(), c.params["config_id"], doc); err != nil {
		return err
	}
	return c.noContent()
}

func (c *call) deleteConfig() error {
	if err := c.cfg.Configs.DeleteConfig(c.r.Context(), c.params["config_id"]); err != nil {
		return err
	}
	return c.noContent()
}

func (c *call) getRawConfig() error {
	raw, err := c.cfg.Configs.RawConfig(c.r.Context(), c.params["config_id"])
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, "raw_config", raw)
}

// autocreate answers with a Location under autocreate, which no route serves:
// clients only read the id (spec/rest.md section 6.2).
func (c *call) autocreate() error {
	id, err := c.cfg.Configs.Autocreate(c.r.Context())
	if err != nil {
		var domain *provd.Error
		if errors.As(err, &domain) {
			return invalid(err, domain.Message) // wazo-provd never answered here
		}
		return err
	}
	return c.created("/0.2/cfg_mgr/autocreate", id)
}
