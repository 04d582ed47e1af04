package rest

import (
	"context"
	"io"
	"net/http"
	"time"

	"provbox/provd"
	"provbox/provd/document"
)

// Services gives what a loaded plugin offers beside provisioning.
type Services interface {
	// Firmware returns a plugin's firmware packages, false for one without.
	Firmware(plugin string) (Firmware, bool)
	// Settings returns a plugin's own parameters, false for one without.
	Settings(plugin string) (Settings, bool)
}

// Firmware installs the firmware packages of one plugin. A package that is not there
// is a *provd.Error with NotFound.
type Firmware interface {
	Install(id string) (*provd.Operation, error)
	Uninstall(ctx context.Context, id string) error
	// Installed returns {id: {version, description}}, Installable {id: {version,
	// description, dsize}}.
	Installed(ctx context.Context) (*document.Object, error)
	Installable(ctx context.Context) (*document.Object, error)
	// Files returns the files that the packages need, one object each: filename,
	// size, sha1sum, packages, whether it is present and whether an operator has to
	// upload it.
	Files() []any
	// Upload keeps a file of the operator, RemoveFile removes one that was kept.
	Upload(ctx context.Context, name string, content io.Reader) error
	RemoveFile(name string) error
}

// Settings are the parameters that a plugin has of its own (spec/plugins.md section
// 6). One that is not there is a *provd.Error with NotFound.
type Settings interface {
	Params(ctx context.Context) ([]provd.Param, error)
	Param(ctx context.Context, id string) (provd.Param, error)
	// SetParam sets a parameter; nil unsets it.
	SetParam(ctx context.Context, id string, value *string) error
}

// pluginPath is the path of the resources of one plugin.
const pluginPath = "/pg_mgr/plugins/{plugin_id}"

// uploadPath is where a body is a file and no document.
const uploadPath = pluginPath + "/install/files/{file}"

// serviceRows are the routes of the services of plugins (spec/rest.md sections 4 and
// 11). Those below files are ours: wazo-provd has operators copy files into a folder.
func serviceRows() []row {
	const (
		get, post, put, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
		install             = pluginPath + "/install"
		acl                 = "provd.pg_mgr.plugins.{plugin_id}."
	)
	return []row{
		{get, install, acl + "install.read", (*call).firmwareLinks},
		{post, install + "/install", acl + "install.install.create", withFirmware((*call).installFirmware)},
		{get, install + "/install/{oip}", "provd.operation.read", (*call).getOperation},
		{del, install + "/install/{oip}", "provd.operation.delete", (*call).deleteOperation},
		{post, install + "/uninstall", acl + "install.uninstall.create", withFirmware((*call).uninstallFirmware)},
		{get, install + "/installed", acl + "install.installed.read", withFirmware(packages(Firmware.Installed))},
		{get, install + "/installable", acl + "install.installable.read", withFirmware(packages(Firmware.Installable))},
		{get, install + "/files", acl + "install.files.read", withFirmware((*call).firmwareFiles)},
		{put, uploadPath, acl + "install.files.update", withFirmware((*call).uploadFile)},
		{del, uploadPath, acl + "install.files.delete", withFirmware((*call).removeFile)},
		{get, pluginPath + "/configure", acl + "configure.read", withSettings((*call).listSettings)},
		{get, pluginPath + "/configure/{param_id}", "provd.configure.{tenant_uuid}.{param_id}.read", withSettings((*call).getSetting)},
		{put, pluginPath + "/configure/{param_id}", "provd.configure.{tenant_uuid}.{param_id}.update", withSettings((*call).putSetting)},
	}
}

// offers reports whether the plugin has the service that a path goes through: one
// that it has not got is an unknown path.
func (a *api) offers(r resource) bool {
	const service = 4 // 0.2/pg_mgr/plugins/{plugin_id}/service
	id, ok := r.params["plugin_id"]
	for _, route := range r.methods {
		if !ok || len(route.path) <= service {
			return true
		}
		switch route.path[service] {
		case "install":
			_, ok = a.cfg.Services.Firmware(id)
		case "configure":
			_, ok = a.cfg.Services.Settings(id)
		}
		return ok
	}
	return true
}

// plugin returns the path of the call's plugin.
func (c *call) plugin() string { return location("/0.2/pg_mgr/plugins", c.params["plugin_id"]) }

// withFirmware hands a plugin's firmware to a handler; the plugin may have gone since
// the path was matched.
func withFirmware(handle func(*call, Firmware) error) func(*call) error {
	return func(c *call) error {
		f, ok := c.cfg.Services.Firmware(c.params["plugin_id"])
		if !ok {
			return provd.Errorf(provd.NotFound, "No such resource")
		}
		return handle(c, f)
	}
}

