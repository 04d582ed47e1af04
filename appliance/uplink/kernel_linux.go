package uplink

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"provbox/appliance/netcfg/rtnl"
)

// linux is the network namespace that the process runs in. Changing anything
// needs CAP_NET_ADMIN.
type linux struct{ log *slog.Logger }

const (
	// alias marks an interface as an uplink's, so that one which a crash left is
	// known from somebody else's.
	alias = "provbox uplink"
	// protocol marks routes in the same way. Values above RTPROT_STATIC are free
	// for programs (rtnetlink(7)); iproute2 names none for this one.
	protocol = 98
)

// State reads interfaces, addresses and the routes of the main table.
func (linux) State(name string) (kernelState, error) {
	links, err := rtnl.Dump(netlink.LinkList)
	if err != nil {
		return kernelState{}, fmt.Errorf("list interfaces: %w", err)
	}
	addrs, err := rtnl.Dump(func() ([]netlink.Addr, error) { return netlink.AddrList(nil, netlink.FAMILY_ALL) })
	if err != nil {
		return kernelState{}, fmt.Errorf("list addresses: %w", err)
	}
	byIndex := make(map[int]netlink.Link)
	var s kernelState
	for _, l := range links {
		byIndex[l.Attrs().Index] = l
		if l.Attrs().Name == name {
			s.Link = &link{Up: isUp(l), MTU: l.Attrs().MTU}
		}
	}
	for _, a := range addrs {
		l, ok := byIndex[a.LinkIndex]
		p, valid := rtnl.Prefix(a.IPNet)
		if !ok || !valid || p.Addr().IsLinkLocalUnicast() || p.Addr().IsLoopback() {
			continue // IPv6 gives each interface an address of its own accord
		}
		if l.Attrs().Name == name {
			s.Link.Addresses = append(s.Link.Addresses, p)
		} else if isUp(l) {
			s.Others = append(s.Others, address{Link: l.Attrs().Name, Prefix: p})
		}
	}
	s.Routes, s.Gateways, err = mainRoutes(name, byIndex)
	return s, err
}

func isUp(l netlink.Link) bool { return l.Attrs().Flags&net.FlagUp != 0 }

// mainRoutes returns the uplink's routes and the default routes.
func mainRoutes(name string, links map[int]netlink.Link) (own, gateways []route, err error) {
	main := &netlink.Route{Table: unix.RT_TABLE_MAIN}
	for family, all := range map[int]netip.Prefix{
		netlink.FAMILY_V4: netip.MustParsePrefix("0.0.0.0/0"),
		netlink.FAMILY_V6: netip.MustParsePrefix("::/0"),
	} {
		list, err := rtnl.Dump(func() ([]netlink.Route, error) {
			return netlink.RouteListFiltered(family, main, netlink.RT_FILTER_TABLE)
		})
		if err != nil {
			return nil, nil, fmt.Errorf("list routes: %w", err)
		}
		slices.SortStableFunc(list, func(a, b netlink.Route) int { return cmp.Compare(a.Priority, b.Priority) })
		for _, r := range list {
			l, ok := links[r.LinkIndex]
			to, valid := rtnl.Prefix(r.Dst)
			if r.Dst == nil {
				to, valid = all, true
			}
			if !ok || !valid {
				continue
			}
			gateway, _ := netip.AddrFromSlice(r.Gw)
			one := route{To: to, Link: l.Attrs().Name, Gateway: gateway.Unmap(), Own: r.Protocol == protocol}
			switch {
			case one.Own:
				own = append(own, one)
			case to == all && one.Link != name:
				gateways = append(gateways, one)
			}
		}
	}
	return own, gateways, nil
}

// Do makes one change.
func (linux) Do(c change) error {
	l, err := netlink.LinkByName(c.Link)
	if err != nil {
		return err
	}
	switch c.Op {
	case linkMTU:
		return netlink.LinkSetMTU(l, c.MTU)
	case linkUp:
		return netlink.LinkSetUp(l)
	case addAddress:
		return rtnl.Unless(netlink.AddrAdd(l, &netlink.Addr{IPNet: rtnl.IPNet(c.Address)}), unix.EEXIST)
	case removeAddress:
		return rtnl.Unless(netlink.AddrDel(l, &netlink.Addr{IPNet: rtnl.IPNet(c.Address)}), unix.EADDRNOTAVAIL)
	}
	r := &netlink.Route{LinkIndex: l.Attrs().Index, Dst: rtnl.IPNet(c.Route.To), Protocol: protocol, Table: unix.RT_TABLE_MAIN}
	if c.Route.Gateway.IsValid() {
		r.Gw = c.Route.Gateway.AsSlice()
	} else if c.Route.To.Addr().Is4() {
		r.Scope = netlink.SCOPE_LINK
	}
	switch c.Op {
	case addRoute:
		err := netlink.RouteAdd(r)
		if errors.Is(err, unix.EEXIST) {
			return errors.New("the machine has another route to that network already")
		}
		return err
	case removeRoute:
		return rtnl.Unless(netlink.RouteDel(r), unix.ESRCH)
	}
	return fmt.Errorf("unknown change %q", c.Op)
}

// Watch subscribes to the kernel's notices about links, addresses and routes.
// Notices that come while one is waiting to be read are one.
func (linux) Watch(ctx context.Context) (<-chan struct{}, error) {
	ctx, stop := context.WithCancel(ctx)
	links, addrs, routes := make(chan netlink.LinkUpdate), make(chan netlink.AddrUpdate), make(chan netlink.RouteUpdate)
	if err := netlink.LinkSubscribe(links, ctx.Done()); err != nil {
		stop()
		return nil, err
	}
	if err := netlink.AddrSubscribe(addrs, ctx.Done()); err != nil {
		stop()
		go drain(links)
		return nil, err
	}
	if err := netlink.RouteSubscribe(routes, ctx.Done()); err != nil {
		stop()
		go drain(links)
		go drain(addrs)
		return nil, err
	}
	events := make(chan struct{}, 1)
	go func() {
		// Ends with ctx, which closes the subscriptions. One that breaks off ends
		// the others.
		defer close(events)
		for ok := true; ok; {
			select {
			case _, ok = <-links:
			case _, ok = <-addrs:
			case _, ok = <-routes:
			}
			select {
			case events <- struct{}{}:
			default:
			}
		}
		stop()
		drain(links)
		drain(addrs)
		drain(routes)
	}()
	return events, nil
}

// drain reads a subscription to its end: the library blocks on what is not read.
func drain[T any](c <-chan T) {
	for range c {
	}
}

// Addresses returns the addresses of an interface that is up.
func (linux) Addresses(name string) (index int, addrs []netip.Addr, err error) {
	l, err := netlink.LinkByName(name)
	var missing netlink.LinkNotFoundError
	if errors.As(err, &missing) {
		return 0, nil, nil
	}
	if err != nil || !isUp(l) {
		return 0, nil, err
	}
	list, err := rtnl.Dump(func() ([]netlink.Addr, error) { return netlink.AddrList(l, netlink.FAMILY_ALL) })
	for _, a := range list {
		if p, ok := rtnl.Prefix(a.IPNet); ok && !p.Addr().IsLinkLocalUnicast() {
			addrs = append(addrs, p.Addr())
		}
	}
	return l.Attrs().Index, addrs, err
}
