package dhcp

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"provbox/dhcp/lease"
	"provbox/dhcp/message"
	"provbox/dhcp/option"
	"provbox/dhcp/wire"

	"github.com/google/go-cmp/cmp"
)

var (
	ip     = netip.MustParseAddr
	prefix = netip.MustParsePrefix
	day    = time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)

	phoneMAC = []byte{0x00, 0x15, 0x65, 0x01, 0x02, 0x03} // a Yealink
	otherMAC = []byte{0x00, 0x04, 0xf2, 0x0a, 0x0b, 0x0c} // a Polycom
	pcMAC    = []byte{0x02, 0x00, 0x00, 0x00, 0x00, 0x01}
)

// testConfig has a LAN, a second subnet behind a relay, and a reservation.
func testConfig() Config {
	return Config{
		Interfaces: []Interface{{Name: "eth0", Subnets: []Subnet{
			{
				Prefix: prefix("10.0.0.0/24"), Pools: []lease.Range{{Start: ip("10.0.0.50"), End: ip("10.0.0.59")}},
				Routers: []netip.Addr{ip("10.0.0.1")}, DNS: []netip.Addr{ip("10.0.0.1"), ip("10.0.0.2")}, NTP: []netip.Addr{ip("10.0.0.1")},
				Domain: "branch.example.org", LeaseTime: time.Hour, Serve: ServePhones,
				Reservations: []lease.Reservation{{MAC: "00:15:65:aa:aa:aa", IP: ip("10.0.0.20"), Hostname: "reception"}},
			},
			{
				Prefix: prefix("10.1.0.0/24"), Pools: []lease.Range{{Start: ip("10.1.0.50"), End: ip("10.1.0.59")}},
				Routers: []netip.Addr{ip("10.1.0.1")}, Serve: ServeAll,
			},
		}}},
		RapidCommit: true,
		Values: func(_ netip.Prefix, server netip.Addr) option.Values {
			return option.Values{URI: "http://" + server.String() + ":8667", TFTPHost: server.String(), TFTPIP: server}
		},
	}
}

