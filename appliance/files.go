package appliance

import (
	"context"
	"errors"

	"provbox/provd"
	"provbox/provd/fileserver"
	"provbox/provd/plugin"
	"provbox/provd/plugin/layer"
)

// pluginFiles is what a device's plugin serves: files, or what its own code
// answers.
type pluginFiles struct{ set *plugin.Set }

func (f pluginFiles) Open(ctx context.Context, dev provd.Device, req provd.Request, name string) (fileserver.File, error) {
	p, ok := f.set.Get(dev.Plugin())
	if !ok || !p.Serves(req.Kind) {
		return nil, fileserver.ErrNoService
	}
	return plain(p.Open(ctx, req, name))
}

// plain is an opened file, unless it is a directory.
func plain(file *layer.File, err error) (fileserver.File, error) {
	if err != nil {
		return nil, err
	}
	if file.IsDir {
		return nil, errors.Join(fileserver.ErrDirectory, file.Close())
	}
	return file, nil
}

func (f pluginFiles) Own(dev provd.Device) bool {
	p, ok := f.set.Get(dev.Plugin())
	return ok && p.OwnService()
}

func (f pluginFiles) Respond(ctx context.Context, dev provd.Device, req provd.Request, route string) (fileserver.Response, error) {
	p, ok := f.set.Get(dev.Plugin())
	if !ok {
		return fileserver.Response{}, fileserver.ErrNoService
	}
	answer, err := p.Respond(ctx, dev, req, route)
	if err != nil {
		return fileserver.Response{}, err
	}
	resp := fileserver.Response{Status: answer.Status, Header: answer.Header, Body: answer.Body}
	if answer.File != "" {
		resp.File, err = plain(p.PackageFile(answer.File))
	}
	return resp, err
}

func (f pluginFiles) Sensitive(ctx context.Context, dev provd.Device, kind provd.Kind, name string) bool {
	p, ok := f.set.Get(dev.Plugin())
	if !ok || !p.Serves(kind) {
		return false
	}
	// A package that fails says nothing; it has reported the failure itself.
	yes, err := p.Sensitive(ctx, name)
	return yes && err == nil
}
