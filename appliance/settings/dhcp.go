package settings

import (
	"net/netip"

	"provbox/dhcp"
	"provbox/dhcp/lease"
)

// Server returns the DHCP server's configuration, all but what its rules are
// filled with.
func (d DHCP) Server() dhcp.Config {
	cfg := dhcp.Config{Mode: dhcp.ModeServer}
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
	s := dhcp.Subnet{Prefix: n.Subnet, DNS: n.DNS, NTP: n.NTP, Domain: n.Domain, LeaseTime: n.LeaseTime}
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
