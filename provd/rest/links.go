package rest

import (
	"net/http"
	"net/url"

	"provbox/provd/document"
)

// location is the path of a resource below a collection.
func location(path, id string) string { return path + "/" + url.PathEscape(id) }

// link is one entry of a links document; pairs of relation and path.
func links(pairs ...string) []any {
	list := make([]any, 0, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		list = append(list, document.New("rel", pairs[i], "href", pairs[i+1]))
	}
	return list
}

func (c *call) root() error {
	return c.json(http.StatusOK, "links", links(
		"dev", "/0.2/dev_mgr", "cfg", "/0.2/cfg_mgr", "pg", "/0.2/pg_mgr",
		"status", "/0.2/status", "srv.configure", "/0.2/configure",
	))
}

func (c *call) devMgr() error {
	return c.json(http.StatusOK, "links", links(
		"dev.synchronize", "/0.2/dev_mgr/synchronize", "dev.reconfigure", "/0.2/dev_mgr/reconfigure",
		"dev.dhcpinfo", "/0.2/dev_mgr/dhcpinfo", "dev.devices", "/0.2/dev_mgr/devices",
	))
}

func (c *call) cfgMgr() error {
	return c.json(http.StatusOK, "links", links("cfg.configs", "/0.2/cfg_mgr/configs", "cfg.autocreate", "/0.2/cfg_mgr/autocreate"))
}

func (c *call) pgMgr() error {
	list := links("pg.plugins", "/0.2/pg_mgr/plugins", "pg.reload", "/0.2/pg_mgr/reload")
	if c.cfg.Installer != nil {
		list = append(links("srv.install", "/0.2/pg_mgr/install"), list...)
	}
	return c.json(http.StatusOK, "links", list)
}

// status tells whether the service works, as wazo-confd's wizard asks before it
// begins.
func (c *call) status() error {
	bus := "fail"
	if c.cfg.BusStatus != nil && c.cfg.BusStatus() {
		bus = "ok"
	}
	b, err := document.Encode(document.New("bus_consumer", document.New("status", bus), "rest_api", "ok"))
	if err != nil {
		return err
	}
	c.w.Header().Set("Content-Type", mediaType)
	_, _ = c.w.Write(b)
	return nil
}

func (c *call) listPlugins() error {
	all := document.New()
	for _, id := range c.cfg.Plugins.IDs() {
		all.Set(id, document.New("links", links("pg.plugin", location("/0.2/pg_mgr/plugins", id))))
	}
	answer := document.New("plugins", all)
	if failed := c.failedPlugins(); failed.Len() > 0 {
		answer.Set("X_provbox_failed", failed)
	}
	return c.answer(http.StatusOK, answer)
}

func (c *call) getPlugin() error {
	id := c.params["plugin_id"]
	list := links("pg.info", c.plugin()+"/info")
	if c.cfg.Services != nil {
		if _, ok := c.cfg.Services.Firmware(id); ok {
			list = append(list, links("srv.install", c.plugin()+"/install")...)
		}
		if _, ok := c.cfg.Services.Settings(id); ok {
			list = append(list, links("srv.configure", c.plugin()+"/configure")...)
		}
	}
	return c.json(http.StatusOK, "links", list)
}

func (c *call) pluginInfo() error {
	info, _ := c.cfg.Plugins.Info(c.params["plugin_id"])
	return c.json(http.StatusOK, "plugin_info", info)
}

func (c *call) reloadPlugin() error {
	id, err := c.id()
	if err != nil {
		return err
	}
	if err := c.cfg.Plugins.Reload(c.r.Context(), id); err != nil {
		return err
	}
	return c.noContent()
}
