package uplink

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.zx2c4.com/wireguard/wgctrl/wgtypes"
)

var (
	centreKey = wgtypes.Key{1, 2, 3}.String()
	otherKey  = wgtypes.Key{4, 5, 6}.String()
	lanNet    = []Local{{Key: "network.interfaces[0].address", Network: netip.MustParsePrefix("192.168.77.1/24")}}
)

func good() Config {
	return Config{
		Enabled: true, Address: "10.9.0.2/32",
		Peers: []Peer{{PublicKey: centreKey, Endpoint: "wazo.example.org:51820", AllowedIPs: []string{"10.9.0.0/24", "fd00:9::/64"}}},
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	second := func(d time.Duration) *time.Duration { return &d }
	for _, tt := range []struct {
		name   string
		change func(*Config)
		want   []string // beginnings of the problems
	}{
		{"good", func(*Config) {}, nil},
		{"off", func(c *Config) { *c = Config{Address: "nonsense"} }, nil},
		{"empty", func(c *Config) { *c = Config{Enabled: true} }, []string{"uplink.address: ", "uplink.peers: want 1"}},
		{"interface", func(c *Config) { c.Interface = "wg/0" }, []string{"uplink.interface: "}},
		{"interface too long", func(c *Config) { c.Interface = "wireguard-uplink" }, []string{"uplink.interface: "}},
		{"interface is a pattern", func(c *Config) { c.Interface = "wg%d" }, []string{"uplink.interface: "}},
		{"loopback", func(c *Config) { c.Interface = "lo" }, []string{"uplink.interface: "}},
		{"address without length", func(c *Config) { c.Address = "10.9.0.2" }, []string{"uplink.address: "}},
		{"address is a network", func(c *Config) { c.Address = "10.9.0.0/24" }, []string{"uplink.address: "}},
		{"address on the LAN", func(c *Config) { c.Address = "192.168.77.9/32" }, []string{"uplink.address: 192.168.77.9/32 overlaps 192.168.77.1/24 (network.interfaces[0].address)"}},
		{"listen port", func(c *Config) { c.ListenPort = 70000 }, []string{"uplink.listen_port: "}},
		{"mtu", func(c *Config) { c.MTU = 100 }, []string{"uplink.mtu: "}},
		{"no key", func(c *Config) { c.Peers[0].PublicKey = "" }, []string{"uplink.peers[0].public_key: want the peer's"}},
		{"bad key", func(c *Config) { c.Peers[0].PublicKey = "canary" }, []string{"uplink.peers[0].public_key: is not"}},
		{"key of nothing", func(c *Config) { c.Peers[0].PublicKey = wgtypes.Key{}.String() }, []string{"uplink.peers[0].public_key: is not"}},
		{"preshared key", func(c *Config) { c.Peers[0].PresharedKeyFile = "psk" }, []string{"uplink.peers[0].preshared_key_file: "}},
		{"no endpoint", func(c *Config) { c.Peers[0].Endpoint = "" }, []string{"uplink.peers[0].endpoint: "}},
		{"no endpoint, but a port", func(c *Config) { c.Peers[0].Endpoint, c.ListenPort = "", 51820 }, nil},
		{"endpoint without port", func(c *Config) { c.Peers[0].Endpoint = "wazo.example.org" }, []string{"uplink.peers[0].endpoint: "}},
		{"endpoint port 0", func(c *Config) { c.Peers[0].Endpoint = "wazo.example.org:0" }, []string{"uplink.peers[0].endpoint: "}},
		{"endpoint mistyped", func(c *Config) { c.Peers[0].Endpoint = "10.0.0.300:51820" }, []string{"uplink.peers[0].endpoint: "}},
		{"endpoint is oneself", func(c *Config) { c.Peers[0].Endpoint = "127.0.0.1:51820" }, []string{"uplink.peers[0].endpoint: "}},
		{"endpoint IPv6", func(c *Config) { c.Peers[0].Endpoint = "[2001:db8::1]:51820" }, nil},
		{"endpoint in the tunnel", func(c *Config) { c.Peers[0].Endpoint = "10.9.0.1:51820" }, []string{"uplink.peers[0].allowed_ips[0]: 10.9.0.0/24 holds the endpoint"}},
		{"keepalive off", func(c *Config) { c.Peers[0].Keepalive = second(0) }, nil},
		{"keepalive of a part of a second", func(c *Config) { c.Peers[0].Keepalive = second(time.Millisecond) }, []string{"uplink.peers[0].keepalive: "}},
		{"keepalive too long", func(c *Config) { c.Peers[0].Keepalive = second(24 * time.Hour) }, []string{"uplink.peers[0].keepalive: "}},
		{"no networks", func(c *Config) { c.Peers[0].AllowedIPs = nil }, []string{"uplink.peers[0].allowed_ips: "}},
		{"network mistyped", func(c *Config) { c.Peers[0].AllowedIPs[1] = "10.9/16" }, []string{"uplink.peers[0].allowed_ips[1]: "}},
		{"multicast", func(c *Config) { c.Peers[0].AllowedIPs[1] = "224.0.0.0/8" }, []string{"uplink.peers[0].allowed_ips[1]: "}},
		{"network over the LAN", func(c *Config) { c.Peers[0].AllowedIPs[1] = "192.168.0.0/16" }, []string{"uplink.peers[0].allowed_ips[1]: 192.168.0.0/16 overlaps 192.168.77.1/24 (network"}},
		{"address of the LAN", func(c *Config) { c.Peers[0].AllowedIPs[1] = "192.168.77.5" }, []string{"uplink.peers[0].allowed_ips[1]: 192.168.77.5/32 overlaps"}},
		{"twice", func(c *Config) { c.Peers[0].AllowedIPs[1] = "10.9.0.7/24" }, []string{"uplink.peers[0].allowed_ips[1]: 10.9.0.0/24 is there twice"}},
		{"default route", func(c *Config) { c.Peers[0].AllowedIPs[1] = "0.0.0.0/0" }, []string{"uplink.peers[0].allowed_ips[1]: 0.0.0.0/0 would take the default route"}},
		{"half of a default route", func(c *Config) { c.Peers[0].AllowedIPs[1] = "128.0.0.0/1" }, []string{"uplink.peers[0].allowed_ips[1]: 128.0.0.0/1 would take the default route"}},
		{"default route stated", func(c *Config) { c.Peers[0].AllowedIPs[1], c.DefaultRoute = "0.0.0.0/0", true }, nil},
		{"default route for nothing", func(c *Config) { c.DefaultRoute = true }, []string{"uplink.default_route: "}},
		{"two peers", func(c *Config) {
			c.Peers = append(c.Peers, Peer{PublicKey: otherKey, Endpoint: "203.0.113.1:1", AllowedIPs: []string{"10.8.0.1"}})
		}, nil},
		{"two peers that are one", func(c *Config) { c.Peers = append(c.Peers, c.Peers[0]) }, []string{
			"uplink.peers[1].public_key: is the one of peers[0]", "uplink.peers[1].allowed_ips[0]: ", "uplink.peers[1].allowed_ips[1]: ",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := good()
			tt.change(&c)
			var got []string
			if err := c.Validate(lanNet); err != nil {
				got = strings.Split(err.Error(), "\n")
			}
			if len(got) != len(tt.want) {
				t.Fatalf("got %q, want %q", got, tt.want)
			}
			for i := range got {
				if !strings.HasPrefix(got[i], tt.want[i]) {
					t.Errorf("problem %d is %q, want %q", i, got[i], tt.want[i])
				}
				if strings.Contains(got[i], "canary") {
					t.Errorf("repeats what may be a private key: %s", got[i])
				}
			}
		})
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	got, problems := good().parse(nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	want := wanted{
		name: "wg0", address: netip.MustParsePrefix("10.9.0.2/32"), mtu: 1420,
		peers: []wantedPeer{{
			key: wgtypes.Key{1, 2, 3}, host: "wazo.example.org", port: 51820, keepalive: 25 * time.Second,
			allowed: []netip.Prefix{netip.MustParsePrefix("10.9.0.0/24"), netip.MustParsePrefix("fd00:9::/64")},
		}},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(wanted{}, wantedPeer{}), cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What is accepted must not capture the branch, whatever the texts are.
func FuzzValidate(f *testing.F) {
	f.Add("10.9.0.2/32", "wazo.example.org:51820", "10.9.0.0/24", centreKey, false)
	f.Add("fd00::2/128", "[2001:db8::1]:1", "0.0.0.0/0", otherKey, true)
	f.Add("10.9.0.2/32", "1.2.3.4:5", "::ffff:192.168.77.5/120", centreKey, true)
	f.Fuzz(func(t *testing.T, address, endpoint, allowed, key string, wide bool) {
		c := Config{Enabled: true, Address: address, DefaultRoute: wide, Peers: []Peer{{PublicKey: key, Endpoint: endpoint, AllowedIPs: []string{allowed}}}}
		w, problems := c.parse(lanNet)
		if len(problems) > 0 {
			return
		}
		n := w.peers[0].allowed[0]
		if n.Overlaps(lanNet[0].Network.Masked()) && !(wide && isWide(n)) || w.address.Overlaps(lanNet[0].Network) {
			t.Errorf("accepted %s and %s, which take in %s", address, allowed, lanNet[0].Network)
		}
		if !n.IsValid() || n != n.Masked() || n.Addr().Is4In6() {
			t.Errorf("accepted %s as %v", allowed, n)
		}
		if _, conflicts := plan(kernelState{Link: &link{}}, w, nil, nil); len(conflicts) > 0 {
			t.Errorf("conflicts without other interfaces: %v", conflicts)
		}
	})
}
