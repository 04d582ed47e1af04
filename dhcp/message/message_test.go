package message

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/insomniacslk/dhcp/dhcpv4"
)

// request builds a BOOTREQUEST; opts are raw option bytes after the cookie.
func request(opts ...byte) []byte {
	b := make([]byte, optsAt)
	b[0], b[1], b[2] = 1, 1, 6
	binary.BigEndian.PutUint32(b[4:], 0xdeadbeef)
	binary.BigEndian.PutUint16(b[10:], FlagBroadcast)
	copy(b[12:], []byte{10, 0, 0, 9})
	copy(b[24:], []byte{10, 1, 0, 1})
	copy(b[28:], []byte{0, 0x15, 0x65, 1, 2, 3})
	copy(b[236:], cookie[:])
	return append(b, opts...)
}

func TestParse(t *testing.T) {
	t.Parallel()
	in := request(53, 1, 3, 0, 0, 12, 2, 'a', 'b', 50, 4, 10, 0, 0, 7, 12, 1, 'c', 57, 2, 0x05, 0xdc, 82, 7, 1, 1, 'p', 5, 2, 'x', 'y', 255, 99)
	m, err := Parse(in)
	if err != nil {
		t.Fatal(err)
	}
	if m.Type != Request || m.XID != 0xdeadbeef || !m.Broadcast() || m.CIAddr != netip.MustParseAddr("10.0.0.9") ||
		m.GIAddr != netip.MustParseAddr("10.1.0.1") || !bytes.Equal(m.CHAddr, []byte{0, 0x15, 0x65, 1, 2, 3}) {
		t.Errorf("header: %+v", m)
	}
	if v, ok := m.Option(12); !ok || string(v) != "abc" {
		t.Errorf("option 12 in two parts: %q", v)
	}
	if got := m.Addr(OptRequestedIP); got != netip.MustParseAddr("10.0.0.7") {
		t.Errorf("option 50: %v", got)
	}
	if m.Addr(12).IsValid() {
		t.Error("three bytes are an address")
	}
	if v, ok := m.Relay(5); !ok || string(v) != "xy" {
		t.Errorf("sub-option 5: %q", v)
	}
	if _, ok := m.Relay(9); ok {
		t.Error("sub-option 9 is not there")
	}
	if got := m.MaxSize(1500); got != 1472 {
		t.Errorf("MaxSize = %d", got)
	}
	if !bytes.Equal(in[:20], request()[:20]) {
		t.Error("Parse changed its input")
	}
}

func TestParseOverload(t *testing.T) {
	t.Parallel()
	b := request(53, 1, 1, 52, 1, 3, 12, 1, 'a', 255)
	copy(b[108:], []byte{12, 1, 'b', 255})
	copy(b[44:], []byte{12, 1, 'c', 61, 2, 'i', 'd'})
	m, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	if v, _ := m.Option(12); string(v) != "abc" {
		t.Errorf("option 12 = %q, want the parts in the order options, file, sname", v)
	}
	if v, _ := m.Option(61); string(v) != "id" {
		t.Errorf("option 61 = %q", v)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	reply := request(53, 1, 1)
	reply[0] = 2
	hlen := request(53, 1, 1)
	hlen[2] = 17
	overload := request(53, 1, 1, 52, 1, 1, 255)
	copy(overload[108:], bytes.Repeat([]byte{0x35}, 128))
	for name, tc := range map[string]struct {
		in   []byte
		want error
	}{
		"nothing":              {nil, ErrShort},
		"235 bytes":            {request()[:235], ErrShort},
		"no cookie":            {request()[:236], ErrCookie},
		"half a cookie":        {request()[:238], ErrCookie},
		"a reply":              {reply, ErrNotOurs},
		"hlen 17":              {hlen, ErrField},
		"option past the end":  {request(53, 1, 1, 12, 200, 'x'), ErrOption},
		"code without length":  {request(53, 1, 1, 12), ErrOption},
		"overloaded junk":      {overload, ErrOption},
		"two bytes of type":    {request(53, 2, 1, 1), ErrField},
		"type zero":            {request(53, 1, 0), ErrField},
		"type given twice":     {request(53, 1, 1, 53, 1, 3), ErrField},
		"longer than Ethernet": {request(make([]byte, 1300)...), ErrField},
	} {
		if _, err := Parse(tc.in); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", name, err, tc.want)
		}
	}
	if m, err := Parse(request(53, 1, 1)); err != nil || m.Type != Discover {
		t.Errorf("a missing END is forgiven: %v", err)
	}
	if m, err := Parse(request()); err != nil || m.Type != None {
		t.Errorf("BOOTP: %v", err)
	}
}

func TestParseReply(t *testing.T) {
	t.Parallel()
	b, _ := sampleReply().Append(nil)
	m, err := ParseReply(b)
	if err != nil || m.YIAddr != netip.MustParseAddr("10.0.0.9") || m.Type != Ack || m.Addr(OptServerID) != netip.MustParseAddr("10.0.0.1") {
		t.Errorf("%+v %v", m, err)
	}
	if _, err := Parse(b); !errors.Is(err, ErrNotOurs) {
		t.Errorf("a reply as a request: %v", err)
	}
	if _, err := ParseReply(request(53, 1, 1)); !errors.Is(err, ErrNotOurs) {
		t.Errorf("a request as a reply: %v", err)
	}
}

