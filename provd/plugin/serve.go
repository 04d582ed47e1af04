package plugin

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"provbox/provd"
	"provbox/provd/plugin/firmware"
	"provbox/provd/plugin/host"
	"provbox/provd/plugin/layer"
	"provbox/provd/python"
)

// service is how a package serves one protocol.
type service struct {
	// root is the directory served, relative to the package; "" when the package
	// answers with code of its own.
	root string
	// rewrites is true when the package rewrites paths before they are looked up.
	rewrites bool
}

// describe finds out what the plugin object offers. Nothing of it changes later.
func (p *Plugin) describe(r *run) error {
	p.serves = make(map[provd.Kind]service)
	for _, kind := range []provd.Kind{provd.HTTP, provd.TFTP} {
		v, err := python.GetAttr(r.thread, r.object, string(kind)+"_service")
		if err != nil {
			return err
		}
		root, ok, err := host.ServedDirectory(r.thread, v)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		_, rewrites, err := python.LookupAttr(r.thread, v, "path_preprocess")
		if err != nil {
			return err
		}
		p.serves[kind] = service{root, rewrites}
	}
	p.extractors = make(map[provd.Kind]*memo)
	for _, kind := range []provd.Kind{provd.HTTP, provd.TFTP, provd.DHCP} {
		v, err := python.GetAttr(r.thread, r.object, string(kind)+"_dev_info_extractor")
		if err != nil {
			return err
		}
		if v != python.None {
			p.extractors[kind] = new(memo)
		}
	}
	associator, err := python.GetAttr(r.thread, r.object, "pg_associator")
	if err != nil {
		return err
	}
	p.associates = associator != python.None
	return p.describeFirmware(r)
}

// describeFirmware reads what can be installed, for a package that wants it.
func (p *Plugin) describeFirmware(r *run) error {
	p.firmware = new(firmware.DB)
	configure, err := r.service("configure")
	if err != nil {
		return err
	}
	p.configures = configure != python.None
	install, err := r.service("install")
	if err != nil {
		return err
	}
	root, ok, err := host.IsInstallService(r.thread, install)
	if err != nil || !ok {
		return err
	}
	p.firmwareRoot = root
	p.firmware, err = firmware.Read(p.cfg.Package)
	return err
}

// Serves reports whether the package serves files over a protocol.
func (p *Plugin) Serves(kind provd.Kind) bool {
	_, ok := p.serves[kind]
	return ok
}

// Open opens what the package serves under a name, over the protocol of the
// request. An unsafe name, one that does not exist and any name over a protocol
// the package does not serve are errors that wrap fs.ErrNotExist; a directory is
// a File that says so.
func (p *Plugin) Open(ctx context.Context, req provd.Request, name string) (*layer.File, error) {
	s, ok := p.serves[req.Kind]
	if !ok || s.root == "" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	if s.rewrites && req.Kind == provd.HTTP {
		var err error
		if name, err = p.Preprocess(ctx, req, name); err != nil {
			return nil, err
		}
	}
	return p.File(req.Kind, name)
}

// File is Open without the package's rewriting of paths; it never waits for a
// call into the package.
func (p *Plugin) File(kind provd.Kind, name string) (*layer.File, error) {
	s := p.serves[kind]
	if s.root == "" || !layer.Valid(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return p.files.Open(path.Join(s.root, name))
}

// Preprocess returns the name that the package looks up for a requested one: the
// same for all but the few whose HTTP service has path_preprocess (spec/ident.md
// section 13.1).
func (p *Plugin) Preprocess(ctx context.Context, req provd.Request, name string) (string, error) {
	if !p.serves[provd.HTTP].rewrites {
		return name, nil
	}
	req.Path = "/" + name
	err := p.askFor(ctx, opPreprocess, req.IP, func(r *run) error {
		service, err := python.GetAttr(r.thread, r.object, "http_service")
		if err != nil {
			return err
		}
		request := host.NewRequest(req, nil)
		if _, err := python.CallMethod(r.thread, service, "path_preprocess", request); err != nil {
			return err
		}
		segments, err := python.GetAttr(r.thread, request, "postpath")
		if err != nil {
			return err
		}
		var parts []string
		err = python.Iterate(r.thread, segments, func(v python.Value) error {
			if b, ok := v.(python.Bytes); ok {
				parts = append(parts, string(b))
				return nil
			}
			s, err := python.ToStr(r.thread, v)
			parts = append(parts, s)
			return err
		})
		name = strings.Join(parts, "/")
		return err
	})
	return name, err
}

// OwnService reports whether the package answers HTTP requests with code of its
// own, see Respond, instead of serving files.
func (p *Plugin) OwnService() bool {
	s, ok := p.serves[provd.HTTP]
	return ok && s.root == ""
}

// Respond lets a package with a service of its own answer a phone's HTTP request,
// of any method. route is the path without a provisioning key. For a package
// without such a service it is a 404.
func (p *Plugin) Respond(ctx context.Context, dev provd.Device, req provd.Request, route string) (resp host.Response, err error) {
	if !p.OwnService() {
		return host.Response{Status: http.StatusNotFound}, nil
	}
	var answer func() (host.Response, error)
	// Not in the interpreter that identifies phones: a service that takes its time
	// must not keep those of other phones waiting.
	err = p.own.call(ctx, "http_service", p.cfg.Limits.Ask, call{files: p.files.ReadOnly(), device: dev}, func(r *run) error {
		service, err := python.GetAttr(r.thread, r.object, "http_service")
		if err != nil {
			return err
		}
		answer, err = host.Respond(r.thread, service, dev, req, route)
		return err
	})
	if err != nil {
		return host.Response{}, err
	}
	if resp, err = answer(); err != nil {
		err = fmt.Errorf("plugin %s: http_service: %w", p.cfg.ID, err)
		p.report("http_service", dev, err)
		return host.Response{}, err
	}
	return resp, nil
}

// PackageFile opens a file by its name in the package, for an answer that is one.
// Only what packages may serve is there.
func (p *Plugin) PackageFile(name string) (*layer.File, error) {
	if !strings.HasPrefix(name+"/", layer.Writable+"/") {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return p.files.Open(name)
}

// served copies the files below the directory that phones fetch from, by their
// path in it.
func served(files map[string]string) map[string][]byte {
	out := make(map[string][]byte, len(files))
	for name, content := range files {
		if rest, ok := strings.CutPrefix(name, host.TFTPBoot+"/"); ok {
			out[rest] = []byte(content)
		}
	}
	return out
}

// CommonFiles returns the files the package wrote for all phones, by path below
// the directory phones fetch from.
func (p *Plugin) CommonFiles() map[string][]byte { return served(p.files.Owned(layer.Common)) }

// DeviceFiles returns the files of one device, as CommonFiles does.
func (p *Plugin) DeviceFiles(id string) map[string][]byte { return served(p.files.Owned(id)) }
