package dhcp

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"provbox/dhcp/lease"
	"provbox/dhcp/message"
	"provbox/dhcp/wire"
)

// seeds are packets of every kind, as the corpus to start from.
func seeds() [][]byte {
	class := message.Option{Code: 60, Data: []byte("AastraIPPhone6757i")}
	prl := opt(55, 1, 3, 6, 15, 42, 43, 66, 150, 160)
	rsv := []byte{0x00, 0x15, 0x65, 0xaa, 0xaa, 0xaa}
	var out [][]byte
	for _, r := range []req{
		discover(phoneMAC, class, prl), discover(pcMAC, addrOpt(50, "10.0.0.50")), discover(rsv), discover(phoneMAC, opt(80)),
		selecting(phoneMAC, "10.0.0.50", class), selecting(otherMAC, "10.0.0.51"), renewing(phoneMAC, "10.0.0.50"), renewing(otherMAC, "10.0.0.99"),
		{t: message.Request, mac: phoneMAC, opts: []message.Option{addrOpt(50, "10.0.0.50")}},
		{t: message.Request, mac: phoneMAC, opts: []message.Option{addrOpt(50, "192.168.7.7")}},
		{t: message.Decline, mac: phoneMAC, opts: []message.Option{addrOpt(50, "10.0.0.50"), addrOpt(54, "10.0.0.2")}},
		{t: message.Release, mac: phoneMAC, ciaddr: "10.0.0.50"},
		{t: message.Inform, mac: phoneMAC, ciaddr: "10.0.0.99"},
		{mac: rsv},
		{mac: pcMAC},
		{t: message.Offer, mac: phoneMAC},
		{t: message.Request, mac: phoneMAC},
		discover(phoneMAC, opt(145, 1), opt(60, 0), opt(12, '<', 'x', 0)), selecting(phoneMAC, "10.0.0.50", opt(145, 1)),
		selecting(phoneMAC, "10.0.0.20"), selecting(rsv, "10.0.0.50"), selecting(pcMAC, "10.0.0.55"), selecting(phoneMAC, "172.16.0.1"), selecting(pcMAC, "172.16.0.1"),
		{t: message.Request, mac: phoneMAC, opts: []message.Option{addrOpt(54, "10.0.0.99"), addrOpt(50, "10.0.0.50")}},
		{t: message.Request, mac: rsv, opts: []message.Option{addrOpt(50, "10.0.0.50")}},
		{t: message.Request, mac: otherMAC, opts: []message.Option{addrOpt(50, "10.0.0.50")}},
		{t: message.Request, mac: otherMAC, opts: []message.Option{addrOpt(50, "10.0.0.55")}},
		{t: message.Request, mac: pcMAC, opts: []message.Option{addrOpt(50, "10.0.0.55")}},
		{t: message.Request, mac: pcMAC, opts: []message.Option{addrOpt(50, "172.16.0.1")}},
		renewing(phoneMAC, "10.0.0.55"), renewing(rsv, "10.0.0.55"), renewing(phoneMAC, "10.0.0.20"), renewing(phoneMAC, "172.16.0.1"), renewing(pcMAC, "10.0.0.55"),
		{t: message.Decline, mac: phoneMAC, opts: []message.Option{addrOpt(50, "10.0.0.55"), addrOpt(54, "10.0.0.2")}},
		{t: message.Decline, mac: phoneMAC, opts: []message.Option{addrOpt(54, "10.0.0.99")}},
		{t: message.Decline, mac: phoneMAC, opts: []message.Option{addrOpt(50, "172.16.0.1")}},
		{t: message.Release, mac: phoneMAC, ciaddr: "10.0.0.55"},
		{t: message.Release, mac: phoneMAC, ciaddr: "172.16.0.1"},
		{t: message.Release, mac: phoneMAC, opts: []message.Option{addrOpt(54, "10.0.0.99")}},
		{t: message.Inform, mac: phoneMAC, ciaddr: "172.16.0.1"},
		{t: message.Inform, mac: pcMAC, ciaddr: "10.0.0.99"},
		{t: message.Inform, mac: phoneMAC},
		{t: message.Inform, mac: phoneMAC, ciaddr: "10.0.0.2"},
		{t: message.Inform, mac: phoneMAC, ciaddr: "10.0.0.255"},
		{t: message.Inform, mac: phoneMAC, ciaddr: "10.0.0.0"},
		{t: message.Inform, mac: phoneMAC, ciaddr: "10.0.0.20"},
		selecting(otherMAC, "10.0.0.51", opt(12, '<', 'x', 0)), discover(otherMAC[:5]), discover([]byte{1, 0, 0, 0, 0, 1}), selecting(phoneMAC, "10.0.0.77"),
		{t: message.Request, mac: otherMAC, giaddr: "10.1.0.1", opts: []message.Option{addrOpt(50, "10.1.0.51"), addrOpt(54, "10.0.0.2"), opt(82, 1, 1, 'p')}},
		{t: message.Request, mac: phoneMAC, giaddr: "10.1.0.1", opts: []message.Option{addrOpt(50, "10.1.0.20"), addrOpt(54, "10.0.0.2"), opt(82, 1, 1, 'p')}},
		{t: message.Discover, mac: phoneMAC, giaddr: "8.8.8.8"},
		{t: message.Discover, mac: phoneMAC, giaddr: "10.0.0.2"},
		{t: message.Discover, mac: phoneMAC, giaddr: "10.0.0.0"},
		{t: message.Discover, mac: phoneMAC, giaddr: "10.1.0.255"},
		{t: message.Discover, mac: otherMAC, giaddr: "10.1.0.1", opts: []message.Option{opt(82, 11, 4, 10, 1, 0, 1)}},
		{t: message.Discover, mac: phoneMAC, giaddr: "192.168.3.1"},
		{t: message.Discover, mac: []byte{0x02, 'p', 'b', 1, 2, 3}},
		{t: message.Discover, mac: phoneMAC, giaddr: "10.1.0.1", opts: []message.Option{opt(82, 1, 2, 'p', '1', 5, 4, 10, 1, 0, 9, 11, 4, 10, 1, 0, 1)}},
		{t: message.Discover, mac: phoneMAC, opts: []message.Option{opt(61, 0, 'x'), opt(57, 2, 64), opt(52, 3), addrOpt(118, "10.1.0.0"), opt(77, 'u'), opt(51, 0, 0, 0, 1)}},
	} {
		out = append(out, r.bytes())
	}
	return out
}

