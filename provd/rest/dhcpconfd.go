package rest

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"provbox/provd"
	"provbox/provd/document"
)

// The four members of wazo-confd's /dhcp (spec/dhcp.md section 6), which are a view
// of the settings: active is mode server, network_interfaces are the interfaces,
// pool_start and pool_end the first pool of the first interface's first subnet.

func (c *call) getDHCPConfd() error {
	settings, _ := c.dhcpSettings()
	names := []any{}
	for _, i := range each(settings, "interfaces") {
		names = append(names, i.doc.String("name"))
	}
	doc := document.New("active", settings.String("mode") == "server", "pool_start", nil, "pool_end", nil, "network_interfaces", names)
	if pool := firstPool(settings); pool != nil {
		doc.Set("pool_start", pool.String("start"))
		doc.Set("pool_end", pool.String("end"))
	}
	return c.answer(http.StatusOK, doc)
}

// firstPool is the pool that is shown, nil if there is none.
func firstPool(settings *document.Object) *document.Object {
	at := settings
	for _, name := range []string{"interfaces", "subnets", "pools"} {
		all := each(at, name)
		if len(all) == 0 {
			return nil
		}
		at = all[0].doc
	}
	return at
}

// confdDHCP is the body of wazo-confd's PUT.
type confdDHCP struct {
	active     bool
	start, end netip.Addr // invalid when there is no pool
	interfaces []string   // empty leaves them as they are
}

// readConfd checks a body the way wazo-confd does and says everything that is wrong
// with it.
func readConfd(body any, have map[string][]netip.Prefix) (d confdDHCP, problems []string) {
	o, ok := body.(*document.Object)
	if !ok {
		return d, []string{"the body must be an object with active, pool_start, pool_end and network_interfaces"}
	}
	bad := func(text string) { problems = append(problems, text) }
	for _, name := range o.Keys() {
		if !slices.Contains([]string{"active", "pool_start", "pool_end", "network_interfaces"}, name) {
			bad("unknown key: " + name)
		}
	}
	if v, there := o.Get("active"); !there {
		bad("missing key: active")
	} else if d.active, ok = v.(bool); !ok {
		bad("active: want true or false")
	}
	address := func(name string) (ip netip.Addr) {
		v, _ := o.Get(name)
		if v == nil {
			if d.active {
				bad("missing key: " + name)
			}
			return ip
		}
		text, _ := v.(string)
		if dotted, err := leaseIP(document.New("ip", text)); err == nil {
			return netip.MustParseAddr(dotted)
		}
		bad(name + ": invalid IP address: " + text)
		return ip
	}
	d.start, d.end = address("pool_start"), address("pool_end")
	if d.start.IsValid() && d.end.IsValid() && d.end.Less(d.start) {
		bad("pool_start must be less than pool_end")
	}
	if d.start.IsValid() != d.end.IsValid() {
		d.start, d.end = netip.Addr{}, netip.Addr{}
	}
	v, there := o.Get("network_interfaces")
	if there && v != nil && !isList(v) {
		bad("network_interfaces: want a list of names")
	}
	var unknown []string
	for _, v := range o.List("network_interfaces") {
		name, _ := v.(string)
		if _, ok := have[name]; !ok {
			unknown = append(unknown, name)
		}
		d.interfaces = append(d.interfaces, name)
	}
	if len(unknown) > 0 {
		bad("Invalid network interfaces: " + strings.Join(unknown, ", "))
	}
	return d, problems
}

func (c *call) putDHCPConfd() error {
	have, err := c.cfg.DHCP.Interfaces()
	if err != nil {
		return err
	}
	d, problems := readConfd(c.body, have)
	if len(problems) > 0 {
		return provd.Errorf(provd.Invalid, "%s", strings.Join(problems, "\n"))
	}
	if err := c.edit(func(settings *document.Object) error { return d.apply(settings, have) }); err != nil {
		return err
	}
	return c.noContent()
}

// apply brings the four members into the settings and leaves everything else.
func (d confdDHCP) apply(settings *document.Object, have map[string][]netip.Prefix) error {
	switch {
	case d.active:
		settings.Set("mode", "server")
	case settings.String("mode") == "server":
		settings.Set("mode", "off") // observe is not active, either
	}
	if len(d.interfaces) > 0 {
		d.arrange(settings, have)
	}
	if !d.start.IsValid() {
		return nil
	}
	all := each(settings, "interfaces")
	if len(all) == 0 {
		return provd.Errorf(provd.Invalid, "missing key: network_interfaces")
	}
	name := all[0].doc.String("name")
	pool := document.New("start", d.start.String(), "end", d.end.String())
	for i, n := range each(all[0].doc, "subnets") {
		prefix, err := netip.ParsePrefix(n.doc.String("subnet"))
		if err != nil || !prefix.Contains(d.start) || !prefix.Contains(d.end) {
			continue
		}
		if pools := n.doc.List("pools"); len(pools) > 0 {
			pools[0] = pool
		} else {
			n.doc.Set("pools", []any{pool})
		}
		if i > 0 {
			// It becomes the one that is shown.
			list := n.in.List(n.name)
			list[0], list[i] = list[i], list[0]
		}
		return nil
	}
	return provd.Errorf(provd.Invalid, "pool_start: %s to %s is not within a subnet of %s", d.start, d.end, name)
}

// arrange makes the interfaces those of the list, in its order. New ones serve the
// subnets of their own addresses, with the box as the router, as wazo-confd's
// template has it.
func (d confdDHCP) arrange(settings *document.Object, have map[string][]netip.Prefix) {
	known := make(map[string]*document.Object)
	for _, i := range each(settings, "interfaces") {
		known[i.doc.String("name")] = i.doc
	}
	var all []any
	for _, name := range d.interfaces {
		i := known[name]
		if i == nil {
			i = document.New("name", name)
		}
		if len(i.List("subnets")) == 0 {
			nets := []any{}
			for _, p := range have[name] {
				nets = append(nets, document.New("subnet", p.Masked().String(), "router", p.Addr().String()))
			}
			i.Set("subnets", nets)
		}
		all = append(all, i)
	}
	settings.Set("interfaces", all)
}
