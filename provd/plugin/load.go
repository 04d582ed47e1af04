package plugin

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"provbox/provd"
	"provbox/provd/document"
	"provbox/provd/plugin/host"
	"provbox/provd/plugin/layer"
	"provbox/provd/python/stdlib"
	"provbox/provd/template"
)

// Notification is one SIP NOTIFY that a package asks for, see host.Notification.
type Notification = host.Notification

// Notifier hands notifications to the central stack, see host.Notifier.
type Notifier = host.Notifier

// Config is what a package is loaded with.
type Config struct {
	// ID is the plugin's id, the name of its folder. Required.
	ID string
	// Package are the package's files, never written to. Required.
	Package fs.FS
	// Site are the files the box keeps for the package, in the same tree: custom
	// templates below var/templates, firmware below var/tftpboot. They hide the
	// package's. Nil for none.
	Site fs.FS
	// BaseRawConfig is what configure_common is called with (spec/rest.md section
	// 8); nil is empty.
	BaseRawConfig *document.Object
	// General and Specific are the service's general settings and the package's own;
	// nil is empty.
	General, Specific *document.Object
	// Proxies gives the proxies of the moment by scheme, the member proxies of the
	// general settings. It is called whenever the package is executed; nil is none.
	Proxies func() *document.Object
	// Compat lets packages pass that ask for another interface version.
	Compat Compat

	// Notifier takes notifications. Nil makes synchronizations by SIP fail.
	Notifier Notifier
	// Device reaches the phone a synchronization is about; nil refuses. ip is
	// the only address that may be connected to.
	Device func(ip string) host.Device
	// Learn takes what a package found out about the phone it talked to; nil
	// ignores it.
	Learn func(device string, info provd.Info)
	// IgnoreCommon loads a package whose configure_common fails, for those who want
	// to look at the rest of it.
	IgnoreCommon bool
	// Keep stores a file that a package keeps its settings in, so that Site has it
	// the next time the package is loaded; nil keeps settings in memory only.
	Keep func(name string, content []byte) error
	// Thread is told of work that a package hands to a thread, and skips it by
	// returning true; nil runs everything. See host.Call.
	Thread func(function string, args []any) (skip bool)

	// Modules are the compiled standard modules, to be shared by all packages of
	// a box; nil makes a set of the package's own.
	Modules *stdlib.Programs

	// Recorder is told when the package's code fails; nil drops events.
	Recorder provd.Recorder

	Limits Limits           // zero fields mean DefaultLimits
	Now    func() time.Time // nil means time.Now
	Logger *slog.Logger     // nil discards
}

// Load reads, compiles and runs a package and lets it write its common files.
// The error names the plugin and, when the package's code failed, file and line.
func Load(ctx context.Context, cfg Config) (*Plugin, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Recorder == nil {
		cfg.Recorder = provd.Discard{}
	}
	if cfg.Modules == nil {
		cfg.Modules = stdlib.NewPrograms()
	}
	if cfg.ID == "" || cfg.Package == nil {
		return nil, errors.New("load plugin: no id or no package given")
	}
	info, err := ReadInfo(cfg.ID, cfg.Package)
	if err != nil {
		return nil, err
	}
	if err := info.Compatible(cfg.Compat); err != nil {
		return nil, fmt.Errorf("plugin %s: %w", cfg.ID, err)
	}
	cfg.Limits = cfg.Limits.withDefaults()
	p := &Plugin{
		cfg:  cfg,
		log:  cfg.Logger.With("plugin", cfg.ID),
		info: info,
		// An upgrade puts another folder in the place of the package's and loads it anew.
		files:  layer.New(cfg.Limits.Files, cfg.Now(), cfg.Site, layer.Fixed(cfg.Package)),
		folder: packages + cfg.ID,
	}
	p.sources = newSources(p.files)
	p.breakers, p.lanes = newBreakers(), newLanes()
	p.templates = host.TemplateFiles(template.New(template.Config{Loader: templateLoader{p.files}}))
	p.work, p.ask, p.talk, p.own = newPool(p), newInterpreter(p), newInterpreter(p), newInterpreter(p)
	if err := p.start(ctx); err != nil {
		return nil, err
	}
	return p, nil
}

// start runs the package where it has to be ready, and lets it write its common
// files. The interpreter that talks to phones starts when it is needed.
func (p *Plugin) start(ctx context.Context) error {
	common := p.files.Scratch(p.cfg.Limits.CallFiles, p.cfg.Limits.CallBytes)
	err := p.work.call(ctx, opLoad, p.cfg.Limits.Load, call{files: common}, func(r *run) error {
		if err := p.describe(r); err != nil {
			return err
		}
		raw, err := r.fromDocument(p.cfg.BaseRawConfig)
		if err != nil {
			return err
		}
		if _, err = r.method("configure_common", raw); err != nil && p.cfg.IgnoreCommon {
			p.log.Warn("common files failed", "err", err)
			return nil
		}
		return err
	})
	if err != nil {
		return err
	}
	if p.configures {
		p.work.alone()
	}
	if err := common.Commit(layer.Common, p.cfg.Now()); err != nil {
		return fmt.Errorf("plugin %s: common files: %w", p.cfg.ID, err)
	}
	return p.ask.call(ctx, opLoad, p.cfg.Limits.Load, call{files: p.files.ReadOnly()}, func(*run) error { return nil })
}
