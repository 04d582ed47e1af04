package netcfg

import (
	"net/netip"
	"slices"
)

// State is what the kernel has, as far as Plan looks at it.
type State struct {
	Links []Link
	// Routes are the IPv4 default routes of the main table.
	Routes []Route
}

// Link is a network interface.
type Link struct {
	Name string
	// Up is the administrative state, not the cable's.
	Up bool
	// Addresses are its IPv4 addresses, with host bits, in the kernel's order.
	Addresses []netip.Prefix
}

// Route is a default route.
type Route struct {
	// Link is the name of the interface that it leaves through.
	Link string
	// Gateway is invalid for a route straight onto the link.
	Gateway netip.Addr
}

// Op says what a Change does.
type Op string

// The changes there are. Each uses the fields of Change named with it.
const (
	// LinkUp brings an interface up: Link.
	LinkUp Op = "link up"
	// RemoveAddress takes an address off an interface: Link, Address.
	RemoveAddress Op = "remove address"
	// AddAddress puts an address on an interface: Link, Address.
	AddAddress Op = "add address"
	// RemoveRoute removes a default route: Link, Gateway.
	RemoveRoute Op = "remove default route"
	// SetRoute makes a default route, in place of another: Link, Gateway.
	SetRoute Op = "set default route"
)

// Change is one step from a State to what is wanted.
type Change struct {
	Op      Op
	Link    string
	Address netip.Prefix
	Gateway netip.Addr
}

// Plan returns the changes that lead from the state to the settings, in the
// order in which to make them, and the interfaces that the settings name and
// the state does not have. Without settings, or with invalid ones, there are
// none. It returns no changes for a state that is as wanted.
func Plan(s State, c Config) (changes []Change, missing []string) {
	w, err := c.parse()
	if err != nil || len(w.interfaces) == 0 {
		return nil, nil
	}
	if lo := s.link("lo"); lo != nil && !lo.Up {
		changes = append(changes, Change{Op: LinkUp, Link: "lo"})
	}
	readdressed := make(map[string]bool)
	for _, in := range w.interfaces {
		link := s.link(in.name)
		if link == nil {
			missing = append(missing, in.name)
			continue
		}
		// Removing comes first: taking a primary address away takes the
		// secondary ones of the same network along, so an address that was
		// added before would go with it (ip-address(8), promote_secondaries).
		for _, a := range link.Addresses {
			if a != in.address {
				changes = append(changes, Change{Op: RemoveAddress, Link: in.name, Address: a})
				readdressed[in.name] = true
			}
		}
		if !slices.Contains(link.Addresses, in.address) || readdressed[in.name] {
			// After a removal the address is asked for again even if it was
			// there, because it may have gone along.
			changes = append(changes, Change{Op: AddAddress, Link: in.name, Address: in.address})
		}
		if !link.Up {
			changes = append(changes, Change{Op: LinkUp, Link: in.name})
		}
	}
	return append(changes, planRoutes(s, w, readdressed)...), missing
}

func planRoutes(s State, w wanted, readdressed map[string]bool) (changes []Change) {
	var want *Route
	ours := make(map[string]bool)
	for _, in := range w.interfaces {
		ours[in.name] = true
		if in.gateway.IsValid() && s.link(in.name) != nil {
			want = &Route{Link: in.name, Gateway: in.gateway}
		}
	}
	have := false
	for _, r := range s.Routes {
		switch {
		case want != nil && r == *want && !have:
			have = true
		case ours[r.Link]:
			changes = append(changes, Change{Op: RemoveRoute, Link: r.Link, Gateway: r.Gateway})
		}
	}
	if want != nil && (!have || readdressed[want.Link] || !s.link(want.Link).Up) {
		// The kernel drops routes with the address they depend on.
		changes = append(changes, Change{Op: SetRoute, Link: want.Link, Gateway: want.Gateway})
	}
	return changes
}

func (s State) link(name string) *Link {
	for i := range s.Links {
		if s.Links[i].Name == name {
			return &s.Links[i]
		}
	}
	return nil
}