func testSettings(t testing.TB, c Config) *settings {
	t.Helper()
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	set, err := compile(c)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// req builds a client's message; opts are applied in order.
type req struct {
	t              message.Type
	mac            []byte
	ciaddr, giaddr string
	flags          uint16
	htype          byte
	opts           []message.Option
	raw            []byte // appended to the options
}

func opt(code byte, data ...byte) message.Option { return message.Option{Code: code, Data: data} }

func addrOpt(code byte, a string) message.Option {
	return message.Option{Code: code, Data: ip(a).AsSlice()}
}

func (r req) bytes() []byte {
	b := make([]byte, 240)
	b[0], b[1], b[2] = 1, max(r.htype, 1), byte(len(r.mac))
	binary.BigEndian.PutUint32(b[4:], 0x1234)
	binary.BigEndian.PutUint16(b[10:], r.flags)
	put := func(at int, a string) {
		if a != "" {
			copy(b[at:], ip(a).AsSlice())
		}
	}
	put(12, r.ciaddr)
	put(24, r.giaddr)
	copy(b[28:44], r.mac)
	copy(b[236:], []byte{99, 130, 83, 99})
	if r.t != message.None {
		b = append(b, 53, 1, byte(r.t))
	}
	for _, o := range r.opts {
		b = append(append(b, o.Code, byte(len(o.Data))), o.Data...)
	}
	return append(append(b, r.raw...), 255)
}

var lan = []netip.Prefix{prefix("10.0.0.2/24")}

// packet makes what decide sees. A packet with ciaddr and no giaddr is sent to
// the server's address unless bcast is set.
func (r req) packet(t testing.TB, set *settings, bcast bool) *packet {
	t.Helper()
	m, err := message.Parse(r.bytes())
	if err != nil {
		t.Fatal(err)
	}
	meta := wire.Meta{Src: netip.MustParseAddrPort("0.0.0.0:68"), Dst: broadcast}
	if r.ciaddr != "" {
		meta.Src = netip.AddrPortFrom(ip(r.ciaddr), 68)
		if !bcast {
			meta.Dst = ip("10.0.0.2")
		}
	}
	if r.giaddr != "" {
		meta.Src, meta.Dst = netip.AddrPortFrom(ip(r.giaddr), 67), ip("10.0.0.2")
	}
	p, why := newPacket(m, meta, set.byName["eth0"], lan, 1500)
	if why != "" {
		t.Fatalf("packet refused: %s", why)
	}
	return &p
}

// show writes a decision in a few words.
func show(d decision) string {
	what := "-"
	if d.reply != nil {
		what = d.reply.Type.String()
		if d.reply.YIAddr.IsValid() {
			what += " " + d.reply.YIAddr.String()
		}
	}
	if e := []string{"", "hold", "withdraw", "bind", "renew", "free", "quarantine"}[d.do]; e != "" {
		what += ", " + e
	}
	return what
}

// phoneBinds gives an address to a client the way the server does.
func grant(book *lease.Allocator, mac []byte, addr string, at time.Time) {
	book.Prepare(ip(addr), lease.ClientOf(1, mac, nil))
	book.Commit(lease.Lease{
		IP: ip(addr), MAC: lease.FormatMAC(mac), HType: 1, State: lease.Bound,
		Granted: at, Expires: at.Add(2 * time.Hour), Seconds: 3600,
	}, at.Add(time.Hour))
}

func end(book *lease.Allocator, mac []byte, addr string, state lease.State, until time.Time) {
	book.Put(lease.Lease{
		IP: ip(addr), MAC: lease.FormatMAC(mac), HType: 1, State: state, Granted: day, Expires: until,
	}, until)
}

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

// options lists a reply's options in order, with the values that matter.
func options(r *message.Reply) string {
	var out []string
	add := func(o message.Option) {
		s := fmt.Sprintf("%d=%x", o.Code, o.Data)
		switch o.Code {
		case 12, 15, 66, 67, 43, 56:
			s = fmt.Sprintf("%d=%s", o.Code, o.Data)
		}
		out = append(out, s)
	}
	for _, o := range r.Required {
		add(o)
	}
	for _, o := range r.Optional {
		add(o)
	}
	if r.RelayInfo != nil {
		out = append(out, fmt.Sprintf("82=%x", r.RelayInfo))
	}
	return strings.Join(out, " ")
}

func TestReplyContents(t *testing.T) {
	t.Parallel()
	sid := addrOpt(message.OptServerID, "10.0.0.2")
	aastra := message.Option{Code: 60, Data: []byte("AastraIPPhone6757i")}
	const timers = "51=00000e10 58=00000708 59=00000c4e"
	for name, tc := range map[string]struct {
		r    req
		want string
	}{
		"what was asked for, in order": {
			req{t: message.Discover, opts: []message.Option{opt(55, 66, 3, 6, 66, 99)}},
			"54=0a000002 " + timers + " 1=ffffff00 66=http://10.0.0.2:8667 3=0a000001 6=0a0000010a000002",
		},
		"all, if it does not say": {
			req{t: message.Discover},
			"54=0a000002 " + timers + " 1=ffffff00 3=0a000001 6=0a0000010a000002 15=branch.example.org 28=0a0000ff 42=0a000001 66=http://10.0.0.2:8667",
		},
		"vendor rule replaces the subnet's option": {
			req{t: message.Discover, mac: pcMAC, opts: []message.Option{{Code: 60, Data: []byte("snom320")}, opt(55, 6)}},
			"54=0a000002 " + timers + " 1=ffffff00 6=0a000002",
		},
		"43 comes to who says its class": {
			req{t: message.Discover, mac: pcMAC, opts: []message.Option{aastra, opt(55, 3)}},
			"54=0a000002 " + timers + " 1=ffffff00 3=0a000001 43=\x02\x1bhttp://10.0.0.2:8667/Aastra\x03\x01\x00",
		},
		"client id is echoed": {
			req{t: message.Discover, opts: []message.Option{opt(61, 0, 'x', 'y'), opt(55, 1)}},
			"54=0a000002 61=007879 " + timers + " 1=ffffff00",
		},
		"relay information is echoed": {
			req{t: message.Discover, giaddr: "10.1.0.1", opts: []message.Option{opt(55, 1), opt(82, 1, 2, 3, 4)}},
			"54=0a000002 " + timers + " 1=ffffff00 82=01020304",
		},
		"subnet selection is confirmed": {
			req{t: message.Discover, opts: []message.Option{opt(55, 1), addrOpt(118, "10.1.0.0")}},
			"54=0a000002 118=0a010000 " + timers + " 1=ffffff00",
		},
		"shorter lease on request": {
			req{t: message.Discover, opts: []message.Option{opt(55, 1), opt(51, 0, 0, 3, 132)}},
			"54=0a000002 51=00000384 58=000001c2 59=00000313 1=ffffff00",
		},
		"but not too short": {
			req{t: message.Discover, opts: []message.Option{opt(55, 1), opt(51, 0, 0, 0, 1)}},
			"54=0a000002 51=0000012c 58=00000096 59=00000106 1=ffffff00",
		},
		"nor longer": {
			req{t: message.Discover, opts: []message.Option{opt(55, 1), opt(51, 255, 255, 255, 255)}},
			"54=0a000002 " + timers + " 1=ffffff00",
		},
		"no timers for INFORM": {
			req{t: message.Inform, ciaddr: "10.0.0.99", opts: []message.Option{opt(55, 3)}},
			"54=0a000002 1=ffffff00 3=0a000001",
		},
		"host name of a reservation": {
			req{t: message.Request, mac: []byte{0x00, 0x15, 0x65, 0xaa, 0xaa, 0xaa}, opts: []message.Option{sid, addrOpt(50, "10.0.0.20"), opt(55, 12)}},
			"54=0a000002 " + timers + " 1=ffffff00 12=reception",
		},
		"NAK says why and nothing else": {
			req{t: message.Request, opts: []message.Option{addrOpt(50, "192.168.7.7"), opt(55, 1, 3)}},
			"54=0a000002 56=wrong network",
		},
		"BOOTP has no DHCP options": {
			req{mac: []byte{0x00, 0x15, 0x65, 0xaa, 0xaa, 0xaa}, opts: []message.Option{opt(55, 3)}},
			"1=ffffff00 3=0a000001",
		},
		"server id override": {
			req{t: message.Discover, giaddr: "10.1.0.1", opts: []message.Option{opt(55, 1), opt(82, 11, 4, 10, 1, 0, 1)}},
			"54=0a010001 " + timers + " 1=ffffff00 82=0b040a010001",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set := testSettings(t, testConfig())
			if tc.r.mac == nil {
				tc.r.mac = phoneMAC
			}
			d := decide(set, lease.New(set.pools(), set.Limits), tc.r.packet(t, set, false), day)
			if d.reply == nil {
				t.Fatalf("silence: %s", d.why)
			}
			if got := options(d.reply); got != tc.want {
				t.Errorf("options\n%s, want\n%s", got, tc.want)
			}
		})
	}
}

