package uplink

import (
	"fmt"
	"net/netip"
	"slices"
)

// kernelState is what the kernel has, as far as plan looks at it.
type kernelState struct {
	// Link is the uplink's own interface, nil when it is not there.
	Link *link
	// Others are the addresses of the other interfaces that are up.
	Others []address
	// Routes are the main table's routes through the uplink, and those elsewhere
	// that an uplink made.
	Routes []route
	// Gateways are the default routes of the main table, the preferred ones first.
	Gateways []route
}

// link is the uplink's interface.
type link struct {
	Up        bool
	MTU       int
	Addresses []netip.Prefix // with host bits
}

// address is one of an interface.
type address struct {
	Link   string
	Prefix netip.Prefix // with host bits
}

// route leads to a network.
type route struct {
	To netip.Prefix
	// Link is the interface that it leaves through.
	Link string
	// Gateway is invalid for a route straight onto the link.
	Gateway netip.Addr
	// Own is a route that an uplink made.
	Own bool
}

func (r route) String() string {
	if r.Gateway.IsValid() {
		return fmt.Sprintf("%s via %s on %s", r.To, r.Gateway, r.Link)
	}
	return fmt.Sprintf("%s on %s", r.To, r.Link)
}

// op says what a change does.
type op string

const (
	linkMTU       op = "set mtu"
	addAddress    op = "add address"
	removeAddress op = "remove address"
	linkUp        op = "link up"
	addRoute      op = "add route"
	removeRoute   op = "remove route"
)

// change is one step from a state to what is wanted.
type change struct {
	Op      op
	Link    string       // all
	MTU     int          // set mtu
	Address netip.Prefix // add, remove address
	Route   route        // add, remove route
}

func (c change) String() string {
	switch {
	case c.Address.IsValid():
		return fmt.Sprintf("%s %s on %s", c.Op, c.Address, c.Link)
	case c.Route.To.IsValid():
		return fmt.Sprintf("%s %s", c.Op, c.Route)
	case c.MTU != 0:
		return fmt.Sprintf("%s %d on %s", c.Op, c.MTU, c.Link)
	}
	return fmt.Sprintf("%s %s", c.Op, c.Link)
}

// plan returns the changes that lead from the state to the settings, in the order
// in which to make them, and what of the settings must not be done in this state.
// endpoints are the addresses that the peers are being called at. It returns no
// changes for a state that is as wanted.
func plan(s kernelState, w wanted, endpoints, branch []netip.Prefix) (changes []change, conflicts []string) {
	if s.Link == nil {
		return nil, nil
	}
	if s.Link.MTU != w.mtu {
		changes = append(changes, change{Op: linkMTU, Link: w.name, MTU: w.mtu})
	}
	for _, a := range s.Link.Addresses {
		if a != w.address {
			changes = append(changes, change{Op: removeAddress, Link: w.name, Address: a})
		}
	}
	if !slices.Contains(s.Link.Addresses, w.address) {
		changes = append(changes, change{Op: addAddress, Link: w.name, Address: w.address})
	}
	if !s.Link.Up {
		changes = append(changes, change{Op: linkUp, Link: w.name})
	}
	want, conflicts := routes(s, w, endpoints, branch)
	for _, r := range s.Routes {
		if r.Own && !slices.Contains(want, r) {
			changes = append(changes, change{Op: removeRoute, Link: r.Link, Route: r})
		}
	}
	for _, r := range want {
		if !slices.Contains(s.Routes, r) {
			changes = append(changes, change{Op: addRoute, Link: r.Link, Route: r})
		}
	}
	return changes, conflicts
}

// routes returns the routes that the settings ask for, those that the others
// depend on first.
func routes(s kernelState, w wanted, endpoints, branch []netip.Prefix) (want []route, conflicts []string) {
	if w.wide() {
		// Two halves are more specific than the default route, which stays as it
		// is; these would draw in what has to go past the tunnel.
		for _, n := range slices.Concat(endpoints, branch) {
			if r, ok := past(s, n.Masked()); ok && !slices.Contains(want, r) {
				want = append(want, r)
			}
		}
	}
	for _, peer := range w.peers {
		for _, n := range peer.allowed {
			if !isWide(n) {
				if l := connected(s, n); l != nil {
					conflicts = append(conflicts, fmt.Sprintf("not routed: %s overlaps %s, the network of %s", n, l.Prefix.Masked(), l.Link))
					continue
				}
				if e := holds(n, endpoints); e.IsValid() {
					conflicts = append(conflicts, fmt.Sprintf("not routed: %s holds the peer's own address %s", n, e.Addr()))
					continue
				}
			}
			for _, half := range halves(n) {
				want = append(want, route{To: half, Link: w.name, Own: true})
			}
		}
	}
	return want, conflicts
}

// past is the route to a network past the tunnel, and false for one that needs
// none: it is on a link of the box, or there is no way to it.
func past(s kernelState, n netip.Prefix) (route, bool) {
	if connected(s, n) != nil {
		return route{}, false
	}
	for _, g := range s.Gateways {
		if g.To.Addr().Is4() == n.Addr().Is4() {
			return route{To: n, Link: g.Link, Gateway: g.Gateway, Own: true}, true
		}
	}
	return route{}, false
}

func connected(s kernelState, n netip.Prefix) *address {
	for i, a := range s.Others {
		if a.Prefix.Masked().Overlaps(n) {
			return &s.Others[i]
		}
	}
	return nil
}

func holds(n netip.Prefix, endpoints []netip.Prefix) netip.Prefix {
	for _, e := range endpoints {
		if n.Overlaps(e) {
			return e
		}
	}
	return netip.Prefix{}
}

// halves splits a default route in two; any other network stays whole.
func halves(n netip.Prefix) []netip.Prefix {
	if n.Bits() > 0 {
		return []netip.Prefix{n}
	}
	upper := n.Addr().AsSlice()
	upper[0] |= 0x80
	a, _ := netip.AddrFromSlice(upper) // of a valid length
	return []netip.Prefix{netip.PrefixFrom(n.Addr(), 1), netip.PrefixFrom(a, 1)}
}
