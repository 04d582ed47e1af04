package ctl

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"provbox/appliance/provdclient"
	"provbox/appliance/terminal"
	"provbox/provd/document"
)

// selection says which devices a command is for.
type selection struct {
	is  map[string]string // member -> value
	q   string
	all bool
	own bool
}

// selectable are the members of a device that have a flag of their own.
var selectable = []struct{ name, short string }{
	{"mac", "of the phone with this `MAC` address"},
	{"ip", "of the phone with this `address`"},
	{"plugin", "of this `plugin`"},
	{"vendor", "of this `vendor`"},
	{"model", "of this `model`"},
	{"config", "with this `config`"},
}

func selectFlags(f *flag.FlagSet, s *session) {
	s.sel.is = make(map[string]string)
	for _, m := range selectable {
		f.Func(m.name, m.short, func(v string) error {
			if m.name == "mac" {
				v = strings.ReplaceAll(strings.ToLower(v), "-", ":")
			}
			s.sel.is[m.name] = v
			return nil
		})
	}
	f.StringVar(&s.sel.q, "q", "", "that match this `selector` (a JSON object)")
	f.BoolVar(&s.sel.own, "own-tenant", false, "of the tenant alone, not of those below it")
}

func changeFlags(f *flag.FlagSet, s *session) {
	selectFlags(f, s)
	f.BoolVar(&s.sel.all, "all", false, "every device")
	f.BoolVar(&s.yes, "yes", false, "do not ask")
}

func listFlags(f *flag.FlagSet, s *session) {
	f.StringVar(&s.fields, "fields", "", "only these `members`, divided by commas")
	f.StringVar(&s.sort, "sort", "", "sort by this `member`")
	f.BoolVar(&s.desc, "desc", false, "sort downwards")
	f.IntVar(&s.offset, "offset", 0, "leave out the first `N`")
	f.IntVar(&s.limit, "limit", 0, "at most `N`; 0 is all")
}

// query is what a list is asked with (spec/rest.md section 9).
func (s *session) query(selector *document.Object) (url.Values, error) {
	q := make(url.Values)
	if selector.Len() > 0 {
		b, err := document.Encode(selector)
		if err != nil {
			return nil, fmt.Errorf("encode selector: %w", err)
		}
		q.Set("q", string(b))
	}
	if s.fields != "" {
		q.Set("fields", s.fields)
	}
	if s.sort != "" {
		q.Set("sort", s.sort)
		q.Set("sort_ord", map[bool]string{false: "ASC", true: "DESC"}[s.desc])
	}
	if s.offset > 0 {
		q.Set("skip", strconv.Itoa(s.offset))
	}
	if s.limit > 0 {
		q.Set("limit", strconv.Itoa(s.limit))
	}
	return q, nil
}

func (s selection) selector() (*document.Object, error) {
	o := document.New()
	if s.q != "" {
		var err error
		if o, err = document.Decode([]byte(s.q)); err != nil {
			return nil, fmt.Errorf("--q is not a JSON object: %w", err)
		}
	}
	for _, m := range selectable {
		if v, ok := s.is[m.name]; ok {
			o.Set(m.name, v)
		}
	}
	return o, nil
}

func (s *session) devices(ctx context.Context) (any, error) {
	selector, err := s.sel.selector()
	if err != nil {
		return nil, err
	}
	q, err := s.query(selector)
	if err != nil {
		return nil, err
	}
	if !s.sel.own {
		q.Set("recurse", "true")
	}
	return s.client.Get(ctx, "/0.2/dev_mgr/devices", q, "devices")
}

// chosen are the devices that a change is for: those named, or those selected.
func (s *session) chosen(ctx context.Context, ids []string) ([]string, error) {
	selector, err := s.sel.selector()
	switch {
	case err != nil:
		return nil, err
	case len(ids) > 0 && (selector.Len() > 0 || s.sel.all):
		return nil, errors.New("name devices or select them, not both")
	case len(ids) > 0:
		return ids, nil
	case selector.Len() == 0 && !s.sel.all:
		return nil, errors.New("which devices? name them, select them (--plugin, --model, …), or say --all")
	}
	s.fields = "id"
	v, err := s.devices(ctx)
	if err != nil {
		return nil, err
	}
	for _, d := range list(v) {
		ids = append(ids, d.String("id"))
	}
	if len(ids) == 0 {
		return nil, errors.New("no device matches")
	}
	return ids, nil
}

