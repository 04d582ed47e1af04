package rest

import (
	"maps"
	"net/http"
	"slices"

	"provbox/provd"
	"provbox/provd/document"
)

// templatesPath is the path of a package's templates.
const templatesPath = "/pg_mgr/plugins/{package_id}/templates"

// templateRows are our own: an appliance has no shell to put templates with. A slash
// in a template's name is encoded in the path. The id is not called plugin_id, which
// is only for plugins that are loaded: a template may be why one is not.
func templateRows() []row {
	const path, acl = templatesPath, "provd.pg_mgr.plugins.{package_id}.templates"
	return []row{
		{http.MethodGet, path, acl + ".read", (*call).listTemplates},
		{http.MethodGet, path + "/{template}", acl + ".{template}.read", (*call).getTemplate},
		{http.MethodPut, path + "/{template}", acl + ".{template}.update", (*call).putTemplate},
		{http.MethodDelete, path + "/{template}", acl + ".{template}.delete", (*call).deleteTemplate},
	}
}

func (c *call) listTemplates() error {
	list, err := c.cfg.Templates.Templates(c.r.Context(), c.params["package_id"])
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, "templates", objects(list))
}

func (c *call) getTemplate() error {
	doc, err := c.cfg.Templates.Template(c.r.Context(), c.params["package_id"], c.params["template"])
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, "template", doc)
}

func (c *call) putTemplate() error {
	doc, err := c.object("template")
	if err != nil {
		return err
	}
	v, _ := doc.Get("content")
	content, ok := v.(string)
	if !ok {
		return provd.Errorf(provd.Invalid, `the body must be {"template": {"content": "…"}}`)
	}
	if err := c.cfg.Templates.SetTemplate(c.background(), c.params["package_id"], c.params["template"], content); err != nil {
		return err
	}
	return c.noContent()
}

func (c *call) deleteTemplate() error {
	if err := c.cfg.Templates.DeleteTemplate(c.background(), c.params["package_id"], c.params["template"]); err != nil {
		return err
	}
	return c.noContent()
}

// failedPlugins is why packages could not be loaded, as a member of a document that
// is wazo-provd's.
func (c *call) failedPlugins() *document.Object {
	failed := document.New()
	reasons := c.cfg.Plugins.Failed()
	for _, id := range slices.Sorted(maps.Keys(reasons)) {
		failed.Set(id, document.New("error", reasons[id]))
	}
	return failed
}