func TestMaxSize(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		opts []byte
		mtu  int
		want int
	}{
		"not said":        {nil, 1500, 548},
		"absurdly small":  {[]byte{57, 2, 0, 100}, 1500, 548},
		"absurdly large":  {[]byte{57, 2, 255, 255}, 1500, 1472},
		"the link's":      {[]byte{57, 2, 5, 220}, 1400, 1372},
		"a broken option": {[]byte{57, 1, 9}, 1500, 548},
		"jumbo link":      {[]byte{57, 2, 255, 255}, 65536, 1472},
	} {
		m, err := Parse(request(tc.opts...))
		if err != nil {
			t.Fatal(err)
		}
		if got := m.MaxSize(tc.mtu); got != tc.want {
			t.Errorf("%s: %d, want %d", name, got, tc.want)
		}
	}
}

func sampleReply() *Reply {
	return &Reply{
		HType: 1, HLen: 6, XID: 7, Flags: FlagBroadcast, Type: Ack,
		YIAddr: netip.MustParseAddr("10.0.0.9"), SIAddr: netip.MustParseAddr("10.0.0.2"), GIAddr: netip.MustParseAddr("0.0.0.0"),
		CHAddr:    []byte{0, 0x15, 0x65, 1, 2, 3},
		Required:  []Option{{OptServerID, []byte{10, 0, 0, 1}}, {OptLeaseTime, []byte{0, 0, 14, 16}}},
		Optional:  []Option{{OptSubnetMask, []byte{255, 255, 255, 0}}, {OptTFTPName, []byte("http://10.0.0.1:8667")}},
		RelayInfo: []byte{1, 1, 7}, MaxSize: 548,
	}
}

// The packet library reads what we write.
func TestReplyAgainstLibrary(t *testing.T) {
	t.Parallel()
	r := sampleReply()
	r.File = "boot.cfg"
	b, dropped := r.Append(nil)
	if dropped != nil {
		t.Errorf("dropped %v", dropped)
	}
	m, err := dhcpv4.FromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	if m.OpCode != dhcpv4.OpcodeBootReply || m.MessageType() != dhcpv4.MessageTypeAck || !m.YourIPAddr.Equal(net.IP{10, 0, 0, 9}) ||
		!m.ServerIPAddr.Equal(net.IP{10, 0, 0, 2}) || m.ClientHWAddr.String() != "00:15:65:01:02:03" || !m.IsBroadcast() || m.BootFileName != "boot.cfg" {
		t.Errorf("read back: %s", m.Summary())
	}
	want := dhcpv4.Options{53: {5}, 54: {10, 0, 0, 1}, 51: {0, 0, 14, 16}, 1: {255, 255, 255, 0}, 66: []byte("http://10.0.0.1:8667"), 82: {1, 1, 7}}
	if d := cmp.Diff(want, m.Options); d != "" {
		t.Errorf("options (-want +got):\n%s", d)
	}
	if len(b) != 300 {
		t.Errorf("%d bytes, want the BOOTP minimum of 300", len(b))
	}
	if got := wireOrder(b[optsAt:]); !slices.Equal(got, []byte{53, 54, 51, 1, 66, 82}) {
		t.Errorf("order %v: type first, relay information last", got)
	}
}

// wireOrder lists the codes of a field, and checks that it has an END.
func wireOrder(b []byte) (codes []byte) {
	for i := 0; i < len(b); {
		switch b[i] {
		case OptPad:
			i++
		case OptEnd:
			return codes
		default:
			codes = append(codes, b[i])
			i += 2 + int(b[i+1])
		}
	}
	return append(codes, OptEnd) // no END: wrong
}

// asRequest lets Parse read a reply, to see what a client that knows option
// overload and splitting gets.
func asRequest(t *testing.T, b []byte) *Message {
	t.Helper()
	c := slices.Clone(b)
	c[0] = 1
	m, err := Parse(c)
	if err != nil {
		t.Fatalf("own reply: %v", err)
	}
	return m
}

