package netcfg

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

func TestValidate(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		yaml string
		want []string // the problems, in order
	}{
		{name: "nothing", yaml: `{}`},
		{name: "one interface", yaml: `interfaces: [{name: eth0, address: 192.168.77.1/24}]`},
		{name: "everything", yaml: `
interfaces:
  - {name: eth0, address: 192.168.77.1/24}
  - {name: eth1, address: 10.0.0.2/8, gateway: 10.0.0.1, dns: [10.0.0.1, "2001:db8::53"]}`},
		{name: "point to point", yaml: `interfaces: [{name: eth0, address: 10.0.0.0/31, gateway: 10.0.0.1}]`},
		{name: "single address", yaml: `interfaces: [{name: eth0, address: 10.0.0.5/32}]`},
		{name: "no name, no address", yaml: `interfaces: [{}]`, want: []string{
			`network.interfaces[0].name: "" is not an interface; give the kernel's name, such as eth0`,
			`network.interfaces[0].address: "" is not an address with a prefix length, such as 192.168.77.1/24`,
		}},
		{name: "names", yaml: `
interfaces:
  - {name: lo, address: 10.0.1.1/24}
  - {name: a-name-too-long-for-linux, address: 10.0.2.1/24}
  - {name: ../eth0, address: 10.0.3.1/24}
  - {name: eth0, address: 10.0.4.1/24}
  - {name: eth0, address: 10.0.5.1/24}`, want: []string{
			`network.interfaces[0].name: "lo" is the loopback, which is set by itself`,
			`network.interfaces[1].name: "a-name-too-long-for-linux" is longer than the 15 characters that the kernel allows`,
			`network.interfaces[2].name: "../eth0" is not a name that the kernel allows`,
			`network.interfaces[4].name: eth0 is there twice; each interface has one entry`,
		}},
		{name: "addresses", yaml: `
interfaces:
  - {name: a, address: 192.168.77.1}
  - {name: b, address: 192.168.77.0/24}
  - {name: c, address: 192.168.78.255/24}
  - {name: d, address: 127.0.0.1/8}
  - {name: e, address: "2001:db8::1/64"}
  - {name: f, address: 10.1.2.3/0}
  - {name: g, address: 239.1.2.3/24}`, want: []string{
			`network.interfaces[0].address: "192.168.77.1" is not an address with a prefix length, such as 192.168.77.1/24`,
			`network.interfaces[1].address: 192.168.77.0/24 is the network, not an address in it`,
			`network.interfaces[2].address: 192.168.78.255/24 is the broadcast address of its network`,
			`network.interfaces[3].address: 127.0.0.1/8 is not an address for an interface`,
			`network.interfaces[4].address: 2001:db8::1/64 is not IPv4, such as 192.168.77.1/24`,
			`network.interfaces[5].address: 10.1.2.3/0 is not an address for an interface`,
			`network.interfaces[6].address: 239.1.2.3/24 is not an address for an interface`,
		}},
		{name: "overlap", yaml: `
interfaces:
  - {name: eth0, address: 10.0.0.1/8}
  - {name: eth1, address: 10.9.9.1/24}`, want: []string{
			`network.interfaces[1].address: 10.9.9.1/24 is in the network of 10.0.0.1/8 of eth0; give each interface a network of its own`,
		}},
		{name: "gateways", yaml: `
interfaces:
  - {name: a, address: 10.0.1.1/24, gateway: 10.0.1.1}
  - {name: b, address: 10.0.2.1/24, gateway: 10.0.1.254}
  - {name: c, address: 10.0.3.1/24, gateway: fe80::1}`, want: []string{
			`network.interfaces[0].gateway: 10.0.1.1 is the box itself`,
			`network.interfaces[1].gateway: network.interfaces[0] has one already; only one interface leads out`,
			`network.interfaces[1].gateway: 10.0.1.254 is not in the network 10.0.2.0/24`,
			`network.interfaces[2].gateway: network.interfaces[1] has one already; only one interface leads out`,
			`network.interfaces[2].gateway: "fe80::1" is not the IPv4 address of a router`,
		}},
		{name: "gateway is broadcast", yaml: `interfaces: [{name: a, address: 10.0.1.1/25, gateway: 10.0.1.127}]`, want: []string{
			`network.interfaces[0].gateway: 10.0.1.127 is not an address of a machine in 10.0.1.0/25`,
		}},
		{name: "name servers", yaml: `interfaces: [{name: a, address: 10.0.1.1/24, dns: [resolver, "fe80::1%eth0", 0.0.0.0, 10.0.1.2]}]`, want: []string{
			`network.interfaces[0].dns[0]: "resolver" is not the address of a name server`,
			`network.interfaces[0].dns[1]: "fe80::1%eth0" is not the address of a name server`,
			`network.interfaces[0].dns[2]: "0.0.0.0" is not the address of a name server`,
		}},
		{name: "too many name servers", yaml: `interfaces: [{name: a, address: 10.0.1.1/24, dns: [10.0.1.2, 10.0.1.3, 10.0.1.4, 10.0.1.5]}]`, want: []string{
			`network.interfaces: 4 name servers, the resolver asks at most 3`,
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var c Config
			if err := yaml.Unmarshal([]byte(tt.yaml), &c); err != nil {
				t.Fatal(err)
			}
			var got []string
			if err := c.Validate(); err != nil {
				got = strings.Split(err.Error(), "\n")
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestResolvConf(t *testing.T) {
	t.Parallel()
	c := Config{Interfaces: []Interface{
		{Name: "eth0", Address: "10.0.0.1/24", DNS: []string{"10.0.0.9"}},
		{Name: "eth1", Address: "10.0.1.1/24", DNS: []string{"2001:db8::53"}},
	}}
	const want = "# Written by provbox from the section network of its settings.\n" +
		"nameserver 10.0.0.9\nnameserver 2001:db8::53\n"
	if diff := cmp.Diff(want, string(ResolvConf(c))); diff != "" {
		t.Errorf("ResolvConf (-want +got):\n%s", diff)
	}
	if got := ResolvConf(Config{Interfaces: c.Interfaces[:0]}); got != nil {
		t.Errorf("ResolvConf without name servers = %q, want nil", got)
	}
}
