package dhcp

import (
	"encoding/binary"
	"net/netip"
	"testing"
	"time"

	"provbox/dhcp/lease"
	"provbox/dhcp/message"
	"provbox/dhcp/option"
	"provbox/dhcp/wire"
)

var (
	ip     = netip.MustParseAddr
	prefix = netip.MustParsePrefix
	day    = time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)

	phoneMAC     = []byte{0x00, 0x15, 0x65, 0x01, 0x02, 0x03} // a Yealink
	otherMAC     = []byte{0x00, 0x04, 0xf2, 0x0a, 0x0b, 0x0c} // a Polycom
	receptionMAC = []byte{0x00, 0x15, 0x65, 0xaa, 0xaa, 0xaa} // has a reservation
	pcMAC        = []byte{0x02, 0x00, 0x00, 0x00, 0x00, 0x01}
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
	book.Prepare(lease.Lease{IP: ip(addr), MAC: lease.FormatMAC(mac)}, lease.ClientOf(1, mac, nil))
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
