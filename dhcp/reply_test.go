package dhcp

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"provbox/dhcp/lease"
	"provbox/dhcp/message"
	"provbox/dhcp/wire"

	"github.com/google/go-cmp/cmp"
)

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
		"client identifier too short to be one": {
			req{t: message.Discover, opts: []message.Option{opt(61, 7), opt(55, 1)}},
			"54=0a000002 61=07 " + timers + " 1=ffffff00",
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
	book.Prepare(d.lease, d.lease.Client())
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
