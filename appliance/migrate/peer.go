package migrate

import (
	"context"
	"net/url"
	"slices"

	"provbox/appliance/provdclient"
	"provbox/provd/document"
)

// params are the service's parameters that every provd has (spec/rest.md section
// 12). provisioning_key is a tenant's own.
var params = []string{"plugin_server", "http_proxy", "ftp_proxy", "https_proxy", "locale", "NAT"}

// ReadPeer reads what a provd knows over its REST API. Custom templates can be had
// from a box only.
func ReadPeer(ctx context.Context, c *provdclient.Client) (*State, []Problem, error) {
	s := &State{Params: document.New()}
	var p problems
	for path, to := range map[string]*[]*document.Object{"dev_mgr/devices": &s.Devices, "cfg_mgr/configs": &s.Configs} {
		member := path[len("dev_mgr/"):]
		v, err := c.Get(ctx, "/0.2/"+path, url.Values{"recurse": {"true"}}, member)
		if err != nil {
			return nil, nil, err
		}
		list, _ := v.([]any)
		for _, d := range list {
			if o, ok := d.(*document.Object); ok && o.String("id") != "" {
				*to = append(*to, o)
				continue
			}
			p.add(member, "one has no id")
		}
		sortByID(*to)
	}
	for _, name := range params {
		v, err := param(ctx, c, name)
		if err != nil {
			p.add("parameter "+name, err)
		} else if v != nil {
			s.Params.Set(name, v)
		}
	}
	p.keys(ctx, c, s, tenantsOf(s.Devices))
	if err := p.plugins(ctx, c, s); err != nil {
		return nil, nil, err
	}
	return s, p.all(), nil
}

// param reads a parameter as app.json has it: NAT is shown as a number and kept as
// text.
func param(ctx context.Context, c *provdclient.Client, name string) (any, error) {
	v, err := c.Get(ctx, provdclient.Path("configure", name), nil, "param")
	if err != nil {
		return nil, err
	}
	o, _ := v.(*document.Object)
	value, _ := o.Get("value")
	if name == "NAT" && value != nil {
		return map[bool]string{true: "1", false: "0"}[document.Truthy(value) && value != "0"], nil
	}
	return value, nil
}

// keys adds the provisioning keys of tenants. There is no list of those that have
// one: a reader asks for those it knows of.
func (p *problems) keys(ctx context.Context, c *provdclient.Client, s *State, of []string) {
	tenants := document.New()
	tenants.Merge(s.Params.Object("tenants"))
	for _, t := range of {
		v, err := param(ctx, c.For(t), "provisioning_key")
		switch {
		case err != nil:
			p.add("provisioning key of tenant "+t, err)
		case v != nil:
			tenants.Set(t, document.New("provisioning_key", v))
		}
	}
	if tenants.Len() > 0 {
		s.Params.Set("tenants", tenants)
	}
}

// tenantsOf lists the tenants of devices.
func tenantsOf(devices []*document.Object) []string {
	var tenants []string
	for _, d := range devices {
		if t := d.String("tenant_uuid"); t != "" {
			tenants = append(tenants, t)
		}
	}
	slices.Sort(tenants)
	return slices.Compact(tenants)
}

// plugins reads what is installed.
func (p *problems) plugins(ctx context.Context, c *provdclient.Client, s *State) error {
	v, err := c.Get(ctx, "/0.2/pg_mgr/install/installed", nil, "pkgs")
	if err != nil {
		return err
	}
	pkgs, _ := v.(*document.Object)
	ids := pkgs.Keys()
	slices.Sort(ids)
	for _, id := range ids {
		plugin := Plugin{ID: id, Info: pkgs.Object(id), Version: pkgs.Object(id).String("version")}
		if plugin.Templates, err = templates(ctx, c, id); err != nil {
			p.add("templates of plugin "+id, err)
		}
		v, err := c.Get(ctx, provdclient.Path("pg_mgr", "plugins", id, "install", "installed"), nil, "pkgs")
		switch firmware, _ := v.(*document.Object); {
		case err == nil:
			plugin.Firmware = firmware.Keys()
			slices.Sort(plugin.Firmware)
		case !provdclient.Absent(err): // most plugins without firmware do not have that path
			p.add("firmware of plugin "+id, err)
		}
		s.Plugins = append(s.Plugins, plugin)
	}
	return nil
}

// templates reads the custom templates of a plugin. A wazo-provd has no such path.
func templates(ctx context.Context, c *provdclient.Client, id string) (map[string]string, error) {
	v, err := c.Get(ctx, provdclient.Path("pg_mgr", "plugins", id, "templates"), nil, "templates")
	if provdclient.Absent(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var contents map[string]string
	list, _ := v.([]any)
	for _, item := range list {
		t, _ := item.(*document.Object)
		if !t.Bool("custom") {
			continue
		}
		name := t.String("name")
		v, err := c.Get(ctx, provdclient.Path("pg_mgr", "plugins", id, "templates", name), nil, "template")
		if err != nil {
			return contents, err
		}
		if contents == nil {
			contents = make(map[string]string)
		}
		content, _ := v.(*document.Object)
		contents[name] = content.String("content")
	}
	return contents, nil
}
