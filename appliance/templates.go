package appliance

import (
	"context"
	"strings"

	"provbox/provd/document"
	"provbox/provd/plugin"
)

// restTemplates shows the templates of plugins over REST.
type restTemplates struct{ app *App }

func (r restTemplates) Templates(_ context.Context, id string) ([]*document.Object, error) {
	list, err := r.app.plugins.Templates(id)
	if err != nil {
		return nil, err
	}
	docs := make([]*document.Object, len(list))
	for i, t := range list {
		docs[i] = templateDocument(t)
	}
	return docs, nil
}

func templateDocument(t plugin.Template) *document.Object {
	return document.New("name", t.Name, "custom", t.Custom, "packaged", t.Packaged, "changed", t.Changed, "size", document.Number(int(t.Size)))
}

func (r restTemplates) Template(_ context.Context, id, name string) (*document.Object, error) {
	t, source, original, err := r.app.plugins.Template(id, name)
	if err != nil {
		return nil, err
	}
	doc := templateDocument(t)
	doc.Set("content", strings.ToValidUTF8(string(source), "\ufffd"))
	if original != nil {
		doc.Set("original", strings.ToValidUTF8(string(original), "\ufffd"))
	}
	return doc, nil
}

func (r restTemplates) SetTemplate(ctx context.Context, id, name, content string) error {
	if err := r.app.plugins.SetTemplate(ctx, id, name, []byte(content)); err != nil {
		return err
	}
	return r.app.pluginChanged(ctx, id)
}

func (r restTemplates) DeleteTemplate(ctx context.Context, id, name string) error {
	if err := r.app.plugins.DeleteTemplate(ctx, id, name); err != nil {
		return err
	}
	return r.app.pluginChanged(ctx, id)
}
