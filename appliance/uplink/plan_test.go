package uplink

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPlan(t *testing.T) {
	t.Parallel()
	eth0 := address{"eth0", netip.MustParsePrefix("192.168.77.1/24")}
	gateway := route{To: netip.MustParsePrefix("0.0.0.0/0"), Link: "eth0", Gateway: netip.MustParseAddr("192.168.77.254")}
	own := route{To: netip.MustParsePrefix("10.9.0.0/24"), Link: "wg0", Own: true}
	up := func(l link) *link { l.Up, l.MTU = true, 1420; return &l }
	addressed := up(link{Addresses: pfx("10.9.0.2/32")})
	for _, tt := range []struct {
		name      string
		state     kernelState
		allowed   []netip.Prefix
		endpoints []netip.Prefix
		want      []string
		conflicts []string
	}{
		{name: "no interface", allowed: pfx("10.9.0.0/24")},
		{name: "new", state: kernelState{Link: &link{MTU: 1500}}, allowed: pfx("10.9.0.0/24", "fd00:9::/64"), want: []string{
			"set mtu 1420 on wg0", "add address 10.9.0.2/32 on wg0", "link up wg0",
			"add route 10.9.0.0/24 on wg0", "add route fd00:9::/64 on wg0",
		}},
		{name: "as wanted", state: kernelState{Link: addressed, Routes: []route{own}}, allowed: pfx("10.9.0.0/24")},
		{name: "routes went with the link", state: kernelState{Link: &link{MTU: 1420, Addresses: pfx("10.9.0.2/32")}}, allowed: pfx("10.9.0.0/24"), want: []string{
			"link up wg0", "add route 10.9.0.0/24 on wg0",
		}},
		{name: "foreign address and old route", state: kernelState{
			Link:   up(link{Addresses: pfx("10.9.0.3/32", "10.9.0.2/32")}),
			Routes: []route{own, {To: netip.MustParsePrefix("10.8.0.0/24"), Link: "wg0", Own: true}},
		}, allowed: pfx("10.9.0.0/24"), want: []string{
			"remove address 10.9.0.3/32 on wg0", "remove route 10.8.0.0/24 on wg0",
		}},
		{name: "network of another interface", state: kernelState{Link: addressed, Others: []address{eth0}}, allowed: pfx("192.168.0.0/16", "10.9.0.0/24"), want: []string{
			"add route 10.9.0.0/24 on wg0",
		}, conflicts: []string{"not routed: 192.168.0.0/16 overlaps 192.168.77.0/24, the network of eth0"}},
		{name: "the LAN got the network later", state: kernelState{Link: addressed, Others: []address{{"eth0", netip.MustParsePrefix("10.9.0.1/24")}}, Routes: []route{own}}, allowed: pfx("10.9.0.0/24"), want: []string{
			"remove route 10.9.0.0/24 on wg0",
		}, conflicts: []string{"not routed: 10.9.0.0/24 overlaps 10.9.0.0/24, the network of eth0"}},
		{
			name: "the peer's name leads into the tunnel", state: kernelState{Link: addressed}, allowed: pfx("10.9.0.0/24"), endpoints: pfx("10.9.0.1/32"),
			conflicts: []string{"not routed: 10.9.0.0/24 holds the peer's own address 10.9.0.1"},
		},
		{
			name: "default route", state: kernelState{Link: addressed, Others: []address{eth0}, Gateways: []route{gateway}},
			allowed: pfx("0.0.0.0/0", "::/0"), endpoints: pfx("203.0.113.1/32"), want: []string{
				"add route 203.0.113.1/32 via 192.168.77.254 on eth0", "add route 10.50.0.0/24 via 192.168.77.254 on eth0",
				"add route 0.0.0.0/1 on wg0", "add route 128.0.0.0/1 on wg0", "add route ::/1 on wg0", "add route 8000::/1 on wg0",
			},
		},
		{name: "default route, the peer is at another address and the gateway has changed", state: kernelState{
			Link: addressed, Gateways: []route{gateway}, Routes: []route{
				{To: netip.MustParsePrefix("203.0.113.1/32"), Link: "eth0", Gateway: netip.MustParseAddr("192.168.77.253"), Own: true},
				{To: netip.MustParsePrefix("0.0.0.0/1"), Link: "wg0", Own: true},
				{To: netip.MustParsePrefix("128.0.0.0/1"), Link: "wg0", Own: true},
				{To: netip.MustParsePrefix("10.50.0.0/24"), Link: "eth0", Gateway: netip.MustParseAddr("192.168.77.254"), Own: true},
			},
		}, allowed: pfx("0.0.0.0/0"), endpoints: pfx("203.0.113.9/32"), want: []string{
			"remove route 203.0.113.1/32 via 192.168.77.253 on eth0", "add route 203.0.113.9/32 via 192.168.77.254 on eth0",
		}},
		{
			name: "peer on the LAN itself", state: kernelState{Link: addressed, Others: []address{eth0}, Gateways: []route{gateway}},
			allowed: pfx("0.0.0.0/0"), endpoints: pfx("192.168.77.3/32"), want: []string{
				"add route 10.50.0.0/24 via 192.168.77.254 on eth0", "add route 0.0.0.0/1 on wg0", "add route 128.0.0.0/1 on wg0",
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := wanted{name: "wg0", address: netip.MustParsePrefix("10.9.0.2/32"), mtu: 1420, peers: []wantedPeer{{allowed: tt.allowed}}}
			// A network behind a relay is on no link of the box.
			changes, conflicts := plan(tt.state, w, tt.endpoints, pfx("10.50.0.0/24"))
			var got []string
			for _, c := range changes {
				got = append(got, c.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.conflicts, conflicts); diff != "" {
				t.Errorf("conflicts (-want +got):\n%s", diff)
			}
		})
	}
}

func pfx(texts ...string) []netip.Prefix {
	var list []netip.Prefix
	for _, t := range texts {
		list = append(list, netip.MustParsePrefix(t))
	}
	return list
}