// workers bounds how many devices are changed at the same time; the peer bounds
// its requests too.
const workers = 4

// each does something to every chosen device, goes on when one fails, and says at
// the end which did.
func (s *session) each(ctx context.Context, what string, ids []string, do func(context.Context, string) error) error {
	chosen, err := s.chosen(ctx, ids)
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		if err := s.confirm("%s %d devices?", what, len(chosen)); err != nil {
			return err
		}
	}
	var (
		g      errgroup.Group
		mu     sync.Mutex
		done   int
		failed = newTable("DEVICE", "ERROR")
	)
	g.SetLimit(workers)
	for _, id := range chosen {
		g.Go(func() error {
			err := do(ctx, id)
			mu.Lock()
			defer mu.Unlock()
			done++
			if err != nil {
				failed.row(id, err.Error())
			}
			if len(chosen) > 1 {
				s.progress(bar(provdclient.Status{Label: what, State: "progress", Current: int64(done), End: int64(len(chosen))}), done == len(chosen))
			}
			return nil
		})
	}
	_ = g.Wait() // the functions return no errors, the table has them
	n := len(failed.rows) - 1
	if n == 0 {
		fmt.Fprintf(s.Stdout, "%s: %d of %d devices\n", what, done, len(chosen))
		return nil
	}
	failed.print(s.Stdout)
	return fmt.Errorf("%s failed for %d of %d devices", what, n, len(chosen))
}

func deviceCommands() []command {
	return []command{
		{name: "devices list", short: "the devices, or those selected", run: listDevices, flags: func(f *flag.FlagSet, s *session) { selectFlags(f, s); listFlags(f, s) }},
		{name: "devices show", args: "ID", short: "one device's document", run: showDevice},
		{name: "devices create", args: "[MEMBER=VALUE …]", short: "add a device, such as mac=00:15:65:aa:bb:cc plugin=… config=…", run: createDevice, flags: fileFlag},
		{name: "devices set", args: "ID MEMBER=VALUE …", short: "change members of a device; an empty value removes one", run: setDevice},
		{name: "devices delete", args: "[ID …]", short: "delete devices", run: perDevice("delete", deleteDevice), flags: changeFlags},
		{name: "devices reconfigure", args: "[ID …]", short: "render the files of devices again", run: perDevice("reconfigure", action("reconfigure")), flags: changeFlags},
		{name: "devices synchronize", args: "[ID …]", short: "have phones fetch their files", run: perDevice("synchronize", synchronize), flags: changeFlags},
		{name: "devices plugin", args: "PLUGIN [ID …]", short: "give devices to another plugin", run: changePlugin, flags: changeFlags},
	}
}

func fileFlag(f *flag.FlagSet, s *session) {
	f.StringVar(&s.content, "file", "", "JSON `file` with the document")
}

func listDevices(ctx context.Context, s *session, args []string) error {
	if err := want(args); err != nil {
		return err
	}
	v, err := s.devices(ctx)
	if err != nil {
		return err
	}
	if s.json || s.fields != "" {
		return s.printJSON(v)
	}
	t := newTable("ID", "MAC", "IP", "VENDOR", "MODEL", "VERSION", "PLUGIN", "CONFIGURED")
	for _, d := range list(v) {
		t.row(d.String("id"), d.String("mac"), d.String("ip"), d.String("vendor"), d.String("model"), d.String("version"),
			d.String("plugin"), map[bool]string{true: "yes", false: "no"}[d.Bool("configured")])
	}
	t.print(s.Stdout)
	return nil
}

func (s *session) device(ctx context.Context, id string) (*document.Object, error) {
	v, err := s.client.Get(ctx, provdclient.Path("dev_mgr", "devices", id), nil, "device")
	if err != nil {
		return nil, err
	}
	d, ok := v.(*document.Object)
	if !ok {
		return nil, fmt.Errorf("device %s is no object", id)
	}
	return d, nil
}

