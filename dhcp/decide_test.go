package dhcp

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"provbox/dhcp/lease"
	"provbox/dhcp/message"

	"github.com/google/go-cmp/cmp"
)

// Test A3: every (state of the client's address x message) cell of RFC 2131
// section 4.3. The client is a phone; the address is 10.0.0.50.
func TestStates(t *testing.T) {
	t.Parallel()
	const addr = "10.0.0.50"
	sid := addrOpt(message.OptServerID, "10.0.0.2")
	want50 := addrOpt(message.OptRequestedIP, addr)
	messages := []struct {
		name  string
		r     req
		bcast bool
	}{
		{"DISCOVER", req{t: message.Discover}, true},                                                                                           // 4.3.1
		{"SELECTING us", req{t: message.Request, opts: []message.Option{sid, want50}}, true},                                                   // 4.3.2
		{"SELECTING other", req{t: message.Request, opts: []message.Option{addrOpt(message.OptServerID, "10.0.0.99"), want50}}, true},          // 4.3.2
		{"INIT-REBOOT", req{t: message.Request, opts: []message.Option{want50}}, true},                                                         // 4.3.2
		{"RENEWING", req{t: message.Request, ciaddr: addr}, false},                                                                             // 4.3.2
		{"REBINDING", req{t: message.Request, ciaddr: addr}, true},                                                                             // 4.3.2
		{"DECLINE", req{t: message.Decline, opts: []message.Option{sid, want50}}, true},                                                        // 4.3.3
		{"RELEASE", req{t: message.Release, ciaddr: addr, opts: []message.Option{sid}}, false},                                                 // 4.3.4
		{"INFORM", req{t: message.Inform, ciaddr: addr}, true},                                                                                 // 4.3.5
		{"DISCOVER, rapid commit", req{t: message.Discover, opts: []message.Option{{Code: message.OptRapidCommit}}}, true},                     // RFC 4039
		{"RELEASE to another", req{t: message.Release, ciaddr: addr, opts: []message.Option{addrOpt(message.OptServerID, "10.0.0.99")}}, true}, // 4.3.4
	}
	states := []struct {
		name  string
		setup func(*lease.Allocator)
		want  []string
	}{
		{"no record", func(*lease.Allocator) {}, []string{
			"OFFER 10.0.0.50, hold", "ACK 10.0.0.50, bind", "-, withdraw",
			"-",                   // "it MUST remain silent"
			"ACK 10.0.0.50, bind", // adopted: see extend
			"ACK 10.0.0.50, bind", "-", "-", "ACK", "OFFER 10.0.0.50, hold", "-",
		}},
		{"offered", func(b *lease.Allocator) { b.Offer(ip(addr), lease.ClientOf(1, phoneMAC, nil), day) }, []string{
			"OFFER 10.0.0.50, hold", "ACK 10.0.0.50, bind", "-, withdraw", "-",
			"ACK 10.0.0.50, bind", "ACK 10.0.0.50, bind", "-, quarantine", "-", "ACK", "OFFER 10.0.0.50, hold", "-",
		}},
		{"bound", func(b *lease.Allocator) { grant(b, phoneMAC, addr, day) }, []string{
			"OFFER 10.0.0.50, hold", "ACK 10.0.0.50, renew", "-, withdraw", "ACK 10.0.0.50, renew",
			"ACK 10.0.0.50, renew", "ACK 10.0.0.50, renew", "-, quarantine", "-, free", "ACK", "ACK 10.0.0.50, renew", "-",
		}},
		{"bound, record runs out", func(b *lease.Allocator) { grant(b, phoneMAC, addr, day.Add(-90*time.Minute)) }, []string{
			"OFFER 10.0.0.50, hold", "ACK 10.0.0.50, bind", "-, withdraw", "ACK 10.0.0.50, bind",
			"ACK 10.0.0.50, bind", "ACK 10.0.0.50, bind", "-, quarantine", "-, free", "ACK", "ACK 10.0.0.50, bind", "-",
		}},
		{"expired", func(b *lease.Allocator) { grant(b, phoneMAC, addr, day.Add(-5*time.Hour)) }, []string{
			"OFFER 10.0.0.50, hold", "ACK 10.0.0.50, bind", "-, withdraw", "ACK 10.0.0.50, bind",
			"ACK 10.0.0.50, bind", "ACK 10.0.0.50, bind", "-, quarantine", "-, free", "ACK", "ACK 10.0.0.50, bind", "-",
		}},
		{"released", func(b *lease.Allocator) { end(b, phoneMAC, addr, lease.Released, day) }, []string{
			"OFFER 10.0.0.50, hold", "ACK 10.0.0.50, bind", "-, withdraw", "ACK 10.0.0.50, bind",
			"ACK 10.0.0.50, bind", "ACK 10.0.0.50, bind", "-, quarantine", "-", "ACK", "ACK 10.0.0.50, bind", "-",
		}},
		{"declined", func(b *lease.Allocator) { end(b, phoneMAC, addr, lease.Declined, day.Add(10*time.Minute)) }, []string{
			"OFFER 10.0.0.51, hold", "NAK", "-, withdraw", "NAK", "NAK", "NAK", "-", "-", "ACK", "OFFER 10.0.0.51, hold", "-",
		}},
		{"another's", func(b *lease.Allocator) { grant(b, otherMAC, addr, day) }, []string{
			"OFFER 10.0.0.51, hold", "NAK", "-, withdraw", "NAK", "NAK", "NAK", "-", "-", "ACK", "OFFER 10.0.0.51, hold", "-",
		}},
		{"offered to another", func(b *lease.Allocator) { b.Offer(ip(addr), lease.ClientOf(1, otherMAC, nil), day) }, []string{
			"OFFER 10.0.0.51, hold", "NAK", "-, withdraw", "NAK", "NAK", "NAK", "-", "-", "ACK", "OFFER 10.0.0.51, hold", "-",
		}},
		{"another's, expired", func(b *lease.Allocator) { grant(b, otherMAC, addr, day.Add(-5*time.Hour)) }, []string{
			"OFFER 10.0.0.51, hold", "ACK 10.0.0.50, bind", "-, withdraw", "-",
			"ACK 10.0.0.50, bind", "ACK 10.0.0.50, bind", "-", "-", "ACK", "OFFER 10.0.0.51, hold", "-",
		}},
		{"client has another address", func(b *lease.Allocator) { grant(b, phoneMAC, "10.0.0.57", day) }, []string{
			"OFFER 10.0.0.57, hold", "ACK 10.0.0.50, bind", "-, withdraw",
			"NAK", // "client's notion of its IP address is incorrect"
			"ACK 10.0.0.50, bind", "ACK 10.0.0.50, bind", "-", "-", "ACK", "ACK 10.0.0.57, renew", "-",
		}},
	}
	for _, s := range states {
		if len(s.want) != len(messages) {
			t.Fatalf("%s: %d cells for %d messages", s.name, len(s.want), len(messages))
		}
		for i, m := range messages {
			t.Run(s.name+"/"+m.name, func(t *testing.T) {
				t.Parallel()
				set := testSettings(t, testConfig())
				book := lease.New(set.pools(), set.Limits)
				s.setup(book)
				m.r.mac = phoneMAC
				p := m.r.packet(t, set, m.bcast)
				before := book.Snapshot(day)
				d := decide(set, book, p, day)
				if got := show(d); got != s.want[i] {
					t.Errorf("%s (%s), want %s", got, d.why, s.want[i])
				}
				again := decide(set, book, p, day)
				if show(again) != show(d) || cmp.Diff(before, book.Snapshot(day), cmp.Comparer(func(a, b netip.Addr) bool { return a == b })) != "" {
					t.Error("decide changed the book")
				}
			})
		}
	}
}

