package settings

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"provbox/provd/document"
)

// A section of its own reads as it does in the file, and shows as it was written.
func TestReadDHCP(t *testing.T) {
	t.Parallel()
	const text = `{"mode":"server","interfaces":[{"name":"eth0","subnets":[{"subnet":"10.0.0.0/24","lease_time":"2h",` +
		`"reservations":[{"client_id":"ff01","ip":"10.0.0.8"},{"mac":"00:15:65:00:00:01","ip":"10.0.0.9"}]}]}],"rules":[{"name":"a","match":{"is":"x"},"set":{"66":"{URI}"}}]}`
	doc, err := document.Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	own, err := ReadDHCP(doc)
	if err != nil {
		t.Fatal(err)
	}
	file, err := Parse([]byte("dhcp: " + text))
	if err != nil {
		t.Fatal(err)
	}
	for name, d := range map[string]DHCP{"own": own, "file": file.DHCP} {
		got, _ := document.Encode(d.Document)
		if diff := cmp.Diff(text, string(got)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		reserved := d.Server().Interfaces[0].Subnets[0].Reservations
		if len(reserved) != 2 || string(reserved[0].ClientID) != "\xff\x01" || reserved[0].MAC != "" || reserved[1].MAC != "00:15:65:00:00:01" {
			t.Errorf("%s: %v", name, reserved)
		}
	}
	rapid, err := ReadDHCP(document.New("mode", "off", "rapid_commit", true))
	if err != nil || !rapid.Server().RapidCommit || own.Server().RapidCommit {
		t.Errorf("rapid_commit: %v %+v", err, rapid)
	}
	bad, err := document.Decode([]byte(`{"mode":"server","interfaces":[{"name":"eth0","subnets":[{"subnet":"10.0.0.0/24","x":1,"reservations":[{"ip":"10.0.0.8"},{"client_id":"zz","ip":"10.0.0.9"}]}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	_, err = ReadDHCP(bad)
	want := Problems{
		"dhcp.interfaces[0].subnets[0].x: unknown key",
		"dhcp.interfaces[0].subnets[0].reservations[0]: want either mac or client_id",
		`dhcp.interfaces[0].subnets[0].reservations[1].client_id: "zz" is not hexadecimal`,
	}
	if diff := cmp.Diff(want, err); diff != "" {
		t.Error(diff)
	}
}

// Everything that is wrong is said at once, with its key: values of a wrong type
// hide neither each other nor what the server finds.
func TestReadDHCPProblems(t *testing.T) {
	t.Parallel()
	const text = `{"mode": "server", "leases_per_port": "x", "blocked": ["00:15:65:00:00:01", {}], "interfaces": [{"name": "eth0", "subnets": [
		{"subnet": "10.0.0.0/24", "dns": ["10.0.0.1", "bad", 7], "router": "10.0.0.256", "lease_time": 3600, "serve": "x", "pools": [
			{"start": "10.0.0.50", "end": "10.0.0.60"}, {"start": "10.0.0.60", "end": "10.0.0.70"}, {"start": "10.0.0.5"}, 1], "reservations": [
			[], {"mac": "00:15:65:00:00:01", "ip": "10.1.0.1"}, {"mac": "00:15:65:00:00:02", "ip": "x", "host": 1}]},
		{"subnet": "10.0.0.0/33"}, {"subnet": "10.0.0.128/25", "pools": {}}]}],
		"rules": [{"name": "a", "disabled": true}, {"name": "b", "match": "x", "set": {"51": "x"}, "after": "c"}]}`
	doc, err := document.Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	_, err = ReadDHCP(doc)
	const net = "dhcp.interfaces[0].subnets[0]"
	want := Problems{
		`dhcp.leases_per_port: want a number, not "x"`,
		"dhcp.blocked[1]: want a text",
		net + `.dns[1]: want an IP address such as 192.168.77.1, not "bad"`,
		net + `.dns[2]: want an IP address such as 192.168.77.1, not "7"`,
		net + `.router: want an IP address such as 192.168.77.1, not "10.0.0.256"`,
		net + `.lease_time: want a time such as 1h or 90s, not "3600"`,
		net + ".pools[3]: want a mapping",
		net + ".reservations[0]: want a mapping",
		net + `.reservations[2].ip: want an IP address such as 192.168.77.1, not "x"`,
		net + ".reservations[2].host: unknown key",
		`dhcp.interfaces[0].subnets[1].subnet: want a subnet such as 192.168.77.0/24, not "10.0.0.0/33"`,
		"dhcp.interfaces[0].subnets[2].pools: want a list",
		`dhcp.rules[1] (b): cannot set "51": expected an option number that rules may set, next-server or filename`,
		`dhcp.rules[0] (a): there is no rule "a" to disable`,
		`dhcp.rules[1] (b): there is no rule "c" to be put before or after`,
		net + `.serve: want one of ["phones" "all"], not "x"`,
		net + ".pools[2].end: want an IPv4 address",
		net + ": subnet 10.0.0.0/24: pool 10.0.0.60-10.0.0.70: overlaps pool 10.0.0.50-10.0.0.60",
		net + ": subnet 10.0.0.0/24: reservation 10.1.0.1: not a host address of the subnet",
		"dhcp.interfaces[0].subnets[2]: subnet 10.0.0.128/25 overlaps subnet 10.0.0.0/24",
	}
	if diff := cmp.Diff(want, err); diff != "" {
		t.Error(diff)
	}
}
