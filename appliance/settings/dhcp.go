package settings

import (
	"net/netip"
	"strings"

	"go.yaml.in/yaml/v3"

	"provbox/dhcp"
	"provbox/dhcp/lease"
	"provbox/dhcp/option"
)

// Rules are the built-in vendor rules with those of the file.
type Rules struct {
	Table    *option.Table // nil when the file has none
	problems []string
}

// UnmarshalYAML reads the list; validate reports its problems.
func (r *Rules) UnmarshalYAML(n *yaml.Node) error {
	const key = "dhcp.rules"
	own, err := option.ReadRules(key, n)
	if err == nil {
		var table *option.Table
		if table, err = option.Builtin(); err == nil {
			r.Table, err = table.Merge(key, own)
		}
	}
	r.problems = problems(err)
	return nil
}

// Options are options of a subnet by number.
type Options struct {
	List     []option.Option
	problems []string
}

// UnmarshalYAML reads the mapping; validate reports its problems.
func (o *Options) UnmarshalYAML(n *yaml.Node) error {
	list, err := option.ReadOptions("", n)
	o.List, o.problems = list, problems(err)
	return nil
}

func problems(err error) []string {
	if err == nil {
		return nil
	}
	return strings.Split(err.Error(), "\n")
}

// Server returns the DHCP server's configuration, all but what its rules are
// filled with.
func (d DHCP) Server() dhcp.Config {
	cfg := dhcp.Config{Mode: dhcp.ModeServer, Rules: d.Rules.Table, Blocked: d.Blocked, Limits: lease.Limits{PerRelay: d.LeasesPerPort}}
	if d.Mode == "observe" {
		cfg.Mode = dhcp.ModeObserve
	}
	for _, i := range d.Interfaces {
		iface := dhcp.Interface{Name: i.Name}
		for _, n := range i.Subnets {
			iface.Subnets = append(iface.Subnets, n.server())
		}
		cfg.Interfaces = append(cfg.Interfaces, iface)
	}
	return cfg
}

func (n Subnet) server() dhcp.Subnet {
	s := dhcp.Subnet{Options: n.Options.List, Prefix: n.Subnet, DNS: n.DNS, NTP: n.NTP, Domain: n.Domain, LeaseTime: n.LeaseTime}
	if n.Serve == "all" {
		s.Serve = dhcp.ServeAll
	}
	if n.Router.IsValid() {
		s.Routers = []netip.Addr{n.Router}
	}
	for _, p := range n.Pools {
		s.Pools = append(s.Pools, lease.Range{Start: p.Start, End: p.End})
	}
	for _, r := range n.Reservations {
		s.Reservations = append(s.Reservations, lease.Reservation{MAC: r.MAC, IP: r.IP, Hostname: r.Hostname})
	}
	return s
}