func TestHeaderFields(t *testing.T) {
	t.Parallel()
	set := testSettings(t, testConfig())
	book := lease.New(set.pools(), set.Limits)
	grant(book, phoneMAC, "10.0.0.50", day)
	d := decide(set, book, req{t: message.Request, mac: phoneMAC, ciaddr: "10.0.0.50", flags: 0xffff}.packet(t, set, false), day)
	if d.reply.CIAddr != ip("10.0.0.50") || d.reply.Flags != message.FlagBroadcast || d.reply.XID != 0x1234 || d.to.From != ip("10.0.0.2") {
		t.Errorf("ACK of a renewal: %+v to %+v", d.reply, d.to)
	}
	d = decide(set, book, req{t: message.Request, mac: otherMAC, giaddr: "10.1.0.1", opts: []message.Option{addrOpt(50, "192.168.7.7")}}.packet(t, set, false), day)
	if d.reply.Type != message.Nak || d.reply.Flags != message.FlagBroadcast || d.reply.YIAddr.IsValid() {
		t.Errorf("NAK through a relay: %+v", d.reply)
	}
	d = decide(set, book, req{t: message.Discover, mac: otherMAC}.packet(t, set, false), day)
	if d.to.To.String() != "10.0.0.51:68" || string(d.to.HW) != string(otherMAC) {
		t.Errorf("OFFER without the broadcast flag goes to %+v", d.to)
	}
	noe := message.Option{Code: 60, Data: []byte("alcatel.noe.0")}
	d = decide(set, book, req{t: message.Discover, mac: otherMAC, opts: []message.Option{noe}}.packet(t, set, false), day)
	if d.reply.SIAddr != ip("10.0.0.2") || d.reply.File != "sipconfig.txt" {
		t.Errorf("BOOTP fields: %+v", d.reply)
	}
	set.Loopback = true
	p := req{t: message.Discover, mac: phoneMAC}.packet(t, set, false)
	p.Src = netip.MustParseAddrPort("127.0.0.1:4711")
	if d = decide(set, book, p, day); d.to.To != p.Src || d.to.HW != nil {
		t.Errorf("loopback answer goes to %+v", d.to)
	}
}

