package dhcp

import (
	"context"
	"encoding/binary"
	"net"
	"net/netip"
	"path/filepath"
	"testing"

	"provbox/dhcp/lease"
	"provbox/dhcp/message"
	"provbox/dhcp/wire"
)

// noStore is a lease store that is always done.
type noStore struct{}

func (noStore) LoadLeases(context.Context) ([]lease.Lease, error) { return nil, nil }
func (noStore) PutLeases(context.Context, []lease.Lease) error    { return nil }
func (noStore) DeleteLeases(context.Context, []netip.Addr) error  { return nil }

// exchange is one phone's side of DORA as bytes, ready to be numbered.
type exchange struct{ discover, request []byte }

func newExchange(server string) exchange {
	class, prl := message.Option{Code: 60, Data: []byte("yealink")}, opt(55, 1, 3, 6, 12, 15, 42, 43, 66, 67, 160)
	mac := []byte{0x00, 0x15, 0x65, 0, 0, 0}
	return exchange{
		discover: discover(mac, class, prl).bytes(),
		request:  req{t: message.Request, mac: mac, opts: []message.Option{addrOpt(54, server), addrOpt(50, "0.0.0.0"), class, prl}}.bytes(),
	}
}

func (e exchange) number(b []byte, n uint32) []byte {
	binary.BigEndian.PutUint32(b[4:], n)
	b[31], b[32], b[33] = byte(n>>16), byte(n>>8), byte(n)
	return b
}

// take fills in the REQUEST that answers an OFFER.
func (e exchange) take(offer []byte) []byte {
	b := e.number(e.request, binary.BigEndian.Uint32(offer[4:]))
	copy(b[251:255], offer[16:20]) // cookie, 53, 54, then 50
	return b
}

func benchConfig(name, subnet, first, last string) Config {
	c := testConfig()
	c.Interfaces = []Interface{{Name: name, Subnets: []Subnet{{Prefix: prefix(subnet), Pools: []lease.Range{{Start: ip(first), End: ip(last)}}}}}}
	c.ProbeWait = -1
	c.Queue = 4096
	return c
}

func benchServer(b *testing.B, c Config, deps Deps) {
	b.Helper()
	s, err := New(c, deps)
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx) }()
	b.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			b.Error(err)
		}
	})
}

// window is how many phones boot at one time.
const window = 64

// BenchmarkDORA is whole exchanges per second through the server, without
// sockets: with a store that does nothing, and with one that appends to a file
// and syncs it before every ACK.
func BenchmarkDORA(b *testing.B) {
	for name, store := range map[string]lease.Store{"no-op store": noStore{}, "synced file": &fileStore{path: filepath.Join(b.TempDir(), "leases")}} {
		b.Run(name, func(b *testing.B) {
			conn := wire.NewFake(prefix("10.0.0.2/8"))
			benchServer(b, benchConfig("eth0", "10.0.0.0/8", "10.1.0.0", "10.1.255.255"), Deps{
				Store: store, Open: func(string) (Conn, error) { return conn, nil },
			})
			e := newExchange("10.0.0.2")
			meta := wire.Meta{Src: netip.MustParseAddrPort("0.0.0.0:68"), Dst: broadcast}
			sent, acked := 0, 0
			b.ResetTimer()
			for acked < b.N {
				for sent < b.N && sent-acked < window {
					sent++
					conn.Deliver(e.number(e.discover, uint32(sent%60000)), meta)
				}
				switch m := <-conn.Sent; m.Data[242] {
				case byte(message.Offer):
					conn.Deliver(e.take(m.Data), meta)
				case byte(message.Ack):
					acked++
				default:
					b.Fatalf("reply type %d", m.Data[242])
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "DORA/s")
		})
	}
}

// BenchmarkDORAOverLoopback is the same through UDP sockets.
func BenchmarkDORAOverLoopback(b *testing.B) {
	c := benchConfig("lo", "127.0.0.0/8", "127.1.0.0", "127.1.255.255")
	c.Loopback = true
	probe, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IP{127, 0, 0, 1}})
	if err != nil {
		b.Fatal(err)
	}
	c.Port = probe.LocalAddr().(*net.UDPAddr).AddrPort().Port()
	_ = probe.Close()
	opened := make(chan struct{})
	benchServer(b, c, Deps{Store: noStore{}, Open: func(name string) (Conn, error) {
		defer close(opened)
		return wire.Open(name, wire.Options{Port: c.Port, Unprivileged: true})
	}})
	<-opened
	phones, err := net.DialUDP("udp4", nil, &net.UDPAddr{IP: net.IP{127, 0, 0, 1}, Port: int(c.Port)})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = phones.Close() }()
	e := newExchange("127.0.0.1")
	buf := make([]byte, 2048)
	send := func(p []byte) {
		if _, err := phones.Write(p); err != nil {
			b.Fatal(err)
		}
	}
	sent, acked := 0, 0
	b.ResetTimer()
	for acked < b.N {
		for sent < b.N && sent-acked < window {
			sent++
			send(e.number(e.discover, uint32(sent%60000)))
		}
		if _, err := phones.Read(buf); err != nil {
			b.Fatal(err)
		}
		if buf[242] == byte(message.Offer) {
			send(e.take(buf))
		} else {
			acked++
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "DORA/s")
}

// BenchmarkDecide is the decision alone, for a DISCOVER and a renewal.
func BenchmarkDecide(b *testing.B) {
	set := testSettings(b, testConfig())
	book := lease.New(set.pools(), set.Limits)
	grant(book, phoneMAC, "10.0.0.50", day)
	for name, r := range map[string]req{"DISCOVER": discover(phoneMAC), "renewal": renewing(phoneMAC, "10.0.0.50")} {
		b.Run(name, func(b *testing.B) {
			p := r.packet(b, set, false)
			for b.Loop() {
				if d := decide(set, book, p, day); d.reply == nil {
					b.Fatal(d.why)
				}
			}
		})
	}
}
