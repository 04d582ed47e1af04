package plugin

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/plugin/firmware"
	"provbox/provd/plugin/host"
	"provbox/provd/plugin/layer"
	"provbox/provd/python"
)

// Plugin is a loaded package. It implements provd.Plugin and is safe for
// concurrent use.
type Plugin struct {
	cfg       Config
	log       *slog.Logger
	info      Info
	files     *layer.FS
	sources   *sources
	templates host.Templates
	folder    string // see root
	// work is for what a change causes, ask for what a phone's request waits for,
	// talk for synchronizations, which wait for others, own for what a service of
	// the package's own answers.
	work           *pool
	ask, talk, own *interpreter

	// What start found out about the plugin object.
	serves       map[provd.Kind]service
	extractors   map[provd.Kind]*memo // no entry: no extractor
	secrets      answers              // of is_sensitive_filename
	failures     reports
	lanes        lanes
	breakers     map[string]*breaker // by hook, see askHooks
	associates   bool
	configures   bool
	firmware     *firmware.DB
	firmwareRoot string // "" for none
}

// ID returns the plugin's id.
func (p *Plugin) ID() string { return p.cfg.ID }

// Info returns the description of the package.
func (p *Plugin) Info() Info { return p.info }

// Configure renders the device's files. On success they replace those of an
// earlier call at once; on an error the earlier ones stay.
func (p *Plugin) Configure(ctx context.Context, dev provd.Device, raw *document.Object) error {
	if dev.ID() == "" || dev.ID() == layer.Common || dev.ID() == settingsOwner {
		return fmt.Errorf("plugin %s: configure: %q cannot own files", p.cfg.ID, dev.ID())
	}
	files := p.files.Scratch(p.cfg.Limits.CallFiles, p.cfg.Limits.CallBytes)
	if err := p.configure(ctx, files, dev, raw); err != nil {
		return err
	}
	if err := files.Commit(dev.ID(), p.cfg.Now()); err != nil {
		return fmt.Errorf("plugin %s: configure: %w", p.cfg.ID, err)
	}
	return nil
}

// Preview returns the files that Configure would write, by path below the
// directory phones fetch from, and keeps nothing.
func (p *Plugin) Preview(ctx context.Context, dev provd.Device, raw *document.Object) (map[string][]byte, error) {
	files := p.files.Scratch(p.cfg.Limits.CallFiles, p.cfg.Limits.CallBytes)
	if err := p.configure(ctx, files, dev, raw); err != nil {
		return nil, err
	}
	return served(files.Files()), nil
}

func (p *Plugin) configure(ctx context.Context, files *layer.Scratch, dev provd.Device, raw *document.Object) error {
	return p.configureWith(ctx, call{files: files, device: dev}, dev, raw)
}

func (p *Plugin) configureWith(ctx context.Context, c call, dev provd.Device, raw *document.Object) error {
	return p.work.call(ctx, opConfigure, p.cfg.Limits.Work, c, func(r *run) error {
		device, err := r.fromDocument(dev.Object)
		if err != nil {
			return err
		}
		config, err := r.fromDocument(raw)
		if err != nil {
			return err
		}
		_, err = r.method("configure", device, config)
		return err
	})
}

// Deconfigure lets the package remove the device's files, then removes what it
// left. The error is the package's; the files are gone all the same.
func (p *Plugin) Deconfigure(ctx context.Context, dev provd.Device) error {
	files := p.files.Scratch(p.cfg.Limits.CallFiles, p.cfg.Limits.CallBytes)
	err := p.deconfigure(ctx, files, dev)
	if err == nil {
		files.Unlink()
	}
	p.files.Drop(dev.ID())
	return err
}

func (p *Plugin) deconfigure(ctx context.Context, files *layer.Scratch, dev provd.Device) error {
	return p.work.call(ctx, "deconfigure", p.cfg.Limits.Work, call{files: files, device: dev}, func(r *run) error {
		device, err := r.fromDocument(dev.Object)
		if err != nil {
			return err
		}
		_, err = r.method("deconfigure", device)
		return err
	})
}

// Synchronize makes the phone reload. It returns when the request was accepted
// or failed.
func (p *Plugin) Synchronize(ctx context.Context, dev provd.Device, raw *document.Object) error {
	return p.talk.call(ctx, opSynchronize, p.cfg.Limits.Synchronize, call{files: p.files.ReadOnly(), device: dev}, func(r *run) error {
		device, err := r.fromDocument(dev.Object)
		if err != nil {
			return err
		}
		config, err := r.fromDocument(raw)
		if err != nil {
			return err
		}
		result, err := r.method("synchronize", device, config)
		if err != nil {
			return err
		}
		_, err = host.Await(result)
		return err
	})
}

// close lets a package that is not used any more end (spec/ident.md section 13). It
// has little time, and what it writes is not kept; a failure is reported.
func (p *Plugin) close() {
	err := p.work.call(context.Background(), "close", p.cfg.Limits.Ask, call{files: p.files.ReadOnly()}, func(r *run) error {
		_, err := r.method("close")
		return err
	})
	if err != nil {
		p.log.Warn("plugin failed to end", "err", err)
	}
}

// RemoteStateTrigger returns the base name of the file whose request shows that
// the phone took its configuration, or "".
func (p *Plugin) RemoteStateTrigger(ctx context.Context, dev provd.Device) (name string, err error) {
	err = p.askFor(ctx, opTrigger, dev.IP(), func(r *run) error {
		device, err := r.fromDocument(dev.Object)
		if err != nil {
			return err
		}
		v, err := r.method("get_remote_state_trigger_filename", device)
		if err != nil || v == python.None {
			return err
		}
		name, err = python.ToStr(r.thread, v)
		return err
	})
	return name, err
}

// Sensitive reports whether a file may hold secrets, by its base name
// (spec/ident.md section 12). Answers are remembered by name.
func (p *Plugin) Sensitive(ctx context.Context, filename string) (yes bool, err error) {
	base := filename[strings.LastIndexByte(filename, '/')+1:]
	if yes, known := p.secrets.get(base); known {
		return yes, nil
	}
	err = p.askFor(ctx, opSensitive, "", func(r *run) error {
		v, err := r.method("is_sensitive_filename", python.Str(base))
		if err != nil {
			return err
		}
		yes, err = python.Truth(r.thread, v)
		return err
	})
	if err == nil {
		p.secrets.put(base, yes)
	}
	return yes, err
}