func TestBindRecord(t *testing.T) {
	t.Parallel()
	set := testSettings(t, testConfig())
	book := lease.New(set.pools(), set.Limits)
	r := req{t: message.Request, mac: phoneMAC, giaddr: "10.1.0.1", opts: []message.Option{
		addrOpt(54, "10.0.0.2"), addrOpt(50, "10.1.0.50"),
		{Code: 60, Data: []byte("yealink\x00")},
		{Code: 12, Data: []byte("<b>phone one</b>\n\x00")},
		opt(61, 0, 1, 2), opt(82, 1, 1, 7),
	}}
	d := decide(set, book, r.packet(t, set, false), day)
	want := lease.Lease{
		IP: ip("10.1.0.50"), MAC: "00:15:65:01:02:03", HType: 1, ClientID: []byte{0, 1, 2}, State: lease.Bound,
		Granted: day, Expires: day.Add(2 * time.Hour), Seconds: 3600, Hostname: "bphoneone/b",
		VendorClass: []byte("yealink\x00"), RelayInfo: []byte{1, 1, 7},
	}
	byValue := cmp.Comparer(func(a, b netip.Addr) bool { return a == b })
	if diff := cmp.Diff(want, d.lease, byValue); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
	if err := d.lease.Validate(); err != nil {
		t.Error(err)
	}
	book.Prepare(d.ip, d.lease.Client())
	book.Commit(d.lease, d.until)

	// The unicast renewal carries no option 82: the record keeps it, and the
	// promise is covered by what is on disk.
	renewal := r
	renewal.giaddr, renewal.ciaddr, renewal.opts = "", "10.1.0.50", append([]message.Option{}, r.opts[2:5]...)
	half := day.Add(30 * time.Minute)
	d = decide(set, book, renewal.packet(t, set, false), half)
	if d.do != renew || !d.until.Equal(half.Add(time.Hour)) {
		t.Errorf("first renewal: %s until %s", show(d), d.until)
	}
	// Once the promise would outlast the record, it is written again; by then
	// the phone has come back often enough to be known.
	third := day.Add(90 * time.Minute)
	d = decide(set, book, renewal.packet(t, set, false), third)
	want.Granted, want.Expires, want.Known = third, third.Add(2*time.Hour), true
	if diff := cmp.Diff(want, d.lease, byValue); d.do != bind || diff != "" {
		t.Errorf("third renewal %s (-want +got):\n%s", show(d), diff)
	}
	// A clock that was set in between makes the record worthless.
	if d = decide(set, book, renewal.packet(t, set, false), day.AddDate(-50, 0, 0)); d.do != bind {
		t.Errorf("after the clock went back: %s", show(d))
	}
	renewal.opts[1].Data = []byte("renamed")
	if d = decide(set, book, renewal.packet(t, set, false), half); d.do != bind || d.lease.Hostname != "renamed" {
		t.Errorf("new host name: %s %q", show(d), d.lease.Hostname)
	}
}