func TestDecideElsewhere(t *testing.T) {
	t.Parallel()
	sid := addrOpt(message.OptServerID, "10.0.0.2")
	rsv := []byte{0x00, 0x15, 0x65, 0xaa, 0xaa, 0xaa}
	for name, tc := range map[string]struct {
		config func(*Config)
		setup  func(*lease.Allocator)
		r      req
		bcast  bool
		want   string
		to     string
		why    string
	}{
		"wrong network": {r: req{t: message.Request, opts: []message.Option{addrOpt(50, "192.168.7.7")}}, want: "NAK", to: "255.255.255.255:68"},
		"wrong network, not ours to judge": {
			config: func(c *Config) { c.Interfaces[0].Subnets[0].NotAuthoritative = true },
			r:      req{t: message.Request, opts: []message.Option{addrOpt(50, "192.168.7.7")}}, want: "-", why: "wrong network",
		},
		"wrong network, a PC among phones": {r: req{t: message.Request, mac: pcMAC, opts: []message.Option{addrOpt(50, "192.168.7.7")}}, want: "-", why: notServed},
		"renewal from another network":     {r: req{t: message.Request, ciaddr: "10.1.0.50"}, bcast: true, want: "NAK", to: "255.255.255.255:68"},
		"renewal outside the pools":        {r: req{t: message.Request, ciaddr: "10.0.0.99"}, want: "NAK", to: "255.255.255.255:68"},
		"rebinding outside the pools":      {r: req{t: message.Request, ciaddr: "10.0.0.99"}, bcast: true, want: "-", why: "address is not ours to give"},
		"renewal from behind a relay": {
			setup: func(b *lease.Allocator) { grant(b, phoneMAC, "10.1.0.50", day) },
			r:     req{t: message.Request, ciaddr: "10.1.0.50"}, want: "ACK 10.1.0.50, renew", to: "10.1.0.50:68",
		},
		"request for our own address":    {r: req{t: message.Request, opts: []message.Option{sid, addrOpt(50, "10.0.0.2")}}, want: "NAK"},
		"request for a foreign address":  {r: req{t: message.Request, opts: []message.Option{sid, addrOpt(50, "8.8.8.8")}}, want: "NAK"},
		"request for nothing":            {r: req{t: message.Request}, want: "-", why: "a REQUEST for no address"},
		"renewal that names us":          {setup: func(b *lease.Allocator) { grant(b, phoneMAC, "10.0.0.50", day) }, r: req{t: message.Request, ciaddr: "10.0.0.50", opts: []message.Option{sid}}, want: "ACK 10.0.0.50, renew", to: "10.0.0.50:68"},
		"a PC where phones are served":   {r: req{t: message.Discover, mac: pcMAC}, want: "-", why: notServed},
		"a PC with a phone's class":      {r: req{t: message.Discover, mac: pcMAC, opts: []message.Option{{Code: 60, Data: []byte("snom320")}}}, want: "OFFER 10.0.0.50, hold"},
		"a PC where everybody is served": {config: func(c *Config) { c.Interfaces[0].Subnets[0].Serve = ServeAll }, r: req{t: message.Discover, mac: pcMAC}, want: "OFFER 10.0.0.50, hold"},
		"a PC informs itself":            {r: req{t: message.Inform, mac: pcMAC, ciaddr: "10.0.0.99"}, want: "-", why: notServed},
		"a PC selects":                   {r: req{t: message.Request, mac: pcMAC, opts: []message.Option{sid, addrOpt(50, "10.0.0.50")}}, want: "-", why: notServed},
		"a PC selects elsewhere":         {r: req{t: message.Request, mac: pcMAC, opts: []message.Option{sid, addrOpt(50, "8.8.8.8")}}, want: "-", why: notServed},
		"a PC reboots":                   {r: req{t: message.Request, mac: pcMAC, opts: []message.Option{addrOpt(50, "10.0.0.50")}}, want: "-", why: notServed},
		"a PC renews":                    {r: req{t: message.Request, mac: pcMAC, ciaddr: "10.0.0.50"}, want: "-", why: notServed},
		"reserved":                       {r: req{t: message.Discover, mac: rsv}, want: "OFFER 10.0.0.20, hold"},
		"reserved, asks for another":     {r: req{t: message.Discover, mac: rsv, opts: []message.Option{addrOpt(50, "10.0.0.55")}}, want: "OFFER 10.0.0.20, hold"},
		"reserved, renews another": {
			setup: func(b *lease.Allocator) { grant(b, rsv, "10.0.0.50", day) },
			r:     req{t: message.Request, mac: rsv, ciaddr: "10.0.0.50"}, want: "NAK", why: "a reserved address is waiting",
		},
		"reserved, reboots with another": {r: req{t: message.Request, mac: rsv, opts: []message.Option{addrOpt(50, "10.0.0.50")}}, want: "NAK"},
		"reserved, selects another":      {r: req{t: message.Request, mac: rsv, opts: []message.Option{sid, addrOpt(50, "10.0.0.50")}}, want: "NAK"},
		"reserved, reboots":              {r: req{t: message.Request, mac: rsv, opts: []message.Option{addrOpt(50, "10.0.0.20")}}, want: "ACK 10.0.0.20, bind"},
		"wants a reserved address":       {r: req{t: message.Discover, opts: []message.Option{addrOpt(50, "10.0.0.20")}}, want: "OFFER 10.0.0.50, hold"},
		"reboots with a reserved one":    {r: req{t: message.Request, opts: []message.Option{addrOpt(50, "10.0.0.20")}}, want: "NAK", why: "address is forbidden"},
		"BOOTP":                          {r: req{}, want: "-", why: "BOOTP without a reservation"},
		"BOOTP, reserved":                {r: req{mac: rsv}, want: "BOOTP 10.0.0.20"},
		"blocked":                        {config: func(c *Config) { c.Blocked = []string{"00-15-65-01-02-03"} }, r: req{t: message.Discover}, want: "-", why: "blocked by the operator"},
		"pool full": {
			setup: func(b *lease.Allocator) {
				for i := range 10 {
					grant(b, []byte{2, 0, 0, 0, 1, byte(i)}, fmt.Sprintf("10.0.0.%d", 50+i), day)
				}
			}, r: req{t: message.Discover}, want: "-", why: "exhausted",
		},
		"relayed":                        {r: req{t: message.Discover, giaddr: "10.1.0.1"}, want: "OFFER 10.1.0.50, hold", to: "10.1.0.1:67"},
		"relayed from no subnet of ours": {r: req{t: message.Discover, giaddr: "10.9.0.1"}, want: "-", why: "no subnet for 10.9.0.1"},
		"relayed from the Internet":      {r: req{t: message.Discover, giaddr: "8.8.8.8"}, want: "-", why: "relay address 8.8.8.8 is not of a configured or private network"},
		"relayed by ourselves":           {r: req{t: message.Discover, giaddr: "10.0.0.2"}, want: "-"},
		"relayed by a broadcast address": {r: req{t: message.Discover, giaddr: "10.1.0.255"}, want: "-"},
		"link selection":                 {r: req{t: message.Discover, giaddr: "10.0.0.1", opts: []message.Option{opt(82, 5, 4, 10, 1, 0, 9)}}, want: "OFFER 10.1.0.50, hold", to: "10.0.0.1:67"},
		"link selection without a relay": {r: req{t: message.Discover, opts: []message.Option{opt(82, 5, 4, 10, 1, 0, 9)}}, want: "OFFER 10.0.0.50, hold"},
		"subnet selection":               {r: req{t: message.Discover, opts: []message.Option{addrOpt(118, "10.1.0.0")}}, want: "OFFER 10.1.0.50, hold"},
		"NAK through a relay":            {r: req{t: message.Request, giaddr: "10.1.0.1", opts: []message.Option{addrOpt(50, "192.168.7.7")}}, want: "NAK", to: "10.1.0.1:67"},
		"chosen by its override":         {r: req{t: message.Request, giaddr: "10.1.0.1", opts: []message.Option{opt(82, 11, 4, 10, 1, 0, 1), addrOpt(54, "10.1.0.1"), addrOpt(50, "10.1.0.50")}}, want: "ACK 10.1.0.50, bind"},
		"INFORM without ciaddr":          {r: req{t: message.Inform}, want: "-"},
		"release of a stranger's":        {setup: func(b *lease.Allocator) { grant(b, otherMAC, "10.0.0.50", day) }, r: req{t: message.Release, ciaddr: "10.0.0.50"}, want: "-", why: "released address was not the client's"},
		"release from elsewhere":         {r: req{t: message.Release, ciaddr: "192.168.1.1"}, want: "-"},
		"decline of a foreign address":   {r: req{t: message.Decline, opts: []message.Option{addrOpt(50, "192.168.1.1")}}, want: "-"},
		"decline for another server":     {r: req{t: message.Decline, opts: []message.Option{addrOpt(50, "10.0.0.50"), addrOpt(54, "10.0.0.9")}}, want: "-", why: "for another server"},
		"a server's message":             {r: req{t: message.Offer}, want: "-", why: "OFFER is not for servers"},
		"a lease query":                  {r: req{t: 10}, want: "-", why: "TYPE10 is not for servers"},
		"discover with a ciaddr":         {r: req{t: message.Discover, ciaddr: "8.8.8.8"}, bcast: true, want: "OFFER 10.0.0.50, hold", to: "10.0.0.50:68"},
		"discover asks for a broadcast":  {r: req{t: message.Discover, flags: message.FlagBroadcast}, want: "OFFER 10.0.0.50, hold", to: "255.255.255.255:68"},
		"discover, no Ethernet":          {config: func(c *Config) { c.Interfaces[0].Subnets[0].Serve = ServeAll }, r: req{t: message.Discover, htype: 32, mac: pcMAC}, want: "OFFER 10.0.0.50, hold", to: "255.255.255.255:68"},
		"too many identities of one client": {
			setup: func(b *lease.Allocator) {
				for i := range 8 {
					b.Put(lease.Lease{IP: ip(fmt.Sprintf("10.0.0.%d", 51+i)), MAC: lease.FormatMAC(phoneMAC), HType: 1, ClientID: []byte{0, byte(i)}, State: lease.Bound, Granted: day, Expires: day.Add(time.Hour)}, day.Add(time.Hour))
				}
			}, r: req{t: message.Request, opts: []message.Option{sid, addrOpt(50, "10.0.0.50")}}, want: "NAK", why: "limited",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := testConfig()
			if tc.config != nil {
				tc.config(&c)
			}
			set := testSettings(t, c)
			book := lease.New(set.pools(), set.Limits)
			if tc.setup != nil {
				tc.setup(book)
			}
			if tc.r.mac == nil {
				tc.r.mac = phoneMAC
			}
			d := decide(set, book, tc.r.packet(t, set, tc.bcast), day)
			if got := show(d); got != tc.want {
				t.Errorf("%s (%s), want %s", got, d.why, tc.want)
			}
			if tc.to != "" && d.to.To.String() != tc.to {
				t.Errorf("sent to %s, want %s", d.to.To, tc.to)
			}
			if tc.why != "" && d.why != tc.why {
				t.Errorf("because %q, want %q", d.why, tc.why)
			}
		})
	}
}
