package rest

import (
	"context"
	"net/http"

	"provbox/provd"
)

// installRows are the routes that install packages (spec/rest.md sections 4 and
// 11).
func installRows() []row {
	const get, post, del = http.MethodGet, http.MethodPost, http.MethodDelete
	rows := []row{
		{get, "/pg_mgr/install", "provd.pg_mgr.install.read", (*call).installLinks},
		{post, "/pg_mgr/install/install", "provd.pg_mgr.install.install.create", (*call).installPlugin},
		{post, "/pg_mgr/install/upgrade", "provd.pg_mgr.install.upgrade.create", (*call).upgradePlugin},
		{post, "/pg_mgr/install/uninstall", "provd.pg_mgr.install.uninstall.create", (*call).uninstallPlugin},
		{post, "/pg_mgr/install/update", "provd.pg_mgr.install.update.create", (*call).updatePlugins},
		{get, "/pg_mgr/install/installed", "provd.pg_mgr.install.installed.read", (*call).installedPlugins},
		{get, "/pg_mgr/install/installable", "provd.pg_mgr.install.installable.read", (*call).installablePlugins},
	}
	for _, started := range []string{"install", "upgrade", "update"} {
		path := "/pg_mgr/install/" + started + "/{oip}"
		rows = append(rows,
			row{get, path, "provd.operation.read", (*call).getOperation},
			row{del, path, "provd.operation.delete", (*call).deleteOperation})
	}
	return rows
}

func (c *call) installLinks() error {
	const base = "/0.2/pg_mgr/install/"
	return c.json(http.StatusOK, "links", links(
		"srv.install.install", base+"install", "srv.install.uninstall", base+"uninstall",
		"srv.install.installed", base+"installed", "srv.install.installable", base+"installable",
		"srv.install.upgrade", base+"upgrade", "srv.install.update", base+"update",
	))
}

func (c *call) installPlugin() error {
	return c.begin("install", c.cfg.Installer.Install)
}

func (c *call) upgradePlugin() error {
	return c.begin("upgrade", c.cfg.Installer.Upgrade)
}

// begin starts an operation on the plugin that the body names.
func (c *call) begin(collection string, start func(context.Context, string) (*provd.Operation, error)) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	op, err := start(c.background(), id)
	if err != nil {
		return err
	}
	return c.started("/0.2/pg_mgr/install/"+collection, op)
}

func (c *call) uninstallPlugin() error {
	id, err := c.id()
	if err != nil {
		return err
	}
	if err := c.cfg.Installer.Uninstall(c.background(), id); err != nil {
		return err
	}
	return c.noContent()
}

func (c *call) updatePlugins() error {
	op, err := c.cfg.Installer.Update(c.background())
	if err != nil && provd.CodeOf(err) == provd.Denied {
		// Clients show this text, and know it by the 500.
		return &status{http.StatusInternalServerError, err.Error()}
	}
	if err != nil {
		return err
	}
	return c.started("/0.2/pg_mgr/install/update", op)
}

func (c *call) installedPlugins() error {
	all, err := c.cfg.Installer.Installed(c.r.Context())
	if err != nil {
		return err
	}
	for id, reason := range c.cfg.Plugins.Failed() {
		if info := all.Object(id); info != nil {
			info.Set("X_provbox_error", reason)
		}
	}
	return c.json(http.StatusOK, "pkgs", all)
}

func (c *call) installablePlugins() error {
	all, err := c.cfg.Installer.Installable(c.r.Context())
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, "pkgs", all)
}
