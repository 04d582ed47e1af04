package plugin

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"provbox/provd"
	"provbox/provd/plugin/firmware"
	"provbox/provd/plugin/host"
	"provbox/provd/python"
)

// Firmware returns the firmware that the package can install, and the directory,
// relative to the package, that it is installed below. A package without firmware
// has an empty database and "".
func (p *Plugin) Firmware() (*firmware.DB, string) { return p.firmware, p.firmwareRoot }

// HasFirmware reports whether the package has an install service.
func (p *Plugin) HasFirmware() bool { return p.firmwareRoot != "" }

// Shipped opens a file that the package brings for its firmware, in its var/cache.
func (p *Plugin) Shipped(name string) (fs.File, error) {
	return p.cfg.Package.Open("var/cache/" + name)
}

// HasParams reports whether the package has a configure service.
func (p *Plugin) HasParams() bool { return p.configures }

// Credentials returns what the package has set for downloads with the downloader
// "auth" (spec/plugins.md section 9).
func (p *Plugin) Credentials(ctx context.Context) (list []firmware.Credentials, err error) {
	err = p.work.call(ctx, "credentials", p.cfg.Limits.Work, call{files: p.files.ReadOnly()}, func(r *run) error {
		install, err := r.service("install")
		if err != nil || install == python.None {
			return err
		}
		found, err := host.Credentials(r.thread, install)
		for _, c := range found {
			list = append(list, firmware.Credentials{URL: c.URI, User: c.User, Password: c.Password})
		}
		return err
	})
	return list, err
}

// service returns one of the package's services, None when it has not got it.
func (r *run) service(name string) (python.Value, error) {
	services, err := python.GetAttr(r.thread, r.object, "services")
	if err != nil {
		return nil, err
	}
	return python.CallMethod(r.thread, services, "get", python.Str(name))
}

// Param is one setting of a package's configure service (spec/plugins.md section
// 6).
type Param struct{ Name, Description string }

// ErrNoService is returned by the methods on settings for a package without any.
var ErrNoService = errors.New("the plugin has no such service")

// Params lists the settings of the package. Descriptions are in the language of
// the locale when the package has them.
func (p *Plugin) Params(ctx context.Context, locale string) (params []Param, err error) {
	err = p.settings(ctx, func(r *run, service python.Value) error {
		description, ok, err := python.LookupAttr(r.thread, service, "description_"+locale)
		if err != nil {
			return err
		}
		if !ok || locale == "" {
			if description, err = python.GetAttr(r.thread, service, "description"); err != nil {
				return err
			}
		}
		return python.Iterate(r.thread, description, func(v python.Value) error {
			pair, err := python.ListOf(r.thread, v)
			if err != nil {
				return err
			}
			if len(pair) != 2 {
				return python.ValueErrorf("a description is a list of pairs")
			}
			name, err := python.ToStr(r.thread, pair[0])
			if err != nil {
				return err
			}
			text := ""
			if pair[1] != python.None {
				text, err = python.ToStr(r.thread, pair[1])
			}
			params = append(params, Param{name, text})
			return err
		})
	})
	return params, err
}

// Param returns the value of a setting; set is false when it has none. A name
// that is no setting is a provd.Error with NotFound.
func (p *Plugin) Param(ctx context.Context, name string) (value string, set bool, err error) {
	err = p.settings(ctx, func(r *run, service python.Value) error {
		v, err := python.CallMethod(r.thread, service, "get", python.Str(name))
		if err != nil || v == python.None {
			return noParam(err, name)
		}
		set = true
		value, err = python.ToStr(r.thread, v)
		return err
	})
	return value, set, err
}

// SetParam changes a setting; nil removes its value. A name that is no setting is
// a provd.Error with NotFound, a value the package refuses one with Invalid.
func (p *Plugin) SetParam(ctx context.Context, name string, value *string) error {
	return p.settings(ctx, func(r *run, service python.Value) error {
		v := python.Value(python.None)
		if value != nil {
			v = python.Str(*value)
		}
		_, err := python.CallMethod(r.thread, service, "set", python.Str(name), v)
		if exc := host.InvalidParameter(err); exc != "" {
			return &provd.Error{Code: provd.Invalid, Message: exc, Err: err}
		}
		return noParam(err, name)
	})
}

func noParam(err error, name string) error {
	if python.IsException(err, python.KeyError) {
		return &provd.Error{Code: provd.NotFound, Message: fmt.Sprintf("no parameter %q", name), Err: err}
	}
	return err
}

// settings runs fn on the configure service. What the package writes meanwhile is
// kept, see Config.Keep.
func (p *Plugin) settings(ctx context.Context, fn func(r *run, service python.Value) error) error {
	files := p.files.Scratch(p.cfg.Limits.CallFiles, p.cfg.Limits.CallBytes)
	err := p.work.call(ctx, "settings", p.cfg.Limits.Work, call{files: files}, func(r *run) error {
		service, err := r.service("configure")
		if err != nil {
			return err
		}
		if service == python.None {
			return &provd.Error{Code: provd.NotFound, Message: "the plugin has no settings", Err: ErrNoService}
		}
		return fn(r, service)
	})
	if err != nil {
		return err
	}
	if len(files.Files()) == 0 {
		return nil
	}
	// The interpreter that talks to phones reads the settings anew.
	defer p.talk.forget()
	defer p.own.forget()
	if p.cfg.Keep != nil {
		for name, content := range files.Files() {
			if err := p.cfg.Keep(name, []byte(content)); err != nil {
				return fmt.Errorf("plugin %s: settings: keep %s: %w", p.cfg.ID, name, err)
			}
		}
	}
	return files.Commit(settingsOwner, p.cfg.Now())
}

// settingsOwner owns the files a package keeps its settings in.
const settingsOwner = "settings"
