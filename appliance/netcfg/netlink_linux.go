package netcfg

import (
	"context"
	"fmt"
	"net"
	"net/netip"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"provbox/appliance/netcfg/rtnl"
)

// Netlink is the Kernel of the network namespace that the process runs in. The
// zero value is ready to use; changing anything needs CAP_NET_ADMIN.
type Netlink struct{}

// State reads interfaces, their IPv4 addresses and the IPv4 default routes.
func (Netlink) State() (State, error) {
	links, err := rtnl.Dump(netlink.LinkList)
	if err != nil {
		return State{}, fmt.Errorf("list interfaces: %w", err)
	}
	addrs, err := rtnl.Dump(func() ([]netlink.Addr, error) { return netlink.AddrList(nil, netlink.FAMILY_V4) })
	if err != nil {
		return State{}, fmt.Errorf("list addresses: %w", err)
	}
	routes, err := rtnl.Dump(func() ([]netlink.Route, error) {
		return netlink.RouteListFiltered(netlink.FAMILY_V4, &netlink.Route{Table: unix.RT_TABLE_MAIN}, netlink.RT_FILTER_TABLE)
	})
	if err != nil {
		return State{}, fmt.Errorf("list routes: %w", err)
	}

	var s State
	at := make(map[int]int) // the kernel's number -> place in s.Links
	for i, l := range links {
		at[l.Attrs().Index] = i
		s.Links = append(s.Links, Link{Name: l.Attrs().Name, Up: l.Attrs().Flags&net.FlagUp != 0})
	}
	for _, a := range addrs {
		if i, ok := at[a.LinkIndex]; ok && a.IPNet != nil {
			if p, ok := toPrefix(a.IPNet); ok {
				s.Links[i].Addresses = append(s.Links[i].Addresses, p)
			}
		}
	}
	for _, r := range routes {
		if r.Dst != nil {
			if ones, _ := r.Dst.Mask.Size(); ones != 0 {
				continue
			}
		}
		if i, ok := at[r.LinkIndex]; ok {
			gateway, _ := netip.AddrFromSlice(r.Gw)
			s.Routes = append(s.Routes, Route{Link: s.Links[i].Name, Gateway: gateway.Unmap()})
		}
	}
	return s, nil
}

// Do makes one change.
func (Netlink) Do(c Change) error {
	link, err := netlink.LinkByName(c.Link)
	if err != nil {
		return err
	}
	route := &netlink.Route{LinkIndex: link.Attrs().Index, Dst: rtnl.IPNet(netip.MustParsePrefix("0.0.0.0/0"))}
	if c.Gateway.IsValid() {
		route.Gw = c.Gateway.AsSlice()
	}
	switch c.Op {
	case LinkUp:
		return netlink.LinkSetUp(link)
	case AddAddress:
		err = netlink.AddrAdd(link, &netlink.Addr{IPNet: rtnl.IPNet(c.Address)})
		return rtnl.Unless(err, unix.EEXIST)
	case RemoveAddress:
		err = netlink.AddrDel(link, &netlink.Addr{IPNet: rtnl.IPNet(c.Address)})
		return rtnl.Unless(err, unix.EADDRNOTAVAIL)
	case SetRoute:
		return netlink.RouteReplace(route)
	case RemoveRoute:
		return rtnl.Unless(netlink.RouteDel(route), unix.ESRCH)
	default:
		return fmt.Errorf("unknown change %q", c.Op)
	}
}

// Watch subscribes to the kernel's notices about interfaces. Notices that come
// while one is waiting to be read are one.
func (Netlink) Watch(ctx context.Context) (<-chan struct{}, error) {
	updates := make(chan netlink.LinkUpdate)
	if err := netlink.LinkSubscribe(updates, ctx.Done()); err != nil {
		return nil, err
	}
	events := make(chan struct{}, 1)
	go func() {
		// Ends with ctx: the subscription then closes updates.
		defer close(events)
		for range updates {
			select {
			case events <- struct{}{}:
			default:
			}
		}
	}()
	return events, nil
}

// toPrefix takes IPv4 addresses only.
func toPrefix(n *net.IPNet) (netip.Prefix, bool) {
	p, ok := rtnl.Prefix(n)
	return p, ok && p.Addr().Is4()
}
