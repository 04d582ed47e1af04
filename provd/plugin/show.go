package plugin

import (
	"context"
	"maps"
	"slices"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/plugin/host"
)

// Show returns the files that Configure would write, in the order of their names,
// each with the template it comes from, and keeps nothing. It implements
// provd.Shower.
func (p *Plugin) Show(ctx context.Context, dev provd.Device, raw *document.Object) ([]provd.File, error) {
	files := p.files.Scratch(p.cfg.Limits.CallFiles, p.cfg.Limits.CallBytes)
	templates := make(map[string]string)
	err := p.configureWith(ctx, call{files: files, device: dev, dumped: func(name, template string) { templates[name] = template }}, dev, raw)
	if err != nil {
		return nil, err
	}
	shown := served(files.Files())
	list := make([]provd.File, 0, len(shown))
	for _, name := range slices.Sorted(maps.Keys(shown)) {
		f := provd.File{Name: name, Content: shown[name]}
		if t := templates[host.TFTPBoot+"/"+name]; t != "" {
			f.Template = t
			_, err := p.files.Open(host.CustomTemplateDir + "/" + t)
			f.Custom = err == nil
		}
		// A package that cannot tell is taken for one that has secrets.
		sensitive, err := p.Sensitive(ctx, name)
		f.Sensitive = sensitive || err != nil
		list = append(list, f)
	}
	return list, nil
}