func TestSharedNetwork(t *testing.T) {
	t.Parallel()
	c := testConfig()
	c.Interfaces[0].Subnets[1].Prefix = prefix("10.2.0.0/24")
	c.Interfaces[0].Subnets[1].Pools = []lease.Range{{Start: ip("10.2.0.50"), End: ip("10.2.0.50")}}
	c.Interfaces[0].Subnets[1].Routers = nil
	set := testSettings(t, c)
	book := lease.New(set.pools(), set.Limits)
	ask := func(mac []byte, opts ...message.Option) decision {
		p := req{t: message.Discover, mac: mac, opts: opts}.packet(t, set, true)
		p.addrs = append([]netip.Prefix{prefix("10.2.0.2/24")}, lan...)
		return decide(set, book, p, day)
	}
	if d := ask(phoneMAC); show(d) != "OFFER 10.0.0.50, hold" || d.to.From != ip("10.0.0.2") {
		t.Errorf("first subnet: %s from %s", show(d), d.to.From)
	}
	grant(book, phoneMAC, "10.2.0.50", day)
	if d := ask(phoneMAC); show(d) != "OFFER 10.2.0.50, hold" {
		t.Errorf("own lease in the second subnet: %s", show(d))
	}
	for i := range 10 {
		grant(book, []byte{2, 0, 0, 0, 1, byte(i)}, fmt.Sprintf("10.0.0.%d", 50+i), day)
	}
	if d := ask(otherMAC); show(d) != "-" || d.why != "exhausted" {
		t.Errorf("both full: %s %s", show(d), d.why)
	}
}

func TestNewPacketRefuses(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]req{
		"no identity":         {t: message.Discover, mac: nil, htype: 32},
		"Ethernet, hlen 0":    {t: message.Discover, mac: nil},
		"Ethernet, hlen 16":   {t: message.Discover, mac: make([]byte, 16)},
		"all zero":            {t: message.Discover, mac: make([]byte, 6)},
		"broadcast":           {t: message.Discover, mac: []byte{255, 255, 255, 255, 255, 255}},
		"multicast":           {t: message.Discover, mac: []byte{1, 0, 94, 0, 0, 1}},
		"client id too long":  {t: message.Discover, mac: pcMAC, raw: longOption(61, 600)},
		"client id of 1 byte": {t: message.Discover, mac: nil, htype: 32, opts: []message.Option{opt(61, 1)}},
	} {
		m, err := message.Parse(r.bytes())
		if err != nil {
			t.Fatal(err)
		}
		if _, why := newPacket(m, wire.Meta{}, &iface{}, lan, 1500); why == "" {
			t.Errorf("%s: accepted", name)
		}
	}
	m, _ := message.Parse(req{t: message.Discover, htype: 32, opts: []message.Option{opt(61, 0, 1, 2)}}.bytes())
	if p, why := newPacket(m, wire.Meta{}, &iface{}, lan, 1500); why != "" || p.client == "" {
		t.Errorf("InfiniBand with a client id: %q %s", p.client, why)
	}
}

func longOption(code byte, n int) (out []byte) {
	for ; n > 0; n -= 200 {
		out = append(append(out, code, byte(min(n, 200))), make([]byte, min(n, 200))...)
	}
	return out
}
