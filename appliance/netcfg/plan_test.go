package netcfg

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var compareNetip = cmpopts.EquateComparable(netip.Prefix{}, netip.Addr{})

func pfx(s ...string) (p []netip.Prefix) {
	for _, s := range s {
		p = append(p, netip.MustParsePrefix(s))
	}
	return p
}

func route(link, gateway string) Route {
	return Route{Link: link, Gateway: netip.MustParseAddr(gateway)}
}

func TestPlan(t *testing.T) {
	t.Parallel()
	up := Link{Name: "lo", Up: true, Addresses: pfx("127.0.0.1/8")}
	static := Config{Interfaces: []Interface{{Name: "eth0", Address: "192.168.77.1/24"}}}
	routed := Config{Interfaces: []Interface{{Name: "eth0", Address: "192.168.77.1/24", Gateway: "192.168.77.254"}}}
	for _, tt := range []struct {
		name    string
		state   State
		cfg     Config
		want    []string
		missing []string
	}{
		{
			name:  "an ordinary server's network is its own",
			state: State{Links: []Link{{Name: "lo"}, {Name: "eth0", Addresses: pfx("10.0.0.7/24")}}},
		},
		{
			name:  "first boot",
			state: State{Links: []Link{{Name: "lo"}, {Name: "eth0"}}},
			cfg:   static,
			want:  []string{"link up lo", "add address 192.168.77.1/24 on eth0", "link up eth0"},
		},
		{
			name:  "as wanted",
			state: State{Links: []Link{up, {Name: "eth0", Up: true, Addresses: pfx("192.168.77.1/24")}}},
			cfg:   static,
		},
		{
			name:  "first boot with a gateway",
			state: State{Links: []Link{up, {Name: "eth0"}}},
			cfg:   routed,
			want: []string{
				"add address 192.168.77.1/24 on eth0", "link up eth0",
				"set default route via 192.168.77.254 on eth0",
			},
		},
		{
			name: "gateway as wanted",
			state: State{
				Links:  []Link{up, {Name: "eth0", Up: true, Addresses: pfx("192.168.77.1/24")}},
				Routes: []Route{route("eth0", "192.168.77.254")},
			},
			cfg: routed,
		},
		{
			name: "gateway no longer wanted",
			state: State{
				Links:  []Link{up, {Name: "eth0", Up: true, Addresses: pfx("192.168.77.1/24")}},
				Routes: []Route{route("eth0", "192.168.77.254")},
			},
			cfg:  static,
			want: []string{"remove default route via 192.168.77.254 on eth0"},
		},
		{
			name: "another gateway",
			state: State{
				Links:  []Link{up, {Name: "eth0", Up: true, Addresses: pfx("192.168.77.1/24")}},
				Routes: []Route{route("eth0", "192.168.77.253")},
			},
			cfg: routed,
			want: []string{
				"remove default route via 192.168.77.253 on eth0",
				"set default route via 192.168.77.254 on eth0",
			},
		},
		{
			name: "link went down and took the route",
			state: State{
				Links: []Link{up, {Name: "eth0", Addresses: pfx("192.168.77.1/24")}},
			},
			cfg:  routed,
			want: []string{"link up eth0", "set default route via 192.168.77.254 on eth0"},
		},
		{
			name: "another address in the same network",
			state: State{
				Links:  []Link{up, {Name: "eth0", Up: true, Addresses: pfx("192.168.77.9/24", "192.168.77.1/24")}},
				Routes: []Route{route("eth0", "192.168.77.254")},
			},
			cfg: routed,
			want: []string{
				"remove address 192.168.77.9/24 on eth0", "add address 192.168.77.1/24 on eth0",
				"set default route via 192.168.77.254 on eth0",
			},
		},
		{
			name:  "same address, another prefix length",
			state: State{Links: []Link{up, {Name: "eth0", Up: true, Addresses: pfx("192.168.77.1/16")}}},
			cfg:   static,
			want:  []string{"remove address 192.168.77.1/16 on eth0", "add address 192.168.77.1/24 on eth0"},
		},
		{
			name: "interfaces that are not named keep what they have",
			state: State{
				Links: []Link{
					up,
					{Name: "eth0", Up: true, Addresses: pfx("192.168.77.1/24")},
					{Name: "wg0", Up: true, Addresses: pfx("10.9.0.2/24")},
				},
				Routes: []Route{{Link: "wg0"}},
			},
			cfg: static,
		},
		{
			name:    "interface not there yet",
			state:   State{Links: []Link{up}},
			cfg:     routed,
			missing: []string{"eth0"},
		},
		{
			name:  "settings that are not valid change nothing",
			state: State{Links: []Link{{Name: "lo"}, {Name: "eth0"}}},
			cfg:   Config{Interfaces: []Interface{{Name: "eth0", Address: "192.168.77.0/24"}}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			changes, missing := Plan(tt.state, tt.cfg)
			var got []string
			for _, c := range changes {
				got = append(got, c.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.missing, missing); diff != "" {
				t.Errorf("missing (-want +got):\n%s", diff)
			}
		})
	}
}

// TestPlanConverges makes the planned changes on a model of the kernel, from
// random states to random settings, and expects the settings and no more
// changes afterwards.
func TestPlanConverges(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	names := []string{"lo", "eth0", "eth1", "eth2"}
	addr := func(link int) string {
		return fmt.Sprintf("10.%d.%d.%d/%d", link, r.IntN(2), 2+r.IntN(3), 16+8*r.IntN(2))
	}
	for range 3000 {
		k := &fakeKernel{}
		for i, name := range names {
			if i > 1 && r.IntN(4) == 0 {
				continue
			}
			l := Link{Name: name, Up: r.IntN(2) == 0}
			for range r.IntN(3) {
				if a := netip.MustParsePrefix(addr(i)); !slices.Contains(l.Addresses, a) {
					l.Addresses = append(l.Addresses, a)
				}
			}
			k.state.Links = append(k.state.Links, l)
			if l.Up && r.IntN(3) == 0 {
				k.state.Routes = []Route{{Link: name, Gateway: netip.MustParseAddr(fmt.Sprintf("10.%d.0.%d", i, 1+200*r.IntN(2)))}}
			}
		}
		var cfg Config
		for i, name := range names[1:] {
			if r.IntN(2) == 0 {
				cfg.Interfaces = append(cfg.Interfaces, Interface{Name: name, Address: addr(i + 1)})
			}
		}
		if len(cfg.Interfaces) == 0 {
			continue
		}
		last := &cfg.Interfaces[len(cfg.Interfaces)-1]
		if p := netip.MustParsePrefix(last.Address).Masked(); r.IntN(2) == 0 {
			last.Gateway = p.Addr().Next().String()
		}
		if err := cfg.Validate(); err != nil {
			t.Fatal(err)
		}

		before := k.clone()
		changes, missing := Plan(before, cfg)
		for _, c := range changes {
			if err := k.Do(c); err != nil {
				t.Fatalf("from %+v to %+v: %v: %v", before, cfg, c, err)
			}
		}
		again, _ := Plan(k.clone(), cfg)
		if len(again) > 0 {
			t.Fatalf("from %+v to %+v: after %v the state is %+v and there is still to do: %v",
				before, cfg, changes, k.state, again)
		}
		for _, in := range cfg.Interfaces {
			if slices.Contains(missing, in.Name) {
				continue
			}
			want := Link{Name: in.Name, Up: true, Addresses: pfx(in.Address)}
			if diff := cmp.Diff(&want, k.state.link(in.Name), compareNetip); diff != "" {
				t.Fatalf("from %+v to %+v (-want +got):\n%s", before, cfg, diff)
			}
			if in.Gateway != "" && !slices.Contains(k.state.Routes, route(in.Name, in.Gateway)) {
				t.Fatalf("from %+v to %+v: routes are %+v", before, cfg, k.state.Routes)
			}
		}
	}
}
