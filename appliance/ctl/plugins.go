package ctl

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"slices"

	"provbox/appliance/provdclient"
	"provbox/appliance/terminal"
	"provbox/provd/document"
)

func pluginCommands() []command {
	detach := func(f *flag.FlagSet, s *session) {
		f.BoolVar(&s.detach, "detach", false, "print where the operation can be followed instead of waiting for it")
	}
	yes := func(f *flag.FlagSet, s *session) { f.BoolVar(&s.yes, "yes", false, "do not ask") }
	return []command{
		{name: "plugins list", short: "the plugins that are installed", run: listPackages("pg_mgr", "install", "installed")},
		{name: "plugins installable", short: "the plugins that can be installed", run: listPackages("pg_mgr", "install", "installable")},
		{name: "plugins loaded", short: "the plugins in service", run: loadedPlugins},
		{name: "plugins info", args: "PLUGIN", short: "what a plugin says of itself", run: pluginInfo},
		{name: "plugins update", short: "get the list of plugins from the plugin server", run: updatePlugins, flags: detach},
		{name: "plugins install", args: "PLUGIN …", short: "install plugins", run: pluginOperation("install"), flags: detach},
		{name: "plugins upgrade", args: "PLUGIN …", short: "upgrade plugins", run: pluginOperation("upgrade"), flags: detach},
		{name: "plugins uninstall", args: "PLUGIN", short: "remove a plugin with its firmware and templates", run: uninstallPlugin, flags: yes},
		{name: "plugins reload", args: "PLUGIN", short: "load a plugin again", run: reloadPlugin},
		{name: "plugins params", args: "PLUGIN", short: "a plugin's own parameters", run: pluginParams},
		{name: "plugins set", args: "PLUGIN NAME VALUE", short: "set a plugin's own parameter", run: setPluginParam},
		{name: "firmware list", args: "PLUGIN", short: "a plugin's firmware packages that are installed", run: listFirmware("installed")},
		{name: "firmware installable", args: "PLUGIN", short: "a plugin's firmware packages", run: listFirmware("installable")},
		{name: "firmware install", args: "PLUGIN PACKAGE …", short: "install firmware packages", run: installFirmware, flags: detach},
		{name: "firmware uninstall", args: "PLUGIN PACKAGE", short: "remove a firmware package", run: uninstallFirmware},
	}
}

func listPackages(path ...string) func(context.Context, *session, []string) error {
	return func(ctx context.Context, s *session, args []string) error {
		if err := want(args); err != nil {
			return err
		}
		return s.printPackages(ctx, provdclient.Path(path...))
	}
}

func listFirmware(which string) func(context.Context, *session, []string) error {
	return func(ctx context.Context, s *session, args []string) error {
		if err := want(args, "PLUGIN"); err != nil {
			return err
		}
		return s.printPackages(ctx, provdclient.Path("pg_mgr", "plugins", args[0], "install", which))
	}
}

func (s *session) printPackages(ctx context.Context, path string) error {
	v, err := s.client.Get(ctx, path, nil, "pkgs")
	if err != nil {
		return err
	}
	if s.json {
		return s.printJSON(v)
	}
	pkgs, _ := v.(*document.Object)
	t := newTable("ID", "VERSION", "SIZE", "DESCRIPTION")
	ids := pkgs.Keys()
	slices.Sort(ids)
	for _, id := range ids {
		p := pkgs.Object(id)
		size, _ := p.Get("dsize")
		t.row(id, p.String("version"), text(size), p.String("description"))
	}
	t.print(s.Stdout)
	return nil
}

func loadedPlugins(ctx context.Context, s *session, args []string) error {
	if err := want(args); err != nil {
		return err
	}
	v, err := s.client.Get(ctx, "/0.2/pg_mgr/plugins", nil, "plugins")
	if err != nil {
		return err
	}
	if s.json {
		return s.printJSON(v)
	}
	plugins, _ := v.(*document.Object)
	for _, id := range plugins.Keys() {
		fmt.Fprintln(s.Stdout, terminal.Clean(id))
	}
	return nil
}

func pluginInfo(ctx context.Context, s *session, args []string) error {
	if err := want(args, "PLUGIN"); err != nil {
		return err
	}
	v, err := s.client.Get(ctx, provdclient.Path("pg_mgr", "plugins", args[0], "info"), nil, "plugin_info")
	if err != nil {
		return err
	}
	return s.printJSON(v)
}

func updatePlugins(ctx context.Context, s *session, args []string) error {
	if err := want(args); err != nil {
		return err
	}
	return s.start(ctx, "/0.2/pg_mgr/install/update", document.New())
}

// start begins an operation and waits for it.
func (s *session) start(ctx context.Context, path string, body *document.Object) error {
	_, location, err := s.client.Send(ctx, http.MethodPost, path, body)
	if err != nil {
		return err
	}
	return s.follow(ctx, location)
}

// startEach begins an operation for each id, one after the other, and stops at the
// first that fails.
func (s *session) startEach(ctx context.Context, path string, ids []string, what string) error {
	if len(ids) == 0 {
		return fmt.Errorf("which %s?", what)
	}
	for _, id := range ids {
		if err := s.start(ctx, path, document.New("id", id)); err != nil {
			return fmt.Errorf("%s: %w", id, err)
		}
	}
	return nil
}

func pluginOperation(name string) func(context.Context, *session, []string) error {
	return func(ctx context.Context, s *session, args []string) error {
		return s.startEach(ctx, "/0.2/pg_mgr/install/"+name, args, "plugin")
	}
}

func uninstallPlugin(ctx context.Context, s *session, args []string) error {
	if err := want(args, "PLUGIN"); err != nil {
		return err
	}
	if err := s.confirm("remove plugin %s with its firmware and custom templates?", terminal.Clean(args[0])); err != nil {
		return err
	}
	_, _, err := s.client.Send(ctx, http.MethodPost, "/0.2/pg_mgr/install/uninstall", document.New("id", args[0]))
	return err
}

func reloadPlugin(ctx context.Context, s *session, args []string) error {
	if err := want(args, "PLUGIN"); err != nil {
		return err
	}
	_, _, err := s.client.Send(ctx, http.MethodPost, "/0.2/pg_mgr/reload", document.New("id", args[0]))
	return err
}

func pluginParams(ctx context.Context, s *session, args []string) error {
	if err := want(args, "PLUGIN"); err != nil {
		return err
	}
	return s.printParams(ctx, provdclient.Path("pg_mgr", "plugins", args[0], "configure"))
}

func setPluginParam(ctx context.Context, s *session, args []string) error {
	if err := want(args, "PLUGIN", "NAME", "VALUE"); err != nil {
		return err
	}
	return s.putParam(ctx, provdclient.Path("pg_mgr", "plugins", args[0], "configure", args[1]), paramValue(args[2]))
}

func installFirmware(ctx context.Context, s *session, args []string) error {
	if len(args) < 2 {
		return fmt.Errorf("want a plugin and at least one of its firmware packages")
	}
	return s.startEach(ctx, provdclient.Path("pg_mgr", "plugins", args[0], "install", "install"), args[1:], "package")
}

func uninstallFirmware(ctx context.Context, s *session, args []string) error {
	if err := want(args, "PLUGIN", "PACKAGE"); err != nil {
		return err
	}
	_, _, err := s.client.Send(ctx, http.MethodPost, provdclient.Path("pg_mgr", "plugins", args[0], "install", "uninstall"), document.New("id", args[1]))
	return err
}