func showDevice(ctx context.Context, s *session, args []string) error {
	if err := want(args, "ID"); err != nil {
		return err
	}
	d, err := s.device(ctx, args[0])
	if err != nil {
		return err
	}
	return s.printJSON(d)
}

// document is what --file holds, or an empty one.
func (s *session) document() (*document.Object, error) {
	if s.content == "" {
		return document.New(), nil
	}
	b, err := os.ReadFile(s.content)
	if err != nil {
		return nil, fmt.Errorf("read document: %w", err)
	}
	d, err := document.Decode(b)
	if err != nil {
		return nil, fmt.Errorf("%s is not a JSON object: %w", s.content, err)
	}
	return d, nil
}

// assign sets members from MEMBER=VALUE.
func assign(d *document.Object, args []string) error {
	for _, a := range args {
		name, value, ok := strings.Cut(a, "=")
		if !ok || name == "" {
			return fmt.Errorf("%q is not of the form MEMBER=VALUE", a)
		}
		if value == "" {
			d.Delete(name)
			continue
		}
		d.Set(name, value)
	}
	return nil
}

func createDevice(ctx context.Context, s *session, args []string) error {
	d, err := s.document()
	if err != nil {
		return err
	}
	if err := assign(d, args); err != nil {
		return err
	}
	id, _, err := s.client.Send(ctx, http.MethodPost, "/0.2/dev_mgr/devices", document.New("device", d))
	if err != nil {
		return err
	}
	fmt.Fprintln(s.Stdout, terminal.Clean(id))
	return nil
}

func (s *session) putDevice(ctx context.Context, id string, args ...string) error {
	d, err := s.device(ctx, id)
	if err != nil {
		return err
	}
	if err := assign(d, args); err != nil {
		return err
	}
	_, _, err = s.client.Send(ctx, http.MethodPut, provdclient.Path("dev_mgr", "devices", id), document.New("device", d))
	return err
}

func setDevice(ctx context.Context, s *session, args []string) error {
	if len(args) < 2 {
		return errors.New("want a device's id and at least one MEMBER=VALUE")
	}
	return s.putDevice(ctx, args[0], args[1:]...)
}

// perDevice is a command that does one thing to each chosen device.
func perDevice(what string, do func(context.Context, *session, string) error) func(context.Context, *session, []string) error {
	return func(ctx context.Context, s *session, ids []string) error {
		return s.each(ctx, what, ids, func(ctx context.Context, id string) error { return do(ctx, s, id) })
	}
}

func deleteDevice(ctx context.Context, s *session, id string) error {
	_, _, err := s.client.Send(ctx, http.MethodDelete, provdclient.Path("dev_mgr", "devices", id), nil)
	return err
}

func action(name string) func(context.Context, *session, string) error {
	return func(ctx context.Context, s *session, id string) error {
		_, _, err := s.client.Send(ctx, http.MethodPost, "/0.2/dev_mgr/"+name, document.New("id", id))
		return err
	}
}

// synchronize waits for the end, without showing each of many devices.
func synchronize(ctx context.Context, s *session, id string) error {
	_, location, err := s.client.Send(ctx, http.MethodPost, "/0.2/dev_mgr/synchronize", document.New("id", id))
	if err != nil {
		return err
	}
	quiet := *s
	quiet.quiet = true
	return quiet.follow(ctx, location)
}

func changePlugin(ctx context.Context, s *session, args []string) error {
	if len(args) == 0 {
		return errors.New("want the id of the plugin that the devices shall have")
	}
	// A plugin that is not there would leave every phone without its files.
	if _, err := s.client.Get(ctx, provdclient.Path("pg_mgr", "plugins", args[0], "info"), nil, "plugin_info"); err != nil {
		return fmt.Errorf("plugin %s is not loaded: %w", args[0], err)
	}
	return s.each(ctx, "change plugin", args[1:], func(ctx context.Context, id string) error {
		return s.putDevice(ctx, id, "plugin="+args[0])
	})
}