func TestOverloadAndSplit(t *testing.T) {
	t.Parallel()
	big := func(n int) []byte { return bytes.Repeat([]byte{'Z'}, n) }
	for name, tc := range map[string]struct {
		change   func(*Reply)
		dropped  []byte
		overload byte
	}{
		"all fits":         {func(*Reply) {}, nil, 0},
		"one goes to file": {func(r *Reply) { r.Optional = append(r.Optional, Option{224, big(200)}, Option{225, big(100)}) }, nil, 1},
		"one is split":     {func(r *Reply) { r.Optional = append(r.Optional, Option{224, big(200)}, Option{225, big(200)}) }, nil, 3},
		"one is left out": {func(r *Reply) {
			r.Optional = append(r.Optional, Option{224, big(200)}, Option{225, big(200)}, Option{226, big(200)})
		}, []byte{226}, 3},
		"file is in use": {func(r *Reply) {
			r.File = "f"
			r.Optional = append(r.Optional, Option{224, big(200)}, Option{225, big(60)})
		}, nil, 2},
		"long option":        {func(r *Reply) { r.MaxSize = 1472; r.Optional = append(r.Optional, Option{224, big(600)}) }, nil, 0},
		"long one, little":   {func(r *Reply) { r.Optional = append(r.Optional, Option{224, big(300)}) }, nil, 1},
		"long one, too long": {func(r *Reply) { r.Optional = append(r.Optional, Option{224, big(700)}, Option{225, big(10)}) }, []byte{224}, 0},
		"relay info is extra": {func(r *Reply) {
			r.GIAddr = netip.MustParseAddr("10.1.0.1")
			r.RelayInfo = big(250)
			r.Optional = append(r.Optional, Option{224, big(200)})
		}, nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := sampleReply()
			tc.change(r)
			b, dropped := r.Append([]byte("before"))
			if !bytes.HasPrefix(b, []byte("before")) {
				t.Error("Append does not append")
			}
			b = b[6:]
			limit := r.MaxSize
			if r.GIAddr.IsPrivate() {
				limit += len(r.RelayInfo) + 2
			}
			if len(b) > limit {
				t.Errorf("%d bytes, at most %d", len(b), limit)
			}
			if d := cmp.Diff(tc.dropped, dropped); d != "" {
				t.Errorf("dropped (-want +got):\n%s", d)
			}
			m := asRequest(t, b)
			for _, o := range slices.Concat(r.Required, r.Optional) {
				got, ok := m.Option(o.Code)
				if left := slices.Contains(dropped, o.Code); left == ok || ok && !bytes.Equal(got, o.Data) {
					t.Errorf("option %d: there %v, %d of %d bytes", o.Code, ok, len(got), len(o.Data))
				}
			}
			over, _ := m.Option(OptOverload)
			if got := append(over, 0)[0]; got != tc.overload {
				t.Errorf("overload %d, want %d", got, tc.overload)
			}
			if codes := wireOrder(b[optsAt:]); slices.Contains(codes, OptEnd) || codes[len(codes)-1] != OptRelayInfo {
				t.Errorf("options field %v: END missing, or option 82 not last", codes)
			}
			if tc.overload&1 == 0 && strings.TrimRight(string(b[108:236]), "\x00") != r.File {
				t.Errorf("file %q", b[108:236])
			}
		})
	}
}

func TestTypeNames(t *testing.T) {
	t.Parallel()
	if Discover.String() != "DISCOVER" || None.String() != "BOOTP" || Type(13).String() != "TYPE13" {
		t.Error(Discover, None, Type(13))
	}
}

func FuzzParse(f *testing.F) {
	f.Add(request(53, 1, 1, 255))
	f.Add(request(53, 1, 3, 52, 1, 3, 82, 4, 1, 2, 'a', 'b', 57, 2, 5, 220))
	f.Add(request(12, 1, 'a', 12, 0, 12, 1, 'b'))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Parse(b)
		if err != nil {
			return
		}
		total := 0
		for i, o := range m.Options {
			total += len(o.Data)
			for _, p := range m.Options[:i] {
				if p.Code == o.Code {
					t.Fatalf("option %d twice", o.Code)
				}
			}
		}
		if total > len(b) {
			t.Fatalf("%d bytes of options from a packet of %d", total, len(b))
		}
		// The independent reader agrees where it reads at all and nothing is
		// overloaded (which it does not know).
		if _, ok := m.Option(OptOverload); !ok {
			if lib, err := dhcpv4.FromBytes(b); err == nil && len(lib.Options) != len(m.Options) {
				t.Fatalf("the library finds options %v, we %v", lib.Options, m.Options)
			}
		}
		m.Relay(1)
		r := &Reply{Type: Ack, HType: m.HType, HLen: m.HLen, CHAddr: m.CHAddr, Optional: m.Options, MaxSize: m.MaxSize(1500)}
		out, dropped := r.Append(nil)
		if len(out) > r.MaxSize || len(out) < 300 {
			t.Fatalf("%d bytes for a limit of %d", len(out), r.MaxSize)
		}
		if wireOrder(out[optsAt:]) == nil && len(dropped) < len(m.Options) {
			t.Fatal("nothing written")
		}
	})
}

func BenchmarkParseAndReply(b *testing.B) {
	in := request(53, 1, 1, 60, 7, 'y', 'e', 'a', 'l', 'i', 'n', 'k', 55, 5, 1, 3, 6, 66, 43, 255)
	buf := make([]byte, 0, 600)
	for b.Loop() {
		m, err := Parse(in)
		if err != nil {
			b.Fatal(err)
		}
		r := sampleReply()
		r.CHAddr = m.CHAddr
		r.Append(buf)
	}
}
