package ctl

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"

	"provbox/appliance/provdclient"
	"provbox/appliance/terminal"
	"provbox/provd/document"
)

func configCommands() []command {
	return []command{
		{name: "configs list", short: "the configs, or those selected with --q", run: listConfigs, flags: func(f *flag.FlagSet, s *session) {
			f.StringVar(&s.sel.q, "q", "", "that match this `selector` (a JSON object)")
			listFlags(f, s)
		}},
		{name: "configs show", args: "ID", short: "one config's document", run: showConfig(nil, "config")},
		{name: "configs raw", args: "ID", short: "what a device with this config gets, parents included", run: showConfig([]string{"raw"}, "raw_config")},
		{name: "configs create", args: "--file FILE", short: "add a config", run: createConfig, flags: fileFlag},
		{name: "configs update", args: "ID --file FILE", short: "replace a config", run: updateConfig, flags: fileFlag},
		{name: "configs delete", args: "ID", short: "delete a config", run: deleteConfig, flags: func(f *flag.FlagSet, s *session) {
			f.BoolVar(&s.yes, "yes", false, "do not ask")
		}},
		{name: "configs autocreate", short: "make a config for a phone that nobody has claimed", run: autocreate},
	}
}

func listConfigs(ctx context.Context, s *session, args []string) error {
	if err := want(args); err != nil {
		return err
	}
	selector, err := s.sel.selector()
	if err != nil {
		return err
	}
	q, err := s.query(selector)
	if err != nil {
		return err
	}
	v, err := s.client.Get(ctx, "/0.2/cfg_mgr/configs", q, "configs")
	if err != nil {
		return err
	}
	if s.json || s.fields != "" {
		return s.printJSON(v)
	}
	t := newTable("ID", "TYPE", "LABEL", "PARENTS", "ROLE")
	for _, c := range list(v) {
		label := c.String("label")
		if label == "" {
			label = c.String("displayname")
		}
		parents, _ := c.Get("parent_ids")
		t.row(c.String("id"), c.String("X_type"), label, text(parents), c.String("role"))
	}
	t.print(s.Stdout)
	return nil
}

func showConfig(below []string, member string) func(context.Context, *session, []string) error {
	return func(ctx context.Context, s *session, args []string) error {
		if err := want(args, "ID"); err != nil {
			return err
		}
		v, err := s.client.Get(ctx, provdclient.Path(append([]string{"cfg_mgr", "configs", args[0]}, below...)...), nil, member)
		if err != nil {
			return err
		}
		return s.printJSON(v)
	}
}

func (s *session) mustDocument() (*document.Object, error) {
	if s.content == "" {
		return nil, errors.New("--file is missing")
	}
	return s.document()
}

func createConfig(ctx context.Context, s *session, args []string) error {
	if err := want(args); err != nil {
		return err
	}
	d, err := s.mustDocument()
	if err != nil {
		return err
	}
	return s.printID(s.client.Send(ctx, http.MethodPost, "/0.2/cfg_mgr/configs", document.New("config", d)))
}

func (s *session) printID(id, _ string, err error) error {
	if err == nil {
		fmt.Fprintln(s.Stdout, terminal.Clean(id))
	}
	return err
}

func updateConfig(ctx context.Context, s *session, args []string) error {
	if err := want(args, "ID"); err != nil {
		return err
	}
	d, err := s.mustDocument()
	if err != nil {
		return err
	}
	_, _, err = s.client.Send(ctx, http.MethodPut, provdclient.Path("cfg_mgr", "configs", args[0]), document.New("config", d))
	return err
}

func deleteConfig(ctx context.Context, s *session, args []string) error {
	if err := want(args, "ID"); err != nil {
		return err
	}
	if err := s.confirm("delete config %s? Devices that use it keep their last files.", terminal.Clean(args[0])); err != nil {
		return err
	}
	_, _, err := s.client.Send(ctx, http.MethodDelete, provdclient.Path("cfg_mgr", "configs", args[0]), nil)
	return err
}

func autocreate(ctx context.Context, s *session, args []string) error {
	if err := want(args); err != nil {
		return err
	}
	return s.printID(s.client.Send(ctx, http.MethodPost, "/0.2/cfg_mgr/autocreate", document.New()))
}