// fuzzStates are the books of test A1: empty, full, reserved, declined, and
// one with leases behind a relay.
func fuzzStates(book *lease.Allocator, state byte) {
	switch state % 5 {
	case 1:
		for i := range 10 {
			grant(book, []byte{2, 0, 0, 0, 1, byte(i)}, fmt.Sprintf("10.0.0.%d", 50+i), day)
		}
	case 2:
		grant(book, []byte{0x00, 0x15, 0x65, 0xaa, 0xaa, 0xaa}, "10.0.0.20", day)
		grant(book, phoneMAC, "10.0.0.50", day)
	case 3:
		end(book, phoneMAC, "10.0.0.50", lease.Declined, day.Add(time.Hour))
		end(book, otherMAC, "10.0.0.51", lease.Released, day)
	case 4:
		grant(book, phoneMAC, "10.1.0.50", day.Add(-50*time.Minute))
		book.Offer(ip("10.1.0.51"), lease.ClientOf(1, otherMAC, nil), day)
	}
}

// Test A1: whatever comes in, the decision keeps its rules. What is reached of
// it is measured as for FuzzServe.
func FuzzDecide(f *testing.F) {
	for i, s := range seeds() {
		for state := range byte(15) {
			f.Add(s, state, i%2 == 0)
			f.Add(s, state, i%2 != 0)
		}
	}
	strict := testConfig()
	strict.RapidCommit = false
	strict.Blocked = []string{lease.FormatMAC(otherMAC)}
	strict.Interfaces[0].Subnets[0].NotAuthoritative = true
	strict.Interfaces[0].Subnets[0].Serve = ServeAll
	strict.Limits.PerMAC, strict.Limits.PerRelay = 1, 1
	sets := []*settings{testSettings(f, testConfig()), testSettings(f, strict)}
	f.Fuzz(func(t *testing.T, data []byte, state byte, unicast bool) {
		// Beyond the states of the book: other settings, and an interface that
		// has no address yet.
		set, addrs := sets[int(state/5)%2], lan
		if state >= 200 || state/5 == 2 {
			addrs = nil
		}
		m, err := message.Parse(data)
		if err != nil {
			return
		}
		meta := wire.Meta{Src: netip.AddrPortFrom(m.CIAddr, 68), Dst: broadcast}
		if unicast {
			meta.Dst = ip("10.0.0.2")
		}
		p, why := newPacket(m, meta, set.byName["eth0"], addrs, 1500)
		if why != "" {
			return
		}
		book := lease.New(set.pools(), set.Limits)
		fuzzStates(book, state)
		before := fmt.Sprint(book.Snapshot(day), book.Usage(day))
		d := decide(set, book, &p, day)
		if fmt.Sprint(book.Snapshot(day), book.Usage(day)) != before {
			t.Fatal("decide changed the book")
		}
		switch d.do {
		case bind, renew, free, quarantine:
			if err := d.lease.Validate(); err != nil {
				t.Fatalf("%s with a record that cannot be loaded again: %v", show(d), err)
			}
		}
		if d.reply == nil {
			if d.why == "" || d.do == bind || d.do == hold {
				t.Fatalf("silence without a reason: %+v", d)
			}
			return
		}
		checkReply(t, set, book, &p, d)
	})
}

// checkReply holds a reply against the rules that no packet may break.
func checkReply(t *testing.T, set *settings, book *lease.Allocator, p *packet, d decision) {
	to := d.to.To.Addr()
	if !to.IsPrivate() && to != broadcast || p.own(to) || slices.ContainsFunc(p.ifc.subnets, func(s *subnet) bool { return s.Prefix.Contains(to) && !s.station(to) }) {
		t.Fatalf("answer to %s", to)
	}
	raw, _ := d.reply.Append(nil)
	if len(raw) < 300 || len(raw) > 1472 || len(raw) > p.MaxSize(1500) && !p.relayed() {
		t.Fatalf("%d bytes for a client that takes %d", len(raw), p.MaxSize(1500))
	}
	if raw[0] != 2 || binary.BigEndian.Uint32(raw[4:]) != p.XID || string(raw[28:28+len(p.CHAddr)]) != string(p.CHAddr) {
		t.Fatal("not an answer to this packet")
	}
	addr := d.reply.YIAddr
	if !addr.IsValid() {
		return
	}
	ask := p.ask(book, d.subnet)
	if st := book.Standing(d.subnet.Prefix, addr, p.client, ask.Fixed, ask.HasFixed, day); !st.Usable() {
		t.Fatalf("%s, which is %s", show(d), st)
	}
	if d.do != hold && d.do != bind && d.do != renew && p.Type != message.None {
		t.Fatalf("%s changes nothing", show(d))
	}
	if d.subnet.Serve == ServePhones && !d.rules.Phone && !ask.HasFixed {
		t.Fatalf("%s to a client that is no phone", show(d))
	}
}
