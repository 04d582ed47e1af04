package lease

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var (
	day = time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
	net = netip.MustParsePrefix("10.0.0.0/24")
	ip  = netip.MustParseAddr
)

var byValue = cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{})

func sample() Lease {
	return Lease{
		IP: ip("10.0.0.10"), MAC: "00:15:65:aa:bb:cc", HType: 1, ClientID: []byte{1, 2, 3}, State: Bound,
		Granted: day, Expires: day.Add(2 * time.Hour), Seconds: 3600, Known: true,
		Hostname: "reception", VendorClass: []byte("yealink\x00"), RelayInfo: []byte{1, 1, 7},
	}
}

func TestLeaseSurvivesJSON(t *testing.T) {
	t.Parallel()
	b, err := json.Marshal(sample())
	if err != nil {
		t.Fatal(err)
	}
	var got Lease
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(sample(), got, byValue); d != "" {
		t.Errorf("after JSON (-want +got):\n%s", d)
	}
}

func TestLeaseValidate(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change func(*Lease)
		want   string // "" for valid
	}{
		"good":             {func(*Lease) {}, ""},
		"no address":       {func(l *Lease) { l.IP = netip.Addr{} }, "ip"},
		"IPv6":             {func(l *Lease) { l.IP = ip("fe80::1") }, "ip"},
		"multicast":        {func(l *Lease) { l.IP = ip("224.0.0.1") }, "ip"},
		"no client":        {func(l *Lease) { l.MAC, l.ClientID = "", nil }, "identify"},
		"bad mac":          {func(l *Lease) { l.MAC = "zz:15" }, "hexadecimal"},
		"unknown state":    {func(l *Lease) { l.State = "lent" }, "state"},
		"no end":           {func(l *Lease) { l.Expires = time.Time{} }, "expires"},
		"ends in ages":     {func(l *Lease) { l.Expires = day.AddDate(40, 0, 0) }, "years"},
		"huge option":      {func(l *Lease) { l.VendorClass = make([]byte, 5000) }, "longer"},
		"declined, no mac": {func(l *Lease) { l.State, l.MAC, l.ClientID = Declined, "", nil }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := sample()
			tc.change(&l)
			err := l.Validate()
			if (err != nil) != (tc.want != "") || err != nil && !strings.Contains(err.Error(), tc.want) {
				t.Errorf("Validate() = %v, want an error with %q", err, tc.want)
			}
		})
	}
}

func TestClientOf(t *testing.T) {
	t.Parallel()
	mac := []byte{2, 0, 0, 0, 0, 1}
	plain := ClientOf(1, mac, nil)
	for name, tc := range map[string]struct {
		got  Client
		same bool
	}{
		"client id of the usual form is the hardware address": {ClientOf(1, mac, append([]byte{1}, mac...)), true},
		"another client id is another client":                 {ClientOf(1, mac, []byte("\x00phone")), false},
		"another hardware type":                               {ClientOf(6, mac, nil), false},
		"another address":                                     {ClientOf(1, []byte{2, 0, 0, 0, 0, 2}, nil), false},
	} {
		if (tc.got == plain) != tc.same {
			t.Errorf("%s: %q against %q", name, tc.got, plain)
		}
	}
	if ClientOf(1, nil, nil) != "" {
		t.Error("no address and no client id identify somebody")
	}
	if l := sample(); l.Client() != ClientOf(1, nil, []byte{1, 2, 3}) {
		t.Errorf("Client() = %q", l.Client())
	}
}

func TestMAC(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"00:15:65:AA:bb:cc", "00-15-65-aa-BB-CC", "001565aabbcc"} {
		b, err := ParseMAC(s)
		if err != nil || FormatMAC(b) != "00:15:65:aa:bb:cc" {
			t.Errorf("ParseMAC(%q) = %x, %v", s, b, err)
		}
	}
	for _, s := range []string{"", "0", "00:15:6", "00:15:", ":00:15", "00::15", "xx", strings.Repeat("00", 17)} {
		if b, err := ParseMAC(s); err == nil {
			t.Errorf("ParseMAC(%q) = %x, want an error", s, b)
		}
	}
}

func TestPoolValidate(t *testing.T) {
	t.Parallel()
	r := func(a, b string) Range { return Range{ip(a), ip(b)} }
	p := Pool{
		Prefix: net, Ranges: []Range{r("10.0.0.10", "10.0.0.20"), r("10.0.0.20", "10.0.0.30"), r("10.0.0.9", "10.0.0.8"), r("10.0.1.1", "10.0.1.2")},
		Reservations: []Reservation{
			{MAC: "00:15:65:aa:bb:cc", IP: ip("10.0.0.5")},
			{MAC: "00-15-65-AA-BB-CC", IP: ip("10.0.0.6")},
			{ClientID: []byte("x"), IP: ip("10.0.0.5")},
			{MAC: "00:15:65:aa:bb:cd", ClientID: []byte("y"), IP: ip("10.0.0.7")},
			{MAC: "00:15:65:aa:bb:ce", IP: ip("10.0.9.7")},
			{MAC: "nonsense", IP: ip("10.0.0.8")},
		},
	}
	got := strings.Split(p.Validate().Error(), "\n")
	want := []string{
		"subnet 10.0.0.0/24: pool 10.0.0.20-10.0.0.30: overlaps pool 10.0.0.10-10.0.0.20",
		"subnet 10.0.0.0/24: pool 10.0.0.9-10.0.0.8: ends before it starts",
		"subnet 10.0.0.0/24: pool 10.0.1.1-10.0.1.2: outside the subnet",
		"subnet 10.0.0.0/24: reservation 10.0.0.6: this client has another reservation",
		"subnet 10.0.0.0/24: reservation 10.0.0.5: address reserved twice",
		"subnet 10.0.0.0/24: reservation 10.0.0.7: needs a mac or a client id, and not both",
		"subnet 10.0.0.0/24: reservation 10.0.9.7: not a host address of the subnet",
		`subnet 10.0.0.0/24: reservation 10.0.0.8: hardware address "nonsense": not hexadecimal bytes`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("problems (-want +got):\n%s", d)
	}
	for name, tc := range map[string]struct {
		p    Pool
		want string
	}{
		"host bits": {Pool{Prefix: netip.MustParsePrefix("10.0.0.1/24")}, "did you mean 10.0.0.0/24"},
		"too small": {Pool{Prefix: netip.MustParsePrefix("10.0.0.0/31")}, "between /8 and /30"},
		"too large": {Pool{Prefix: netip.MustParsePrefix("10.0.0.0/8"), Ranges: []Range{r("10.0.0.1", "10.9.0.0")}}, "at most 65536"},
	} {
		if err := tc.p.Validate(); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
