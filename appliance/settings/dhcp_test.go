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
	bad, err := document.Decode([]byte(`{"mode":"server","interfaces":[{"name":"eth0","subnets":[{"subnet":"10.0.0.0/24","x":1,"reservations":[{"ip":"10.0.0.8"},{"client_id":"zz","ip":"10.0.0.9"}]}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	_, err = ReadDHCP(bad)
	want := Problems{
		"dhcp: x: unknown key",
		"dhcp.interfaces[0].subnets[0].reservations[0]: want either mac or client_id",
		`dhcp.interfaces[0].subnets[0].reservations[1].client_id: "zz" is not hexadecimal`,
	}
	if diff := cmp.Diff(want, err); diff != "" {
		t.Error(diff)
	}
}
