package settings

import (
	"fmt"
	"net/netip"
	"strings"

	"provbox/appliance/uplink"
)

// Local returns the networks of the branch that the settings name, which the
// uplink must not capture.
func (s *Settings) Local() []uplink.Local {
	var list []uplink.Local
	for i, in := range s.Network.Interfaces {
		if n, err := netip.ParsePrefix(in.Address); err == nil {
			list = append(list, uplink.Local{Key: fmt.Sprintf("network.interfaces[%d].address", i), Network: n})
		}
	}
	for i, in := range s.DHCP.Interfaces {
		for j, n := range in.Subnets {
			if n.Subnet.IsValid() {
				list = append(list, uplink.Local{Key: fmt.Sprintf("dhcp.interfaces[%d].subnets[%d].subnet", i, j), Network: n.Subnet})
			}
		}
	}
	return list
}

func (s *Settings) validateUplink(v *checker) {
	if !s.Uplink.Enabled {
		return
	}
	name := s.Uplink.Name()
	for i, in := range s.Network.Interfaces {
		v.check(in.Name != name, "uplink.interface", fmt.Sprintf("%s is network.interfaces[%d]; the uplink makes an interface of its own", name, i))
	}
	for i, in := range s.DHCP.Interfaces {
		v.check(in.Name != name, "uplink.interface", fmt.Sprintf("%s is dhcp.interfaces[%d]; there are no phones in the tunnel", name, i))
	}
	if err := s.Uplink.Validate(s.Local()); err != nil {
		*v = append(*v, strings.Split(err.Error(), "\n")...)
	}
}
