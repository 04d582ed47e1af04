package ctl

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"provbox/appliance/provdclient"
	"provbox/appliance/terminal"
	"provbox/provd/document"
)

func paramCommands() []command {
	return []command{
		{name: "params list", short: "the service's parameters", run: listParams},
		{name: "params get", args: "NAME", short: "one parameter's value", run: getParam},
		{name: "params set", args: "NAME VALUE", short: "set a parameter", run: setParam},
		{name: "params unset", args: "NAME", short: "set a parameter back", run: unsetParam},
	}
}

func listParams(ctx context.Context, s *session, args []string) error {
	if err := want(args); err != nil {
		return err
	}
	return s.printParams(ctx, "/0.2/configure")
}

func (s *session) printParams(ctx context.Context, path string) error {
	v, err := s.client.Get(ctx, path, nil, "params")
	if err != nil {
		return err
	}
	if s.json {
		return s.printJSON(v)
	}
	t := newTable("NAME", "VALUE", "DESCRIPTION")
	for _, p := range list(v) {
		value, _ := p.Get("value")
		t.row(p.String("id"), text(value), p.String("description"))
	}
	t.print(s.Stdout)
	return nil
}

func getParam(ctx context.Context, s *session, args []string) error {
	if err := want(args, "NAME"); err != nil {
		return err
	}
	v, err := s.client.Get(ctx, provdclient.Path("configure", args[0]), nil, "param")
	if err != nil {
		return err
	}
	if s.json {
		return s.printJSON(v)
	}
	param, _ := v.(*document.Object)
	value, _ := param.Get("value")
	fmt.Fprintln(s.Stdout, terminal.Clean(text(value)))
	return nil
}

func (s *session) putParam(ctx context.Context, path string, value any) error {
	_, _, err := s.client.Send(ctx, http.MethodPut, path, document.New("param", document.New("value", value)))
	return err
}

// setParam sends text: the API wants it even of parameters that look like numbers.
// JSON null, lists and objects go as they are.
func setParam(ctx context.Context, s *session, args []string) error {
	if err := want(args, "NAME", "VALUE"); err != nil {
		return err
	}
	return s.putParam(ctx, provdclient.Path("configure", args[0]), paramValue(args[1]))
}

func paramValue(arg string) any {
	if arg == "null" || json.Valid([]byte(arg)) && (arg[0] == '{' || arg[0] == '[') {
		if v, err := document.DecodeValue([]byte(arg)); err == nil {
			return v
		}
	}
	return arg
}

func unsetParam(ctx context.Context, s *session, args []string) error {
	if err := want(args, "NAME"); err != nil {
		return err
	}
	return s.putParam(ctx, provdclient.Path("configure", args[0]), nil)
}
