package dhcp

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestTexts(t *testing.T) {
	t.Parallel()
	got, err := Texts{
		MAC: " 00:15:65:aa:bb:cc ", VendorClass: `a\0\x41\\`, UserClass: "u", ClientID: `\x01z`, CircuitID: "Gi0/7", RemoteID: `\0`,
		Parameters: "1,3 66", Subnet: "10.0.0.0/24",
	}.Question()
	want := Question{
		MAC: "00:15:65:aa:bb:cc", VendorClass: []byte("a\x00A\\"), UserClass: []byte("u"), ClientID: []byte("\x01z"),
		RelayInfo: []byte("\x01\x05Gi0/7\x02\x01\x00"), Parameters: []byte{1, 3, 66}, Subnet: netip.MustParsePrefix("10.0.0.0/24"),
	}
	if d := cmp.Diff(want, got, cmpopts.EquateComparable(netip.Prefix{}, netip.Addr{})); d != "" || err != nil {
		t.Error(err, d)
	}
	for name, tc := range map[string]struct {
		texts Texts
		want  string
	}{
		"escape":     {Texts{VendorClass: `a\q`}, `vendor class "a\\q": only \0, \xHH and \\ may follow a backslash`},
		"digits":     {Texts{UserClass: `\xzz`}, `user class "\\xzz": \x needs two hexadecimal digits`},
		"cut short":  {Texts{UserClass: `\x0`}, `user class "\\x0": only \0, \xHH and \\ may follow a backslash`},
		"long":       {Texts{ClientID: strings.Repeat("x", 256)}, `client id "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...": 256 bytes, at most 255 fit an option`},
		"together":   {Texts{CircuitID: strings.Repeat("x", 200), RemoteID: strings.Repeat("x", 100)}, "circuit id and remote id: 304 bytes together, at most 255 fit option 82"},
		"MAC":        {Texts{MAC: "x"}, `MAC address "x": expected one like 00:15:65:aa:bb:cc`},
		"parameters": {Texts{Parameters: "1,256"}, `parameters: "256" is not one of at most 255 option numbers`},
		"many":       {Texts{Parameters: strings.Repeat("1,", 256)}, `parameters: "1" is not one of at most 255 option numbers`},
		"subnet":     {Texts{Subnet: "10.0.0.0"}, `subnet "10.0.0.0": expected one like 192.168.77.0/24`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := tc.texts.Question(); err == nil || err.Error() != tc.want {
				t.Errorf("%v, want %s", err, tc.want)
			}
		})
	}
}