// withSettings is withFirmware for the plugin's parameters.
func withSettings(handle func(*call, Settings) error) func(*call) error {
	return func(c *call) error {
		s, ok := c.cfg.Services.Settings(c.params["plugin_id"])
		if !ok {
			return provd.Errorf(provd.NotFound, "No such resource")
		}
		return handle(c, s)
	}
}

func (c *call) firmwareLinks() error {
	base := c.plugin() + "/install/"
	return c.json(http.StatusOK, "links", links(
		"srv.install.install", base+"install", "srv.install.uninstall", base+"uninstall",
		"srv.install.installed", base+"installed", "srv.install.installable", base+"installable",
	))
}

func (c *call) installFirmware(f Firmware) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	op, err := f.Install(id)
	if err != nil {
		return invalid(err, "package not found")
	}
	return c.started(c.plugin()+"/install/install", op)
}

func (c *call) uninstallFirmware(f Firmware) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	if err := f.Uninstall(c.r.Context(), id); err != nil {
		return invalid(err, "'"+id+"'")
	}
	return c.noContent()
}

// invalid gives the text that clients know to an error about something that is not
// there; it is their request that is wrong.
func invalid(err error, text string) error {
	if err != nil && provd.CodeOf(err) == provd.NotFound {
		return &provd.Error{Code: provd.Invalid, Message: text, Err: err}
	}
	return err
}

// packages answers with a list of firmware packages.
func packages(list func(Firmware, context.Context) (*document.Object, error)) func(*call, Firmware) error {
	return func(c *call, f Firmware) error {
		all, err := list(f, c.r.Context())
		if err != nil {
			return err
		}
		return c.json(http.StatusOK, "pkgs", all)
	}
}

func (c *call) firmwareFiles(f Firmware) error {
	return c.json(http.StatusOK, "files", f.Files())
}

// Limits of uploads: a slow line takes its time, a dead one does not.
const (
	maxUploads = 4
	uploadIdle = 30 * time.Second
	uploadTime = 2 * time.Hour
)

// patient is a body that may take longer than the server's limit for requests, as
// long as something comes.
type patient struct {
	io.Reader

	deadlines *http.ResponseController
	end       time.Time
}

func (p patient) Read(b []byte) (int, error) {
	next := time.Now().Add(uploadIdle)
	if next.After(p.end) {
		next = p.end
	}
	_ = p.deadlines.SetReadDeadline(next) // a connection that has none keeps the server's
	return p.Reader.Read(b)
}

// upload serves a request with a file as its body, in a place of its own: it may take
// hours.
func (c *call) upload(route route) error {
	select {
	case c.uploads <- struct{}{}:
		defer func() { <-c.uploads }()
	default:
		return provd.Errorf(provd.Unavailable, "%d files are being uploaded already; try again", maxUploads)
	}
	c.leave()
	return route.handle(c)
}

func (c *call) uploadFile(f Firmware) error {
	p := patient{c.r.Body, http.NewResponseController(c.w), time.Now().Add(uploadTime)}
	_ = p.deadlines.SetWriteDeadline(p.end.Add(writeTimeout)) // likewise
	if err := f.Upload(c.r.Context(), c.params["file"], p); err != nil {
		return err
	}
	return c.noContent()
}

func (c *call) removeFile(f Firmware) error {
	if err := f.RemoveFile(c.params["file"]); err != nil {
		return err
	}
	return c.noContent()
}

func (c *call) listSettings(s Settings) error {
	list, err := s.Params(c.r.Context())
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, "params", params(list, c.plugin()+"/configure"))
}

// noSetting has the text of the service's own parameters.
func noSetting(err error) error {
	if err != nil && provd.CodeOf(err) == provd.NotFound {
		return &provd.Error{Code: provd.NotFound, Message: "No such resource", Err: err}
	}
	return err
}

func (c *call) getSetting(s Settings) error {
	p, err := s.Param(c.r.Context(), c.params["param_id"])
	if err != nil {
		return noSetting(err)
	}
	return c.json(http.StatusOK, "param", document.New("value", p.Value))
}

func (c *call) putSetting(s Settings) error {
	value, err := c.value()
	if err != nil {
		return err
	}
	var text *string
	switch v := value.(type) {
	case nil:
	case string:
		text = &v
	default:
		return provd.Errorf(provd.Invalid, "the value of a plugin's parameter is a string or null")
	}
	if err := s.SetParam(c.r.Context(), c.params["param_id"], text); err != nil {
		return noSetting(err)
	}
	return c.noContent()
}
