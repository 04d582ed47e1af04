package dhcp

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"provbox/dhcp/lease"
	"provbox/dhcp/option"

	"github.com/google/go-cmp/cmp"
)

func TestConfigReportsAllProblems(t *testing.T) {
	t.Parallel()
	c := Config{
		Mode: 7, Blocked: []string{"x"},
		Interfaces: []Interface{
			{Name: "eth0", Subnets: []Subnet{
				{
					Prefix: prefix("10.0.0.0/24"), Pools: []lease.Range{{Start: ip("10.0.1.1"), End: ip("10.0.1.2")}},
					Routers: []netip.Addr{ip("10.9.0.1")}, DNS: []netip.Addr{ip("::1")}, NTP: make([]netip.Addr, 9),
					LeaseTime: time.Millisecond, Domain: "a b", Serve: 9,
					Reservations: []lease.Reservation{{MAC: "00:15:65:00:00:01", IP: ip("10.0.0.5"), Hostname: "a b"}},
					Options:      []option.Option{{Code: 255}},
				},
				{Prefix: prefix("10.0.0.128/25")},
			}},
			{Name: "eth0", Subnets: []Subnet{{Prefix: prefix("10.7.0.0/24")}}},
			{Name: "an-interface-name-too-long"},
		},
	}
	var got []string
	for _, l := range strings.Split(c.Validate().Error(), "\n") {
		if !strings.Contains(l, "ntp: \"invalid IP\"") { // nine of them
			got = append(got, l)
		}
	}
	want := []string{
		"mode: unknown mode 7",
		`blocked: hardware address "x": not hexadecimal bytes`,
		"interfaces[0].subnets[0]: subnet 10.0.0.0/24: pool 10.0.1.1-10.0.1.2: outside the subnet",
		"interfaces[0].subnets[0]: router: 10.9.0.1 is outside the subnet 10.0.0.0/24",
		`interfaces[0].subnets[0]: dns: "::1" is not an IPv4 address`,
		"interfaces[0].subnets[0]: ntp: 9 addresses, at most 8 are sent",
		"interfaces[0].subnets[0]: lease_time: 1ms is not between 1s and 8760h0m0s",
		`interfaces[0].subnets[0]: domain: "a b" is not a domain name`,
		"interfaces[0].subnets[0]: serve: unknown value 9",
		`interfaces[0].subnets[0]: reservation 10.0.0.5: hostname "a b" is not a host name`,
		"interfaces[0].subnets[0]: option 255: 0 bytes cannot be sent",
		"interfaces[0].subnets[1]: subnet 10.0.0.128/25 overlaps subnet 10.0.0.0/24",
		"interfaces[1]: interface eth0 is given twice",
		`interfaces[2]: name "an-interface-name-too-long" is not an interface name`,
		"interfaces[2]: interface an-interface-name-too-long has no subnets",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("problems (-want +got):\n%s", d)
	}
	if err := (Config{}).Validate(); err == nil {
		t.Error("an empty configuration is valid")
	}
	if err := testConfig().Validate(); err != nil {
		t.Errorf("good configuration: %v", err)
	}
	if _, err := New(Config{}, Deps{Store: &memStore{}}); err == nil {
		t.Error("New took an empty configuration")
	}
	if _, err := New(testConfig(), Deps{}); err == nil {
		t.Error("New took no store")
	}
}

func TestDefaultValues(t *testing.T) {
	t.Parallel()
	c := testConfig()
	c.Values = nil
	set := testSettings(t, c)
	if got := set.Values(prefix("10.0.0.0/24"), ip("10.0.0.2")); got != (option.Values{TFTPHost: "10.0.0.2", TFTPIP: ip("10.0.0.2")}) {
		t.Errorf("values: %+v", got)
	}
}
